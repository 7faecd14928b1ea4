"""The register of state schools, 2025/26: code, name, level, address where known, comune."""

from pathlib import Path
from typing import Final

import pandas as pd
import pandera.pandas as pa

from data import corrections
from data.raw import NONE_ASIDE, Cleaned, read_csv, reasons, rename, tidy

NAMES: Final = {
    "REGIONE": "region",
    "CODICESCUOLA": "school_id",
    "DENOMINAZIONESCUOLA": "name",
    "INDIRIZZOSCUOLA": "address",
    "CODICECOMUNESCUOLA": "cadastral_code",
    "DESCRIZIONETIPOLOGIAGRADOISTRUZIONESCUOLA": "level",
    "ANNOSCOLASTICO": "school_year",
}

LEVELS: Final = ["infanzia", "primaria", "primo_grado", "secondo_grado", "comprensivo", "altro"]

SCHEMA = pa.DataFrameSchema(
    {
        "school_id": pa.Column(str, pa.Check.str_matches(r"^[A-Z0-9]{10}$"), unique=True),
        "name": pa.Column(str),
        "address": pa.Column(str, nullable=True),
        "cadastral_code": pa.Column(str, pa.Check.str_matches(r"^[A-Z]\d{3}$")),
        "level": pa.Column(str, pa.Check.isin(LEVELS)),
        "school_year": pa.Column(str, pa.Check.str_matches(r"^\d{4}/\d{2}$")),
    },
    strict=True,
)


def read(path: Path) -> pd.DataFrame:
    """The Ministry's file."""
    return read_csv(path)


def clean(raw: pd.DataFrame) -> Cleaned:
    """One row a school of Lombardy; ``Non Disponibile`` is missing."""
    return register("schools_state", raw)


def register(dataset: str, raw: pd.DataFrame) -> Cleaned:
    """The rows of Lombardy of a register of the Ministry, levels as our codes, the year as ``2025/26``."""
    table = rename(dataset, raw, NAMES).apply(tidy)
    table = table.mask(table == "Non Disponibile")
    aside = reasons(raw.index, {"fuori dalla Lombardia": table["region"] != "LOMBARDIA"})
    table = table.drop(index=aside.index, columns="region")
    levels = corrections.read("school_levels").set_index("raw")["level"]
    table["level"] = table["level"].map(levels).fillna("altro")
    table["school_year"] = table["school_year"].str[:4] + "/" + table["school_year"].str[4:]
    return Cleaned(table.sort_values("school_id").reset_index(drop=True), aside if len(aside) else NONE_ASIDE)
