"""Residents of the metropolitan city of Milan on a grid of 500 m, census of 2021 (a derived grid)."""

from pathlib import Path
from typing import Final

import geopandas as gpd
import pandera.pandas as pa
from pandera.engines.geopandas_engine import Geometry

from data.raw import Cleaned, points, read_features, reasons, rename
from geo.crs import DEGREES, to_degrees

NAMES: Final = {
    "grid_id": "cell_id",
    "center_x": "x",
    "center_y": "y",
    "population": "residents",
}

SCHEMA = pa.DataFrameSchema(
    {
        "cell_id": pa.Column("Int64", unique=True),
        "residents": pa.Column(float, pa.Check.gt(0)),
        "geometry": pa.Column(Geometry(crs=DEGREES), description="the centre of the cell"),
    },
    strict=True,
)


def read(path: Path) -> gpd.GeoDataFrame:
    """The grid's squares."""
    return read_features(path)


def clean(raw: gpd.GeoDataFrame) -> Cleaned:
    """One row a cell where somebody lives; residents are a share of census sections and not whole numbers."""
    table = rename("milan_grid", raw, NAMES)
    aside = reasons(raw.index, {"cella senza residenti": table["residents"] < 0.5})
    table = table.drop(index=aside.index)
    lon, lat = to_degrees(table.pop("x"), table.pop("y"))
    table["cell_id"] = table["cell_id"].astype("Int64")
    table["residents"] = table["residents"].round(3)
    centres = points(table["residents"] * 0 + lon, table["residents"] * 0 + lat)
    placed = gpd.GeoDataFrame(table, geometry=centres)
    return Cleaned(placed.sort_values("cell_id").reset_index(drop=True), aside)
