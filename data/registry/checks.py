"""What the fields of a record can hold: every fault of what a person wrote, named at once."""

import datetime as dt
import re
import unicodedata
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Final

from sqlalchemy import JSON, Float, Integer
from sqlalchemy.orm import Session

from data import catalog
from data.registry import areas, hours
from data.registry.model import INTERVALS, KINDS, columns, fields
from data.vocabularies import vocabulary
from errors import Fault, FieldsRefused, UnknownCode
from geo.crs import LOMBARDY_BOX

WHY: Final = (
    "unknown_field", "kept_by_us", "needed", "not_text", "not_list", "not_number", "too_long", "markup", "control",
    "code", "pattern", "outside", "both_or_neither", "not_there", "too_short", "taken", "in_use", "closure", "area",
    "hours_syntax", "hours_no_day", "hours_no_time", "hours_past_midnight", "hours_open_end",
    "hours_twice",
)  # fmt: skip
"""Every word a fault may give as its reason; ``screens/errors.py`` has the Italian for each."""

LONG: Final = ("description", "notes", "caution", "services", "figures", "hours_note", "access_note")
LONGEST, LONGEST_LINE = 4000, 300

VOCABULARIES: Final = {
    "evidence": "evidence", "status": "statuses", "themes": "themes", "targets": "targets", "access": "access_modes",
    "cost": "costs", "reception": "receptions", "mediator": "mediators", "languages": "languages",
    "precision": "precisions", "areas_basis": "area_bases",
}  # fmt: skip
KIND_VOCABULARIES: Final = {
    "enti": "provider_kinds", "sportelli": "service_kinds", "associazioni": "association_kinds",
    "sostegni": "school_supports",
}  # fmt: skip
PATTERNS: Final = {
    "postcode": r"\d{5}",
    "comune_code": r"\d{6}",
    "province": r"[A-Z]{2}",
    "phone": r"\+?[\d][\d ./()-]{4,60}(?:[;,] ?\+?[\d ./()-]{5,40})*",
    "email": r"[^@\s;,<>\"']+@[^@\s;,<>\"']+\.[A-Za-z]{2,}(?:; ?[^@\s;,<>\"']+@[^@\s;,<>\"']+\.[A-Za-z]{2,})*",
    "web": r"https?://[^\s<>\"']+",
    "source_url": r"https?://[^\s<>\"']+",
    "source_date": r"\d{4}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?)?",
    "name": r"(?:(?!;|--|/\*).)+",
    "school_id": r"[A-Z0-9]{10}",
}
REFERENCES: Final = {"ente_id": "enti", "sportello_id": "sportelli"}


def tidied(said: Mapping[str, Any]) -> dict[str, Any]:
    """What a form gave, with blank ends off; empty texts and lists become unknown, lists name each thing once."""
    return {name: _tidy(value) for name, value in said.items()}


def _tidy(value: Any) -> Any:
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value).strip() or None
    if isinstance(value, list):
        items = [_tidy(item) for item in value]
        return [item for n, item in enumerate(items) if item is not None and item not in items[:n]] or None
    return value


def refuse(kind: str, found: list[Fault]) -> None:
    """Raise ``FieldsRefused`` if there is any fault."""
    if found:
        raise FieldsRefused(kind=kind, faults=found)


def faults(session: Session, kind: str, said: Mapping[str, Any]) -> list[Fault]:
    """Every fault of the fields given (tidied), in their order; what is not given is not judged."""
    found = []
    for name, value in said.items():
        found += [Fault(name, why, str(value)[:80]) for why in _why(session, kind, name, value)]
    return found


def whole(kind: str, said: Mapping[str, Any]) -> list[Fault]:
    """The faults of a whole record: fields that must be there, and those that go together."""
    table = KINDS[kind].__table__.columns
    found = [
        Fault(name, "needed", "")
        for name in fields(kind)
        if not table[name].nullable and said.get(name) is None
    ]
    if "lon" in table and (said.get("lon") is None) != (said.get("lat") is None):
        found.append(Fault("lon", "both_or_neither", f"{said.get('lon')} {said.get('lat')}"))
    return found


