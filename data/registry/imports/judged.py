"""What fields cannot hold, remembered: the thousands of rows of a file say the same few things again and again."""

from collections.abc import Hashable, Mapping
from typing import Any, Final

from sqlalchemy.orm import Session

from data.registry import checks
from errors import Fault

MOST: Final = 300_000
"""Values remembered before they are forgotten together."""
_KNOWN: dict[Hashable, list[Fault]] = {}
_WHOLE: dict[Hashable, bool] = {}


def faults(session: Session, kind: str, said: Mapping[str, Any]) -> list[Fault]:
    """Every fault of the fields given, as ``checks.faults``; references to other records are never remembered."""
    found: list[Fault] = []
    for name, value in said.items():
        key = _key(kind, name, value)
        if key is None:
            found += checks.faults(session, kind, {name: value})
            continue
        known = _KNOWN.get(key)
        if known is None:
            if len(_KNOWN) >= MOST:
                _KNOWN.clear()
                _WHOLE.clear()
            known = _KNOWN[key] = checks.faults(session, kind, {name: value})
        found += known
    return found


def whole(kind: str, said: Mapping[str, Any]) -> list[Fault]:
    """The faults of a whole record, as ``checks.whole``: they depend on which fields are said at all."""
    shape = (kind, frozenset(name for name, value in said.items() if value is not None))
    if _WHOLE.get(shape):
        return []
    found = checks.whole(kind, said)
    _WHOLE[shape] = not found
    return found


def _key(kind: str, name: str, value: Any) -> Hashable | None:
    """What a judgement depends on; none where it cannot be remembered."""
    if name in checks.REFERENCES:
        return None
    if isinstance(value, list):
        return (kind, name, *value) if all(isinstance(one, str) for one in value) else None
    return (kind, name, type(value), value) if isinstance(value, str | int | float | None) else None
