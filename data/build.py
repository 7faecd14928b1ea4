"""From raw files to clean tables: every table written whole or not at all, with a report of its rows."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import pandas as pd

from data import catalog, fetch
from data.fetch import Say
from data.label import read_label, sources_page
from data.raw import Cleaned
from errors import AtlasError, SourceChanged, SourceUnavailable
from geo.geocode import Online

SOURCES: Final = Path(__file__).parent / "SOURCES.md"


@dataclass
class Outcome:
    """What a build made, and what it could not make and why (dataset → error); those keep their old table."""

    made: list[str] = field(default_factory=list)
    kept_old: dict[str, AtlasError] = field(default_factory=dict)


def build(
    *, mirror: Path | None, folder: Path = catalog.TABLES, say: Say = print, online: Online | None = None
) -> Outcome:
    """Make every clean table, then every derived one, then ``SOURCES.md``.

    A dataset whose raw file cannot be had or is not what it should be keeps its old table and is told in
    the outcome; the others go on. ``online`` is a geocoder for the addresses the local gazetteer lacks.
    """
    folder.mkdir(parents=True, exist_ok=True)
    outcome = Outcome()
    written = _read_report(folder)
    for name in catalog.DATASETS:
        _attempt(name, lambda name=name: _make_clean(name, mirror, folder, say), written, outcome, say)  # type: ignore[misc]
    for name in catalog.DERIVED:
        _attempt(name, lambda name=name: _make_derived(name, folder, online), written, outcome, say)  # type: ignore[misc]
    text = json.dumps(written, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    _write_whole(folder / catalog.REPORT.name, lambda part: part.write_text(text, encoding="utf-8"))
    if folder == catalog.TABLES:
        SOURCES.write_text(sources_page([read_label(name) for name in catalog.DATASETS]), encoding="utf-8")
    return outcome


def _attempt(
    name: str, make: Callable[[], dict[str, Any]], written: dict[str, Any], outcome: Outcome, say: Say
) -> None:
    try:
        reports = make()
    except AtlasError as fault:
        missing_optional = isinstance(fault, SourceUnavailable) and catalog.is_optional(name)
        say(f"{name}: {'manca, resta ignoto' if missing_optional else 'resta la tabella di prima'}")
        if not missing_optional:
            outcome.kept_old[name] = fault
        return
    written |= reports
    for table, report in reports.items():
        outcome.made.append(table)
        say(f"{table}: {report['rows']} righe")


def _make_clean(name: str, mirror: Path | None, folder: Path, say: Say) -> dict[str, Any]:
    module = catalog.dataset_module(name)
    path = fetch.find_raw(read_label(name), mirror=mirror, say=say)
    try:
        raw = module.read(path)
        cleaned: Cleaned = module.clean(raw)
    except (ValueError, KeyError, OSError) as fault:
        raise SourceChanged(dataset=name, faults=[f"{path.name} is not as expected: {fault}"]) from fault
    table = catalog.validated(name, cleaned.table, module.SCHEMA)
    reasons = cleaned.aside.value_counts().sort_index()
    report = {
        "rows_in": len(raw),
        "kept": len(raw) - len(cleaned.aside),
        "aside": {str(reason): int(count) for reason, count in reasons.items()},
        "raw": {"file": path.name, "bytes": path.stat().st_size, "sha256": fetch.digest(path)},
    }
    return {name: report | _write_table(name, table, folder)}


def _make_derived(name: str, folder: Path, online: Online | None) -> dict[str, Any]:
    inputs = {source: _load_or_none(source, folder) for source in catalog.made_from(name)}
    options = {"online": online} if name == "positions" else {}
    derived = catalog.derived_module(name).derive(**inputs, **options)
    schemas = catalog.derived_schemas(name)
    tables = derived if isinstance(derived, dict) else {name: derived}
    checked = {made: catalog.validated(made, table, schemas[made]) for made, table in tables.items()}
    made_from = {"derived_from": list(inputs)}
    return {made: made_from | _write_table(made, table, folder) for made, table in checked.items()}


def _load_or_none(name: str, folder: Path) -> pd.DataFrame | None:
    """A table; ``None`` stands for an optional one that is not there."""
    if catalog.is_optional(name) and not (folder / f"{name}.parquet").is_file():
        return None
    table: pd.DataFrame = catalog.load(name, folder)
    return table


def _write_table(name: str, table: pd.DataFrame, folder: Path) -> dict[str, Any]:
    path = folder / f"{name}.parquet"
    options: dict[str, Any] = {"index": False, "compression": "zstd"}
    if isinstance(table, gpd.GeoDataFrame):
        options["write_covering_bbox"] = False
    _write_whole(path, lambda part: table.to_parquet(part, **options))
    return {"rows": len(table), "bytes": path.stat().st_size, "sha256": fetch.digest(path)}


def _write_whole(path: Path, write: Callable[[Path], object]) -> None:
    """Write aside, then swap: who reads meanwhile sees the old file or the new one, never a half."""
    part = path.with_name(path.name + ".part")
    try:
        write(part)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _read_report(folder: Path) -> dict[str, Any]:
    path = folder / catalog.REPORT.name
    known: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    return known


def check(folder: Path = catalog.TABLES) -> list[str]:
    """Every fault of the committed tables and labels, as sentences; an empty list when all is well."""
    faults: list[str] = []
    written = _read_report(folder)
    for name, schema in catalog.schemas().items():
        path = folder / f"{name}.parquet"
        if catalog.is_optional(name) and not path.is_file():
            continue
        try:
            catalog.validated(name, catalog.load(name, folder), schema)
        except AtlasError as fault:
            faults.append(str(fault))
            continue
        if name not in written:
            faults.append(f"{name} is not in build.json")
        elif written[name]["sha256"] != fetch.digest(path):
            faults.append(f"{name} was changed after it was built")
    labels = []
    for name in catalog.DATASETS:
        try:
            labels.append(read_label(name))
        except SourceChanged as fault:
            faults.append(str(fault))
    if len(labels) == len(catalog.DATASETS) and (
        not SOURCES.is_file() or SOURCES.read_text(encoding="utf-8") != sources_page(labels)
    ):
        faults.append("SOURCES.md is not what the labels say; run data build")
    return faults
