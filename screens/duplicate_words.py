"""Duplicates in Italian words: how likely a pair is, why, and which of two values to propose."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from data.registry.duplicates import Pair
from data.registry.likeness import Reason
from data.registry.model import KEPT_BY_US, columns
from data.registry.reading import Card
from screens.record_fields import comune_words
from screens.record_words import UNKNOWN, title, words

SURE, LIKELY = 0.88, 0.8
"""From which scores a pair is said to be almost surely, or likely, one."""
TOGETHER: Final = ("lon", "lat", "precision")
"""The position is one choice."""
APART: Final = frozenset({*KEPT_BY_US, *TOGETHER[1:]})


def score_words(score: float) -> str:
    """How likely a pair is.

    Examples
    --------
    >>> score_words(0.93), score_words(0.76)
    ('Quasi certo', 'Possibile')
    """
    return "Quasi certo" if score >= SURE else "Probabile" if score >= LIKELY else "Possibile"


def reason_words(one: Reason) -> str:
    """A reason in words, with what is in common."""
    if one.word == "name":
        alike = float(one.detail)
        return "nome uguale" if alike >= 0.99 else "nome molto simile" if alike > 0.8 else "nome simile"
    if one.word == "near":
        return f"a {one.detail} metri una dall'altra"
    detail = one.detail
    if one.word == "comune":
        detail = comune_words(one.detail)
    if one.word == "ente":
        detail = title("enti", one.detail)
    return f"{WHY[one.word]} ({detail})"


WHY: Final = {
    "phone": "stesso telefono", "email": "stessa posta elettronica", "web": "stessa pagina",
    "address": "stesso indirizzo", "street": "stessa via", "comune": "stesso comune", "ente": "stesso ente",
}  # fmt: skip
"""What is in common (``likeness.WORDS``)."""


def reasons_words(pair: Pair) -> str:
    """All the reasons of a pair in one sentence."""
    told = [reason_words(one) for one in pair.reasons]
    return "; ".join(told)[:1].upper() + "; ".join(told)[1:]


def compared(kind: str) -> list[str]:
    """The fields that are compared; those of the position stand for one another."""
    return [name for name in columns(kind) if name not in APART]


def value_words(kind: str, name: str, said: Mapping[str, Any]) -> str:
    """What a record says of a field."""
    if name != "lon":
        return words(kind, name, said[name])
    if said["lon"] is None:
        return UNKNOWN if said["precision"] is None else words(kind, "precision", said["precision"])
    return f"{words(kind, 'lat', said['lat'])} N, {words(kind, 'lon', said['lon'])} E"


def differing(kind: str, one: Mapping[str, Any], other: Mapping[str, Any]) -> list[str]:
    """The fields of which the two say something else."""
    return [name for name in compared(kind) if _of(name, one) != _of(name, other)]


def _of(name: str, said: Mapping[str, Any]) -> Any:
    return [said[each] for each in TOGETHER] if name == "lon" else said[name]


def taken(name: str, said: Mapping[str, Any]) -> dict[str, Any]:
    """The fields that go with a choice, as this record has them."""
    return {each: said[each] for each in (TOGETHER if name == "lon" else (name,))}


def better(cards: Sequence[Card]) -> int:
    """Which of two records to propose to keep: better evidence, confirmed later, more that is known."""
    return min(range(2), key=lambda place: (_rank(cards[place]), place))


def _rank(card: Card) -> tuple[str, str, int]:
    said = card.said
    known = sum(value is not None for value in said.values()) + len(card.sessioni)
    return said["evidence"], _later_first(said["confirmed_on"] or said["source_date"] or ""), -known


def _later_first(day: str) -> str:
    """A day as a text that sorts the latest first, and the unknown last."""
    return "".join(chr(0x7F - ord(letter)) for letter in day) or "\x7f"


def proposed(name: str, cards: Sequence[Card]) -> int:
    """Whose value to propose for a field: the one that is known, else that of the better record."""
    known = [place for place in range(2) if _of(name, cards[place].said) not in (None, [], [None] * 3)]
    return known[0] if len(known) == 1 else better(cards)


def mark(kind: str, cards: Sequence[Card]) -> str:
    """A mark of what is shown: another as soon as one of the two changes."""
    return json.dumps([kind, *((card.key, card.version) for card in cards)])
