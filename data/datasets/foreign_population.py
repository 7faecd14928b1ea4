"""Foreign residents of each comune on 1 January and 31 December 2025 (ISTAT, demographic balance)."""

from typing import Final

import pandas as pd
import pandera.pandas as pa

from data.datasets.residents import balance, read
from data.raw import CODE, Cleaned

__all__ = ["NAMES", "SCHEMA", "clean", "read"]

NAMES: Final = {
    "Codice comune": "comune_code",
    "Popolazione censita al 1° gennaio - Totale": "foreign_residents",
    "Popolazione al 31 dicembre - Totale": "foreign_residents_end",
}

SCHEMA = pa.DataFrameSchema(
    {
        "comune_code": pa.Column(str, pa.Check.str_matches(CODE), unique=True),
        "foreign_residents": pa.Column("Int64", pa.Check.ge(0)),
        "foreign_residents_end": pa.Column("Int64", pa.Check.ge(0)),
    },
    strict=True,
)


def clean(raw: pd.DataFrame) -> Cleaned:
    """Foreign residents, citizens of the European Union included, of the comuni of Lombardy."""
    return balance("foreign_population", raw, NAMES)
