"""Ambiti territoriali: their outlines, and whether they are Lab'Impact partners."""

from typing import Any

import geopandas as gpd
import pandas as pd

from layers.features import collection, text

PARTNER, NOT_PARTNER, UNASSIGNED = 0, 1, 2
"""Classes, in the order of ``style.PARTNER``."""


def build(ambiti: gpd.GeoDataFrame) -> dict[str, Any]:
    """Outlines (columns ``ambito_id``, ``ambito``, ``geometry``: the union of each Ambito's comuni)."""
    return collection(
        ambiti,
        ids=ambiti["ambito_id"].tolist(),
        tips=[text(name) for name in ambiti["ambito"]],
    )


def values(ambiti: pd.DataFrame) -> dict[str, list[Any]]:
    """Class and text of each Ambito (columns ``ambito_id``, ``lab_impact``)."""
    said = {
        True: [PARTNER, "partner di Lab'Impact"],
        False: [NOT_PARTNER, "nessuna prova che sia partner di Lab'Impact"],
    }
    partner = ambiti["lab_impact"].fillna(False).astype(bool)
    return {str(key): said[bool(yes)] for key, yes in zip(ambiti["ambito_id"], partner, strict=True)}
