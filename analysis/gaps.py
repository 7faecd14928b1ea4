"""Who is left out, where, and why: people whom no desk covers as asked, split among the causes that keep them out.

A person is covered if an offer (a weekly slot of a desk) within the limit is known to keep every condition asked. What
keeps people out are *causes*, each of which can be thought away:

- a condition (hours, language, ...): without it, offers that are known not to keep it do;
- ``unknown``: without it, what is not known of an offer is as asked;
- ``distance``: without it, whoever has no desk within the limit has the nearest one there, such as it is today. Whoever
  has a desk nearby is not far from desks, whatever that desk lacks. (Were all desks brought to everyone, distance would
  be the first cause of anything that some desk of the region does well.)

How many are uncovered when only some causes are in force is a set function that grows with the causes, and 0 without
any; its Shapley values (``analysis.shapley``) are parts that add up to the gap. With all causes the uncovered are those
without confirmed access, without ``unknown`` those without possible access (``analysis.effective``).
"""

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from analysis import disclosure, shapley
from analysis.effective import NO, UNKNOWN, YES, Positions, Truth, together

Floats = NDArray[np.float64]
Bits = NDArray[np.bool_]

DISTANCE: Final = "distance"
NOT_KNOWN: Final = "unknown"
FACTS: Final = "facts"

MOVES: Final = 3
"""A place whose rank moves by more than this when speeds change is unstable."""

SPEEDS: Final = (1.1, 0.9)
"""By how much speeds are thought to change: a tenth more, a tenth less."""


class Reach(NamedTuple):
    """Which offers the people of each point have: within the limit, and when distance is thought away."""

    near: Bits
    brought: Bits


class Game(NamedTuple):
    """Whether the people of each point (rows) are uncovered when only some ``causes`` are in force.

    Columns are coalitions: numbers whose bit ``i`` says whether the cause ``i`` is in force; the last has them all.
    """

    causes: tuple[str, ...]
    uncovered: Bits


def reach(minutes: Floats, *, limit: float, speed: float = 1.0, facts: Truth | None = None) -> Reach:
    """Which offers are within a limit, and which would be without distance.

    Parameters
    ----------
    minutes
        From each point (columns) to the desk of each offer (rows); infinite where out of reach.
    limit
        In minutes, itself included.
    speed
        How many times as fast as usual people travel.
    facts
        As ``play`` takes them: an offer where they are ``NO`` is nobody's.

    Returns
    -------
    reach
        ``brought`` has, besides those within the limit, the nearest (all that are equally near) of whoever has none
        within it; all of them where every desk is out of reach.

    Examples
    --------
    >>> near, brought = reach(np.array([[20.0, 40.0, np.inf], [50.0, 60.0, np.inf]]), limit=30)
    >>> near.astype(int).tolist(), brought.astype(int).tolist()
    ([[1, 0, 0], [0, 0, 0]], [[1, 1, 1], [0, 0, 1]])
    """
    counts = (
        np.ones((len(minutes), 1), dtype=bool) if facts is None else facts.max(axis=1, keepdims=True) > NO
    )
    near = (minutes <= limit * speed) & counts
    least = minutes.min(axis=0, initial=np.inf, where=counts)
    return Reach(near, near | (~near.any(axis=0) & (minutes == least) & counts))


def play(reach: Reach, truths: Mapping[str, Truth], home: Positions, *, facts: Truth | None = None) -> Game:
    """Whether the people of each point are uncovered, for every set of causes in force.

    Parameters
    ----------
    reach
        Of the offers that count, as the function ``reach`` gives it.
    truths
        Condition → its truth of each offer, shape (offers, homes), or (offers, 1) where it is the same for everybody.
    home
        Where the people of each point live: a column of the truths that have many.
    facts
        Truth of each offer, shape (offers, 1), of what is asked of our knowledge itself (how fresh it is), which cannot
        be thought away: an offer where it is ``NO`` never counts; where it is ``UNKNOWN``, that is a thing not known.

    Returns
    -------
    game
        Causes: distance, the conditions in their order, unknown.
    """
    conditions = tuple(truths)
    size = 1 << len(conditions)
    always = 0 if facts is None else size  # the bit of the facts stands after those of the conditions
    sets = np.arange(size) | always
    code, no, doubtful = _failing([*truths.values()] + ([] if facts is None else [facts]), len(reach.near))
    perhaps = no[:, None] & sets == 0
    sure = perhaps & ~doubtful[:, None]
    uncovered = np.empty((len(home), 2, size, 2), dtype=bool)  # unknown, conditions, distance
    for distance, which in enumerate((reach.brought, reach.near)):
        has = _has(code, which, home, len(no))
        for unknown, fits in enumerate((perhaps, sure)):
            uncovered[:, unknown, :, distance] = has @ fits.astype(np.float32) == 0
    return Game((DISTANCE, *conditions, NOT_KNOWN), uncovered.reshape(len(home), 4 * size))


