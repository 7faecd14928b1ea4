"""A file as sheets of rows under heads: where the heads are, on one row or two, and what stands above and below."""

import dataclasses
import re
from dataclasses import dataclass
from typing import Final

from data.registry.imports import heads as known
from data.registry.imports.codes import fold
from data.registry.imports.grids import Area, Cell, Grid, grids
from data.registry.imports.wanted import Found
from errors import FileUnreadable

LOOKED_AT: Final = 30
"""Rows among which the heads are looked for."""
ENOUGH: Final = 2
"""Known heads that make a row of heads."""
ASIDE: Final = re.compile(
    r"(?:totale|totali|tot|note|nota|n b|nb|fonte|fonti|legenda|aggiornat\w|aggiornamento|dati aggiornati|pagina"
    r"|segue)\b"
)


@dataclass(frozen=True)
class Sheet:
    """The rows of a sheet under their heads.

    Parameters
    ----------
    heads
        As written; those of two rows joined, each name once.
    rows
        A cell for each head, ``""`` where it is empty.
    numbers
        The row in the file of each row, from 1.
    header_row
        The row in the file of the heads (the lower of two), from 1.
    notes
        What was set aside or noted.
    """

    name: str
    heads: list[str]
    rows: list[list[Cell]]
    numbers: list[int]
    header_row: int
    notes: tuple[Found, ...] = ()
    encoding: str | None = None
    delimiter: str | None = None
    hidden: bool = False

    @property
    def first_row(self) -> int:
        """The row in the file of the first row under the heads."""
        return self.numbers[0] if self.numbers else self.header_row + 1


def read(data: bytes, name: str, *, header_row: int | None = None) -> list[Sheet]:
    """Every sheet with rows in a CSV, Excel or OpenDocument file; hidden ones come last.

    Parameters
    ----------
    data
        The bytes of the file.
    name
        Its name, to speak of it; what it is, its bytes tell.
    header_row
        The row of the heads, from 1, where a person says it; else the row most like heads we know.

    Raises
    ------
    FileUnreadable
        If it is no table, too big, locked, damaged, or has no row under its heads.
    """
    found = [sheet for grid in grids(data, name) if (sheet := _sheet(grid, header_row)) and sheet.rows]
    if not found:
        raise FileUnreadable(file=name, reason="non contiene righe sotto le intestazioni")
    return sorted(found, key=lambda sheet: sheet.hidden)


def _sheet(grid: Grid, header_row: int | None) -> Sheet | None:
    at, heads = _heads(grid, header_row)
    if at >= len(grid.cells):
        return None
    _fill_down(grid, at)
    under = grid.cells[at + 1 :]
    kept = [n for n, head in enumerate(heads) if head or any(row[n] != "" for row in under)]
    names = _once_each([heads[n] or f"colonna {letters(n)}" for n in kept])
    notes = [Found(None, None, "note", "hidden_sheet", grid.name)] if grid.hidden else []
    notes += [
        Found(n + 1, None, "note", "title_rows", _shown(row))
        for n, row in enumerate(grid.cells[:at])
        if any(cell != "" for cell in row) and not _is_upper(row, heads)
    ]
    rows, numbers = [], []
    for number, whole in enumerate(under, start=at + 2):
        row = [whole[n] for n in kept]
        if all(cell == "" for cell in row):
            continue
        if _is_aside(row, names):
            notes.append(Found(number, None, "note", "rows_aside", _shown(row)))
            continue
        rows.append(row)
        numbers.append(number)
    sheet = Sheet(grid.name, names, rows, numbers, at + 1, tuple(notes))
    return dataclasses.replace(sheet, encoding=grid.encoding, delimiter=grid.delimiter, hidden=grid.hidden)


