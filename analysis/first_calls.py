"""Whom to call first: the desks whose unknown hours or languages matter to most people.

How much an answer matters is how many people would be sent elsewhere by it, as far as we know today (the expected
value of information; R. A. Howard, 1966, "Information Value Theory", IEEE Transactions on Systems Science and
Cybernetics 2(1), 22-26, doi:10.1109/TSSC.1966.300074). People go to the nearest desk that suits them. A desk that
says nothing of what is asked suits with even odds; one that says something is where its people go.
"""

from collections.abc import Hashable, Sequence
from itertools import permutations, product
from typing import Final

import pandas as pd

from analysis.disclosure import counts

EVEN: Final = 0.5
"""The chance that a desk of which we know nothing does not suit."""


def side_by_side(
    first: pd.Series, second: pd.Series, people: pd.Series, spot: pd.Series
) -> tuple[pd.Series, pd.Series, pd.Series]:
    """From the spots that people reach first and second to the desks there, which take equal parts of them.

    Desks at the same spot (often a town, where no more is known) are equally near: each is the first as often as the
    others, and another of them the second.

    Parameters
    ----------
    first, second
        The spot that each demand point reaches first and second; missing where it reaches none.
    people
        People of each point, same index; missing counts as nobody known.
    spot
        Desk → where it is.

    Returns
    -------
    first, second, people
        One row a pair of desks, as the other functions here take them; the people are those of before, in parts.

    Examples
    --------
    >>> one, other = pd.Series(["centre", "hill"]), pd.Series(["hill", "centre"])
    >>> at = pd.Series({"a": "centre", "b": "centre", "c": "hill"})
    >>> [part.tolist() for part in side_by_side(one, other, pd.Series([10, 6]), at)]
    [['a', 'b', 'c', 'c'], ['b', 'a', 'a', 'b'], [5.0, 5.0, 3.0, 3.0]]
    """
    desks = {where: list(here) for where, here in spot.groupby(spot).groups.items()}
    by_pair = [first.rename("first"), second.rename("second")]
    together = people.astype(float).fillna(0.0).groupby(by_pair, dropna=False).sum()
    rows: list[tuple[Hashable, Hashable, float]] = []
    for one, other, count in together.reset_index().itertuples(index=False, name=None):
        pairs = _pairs(desks.get(one, []), desks.get(other, []))
        rows += [(near, next_, count / len(pairs)) for near, next_ in pairs]
    told = pd.DataFrame(rows, columns=["first", "second", "people"])
    return told["first"].astype(object), told["second"].astype(object), told["people"].astype(float)


def _pairs(here: Sequence[Hashable], there: Sequence[Hashable]) -> list[tuple[Hashable, Hashable]]:
    """Every first and second desk, equally likely, of those at the nearest spot and at the next."""
    if len(here) > 1:
        return list(permutations(here, 2))
    return list(product(here or [None], there or [None]))


def people_by_rank(
    first: pd.Series, second: pd.Series, people: pd.Series, desks: Sequence[str]
) -> pd.DataFrame:
    """People for whom each desk is the nearest, and the second nearest.

    Parameters
    ----------
    first, second
        The desk that each demand point reaches first and second; missing where it reaches none.
    people
        People of each point, same index (an extensive variable: sums are meaningful); missing counts as nobody known.
    desks
        Every desk that may be named.

    Returns
    -------
    people
        Index of ``desks``; ``nearest`` and ``second``: the people of each column add up to those who reach one desk,
        and two.

    Examples
    --------
    >>> one, other = pd.Series(["a", "a", "b"]), pd.Series(["b", None, "a"])
    >>> people_by_rank(one, other, pd.Series([10, 5, 1]), ["a", "b"]).to_dict("list")
    {'nearest': [15.0, 1.0], 'second': [1.0, 10.0]}
    """
    known = people.astype(float).fillna(0.0)
    counted = {
        name: known.groupby(of.to_numpy()).sum().reindex(list(desks), fill_value=0.0)
        for name, of in (("nearest", first), ("second", second))
    }
    return pd.DataFrame(counted, index=pd.Index(list(desks)))


def matters(first: pd.Series, second: pd.Series, people: pd.Series, unknown: pd.Series) -> pd.Series:
    """To how many people the answer of each desk to one question matters.

    To all for whom the desk is the nearest; and to those for whom it is the second nearest and whose nearest says
    nothing either, times the chance that the nearest does not suit (``EVEN``). Nothing for a desk that has answered.

    Parameters
    ----------
    first, second, people
        As ``people_by_rank`` has them.
    unknown
        Desk → whether its answer is unknown; every desk that may be named.

    Returns
    -------
    matters
        Index of ``unknown``; people, not rounded.

    Examples
    --------
    >>> one, other = pd.Series(["a", "b"]), pd.Series(["b", "a"])
    >>> matters(one, other, pd.Series([10, 4]), pd.Series({"a": True, "b": True})).to_dict()
    {'a': 12.0, 'b': 9.0}
    >>> matters(one, other, pd.Series([10, 4]), pd.Series({"a": True, "b": False})).to_dict()
    {'a': 10.0, 'b': 0.0}
    """
    open_first = first.map(unknown.astype(bool)).eq(True)
    nearest = people_by_rank(first, second, people, list(unknown.index))["nearest"]
    behind = people_by_rank(first, second, people.where(open_first, 0), list(unknown.index))["second"]
    return (nearest + EVEN * behind).where(unknown.astype(bool), 0.0)


def ranked(
    first: pd.Series, second: pd.Series, people: pd.Series, unknown: pd.DataFrame, area: pd.Series
) -> pd.DataFrame:
    """The desks to call, each with what to ask, those whose answers matter most first in each area.

    Parameters
    ----------
    first, second, people
        As ``people_by_rank`` has them: desks of other areas count too, people do not stop at the border.
    unknown
        Index of desks, a column a question (``hours``, ``languages``), whether its answer is unknown.
    area
        Desk → the area whose editors call it, same index; missing where nobody's.

    Returns
    -------
    calls
        Index of the desks with something to ask: ``area``, the columns of ``unknown``; ``nearest`` and ``second``
        (people); ``matters`` (over all that is to be asked: who waits for two answers counts in both); ``rank`` from 1
        in each area.
        Desks whose answers matter equally: the one nearest to more people first, then by name.
    """
    table = people_by_rank(first, second, people, list(unknown.index))
    table["matters"] = sum(
        (matters(first, second, people, unknown[name]) for name in unknown),
        start=pd.Series(0.0, index=unknown.index),
    )
    calls = pd.concat([area.rename("area"), unknown.astype(bool), table], axis=1)[unknown.any(axis=1)]
    calls = calls.rename_axis("desk").reset_index()
    calls = calls.sort_values(
        ["area", "matters", "nearest", "desk"], ascending=[True, False, False, True], na_position="last"
    )
    calls["rank"] = calls.groupby("area", dropna=False).cumcount() + 1
    return calls.set_index("desk")


def as_shown(calls: pd.DataFrame) -> pd.DataFrame:
    """The same table as it may be shown: small counts of people missing, and what would give them away with them."""
    told = calls.copy()
    for name in ("nearest", "second"):
        told[name] = counts(calls[name])
    small = told[["nearest", "second"]].isna().any(axis=1)
    told["matters"] = counts(calls["matters"]).mask(small)
    return told
