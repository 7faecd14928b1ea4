"""What the search form offers, in the words of a language: places, themes, languages, ways to travel, times, people."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from data.registry import hours, usual_week
from data.vocabularies import vocabulary
from locator.address import MODES, NOW_WORD
from locator.finding import NOW, Ask
from locator.snapshot import Snapshot
from locator.travel import Origin
from locator.visit import Visit
from locator.words import Words, endonym_of, words
from screens.offers import EVERYBODY, EVERYWHERE_SPOKEN, asked_as

Options = tuple[tuple[str, str], ...]
"""Value and words of each thing to choose."""

OFFERED: Final = tuple(
    f"{day} {time}"
    for day in hours.WEEK
    for time in ("10:00", "15:00", "18:00")
    if (day, time) not in {("Sa", "18:00"), ("Su", "15:00"), ("Su", "18:00")}
)
"""Times of the week that the form offers; an address may name others."""


@dataclass(frozen=True)
class Search:
    """The form with what is chosen in it. ``typed`` is what stands in the field for the place."""

    ask: Ask
    typed: str
    action: str
    parts: Options
    themes: Options
    languages: Options
    targets: Options
    modes: Options
    whens: Options

    @property
    def when(self) -> str:
        """The time asked, as the address has it."""
        return NOW_WORD if self.ask.when == NOW else self.ask.when


def search(visit: Visit, ask: Ask, *, home: Origin | None = None, typed: str = "") -> Search:
    """The form of a page; ``home`` is the place of its comune, if it is of one."""
    themes, languages, targets, whens = _offered(visit.lang)
    return Search(
        ask=ask,
        typed=typed or ("" if home is None else place_words(home)),
        action=visit.here + ("cerca/" if visit.setting.live else "comuni/"),
        parts=() if home is None else parts_of(visit.now, home.comune_code),
        themes=themes,
        languages=languages,
        targets=targets,
        modes=tuple((word, mode_label(mode, visit.w)) for word, mode in MODES.items()),
        whens=_with(whens, ask.when, visit.w),
    )


def place_words(origin: Origin) -> str:
    """A comune as it stands in the field: ``Lodi (LO)``."""
    return f"{origin.comune} ({origin.province})"


def parts_of(now: Snapshot, comune_code: str) -> Options:
    """The places of a comune that somebody may start from, the main one first."""
    ones = [one for one in now.travel.origins if one.comune_code == comune_code]
    ordered = sorted(ones, key=lambda one: (not one.main, one.name))
    return tuple((one.id, one.name) for one in ordered)


def mode_label(mode: str, w: Words) -> str:
    """A way to travel in words."""
    return {"walk": w.gettext("A piedi"), "bike": w.gettext("In bici"), "car": w.gettext("In auto")}[mode]


def when_label(when: str, w: Words) -> str:
    """A time to go in words: now, a day and an hour, or the hours as they were written."""
    if when == NOW:
        return w.gettext("Adesso")
    moment = usual_week.MOMENT.fullmatch(when)
    if moment is None:
        return when
    return f"{w.weekday(hours.WEEK.index(moment[1]))}, {w.time(int(moment[2]) * 60 + int(moment[3]))}"


@lru_cache(maxsize=64)
def _offered(lang: str) -> tuple[Options, Options, Options, Options]:
    """What does not depend on the page: themes, languages, groups of people, times."""
    w = words(lang)
    spoken = sorted({asked_as(code) for code in vocabulary("languages").index} - {EVERYWHERE_SPOKEN})
    named = sorted(((code, _language(code, w)) for code in spoken), key=lambda one: one[1].casefold())
    targets = (code for code in vocabulary("targets").index if code != EVERYBODY)
    return (
        tuple((code, w.term("themes", code)) for code in vocabulary("themes").index),
        tuple(named),
        tuple((code, w.term("targets", code)) for code in targets),
        ((NOW_WORD, when_label(NOW, w)), *((when, when_label(when, w)) for when in OFFERED)),
    )


def _language(code: str, w: Words) -> str:
    name, own = w.language(code), endonym_of(code)
    return name if name.casefold() == own.casefold() else f"{name} · {own}"


def _with(whens: Options, when: str, w: Words) -> Options:
    """The times offered, and the one asked where it is none of them."""
    offered: Sequence[str] = [value for value, _ in whens]
    return whens if not when or when == NOW or when in offered else (*whens, (when, when_label(when, w)))
