"""Schematic crests between valleys and the road passes over them, drawn by us: barriers of the estimated network."""

from typing import Final

import geopandas as gpd
import pandera.pandas as pa
from pandera.engines.geopandas_engine import Geometry

from data.datasets.lakes import read
from data.raw import NONE_ASIDE, Cleaned, rename
from geo.crs import DEGREES

__all__ = ["NAMES", "SCHEMA", "clean", "read"]

NAMES: Final = {
    "name": "name",
    "kind": "kind",
    "altitude_m": "altitude_m",
    "all_year": "all_year",
    "geometry": "geometry",
}

SCHEMA = pa.DataFrameSchema(
    {
        "name": pa.Column(str),
        "kind": pa.Column(str, pa.Check.isin(["ridge", "pass"])),
        "altitude_m": pa.Column("Int64", nullable=True),
        "all_year": pa.Column("boolean", nullable=True, description="whether a pass is open in winter"),
        "geometry": pa.Column(Geometry(crs=DEGREES)),
    },
    strict=True,
)


def clean(raw: gpd.GeoDataFrame) -> Cleaned:
    """One row a stretch of crest (a line) or a pass (a point)."""
    table = rename("ridges", raw, NAMES)
    table["altitude_m"] = table["altitude_m"].astype("Int64")
    table["all_year"] = table["all_year"].astype("boolean")
    return Cleaned(table.sort_values(["kind", "name"], kind="stable").reset_index(drop=True), NONE_ASIDE)
