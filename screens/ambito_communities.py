"""The page of an Ambito, communities: the largest citizenships there against the associations found of theirs."""

from typing import Final

import pandas as pd
import streamlit as st

from layers.style import number
from screens import community_memory, community_words, frame, memory
from screens.communities import Asked

MOST: Final = 8
"""How many citizenships are shown."""
FEW: Final = 8
"""Associations that are listed without being asked for."""


def show(chosen: str) -> None:
    """One sentence, the largest citizenships with the associations found, and the list of associations."""
    st.header("Comunità", anchor=False)
    known, asked = community_memory.known(), Asked(ambito=chosen)
    table = community_memory.against(asked)
    names = memory.ambiti().set_index("ambito_id")["ambito"]
    st.markdown(community_words.finding(table, known, asked, names))
    top = community_words.readable(table.dropna(subset=["residents"]).head(MOST), known, asked, names)
    top["Residenti"] = top["Residenti"].map(number)
    frame.table(
        top.drop(columns="Una ogni").set_index("Cittadinanza"), "Cittadinanze più numerose e associazioni"
    )
    st.caption(
        "Le cittadinanze più numerose (stima, dove il comune non è pubblicato; arrotondata a 5) e le associazioni "
        "trovate che nominano il Paese. «Nessuna trovata» non vuol dire che non ce ne siano."
    )
    _associations(chosen)
    frame.sources("citizenship", "foreign_population", "associazioni")
    frame.link("comunita", "Comunità e luoghi di incontro di questo Ambito", ambito=chosen)


def _associations(chosen: str) -> None:
    associations = memory.associazioni()
    here = associations[associations["ambito_id"] == chosen].sort_values("name")
    st.subheader(f"Associazioni ({len(here)})", anchor=False)
    if here.empty:
        st.markdown("Nessuna associazione trovata in questo Ambito: l'elenco è una raccolta iniziale.")
        return
    with st.expander("Elenco", expanded=len(here) <= FEW):
        frame.table(_listed(here), "Associazioni")


def _listed(here: pd.DataFrame) -> pd.DataFrame:
    """The associations as people read them."""
    return pd.DataFrame(
        {
            "Nome": here["name"],
            "Comune": here["comune"].fillna("non noto"),
            "Comunità": here["communities"].fillna("non indicate").str.replace(";", ", "),
            "Attività": here["activities"].fillna("non note").str.replace("_", " ").str.replace(";", ", "),
            "Prova": here["evidence"],
        }
    ).set_index("Nome")
