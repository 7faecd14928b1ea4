"""Codes of the comuni: ISTAT's six figures beside the cadastral code that the Ministry of Education uses."""

from pathlib import Path
from typing import Final

import pandas as pd
import pandera.pandas as pa

from data import corrections
from data.raw import CODE, Cleaned, read_csv, reasons, rename

NAMES: Final = {
    "Codice Comune (alfanumerico)": "comune_code",
    "Comune": "comune",
    "Codice Regione": "region",
    "Sigla automobilistica": "province",
    "Codice catasto": "cadastral_code",
}

SCHEMA = pa.DataFrameSchema(
    {
        "cadastral_code": pa.Column(str, pa.Check.str_matches(r"^[A-Z]\d{3}$"), unique=True),
        "comune_code": pa.Column(str, pa.Check.str_matches(CODE)),
        "current": pa.Column(bool, description="false for the code of a comune that has since merged"),
    },
    strict=True,
)


def read(path: Path) -> pd.DataFrame:
    """The list of SITUAS, as downloaded."""
    return read_csv(path, sep=";")


def clean(raw: pd.DataFrame) -> Cleaned:
    """One row a cadastral code, those of merged comuni (from the corrections) included."""
    table = rename("comuni_codes", raw, NAMES)
    aside = reasons(raw.index, {"fuori dalla Lombardia": table["region"] != "03"})
    table = table.drop(index=aside.index)[["cadastral_code", "comune_code"]].assign(current=True)
    former = corrections.read("cadastral")[["cadastral_code", "comune_code"]].assign(current=False)
    codes = pd.concat([table, former]).astype({"current": bool})
    return Cleaned(codes.sort_values("cadastral_code").reset_index(drop=True), aside)
