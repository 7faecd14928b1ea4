"""Minutes on a street network, point to point: on foot to the street, along it, on foot to the goal.

A point enters at the nearest junction or stop within ``SNAP_M``; the straight way there is walked. Both ends of a trip
take a terminal time (``geo.congestion``). A point outside the extent, or farther than ``SNAP_M`` from every street, is
not covered: its minutes are NaN, as are those between two points that no way joins.
"""

from collections.abc import Hashable
from functools import lru_cache
from typing import Final, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.spatial import cKDTree

from errors import UnknownMode
from geo import congestion, search
from geo.crs import DEGREES
from geo.network import Floats, Ints
from geo.speeds import WALK_KMH
from geo.streets.graph import Csr, Graph
from geo.streets.store import Streets

SNAP_M: Final = 2000.0
"""A point farther than this from every street is not on the network."""

WALKED: Final = 60 / WALK_KMH / 1000
"""Minutes per metre from a point to its street."""

PEAK: Final = "peak"
"""The time of day that answers unless another is asked for: that of the official minutes."""

AT_ONCE: Final = 64
"""Desks whose searches are held in memory together."""


class Ends(NamedTuple):
    """Where points enter the streets: node (-1 where they do not) and minutes spent up to it, terminal time too."""

    node: Ints
    minutes: Floats

    @property
    def on(self) -> NDArray[np.bool_]:
        """Which points are on the network."""
        return np.asarray(self.node >= 0)


def graph_of(streets: Streets, mode: str) -> Graph:
    """The graph of a mode; ``UnknownMode`` if the network was made without it."""
    if mode not in streets.graphs:
        raise UnknownMode(mode=mode, known=streets.modes)
    return streets.graphs[mode]


@lru_cache(maxsize=12)
def timed(graph: Graph, mode: str, period: str, *, back: bool) -> Csr:
    """What a search walks on: minutes at a time of day, along the edges or against them."""
    csr = graph.back if back else graph.ahead
    if mode != "car":
        return csr
    kmh = np.asarray(graph.metres) / 1000 / np.asarray(graph.minutes) * 60
    slower = congestion.factors(graph.kind, kmh, graph.town, period=period).astype(np.float32)
    return csr._replace(minutes=csr.minutes * (slower[graph.back_edge] if back else slower))


def enter(streets: Streets, points: gpd.GeoSeries, *, mode: str) -> Ends:
    """Where points (any coordinates) enter the streets of a mode."""
    graph = graph_of(streets, mode)
    degrees, metres = points.to_crs(DEGREES), points.to_crs(streets.about.crs)
    node, minutes = np.full(len(points), -1, dtype=np.int64), np.full(len(points), np.nan)
    nodes, tree = graph.entrances
    shapely.prepare(streets.extent)
    inside = np.flatnonzero(shapely.contains_xy(streets.extent, degrees.x.to_numpy(), degrees.y.to_numpy()))
    if len(inside) and len(nodes):
        at = np.column_stack([metres.x, metres.y])[inside]
        far, which = _first(tree, at)
        near = np.isfinite(far)
        node[inside[near]] = nodes[which[near]]
        minutes[inside[near]] = far[near] * WALKED + congestion.terminal_min(mode)
    return Ends(node, minutes)


def _first(tree: cKDTree, at: Floats) -> tuple[Floats, Ints]:
    """Metres from each place to the nearest entrance (inf beyond ``SNAP_M``) and its position in the tree; of several
    equally near the first, so that a part of the streets (``geo.parts``) is entered where the whole is.
    """
    far, found = map(np.asarray, tree.query(at, k=2, distance_upper_bound=SNAP_M))
    least, first = far[:, 0], np.where(far == far[:, :1], found, tree.n).min(axis=1)
    tied, several = np.flatnonzero(np.isfinite(least) & (far[:, -1] == least)), 2
    while len(tied):
        several *= 2
        far, found = map(np.asarray, tree.query(at[tied], k=several, distance_upper_bound=SNAP_M))
        first[tied] = np.where(far == far[:, :1], found, tree.n).min(axis=1)
        tied = tied[far[:, -1] == far[:, 0]]
    return least, first


