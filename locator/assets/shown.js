/* The list: cards of the server's page and of the zone's file put in order, with minutes, open or closed, what is unsure. */

import { conditions } from "./asking.js";
import { here } from "./fetching.js";
import { FAR, MODES } from "./finding.js";
import { state, told } from "./opening.js";
import { make, say } from "./words.js";

export const SECTIONS = ["sure", "perhaps", "remote"];
const STEP = 20;
const by = (id) => document.getElementById(id);
const cards = new Map();

/* Make the page ready for lists that change. */
export function prepare() {
  for (const name of SECTIONS) {
    const box = by(name);
    box.more = make("button", { type: "button", className: "more-desks", hidden: true });
    box.append(box.more);
  }
  by("remote").after(make("p", { id: "left-out", className: "quiet", hidden: true }));
  document.querySelectorAll(".desks > .desk[data-id]:not(.brief)").forEach((card) => cards.set(card.dataset.id, card));
}

/* Take in the cards of a zone. Their links are as seen from the page of a comune. */
export function take(told_cards, again) {
  const base = new URL(`${here}comune/0/`, location.href);
  for (const [id, html] of Object.entries(told_cards)) {
    if (cards.has(id) && !again) continue;
    const box = document.createElement("template");
    box.innerHTML = html;
    const card = box.content.querySelector(".desk");
    card.querySelectorAll("a[href]").forEach((link) => { link.href = new URL(link.getAttribute("href"), base).href; });
    cards.set(id, card);
  }
}

/* How many of each section are shown at first. */
export const first = () => ({ sure: STEP, perhaps: STEP, remote: 4 });

/* Whether a card that is to be shown is not there yet. */
export const lacking = (found, shown) =>
  SECTIONS.some((name) => found[name].slice(0, shown[name]).some(({ desk }) => !cards.has(desk.id)));

/* Minutes in words: the way asked first, then the others; far ones only where none is near. */
function ways(one, asked, words) {
  const way = (mode) => words.text(mode, { n: words.number(one.minutes[mode]) });
  const others = MODES.filter((mode) => mode !== asked.mode && one.minutes[mode] !== FAR).map(way);
  if (one.minutes[asked.mode] !== FAR) return [way(asked.mode), ...others];
  if (others.length) return [words.text(`far_${asked.mode}`), ...others];
  return [words.text(one.desk.point ? "too_far" : "no_point")];
}

function fill(card, one, question) {
  const { asked, feed, now, words, tell } = question;
  const put = (name, ...inside) => {
    const box = card.querySelector(`[data-${name}]`);
    if (box) say(box, ...inside);
    return box;
  };
  if (asked.origin && !one.desk.remote) {
    const [mine, ...others] = ways(one, asked, words);
    put("minutes", make("strong", { textContent: mine }), ...others.map((text) => make("span", { textContent: text })));
  } else put("minutes");
  const is = state(one.desk, feed.day, now);
  const box = put("state", told(is, now, words, tell));
  if (box) box.dataset.state = is ? is.is : "";
  put("unsure", one.unsure.map((why) => words.text(`unsure_${why}`)).join(" "));
  return card;
}

const heading = (name, { asked, words }) =>
  words.text(name !== "sure" ? name : conditions(asked) ? "sure" : asked.origin ? "nearest" : "all");

/* Show what was found: as many of each section as asked, whatever holds the focus still holding it. */
export function draw(found, shown, question, more) {
  const held = document.activeElement;
  document.querySelectorAll("p.more-desks, p.left-out").forEach((one) => one.remove());
  for (const name of SECTIONS) {
    const box = by(name), all = found[name];
    const some = all.slice(0, shown[name]);
    box.hidden = !all.length;
    box.querySelector("h2").textContent = heading(name, question);
    box.querySelector("ol").replaceChildren(...some.map((one) => fill(cards.get(one.desk.id), one, question)));
    const left = all.length - some.length;
    box.more.hidden = !left;
    if (left) box.more.textContent = question.words.count("more", Math.min(left, STEP));
    box.more.onclick = () => more(name);
  }
  say(by("left-out"), found.leftOut ? question.words.count("left_out", found.leftOut) : "");
  if (held !== document.activeElement && held.isConnected) held.focus({ preventScroll: true });
}

/* Where nobody says from where they start: by comune and name. */
export function byPlace(found) {
  const order = ({ desk }) => [desk.comune ? 0 : 1, desk.comune, desk.name, desk.id];
  for (const name of SECTIONS) {
    found[name].sort((one, other) => {
      const [a, b] = [order(one), order(other)];
      const at = a.findIndex((value, i) => value !== b[i]);
      return at < 0 ? 0 : a[at] < b[at] ? -1 : 1;
    });
  }
}

/* A card as it stands in the list, ready to be focused; null where it is not shown. */
export function card(id) {
  const found = cards.get(id);
  if (!found || !found.isConnected) return null;
  found.tabIndex = -1;
  return found;
}
export const next = (shown, name) => ({ ...shown, [name]: shown[name] + STEP });
