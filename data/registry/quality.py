"""The quality of a record, from 0 to 1: the mean of tiny criteria, those that do not apply left out.

Each criterion sees the facts and answers between 0 and 1, or nothing where it makes no sense for this record.
The sentence that says how to mend a lost point is in the vocabulary ``quality_criteria``.
"""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd

from data.registry.freshness import GONE, later
from data.vocabularies import vocabulary

LONG_ENOUGH: Final = 80
"""Characters of a description that says something; half of them give half a point."""

PRECISIONS: Final = {"coordinate": 1.0, "address": 1.0, "street": 0.5, "settlement": 0.0, "unknown": 0.0}
EVIDENCE: Final = {"A": 1.0, "B": 0.7, "C": 0.3, "D": 0.0}


@dataclass(frozen=True)
class Facts:
    """What the criteria look at: a record's content, its sessioni, the precision of its position, the day."""

    kind: str
    said: Mapping[str, Any]
    today: dt.date
    sessioni: Sequence[Mapping[str, Any]] = ()
    precision: str | None = None

    @property
    def visited(self) -> bool:
        """Whether people go there: not where every sessione is by telephone or online."""
        ways = {one.get("reception") for one in self.sessioni}
        return self.kind in {"sportelli", "associazioni"} and not (ways and ways <= {"telefono", "online"})


@dataclass(frozen=True)
class Point:
    """A criterion that applies: what it gave, and in a sentence how to gain what is lost (empty if nothing is)."""

    criterion: str
    score: float
    mend: str


def address(facts: Facts) -> float | None:
    """A street; with a number it is whole."""
    if not facts.visited:
        return None
    street = facts.said.get("address") or ""
    return 0.0 if not street else 1.0 if any(c.isdigit() for c in street) else 0.5


def position(facts: Facts) -> float | None:
    """A point put by a person, or found at the door; half a point on the street."""
    if not facts.visited:
        return None
    own = "coordinate" if facts.said.get("lon") is not None else None
    return PRECISIONS[facts.said.get("precision") or own or facts.precision or "unknown"]


def contacts(facts: Facts) -> float | None:
    """Two ways to reach the office out of telephone, e-mail, site."""
    if facts.kind not in {"enti", "sportelli", "associazioni"}:
        return None
    return min(1.0, sum(bool(facts.said.get(name)) for name in ("phone", "email", "web")) / 2)


def hours(facts: Facts) -> float | None:
    """The share of the sessioni whose hours can be read; none known is 0, words alone are a third."""
    if facts.kind != "sportelli":
        return None
    given = [1.0 if one.get("hours") else 1 / 3 if one.get("hours_note") else 0.0 for one in facts.sessioni]
    return sum(given) / len(given) if given else 0.0


def languages(facts: Facts) -> float | None:
    """The share of the sessioni whose languages are known; for other kinds whether they are."""
    if facts.kind == "enti":
        return None
    if facts.kind != "sportelli":
        return float(bool(facts.said.get("languages")))
    given = [bool(one.get("languages")) for one in facts.sessioni]
    return sum(given) / len(given) if given else 0.0


def access(facts: Facts) -> float | None:
    """How one is received."""
    return float(bool(facts.said.get("access"))) if facts.kind == "sportelli" else None


def eligibility(facts: Facts) -> float | None:
    """For whom (half) and for the residents of which areas (half)."""
    if facts.kind == "mediazione":
        return float(bool(facts.said.get("areas")))
    if facts.kind != "sportelli":
        return None
    return (bool(facts.said.get("targets")) + bool(facts.said.get("areas"))) / 2


def recency(facts: Facts) -> float:
    """Confirmed within the interval; half a point within twice the interval; never confirmed is 0."""
    day = facts.said.get("confirmed_on")
    if day is None:
        return 0.0
    since, months = dt.date.fromisoformat(str(day)), int(facts.said["confirm_every_months"])
    return (
        1.0 if facts.today < later(since, months) else 0.5 if facts.today < later(since, 2 * months) else 0.0
    )


def evidence(facts: Facts) -> float:
    """By the level."""
    return EVIDENCE[facts.said["evidence"]]


def description(facts: Facts) -> float | None:
    """Long enough to say something."""
    if facts.kind not in {"sportelli", "associazioni", "sostegni"}:
        return None
    return min(1.0, len(facts.said.get("description") or "") / LONG_ENOUGH)


CRITERIA: Final[tuple[Callable[[Facts], float | None], ...]] = (
    address, position, contacts, hours, languages, access, eligibility, recency, evidence, description,
)  # fmt: skip


def points(facts: Facts) -> list[Point]:
    """Every criterion that applies, in their order; none for what is closed."""
    if facts.said.get("status") in GONE:
        return []
    words = vocabulary("quality_criteria")["description"]
    given = [(one.__name__, one(facts)) for one in CRITERIA]
    return [
        Point(name, score, "" if score >= 1 else str(words[name]))
        for name, score in given
        if score is not None
    ]


def score(found: Sequence[Point]) -> float | None:
    """The mean of the points, between 0 and 1; missing where no criterion applies."""
    return sum(one.score for one in found) / len(found) if found else None


def by_area(scores: pd.Series, area: pd.Series) -> pd.DataFrame:
    """Scores summed up by area.

    Parameters
    ----------
    scores
        Quality of each record, between 0 and 1; missing is left out.
    area
        The area of each record, same index; missing is left out.

    Returns
    -------
    summed
        Index of areas: ``quality`` (mean) and ``records`` (how many have a score).
    """
    groups = scores.groupby(area)
    return pd.DataFrame({"quality": groups.mean(), "records": groups.count()})
