"""Accesso, the view of measures: how near, how much, and how much is left for each, on the map and by area."""

from typing import Any, Final

import geopandas as gpd
import pandas as pd
import streamlit as st
from streamlit_folium import st_folium

from geo.crs import DEGREES
from layers import misure, style
from layers.base import Layers, UrlLayer, base_map
from layers.legend import legend_html
from screens import ask_registry, downloads, feeds, frame, map_ground, measure_answers, measured, memory, need
from screens import measure_words as words
from screens.filters import MODE_WORDS
from screens.measure_answers import MEASURE, SUPPLY, SUPPLY_CODES, USUAL
from screens.measured import MEASURES
from screens.need import Need
from screens.offer import offer

PAGE: Final = "accesso"
MAP: Final = "accesso_misure_carta"
AREAS: Final = {"ambiti": "ambito_id", "comuni": "comune_code"}
HEADS: Final = {"ambiti": "Ambito", "comuni": "Comune"}
SUPPLY_WORDS: Final = {"sportelli": "Sportelli", "ore": "Ore a settimana"}


def show(asked: Need) -> None:
    """The whole view: which measure, what it means and says, the map, the table of all measures."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        with st.container(width=320):
            first = [USUAL, *(code for code in MEASURES if code != USUAL)]
            measure = ask_registry.one("Misura", MEASURE, first, words.NAMES.__getitem__, page=PAGE)
        chosen = frame.choice(
            "Si offre", SUPPLY, tuple(SUPPLY_WORDS), "sportelli", SUPPLY_WORDS.__getitem__, page=PAGE
        )
        by = frame.choice("Una riga per", "per", tuple(AREAS), "ambiti", str.capitalize, page=PAGE)
    what = SUPPLY_CODES[chosen]
    known = measure_answers.known(asked)
    if not known.desks:
        st.info(
            "Nessuno sportello di questi tipi è aperto, collocato e con prove come chieste: scegline altri."
        )
        return
    st.markdown(words.meaning(measure, asked, what))
    shown = words.ordered(measure_answers.by_area(asked, what, AREAS[by]), measure)
    st.markdown(words.finding(shown, measure_answers.whole(asked, what), _names(by), measure, what))
    st.markdown(f":material/schedule: {words.hours_known(known, what)}")
    chart, side = st.columns([1, 1.1], gap="medium")
    with chart:
        _map(asked, measure, chosen)
    with side:
        _table(shown, by, measure)
    _all(asked, shown, by, what)
    _meanings(asked, what)


def _names(by: str) -> dict[str, str]:
    if by == "ambiti":
        return ask_registry.names()
    comuni = memory.comuni()
    return dict(zip(comuni["comune_code"], comuni["comune"], strict=True))


def _map(asked: Need, measure: str, chosen: str) -> None:
    """The comuni coloured by the measure."""
    told = need.write(measure_answers.plain(asked)) | {MEASURE: measure, SUPPLY: chosen}
    marks = misure.scale(measure).marks
    shapes, values = feeds.url("geojson", "comuni"), feeds.url("json", "misure", **told)
    drawn = [
        UrlLayer("comuni", words.NAMES[measure], shapes, marks, values=values),
        *map_ground.under(),
    ]
    st_folium(
        base_map(label=f"Mappa: {words.NAMES[measure]}, per comune; gli stessi dati sono nella tabella"),
        key=MAP,
        height=470,
        use_container_width=True,
        returned_objects=[],
        feature_group_to_add=Layers(drawn),
    )
    title = words.NAMES[measure]
    against = misure.scale(measure) is not style.MINUTES
    note = "Ogni comune rispetto al valore di tutta la Lombardia." if against else ""
    st.html(legend_html(title, marks, note=note))


def _table(shown: pd.DataFrame, by: str, measure: str) -> None:
    """The chosen measure, an area a row, those that fare worst first."""
    rows = table_words(shown, _names(by), by)[[HEADS[by], "Stranieri", words.HEADS[measure]]]
    _frame(rows, f"{words.NAMES[measure]}, una riga per {by}", 430)
    st.caption("Prima chi sta peggio. Un trattino: metà delle persone o più non raggiunge nessuno sportello.")


def _all(asked: Need, shown: pd.DataFrame, by: str, what: str) -> None:
    """All measures side by side, and the files."""
    st.header("Tutte le misure", anchor=False)
    rows = table_words(shown, _names(by), by)
    _frame(rows, f"Tutte le misure, una riga per {by}", 380)
    more = "" if not asked.conditions else " Le altre condizioni della domanda qui non contano."
    st.caption(
        "I minuti sono la mediana sui residenti stranieri, le altre la media. Nelle colonne da 2SFCA a 3SFCA "
        f"{words.SUPPLY_NAMES[what].lower()} ogni {style.number(measured.EACH)} residenti stranieri. Contano mezzo, "
        f"limite, tipi di sportello e livello di prova.{more} Sono fatte con il tempo centrale, senza "
        "banda. Formule e riferimenti sono nel codice dell'atlante "
        "(analysis/opportunity.py e analysis/catchment.py)."
    )
    key = AREAS[by]
    table = measured.file(shown, _names(by), asked, what)
    outlines = (memory.comuni() if by == "comuni" else memory.ambiti()).set_index(key).geometry
    offer(
        gpd.GeoDataFrame(table, geometry=table[key].map(outlines), crs=DEGREES),
        f"misure-{by}",
        f"{asked.mode}-{asked.limit}-minuti",
        {"desks": "sportelli", "hours": "ore"}[what],
        title=f"Misure di accesso entro {asked.limit} minuti {MODE_WORDS[asked.mode]}",
        source=downloads.SOURCE,
        id_column=key,
    )
    frame.sources("foreign_population", "sportelli", "ambito_comuni", also=frame.minutes_from(asked.mode))


def _meanings(asked: Need, what: str) -> None:
    """What each of the measures means."""
    with st.expander("Che cosa dice ogni misura", icon=":material/help:"):
        st.markdown(
            "\n".join(
                f"- **{name}**: {words.meaning(code, asked, what)}" for code, name in words.NAMES.items()
            )
        )


def table_words(shown: pd.DataFrame, names: dict[str, str], by: str) -> pd.DataFrame:
    """The table that people read: names for codes, numbers as numbers."""
    told: dict[str, list[Any]] = {HEADS[by]: [names.get(str(code), str(code)) for code in shown.index]}
    told["Stranieri"] = shown["people"].astype(int).tolist()
    return pd.DataFrame(told | {words.HEADS[name]: shown[name].tolist() for name in MEASURES})


def _frame(rows: pd.DataFrame, label: str, height: int) -> None:
    st.dataframe(frame.figures(rows), hide_index=True, height=height, placeholder="–", alt=label)
