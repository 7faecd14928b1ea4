"""Residents of each comune on 1 January and 31 December 2025 (ISTAT, demographic balance)."""

from pathlib import Path
from typing import Final

import pandas as pd
import pandera.pandas as pa

from data.raw import CODE, Cleaned, read_csv, reasons, rename, whole

NAMES: Final = {
    "Codice comune": "comune_code",
    "Popolazione censita al 1° gennaio - Totale": "residents",
    "Popolazione al 31 dicembre - Totale": "residents_end",
}

SCHEMA = pa.DataFrameSchema(
    {
        "comune_code": pa.Column(str, pa.Check.str_matches(CODE), unique=True),
        "residents": pa.Column("Int64", pa.Check.ge(0)),
        "residents_end": pa.Column("Int64", pa.Check.ge(0)),
    },
    strict=True,
)

LOMBARDY = r"^(?:01[2-9]|020|09[78]|108)\d{3}$"


def read(path: Path) -> pd.DataFrame:
    """The national file: a title line, a header, the comuni, a closing note."""
    return read_csv(path, sep=";", skiprows=1)


def clean(raw: pd.DataFrame) -> Cleaned:
    """Residents of the comuni of Lombardy; the rest of Italy and the closing note are set aside."""
    return balance("residents", raw, NAMES)


def balance(dataset: str, raw: pd.DataFrame, names: dict[str, str]) -> Cleaned:
    """The Lombard rows of a demographic balance, counts as whole numbers."""
    table = rename(dataset, raw, names)
    is_code = table["comune_code"].str.fullmatch(CODE).fillna(value=False).astype(bool)
    ours = table["comune_code"].str.fullmatch(LOMBARDY).fillna(value=False).astype(bool)
    aside = reasons(raw.index, {"nota del produttore": ~is_code, "fuori dalla Lombardia": ~ours})
    table = table.drop(index=aside.index)
    counts = [column for column in table.columns if column != "comune_code"]
    table[counts] = table[counts].apply(whole)
    return Cleaned(table.sort_values("comune_code").reset_index(drop=True), aside)
