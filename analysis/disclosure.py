"""Counts of people as they may be shown or written: the one place through which all of them go.

What is published of a place is a function of its *protected* counts only (``protected``): a count of 1 to 4 people, and
the count that would give it away by subtraction, are replaced by a value that depends on the published total alone;
the others are rounded. Whatever is added up, subtracted or divided afterwards cannot tell more than they do (the law
of post-processing; see docs/decisions/0018-small-counts-again.md).

References
----------
A. Hundepool, J. Domingo-Ferrer, L. Franconi, S. Giessing, E. Schulte Nordholt, K. Spicer, P.-P. de Wolf (2012),
"Statistical Disclosure Control", Wiley, chapter 4, doi:10.1002/9781118348239; L. H. Cox (1980), "Suppression
Methodology and Statistical Disclosure Control", Journal of the American Statistical Association 75(370), 377-385,
doi:10.1080/01621459.1980.10477481.
"""

from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from errors import FiguresUnfit

FEW: Final = 5
"""Counts above zero and below this are not shown."""

STEP: Final = 5
"""Counts are rounded to multiples of this."""

LEAST: Final = 2 * STEP
"""The first multiple that a count is rounded to: it stands for all from ``FEW`` up, so that no class of counts that
cannot be told apart has fewer than four values."""

LITTLE: Final = 15
"""Of a place with fewer people than this only «nobody» and «everybody» are told: there is no room for more."""

TINY: Final = 6
"""Of a place with fewer people than this not even that: its published total would tell the rest."""


def protected(cells: pd.DataFrame) -> pd.DataFrame:
    """Counts that anything may be made of: sums, differences, shares, ranks.

    Each row is first summed from the left; each sum ``c`` of a total ``T`` is told by its class alone, the same
    from both ends (``c`` and ``T - c``): 0; under ``FEW`` (told as half of it); ``FEW`` to 12 (10); 13 to 17 (15);
    and so on by ``STEP``; then what is left around the middle (``T / 2``, where at least four values are left).
    Where ``T < LITTLE``, all between 0 and ``T`` is one class (``T / 2``); where ``T < TINY``, 0 and ``T`` too.
    The cells are the differences of the sums so told. So a count is always told the same way, whichever the table:
    people within 30 minutes are one class, be they asked for alone, as those not beyond, or as a sum of classes.

    Parameters
    ----------
    cells
        A row a place, the finest that is published (a comune); columns that add up to a total that is public.
        Counts, or estimates of counts; none missing or negative. Columns in their order (minutes that grow).

    Returns
    -------
    cells
        Same index and columns; each row adds up to its total. Not for the eye: a stand-in looks like a count
        (``partition`` is).

    Raises
    ------
    FiguresUnfit
        Values that are missing, negative or infinite, with how many of each.

    Examples
    --------
    >>> protected(pd.DataFrame({"within": [997, 41, 3], "beyond": [3, 62, 0]})).to_dict("list")
    {'within': [997.5, 40.0, 1.5], 'beyond': [2.5, 63.0, 1.5]}
    """
    told, _ = _told(cells)
    return told


def partition(cells: pd.DataFrame, area: pd.Series | None = None) -> pd.DataFrame:
    """Counts to show, of places or of areas made of places: multiples of 5, missing where they are few.

    Parameters
    ----------
    cells
        As ``protected`` takes them: a row a comune, columns that add up to its published total. A table of larger
        areas is not to be passed here, but made here, with ``area``: only so do the two not tell on each other.
    area
        Code of the area that each comune is in, same index; those without one are left out. Without it, each row
        is shown by itself.

    Returns
    -------
    counts
        A row a place, or an area in order; same columns. A number is a multiple of 5, or the total itself where
        that is certain; 0 only where it is certain. Missing: a count below 5 (maybe 0 in a class between others), or
        part of a place with fewer than ``LITTLE`` people. Areas are sums of the *protected* counts of their places.

    Raises
    ------
    FiguresUnfit
        As ``protected`` does.

    Examples
    --------
    >>> table = pd.DataFrame({"within": [997, 41, 3], "beyond": [3, 62, 0]}, index=["a", "b", "c"])
    >>> partition(table).to_dict("list")
    {'within': [1000.0, 40.0, nan], 'beyond': [nan, 65.0, nan]}
    >>> partition(table, pd.Series("all", index=table.index)).to_dict("list")
    {'within': [1040.0], 'beyond': [65.0]}
    """
    told, none = _told(cells)
    total = cells.sum(axis=1)
    if area is not None:
        group, name = area.reindex(cells.index), area.name
        told, none, total = (
            told.groupby(group).sum(),
            none.groupby(group).all(),
            total.groupby(group).sum(),
        )
        told.index.name = name
    partly = ~none & told.ne(total, axis=0)
    return _shown(told, none, total).mask(partly.mul(total < LITTLE, axis=0))


