/* What the phone fetches: words, places, and of a zone its places and desks, the minutes, the cards.

   All of a zone has one mark: what does not agree is fetched again past every store. Only the zone is ever named. */

import { unpack } from "./finding.js";

const { root, lang, mark } = document.body.dataset;
export const here = `${root}${lang}/`;
const PATIENCE_MS = 20000;

export class Failed extends Error {}

async function get(path, how, read) {
  const giveUp = new AbortController();
  const timer = setTimeout(() => giveUp.abort(), PATIENCE_MS);
  try {
    const answer = await fetch(`${path}?v=${mark}`, { credentials: "same-origin", signal: giveUp.signal, ...how });
    if (!answer.ok) throw new Failed(path);
    return await answer[read]();
  } catch (fault) {
    throw new Failed(path);
  } finally {
    clearTimeout(timer);
  }
}

const kept = new Map();

/* Something fetched once; again only after it has failed. */
function once(path) {
  if (!kept.has(path)) {
    kept.set(path, get(path, {}, "json").catch((fault) => {
      kept.delete(path);
      throw fault;
    }));
  }
  return kept.get(path);
}

export const words = () => once(`${here}parole.json`);
export const places = () => once(`${root}dati/luoghi.json`);
export const ground = () => once(`${root}dati/sfondo.json`);

async function agreeing(zone, cards, how) {
  const [feed, bytes, told] = await Promise.all([
    get(`${root}dati/zone/${zone}.json`, how, "json"),
    get(`${root}dati/minuti/${zone}.bin`, how, "arrayBuffer"),
    cards ? get(`${here}schede/${zone}.json`, how, "json") : null,
  ]);
  const minutes = unpack(bytes, feed.desks.length, feed.places.length);
  const agree = minutes && minutes.mark === feed.mark && (!told || told.mark === feed.mark);
  return agree ? { feed, minutes, cards: told && told.cards } : null;
}

const zones = new Map();

async function load(zone, cards) {
  const found = (await agreeing(zone, cards, {})) || (await agreeing(zone, cards, { cache: "reload" }));
  if (!found) throw new Failed(zone);
  return found;
}

/* A zone: { feed, minutes, cards }; cards only once they have been asked for. */
export function zoneOf(name, { cards = false } = {}) {
  const had = zones.get(name);
  if (had && (!cards || had.cards)) return had.found;
  const found = load(name, cards);
  zones.set(name, { cards, found });
  found.catch(() => (zones.get(name).found === found ? zones.delete(name) : 0));
  return found;
}
