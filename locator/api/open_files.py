"""The open data as whole files: tables, points, HSDS; only what ``locator.records`` lets the public see."""

import datetime as dt
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, get_args

import geopandas as gpd
import pyarrow as pa
import shapely

from data.label import read_label
from data.registry.standards import hsds
from data.registry.standards.cells_out import guarded, sheet
from data.registry.standards.records import EXPORTER, About, Book, Said, gathered
from data.registry.standards.tables import arrow_column, with_about
from data.registry.standards.told_lines import in_words
from data.registry.store import Store
from geo.crs import DEGREES
from locator import records
from locator.api import shapes
from locator.records import Desk
from locator.snapshot import Snapshot

KEPT_BACK: Final = ("notes", "caution", "capacity", "hours_note")
"""Fields of the registry that no public page shows: they leave HSDS empty."""
OPEN_HOURS: Final = " | "
"""Between the hours of several sessioni in one cell."""

TYPES: Final = {
    str: pa.string(),
    float: pa.float64(),
    bool: pa.bool_(),
    dt.date: pa.date32(),
    list[str]: pa.list_(pa.string()),
}
"""How Arrow holds the fields of a record; what is more than that is JSON."""

Maker = Callable[[Snapshot, Store], bytes]


@dataclass(frozen=True)
class File:
    """A whole file: its name, what browsers call it, its type in the European list, what it is of, and who makes it.

    ``dataset`` is the collection it holds; ``about`` is for people.
    """

    name: str
    mime: str
    kind: str
    dataset: str
    about: str
    make: Maker


def about(now: Snapshot, *datasets: str) -> About:
    """What stands on the box of a file: licences and attributions as the labels of the first lists have them."""
    told = ("title", "licence", "attribution", "reference_date")
    sources = tuple({name: getattr(read_label(one), name) for name in told} for one in datasets)
    return About(EXPORTER, now.today.isoformat(), None, True, sources)


def _sportelli_csv(now: Snapshot, store: Store) -> bytes:  # noqa: ARG001
    return _csv(shapes.Sportello, [_row(one) for one in now.desks], hours=True)


def _sessioni_csv(now: Snapshot, store: Store) -> bytes:  # noqa: ARG001
    slots = [shapes.sessione(slot, one.id) for one in now.desks for slot in one.slots]
    return _csv(shapes.Sessione, [one.model_dump(mode="json") for one in slots])


def _associazioni_csv(now: Snapshot, store: Store) -> bytes:  # noqa: ARG001
    found = [shapes.associazione(one).model_dump(mode="json") for one in now.associations]
    return _csv(shapes.Associazione, found)


def _row(desk: Desk) -> Said:
    """A desk on one row: instead of its sessioni, their hours."""
    told = shapes.sportello(desk).model_dump(mode="json", by_alias=True)
    hours = [slot.hours for slot in desk.slots if slot.hours]
    return {**told, "sessioni": None, "hours": OPEN_HOURS.join(hours) or None}


def _heads(shape: type[shapes.Shape]) -> list[str]:
    """Columns of a table; sessioni have one of their own."""
    return [name for name in shape.model_fields if name != "sessioni"]


def _csv(shape: type[shapes.Shape], rows: Sequence[Said], *, hours: bool = False) -> bytes:
    heads = _heads(shape) + ["hours"] * hours
    return sheet(heads, [[_cell(row[name]) for name in heads] for row in rows])


