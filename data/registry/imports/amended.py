"""A sheet with the suggestions that a person took, and rows that also say what their empty cells mean."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from data.registry.imports import cells
from data.registry.imports.gathered import OF
from data.registry.imports.grids import Cell
from data.registry.imports.sheets import Sheet
from data.registry.imports.wanted import Found, Wanted

NEVER_EMPTIED: Final = frozenset(
    {"name", "kind", "status", "evidence", "comune_code", "province", "ambito_id"}
)
"""Fields that an empty cell does not empty: a record needs them, or they follow from others."""


def can_be_taken(one: Found) -> bool:
    """Whether a suggestion can take the place of what was written; a note's was taken already."""
    return (
        one.suggestion is not None and one.column is not None and one.row is not None and one.level != "note"
    )


def amended(sheet: Sheet, columns: Mapping[str, str | None], taken: Sequence[Found]) -> Sheet:
    """The sheet with these suggestions written in its cells; the words around what is mended stay.

    Parameters
    ----------
    columns
        Head → field: coordinates that were swapped change places.
    taken
        What was found and is to be mended as suggested, in the order in which it was found.
    """
    place = {number: n for n, number in enumerate(sheet.numbers)}
    rows = [list(row) for row in sheet.rows]
    for one in taken:
        if not can_be_taken(one) or one.row not in place or one.column not in sheet.heads:
            continue
        row, at = rows[place[one.row]], sheet.heads.index(one.column)
        if one.why == "coordinate_swapped" and columns.get(one.column) in {"lat", "lon"}:
            _swap(row, sheet.heads, columns)
        else:
            row[at] = _mended(row[at], one)
    return replace(sheet, rows=rows)


def _swap(row: list[Cell], heads: Sequence[str], columns: Mapping[str, str | None]) -> None:
    both = [n for n, head in enumerate(heads) if columns.get(head) in {"lat", "lon"}]
    if len(both) == 2:
        row[both[0]], row[both[1]] = row[both[1]], row[both[0]]


def _mended(cell: Cell, one: Found) -> Cell:
    """A cell with the suggestion where what was found stands; all of it where that is not a part."""
    text, suggestion = cells.as_text(cell), one.suggestion or ""
    return text.replace(one.value, suggestion, 1) if one.value and one.value in text else suggestion


def emptied(wanted: Sequence[Wanted], sheet: Sheet, columns: Mapping[str, str | None]) -> list[Wanted]:
    """The rows, saying also that a field is unknown where its column is there and its cell is empty."""
    place = {number: n for n, number in enumerate(sheet.numbers)}
    of: dict[str, list[int]] = {}
    for n, head in enumerate(sheet.heads):
        field = columns.get(head)
        if field is not None and field not in NEVER_EMPTIED:
            of.setdefault(field, []).append(n)
    found = []
    for one in wanted:
        row = sheet.rows[place[one.row]] if one.row in place else None
        blank = {
            name: None
            for name in OF.get(one.kind, ())
            if row is not None
            and name in of
            and name not in one.said
            and all(_is_blank(row[n]) for n in of[name])
        }
        found.append(replace(one, said={**blank, **one.said}) if blank else one)
    return found


def _is_blank(cell: Cell) -> bool:
    return isinstance(cell, str) and not cell.strip()
