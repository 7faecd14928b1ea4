"""The controls of the registry's list: they open as the address says, and the address follows them."""

from typing import Any, Final

import streamlit as st

from data.registry.search import Asked
from data.registry.search_index import SEARCHED
from data.vocabularies import vocabulary
from screens import address, record_search, signing
from screens.filters import EVIDENCE
from screens.record_card import PAGE
from screens.record_fields import ambiti, named
from screens.record_search import KINDS_WORDS, PARAMETERS, STATE_WORDS, STATES

KEY: Final = "registro_ask_"
LISTS: Final = ("service_kinds", "themes", "languages", "states", "evidence")
WIDGETS: Final = ("text", "kinds", "ambito_id", *LISTS, "quality", "deleted")


def open_address() -> str:
    """Take the question from the address if a link or Back changed it; what is odd in it."""
    held = record_search.write(asked_now()) if KEY + "text" in st.session_state else None
    told = address.opened(PAGE, PARAMETERS.values(), held)
    if told is None:
        return str(st.session_state.get(KEY + "said", ""))
    asked, strange = record_search.parse(told)
    choose(asked)
    st.session_state[KEY + "said"] = strange
    return strange


def choose(asked: Asked) -> None:
    """Set the controls to a question; runs before they are drawn."""
    usual = asked.kinds == SEARCHED
    told: dict[str, Any] = {
        "text": asked.text,
        "kinds": [] if usual else list(asked.kinds),
        "ambito_id": asked.ambito_id,
        "deleted": asked.deleted,
        "quality": (
            round(100 * (asked.lowest or 0)),
            round(100 * (1 if asked.highest is None else asked.highest)),
        ),
    }
    for name in LISTS:
        told[name] = list(getattr(asked, name))
    for name, value in told.items():
        st.session_state[KEY + name] = value


def asked_now() -> Asked:
    """The question that the controls ask now."""
    state = {name: st.session_state.get(KEY + name) for name in WIDGETS}
    low, high = state["quality"] or (0, 100)
    lists: dict[str, Any] = {name: tuple(state[name] or ()) for name in LISTS}
    return Asked(
        text=(state["text"] or "").strip(),
        kinds=tuple(one for one in SEARCHED if one in (state["kinds"] or SEARCHED)),
        ambito_id=state["ambito_id"],
        lowest=low / 100 if low > 0 else None,
        highest=high / 100 if high < 100 else None,
        deleted=bool(state["deleted"]) and editor(),
        **lists,
    )


def editor() -> bool:
    """Whether whoever looks may make new records and see those that were put aside."""
    actor = signing.me()
    return actor is not None and actor.role != "gestore"


def ask() -> Asked:
    """Draw the controls and give back the question."""
    for name in WIDGETS:  # Streamlit forgets what it does not draw
        if KEY + name in st.session_state:
            st.session_state[KEY + name] = st.session_state[KEY + name]
    words, area, kinds = st.columns([1.6, 1, 1.2], gap="small")
    words.text_input(
        "Cerca", key=KEY + "text", placeholder="nome, ente, indirizzo, tema, lingua…", icon=":material/search:",
        max_chars=record_search.TEXT_LONGEST,
    )  # fmt: skip
    names = ambiti()
    area.selectbox(
        "Ambito",
        list(names),
        index=None,
        key=KEY + "ambito_id",
        format_func=names.__getitem__,
        placeholder="Tutti",
    )
    kinds.multiselect(
        "Schede",
        SEARCHED,
        key=KEY + "kinds",
        format_func=KINDS_WORDS.__getitem__,
        placeholder="Tutte",
        select_all=False,
    )
    set_now = sum(name in record_search.narrowed(asked_now()) for name in (*LISTS, "lowest", "highest"))
    with st.expander("Altri filtri", icon=":material/tune:"):
        _ask_more()
    if set_now:
        st.caption(f"Altri filtri attivi: {set_now}.")
    return asked_now()


def _ask_more() -> None:
    one, other = st.columns(2, gap="medium")
    for column, words, name, codes in (
        (one, "Tipo di servizio (sportelli)", "service_kinds", "service_kinds"),
        (other, "Temi", "themes", "themes"),
        (one, "Lingue", "languages", "languages"),
    ):
        column.multiselect(
            words,
            list(vocabulary(codes).index),
            key=KEY + name,
            format_func=named(codes),
            placeholder="Tutti",
            select_all=False,
        )
    other.multiselect(
        "Conferma",
        STATES,
        key=KEY + "states",
        format_func=STATE_WORDS.__getitem__,
        placeholder="Tutte",
        select_all=False,
    )
    one.multiselect(
        "Livello di prova",
        EVIDENCE,
        key=KEY + "evidence",
        format_func=named("evidence"),
        placeholder="Tutti",
        select_all=False,
    )
    other.slider("Qualità", 0, 100, step=5, key=KEY + "quality", format="%d")
    if editor():
        one.checkbox("Anche le schede tolte", key=KEY + "deleted")