def covers(streets: Streets, points: gpd.GeoSeries, *, mode: str) -> NDArray[np.bool_]:
    """Whether each point is on the network."""
    return enter(streets, points, mode=mode).on


def nearest(
    streets: Streets, desks: gpd.GeoSeries, points: gpd.GeoSeries, *, mode: str, period: str = PEAK
) -> pd.DataFrame:
    """Minutes from each point to the desk it reaches first, and which: one search, backwards from all desks.

    As ``travel_time.nearest``. Of desks at the same spot, the first by name.
    """
    graph, desks = graph_of(streets, mode), desks.sort_index(kind="stable")
    there, here = enter(streets, desks, mode=mode), enter(streets, points, mode=mode)
    open_desks = np.flatnonzero(there.on)
    found = search.nearest(
        timed(graph, mode, period, back=True), there.node[open_desks], there.minutes[open_desks]
    )
    return _told(found, here, desks.index[open_desks], points.index)


def _told(found: search.Nearest, here: Ends, names: pd.Index, index: pd.Index) -> pd.DataFrame:
    """Answers of points from those of nodes."""
    at = np.where(here.on, here.node, 0)
    which = found.which[at] if len(found.which) else np.full(len(index), -1)
    known = here.on & (which >= 0)
    minutes = np.where(known, found.minutes[at] + here.minutes if len(found.which) else np.nan, np.nan)
    name = pd.Series(names.take(np.where(known, which, 0)) if len(names) else pd.NA, index=index)
    return pd.DataFrame({"minutes": minutes, "nearest": name.where(known)}, index=index)


