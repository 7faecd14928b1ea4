"""The bytes of a CSV, Excel or OpenDocument file as grids of typed cells; what is no table, or too much, is refused."""

import csv
import datetime as dt
import io
import re
import zipfile
from collections import Counter
from dataclasses import dataclass, field
from typing import Final

from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

from errors import FileUnreadable

Cell = str | int | float | bool | dt.date | dt.datetime | dt.time | dt.timedelta

MOST_BYTES: Final = 20_000_000
MOST_UNPACKED: Final = 200_000_000
MOST_ROWS: Final = 50_000
MOST_COLUMNS: Final = 150
"""The limits of a file: its size, its size once unpacked, rows and columns that say something."""

DELIMITERS: Final = (";", ",", "\t", "|")
OLD_EXCEL: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
Area = tuple[tuple[int, int], tuple[int, int]]


@dataclass
class Grid:
    """The cells of a sheet, the first row first; empty cells are ``""``.

    ``merged`` are areas of cells joined into one (first and last, row and column from 0); not known of ODS.
    """

    name: str
    cells: list[list[Cell]]
    merged: list[Area] = field(default_factory=list)
    hidden: bool = False
    encoding: str | None = None
    delimiter: str | None = None


def grids(data: bytes, name: str) -> list[Grid]:
    """Every sheet of a file, by its content rather than its name.

    Raises
    ------
    FileUnreadable
        If it is empty, too big, locked by a password, or no table; the reason is Italian.
    """
    if not data:
        raise FileUnreadable(file=name, reason="è vuoto")
    if len(data) > MOST_BYTES:
        raise FileUnreadable(file=name, reason="supera 20 MB")
    if data.startswith(b"PK"):
        _safe_to_unpack(data, name)
        found = _book(data, name)
    elif data.startswith(OLD_EXCEL):
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise FileUnreadable(file=name, reason=LOCKED)
        found = _book(data, name)
    else:
        found = [_text(data, name)]
    found = [_trimmed(grid) for grid in found]
    if not any(grid.cells for grid in found):
        raise FileUnreadable(file=name, reason="non contiene righe")
    for grid in found:
        _within_limits(grid, name)
    return [grid for grid in found if grid.cells]


LOCKED: Final = "è protetto da una password: salvalo senza"
NO_TABLE: Final = "non è un foglio di calcolo (CSV, XLSX, ODS)"


