"""Weekly hours between OSM ``opening_hours`` and the rules of RFC 5545 that HSDS schedules are made of."""

import re
from collections.abc import Iterable
from typing import Final, NamedTuple

from data.registry.hours import WEEK, faults

ICAL: Final = {day: day.upper() for day in WEEK}
OSM: Final = {ical: day for day, ical in ICAL.items()}
RULE: Final = re.compile(
    r"(?P<days>[A-Z][a-z][A-Za-z,-]*)(?:\[(?P<nth>-?\d(?:,-?\d)*)\])? (?P<times>[\d:,-]+)"
)
SPAN: Final = re.compile(r"(\d{1,2}):(\d\d)-(\d{1,2}):(\d\d)")
TIME: Final = re.compile(r"(\d{1,2}):(\d\d)(?::\d\d)?(?:Z|[+-]\d\d:?\d\d)?")


class Rule(NamedTuple):
    """One slot that comes back: weekly or monthly, on days in the words of iCal, from when until when."""

    freq: str
    byday: str
    opens_at: str
    closes_at: str


def rules(hours: str | None) -> list[Rule]:
    """The slots of hours that are plain weekdays and times (holidays shut or unsaid); none where they are not.

    Examples
    --------
    >>> rules("Mo-We 09:00-12:30; PH off")
    [Rule(freq='WEEKLY', byday='MO,TU,WE', opens_at='09:00', closes_at='12:30')]
    >>> rules("Th[1,3] 14:00-17:00")[0].byday, rules("Mo-Fr 09:00-12:00; Aug off")
    ('1TH,3TH', [])
    """
    found: list[Rule] = []
    seen: set[str] = set()
    for part in (hours or "").split(";"):
        if part.strip() == "PH off":
            continue
        plain = RULE.fullmatch(part.strip())
        days = _days(plain["days"]) if plain else []
        spans = [SPAN.fullmatch(one) for one in plain["times"].split(",")] if plain else []
        if plain is None or not days or not all(spans) or seen & set(days):
            return []  # where two rules share a day the second silences the first: iCal would add them
        seen |= set(days)
        freq, byday = "WEEKLY", [ICAL[day] for day in days]
        if plain["nth"]:
            freq, byday = "MONTHLY", [f"{n}{ICAL[day]}" for day in days for n in plain["nth"].split(",")]
        for one in spans:
            if one is None or int(one[3]) > 23:
                return []
            found.append(Rule(freq, ",".join(byday), f"{one[1]:0>2}:{one[2]}", f"{one[3]:0>2}:{one[4]}"))
    return found


def _days(text: str) -> list[str]:
    """The weekdays of a selector in their order; none where it names something else."""
    found: set[str] = set()
    for part in text.split(","):
        first, _, last = part.partition("-")
        if first not in WEEK or (last or first) not in WEEK:
            return []
        start, end = WEEK.index(first), WEEK.index(last or first)
        found |= {WEEK[n % 7] for n in range(start, end + (7 if end < start else 0) + 1)}
    return [day for day in WEEK if day in found]


def osm(slots: Iterable[Rule]) -> str | None:
    """Hours of slots, days with the same times together; missing where a slot is not plain or they make no sense.

    Examples
    --------
    >>> osm([Rule("WEEKLY", "MO,TU,WE", "09:00", "12:30"), Rule("WEEKLY", "MO", "14:00", "16:00")])
    'Mo 09:00-12:30,14:00-16:00; Tu,We 09:00-12:30'
    """
    times: dict[str, list[str]] = {}
    for slot in slots:
        opens, closes = _clock(slot.opens_at), _clock(slot.closes_at)
        if opens is None or closes is None:
            return None
        for part in slot.byday.split(","):
            day = _osm_day(part.strip().upper(), slot.freq)
            if day is None:
                return None
            times.setdefault(day, []).append(f"{opens}-{closes}")
    if any(day[:2] in times for day in times if len(day) > 2):
        return None  # OSM would let the nth of the month silence the weekly ones
    alike: dict[tuple[str, ...], list[str]] = {}
    for day in sorted(times, key=lambda one: (len(one) > 2, WEEK.index(one[:2]), one)):
        alike.setdefault(tuple(sorted(set(times[day]))), []).append(day)
    said = "; ".join(f"{_together(days)} {','.join(spans)}" for spans, days in alike.items())
    return said if said and not faults(said) else None


def _clock(text: str) -> str | None:
    """A time without seconds and zone: both sides mean the clock on the wall."""
    found = TIME.fullmatch(text.strip())
    return f"{found[1]:0>2}:{found[2]}" if found else None


def _osm_day(part: str, freq: str) -> str | None:
    found = re.fullmatch(r"([+-]?\d)?([A-Z]{2})", part)
    if found is None or found[2] not in OSM or (found[1] is not None) != (freq == "MONTHLY"):
        return None
    return OSM[found[2]] + (f"[{int(found[1])}]" if found[1] else "")


def _together(days: list[str]) -> str:
    """Days as OSM writes them: three or more in a row as a span, the nth of a month in one bracket."""
    plain = [day for day in WEEK if day in days]
    runs: list[list[str]] = []
    for day in plain:
        if runs and WEEK.index(day) == WEEK.index(runs[-1][-1]) + 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    said = [f"{run[0]}-{run[-1]}" if len(run) > 2 else ",".join(run) for run in runs]
    nths: dict[str, list[str]] = {}
    for nth in days:
        if nth not in plain:
            nths.setdefault(nth[:2], []).append(nth[3:-1])
    said += [f"{day}[{','.join(sorted(ones, key=int))}]" for day, ones in nths.items()]
    return ",".join(said)
