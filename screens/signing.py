"""Who is looking at the registry's pages: the pass or link they show, and what the pages may offer them."""

from typing import Final

import streamlit as st

from data.registry import people
from data.registry.rights import Actor, known_as
from data.registry.rights import may as _may
from errors import NotAllowed, PassRefused
from screens import memory

TOKEN: Final = "signing_token"
"""Where the visit keeps the pass or link; it is never in the address or in a cookie."""
INVITATION: Final = "invito"
"""The parameter of a personal link; it is taken out of the address at once."""


def token() -> str | None:
    """The pass or link of this visit; nothing for who only reads."""
    if INVITATION in st.query_params:
        st.session_state[TOKEN] = st.query_params[INVITATION]
        del st.query_params[INVITATION]
    shown: str | None = st.session_state.get(TOKEN)
    return shown


def me() -> Actor | None:
    """Who it is, as the registry knows them now; nothing for who only reads or whose pass no longer holds."""
    try:
        return known_as(memory.registry(), token())
    except (NotAllowed, PassRefused):
        return None


def may(verb: str, kind: str, key: str) -> bool:
    """Whether to offer this to whoever looks; ``verb`` as ``rights.allow`` has it."""
    return token() is not None and _may(memory.registry(), token(), verb, kind, key)


def editing_is_on() -> bool:
    """Whether anybody at all may edit here."""
    return people.editing_is_on(memory.registry())
