"""Official minutes by car to the nearest service pole, a sample: what the estimated network is calibrated on."""

from pathlib import Path
from typing import Final

import pandas as pd
import pandera.pandas as pa

from data import corrections
from data.raw import CODE, Cleaned, number, read_csv, reasons, rename

NAMES: Final = {
    "origin_istat": "origin_code",
    "pole_istat": "pole_code",
    "minutes": "minutes",
    "lake_crossing": "lake_crossing",
}

SCHEMA = pa.DataFrameSchema(
    {
        "origin_code": pa.Column(str, pa.Check.str_matches(CODE), unique=True),
        "pole_code": pa.Column(str, pa.Check.str_matches(CODE)),
        "minutes": pa.Column(float, pa.Check.in_range(0, 240)),
    },
    strict=True,
)


def read(path: Path) -> pd.DataFrame:
    """The sample."""
    return read_csv(path)


def clean(raw: pd.DataFrame) -> Cleaned:
    """One row an origin. Comuni since merged are set aside: their time is of a part only, as is any by boat."""
    table = rename("drive_minutes", raw, NAMES)
    merged = corrections.current_code(table["origin_code"]) != table["origin_code"]
    aside = reasons(
        raw.index,
        {"comune poi confluito in un altro": merged, "attraversa un lago": table["lake_crossing"] != "0"},
    )
    table = table.drop(index=aside.index, columns="lake_crossing")
    table["minutes"] = number(table["minutes"])
    return Cleaned(table.sort_values("origin_code").reset_index(drop=True), aside)
