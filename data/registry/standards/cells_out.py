"""CSV that a spreadsheet opens without running anything, and that is read back as it was.

UTF-8 with a mark; a text that would be taken for a formula gets an apostrophe in front, which reading takes off.
"""

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import JSON, Float, Integer

from data.registry.imports.wanted import Found
from data.registry.model import KINDS
from data.registry.standards.records import LARGEST, Said, fault, unwritten, written
from data.registry.standards.told_lines import from_words, in_words

FORMULA: Final = re.compile(r"^[=@\t\r']|^[+-](?![\d\s./()-]*$)")
ZEROS: Final = {"comune_code": 6, "postcode": 5}
"""Codes whose zeros in front spreadsheets eat, and how long they are."""
MARK: Final = b"\xef\xbb\xbf"


def guarded(text: str) -> str:
    """A text that no spreadsheet runs.

    Examples
    --------
    >>> guarded("=1+1"), guarded("+39 02 1234"), guarded("'ndrangheta")
    ("'=1+1", '+39 02 1234', "''ndrangheta")
    """
    return f"'{text}" if FORMULA.match(text) else text


def unguarded(text: str) -> str:
    """``guarded`` backwards; an apostrophe that guards nothing stays."""
    return text[1:] if text.startswith("'") and FORMULA.match(text[1:]) else text


def cell(kind: str, name: str, value: Any) -> str:
    """A value of a field as it stands in a cell; empty where nothing is known."""
    if value is None:
        return ""
    if isinstance(value, list) and name != "closures":
        return guarded(in_words(value, None))
    return guarded(written(kind, name, value))


def sheet(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """Heads and rows as CSV."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(heads)
    writer.writerows(rows)
    return MARK + out.getvalue().encode()


def rows_of(data: bytes) -> list[dict[str, str]]:
    """The rows of a CSV by their heads, also one that a spreadsheet saved again; ``FileUnreadable`` if it is none."""
    if len(data) > LARGEST:
        raise fault("è troppo grande")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", errors="replace")
    first = text.partition("\n")[0]
    delimiter = ";" if first.count(";") > first.count(",") else ","
    try:
        lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as odd:
        raise fault("non è un CSV intero") from odd
    heads = [head.strip() for head in lines[0]] if lines else []
    if len(heads) < 2 or len(set(heads)) < len(heads):
        raise fault("non è una tabella CSV: la prima riga deve nominare le colonne, una volta ciascuna")
    return [dict(zip(heads, line, strict=False)) for line in lines[1:] if any(one.strip() for one in line)]


def said_of(
    kind: str, row: Mapping[str, str], number: int, *, but: Iterable[str] = ()
) -> tuple[Said, list[Found]]:
    """What a row says of a record: its columns that are fields; empty is known to be unknown.

    A column that is no field (nor in ``but``) is told once, as a note of the whole file.
    """
    columns = KINDS[kind].__table__.columns
    said: Said = {}
    found: list[Found] = []
    for name, raw in row.items():
        if name not in columns:
            found += [Found(None, name, "note", "column_unknown")] * (bool(name) and name not in but)
            continue
        text = unguarded(raw.strip())
        said[name] = value = None if not text else _value(kind, name, text)
        if isinstance(columns[name].type, Integer | Float) and isinstance(value, str):
            found.append(Found(number, name, "doubt", "not_number", text))
            del said[name]
    return said, found


def _value(kind: str, name: str, text: str) -> Any:
    wanted = KINDS[kind].__table__.columns[name].type
    if isinstance(wanted, JSON) and name != "closures":
        return from_words(text, None, listed=True)
    if isinstance(wanted, Float):
        text = text.replace(",", ".")
    return unwritten(kind, name, text.zfill(ZEROS[name]) if text.isdigit() and name in ZEROS else text)
