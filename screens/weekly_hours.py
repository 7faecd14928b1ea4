"""A week as people fill it in, and the opening hours in OSM syntax that say the same. No Streamlit.

What the grid cannot hold (seasons, dates, a week of the month that replaces the usual one) is not read at all:
its words are kept as they are unless somebody writes the week anew.
"""

import itertools
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from data.registry.hours import faults as refused

DAYS: Final = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
HOLIDAYS: Final = "PH"
ROWS: Final = (*DAYS, HOLIDAYS)
NAMES: Final = {
    "Mo": "lunedì", "Tu": "martedì", "We": "mercoledì", "Th": "giovedì", "Fr": "venerdì", "Sa": "sabato",
    "Su": "domenica", "PH": "giorni festivi",
}  # fmt: skip
MOST_SLOTS: Final = 3
"""How many times a day the grid has room for."""
WEEKS: Final = {1: "1ª", 2: "2ª", 3: "3ª", 4: "4ª", 5: "5ª", -1: "ultima"}
"""Which week of the month, and how it is called."""
APPOINTMENT: Final = "appuntamento"
NOTE_LONGEST: Final = 60

Slot = tuple[str, str]
"""From and until, as ``09:00``."""

_DAY = "(?:Mo|Tu|We|Th|Fr|Sa|Su)"
_TIME = r"(?:[01]\d|2[0-3]):[0-5]\d"
_SLOTS = rf"{_TIME}-{_TIME}(?:,\s?{_TIME}-{_TIME})*"
_NOTE = r'(?:\s+"(?P<note>[^"]*)")?'
_WEEKLY = re.compile(rf"(?P<days>{_DAY}(?:-{_DAY})?(?:,{_DAY}(?:-{_DAY})?)*|PH)\s+(?P<slots>{_SLOTS}){_NOTE}")
_SOME_WEEKS = re.compile(rf"(?P<day>{_DAY})\[(?P<weeks>-?\d(?:,-?\d)*)\]\s+(?P<slots>{_SLOTS}){_NOTE}")
_SHUT = re.compile(r"PH\s+(?:off|closed)")
_PARTS = re.compile(rf"(;|,)\s+(?=(?:{_DAY}|PH)\b)")


@dataclass(frozen=True)
class SomeWeeks:
    """A day that is open only in some weeks of the month, besides its weekly times."""

    day: str
    weeks: tuple[int, ...]
    slots: tuple[Slot, ...]
    note: str = ""


@dataclass(frozen=True)
class Week:
    """What the grid holds: day → times (days that are shut are left out), day → note, some weeks of the month."""

    times: Mapping[str, tuple[Slot, ...]] = field(default_factory=dict)
    notes: Mapping[str, str] = field(default_factory=dict)
    some: tuple[SomeWeeks, ...] = ()

    @property
    def appointment(self) -> bool:
        """Whether every open day asks for an appointment."""
        told = [self.notes.get(day, "") for day in self.times] + [one.note for one in self.some]
        return bool(told) and set(told) == {APPOINTMENT}


def read(hours: str | None) -> Week | None:
    """The week that hours say, an empty one where they are missing; nothing where the grid cannot hold them.

    Examples
    --------
    >>> read('Mo,We 09:00-12:00 "appuntamento"').notes
    {'Mo': 'appuntamento', 'We': 'appuntamento'}
    >>> read("Jan-Mar Mo 09:00-12:00") is None
    True
    """
    if hours is None:
        return Week()
    times: dict[str, tuple[Slot, ...]] = {}
    notes: dict[str, str] = {}
    some: list[SomeWeeks] = []
    for joined, rule in _rules(hours):
        weekly, monthly = _WEEKLY.fullmatch(rule), _SOME_WEEKS.fullmatch(rule)
        if weekly:
            days = _days(weekly["days"])
            if set(days) & set(times) or any(one.day in days for one in some):
                return None
            times |= dict.fromkeys(days, _slots(weekly["slots"]))
            notes |= dict.fromkeys(days, weekly["note"] or "") if weekly["note"] else {}
        elif monthly:
            if (monthly["day"] in times) != (joined == ",") and monthly["day"] in times:
                return None
            weeks = tuple(int(one) for one in monthly["weeks"].split(","))
            some.append(SomeWeeks(monthly["day"], weeks, _slots(monthly["slots"]), monthly["note"] or ""))
        elif not _SHUT.fullmatch(rule):
            return None
    found = Week(times, notes, tuple(some))
    return found if not _too_much(found) and not problems(found) else None


def _rules(hours: str) -> list[tuple[str, str]]:
    """Each rule with what joins it to the one before: ``;`` where it would replace it, ``,`` where it adds."""
    told = _PARTS.split(hours.strip().rstrip(";"))
    return list(zip(["", *told[1::2]], (part.strip() for part in told[::2]), strict=True))


def _too_much(week: Week) -> bool:
    slots = [*week.times.values(), *(one.slots for one in week.some)]
    numbers = {number for one in week.some for number in one.weeks}
    return any(len(one) > MOST_SLOTS for one in slots) or not numbers <= set(WEEKS)


