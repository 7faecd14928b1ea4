"""Cities, towns, villages and suburbs of OpenStreetMap, with the comune each lies in (August 2023)."""

from pathlib import Path
from typing import Final

import geopandas as gpd
import pandera.pandas as pa
from pandera.engines.geopandas_engine import Geometry

from data import corrections
from data.raw import CODE, NONE_ASIDE, Cleaned, points, read_features, rename, tidy
from geo.crs import DEGREES

NAMES: Final = {
    "pro_com_t": "comune_code",
    "name": "name",
    "place": "kind",
    "geometry": "geometry",
}

SCHEMA = pa.DataFrameSchema(
    {
        "place_id": pa.Column("Int64", unique=True),
        "comune_code": pa.Column(str, pa.Check.str_matches(CODE)),
        "name": pa.Column(str, nullable=True),
        "kind": pa.Column(str, pa.Check.isin(["city", "town", "suburb", "village"])),
        "geometry": pa.Column(Geometry(crs=DEGREES)),
    },
    strict=True,
)


def read(path: Path) -> gpd.GeoDataFrame:
    """The points."""
    return read_features(path)


def clean(raw: gpd.GeoDataFrame) -> Cleaned:
    """One row a place, numbered from 1 by comune and position."""
    table = rename("places", raw, NAMES)
    table["comune_code"] = corrections.current_code(table["comune_code"])
    table["name"] = tidy(table["name"])
    position = gpd.GeoSeries(table.pop("geometry"), crs=raw.crs)
    placed = gpd.GeoDataFrame(table, geometry=points(position.x, position.y))
    order = (
        placed.assign(x=placed.geometry.x, y=placed.geometry.y).sort_values(["comune_code", "x", "y"]).index
    )
    placed = placed.loc[order].reset_index(drop=True)
    placed.insert(0, "place_id", (placed.index + 1).astype("Int64"))
    return Cleaned(placed, NONE_ASIDE)
