"""A usual week in slots of five minutes: when a desk is open in it, and when somebody is free.

Weeks differ: a desk may open on the first Monday of the month, be shut on a holiday or for the summer. The four weeks
that follow a day stand for the usual one: open in two of them or more is open, in one of them is not for sure.
"""

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray
from opening_hours import OpeningHours, State

from data.registry import hours
from errors import UnknownCode

SLOT_MIN: Final = 5
SLOTS: Final = 7 * 24 * 60 // SLOT_MIN
WEEKS: Final = 4
OPEN_FROM: Final = 2
"""In how many of the weeks a desk must be open to be usually open then."""

SHUT: Final = 0
UNSURE: Final = 1
OPEN: Final = 2
"""As ``NO``, ``UNKNOWN`` and ``YES`` of ``analysis.effective``."""

MOMENT: Final = re.compile(r"(Mo|Tu|We|Th|Fr|Sa|Su) (\d{1,2}):(\d\d)")
ORDINARY: Final = dt.datetime(2026, 2, 2)
"""A Monday whose week has no holiday."""

Week = NDArray[np.int8]


def open_in(text: str | None, closures: Iterable[Mapping[str, str]] | None = None, *, today: dt.date) -> Week:
    """When hours in OSM syntax are open, as far as is known.

    Parameters
    ----------
    text
        The hours; missing where they are not known.
    closures
        Temporary ones; those of these weeks count.
    today
        The weeks from the Monday on or after it are looked at.

    Returns
    -------
    week
        ``SLOTS`` values from Monday 00:00: ``SHUT``, ``UNSURE`` (in one week only, or the hours say so, or
        nothing is known) or ``OPEN``.
    """
    if text is None:
        return np.full(SLOTS, UNSURE, dtype=np.int8)
    monday = dt.datetime.combine(today + dt.timedelta(days=-today.weekday() % 7), dt.time())
    shut = list(closures or ())
    sure, unsure = np.zeros(SLOTS, dtype=int), np.zeros(SLOTS, dtype=int)
    for week in range(WEEKS):
        start = monday + dt.timedelta(weeks=week)
        end = start + dt.timedelta(weeks=1)
        sure += _marked([(a, b) for a, b, _ in hours.slots(text, start, end, shut)], start)
        doubtful = hours.slots(text, start, end, shut, state=State.UNKNOWN)
        unsure += _marked([(a, b) for a, b, _ in doubtful], start)
    found = np.where(sure >= OPEN_FROM, OPEN, np.where(sure + unsure > 0, UNSURE, SHUT))
    return found.astype(np.int8)


def _marked(times: Iterable[tuple[dt.datetime, dt.datetime]], monday: dt.datetime) -> NDArray[np.bool_]:
    """The slots of a week that lie in some of the times, wholly."""
    week = np.zeros(SLOTS, dtype=bool)
    for start, end in times:
        first, last = ((when - monday).total_seconds() / 60 / SLOT_MIN for when in (start, end))
        week[int(np.ceil(first - 1e-9)) : int(last + 1e-9)] = True
    return week


def free(text: str) -> NDArray[np.bool_]:
    """When somebody can go: a moment (``Sa 10:00``) or hours of the week in OSM syntax.

    Returns
    -------
    week
        ``SLOTS`` values from Monday 00:00; of a moment the slot it lies in.

    Raises
    ------
    UnknownCode
        The text is neither, or names no time of an ordinary week.

    Examples
    --------
    >>> int(free("Sa 10:00").sum()), int(free("Mo-Fr 17:00-22:00; Sa 08:00-20:00").sum()) / 12
    (1, 37.0)
    """
    week = np.zeros(SLOTS, dtype=bool)
    moment = MOMENT.fullmatch(text.strip())
    if moment and int(moment[2]) < 24 and int(moment[3]) < 60:
        at = (hours.WEEK.index(moment[1]) * 24 + int(moment[2])) * 60 + int(moment[3])
        week[at // SLOT_MIN] = True
    elif text.strip():
        try:
            said = OpeningHours(text, auto_country=False, auto_timezone=False)
            found = said.intervals(ORDINARY, ORDINARY + dt.timedelta(weeks=1))
            week = _marked([(a, b) for a, b, state, _ in found if state == State.OPEN], ORDINARY)
        except hours.NOT_READ:
            pass  # said below, with what names no time
    if not week.any():
        raise UnknownCode(what="quando", codes=[text])
    return week


def met(weeks: Week, when: NDArray[np.bool_]) -> Week:
    """Whether somebody who is free then finds each desk open at some time.

    Parameters
    ----------
    weeks
        One row an offer, as ``open_in`` gives it.
    when
        As ``free`` gives it.

    Returns
    -------
    truth
        One value an offer; the longer somebody is free, the more it is true.
    """
    found: Week = weeks[:, when].max(axis=1, initial=SHUT)
    return found


def weekly_hours(weeks: Week) -> NDArray[np.float64]:
    """Hours open in a usual week, one value a row; NaN where they are not known at all.

    >>> weekly_hours(np.vstack([open_in("Mo 09:00-12:00", today=dt.date(2026, 2, 2)), np.ones(SLOTS, np.int8)]))
    array([ 3., nan])
    """
    open_ = (weeks == OPEN).sum(axis=1) * SLOT_MIN / 60
    return np.where((weeks == UNSURE).all(axis=1), np.nan, open_)
