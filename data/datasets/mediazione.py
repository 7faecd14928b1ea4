"""Who offers linguistic-cultural mediation, where, in which languages: the starter list, with its evidence."""

from typing import Final

import pandas as pd
import pandera.pandas as pa

from data import corrections
from data.datasets.sportelli import TRACED, codes, read, registry_rows
from data.raw import Cleaned

__all__ = ["NAMES", "SCHEMA", "clean", "read"]

NAMES: Final = {
    "id": "mediazione_id",
    "provider": "provider",
    "provider_type": "provider_kind",
    "area": "area",
    "provincia": "province",
    "ambito": "ambito_named",
    "setting": "setting",
    "languages": "languages",
    "hours_published": "hours_published",
    "figures": "figures",
    "services": "services",
    "web_page": "web",
    "status": "status",
    "source_url": "source_url",
    "source_date": "source_date",
    "notes": "notes",
    "caution": "caution",
}

SCHEMA = pa.DataFrameSchema(
    {
        "mediazione_id": pa.Column(str, pa.Check.str_matches(r"^[a-z0-9-]+$"), unique=True),
        "provider": pa.Column(str),
        "provider_kind": pa.Column(str, codes("provider_kinds")),
        "area": pa.Column(str, nullable=True),
        "province": pa.Column(str, pa.Check.str_matches(r"^[A-Z]{2}$")),
        "ambito_named": pa.Column(str, nullable=True),
        "ambito_ids": pa.Column(str, pa.Check.str_matches(r"^[a-z0-9-]+(?:;[a-z0-9-]+)*$"), nullable=True),
        "ambito_basis": pa.Column(str, pa.Check.isin(["nominato", "provincia", "comune", "ignoto"])),
        "setting": pa.Column(str, nullable=True),
        "languages": pa.Column(str, codes("languages"), nullable=True),
        "hours_published": pa.Column(str, nullable=True),
        "figures": pa.Column(str, nullable=True),
        "services": pa.Column(str, nullable=True),
        "web": pa.Column(str, nullable=True),
        **TRACED,
    },
    strict=True,
)


def clean(raw: pd.DataFrame) -> Cleaned:
    """One row a provider and area, with the Ambiti it names or may cover and how those are known."""
    lists = ("ambito_named", "setting", "languages")
    table, aside = registry_rows("mediazione", raw, NAMES, key="mediazione_id", lists=lists)
    areas = corrections.read("mediation_areas").set_index("mediazione_id")
    table["ambito_ids"] = table["mediazione_id"].map(areas["ambito_ids"])
    table["ambito_basis"] = table["mediazione_id"].map(areas["basis"]).fillna("ignoto")
    table["evidence"] = evidence_level(table["source_date"], table["status"])
    return Cleaned(table[list(SCHEMA.columns)], aside)


def evidence_level(source_date: pd.Series, status: pd.Series) -> pd.Series:
    """Evidence by date alone, for rows whose source says no more: B from 2022, C undated or 2015 to 2021, else D.

    The list gives no level for mediation; the rule of the desks is applied without its contact half, so
    no row reaches A.
    """
    year = pd.to_numeric(source_date.str[:4])
    level = pd.Series("C", index=source_date.index)
    level = level.mask(year >= 2022, "B").mask(year < 2015, "D")
    return level.mask(status != "non_verificato", "D")
