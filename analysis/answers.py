"""Whom to call first, for a standard: how many people each desk's answer could bring under confirmed coverage.

A desk of which nothing fails but something is unknown may be as asked. If it answers yes, the people near it whom
nobody else covers for sure are covered: those are what the call could change. Calls share people, so the order is the
greedy one: each next call is the one that adds most to those before it (maximum coverage; G. L. Nemhauser, L. A. Wolsey
and M. L. Fisher, 1978, "An analysis of approximations for maximizing submodular set functions - I", Mathematical
Programming 14, 265-294, doi:10.1007/BF01588971: never under 63 % of what the best list of as many calls adds).
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csr_array

from analysis import disclosure
from analysis.effective import UNKNOWN, YES, Positions, Truth, together

Bits = NDArray[np.bool_]
Floats = NDArray[np.float64]


class Calls(NamedTuple):
    """Calls to make, and what they stand on.

    ``table``: index of the desks that may be as asked and are not known to be, in greedy order: ``ask_QUESTION``,
    whether it is unknown of an offer that may be as asked; ``gain``, people uncovered now and covered if the desk
    says yes to everything; ``gain_QUESTION``, the same if it says yes to that question only; ``adds``, what it adds
    to the calls before it. ``whom``: whether each call (row) would cover each point. ``left``: people of each point
    who are uncovered now.
    """

    table: pd.DataFrame
    whom: Bits
    left: Floats


def could_change(
    near: Bits,
    truths: Mapping[str, Truth],
    home: Positions,
    people: Floats,
    *,
    desk: Positions,
    desks: Sequence[str],
) -> Calls:
    """What each desk could be asked, and whom a yes would cover.

    Parameters
    ----------
    near
        Whether each offer (rows) is within the limit of each point (columns).
    truths
        Question → its truth of each offer, shape (offers, homes), or (offers, 1) where it is the same for everybody.
    home
        Where the people of each point live: a column of the truths that have many.
    people
        Of each point: foreign residents, not negative.
    desk
        Position in ``desks`` of the desk of each offer.
    """
    everything = together(np.full((len(near), 1), YES, dtype=np.int8), *truths.values())
    covered = _reached(near, everything == YES, home, desk, len(desks)).any(axis=0)
    left = np.where(covered, 0.0, people)
    whom = _reached(near, everything >= UNKNOWN, home, desk, len(desks))
    table = pd.DataFrame({"gain": whom @ left}, index=pd.Index(desks, name="sportello_id"))
    asked = np.zeros(len(desks), dtype=bool)
    for name, truth in truths.items():
        open_ = (truth == UNKNOWN) & (everything == UNKNOWN)
        table[f"ask_{name}"] = np.bincount(desk, weights=open_.any(axis=1), minlength=len(desks)) > 0
        others = [
            np.full((len(near), 1), YES, dtype=np.int8),
            *(truths[key] for key in truths if key != name),
        ]
        alone = (together(*others) == YES) & (truth >= UNKNOWN)
        table[f"gain_{name}"] = _reached(near, alone, home, desk, len(desks)) @ left
        asked |= table[f"ask_{name}"].to_numpy(dtype=bool)
    order, adds = greedy(whom, left)
    table["adds"] = pd.Series(adds, index=table.index[order]).reindex(table.index, fill_value=0.0)
    rest = table["gain"].where(asked).drop(table.index[order]).dropna()
    rest = rest.sort_values(ascending=False, kind="stable")
    rows = [*order, *table.index.get_indexer(rest.index)]
    return Calls(table.iloc[rows], whom[rows], left)


def as_shown(calls: Calls, comune: pd.Series, everybody: pd.Series) -> pd.DataFrame:
    """The calls as they may be shown: by how much the protected counts of people uncovered fall, comune by comune.

    Parameters
    ----------
    comune
        Code of the comune of each point.
    everybody
        People of each comune by code, public.

    Returns
    -------
    table
        As ``calls.table`` with the counts as they may be shown: multiples of 5, missing from 1 to 4; ``upto``: people
        covered if this desk and all before it say yes.
    """
    codes, names = pd.factorize(comune)
    total = everybody.reindex(names).to_numpy(dtype=float)
    people = csr_array((calls.left, (np.arange(len(codes)), codes)), shape=(len(codes), len(names)))

    uncovered = np.bincount(codes, weights=calls.left, minlength=len(names))

    def told(whom: Bits) -> Floats:
        by_comune = whom.astype(float) @ people
        call, place = np.nonzero(by_comune)
        before, after = (
            disclosure.protected_part(pd.Series(some.clip(min=0)), pd.Series(total[place])).to_numpy(float)
            for some in (uncovered[place], uncovered[place] - by_comune[call, place])
        )
        found = np.bincount(call, weights=before - after, minlength=len(whom))
        return np.asarray(found, dtype=float)

    table = calls.table.copy()
    gain, upto = told(calls.whom), told(np.logical_or.accumulate(calls.whom, axis=0))
    adds = pd.Series(np.diff(upto, prepend=0.0), index=table.index).where(table["adds"] > 0, 0.0)
    table["gain"] = disclosure.counts(pd.Series(gain, index=table.index))
    table["adds"] = disclosure.counts(adds)
    table["upto"] = disclosure.counts(pd.Series(upto, index=table.index))
    for name in [name for name in table if str(name).startswith("gain_")]:
        table[name] = table["gain"].where(
            calls.table[name] == calls.table["gain"], disclosure.counts(table[name])
        )
    return table


def greedy(whom: Bits, people: Floats) -> tuple[list[int], list[float]]:
    """Which to take first so that each adds most to those before it, and what it adds; whoever adds nobody is left out.

    Parameters
    ----------
    whom
        Whether each (rows) would reach the people of each point (columns).
    people
        Of each point, those who are still without.

    Examples
    --------
    >>> greedy(np.array([[1, 1, 0], [1, 1, 1], [0, 0, 1]], bool), np.array([5.0, 5.0, 1.0]))
    ([1], [11.0])
    """
    left, order, adds = people.astype(float).copy(), list[int](), list[float]()
    rows = np.flatnonzero(whom @ left > 0)
    bits = whom[rows].astype(float)
    while rows.size:
        gains = bits @ left
        best = int(gains.argmax())
        if gains[best] <= 0:
            break
        order.append(int(rows[best]))
        adds.append(float(gains[best]))
        left[whom[rows[best]]] = 0.0
    return order, adds


def _reached(near: Bits, suits: Bits, home: Positions, desk: Positions, desks: int) -> Bits:
    """Whether each desk has an offer near each point that suits the people there."""
    found = np.zeros((desks, near.shape[1]), dtype=bool)
    rows = np.flatnonzero(suits.any(axis=1))
    here = near[rows] & (suits[np.ix_(rows, home)] if suits.shape[1] > 1 else suits[rows])
    np.logical_or.at(found, desk[rows], here)
    return found
