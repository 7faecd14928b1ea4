"""Minutes between any points of Lombardy on the estimated network.

A point enters the network at the settlements around it: straight line × the pace there. Two points
of the same settlement, less than ``DIRECT_M`` apart, may also go straight, where no lake and no ridge
lies between. Every trip has a terminal time at each end, so even from a point to itself it is not 0
(by car, about the time to take the car out and to park it). Minutes are NaN where nothing leads.
"""

from functools import lru_cache
from typing import Final, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import dijkstra
from scipy.spatial import cKDTree

from geo.crs import DEGREES, METRES, between_crs, check_in_lombardy
from geo.network import Floats, Ints, Network, crosses

DIRECT_M: Final = 3000.0
"""Two points of a settlement nearer than this may go straight from one to the other."""

REACH_M: Final = 15_000.0
"""A point farther than this from every settlement is nowhere: its minutes are missing."""

DOORS: Final = 4
FARTHER: Final = 2.0
"""Nodes by which a point may enter the network: so many, none farther than so many times the nearest."""

LOOKED_AT: Final = 12
"""Nodes looked at to find them, since some lie across a lake or a ridge."""

AT_ONCE: Final = 256
"""Searches held in memory together."""


KEPT_SETS: Final = 24
"""Sets of points whose doors are remembered: the demand points and the grid of each mode, and some desks."""


class _Points(NamedTuple):
    """Points on the network: metres, doors (node, minutes to it; -1 and inf where none), own pace and end."""

    xy: Floats
    node: Ints
    access: Floats
    pace: Floats
    terminal: Floats


def nearest(network: Network, desks: gpd.GeoSeries, points: gpd.GeoSeries, *, mode: str) -> pd.DataFrame:
    """Minutes from each point to the desk it reaches first, and which one that is.

    Parameters
    ----------
    desks
        Where one may go; any coordinates; the index names them (no name twice).
    points
        Where people are; any coordinates.

    Returns
    -------
    answers
        Index of ``points``; ``minutes`` (NaN where no desk can be reached) and ``nearest`` (the name
        of the desk; missing likewise). Of desks at the same spot, the first by name.

    Raises
    ------
    UnknownMode, CoordinateError
        For a mode the network was not made for; for points outside Lombardy's box.
    """
    network.check_mode(mode)
    spots, names = _spots(desks)
    there, here = _enter(network, spots, mode), _enter(network, _metres(points), mode)
    minutes = np.full(len(points), np.inf)
    which = np.full(len(points), -1, dtype=np.int64)
    if len(spots) and len(points):
        graph = _with_doors(network.minutes[mode].T.tocsr(), there)
        sources = np.arange(len(there.node)) + len(network.x)
        dist, _, first = dijkstra(graph, indices=sources, min_only=True, return_predecessors=True)
        by_door = _at(dist, here.node) + here.access
        door = by_door.argmin(axis=1)
        rows = np.arange(len(points))
        minutes = by_door[rows, door] + here.terminal
        which = np.where(np.isfinite(minutes), first[here.node[rows, door]] - len(network.x), -1)
        _shorten(minutes, which, _straight(network, here, there))
    known = which >= 0
    told = pd.Series(names.take(np.where(known, which, 0)) if len(names) else pd.NA, index=points.index)
    return pd.DataFrame({"minutes": np.where(known, minutes, np.nan), "nearest": told.where(known)})


