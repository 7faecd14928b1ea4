"""Schools: both registers with pupils and, where known, foreign-citizen pupils."""

from typing import Final

import pandas as pd
import pandera.pandas as pa

from data.datasets.schools_state import LEVELS
from data.raw import CODE

SCHEMA = pa.DataFrameSchema(
    {
        "school_id": pa.Column(str, pa.Check.str_matches(r"^[A-Z0-9]{10}$"), unique=True),
        "name": pa.Column(str, nullable=True),
        "level": pa.Column(str, pa.Check.isin(LEVELS)),
        "management": pa.Column(str, pa.Check.isin(["statale", "paritaria"])),
        "address": pa.Column(str, nullable=True),
        "comune_code": pa.Column(str, pa.Check.str_matches(CODE)),
        "comune": pa.Column(str),
        "pupils": pa.Column("Int64", pa.Check.gt(0), nullable=True),
        "foreign_pupils": pa.Column("Int64", pa.Check.ge(0), nullable=True),
        "foreign_share": pa.Column(float, pa.Check.in_range(0, 1), nullable=True),
        "foreign_source": pa.Column(str, nullable=True),
    },
    checks=pa.Check(
        lambda t: t["foreign_share"].isna() | t["foreign_pupils"].notna(), name="a share has its count"
    ),
    strict=True,
)

MILAN: Final = "015146"


def derive(
    schools_state: pd.DataFrame,
    schools_paritarie: pd.DataFrame,
    pupils: pd.DataFrame,
    foreign_pupils: pd.DataFrame,
    foreign_pupils_mim: pd.DataFrame | None,
    comuni_codes: pd.DataFrame,
    comuni: pd.DataFrame,
) -> pd.DataFrame:
    """One row a school of either register, or with a known share though no longer in a register.

    The share is of the pupils counted with it, not of ``pupils`` (another date of survey). The Ministry's
    file, where somebody brought it, goes before the table of Milan. Without either the share is missing.
    """
    registers = pd.concat(
        [schools_state.assign(management="statale"), schools_paritarie.assign(management="paritaria")]
    )
    codes = comuni_codes.set_index("cadastral_code")["comune_code"]
    registers["comune_code"] = registers["cadastral_code"].map(codes)
    shares = _shares(foreign_pupils, foreign_pupils_mim)
    gone = foreign_pupils.loc[~foreign_pupils["school_id"].isin(registers["school_id"]), ["school_id"]]
    gone = gone.assign(management="statale", level="altro", comune_code=MILAN)
    table = pd.concat([registers, gone]).merge(pupils, on="school_id", how="left")
    table = table.merge(shares, on="school_id", how="left")
    table["comune"] = table["comune_code"].map(comuni.set_index("comune_code")["comune"])
    table["pupils"] = table["pupils"].fillna(table.pop("counted"))
    return table[list(SCHEMA.columns)].sort_values("school_id").reset_index(drop=True)


def _shares(milan: pd.DataFrame, ministry: pd.DataFrame | None) -> pd.DataFrame:
    tables = [milan.assign(foreign_source="foreign_pupils")]
    if ministry is not None:
        tables.insert(0, ministry.assign(foreign_source="foreign_pupils_mim"))
    known = pd.concat(tables).drop_duplicates("school_id")
    return pd.DataFrame(
        {
            "school_id": known["school_id"],
            "counted": known["pupils"],
            "foreign_pupils": known["foreign_pupils"],
            "foreign_share": (known["foreign_pupils"] / known["pupils"]).astype(float).round(4),
            "foreign_source": known["foreign_source"],
        }
    )
