"""The rows of a sheet as the records they want: enti, sportelli and their sessioni, or associazioni."""

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Final

from data.registry.imports import cells, codes
from data.registry.imports.cells import Remark
from data.registry.imports.gathered import Gathered
from data.registry.imports.heads import SEVERAL
from data.registry.imports.row import Row
from data.registry.imports.sheets import Sheet
from data.registry.imports.times import read_times
from data.registry.imports.wanted import Found, Wanted
from data.registry.imports.whereabouts import read_areas, read_place, read_point

SIMPLE: Final = (
    "address", "phone", "email", "web", "languages", "themes", "targets", "access", "access_note", "cost", "reception",
    "mediator", "capacity", "status", "confirmed_on", "source_url", "evidence", "notes", "description", "communities",
    "activities", "hours_note",
)  # fmt: skip
"""Fields that a cell gives by itself."""


def wanted_of(
    sheet: Sheet,
    columns: Mapping[str, str | None],
    *,
    ambito_id: str | None,
    kind: str | None = None,
    ente: str | None = None,
    today: dt.date | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> tuple[list[Wanted], list[Found]]:
    """The records that the rows of a sheet want, parents first, and everything found while reading.

    Parameters
    ----------
    sheet
        Of ``sheets.read``; its own ``notes`` are not repeated.
    columns
        Head → field (``heads.FIELDS``), missing for a column to leave out.
    ambito_id
        Whose the rows are where neither they nor their comune say it.
    kind
        ``sportelli`` or ``associazioni``; by the columns where it is not said.
    ente
        The ente of rows that name none.
    today
        The day after which a date is in the future; missing: no date is doubted for that.
    progress
        Told ``(rows done, rows)`` now and then.

    Returns
    -------
    wanted, found
        Only fields that a row says are in ``said``: an empty cell is no statement. A row is refused only where its
        name, ente or comune cannot be used, or where it is there twice.
    """
    kind = kind or kind_of(columns)
    where, found = _columns(sheet, columns)
    missing = _missing_columns(where, kind, ente)
    if missing:
        return [], [*found, *missing]
    gathered = Gathered(kind)
    above: str | None = None
    for done, (number, row) in enumerate(zip(sheet.numbers, sheet.rows, strict=True)):
        if progress and done % 500 == 0:
            progress(done, len(sheet.rows))
        one = Row(number, {name: [(sheet.heads[n], row[n]) for n in ns] for name, ns in where.items()})
        read_row(one, kind, ambito_id=ambito_id, ente=ente, today=today, above=above)
        above = one.said.get("ente") or above
        if not one.refused:
            gathered.add(one)
        found += one.found
    if progress:
        progress(len(sheet.rows), len(sheet.rows))
    return gathered.wanted(), found


def kind_of(columns: Mapping[str, str | None]) -> str:
    """Whether columns are of associazioni or of sportelli."""
    fields = set(columns.values())
    alone = "associazione" in fields and not {"name", "hours"} & fields
    return "associazioni" if alone or ("ente" not in fields and "communities" in fields) else "sportelli"


def _columns(sheet: Sheet, columns: Mapping[str, str | None]) -> tuple[dict[str, list[int]], list[Found]]:
    """Field → its columns; a second column of a field that takes one is told and not read."""
    where: dict[str, list[int]] = {}
    found = []
    for n, head in enumerate(sheet.heads):
        name = columns.get(head)
        if name is None:
            continue
        if name in where and name not in SEVERAL:
            found.append(Found(None, head, "doubt", "head_twice", sheet.heads[where[name][0]]))
        else:
            where.setdefault(name, []).append(n)
    return where, found


def _missing_columns(where: Mapping[str, list[int]], kind: str, ente: str | None) -> list[Found]:
    """A fault for each column that no row can do without."""
    if kind == "associazioni":
        there = {"name": bool({"associazione", "name", "ente"} & set(where))}
    else:
        there = {"ente": "ente" in where or ente is not None, "name": bool({"name", "ente"} & set(where))}
    return [Found(None, None, "fault", "needed", name) for name, good in there.items() if not good]


def read_row(
    row: Row,
    kind: str,
    *,
    ambito_id: str | None,
    ente: str | None = None,
    today: dt.date | None = None,
    above: str | None = None,
) -> None:
    """Everything a row says, into ``row.said``, and what is to be said of it, into ``row.found``.

    ``above`` is the ente of the row above: what is suggested where there is none.
    """
    _identity(row, kind, ente, above)
    read_place(row, ambito_id)
    for name in SIMPLE:
        if name in row.cells and (value := row.read(name)) is not None:
            row.said[name] = value
    civic = row.first("civic")
    if civic and row.said.get("address"):
        row.said["address"] = f"{row.said['address']} {cells.as_text(civic[1])}"
    if "kind" in row.cells and (value := row.read("kind", as_field=f"kind:{kind}")):
        row.said["kind"] = value
    read_point(row)
    read_times(row)
    _access(row)
    _date(row, today)
    read_areas(row)


def _identity(row: Row, kind: str, ente: str | None, above: str | None) -> None:
    """Its name and its ente; a fault where one is needed and cannot be used."""
    own = next((one for one in ("associazione", "name", "ente") if one in row.cells), "name")
    named = own if kind == "associazioni" else "name" if "name" in row.cells else "ente"
    needed = [(named, "name")] + ([("ente", "ente")] if kind == "sportelli" and named != "ente" else [])
    for column, into in needed:
        value = row.read(column) if column in row.cells else None
        if value is None and column == "ente" and ente is not None:
            value = ente
        if value is not None:
            row.said[into] = value
        elif not any(one.level == "doubt" and one.column == row.head(column) for one in row.found):
            likely = above if into == "ente" else None
            row.found.append(Found(row.number, row.head(column), "fault", "needed", "", likely))
        else:
            row.found = [_as_fault(one) if one.column == row.head(column) else one for one in row.found]
    if kind == "sportelli" and named == "ente" and "name" in row.said:
        row.said["ente"] = row.said["name"]
    if "ente_kind" in row.cells:
        row.said["ente_kind"] = row.read("ente_kind")


def _as_fault(one: Found) -> Found:
    return Found(one.row, one.column, "fault", one.why, one.value, one.suggestion)


def _access(row: Row) -> None:
    """How one is received: what says that it is free of charge is its cost; words that are no code are kept."""
    modes = row.said.get("access")
    if modes is None:
        return
    if "gratuito" in modes:
        row.said.setdefault("cost", "gratuito")
    kept = [mode for mode in modes if mode not in {"gratuito", "residenti_ambito"}]
    row.said["access"] = kept or None
    asked = row.first("access")
    if (
        asked
        and cells.yes_or_no(asked[1]) is None
        and codes.listed("access_modes", cells.as_text(asked[1]))[1]
    ):
        row.said.setdefault("access_note", cells.as_text(asked[1]))
    if not kept:
        row.said.pop("access")


def _date(row: Row, today: dt.date | None) -> None:
    """The day that the row is of, as the date of its source."""
    day = row.said.pop("confirmed_on", None)
    asked = row.first("confirmed_on")
    if day is None or asked is None:
        return
    if today is not None and day > today.isoformat()[: len(day)]:
        row.tell(*asked, Remark("doubt", "date_future"))
        return
    row.said["source_date"] = day