def between(network: Network, origins: gpd.GeoSeries, destinations: gpd.GeoSeries, *, mode: str) -> pd.Series:
    """Minutes of each trip, origins and destinations paired in order.

    Returns
    -------
    minutes
        Index of ``origins``; NaN where nothing leads. The same both ways on the estimated network.

    Raises
    ------
    UnknownMode, CoordinateError
        For a mode the network was not made for; for points outside Lombardy's box.
    """
    network.check_mode(mode)
    starts, start = np.unique(_metres(origins), axis=0, return_inverse=True)
    ends, end = np.unique(_metres(destinations), axis=0, return_inverse=True)
    minutes = np.full(len(origins), np.inf)
    here, there, graph = _enter(network, starts, mode), _enter(network, ends, mode), network.minutes[mode]
    if len(ends) < len(starts):  # search backwards from the fewer
        here, there, start, end, graph = there, here, end, start, graph.T.tocsr()
    for chunk in np.array_split(np.arange(len(here.node)), len(here.node) // AT_ONCE + 1):
        rows = np.flatnonzero(np.isin(start, chunk))
        if len(rows):
            matrix = _matrix(network, graph, _only(here, chunk), there, np.inf)
            minutes[rows] = matrix[start[rows] - chunk[0], end[rows]]
    return pd.Series(np.where(np.isfinite(minutes), minutes, np.nan), index=origins.index, name="minutes")


def to_all(
    network: Network,
    origins: gpd.GeoSeries,
    destinations: gpd.GeoSeries,
    *,
    mode: str,
    limit: float = np.inf,
) -> pd.DataFrame:
    """Minutes from every origin (rows) to every destination (columns).

    ``limit`` (minutes, itself included) stops the search: farther trips are NaN, as are those where
    nothing leads. Raises as ``between`` does.
    """
    network.check_mode(mode)
    here, there = _enter(network, _metres(origins), mode), _enter(network, _metres(destinations), mode)
    chunks = np.array_split(np.arange(len(origins)), len(origins) // AT_ONCE + 1)
    graph = network.minutes[mode]
    rows = [_matrix(network, graph, _only(here, chunk), there, limit) for chunk in chunks]
    minutes = np.concatenate(rows)
    return pd.DataFrame(
        np.where(minutes <= min(limit, 1e9), minutes, np.nan), index=origins.index, columns=destinations.index
    )


def around(network: Network, points: gpd.GeoSeries, *, mode: str) -> pd.DataFrame:
    """What moving costs around each point: ``pace`` (minutes per straight kilometre) and ``terminal`` (minutes at
    both ends of a trip together) of the nearest node; index of ``points``. Raises as ``between`` does.
    """
    network.check_mode(mode)
    open_nodes = np.flatnonzero(network.snaps & np.isfinite(network.pace[mode]))
    at = np.column_stack([network.x, network.y])[open_nodes]
    node = open_nodes[cKDTree(at).query(_metres(points))[1]]
    costs = {"pace": network.pace[mode][node], "terminal": 2 * network.terminal[mode][node]}
    return pd.DataFrame(costs, index=points.index)


def _metres(points: gpd.GeoSeries) -> Floats:
    """Points as n × 2 metres, after checking that they are in Lombardy's box."""
    x, y = points.x.to_numpy(float), points.y.to_numpy(float)
    crs = str(points.crs.to_string())
    check_in_lombardy(*between_crs(crs, DEGREES).transform(x, y))
    return np.column_stack(between_crs(crs, METRES).transform(x, y))


def _spots(desks: gpd.GeoSeries) -> tuple[Floats, pd.Index]:
    """The different spots of desks, in an order of their own, and the first name at each."""
    by_name = desks.sort_index(kind="stable")
    spots, first = np.unique(_metres(by_name), axis=0, return_index=True)
    return spots, by_name.index[first]


def _enter(network: Network, xy: Floats, mode: str) -> _Points:
    """The doors of points, remembered for the last few sets of them: screens ask again for the same places."""
    return _entered(network, mode, xy.tobytes())


@lru_cache(maxsize=KEPT_SETS)
def _entered(network: Network, mode: str, told: bytes) -> _Points:
    """The doors of each point: up to ``DOORS`` nodes around it with no barrier on the way, the nearest first.

    A point on a settlement has that one only. Where a barrier lies before all of them (a point in the
    water) the nearest is taken all the same.
    """
    xy = np.frombuffer(told).reshape(-1, 2)
    open_nodes = np.flatnonzero(network.snaps & np.isfinite(network.pace[mode]))
    looked_at = min(LOOKED_AT, len(open_nodes))
    at = np.column_stack([network.x, network.y])[open_nodes]
    near = cKDTree(at).query(xy, k=np.arange(1, looked_at + 1))
    metres, found = (np.asarray(one).reshape(-1, looked_at) for one in near)
    start = np.repeat(xy, looked_at, axis=0)
    blocked = crosses(network.barriers, start, at[found.ravel()]).reshape(metres.shape)
    blocked[blocked.all(axis=1), 0] = False
    metres = np.where(blocked | (metres > REACH_M), np.inf, metres)
    order = np.argsort(metres, axis=1, kind="stable")[:, :DOORS]
    metres, node = np.take_along_axis(metres, order, 1), open_nodes[np.take_along_axis(found, order, 1)]
    metres = np.where(metres <= FARTHER * metres[:, :1], metres, np.inf)
    pace = network.pace[mode][node]
    node = np.where(np.isfinite(metres), node, -1)
    return _Points(xy, node, metres / 1000 * pace, pace[:, 0], network.terminal[mode][node[:, 0]])


def _only(points: _Points, rows: Ints) -> _Points:
    """Some of the points."""
    xy, node, access, pace, terminal = points
    return _Points(xy[rows], node[rows], access[rows], pace[rows], terminal[rows])


def _with_doors(graph: csr_array, points: _Points) -> csr_array:
    """The graph with one more node a point, from which ways lead into its doors after the terminal time."""
    size, more = graph.shape[0], len(points.node)
    inside = coo_array(graph)
    point, door = np.nonzero(points.node >= 0)
    minutes = points.access[point, door] + points.terminal[point]
    rows = np.concatenate([inside.coords[0], point + size])
    columns = np.concatenate([inside.coords[1], points.node[point, door]])
    values = np.concatenate([inside.data, np.maximum(minutes, 1e-6)])
    return csr_array((values, (rows, columns)), shape=(size + more, size + more))


def _at(dist: Floats, node: Ints) -> Floats:
    """Distances at nodes, infinite where there is no node (-1)."""
    return np.where(node >= 0, dist[..., node], np.inf)


def _matrix(network: Network, graph: csr_array, here: _Points, there: _Points, limit: float) -> Floats:
    """Minutes from each of a few points to each of many; infinite where nothing leads."""
    if not len(here.node) or not len(there.node):
        return np.full((len(here.node), len(there.node)), np.inf)
    sources = np.arange(len(here.node)) + len(network.x)
    dist = np.atleast_2d(dijkstra(_with_doors(graph, here), indices=sources, limit=limit))
    minutes = np.full((len(here.node), len(there.node)), np.inf)
    for door in range(there.node.shape[1]):
        minutes = np.minimum(minutes, _at(dist, there.node[:, door]) + there.access[:, door])
    minutes += there.terminal
    rows, columns, straight = _straight(network, here, there)
    minutes[rows, columns] = np.minimum(minutes[rows, columns], straight)
    return minutes


def _straight(network: Network, here: _Points, there: _Points) -> tuple[Ints, Ints, Floats]:
    """Pairs of one settlement that can go straight with no barrier between, and their minutes.

    Of one settlement: the nearest door of one is a door of the other.
    """
    pairs = cKDTree(here.xy).sparse_distance_matrix(cKDTree(there.xy), DIRECT_M, output_type="ndarray")
    one, other = pairs["i"].astype(np.int64), pairs["j"].astype(np.int64)
    same = (here.node[one, :1] == there.node[other]).any(1) | (there.node[other, :1] == here.node[one]).any(1)
    same &= (here.node[one, 0] >= 0) & (there.node[other, 0] >= 0)
    one, other, metres = one[same], other[same], pairs["v"][same]
    free = ~crosses(network.barriers, here.xy[one], there.xy[other])
    one, other, metres = one[free], other[free], metres[free]
    pace = (here.pace[one] + there.pace[other]) / 2
    minutes = metres / 1000 * pace + here.terminal[one] + there.terminal[other]
    return one, other, minutes


def _shorten(minutes: Floats, which: Ints, straight: tuple[Ints, Ints, Floats]) -> None:
    """Where going straight is quicker, take it, in place."""
    rows, columns, values = straight
    order = np.lexsort((columns, values, rows))
    rows, columns, values = rows[order], columns[order], values[order]
    first: NDArray[np.bool_] = np.append(True, rows[1:] != rows[:-1])[: len(rows)]
    rows, columns, values = rows[first], columns[first], values[first]
    better = values < minutes[rows]
    minutes[rows[better]], which[rows[better]] = values[better], columns[better]