def left_out(near: Bits, truths: Mapping[str, Truth], home: Positions) -> Bits:
    """Whether the people of each point are uncovered with every cause in force: the last column of a game.

    Parameters
    ----------
    near
        Whether each offer (rows) is within the limit of each point (columns).
    truths, home
        As ``play`` takes them, facts among the truths.
    """
    kept = together(np.full((len(near), 1), YES, dtype=np.int8), *truths.values()) == YES
    rows = np.flatnonzero(kept.any(axis=1))
    suits = kept[np.ix_(rows, home)] if kept.shape[1] > 1 else kept[rows]
    found: Bits = ~(near[rows] & suits).any(axis=0)
    return found


def _failing(asked: Sequence[Truth], offers: int) -> tuple[Positions, Positions, Bits]:
    """In which way each offer fails at each home; of each way, the bits of what it fails, and whether all is known."""
    told = np.zeros((offers, 1), dtype=np.int64)
    for place, truth in enumerate(asked):
        told = told | ((truth == NO).astype(np.int64) << place + 1) | (truth == UNKNOWN)
    ways, code = np.unique(told, return_inverse=True)
    return code.reshape(told.shape), ways >> 1, ways & 1 == 1


def _has(code: Positions, which: Bits, home: Positions, kinds: int) -> NDArray[np.float32]:
    """Whether each point (rows) has an offer that fails in each way (columns)."""
    offer, point = np.nonzero(which)
    column = home[point] if code.shape[1] > 1 else np.zeros(len(point), dtype=np.int64)
    found = np.zeros((len(home), kinds), dtype=np.float32)
    found[point, code[offer, column]] = 1
    return found


def worths(game: Game, people: pd.Series, area: pd.Series) -> pd.DataFrame:
    """People uncovered in each area (rows, in order of code) for every set of causes in force (columns).

    Parameters
    ----------
    people
        Of each point, in the order of the game; missing counts as nobody known.
    area
        Code of the area each point is in, same index; points without one are left out.
    """
    codes, areas = pd.factorize(area, sort=True)
    here = codes >= 0
    count = people.to_numpy(dtype=float, na_value=0.0)[here]
    sums = np.zeros((len(areas), game.uncovered.shape[1]))
    for coalition in range(game.uncovered.shape[1]):
        told = count * game.uncovered[here, coalition]
        sums[:, coalition] = np.bincount(codes[here], weights=told, minlength=len(areas))
    return pd.DataFrame(sums, index=pd.Index(areas, name=area.name))


def protected(worth: pd.DataFrame, everybody: pd.Series) -> pd.DataFrame:
    """The same of counts that anything may be made of (``disclosure.protected_part``), comune by comune.

    Each is told by a class, the same whatever is asked, so sums over Ambiti, parts and lifts of these tell no more.
    That nobody is uncovered without any cause (or everybody, where no desk counts) tells nothing, and stays. Of
    comuni so small that nothing may be told of them, what stands for the uncovered is put to the causes that
    matter elsewhere.

    Parameters
    ----------
    worth
        As ``worths`` gives it by comune, the finest that is published.
    everybody
        People of each comune, same index, public.
    """
    values = worth.to_numpy(dtype=float)
    told = disclosure.protected_part(
        pd.Series(values.ravel()), pd.Series(np.repeat(everybody.to_numpy(dtype=float), values.shape[1]))
    )
    safe = told.to_numpy(dtype=float).reshape(values.shape).copy()
    without_desks = values[:, 0] > 0
    safe[without_desks], safe[~without_desks, 0] = values[without_desks], 0.0
    tiny = (everybody.to_numpy(dtype=float) < disclosure.TINY) & ~without_desks
    matter = _matter(safe[~tiny].sum(axis=0))
    safe[tiny] *= (np.arange(values.shape[1]) & matter) > 0
    return pd.DataFrame(safe, index=worth.index, columns=worth.columns)


def _matter(game: Floats) -> int:
    """The causes, as bits, with which more are uncovered than without; distance where there is none."""
    sets = np.arange(len(game))
    players = len(game).bit_length() - 1
    found = sum(1 << one for one in range(players) if (game[sets | 1 << one] > game).any())
    return found or 1


