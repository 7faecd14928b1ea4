"""Public libraries with address and coordinates (ICCU, July 2020)."""

from pathlib import Path
from typing import Final

import geopandas as gpd
import pandas as pd
import pandera.pandas as pa
from pandera.engines.geopandas_engine import Geometry

from data import corrections
from data.raw import CODE, Cleaned, number, points, read_csv, reasons, rename, tidy
from geo.crs import DEGREES, LOMBARDY_BOX

NAMES: Final = {
    "codice-isil": "library_id",
    "denominazione": "name",
    "indirizzo": "address",
    "codice istat comune": "comune_code",
    "regione": "region",
    "longitudine": "lon",
    "latitudine": "lat",
}

SCHEMA = pa.DataFrameSchema(
    {
        "library_id": pa.Column(str, pa.Check.str_matches(r"^IT-[A-Z]{2}\d{4}$"), unique=True),
        "name": pa.Column(str),
        "address": pa.Column(str, nullable=True),
        "comune_code": pa.Column(str, pa.Check.str_matches(CODE)),
        "geometry": pa.Column(Geometry(crs=DEGREES)),
    },
    strict=True,
)


def read(path: Path) -> pd.DataFrame:
    """The register: ``;`` between cells, decimal commas."""
    return read_csv(path, sep=";")


def clean(raw: pd.DataFrame) -> Cleaned:
    """One row a library with coordinates inside the region's box; the others are set aside."""
    table = rename("biblioteche", raw, NAMES).apply(tidy)
    lon, lat = number(table.pop("lon"), decimal=","), number(table.pop("lat"), decimal=",")
    west, south, east, north = LOMBARDY_BOX
    inside = lon.between(west, east) & lat.between(south, north)
    aside = reasons(
        raw.index,
        {
            "fuori dalla Lombardia": table["region"] != "LOMBARDIA",
            "senza coordinate": lon.isna() | lat.isna(),
            "coordinate a zero o fuori dalla Lombardia": ~inside,
        },
    )
    table["comune_code"] = corrections.current_code(table["comune_code"])
    placed = gpd.GeoDataFrame(table.drop(columns="region"), geometry=points(lon, lat)).drop(index=aside.index)
    return Cleaned(placed.sort_values("library_id").reset_index(drop=True), aside)
