"""How unequally minutes are spread over people: Lorenz, Gini, Palma, Theil, concentration, Foster-Greer-Thorbecke.

All take ``minutes`` (or any quantity that is not negative) and ``people``, the weight of each row, with the same index:
two rows of 10 people are one of 20. More minutes are worse: where these measures speak of the rich, here are those who
travel longest. Rows with missing minutes (no way) are left out, except where said; rows of no people tell nothing.
Where nobody is left, or all minutes are 0, there is no answer (NaN).

Raises, all of them, ``FiguresUnfit`` for people that are missing, negative or infinite, and for minutes that are
negative or infinite.
"""

from collections.abc import Callable
from typing import Final, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from errors import FiguresUnfit

Floats = NDArray[np.float64]

DRAWS: Final = 300
"""How often areas are drawn again for an interval."""

SEED: Final = 20250101
"""Where chance begins: the same question has the same interval."""

LEVEL: Final = 0.95


class Theil(NamedTuple):
    """Theil's T, and its two parts: ``total = between + within``."""

    total: float
    between: float
    within: float


class Interval(NamedTuple):
    """The two ends of an interval; NaN where there is none."""

    low: float
    high: float


def lorenz(minutes: pd.Series, people: pd.Series) -> pd.DataFrame:
    """The Lorenz curve: the share of all minutes that the people who travel least make.

    ``L(p)``: the sum of ``w x`` over the people with least minutes, up to the share ``p`` of people, over that of all.

    Returns
    -------
    curve
        Columns ``people`` and ``minutes``, cumulated shares from (0, 0) to (1, 1), a row a different value; convex.
        Empty where there is no answer.

    References
    ----------
    M. O. Lorenz (1905), "Methods of Measuring the Concentration of Wealth", Publications of the American Statistical
    Association 9(70), 209-219, doi:10.2307/2276207.

    Examples
    --------
    >>> lorenz(pd.Series([10.0, 30.0]), pd.Series([3, 1])).to_numpy().tolist()
    [[0.0, 0.0], [0.75, 0.5], [1.0, 1.0]]
    """
    share, made = _curve(*_kept(minutes, people))
    return pd.DataFrame({"people": share, "minutes": made})


def gini(minutes: pd.Series, people: pd.Series) -> float:
    """Gini index: twice the area between the Lorenz curve and equality; 0 if all travel the same, below 1 always.

    ``G = 1 - sum (p_i - p_{i-1}) (L_i + L_{i-1})``, equal to half the mean difference between two people over the mean.

    References
    ----------
    R. I. Lerman, S. Yitzhaki (1989), "Improving the Accuracy of Estimates of Gini Coefficients", Journal of
    Econometrics 42(1), 43-47, doi:10.1016/0304-4076(89)90074-2.

    Examples
    --------
    >>> gini(pd.Series([10.0, 30.0]), pd.Series([3, 1]))
    0.25
    """
    share, made = _curve(*_kept(minutes, people))
    if not len(share):
        return float("nan")
    return max(0.0, 1 - float(np.diff(share) @ (made[1:] + made[:-1])))


def palma(minutes: pd.Series, people: pd.Series) -> float:
    """Palma ratio: minutes of the tenth of people who travel longest over those of the four tenths who travel least.

    ``(1 - L(0.9)) / L(0.4)``: 0.25 if all travel the same. People on a border are divided. NaN where the four tenths do
    not travel at all.

    References
    ----------
    J. G. Palma (2011), "Homogeneous Middles vs. Heterogeneous Tails, and the End of the 'Inverted-U'", Development and
    Change 42(1), 87-153, doi:10.1111/j.1467-7660.2011.01694.x.

    Examples
    --------
    >>> palma(pd.Series([10.0, 40.0]), pd.Series([90, 10]))
    1.0
    """
    share, made = _curve(*_kept(minutes, people))
    if not len(share):
        return float("nan")
    least, most = np.interp([0.4, 0.9], share, made)
    return float((1 - most) / least) if least > 0 else float("nan")


