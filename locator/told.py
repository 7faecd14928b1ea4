"""What a page says of a record in the words of a language: hours, codes, areas, what an association does."""

from collections.abc import Mapping
from functools import cache
from typing import Final, NamedTuple

from data.registry import areas
from data.registry.folding import fold
from data.vocabularies import vocabulary
from errors import UnknownCode
from locator import opening
from locator.opening import Span, Week
from locator.records import Desk
from locator.snapshot import Snapshot
from locator.words import Words


class Line(NamedTuple):
    """Days of the usual week with the same times; ``sure`` where all of them are so every week."""

    days: str
    times: tuple[str, ...]
    sure: bool


def week(spans: Week, w: Words, *, hours: str = "") -> tuple[Line, ...]:
    """The usual week, days with the same times together, in the order of their first day.

    ``hours`` as they are written say which days are not so every week.
    """
    changing = opening.changing(hours) if hours else frozenset()
    together: dict[tuple[bool, tuple[Span, ...]], list[int]] = {}
    for day, times in enumerate(spans):
        if times:
            sure = day not in changing and all(one.sure for one in times)
            together.setdefault((sure, times), []).append(day)
    return tuple(
        Line(w.days(days), tuple(w.span(one.start, one.end) for one in times), sure)
        for (sure, times), days in together.items()
    )


def term(name: str, code: str, w: Words) -> str:
    """What a code of a vocabulary is called; the code itself, spaced, where the vocabulary lacks it."""
    try:
        return w.term(name, code)
    except UnknownCode:
        return code.replace("_", " ")


def explained(name: str, code: str, w: Words) -> str:
    """What a code of a vocabulary means; empty where its name says it all, or the vocabulary lacks it."""
    try:
        return w.explained(name, code)
    except UnknownCode:
        return ""


def language(code: str, w: Words) -> str:
    """What a language is called; the code itself where the vocabulary lacks it."""
    try:
        return w.language(code)
    except UnknownCode:
        return code


def community(value: str, w: Words) -> str:
    """What a community is called; the value itself where the vocabulary lacks it."""
    try:
        return w.community(value)
    except UnknownCode:
        return value


class Area(NamedTuple):
    """An area whose people are received: ``level`` of ``areas.PATTERNS``, empty where the text names none."""

    level: str
    name: str


def area(text: str, now: Snapshot) -> Area:
    """An area by name."""
    try:
        found = areas.parse(text)
    except UnknownCode:
        return Area("", text)
    names: Mapping[str, str] = {
        "istat:comune": now.comuni[found.code].comune if found.code in now.comuni else found.code,
        "ambito": now.ambito[found.code].name if found.code in now.ambito else found.code,
        "provincia": PROVINCES.get(found.code, found.code),
        "regione": "Lombardia",
    }
    return Area(found.level, names[found.level])


PROVINCES: Final = {
    "BG": "Bergamo", "BS": "Brescia", "CO": "Como", "CR": "Cremona", "LC": "Lecco", "LO": "Lodi", "MN": "Mantova",
    "MI": "Milano", "MB": "Monza e Brianza", "PV": "Pavia", "SO": "Sondrio", "VA": "Varese",
}  # fmt: skip
"""Code → name of a province, in order of name."""


@cache
def _groups() -> Mapping[str, tuple[str, ...]]:
    """Word for an activity → the groups it is in."""
    found: dict[str, tuple[str, ...]] = {}
    for code, words in vocabulary("activity_groups")["words"].items():
        for word in str(words).split(";"):
            found[word] = (*found.get(word, ()), str(code))
    return found


def activities(words: tuple[str, ...] | None) -> tuple[str, ...]:
    """The groups (codes of ``activity_groups``) that an association's own words for what it does are in."""
    return tuple(dict.fromkeys(code for word in words or () for code in _groups().get(word, ())))


def more_of_entry(desk: Desk) -> str:
    """What the note on how to get in says beside what its codes and cost say already.

    Parts of it, apart by ``;``, are left out where they are words that a source has for a code it is told by.
    """
    modes, costs = vocabulary("access_modes"), vocabulary("costs")
    said = {desk.cost, costs["label"][desk.cost]} if desk.cost and desk.cost in costs.index else set()
    for code in desk.access or ():
        if code in modes.index:
            said |= {code, modes["label"][code], *str(modes["found"][code]).split(";")}
    known = {fold(one) for one in said}
    parts = [part.strip() for part in (desk.access_note or "").split(";")]
    return "; ".join(part for part in parts if part and fold(part) not in known)
