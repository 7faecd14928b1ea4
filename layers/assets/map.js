/* What the browser does with the atlas's layers: fetch them by URL, draw them, tell a click.

   Python says which layers should be there (layers/base.py); sync() makes it so with as little
   work as it can: a layer already drawn is not fetched again, a change of measure only fetches
   the values, a change of selection only draws the two features again. Text from the tables is
   always set as text, never as HTML. */
(function () {
  "use strict";
  if (window.atlante) return;

  const state = { pending: 0, failed: [], shown: {}, synced: 0, log: [] };
  const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;

  /* Leaflet focuses the map on the first press; inside a frame that scrolls the page under the pointer,
     and the click lands elsewhere. */
  L.Map.Keyboard.include({
    _onMouseDown() {
      if (!this._focused) this._map.getContainer().focus({ preventScroll: true });
    },
  });

  /* ---- drawing ---------------------------------------------------------------- */

  const patterns = {};
  function hatch(line, ground) {
    const name = line + ground;
    if (!patterns[name]) {
      const tile = document.createElement("canvas");
      tile.width = tile.height = 6;
      const pen = tile.getContext("2d");
      pen.fillStyle = ground;
      pen.fillRect(0, 0, 6, 6);
      pen.strokeStyle = line;
      pen.lineWidth = 1;
      pen.beginPath();
      for (const [x, y] of [[-1, 1], [0, 6], [5, 7]]) {
        pen.moveTo(x, y);
        pen.lineTo(x + (y === 6 ? 6 : 2), y - (y === 6 ? 6 : 2));
      }
      pen.stroke();
      patterns[name] = pen.createPattern(tile, "repeat");
    }
    return patterns[name];
  }

  function corners(count, turn, inner) {
    const steps = inner ? 2 * count : count;
    return Array.from({ length: steps }, (_, i) => {
      const angle = turn + (2 * Math.PI * i) / steps;
      const far = inner && i % 2 ? inner : 1;
      return [far * Math.cos(angle), far * Math.sin(angle)];
    });
  }
  const UP = -Math.PI / 2;
  const A = 0.38;
  const FONT = '600 12px system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif';
  const SHAPES = {
    square: corners(4, Math.PI / 4).map(([x, y]) => [1.22 * x, 1.22 * y]),
    diamond: corners(4, 0).map(([x, y]) => [1.2 * x, 1.2 * y]),
    triangle: corners(3, UP).map(([x, y]) => [1.3 * x, 1.3 * y + 0.15]),
    down: corners(3, -UP).map(([x, y]) => [1.3 * x, 1.3 * y - 0.15]),
    hexagon: corners(6, 0).map(([x, y]) => [1.1 * x, 1.1 * y]),
    star: corners(5, UP, 0.45).map(([x, y]) => [1.4 * x, 1.4 * y]),
    cross: [[-A, -1], [A, -1], [A, -A], [1, -A], [1, A], [A, A], [A, 1], [-A, 1], [-A, A], [-1, A], [-1, -A],
      [-A, -A]].map(([x, y]) => [1.15 * x, 1.15 * y]),
  };

  const Mark = L.CircleMarker.extend({
    _updatePath() {
      const shape = SHAPES[this.options.shape];
      if (!shape || !this._renderer._ctx) return this._renderer._updateCircle(this);
      if (!this._renderer._drawing || this._empty()) return undefined;
      const pen = this._renderer._ctx;
      const { x, y } = this._point;
      pen.beginPath();
      shape.forEach(([dx, dy], i) => pen[i ? "lineTo" : "moveTo"](x + dx * this._radius, y + dy * this._radius));
      pen.closePath();
      return this._renderer._fillStroke(pen, this);
    },
  });

  function classOf(layer, feature) {
    const last = layer.spec.styles.length - 1;
    const told = layer.values ? (layer.values[feature.id] || [last, ""])[0] : feature.properties.k || 0;
    return Math.min(told, last);
  }

  function look(layer, feature, zoom) {
    const style = layer.spec.styles[classOf(layer, feature)] || {};
    const chosen = layer.spec.selected !== "" && feature.id === layer.spec.selected;
    const fill = style.hatch ? hatch(style.hatch, style.fill) : style.fill;
    return {
      fill: Boolean(style.fill), fillColor: fill, fillOpacity: 1,
      color: chosen ? "#111111" : style.line, weight: chosen ? 3.5 : style.weight, opacity: 1,
      dashArray: chosen ? null : style.dash || null, shape: style.shape, lineJoin: "round",
      radius: ((style.radius || 5) + (chosen ? 3 : 0)) * (zoom < 9 ? 0.75 : zoom < 11 ? 0.9 : zoom < 13 ? 1.1 : 1.3),
    };
  }

  const Name = L.CircleMarker.extend({
    _updateBounds() {
      const half = L.point(80, 26);
      this._pxBounds = L.bounds(this._point.subtract(half), this._point.add(half));
    },
    _updatePath() {
      const pen = this._renderer._ctx;
      if (!pen || !this._renderer._drawing || this._empty()) return;
      if (this.unsaid) return;
      const { x, y } = this._point.subtract([0, 15]);
      pen.save();
      pen.globalAlpha = 1;
      pen.font = FONT;
      pen.textAlign = "center";
      pen.textBaseline = "middle";
      pen.lineJoin = "round";
      pen.lineWidth = 3.5;
      pen.strokeStyle = "rgba(255,255,255,0.92)";
      pen.strokeText(this.feature.properties.t, x, y);
      pen.fillStyle = "#24343a";
      pen.fillText(this.feature.properties.t, x, y);
      pen.restore();
    },
  });

  /* A name is left out below its zoom, and where it would lie over one already written: the first in the feed win. */
  function spread(map, layer) {
    const zoom = map.getZoom();
    const ruler = document.createElement("canvas").getContext("2d");
    const taken = [];
    ruler.font = FONT;
    for (const path of layer.group.getLayers()) {
      const { z = 0, t = "" } = path.feature.properties;
      const { x, y } = map.project(path.getLatLng(), zoom);
      const half = ruler.measureText(t).width / 2 + 4;
      const over = taken.some(([left, right, at]) => x - half < right && x + half > left && Math.abs(y - at) < 17);
      const unsaid = zoom < z || over;
      if (!unsaid) taken.push([x - half, x + half, y]);
      if (path.unsaid !== unsaid) {
        path.unsaid = unsaid;
        path.redraw();
      }
    }
  }

  function tip(layer, path) {
    const box = document.createElement("div");
    const lines = (path.feature.properties.t || "").split("\n");
    const value = layer.values && layer.values[path.feature.id];
    if (layer.values) lines.push(...(value ? value[1] : layer.spec.unknown).split("\n"));
    lines.filter(Boolean).forEach((line, i) => {
      const row = document.createElement(i ? "div" : "strong");
      row.textContent = line;
      box.append(row);
    });
    return box;
  }

  /* ---- one layer --------------------------------------------------------------- */

  function make(map, spec) {
    const layer = { spec, drawn: { url: null, values: "" }, values: null, turn: 0 };
    layer.group = L.geoJSON(null, {
      interactive: spec.click,
      style: (feature) => spec.kind === "label" ? {} : look(layer, feature, map.getZoom()),
      pointToLayer: (feature, latlng) =>
        spec.kind === "label" ? new Name(latlng, { interactive: false }) : new Mark(latlng, look(layer, feature, map.getZoom())),
      onEachFeature: (feature, path) => {
        path.toGeoJSON = () => ({
          type: "Feature", id: feature.id, geometry: null,
          properties: { layer: layer.spec.key, id: feature.id, click: state.clicked },
        });
      },
    });
    if (spec.click) {
      layer.group.on("click", () => { state.clicked = Date.now(); });
      layer.group.bindTooltip((path) => tip(layer, path), { sticky: true, opacity: 1, className: "atlante-tip" });
    }
    return layer;
  }

  async function get(url) {
    const answer = await fetch(url, { credentials: "same-origin" });
    if (!answer.ok) throw new Error(String(answer.status));
    return answer.json();
  }

  function redraw(map, layer) {
    if (layer.spec.kind !== "label") layer.group.setStyle((feature) => look(layer, feature, map.getZoom()));
  }

  async function update(map, layer, spec) {
    const old = layer.spec;
    layer.spec = spec;
    const turn = ++layer.turn;
    const freshShapes = spec.url !== layer.drawn.url;
    const freshValues = spec.values !== layer.drawn.values;
    if (!freshShapes && !freshValues) {
      if (spec.selected !== old.selected || JSON.stringify(spec.styles) !== JSON.stringify(old.styles)) redraw(map, layer);
      return focus(map, layer, old);
    }
    const start = performance.now();
    try {
      const [shapes, values] = await Promise.all([
        freshShapes ? get(spec.url) : null,
        freshValues && spec.values ? get(spec.values) : null,
      ]);
      if (turn !== layer.turn) return undefined;
      if (freshValues) layer.values = values && values.values;
      layer.drawn = { url: spec.url, values: spec.values };
      if (freshShapes) {
        layer.zoom = null;
        layer.group.clearLayers();
        layer.group.addData(shapes);
      } else redraw(map, layer);
      state.shown[spec.key] = layer.group.getLayers().length;
      state.failed = state.failed.filter((title) => title !== spec.title);
      state.log.push([spec.key, Math.round(performance.now() - start)]);
    } catch (fault) {
      if (turn !== layer.turn) return undefined;
      state.failed = [...new Set([...state.failed, spec.title])];
    }
    return focus(map, layer, old);
  }

  function focus(map, layer, old) {
    const { selected, kind } = layer.spec;
    if (kind !== "point" || !selected) return;
    if (selected === old.selected && layer.focused === selected) return;
    const path = layer.group.getLayers().find((one) => one.feature.id === selected);
    if (!path) return;
    layer.focused = selected;
    path.bringToFront();
    if (!map.getBounds().pad(-0.08).contains(path.getLatLng())) {
      map.atlanteWanted = null;
      map.setView(path.getLatLng(), Math.max(map.getZoom(), 11), { animate: !still });
    }
  }

  /* ---- all of them --------------------------------------------------------------- */

  function order(map) {
    [...map.atlante.values()].sort((a, b) => a.spec.order - b.spec.order).forEach((layer) => layer.group.bringToFront());
    for (const layer of map.atlante.values()) {
      if (!layer.spec.selected) continue;
      layer.group.eachLayer((path) => { if (path.feature.id === layer.spec.selected) path.bringToFront(); });
    }
  }

  function rescale(map) {
    const zoom = map.getZoom();
    for (const layer of map.atlante.values()) {
      if (layer.spec.kind === "point" && layer.zoom !== zoom) redraw(map, layer);
      if (layer.spec.kind === "label" && layer.zoom !== zoom) spread(map, layer);
      layer.zoom = zoom;
    }
  }

  function announce(map) {
    const box = map.getContainer();
    box.dataset.layersReady = state.pending ? "no" : "yes";
    box.setAttribute("aria-busy", String(state.pending > 0));
    const said = state.pending ? "Carico i livelli…"
      : state.failed.length ? `Non riesco a caricare: ${state.failed.join(", ")}. Ricarica la pagina.` : "";
    if (map.atlanteStatus.textContent !== said) map.atlanteStatus.textContent = said;
    map.atlanteStatus.hidden = !said;
  }

  async function follow(map, work) {
    state.pending += 1;
    announce(map);
    await work;
    order(map);
    rescale(map);
    state.pending -= 1;
    announce(map);
  }

  /* The wanted view is kept, and fitted again whenever the frame changes its size, until somebody moves the
     map: a cached frame may be told what to show before it has any size. */
  const SMALLEST = 50;
  function fit(map, animate) {
    const box = map.getContainer();
    map.invalidateSize({ animate: false });
    if (!map.atlanteWanted || Math.min(box.clientWidth, box.clientHeight) < SMALLEST) return;
    const credit = box.querySelector(".leaflet-control-attribution");
    const foot = Math.max(12, credit ? credit.offsetHeight + 6 : 0);
    map.fitBounds(map.atlanteWanted, { animate, paddingTopLeft: [12, 12], paddingBottomRight: [12, foot] });
  }

  function want(map, bounds, animate) {
    map.atlanteWanted = bounds;
    fit(map, animate);
  }

  /* Whoever moves the map wants what they see: no more fitting. */
  function letGo(map) {
    const forget = () => { map.atlanteWanted = null; };
    map.on("dragstart boxzoomend", forget);
    const box = map.getContainer();
    for (const name of ["wheel", "keydown", "dblclick", "touchstart"]) box.addEventListener(name, forget, { passive: true });
    box.querySelectorAll(".leaflet-control-zoom a").forEach((button) => button.addEventListener("click", forget));
  }

  /* Maps to compare show the same place: whoever moves one moves the others of the page. */
  function moveTogether(map) {
    let led = false;
    map.on("moveend", () => {
      if (led || map.atlanteWanted) return;
      for (let i = 0; i < window.parent.length; i += 1) {
        const other = window.parent[i] !== window && window.parent[i].atlante;
        if (other && other.follow) other.follow(map.getCenter(), map.getZoom());
      }
    });
    window.atlante.follow = ({ lat, lng }, zoom) => {
      led = true;
      map.atlanteWanted = null;
      map.setView([lat, lng], zoom, { animate: false });
      led = false;
    };
  }

  function sync(map, specs, view) {
    const wanted = new Set(specs.map((spec) => spec.key));
    for (const [key, layer] of [...map.atlante]) {
      if (wanted.has(key)) continue;
      layer.turn += 1;
      map.removeLayer(layer.group);
      map.atlante.delete(key);
      delete state.shown[key];
    }
    if (view && view.name !== map.atlanteView) {
      if (map.atlanteView !== undefined || view.name) want(map, view.bounds, map.atlanteView !== undefined && !still);
      map.atlanteView = view.name;
    }
    for (const spec of specs) {
      let layer = map.atlante.get(spec.key);
      if (!layer) {
        layer = make(map, spec);
        map.atlante.set(spec.key, layer);
        layer.group.addTo(map);
      }
      follow(map, update(map, layer, spec));
    }
    state.synced += 1;
  }

  function prepare(map, frame) {
    map.atlante = new Map();
    const box = map.getContainer();
    box.setAttribute("role", "region");
    box.setAttribute("aria-label", frame.label);
    L.control.zoom({ zoomInTitle: "Ingrandisci", zoomOutTitle: "Riduci" }).addTo(map);
    L.control.scale({ imperial: false, position: "topright" }).addTo(map);
    L.control.attribution({ prefix: false }).addAttribution(frame.attribution).addTo(map);
    const status = L.control({ position: "bottomleft" });
    status.onAdd = () => {
      map.atlanteStatus = L.DomUtil.create("div", "atlante-status");
      map.atlanteStatus.setAttribute("role", "status");
      map.atlanteStatus.hidden = true;
      return map.atlanteStatus;
    };
    status.addTo(map);
    map.on("zoomend", () => rescale(map));
    letGo(map);
    if (frame.together) moveTogether(map);
    want(map, frame.bounds, false);
    new ResizeObserver(() => fit(map, false)).observe(box);
    document.documentElement.lang = "it";
  }

  window.atlante = { state, prepare, sync };
})();
