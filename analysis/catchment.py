"""What is left for each when people share the desks they reach: floating catchments, and people who choose.

``minutes``, ``supply`` and ``demand`` are as in ``analysis.opportunity``, and so are missing values and errors
(``FiguresUnfit``). The floating catchments give supply per person: hours a week for each person, if supply is hours a
week. At every place where somebody lives they are known: 0 where nothing is in reach. Where nobody lives they say what
somebody would find there; NaN if a desk in reach is in nobody's reach, for nobody shares it.
"""

from typing import Any, Final

import numpy as np
import pandas as pd
from numba import njit

from analysis.opportunity import Decay, Floats, checked, positive, steps, weighed, within
from errors import FiguresUnfit

THREE_ZONES: Final = steps({10: 1.0, 20: 0.68, 30: 0.22})
"""The zones of Luo and Qi (2009), with the slower of their two decays."""

FOUR_ZONES: Final = steps({10: 0.962, 20: 0.704, 30: 0.377, 60: 0.042})
"""The zones of Wan, Zou and Sternberg (2012)."""


def two_step(minutes: pd.DataFrame, supply: pd.Series, demand: pd.Series, *, limit: float) -> pd.Series:
    """2SFCA: the supply of each desk shared among all within a limit, and what that gives to each.

    R_j = S_j / Σ_k P_k [t_kj ≤ limit];  A_i = Σ_j R_j [t_ij ≤ limit]. Nothing gets lost: Σ_i P_i A_i is the supply of
    all desks that have somebody in reach. W. Luo, F. Wang, 2003, "Measures of spatial accessibility to health care in
    a GIS environment: synthesis and a case study in the Chicago region", Environment and Planning B 30(6), 865-884,
    doi:10.1068/b29120.

    Parameters
    ----------
    minutes, supply, demand
        As in ``analysis.opportunity``: points × desks, by desk, by point.
    limit
        In minutes, itself included.

    Returns
    -------
    access
        Index of points: supply per person.

    Examples
    --------
    >>> minutes = pd.DataFrame({"a": [5.0, 10.0], "b": [np.nan, 10.0]})
    >>> two_step(minutes, pd.Series({"a": 20.0, "b": 4.0}), pd.Series([60, 40]), limit=30).tolist()
    [0.2, 0.30000000000000004]
    """
    return enhanced_two_step(minutes, supply, demand, decay=within(limit))


def enhanced_two_step(
    minutes: pd.DataFrame, supply: pd.Series, demand: pd.Series, *, decay: Decay = THREE_ZONES
) -> pd.Series:
    """E2SFCA: as 2SFCA, with people and desks counting less the farther they are.

    R_j = S_j / Σ_k P_k f(t_kj);  A_i = Σ_j R_j f(t_ij). W. Luo, Y. Qi, 2009, "An enhanced two-step floating catchment
    area (E2SFCA) method for measuring spatial accessibility to primary care physicians", Health & Place 15(4),
    1100-1107, doi:10.1016/j.healthplace.2009.06.002; with a continuous decay: D. Dai, 2010, "Black residential
    segregation, disparities in spatial access to health care facilities, and late-stage breast cancer diagnosis in
    metropolitan Detroit", Health & Place 16(5), 1038-1052, doi:10.1016/j.healthplace.2010.06.012.

    Parameters
    ----------
    minutes, supply, demand
        As ``two_step``.
    decay
        Zones with a weight each (``opportunity.steps``), or continuous, as ``within(30, gaussian(15))``.

    Returns
    -------
    access
        Index of points: supply per person. As in 2SFCA nothing gets lost.

    Examples
    --------
    >>> minutes = pd.DataFrame({"a": [5.0, 15.0]})
    >>> enhanced_two_step(minutes, pd.Series({"a": 20.0}), pd.Series([66, 50])).round(2).tolist()
    [0.2, 0.14]
    """
    far, given, people = checked(minutes, supply, demand)
    weights = weighed(far, decay)
    return _shared(weights, weights, given, people, minutes.index)


