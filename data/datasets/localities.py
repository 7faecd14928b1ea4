"""The main locality of each comune of 2011, with its residents and altitude."""

from pathlib import Path
from typing import Final

import geopandas as gpd
import pandera.pandas as pa
from pandera.engines.geopandas_engine import Geometry

from data import corrections
from data.raw import CODE, Cleaned, points, read_features, reasons, rename, tidy
from geo.crs import DEGREES

NAMES: Final = {
    "COD_REG": "region",
    "PRO_COM_T": "comune_code",
    "DENOMINAZI": "locality",
    "POPRES": "residents_2011",
    "ALTITUDINE": "altitude_m",
    "geometry": "geometry",
}

SCHEMA = pa.DataFrameSchema(
    {
        "comune_code": pa.Column(str, pa.Check.str_matches(CODE)),
        "locality": pa.Column(str),
        "residents_2011": pa.Column("Int64", pa.Check.ge(0)),
        "altitude_m": pa.Column("Int64", pa.Check.in_range(0, 3000)),
        "geometry": pa.Column(Geometry(crs=DEGREES)),
    },
    strict=True,
)


def read(path: Path) -> gpd.GeoDataFrame:
    """The points."""
    return read_features(path)


def clean(raw: gpd.GeoDataFrame) -> Cleaned:
    """One row a locality, under the comune of 2025; a comune made of several has several."""
    table = rename("localities", raw, NAMES)
    aside = reasons(raw.index, {"fuori dalla Lombardia": table["region"] != 3})
    table = table.drop(index=aside.index, columns="region")
    table["comune_code"] = corrections.current_code(table["comune_code"])
    table["locality"] = tidy(table["locality"])
    table[["residents_2011", "altitude_m"]] = table[["residents_2011", "altitude_m"]].astype("Int64")
    position = gpd.GeoSeries(table.pop("geometry"), crs=raw.crs)
    placed = gpd.GeoDataFrame(table, geometry=points(position.x, position.y))
    return Cleaned(placed.sort_values(["comune_code", "locality"]).reset_index(drop=True), aside)
