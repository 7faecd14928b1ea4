"""Foreign-citizen pupils of the state schools of Milan, 2024/25, with coordinates."""

from pathlib import Path
from typing import Final

import geopandas as gpd
import pandas as pd
import pandera.pandas as pa
from pandera.engines.geopandas_engine import Geometry

from data.raw import NONE_ASIDE, Cleaned, number, points, read_csv, rename, whole
from geo.crs import DEGREES

NAMES: Final = {
    "codice_scuola": "school_id",
    "alunni": "pupils",
    "stranieri": "foreign_pupils",
    "stranieri_nonue": "third_country_pupils",
    "fonte": "position_basis",
    "lon": "lon",
    "lat": "lat",
}

SCHEMA = pa.DataFrameSchema(
    {
        "school_id": pa.Column(str, pa.Check.str_matches(r"^[A-Z0-9]{10}$"), unique=True),
        "pupils": pa.Column("Int64", pa.Check.gt(0)),
        "foreign_pupils": pa.Column("Int64", pa.Check.ge(0)),
        "third_country_pupils": pa.Column("Int64", pa.Check.ge(0)),
        "position_basis": pa.Column(str),
        "geometry": pa.Column(Geometry(crs=DEGREES), nullable=True),
    },
    checks=pa.Check(
        lambda t: t["third_country_pupils"] <= t["foreign_pupils"], name="third country ≤ foreign"
    ),
    strict=True,
)


def read(path: Path) -> pd.DataFrame:
    """The table by school."""
    return read_csv(path)


def clean(raw: pd.DataFrame) -> Cleaned:
    """One row a school; two schools have no coordinates."""
    table = rename("foreign_pupils", raw, NAMES)
    for column in ("pupils", "foreign_pupils", "third_country_pupils"):
        table[column] = whole(table[column])
    geometry = points(number(table.pop("lon")), number(table.pop("lat")))
    placed = gpd.GeoDataFrame(table, geometry=geometry).sort_values("school_id").reset_index(drop=True)
    return Cleaned(placed, NONE_ASIDE)