def _why(session: Session, kind: str, name: str, value: Any) -> list[str]:
    if name not in fields(kind) or (kind, name) == ("sessioni", "ambito_id"):
        return ["kept_by_us" if name in columns(kind) else "unknown_field"]
    if value is None:
        return []
    wanted = KINDS[kind].__table__.columns[name].type
    if isinstance(wanted, JSON):
        return _closures(value) if name == "closures" else _list(name, value)
    if isinstance(wanted, Integer | Float):
        return _number(name, value, whole=isinstance(wanted, Integer))
    if not isinstance(value, str):
        return ["not_text"]
    return _text(session, kind, name, value)


def _text(session: Session, kind: str, name: str, value: str) -> list[str]:
    found = characters(value, longest=LONGEST if name in LONG else LONGEST_LINE)
    if name in PATTERNS and not re.fullmatch(PATTERNS[name], value):
        found.append("pattern")
    words = KIND_VOCABULARIES.get(kind) if name == "kind" else VOCABULARIES.get(name)
    if (words and value not in vocabulary(words).index) or (name in CODES and not CODES[name](value)):
        found.append("code")
    if name in REFERENCES and not _is_there(session, REFERENCES[name], value):
        found.append("not_there")
    return found + (hours.faults(value) if name == "hours" and not found else [])


def characters(value: str, *, longest: int) -> list[str]:
    """What is wrong with the characters of a text: too many, HTML, ones that nobody sees."""
    found = {
        "too_long": len(value) > longest,
        "markup": bool(re.search(r"<\s*[A-Za-z/!?]|&#|&\w+;|javascript:", value, re.IGNORECASE)),
        "control": not value.isprintable()
        and any(unicodedata.category(c) in {"Cc", "Cf", "Cs", "Co"} and c not in "\n\u200d" for c in value),
    }
    return [why for why, holds in found.items() if holds]


def _number(name: str, value: Any, *, whole: bool) -> list[str]:
    if isinstance(value, bool) or not isinstance(value, int if whole else int | float):
        return ["not_number"]
    west, south, east, north = LOMBARDY_BOX
    limits = {
        "lon": (west, east),
        "lat": (south, north),
        "capacity": (1, 1000),
        "hours_a_year": (1, 100_000),
        "confirm_every_months": (min(INTERVALS), max(INTERVALS)),
    }
    low, high = limits[name]
    good = low <= value <= high and (name != "confirm_every_months" or value in INTERVALS)
    return [] if good else ["outside"]


def _list(name: str, value: Any) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        return ["not_list"]
    found = [why for item in value for why in characters(item, longest=LONGEST_LINE)]
    if name == "areas":
        found += ["area" for item in value if not _is_area(item)]
    elif name in VOCABULARIES:
        found += ["code" for item in value if item not in vocabulary(VOCABULARIES[name]).index]
    return list(dict.fromkeys(found))


def _is_area(text: str) -> bool:
    try:
        return str(areas.parse(text)) in areas.known()
    except UnknownCode:
        return False


def _closures(value: Any) -> list[str]:
    """A closure has two dates in order and a reason in a few words."""
    if not isinstance(value, list):
        return ["not_list"]
    return [] if all(_is_closure(one) for one in value) else ["closure"]


def _is_closure(one: Any) -> bool:
    if not isinstance(one, dict) or not {"from", "until"} <= set(one) <= {"from", "until", "why"}:
        return False
    if not all(re.fullmatch(r"\d{4}-\d\d-\d\d", str(one[side])) for side in ("from", "until")):
        return False
    try:
        start, end = (dt.date.fromisoformat(one[side]) for side in ("from", "until"))
    except (TypeError, ValueError):
        return False
    why = one.get("why", "")
    told = isinstance(why, str) and '"' not in why and not characters(why, longest=120)
    return told and 0 <= (end - start).days <= 400


def _is_there(session: Session, kind: str, key: str) -> bool:
    found = session.get(KINDS[kind], key)
    return found is not None and found.deleted_at is None


@cache
def _ambiti() -> frozenset[str]:
    return frozenset(catalog.load("ambiti")["ambito_id"])


CODES: Final[dict[str, Callable[[str], bool]]] = {
    "ambito_id": lambda code: code in _ambiti(),
    "comune_code": lambda code: f"istat:comune:{code}" in areas.known(),
}
"""Fields whose codes are in a clean table."""
