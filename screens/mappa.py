"""Mappa: the layers one over the other, the same sportelli as a list, and the card of one of them."""

from collections.abc import Callable
from typing import Any

import pandas as pd
import streamlit as st
from streamlit_folium import st_folium

from layers.base import Layers, base_map
from layers.legend import legend_html
from screens import ask, filters, frame, memory
from screens.card import area_html, association_html, card_html, school_html
from screens.desk_list import count_words, show_downloads, show_list, show_nothing
from screens.filters import Filters
from screens.map_layers import ACCESS, area_words, layers_for, legends_for, sources_for

MAP = "mappa_carta"
HEIGHT = 560
STYLE = """<style>
iframe[title="streamlit_folium.st_folium"] { border: 1px solid #d5dbd9; border-radius: 4px; }
@media (max-width: 640px) {
  iframe[title="streamlit_folium.st_folium"] { height: 400px !important; }
}
</style>"""
TABLES: dict[str, tuple[Callable[[], Any], str]] = {
    "ambiti": (memory.ambiti, "ambito_id"),
    "comuni": (memory.comuni, "comune_code"),
    "senza_ambito": (memory.comuni, "comune_code"),
    "associazioni": (memory.associazioni, "associazione_id"),
    "scuole": (memory.scuole, "school_id"),
}
"""Layers whose clicked feature says something about itself: their table and its key."""


def clicked() -> None:
    """A click on the map: a desk opens its card, anything else its few lines."""
    told = (st.session_state.get(MAP) or {}).get("last_active_drawing") or {}
    facts = told.get("properties", {})
    if not facts or facts.get("click") == st.session_state.get("mappa_click"):
        return
    st.session_state["mappa_click"] = facts.get("click")
    close()
    if facts["layer"] == "sportelli":
        ask.choose("selected", facts["id"])
    elif facts["layer"] in TABLES:
        st.session_state["mappa_other"] = (facts["layer"], facts["id"])


def close() -> None:
    """Close what is open beside the map, and let go of the row of the list."""
    ask.choose("selected", "")
    st.session_state["mappa_other"] = None
    st.session_state["mappa_turn"] = st.session_state.get("mappa_turn", 0) + 1


def view_of(asked: Filters, ambiti: Any) -> list[float] | None:
    """West, south, east, north of the chosen Ambito; nothing when all of Lombardy is asked."""
    chosen = ambiti[ambiti["ambito_id"] == asked.ambito]
    return None if chosen.empty else [float(edge) for edge in chosen.total_bounds]


def show_map(asked: Filters, ambiti: Any) -> None:
    """The map; what is on it changes without the map being made again."""
    st_folium(
        base_map(label="Mappa della Lombardia: gli stessi sportelli sono nell'elenco sotto la mappa"),
        key=MAP,
        height=HEIGHT,
        use_container_width=True,
        returned_objects=["last_active_drawing"],
        feature_group_to_add=Layers(layers_for(asked), view=view_of(asked, ambiti)),
        on_change=clicked,
    )


def open_html(asked: Filters, sportelli: pd.DataFrame) -> tuple[str, str]:
    """What is open beside the map, as HTML, and the Ambito it leads to; empty texts for nothing."""
    desk = sportelli[sportelli["sportello_id"] == asked.selected]
    if not desk.empty:
        return card_html(desk.iloc[0].to_dict()), ""
    layer, code = st.session_state.get("mappa_other") or ("", "")
    if not layer:
        return "", ""
    fetch, key = TABLES[layer]
    table = fetch()
    found = table[table[key] == code]
    if found.empty:
        return "", ""
    facts = found.iloc[0].to_dict()
    if layer == "associazioni":
        return association_html(facts), ""
    if layer == "scuole":
        return school_html(facts), ""
    ambito, comune = facts["ambito_id"], layer != "ambiti"
    words = area_words(asked, str(code), comune=comune)
    return area_html(facts, comune=comune, more=words), "" if pd.isna(ambito) else str(ambito)


def show_side(asked: Filters, sportelli: pd.DataFrame) -> bool:
    """Beside the map: what is open, else the legends. Whether the legends are still to be shown."""
    html, ambito = open_html(asked, sportelli)
    if not html:
        st.caption("Scegli uno sportello sulla mappa o nell'elenco: qui si apre la sua scheda.")
        show_legends(asked)
        return False
    st.html(html)
    with st.container(horizontal=True):
        st.button("Chiudi", icon=":material/close:", on_click=close)
        if ambito and ambito != asked.ambito:
            st.button(
                "Solo questo Ambito", icon=":material/zoom_in:", on_click=ask.choose, args=("ambito", ambito)
            )
        if ambito:
            frame.link("ambito", "Pagina dell'Ambito", ambito=ambito)
    return True


def show_legends(asked: Filters) -> None:
    """The legends of what is on the map; nothing where nothing is drawn that needs one."""
    legends = legends_for(asked)
    if legends:
        st.html("".join(legend_html(legend.title, legend.marks, note=legend.note) for legend in legends))


def show() -> None:
    """The whole screen: fetch, ask, show."""
    sportelli, ambiti = memory.sportelli(), memory.ambiti()
    known = ask.known_codes(sportelli, ambiti)
    said = ask.open_address(known)

    st.html(STYLE)
    st.title("Mappa", anchor=False)
    with st.container():
        if said:
            st.caption(f":material/info: {said}")
    asked = ask.ask(known, filters.short_names(ambiti))
    ask.write_address(asked)
    shown = filters.apply(sportelli, asked)

    chart, side = st.columns([1.9, 1], gap="medium")
    with chart:
        show_map(asked, ambiti)
    with side:
        legends_below = show_side(asked, sportelli)
    if legends_below:
        show_legends(asked)
    estimated = asked.ground in ACCESS
    frame.sources(*sources_for(asked), also=frame.minutes_from(asked.mode) if estimated else "")

    source = frame.source_line("sportelli")
    if "sportelli" not in asked.layers:
        st.caption("Accendi il livello Sportelli per averli sulla mappa e nell'elenco.")
    elif shown.empty:
        show_nothing(asked, sportelli)
    else:
        show_list(shown, turn=st.session_state.get("mappa_turn", 0))
        st.caption(f"{count_words(shown, sportelli, asked)}. {source}")
        show_downloads(shown, source)


if __name__ == "__main__":
    show()
