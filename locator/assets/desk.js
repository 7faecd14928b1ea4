/* The page of one desk: whether it is open now or when it opens, and where it is on the map. */

import { Failed, words as fetchWords, zoneOf } from "./fetching.js";
import { FAR, MODES } from "./finding.js";
import { clock, minutesOf, state, told } from "./opening.js";
import { reader, say } from "./words.js";

const by = (id) => document.getElementById(id);
const card = document.querySelector(".desk.whole");
const button = by("show-map");

function tell(desk, feed, words) {
  const now = minutesOf(new Date()), box = card.querySelector("[data-state]");
  const is = state(desk, feed.day, now);
  say(box, told(is, now, words, clock(words.tag)));
  box.dataset.state = is ? is.is : "";
}

async function showMap(desk, feed, words) {
  const box = by("map");
  const choose = () => card.querySelector("h1").focus();
  button.disabled = true;
  try {
    const { toggle } = await import("./map.js");
    const map = await toggle(box, button, { words, me: () => null, choose });
    const one = { desk, minutes: Object.fromEntries(MODES.map((mode) => [mode, FAR])), unsure: [] };
    map.update({ sure: [one], perhaps: [], remote: [] }, { asked: { origin: "" }, feed });
    say(by("advice"));
  } catch (fault) {
    box.hidden = true;
    say(by("advice"), words.text("no_map"));
  } finally {
    button.disabled = false;
  }
}

async function start() {
  try {
    const [said, { feed }] = await Promise.all([fetchWords(), zoneOf(document.body.dataset.zone)]);
    const desk = feed.desks.find((one) => one.id === card.dataset.id);
    if (!desk) return;
    const words = reader(said);
    tell(desk, feed, words);
    document.addEventListener("visibilitychange", () => document.hidden || tell(desk, feed, words));
    if (!button) return;
    card.querySelector("h1").tabIndex = -1;
    button.hidden = false;
    button.onclick = () => showMap(desk, feed, words);
  } catch (fault) {
    if (!(fault instanceof Failed)) throw fault;
  }
}

start();