def to_all(
    streets: Streets,
    origins: gpd.GeoSeries,
    destinations: gpd.GeoSeries,
    *,
    mode: str,
    limit: float = np.inf,
    period: str = PEAK,
    back: bool = False,
) -> csr_array:
    """Minutes from every origin (rows) to every destination (columns) within a limit, itself included.

    Returns
    -------
    minutes
        Sparse: what is not stored is farther than the limit, unreachable, or off the network. ``back`` asks for
        minutes from the destinations to the origins instead, in the same shape.
    """
    graph = graph_of(streets, mode)
    here, there = enter(streets, origins, mode=mode), enter(streets, destinations, mode=mode)
    goals = np.flatnonzero(there.on)
    size = (len(graph.x), len(destinations))
    stands = csr_array((np.ones(len(goals)), (there.node[goals], goals)), shape=size)
    keep = np.zeros(len(graph.x), dtype=bool)
    keep[there.node[goals]] = True
    walks = timed(graph, mode, period, back=back)
    parts = np.array_split(np.arange(len(origins)), max(1, -(-len(origins) // AT_ONCE)))
    blocks = [_block(walks, Ends(here.node[one], here.minutes[one]), stands, keep, limit) for one in parts]
    pointers = np.cumsum([0, *(len(one.data) for one in blocks)])
    found = csr_array(
        (
            np.concatenate([one.data for one in blocks]),
            np.concatenate([one.indices for one in blocks]),
            np.concatenate(
                [[0], *(one.indptr[1:] + start for one, start in zip(blocks, pointers, strict=False))]
            ),
        ),
        shape=(len(origins), len(destinations)),
    )
    found.data += there.minutes[found.indices]
    return _within(found, limit)


def _block(walks: Csr, here: Ends, stands: csr_array, keep: NDArray[np.bool_], limit: float) -> csr_array:
    """Minutes from a few origins to the nodes of all destinations, spread to the destinations."""
    rows = np.flatnonzero(here.on)
    ptr, node, minutes = search.within(walks, here.node[rows], here.minutes[rows], limit=limit, keep=keep)
    sizes = np.zeros(len(here.node), dtype=np.int64)
    sizes[rows] = np.diff(ptr)
    at_nodes = csr_array(
        (minutes.astype(float), node, np.append(0, np.cumsum(sizes))), shape=(len(here.node), stands.shape[0])
    )
    spread = csr_array(at_nodes @ stands)
    spread.sort_indices()
    return spread


def _within(found: csr_array, limit: float) -> csr_array:
    """Without what lies beyond a limit."""
    kept = found.data <= limit
    upto = np.append(0, np.cumsum(kept))
    return csr_array((found.data[kept], found.indices[kept], upto[found.indptr]), shape=found.shape)


def between(
    streets: Streets, origins: gpd.GeoSeries, destinations: gpd.GeoSeries, *, mode: str, period: str = PEAK
) -> pd.Series:
    """Minutes of each trip, origins and destinations paired in order; index of ``origins``."""
    graph = graph_of(streets, mode)
    here, there = enter(streets, origins, mode=mode), enter(streets, destinations, mode=mode)
    both = np.flatnonzero(here.on & there.on)
    minutes = np.full(len(origins), np.nan)
    few_goals = len(np.unique(there.node[both])) < len(np.unique(here.node[both]))
    start, goal = (there.node, here.node) if few_goals else (here.node, there.node)
    walks = timed(graph, mode, period, back=few_goals)
    for node in np.unique(start[both]):
        rows = both[start[both] == node]
        keep = np.zeros(len(graph.x), dtype=bool)
        keep[goal[rows]] = True
        _, reached, along = search.within(walks, np.array([node]), np.zeros(1), limit=np.inf, keep=keep)
        if len(reached):
            at = np.searchsorted(reached, goal[rows]).clip(max=len(reached) - 1)
            met = reached[at] == goal[rows]
            minutes[rows[met]] = along[at[met]]
    return pd.Series(minutes + here.minutes + there.minutes, index=origins.index, name="minutes")


def from_nodes(
    streets: Streets, places: gpd.GeoSeries, *, mode: str, period: str = PEAK, back: bool = True
) -> Floats:
    """Minutes between every node and the nearest of a few places, for drawing: NaN where nothing leads.

    ``back``: towards the places; else away from them.
    """
    graph, ends = graph_of(streets, mode), enter(streets, places, mode=mode)
    found = search.nearest(timed(graph, mode, period, back=back), ends.node[ends.on], ends.minutes[ends.on])
    total = found.minutes + congestion.terminal_min(mode)
    return np.where(np.isfinite(total), total, np.nan)


class Way(NamedTuple):
    """A way to draw: minutes (NaN if there is none), metres along streets, the line in degrees (empty if none)."""

    minutes: float
    metres: float
    line: shapely.LineString


def way(streets: Streets, start: shapely.Point, end: shapely.Point, *, mode: str, period: str = PEAK) -> Way:
    """The quickest way between two points in degrees."""
    graph = graph_of(streets, mode)
    ends = enter(streets, gpd.GeoSeries([start, end], crs=DEGREES), mode=mode)
    none = Way(np.nan, np.nan, shapely.LineString())
    if not ends.on.all():
        return none
    ahead, back = (timed(graph, mode, period, back=side) for side in (False, True))
    found = search.way(ahead, back, int(ends.node[0]), int(ends.node[1]))
    if not np.isfinite(found.minutes):
        return none
    along = [shape(graph, edge) for edge in found.edges] or [_at(streets, graph, ends.node[:1])]
    line = np.concatenate([[[start.x, start.y]], *along, [[end.x, end.y]]])
    metres = float(np.asarray(graph.metres, dtype=float)[found.edges].sum())
    return Way(float(found.minutes + ends.minutes.sum()), metres, shapely.LineString(line))


def _at(streets: Streets, graph: Graph, nodes: Ints) -> Floats:
    """Nodes in degrees: n × 2."""
    there = gpd.GeoSeries.from_xy(graph.x[nodes], graph.y[nodes], crs=streets.about.crs).to_crs(DEGREES)
    return np.column_stack([there.x, there.y])


def minutes_by_group(streets: Streets, origins: gpd.GeoSeries, destinations: gpd.GeoSeries) -> pd.DataFrame:
    """Free-flow minutes by car on the roads of each group, along the quickest way of the peak.

    Returns
    -------
    trips
        Index of ``origins``, one column for each of ``congestion.GROUPS``; missing where a trip has no way, or an end
        off the network. Walking to the street and from it is in ``country``, which no traffic slows.
        ``congestion.calibrate`` asks for it.
    """
    graph = graph_of(streets, "car")
    minutes = np.asarray(graph.minutes, dtype=float)
    kmh = np.asarray(graph.metres, dtype=float) / 1000 / minutes * 60
    group = congestion.group_of(graph.kind, kmh, graph.town)
    ahead, back = (timed(graph, "car", PEAK, back=side) for side in (False, True))
    here, there = (enter(streets, points, mode="car") for points in (origins, destinations))
    found = np.full((len(origins), len(congestion.GROUPS)), np.nan)
    for row in np.flatnonzero(here.on & there.on):
        one = search.way(ahead, back, int(here.node[row]), int(there.node[row]))
        if np.isfinite(one.minutes):
            found[row] = np.bincount(group[one.edges], weights=minutes[one.edges], minlength=found.shape[1])
    walked = here.minutes + there.minutes - 2 * congestion.terminal_min("car")
    found[:, congestion.GROUPS.index("country")] += walked
    return pd.DataFrame(found, index=origins.index, columns=list(congestion.GROUPS))


def shape(graph: Graph, edge: int) -> Floats:
    """The points of an edge in degrees, from its start to its end: n × 2."""
    row = int(graph.shape[edge])
    one = ~row if row < 0 else row
    part = slice(int(graph.shape_ptr[one]), int(graph.shape_ptr[one + 1]))
    line = np.column_stack([graph.lon[part], graph.lat[part]]) / 1e7
    return line[::-1] if row < 0 else line


class Standing:
    """The nearest desk of every point, kept right while desks come and go, one at a time.

    Adding or taking away a desk looks only at the streets for which it changes something. Of desks at the same spot,
    the first by name of those that stood there first.
    """

    def __init__(
        self, streets: Streets, desks: gpd.GeoSeries, points: gpd.GeoSeries, *, mode: str, period: str = PEAK
    ) -> None:
        graph, desks = graph_of(streets, mode), desks.sort_index(kind="stable")
        self._streets, self._mode, self._index = streets, mode, points.index
        self._to, self._from = (timed(graph, mode, period, back=side) for side in (True, False))
        self._here = enter(streets, points, mode=mode)
        there = enter(streets, desks, mode=mode)
        on = np.flatnonzero(there.on)
        self._names: list[Hashable] = list(desks.index[on])
        self._found = search.nearest(self._to, there.node[on], there.minutes[on])

    def add(self, name: Hashable, place: shapely.Point) -> bool:
        """One desk more, at a point in degrees; False if it is off the network and nothing changes."""
        end = enter(self._streets, gpd.GeoSeries([place], crs=DEGREES), mode=self._mode)
        if not end.on[0]:
            return False
        self._names.append(name)
        search.add(self._to, self._found, int(end.node[0]), float(end.minutes[0]), len(self._names) - 1)
        return True

    def remove(self, name: Hashable) -> None:
        """One desk less; ``KeyError`` if there is none of that name."""
        if name not in self._names:
            raise KeyError(name)
        label = self._names.index(name)
        search.remove(self._to, self._from, self._found, label)
        self._names[label] = None

    def table(self) -> pd.DataFrame:
        """``minutes`` and ``nearest`` of every point, as ``nearest`` gives them."""
        return _told(self._found, self._here, pd.Index(self._names, dtype=object), self._index)
