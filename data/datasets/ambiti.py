"""The Ambiti territoriali sociali of Lombardy, and which of them are known partners of Lab'Impact."""

from pathlib import Path
from typing import Final

import pandas as pd
import pandera.pandas as pa

from data.raw import NONE_ASIDE, Cleaned, read_csv, rename, tidy

NAMES: Final = {
    "ambito_id": "ambito_id",
    "name": "ambito",
    "province": "province",
    "lead_body": "lead_body",
    "lab_impact": "lab_impact",
    "lab_impact_role": "lab_impact_role",
    "lab_impact_evidence": "lab_impact_evidence",
    "evidence": "evidence",
    "sources": "sources",
    "notes": "notes",
}

SCHEMA = pa.DataFrameSchema(
    {
        "ambito_id": pa.Column(str, pa.Check.str_matches(r"^[a-z0-9-]+$"), unique=True),
        "ambito": pa.Column(str),
        "province": pa.Column(str, pa.Check.str_matches(r"^[A-Z]{2}$")),
        "lead_body": pa.Column(str, nullable=True),
        "lab_impact": pa.Column(bool, description="false means no evidence found, not certainly no partner"),
        "lab_impact_role": pa.Column(str),
        "lab_impact_evidence": pa.Column(str, nullable=True),
        "evidence": pa.Column(str, pa.Check.isin(["page", "knowledge"])),
        "sources": pa.Column(str, nullable=True),
        "notes": pa.Column(str, nullable=True),
    },
    strict=True,
)


def read(path: Path) -> pd.DataFrame:
    """The list as it was put together."""
    return read_csv(path)


def clean(raw: pd.DataFrame) -> Cleaned:
    """One row an Ambito."""
    table = rename("ambiti", raw, NAMES).apply(tidy)
    table["lab_impact"] = table["lab_impact"] == "true"
    return Cleaned(table.sort_values("ambito_id").reset_index(drop=True), NONE_ASIDE)
