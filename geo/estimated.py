"""The estimated network of Lombardy: settlements joined to their neighbours, and the main roads we drew.

No street is known here. Neighbouring settlements are joined straight (Delaunay's neighbours, without
the ways that cross a lake or a ridge), ridges are crossed at road passes open all year, and motorways,
expressways and main roads are hand-drawn lines that settlements enter where they come near. What a
kilometre of each costs is in ``geo.speeds``.
"""

from typing import Final, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import Delaunay, cKDTree

from geo.crs import DEGREES, METRES
from geo.network import Floats, Ints, barrier_tree, crosses

PASS_GAP_M: Final = 400.0
"""A ridge is open this far around a pass."""

SAME_M: Final = 500.0
"""Corners of drawn roads nearer than this are the same junction."""

STEP_M: Final = 3000.0
"""A main road may be entered about this often; the others only at their corners."""

LONGEST_M: Final = 15_000.0
"""No two settlements farther apart than this are neighbours."""

RAMP_M: Final = 5000.0
"""Settlements this near to a junction may enter there, the ``RAMPS`` nearest of them."""

RAMPS: Final = 4

CITY_FROM: Final = 20_000
CITY_TO: Final = 100_000
"""Residents between which a comune's size adds to the time at the ends of a trip."""


class Drawn(NamedTuple):
    """What was drawn by hand: ``lakes`` (outlines), ``ridges`` (lines, and passes as points), ``roads``."""

    lakes: gpd.GeoDataFrame
    ridges: gpd.GeoDataFrame
    roads: gpd.GeoDataFrame


def build(
    settlements: gpd.GeoDataFrame, comuni_profile: pd.DataFrame, drawn: Drawn
) -> tuple[gpd.GeoDataFrame, pd.DataFrame]:
    """Nodes and edges of the estimated network, still without minutes.

    Parameters
    ----------
    settlements
        ``settlement_id``, ``comune_code``, ``altitude_m``, ``residents``, ``geometry``; any order.
    comuni_profile
        ``comune_code``, ``urbanisation`` (1 city to 3 rural), ``altimetric_zone`` (1, 2 mountain).
    drawn
        Lakes, ridges with their passes (``kind``, ``altitude_m``, ``all_year``), roads (``kind``).

    Returns
    -------
    nodes
        ``kind`` (settlement, pass, junction), ``settlement_id`` (missing but for settlements),
        ``altitude_m``, ``urbanisation``, ``mountain``, ``island``, ``city_size``, ``snaps``, ``geometry`` in
        metres; numbered along a space-filling curve: the order of the rows given changes nothing.
    edges
        ``a``, ``b`` (rows of ``nodes``), ``kind`` (local, ramp, motorway, expressway, main, abroad,
        ferry), ``km`` straight, ``climb_m`` between its ends.
    """
    barriers = barrier_tree(walls(drawn))
    corners, roads = _roads(drawn.roads, barriers)
    nodes = _nodes(settlements, comuni_profile, drawn, corners)
    at = shapely.get_coordinates(nodes.geometry)
    place = np.flatnonzero(nodes["kind"] != "junction")
    junction = np.flatnonzero(nodes["kind"] == "junction")
    local = _neighbours(at, place, barriers)
    ramp = _ramps(at, place, junction, barriers)
    road = pd.DataFrame({"a": junction[roads["a"]], "b": junction[roads["b"]], "kind": roads["kind"]})
    edges = pd.concat([_edges(local, "local"), _edges(ramp, "ramp"), road], ignore_index=True)
    bridges = _bridges(at, edges, barriers)
    edges = pd.concat([edges, _edges(bridges, "local")], ignore_index=True)
    return _numbered(nodes, edges)


def walls(drawn: Drawn) -> gpd.GeoSeries:
    """What no straight way may cross, in metres: shores, and ridges without their passes open all year."""
    lakes, ridges = drawn.lakes.geometry.to_crs(METRES), drawn.ridges.to_crs(METRES)
    lines = ridges.geometry[ridges["kind"] != "pass"]
    gaps = _passes(ridges).geometry.buffer(PASS_GAP_M).union_all()
    shapes = pd.concat([lakes, lines.difference(gaps)], ignore_index=True)
    return gpd.GeoSeries(shapes, crs=METRES)


