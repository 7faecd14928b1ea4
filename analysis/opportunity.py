"""What people can reach from where they live: the nearest, the nearest few, all within a limit, all by nearness.

All measures here and in ``analysis.catchment`` take the same things. ``minutes``: a row a demand point, a column a
desk, NaN (or infinite) where there is no way or it is too long to count. ``supply``: what each desk gives (hours a
week; 1 for desks to be counted). ``demand``: the people of each point. The order of rows never matters: labels do. A
supply or a demand that is missing is refused, never taken for zero: leave the desk out or fill it in, and say so.
"""

from collections.abc import Callable, Mapping
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from errors import FiguresUnfit

Floats = NDArray[np.float64]

Decay = Callable[[Floats], Floats]
"""Minutes → weight: how much a desk counts for somebody so many minutes away, not negative, and finite at 0."""


def nearest(minutes: pd.DataFrame) -> pd.Series:
    """Minutes to the nearest desk: min_j t_ij.

    P. Apparicio, M. Abdelmajid, M. Riva, R. Shearmur, 2008, "Comparing alternative approaches to measuring the
    geographical accessibility of urban health services", International Journal of Health Geographics 7(7),
    doi:10.1186/1476-072X-7-7.

    Parameters
    ----------
    minutes
        Points × desks.

    Returns
    -------
    minutes
        Index of points; NaN where no desk can be reached.

    Examples
    --------
    >>> nearest(pd.DataFrame([[5.0, 9.0], [np.nan, np.nan]])).tolist()
    [5.0, nan]
    """
    return mean_of_nearest(minutes, 1)


def mean_of_nearest(minutes: pd.DataFrame, count: int) -> pd.Series:
    """Mean minutes to the ``count`` nearest desks: how far one goes where the first may be shut or unsuitable.

    Apparicio and others, 2008, as ``nearest``.

    Parameters
    ----------
    minutes
        Points × desks.
    count
        Of how many desks, at least 1.

    Returns
    -------
    minutes
        Index of points; NaN where fewer than ``count`` desks can be reached: their mean would look nearer than it is.

    Examples
    --------
    >>> mean_of_nearest(pd.DataFrame([[5.0, 9.0, 40.0], [5.0, np.nan, np.nan]]), 2).tolist()
    [7.0, nan]
    """
    positive(count=count)
    far, _, _ = checked(minutes)
    if count > far.shape[1]:
        return pd.Series(np.nan, index=minutes.index)
    mean = np.partition(far, count - 1, axis=1)[:, :count].mean(axis=1)
    return pd.Series(np.where(np.isfinite(mean), mean, np.nan), index=minutes.index)


def cumulative(minutes: pd.DataFrame, supply: pd.Series, *, limit: float) -> pd.Series:
    """Cumulative opportunities: all that is offered within a limit, Σ_j S_j [t_ij ≤ limit].

    M. Wachs, T. G. Kumagai, 1973, "Physical accessibility as a social indicator", Socio-Economic Planning Sciences
    7(5), 437-456, doi:10.1016/0038-0121(73)90041-4.

    Parameters
    ----------
    minutes
        Points × desks.
    supply
        Of each desk, all known.
    limit
        In minutes, itself included.

    Returns
    -------
    supply
        Index of points, in the unit of ``supply``; 0 where nothing is within the limit.

    Examples
    --------
    >>> desks = pd.Series({"a": 20.0, "b": 4.0})
    >>> cumulative(pd.DataFrame({"a": [10.0, 31.0], "b": [30.0, np.nan]}), desks, limit=30).tolist()
    [24.0, 0.0]
    """
    return gravity(minutes, supply, decay=within(limit))


def gravity(minutes: pd.DataFrame, supply: pd.Series, *, decay: Decay) -> pd.Series:
    """Potential accessibility: all that is offered, the farther the less, Σ_j S_j f(t_ij).

    W. G. Hansen, 1959, "How accessibility shapes land use", Journal of the American Institute of Planners 25(2),
    73-76, doi:10.1080/01944365908978307. Decay functions are compared by M.-P. Kwan, 1998, "Space-time and integral
    measures of individual accessibility", Geographical Analysis 30(3), 191-216,
    doi:10.1111/j.1538-4632.1998.tb00396.x.

    Parameters
    ----------
    minutes
        Points × desks.
    supply
        Of each desk, all known.
    decay
        One of this module, or any other.

    Returns
    -------
    supply
        Index of points, in the unit of ``supply``, as if what is far were less; 0 where nothing can be reached.

    Examples
    --------
    >>> desks = pd.Series({"a": 20.0, "b": 4.0})
    >>> gravity(pd.DataFrame({"a": [0.0], "b": [np.nan]}), desks, decay=exponential(15)).tolist()
    [20.0]
    """
    far, given, _ = checked(minutes, supply)
    return pd.Series(weighed(far, decay) @ given, index=minutes.index)


def exponential(scale: float) -> Decay:
    """f(t) = exp(−t / scale): every ``scale`` minutes more divide the weight by 2.72.

    >>> exponential(15)(np.array([0.0, 15.0])).round(3).tolist()
    [1.0, 0.368]
    """
    positive(scale=scale)
    return lambda t: np.exp(-t / scale)