def _cell(value: Any) -> str:
    """A value as a spreadsheet shows it without running anything; empty where nothing is known."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        nested = any(isinstance(one, dict) for one in value)
        return guarded(json.dumps(value, ensure_ascii=False) if nested else in_words(value, None))
    return guarded(value) if isinstance(value, str) else str(value)


def _geojson(now: Snapshot, store: Store) -> bytes:  # noqa: ARG001
    features = [
        {"type": "Feature", "id": one.id, "geometry": _geometry(one), "properties": _nested(one)}
        for one in now.desks
    ]
    told = {"type": "FeatureCollection", "atlante": about(now, "sportelli").said(), "features": features}
    return json.dumps(told, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


def _nested(desk: Desk) -> Said:
    return shapes.sportello(desk).model_dump(mode="json", by_alias=True)


def _geometry(desk: Desk) -> Said | None:
    at = [desk.place.lon, desk.place.lat]
    return None if desk.place.lon is None else {"type": "Point", "coordinates": at}


def _parquet(now: Snapshot, store: Store) -> bytes:  # noqa: ARG001
    """GeoParquet: lists as lists; sessioni and closures as JSON."""
    rows = [shapes.sportello(one).model_dump(by_alias=True) for one in now.desks]
    heads = [*_heads(shapes.Sportello), "sessioni"]
    columns = {name: _column(name, [row[name] for row in rows]) for name in heads}
    points = [
        None if one.place.lon is None else shapely.Point(one.place.lon, one.place.lat) for one in now.desks
    ]
    table = gpd.GeoDataFrame(columns, geometry=gpd.GeoSeries(points, crs=DEGREES), crs=DEGREES)
    return with_about(table, about(now, "sportelli"))


def _column(name: str, values: Sequence[Any]) -> Any:
    """Values as Arrow holds them: the type is that of the field, also where every value is missing."""
    annotation: Any = shapes.Sportello.model_fields[name].annotation
    known: Any = next((one for one in get_args(annotation) if one is not type(None)), annotation)
    if known in TYPES:
        return arrow_column(list(values), TYPES[known])
    return arrow_column(
        [one and json.dumps(one, ensure_ascii=False, default=str) for one in values], pa.string()
    )


def _hsds(now: Snapshot, store: Store) -> bytes:
    book, _ = gathered(store, public=True)
    return hsds.write(public(book, now), about(now, "sportelli", "associazioni"))


def public(book: Book, now: Snapshot) -> Book:
    """What of the registry's records stands on public pages: those of a snapshot, with what pages show of them.

    Hours that nobody has confirmed leave, and so do the fields in ``KEPT_BACK``. Enti are those whose desks are shown.
    """
    slots = {slot.id: slot for one in now.desks for slot in one.slots}
    kept: Book = {kind: [] for kind in book} | {
        "sportelli": [
            _shown(one, closures=_closures(now.desk[one["id"]]))
            for one in book["sportelli"]
            if one["id"] in now.desk
        ],
        "sessioni": [
            _shown(one, hours=slots[one["id"]].hours) for one in book["sessioni"] if one["id"] in slots
        ],
        "associazioni": [_shown(one) for one in book["associazioni"] if one["id"] in now.association],
    }
    of = {one["ente_id"] for one in kept["sportelli"]}
    kept["enti"] = [_shown(one) for one in book["enti"] if one["id"] in of]
    return kept


def _closures(desk: Desk) -> list[dict[str, str]] | None:
    return [dict(one) for one in desk.closures] or None


def _shown(one: Said, **said: Any) -> Said:
    """A record with what pages show of it; addresses of the web that are none leave."""
    links: Said = {name: records.web(one[name]) for name in ("web", "source_url") if name in one}
    return {**one, **dict.fromkeys(one.keys() & KEPT_BACK), **links, **said}


FILES: Final = (
    File("sportelli.csv", "text/csv; charset=utf-8", "CSV", "sportelli",
         "Una riga per sportello, orari confermati in parole OSM.", _sportelli_csv),
    File("sessioni.csv", "text/csv; charset=utf-8", "CSV", "sessioni", "Una riga per sessione.", _sessioni_csv),
    File("associazioni.csv", "text/csv; charset=utf-8", "CSV", "associazioni", "Una riga per associazione.",
         _associazioni_csv),
    File("sportelli.geojson", "application/geo+json", "GEOJSON", "sportelli",
         "Gli sportelli come punti, con le loro sessioni.", _geojson),
    File("sportelli.parquet", "application/vnd.apache.parquet", "PARQUET", "sportelli",
         "Gli sportelli come GeoParquet.", _parquet),
    File("hsds.json", "application/json", "JSON", "sportelli",
         "Sportelli, enti e associazioni in Open Referral HSDS 3.0.", _hsds),
)  # fmt: skip
"""Every whole file but the catalogue that describes them."""