def _some_week_twice(week: Week) -> bool:
    """Whether a week of the month is told twice for a day: the last one may be the fourth or the fifth."""
    for day in {one.day for one in week.some}:
        numbers = [number for one in week.some if one.day == day for number in one.weeks]
        if len(set(numbers)) < len(numbers) or (-1 in numbers and {4, 5} & set(numbers)):
            return True
    return False


def _days(text: str) -> list[str]:
    if text == HOLIDAYS:
        return [HOLIDAYS]
    found: list[str] = []
    for part in text.split(","):
        first, _, last = part.partition("-")
        start, end = DAYS.index(first), DAYS.index(last or first)
        found += [DAYS[n % 7] for n in range(start, end + (7 if end < start else 0) + 1)]
    return found


def _slots(text: str) -> tuple[Slot, ...]:
    told = [one.strip().split("-") for one in text.split(",")]
    return tuple((start, end) for start, end in told)


def write(week: Week) -> str | None:
    """Hours in OSM syntax; missing where the week is empty. Days with the same times share a rule.

    Examples
    --------
    >>> write(Week({"Mo": (("09:00", "12:00"),), "Tu": (("09:00", "12:00"),), "PH": (("10:00", "11:00"),)}))
    'Mo,Tu 09:00-12:00; PH 10:00-11:00'
    """
    rules: dict[tuple[tuple[Slot, ...], str], list[str]] = {}
    for day in DAYS:
        if week.times.get(day):
            rules.setdefault((week.times[day], week.notes.get(day, "")), []).append(day)
    told = [_rule(_ranges(days), slots, note) for (slots, note), days in rules.items()]
    hours = "; ".join(told)
    for one in week.some:
        adds = one.day in week.times
        rule = _rule(f"{one.day}[{','.join(map(str, one.weeks))}]", one.slots, one.note)
        hours += (", " if adds else "; " if hours else "") + rule
    if week.times.get(HOLIDAYS):  # last: a later rule replaces what goes before on its days
        rule = _rule(HOLIDAYS, week.times[HOLIDAYS], week.notes.get(HOLIDAYS, ""))
        hours = f"{hours}; {rule}" if hours else rule
    return hours or None


def _rule(days: str, slots: Sequence[Slot], note: str) -> str:
    times = ",".join("-".join(slot) for slot in slots)
    return f'{days} {times} "{note}"' if note else f"{days} {times}"


def _ranges(days: Sequence[str]) -> str:
    """Days as the syntax writes them: three or more in a row as a range.

    Examples
    --------
    >>> _ranges(["Mo", "Tu", "We", "Fr", "Sa"])
    'Mo-We,Fr,Sa'
    """
    runs: list[list[str]] = []
    for day in days:
        if runs and DAYS.index(day) == DAYS.index(runs[-1][-1]) + 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    return ",".join(f"{run[0]}-{run[-1]}" if len(run) > 2 else ",".join(run) for run in runs)


def rewritten(before: str | None, week: Week) -> str | None:
    """The hours to save: as they were, letter by letter, where the week says the same."""
    held = read(before)
    return before if held is not None and _same(held, week) else write(week)


def _same(one: Week, other: Week) -> bool:
    return write(one) == write(other)


def problems(week: Week) -> list[str]:
    """What is wrong with a week, each in a few Italian words; empty if it can be saved.

    Examples
    --------
    >>> problems(Week({"Mo": (("12:00", "09:00"),)}))
    ['lunedì: si chiude (09:00) prima di aprire (12:00)']
    """
    found: list[str] = []
    rows = [(NAMES[day], slots) for day, slots in week.times.items()]
    rows += [(f"{NAMES[one.day]}, alcune settimane", one.slots) for one in week.some]
    for name, slots in rows:
        found += [f"{name}: {words}" for words in _wrong(slots)]
    for one in week.some:
        if not one.weeks:
            found.append(f"{NAMES[one.day]}: mancano le settimane del mese")
        if not one.slots:
            found.append(f"{NAMES[one.day]}, alcune settimane: manca l'orario")
    if _some_week_twice(week):
        found.append("la stessa settimana dello stesso giorno è scritta due volte")
    for note in {*week.notes.values(), *(one.note for one in week.some)}:
        if '"' in note or len(note) > NOTE_LONGEST:
            found.append(f"la nota «{note[:NOTE_LONGEST]}» è troppo lunga o contiene virgolette")
    written = "" if found else write(week)
    return found or (["gli orari non si leggono"] if written and refused(written) else [])


def _wrong(slots: Iterable[Slot]) -> list[str]:
    """What is wrong with the times of a day, whatever their order."""
    ordered = sorted(slots)
    found = [f"si chiude ({end}) prima di aprire ({start})" for start, end in ordered if end <= start]
    return found or [
        f"{one[0]}-{one[1]} e {other[0]}-{other[1]} si accavallano"
        for one, other in itertools.pairwise(ordered)
        if other[0] < one[1]
    ]
