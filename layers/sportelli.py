"""Sportelli: one symbol a desk, its shape and colour by kind, a dark outline where the building is known."""

from typing import Any

import geopandas as gpd
import pandas as pd

from layers.features import collection, text, tooltip
from layers.style import DESKS, DESKS_EXACT, Mark, group_of

STYLES: tuple[Mark, ...] = (*DESKS, *DESKS_EXACT)
"""Approximate positions first, then the same kinds with exact ones."""

EXACT = frozenset({"coordinate", "address"})
"""Precisions that say which building; the others say which street or settlement."""


def approximate(precision: pd.Series) -> pd.Series:
    """Whether each position is only near the place, same index; unknown precision counts as approximate.

    Examples
    --------
    >>> approximate(pd.Series(["address", "settlement", None])).tolist()
    [False, True, True]
    """
    return ~precision.isin(EXACT)


def build(sportelli: gpd.GeoDataFrame) -> dict[str, Any]:
    """Desks (``sportello_id``, ``name``, ``kind``, ``comune``, ``hours`` in words, ``precision``, ``geometry``)."""
    vague = approximate(sportelli["precision"]).to_numpy()
    groups = [group_of(text(kind)) for kind in sportelli["kind"]]
    tips = [
        tooltip(name, comune, text(hours) or "orari non noti", "posizione approssimata" if near else "")
        for name, comune, hours, near in zip(
            sportelli["name"], sportelli["comune"], sportelli["hours"], vague, strict=True
        )
    ]
    classes = [group + len(DESKS) * (not near) for group, near in zip(groups, vague, strict=True)]
    return collection(sportelli, ids=sportelli["sportello_id"].tolist(), tips=tips, classes=classes)