def theil(minutes: pd.Series, people: pd.Series, groups: pd.Series | None = None) -> Theil:
    """Theil's T, divided into what lies between groups and what lies within them.

    ``T = sum (w/W) (x/m) ln(x/m)``, ``m`` the mean. Between: the same with the mean of each group; within: the T of
    each group, weighted by its share of all minutes. The two add up to the whole. 0 if all travel the same.

    Parameters
    ----------
    minutes, people
        As everywhere here; 0 minutes count as ``0 ln 0 = 0``.
    groups
        Group (an Ambito) of each row, same index; rows without one are a group together. All are one if not given.

    References
    ----------
    A. F. Shorrocks (1980), "The Class of Additively Decomposable Inequality Measures", Econometrica 48(3), 613-625,
    doi:10.2307/1913126; H. Theil (1967), "Economics and Information Theory", North-Holland.

    Examples
    --------
    >>> minutes, people = pd.Series([10.0, 10.0, 30.0, 50.0]), pd.Series([1, 1, 1, 1])
    >>> found = theil(minutes, people, pd.Series(["a", "a", "b", "b"]))
    >>> round(found.total, 6) == round(found.between + found.within, 6), round(found.between, 4)
    (True, 0.1927)
    """
    kept = _kept(minutes, people)
    codes = np.zeros(len(minutes), dtype=np.int64) if groups is None else pd.factorize(groups)[0] + 1
    return _theil(kept[0], kept[1], codes[kept[2]])


def _theil(x: Floats, w: Floats, codes: NDArray[np.int64]) -> Theil:
    total = float(w @ x)
    if not total > 0:
        return Theil(float("nan"), float("nan"), float("nan"))
    part, made = w / w.sum(), w * x / total
    of_group, made_by = np.bincount(codes, part), np.bincount(codes, made)
    with np.errstate(divide="ignore", invalid="ignore"):
        between = float(np.nansum(made_by * np.log(made_by / of_group)))
        inside = np.log(made / part) - np.log(made_by / of_group)[codes]
        within = float(np.nansum(np.where(made > 0, made * inside, 0.0)))
    between, within = max(0.0, between), max(0.0, within)
    return Theil(between + within, between, within)


def concentration(minutes: pd.Series, people: pd.Series, rank: pd.Series) -> float:
    """Concentration index of minutes over people ordered by something else (income): who bears them.

    ``C = 2 cov(x, R) / m``, where ``R`` is the share of people before each one in the order, to their own middle; who
    is equal in it shares one ``R``. From -1 to 1: negative, the first in the order (the poorer) travel longer.

    Parameters
    ----------
    minutes, people
        As everywhere here.
    rank
        What people are ordered by, from the least; same index. Rows where it is missing are left out.

    References
    ----------
    N. Kakwani, A. Wagstaff, E. van Doorslaer (1997), "Socioeconomic Inequalities in Health: Measurement, Computation,
    and Statistical Inference", Journal of Econometrics 77(1), 87-103, doi:10.1016/S0304-4076(96)01807-6.

    Examples
    --------
    >>> concentration(pd.Series([30.0, 10.0]), pd.Series([1, 1]), pd.Series([15_000, 25_000]))
    -0.25
    """
    x, w, kept = _kept(minutes.where(rank.notna()), people)
    if not float(w @ x) > 0:
        return float("nan")
    _, place = np.unique(rank.to_numpy(dtype=float)[kept], return_inverse=True)
    there = np.bincount(place, w) / w.sum()
    middle = (np.cumsum(there) - there / 2)[place]
    part, mean = w / w.sum(), float(w @ x) / float(w.sum())
    return float(2 * (part @ ((x - mean) * (middle - 0.5))) / mean)


def fgt(minutes: pd.Series, people: pd.Series, *, limit: float, farthest: float, power: int) -> float:
    """Foster-Greer-Thorbecke index of the minutes beyond a limit: how many, how far, how unequally far.

    ``P = (1/W) sum over x > z of w ((min(x, f) - z) / (f - z))^a``: the share of people beyond (``a`` 0), their gap
    over all people (1), the same with the farthest weighing more (2). From 0 to 1, never growing with ``a``.

    Parameters
    ----------
    minutes, people
        As everywhere here, but missing minutes (no way) count as ``farthest``.
    limit
        ``z``, in minutes, itself not beyond.
    farthest
        ``f``, in minutes: from here on more makes no difference; above ``limit``.
    power
        ``a``: 0, 1 or 2.

    References
    ----------
    J. Foster, J. Greer, E. Thorbecke (1984), "A Class of Decomposable Poverty Measures", Econometrica 52(3), 761-766,
    doi:10.2307/1913475.

    Examples
    --------
    >>> minutes, people = pd.Series([20.0, 75.0, float("nan")]), pd.Series([2, 1, 1])
    >>> [fgt(minutes, people, limit=30, farthest=120, power=power) for power in (0, 1, 2)]
    [0.5, 0.375, 0.3125]
    """
    if not farthest > limit:
        raise FiguresUnfit(faults={"limit_too_far": 1})
    x, w, _ = _kept(minutes.astype(float).fillna(farthest), people)
    if not len(w):
        return float("nan")
    gap = (np.minimum(x, farthest) - limit) / (farthest - limit)
    beyond = x > limit
    return float(w[beyond] @ gap[beyond] ** power / w.sum())


