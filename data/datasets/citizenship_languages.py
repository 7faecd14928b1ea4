"""Languages by citizenship: shares in the home country, and what public pages say of that community in Italy."""

from pathlib import Path
from typing import Final

import pandas as pd
import pandera.pandas as pa

from data.raw import NONE_ASIDE, Cleaned, number, read_csv, rename, whole

NAMES: Final = {
    "citizenship_iso2": "citizenship_iso2",
    "citizenship_it": "citizenship",
    "language": "language",
    "script": "script",
    "language_it": "language_name",
    "language_en": "language_english",
    "population_percent": "share",
    "official_status": "official",
    "rank": "rank",
    "basis": "basis",
    "source_url": "source_url",
    "note": "note",
}

SCHEMA = pa.DataFrameSchema(
    {
        "citizenship_iso2": pa.Column(str, pa.Check.str_matches(r"^[A-Z]{2}$")),
        "citizenship": pa.Column(str),
        "language": pa.Column(str, pa.Check.str_matches(r"^[a-z]{2,3}$")),
        "script": pa.Column(str, nullable=True),
        "language_name": pa.Column(str, nullable=True),
        "share": pa.Column(float, pa.Check.in_range(0, 1), nullable=True),
        "official": pa.Column(str, nullable=True),
        "rank": pa.Column("Int64", nullable=True),
        "basis": pa.Column(str),
        "source_url": pa.Column(str, nullable=True),
        "note": pa.Column(str, nullable=True),
    },
    strict=True,
)


def read(path: Path) -> pd.DataFrame:
    """The table as it comes. ``NA`` is Namibia here, not a missing value."""
    return read_csv(path)


def clean(raw: pd.DataFrame) -> Cleaned:
    """Shares from 0 to 1, missing where the basis is a page.

    A language has its Italian name, else its English one, else none (some eighty small languages).
    """
    table = rename("citizenship_languages", raw, NAMES)
    table["share"] = (number(table["share"]) / 100).round(6)
    table["rank"] = whole(table["rank"])
    table["language_name"] = table["language_name"].fillna(table.pop("language_english"))
    return Cleaned(table, NONE_ASIDE)
