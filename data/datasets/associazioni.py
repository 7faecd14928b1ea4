"""Migrant associations and bodies that work for integration: the starter list, with its evidence."""

from typing import Final

import pandas as pd
import pandera.pandas as pa

from data.datasets.sportelli import codes, read, registry_rows
from data.raw import CODE, Cleaned

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
        "address": pa.Column(str, nullable=True),
        "postcode": pa.Column(str, pa.Check.str_matches(r"^\d{5}$"), nullable=True),
        "comune_code": pa.Column(str, pa.Check.str_matches(CODE), nullable=True),
        "comune": pa.Column(str, nullable=True),
        "province": pa.Column(str, pa.Check.str_matches(r"^[A-Z]{2}$")),
        "communities": pa.Column(str, nullable=True),
        "activities": pa.Column(str),
        "phone": pa.Column(str, nullable=True),
        "email": pa.Column(str, nullable=True),
        "web": pa.Column(str, nullable=True),
        "status": pa.Column(str, codes("statuses")),
        "evidence": pa.Column(str, pa.Check.isin(list("ABCD"))),
        "source_url": pa.Column(str),
        "source_date": pa.Column(str, pa.Check.str_matches(r"^\d{4}(?:-\d{2}){0,2}$"), nullable=True),
        "notes": pa.Column(str, nullable=True),
        "caution": pa.Column(str, nullable=True),
    },
    strict=True,
)


def clean(raw: pd.DataFrame) -> Cleaned:
    """One row an association."""
    lists = ("communities", "activities")
    return registry_rows("associazioni", raw, NAMES, key="associazione_id", lists=lists)
