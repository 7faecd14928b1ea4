"""What sources get wrong, corrected as data: one CSV a dataset, with the value expected before and why."""

from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

from errors import SourceChanged

FOLDER = Path(__file__).parent


@cache
def read(name: str) -> pd.DataFrame:
    """A table of this folder, every cell as text, empty cells missing. Read only: it is shared."""
    return pd.read_csv(FOLDER / f"{name}.csv", dtype=str, keep_default_na=False, na_values=[""])


def apply(dataset: str, table: pd.DataFrame, *, key: str) -> pd.DataFrame:
    """The table with the corrections of its dataset made; a dataset without corrections comes back as it is.

    Raises
    ------
    SourceChanged
        Where the source no longer says what we correct, naming every such row: the source was
        mended or changed, and the correction must be looked at again.
    """
    if not (FOLDER / f"{dataset}.csv").is_file():
        return table
    mended = table.copy()
    faults = []
    for fix in read(dataset).to_dict("records"):
        row = mended[key] == fix["key"]
        if not row.any():
            faults.append(f"{fix['key']} to correct is not there")
            continue
        before = mended.loc[row, fix["column"]].iloc[0]
        if not _same(before, fix["expected"]):
            faults.append(
                f"{fix['key']}: {fix['column']} is {before!r}, not {fix['expected']!r} as we correct"
            )
        mended.loc[row, fix["column"]] = fix["value"]
    if faults:
        raise SourceChanged(dataset=dataset, faults=faults)
    return mended


def _same(before: Any, expected: Any) -> bool:
    return bool((pd.isna(before) and pd.isna(expected)) or before == expected)


def current_code(codes: pd.Series) -> pd.Series:
    """Comune codes of any year as codes of 1 January 2025, by the table of mergers; others as they are."""
    merged = read("mergers").set_index("old_code")["new_code"]
    return codes.map(merged).fillna(codes)
