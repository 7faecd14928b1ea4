"""Minutes drawn on the map: everywhere from which a few places are reached within each limit, network by network."""

from collections.abc import Sequence
from functools import partial
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo import estimated_time, street_time
from geo.crs import DEGREES, METRES
from geo.isochrones import rings
from geo.network import Network
from geo.speeds import WALK_KMH
from geo.street_time import PEAK
from geo.streets.make import areas_of
from geo.streets.store import Streets
from geo.travel_time import Networks

GRID_M: Final = 1500.0
"""Distance between the points at which the estimated network is asked."""

SNAPPED: Final = 1e-8
"""Degrees, a millimetre: shapes cut along the same edge are laid over each other on a grid so fine, since without one
GEOS 3.14 was seen to take away pieces that it should have kept.
"""

WALK_PACE: Final = 60 / WALK_KMH


def grid(area: shapely.Geometry, *, spacing_m: float = GRID_M) -> gpd.GeoSeries:
    """Points of a regular grid within an area (in ``METRES``), in metres too."""
    west, south, east, north = area.bounds
    x, y = np.meshgrid(np.arange(west, east, spacing_m), np.arange(south, north, spacing_m))
    shapely.prepare(area)
    inside = shapely.contains_xy(area, x, y)
    return gpd.GeoSeries.from_xy(x[inside], y[inside], crs=METRES)


def surface(
    networks: Networks,
    places: gpd.GeoSeries,
    points: gpd.GeoSeries,
    *,
    limits: Sequence[float],
    mode: str,
    period: str = PEAK,
    back: bool = True,
) -> gpd.GeoDataFrame:
    """Everywhere within each limit of the nearest of a few places.

    As ``travel_time.nearest`` answers: by streets where both ends are on them, elsewhere by the estimated network, and
    on the streets, too, by the estimated one where a place off them is reached within a limit and none on them is. No
    shape mixes the two.

    Parameters
    ----------
    places
        Where to (``back``) or where from; any coordinates.
    points
        Where the estimated network is asked, as ``grid`` gives them.
    limits
        Minutes, growing.

    Returns
    -------
    drawn
        In degrees, one row a network and limit: ``network`` (label), ``limit``, ``geometry`` (possibly empty). To be
        painted from the longest limit to the shortest: then each point has the minutes of the quicker answer.
    """
    on = networks.on_streets(places, mode=mode)
    ask = partial(_estimated, networks.estimated, points=points, limits=limits, mode=mode)
    if networks.streets is None or not on.any():
        return ask(places)
    drawn = _streets(networks.streets, places[on], limits=limits, mode=mode, period=period, back=back)
    extent = networks.streets.extent
    parts = [drawn]
    if not on.all() or not networks.on_streets(points, mode=mode).all():
        elsewhere = ask(places)
        shapes = elsewhere.difference(extent)
        if not on.all():
            aside = shapely.intersection(ask(places[~on]).geometry.array, extent)
            aside = shapely.difference(aside, drawn.geometry.array, grid_size=SNAPPED)
            shapes = shapely.union(shapes.array, aside, grid_size=SNAPPED)
        parts.append(elsewhere.set_geometry([areas_of(one) for one in shapes], crs=DEGREES))
    both = gpd.GeoDataFrame(pd.concat(parts, ignore_index=True), crs=DEGREES)
    return both[["network", "limit", "geometry"]]


def _streets(
    streets: Streets, places: gpd.GeoSeries, *, limits: Sequence[float], mode: str, period: str, back: bool
) -> gpd.GeoDataFrame:
    """Rings of the streets, within their extent."""
    graph = street_time.graph_of(streets, mode)
    minutes = street_time.from_nodes(streets, places, mode=mode, period=period, back=back)
    seen = np.asarray(graph.snaps)  # what nobody can enter or leave would only tear holes
    drawn = rings(
        graph.x[seen], graph.y[seen], minutes[seen], limits=limits, pace=WALK_PACE, crs=streets.about.crs
    )
    shapes = [areas_of(one) for one in drawn.intersection(streets.extent)]
    return drawn.set_geometry(shapes, crs=DEGREES).assign(network=streets.label)


def _estimated(
    network: Network,
    places: gpd.GeoSeries,
    *,
    points: gpd.GeoSeries,
    limits: Sequence[float],
    mode: str,
) -> gpd.GeoDataFrame:
    """Rings of the estimated network, wherever it answers."""
    spots = places.drop_duplicates().reset_index(drop=True)
    sets = [points.to_crs(METRES), spots.to_crs(METRES)]  # apart: the doors of the grid are remembered
    minutes = pd.concat([estimated_time.nearest(network, spots, one, mode=mode)["minutes"] for one in sets])
    at = pd.concat(sets, ignore_index=True)
    pace = float(np.median(network.pace[mode]))
    drawn = rings(at.x, at.y, minutes, limits=limits, pace=pace, crs=METRES)
    return drawn.assign(network=network.label)[["network", "limit", "geometry"]]