def modified_two_step(
    minutes: pd.DataFrame, supply: pd.Series, demand: pd.Series, *, decay: Decay = THREE_ZONES
) -> pd.Series:
    """M2SFCA: as E2SFCA, and what is far is also used less, though no one else takes it.

    A_i = Σ_j S_j f(t_ij)² / Σ_k P_k f(t_kj). Desks put where people are give more than the same desks elsewhere;
    Σ_i P_i A_i is at most the supply, and what is missing is lost to distance. P. L. Delamater, 2013, "Spatial
    accessibility in suboptimally configured health care systems: a modified two-step floating catchment area (M2SFCA)
    metric", Health & Place 24, 30-43, doi:10.1016/j.healthplace.2013.07.012.

    Parameters
    ----------
    minutes, supply, demand, decay
        As ``enhanced_two_step``.

    Returns
    -------
    access
        Index of points: supply per person, never more than E2SFCA gives where no weight is above 1.

    Examples
    --------
    >>> minutes = pd.DataFrame({"a": [5.0, 15.0]})
    >>> modified_two_step(minutes, pd.Series({"a": 20.0}), pd.Series([66, 50])).round(2).tolist()
    [0.2, 0.09]
    """
    far, given, people = checked(minutes, supply, demand)
    weights = weighed(far, decay)
    return _shared(weights, np.square(weights), given, people, minutes.index)


def three_step(
    minutes: pd.DataFrame, supply: pd.Series, demand: pd.Series, *, decay: Decay = FOUR_ZONES
) -> pd.Series:
    """3SFCA: as E2SFCA, with people who divide themselves among the desks they reach, the nearer the more.

    G_ij = f(t_ij) / Σ_m f(t_im);  R_j = S_j / Σ_k G_kj P_k f(t_kj);  A_i = Σ_j G_ij R_j f(t_ij). N. Wan, B. Zou,
    T. Sternberg, 2012, "A three-step floating catchment area method for analyzing spatial access to health services",
    International Journal of Geographical Information Science 26(6), 1073-1089, doi:10.1080/13658816.2011.624987.

    Parameters
    ----------
    minutes, supply, demand, decay
        As ``enhanced_two_step``.

    Returns
    -------
    access
        Index of points: supply per person. As in 2SFCA nothing gets lost.

    Examples
    --------
    >>> minutes = pd.DataFrame({"a": [5.0, 5.0], "b": [np.nan, 5.0]})
    >>> three_step(minutes, pd.Series({"a": 30.0, "b": 10.0}), pd.Series([40, 40])).round(2).tolist()
    [0.5, 0.5]
    """
    far, given, people = checked(minutes, supply, demand)
    weights = weighed(far, decay)
    all_told = weights.sum(axis=1, keepdims=True)
    chosen = weights * np.divide(weights, all_told, out=np.zeros_like(weights), where=all_told > 0)
    return _shared(chosen, chosen, given, people, minutes.index)


def _shared(asking: Floats, getting: Floats, given: Floats, people: Floats, index: pd.Index) -> pd.Series:
    """Each desk's supply over the people who ask for it, as ``asking`` weighs them; given back as ``getting`` does."""
    asked = people @ asking
    served = asked > 0
    each = np.divide(given, asked, out=np.zeros_like(asked), where=served)
    nobodys = (getting[:, ~served] > 0).any(axis=1)
    return pd.Series(np.where(nobodys, np.nan, getting @ each), index=index)


def raam(
    minutes: pd.DataFrame,
    supply: pd.Series,
    demand: pd.Series,
    *,
    tau: float = 60.0,
    rho: float | None = None,
    tolerance: float = 1e-3,
) -> pd.Series:
    """RAAM: what getting to a desk and being one of many there costs, when everybody goes where that is least.

    c_ij = t_ij / τ + D_j / (ρ S_j), with D_j the people who go to j; A_i = min_j c_ij. Nobody could do better
    elsewhere (an equilibrium in the sense of J. G. Wardrop). ``tau`` minutes of way are worth as much as a desk with
    ``rho`` people for each unit of supply. J. Saxon, D. Snow, 2020, "A rational agent model for the spatial
    accessibility of primary health care", Annals of the American Association of Geographers 110(1), 205-222,
    doi:10.1080/24694452.2019.1629870.

    The equilibrium is the least of Σ_j D_j² / (2 ρ S_j) + Σ_ij x_ij t_ij / τ over all ways x to send people to desks
    (M. Beckmann, C. B. McGuire, C. B. Winsten, 1956, Studies in the Economics of Transportation), so that each D_j,
    and the cost at each point, is unique. It is found by sending people of one point after the other from the dearest
    desk they use to the cheapest one, as many as makes the two cost the same.

    Parameters
    ----------
    minutes, supply, demand
        As ``two_step``. Nobody goes to desks that give nothing.
    tau
        Minutes.
    rho
        People for each unit of supply; all people over all supply if not given.
    tolerance
        Costs (in τ) of the desks that people of a point use differ by no more than this from the least they could have.

    Returns
    -------
    cost
        Index of points, in units of τ: 1 is as bad as a way of ``tau`` minutes to a desk where one is alone. Low is
        good. What somebody more would pay, also where nobody lives; NaN where no desk that gives anything is reached.

    Raises
    ------
    FiguresUnfit
        As ``checked`` does; and if there is no equilibrium within reason (tolerance too small for these figures).

    Examples
    --------
    >>> minutes = pd.DataFrame({"a": [0.0, 30.0], "b": [30.0, 0.0]})
    >>> raam(minutes, pd.Series({"a": 1.0, "b": 1.0}), pd.Series([30, 10])).round(3).tolist()
    [1.25, 0.75]
    """
    way, room, sent = _settled(minutes, supply, demand, tau, rho, tolerance)
    open_ = room > 0
    if not open_.any():
        return pd.Series(np.nan, index=minutes.index)
    least = (way[:, open_] + (sent.sum(axis=0)[open_] / room[open_])).min(axis=1)
    return pd.Series(np.where(np.isfinite(least), least, np.nan), index=minutes.index)


