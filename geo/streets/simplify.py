"""Ways cut at junctions and joined where nothing changes: the streets that one mode sees."""

from typing import Final, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from geo.network import Floats, Ints
from geo.streets.ways import KINDS, Ways

STOP_EVERY_M: Final = 300.0
"""A street longer than this has stops along it, no farther apart, so that whoever lives there can enter."""

EARTH_M: Final = 6_371_009.0
"""Mean radius, that of OSMnx, so that lengths compare."""

FASTEST_STOP_KMH: Final = 90.0
"""Nobody enters or leaves a road faster than this on foot."""

NO_STOP: Final = ("motorway", "motorway_link", "ferry")


class Segments(NamedTuple):
    """Straight pieces of ways that a mode may use: ends (rows of ``lon`` and ``lat``), metres, way, and the row of its
    view. A view is what the mode sees of a way: (kind, km/h along, km/h against, minutes of a timetable or 0). The
    first points are those of ``Ways.node_id``; stops between them follow.
    """

    a: Ints
    b: Ints
    metres: Floats
    way: Ints
    view: Ints
    views: Floats
    lon: Floats
    lat: Floats


class Pieces(NamedTuple):
    """Streets between two kept nodes: ``seg[ptr[i]:ptr[i + 1]]`` are its segments in order, ``flip`` those that are
    gone through from ``b`` to ``a``.
    """

    ptr: Ints
    seg: Ints
    flip: NDArray[np.bool_]


def _views(ways: Ways, mode: str) -> tuple[Ints, Floats]:
    """What the mode sees of each profile (-1: nothing), and the different views: kind, along, against, timetable."""
    told = [
        (KINDS.index(one.kind), *one.kmh.get(mode, (0.0, 0.0)), one.minutes or 0.0) for one in ways.profiles
    ]
    seen = np.array(told, dtype=float).reshape(-1, 4)
    views, which = np.unique(seen, axis=0, return_inverse=True)
    closed = (seen[:, 1] <= 0) & (seen[:, 2] <= 0)
    return np.where(closed, -1, which.ravel()), views


def cut(ways: Ways, mode: str) -> Segments:
    """The straight pieces of the ways that a mode may use; those that touch a node it may not pass are closed."""
    of_profile, views = _views(ways, mode)
    of_way = of_profile[ways.profile] if len(ways.profile) else np.zeros(0, dtype=np.int64)
    sizes = np.diff(ways.ptr)
    way = np.repeat(np.arange(len(sizes)), sizes)
    node = np.searchsorted(ways.node_id, ways.nodes)
    joined = (way[1:] == way[:-1]) & (of_way[way[1:]] >= 0) & (node[1:] != node[:-1])
    a, b, way = node[:-1][joined], node[1:][joined], way[1:][joined]
    metres = _metres(ways.lon[a], ways.lat[a], ways.lon[b], ways.lat[b])
    view, views = _timetables(views, of_way, way, metres)
    shut = np.isin(ways.node_id, ways.barred.get(mode, np.zeros(0, dtype=np.int64)))
    free = ~(shut[a] | shut[b])
    return Segments(a[free], b[free], metres[free], way[free], view[free], views, ways.lon, ways.lat)


def _timetables(views: Floats, of_way: Ints, way: Ints, metres: Floats) -> tuple[Ints, Floats]:
    """Views of segments; a way with a timetable gets a view of its own, with the speed that its minutes mean."""
    view = of_way[way]
    timed = np.unique(way[views[view, 3] > 0]) if len(way) else way
    if not len(timed):
        return view, views
    km = np.bincount(way, weights=metres, minlength=len(of_way))[timed] / 1000
    own = views[of_way[timed]].copy()
    kmh = np.maximum(km, 1e-6) / own[:, 3] * 60
    own[:, 1] = np.where(own[:, 1] > 0, kmh, 0)
    own[:, 2] = np.where(own[:, 2] > 0, kmh, 0)
    row_of = np.full(len(of_way), -1)
    row_of[timed] = len(views) + np.arange(len(timed))
    return np.where(row_of[way] >= 0, row_of[way], view), np.concatenate([views, own])


def _metres(lon_a: Floats, lat_a: Floats, lon_b: Floats, lat_b: Floats) -> Floats:
    """Length of great circles, degrees in (haversine)."""
    one, other = np.radians(lat_a), np.radians(lat_b)
    up, aside = np.sin((other - one) / 2), np.sin(np.radians(lon_b - lon_a) / 2)
    return np.asarray(
        2 * EARTH_M * np.arcsin(np.sqrt(np.minimum(up**2 + np.cos(one) * np.cos(other) * aside**2, 1)))
    )


