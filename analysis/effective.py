"""Effective access: minutes to the nearest desk where somebody is received as asked, for sure and perhaps.

Whether an offer (a weekly slot of a desk) keeps a condition is known or it is not: ``NO < UNKNOWN < YES``, joined as
S. C. Kleene does (1938, "On Notation for Ordinal Numbers", The Journal of Symbolic Logic 3(4), 150-155,
doi:10.2307/2267778): *and* is the least, *or* is the greatest. What is ``YES`` makes access confirmed; what is at least
``UNKNOWN`` makes it possible. A condition more can only lower a truth, so it never brings a desk nearer.
"""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

NO: Final = 0
UNKNOWN: Final = 1
YES: Final = 2

Truth = NDArray[np.int8]
Floats = NDArray[np.float64]
Positions = NDArray[np.int64]

NOWHERE: Final = -1
"""The position of the desk that nobody reaches."""


class Reached(NamedTuple):
    """The nearest desk of each point: ``minutes`` (NaN where none) and its position (``NOWHERE`` where none)."""

    minutes: Floats
    desk: Positions


def truth_of(known: NDArray[np.bool_], holds: NDArray[np.bool_]) -> Truth:
    """What is known and holds is ``YES``, known and does not ``NO``, the rest ``UNKNOWN``.

    >>> truth_of(np.array([True, True, False]), np.array([True, False, False])).tolist()
    [2, 0, 1]
    """
    return np.where(known, np.where(holds, YES, NO), UNKNOWN).astype(np.int8)


def together(*conditions: Truth) -> Truth:
    """Whether all conditions are kept: the least of their truths.

    Parameters
    ----------
    conditions
        Of the same offers, each of shape (offers, 1) where it is the same for everybody, or (offers, homes).

    Examples
    --------
    >>> together(np.array([[2], [2]], np.int8), np.array([[2, 1], [0, 2]], np.int8)).tolist()
    [[2, 1], [0, 2]]
    """
    kept = conditions[0]
    for one in conditions[1:]:
        kept = np.minimum(kept, one)
    return kept


def by_desk(truth: Truth, desk: Positions, *, desks: int) -> Truth:
    """Whether some offer of each desk is as asked: the greatest of their truths.

    Parameters
    ----------
    truth
        Of each offer, shape (offers, homes) or (offers, 1).
    desk
        Position of the desk of each offer.
    desks
        How many desks there are; one without any offer does not keep what is asked.

    Examples
    --------
    >>> by_desk(np.array([[0], [1], [2]], np.int8), np.array([0, 0, 2]), desks=3).ravel().tolist()
    [1, 0, 2]
    """
    found = np.full((desks, truth.shape[1]), NO, dtype=np.int8)
    np.maximum.at(found, desk, truth)
    return found


def nearest(minutes: Floats, truth: Truth, home: Positions, *, at_least: int) -> Reached:
    """The nearest desk whose truth is at least so much, for the people of each point.

    Parameters
    ----------
    minutes
        From each point to each desk, shape (desks, points); infinite where it is out of reach.
    truth
        Of each desk, shape (desks, homes), or (desks, 1) where it is the same for everybody.
    home
        Where the people of each point live: a column of ``truth``; not looked at where that has one.
    at_least
        ``YES`` for confirmed access, ``UNKNOWN`` for possible access.

    Returns
    -------
    reached
        One value a point; of desks equally near, the first.
    """
    suits = truth >= at_least
    rows = np.flatnonzero(suits.any(axis=1))
    points = minutes.shape[1]
    if not rows.size:
        return Reached(np.full(points, np.nan), np.full(points, NOWHERE, dtype=np.int64))
    near = minutes[rows]
    if truth.shape[1] > 1:
        near = np.where(suits[np.ix_(rows, home)], near, np.inf)
    first = near.argmin(axis=0)
    least = near[first, np.arange(points)].astype(float)
    found = np.isfinite(least)
    return Reached(np.where(found, least, np.nan), np.where(found, rows[first], NOWHERE))


def effective(minutes: Floats, truth: Truth, home: Positions) -> tuple[Reached, Reached]:
    """Confirmed and possible access, as ``nearest`` gives them: what is possible is never farther.

    Examples
    --------
    >>> minutes = np.array([[5.0, 20.0], [15.0, 10.0]])
    >>> confirmed, possible = effective(minutes, np.array([[1], [2]], np.int8), np.array([0, 0]))
    >>> confirmed.minutes.tolist(), possible.minutes.tolist()
    ([15.0, 10.0], [5.0, 10.0])
    """
    confirmed, possible = (nearest(minutes, truth, home, at_least=least) for least in (YES, UNKNOWN))
    return confirmed, possible
