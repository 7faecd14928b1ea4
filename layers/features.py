"""From a table to a GeoJSON FeatureCollection: ids, tooltips, classes, rounded coordinates."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

DIGITS = 5
"""Decimals of a degree that are sent: about one metre."""


def text(value: Any) -> str:
    """A cell as text; empty where it is missing.

    Examples
    --------
    >>> text(None), text(float("nan")), text(" Lodi ")
    ('', '', 'Lodi')
    """
    return "" if pd.isna(value) else str(value).strip()


def tooltip(*lines: Any) -> str:
    """Lines of a tooltip, the empty ones left out; the browser sets them as text."""
    return "\n".join(line for line in map(text, lines) if line)


def shapes(geometry: Iterable[Any]) -> list[dict[str, Any]]:
    """Geometries as GeoJSON with ``DIGITS`` decimals; rings that rounding flattens are left out."""
    rounded = shapely.transform(np.asarray(list(geometry), dtype=object), lambda xy: xy.round(DIGITS))
    return [json.loads(told) for told in shapely.to_geojson(rounded)]


def collection(
    table: gpd.GeoDataFrame,
    *,
    ids: Sequence[object],
    tips: Sequence[str],
    classes: Sequence[int] | None = None,
    more: Sequence[dict[str, Any]] | None = None,
) -> dict[str, Any]:
    """A FeatureCollection with only what the map shows.

    Parameters
    ----------
    table
        Degrees, one row a feature; rows without a geometry are left out, not drawn at (0, 0).
    ids
        What a click gives back, same order as the rows.
    tips
        Text of the tooltips, same order.
    classes
        Class of each feature, same order; left out where values come by another address.
    more
        Other properties, same order.
    """
    placed = np.flatnonzero(~(table.geometry.is_empty | table.geometry.isna()).to_numpy()).tolist()
    features = []
    for row, shape in zip(placed, shapes(table.geometry.to_numpy()[placed]), strict=True):
        properties: dict[str, Any] = {"t": tips[row]} if tips[row] else {}
        if classes is not None:
            properties["k"] = int(classes[row])
        if more is not None:
            properties |= more[row]
        features.append({"type": "Feature", "id": str(ids[row]), "properties": properties, "geometry": shape})
    return {"type": "FeatureCollection", "features": features}
