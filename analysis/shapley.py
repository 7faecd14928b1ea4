"""Shares of a whole among the causes that make it together: exact Shapley values of a set function.

L. S. Shapley, 1953, "A Value for n-Person Games", in Contributions to the Theory of Games II, Annals of Mathematics
Studies 28, 307-317, doi:10.1515/9781400881970-018. For players ``N`` and the worth ``v`` of each coalition of them::

    share(i) = Σ over S ⊆ N without i of  |S|! (|N| - |S| - 1)! / |N|!  ·  (v(S ∪ {i}) - v(S))

the mean, over all orders in which the players may come, of what ``i`` adds when it comes. Shares add up to
``v(N) - v(∅)``, are the same for players who add the same, nothing for one who never adds, and add up over games.

A coalition is a number whose bit ``i`` says whether player ``i`` is in it; worths stand in the last axis, ``2**n`` of
them.
"""

from functools import cache
from itertools import combinations
from math import factorial
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


def shares(worth: ArrayLike) -> Floats:
    """The Shapley value of each player, in the last axis.

    Parameters
    ----------
    worth
        Of every coalition, from none (0) to all (``2**n - 1``), in the last axis; other axes are other games.

    Examples
    --------
    A glove is worth nothing without the other (players: one left, two right):

    >>> shares([0, 0, 0, 1, 0, 1, 0, 1]).round(4).tolist()
    [0.6667, 0.1667, 0.1667]
    """
    games = np.asarray(worth, dtype=float)
    return np.asarray(games @ _weights(players(games)))


def lifts(worth: ArrayLike) -> Floats:
    """By how much the worth of all together falls without each player, in the last axis: ``v(N) - v(N without i)``.

    >>> lifts([0, 0, 0, 1, 0, 1, 0, 1]).tolist()
    [1.0, 0.0, 0.0]
    """
    games = np.asarray(worth, dtype=float)
    everyone = games.shape[-1] - 1
    without = [everyone ^ (1 << player) for player in range(players(games))]
    return np.asarray(games[..., [everyone]] - games[..., without])


class Together(NamedTuple):
    """Players who only together change the worth of all: their positions, and by how much."""

    players: tuple[int, ...]
    lift: float


def fewest(worth: ArrayLike, *, order: ArrayLike | None = None) -> Together:
    """The fewest players without whom the worth of all falls; of sets as small, the one without which it falls most.

    Parameters
    ----------
    worth
        Of every coalition of one game.
    order
        One value a player; of sets that do the same, the one whose values add up to more, then the first.

    Returns
    -------
    together
        No player and 0.0 where even without all of them it does not fall.

    Examples
    --------
    Either of two doors shut is enough to keep people out:

    >>> fewest([0, 1, 1, 1])
    Together(players=(0, 1), lift=1.0)
    """
    game = np.asarray(worth, dtype=float)
    count, everyone = players(game), len(game) - 1
    weight = np.zeros(count) if order is None else np.asarray(order, dtype=float)
    for size in range(1, count + 1):
        sets = list(combinations(range(count), size))
        fall = [float(game[everyone] - game[everyone ^ sum(1 << one for one in each)]) for each in sets]
        if max(fall) > 0:
            best = max(range(len(sets)), key=lambda at: (fall[at], float(weight[list(sets[at])].sum()), -at))
            return Together(sets[best], fall[best])
    return Together((), 0.0)


def players(worth: NDArray[np.float64]) -> int:
    """How many players have so many coalitions."""
    return int(worth.shape[-1]).bit_length() - 1


@cache
def _weights(count: int) -> Floats:
    """What the worth of each coalition (rows) adds to the share of each player (columns)."""
    found = np.zeros((1 << count, count))
    for coalition in range(1 << count):
        size = coalition.bit_count()
        for player in range(count):
            inside = coalition >> player & 1
            others = size - inside
            weight = factorial(others) * factorial(count - others - 1) / factorial(count)
            found[coalition, player] = weight if inside else -weight
    found.setflags(write=False)
    return found
