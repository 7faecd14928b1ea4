"""What somebody asks, and the desks that answer: the sure, those that may be, those that need no journey; by minutes.

The phone does the same with the same facts (``assets/finding.js``); a test holds the two together.
"""

import datetime as dt
import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, NamedTuple

import numpy as np

from data.registry import areas, usual_week
from data.vocabularies import vocabulary
from errors import UnknownCode
from locator.opening import Week, by_day, minute_of
from locator.records import Desk, Slot
from locator.travel import FAR, MODES, Travel
from screens.offers import EVERYBODY, EVERYWHERE_SPOKEN, asked_as, wider

YES, MAYBE, NO = 2, 1, 0
NOW: Final = "now"
NOTHING: Final = Slot("", None, None, None, None, None, None, None, None)
"""The slot of a desk of which none is known."""


@dataclass(frozen=True)
class Ask:
    """A question as an address holds it; what is empty is not asked.

    Parameters
    ----------
    origin
        Where somebody starts from (``travel.Origin.id``).
    theme, language, target
        Codes of the vocabularies.
    mode
        One of ``travel.MODES``: what desks are sorted by.
    when
        ``now``, or a time of the week (``usual_week.free``: ``Sa 10:00``).
    ambito
        Desks of one Ambito only.
    """

    origin: str = ""
    theme: str = ""
    language: str = ""
    target: str = ""
    mode: str = "walk"
    when: str = ""
    ambito: str = ""

    @property
    def conditions(self) -> bool:
        """Whether anything is asked that a desk may or may not keep."""
        return bool(self.theme or self.language or self.target or self.when)


class Found(NamedTuple):
    """A desk that answers: minutes by mode with their band (missing where nobody gets there), what is not known of it.

    ``km`` as the crow flies; missing where one of the two has no point. ``unsure`` are words of ``REASONS``.
    """

    desk: Desk
    minutes: Mapping[str, tuple[int, int, int] | None]
    km: float | None
    unsure: tuple[str, ...]


REASONS: Final = ("hours", "language", "theme", "target", "areas")


class Results(NamedTuple):
    """Desks that surely are as asked, those that may be, those that need no journey; and how many are not as asked."""

    sure: tuple[Found, ...]
    perhaps: tuple[Found, ...]
    remote: tuple[Found, ...]
    left_out: int


def check(asked: Ask, travel: Travel) -> None:
    """Raise ``UnknownCode`` that names what is asked and does not exist."""
    known: dict[str, tuple[str, Collection[str]]] = {
        "tema": (asked.theme, vocabulary("themes").index),
        "lingua": (asked.language, vocabulary("languages").index),
        "destinatari": (asked.target, vocabulary("targets").index),
        "mezzo": (asked.mode, MODES),
        "luogo": (asked.origin, travel.row),
    }
    for what, (code, codes) in known.items():
        if code and code not in codes:
            raise UnknownCode(what=what, codes=[code])
    if asked.when not in {"", NOW}:
        usual_week.free(asked.when)


def results(desks: Iterable[Desk], travel: Travel, asked: Ask, *, now: dt.datetime) -> Results:
    """The desks that answer a question at a moment, each group by minutes.

    A desk answers as the best of its slots does: one slot has to keep hours and language together.
    """
    groups: dict[str, list[Found]] = {name: [] for name in ("sure", "perhaps", "remote")}
    left_out = 0
    for desk in desks:
        if asked.ambito and desk.place.ambito_id != asked.ambito:
            continue
        truth = truths(desk, travel, asked, now=now)
        if NO in truth.values():
            left_out += 1
            continue
        unsure = tuple(why for why in REASONS if truth.get(why) == MAYBE)
        group = "remote" if desk.remote else "perhaps" if unsure else "sure"
        groups[group].append(_found(desk, travel, asked, unsure))
    ordered = {
        name: tuple(sorted(ones, key=lambda one: order(one, asked.mode))) for name, ones in groups.items()
    }
    return Results(**ordered, left_out=left_out)


