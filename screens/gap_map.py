"""Divari, the map: comuni by people left out, by their share, or by the cause that weighs most."""

from functools import partial
from typing import Final

import streamlit as st
from streamlit_folium import st_folium

from layers import divari, style
from layers.base import Layers, UrlLayer, base_map
from layers.legend import legend_html
from layers.style import CAUSES, Mark
from screens import feeds, frame, gap_answers, map_ground, memory
from screens.need import Need

MAP: Final = "divari_carta"
GROUND_WORDS: Final = {"persone": "Persone", "quota": "Quota", "causa": "Prima causa"}
TITLES: Final = {
    "persone": style.UNCOVERED.title,
    "quota": style.UNCOVERED_SHARE.title,
    "causa": "Causa che, tolta da sola, riduce di più gli scoperti",
}


def show(asked: Need, page: str, ambito: str | None, *, own: bool) -> None:
    """The map with its question and legend; a click on a comune opens it."""
    ground = frame.choice(
        "La mappa mostra",
        gap_answers.GROUND,
        tuple(GROUND_WORDS),
        gap_answers.USUAL_GROUND,
        GROUND_WORDS.__getitem__,
        page=page,
    )
    st_folium(
        base_map(label="Mappa dei divari per comune; gli stessi dati sono nelle tabelle della pagina"),
        key=MAP,
        height=500,
        use_container_width=True,
        returned_objects=["last_active_drawing"],
        feature_group_to_add=Layers(_layers(asked, ground, ambito, own), view=_view(ambito)),
        on_change=partial(_clicked, page),
    )
    st.html(legend_html(TITLES[ground], legend_marks(ground, gap_answers.find(asked, own=own).causes)))


def legend_marks(ground: str, causes: tuple[str, ...]) -> tuple[Mark, ...]:
    """The classes that may be on the map: of the causes, those of the question."""
    known = divari.marks(ground)
    absent = {CAUSES[name] for name in CAUSES if name not in causes}
    return tuple(mark for mark in known if mark not in absent)


def _view(ambito: str | None) -> list[float] | None:
    if ambito is None:
        return None
    table = memory.ambiti()
    return [float(edge) for edge in table[table["ambito_id"] == ambito].total_bounds]


def _layers(asked: Need, ground: str, ambito: str | None, own: bool) -> list[UrlLayer]:
    """Everything on the map, from the ground up."""
    values = feeds.url("json", "divari", **gap_answers.told(asked, own=own, **{gap_answers.GROUND: ground}))
    drawn = [
        UrlLayer(
            "comuni",
            GROUND_WORDS[ground],
            feeds.url("geojson", "comuni"),
            divari.marks(ground),
            values=values,
        ),
        *map_ground.under(),
    ]
    if ambito:
        outline = feeds.url("geojson", "ambito", ambito=ambito)
        drawn.append(UrlLayer("ambito", "Ambito scelto", outline, style.AMBITO_CHOSEN, order=14, click=False))
    return drawn


def _clicked(page: str) -> None:
    """A click on a comune opens it, in its Ambito."""
    facts = ((st.session_state.get(MAP) or {}).get("last_active_drawing") or {}).get("properties", {})
    if not facts or facts.get("click") == st.session_state.get("divari_click"):
        return
    st.session_state["divari_click"] = facts.get("click")
    if facts["layer"] == "comuni":
        open_comune(page, str(facts["id"]))


def open_comune(page: str, code: str) -> None:
    """Look at a comune, in its Ambito; runs before the page is drawn again."""
    ambito = memory.comuni().set_index("comune_code")["ambito_id"].get(code)
    st.session_state[f"{page}_ambito"] = str(ambito) if frame.known(ambito) else ""
    st.session_state[f"{page}_comune"] = code
