"""Adult-education centres: the CPIA and their former territorial centres, 2025/26."""

from typing import Final

import pandas as pd
import pandera.pandas as pa

from data.datasets.schools_state import read
from data.raw import NONE_ASIDE, Cleaned, rename, tidy

__all__ = ["NAMES", "SCHEMA", "clean", "read"]

NAMES: Final = {
    "CODICESCUOLA": "school_id",
    "DENOMINAZIONESCUOLA": "name",
    "DESCRIZIONETIPOLOGIAGRADOISTRUZIONESCUOLA": "kind",
    "INDIRIZZOSCUOLA": "address",
    "CODICECOMUNESCUOLA": "cadastral_code",
}

SCHEMA = pa.DataFrameSchema(
    {
        "school_id": pa.Column(str, pa.Check.str_matches(r"^[A-Z0-9]{10}$"), unique=True),
        "name": pa.Column(str),
        "kind": pa.Column(str, pa.Check.isin(["cpia", "centro_territoriale"])),
        "address": pa.Column(str, nullable=True),
        "cadastral_code": pa.Column(str, pa.Check.str_matches(r"^[A-Z]\d{3}$")),
    },
    strict=True,
)


def clean(raw: pd.DataFrame) -> Cleaned:
    """One row a centre."""
    table = rename("cpia", raw, NAMES).apply(tidy)
    table = table.mask(table == "Non Disponibile")
    territorial = table["kind"] == "CENTRO TERRITORIALE"
    table["kind"] = territorial.map({True: "centro_territoriale", False: "cpia"}).astype(str)
    return Cleaned(table.sort_values("school_id").reset_index(drop=True), NONE_ASIDE)