def with_stops(segments: Segments) -> Segments:
    """Segments, those longer than ``STOP_EVERY_M`` where one may stop cut in equal parts at points put between."""
    lon, lat, stops = segments.lon, segments.lat, may_stop(segments.views[segments.view])
    parts = np.where(stops, np.ceil(segments.metres / STOP_EVERY_M).clip(1), 1).astype(np.int64)
    row = np.repeat(np.arange(len(parts)), parts)
    step = np.arange(len(row)) - (np.cumsum(parts) - parts)[row]
    a, b, goes_on = segments.a[row], segments.b[row], step < parts[row] - 1
    share = ((step + 1) / parts[row])[goes_on]
    added_lon = lon[a[goes_on]] + share * (lon[b[goes_on]] - lon[a[goes_on]])
    added_lat = lat[a[goes_on]] + share * (lat[b[goes_on]] - lat[a[goes_on]])
    b[goes_on] = a[step > 0] = len(lon) + np.arange(len(share))
    return segments._replace(
        a=a,
        b=b,
        metres=(segments.metres / parts)[row],
        way=segments.way[row],
        view=segments.view[row],
        lon=np.concatenate([lon, added_lon]),
        lat=np.concatenate([lat, added_lat]),
    )


def chains(segments: Segments) -> Pieces:
    """Segments joined through the nodes where nothing changes."""
    ends = np.concatenate([segments.a, segments.b])
    order = np.argsort(ends, kind="stable")
    ptr = np.concatenate([[0], np.cumsum(np.bincount(ends, minlength=len(segments.lon)))])
    at = order % max(len(segments.a), 1)
    inner = _inner(segments, ptr, at, order < len(segments.a))
    chain_ptr, seg, flip = _walk(segments.a, segments.b, inner, ptr, at)
    return Pieces(chain_ptr, seg, flip)


def _inner(segments: Segments, ptr: Ints, at: Ints, starts: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Nodes between exactly two segments of the same view, which go on in the same direction where it matters."""
    two = np.flatnonzero(np.diff(ptr) == 2)
    one, other = at[ptr[two]], at[ptr[two] + 1]
    kind, along, against = segments.views[:, 0], segments.views[:, 1], segments.views[:, 2]
    view = segments.view
    same = (view[one] == view[other]) & (one != other)
    goes_on = (along == against)[view[one]] | (starts[ptr[two]] != starts[ptr[two] + 1])
    timed = kind[view[one]] == KINDS.index("ferry")
    inner = np.zeros(len(ptr) - 1, dtype=bool)
    inner[two] = same & goes_on & (~timed | (segments.way[one] == segments.way[other]))
    return inner


@njit(cache=True, nogil=True)
def _walk(a, b, inner, ptr, at):  # type: ignore[no-untyped-def]
    """Chains of segments: first those that start at a kept node, then rings that have none."""
    size = len(a)
    seg, flip = np.empty(size, np.int64), np.empty(size, np.bool_)
    chain_ptr, gone = np.zeros(size + 1, np.int64), np.zeros(size, np.bool_)
    chains = filled = 0
    for rings in range(2):
        for first in range(size):
            if gone[first] or (not rings and inner[a[first]] and inner[b[first]]):
                continue
            current, backwards = first, not rings and inner[a[first]]
            home = b[first] if backwards else a[first]
            while True:
                gone[current] = True
                seg[filled], flip[filled] = current, backwards
                filled += 1
                node = a[current] if backwards else b[current]
                if node == home or not inner[node]:
                    break
                pair = ptr[node]
                current = at[pair + 1] if at[pair] == current else at[pair]
                backwards = a[current] != node
            chains += 1
            chain_ptr[chains] = filled
    return chain_ptr[: chains + 1], seg, flip


def split(segments: Segments, chains: Pieces) -> Pieces:
    """Chains where one may stop cut in pieces no longer than ``STOP_EVERY_M``, if no segment is; rings in three."""
    first, last = chains.ptr[:-1], chains.ptr[1:] - 1
    metres = segments.metres[chains.seg]
    stops = may_stop(segments.views[segments.view[chains.seg[first]]])
    start = np.where(chains.flip[first], segments.b[chains.seg[first]], segments.a[chains.seg[first]])
    end = np.where(chains.flip[last], segments.a[chains.seg[last]], segments.b[chains.seg[last]])
    most = np.where(stops, STOP_EVERY_M, np.inf)
    total = np.add.reduceat(metres, first) if len(first) else most
    begins = _begins(metres, chains.ptr, np.where(start == end, np.minimum(most, total / 3), most))
    return Pieces(np.append(np.flatnonzero(begins), len(metres)), chains.seg, chains.flip)


@njit(cache=True, nogil=True)
def _begins(metres, ptr, most):  # type: ignore[no-untyped-def]
    """Which segments begin a piece: the first of a chain, and each that would make its piece longer than ``most``."""
    begins = np.zeros(len(metres), np.bool_)
    for chain in range(len(ptr) - 1):
        total = np.inf
        for at in range(ptr[chain], ptr[chain + 1]):
            if total + metres[at] > most[chain] or at == ptr[chain]:
                begins[at], total = True, 0.0
            total += metres[at]
    return begins


def may_stop(views: Floats) -> NDArray[np.bool_]:
    """Views of streets where one may enter or leave."""
    barred = np.isin(views[:, 0], [KINDS.index(kind) for kind in NO_STOP])
    return np.asarray(~barred & (views[:, 1:3].max(axis=1) <= FASTEST_STOP_KMH))
