"""Migrant associations and bodies that work for integration: the starter list, with its evidence."""

from typing import Final

import pandas as pd
import pandera.pandas as pa

from data.datasets.sportelli import PLACED, TRACED, codes, read, registry_rows
from data.raw import Cleaned

__all__ = ["NAMES", "SCHEMA", "clean", "read"]

NAMES: Final = {
    "id": "associazione_id",
    "name": "name",
    "type": "kind",
    "address": "address",
    "cap": "postcode",
    "comune_istat": "comune_code",
    "comune": "comune",
    "provincia": "province",
    "communities": "communities",
    "activities": "activities",
    "phone": "phone",
    "email": "email",
    "web_page": "web",
    "status": "status",
    "evidence_level": "evidence",
    "source_url": "source_url",
    "source_date": "source_date",
    "notes": "notes",
    "caution": "caution",
}

SCHEMA = pa.DataFrameSchema(
    {
        "associazione_id": pa.Column(str, pa.Check.str_matches(r"^[a-z0-9-]+$"), unique=True),
        "name": pa.Column(str),
        "kind": pa.Column(str, codes("association_kinds")),
        "communities": pa.Column(str, nullable=True),
        "activities": pa.Column(str),
        **PLACED,
        **TRACED,
    },
    strict=True,
)


def clean(raw: pd.DataFrame) -> Cleaned:
    """One row an association."""
    lists = ("communities", "activities")
    return registry_rows("associazioni", raw, NAMES, key="associazione_id", lists=lists)
