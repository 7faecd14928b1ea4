"""The graph of one mode from its ways: edges of pieces of street, nodes numbered along a Hilbert curve."""

from typing import Final, NamedTuple

import geopandas as gpd
import numpy as np
import pyproj
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from geo import congestion
from geo.crs import DEGREES, METRES
from geo.network import Floats, Ints
from geo.streets.graph import Graph
from geo.streets.simplify import Pieces, Segments, chains, cut, may_stop, split, with_stops
from geo.streets.ways import Ways

LEAST_MIN: Final = 1e-4
"""Shortest time of an edge: a search needs every step to take some."""


class Counts(NamedTuple):
    """What a graph holds: nodes, directed edges, kilometres of street, nodes off the largest strongly connected
    part (dead fragments, where no point enters), nodes where a point may enter.
    """

    nodes: int
    edges: int
    km: float
    dead: int
    entrances: int


class _Edges(NamedTuple):
    """Directed edges, sorted by start and end: nodes, minutes, class, km/h, piece, and whether it runs against it."""

    tail: Ints
    head: Ints
    minutes: Floats
    kind: Ints
    kmh: Floats
    piece: Ints
    against: NDArray[np.bool_]


def build_graph(ways: Ways, mode: str, *, crs: str = METRES) -> Graph:
    """The streets of one mode.

    Nodes of degree two within the same kind of street are contracted, but for a stop at least every ``STOP_EVERY_M``
    where one may stop. Of parallel edges of one class and speed the shortest stays; which of the others is the
    quickest hangs on traffic. A segment that touches a node the mode may not pass is closed. Edges that lead back to
    their own start are dropped.

    Parameters
    ----------
    ways
        Streets with their rules; those that the mode may not use are left out.
    mode
        Key of ``Profile.kmh``.
    crs
        Coordinates in metres of the nodes.
    """
    segments = with_stops(cut(ways, mode))
    return assemble(ways, segments, split(segments, chains(segments)), crs)


def counts(graph: Graph) -> Counts:
    """What a graph holds."""
    both_ways = np.unique(np.where(graph.shape < 0, ~graph.shape, graph.shape), return_index=True)[1]
    return Counts(
        nodes=len(graph.x),
        edges=len(graph.indices),
        km=float(np.asarray(graph.metres, dtype=float)[both_ways].sum() / 1000),
        dead=int((~largest_part(graph.indptr, graph.indices)).sum()),
        entrances=int(graph.snaps.sum()),
    )


def largest_part(indptr: NDArray[np.int32], indices: NDArray[np.int32]) -> NDArray[np.bool_]:
    """Which nodes lie in the largest strongly connected part."""
    size = len(indptr) - 1
    if not size:
        return np.zeros(0, dtype=bool)
    ones = np.ones(len(indices), dtype=np.int8)
    matrix = csr_array((ones, np.asarray(indices), np.asarray(indptr)), shape=(size, size))
    part = connected_components(matrix, directed=True, connection="strong")[1]
    return np.asarray(part == np.bincount(part).argmax())


def assemble(ways: Ways, segments: Segments, pieces: Pieces, crs: str) -> Graph:
    """The graph of pieces of street, nodes in metres of ``crs``."""
    metres = np.add.reduceat(segments.metres[pieces.seg], pieces.ptr[:-1]) if len(pieces.seg) else np.zeros(0)
    view = segments.views[segments.view[pieces.seg[pieces.ptr[:-1]]]]
    edges = _sorted(_directed(segments, pieces, metres, view))
    old, xy = _along_a_curve(segments, np.unique(np.concatenate([edges.tail, edges.head])), crs)
    new = np.zeros(len(segments.lon), dtype=np.int64)
    new[old] = np.arange(len(old))
    edges = _sorted(edges._replace(tail=new[edges.tail], head=new[edges.head]))
    indptr = pointers(edges.tail, len(old))
    backwards = np.lexsort((edges.tail, edges.head))
    used, shape = np.unique(edges.piece, return_inverse=True)
    shape_ptr, drawn = _drawn(segments, pieces, used)
    return Graph(
        x=xy[:, 0],
        y=xy[:, 1],
        snaps=_entrances(edges, indptr, may_stop(view)),
        indptr=indptr,
        indices=edges.head.astype(np.int32),
        metres=metres[edges.piece].astype(np.float32),
        minutes=edges.minutes.astype(np.float32),
        kind=edges.kind.astype(np.uint8),
        town=_in_town(edges, xy),
        way=ways.way_id[segments.way[pieces.seg[pieces.ptr[:-1]]]][edges.piece],
        shape=np.where(edges.against, ~shape, shape).astype(np.int32),
        back_indptr=pointers(edges.head, len(old)),
        back_indices=edges.tail[backwards].astype(np.int32),
        back_edge=backwards.astype(np.int32),
        shape_ptr=shape_ptr,
        lon=np.round(segments.lon[drawn] * 1e7).astype(np.int32),
        lat=np.round(segments.lat[drawn] * 1e7).astype(np.int32),
    )


