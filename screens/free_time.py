"""When somebody can go, as controls ask it and as the address says it. No Streamlit."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from screens.need import DAYS, EVENING_OR_SATURDAY

ANY, MOMENT, EVENING, HOURS, OTHER = "any", "moment", "evening", "hours", "other"
USUAL_DAYS: Final = ("Mo", "Tu", "We", "Th", "Fr")
MIDNIGHT: Final = "24:00"

_ALL: Final = tuple(DAYS)
_DAY = rf"(?:{'|'.join(_ALL)})"
_MOMENT = re.compile(rf"({_DAY}) (\d{{1,2}}):([0-5]\d)")
_HOURS = re.compile(
    rf"({_DAY}(?:-{_DAY})?(?:,{_DAY}(?:-{_DAY})?)*) ((?:[01]\d|2[0-3]):[0-5]\d)-((?:[01]\d|2[0-4]):[0-5]\d)"
)


@dataclass(frozen=True)
class FreeTime:
    """When somebody can go; what its kind does not ask stays as usual.

    Parameters
    ----------
    kind
        ``ANY`` time, one ``MOMENT``, the ``EVENING`` after 17 or on Saturday, the same ``HOURS`` of some days, or
        ``OTHER`` hours in OSM syntax that no control holds.
    day, at
        Of a moment.
    days, start, end
        Of hours.
    text
        The other hours.
    """

    kind: str = ANY
    day: str = "Sa"
    at: str = "10:00"
    days: tuple[str, ...] = USUAL_DAYS
    start: str = "17:00"
    end: str = "20:00"
    text: str = ""


def read(when: str) -> FreeTime:
    """The controls that ask this.

    Examples
    --------
    >>> read("Sa 9:30").at, read("Mo,We-Fr 09:00-12:00").days
    ('09:30', ('Mo', 'We', 'Th', 'Fr'))
    """
    if not when:
        return FreeTime()
    if when == EVENING_OR_SATURDAY:
        return FreeTime(EVENING)
    if moment := _MOMENT.fullmatch(when):
        return FreeTime(MOMENT, day=moment[1], at=f"{int(moment[2]):02}:{moment[3]}")
    hours = _HOURS.fullmatch(when)
    if hours and hours[2] < hours[3] <= MIDNIGHT:
        return FreeTime(HOURS, days=_days(hours[1]), start=hours[2], end=hours[3])
    return FreeTime(OTHER, text=when)


def write(free: FreeTime) -> str:
    """What the address says of it; hours of no day are any time.

    >>> write(FreeTime("hours", days=("Mo", "Tu", "Sa"), start="08:00", end="12:00"))
    'Mo-Tu,Sa 08:00-12:00'
    """
    if free.kind == HOURS:
        return f"{_runs(free.days)} {free.start}-{free.end}" if free.days else ""
    return {MOMENT: f"{free.day} {free.at}", EVENING: EVENING_OR_SATURDAY, OTHER: free.text}.get(
        free.kind, ""
    )


def times(*held: str) -> list[str]:
    """The half hours of a day, and the times that are held."""
    return sorted(
        {f"{at // 60:02}:{at % 60:02}" for at in range(0, 24 * 60, 30)} | {one for one in held if one}
    )


def ends(start: str, held: str) -> list[str]:
    """When hours that begin then may end."""
    return [at for at in sorted({*times(held), MIDNIGHT}) if at > start]


def _days(text: str) -> tuple[str, ...]:
    found: set[str] = set()
    for part in text.split(","):
        first, _, last = part.partition("-")
        at, until = _ALL.index(first), _ALL.index(last or first)
        until += 7 if until < at else 0
        found |= {_ALL[day % 7] for day in range(at, until + 1)}
    return tuple(day for day in _ALL if day in found)


def _runs(days: Sequence[str]) -> str:
    """Days in order, those that follow one another as from-to."""
    runs: list[list[str]] = []
    for day in (day for day in _ALL if day in days):
        if runs and _ALL.index(runs[-1][-1]) + 1 == _ALL.index(day):
            runs[-1].append(day)
        else:
            runs.append([day])
    return ",".join(run[0] if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs)
