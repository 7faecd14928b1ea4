"""Searches that found nothing near, as they may be shown: in groups of at least five, by Ambito, need and language."""

from collections.abc import Sequence
from typing import Final

import pandas as pd
import streamlit as st

from analysis import tallies
from analysis.tallies import SEVERAL
from data.registry import searches
from data.vocabularies import label
from screens import ask_registry, memory

CODES: Final = ("ambito_id", "theme", "language", "outcome")
"""What a search is told by, what is to be told longest first."""
HEADS: Final = {"ambito_id": "Ambito", "theme": "Bisogno", "language": "Lingua", "outcome": "Esito"}
OUTCOMES: Final = {searches.NONE: "nessun risultato", searches.FAR: "solo lontano", SEVERAL: "esiti diversi"}
NOT_ASKED: Final = {
    "ambito_id": "Ambito non detto", "theme": "nessun bisogno scelto", "language": "nessuna lingua scelta",
}  # fmt: skip
SEVERAL_OF: Final = {
    "ambito_id": "Ambiti diversi, con poche ricerche",
    "theme": "bisogni diversi, con poche ricerche",
    "language": "lingue diverse, con poche ricerche",
}
MONTHS: Final = (
    "gennaio", "febbraio", "marzo", "aprile", "maggio", "giugno", "luglio", "agosto", "settembre", "ottobre",
    "novembre", "dicembre",
)  # fmt: skip


def told() -> pd.DataFrame:
    """Every group that may be shown, up to this month (``tallies.groups``); read only. Nothing else is shown."""
    exact = searches.unmet(memory.registry())
    return _told(tuple(exact.itertuples(index=False, name=None)), month_now())


@st.cache_resource(show_spinner=False, max_entries=4)
def _told(rows: tuple[tuple[object, ...], ...], now: str) -> pd.DataFrame:
    columns = [name for name in searches.COLUMNS if name != "mode"]
    return tallies.groups(pd.DataFrame(list(rows), columns=columns), codes=CODES, now=now)


def month_now() -> str:
    """The present month in Lombardy."""
    return f"{memory.registry().today():%Y-%m}"


def kept(found: pd.DataFrame, *, since: str, until: str, **codes: str) -> pd.DataFrame:
    """The groups of some months, both included, and of some codes (``theme="lavoro"``; empty for all)."""
    good = (found["month"] >= since) & (found["month"] <= until)
    for name, code in codes.items():
        if code:
            good &= found[name] == code
    return found[good]


def words(name: str, code: str) -> str:
    """A code in words.

    >>> words("theme", "*"), words("language", ""), words("outcome", "far")
    ('bisogni diversi, con poche ricerche', 'nessuna lingua scelta', 'solo lontano')
    """
    if name == "outcome":
        return OUTCOMES[code]
    if code in {"", SEVERAL}:
        return (NOT_ASKED if code == "" else SEVERAL_OF)[name]
    if name == "ambito_id":
        return ask_registry.ambito_words(code)
    return label({"theme": "themes", "language": "languages"}[name], code)


def table(found: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    """Groups added up by some codes, in words; how many found nothing, how many only far away."""
    summed = tallies.by(found, by)
    shown = pd.DataFrame(
        {HEADS[name]: [words(name, code) for code in summed[name]] for name in by}
        | {"Ricerche": summed["n"].to_numpy()}
    )
    for code, said in OUTCOMES.items():
        own = tallies.by(found[found["outcome"] == code], by).set_index(list(by))["n"]
        keys = [
            key[0] if len(by) == 1 else key for key in summed[list(by)].itertuples(index=False, name=None)
        ]
        shown[said.capitalize()] = [int(own.get(key, 0)) for key in keys]
    return shown


def month_words(month: str) -> str:
    """A month as people say it.

    >>> month_words("2027-03")
    'marzo 2027'
    """
    return f"{MONTHS[int(month[5:]) - 1]} {month[:4]}"
