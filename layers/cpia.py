"""Schools for adults (CPIA) and their territorial centres."""

from typing import Any

import geopandas as gpd

from layers.features import collection, tooltip
from layers.sportelli import approximate
from layers.style import ADULT_SCHOOLS

STYLES = ADULT_SCHOOLS


def build(cpia: gpd.GeoDataFrame) -> dict[str, Any]:
    """Adult schools (columns ``school_id``, ``name``, ``address``, ``precision``, ``geometry``)."""
    vague = approximate(cpia["precision"])
    tips = [
        tooltip(name, address, "posizione approssimata" if near else "")
        for name, address, near in zip(cpia["name"], cpia["address"], vague, strict=True)
    ]
    return collection(cpia, ids=cpia["school_id"].tolist(), tips=tips, classes=[0] * len(cpia))
