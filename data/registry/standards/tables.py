"""Open tables: one CSV a kind (everything), one CSV of sportelli, GeoJSON and GeoParquet of what has a place."""

import io
import json
from collections.abc import Mapping
from typing import Any, Final

import geopandas as gpd
import pandas as pd
import pyarrow as pa
import shapely
from pyarrow import parquet
from sqlalchemy import JSON, Float, Integer

from data.registry.model import KINDS, fields
from data.registry.standards.cells_out import cell, guarded, sheet
from data.registry.standards.parcel import packed
from data.registry.standards.records import About, Book, Said, exported, gathered
from data.registry.standards.tables_read import PLACED, read_csv, read_flat, read_geojson, read_geoparquet
from data.registry.store import Store
from data.vocabularies import label
from geo.crs import DEGREES

Positions = Mapping[str, tuple[float, float, str]]
"""Key → longitude, latitude and precision of a position estimated elsewhere."""

SUMMED: Final = ("ente", "hours", "languages")
"""Columns of the CSV of sportelli that other records say: read by people, not taken back, but for the ente's name."""
POSITION: Final = ("position_basis", "position_precision")
"""How the drawn point is known: ``registro`` (a person put it), ``stima`` (from the address), or no point."""

NO_LOSS: Final[dict[str, str]] = {}
PLACED_LOSSES: Final = {"enti": "only_with_a_desk", "mediazione": "no_place", "sostegni": "no_place"}
FLAT_LOSSES: Final = {
    **{f"enti.{name}": "only_its_name" for name in fields("enti") if name != "name"},
    "enti": "only_with_a_desk", "sessioni": "only_in_words", "associazioni": "another_table",
    "mediazione": "another_table", "sostegni": "another_table",
}  # fmt: skip


def export_csv(store: Store, *, ambito_id: str | None = None, public: bool = True) -> bytes:
    """Every field of every kind: a zip with one CSV a kind, heads as in the registry."""
    return write_csv(*gathered(store, ambito_id=ambito_id, public=public))


def write_csv(book: Book, about: About) -> bytes:
    """The zip of these records."""
    files = {
        f"{kind}.csv": sheet(
            exported(kind), [[cell(kind, name, one[name]) for name in exported(kind)] for one in ones]
        )
        for kind, ones in book.items()
    }
    told = json.dumps(about.said(), ensure_ascii=False, indent=1).encode()
    return packed({**files, "about.json": told}, day=about.made_on)


def export_flat(
    store: Store, *, ambito_id: str | None = None, public: bool = True, positions: Positions | None = None
) -> bytes:
    """One row a sportello, with the name of its ente, its hours and languages in words."""
    return write_flat(*gathered(store, ambito_id=ambito_id, public=public), positions)


def write_flat(book: Book, about: About, positions: Positions | None = None) -> bytes:  # noqa: ARG001
    """The CSV of these sportelli; an estimated position has columns of its own."""
    enti = {one["id"]: one["name"] for one in book["enti"]}
    below = _sessioni(book)
    heads = exported("sportelli")
    estimated = ("estimated_lon", "estimated_lat", "estimated_precision")
    rows = []
    for one in book["sportelli"]:
        slots = below.get(one["id"], [])
        guess = (positions or {}).get(one["id"]) if one["lon"] is None else None
        rows.append(
            [
                *(cell("sportelli", name, one[name]) for name in heads),
                guarded(enti[one["ente_id"]]),
                guarded(" | ".join(_hours(slot) for slot in slots if _hours(slot))),
                guarded("; ".join(_spoken(slots))),
                *("" if guess is None else str(part) for part in guess or estimated),
            ]
        )
    return sheet([*heads, *SUMMED, *estimated], rows)


def _sessioni(book: Book) -> dict[str, list[Said]]:
    """Sportello → its sessioni."""
    below: dict[str, list[Said]] = {}
    for one in book["sessioni"]:
        below.setdefault(one["sportello_id"], []).append(one)
    return below


def _hours(slot: Said) -> str:
    way = label("receptions", slot["reception"]) + ": " if slot["reception"] else ""
    said = slot["hours"] or slot["hours_note"]
    return f"{way}{said}" if said else ""


def _spoken(slots: list[Said]) -> list[str]:
    codes = dict.fromkeys(code for slot in slots for code in slot["languages"] or ())
    return [label("languages", code) for code in codes]


def export_geojson(
    store: Store, *, ambito_id: str | None = None, public: bool = True, positions: Positions | None = None
) -> bytes:
    """Sportelli and associazioni as points; without a position the geometry is null.

    A point estimated elsewhere is drawn only if passed in, and says so in ``position_basis``; ``lon`` and ``lat``
    are always the registry's own.
    """
    return write_geojson(*gathered(store, ambito_id=ambito_id, public=public), positions)