def truths(desk: Desk, travel: Travel, asked: Ask, *, now: dt.datetime) -> dict[str, int]:
    """Condition asked → whether the desk keeps it: ``YES``, ``MAYBE`` where it is not known, ``NO``."""
    found = {}
    if asked.theme:
        found["theme"] = _holds(desk.themes, {asked.theme})
    if asked.target:
        found["target"] = _holds(desk.targets, {*wider(asked.target), EVERYBODY})
    if asked.origin and desk.areas is not None:
        said = areas.receives(desk.areas, _home(asked.origin, travel))
        found["areas"] = MAYBE if said is None else YES if said else NO
    # whoever has to go there asks when the door is open, not the telephone
    doors = [slot for slot in desk.slots or (NOTHING,) if desk.remote or not slot.remote]
    slots = [_slot_truths(slot, asked, now) for slot in doors]
    best = max(slots, key=lambda one: (min(one.values(), default=YES), sum(one.values())))
    return found | best


def _slot_truths(slot: Slot, asked: Ask, now: dt.datetime) -> dict[str, int]:
    found = {}
    if asked.when:
        found["hours"] = _open(slot, asked.when, now)
    if asked.language and asked_as(asked.language) != EVERYWHERE_SPOKEN:
        spoken = None if slot.languages is None else {asked_as(code) for code in slot.languages}
        found["language"] = _holds(spoken, {asked_as(asked.language)})
    return found


def _open(slot: Slot, when: str, now: dt.datetime) -> int:
    """Whether a slot is open at a moment of the coming weeks, or at a time of the usual week."""
    if slot.hours is None or slot.coming is None or slot.week is None:
        return MAYBE
    if when == NOW:
        minute = minute_of(now)
        return YES if any(since <= minute < until for since, until in slot.coming) else NO
    states = [
        span.sure
        for spans, free in zip(slot.week, _free(when), strict=True)
        for span in spans
        if any(one.start < span.end and span.start < one.end for one in free)
    ]
    return YES if any(states) else MAYBE if states else NO


@lru_cache(maxsize=64)
def _free(when: str) -> Week:
    """When somebody can go, as spans of each day; read once for all desks."""
    return by_day(np.where(usual_week.free(when), usual_week.OPEN, usual_week.SHUT).astype(np.int8))


def _holds(said: Iterable[str] | None, wanted: set[str]) -> int:
    return MAYBE if said is None else YES if wanted & set(said) else NO


def _home(origin: str, travel: Travel) -> areas.Home:
    place = travel.origins[travel.row[origin]]
    return areas.Home(place.comune_code, place.ambito_id, place.province)


def _found(desk: Desk, travel: Travel, asked: Ask, unsure: tuple[str, ...]) -> Found:
    if not asked.origin:
        return Found(desk, dict.fromkeys(MODES), None, unsure)
    minutes = {mode: travel.minutes(asked.origin, desk.id, mode) for mode in MODES}
    place = travel.origins[travel.row[asked.origin]]
    return Found(desk, minutes, km_between((place.lon, place.lat), (desk.place.lon, desk.place.lat)), unsure)


def km_between(one: tuple[float, float], other: tuple[float | None, float | None]) -> float | None:
    """Kilometres as the crow flies between two points in degrees, as a plane sees them; missing where one is missing.

    >>> round(km_between((9.67, 45.69), (9.19, 45.46)), 1)
    45.3
    """
    lon, lat = other
    if lon is None or lat is None:
        return None
    east = (lon - one[0]) * math.cos(math.radians((lat + one[1]) / 2))
    return math.hypot(east, lat - one[1]) * 111.195


def order(found: Found, mode: str) -> tuple[int, int, float, str]:
    """Minutes of the mode asked; where nobody gets there, by car; then as the crow flies."""
    asked, car = (FAR if (told := found.minutes[one]) is None else told[0] for one in (mode, "car"))
    km = math.inf if found.km is None else round(found.km, 3)
    return asked, car if asked == FAR else 0, km, found.desk.id


def every(results: Results) -> Sequence[Found]:
    """All that answer, in the order they are shown."""
    return [*results.sure, *results.perhaps, *results.remote]