def part(some: pd.Series, everybody: pd.Series, area: pd.Series | None = None) -> pd.Series:
    """Part of a published total as it may be shown: ``partition`` in two, the part and the rest.

    Parameters
    ----------
    some, everybody
        People of each comune, same index; ``everybody`` is public.
    area
        As in ``partition``.

    Examples
    --------
    >>> part(pd.Series([3, 0, 64]), pd.Series([1000, 1000, 1000])).to_dict()
    {0: nan, 1: 0.0, 2: 65.0}
    """
    return _one(partition(_two(some, everybody), area), some)


def protected_part(some: pd.Series, everybody: pd.Series) -> pd.Series:
    """Part of a published total that anything may be made of: ``protected`` in two, the part and the rest."""
    return _one(protected(_two(some, everybody)), some)


def _two(some: pd.Series, everybody: pd.Series) -> pd.DataFrame:
    whole, known = everybody.astype(float), some.astype(float)
    return pd.DataFrame({"part": known, "rest": (whole - known).round(6).clip(lower=0)})


def _one(table: pd.DataFrame, like: pd.Series) -> pd.Series:
    found: pd.Series = table["part"]
    found.name = like.name
    return found


def count(people: float) -> float:
    """One count, of no published total, as it may be shown: 0, a multiple of 5 from 10 up, or missing from 1 to 4.

    For a part of a published total ``partition`` is safer: subtraction gives nothing away.

    Examples
    --------
    >>> [count(people) for people in (0, 4, 5, 12, 13, 1221)]
    [0.0, nan, 10.0, 10.0, 15.0, 1220.0]
    """
    return float(_rounded(np.array([people]))[0])


def counts(people: pd.Series) -> pd.Series:
    """Each count as ``count`` shows it; missing stays missing."""
    return pd.Series(_rounded(people), index=people.index, name=people.name)


def _rounded(people: ArrayLike) -> NDArray[np.float64]:
    exact = np.round(np.asarray(people, dtype=float), 6)
    shown = np.maximum(_to_step(exact), LEAST)
    return np.where(exact == 0, 0.0, np.where(exact < FEW, np.nan, shown))


def _to_step(people: Any) -> Any:
    """To the nearest multiple of ``STEP``, upwards from the middle."""
    return STEP * np.floor(people / STEP + 0.5)


def _told(cells: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The protected counts, and which of them are surely nobody."""
    exact = cells.to_numpy(dtype=float)
    unknown = np.isnan(exact)
    wrong = {"people_unknown": unknown, "people_negative": ~unknown & ~(np.isfinite(exact) & (exact >= 0))}
    if faults := {why: int(there.sum()) for why, there in wrong.items() if there.any()}:
        raise FiguresUnfit(faults=faults)
    upto = np.round(np.cumsum(exact, axis=1), 6)
    upto = np.concatenate([np.zeros((len(upto), 1)), upto], axis=1)
    total = upto[:, -1:]
    sums = np.concatenate([upto[:, :1], _class_of(upto[:, 1:-1], total), total], axis=1)
    told = np.round(np.diff(sums, axis=1), 6)
    at_an_end = (sums == 0) | (sums == total)
    none = (told == 0) & at_an_end[:, 1:] & at_an_end[:, :-1]
    none |= total == 0
    index, columns = cells.index, cells.columns
    return pd.DataFrame(told, index=index, columns=columns), pd.DataFrame(none, index=index, columns=columns)


def _class_of(people: NDArray[np.float64], total: NDArray[np.float64]) -> NDArray[np.float64]:
    """The value that stands for the class of each count, the same from both ends of its total."""
    side = np.round(np.minimum(people, total - people), 6)
    grid = np.maximum(_to_step(side), LEAST)
    last = STEP * np.floor((total - 9) / 2 / STEP)
    value = np.where(grid > last, total / 2, grid)
    value = np.where(side < FEW, FEW / 2, value)
    value = np.where(total < LITTLE, total / 2, value)
    value = np.where((side == 0) & (total >= TINY), 0.0, value)
    return np.where(people > total / 2, total - value, value)


def _shown(told: pd.DataFrame, none: pd.DataFrame, total: pd.Series) -> pd.DataFrame:
    """Protected counts for the eye."""
    whole = np.round(total.to_numpy(dtype=float), 6)[:, None]
    value = told.to_numpy(dtype=float)
    nobody = none.to_numpy(dtype=bool)
    everybody = (value == whole) & (nobody.sum(axis=1, keepdims=True) >= value.shape[1] - 1)
    rounded = np.minimum(_to_step(value), whole)
    shown = np.where(value < FEW, np.nan, rounded)
    shown = np.where(nobody, 0.0, np.where(everybody, whole, shown))
    return pd.DataFrame(shown, index=told.index, columns=told.columns)
