"""Hours in Italian words → OSM ``opening_hours``; what is not sure stays as words, with what it may mean."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from typing import Final

from data.registry.hours import RANGE, WEEK, faults, from_source
from data.registry.imports import hour_signs
from data.registry.imports.hour_signs import Sign, signs
from data.registry.imports.hour_spans import Span, mended, spans_at

WHY: Final = (
    "hours_no_day", "hours_no_time", "hours_reversed", "hours_out_of_day", "hours_afternoon", "hours_open_end",
    "hours_slash", "hours_fortnight", "hours_twice", "hours_words", "hours_closure",
)  # fmt: skip
"""Every doubt, the one that is told first where there are several."""


@dataclass(frozen=True)
class Hours:
    """What words on hours give.

    Parameters
    ----------
    hours
        In OSM syntax; missing where they cannot be told for sure.
    note
        The words, where they say more than the hours, or the hours are not told.
    access, reception
        A code, where the words say how one is received.
    why
        Why there is a doubt; ``hours_closure`` alone comes with hours.
    suggestion
        The hours that were probably meant, in OSM syntax.
    """

    hours: str | None
    note: str | None = None
    access: str | None = None
    reception: str | None = None
    why: str | None = None
    suggestion: str | None = None


Day = tuple[str, tuple[int, ...]]
"""A weekday, and its numbers in the month (none: every week)."""


@dataclass
class _Read:
    """What has been read so far: which days are open when, which are shut, doubts, words that nobody knows."""

    rules: list[tuple[Day, list[Span]]] = field(default_factory=list)
    off: list[str] = field(default_factory=list)
    why: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)


@lru_cache(maxsize=32768)
def read(text: str, *, day: str | None = None) -> Hours:
    """Hours in words, or in OSM syntax already.

    Parameters
    ----------
    text
        As written.
    day
        ``Mo`` … ``Su``, where the column is of one day and the words give times only.

    Examples
    --------
    >>> read("dal lunedì al venerdì 9.00/12.30 e 14-16").hours
    'Mo-Fr 09:00-12:30,14:00-16:00'
    >>> read("lun 12-9").why, read("lun 12-9").suggestion, read("mart pom").why
    ('hours_reversed', 'Mo 09:00-12:00', 'hours_no_time')
    """
    said = text.strip()
    if re.search(r"\d:\d\d|24/7", said) and (day is None or said.startswith(day)) and not faults(said):
        return Hours(said)
    if day is None and re.search(r"\b(?:Mo|Tu|We|Th|Fr)\b", said):
        return _of_source(said)
    plain = hour_signs.plain(said)
    if hour_signs.ALWAYS.search(plain) and not hour_signs.ALWAYS.sub("", plain).strip(" .,;-"):
        return Hours(f"{day} 00:00-24:00" if day else "24/7")
    plain, access, reception = hour_signs.ways(plain)
    why = ["hours_fortnight"] if hour_signs.FORTNIGHT.search(plain) else []
    plain = hour_signs.HOLIDAYS.sub(" ", hour_signs.FORTNIGHT.sub(" ", plain).replace(" a ,", " "))
    without = hour_signs.CLOSURE.sub(" ", plain)
    closed = "hours_closure" if without != plain else None
    if not re.search(r"[a-z0-9]", hour_signs.IDLE.sub(" ", without)):
        told = access or reception
        return Hours(None, said, access, reception, closed or (None if told else (why or ["hours_words"])[0]))
    found = _Read(why=why)
    for stretch in re.split(r"[;\n|]+", without):
        _Stretch(list(signs(stretch)), found, day).read()
    return _result(said, found, Hours(None, None, access, reception, closed))


def _of_source(said: str) -> Hours:
    """OSM syntax with a source's own words around it."""
    ones = from_source(said)
    if len(ones) == 1 and ones[0].hours:
        return Hours(ones[0].hours, None, None, ones[0].reception)
    return Hours(None, said, None, None, "hours_words")


def _result(said: str, found: _Read, beside: Hours) -> Hours:
    """The hours if nothing speaks against them, else the words with the doubt and what was probably meant."""
    written = _written(found)
    if written and faults(written):
        written = None
    why = found.why + (["hours_words"] if found.words else [])
    if not why and written is None:
        why = ["hours_no_time" if found.rules else "hours_words"]
    first = next((one for one in WHY if one in why), None)
    if first:
        return Hours(None, said, beside.access, beside.reception, first, written)
    note = said if beside.why or beside.access or beside.reception else None
    return Hours(written, note, beside.access, beside.reception, beside.why)


PASSING: Final = frozenset({"comma", "dot", "colon", "word", "half"})
JOINED: Final = frozenset({"from", "le", "and"})
DAY_LIKE: Final = frozenset({"day", "nth", "everyday", "workdays"})


