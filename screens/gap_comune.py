"""Divari, one comune: the desks nearest to it and what each of them fails, desk by desk."""

from typing import Any, Final

import pandas as pd
import streamlit as st

from analysis.effective import NO, UNKNOWN, YES
from layers.style import CAUSES
from screens import access_answers, access_table, accesso_comune, frame, gap_table, memory, need
from screens.access_table import ALL
from screens.need import Need

SHOWN: Final = 8
UNBROKEN: Final = "\u00a0"
"""A space at which no line ends."""
SAID: Final = {YES: "sì", UNKNOWN: "non si sa", NO: "no"}
HEADS: Final = {name: mark.label.capitalize() for name, mark in CAUSES.items()} | {
    gap_table.FACTS: "Data",
    "walk_in": "Senza appuntamento",
    ALL: "Tutto",
}


def show(asked: Need, code: str) -> None:
    """The nearest desks, and the way to all about the comune."""
    desks = access_table.near(memory.setting(asked), access_answers.truths(asked), code)
    within = desks[desks["minutes"] <= asked.limit]
    st.markdown(accesso_comune.why(within, asked))
    if not desks.empty:
        frame.table(words(desks.head(SHOWN), asked), "Gli sportelli più vicini e che cosa manca a ciascuno")
    st.caption(
        "Minuti da dove, nel comune, vivono più residenti stranieri; tra parentesi la banda. «Tutto» è sì se una "
        "stessa sessione dello sportello ha tutto quello che si chiede."
    )
    if "accesso" in st.session_state["pages"]:
        frame.link("accesso", "L'accesso in questo comune", comune=code, **need.write(asked))


def words(desks: pd.DataFrame, asked: Need) -> pd.DataFrame:
    """The nearest desks as people read them: what each has of what is asked."""
    known = memory.sportelli().set_index("sportello_id")
    names = [_name(known.loc[str(key)]) for key in desks.index]
    table: dict[str, Any] = {
        "Minuti": [
            frame.minutes_words(row["minutes"], row["low"], row["high"]).replace(" ", UNBROKEN)
            for row in desks.to_dict("records")
        ],
    }
    for name in [one for one in HEADS if one in desks and (one != ALL or asked.conditions > 1)]:
        table[HEADS[name]] = [SAID[int(truth)] for truth in desks[name]]
    return pd.DataFrame(table, index=pd.Index(names, name="Sportello"))


def _name(desk: pd.Series) -> str:
    town = f", {desk['comune']}" if frame.known(desk["comune"]) else ""
    return f"{desk['name']}{town}"
