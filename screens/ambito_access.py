"""The page of an Ambito, the way to its desks: map, minutes, and access for a few standard questions."""

from collections.abc import Mapping
from typing import Any, Final

import pandas as pd
import streamlit as st
from streamlit_folium import st_folium

from analysis import coverage
from layers.base import Layers, base_map
from layers.legend import legend_html
from layers.style import percent
from screens import access_answers, ambito_languages, frame, language_need, memory, need
from screens.filters import Filters
from screens.map_layers import layers_for, legends_for
from screens.need import EVENING_OR_SATURDAY, Need

MAP: Final = "ambito_carta"
LIMIT: Final = Need.limit
QUESTIONS: Final = {
    "In qualsiasi momento": Need(),
    "Dopo le 17 o il sabato": Need(when=EVENING_OR_SATURDAY),
    "Senza appuntamento": Need(walk_in=True),
}
"""What is asked of every Ambito, in words."""
LANGUAGES: Final = 3
"""In how many of the largest languages of the Ambito it is asked besides."""


def draw(chosen: str, facts: pd.Series) -> None:
    """The map of the Ambito."""
    asked = Filters(ambito=chosen, ground="minutes", layers=("sportelli", "associazioni"))
    bounds = [float(edge) for edge in facts["geometry"].bounds]
    st_folium(
        base_map(label=f"Mappa: {facts['ambito']}; gli sportelli sono nell'elenco sotto"),
        key=MAP,
        height=430,
        use_container_width=True,
        returned_objects=["last_active_drawing"],
        feature_group_to_add=Layers(layers_for(asked), view=bounds),
    )
    for legend in legends_for(asked):
        st.html(legend_html(legend.title, legend.marks, note=legend.note))
    frame.link("mappa", "Apri nella mappa con tutti i livelli", ambito=chosen, sfondo="minutes")


def minutes(chosen: str) -> None:
    """Minutes to the nearest desk, whatever it offers, with the three ways to travel."""
    st.subheader("Minuti in auto allo sportello più vicino", anchor=False)
    found = memory.access(by="ambito_id", limit=LIMIT)
    if chosen not in found.index:
        st.caption("Nessun punto abitato noto in questo Ambito.")
        return
    middle = found.loc[chosen]
    words = frame.minutes_words(middle["minutes_median"], middle["low"], middle["high"])
    st.metric("Mediana per i residenti stranieri", words)
    rows = []
    for mode, words in (("car", "in auto"), ("bike", "in bicicletta"), ("walk", "a piedi")):
        there = memory.access(by="ambito_id", limit=LIMIT, mode=mode).loc[chosen].to_dict()
        rows.append(
            {
                "Mezzo": words,
                f"Oltre {LIMIT} minuti": frame.people_words(there["people_beyond"]),
                "Quota": percent(there["share_beyond"]),
                "Mediana": frame.access_words(there),
            }
        )
    frame.table(pd.DataFrame(rows).set_index("Mezzo"), "Accesso con i tre mezzi")
    rank = coverage.underserved(found)
    if chosen in rank.index:
        place = list(rank.index).index(chosen) + 1
        st.markdown(
            f"È al **{place}° posto** su {len(found)} Ambiti per numero di stranieri oltre {LIMIT} minuti in auto."
        )
    frame.sources("foreign_population", "sportelli", also=frame.minutes_from("car", "bike", "walk"))


def questions(chosen: str) -> dict[str, Need]:
    """The standard questions of an Ambito: those of all, and one in each of its largest languages."""
    largest = ambito_languages.largest(chosen).index[:LANGUAGES]
    return QUESTIONS | {
        f"In {language_need.name(str(code))}": Need(languages=(str(code),)) for code in largest
    }


def effective(chosen: str) -> None:
    """Who reaches a desk as needed, for sure and perhaps, for the standard questions."""
    st.header("Accesso effettivo", anchor=False)
    asked = questions(chosen)
    rows = {}
    for words, one in asked.items():
        found = access_answers.by_area(one, "ambito_id")
        if chosen in found.index:
            rows[words] = answer_words(found.loc[chosen].to_dict())
    if not rows:
        st.caption("Nessun punto abitato noto in questo Ambito.")
        return
    frame.table(
        pd.DataFrame.from_dict(rows, orient="index").rename_axis("Uno sportello"), "Accesso effettivo"
    )
    st.caption(
        f"Residenti stranieri entro {LIMIT} minuti in auto da uno sportello che risponde a ciò che si chiede: di "
        "sicuro, se lo si sa; forse, se degli orari, delle lingue o dell'accesso non si sa. Chiedere agli sportelli "
        f"sposta persone da «forse» a una delle altre due colonne. {frame.ROUNDED}"
    )
    with st.container(horizontal=True):
        for words in rows:
            frame.link("accesso", words, **need.write(asked[words]), ambito=chosen)
    frame.sources("foreign_population", "sportelli", also=frame.minutes_from("car"))


def answer_words(row: Mapping[Any, Any]) -> dict[str, str]:
    """One answer as people read it (a row of ``access_table.by_area``)."""
    told = {"Di sicuro": "confirmed", "Forse": "maybe", "In nessun caso": "beyond"}
    minutes = {"Minuti, di sicuro": "confirmed", "Minuti, al meglio": "possible"}
    return {words: _people(row, name) for words, name in told.items()} | {
        words: _minutes(row, name) for words, name in minutes.items()
    }


def _people(row: Mapping[Any, Any], name: str) -> str:
    people = frame.people_words(row[name])
    return people if pd.isna(row[name]) else f"{people} ({percent(row[name] / row['people'], digits=0)})"


def _minutes(row: Mapping[Any, Any], name: str) -> str:
    """The median minutes; where most people reach nobody, words instead."""
    median = row[f"{name}_median"]
    if pd.isna(median):
        return "meno di metà ne ha uno"
    told = {"minutes_median": median, "low": row[f"{name}_low"], "high": row[f"{name}_high"]}
    return frame.access_words(told | {"network": row[f"{name}_network"]})