class _Stretch:
    """A stretch of words without a full stop: days then times again and again, or times then days.

    ``waiting`` is whether the pending days have no times yet: a day that has hours of before and is named again
    ("lun-ven 9-12 e 14-18, ven solo mattina") waits for what is other about it.
    """

    def __init__(self, found: list[Sign], into: _Read, day: str | None) -> None:
        self.signs, self.into, self.day = found, into, day
        self.pending: list[Day] = [(day, ())] if day else []
        self.waiting = day is not None
        self.early: list[Span] = []
        self.told_until = 0

    def read(self) -> None:
        """All of it, into what has been read."""
        at = 0
        while at < len(self.signs):
            sign = self.signs[at]
            spans = spans_at(self.signs, at) if sign.kind in {"time", "from"} else None
            if sign.kind in DAY_LIKE:
                at = self._days(at)
            elif spans is not None:
                self._times(at, *spans)
                at = spans[1]
            else:
                idle = sign.kind == "word" and hour_signs.IDLE.fullmatch(sign.text.strip("'."))
                if sign.kind in {"time", "word"} and not idle:
                    self.into.words.append(sign.text)
                at += 1
        self._end()

    def _days(self, at: int) -> int:
        """Days: shut, or of the times before them, or waiting for times; gives the index after them."""
        days, after, why = days_at(self.signs, at)
        self.into.why += why
        last = len(self.signs)
        rest = next((n for n in range(after, last) if self.signs[n].kind not in PASSING), last)
        shut = self._shut_at(rest)
        ahead = [one.kind for one in self.signs[self.told_until : at] if one.kind not in PASSING | JOINED]
        if shut or ahead[-1:] == ["off"]:
            self.into.off += [one for one, _ in days]
            if any(one.kind == "half" for one in self.signs[after : rest if shut else after + 1]):
                self.into.why.append("hours_no_time")  # shut for half a day: which hours are left nobody says
            self.told_until = rest + 1 if shut else self.told_until
        elif self.early:
            self.into.rules += [(one, self.early) for one in days]
            self.early = []
        elif self.day is None:
            self._wait(days, {one.kind for one in self.signs[:at][-2:]})
        return after

    def _shut_at(self, at: int) -> bool:
        """Whether the days before a sign are shut by it: "escluso" shuts the day after it, if there is one."""
        kinds = [one.kind for one in self.signs[at : at + 2]]
        return kinds[:1] == ["off"] and (
            self.signs[at].text.startswith("chius")
            or (self.signs[at].text.startswith("esclus") and kinds[1:] not in (["day"], ["nth"]))
        )

    def _wait(self, days: list[Day], between: set[str]) -> None:
        """Let days wait for times, with those that wait already if a word joins them."""
        joined = self.waiting and bool(between & {"and", "comma", "slash", "from"})
        if self.waiting and not joined:
            self._nothing_came()
        self.pending, self.waiting = [*self.pending, *days] if joined else list(days), True

    def _nothing_came(self) -> None:
        """Tell that days were named without times; what they have from before is not suggested either."""
        self.into.why.append("hours_no_time")
        self.into.off += [one for one, _ in self.pending]

    def _times(self, at: int, spans: list[Span], after: int, why: list[str]) -> None:
        """Times: of the days that wait, or waiting for days."""
        halves = [one.text for one in self.signs[max(0, at - 6) : after] if one.kind == "half"]
        afternoon = any("pom" in one for one in halves) and not any("matt" in one for one in halves)
        spans, more = mended(spans, afternoon=afternoon)
        if not self.pending and not any(one.kind == "day" for one in self.signs):
            why = ["hours_words" if one == "hours_open_end" else one for one in why]
        self.into.why += why + more
        if self.pending:
            self.into.rules += [(one, spans) for one in self.pending]
            self.waiting = False
        else:
            self.early += spans

    def _end(self) -> None:
        """What is left over: times without a day, days without times."""
        kinds = {one.kind for one in self.signs}
        if "openend" in kinds:
            self.into.why.append("hours_open_end")
        elif self.early:
            self.into.why.append("hours_no_day")
            self.into.rules += [((one, ()), self.early) for one in WEEK[:5]]
        elif self.waiting and (not self.day or "off" not in kinds):
            self._nothing_came()


