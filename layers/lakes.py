"""Lakes: schematic outlines for orientation, not clickable."""

from typing import Any

import geopandas as gpd

from layers.features import collection


def build(lakes: gpd.GeoDataFrame) -> dict[str, Any]:
    """Outlines of the lakes (columns ``lake``, ``geometry``)."""
    return collection(lakes, ids=lakes["lake"].tolist(), tips=[""] * len(lakes), classes=[0] * len(lakes))
