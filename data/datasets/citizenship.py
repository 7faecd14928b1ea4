"""Foreign residents by citizenship on 1 January 2025, for the twelve provinces and 24 comuni."""

from pathlib import Path
from typing import Final

import pandas as pd
import pandera.pandas as pa

from data.raw import NONE_ASIDE, Cleaned, read_csv, rename, whole

NAMES: Final = {
    "area_level": "area_level",
    "istat_code": "area_code",
    "area_name": "area",
    "istat_citizenship_code": "citizenship_code",
    "citizenship_iso2": "citizenship_iso2",
    "citizenship_it": "citizenship",
    "residents": "residents",
    "eu": "eu",
}

SCHEMA = pa.DataFrameSchema(
    {
        "area_level": pa.Column(str, pa.Check.isin(["provincia", "comune"])),
        "area_code": pa.Column(str, pa.Check.str_matches(r"^\d{3}(?:\d{3})?$")),
        "area": pa.Column(str),
        "citizenship_code": pa.Column(str, pa.Check.str_matches(r"^\d{3}$")),
        "citizenship_iso2": pa.Column(str, pa.Check.str_matches(r"^[A-Z]{2}$"), nullable=True),
        "citizenship": pa.Column(str),
        "residents": pa.Column("Int64", pa.Check.gt(0)),
        "eu": pa.Column(bool),
    },
    strict=True,
    unique=["area_code", "citizenship_code"],
)


def read(path: Path) -> pd.DataFrame:
    """The extract: one row an area and citizenship. ``NA`` is Namibia here, not a missing value."""
    return read_csv(path)


def clean(raw: pd.DataFrame) -> Cleaned:
    """Counts by area and citizenship; provinces include their comuni: the two levels are not added."""
    table = rename("citizenship", raw, NAMES)
    table["residents"] = whole(table["residents"])
    table["eu"] = table["eu"] == "true"
    ordered = table.sort_values(
        ["area_level", "area_code", "citizenship_code"], ascending=[False, True, True]
    )
    return Cleaned(ordered.reset_index(drop=True), NONE_ASIDE)
