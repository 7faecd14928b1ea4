"""Reading open tables: our CSV, GeoJSON and GeoParquet whole; points of somebody else by the names people use."""

import io
from collections.abc import Iterator, Mapping
from typing import Any, Final

import geopandas as gpd
import pyarrow as pa
from pyproj.exceptions import ProjError
from shapely.errors import ShapelyError

from data.registry.imports.wanted import Found, Wanted
from data.registry.model import KINDS
from data.registry.seed import ente_id
from data.registry.standards.cells_out import rows_of, said_of
from data.registry.standards.parcel import is_zip, unpacked
from data.registry.standards.records import LARGEST, Said, comune_codes, fault, joined, json_of, told_once
from geo.crs import DEGREES

PLACED: Final = ("sportelli", "associazioni")
POSITION: Final = frozenset({"position_basis", "position_precision", "record", "ente", "sessioni"})
ESTIMATED: Final = frozenset({"estimated_lon", "estimated_lat", "estimated_precision"})

ODD: Final = (pa.ArrowException, ShapelyError, ProjError)
"""What the libraries that read GeoParquet say of one that is broken."""
NAMES: Final = {
    "name": ("name", "nome", "denominazione", "titolo", "title", "sportello"),
    "ente": ("operator", "ente", "gestore", "organizzazione"),
    "address": ("address", "indirizzo", "addr:full", "via", "sede"),
    "street": ("addr:street",), "number": ("addr:housenumber", "civico"),
    "postcode": ("cap", "addr:postcode", "postcode", "codice_postale"),
    "comune": ("comune", "addr:city", "city", "città", "citta"),
    "comune_code": ("comune_code", "istat", "cod_istat", "codice_istat", "pro_com_t"),
    "province": ("provincia", "province", "prov", "sigla"),
    "phone": ("phone", "telefono", "tel", "contact:phone"),
    "email": ("email", "e-mail", "mail", "contact:email"),
    "web": ("website", "sito", "sito_web", "web", "url", "contact:website"),
    "description": ("description", "descrizione"),
    "hours": ("opening_hours",), "hours_note": ("orari", "orario"),
}  # fmt: skip
"""What we have a field for → what others call it, in small letters."""


def read_csv(data: bytes) -> tuple[list[Wanted], list[Found]]:
    """Our zip of one CSV a kind; also after rows were added (without a key) or changed in a spreadsheet."""
    if not is_zip(data):
        raise fault("non è lo zip delle tabelle del registro")
    inside = unpacked(data)
    wanted: list[Wanted] = []
    found: list[Found] = []
    for kind in KINDS:
        if f"{kind}.csv" in inside:
            ones, told = _rows(kind, rows_of(inside[f"{kind}.csv"]))
            wanted += ones
            found += told
    if not {f"{kind}.csv" for kind in KINDS} & inside.keys():
        raise fault("nello zip non c'è nessuna tabella del registro (enti.csv, sportelli.csv, …)")
    odd = inside.keys() - {f"{kind}.csv" for kind in KINDS} - {"about.json"}
    return joined(wanted), told_once(
        found + [Found(None, name, "note", "file_not_read") for name in sorted(odd)]
    )


def read_flat(data: bytes) -> tuple[list[Wanted], list[Found]]:
    """Our CSV of sportelli, and the names of their enti; hours and languages in words are only to read."""
    rows = rows_of(data)
    if not rows or not {"name", "ente_id"} & rows[0].keys():
        raise fault("non è la tabella degli sportelli del registro: mancano le colonne «name» ed «ente_id»")
    wanted, found = _rows("sportelli", rows, but={"ente", "hours", "languages", *ESTIMATED})
    for number, row in enumerate(rows, start=2):
        key, told = row.get("ente_id", "").strip(), said_of("enti", {"name": row.get("ente", "")}, number)[0]
        if key and told["name"]:
            wanted.append(Wanted("enti", key, told, number, None, key))
    return joined(wanted), told_once(found)


def _rows(
    kind: str, rows: list[dict[str, str]], *, but: Any = frozenset()
) -> tuple[list[Wanted], list[Found]]:
    """Rows of a CSV as records; one without a key is called by its name, else by its row."""
    wanted: list[Wanted] = []
    found: list[Found] = []
    for number, row in enumerate(rows, start=2):
        said, told = said_of(kind, row, number, but={*but, "changed_at"})
        key = said.pop("id", None)
        wanted.append(Wanted(kind, key or said.get("name") or f"{kind} {number}", said, number, None, key))
        found += told
    return wanted, found


def read_geojson(data: bytes) -> tuple[list[Wanted], list[Found]]:
    """Ours, or points of somebody else; ``FileUnreadable`` where it is no GeoJSON or not in degrees."""
    told = json_of(data)
    if not isinstance(told, dict) or told.get("type") != "FeatureCollection":
        raise fault("non è GeoJSON: manca la raccolta («FeatureCollection»)")
    crs = told.get("crs")
    name = (
        str(crs["properties"].get("name"))
        if isinstance(crs, dict) and isinstance(crs.get("properties"), dict)
        else ""
    )
    if name and not name.endswith(("CRS84", "4326")):
        raise fault(f"le coordinate non sono in gradi ma in {name}")
    features = told.get("features")
    if not isinstance(features, list):
        raise fault("non è GeoJSON: mancano gli elementi («features»)")
    return _features(features)


