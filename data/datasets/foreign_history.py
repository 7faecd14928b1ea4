"""Foreign residents of each comune on 1 January of 2020 to 2025, on the comuni of 2025."""

from pathlib import Path
from typing import Final

import pandas as pd
import pandera.pandas as pa

from data import corrections
from data.raw import CODE, Cleaned, read_csv, reasons, rename, whole

NAMES: Final = {"REF_AREA": "comune_code", "TIME_PERIOD": "year", "OBS_VALUE": "foreign_residents"}

SCHEMA = pa.DataFrameSchema(
    {
        "comune_code": pa.Column(str, pa.Check.str_matches(CODE)),
        "year": pa.Column("Int64", pa.Check.in_range(2019, 2100)),
        "foreign_residents": pa.Column("Int64", pa.Check.ge(0)),
    },
    strict=True,
    unique=["comune_code", "year"],
)


def read(path: Path) -> pd.DataFrame:
    """The data flow as CSV, as ISTAT's service gives it."""
    return read_csv(path)


def clean(raw: pd.DataFrame) -> Cleaned:
    """One row a comune and year; comuni that merged later are added up into today's."""
    table = rename("foreign_history", raw, NAMES)
    is_comune = table["comune_code"].str.fullmatch(CODE).astype(bool)
    aside = reasons(raw.index, {"territorio più grande di un comune": ~is_comune})
    table = table.drop(index=aside.index)
    table["comune_code"] = corrections.current_code(table["comune_code"])
    table["year"] = whole(table["year"].str[:4])
    table["foreign_residents"] = whole(table["foreign_residents"])
    summed = table.groupby(["comune_code", "year"])["foreign_residents"].sum()
    return Cleaned(summed.reset_index(), aside)