def _directed(segments: Segments, pieces: Pieces, metres: Floats, view: Floats) -> _Edges:
    """Both directions of every piece, where the mode may go."""
    first, last = pieces.ptr[:-1], pieces.ptr[1:] - 1
    one, end, turned = pieces.seg[first], pieces.seg[last], pieces.flip[first]
    start = np.where(turned, segments.b[one], segments.a[one])
    goal = np.where(pieces.flip[last], segments.a[end], segments.b[end])
    along = np.where(turned, view[:, 2], view[:, 1])
    against = np.where(turned, view[:, 1], view[:, 2])
    forth, back = np.flatnonzero(along > 0), np.flatnonzero(against > 0)
    piece, kmh = np.concatenate([forth, back]), np.concatenate([along[forth], against[back]])
    return _Edges(
        tail=np.concatenate([start[forth], goal[back]]),
        head=np.concatenate([goal[forth], start[back]]),
        minutes=np.maximum(metres[piece] / 1000 / kmh * 60, LEAST_MIN),
        kind=view[piece, 0].astype(np.int64),
        kmh=kmh,
        piece=piece,
        against=np.repeat([False, True], [len(forth), len(back)]),
    )


def _sorted(edges: _Edges) -> _Edges:
    """Edges by start and end, without those back to their own start; of several of one class and speed the shortest."""
    order = np.lexsort((edges.minutes, edges.kmh, edges.kind, edges.head, edges.tail))
    order = order[edges.tail[order] != edges.head[order]]
    same = [column[order] for column in (edges.tail, edges.head, edges.kind, edges.kmh)]
    new = np.ones(len(order), dtype=bool)
    new[1:] = np.any([column[1:] != column[:-1] for column in same], axis=0)
    return _Edges(*(column[order[new]] for column in edges))


def pointers(ends: NDArray[np.integer], size: int) -> NDArray[np.int32]:
    """Where the edges of each node begin."""
    return np.concatenate([[0], np.cumsum(np.bincount(ends, minlength=size))]).astype(np.int32)


def _along_a_curve(segments: Segments, nodes: Ints, crs: str) -> tuple[Ints, Floats]:
    """Nodes in the order of a Hilbert curve, and their metres: neighbours in space are neighbours in memory."""
    if not len(nodes):
        return nodes, np.zeros((0, 2))
    project = pyproj.Transformer.from_crs(DEGREES, crs, always_xy=True)
    x, y = project.transform(segments.lon[nodes], segments.lat[nodes])
    along = gpd.GeoSeries.from_xy(x, y).hilbert_distance().to_numpy()
    order = np.lexsort((nodes, along))
    return nodes[order], np.column_stack([x, y])[order]


def _entrances(edges: _Edges, indptr: NDArray[np.int32], stops: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Nodes of streets where one may stop, in the largest strongly connected part."""
    touched = np.zeros(len(indptr) - 1, dtype=bool)
    may = stops[edges.piece]
    touched[edges.tail[may]] = True
    touched[edges.head[may]] = True
    return touched & largest_part(indptr, edges.head.astype(np.int32))


def _in_town(edges: _Edges, xy: Floats) -> NDArray[np.bool_]:
    """Which edges lie where many streets meet."""
    one, other = np.minimum(edges.tail, edges.head), np.maximum(edges.tail, edges.head)
    pairs = np.unique(np.column_stack([one, other]), axis=0)
    meets = np.flatnonzero(np.bincount(pairs.ravel(), minlength=len(xy)) >= 3)
    return congestion.town((xy[edges.tail] + xy[edges.head]) / 2, xy[meets])


def _drawn(segments: Segments, pieces: Pieces, used: Ints) -> tuple[Ints, Ints]:
    """The points of the pieces in use, in order: pointers, and rows of ``Segments.lon``."""
    sizes = np.diff(pieces.ptr)[used]
    ptr = np.concatenate([[0], np.cumsum(sizes + 1)])
    upto = np.concatenate([[0], np.cumsum(sizes)])[:-1]
    at = np.repeat(pieces.ptr[:-1][used] - upto, sizes) + np.arange(sizes.sum())
    seg, flip = pieces.seg[at], pieces.flip[at]
    nodes = np.empty(ptr[-1], dtype=np.int64)
    first = np.zeros(len(nodes), dtype=bool)
    first[ptr[:-1]] = True
    nodes[first] = np.where(flip, segments.b[seg], segments.a[seg])[upto] if len(used) else 0
    nodes[~first] = np.where(flip, segments.a[seg], segments.b[seg])
    return ptr, nodes
