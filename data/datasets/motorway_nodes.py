"""Nodes of the motorway skeleton in and around Lombardy."""

from pathlib import Path
from typing import Final

import geopandas as gpd
import pandas as pd
import pandera.pandas as pa
from pandera.engines.geopandas_engine import Geometry

from data.raw import Cleaned, number, points, read_csv, reasons, rename
from geo.crs import DEGREES

NAMES: Final = {"node_id": "node_id", "lon": "lon", "lat": "lat", "in_lombardia_bbox": "inside"}

SCHEMA = pa.DataFrameSchema(
    {"node_id": pa.Column(str, unique=True), "geometry": pa.Column(Geometry(crs=DEGREES))}, strict=True
)


def read(path: Path) -> pd.DataFrame:
    """The nodes of all Italy."""
    return read_csv(path)


def clean(raw: pd.DataFrame) -> Cleaned:
    """One row a node inside Lombardy's box."""
    table = rename("motorway_nodes", raw, NAMES)
    aside = reasons(raw.index, {"fuori dalla Lombardia": table["inside"] != "1"})
    table = table.drop(index=aside.index)
    geometry = points(number(table.pop("lon")), number(table.pop("lat")))
    placed = gpd.GeoDataFrame(table.drop(columns="inside"), geometry=geometry)
    return Cleaned(placed.sort_values("node_id").reset_index(drop=True), aside)
