"""One school of the page Scuole: chosen on the map or in a list, then its card."""

from html import escape
from typing import Final

import pandas as pd
import streamlit as st

from data.vocabularies import label
from layers.style import number
from screens import address, frame, memory, school_memory, school_words
from screens.filters import MODE_WORDS
from screens.schools import Asked

PAGE: Final = "scuole"
CHOSEN: Final = "scuole_scuola"


def pick(school: str) -> None:
    """Choose a school; runs before the page is drawn again."""
    st.session_state[CHOSEN] = school


def choose(here: pd.DataFrame, ranked: pd.DataFrame) -> str:
    """The school chosen, empty for none; those of the ranking first. The address follows.

    Parameters
    ----------
    here
        The schools that may be chosen, indexed by code.
    ranked
        Those that come first, in order.
    """
    held = {"scuola": st.session_state[CHOSEN]} if st.session_state.get(CHOSEN) else {}
    asked = address.opened(PAGE, ["scuola"], held if CHOSEN in st.session_state else None)
    if asked is not None:
        st.session_state[CHOSEN] = asked.get("scuola")
    if st.session_state.get(CHOSEN) not in here.index:
        st.session_state[CHOSEN] = None
    rest = here.index.difference(ranked.index)
    others = here.loc[rest].sort_values(["comune", "name"]).index
    picked = st.selectbox(
        "Scuola",
        [*ranked.index, *others],
        format_func=(here["name"] + " · " + here["comune"]).__getitem__,
        placeholder="Cerca per nome o comune, o toccala sulla mappa",
        index=None,
        key=CHOSEN,
    )
    address.keep(PAGE, ["scuola"], {"scuola": str(picked)} if picked else {})
    return str(picked or "")


def show(school: str, asked: Asked) -> None:
    """The card of one school: what is known of it, and the support around it."""
    around, near = school_memory.around(), school_memory.near(asked.mode)
    facts = around.schools.loc[school]
    level = label("school_levels", facts["level"])
    where = f"{level} {facts['management']} · {facts['comune']}"
    st.html(f"<h3>{escape(str(facts['name']))}</h3><p>{escape(where)} · {escape(school)}</p>")
    st.html(
        f"<p>Alunni: <b>{escape(number(facts['pupils']) if frame.known(facts['pupils']) else 'non noti')}</b>. "
        f"Stranieri: <b>{escape(school_words.share_words(facts.to_dict()))}</b>.</p>"
    )
    truth: pd.Series = school_memory.truths(asked).loc[[school]].iloc[0]
    frame.table(
        school_words.support_table(school, around.places, near, truth),
        f"Il sostegno più vicino di ogni tipo, {MODE_WORDS[asked.mode]}",
    )
    _own(school)
    _mediation(str(facts["comune_code"]))
    st.button("Chiudi la scheda", icon=":material/close:", on_click=pick, args=(None,))


def _own(school: str) -> None:
    """What the registry says the school has itself."""
    rows = school_memory.around().sostegni
    rows = rows[rows["school_id"] == school]
    if memory.registry_fault():
        st.caption("Il registro non risponde: non si vede quali sostegni ha la scuola.")
    elif rows.empty:
        st.caption("Sostegni propri della scuola: nessuno nel registro. Ore di mediazione: non note.")
    else:
        frame.table(school_words.own_table(rows), "Sostegni propri della scuola, dal registro")
        hours = school_memory.pupils_per_hour(school)
        if frame.known(hours):
            st.caption(f"Alunni stranieri per ora di mediazione all'anno: {number(hours, digits=1)}.")


def _mediation(comune_code: str) -> None:
    """The rows of mediation in schools that are, or may be, for this school."""
    around = school_memory.around()
    pairs = around.reached[around.reached["comune_code"] == comune_code].set_index("mediazione_id")["truth"]
    if pairs.empty:
        st.caption(
            "Mediazione a scuola: nessuna riga trovata per questo comune o il suo Ambito. Non vuol dire che non ci sia."
        )
        return
    frame.table(
        school_words.offers_table(around.offers, pairs.sort_values(ascending=False, kind="stable")),
        "Chi fa mediazione a scuola per questo comune o il suo Ambito",
    )
    st.caption("«Forse»: la riga è per tutta la provincia o per un altro comune, o non dice per dove.")
