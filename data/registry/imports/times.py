"""The hours of a row: from one column of words, from days and times apart, or from a column for each weekday."""

import datetime as dt
import re
from typing import Final

from data.registry.hours import WEEK, faults
from data.registry.imports import cells, codes, figures
from data.registry.imports.cells import Remark
from data.registry.imports.grids import Cell
from data.registry.imports.hours_words import Hours, read, together
from data.registry.imports.row import Row

ITALIAN: Final = dict(
    zip(WEEK, ("lunedì", "martedì", "mercoledì", "giovedì", "venerdì", "sabato", "domenica"), strict=True)
)


def read_times(row: Row) -> None:
    """The hours of a row, or their words where they cannot be told for sure, into ``row.said``."""
    marked = _marked(row)
    days = [f"hours:{day}" for day in WEEK if f"hours:{day}" in row.cells]
    if days and not marked:
        _week(row)
    for head, cell in row.cells.get("hours", ()) if "hours" in row.cells else _apart(row):
        if cell == "":
            continue
        ahead = " ".join(ITALIAN[day] for day in marked)
        if not ahead and (asked := row.first("days")) and "hours" in row.cells:
            ahead = cells.as_text(asked[1])
        got = _one(row, head, cell, ahead=ahead)
        if got is not None:
            _keep(row, got)


def _marked(row: Row) -> list[str]:
    """The weekdays whose column has only a mark, beside a column with the hours."""
    if not row.first("hours") and not row.first("opens"):
        return []
    return [
        day
        for day in WEEK
        if any(cells.yes_or_no(cell) for _, cell in row.cells.get(f"hours:{day}", ()) if cell != "")
    ]


def _apart(row: Row) -> list[tuple[str, Cell]]:
    """Days, opening and closing time of three columns as words in one."""
    opens, closes, days = (row.first(name) for name in ("opens", "closes", "days"))
    if opens and _is_whole(cells.as_text(opens[1])):
        return [opens]
    if opens and closes:
        day = f"{cells.as_text(days[1])} " if days else ""
        return [(opens[0], f"{day}{cells.as_text(opens[1])}-{cells.as_text(closes[1])}")]
    return [days] if days else []


def _one(row: Row, head: str, cell: Cell, *, ahead: str = "", day: str | None = None) -> Hours | None:
    """What a cell says of hours, told where there is a doubt; missing where it says nothing."""
    made = _date_made_of(cell)
    if made:
        likely = read(f"{ahead} {made}".strip(), day=day)
        row.tell(head, cell, Remark("doubt", "hours_date", likely.hours or likely.suggestion))
        return None
    said, before = cells.words(cell, "hours")
    for remark in before:
        row.tell(head, cell, remark)
    if said is None:
        return None
    got = read(said if _is_whole(said) else f"{ahead} {said}".strip(), day=day)
    if got.why:
        row.tell(head, cell, Remark("doubt", got.why, got.suggestion))
    return got


def _date_made_of(cell: Cell) -> str | None:
    """The times of which a spreadsheet made a date: "9-12" is not the ninth of December.

    Examples
    --------
    >>> _date_made_of(dt.date(2026, 12, 9)), _date_made_of("09-dic"), _date_made_of("9-12")
    ('9-12', '9-12', None)
    """
    if isinstance(cell, dt.datetime | dt.date):
        return f"{cell.day}-{cell.month}"
    found = re.fullmatch(r"(\d{1,2})[-/ ]([a-z]{3})", str(cell).strip().lower())
    if found and found[2] in figures.MONTHS:
        return f"{int(found[1])}-{figures.MONTHS.index(found[2]) + 1}"
    return None


def _is_whole(said: str) -> bool:
    """Whether words are hours in OSM syntax, days and all: a suggestion that was taken."""
    return ":" in said and not faults(said)


def _keep(row: Row, got: Hours) -> None:
    """Put what the hours gave beside what other columns gave."""
    for name, value in (("hours", got.hours), ("reception", got.reception)):
        if value is not None:
            row.said.setdefault(name, value)
    if got.note:
        before = row.said.get("hours_note")
        row.said["hours_note"] = f"{before}. {got.note}" if before and got.note not in before else got.note
    if got.access and "access" not in row.said:
        row.said["access"] = [got.access]


def _week(row: Row) -> None:
    """Hours with a column for each day; a doubt in one leaves all of them as words, or the others would seem whole."""
    found: list[tuple[str, str, Hours | None]] = []
    for day in WEEK:
        for head, cell in row.cells.get(f"hours:{day}", ()):
            if cell == "" or codes.fold(cells.as_text(cell)) in {"no", "chiuso", "chiusa", "n"}:
                continue
            if cells.words(cell, "hours")[0] is None and not cells.words(cell, "hours")[1]:
                continue
            found.append((day, cells.as_text(cell), _one(row, head, cell, day=day)))
    if not found:
        return
    for _, _, got in found:
        if got is not None and got.access and "access" not in row.said:
            row.said["access"] = [got.access]
    hours = [got.hours for _, _, got in found if got is not None and got.hours]
    if len(hours) == len(found):
        row.said["hours"] = together(hours)
        return
    row.said["hours_note"] = "; ".join(f"{ITALIAN[day]} {words}" for day, words, _ in found)[:4000]
