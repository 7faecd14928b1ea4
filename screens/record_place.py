"""The position of a record: a click on the map, the address search beside it, and a doubt where the two disagree."""

from collections.abc import Mapping
from functools import partial
from typing import Any, Final

import geopandas as gpd
import streamlit as st
from streamlit_folium import st_folium

from data.derived import positions
from data.vocabularies import label
from geo import geocode
from geo.crs import DEGREES, METRES
from layers import registro, style
from layers.base import Layers, UrlLayer, base_map
from screens import feeds, memory, reach
from screens.living import BOOK
from screens.record_fields import comune_words

Point = tuple[float, float, str]
"""Longitude, latitude, precision."""
HEIGHT: Final = 330
DIGITS: Final = 6
NOT_THERE: Final = (
    "Questa via non è fra quelle che conosciamo in questo comune: tocca la mappa dove si trova la porta."
)


@st.cache_resource(show_spinner=False)
def _book() -> dict[str, list[geocode.Entry]]:
    """Every known address, by comune."""
    return geocode.gazetteer(positions.address_book(*map(memory.table, BOOK)))


def find(address: str, comune_code: str) -> tuple[Point, float] | None:
    """Where an address is, if its street is known in the comune, and how far from there it may be in metres."""
    found = geocode.find(address, _book().get(comune_code, []))
    if found is None:
        return None
    point = gpd.GeoSeries.from_xy([found.x], [found.y], crs=METRES).to_crs(DEGREES).iloc[0]
    return (round(point.x, DIGITS), round(point.y, DIGITS), found.precision), found.radius_m


def ask(said: Mapping[str, Any], *, key: str, comune_code: str | None, address: str | None) -> dict[str, Any]:
    """Ask where it is; gives back ``lon``, ``lat`` and ``precision``, all missing where no point was put."""
    held = f"{key}_point"
    if held not in st.session_state:
        own = said.get("lon") is not None
        st.session_state[held] = (said["lon"], said["lat"], said.get("precision")) if own else None
    st.markdown("**Posizione**")
    _search(key, held, comune_code, address)
    point: Point | None = st.session_state[held]
    _map(key, held, point, comune_code)
    _told(key, held, point, comune_code)
    if point is None:
        return {"lon": None, "lat": None, "precision": None}
    return {"lon": point[0], "lat": point[1], "precision": point[2]}


def _search(key: str, held: str, comune_code: str | None, address: str | None) -> None:
    """The search of the address that was written above."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            "Cerca l'indirizzo", icon=":material/search:", key=f"{key}_find",
            on_click=partial(_found, key, held, comune_code, address), disabled=not (address and comune_code),
            help="Cerca via e civico scritti qui sopra fra gli indirizzi noti dell'atlante, senza servizi esterni.",
        )  # fmt: skip
        st.caption(
            st.session_state.get(f"{key}_told")
            or "Tocca la mappa dove si trova la porta, oppure scrivi comune e indirizzo e cercali."
        )


def _found(key: str, held: str, comune_code: str | None, address: str | None) -> None:
    """Put the point where the address is; say how surely."""
    found = find(address or "", comune_code or "")
    if found is None:
        st.session_state[f"{key}_told"] = NOT_THERE
        return
    st.session_state[held], radius = found
    words = label("precisions", found[0][2]).lower()
    st.session_state[f"{key}_told"] = (
        f"Trovato: {words}, entro circa {radius_words(radius)}. Se non è la porta giusta, tocca la mappa."
    )


def _map(key: str, held: str, point: Point | None, comune_code: str | None) -> None:
    st_folium(
        base_map(label="Mappa per mettere il punto; senza mappa si può cercare l'indirizzo"),
        key=f"{key}_map",
        height=HEIGHT,
        use_container_width=True,
        returned_objects=["last_clicked"],
        feature_group_to_add=Layers(layers(point), view=view(point, comune_code)),
        on_change=partial(_clicked, key, held),
    )


def layers(point: Point | None) -> list[UrlLayer]:
    """The ground, the borders of the comuni, and the point."""
    fixed = (
        ("comuni", "comuni", "Comuni", style.AMBITI_FAINT, 5, "area"),
        ("lakes", "lakes", "Laghi", style.LAKES, 10, "area"),
        ("places", "places", "Nomi dei luoghi", style.PLACES, 20, "label"),
    )
    drawn = [
        UrlLayer(key, title, feeds.url("geojson", name), marks, kind, order, click=False)
        for key, name, title, marks, order, kind in fixed
    ]
    if point is not None:
        address = feeds.url("geojson", "registro_punto", lon=str(point[0]), lat=str(point[1]))
        drawn.append(UrlLayer("punto", "Punto scelto", address, registro.POINT, "point", 40, click=False))
    return drawn


NEAR_M: Final = 900.0
"""How far around a point its map shows at least, in metres."""
DEGREE_M: Final = 111_320.0


def view(point: Point | None, comune_code: str | None, *, radius_m: float = 0.0) -> list[float] | None:
    """What the map shows: around the point as far as it may be, else the comune, else Lombardy."""
    if point is not None:
        lon, lat, _ = point
        far = max(NEAR_M, 1.2 * radius_m) / DEGREE_M
        return [lon - 1.4 * far, lat - far, lon + 1.4 * far, lat + far]
    table = memory.comuni()
    chosen = table[table["comune_code"] == comune_code]
    return None if chosen.empty else [float(edge) for edge in chosen.total_bounds]


def radius_words(radius_m: float) -> str:
    """A distance as people say it.

    Examples
    --------
    >>> radius_words(100.0), radius_words(3301.0)
    ('100 m', '3,3 km')
    """
    return f"{radius_m / 1000:.1f} km".replace(".", ",") if radius_m >= 1000 else f"{radius_m:.0f} m"


def _clicked(key: str, held: str) -> None:
    """A click puts the point."""
    spot = (st.session_state.get(f"{key}_map") or {}).get("last_clicked")
    if not spot or spot == st.session_state.get(f"{key}_last"):
        return
    st.session_state[f"{key}_last"] = spot
    st.session_state[held] = (round(spot["lng"], DIGITS), round(spot["lat"], DIGITS), "coordinate")
    st.session_state.pop(f"{key}_told", None)


def doubt(point: Point | None, comune_code: str | None) -> str:
    """Why a point may be wrong, in a sentence; empty if there is no reason to think so."""
    if point is None:
        return ""
    where = reach.comune_of(point[:2], memory.comuni())
    if not where:
        return "Il punto è fuori dalla Lombardia: non si potrà salvare."
    named = comune_words(comune_code).rpartition(" (")[0]
    return (
        f"Il punto è nel comune di {where}, non in quello scelto ({named}): controlla."
        if named not in {"", where}
        else ""
    )


def _told(key: str, held: str, point: Point | None, comune_code: str | None) -> None:
    """What the point is, and the way to take it away."""
    with st.container(horizontal=True, vertical_alignment="center"):
        if point is None:
            st.caption("Nessun punto: sulla mappa la scheda sta, circa, dove dice il suo indirizzo.")
        else:
            lon, lat = (f"{one:.5f}".replace(".", ",") for one in point[:2])
            st.caption(f"Punto: {lat} N, {lon} E · {label('precisions', point[2] or 'coordinate').lower()}")
            st.button(
                "Togli il punto",
                icon=":material/location_off:",
                key=f"{key}_off",
                on_click=partial(_off, key, held),
            )
    words = doubt(point, comune_code)
    if words:
        st.warning(words, icon=":material/wrong_location:")


def _off(key: str, held: str) -> None:
    st.session_state[held] = None
    st.session_state.pop(f"{key}_told", None)
