"""What the pages on the registry ask alike: which Ambito, which kinds, which page of a list; kept in the address."""

from collections.abc import Callable, Sequence
from typing import Any, Final

import streamlit as st

from screens import address, memory
from screens.filters import short_names

KINDS: Final = {
    "enti": "enti",
    "sportelli": "sportelli",
    "sessioni": "sessioni",
    "associazioni": "associazioni",
    "mediazione": "mediazione",
    "sostegni": "sostegni a scuola",
}
"""Kinds of record in words."""
ONE_OF: Final = {
    "enti": "ente",
    "sportelli": "sportello",
    "sessioni": "sessione",
    "associazioni": "associazione",
    "mediazione": "mediazione",
    "sostegni": "sostegno a scuola",
}
"""One record of each kind in words."""
NO_AMBITO: Final = "di nessun Ambito"


@st.cache_resource(show_spinner=False)
def names() -> dict[str, str]:
    """``ambito_id`` → short name, in alphabetical order; read only, for every row of a list asks for it."""
    return short_names(memory.ambiti())


def ambito_words(code: str | None) -> str:
    """An Ambito by name; of a record of none, that it is so."""
    return NO_AMBITO if not isinstance(code, str) else names().get(code, code)


def ambito(page: str) -> str | None:
    """Which Ambito; nothing for all of Lombardy."""
    known = names()
    chosen = one(
        "Ambito", "ambito", ["", *known], lambda code: known.get(code, "Tutta la Lombardia"), page=page
    )
    return chosen or None


def one(label: str, parameter: str, codes: Sequence[str], words: Callable[[str], str], *, page: str) -> str:
    """One of some codes, from a list; the first is the usual one, which the address does not say."""
    key, usual = f"{page}_{parameter}", codes[0]
    held = st.session_state.get(key)
    asked = address.opened(page, [parameter], None if held is None else _told(parameter, held, usual))
    if asked is not None:
        st.session_state[key] = asked.get(parameter, usual)
    if st.session_state.get(key) not in codes:
        st.session_state[key] = usual
    chosen = str(st.selectbox(label, codes, key=key, format_func=words))
    address.keep(page, [parameter], _told(parameter, chosen, usual))
    return chosen


def _told(parameter: str, code: str, usual: str) -> dict[str, str]:
    return {} if code == usual else {parameter: code}


def several(
    label: str, parameter: str, codes: Sequence[str], words: Callable[[Any], str], *, page: str, **how: Any
) -> tuple[str, ...]:
    """Some codes, none for all; ``how`` goes to the control."""
    key = f"{page}_{parameter}"
    held = st.session_state.get(key)
    now = None if held is None else {parameter: ",".join(held)} if held else {}
    asked = address.opened(page, [parameter], now)
    if asked is not None:
        st.session_state[key] = [code for code in asked.get(parameter, "").split(",") if code in codes]
    chosen = st.multiselect(label, codes, key=key, format_func=words, select_all=False, **how)
    address.keep(page, [parameter], {parameter: ",".join(chosen)} if chosen else {})
    return tuple(chosen)


def page_of(count: int, *, size: int, page: str) -> slice:
    """Which rows of a long list: one page of them, chosen where there are several."""
    if count <= size:
        return slice(0, count)
    pages = [str(number) for number in range(1, -(-count // size) + 1)]
    chosen = int(one("Pagina", "pagina", pages, lambda number: _rows(int(number), size, count), page=page))
    return slice((chosen - 1) * size, chosen * size)


def _rows(number: int, size: int, count: int) -> str:
    return f"{(number - 1) * size + 1}-{min(number * size, count)} di {count}"
