"""Migrant associations and those working for integration."""

from typing import Any

import geopandas as gpd

from layers.features import collection, text, tooltip
from layers.sportelli import approximate
from layers.style import ASSOCIATIONS

STYLES = ASSOCIATIONS


def build(associazioni: gpd.GeoDataFrame) -> dict[str, Any]:
    """Associations (``associazione_id``, ``name``, ``comune``, ``communities``, ``precision``, ``geometry``)."""
    vague = approximate(associazioni["precision"])
    tips = [
        tooltip(name, comune, text(of).replace(";", ", "), "posizione approssimata" if near else "")
        for name, comune, of, near in zip(
            associazioni["name"], associazioni["comune"], associazioni["communities"], vague, strict=True
        )
    ]
    return collection(
        associazioni,
        ids=associazioni["associazione_id"].tolist(),
        tips=tips,
        classes=[0] * len(associazioni),
    )
