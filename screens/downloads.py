"""Tables that people take away: CSV, XLSX and GeoJSON, each with its source inside or in its name."""

import csv
import io
import json
import re
import unicodedata
from collections.abc import Sequence
from typing import Any

import geopandas as gpd
import pandas as pd
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from layers.features import shapes

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_FORMULA = re.compile(r"^[=@\t\r]|^[+-](?![\d\s./()-]*$)")


def file_name(*words: str, ending: str) -> str:
    """A file name that says what is inside: words in lower case without accents, joined by ``_``.

    Examples
    --------
    >>> file_name("sportelli", "Città di Lodi", "2026-11-22", ending="csv")
    'sportelli_citta-di-lodi_2026-11-22.csv'
    """
    plain = [
        unicodedata.normalize("NFKD", word).encode("ascii", "ignore").decode().lower()
        for word in words
        if word
    ]
    return "_".join(re.sub(r"[^a-z0-9]+", "-", word).strip("-") for word in plain) + f".{ending}"


def _value(value: Any) -> Any:
    """A cell as Python knows it; empty where missing."""
    if value is None or (pd.api.types.is_scalar(value) and pd.isna(value)):
        return None
    return value.item() if hasattr(value, "item") else value


def _rows(table: pd.DataFrame) -> list[list[Any]]:
    """The rows of a table without its geometry, as Python values."""
    flat = pd.DataFrame(table).drop(columns="geometry", errors="ignore")
    return [[_value(value) for value in row] for row in flat.itertuples(index=False, name=None)]


def _columns(table: pd.DataFrame) -> list[str]:
    return [str(name) for name in table.columns if name != "geometry"]


SOURCE = (
    "Atlante dei servizi per l'integrazione: stima su ISTAT (1/1/2025) e pagine pubbliche, sulla rete indicata; "
    "strade © OpenStreetMap contributors, ODbL 1.0"
)


def access_file(table: pd.DataFrame, *, mode: str, limit: float) -> pd.DataFrame:
    """A table of access as it leaves the house: decimals that mean something, and on each row how it was made.

    Its ``network`` says which networks answered for the area.
    """
    decimals = {"minutes_median": 1, "low": 1, "high": 1, "share_beyond": 4, "foreign_share": 4}
    kept = table.round({name: places for name, places in decimals.items() if name in table})
    return kept.assign(mode=mode, limit_minutes=limit, source=SOURCE)


def as_csv(table: pd.DataFrame) -> bytes:
    """A table as CSV in UTF-8 (with a mark, for spreadsheets); geometry left out.

    Texts that a spreadsheet would take for a formula get an apostrophe in front.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(_columns(table))
    for row in _rows(table):
        writer.writerow([f"'{v}" if isinstance(v, str) and _FORMULA.match(v) else v for v in row])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def as_xlsx(table: pd.DataFrame, *, title: str, sources: Sequence[str]) -> bytes:
    """A table as a workbook: a first sheet with what it is and who says so, then the rows.

    Texts stay texts, also those that look like formulas.
    """
    book = Workbook(write_only=True)
    about = book.create_sheet("Informazioni")
    about.column_dimensions["A"].width = 110
    for line in (title, f"Righe: {len(table)}", *sources):
        about.append([_text_cell(about, line)])
    sheet = book.create_sheet("Dati")
    sheet.freeze_panes = "A2"
    sheet.append(_columns(table))
    for row in _rows(table):
        sheet.append([_text_cell(sheet, v) if isinstance(v, str) else v for v in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _text_cell(sheet: Any, words: str) -> Any:
    """A cell that is text whatever it looks like."""
    made = WriteOnlyCell(sheet, value=re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f]", "", words))
    made.data_type = "s"
    return made


def as_geojson(table: gpd.GeoDataFrame, *, id_column: str, attribution: str) -> bytes:
    """A table as GeoJSON with its attribution; rows without a position keep a null geometry."""
    columns = _columns(table)
    empty = (table.geometry.isna() | table.geometry.is_empty).to_numpy()
    drawn = iter(shapes(table.geometry[~empty]))
    features = [
        {
            "type": "Feature",
            "id": str(row[columns.index(id_column)]),
            "properties": dict(zip(columns, row, strict=True)),
            "geometry": None if missing else next(drawn),
        }
        for row, missing in zip(_rows(table), empty, strict=True)
    ]
    told = {"type": "FeatureCollection", "attribution": attribution, "features": features}
    return json.dumps(told, ensure_ascii=False, default=str, allow_nan=False).encode()