def _safe_to_unpack(data: bytes, name: str) -> None:
    """Refuse archives that unpack into too much, or whose cells lie so far apart that the grid would not fit."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
            if sum(part.file_size for part in parts) > MOST_UNPACKED:
                raise FileUnreadable(file=name, reason="una volta aperto supera 200 MB")
            names = {part.filename for part in parts}
            if "META-INF/manifest.xml" in names and b"encryption-data" in archive.read(
                "META-INF/manifest.xml"
            ):
                raise FileUnreadable(file=name, reason=LOCKED)
            if not names & {"xl/workbook.xml", "content.xml"}:
                raise FileUnreadable(file=name, reason=NO_TABLE)
            for part in parts:
                if re.fullmatch(r"xl/worksheets/[^/]+\.xml|content\.xml", part.filename):
                    _not_too_far(archive.read(part), name)
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError, OSError, ValueError) as fault:
        raise FileUnreadable(file=name, reason="è danneggiato") from fault


FAR_ROW: Final = re.compile(rb'<c r="[A-Z]+\d{6,}"[^>]*(?<!/)>')
FAR_COLUMN: Final = re.compile(rb'<c r="[A-Z]{3,}\d+"[^>]*(?<!/)>')
REPEATED_ROW: Final = re.compile(
    rb'<table:table-row[^>]*number-rows-repeated="(\d{5,})"[^>]*(?<!/)>(.{0,4000})', re.DOTALL
)
REPEATED_CELL: Final = re.compile(rb'<table:table-cell[^>]*number-columns-repeated="(\d{4,})"[^>]*(?<!/)>')


def _not_too_far(xml: bytes, name: str) -> None:
    full = any(
        b"<text:p" in found[2].split(b"</table:table-row>")[0] and int(found[1]) > MOST_ROWS
        for found in REPEATED_ROW.finditer(xml)
    )
    if full or FAR_ROW.search(xml):
        raise FileUnreadable(file=name, reason=f"ha più di {MOST_ROWS} righe")
    if FAR_COLUMN.search(xml) or REPEATED_CELL.search(xml):
        raise FileUnreadable(file=name, reason=f"ha più di {MOST_COLUMNS} colonne")


def _book(data: bytes, name: str) -> list[Grid]:
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(data)) as book:
            found = []
            for about in book.sheets_metadata:
                if about.typ != SheetTypeEnum.WorkSheet:
                    continue
                sheet = book.get_sheet_by_name(about.name)
                cells: list[list[Cell]] = [list(row) for row in sheet.to_python(skip_empty_area=False)]
                hidden = about.visible != SheetVisibleEnum.Visible
                found.append(Grid(about.name, cells, sheet.merged_cell_ranges or [], hidden))
            return found
    except PasswordError as fault:
        raise FileUnreadable(file=name, reason=LOCKED) from fault
    except CalamineError as fault:
        raise FileUnreadable(file=name, reason="è danneggiato") from fault


def _text(data: bytes, name: str) -> Grid:
    text, encoding = _decoded(data, name)
    hint = re.match(r"sep=(.)\r?\n", text)
    text = text[hint.end() :] if hint else text
    delimiter = hint[1] if hint else _delimiter(text)
    try:
        cells: list[list[Cell]] = [
            list(row) for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        ]
    except csv.Error as fault:
        raise FileUnreadable(file=name, reason="è danneggiato") from fault
    if hint:
        cells.insert(0, [])
    return Grid(name.rpartition("/")[2], cells, encoding=encoding, delimiter=delimiter)


def _decoded(data: bytes, name: str) -> tuple[str, str]:
    marks = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
    marked = next((encoding for mark, encoding in marks if data.startswith(mark)), None)
    if marked != "utf-16" and (b"\0" in data or data.startswith((b"%PDF", b"{\\rtf"))):
        raise FileUnreadable(file=name, reason=NO_TABLE)
    for encoding in (marked,) if marked else ("utf-8", "cp1252"):
        try:
            return data.decode(encoding), encoding.removesuffix("-sig")
        except UnicodeDecodeError:
            continue
    raise FileUnreadable(file=name, reason=NO_TABLE)


def _delimiter(text: str) -> str:
    """The one that cuts most rows into the same number of cells, and into most cells."""

    def worth(delimiter: str) -> float:
        lines = csv.reader(io.StringIO(text[:200_000], newline=""), delimiter=delimiter)
        try:
            widths = Counter(len(row) for row, _ in zip(lines, range(200), strict=False) if row)
        except csv.Error:
            return 0.0
        wide = {width: times for width, times in widths.items() if width > 1}
        if not wide:
            return 0.0
        width, times = max(wide.items(), key=lambda one: one[0] * one[1])
        return width * times / sum(widths.values())

    return max(DELIMITERS, key=worth)


def _trimmed(grid: Grid) -> Grid:
    """Without empty rows at the end; spaces that hold nothing are nothing."""
    rows = [[_blank(cell) for cell in row] for row in grid.cells]
    while rows and all(cell == "" for cell in rows[-1]):
        rows.pop()
    width = max((len(row) for row in rows), default=0)
    grid.cells = [row + [""] * (width - len(row)) for row in rows]
    return grid


def _blank(cell: Cell | None) -> Cell:
    if cell is None or (isinstance(cell, str) and not cell.strip(" \t\r\n\u00a0\u200b\ufeff")):
        return ""
    return cell


def _within_limits(grid: Grid, name: str) -> None:
    if len(grid.cells) > MOST_ROWS:
        raise FileUnreadable(file=name, reason=f"ha più di {MOST_ROWS} righe")
    width = len(grid.cells[0]) if grid.cells else 0
    full = sum(any(row[n] != "" for row in grid.cells) for n in range(width))
    if full > MOST_COLUMNS:
        raise FileUnreadable(file=name, reason=f"ha più di {MOST_COLUMNS} colonne")
