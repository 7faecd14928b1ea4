"""A page and its address, kept the same: what a link or the Back button says wins, else what the page says.

Each page gives a key of its own and the parameters that are its. What it wrote last is remembered for the visit,
so that whoever comes back by the menu, which says nothing, finds the page as it was left.
"""

from collections.abc import Iterable, Mapping

import streamlit as st

WRITTEN = "address_written"
"""Page → parameter → what it wrote last."""
HERE = "address_here"
"""The page that is shown."""


def arrive(page: str) -> None:
    """Note which page is shown; once a run, before the page itself.

    Whoever comes to a page by an address that says nothing of what it asks finds it as it was left.
    """
    if page == st.session_state.get(HERE):
        return
    st.session_state[HERE] = page
    left = _written(page)
    if not set(left) & set(st.query_params):
        told = {name: words for name, words in left.items() if words is not None}
        if told:
            st.query_params.from_dict(told)


def opened(page: str, parameters: Iterable[str], held: Mapping[str, str] | None) -> dict[str, str] | None:
    """What the page should open, if the address was changed elsewhere; nothing if the page's controls hold.

    Parameters
    ----------
    page
        The page that asks.
    parameters
        The parameters of the address that are asked; others are left alone.
    held
        What the controls say now, as parameters; ``None`` before they were drawn. Controls that somebody has just
        moved win over the address, which may still be the one of before.
    """
    asked = {name: st.query_params[name] for name in parameters if name in st.query_params}
    last = {name: words for name in parameters if (words := _written(page).get(name)) is not None}
    if held is not None and (asked == last or dict(held) != last):
        return None
    keep(page, parameters, asked)
    return asked


def keep(page: str, parameters: Iterable[str], told: Mapping[str, str]) -> None:
    """Make the address say this; one step of the browser's history, none if it says so already."""
    now = st.query_params.to_dict()
    own = dict.fromkeys(parameters)
    wanted = {name: words for name, words in now.items() if name not in own} | dict(told)
    if wanted != now:
        st.query_params.from_dict(wanted)
    _written(page).update(own | dict(told))


def _written(page: str) -> dict[str, str | None]:
    """Parameter → what the page wrote last, ``None`` where nothing."""
    everything: dict[str, dict[str, str | None]] = st.session_state.setdefault(WRITTEN, {})
    return everything.setdefault(page, {})
