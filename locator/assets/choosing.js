/* Where somebody starts from: a place typed, with suggestions (a combobox as ARIA describes it), or the phone's position. */

import { places } from "./fetching.js";
import { entries, label, search } from "./places.js";
import { make } from "./words.js";

const WAIT_MS = 120;

/* Make a text field suggest places; chosen() gives the one that what is typed surely means, or null. */
export function suggest(field, words, { chose }) {
  const list = make("ul", { id: "suggested", className: "suggested", hidden: true, role: "listbox",
    "aria-label": words.text("places") });
  const status = make("p", { className: "hush", role: "status" });
  const known = field.value;
  let all = null, shown = [], at = -1, picked = null, timer = 0;
  for (const [name, value] of Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false",
    "aria-controls": "suggested", autocomplete: "off" })) field.setAttribute(name, value);
  field.parentNode.append(list, status);

  const ready = () => places().then((index) => { all = all || entries(index); });

  function mark(number) {
    at = number;
    [...list.children].forEach((one, i) => one.setAttribute("aria-selected", String(i === at)));
    if (at < 0) field.removeAttribute("aria-activedescendant");
    else {
      field.setAttribute("aria-activedescendant", `suggested-${at}`);
      list.children[at].scrollIntoView({ block: "nearest" });
    }
  }

  function show(found) {
    shown = found;
    list.replaceChildren(...found.map((one, i) => make("li", { id: `suggested-${i}`, role: "option", lang: "it",
      dir: "auto", textContent: label(one) })));
    list.hidden = !found.length;
    field.setAttribute("aria-expanded", String(Boolean(found.length)));
    mark(-1);
  }

  function pick(number) {
    picked = shown[number];
    field.value = label(picked);
    show([]);
    status.textContent = "";
    chose(picked);
  }

  async function look() {
    const typed = field.value;
    try {
      await ready();
    } catch (fault) {
      status.textContent = words.text("failed");
      return;
    }
    if (field.value !== typed || picked || document.activeElement !== field) return;
    show(typed.trim() ? search(all, typed) : []);
    status.textContent = typed.trim().length < 2 ? "" : words.count("places_found", shown.length);
    if (!shown.length && typed.trim().length > 2) status.textContent = words.text("no_place");
  }

  field.addEventListener("focus", () => ready().catch(() => undefined));
  field.addEventListener("input", () => {
    picked = null;
    clearTimeout(timer);
    timer = setTimeout(look, WAIT_MS);
  });
  field.addEventListener("blur", () => show([]));
  field.addEventListener("keydown", (event) => {
    const keys = {
      ArrowDown: () => (shown.length ? mark((at + 1) % shown.length) : look()),
      ArrowUp: () => shown.length && mark((at <= 0 ? shown.length : at) - 1),
      Escape: () => shown.length && show([]),
      Enter: () => at >= 0 && pick(at),
    };
    const acts = keys[event.key] && (event.key !== "Enter" || at >= 0) && (event.key !== "Escape" || shown.length);
    if (!acts) return;
    event.preventDefault();
    keys[event.key]();
  });
  list.addEventListener("pointerdown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const one = event.target.closest("[role=option]");
    if (one) pick([...list.children].indexOf(one));
  });

  return {
    untouched: () => field.value === known && !picked,
    /* What is typed as a place: the one picked, the only one written so; else the suggestions are shown, and null. */
    async chosen() {
      if (picked) return picked;
      await ready();
      const found = search(all, field.value);
      const sure = found.filter((one) => one.sure);
      if (found.length && (sure.length === 1 || (sure.length && !sure[0].part))) return sure[0];
      field.focus();
      show(found);
      status.textContent = found.length ? words.text("choose_place") : words.text("no_place");
      return null;
    },
    forget() {
      picked = null;
      field.value = "";
    },
  };
}

/* The phone's position: { lon, lat }; refused with the key of the sentence that says why. */
export function position() {
  return new Promise((found, refused) => {
    if (!navigator.geolocation) return refused("here_unable");
    const why = (fault) => refused(fault.code === 1 ? "here_denied" : "here_unable");
    const take = ({ coords }) => found({ lon: coords.longitude, lat: coords.latitude });
    return navigator.geolocation.getCurrentPosition(take, why, { timeout: 10000, maximumAge: 60000 });
  });
}
