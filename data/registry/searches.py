"""How many searches on the public pages found nothing, or nothing near: by month, Ambito, need, language and mode.

Nothing of whoever searched: no address, no words, no point. Counts are exact and for inside; what is shown of them goes
through ``analysis/tallies.py``.
"""

import datetime as dt
from collections.abc import Mapping
from functools import cache
from typing import Final, NamedTuple

import pandas as pd
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from data.registry.areas import known
from data.registry.books import Counting, Tally
from data.registry.store import Store
from data.vocabularies import vocabulary
from errors import UnknownCode

MODES: Final = ("walk", "bike", "car")
NONE, FAR = "none", "far"
OUTCOMES: Final = (NONE, FAR)
WHAT: Final = "searches"
COLUMNS: Final = ("month", "ambito_id", "theme", "language", "mode", "outcome", "n")


class Search(NamedTuple):
    """A search that found nothing (``none``) or nothing near (``far``); empty is what it did not ask."""

    ambito_id: str
    theme: str
    language: str
    mode: str
    outcome: str


def check(search: Search) -> None:
    """Raise ``UnknownCode`` that names every code that no vocabulary has."""
    codes = _codes()
    strange = [
        one
        for one, name in zip(search, Search._fields, strict=True)
        if one not in codes[name] and not (one == "" and name in {"ambito_id", "theme", "language"})
    ]
    if strange:
        raise UnknownCode(what="ricerca", codes=[one[:80] for one in strange])


@cache
def _codes() -> dict[str, frozenset[str]]:
    ambiti = (area.removeprefix("ambito:") for area in known() if area.startswith("ambito:"))
    return {
        "ambito_id": frozenset(ambiti),
        "theme": frozenset(vocabulary("themes").index),
        "language": frozenset(vocabulary("languages").index),
        "mode": frozenset(MODES),
        "outcome": frozenset(OUTCOMES),
    }


def begin(store: Store) -> None:
    """Note that searches are counted from today, if they were not counted before."""
    with store.reading() as session:
        counted = session.get(Counting, WHAT) is not None
    if not counted:
        with store.writing() as session:
            _begun(session, store.today())


def _begun(session: Session, today: dt.date) -> None:
    if session.get(Counting, WHAT) is None:
        session.add(Counting(what=WHAT, since=today))


def since(store: Store) -> dt.date | None:
    """The day from which searches are counted; missing where they are not counted yet."""
    with store.reading() as session:
        begun = session.get(Counting, WHAT)
    return None if begun is None else begun.since


def count_many(store: Store, counted: Mapping[Search, int]) -> None:
    """Add searches to those of this month, all of them or none; ``UnknownCode`` for a code that nobody knows."""
    for search in counted:
        check(search)
    month = f"{store.today():%Y-%m}"
    with store.writing() as session:
        _begun(session, store.today())
        for search, n in sorted(counted.items()):
            there = session.get(Tally, {"month": month, **search._asdict()})
            if there is not None:
                there.n += n
            elif n:
                session.add(Tally(month=month, **search._asdict(), n=n))


def unmet(store: Store, *, until: str | None = None) -> pd.DataFrame:
    """Searches that found nothing near, over all modes: month, Ambito, theme, language, outcome and how many (``n``).

    Exact: not to be shown as it is.

    Parameters
    ----------
    until
        The last month to take (``2027-03``); missing: the present one.
    """
    by = (Tally.month, Tally.ambito_id, Tally.theme, Tally.language, Tally.outcome)
    asked = select(*by, func.sum(Tally.n).label("n")).group_by(*by).order_by(*by)
    if until is not None:
        asked = asked.where(Tally.month <= until)
    with store.reading() as session:
        rows = [(*said, int(n)) for *said, n in session.execute(asked)]
    return pd.DataFrame(rows, columns=[name for name in COLUMNS if name != "mode"]).astype({"n": "int64"})
