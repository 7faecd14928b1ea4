"""Counts of events as they may be shown: whatever is published is a sum of groups of at least five.

Events are alike where they have the same codes. They are published in groups of ``FEW``, each in the month that makes
it whole; what is short of a group waits for the next months. At the end of a quarter what waits joins what waits beside
it: alike but for one code, which is then ``SEVERAL``, or for two, or for all; what is still short waits on. So each
event is in one group at most, and no group has fewer than ``FEW``: no sum, difference or series of months of what is
published can tell of fewer (the law of post-processing, as in ``analysis/disclosure.py``). What is published of a month
that is over never changes, but for the groups that the end of a quarter adds to its last month.

References
----------
L. Sweeney (2002), "k-anonymity: a model for protecting privacy", International Journal of Uncertainty, Fuzziness and
Knowledge-Based Systems 10(5), 557-570, doi:10.1142/S0218488502001648.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Final

import pandas as pd

from analysis.disclosure import FEW

SEVERAL: Final = "*"
"""In place of a code: events of several codes, each too few to be told apart."""
QUARTER: Final = 3

Codes = tuple[str, ...]


def groups(events: pd.DataFrame, *, codes: Sequence[str], now: str) -> pd.DataFrame:
    """Events in groups of at least ``FEW``.

    Parameters
    ----------
    events
        ``month`` (``2027-03``), the columns of ``codes`` (text) and ``n``, how many events; nothing missing.
    codes
        The columns by which events are alike, the one to be told longest first.
    now
        The present month: the quarter it is in is not over.

    Returns
    -------
    groups
        ``month``, ``codes`` and ``n`` (at least ``FEW``), in order; ``SEVERAL`` in place of a code that is not told.
        The sum of ``n`` is at most that of the events.

    Examples
    --------
    >>> seen = pd.DataFrame({"month": ["2027-01", "2027-03", "2027-03"], "theme": ["a", "a", "b"], "n": [4, 3, 4]})
    >>> groups(seen, codes=["theme"], now="2027-03").to_dict("records")
    [{'month': '2027-03', 'theme': 'a', 'n': 5}]
    >>> groups(seen, codes=["theme"], now="2027-04").to_dict("records")
    [{'month': '2027-03', 'theme': '*', 'n': 6}, {'month': '2027-03', 'theme': 'a', 'n': 5}]
    """
    waiting: Counter[Codes] = Counter()
    told: Counter[tuple[str, Codes]] = Counter()
    for month, came in _by_month(events, codes, now):
        waiting.update(came)
        for group, n in _whole(waiting):
            told[month, group] += n
        if _ends_quarter(month) and month < now:
            for group, n in _joined(waiting, len(codes)):
                told[month, group] += n
    rows = [(month, *group, n) for (month, group), n in sorted(told.items())]
    return pd.DataFrame(rows, columns=["month", *codes, "n"]).astype({"n": "int64"})


def _by_month(events: pd.DataFrame, codes: Sequence[str], now: str) -> Iterator[tuple[str, Counter[Codes]]]:
    """Each month from the first event to now, those without events too, with what came in it."""
    came: dict[str, Counter[Codes]] = {}
    for month, n, *code in events[["month", "n", *codes]].itertuples(index=False, name=None):
        came.setdefault(month, Counter())[tuple(code)] += n
    for month in months(min(came, default=now), now):
        yield month, came.get(month, Counter())


def months(first: str, last: str) -> list[str]:
    """Every month from one to another, both included.

    >>> months("2026-12", "2027-02")
    ['2026-12', '2027-01', '2027-02']
    """
    at, end = (int(month[:4]) * 12 + int(month[5:]) - 1 for month in (first, last))
    return [f"{one // 12:04d}-{one % 12 + 1:02d}" for one in range(at, end + 1)]


def _ends_quarter(month: str) -> bool:
    return int(month[5:]) % QUARTER == 0


def _whole(waiting: Counter[Codes]) -> list[tuple[Codes, int]]:
    """The whole groups of what waits, taken out of it."""
    found = [(code, n - n % FEW) for code, n in waiting.items() if n >= FEW]
    for code, n in found:
        waiting[code] -= n
    return found


def _joined(waiting: Counter[Codes], size: int) -> list[tuple[Codes, int]]:
    """What waits joined where codes are left out, one, then two, then all; what was joined is taken out of it."""
    found: list[tuple[Codes, int]] = []
    for kept in (kept for many in range(size - 1, -1, -1) for kept in combinations(range(size), many)):
        pools: dict[Codes, list[Codes]] = {}
        for code in [code for code, n in waiting.items() if n]:
            label = tuple(one if at in kept else SEVERAL for at, one in enumerate(code))
            pools.setdefault(label, []).append(code)
        for label, ones in sorted(pools.items()):
            total = sum(waiting[code] for code in ones)
            if total >= FEW:
                found.append((label, total))
                for code in ones:
                    del waiting[code]
    return found


def by(told: pd.DataFrame, codes: Sequence[str]) -> pd.DataFrame:
    """Groups added up over all other columns: ``codes`` and ``n``, the most first, what is not told apart last."""
    names = list(codes)
    found: pd.DataFrame = told.groupby(names)[["n"]].sum().reset_index()
    found["vague"] = found[names].isin([SEVERAL]).sum(axis="columns") > 0
    ordered = found.sort_values(["vague", "n", *names], ascending=[True, False] + [True] * len(names))
    return ordered.drop(columns="vague").reset_index(drop=True)
