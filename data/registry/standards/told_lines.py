"""What a standard has no field for, told in the last lines of a description: for people to read and us to take back.

A line is ``Word: value``; a list is its labels with ``;`` between, JSON where that would be ambiguous.
"""

import json
import re
from collections.abc import Mapping
from typing import Any, Final

from data.registry.standards.records import Said
from data.vocabularies import label, vocabulary

WORDS: Final = {
    "name": "Nome", "kind": "Tipo", "status": "Stato", "themes": "Temi", "languages": "Lingue",
    "reception": "Si riceve", "mediator": "Mediatore", "hours_note": "Orari a parole", "phone": "Telefono",
    "email": "Posta elettronica", "caution": "Avvertenze", "communities": "Comunità", "activities": "Attività",
    "settings": "Contesti", "area_note": "Zona", "targets": "Destinatari", "access": "Accesso",
}  # fmt: skip
"""Field → how its line begins."""
_FIELDS: Final = {word: field for field, word in WORDS.items()}
LONGEST: Final = 10_000


def told(own: str | None, said: Mapping[str, Any], words: Mapping[str, str]) -> str | None:
    """A description with the lines of some fields under it; missing where there is neither.

    Parameters
    ----------
    own
        The description that a person wrote.
    said
        The fields to tell, in this order; unknown ones have no line.
    words
        Field → vocabulary, for those that are codes.
    """
    lines: list[str] = []
    room = LONGEST - len(own or "") - 2
    for field, value in said.items():
        line = "" if value is None else f"{WORDS[field]}: {in_words(value, words.get(field))}"
        if line and len(line) < room:
            lines.append(line)
            room -= len(line) + 1
    parts = [part for part in (own, "\n".join(lines)) if part]
    return "\n\n".join(parts) or None


def in_words(value: Any, words: str | None) -> str:
    """A value on one line.

    Examples
    --------
    >>> in_words(["lavoro", "salute"], "themes"), in_words(["a;b"], None), in_words("lun 9-12", None)
    ('Lavoro; Salute', '["a;b"]', 'lun 9-12')
    """
    items = value if isinstance(value, list) else [value]
    named = [label(words, one) if words else str(one) for one in items]
    odd = any(re.search(r"[;\n]", one) if isinstance(value, list) else "\n" in one for one in named)
    if odd or named[0].startswith(("[", '"')):
        return json.dumps(value, ensure_ascii=False)
    return "; ".join(named)


def heard(
    description: str | None, words: Mapping[str, str], listed: frozenset[str]
) -> tuple[str | None, Said]:
    """A description without its lines, and what the lines say; ``listed`` are the fields that are lists."""
    if description is None:
        return None, {}
    own, _, last = description.rpartition("\n\n")
    lines = [line.partition(": ") for line in last.split("\n")]
    if not all(word in _FIELDS and between for word, between, _ in lines):
        return description, {}
    said = {
        _FIELDS[word]: from_words(text, words.get(_FIELDS[word]), listed=_FIELDS[word] in listed)
        for word, _, text in lines
    }
    return own or None, said


def from_words(text: str, words: str | None, *, listed: bool) -> Any:
    """A value from its line; ``in_words`` backwards."""
    if text.startswith(("[", '"')):
        try:
            return json.loads(text)
        except (json.JSONDecodeError, RecursionError):
            return text
    if words:
        table = vocabulary(words)["label"]
        codes = {str(name): str(code) for code, name in table.items()}
        items = [codes.get(part, part) for part in re.split(r";\s*", text)]
        return items if listed else items[0]
    return re.split(r";\s*", text) if listed else text
