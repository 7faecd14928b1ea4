"""Records of the registry as points: desks by kind, the others each with a shape of its own, and a point being put."""

from typing import Any

import geopandas as gpd
import shapely

from layers.features import collection, text, tooltip
from layers.sportelli import EXACT
from layers.style import ASSOCIATIONS, DESKS, DESKS_EXACT, Mark, group_of

STYLES: tuple[Mark, ...] = (*DESKS, *DESKS_EXACT, ASSOCIATIONS[0])
"""Desks at approximate positions, desks at exact ones, associations."""
POINT = (Mark("punto scelto", "#b5472b", line="#1d2a2e", weight=2, shape="circle", radius=8),)


def build(records: gpd.GeoDataFrame) -> dict[str, Any]:
    """Records (``id`` as ``kind/key``, ``kind``, ``service_kind``, ``name``, ``comune``, ``state``, ``precision``)."""
    tips, classes = [], []
    for one in records.itertuples(index=False):
        exact = one.precision in EXACT
        tips.append(tooltip(one.name, one.comune, one.state, "" if exact else "posizione approssimata"))
        desk = group_of(text(one.service_kind)) + len(DESKS) * exact
        classes.append(desk if one.kind == "sportelli" else len(STYLES) - 1)
    return collection(records, ids=records["id"].tolist(), tips=tips, classes=classes)


def build_point(lon: float, lat: float) -> dict[str, Any]:
    """One point, where somebody put it."""
    table = gpd.GeoDataFrame(geometry=[shapely.Point(lon, lat)], crs="EPSG:4326")
    return collection(table, ids=["punto"], tips=["Punto scelto"], classes=[0])
