"""The two coordinate systems of the atlas, and the box in which it works."""

from functools import lru_cache
from typing import Final

import numpy as np
import pyproj
from numpy.typing import ArrayLike, NDArray

from errors import CoordinateError

DEGREES: Final = "EPSG:4326"
"""To keep and draw; longitude first."""

METRES: Final = "EPSG:32632"
"""To measure: UTM 32 North, within 0.04 % of true length all over Lombardy."""

LOMBARDY_BOX: Final = (8.45, 44.65, 11.45, 46.65)
"""West, south, east, north in degrees: Lombardy with a margin."""

_to_degrees = pyproj.Transformer.from_crs(METRES, DEGREES, always_xy=True)


@lru_cache(maxsize=16)
def between_crs(source: str, target: str) -> pyproj.Transformer:
    """What turns coordinates, longitude or easting first, into others; ``to_crs`` without an object a point."""
    return pyproj.Transformer.from_crs(source, target, always_xy=True)


def to_degrees(x: ArrayLike, y: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Longitude and latitude of points in metres; arrays of the same length."""
    lon, lat = _to_degrees.transform(np.asarray(x, float), np.asarray(y, float))
    return np.asarray(lon), np.asarray(lat)


def check_in_lombardy(lon: ArrayLike, lat: ArrayLike) -> None:
    """Raise ``CoordinateError`` naming how many points lie outside the box, and the first of them.

    A swapped pair (latitude first), a missing coordinate and a point in metres are all outside.
    """
    lons, lats = np.atleast_1d(np.asarray(lon, float)), np.atleast_1d(np.asarray(lat, float))
    west, south, east, north = LOMBARDY_BOX
    inside = (lons >= west) & (lons <= east) & (lats >= south) & (lats <= north)
    if not inside.all():
        first = int(np.flatnonzero(~inside)[0])
        raise CoordinateError(count=int((~inside).sum()), example=(float(lons[first]), float(lats[first])))
