"""The class of each comune in the Strategy for inner areas, 2020: context, never an input of travel times."""

from pathlib import Path
from typing import Final

import pandas as pd
import pandera.pandas as pa

from data import corrections
from data.raw import CODE, Cleaned, read_csv, reasons, rename

NAMES: Final = {"PROCOM_T": "comune_code", "COD_AI_2020": "snai_class"}

SCHEMA = pa.DataFrameSchema(
    {
        "comune_code": pa.Column(str, pa.Check.str_matches(CODE), unique=True),
        "snai_class": pa.Column(str, pa.Check.isin(list("ABCDEF"))),
    },
    strict=True,
)


def read(path: Path) -> pd.DataFrame:
    """The list of classes."""
    return read_csv(path)


def clean(raw: pd.DataFrame) -> Cleaned:
    """One row a comune of 2025; comuni that merged take the remotest of their classes, the others set aside."""
    table = rename("snai", raw, NAMES)
    table["comune_code"] = corrections.current_code(table["comune_code"])
    remotest_first = table.sort_values(["comune_code", "snai_class"], ascending=[True, False], kind="stable")
    aside = reasons(
        remotest_first.index, {"comune confluito in un altro": remotest_first["comune_code"].duplicated()}
    )
    return Cleaned(remotest_first.drop(index=aside.index).reset_index(drop=True), aside)