def letters(number: int) -> str:
    """A column as a spreadsheet calls it, from 0.

    Examples
    --------
    >>> letters(0), letters(27)
    ('A', 'AB')
    """
    return (letters(number // 26 - 1) if number >= 26 else "") + chr(ord("A") + number % 26)


def _heads(grid: Grid, header_row: int | None) -> tuple[int, list[str]]:
    """Index of the row of the heads, and the heads: the row, or two together, with most heads that we know."""
    rows = grid.cells
    asked = range(min(LOOKED_AT, len(rows))) if header_row is None else [min(header_row, len(rows)) - 1]
    best: tuple[float, int, list[str]] = (0.0, -1, [])
    for n in asked:
        one = [_head(cell) for cell in rows[n]]
        two = _joined(rows[n - 1], rows[n], n - 1, grid.merged) if n > 0 else None
        for heads in (one, two):
            if heads is not None and (worth := _worth(heads)) > best[0]:
                best = (worth, n, heads)
    if header_row is not None and best[1] < 0:
        return asked[0], [_head(cell) for cell in rows[asked[0]]]
    if best[0] >= ENOUGH:
        return best[1], best[2]
    width = max(sum(cell != "" for cell in row) for row in rows)
    for n, row in enumerate(rows):
        if sum(isinstance(cell, str) and cell != "" for cell in row) * 2 >= max(2, width):
            return n, [_head(cell) for cell in row]
    return len(rows), []


def _head(cell: Cell) -> str:
    return " ".join(str(cell).split())[:120]


def _worth(heads: list[str]) -> float:
    """How many heads we know; less where some are more like values."""
    known_ones = sum(known.by_name(head).score >= known.SURE for head in heads if head)
    values = sum(bool(re.search(r"@|\d{4,}|^\d", head)) for head in heads)
    return known_ones - values


def _joined(upper: list[Cell], lower: list[Cell], at: int, merged: list[Area]) -> list[str] | None:
    """Heads on two rows: the upper one, which may stand over several, then the lower; missing where it cannot be."""
    spread = [_head(cell) for cell in upper]
    if sum(bool(head) for head in spread) < ENOUGH:
        return None
    for (top, left), (bottom, right) in merged:
        if top <= at <= bottom and right < len(spread) and right > left:
            spread[left : right + 1] = [_head(upper[left])] * (right - left + 1)
    below = [_head(cell) for cell in lower]
    if not merged:
        for n in range(1, len(spread)):
            if not spread[n] and below[n] and below[n - 1]:
                spread[n] = spread[n - 1]
    return [
        head if fold(head) == fold(sub) else f"{head} {sub}".strip()
        for head, sub in zip(spread, below, strict=True)
    ]


def _is_upper(row: list[Cell], heads: list[str]) -> bool:
    """Whether a row above is the upper row of the heads themselves."""
    said = [(_head(cell), head) for cell, head in zip(row, heads, strict=True) if cell != ""]
    return bool(said) and all(head.startswith(cell) for cell, head in said)


def _fill_down(grid: Grid, at: int) -> None:
    """Cells joined downwards under the heads hold their value in every row."""
    for (top, left), (bottom, _) in grid.merged:
        if at < top < bottom < len(grid.cells) and left < len(grid.cells[top]):
            for n in range(top + 1, bottom + 1):
                grid.cells[n][left] = grid.cells[top][left]


def _once_each(heads: list[str]) -> list[str]:
    seen: dict[str, int] = {}
    found = []
    for head in heads:
        seen[head] = seen.get(head, 0) + 1
        found.append(head if seen[head] == 1 else f"{head} ({seen[head]})")
    return found


def _is_aside(row: list[Cell], heads: list[str]) -> bool:
    """Whether a row is no record: a total, a note, a section title, the heads once more."""
    full = [cell for cell in row if cell != ""]
    if len(full) > 2 and sum(_head(cell) == head for cell, head in zip(row, heads, strict=True)) * 2 > len(
        full
    ):
        return True
    first = fold(str(full[0]))
    return (len(full) <= 3 and bool(ASIDE.match(first))) or (len(full) == 1 and len(heads) >= 3)


def _shown(row: list[Cell]) -> str:
    return " | ".join(_head(cell) for cell in row if cell != "")[:200]
