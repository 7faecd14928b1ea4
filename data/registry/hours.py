"""Opening hours in OSM syntax: checked, honest about Italian holidays and temporary closures, read from sources.

Times are of Lombardy, without a zone. A library reads the syntax; what it would take at its word and a desk
cannot mean (no day, no hour, past midnight, no closing time) is refused here.
"""

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Final, NamedTuple

import opening_hours
from opening_hours import OpeningHours, State

NOT_READ: Final[type[Exception]] = getattr(opening_hours, "ParserError")  # noqa: B009  its stubs forget it
DAY: Final = re.compile(r"\b(?:Mo|Tu|We|Th|Fr|Sa|Su|PH)\b")
RANGE: Final = re.compile(r"\b(\d{1,2}):(\d\d)\s*-\s*(\d{1,2}):(\d\d)\b")
SHUT: Final = re.compile(r"\b(?:off|closed)\b")
QUOTED: Final = re.compile(r'"[^"]*"')
SAID_IN_BRACKETS: Final = ("appuntamento", "accesso libero", "URP")
"""Words a source puts in brackets after a time without making it doubtful."""


class Slot(NamedTuple):
    """A time when the desk is open: from, until, and what the hours say of it in quotes."""

    start: dt.datetime
    end: dt.datetime
    comment: str


def faults(hours: str) -> list[str]:
    """Why hours are refused, as words of ``checks.WHY``; empty if they are good.

    Examples
    --------
    >>> faults("Mo-Fr 09:00-12:30; PH off"), faults("lun-ven 9-12"), faults("09:00-12:00")
    ([], ['hours_syntax'], ['hours_no_day'])
    """
    try:
        _read(hours)
    except NOT_READ:
        return ["hours_syntax"]
    plain = QUOTED.sub("", hours)
    parts = [part for part in re.split(r";|\|\|", plain) if part.strip()]
    ends = [(int(a) * 60 + int(b), int(c) * 60 + int(d)) for a, b, c, d in RANGE.findall(plain)]
    found = {
        "hours_no_day": any(
            not DAY.search(part) and not SHUT.search(part) and "24/7" not in part for part in parts
        ),
        "hours_no_time": not parts
        or any(not re.search(r"\d:\d\d", p) and not SHUT.search(p) and "24/7" not in p for p in parts),
        "hours_past_midnight": any(end <= start or end > 24 * 60 for start, end in ends),
        "hours_open_end": bool(re.search(r"\d\s*\+", plain)),
        "hours_twice": _some_day_twice(parts),
    }
    return [why for why, holds in found.items() if holds]


WEEK: Final = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")


def _some_day_twice(parts: list[str]) -> bool:
    """Whether two rules of plain weekdays share one: the syntax lets the second silence the first."""
    seen: set[str] = set()
    for part in parts:
        plain = re.fullmatch(r"\s*((?:[MTWFS][a-z](?:-[MTWFS][a-z])?,?\s*)+)\d.*", part)
        days = _days(plain[1]) if plain else set()
        if days & seen:
            return True
        seen |= days
    return False


def _days(text: str) -> set[str]:
    """The weekdays that a selector names.

    Examples
    --------
    >>> sorted(_days("Sa-Mo,We"))
    ['Mo', 'Sa', 'Su', 'We']
    """
    found: set[str] = set()
    for first, last in re.findall(r"([MTWFS][a-z])(?:-([MTWFS][a-z]))?", text):
        if {first, last or first} <= set(WEEK):
            start, end = WEEK.index(first), WEEK.index(last or first)
            found |= {WEEK[n % 7] for n in range(start, end + (7 if end < start else 0) + 1)}
    return found


@lru_cache(maxsize=4096)
def _read(hours: str) -> OpeningHours:
    return OpeningHours(hours, country="IT", auto_country=False, auto_timezone=False)


def in_force(hours: str, closures: Iterable[Mapping[str, str]] | None = None) -> str:
    """Hours with what nobody writes: shut on public holidays unless they speak of them, shut in the closures.

    A closure ends by itself on its last day.

    Examples
    --------
    >>> in_force("Mo 09:00-12:00", [{"from": "2026-08-10", "until": "2026-08-21", "why": "ferie"}])
    'Mo 09:00-12:00; PH off; 2026 Aug 10-2026 Aug 21 off "ferie"'
    """
    rules = [hours] if "PH" in QUOTED.sub("", hours) else [hours, "PH off"]
    for one in closures or ():
        start, end = (_in_osm(dt.date.fromisoformat(one[side])) for side in ("from", "until"))
        why = one.get("why", "").replace('"', "'")
        rules.append(f'{start}-{end} off "{why}"' if why else f"{start}-{end} off")
    return "; ".join(rules)


MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def _in_osm(day: dt.date) -> str:
    return f"{day.year} {MONTHS[day.month - 1]} {day.day:02}"


def is_open(
    hours: str | None, moment: dt.datetime, closures: Iterable[Mapping[str, str]] | None = None
) -> bool | None:
    """Whether it is open at a moment (no zone: Lombardy's clock); missing where the hours are not known."""
    return None if hours is None else bool(_read(in_force(hours, closures)).is_open(moment))


def slots(
    hours: str,
    start: dt.datetime,
    end: dt.datetime,
    closures: Iterable[Mapping[str, str]] | None = None,
    *,
    state: State = State.OPEN,
) -> list[Slot]:
    """Every time it is open (or in another state) between two moments, in order."""
    found = _read(in_force(hours, closures)).intervals(start, end)
    return [Slot(a, b, comment) for a, b, now, comment in found if now == state]


def running(closures: Iterable[Mapping[str, str]] | None, today: dt.date) -> list[Mapping[str, str]]:
    """The closures that have not ended yet."""
    return [one for one in closures or () if one["until"] >= today.isoformat()]


class Read(NamedTuple):
    """What a source's words on hours give: hours and how one is received, or only the words."""

    hours: str | None
    reception: str | None
    note: str | None


def from_source(text: str) -> list[Read]:
    """Hours as sources write them, one item a sessione; what cannot be read for sure stays as words.

    Examples
    --------
    >>> from_source("Mo-Fr 09:00-17:00; telefono Mo-Sa 08:00-18:00")[1]
    Read(hours='Mo-Sa 08:00-18:00', reception='telefono', note=None)
    >>> from_source("5 ore settimanali")
    [Read(hours=None, reception=None, note='5 ore settimanali')]
    """
    brackets = "|".join(SAID_IN_BRACKETS)
    parts = [re.sub(rf"\(({brackets})\)", r'"\1"', part.strip()) for part in text.split(";")]
    phone = [part.removeprefix("telefono ") for part in parts if part.startswith("telefono ")]
    there = [part for part in parts if not part.startswith("telefono ")]
    found = [(there, None), (phone, "telefono")]
    read = [Read("; ".join(ones), how, None) for ones, how in found if ones]
    if any(faults(one.hours or "") for one in read):
        return [Read(None, None, text)]
    return read
