"""What lies under every map of a page: lakes, borders and names, which say where one is and answer no click."""

from typing import Final

from layers import style
from layers.base import UrlLayer
from layers.style import Mark
from screens import feeds

LOOK: Final = """<style>
iframe[title="streamlit_folium.st_folium"] { border: 1px solid #d5dbd9; border-radius: 4px; }
@media (max-width: 640px) {
  iframe[title="streamlit_folium.st_folium"] { height: 380px !important; }
}
</style>"""
"""The frame of a map, lower on a phone."""


def still(
    key: str, feed: str, title: str, marks: tuple[Mark, ...], order: int, kind: str = "area"
) -> UrlLayer:
    """A layer that answers no click."""
    return UrlLayer(key, title, feeds.url("geojson", feed), marks, kind, order, click=False)


def lakes() -> UrlLayer:
    """The lakes, over the areas."""
    return still("lakes", "lakes", "Laghi", style.LAKES, 10)


def borders(marks: tuple[Mark, ...] = style.AMBITI_LINES) -> UrlLayer:
    """The borders of the Ambiti, over the lakes."""
    return still("confini", "ambiti", "Confini degli Ambiti", marks, 12)


def places() -> UrlLayer:
    """The names of places, under what is shown."""
    return still("places", "places", "Nomi dei luoghi", style.PLACES, 20, kind="label")


def under() -> list[UrlLayer]:
    """All of them."""
    return [lakes(), borders(), places()]
