/* The map, loaded when it is asked for: our own ground, and a mark for each desk of the list that has a point.

   Marks are buttons: one stop of the keyboard, arrows to go from one to the next in the order of the list. What is drawn
   comes from here; no tiles are fetched. */

import { ground } from "./fetching.js";
import { FAR } from "./finding.js";
import { SECTIONS } from "./shown.js";
import { make } from "./words.js";

const at = (path) => new URL(path, import.meta.url).href;
const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
const NEAREST = 8;
const RING_PX = 15;

const loaded = (one) => new Promise((done, failed) => {
  one.onload = done;
  one.onerror = () => failed(new Error(one.href || one.src));
  document.head.append(one);
});

async function leaflet() {
  if (!window.L) {
    await Promise.all([
      loaded(make("link", { rel: "stylesheet", href: at("leaflet/leaflet.css") })),
      loaded(make("link", { rel: "stylesheet", href: at("map.css") })),
      loaded(make("script", { src: at("leaflet/leaflet.js") })),
    ]);
  }
  return window.L;
}

/* Lines as the ground's file has them: a first point, then steps, in whole numbers. */
function lines(packed, unit) {
  return packed.map((steps) => {
    const found = [];
    let x = 0, y = 0;
    for (let i = 0; i < steps.length; i += 2) {
      x += steps[i];
      y += steps[i + 1];
      found.push([y * unit, x * unit]);
    }
    return found;
  });
}

function drawGround(L, map, { unit, region, borders, lakes }) {
  const renderer = L.canvas({ padding: 0.3 });
  const look = { renderer, interactive: false };
  lines(region, unit).forEach((ring) => L.polygon(ring, { ...look, color: "#8b9895", weight: 1.4, fillColor: "#fbfbf8", fillOpacity: 1 }).addTo(map));
  lines(lakes, unit).forEach((ring) => L.polygon(ring, { ...look, color: "#9dbccd", weight: 0.8, fillColor: "#cfe0ea", fillOpacity: 1 }).addTo(map));
  L.polyline(lines(borders, unit), { ...look, color: "#b9c2bf", weight: 1 }).addTo(map);
}

/* Names of comuni, from the largest zoom down fewer: none lies over another. */
function nameplates(L, map) {
  const layer = L.layerGroup().addTo(map);
  let places = [];
  const spread = () => {
    layer.clearLayers();
    const taken = [], view = map.getBounds().pad(0.1);
    for (const [, name, , lon, lat, main] of places) {
      if ((!main && map.getZoom() < 13) || !view.contains([lat, lon])) continue;
      const { x, y } = map.latLngToLayerPoint([lat, lon]);
      const half = name.length * 3.6 + 6;
      if (taken.some(([px, py, other]) => Math.abs(px - x) < half + other && Math.abs(py - y) < 18)) continue;
      taken.push([x, y, half]);
      const icon = L.divIcon({ className: "place-name", html: make("span", { lang: "it", textContent: name }), iconSize: [0, 0] });
      L.marker([lat, lon], { icon, interactive: false, keyboard: false, pane: "shadowPane" }).addTo(layer);
    }
  };
  map.on("zoomend moveend", spread);
  return (ones) => {
    places = [...ones].sort((a, b) => b[5] - a[5]);
    spread();
  };
}

/* Desks at the same point stand in a ring around it. */
function ring(all) {
  const by = new Map();
  all.forEach((one) => by.set(String(one.desk.point), [...(by.get(String(one.desk.point)) || []), one]));
  return (one) => {
    const same = by.get(String(one.desk.point));
    const turn = (2 * Math.PI * same.indexOf(one)) / same.length;
    const far = same.length < 2 ? 0 : RING_PX * Math.max(1, same.length / 7);
    return [Math.round(far * Math.cos(turn)), Math.round(far * Math.sin(turn))];
  };
}

function named(one, words) {
  const mode = ["walk", "bike", "car"].find((way) => one.minutes[way] !== FAR);
  return [one.desk.name, mode && words.text(mode, { n: words.number(one.minutes[mode]) }),
    one.desk.exact ? "" : words.text("rough")].filter(Boolean).join(", ");
}

function icon(L, one, [dx, dy], section) {
  const kind = `pin${section === "perhaps" ? " perhaps" : ""}${one.desk.exact ? "" : " rough"}`;
  return L.divIcon({ className: kind, iconSize: [26, 26], iconAnchor: [13 - dx, 13 - dy] });
}

