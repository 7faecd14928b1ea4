"""Schematic motorways, fast and main roads, and the boats that count as roads, drawn by us."""

from typing import Final

import geopandas as gpd
import pandera.pandas as pa
from pandera.engines.geopandas_engine import Geometry

from data.datasets.lakes import read
from data.raw import NONE_ASIDE, Cleaned, rename
from geo.crs import DEGREES

__all__ = ["NAMES", "SCHEMA", "clean", "read"]

NAMES: Final = {"name": "name", "kind": "kind", "geometry": "geometry"}

SCHEMA = pa.DataFrameSchema(
    {
        "name": pa.Column(str),
        "kind": pa.Column(
            str, pa.Check.isin(["motorway", "expressway", "main", "winding", "ferry", "abroad"])
        ),
        "geometry": pa.Column(Geometry(crs=DEGREES)),
    },
    strict=True,
)


def clean(raw: gpd.GeoDataFrame) -> Cleaned:
    """One row a road."""
    table = rename("roads", raw, NAMES).sort_values(["kind", "name"], kind="stable")
    return Cleaned(table.reset_index(drop=True), NONE_ASIDE)