def split(gap: float, parts: ArrayLike, *, step: int = disclosure.STEP) -> list[float]:
    """Parts of a gap as they are shown: multiples of ``step`` that add up to the gap that is shown.

    The largest remainders are rounded up; what is left under a step goes to the largest part. No part where the gap
    is not shown.

    Examples
    --------
    >>> split(103.0, [60.1, 30.2, 9.7])
    [63.0, 30.0, 10.0]
    """
    values = np.asarray(parts, dtype=float)
    whole = float(values.sum())
    if not gap > 0 or whole <= 0:
        return [float("nan") if np.isnan(gap) else 0.0] * len(values)
    exact = values / whole * gap / step
    units = np.floor(exact + 1e-9)
    spare = int(gap // step - units.sum())
    for at in np.argsort(units - exact, kind="stable")[:spare]:
        units[at] += 1
    shown = units * step
    shown[int(shown.argmax())] += gap - shown.sum()
    return [float(one) for one in shown]


def causes(worth: pd.DataFrame, names: Sequence[str]) -> pd.DataFrame:
    """The gap of each area, its parts by cause, and what thinking away each cause would do.

    Parameters
    ----------
    worth
        As ``worths`` gives it; sums of several are another.
    names
        The causes, as the game has them.

    Returns
    -------
    table
        Index of ``worth``: ``gap`` (people); ``part_CAUSE``, which add up to the gap less ``nothing``: the people to
        whom no desk at all counts; ``lift_CAUSE``, by how many people the gap shrinks without that cause alone;
        ``first_cause``, the one of the largest lift (then of the largest part, then the last: to ask comes
        before all), missing where no
        single cause shrinks the gap; there ``together`` names the fewest that do so together, joined by ``+``, with
        ``together_lift``.
    """
    values = worth.to_numpy(dtype=float)
    parts, lifts = shapley.shares(values), shapley.lifts(values)
    table = pd.DataFrame({"gap": values[:, -1], "nothing": values[:, 0]}, index=worth.index)
    for place, name in enumerate(names):
        table[f"part_{name}"] = np.maximum(parts[:, place], 0.0)
        table[f"lift_{name}"] = np.maximum(lifts[:, place], 0.0)
    rows = [_named(game, part, lift, names) for game, part, lift in zip(values, parts, lifts, strict=True)]
    named = pd.DataFrame(rows, columns=["first_cause", "together", "together_lift"], index=worth.index)
    return table.join(named.astype({"first_cause": "string", "together": "string", "together_lift": float}))


def _named(
    game: Floats, part: Floats, lift: Floats, names: Sequence[str]
) -> tuple[str | None, str | None, float | None]:
    """The first cause of one area or, where none helps alone, the causes that help together."""
    if lift.max() > 0:
        return (
            names[max(range(len(names)), key=lambda at: (lift[at], round(float(part[at]), 6), at))],
            None,
            None,
        )
    found = shapley.fewest(game, order=part)
    if not found.players:
        return None, None, None
    return None, "+".join(names[at] for at in found.players), found.lift


def ranks(gap: pd.Series) -> pd.Series:
    """Rank of each area by its gap, 1 the largest; equal gaps share a rank, areas without a gap come after the last.

    >>> ranks(pd.Series([10.0, 0.0, 30.0, 10.0, 0.0])).tolist()
    [2, 4, 1, 2, 4]
    """
    return gap.round(6).rank(method="min", ascending=False).astype(int)


def unstable(gap: pd.Series, changed: Sequence[pd.Series]) -> pd.Series:
    """Whether the rank of each area moves by more than ``MOVES`` when speeds change.

    An area that has no gap either way does not move, however many others come before it.

    Parameters
    ----------
    gap
        People uncovered in each area.
    changed
        The same at other speeds, same index.
    """
    moved = pd.Series(False, index=gap.index)
    for other in changed:
        far = (ranks(gap) - ranks(other)).abs() > MOVES
        moved |= far & ((gap > 0) | (other > 0))
    return moved


def hours_or_desk(worth: pd.DataFrame, names: Sequence[str], *, hours: str = "hours") -> pd.DataFrame:
    """Whether longer hours or a new desk would reach more of the people uncovered in each area.

    Returns
    -------
    table
        Index of ``worth``: ``gap`` and four groups that add up to it. ``ask``: a desk nearby may be as asked, it is
        not known; ``hours``: one nearby is as asked (or may be) but for its hours; ``desk``: none nearby at all;
        ``other``: something else is missing. ``answer``: ``hours`` where they are as many as ``desk`` whatever the
        answers, ``desk`` where these are more whatever the answers, else ``ask``; ``other`` where neither would
        help; missing without a gap.
    """
    at = {name: 1 << place for place, name in enumerate(names)}
    everything = worth.shape[1] - 1
    known = worth[everything ^ at[NOT_KNOWN]]
    longer = worth[everything ^ at[NOT_KNOWN] ^ at[hours]]
    nowhere = worth[at[DISTANCE]]
    table = pd.DataFrame(
        {
            "gap": worth[everything],
            "ask": worth[everything] - known,
            "hours": known - longer,
            "desk": nowhere,
            "other": longer - nowhere,
        }
    ).clip(lower=0.0)
    hours_, ask, desk = table["hours"], table["ask"], table["desk"]
    answer = pd.Series("ask", index=table.index, dtype="string")
    answer = answer.mask((hours_ >= desk) & (hours_ > 0), "hours").mask(desk > hours_ + ask, "desk")
    answer = answer.mask(hours_ + ask + desk <= 0, "other")
    return table.assign(answer=answer.mask(table["gap"] <= 0))
