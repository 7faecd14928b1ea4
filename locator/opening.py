"""When a slot is open: the coming weeks to the minute, and the usual week in words that need no language."""

import datetime as dt
import itertools
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Final, NamedTuple

import numpy as np
from opening_hours import State

from data.registry import hours, usual_week
from data.registry.store import ROME

DAYS_AHEAD: Final = 28
"""For how many days the times of opening are told; whoever keeps a page longer is told that they are old."""

MINUTE: Final = 60
DAY_SLOTS: Final = usual_week.SLOTS // 7

Closures = Sequence[Mapping[str, str]]


class Span(NamedTuple):
    """A time of a usual day: from and until in minutes from midnight; ``sure`` unless it is not so every week."""

    start: int
    end: int
    sure: bool


Week = tuple[tuple[Span, ...], ...]
"""Seven days from Monday."""

Coming = tuple[tuple[int, int], ...]
"""Times that neither touch nor overlap: from and until, minutes since 1970 in UTC."""


def coming(text: str, closures: Closures, *, today: dt.date) -> Coming | None:
    """Every time it is open from today on, for ``DAYS_AHEAD`` days; missing where the hours say of one that it is not
    known (``unknown``): nobody can then say that it is shut.
    """
    start = dt.datetime.combine(today, dt.time())
    end = start + dt.timedelta(days=DAYS_AHEAD)
    if hours.slots(text, start, end, closures, state=State.UNKNOWN):
        return None
    found: list[tuple[int, int]] = []
    for slot in hours.slots(text, start, end, closures):
        since, until = minute_of(slot.start), minute_of(slot.end)
        if found and since <= found[-1][1]:
            found[-1] = found[-1][0], max(until, found[-1][1])
        else:
            found.append((since, until))
    return tuple(found)


def minute_of(moment: dt.datetime) -> int:
    """Minutes since 1970 in UTC of a moment; one without a zone is of Lombardy's clock.

    >>> minute_of(dt.datetime(1970, 1, 1, 2, 30))
    90
    """
    here = moment if moment.tzinfo else moment.replace(tzinfo=ROME)
    return int(here.timestamp() // MINUTE)


def usual(text: str, closures: Closures, *, today: dt.date) -> Week:
    """The usual week of the weeks that follow a day (``usual_week.open_in``), as spans of each day."""
    return by_day(usual_week.open_in(text, closures, today=today))


@lru_cache(maxsize=4096)
def changing(text: str) -> frozenset[int]:
    """Days of the week (0 is Monday) that are not alike in four ordinary weeks: the first Monday of a month, odd weeks.

    >>> changing("Tu[2,4] 09:00-12:00; We 09:00-12:00")
    frozenset({1})
    """
    found = []
    for day in range(7 * usual_week.WEEKS):
        start = usual_week.ORDINARY + dt.timedelta(days=day)
        times = hours.slots(text, start, start + dt.timedelta(days=1))
        found.append([(one.start - start, one.end - start) for one in times])
    return frozenset(day for day in range(7) if any(found[day] != other for other in found[day::7]))


def by_day(week: usual_week.Week) -> Week:
    """A usual week in slots (``usual_week``) as spans of each day."""
    return tuple(_spans(week[day * DAY_SLOTS : (day + 1) * DAY_SLOTS]) for day in range(7))


def _spans(day: usual_week.Week) -> tuple[Span, ...]:
    """Runs of the same state in a day, those that are shut left out."""
    cuts = np.flatnonzero(np.diff(day)) + 1
    ends = [0, *(int(cut) for cut in cuts), len(day)]
    each = usual_week.SLOT_MIN
    return tuple(
        Span(start * each, end * each, bool(day[start] == usual_week.OPEN))
        for start, end in itertools.pairwise(ends)
        if day[start] != usual_week.SHUT
    )