def days_at(found: Sequence[Sign], at: int) -> tuple[list[Day], int, list[str]]:
    """The days that begin at a sign, the index after them, and doubts."""
    days: list[Day] = []
    numbers: list[int] = []
    why: list[str] = []
    while at < len(found):
        sign = found[at]
        if sign.kind in {"everyday", "workdays"}:
            days += [(one, ()) for one in (WEEK if sign.kind == "everyday" else WEEK[:5])]
        elif sign.kind == "nth":
            numbers.append(sign.number)
        elif sign.kind == "day":
            nth = tuple(sorted(set(numbers), key=lambda one: (one < 0, one)))
            between = _joined_by(found, at)
            slash = bool(days) and not nth and "slash" in between
            why += ["hours_slash"] if slash else []
            whole = slash and days[-1][0] == "Mo" and sign.day in {"Th", "Fr", "Sa"}
            if days and not nth and ("dash" in between or whole) and not _in_chain(found, at):
                days += [(one, ()) for one in _between(days[-1][0], sign.day)][1:]
            else:
                days.append((sign.day, nth))
            if [one.kind for one in found[at + 1 : at + 3]] != ["and", "day"]:
                numbers = []
        elif not _leads_on(found, at, bool(numbers and not days)):
            break
        at += 1
    if numbers and not days:
        why.append("hours_no_day")
    if why.count("hours_slash") > 1:
        why = [one for one in why if one != "hours_slash"]
    return list(dict.fromkeys(days)), at, why


LINKS: Final = frozenset({"dash", "comma", "and", "slash", "from", "le", "dot"})


def _leads_on(found: Sequence[Sign], at: int, numbered: bool) -> bool:
    """Whether a joining word goes on to more days."""
    if found[at].kind == "word":
        return numbered and found[at].text in {"il", "lo", "del", "mese", "di", "ogni"}
    after = next((one.kind for one in found[at:] if one.kind not in LINKS), "")
    return found[at].kind in LINKS and after in {"day", "nth"}


def _in_chain(found: Sequence[Sign], at: int) -> bool:
    """Whether a day is one of three or more joined by dashes: a list, not from one to another."""
    first = max(0, at - 4)
    kinds = "".join({"day": "d", "dash": "-"}.get(one.kind, " ") for one in found[first : at + 5])
    chains = [found.span() for found in re.finditer("d(?:-d){2,}", kinds)]
    return any(start <= at - first < end for start, end in chains)


def _joined_by(found: Sequence[Sign], at: int) -> set[str]:
    """The kinds of the signs between a day and the day before it."""
    kinds = set()
    for one in reversed(found[:at]):
        if one.kind == "day":
            break
        kinds.add(one.kind)
    return kinds


def _between(first: str, last: str) -> list[str]:
    start, end = WEEK.index(first), WEEK.index(last)
    return [WEEK[n % 7] for n in range(start, end + (7 if end < start else 0) + 1)]


def _written(found: _Read) -> str | None:
    """What was read, in OSM syntax: days with the same hours together, in the order of the week."""
    weekly: dict[str, list[Span]] = {}
    numbered: dict[Day, list[Span]] = {}
    for (day, numbers), spans in found.rules:
        into = numbered.setdefault((day, numbers), []) if numbers else weekly.setdefault(day, [])
        into += [one for one in spans if one not in into]
        if any(a[1] > b[0] for a, b in pairwise(sorted(into))):
            found.why.append("hours_twice")
    for day in found.off:
        weekly.pop(day, None)
    if {day for day, _ in numbered} & set(weekly):
        found.why.append("hours_twice")
    parts, done = [], set()
    for day in WEEK:
        if weekly.get(day) and day not in done:
            same = [one for one in WEEK if sorted(weekly.get(one, [])) == sorted(weekly[day])]
            done |= set(same)
            parts.append(f"{_named(same)} {_timed(weekly[day])}")
    parts += [
        f"{day}[{','.join(map(str, numbers))}] {_timed(spans)}"
        for (day, numbers), spans in numbered.items()
        if spans
    ]
    return "; ".join(parts) or None


def together(ones: Sequence[str]) -> str | None:
    """The hours of single days as hours of the week: days with the same times together.

    Examples
    --------
    >>> together(["Mo 09:00-12:00", "Tu 09:00-12:00", "Mo 14:00-16:00"])
    'Mo 09:00-12:00,14:00-16:00; Tu 09:00-12:00'
    """
    found = _Read()
    for one in ones:
        day, _, times = one.partition(" ")
        spans = [(int(a) * 60 + int(b), int(c) * 60 + int(d)) for a, b, c, d in RANGE.findall(times)]
        found.rules.append(((day, ()), spans))
    return _written(found)


def _named(days: list[str]) -> str:
    """Days of the week in OSM syntax: three or more in a row as a range."""
    runs: list[list[str]] = []
    for day in days:
        if runs and WEEK.index(day) == WEEK.index(runs[-1][-1]) + 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    return ",".join(f"{run[0]}-{run[-1]}" if len(run) > 2 else ",".join(run) for run in runs)


def _timed(spans: list[Span]) -> str:
    return ",".join(f"{a // 60:02}:{a % 60:02}-{b // 60:02}:{b % 60:02}" for a, b in sorted(spans))
