/* The public pages made better where scripts run: filters without a new page, minutes for every way to travel, open
   now, the phone's position (it never leaves the phone), the map when asked for, and pages kept for when there is no
   network. Without this, or while it cannot fetch, the page stays as the server made it. */

import { NAMES, conditions, fromAddress, fromForm, fromWord, modeWord, toAddress, toForm } from "./asking.js";
import { position, suggest } from "./choosing.js";
import { Failed, here, places, words as fetchWords, zoneOf } from "./fetching.js";
import { FAR, nearest, outcome, results, sooner } from "./finding.js";
import { clock, minutesOf } from "./opening.js";
import { placeAt, zoneAt } from "./places.js";
import * as shown from "./shown.js";
import { anyTime, inWords } from "./times.js";
import { make, reader, say } from "./words.js";

const page = document.body.dataset;
const by = (id) => document.getElementById(id);
const form = by("search");
const listed = ["home", "results", "ambito"].includes(page.page);

let words, tell, field;
let asked = fromAddress(location.search);
let zone = page.page === "home" ? "" : page.zone;
/* me: the phone's position { lon, lat }, here and nowhere else; taken: the cards taken in last; last: what is shown. */
let me = null, taken = null, last = null, map = null;
let many = shown.first();
let turn = 0;
const counted = new Set();

/* What the list needs is fetched at once; who needs it says what went wrong. */
if (listed && zone) zoneOf(zone).catch(() => undefined);

/* ---- what is asked ------------------------------------------------------------ */

const option = (name, value) => !value || [...form.elements[name].options].some((one) => one.value === value);

/* The question with what nobody knows left out, and where it starts from. */
function question(feed, now) {
  const ask = { ...asked };
  if (form && !option("tema", ask.theme)) ask.theme = "";
  if (ask.target && !feed.wider[ask.target]) ask.target = "";
  if (form && !feed.asked_as[ask.language] && !option("lingua", ask.language)) ask.language = "";
  if (page.page === "ambito") ask.ambito = page.zone;
  ask.origin = me ? placeAt(feed, me.lon, me.lat)[0] : origin(feed);
  return { asked: ask, feed, now, words, tell };
}

/* The place of the address, if it is there; else that of the page's comune. */
function origin(feed) {
  if (feed.places.some((one) => one[0] === asked.origin)) return asked.origin;
  return main(feed) || page.origin || "";
}

function main(feed) {
  const own = feed.places.find((one) => one[0] === page.origin);
  const found = own && feed.places.find((one) => one[2] === own[2] && one[5]);
  return found ? found[0] : "";
}

function remember(feed) {
  const start = me || (feed && asked.origin === main(feed)) ? "" : asked.origin;
  const told = toAddress(location.search, { ...asked, origin: start, ambito: page.page === "ambito" ? "" : asked.ambito });
  const next = location.pathname + (told ? `?${told}` : "");
  if (next !== location.pathname + location.search) history.pushState(null, "", next);
}

/* ---- what is shown ------------------------------------------------------------ */

/* Find and show; quietly where nobody asked for anything new. */
async function refresh({ quietly = false, cards = false } = {}) {
  if (!zone) return;
  document.querySelectorAll("a[hreflang]").forEach((one) => { one.search = location.search; });
  const mine = ++turn;
  page.busy = "yes";
  const slow = setTimeout(() => say(by("count"), words.text("wait")), 900);
  let data, found, asks;
  try {
    for (let all = cards; ; all = true) {
      data = await zoneOf(zone, { cards: all });
      if (data.cards && taken !== data.cards) shown.take(data.cards, data.feed.mark !== page.mark);
      taken = data.cards || taken;
      asks = question(data.feed, minutesOf(new Date()));
      found = results(data, asks.asked, asks.now);
      if (!asks.asked.origin) shown.byPlace(found);
      if (data.cards || (data.feed.mark === page.mark && !shown.lacking(found, many))) break;
    }
  } catch (fault) {
    if (!(fault instanceof Failed)) throw fault;
    if (mine === turn) failed();
    return;
  } finally {
    clearTimeout(slow);
    if (mine === turn) delete page.busy;
  }
  if (mine !== turn) return;
  last = { data, found, asks };
  shown.draw(found, many, asks, showMore);
  tellCount(found, asks, quietly);
  advise(found, asks);
  from(data.feed, asks.asked.origin);
  tellChosen(asks.asked);
  by("show-map").hidden = false;
  if (map) map.update(found, asks);
  count(found, asks.asked);
  page.ready = "yes";
  keepAll();
}

function failed() {
  page.ready = "failed";
  say(by("count"), words.text("failed"));
  const again = make("button", { type: "button", textContent: words.text("again") });
  again.onclick = () => {
    say(by("advice"));
    refresh();
    by("count").focus();
  };
  say(by("advice"), again);
}

function showMore(name) {
  const before = last.found[name][many[name]];
  many = shown.next(many, name);
  refresh({ quietly: true }).then(() => {
    const card = before && shown.card(before.desk.id);
    if (card) card.focus();
  });
}

