"""The 88 local identity units (NIL) of Milan."""

from pathlib import Path
from typing import Final

import geopandas as gpd
import pandera.pandas as pa
from pandera.engines.geopandas_engine import Geometry

from data.raw import NONE_ASIDE, Cleaned, read_features, rename, tidy
from geo.crs import DEGREES, METRES

NAMES: Final = {"ID_NIL": "nil_id", "NIL": "nil", "geometry": "geometry"}

SCHEMA = pa.DataFrameSchema(
    {
        "nil_id": pa.Column("Int64", unique=True),
        "nil": pa.Column(str),
        "geometry": pa.Column(Geometry(crs=DEGREES)),
    },
    strict=True,
)

TOLERANCE_M: Final = 5.0


def read(path: Path) -> gpd.GeoDataFrame:
    """The city's map."""
    return read_features(path)


def clean(raw: gpd.GeoDataFrame) -> Cleaned:
    """One row a unit, outlines to five metres."""
    table = rename("nil", raw, NAMES)
    table["nil_id"] = table["nil_id"].astype("Int64")
    table["nil"] = tidy(table["nil"])
    outlines = gpd.GeoSeries(table["geometry"], crs=raw.crs).to_crs(METRES).simplify(TOLERANCE_M)
    simpler = gpd.GeoDataFrame(table.drop(columns="geometry"), geometry=outlines.to_crs(DEGREES))
    return Cleaned(simpler.sort_values("nil_id").reset_index(drop=True), NONE_ASIDE)
