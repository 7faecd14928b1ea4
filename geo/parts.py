"""The nearest desk of many points in parts, each asked of an area of the streets with a buffer around it.

The edge is right, not hoped. A part knows each street by which one may leave its area (its rim), and the least minutes
from there to any desk. One more search, from the rim, tells how long a way that leaves the area takes at least: an
answer that takes less is certain. The points of the others are asked again with the buffer doubled, in the end with
the whole network. So the parts together say what ``travel_time.nearest`` says, whatever their number and size, and
whoever answers them: ``Part`` is all that it takes, besides the estimated network, which is small and given whole.
"""

from collections import deque
from dataclasses import dataclass
from hashlib import sha256
from typing import Final, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from errors import NetworkError
from geo import congestion, search, street_time, travel_time
from geo.crs import DEGREES, check_in_lombardy
from geo.network import Floats, Ints, Network
from geo.street_time import PEAK, Ends, graph_of, timed
from geo.streets.assemble import pointers
from geo.streets.graph import Graph
from geo.streets.store import Streets
from geo.travel_time import Networks

AT_ONCE: Final = 1000
"""Points of a part."""

BUFFER_M: Final = 5000.0
"""Least width of the first buffer."""

FARTHER: Final = 1.5
"""The first buffer is at least so many times as wide as the nearest desk of any point of the part is far."""

SLACK: Final = 1e-9
"""Minutes, and share of them, by which a least time is told shorter than it was reckoned."""


class Rim(NamedTuple):
    """Where an area of the streets may be left: node (of the area), and the least minutes from it to any desk by the
    street that leads out.
    """

    node: Ints
    minutes: Floats


@dataclass(frozen=True, eq=False)
class Part:
    """A question that can be answered by itself.

    ``streets`` are those of the area, in one mode (None for points that lie off the streets); ``desks`` those that
    may be the nearest, named by number; ``figures`` tells the traffic that is meant from any other.
    """

    streets: Streets | None
    rim: Rim
    desks: gpd.GeoSeries
    points: gpd.GeoSeries
    mode: str
    period: str
    figures: str


class Answer(NamedTuple):
    """What a part says of its points: minutes (NaN where no desk is reached), the number of the desk (-1), whether the
    estimated network answered, and whether this is certain.
    """

    minutes: Floats
    desk: Ints
    estimated: NDArray[np.bool_]
    certain: NDArray[np.bool_]


class Piece(NamedTuple):
    """Points to be asked about together, by position, with a buffer of so many metres; NaN for points off the streets,
    which need none.
    """

    rows: Ints
    buffer_m: float


def figures() -> str:
    """Tells the figures of the traffic from any others: those who answer must have the same."""
    return sha256(repr(congestion.read()).encode()).hexdigest()


def answer(part: Part, estimated: Network) -> Answer:
    """The answer of a part, by ``travel_time.nearest``.

    Raises ``NetworkError`` where the figures of the traffic here are not those that were meant.
    """
    if part.figures != figures():
        raise NetworkError("the figures of the traffic are not those of who asks")
    networks = Networks(estimated, part.streets)
    found = travel_time.nearest(networks, part.desks, part.points, mode=part.mode, period=part.period)
    minutes = found["minutes"].to_numpy(float)
    return Answer(
        minutes=minutes,
        desk=found["nearest"].fillna(-1).to_numpy(np.int64),
        estimated=found["network"].eq(estimated.label).to_numpy(bool),
        certain=certain(part.streets, part.rim, part.points, minutes, mode=part.mode, period=part.period),
    )


def certain(
    streets: Streets | None,
    rim: Rim,
    points: gpd.GeoSeries,
    minutes: Floats,
    *,
    mode: str,
    period: str = PEAK,
) -> NDArray[np.bool_]:
    """Which minutes to the nearest desk are those of the whole network, too: every way that leaves the area is longer.

    Parameters
    ----------
    streets, rim
        An area, as ``cut_out`` gives it; None where streets are not asked.
    points
        On the streets, all of them.
    minutes
        To the nearest desk within the area; NaN where none was reached.
    """
    if streets is None or not len(rim.node):
        return np.ones(len(points), dtype=bool)
    here = street_time.enter(streets, points, mode=mode)
    left = search.nearest(timed(graph_of(streets, mode), mode, period, back=True), rim.node, rim.minutes)
    least = left.minutes[here.node] + here.minutes
    return np.asarray(np.isinf(least) | (minutes < least))


def cut_out(streets: Streets, keep: NDArray[np.bool_], *, mode: str) -> tuple[Streets, Ints, Ints]:
    """The streets of one mode between some of the nodes, without the lines to draw them.

    Parameters
    ----------
    keep
        One truth a node. Nodes stay in order, so that equals are chosen alike.

    Returns
    -------
    streets, start, edge
        The edges that lead out of the area: the node of the area they start from, and their position in the whole.
    """
    graph, nodes = graph_of(streets, mode), np.flatnonzero(keep)
    number = np.full(len(keep), -1, dtype=np.int32)
    number[nodes] = np.arange(len(nodes), dtype=np.int32)
    first, past = np.asarray(graph.indptr[:-1])[nodes], np.asarray(graph.indptr[1:])[nodes]
    upto = np.append(0, np.cumsum(past - first, dtype=np.int64))
    edge = np.repeat(first - upto[:-1], past - first) + np.arange(upto[-1])
    start = np.repeat(np.arange(len(nodes)), past - first)
    end = number[graph.indices[edge]]
    stays = end >= 0
    area = Streets(
        streets.about, {mode: _between(graph, nodes, start[stays], end[stays], edge[stays])}, streets.mark
    )
    return area, start[~stays], edge[~stays]


