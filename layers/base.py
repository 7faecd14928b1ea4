"""The map every layer lies on, and the layer whose data the browser fetches by URL.

Nothing here asks another host for anything: folium's scripts and styles come from our own
server, there are no tiles unless the configuration names a tile server, and the data of a
layer is an address. Latitude-first coordinates exist only in this module.
"""

import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from html import escape
from pathlib import Path
from typing import Any

import folium
from folium.template import Template
from xstatic.pkg.leaflet import VERSION

from layers.style import Mark

ASSETS = Path(__file__).parent / "assets"
"""Our own script and style sheet for the map; the server shows them under ``/assets/atlante``."""

LOMBARDY = (8.49, 44.67, 11.43, 46.64)
"""West, south, east, north of the region, in degrees."""


def _stamped(name: str) -> str:
    """Address of one of our own assets, with a mark of its content so that it can be cached long."""
    return f"/assets/atlante/{name}?v={sha256((ASSETS / name).read_bytes()).hexdigest()[:8]}"


folium.Map.default_js = [
    ("leaflet", f"/assets/leaflet/leaflet.js?v={VERSION}"),
    ("atlante", _stamped("map.js")),
]
folium.Map.default_css = [
    ("leaflet", f"/assets/leaflet/leaflet.css?v={VERSION}"),
    ("atlante", _stamped("map.css")),
]


def leaflet_bounds(bounds: Sequence[float]) -> list[list[float]]:
    """West, south, east, north as Leaflet wants them: two corners, latitude first.

    Examples
    --------
    >>> leaflet_bounds((8.5, 44.7, 11.4, 46.6))
    [[44.7, 8.5], [46.6, 11.4]]
    """
    west, south, east, north = bounds
    return [[south, west], [north, east]]


class BaseMap(folium.Map):
    """A folium map without tiles, with Italian controls, a name for screen readers and our ground."""

    _template = Template(
        """
        {% macro header(this, kwargs) %}{% endmacro %}
        {% macro html(this, kwargs) %}
            <div class="folium-map" id={{ this.get_name()|tojson }} ></div>
        {% endmacro %}
        {% macro script(this, kwargs) %}
            var {{ this.get_name() }} = L.map({{ this.get_name()|tojson }}, {{ this.leaflet|tojson }});
            atlante.prepare({{ this.get_name() }}, {{ this.frame|tojson }});
        {% endmacro %}
        """
    )

    def __init__(self, *, bounds: Sequence[float], label: str, attribution: str, together: bool) -> None:
        corners = leaflet_bounds(bounds)
        centre = [(corners[0][0] + corners[1][0]) / 2, (corners[0][1] + corners[1][1]) / 2]
        super().__init__(location=centre, tiles=None)
        self.leaflet = {
            "center": centre,
            "zoom": 8,
            "wheelPxPerZoomLevel": 90,
            "minZoom": 7,
            "maxZoom": 17,
            "zoomSnap": 0.1,
            "preferCanvas": True,
            "zoomControl": False,
            "attributionControl": False,
            "maxBounds": leaflet_bounds((6.0, 43.0, 14.0, 48.2)),
        }
        self.frame = {"bounds": corners, "label": label, "attribution": attribution, "together": together}


def base_map(
    *,
    bounds: Sequence[float] = LOMBARDY,
    label: str = "Mappa della Lombardia",
    attribution: str = "Confini ISTAT (CC BY) · luoghi © contributori OpenStreetMap (ODbL)",
    together: bool = False,
    environment: Mapping[str, str] = os.environ,
) -> folium.Map:
    """The empty map: no tiles, canvas, Italian zoom buttons, keyboard focus, attribution.

    Parameters
    ----------
    bounds
        What is seen at first: west, south, east, north, in degrees.
    label
        Name of the map for screen readers.
    attribution
        Who made what is drawn; plain text, escaped here.
    together
        Whether it moves as the other maps of its page that do so: two maps to compare.
    environment
        Where ``ATLANTE_TILES_URL`` and ``ATLANTE_TILES_ATTRIBUTION`` are read. Only if the
        first is set does the browser ask a tile server for a background.
    """
    drawn = BaseMap(bounds=bounds, label=label, attribution=escape(attribution), together=together)
    tiles = environment.get("ATLANTE_TILES_URL", "")
    if tiles:
        credit = escape(environment.get("ATLANTE_TILES_ATTRIBUTION", "")) or "sfondo configurato"
        folium.TileLayer(tiles=tiles, attr=credit, name="sfondo", opacity=0.6).add_to(drawn)
    return drawn


@dataclass(frozen=True)
class UrlLayer:
    """A layer whose data the browser fetches: where from, in what order, and how it looks.

    Parameters
    ----------
    key
        Name of the layer on the map; what a click gives back with the id.
    title
        Italian name, said when the layer cannot be loaded.
    url
        Address of the GeoJSON; each feature has an ``id`` and properties ``t`` (text of the
        tooltip, lines apart) and ``k`` (its class, unless ``values`` are given).
    styles
        How each class is drawn, in the order of the classes; the last is for *unknown*.
    kind
        ``area``, ``point`` or ``label``.
    order
        Higher is nearer to the eye.
    values
        Address of ``{"values": {id: [class, text]}}``: a choropleth's measure, fetched apart
        from the shapes so that a change of measure moves a few kilobytes.
    click
        Whether it has a tooltip and answers a click.
    selected
        Id of the feature drawn as chosen; empty for none.
    """

    key: str
    title: str
    url: str
    styles: tuple[Mark, ...]
    kind: str = "area"
    order: int = 0
    values: str = ""
    click: bool = True
    selected: str = ""
    unknown: str = "dato non noto"

    def spec(self) -> dict[str, Any]:
        """What the browser needs to know, as JSON."""
        return {**asdict(self), "styles": [mark.drawing() for mark in self.styles]}


class Layers(folium.FeatureGroup):
    """All the layers that should be on the map now; the browser changes only what differs.

    Give it to ``st_folium(..., feature_group_to_add=...)`` so that the map itself is not made
    again, or ``add_to`` a map that is saved as a page.

    Parameters
    ----------
    layers
        The layers, in any order.
    view
        West, south, east, north to move to; the map moves only when this changes.
    """

    _template = Template(
        """
        {% macro script(this, kwargs) %}
            var {{ this.get_name() }} = L.featureGroup();
            atlante.sync({{ this._parent.get_name() }}, {{ this.specs|tojson }}, {{ this.view|tojson }});
        {% endmacro %}
        """
    )

    def __init__(self, layers: Sequence[UrlLayer], *, view: Sequence[float] | None = None) -> None:
        super().__init__()
        self.specs = [layer.spec() for layer in layers]
        name = "" if view is None else ",".join(f"{edge:.3f}" for edge in view)
        self.view = {"name": name, "bounds": leaflet_bounds(view or LOMBARDY)}
