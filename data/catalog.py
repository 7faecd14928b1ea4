"""The catalog: which tables there are, and the one door through which they are read."""

import importlib
import inspect
import json
from pathlib import Path
from types import ModuleType
from typing import Any, Final

import geopandas as gpd
import pandas as pd
import pandera.pandas as pa
from pandera.errors import SchemaErrors

from errors import TableBroken, TableMissing

TABLES: Final = Path(__file__).parent / "tables"
REPORT: Final = TABLES / "build.json"

DATASETS: Final = (
    "comuni", "comuni_codes", "comuni_profile", "nil",
    "residents", "foreign_population", "foreign_history", "citizenship", "citizenship_languages",
    "milan_grid", "localities", "places",
    "ambiti", "ambito_comuni",
    "sportelli", "associazioni", "mediazione",
    "schools_state", "schools_paritarie", "pupils", "foreign_pupils", "foreign_pupils_mim",
    "nursery_positions", "school_addresses", "stops", "biblioteche", "cpia",
    "snai", "income", "drive_minutes", "motorway_nodes", "motorway_edges", "lakes", "ridges", "roads",
)  # fmt: skip
"""Clean tables made from one raw file each, ``data/datasets/NAME.py``."""

DERIVED: Final = ("settlements", "network", "scuole", "positions", "demand")
"""Modules that make tables from clean tables, ``data/derived/NAME.py``, in the order they need each other."""


def dataset_module(name: str) -> ModuleType:
    """The module of a dataset."""
    return importlib.import_module(f"data.datasets.{name}")


def derived_module(name: str) -> ModuleType:
    """The module that derives one or more tables."""
    return importlib.import_module(f"data.derived.{name}")


def is_optional(name: str) -> bool:
    """Whether a dataset may have no table because its file cannot be had yet."""
    return name in DATASETS and getattr(dataset_module(name), "OPTIONAL", False)


def schemas() -> dict[str, pa.DataFrameSchema]:
    """Every table's schema, by the table's name."""
    found = {name: dataset_module(name).SCHEMA for name in DATASETS}
    for name in DERIVED:
        found |= derived_schemas(name)
    return found


def derived_schemas(name: str) -> dict[str, pa.DataFrameSchema]:
    """The schemas of the tables that a derived module makes, by table."""
    module = derived_module(name)
    return dict(module.SCHEMAS) if hasattr(module, "SCHEMAS") else {name: module.SCHEMA}


def made_from(name: str) -> list[str]:
    """The tables that a derived module is made from: the parameters of its ``derive``."""
    parameters = inspect.signature(derived_module(name).derive).parameters.values()
    return [one.name for one in parameters if one.kind is not inspect.Parameter.KEYWORD_ONLY]


def load(name: str, folder: Path = TABLES) -> Any:
    """A clean table, checked against its schema; a GeoDataFrame where it has a geometry.

    Raises
    ------
    TableMissing
        If its file is not there.
    TableBroken
        If the file cannot be read or does not keep the schema; every fault is named.
    """
    path = folder / f"{name}.parquet"
    if not path.is_file():
        raise TableMissing(table=name)
    schema = schemas()[name]
    try:
        table = gpd.read_parquet(path) if "geometry" in schema.columns else pd.read_parquet(path)
    except (OSError, ValueError, KeyError) as fault:
        raise TableBroken(table=name, faults=[f"it cannot be read ({fault})"]) from fault
    return validated(name, table, schema)


def validated(name: str, table: pd.DataFrame, schema: pa.DataFrameSchema) -> pd.DataFrame:
    """The table, if it keeps its schema; else ``TableBroken`` with every fault and an example of each."""
    try:
        return schema.validate(table, lazy=True)
    except SchemaErrors as found:
        cases = found.failure_cases
        faults = [
            f"{column}: {check} ({len(rows)} rows, e.g. {rows['failure_case'].iloc[0]!r})"
            for (column, check), rows in cases.groupby(["column", "check"], dropna=False, sort=False)
        ]
        raise TableBroken(table=name, faults=faults) from found


def report() -> dict[str, Any]:
    """What the last build said of each table: rows in, kept, set aside and why, and from which file."""
    if not REPORT.is_file():
        raise TableMissing(table="build.json")
    try:
        said: dict[str, Any] = json.loads(REPORT.read_text(encoding="utf-8"))
    except ValueError as fault:
        raise TableBroken(table="build.json", faults=[str(fault)]) from fault
    return said