let saying = 0;
function tellCount(found, { asked: ask }, quietly) {
  const all = found.sure.length + found.perhaps.length + found.remote.length;
  const told = [words.count("found", all)];
  if (found.sure.length && found.perhaps.length) told.push(words.count("of_which_sure", found.sure.length));
  clearTimeout(saying);
  saying = setTimeout(() => say(by("count"), told.join(" · ")), quietly || page.ready !== "yes" ? 0 : 250);
}

/* What to do where nothing is found, or nothing near. */
function advise(found, { asked: ask }) {
  const kind = outcome(found, ask), lines = [];
  const press = (text, what) => {
    const button = make("button", { type: "button", className: "plain", textContent: text });
    button.onclick = () => change(what);
    lines.push(button);
  };
  const text = (key) => lines.push(make("p", { textContent: words.text(key) }));
  const nearer = ask.origin && sooner(found, ask.mode);
  if (nearer) {
    const mode = nearer.minutes[ask.mode] === FAR ? "car" : ask.mode;
    lines.push(make("p", {}, make("a", { href: "#perhaps" }, words.named("nearer", { name: nearer.desk.name })), " ",
      words.text(mode, { n: words.number(nearer.minutes[mode]) })));
  }
  if (kind === "nessuno") text(found.remote.length ? "only_remote" : "none");
  const ways = ask.origin && form && nearest(found, ask.mode) === FAR ? [...form.elements.mezzo.options] : [];
  const others = ways.map((one) => [one.text, fromWord(one.value)]).filter(([, mode]) => nearest(found, mode) !== FAR);
  if (others.length && nearer) text("try");
    else if (others.length) text("all_far");
  else if (kind === "lontano") text("far");
  others.forEach(([name, mode]) => press(name, { mode }));
  if (kind && conditions(ask)) press(words.text("clear"), { theme: "", language: "", target: "", when: "" });
  say(by("advice"), ...lines);
}

/* The conditions asked, each to be taken away with a press. */
function tellChosen(ask) {
  if (!form) return;
  const asks = ["theme", "language", "target", "when"].filter((key) => ask[key]);
  let box = document.querySelector("ul.chosen");
  if (!box && asks.length) by("from").before(box = make("ul", { className: "chosen", "aria-label": words.text("asked") }));
  if (!box) return;
  const held = box.contains(document.activeElement);
  box.hidden = !asks.length;
  box.replaceChildren(...asks.map((key) => {
    const off = make("button", { type: "button" }, make("span", { className: "hush", textContent: `${words.text("take_away")} ` }),
      form.elements[NAMES[key]].selectedOptions[0].text, make("span", { "aria-hidden": "true", textContent: " ×" }));
    off.onclick = () => change({ [key]: "" });
    return make("li", {}, off);
  }));
  if (held) (box.querySelector("button") || by("count")).focus();
}

/* Count, without a trace of who asked, a question that found nothing or nothing near: once each while the page is open. */
function count(found, ask) {
  const esito = outcome(found, ask);
  if (page.live !== "1" || !esito || !navigator.onLine) return;
  const told = { ambito: zone || null, tema: ask.theme || null, lingua: ask.language || null, mezzo: modeWord(ask.mode), esito };
  const body = JSON.stringify(told);
  if (counted.has(body)) return;
  counted.add(body);
  fetch(`${page.root}conta`, { method: "POST", body, keepalive: true, headers: { "Content-Type": "application/json" } })
    .catch(() => undefined);
}

/* Say that the phone's position is where it starts from. */
const title = document.querySelector("h1");
const titled = title && title.innerHTML;
function from(feed, id) {
  const box = by("from");
  if (page.page === "results") {
    if (me) title.textContent = words.text("near_you");
    else if (title.innerHTML !== titled) title.innerHTML = titled;
    const name = title.querySelector("bdi");
    if (name && id !== page.origin) name.textContent = feed.places.find((one) => one[0] === id)[1];
  }
  if (!me) return say(box);
  const place = feed.places.find((one) => one[0] === id);
  const away = make("button", { type: "button", className: "plain", textContent: words.text("here_off") });
  away.onclick = () => {
    me = null;
    zone = page.page === "home" ? "" : page.zone;
    if (zone) refresh();
    else location.reload();
  };
  return say(box, words.named("here_on", { place: place[1] }), " ", away);
}

/* ---- what is done ------------------------------------------------------------- */

function change(what) {
  asked = { ...asked, ...what };
  many = shown.first();
  show();
  if (zone) remember(last && last.data.feed);
  refresh();
}

/* The form says what is asked. */
function show() {
  const feed = last && last.data.feed;
  const origin_ = asked.origin || (feed ? main(feed) : page.origin);
  if (form) toForm(form, { ...asked, origin: origin_ }, label);
}

/* What a value is called that the form does not offer. */
function label(key, value) {
  if (key === "when") return inWords(value, tell);
  return key === "language" ? new Intl.DisplayNames([words.tag], { type: "language" }).of(value) : value;
}

