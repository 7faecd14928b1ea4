"""What kind of place each comune is: altitude of its centre, altimetric zone, degree of urbanisation."""

from pathlib import Path
from typing import Final

import pandas as pd
import pandera.pandas as pa

from data.raw import CODE, Cleaned, read_csv, reasons, rename, whole

NAMES: Final = {
    "Codice Regione": "region",
    "Codice Istat del Comune \n(alfanumerico)": "comune_code",
    "Zona altimetrica": "altimetric_zone",
    "Altitudine del centro (metri)": "altitude_m",
    "Grado di urbanizzazione 2021": "urbanisation",
}

SCHEMA = pa.DataFrameSchema(
    {
        "comune_code": pa.Column(str, pa.Check.str_matches(CODE), unique=True),
        "altimetric_zone": pa.Column("Int64", pa.Check.in_range(1, 5)),
        "altitude_m": pa.Column("Int64", pa.Check.in_range(0, 3000), nullable=True),
        "urbanisation": pa.Column("Int64", pa.Check.in_range(1, 3)),
    },
    strict=True,
)


def read(path: Path) -> pd.DataFrame:
    """The sheet of the comuni, saved as CSV."""
    return read_csv(path)


def clean(raw: pd.DataFrame) -> Cleaned:
    """One row a comune: altimetric zone 1 (mountain) to 5 (plain), urbanisation 1 (city) to 3 (rural)."""
    table = rename("comuni_profile", raw, NAMES)
    aside = reasons(raw.index, {"fuori dalla Lombardia": table["region"] != "03"})
    table = table.drop(index=aside.index, columns="region")
    for column in ("altimetric_zone", "altitude_m", "urbanisation"):
        table[column] = whole(table[column])
    table = table[["comune_code", "altimetric_zone", "altitude_m", "urbanisation"]]
    return Cleaned(table.sort_values("comune_code").reset_index(drop=True), aside)
