/* Any day and hour of the week, besides those that the form offers. */

import { make } from "./words.js";

const DAYS = ["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"];
const OTHER = "?";

/* Minutes since 1970 of a time of the week, in a week without a change of clock; Lombardy is an hour ahead of UTC. */
const minute = (day, at) => (4 + day) * 1440 + at - 60;

/* A time of the week in words: lunedì, 10:00. */
export function inWords(when, tell) {
  const [day, time] = when.split(" ");
  return `${tell.weekday(minute(DAYS.indexOf(day), 720))}, ${time.padStart(5, "0")}`;
}

/* Add to the list of times one that opens two fields: a day and an hour. */
export function anyTime(form, words, tell) {
  const field = form.elements.quando;
  if (!field) return;
  field.add(new Option(words.text("other_time"), OTHER));
  const day = make("select", { "aria-label": words.text("day") });
  DAYS.forEach((code, number) => day.add(new Option(tell.weekday(minute(number, 720)), code)));
  const hour = make("input", { type: "time", value: "09:00", step: 300, "aria-label": words.text("hour") });
  const both = make("span", { className: "other-time", hidden: true }, day, hour);
  field.after(both);
  const choose = () => {
    if (!hour.value) return;
    const when = `${day.value} ${hour.value}`;
    if (![...field.options].some((one) => one.value === when)) field.add(new Option(inWords(when, tell), when));
    field.value = when;
    field.dispatchEvent(new Event("change", { bubbles: true }));
  };
  field.addEventListener("change", (event) => {
    if (field.value !== OTHER) return;
    event.stopPropagation();
    both.hidden = false;
    day.focus();
  });
  both.addEventListener("change", (event) => {
    event.stopPropagation();
    choose();
  });
}
