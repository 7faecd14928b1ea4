"""Minutes drawn on the map: everywhere from which a few places are reached within each limit, network by network."""

from collections.abc import Sequence
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo import estimated_time, street_time
from geo.crs import METRES
from geo.isochrones import rings
from geo.speeds import WALK_KMH
from geo.street_time import PEAK
from geo.travel_time import Networks

GRID_M: Final = 1500.0
"""Distance between the points at which the estimated network is asked."""

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

    Streets are drawn where they reach and both ends are on them, the estimated network elsewhere; no shape mixes them.

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
        In degrees, one row a network and limit: ``network`` (label), ``limit``, ``geometry`` (possibly empty); of one
        network each lies within the next.
    """
    on = networks.on_streets(places, mode=mode)
    parts, streets = [], networks.streets
    if streets is not None and on.any():
        graph = street_time.graph_of(streets, mode)
        minutes = street_time.from_nodes(streets, places[on], mode=mode, period=period, back=back)
        crs = streets.about.crs
        seen = np.asarray(graph.snaps)  # what nobody can enter or leave would only tear holes
        drawn = rings(graph.x[seen], graph.y[seen], minutes[seen], limits=limits, pace=WALK_PACE, crs=crs)
        drawn["geometry"] = drawn.intersection(streets.extent)
        parts.append(drawn.assign(network=streets.label))
    covered = streets is not None and bool(on.all())
    outside = points[~networks.on_streets(points, mode=mode)] if on.any() else points
    if len(outside) or not covered:
        parts.append(_estimated(networks, places, points, limits=limits, mode=mode, cut=bool(on.any())))
    return gpd.GeoDataFrame(pd.concat(parts, ignore_index=True))[["network", "limit", "geometry"]]


def _estimated(
    networks: Networks,
    places: gpd.GeoSeries,
    points: gpd.GeoSeries,
    *,
    limits: Sequence[float],
    mode: str,
    cut: bool,
) -> gpd.GeoDataFrame:
    """Rings of the estimated network; ``cut`` leaves out where streets answer."""
    network = networks.estimated
    spots = places.drop_duplicates().reset_index(drop=True)
    sets = [points.to_crs(METRES), spots.to_crs(METRES)]  # apart: the doors of the grid are remembered
    minutes = pd.concat([estimated_time.nearest(network, spots, one, mode=mode)["minutes"] for one in sets])
    at = pd.concat(sets, ignore_index=True)
    pace = float(np.median(network.pace[mode]))
    drawn = rings(at.x, at.y, minutes, limits=limits, pace=pace, crs=METRES)
    if cut and networks.streets is not None:
        drawn["geometry"] = drawn.difference(networks.streets.extent)
    return drawn.assign(network=network.label)