/* One stop of the keyboard for all marks: arrows, Home and End go from one to another. */
function roving(buttons, choose) {
  const stop = (wanted) => buttons.forEach((one) => { one.tabIndex = one === wanted ? 0 : -1; });
  const to = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };
  buttons.forEach((button, number) => {
    button.onkeydown = (event) => {
      const last = buttons.length - 1;
      const next = event.key === "Home" ? 0 : event.key === "End" ? last : number + (to[event.key] || 0);
      if (event.key === "Enter" || event.key === " ") choose(button.dataset.id);
      else if (next === number || !buttons[next]) return;
      else buttons[next].focus();
      event.preventDefault();
      event.stopPropagation();
    };
    button.onfocus = () => stop(button);
  });
  if (buttons.length) stop(buttons[0]);
}

function legend(words) {
  const item = (kind, key) => make("li", { className: `of-${key}` }, make("span", { className: kind, "aria-hidden": "true" }), ` ${words.text(key)}`);
  return make("ul", { className: "legend" }, item("pin", "exact"), item("pin rough", "rough"), item("pin perhaps", "perhaps"), item("start", "start"));
}

/* Open the map in a box: choose(id) is told of a mark that is pressed; me() is the phone's position, if it is known. */
async function open(box, { words, me, choose }) {
  const [L, drawn] = await Promise.all([leaflet(), ground()]);
  const frame = make("div", { className: "map-frame", dir: "ltr", role: "region", "aria-label": words.text("map") });
  box.replaceChildren(make("p", { className: "quiet", textContent: words.text("map_hint") }), frame, legend(words));
  const map = L.map(frame, { zoomControl: false, attributionControl: false, minZoom: 7, maxZoom: 16, zoomSnap: 0.5,
    keyboard: true, zoomAnimation: !still, fadeAnimation: !still });
  map.setView([45.6, 9.7], 8);
  L.control.zoom({ zoomInTitle: words.text("zoom_in"), zoomOutTitle: words.text("zoom_out") }).addTo(map);
  L.control.attribution({ prefix: false }).addAttribution(words.text("credit")).addTo(map);
  drawGround(L, map, drawn);
  const name = nameplates(L, map);
  const layer = L.layerGroup().addTo(map);
  let fitted = "";

  function start(feed, origin) {
    const place = feed.places.find((one) => one[0] === origin);
    const here = me();
    const point = here ? [here.lat, here.lon] : place && [place[4], place[3]];
    if (!point) return null;
    const mark = L.divIcon({ className: "start", iconSize: [18, 18] });
    L.marker(point, { icon: mark, interactive: false, keyboard: false, alt: words.text("start") }).addTo(layer);
    return point;
  }

  function update(found, { asked, feed }) {
    layer.clearLayers();
    const all = SECTIONS.flatMap((section) => found[section].filter((one) => one.desk.point).map((one) => ({ ...one, section })));
    const shift = ring(all);
    const from = start(feed, asked.origin);
    box.querySelector(".of-start").hidden = !from;
    box.querySelector(".of-perhaps").hidden = !all.some((one) => one.section === "perhaps");
    roving(all.map((one) => {
      const marker = L.marker([one.desk.point[1], one.desk.point[0]], { icon: icon(L, one, shift(one), one.section), keyboard: false });
      marker.addTo(layer).on("click", () => choose(one.desk.id));
      const button = marker.getElement();
      button.dataset.id = one.desk.id;
      button.setAttribute("role", "button");
      button.setAttribute("aria-label", named(one, words));
      button.title = named(one, words);
      return button;
    }), choose);
    name(feed.places);
    const view = JSON.stringify([from, asked.ambito]);
    const away = (one) => Math.min(...Object.values(one.minutes));
    const near = (from ? [...all].sort((a, b) => away(a) - away(b)).slice(0, NEAREST) : all).map((one) => [one.desk.point[1], one.desk.point[0]]);
    if (view !== fitted && (from || near.length)) map.fitBounds(L.latLngBounds([...(from ? [from] : []), ...near]), { padding: [30, 30], maxZoom: 14, animate: false });
    fitted = view;
  }
  return { update, resize: () => map.invalidateSize() };
}

let opened = null;

/* Show the map with its button, or hide it; it is made the first time. Of how it is told see open. */
export async function toggle(box, button, how) {
  box.hidden = Boolean(opened) && !box.hidden;
  if (opened) opened.resize();
  else opened = await open(box, how);
  button.dataset.words = button.dataset.words || button.textContent;
  button.textContent = box.hidden ? button.dataset.words : how.words.text("hide_map");
  button.setAttribute("aria-expanded", String(!box.hidden));
  return opened;
}
