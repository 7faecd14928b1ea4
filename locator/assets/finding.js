/* Which desks answer a question, as locator/finding.py finds them; a test holds the two together.

   A condition is kept (YES), not kept (NO), or nobody knows (MAYBE); what is not known is never hidden. */

import { minutesOf, stale } from "./opening.js";

export const MODES = ["walk", "bike", "car"];
export const FAR = 255;
export const REASONS = ["hours", "language", "theme", "target", "areas"];
const YES = 2, MAYBE = 1, NO = 0;
const DAYS = ["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"];
const MARK = 12;

/* The minutes of a zone: its mark, then for each mode a row a desk and a byte a place, each the difference from the
   one before it. */
export function unpack(buffer, desks, places) {
  const bytes = new Uint8Array(buffer);
  if (bytes.length !== MARK + MODES.length * desks * places) return null;
  const table = bytes.slice(MARK);
  for (let at = 0; at < table.length; at += 1) if (at % places) table[at] += table[at - 1];
  const first = (mode) => MODES.indexOf(mode) * desks;
  return {
    mark: String.fromCharCode(...bytes.subarray(0, MARK)),
    between: (mode, desk, place) => place < 0 ? FAR : table[(first(mode) + desk) * places + place],
  };
}

/* A moment of the week as an address says it (Sa 10:00): day from Monday and minute; null for anything else. */
export function moment(text) {
  const said = /^(\w\w) (\d{1,2}):(\d\d)$/.exec(text.trim());
  const day = said ? DAYS.indexOf(said[1]) : -1;
  return day < 0 || said[2] > 23 || said[3] > 59 ? null : { day, minute: said[2] * 60 + Math.floor(said[3] / 5) * 5 };
}

const holds = (said, wanted) => !said ? MAYBE : said.some((code) => wanted.includes(code)) ? YES : NO;

function open(slot, when, now, old) {
  if (!slot.coming || !slot.week || old) return MAYBE;
  if (when === "now") return slot.coming.some(([from, until]) => from <= now && now < until) ? YES : NO;
  const { day, minute } = moment(when);
  const spans = slot.week.filter(([on, from, until]) => on === day && from <= minute && minute < until);
  return spans.some((span) => span[3]) ? YES : spans.length ? MAYBE : NO;
}

/* Condition asked → whether a desk keeps it; of its slots the one that keeps most counts. */
export function truths(feed, desk, asked, now) {
  const found = {};
  const as = (code) => feed.asked_as[code] || code;
  if (asked.theme) found.theme = holds(desk.themes, [asked.theme]);
  if (asked.target) found.target = holds(desk.targets, [...(feed.wider[asked.target] || [asked.target]), "tutti"]);
  if (asked.comune && desk.receives) {
    const said = desk.receives[asked.comune];
    found.areas = said === undefined ? MAYBE : said ? YES : NO;
  }
  const old = stale(feed.day, now);
  const speaks = asked.language && as(asked.language) !== "it";
  let best = null;
  for (const slot of desk.slots || [{}]) {
    /* whoever has to go there asks when the door is open, not the telephone */
    if (!desk.remote && ["telefono", "online"].includes(slot.how)) continue;
    const told = {};
    if (asked.when) told.hours = open(slot, asked.when, now, old);
    if (speaks) told.language = holds(slot.languages, [as(asked.language)]);
    const values = Object.values(told);
    const worth = Math.min(YES, ...values) * 10 + values.reduce((sum, one) => sum + one, 0);
    if (!best || worth > best.worth) best = { worth, told };
  }
  return Object.assign(found, best.told);
}

function km(place, point) {
  if (!place || !point) return Infinity;
  const east = (point[0] - place[3]) * Math.cos(((point[1] + place[4]) / 2) * Math.PI / 180);
  return Math.round(Math.hypot(east, point[1] - place[4]) * 111195) / 1000;
}

const before = (one, other) => {
  for (let at = 0; at < one.length; at += 1) if (one[at] !== other[at]) return one[at] < other[at] ? -1 : 1;
  return 0;
};

/* The desks of a zone that answer: sure, perhaps (somebody has to be asked), remote (no journey), each by minutes.

   zone: { feed, minutes } as fetched; asked: origin (id of a place), theme, language, target, mode, when, ambito;
   now: a minute since 1970. */
export function results(zone, asked, now = minutesOf(new Date())) {
  const { feed, minutes } = zone;
  const row = feed.places.findIndex((one) => one[0] === asked.origin);
  const place = feed.places[row];
  const question = { ...asked, comune: place && place[2] };
  const found = { sure: [], perhaps: [], remote: [], leftOut: 0 };
  feed.desks.forEach((desk, number) => {
    if (asked.ambito && desk.ambito !== asked.ambito) return;
    const truth = truths(feed, desk, question, now);
    if (Object.values(truth).includes(NO)) {
      found.leftOut += 1;
      return;
    }
    const unsure = REASONS.filter((why) => truth[why] === MAYBE);
    const told = {};
    for (const mode of MODES) told[mode] = minutes.between(mode, number, row);
    const asks = told[asked.mode];
    const order = [asks, asks === FAR ? told.car : 0, km(place, desk.point), desk.id];
    found[desk.remote ? "remote" : unsure.length ? "perhaps" : "sure"].push({ desk, minutes: told, unsure, order });
  });
  for (const name of ["sure", "perhaps", "remote"]) found[name].sort((a, b) => before(a.order, b.order));
  return found;
}

/* Fewest minutes by a way to travel, of the sure and of those to be asked first. */
const every = ({ sure, perhaps }) => [...sure, ...perhaps];
export const nearest = (found, mode) => Math.min(FAR, ...every(found).map((one) => one.minutes[mode]));

/* Near: an hour by the way asked, or three quarters by car. */
const close = (mode) => ({ minutes }) => minutes[mode] <= 60 || minutes.car <= 45;

/* What is wrong with what was found: nothing answers, or nothing near; "" where something does. */
export function outcome(found, asked) {
  const all = every(found);
  if (!all.length) return "nessuno";
  return asked.origin && !all.some(close(asked.mode)) ? "lontano" : "";
}

/* The nearest of those to be asked first, where it is near and all that surely answer are far. */
export const sooner = ({ sure, perhaps }, mode) =>
  sure.length && !sure.some(close(mode)) ? perhaps.find(close(mode)) : undefined;
