/* The question: read from the address and from the form, written back to both. */

import { moment } from "./finding.js";

export const NAMES = {
  origin: "luogo", theme: "tema", language: "lingua", target: "destinatario", mode: "mezzo", when: "quando",
  ambito: "ambito",
};
const MODES = { piedi: "walk", bici: "bike", auto: "car" };
export const fromWord = (word) => MODES[word];
export const modeWord = (mode) => Object.keys(MODES).find((word) => MODES[word] === mode);

const spoken = { mode: (word) => MODES[word], when: (word) => (word === "adesso" ? "now" : moment(word) && word) };
const written = { mode: (code) => (code === "walk" ? "" : modeWord(code)), when: (when) => (when === "now" ? "adesso" : when) };

/* What an address asks; what cannot be understood is not asked. */
export function fromAddress(search) {
  const said = new URLSearchParams(search);
  const asked = { origin: "", theme: "", language: "", target: "", mode: "walk", when: "", ambito: "" };
  for (const [key, name] of Object.entries(NAMES)) {
    const word = (said.get(name) || "").trim();
    if (word) asked[key] = (spoken[key] ? spoken[key](word) : word) || asked[key];
  }
  return asked;
}

/* The parameters of an address with this question in place of its own; all others stay. */
export function toAddress(search, asked) {
  const said = new URLSearchParams(search);
  ["dove", ...Object.values(NAMES)].forEach((name) => said.delete(name));
  for (const [key, name] of Object.entries(NAMES)) {
    const word = written[key] ? written[key](asked[key]) : asked[key];
    if (word) said.set(name, word);
  }
  return said.toString().replace(/%3A/g, ":");
}

/* What the form asks, over what was asked before: it may not have a field for everything. */
export function fromForm(form, asked) {
  const found = { ...asked };
  for (const [key, name] of Object.entries(NAMES)) {
    const field = form.elements[name];
    if (!field || key === "ambito") continue;
    found[key] = field.value ? (spoken[key] ? spoken[key](field.value) : field.value) || "" : "";
  }
  return found;
}

/* Show a question in the form; a value that a list lacks is added to it (say tells it in words). */
export function toForm(form, asked, say) {
  for (const [key, name] of Object.entries(NAMES)) {
    const field = form.elements[name];
    if (!field || key === "ambito") continue;
    const value = key === "mode" ? modeWord(asked.mode) : key === "when" ? written.when(asked.when) : asked[key];
    if (field.tagName === "SELECT" && value && ![...field.options].some((one) => one.value === value)) {
      field.add(new Option(say(key, value), value));
    }
    field.value = value;
  }
}

/* Whether anything is asked that a desk may or may not keep. */
export const conditions = (asked) => Boolean(asked.theme || asked.language || asked.target || asked.when);
