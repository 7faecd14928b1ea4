/* The code and the preview of an embed as soon as something is chosen, as locator/embed.py makes them: a test holds
   the two together. */

import { contrast, read, readable } from "./colour.js";

const form = document.getElementById("choices");
const code = document.getElementById("code");
const preview = document.getElementById("preview");
const told = document.getElementById("contrast");
const home = new URL(document.body.dataset.root, location.href).href;
const base = form.dataset.base || home;

const value = (name) => form.elements[name].value;
const escaped = (text) =>
  text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;").replace(/"/g, "&quot;");

const colour = () => read(value("colore")) || form.dataset.usualColour;

const path = () => {
  const [kind, key] = value("cosa").split(":");
  const page = key ? `${value("pagina")}/${kind}/${key}/` : `${value("pagina")}/`;
  const shown = readable(colour());
  const parameters = new URLSearchParams({ cornice: "1" });
  if (value("tema")) parameters.set("tema", value("tema"));
  if (value("lingua")) parameters.set("lingua", value("lingua"));
  if (value("mezzo") !== "piedi") parameters.set("mezzo", value("mezzo"));
  if (shown !== form.dataset.usualColour) parameters.set("colore", shown);
  return `${page}?${parameters}`;
};

const title = () => {
  const page = form.elements.pagina.selectedOptions[0].dataset;
  const of = form.elements.cosa.selectedOptions[0];
  return of.value ? page.somewhere.replace("{place}", of.text) : page.everywhere;
};

const height = () => value("altezza") !== "0" && value("altezza");

const line = () => {
  const frame =
    `<iframe src="${escaped(base + path())}" title="${escaped(title())}" loading="lazy" width="100%" ` +
    `height="${height() || form.dataset.usualHeight}" allow="geolocation" style="border:0"></iframe>`;
  return height() ? frame : `${frame}<script src="${escaped(base)}embed.js" async></` + "script>";
};

const tellContrast = () => {
  const asked = colour();
  const better = readable(asked);
  const figure = new Intl.NumberFormat(`${document.documentElement.lang}-u-nu-latn`, { maximumFractionDigits: 1 });
  const said = (one) => figure.format(Math.floor(contrast(one) * 10) / 10);
  const words = better === asked ? told.dataset.fine : told.dataset.light;
  told.textContent = words
    .replace("{contrast}", said(asked))
    .replace("{darker}", `\u2066#${better}\u2069`)
    .replace("{better}", said(better));
};

/* The preview is asked how high it is; it may be on its way to another page, and is asked again when it is there. */
const ask = () => preview.contentWindow.postMessage({ atlante: "ask" }, location.origin);

const show = () => {
  code.value = line();
  tellContrast();
  const src = home + path();
  if (preview.src !== src) preview.src = src;
  preview.title = title();
  preview.height = height() || form.dataset.usualHeight;
  preview.style.removeProperty("height");
  ask();
};

/* The preview's height follows its page as on the site of whoever embeds it, if that is what is chosen. */
const follow = () => {
  addEventListener("message", (event) => {
    const said = event.data;
    if (event.source !== preview.contentWindow || event.origin !== location.origin || height()) return;
    if (said && said.atlante === "height" && Number.isFinite(said.height)) preview.style.height = `${said.height}px`;
  });
  preview.addEventListener("load", ask);
};

const copy = async () => {
  const answer = document.getElementById("copied");
  code.select();
  try {
    await navigator.clipboard.writeText(code.value);
    answer.textContent = answer.dataset.words;
  } catch {
    answer.textContent = answer.dataset.failed;
  }
};

form.addEventListener("submit", (event) => event.preventDefault());
form.querySelector(".send").hidden = true;
form.addEventListener("input", show);
const missing = document.getElementById("no-address");
if (missing) missing.hidden = true;
const button = document.getElementById("copy");
button.hidden = false;
button.addEventListener("click", copy);
code.addEventListener("focus", () => code.select());
follow();
show();