def gaussian(sigma: float) -> Decay:
    """f(t) = exp(−t² / 2σ²): little lost near by, nearly all beyond 3 σ.

    D. R. Ingram, 1971, "The concept of accessibility: a search for an operational form", Regional Studies 5(2),
    101-107, doi:10.1080/09595237100185131.

    >>> gaussian(20)(np.array([0.0, 20.0])).round(3).tolist()
    [1.0, 0.607]
    """
    positive(sigma=sigma)
    return lambda t: np.exp(-np.square(t) / (2 * sigma**2))


def power(exponent: float, *, scale: float = 1.0, at_least: float = 1.0) -> Decay:
    """f(t) = (max(t, at_least) / scale)^−exponent: Newton's; nearer than ``at_least`` minutes counts as that.

    >>> power(2, scale=20)(np.array([0.0, 1.0, 20.0, 40.0])).round(2).tolist()
    [400.0, 400.0, 1.0, 0.25]
    """
    positive(exponent=exponent, scale=scale, at_least=at_least)
    return lambda t: np.power(np.maximum(t, at_least) / scale, -exponent)


def logistic(middle: float, spread: float) -> Decay:
    """f(t) = (1 + exp(−middle / spread)) / (1 + exp((t − middle) / spread)): hardly any loss, then a fast one.

    The share that is still willing when the longest way people accept is spread about ``middle``, divided by its value
    at 0. J. Bauer, D. A. Groneberg, 2016, "Measuring spatial accessibility of health care providers: introduction of a
    variable distance decay function within the floating catchment area (FCA) method", PLoS ONE 11(7), e0159148,
    doi:10.1371/journal.pone.0159148.

    >>> logistic(30, 5)(np.array([0.0, 30.0, 60.0])).round(3).tolist()
    [1.0, 0.501, 0.002]
    """
    positive(middle=middle, spread=spread)
    top = np.logaddexp(0.0, -middle / spread)
    return lambda t: np.exp(top - np.logaddexp(0.0, (t - middle) / spread))


def steps(weights: Mapping[float, float]) -> Decay:
    """f(t) = the weight of the zone that t is in, each zone up to its minutes included; 0 beyond the last.

    >>> steps({10: 1, 20: 0.68, 30: 0.22})(np.array([0.0, 10.0, 10.1, 30.0, 31.0])).tolist()
    [1.0, 1.0, 0.68, 0.22, 0.0]
    """
    ends = np.array(sorted(weights), dtype=float)
    values = np.array([weights[end] for end in sorted(weights)] + [0], dtype=float)
    positive(zones=len(ends), first_zone=ends[0] if len(ends) else 1.0)
    _refuse({"weight_negative": int((~(values >= 0)).sum())})
    return lambda t: values[np.searchsorted(ends, t, side="left")]


def within(limit: float, decay: Decay | None = None) -> Decay:
    """f(t) = 1 up to a limit, itself included, 0 beyond; or another decay cut off there.

    >>> within(30)(np.array([30.0, 30.5])).tolist()
    [1.0, 0.0]
    >>> within(30, gaussian(20))(np.array([20.0, 31.0])).round(3).tolist()
    [0.607, 0.0]
    """
    if decay is None:
        return steps({limit: 1.0})
    positive(limit=limit)
    return lambda t: np.where(t <= limit, decay(t), 0.0)


def weighed(far: Floats, decay: Decay) -> Floats:
    """The weight of each pair; 0 where there is no way."""
    reached = np.isfinite(far)
    weights: Floats = np.where(reached, decay(np.where(reached, far, 0.0)), 0.0)
    _refuse(
        {"weight_negative": int((~(weights >= 0)).sum()), "weight_infinite": int(np.isinf(weights).sum())}
    )
    return weights


NOTHING: Final = np.zeros(0)


def checked(
    minutes: pd.DataFrame, supply: pd.Series | None = None, demand: pd.Series | None = None
) -> tuple[Floats, Floats, Floats]:
    """Minutes (infinite where there is no way), supply and demand as arrays in the order of ``minutes``.

    Raises
    ------
    FiguresUnfit
        Naming every fault at once: a label twice, labels that differ from those of ``minutes``, figures that are
        missing, negative or infinite.
    """
    far = minutes.to_numpy(dtype=float)
    faults = {"minutes_negative": int((far < 0).sum())}
    found = []
    for name, series, labels in (("supply", supply, minutes.columns), ("demand", demand, minutes.index)):
        faults[f"{name}_twice"] = int(labels.duplicated().sum())
        if series is None:
            found.append(NOTHING)
            continue
        faults[f"{name}_other"] = len(labels.symmetric_difference(series.index)) + int(
            series.index.duplicated().sum()
        )
        if faults[f"{name}_other"] or faults[f"{name}_twice"]:
            continue
        given = series.reindex(labels).to_numpy(dtype=float, na_value=np.nan)
        faults[f"{name}_unknown"] = int(np.isnan(given).sum())
        faults[f"{name}_negative"] = int(((given < 0) | np.isinf(given)).sum())
        found.append(given)
    _refuse(faults)
    return np.where(np.isnan(far), np.inf, far), found[0], found[1]


def positive(**parameters: float) -> None:
    """Raise ``FiguresUnfit`` for parameters that are not above zero and finite."""
    _refuse({f"parameter_{name}": int(not 0 < value < np.inf) for name, value in parameters.items()})


def _refuse(faults: Mapping[str, int]) -> None:
    there = {why: count for why, count in faults.items() if count}
    if there:
        raise FiguresUnfit(faults=there)