def _passes(ridges: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """The passes that can be driven all year."""
    return ridges[(ridges["kind"] == "pass") & ridges["all_year"].fillna(value=False).astype(bool)]


def _nodes(
    settlements: gpd.GeoDataFrame, comuni_profile: pd.DataFrame, drawn: Drawn, corners: Floats
) -> gpd.GeoDataFrame:
    """Settlements, passes and the corners of drawn roads; the last two take after their surroundings."""
    profile = comuni_profile.set_index("comune_code")
    ordered = settlements.to_crs(METRES).sort_values("settlement_id").reset_index(drop=True)
    zone = ordered["comune_code"].map(profile["altimetric_zone"]).astype(float)
    places = gpd.GeoDataFrame({
        "kind": "settlement",
        "settlement_id": ordered["settlement_id"],
        "altitude_m": ordered["altitude_m"].astype(float),
        "urbanisation": ordered["comune_code"].map(profile["urbanisation"]).astype(float),
        "mountain": (zone <= 2).astype(float),
        "geometry": ordered.geometry,
    }, crs=METRES)  # fmt: skip
    passes = _passes(drawn.ridges.to_crs(METRES)).sort_values("name")
    others = gpd.GeoDataFrame({
        "kind": ["pass"] * len(passes) + ["junction"] * len(corners),
        "settlement_id": pd.NA,
        "altitude_m": passes["altitude_m"].astype(float).tolist() + [np.nan] * len(corners),
        "geometry": [*passes.geometry, *shapely.points(corners)],
    }, crs=METRES)  # fmt: skip
    near = cKDTree(shapely.get_coordinates(places.geometry)).query(shapely.get_coordinates(others.geometry))[
        1
    ]
    for column in ("altitude_m", "urbanisation", "mountain"):
        around = pd.Series(places[column].to_numpy()[near])
        others[column] = others[column].fillna(around) if column in others else around
    nodes = gpd.GeoDataFrame(pd.concat([places, others], ignore_index=True), crs=METRES)
    nodes["settlement_id"] = nodes["settlement_id"].astype("string")
    nodes["mountain"] = nodes["mountain"].astype(bool)
    nodes["snaps"] = nodes["kind"] == "settlement"
    people = settlements.groupby("comune_code")["residents"].sum().astype(float)
    size = np.log(ordered["comune_code"].map(people).to_numpy(float) / 20000).clip(0, np.log(5))
    nodes["city_size"] = np.concatenate([size, size[near]])
    nodes["island"] = _on_island(nodes, drawn.lakes)
    return nodes


def _city_size(settlements: gpd.GeoDataFrame) -> Floats:
    """Residents of each settlement's comune over ``CITY_FROM``, as a natural logarithm from 0 up."""
    people = settlements.groupby("comune_code")["residents"].transform("sum").to_numpy(float)
    return np.asarray(np.log(np.clip(people, CITY_FROM, CITY_TO) / CITY_FROM))


def _on_island(nodes: gpd.GeoDataFrame, lakes: gpd.GeoDataFrame) -> pd.Series:
    """Whether a node stands on an island of a lake, that is in a hole of its outline."""
    outlines = shapely.get_parts(lakes.geometry.to_crs(METRES).to_numpy())
    filled = shapely.polygons(shapely.get_exterior_ring(outlines))
    holes = shapely.difference(filled, outlines)
    inside = shapely.STRtree(holes).query(nodes.geometry.to_numpy(), predicate="within")[0]
    return pd.Series(np.isin(np.arange(len(nodes)), inside), index=nodes.index)


def _roads(roads: gpd.GeoDataFrame, barriers: shapely.STRtree) -> tuple[Floats, pd.DataFrame]:
    """Corners of the drawn roads (one where they meet) and the stretches between them."""
    drawn = roads.to_crs(METRES)
    lines = drawn.geometry.where(drawn["kind"] != "main", drawn.geometry.segmentize(STEP_M))
    xy, line = shapely.get_coordinates(lines.to_numpy(), return_index=True)
    near = _free(xy, cKDTree(xy).query_pairs(SAME_M, output_type="ndarray"), barriers, SAME_M)
    pairs = csr_array((np.ones(len(near)), (near[:, 0], near[:, 1])), shape=(len(xy), len(xy)))
    count, corner = connected_components(pairs, directed=False)
    size = np.bincount(corner, minlength=count)
    corners = np.column_stack([np.bincount(corner, xy[:, i], count) / size for i in (0, 1)])
    joined = line[1:] == line[:-1]
    ends = pd.DataFrame({"a": corner[:-1][joined], "b": corner[1:][joined]})
    ends["kind"] = drawn["kind"].to_numpy()[line[1:][joined]]
    return corners, ends[ends["a"] != ends["b"]]


def _edges(pairs: Ints, kind: str) -> pd.DataFrame:
    """Pairs of nodes as edges of a kind."""
    return pd.DataFrame({"a": pairs[:, 0], "b": pairs[:, 1], "kind": kind})


def _neighbours(at: Floats, place: Ints, barriers: shapely.STRtree) -> Ints:
    """Delaunay's neighbours and the six nearest, not too far and with no barrier between."""
    few = len(place) < 4  # no triangle to speak of: the nearest will do
    corners = np.empty((0, 3), np.int64) if few else Delaunay(at[place], qhull_options="QJ Pp").simplices
    sides = np.concatenate([corners[:, [0, 1]], corners[:, [1, 2]], corners[:, [2, 0]]])
    near = cKDTree(at[place]).query(at[place], k=np.arange(1, min(7, len(place)) + 1))[1]
    close = np.column_stack([np.repeat(np.arange(len(place)), near.shape[1]), near.ravel()])
    pairs = np.unique(np.sort(place[np.concatenate([sides, close])], axis=1), axis=0)
    pairs = pairs[pairs[:, 0] != pairs[:, 1]]
    return _free(at, pairs, barriers, LONGEST_M)


def _ramps(at: Floats, place: Ints, junction: Ints, barriers: shapely.STRtree) -> Ints:
    """Each junction and the nearest settlements that can be reached from it."""
    if not len(junction):
        return np.empty((0, 2), dtype=np.int64)
    count = min(3 * RAMPS, len(place))
    near = cKDTree(at[place]).query(at[junction], k=np.arange(1, count + 1))[1]
    pairs = np.column_stack([np.repeat(junction, count), place[near].ravel()])
    free = _free(at, pairs, barriers, RAMP_M)
    turn = pd.Series(free[:, 0]).groupby(free[:, 0]).cumcount()
    return free[(turn < RAMPS).to_numpy()]


def _free(at: Floats, pairs: Ints, barriers: shapely.STRtree, longest: float) -> Ints:
    """Pairs that are not too far apart and have no barrier between them."""
    metres = np.hypot(*(at[pairs[:, 0]] - at[pairs[:, 1]]).T)
    short = pairs[metres <= longest]
    return np.asarray(short[~crosses(barriers, at[short[:, 0]], at[short[:, 1]])])


def _bridges(at: Floats, edges: pd.DataFrame, barriers: shapely.STRtree) -> Ints:
    """The shortest ways that join what is left apart, none across a barrier; islands may stay apart."""
    size = len(at)
    added = np.empty((0, 2), dtype=np.int64)
    ends = edges[["a", "b"]].to_numpy(np.int64)
    while True:
        known = np.concatenate([ends, added])
        graph = csr_array((np.ones(len(known)), (known[:, 0], known[:, 1])), shape=(size, size))
        count, part = connected_components(graph, directed=False)
        main = np.bincount(part).argmax()
        for stray in np.flatnonzero(np.bincount(part, minlength=count)):
            if stray == main:
                continue
            inside, outside = np.flatnonzero(part == stray), np.flatnonzero(part != stray)
            look = min(40, len(outside))
            found = cKDTree(at[outside]).query(at[inside], k=np.arange(1, look + 1))[1]
            pairs = np.column_stack([np.repeat(inside, look), outside[found].ravel()])
            pairs = _free(at, pairs, barriers, 2 * LONGEST_M)
            if len(pairs):
                metres = np.hypot(*(at[pairs[:, 0]] - at[pairs[:, 1]]).T)
                added = np.concatenate([added, pairs[[metres.argmin()]]])
                break
        else:
            return added


def _numbered(nodes: gpd.GeoDataFrame, edges: pd.DataFrame) -> tuple[gpd.GeoDataFrame, pd.DataFrame]:
    """Nodes along a Hilbert curve, edges in their order, with length and climb."""
    order = np.lexsort((nodes.index, nodes.geometry.hilbert_distance(level=12)))
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    nodes = nodes.iloc[order].reset_index(drop=True)
    ends = np.sort(rank[edges[["a", "b"]].to_numpy(np.int64)], axis=1)
    edges = edges.assign(a=ends[:, 0], b=ends[:, 1]).sort_values(["a", "b", "kind"])
    edges = edges.drop_duplicates(["a", "b", "kind"]).reset_index(drop=True)
    at, altitude = shapely.get_coordinates(nodes.geometry), nodes["altitude_m"].to_numpy()
    a, b = edges["a"].to_numpy(), edges["b"].to_numpy()
    return nodes, edges.assign(
        km=np.hypot(*(at[a] - at[b]).T) / 1000, climb_m=np.abs(altitude[a] - altitude[b])
    )


def in_degrees(nodes: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Nodes in degrees, to the sixth decimal, as tables are kept."""
    degrees = nodes.to_crs(DEGREES)
    rounded = gpd.points_from_xy(degrees.geometry.x.round(6), degrees.geometry.y.round(6), crs=DEGREES)
    return degrees.set_geometry(rounded)