def _between(graph: Graph, nodes: Ints, start: Ints, end: NDArray[np.int32], edge: Ints) -> Graph:
    """A graph of some nodes and edges of another."""
    back = np.lexsort((start, end))
    none = np.zeros(0, dtype=np.int32)
    return Graph(
        x=graph.x[nodes],
        y=graph.y[nodes],
        snaps=graph.snaps[nodes],
        indptr=pointers(start, len(nodes)),
        indices=end,
        metres=graph.metres[edge],
        minutes=graph.minutes[edge],
        kind=graph.kind[edge],
        town=graph.town[edge],
        way=none.astype(np.int64),
        shape=none,
        back_indptr=pointers(end, len(nodes)),
        back_indices=start[back].astype(np.int32),
        back_edge=back.astype(np.int32),
        shape_ptr=np.zeros(1, dtype=np.int64),
        lon=none,
        lat=none,
    )


class Homewards:
    """At least how long the way to a desk is from any node of the streets of one mode: the straight line to the
    nearest desk at the fastest speed that any street allows between its ends.
    """

    def __init__(self, streets: Streets, desks: Ends, *, mode: str, period: str = PEAK) -> None:
        self._graph = graph_of(streets, mode)
        self._minutes = timed(self._graph, mode, period, back=False).minutes
        self._at = np.column_stack([self._graph.x, self._graph.y])
        open_desks = np.flatnonzero(desks.on)
        self._tree = cKDTree(self._at[desks.node[open_desks]]) if len(open_desks) else None
        self._spent = float(desks.minutes[open_desks].min()) if len(open_desks) else np.inf
        self._fastest = self._speed()

    def _speed(self) -> float:
        """The most metres in a minute, straight from one end of a street to the other."""
        start = np.repeat(np.arange(len(self._at)), np.diff(self._graph.indptr))
        straight = np.hypot(*(self._at[start] - self._at[self._graph.indices]).T)
        return float(np.max(straight / self._minutes, initial=0.0))

    def metres(self, node: Ints) -> Floats:
        """The straight line from each node to the nearest desk; 0 if there is none."""
        return np.zeros(len(node)) if self._tree is None else np.asarray(self._tree.query(self._at[node])[0])

    def rim(self, start: Ints, edge: Ints) -> Rim:
        """The rim of an area, from the edges that lead out of it; none where there is no desk to go to."""
        if self._tree is None:
            return Rim(start[:0], np.zeros(0))
        straight = self.metres(np.asarray(self._graph.indices, np.int64)[edge]) / max(self._fastest, SLACK)
        least = np.maximum((straight + self._spent) * (1 - SLACK) - SLACK, 0)
        return Rim(start, np.asarray(self._minutes, dtype=float)[edge] + least)