def read_geoparquet(data: bytes) -> tuple[list[Wanted], list[Found]]:
    """The same from GeoParquet, in any coordinates that it names."""
    if len(data) > LARGEST:
        raise fault("è troppo grande")
    try:
        table = gpd.read_parquet(io.BytesIO(data))
        table = table.to_crs(DEGREES) if table.crs is not None else table
        rows = table.drop(columns=table.geometry.name).astype(object).to_dict("records")
    except (
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        OSError,
        RuntimeError,
        OverflowError,
        *ODD,
    ) as odd:
        raise fault("non è GeoParquet") from odd
    features: list[dict[str, Any]] = [
        {"properties": {name: _plain(value) for name, value in row.items()},
         "geometry": None if point is None or point.is_empty else point.__geo_interface__}
        for row, point in zip(rows, table.geometry, strict=True)
    ]  # fmt: skip
    for one in features:
        for name in ("ente", "sessioni", "closures"):
            text = one["properties"].get(name)
            if isinstance(text, str) and text.startswith(("[", "{")):
                one["properties"][name] = json_of(text.encode())
    return _features(features)


def _plain(value: Any) -> Any:
    """A cell as JSON would have it."""
    if hasattr(value, "tolist"):
        value = value.tolist()
    return None if value is None or value != value or str(value) == "<NA>" else value  # noqa: PLR0124


def _features(features: list[Any]) -> tuple[list[Wanted], list[Found]]:
    wanted: list[Wanted] = []
    found: list[Found] = []
    for row, one in enumerate(features, start=1):
        said = one.get("properties") if isinstance(one, dict) else None
        if not isinstance(said, dict):
            found.append(Found(row, None, "fault", "no_properties"))
        elif said.get("record") in PLACED and isinstance(said.get("id"), str):
            wanted += _own(said, row)
        else:
            wanted += _others(one, said, row, found)
    return joined(wanted), told_once(found)


def _own(said: Mapping[str, Any], row: int) -> Iterator[Wanted]:
    """One of our features: the record, its ente, its sessioni."""
    yield _whole(str(said["record"]), said, row)
    ente, sessioni = said.get("ente"), said.get("sessioni")
    if isinstance(ente, dict) and isinstance(ente.get("id"), str):
        yield _whole("enti", ente, row)
    for one in sessioni if isinstance(sessioni, list) else ():
        if isinstance(one, dict) and isinstance(one.get("id"), str):
            yield _whole("sessioni", one, row)


def _whole(kind: str, said: Mapping[str, Any], row: int) -> Wanted:
    there = KINDS[kind].__table__.columns.keys()
    return Wanted(
        kind, said["id"], {name: value for name, value in said.items() if name in there and name != "id"},
        row, None, said["id"],
    )  # fmt: skip


def _others(
    one: Mapping[str, Any], said: Mapping[str, Any], row: int, found: list[Found]
) -> Iterator[Wanted]:
    """A feature of somebody else: a sportello, with its ente and one sessione where they are told."""
    told: Said = {}
    for name, value in said.items():
        field = next((ours for ours, names in NAMES.items() if str(name).strip().casefold() in names), None)
        if field is None and value not in (None, "", [], {}):
            found.append(Found(None, str(name), "note", "field_not_mapped"))
        elif isinstance(value, str | int) and not isinstance(value, bool) and str(value).strip():
            told.setdefault(str(field), str(value).strip())
    if "name" not in told:
        found.append(Found(row, "name", "fault", "needed"))
        return
    external = str(one.get("id") or said.get("id") or f"{told['name']} {told.get('address', '')}".strip())
    ente = told.pop("ente", None)
    slot: Said = {name: told.pop(name) for name in ("hours", "hours_note") if name in told}
    found.append(Found(row, "kind", "doubt", "kind_not_said", told["name"]))
    if ente is None:
        found.append(Found(row, "ente_id", "doubt", "ente_not_said", told["name"]))
    else:
        yield Wanted("enti", ente_id(ente), {"name": ente}, row)
    where = {**_address(told), **_own_point(one, row, found)}
    yield Wanted("sportelli", external, {**where, **({"ente_id": ente_id(ente)} if ente else {})}, row)
    if slot:
        yield Wanted("sessioni", f"{external}/1", {"sportello_id": external, **slot}, row)


def _address(told: Said) -> Said:
    """Street and number as one address, the comune as its code."""
    street = " ".join(told.pop(name) for name in ("street", "number") if name in told)
    comune = told.pop("comune", None)
    code = comune_codes().get(str(comune).casefold())
    said = {**told, **({"comune_code": code} if code and "comune_code" not in told else {})}
    if "comune_code" in said:
        said["comune_code"] = str(said["comune_code"]).zfill(6)
    return {**said, **({"address": street} if street and "address" not in said else {})}


def _own_point(one: Mapping[str, Any], row: int, found: list[Found]) -> Said:
    """The point of a feature, whose precision nobody told."""
    shape = one.get("geometry")
    if shape is None:
        return {}
    at = shape.get("coordinates") if isinstance(shape, dict) and shape.get("type") == "Point" else None
    if (
        not isinstance(at, list | tuple)
        or len(at) < 2
        or not all(isinstance(part, int | float) for part in at)
    ):
        found.append(Found(row, "geometry", "doubt", "not_a_point", str((shape or {}).get("type"))[:40]))
        return {}
    return {"lon": float(at[0]), "lat": float(at[1])}