def interval(
    measure: Callable[[pd.Series], float],
    people: pd.Series,
    area: pd.Series,
    *,
    draws: int = DRAWS,
    seed: int = SEED,
    level: float = LEVEL,
) -> Interval:
    """Percentile bootstrap interval of a measure, drawing whole areas.

    Areas (comuni) are drawn, not their points: the points of a comune share its desks and streets, and as if they were
    independent the interval would be too narrow. As many areas as there are, with replacement; all points of an area
    count as often as it is drawn. The people are no sample: the interval says how much the figure hangs on which
    comuni there are.

    Parameters
    ----------
    measure
        From people (weights) to a figure.
    people
        As the measure takes them.
    area
        Area of each row, same index; rows without one are an area together.
    draws, seed, level
        How many times, where chance begins, and which part of the figures lies between the ends.

    Returns
    -------
    interval
        NaN where fewer than half of the draws have a figure.

    References
    ----------
    B. Efron, R. J. Tibshirani (1993), "An Introduction to the Bootstrap", doi:10.1201/9780429246593; C. A. Field,
    A. H. Welsh (2007), "Bootstrapping Clustered Data", Journal of the Royal Statistical Society B 69(3), 369-390,
    doi:10.1111/j.1467-9868.2007.00593.x.

    Examples
    --------
    >>> minutes, people = pd.Series([10.0, 10.0]), pd.Series([5, 5])
    >>> interval(lambda drawn: gini(minutes, drawn), people, pd.Series(["a", "b"]), draws=20)
    Interval(low=0.0, high=0.0)
    """
    codes, areas = pd.factorize(area)
    codes = np.where(codes < 0, len(areas), codes)
    many = int(codes.max()) + 1 if len(codes) else 0
    chance = np.random.default_rng(seed)
    weights = people.to_numpy(dtype=float)
    figures = np.full(draws, np.nan)
    for draw in range(draws if many else 0):
        times = np.bincount(chance.integers(0, many, many), minlength=many)
        figures[draw] = measure(pd.Series(weights * times[codes], index=people.index))
    known = figures[np.isfinite(figures)]
    if len(known) < max(1, draws / 2):
        return Interval(float("nan"), float("nan"))
    low, high = np.quantile(known, [(1 - level) / 2, (1 + level) / 2])
    return Interval(float(low), float(high))


def _kept(minutes: pd.Series, people: pd.Series) -> tuple[Floats, Floats, NDArray[np.intp]]:
    """Minutes and people of the rows that tell something, and where they stand."""
    x, w = minutes.to_numpy(dtype=float, na_value=np.nan), people.to_numpy(dtype=float, na_value=np.nan)
    wrong = {
        "people_unknown": np.isnan(w),
        "people_negative": np.isinf(w) | (w < 0),
        "minutes_infinite": np.isposinf(x),
        "minutes_negative": x < 0,
    }
    if faults := {why: int(there.sum()) for why, there in wrong.items() if there.any()}:
        raise FiguresUnfit(faults=faults)
    kept = np.flatnonzero((w > 0) & ~np.isnan(x))
    return x[kept], w[kept], kept


def _curve(x: Floats, w: Floats, _: NDArray[np.intp]) -> tuple[Floats, Floats]:
    """Cumulated shares of people and of minutes, from 0 to 1; empty where there is no answer."""
    if not float(w @ x) > 0:
        return np.empty(0), np.empty(0)
    values, place = np.unique(x, return_inverse=True)
    there = np.bincount(place, w)
    share = np.concatenate([[0.0], np.cumsum(there)])
    made = np.concatenate([[0.0], np.cumsum(there * values)])
    return share / share[-1], made / made[-1]