def write_geojson(book: Book, about: About, positions: Positions | None = None) -> bytes:
    """The collection of these records."""
    features = [
        {
            "type": "Feature",
            "id": one["id"],
            "geometry": None if point is None else {"type": "Point", "coordinates": point},
            "properties": one,
        }
        for one, point in _placed(book, positions or {})
    ]
    told = {"type": "FeatureCollection", "atlante": about.said(), "features": features}
    return json.dumps(told, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


def _placed(book: Book, positions: Positions) -> list[tuple[Said, tuple[float, float] | None]]:
    """What has a place, with its point; a sportello with its ente and sessioni inside."""
    enti = {one["id"]: one for one in book["enti"]}
    below = _sessioni(book)
    found = []
    for kind in PLACED:
        for one in book[kind]:
            basis, precision, point = _point(one, positions)
            inside: Said = {}
            if kind == "sportelli":
                inside = {"ente": enti[one["ente_id"]], "sessioni": below.get(one["id"], [])}
            where = dict(zip(POSITION, (basis, precision), strict=True))
            found.append(({"record": kind, **one, **where, **inside}, point))
    return found


def _point(one: Said, positions: Positions) -> tuple[str | None, str | None, tuple[float, float] | None]:
    if one["lon"] is not None:
        return "registro", one["precision"], (one["lon"], one["lat"])
    if one["id"] in positions:
        lon, lat, precision = positions[one["id"]]
        return "stima", precision, (lon, lat)
    return None, None, None


def export_geoparquet(
    store: Store, *, ambito_id: str | None = None, public: bool = True, positions: Positions | None = None
) -> bytes:
    """The same rows as GeoParquet: lists as lists; ente, sessioni and closures as JSON."""
    return write_geoparquet(*gathered(store, ambito_id=ambito_id, public=public), positions)


def write_geoparquet(book: Book, about: About, positions: Positions | None = None) -> bytes:
    """The table of these records; what stands on the box is in the metadata of the file."""
    placed = _placed(book, positions or {})
    heads = list(dict.fromkeys(["record", *(name for kind in PLACED for name in exported(kind)), *POSITION]))
    columns: dict[str, Any] = {name: _column(name, [one.get(name) for one, _ in placed]) for name in heads}
    for name in ("ente", "sessioni"):
        said = [json.dumps(one[name], ensure_ascii=False) if name in one else None for one, _ in placed]
        columns[name] = arrow_column(said, pa.string())
    points = [None if point is None else shapely.Point(point) for _, point in placed]
    table = gpd.GeoDataFrame(columns, geometry=gpd.GeoSeries(points, crs=DEGREES), crs=DEGREES)
    return with_about(table, about)


def with_about(table: gpd.GeoDataFrame, about: About) -> bytes:
    """The file, with its box; without what pandas notes of its own types, which it could not read of lists."""
    out = io.BytesIO()
    table.to_parquet(out, index=False)
    made = parquet.read_table(io.BytesIO(out.getvalue()))
    told = {name: words for name, words in made.schema.metadata.items() if name != b"pandas"}
    told[b"atlante"] = json.dumps(about.said(), ensure_ascii=False).encode()
    out = io.BytesIO()
    parquet.write_table(made.replace_schema_metadata(told), out, compression="zstd")
    return out.getvalue()


def _column(name: str, values: list[Any]) -> Any:
    """Values as Arrow holds the field: the type is of the field, also where every value is missing."""
    types = [
        KINDS[kind].__table__.columns[name].type for kind in PLACED if name in KINDS[kind].__table__.columns
    ]
    wanted = types[0] if types else None
    if name == "closures":
        values, arrow = [one and json.dumps(one, ensure_ascii=False) for one in values], pa.string()
    elif isinstance(wanted, JSON):
        arrow = pa.list_(pa.string())
    elif isinstance(wanted, Integer):
        arrow = pa.int64()
    else:
        arrow = pa.float64() if isinstance(wanted, Float) else pa.string()
    return arrow_column(values, arrow)


def arrow_column(values: list[Any], wanted: Any) -> Any:
    """Values as pandas holds an Arrow column."""
    return pd.arrays.ArrowExtensionArray(pa.array(values, wanted))


__all__ = [
    "FLAT_LOSSES", "NO_LOSS", "PLACED_LOSSES", "export_csv", "export_flat", "export_geojson", "export_geoparquet",
    "read_csv", "read_flat", "read_geojson", "read_geoparquet", "write_csv", "write_flat", "write_geojson",
    "write_geoparquet",
]  # fmt: skip
