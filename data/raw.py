"""Reading raw files as they come, and the few gestures every ``clean()`` shares."""

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd

from errors import SourceChanged

CODE = r"^\d{6}$"
"""An ISTAT comune code."""


class Cleaned(NamedTuple):
    """A clean table, and the raw rows that are not in it: raw index → reason (in Italian, it is shown)."""

    table: pd.DataFrame
    aside: pd.Series


def read_csv(path: Path, *, sep: str = ",", skiprows: int = 0, encoding: str = "utf-8-sig") -> pd.DataFrame:
    """A raw text table, every cell as text, empty cells missing; also from a zip that holds one file."""
    return pd.read_csv(
        path, sep=sep, dtype=str, skiprows=skiprows, encoding=encoding, keep_default_na=False, na_values=[""]
    )


def read_features(path: Path, *, layer: str | None = None) -> gpd.GeoDataFrame:
    """A raw vector file in its own coordinates."""
    return gpd.read_file(path, layer=layer)


def rename(dataset: str, raw: pd.DataFrame, names: Mapping[str, str]) -> pd.DataFrame:
    """The columns in ``names`` only, renamed; ``SourceChanged`` names all that are missing."""
    missing = [column for column in names if column not in raw.columns]
    if missing:
        raise SourceChanged(dataset=dataset, faults=[f"column «{column}» is missing" for column in missing])
    return raw[list(names)].rename(columns=dict(names))


def reasons(index: pd.Index, masks: Mapping[str, pd.Series]) -> pd.Series:
    """Raw index → reason for the rows any mask marks; the first mask that holds gives the reason."""
    said = pd.Series(pd.NA, index=index, dtype="string")
    for reason, mask in masks.items():
        said = said.mask(said.isna() & mask, reason)
    return said.dropna()


NONE_ASIDE = pd.Series(dtype="string")
"""What ``clean()`` sets aside when it keeps every row."""


def tidy(text: pd.Series) -> pd.Series:
    """Text with single spaces and no blank ends; what is left empty is missing."""
    stripped = text.str.replace(r"\s+", " ", regex=True).str.strip()
    return stripped.mask(stripped == "")


def whole(text: pd.Series) -> pd.Series:
    """Text as whole numbers (``Int64``); missing stays missing, anything else raises ``ValueError``."""
    return pd.to_numeric(text).astype("Float64").round().astype("Int64")


def number(text: pd.Series, *, decimal: str = ".") -> pd.Series:
    """Text as decimal numbers (``float64``); missing stays NaN."""
    return pd.to_numeric(text.str.replace(decimal, ".", regex=False)).astype(np.float64)


def listed(text: pd.Series, *, sep: str = ";") -> pd.Series:
    """Lists in a cell with their items trimmed, in their order, each once, joined by ``;``."""

    def mend(cell: str) -> str:
        items = (item.strip() for item in cell.split(sep))
        return ";".join(dict.fromkeys(item for item in items if item))

    return tidy(text.map(mend, na_action="ignore"))


def points(lon: pd.Series, lat: pd.Series) -> gpd.GeoSeries:
    """Points in degrees, to the seventh decimal (a centimetre); missing where a coordinate is missing."""
    known = lon.notna() & lat.notna()
    made = gpd.GeoSeries(gpd.points_from_xy(lon.round(7), lat.round(7)), index=lon.index, crs="EPSG:4326")
    return made.where(known)
