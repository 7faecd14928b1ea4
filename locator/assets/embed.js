/* On the page of whoever embeds the desks: each frame becomes as high as what it shows.

   The frame is asked, and answers to the origin that asked it; nothing else is read or sent, nothing is kept.
   Without this script a frame keeps the height it was given, and scrolls. */
(() => {
  "use strict";
  const home = new URL("./", document.currentScript.src);
  const seen = (window.atlanteFrames = window.atlanteFrames || {});
  if (seen[home.href]) return;
  seen[home.href] = true;
  const LEAST = 120, MOST = 30000;

  const ours = () => [...document.querySelectorAll("iframe")].filter((frame) => frame.src.startsWith(home.href));

  /* Says nothing but that somebody listens: it may go to a frame that is still empty, so to any origin. */
  const ask = (frame) => frame.contentWindow && frame.contentWindow.postMessage({ atlante: "ask" }, "*");

  addEventListener("message", (event) => {
    const said = event.data;
    if (event.origin !== home.origin || !said || said.atlante !== "height" || !Number.isFinite(said.height)) return;
    const frame = ours().find((one) => one.contentWindow === event.source);
    if (!frame) return;
    const height = Math.min(Math.max(Math.ceil(said.height), LEAST), MOST);
    frame.style.height = `${height}px`;
  });

  /* A frame that comes late, or goes to another page, is asked again; its loads do not bubble, but can be caught. */
  const shown = new WeakSet();
  document.addEventListener("load", (event) => {
    const frame = event.target;
    if (!ours().includes(frame)) return;
    ask(frame);
    /* another page inside begins at its top: whoever pressed a link far down would look at nothing */
    if (shown.has(frame) && frame.getBoundingClientRect().top < 0) frame.scrollIntoView();
    shown.add(frame);
  }, true);
  ours().forEach(ask);
})();
