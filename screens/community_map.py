"""The map of communities: residents of a citizenship by comune, and over them the places of encounter."""

from typing import Final

import geopandas as gpd
import streamlit as st
from streamlit_folium import st_folium

from layers import biblioteche, comuni, comunita, style
from layers.base import Layers, UrlLayer, base_map
from layers.legend import legend_html
from screens import communities, community_memory, feeds, frame, map_ground, memory
from screens.communities import Asked

MAP: Final = "comunita_carta"
CARD: Final = "comunita_scheda"
"""Where the page holds the association whose card is open."""


def show(asked: Asked, found: gpd.GeoDataFrame) -> None:
    """The map, its legends and sources; ``found`` are the associations that answer."""
    bounds = None
    if asked.ambito:
        outline = memory.ambiti().set_index("ambito_id").geometry[asked.ambito]
        bounds = [float(edge) for edge in outline.bounds]
    st_folium(
        base_map(label="Mappa delle associazioni; le stesse sono nell'elenco della pagina"),
        key=MAP,
        height=500,
        use_container_width=True,
        returned_objects=["last_active_drawing"],
        feature_group_to_add=Layers(_layers(asked), view=bounds),
        on_change=_clicked,
    )
    scale = style.CITIZENS if asked.citizenship else style.FOREIGN_RESIDENTS
    st.html(legend_html(_ground_words(asked), scale.marks))
    classes = [0, 1, 3] if asked.citizenship else [2, 3]
    marks = tuple(style.ENCOUNTERS[place] for place in classes) + biblioteche.STYLES * bool(asked.ambito)
    st.html(
        legend_html(
            "Luoghi di incontro", marks, note="Quasi tutte le associazioni stanno nel centro del comune."
        )
    )
    if missing := int(found.geometry.isna().sum()):
        st.caption(f"{missing} associazioni dell'elenco non si sanno collocare e non sono sulla mappa.")
    frame.sources("citizenship", "foreign_population", "associazioni", "biblioteche")


def _ground_words(asked: Asked) -> str:
    if not asked.citizenship:
        return "Residenti stranieri"
    return f"Residenti di cittadinanza «{community_memory.known().names[asked.citizenship]}» (stima)"


def _layers(asked: Asked) -> list[UrlLayer]:
    told = communities.write(asked)
    shapes = feeds.url("geojson", "comuni")
    if asked.citizenship:
        values = feeds.url("json", "comunita", cittadinanza=asked.citizenship)
        marks = style.CITIZENS.marks
    else:
        values = feeds.url("json", "comuni", measure="foreign_residents")
        marks = comuni.MEASURES["foreign_residents"].scale.marks
    drawn = [
        UrlLayer("comuni", "Residenti", shapes, marks, values=values),
        *map_ground.under(),
        UrlLayer(
            "incontro", "Luoghi di incontro", feeds.url("geojson", "comunita", **told), comunita.STYLES, "point", 32,
            selected=st.session_state.get(CARD) or "",
        ),
    ]  # fmt: skip
    if asked.ambito:
        drawn.append(
            UrlLayer(
                "biblioteche",
                "Biblioteche",
                feeds.url("geojson", "biblioteche"),
                biblioteche.STYLES,
                "point",
                30,
            )
        )
        outline = feeds.url("geojson", "ambito", ambito=asked.ambito)
        drawn.append(UrlLayer("ambito", "Ambito scelto", outline, style.AMBITO_CHOSEN, order=14, click=False))
    return drawn


def _clicked() -> None:
    """A click on an association opens its card."""
    drawn = (st.session_state.get(MAP) or {}).get("last_active_drawing") or {}
    facts = drawn.get("properties", {})
    if facts.get("layer") == "incontro" and facts["id"] in community_memory.known().associations.index:
        st.session_state[CARD] = facts["id"]