class Parts:
    """A question to ``travel_time.nearest`` in parts: take pieces, have their parts answered, give the answers back.

    As long as ``take`` gives pieces or some are not given back there may be more; then ``table`` is the answer.

    Examples
    --------
    In this process, one at a time, as ``nearest`` does:

        asked = Parts(networks, desks, points, mode="car")
        while piece := asked.take():
            asked.give(piece, answer(asked.part(piece), networks.estimated))
        asked.table()
    """

    def __init__(
        self,
        networks: Networks,
        desks: gpd.GeoSeries,
        points: gpd.GeoSeries,
        *,
        mode: str,
        period: str = PEAK,
        at_once: int = AT_ONCE,
        buffer_m: float | None = None,
    ) -> None:
        """What ``travel_time.nearest`` takes; how many points a part has at most, and how wide its first buffer is
        (if not given, wide enough for most points). Raises as ``travel_time.nearest`` does, for all points at once.
        """
        _check(networks, desks, points, mode, period)
        self._networks, self._mode, self._period, self._index = networks, mode, period, points.index
        self._points, self._names = points.reset_index(drop=True), desks.sort_index(kind="stable").index
        self._desks = desks.sort_index(kind="stable").reset_index(drop=True)
        self._here, self._there = (_enter(networks, one, mode) for one in (self._points, self._desks))
        self._found = Answer(
            minutes=np.full(len(points), np.nan),
            desk=np.full(len(points), -1, dtype=np.int64),
            estimated=np.zeros(len(points), dtype=bool),
            certain=np.zeros(len(points), dtype=bool),
        )
        self._figures, self._home = figures(), self._homewards()
        self._pieces = deque(self._off(at_once))
        self._pieces.extend(self._on(at_once, buffer_m))

    @property
    def done(self) -> int:
        """Points whose answer is certain."""
        return int(self._found.certain.sum())

    def _homewards(self) -> Homewards | None:
        streets = self._networks.streets
        if streets is None or not self._here.on.any():
            return None
        return Homewards(streets, self._there, mode=self._mode, period=self._period)

    def _off(self, at_once: int) -> list[Piece]:
        """Pieces of the points off the streets."""
        return [Piece(rows, np.nan) for rows in _chunks(np.flatnonzero(~self._here.on), at_once)]

    def _on(self, at_once: int, buffer_m: float | None) -> list[Piece]:
        """Pieces of the points on the streets: nodes lie along a curve, so points in their order lie together."""
        rows = np.flatnonzero(self._here.on)
        rows = rows[np.argsort(self._here.node[rows], kind="stable")]
        if self._home is None:
            return []
        far = self._home.metres(self._here.node)
        return [
            Piece(one, max(BUFFER_M, FARTHER * float(far[one].max())) if buffer_m is None else buffer_m)
            for one in _chunks(rows, at_once)
        ]

    def take(self) -> Piece | None:
        """The next piece; None if there is none now."""
        return self._pieces.popleft() if self._pieces else None

    def part(self, piece: Piece) -> Part:
        """What it takes to answer a piece."""
        points, streets = self._points.iloc[piece.rows], self._networks.streets
        told = {"mode": self._mode, "period": self._period, "figures": self._figures, "points": points}
        if streets is None or self._home is None or np.isnan(piece.buffer_m):
            return Part(streets=None, rim=Rim(piece.rows[:0], np.zeros(0)), desks=self._desks, **told)
        keep = self._around(graph_of(streets, self._mode), piece)
        area, start, edge = cut_out(streets, keep, mode=self._mode)
        near = ~self._there.on | keep[self._there.node]
        return Part(streets=area, rim=self._home.rim(start, edge), desks=self._desks[near], **told)

    def _around(self, graph: Graph, piece: Piece) -> NDArray[np.bool_]:
        """Which nodes lie in the box around the entrances of a piece, or in its buffer."""
        node, keep = self._here.node[piece.rows], np.ones(len(graph.x), dtype=bool)
        for axis in (np.asarray(graph.x), np.asarray(graph.y)):
            keep &= axis >= axis[node].min() - piece.buffer_m
            keep &= axis <= axis[node].max() + piece.buffer_m
        return keep

    def give(self, piece: Piece, said: Answer) -> None:
        """Keep what is certain; the rest is to be asked again with the buffer doubled."""
        rows = piece.rows[said.certain]
        for kept, new in zip(self._found, said, strict=True):
            kept[rows] = new[said.certain]
        if len(rest := piece.rows[~said.certain]):
            self._pieces.appendleft(Piece(rest, max(2 * piece.buffer_m, BUFFER_M / 5)))

    def table(self) -> pd.DataFrame:
        """The answers, as ``travel_time.nearest`` gives them."""
        estimated, streets = self._networks
        label = estimated.label if streets is None else streets.label
        known, names = self._found.desk >= 0, self._names
        name = pd.Series(
            names.take(np.where(known, self._found.desk, 0)) if len(names) else pd.NA, self._index
        )
        network = np.where(self._found.estimated, estimated.label, label)
        return pd.DataFrame(
            {
                "minutes": self._found.minutes,
                "nearest": name.where(known),
                "network": pd.Series(network, index=self._index, dtype="str"),
            },
            index=self._index,
        )


def nearest(
    networks: Networks,
    desks: gpd.GeoSeries,
    points: gpd.GeoSeries,
    *,
    mode: str,
    period: str = PEAK,
    at_once: int = AT_ONCE,
    buffer_m: float | None = None,
) -> pd.DataFrame:
    """What ``travel_time.nearest`` says, in parts, one after the other: less memory at a time."""
    asked = Parts(networks, desks, points, mode=mode, period=period, at_once=at_once, buffer_m=buffer_m)
    while piece := asked.take():
        asked.give(piece, answer(asked.part(piece), networks.estimated))
    return asked.table()


def _check(networks: Networks, desks: gpd.GeoSeries, points: gpd.GeoSeries, mode: str, period: str) -> None:
    """Raise here what would be raised by whoever answers a part."""
    congestion.check_period(period)
    networks.estimated.check_mode(mode)
    for places in (desks, points):
        degrees = places.to_crs(DEGREES)
        check_in_lombardy(degrees.x.to_numpy(), degrees.y.to_numpy())


def _enter(networks: Networks, points: gpd.GeoSeries, mode: str) -> Ends:
    """Where points enter the streets; nowhere without streets of the mode."""
    if networks.streets is None or mode not in networks.streets.modes:
        return Ends(np.full(len(points), -1, dtype=np.int64), np.full(len(points), np.nan))
    return street_time.enter(networks.streets, points, mode=mode)


def _chunks(rows: Ints, at_once: int) -> list[Ints]:
    """Rows in order, about equally many together, at most ``at_once``."""
    return np.array_split(rows, -(-len(rows) // at_once)) if len(rows) else []
