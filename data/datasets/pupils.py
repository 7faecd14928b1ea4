"""Pupils of each school, state and paritarie, school year 2024/25."""

from pathlib import Path
from typing import Final

import pandas as pd
import pandera.pandas as pa

from data.raw import NONE_ASIDE, Cleaned, read_csv, rename, whole

NAMES: Final = {"CODICESCUOLA": "school_id", "NUMEROSTUDENTI": "pupils"}

SCHEMA = pa.DataFrameSchema(
    {
        "school_id": pa.Column(str, pa.Check.str_matches(r"^[A-Z0-9]{10}$"), unique=True),
        "pupils": pa.Column("Int64", pa.Check.gt(3), nullable=True),
    },
    strict=True,
)


def read(path: Path) -> pd.DataFrame:
    """The answer of the Ministry, as CSV."""
    return read_csv(path)


def clean(raw: pd.DataFrame) -> Cleaned:
    """One row a school; three pupils or fewer are not told by the source and stay missing."""
    table = rename("pupils", raw, NAMES)
    table["pupils"] = whole(table["pupils"].mask(table["pupils"] == "<=3"))
    table["pupils"] = table["pupils"].mask(table["pupils"] <= 3)
    return Cleaned(table.sort_values("school_id").reset_index(drop=True), NONE_ASIDE)
