"""A record in Italian words: each field as people read it, and its moments. Plain text, escaped by who shows it."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from data.registry import links
from data.registry.checks import KIND_VOCABULARIES, VOCABULARIES
from data.registry.freshness import CONFIRMED, NEVER, OVERDUE, later
from data.registry.model import columns
from data.registry.store import ROME
from data.vocabularies import label
from screens import memory
from screens.card import date_in_words, hours_in_words
from screens.errors import FIELDS
from screens.record_fields import SOURCE_KINDS, ambito_words, area_words, comune_words

UNKNOWN: Final = "non si sa"
NOTHING: Final = "—"
REFERENCES: Final = {"ente_id": "enti", "sportello_id": "sportelli"}


def words(kind: str, name: str, value: Any) -> str:
    """A value of a field as people read it.

    Examples
    --------
    >>> words("sessioni", "hours", "Mo 09:00-12:00"), words("enti", "phone", None)
    ('lun 09:00-12:00', 'non si sa')
    """
    if value is None or value == []:
        return UNKNOWN
    if name in HOW:
        return HOW[name](value)
    vocabulary = KIND_VOCABULARIES.get(kind) if name == "kind" else VOCABULARIES.get(name)
    if isinstance(value, list):
        return ", ".join(label(vocabulary, one) if vocabulary else str(one) for one in value)
    if name in {"source_date", "confirmed_on"}:
        return date_in_words(str(value))
    return label(vocabulary, str(value)) if vocabulary else str(value)


def closure_words(one: Mapping[str, str]) -> str:
    """A temporary closure in words.

    Examples
    --------
    >>> closure_words({"from": "2026-08-10", "until": "2026-08-21", "why": "ferie"})
    'dal 10/08/2026 al 21/08/2026 (ferie)'
    """
    dates = f"dal {date_in_words(one['from'])} al {date_in_words(one['until'])}"
    return f"{dates} ({one['why']})" if one.get("why") else dates


def _months(count: Any) -> str:
    return "ogni mese" if count == 1 else f"ogni {count} mesi"


def _record(kind: str) -> Callable[[Any], str]:
    return lambda key: links.names_of(memory.registry(), [f"{kind}/{key}"]).get(f"{kind}/{key}", str(key))


HOW: Final[Mapping[str, Callable[[Any], str]]] = {
    "hours": hours_in_words,
    "ambito_id": ambito_words,
    "comune_code": comune_words,
    "areas": lambda codes: ", ".join(area_words(one) for one in codes),
    "closures": lambda ones: "; ".join(closure_words(one) for one in ones),
    "evidence": lambda code: f"{code} · {label('evidence', code)}",
    "source_kind": lambda code: SOURCE_KINDS.get(code, code),
    "confirm_every_months": _months,
    "ente_id": _record("enti"),
    "sportello_id": _record("sportelli"),
    "lon": lambda value: f"{value:.5f}".replace(".", ","),
    "lat": lambda value: f"{value:.5f}".replace(".", ","),
    "deleted_at": lambda value: f"tolta il {moment(value)}",
}
"""Fields with words of their own."""


def moment(at: str | dt.datetime) -> str:
    """A moment as Lombardy's clock and calendar say it.

    Examples
    --------
    >>> moment("2026-07-01T08:05:00+00:00")
    '01/07/2026, 10:05'
    """
    when = at if isinstance(at, dt.datetime) else dt.datetime.fromisoformat(at)
    return f"{when.astimezone(ROME):%d/%m/%Y, %H:%M}"


def freshness_words(said: Mapping[str, Any], today: dt.date) -> str:
    """When a record was confirmed and when it is to be confirmed again."""
    day = said.get("confirmed_on")
    if day is None:
        return "Mai confermato da chi lo gestisce"
    due = later(dt.date.fromisoformat(str(day)), int(said["confirm_every_months"]))
    when = "da confermare dal" if due <= today else "vale fino al"
    return f"Confermato il {date_in_words(str(day))}; {when} {date_in_words(due.isoformat())}"


def state(said: Mapping[str, Any], today: dt.date) -> str:
    """The state of confirmation of a record's content, as ``freshness.state``."""
    day = said.get("confirmed_on")
    if day is None:
        return NEVER
    return (
        OVERDUE
        if later(dt.date.fromisoformat(str(day)), int(said["confirm_every_months"])) <= today
        else CONFIRMED
    )


def title(kind: str, key: str) -> str:
    """What a person calls a record."""
    return links.names_of(memory.registry(), [f"{kind}/{key}"]).get(f"{kind}/{key}", key)


def field_words(name: str) -> str:
    """What a field is called."""
    words = FIELDS.get(name, name)
    return f"{words[0].upper()}{words[1:]}"


def shown(kind: str, names: Sequence[str]) -> list[str]:
    """Those of the fields that this kind has."""
    return [name for name in names if name in columns(kind)]
