"""Declared income of each comune, tax year 2023."""

from pathlib import Path
from typing import Final

import pandas as pd
import pandera.pandas as pa

from data.raw import CODE, Cleaned, read_csv, reasons, rename, whole

NAMES: Final = {
    "Codice Istat Comune": "comune_code",
    "Regione": "region",
    "Numero contribuenti": "taxpayers",
    "Reddito complessivo - Ammontare in euro": "income_eur",
}

SCHEMA = pa.DataFrameSchema(
    {
        "comune_code": pa.Column(str, pa.Check.str_matches(CODE), unique=True),
        "taxpayers": pa.Column("Int64", pa.Check.gt(0)),
        "income_eur": pa.Column("Int64", pa.Check.gt(0), nullable=True),
    },
    strict=True,
)


def read(path: Path) -> pd.DataFrame:
    """The Department's file."""
    return read_csv(path, sep=";")


def clean(raw: pd.DataFrame) -> Cleaned:
    """One row a comune; amounts withheld because few people declare stay missing."""
    table = rename("income", raw, NAMES)
    aside = reasons(raw.index, {"fuori dalla Lombardia": table["region"] != "Lombardia"})
    table = table.drop(index=aside.index, columns="region")
    table["comune_code"] = table["comune_code"].str.zfill(6)
    table[["taxpayers", "income_eur"]] = table[["taxpayers", "income_eur"]].apply(whole)
    return Cleaned(table.sort_values("comune_code").reset_index(drop=True), aside)
