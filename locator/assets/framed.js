/* A page inside somebody's site: the colour asked for, links that stay in the frame or leave it, the height told.

   The page is told by its address (cornice=1). It speaks only to the page around it, and only if that asked. */

import { read, readable } from "./colour.js";

const home = new URL(document.body.dataset.root, location.href);
const KEPT = ["cornice", "colore"];
const asked = () => new URLSearchParams(location.search);

const paint = () => {
  const colour = read(asked().get("colore"));
  if (colour) document.documentElement.style.setProperty("--accent", `#${readable(colour)}`);
};

/* Links lead on with the look; to another language, or out of the frame, with what is asked now. One to another site
   opens beside, as that site may refuse to be framed. */
const follow = (event) => {
  const link = event.target.closest("a[href]");
  if (!link || !link.protocol.startsWith("http") || link.getAttribute("href").startsWith("#")) return;
  const now = asked();
  const to = new URL(link.href);
  if (link.closest(".full-page")) {
    KEPT.forEach((name) => now.delete(name));
    to.search = now;
  } else if (link.hreflang) {
    to.search = now;
  } else if (!link.href.startsWith(home.href)) {
    link.target = "_blank";
    link.rel = "noopener noreferrer";
  } else if (!link.target) {
    KEPT.forEach((name) => now.has(name) && to.searchParams.set(name, now.get(name)));
  }
  link.href = to.href;
};

const carry = (event) => {
  const form = event.target;
  const now = asked();
  KEPT.filter((name) => now.has(name) && !form.elements[name]).forEach((name) => {
    const field = Object.assign(document.createElement("input"), { type: "hidden", name, value: now.get(name) });
    form.append(field);
  });
};

const tellHeight = () => {
  let asker = null;
  const tell = () => {
    const height = document.documentElement.offsetHeight;
    if (asker) parent.postMessage({ atlante: "height", height }, asker);
  };
  addEventListener("message", (event) => {
    const heard = event.source === parent && event.data && event.data.atlante === "ask";
    if (!heard || event.origin === "null") return;
    asker = event.origin;
    tell();
  });
  new ResizeObserver(tell).observe(document.documentElement);
};

if (asked().get("cornice") === "1") {
  document.body.classList.add("embed");
  paint();
  document.addEventListener("click", follow, true);
  document.addEventListener("submit", carry, true);
  if (parent !== window) tellHeight();
}
