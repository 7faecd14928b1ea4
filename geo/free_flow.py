"""Free-flow minutes of known trips by group of road, on the lengths of the estimated network.

The factors of ``geo.congestion`` are fitted on these where no streets are at hand. A way between two settlements is
street (50 km/h) where it runs through the circle in which a settlement's residents live, rural road elsewhere.
"""

from typing import Final, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra
from scipy.spatial import cKDTree

from geo.congestion import GROUPS, PRIOR
from geo.crs import METRES
from geo.extent import built_up_radius_m
from geo.network import Floats, Ints
from geo.speeds import FERRY_MIN, WINDING, WINDING_DRAWN, WINDING_MOUNTAIN

KMH: Final = {"motorway": 130.0, "expressway": 100.0, "rural": 80.0, "urban": 50.0}
"""Limits of art. 142 of the Codice della strada: 130, 110, 90, 50. Many expressways have 90 by signs, many rural roads
70, so we take 100 and 80."""

MOUNTAIN_KMH: Final = 60.0
"""Rural roads in the mountains, where bends hold one back more than the limit."""

DRAWN: Final = {"motorway": "motorway", "expressway": "expressway", "ferry": "ferry"}
"""Kinds of edge of the estimated network that are of one group all along."""


class _Ways(NamedTuple):
    """Quickest ways to ``ends`` (nodes): for each (row) and each node the node ``after`` it; the edge of two nodes."""

    ends: Ints
    after: Ints
    edge: dict[tuple[int, int], int]


def trips_by_group(
    nodes: gpd.GeoDataFrame, edges: pd.DataFrame, known: gpd.GeoDataFrame, settlements: gpd.GeoDataFrame
) -> pd.DataFrame:
    """The table that ``geo.congestion.calibrate`` asks for, from the estimated network.

    Parameters
    ----------
    nodes, edges
        Of ``geo.estimated.build``.
    known
        Of ``geo.calibration.trips``; both ends are taken to the nearest settlement.
    settlements
        ``residents`` and ``geometry`` (points, any coordinates).

    Returns
    -------
    trips
        Index of ``known``: ``minutes``, ``fold`` (the province) and free-flow minutes by group on the way that is
        quickest with the prior factors (no trip has a say in its own way); missing where nothing leads.
    """
    minutes = edge_minutes(nodes, edges, settlements)
    at, doors = shapely.get_coordinates(nodes.geometry), np.flatnonzero(nodes["snaps"])
    ends = []
    for points in (known.geometry, gpd.GeoSeries(known["pole"], crs=known.crs)):
        metres = shapely.get_coordinates(points.to_crs(METRES))
        ends.append(doors[cKDTree(at[doors]).query(metres)[1]])
    poles, pole = np.unique(ends[1], return_inverse=True)
    ways = _quickest(edges, minutes @ _prior(), poles, len(nodes))
    rows = [_along(ways, minutes, start, int(row)) for start, row in zip(ends[0].tolist(), pole, strict=True)]
    table = pd.DataFrame(np.array(rows).reshape(-1, len(GROUPS)), index=known.index, columns=list(GROUPS))
    return table.assign(minutes=known["minutes"], fold=known["province"])


def edge_minutes(nodes: gpd.GeoDataFrame, edges: pd.DataFrame, settlements: gpd.GeoDataFrame) -> Floats:
    """Free-flow minutes of each edge (rows) by group (columns, as ``GROUPS``)."""
    a, b, kind = edges["a"].to_numpy(), edges["b"].to_numpy(), edges["kind"].to_numpy()
    km, high = edges["km"].to_numpy(float), nodes["mountain"].to_numpy(float)
    mountain = (high[a] + high[b]) / 2
    road = km * np.where(
        kind == "abroad", WINDING_DRAWN["abroad"], _mixed(WINDING, WINDING_MOUNTAIN, mountain)
    )
    urban = urban_share(nodes, edges, settlements)
    found = {
        "urban": road * urban / KMH["urban"] * 60,
        "rural": road * (1 - urban) / _mixed(KMH["rural"], MOUNTAIN_KMH, mountain) * 60,
        "country": np.zeros(len(edges)),  # no road here is slow out of town
        "ferry": np.full(len(edges), FERRY_MIN),
    }
    for name in ("motorway", "expressway"):
        found[name] = km * WINDING_DRAWN[name] / KMH[name] * 60
    group = edges["kind"].map(DRAWN).fillna("local").to_numpy()
    passes = {name: group == (name if name in DRAWN else "local") for name in GROUPS}
    return np.column_stack([np.where(passes[name], found[name], 0.0) for name in GROUPS])


def urban_share(nodes: gpd.GeoDataFrame, edges: pd.DataFrame, settlements: gpd.GeoDataFrame) -> Floats:
    """Share of each edge's straight line, 0 to 1, within ``built_up_radius_m`` of any settlement."""
    at = shapely.get_coordinates(nodes.geometry)
    lines = shapely.linestrings(np.stack([at[edges["a"]], at[edges["b"]]], axis=1))
    circles = settlements.to_crs(METRES).buffer(built_up_radius_m(settlements["residents"]))
    towns = shapely.get_parts(circles.union_all())
    line, town = shapely.STRtree(towns).query(lines, predicate="intersects")
    inside = shapely.length(shapely.intersection(lines[line], towns[town]))
    whole = np.maximum(shapely.length(lines), 1.0)
    return np.asarray(np.minimum(np.bincount(line, inside, len(lines)) / whole, 1.0))


def _mixed(plain: float, mountain: float, share: Floats) -> Floats:
    """A figure of the plain and one of the mountains, by how many ends of an edge lie in the mountains."""
    return plain + (mountain - plain) * share


def _prior() -> Floats:
    """The factor of each group that the fit starts from; boats are never slower."""
    return np.array([1 + PRIOR.get(group, 0.0) for group in GROUPS])


def _quickest(edges: pd.DataFrame, minutes: Floats, ends: Ints, size: int) -> _Ways:
    """The quickest ways from everywhere to the ends; of edges between the same nodes, the quickest."""
    a, b = edges["a"].to_numpy(np.int64), edges["b"].to_numpy(np.int64)
    edge: dict[tuple[int, int], int] = {}
    for row in np.argsort(-minutes, kind="stable").tolist():
        edge[int(a[row]), int(b[row])] = edge[int(b[row]), int(a[row])] = row
    between = np.array(list(edge)).reshape(-1, 2)
    # scipy takes an explicit zero for no edge at all: a second is short enough
    cost = np.maximum(minutes[list(edge.values())], 1 / 60)
    graph = csr_array((cost, (between[:, 0], between[:, 1])), shape=(size, size))
    after = np.atleast_2d(dijkstra(graph, indices=ends, return_predecessors=True)[1]).astype(np.int64)
    return _Ways(ends, after, edge)


def _along(ways: _Ways, minutes: Floats, start: int, end: int) -> Floats:
    """Minutes by group summed along the way from a node to one of the ends; NaN where nothing leads."""
    total, here = np.zeros(minutes.shape[1]), start
    while (after := int(ways.after[end, here])) >= 0:
        total += minutes[ways.edge[here, after]]
        here = after
    return total if here == ways.ends[end] else np.full_like(total, np.nan)
