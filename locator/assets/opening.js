/* Open now, opens at, closes at: from the coming times of the slots, by Lombardy's clock whatever the phone's. */

export const DAYS_AHEAD = 28;
const DAY = 24 * 60;
const ROME = "Europe/Rome";

/* Minutes since 1970 in UTC of a moment. */
export const minutesOf = (date) => Math.floor(date.getTime() / 60000);

/* Whether hours told on a day are over: nobody knows them any more. */
export const stale = (day, now) => now >= Date.parse(day) / 60000 + DAYS_AHEAD * DAY - 120;

/* The state of a desk at a minute: { is: "open", at: until } (at null: not today), { is: "shut", at: opens }
   (at null: not in the coming weeks), { is: "old" }, or null where no hours are known. Slots in person come first;
   where hours are known of none, those by phone and online do (away). */
export function state(desk, day, now) {
  const known = (desk.slots || []).filter((slot) => slot.coming);
  const here = known.filter((slot) => slot.how !== "telefono" && slot.how !== "online");
  const slots = here.length ? here : known;
  if (!slots.length) return null;
  const away = !here.length;
  if (stale(day, now)) return { is: "old", away };
  const times = slots.flatMap((slot) => slot.coming).filter(([, until]) => until > now).sort((a, b) => a[0] - b[0]);
  let until = now;
  for (const [from, end] of times) if (from <= until && end > until) until = end;
  if (until > now) return { is: "open", at: until - now > DAY ? null : until, away };
  return { is: "shut", at: times.length ? times[0][0] : null, away };
}

/* What tells times and days in a language; digits are the ones on the rest of the page. */
export function clock(lang) {
  const say = (how) => new Intl.DateTimeFormat(`${lang}-u-nu-latn`, { timeZone: ROME, ...how });
  const time = say({ hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  const weekday = say({ weekday: "long" });
  const date = say({ day: "numeric", month: "long" });
  const iso = new Intl.DateTimeFormat("en-CA", { timeZone: ROME, year: "numeric", month: "2-digit", day: "2-digit" });
  const at = (minute) => new Date(minute * 60000);
  return {
    time: (minute) => time.format(at(minute)),
    weekday: (minute) => weekday.format(at(minute)),
    date: (minute) => date.format(at(minute)),
    days: (from, to) => Math.round((Date.parse(iso.format(at(to))) - Date.parse(iso.format(at(from)))) / 864e5),
  };
}

/* The state in words; "" where there is nothing to say. */
export function told(said, now, words, tell) {
  if (!said) return "";
  const far = said.away ? "away_" : "";
  if (said.is === "old") return words.text("hours_old");
  if (said.at === null) return words.text(said.is === "open" ? `${far}open` : "shut");
  const time = tell.time(said.at);
  if (said.is === "open") return words.text(`${far}open_until`, { time });
  const days = tell.days(now, said.at);
  if (days === 0) return words.text(`${far}opens_today`, { time });
  if (days === 1) return words.text(`${far}opens_tomorrow`, { time });
  if (days < 7) return words.text(`${far}opens_weekday`, { time, day: tell.weekday(said.at) });
  return words.text(`${far}opens_date`, { time, day: tell.date(said.at) });
}
