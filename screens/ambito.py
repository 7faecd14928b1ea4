"""Ambito: one Ambito's own page: people, the way to desks and who is left out, services, and what we do not know."""

from typing import Final

import pandas as pd
import streamlit as st

from screens import (
    address,
    ambito_access,
    ambito_communities,
    ambito_gaps,
    ambito_languages,
    ambito_people,
    ambito_services,
    frame,
    memory,
)
from screens.card import description

PAGE: Final = "ambito"
CHOSEN: Final = "ambito_scelto"
STRANGE: Final = "ambito_ignoto"


def show() -> None:
    """The whole screen: choose an Ambito, then fetch and show its parts."""
    ambiti = memory.ambiti().sort_values("ambito")
    chosen = _choose(ambiti)
    if chosen is None:
        st.title("Ambito", anchor=False)
        frame.lead("Scegli un Ambito per vedere chi ci vive, quali servizi ha e che cosa manca.")
        return
    facts = ambiti.set_index("ambito_id").loc[chosen]
    st.title(facts["ambito"], anchor=False)
    _partner(facts)
    ambito_people.figures(chosen, facts)
    left, right = st.columns([1.4, 1], gap="large")
    with left:
        ambito_access.draw(chosen, facts)
    with right:
        ambito_access.minutes(chosen)
    ambito_access.effective(chosen)
    ambito_gaps.show(chosen)
    ambito_people.comuni(chosen)
    ambito_languages.show(chosen)
    ambito_communities.show(chosen)
    ambito_services.desks(chosen)
    ambito_services.mediation(chosen)
    ambito_services.schools(chosen)
    ambito_services.unknown(chosen)


def _choose(ambiti: pd.DataFrame) -> str | None:
    """The Ambito of the address, else the one chosen here last; the address follows the choice."""
    names = ambiti.set_index("ambito_id")["ambito"].to_dict()
    held = _query(st.session_state[CHOSEN]) if CHOSEN in st.session_state else None
    asked = address.opened(PAGE, ["ambito"], held)
    if asked is not None:
        code = asked.get("ambito")
        st.session_state[CHOSEN] = code if code in names else None
        st.session_state[STRANGE] = None if code in names else code
    if st.session_state.get(CHOSEN) is None and st.session_state.get(STRANGE):
        st.caption(
            f":material/info: Non conosciamo l'Ambito «{st.session_state[STRANGE]}»: scegline uno dall'elenco."
        )
    picked = st.selectbox(
        "Ambito",
        list(names),
        format_func=names.__getitem__,
        placeholder="Scegli un Ambito",
        index=None,
        key=CHOSEN,
    )
    chosen = None if picked is None else str(picked)
    address.keep(PAGE, ["ambito"], _query(chosen))
    return chosen


def _query(code: str | None) -> dict[str, str]:
    """The parameters that open an Ambito."""
    return {} if code is None else {"ambito": code}


def _partner(facts: pd.Series) -> None:
    said = f"Lab'Impact. {description('lab_impact_roles', facts['lab_impact_role'])}"
    led = f" Capofila: {facts['lead_body']}." if frame.known(facts["lead_body"]) else " Capofila non noto."
    frame.lead(said + led)
    frame.sources("ambiti")


if __name__ == "__main__":
    show()
