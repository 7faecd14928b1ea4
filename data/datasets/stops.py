"""Surface transit stops of Milan and around, whose names are addresses: food for the gazetteer (2020)."""

from pathlib import Path
from typing import Final

import geopandas as gpd
import pandera.pandas as pa
from pandera.engines.geopandas_engine import Geometry

from data.raw import Cleaned, points, read_features, reasons, rename, tidy
from geo.crs import DEGREES

NAMES: Final = {"id_amat": "stop_id", "ubicazione": "address", "geometry": "geometry"}

SCHEMA = pa.DataFrameSchema(
    {
        "stop_id": pa.Column("Int64"),
        "address": pa.Column(str),
        "geometry": pa.Column(Geometry(crs=DEGREES)),
    },
    strict=True,
    unique=["stop_id", "address"],
)

BESIDE: Final = r"(?i)\s(?:prima di|dopo|fronte|angolo)\s"


def read(path: Path) -> gpd.GeoDataFrame:
    """The city's points."""
    return read_features(path)


def clean(raw: gpd.GeoDataFrame) -> Cleaned:
    """One row a stop and street: "Via Matteotti, 19 prima di Via Cavour" knows Via Matteotti 19, and Via Cavour."""
    table = rename("stops", raw, NAMES)
    table["stop_id"] = table["stop_id"].astype("Int64")
    table["address"] = tidy(table["address"])
    aside = reasons(raw.index, {"senza indirizzo": table["address"].isna()})
    position = gpd.GeoSeries(table.pop("geometry"), crs=raw.crs)
    placed = gpd.GeoDataFrame(table, geometry=points(position.x, position.y)).drop(index=aside.index)
    streets = placed.assign(address=placed["address"].str.split(BESIDE, regex=True)).explode("address")
    known = streets.assign(address=tidy(streets["address"])).dropna(subset=["address"])
    known = known.drop_duplicates(["stop_id", "address"]).sort_values(["stop_id", "address"])
    return Cleaned(known.reset_index(drop=True), aside)
