"""Desks for foreign citizens and the offices they are sent to: the starter list, with its evidence."""

from pathlib import Path
from typing import Final

import pandas as pd
import pandera.pandas as pa

from data import corrections
from data.raw import CODE, NONE_ASIDE, Cleaned, listed, read_csv, rename, tidy
from data.vocabularies import vocabulary

NAMES: Final = {
    "id": "sportello_id",
    "name": "name",
    "type": "kind",
    "operator": "ente",
    "address": "address",
    "cap": "postcode",
    "comune_istat": "comune_code",
    "comune": "comune",
    "provincia": "province",
    "ambito": "ambito_named",
    "phone": "phone",
    "email": "email",
    "opening_hours": "opening_hours",
    "access": "access",
    "languages": "languages",
    "services": "themes",
    "target_groups": "targets",
    "web_page": "web",
    "status": "status",
    "evidence_level": "evidence",
    "source_url": "source_url",
    "source_date": "source_date",
    "source_kind": "source_kind",
    "notes": "notes",
    "caution": "caution",
    "record_compiled": "compiled",
}

LISTS: Final = ("languages", "themes", "targets")


def codes(name: str) -> pa.Check:
    """Every item of a ``;`` list is in a vocabulary."""
    pattern = "|".join(vocabulary(name).index)
    return pa.Check.str_matches(rf"^(?:{pattern})(?:;(?:{pattern}))*$")


DATE: Final = pa.Check.str_matches(r"^\d{4}(?:-\d{2}){0,2}$")

TRACED: Final = {
    "status": pa.Column(str, codes("statuses")),
    "evidence": pa.Column(str, pa.Check.isin(list("ABCD"))),
    "source_url": pa.Column(str),
    "source_date": pa.Column(str, DATE, nullable=True),
    "notes": pa.Column(str, nullable=True),
    "caution": pa.Column(str, nullable=True),
}
"""Who says so, of when, and how surely: the columns every row of the registry has."""

PLACED: Final = {
    "address": pa.Column(str, nullable=True),
    "postcode": pa.Column(str, pa.Check.str_matches(r"^\d{5}$"), nullable=True),
    "comune_code": pa.Column(str, pa.Check.str_matches(CODE), nullable=True),
    "comune": pa.Column(str, nullable=True),
    "province": pa.Column(str, pa.Check.str_matches(r"^[A-Z]{2}$")),
    "phone": pa.Column(str, nullable=True),
    "email": pa.Column(str, nullable=True),
    "web": pa.Column(str, nullable=True),
}
"""Where it is and how to reach it."""

SCHEMA = pa.DataFrameSchema(
    {
        "sportello_id": pa.Column(str, pa.Check.str_matches(r"^[a-z0-9-]+$"), unique=True),
        "name": pa.Column(str),
        "kind": pa.Column(str, codes("service_kinds")),
        "ente": pa.Column(str),
        "ambito_named": pa.Column(str, nullable=True),
        "opening_hours": pa.Column(str, nullable=True),
        "access": pa.Column(str, nullable=True),
        "languages": pa.Column(str, codes("languages"), nullable=True),
        "themes": pa.Column(str, codes("themes")),
        "targets": pa.Column(str, codes("targets"), nullable=True),
        "source_kind": pa.Column(str),
        **PLACED,
        **TRACED,
        "compiled": pa.Column(str, pa.Check.str_matches(r"^\d{4}-\d{2}-\d{2}$")),
    },
    strict=True,
)


def read(path: Path) -> pd.DataFrame:
    """The list as it was compiled."""
    return read_csv(path)


def clean(raw: pd.DataFrame) -> Cleaned:
    """One row a desk; closed and doubtful ones stay, marked by ``status``, so that nobody adds them again."""
    return registry_rows("sportelli", raw, NAMES, key="sportello_id", lists=LISTS)


def registry_rows(
    dataset: str, raw: pd.DataFrame, names: dict[str, str], *, key: str, lists: tuple[str, ...]
) -> Cleaned:
    """Rows of the starter registry: tidy text, lists mended, comuni of 2025, corrections made, in order of key."""
    table = rename(dataset, raw, names).apply(tidy)
    for column in lists:
        table[column] = listed(table[column])
    if "comune_code" in table:
        table["comune_code"] = corrections.current_code(table["comune_code"])
    table = corrections.apply(dataset, table, key=key)
    return Cleaned(table.sort_values(key).reset_index(drop=True), NONE_ASIDE)
