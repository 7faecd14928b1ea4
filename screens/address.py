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
GAVE_WAY = "address_gave_way"
"""Page and parameters → what the controls said when the address last won over them."""


def arrive(page: str) -> None:
    """Note which page is shown; once a run, before the page itself.

    Whoever comes to a page by an address that says nothing of what it asks finds it as it was left. After a step back
    Streamlit may still tell what the page before had written: that says nothing of this one.
    """
    before = st.session_state.get(HERE)
    if page == before:
        return
    st.session_state[HERE] = page
    left, said = _written(page), st.query_params.to_dict()
    if not said or (said == _told(_written(before or "")) and not set(left) & set(said)):
        told = _told(left)
        if told:
            st.query_params.from_dict(told)


def _told(written: Mapping[str, str | None]) -> dict[str, str]:
    """What a page wrote, without what it left out."""
    return {name: words for name, words in written.items() if words is not None}


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
        moved win over the address, which may still be the one of before. They were not moved if they say what they
        said when the address last won: two quick steps back, and the browser has not yet drawn the first.
    """
    parameters = tuple(parameters)
    given = st.session_state.setdefault(GAVE_WAY, {})
    late = held is not None and given.get((page, parameters)) == dict(held)
    if not late:
        given.pop((page, parameters), None)
    asked = {name: st.query_params[name] for name in parameters if name in st.query_params}
    last = _told({name: _written(page).get(name) for name in parameters})
    if held is not None:
        if asked == last or (dict(held) != last and not late):
            return None
        given[page, parameters] = dict(held)
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
