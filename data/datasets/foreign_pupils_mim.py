"""Foreign-citizen pupils of every state school of Lombardy: the Ministry's own file, once somebody brings it."""

from pathlib import Path
from typing import Final

import pandas as pd
import pandera.pandas as pa

from data.raw import Cleaned, read_csv, reasons, rename, whole

OPTIONAL: Final = True
"""The file cannot be had yet: without it these schools' shares stay unknown, never estimated."""

NAMES: Final = {
    "ANNOSCOLASTICO": "school_year",
    "CODICESCUOLA": "school_id",
    "ALUNNI": "pupils",
    "ALUNNICITTADINANZANONITALIANA": "foreign_pupils",
    "ALUNNICITTADINANZANONITALIANAPAESINONUE": "third_country_pupils",
}

SCHEMA = pa.DataFrameSchema(
    {
        "school_id": pa.Column(str, pa.Check.str_matches(r"^[A-Z0-9]{10}$"), unique=True),
        "school_year": pa.Column(str, pa.Check.str_matches(r"^\d{4}/\d{2}$")),
        "pupils": pa.Column("Int64", pa.Check.gt(0)),
        "foreign_pupils": pa.Column("Int64", pa.Check.ge(0)),
        "third_country_pupils": pa.Column("Int64", pa.Check.ge(0)),
    },
    strict=True,
)

PROVINCES = r"^(?:BG|BS|CO|CR|LC|LO|MB|MI|MN|PV|SO|VA)"
COUNTS: Final = ["pupils", "foreign_pupils", "third_country_pupils"]


def read(path: Path) -> pd.DataFrame:
    """The Ministry's file: one row a school, level and year of course."""
    return read_csv(path)


def clean(raw: pd.DataFrame) -> Cleaned:
    """One row a school, added up over its years of course.

    Rows of other regions and years of course whose counts are withheld are set aside; a school with a
    withheld year is set aside whole, since its share would be wrong.
    """
    table = rename("foreign_pupils_mim", raw, NAMES)
    counts = table[COUNTS].apply(pd.to_numeric, errors="coerce")
    ours = table["school_id"].str.match(PROVINCES).astype(bool)
    withheld = counts.isna().any(axis=1).groupby(table["school_id"]).transform("any")
    aside = reasons(
        raw.index, {"fuori dalla Lombardia": ~ours, "scuola con conteggi non pubblicati": ours & withheld}
    )
    kept = table.drop(index=aside.index)
    for column in COUNTS:
        kept[column] = whole(kept[column])
    kept["school_year"] = kept["school_year"].str[:4] + "/" + kept["school_year"].str[4:]
    summed = kept.groupby(["school_id", "school_year"], as_index=False)[COUNTS].sum()
    empty = summed["pupils"] == 0
    return Cleaned(summed[~empty].reset_index(drop=True), aside)
