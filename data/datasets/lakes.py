"""Schematic outlines of the lakes, drawn by us: barriers for the estimated network, water for the map."""

from pathlib import Path
from typing import Final

import geopandas as gpd
import pandera.pandas as pa
from pandera.engines.geopandas_engine import Geometry

from data.raw import NONE_ASIDE, Cleaned, read_features, rename
from geo.crs import DEGREES

NAMES: Final = {"lake": "lake", "geometry": "geometry"}

SCHEMA = pa.DataFrameSchema(
    {"lake": pa.Column(str, unique=True), "geometry": pa.Column(Geometry(crs=DEGREES))}, strict=True
)


def read(path: Path) -> gpd.GeoDataFrame:
    """Our drawing."""
    return read_features(path)


def clean(raw: gpd.GeoDataFrame) -> Cleaned:
    """One row a lake."""
    return Cleaned(rename("lakes", raw, NAMES).sort_values("lake").reset_index(drop=True), NONE_ASIDE)