async function locate(button, status) {
  button.disabled = true;
  say(status, words.text("here_wait"));
  try {
    const [at, index] = await Promise.all([position(), places()]);
    const found = zoneAt(index, at.lon, at.lat);
    if (!found) return say(status, words.text("here_outside"));
    me = at;
    zone = found;
    field.forget();
    form.elements.dove.required = false;
    say(status);
    await refresh({ cards: true });
    remember(last && last.data.feed);
    by("count").focus();
  } catch (fault) {
    if (!(fault instanceof Failed) && typeof fault !== "string") throw fault;
    say(status, words.text(fault instanceof Failed ? "failed" : fault));
  } finally {
    button.disabled = false;
  }
  return undefined;
}

/* Go where the place typed has its page; where that is this one, only the filters change. */
async function go(event) {
  if (zone && (me || page.page !== "ambito") && field.untouched()) {
    event.preventDefault();
    return refresh();
  }
  if (!form.checkValidity()) return undefined;
  event.preventDefault();
  let place;
  try {
    place = await field.chosen();
  } catch (fault) {
    if (!(fault instanceof Failed)) throw fault;
    return form.submit();
  }
  if (!place) return undefined;
  const start = place.part ? await partOf(place) : "";
  const to = toAddress(location.search, { ...fromForm(form, asked), origin: start, ambito: "" });
  location.href = `${here}comune/${place.comune[0]}/${to ? `?${to}` : ""}`;
  return undefined;
}

/* The key of a part of a comune, from the file of its zone; "" where it cannot be had. */
async function partOf(place) {
  try {
    const { feed } = await zoneOf((await places()).zones[place.comune[3]]);
    const found = feed.places.find((one) => one[2] === place.comune[0] && one[1] === place.part);
    return found && !found[5] ? found[0] : "";
  } catch (fault) {
    if (fault instanceof Failed) return "";
    throw fault;
  }
}

async function openMap() {
  const box = by("map"), button = by("show-map");
  button.disabled = true;
  try {
    const { toggle } = await import("./map.js");
    map = await toggle(box, button, { words, me: () => me, choose: showCard });
    map.update(last.found, last.asks);
  } catch (fault) {
    box.hidden = true;
    say(by("advice"), words.text("no_map"));
  } finally {
    button.disabled = false;
  }
}

/* From a mark of the map to its card, which is shown if it was not yet. */
async function showCard(id) {
  for (const name of shown.SECTIONS) {
    const at = last.found[name].findIndex(({ desk }) => desk.id === id);
    while (at >= many[name]) many = shown.next(many, name);
  }
  await refresh({ quietly: true });
  const card = shown.card(id);
  if (card) card.focus();
}

/* ---- the page ----------------------------------------------------------------- */

function wire() {
  field = suggest(form.elements.dove, words, {
    chose: (place) => place.part && zoneOf && places().then((all) => zoneOf(all.zones[place.comune[3]])).catch(() => undefined),
  });
  anyTime(form, words, tell);
  form.addEventListener("change", (event) => {
    if (listed && zone && event.target.name && event.target.name !== "dove") change(fromForm(form, asked));
  });
  form.addEventListener("submit", go);
  const status = make("p", { role: "status", hidden: true });
  const button = make("button", { type: "button", className: "locate", textContent: words.text("here") });
  button.onclick = () => locate(button, status);
  if (!listed) return;
  const said = make("span", { className: "quiet", textContent: words.text("here_private") });
  by("locate-here").append(button, said, status);
  addEventListener("popstate", () => {
    asked = fromAddress(location.search);
    many = shown.first();
    show();
    refresh();
  });
}

/* Pages are kept for when there is no network, with all cards of the zone, which filters may need; not those inside
   somebody else's site. */
function keepAll() {
  if (!("serviceWorker" in navigator) || document.body.classList.contains("embed")) return;
  navigator.serviceWorker.register(`${page.root}sw.js`).then(async () => {
    const { active } = await navigator.serviceWorker.ready;
    const entries = [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")];
    const cards = last ? [new URL(`${here}schede/${zone}.json?v=${page.mark}`, location.href).href] : [];
    active.postMessage({ keep: [...new Set([...entries.map((one) => one.name), ...cards])] });
  }).catch(() => undefined);
}

async function start() {
  if (document.readyState !== "complete") addEventListener("load", keepAll);
  else keepAll();
  if (!form && !by("sure")) return;
  try {
    words = reader(await fetchWords());
  } catch (fault) {
    if (fault instanceof Failed) return;
    throw fault;
  }
  tell = clock(words.tag);
  if (listed) shown.prepare();
  if (form) wire();
  if (!listed) return;
  by("show-map").onclick = openMap;
  by("count").tabIndex = -1;
  show();
  await refresh({ quietly: true });
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && last && minutesOf(new Date()) !== last.asks.now) refresh({ quietly: true });
  });
}

start();
