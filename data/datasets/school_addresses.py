"""Addresses with coordinates of schools in part of four provinces: food for the gazetteer."""

from pathlib import Path
from typing import Final

import geopandas as gpd
import pandera.pandas as pa
from pandera.engines.geopandas_engine import Geometry

from data.raw import Cleaned, read_features, reasons, rename, tidy
from geo.crs import DEGREES

NAMES: Final = {
    "COMUNE_SEDE": "comune",
    "INDIRIZZO_SEDE": "street",
    "CIVICO_SEDE": "number",
    "geometry": "geometry",
}

SCHEMA = pa.DataFrameSchema(
    {
        "comune": pa.Column(str),
        "address": pa.Column(str),
        "geometry": pa.Column(Geometry(crs=DEGREES)),
    },
    strict=True,
)


def read(path: Path) -> gpd.GeoDataFrame:
    """The map's points."""
    return read_features(path)


def clean(raw: gpd.GeoDataFrame) -> Cleaned:
    """One row an address; several schools at one address are one row, the others set aside."""
    table = rename("school_addresses", raw, NAMES)
    street, civic = tidy(table["street"]), tidy(table["number"])
    table["address"] = (street + " " + civic.fillna("")).str.strip()
    twin = table.duplicated(["comune", "address"])
    aside = reasons(raw.index, {"senza indirizzo": street.isna(), "stesso indirizzo di un'altra riga": twin})
    kept = table.drop(index=aside.index)[["comune", "address", "geometry"]]
    ordered = gpd.GeoDataFrame(kept, crs=DEGREES).sort_values(["comune", "address"])
    return Cleaned(ordered.reset_index(drop=True), aside)