def sent_by_raam(
    minutes: pd.DataFrame,
    supply: pd.Series,
    demand: pd.Series,
    *,
    tau: float = 60.0,
    rho: float | None = None,
    tolerance: float = 1e-3,
) -> pd.DataFrame:
    """The people of each point who go to each desk, as ``raam`` has them: points × desks, as ``minutes``.

    Rows add up to ``demand``, to 0 where no desk can be reached. The sum of each desk is unique (to the tolerance); who
    makes it up is not always.

    Examples
    --------
    >>> minutes = pd.DataFrame({"a": [0.0, 30.0], "b": [30.0, 0.0]})
    >>> sent_by_raam(minutes, pd.Series({"a": 1.0, "b": 1.0}), pd.Series([40, 0])).round(3).to_numpy().tolist()
    [[25.0, 15.0], [0.0, 0.0]]
    """
    _, _, sent = _settled(minutes, supply, demand, tau, rho, tolerance)
    return pd.DataFrame(sent, index=minutes.index, columns=minutes.columns)


MOST_SWEEPS: Final = 20_000


def _settled(
    minutes: pd.DataFrame,
    supply: pd.Series,
    demand: pd.Series,
    tau: float,
    rho: float | None,
    tolerance: float,
) -> tuple[Floats, Floats, Floats]:
    """The cost of the way, what each desk has room for (ρ S), and the people sent from point to desk."""
    far, given, people = checked(minutes, supply, demand)
    if rho is None:
        rho = people.sum() / given.sum() if people.sum() > 0 and given.sum() > 0 else 1.0
    positive(tau=tau, rho=rho, tolerance=tolerance)
    way, room = np.ascontiguousarray(far / tau), rho * given
    sent = np.zeros_like(way)
    some = np.flatnonzero(room > 0)
    if some.size:
        first = some[way[:, some].argmin(axis=1)]
        rows = np.flatnonzero(np.isfinite(way[np.arange(len(way)), first]) & (people > 0))
        sent[rows, first[rows]] = people[rows]
        if not _settle(way, room, sent, rows, some, tolerance):
            raise FiguresUnfit(faults={"no_equilibrium": MOST_SWEEPS})
    return way, room, sent


@njit(nogil=True)
def _settle(way: Any, room: Any, sent: Any, rows: Any, desks: Any, tolerance: float) -> bool:
    """Move people until nobody gains more than the tolerance; false if that takes too long."""
    load = np.empty(len(room))
    for _ in range(MOST_SWEEPS):
        calm = True
        load[:] = 0.0
        for i in rows:
            for j in desks:
                load[j] += sent[i, j]
        for i in rows:
            for _again in range(len(desks)):
                least, most, to, off = np.inf, -np.inf, -1, -1
                for j in desks:
                    cost = way[i, j] + load[j] / room[j]
                    if cost < least:
                        least, to = cost, j
                    if sent[i, j] > 0.0 and cost > most:
                        most, off = cost, j
                if not most - least > tolerance:
                    break
                calm = False
                moved = min(sent[i, off], (most - least) / (1.0 / room[to] + 1.0 / room[off]))
                sent[i, to] += moved
                sent[i, off] -= moved
                load[to] += moved
                load[off] -= moved
        if calm:
            return True
    return False
