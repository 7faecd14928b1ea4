"""Coordinates and addresses of the nursery schools, 2023/24."""

from pathlib import Path
from typing import Final

import geopandas as gpd
import pandas as pd
import pandera.pandas as pa
from pandera.engines.geopandas_engine import Geometry

from data.raw import Cleaned, number, points, read_csv, reasons, rename, tidy
from geo.crs import DEGREES, LOMBARDY_BOX

NAMES: Final = {
    "codice_scuola": "school_id",
    "address": "address",
    "city": "comune",
    "lon": "lon",
    "lat": "lat",
}

SCHEMA = pa.DataFrameSchema(
    {
        "school_id": pa.Column(str, pa.Check.str_matches(r"^[A-Z0-9]{10}$"), unique=True),
        "address": pa.Column(str),
        "comune": pa.Column(str),
        "geometry": pa.Column(Geometry(crs=DEGREES)),
    },
    strict=True,
)


def read(path: Path) -> pd.DataFrame:
    """The twelve provinces, one after the other."""
    return read_csv(path)


def clean(raw: pd.DataFrame) -> Cleaned:
    """One row a school, positions as the source geocoded them; those it put outside Lombardy are set aside."""
    table = rename("nursery_positions", raw, NAMES).apply(tidy)
    geometry = points(number(table.pop("lon")), number(table.pop("lat")))
    west, south, east, north = LOMBARDY_BOX
    lost = pd.Series(~(geometry.x.between(west, east) & geometry.y.between(south, north)), index=table.index)
    placed = gpd.GeoDataFrame(table, geometry=geometry)[~lost].sort_values("school_id").reset_index(drop=True)
    return Cleaned(placed, reasons(table.index, {"posizione fuori dalla Lombardia": lost}))
