"""Public libraries: places of encounter, for context."""

from typing import Any

import geopandas as gpd

from layers.features import collection, tooltip
from layers.style import LIBRARIES

STYLES = LIBRARIES


def build(biblioteche: gpd.GeoDataFrame) -> dict[str, Any]:
    """Libraries (columns ``library_id``, ``name``, ``address``, ``geometry``)."""
    tips = [
        tooltip(name, address)
        for name, address in zip(biblioteche["name"], biblioteche["address"], strict=True)
    ]
    return collection(
        biblioteche, ids=biblioteche["library_id"].tolist(), tips=tips, classes=[0] * len(biblioteche)
    )
