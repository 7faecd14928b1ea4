"""Links of the motorway skeleton with their length by road; both directions are listed."""

from pathlib import Path
from typing import Final

import pandas as pd
import pandera.pandas as pa

from data.raw import NONE_ASIDE, Cleaned, number, read_csv, rename

NAMES: Final = {"from_node": "from_node", "to_node": "to_node", "distance_km": "distance_km"}

SCHEMA = pa.DataFrameSchema(
    {
        "from_node": pa.Column(str),
        "to_node": pa.Column(str),
        "distance_km": pa.Column(float, pa.Check.gt(0)),
    },
    strict=True,
)


def read(path: Path) -> pd.DataFrame:
    """The links of all Italy."""
    return read_csv(path)


def clean(raw: pd.DataFrame) -> Cleaned:
    """One row a direction of a link, all Italy: who needs the region keeps those with both ends in it."""
    table = rename("motorway_edges", raw, NAMES)
    table["distance_km"] = number(table["distance_km"])
    return Cleaned(table.sort_values(["from_node", "to_node"]).reset_index(drop=True), NONE_ASIDE)
