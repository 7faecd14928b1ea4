/* Places as people type them (errors, accents, other scripts), and the place nearest to a position. */

const LEAST = 2;
const OUTSIDE_KM = 12;

/* A name without accents, apostrophes and capitals: small letters and spaces, in any script. */
export const fold = (text) =>
  text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().replace(/[^\p{L}\p{N}]+/gu, " ").trim();

/* Everything that can be typed, from luoghi.json: comuni, what lies in each, and their names in other languages. */
export function entries(index) {
  const all = [];
  const add = (comune, name, part) => {
    const words = fold(name);
    const within = `${part ? `${fold(comune[1])} ` : ""}${comune[2].toLowerCase()}`;
    if (words) all.push({ comune, part, words, within, tight: words.replace(/ /g, "") });
  };
  for (const comune of index.comuni) {
    add(comune, comune[1], "");
    for (const part of comune[6]) add(comune, part, part);
  }
  const by = new Map(index.comuni.map((comune) => [comune[0], comune]));
  for (const [name, code] of index.exonyms || []) if (by.has(code)) add(by.get(code), name, "");
  return all;
}

/* How a place is written: its part, comune and province. */
export const label = ({ comune, part }) => `${part ? `${part}, ` : ""}${comune[1]} (${comune[2]})`;

/* Fewest slips (a letter more, less, other, or two swapped) from what is typed to the beginning of a name. */
function slips(typed, name, most) {
  const width = Math.min(name.length, typed.length + most);
  let two = [], one = [], row = Array.from({ length: width + 1 }, (_, at) => at);
  for (let i = 1; i <= typed.length; i += 1) {
    [two, one, row] = [one, row, [i]];
    let least = i;
    for (let j = 1; j <= width; j += 1) {
      const same = typed[i - 1] === name[j - 1] ? 0 : 1;
      let cost = Math.min(one[j] + 1, row[j - 1] + 1, one[j - 1] + same);
      if (i > 1 && j > 1 && typed[i - 1] === name[j - 2] && typed[i - 2] === name[j - 1]) cost = Math.min(cost, two[j - 2] + 1);
      row[j] = cost;
      if (cost < least) least = cost;
    }
    if (least > most) return most + 1;
  }
  return Math.min(...row.slice(Math.max(0, typed.length - most)));
}

/* Whether each word typed begins a word of the name, in order: s donato, san donato mil. */
function begins(typed, words) {
  let at = 0;
  return typed.every((one) => {
    while (at < words.length && !words[at].startsWith(one)) at += 1;
    at += 1;
    return at <= words.length;
  });
}

const tokens = ({ words, within }) => `${words} ${within}`.split(" ");

/* How well what is typed goes with a place: 0 it is its name (with comune or province, if said), 9 not at all. */
function rank(typed, tight, entry, most) {
  if (entry.tight === tight || (typed.startsWith(`${entry.words} `) && begins(typed.split(" "), tokens(entry)))) return 0;
  if (entry.tight.startsWith(tight)) return 1;
  if (begins(typed.split(" "), tokens(entry))) return 2;
  if (tight.length > 3 && entry.tight.includes(tight)) return 3;
  if (!most) return 9;
  const found = slips(tight, entry.tight, most);
  if (found > most) return 9;
  return 3 + 2 * found + (entry.tight.length > tight.length + most ? 1 : 0);
}

/* The places that what is typed may be, likeliest first. */
export function search(all, text, most = 7) {
  const typed = fold(text);
  const tight = typed.replace(/ /g, "");
  if (tight.length < LEAST && !/[^\u0000-\u024f]/.test(tight)) return [];
  const allowed = tight.length < 4 ? 0 : tight.length < 6 ? 1 : 2;
  const found = [];
  for (const entry of all) {
    const how = rank(typed, tight, entry, allowed);
    if (how < 9) found.push([how, entry.part ? 1 : 0, entry.words.length, entry]);
  }
  found.sort((a, b) => a[0] - b[0] || a[1] - b[1] || a[2] - b[2] || (a[3].words < b[3].words ? -1 : 1));
  const seen = new Set();
  return found
    .filter(([, , , entry]) => !seen.has(label(entry)) && seen.add(label(entry)))
    .slice(0, most)
    .map(([how, , , entry]) => ({ ...entry, sure: how === 0 }));
}

/* Kilometres between two points in degrees, as a plane sees them. */
export const km = (lon, lat, east, north) =>
  111.195 * Math.hypot((east - lon) * Math.cos(((lat + north) * Math.PI) / 360), north - lat);

function least(all, far) {
  let best = null, away = Infinity;
  for (const one of all) {
    const found = far(one);
    if (found < away) [best, away] = [one, found];
  }
  return [best, away];
}

/* The zone somebody at a position is in; null where Lombardy is far. */
export function zoneAt(index, lon, lat) {
  const [comune, away] = least(index.comuni, (one) => km(lon, lat, one[4], one[5]));
  return away > OUTSIDE_KM ? null : index.zones[comune[3]];
}

/* The place of a zone's file nearest to a position. */
export const placeAt = (feed, lon, lat) => least(feed.places, (one) => km(lon, lat, one[3], one[4]))[0];
