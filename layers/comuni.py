"""Comuni: their shapes once, and the measure they are coloured by apart.

``MEASURES`` says for each measure which scale colours it and how it is told in words.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import pandas as pd

from layers.features import collection, text, tooltip
from layers.style import (
    FOREIGN_RESIDENTS,
    FOREIGN_SHARE,
    MINUTES,
    PEOPLE_BEYOND,
    Scale,
    number,
    percent,
)


@dataclass(frozen=True)
class Measure:
    """One way to colour the comuni: a column, its scale, and its words."""

    column: str
    scale: Scale
    words: Callable[[float], str]


MEASURES = {
    "foreign_residents": Measure(
        "foreign_residents", FOREIGN_RESIDENTS, lambda n: f"{number(n)} residenti stranieri"
    ),
    "foreign_share": Measure(
        "foreign_share", FOREIGN_SHARE, lambda s: f"{percent(s)} di residenti stranieri"
    ),
    "third_country": Measure(
        "third_country", FOREIGN_RESIDENTS, lambda n: f"circa {number(n)} residenti di Paesi terzi"
    ),
    "minutes": Measure("minutes_median", MINUTES, lambda m: f"{number(m)} minuti"),
    "people_beyond": Measure(
        "people_beyond", PEOPLE_BEYOND, lambda n: f"{number(n)} residenti stranieri oltre il limite"
    ),
}


def build(comuni: gpd.GeoDataFrame) -> dict[str, Any]:
    """Shapes and names (columns ``comune_code``, ``comune``, ``geometry``; ``ambito`` where known)."""
    named = comuni["ambito"] if "ambito" in comuni else pd.Series(pd.NA, index=comuni.index)
    tips = [
        tooltip(comune, text(ambito) or "Ambito non noto")
        for comune, ambito in zip(comuni["comune"], named, strict=True)
    ]
    return collection(comuni, ids=comuni["comune_code"].tolist(), tips=tips)


def values(
    numbers: pd.Series, *, measure: str, low: pd.Series | None = None, high: pd.Series | None = None
) -> dict[str, list[Any]]:
    """Class and text of each comune.

    Parameters
    ----------
    numbers
        The measure, indexed by comune code; missing where unknown or unreachable.
    measure
        Key of ``MEASURES``.
    low, high
        Band of the measure, same index, where it has one.
    """
    told = MEASURES[measure]
    classes = told.scale.classify(numbers)
    unknown = told.scale.marks[-1].label
    out: dict[str, list[Any]] = {}
    for code, value, place in zip(numbers.index, numbers, classes, strict=True):
        words = unknown if pd.isna(value) else told.words(float(value))
        if low is not None and high is not None and not pd.isna(low[code]) and not pd.isna(value):
            words += f" (tra {number(low[code])} e {number(high[code])})"
        out[str(code)] = [int(place), words]
    return out
