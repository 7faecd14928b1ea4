"""Which Ambito each comune belongs to, on the comuni of 1 January 2025, and how well that is evidenced."""

from pathlib import Path
from typing import Final

import pandas as pd
import pandera.pandas as pa

from data import corrections
from data.raw import CODE, Cleaned, read_csv, reasons, rename

NAMES: Final = {
    "istat_code": "comune_code",
    "ambito_id": "ambito_id",
    "evidence": "evidence",
    "confidence": "confidence",
    "source": "source",
}

SCHEMA = pa.DataFrameSchema(
    {
        "comune_code": pa.Column(str, pa.Check.str_matches(CODE), unique=True),
        "ambito_id": pa.Column(str),
        "evidence": pa.Column(str, pa.Check.isin(["page", "knowledge"])),
        "confidence": pa.Column(str, pa.Check.isin(["high", "medium", "low"])),
        "source": pa.Column(str, nullable=True),
    },
    strict=True,
)


def read(path: Path) -> pd.DataFrame:
    """The list as it was put together."""
    return read_csv(path)


def clean(raw: pd.DataFrame) -> Cleaned:
    """One row a comune of 2025. Comuni that merged become one, with the least sure of their evidences.

    Where merged comuni belonged to different Ambiti the new comune would have two: those rows are set aside.
    """
    table = rename("ambito_comuni", raw, NAMES)
    table["comune_code"] = corrections.current_code(table["comune_code"])
    sureness = table["evidence"].map({"knowledge": 0, "page": 1}) * 10 + table["confidence"].map(
        {"low": 0, "medium": 1, "high": 2}
    )
    least_sure_first = table.assign(sureness=sureness).sort_values(["comune_code", "sureness"], kind="stable")
    several = least_sure_first.groupby("comune_code")["ambito_id"].transform("nunique") > 1
    twin = least_sure_first["comune_code"].duplicated()
    aside = reasons(
        least_sure_first.index,
        {"comuni uniti che stavano in Ambiti diversi": several, "comune confluito in un altro": twin},
    )
    kept = least_sure_first.drop(index=aside.index, columns="sureness")
    return Cleaned(kept.reset_index(drop=True), aside)
