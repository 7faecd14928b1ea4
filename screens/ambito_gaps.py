"""The page of an Ambito, who is left out and why: one sentence and the causes, for a question chosen among a few."""

from typing import Final

import streamlit as st

from screens import ask_registry, frame, gap_answers, gap_bars, gap_words, memory, need, signing
from screens.ambito_access import QUESTIONS
from screens.gap_table import AMBITO

PAGE: Final = "ambito"
ASKED: Final = dict(zip(("vicino", "sera", "libero"), QUESTIONS, strict=True))
"""What the address says → the question in words."""


def show(chosen: str) -> None:
    """The gap of the Ambito with its causes, and the ways on: the whole page, and whom to call first."""
    st.header("Divari e cause", anchor=False)
    which = frame.choice("Uno sportello", "divario", tuple(ASKED), "sera", ASKED.__getitem__, page=PAGE)
    asked = QUESTIONS[ASKED[which]]
    if not len(memory.setting(asked).offers.desks):
        st.caption("Nessuno sportello conta per questa domanda.")
        return
    table = gap_answers.table(asked, AMBITO)
    if chosen not in table.index:
        st.caption("Nessun residente straniero noto in questo Ambito.")
        return
    row = table.loc[chosen].to_dict()
    where = f"Nell'Ambito {signing.plain(ask_registry.ambito_words(chosen))}"
    st.markdown(gap_words.sentence(row, where, asked))
    if said := gap_words.stability(row):
        st.caption(f":material/info: {said}")
    gap_bars.of_place(row)
    with st.container(horizontal=True):
        told = need.write(asked)
        frame.link("divari", "Divari e cause, comune per comune", **told, ambito=chosen)
        frame.link("divari", "Chi chiamare per primo", **told, ambito=chosen, vista="chiamate")
    frame.sources("foreign_population", "sportelli")
