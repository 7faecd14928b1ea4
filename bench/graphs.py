"""Invented road-like graphs to measure searches on: seeded, planar, numbered along a Hilbert curve.

Junctions are a jittered grid at the density of Lombardy's; streets join neighbours, three in ten are missing, so that
a junction has about 2.8 of them. Each 64th, 16th and 4th row and column is a faster road, one in twelve small streets
is one-way, and only the largest strongly connected part is kept.
"""

from typing import Final, NamedTuple

import geopandas as gpd
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components

from geo.streets.graph import Csr

AREA_KM2: Final = 23_900
KMH: Final = (30.0, 50.0, 70.0, 110.0)
EVERY: Final = (4, 16, 64)
WALK_KMH: Final = 4.8
GONE: Final = 0.31
"""Share of the small streets that are missing (of all streets: about three in ten)."""


class Invented(NamedTuple):
    """A graph, the same backwards, and where its nodes are (metres)."""

    ahead: Csr
    back: Csr
    x: NDArray[np.float64]
    y: NDArray[np.float64]


def invent(nodes: int, *, mode: str = "car", seed: int = 1) -> Invented:
    """A graph of about so many nodes (a little fewer), for ``car`` or ``walk``; same arguments, same graph."""
    chance = np.random.default_rng(seed)
    side = int(np.sqrt(nodes * 1.02))
    step = float(np.sqrt(AREA_KM2 * 1e6) / side)
    row, col = (axis.ravel() for axis in np.mgrid[:side, :side])
    x = (col + chance.uniform(-0.4, 0.4, side**2)) * step
    y = (row + chance.uniform(-0.4, 0.4, side**2)) * step
    a, b, rank = _streets(side, chance)
    metres = np.hypot(x[a] - x[b], y[a] - y[b]) * chance.uniform(1.0, 1.4, len(a))
    kmh = np.asarray(KMH)[rank] if mode == "car" else np.full(len(a), WALK_KMH)
    minutes = np.maximum(metres * 0.06 / kmh, 1e-3)
    both = (rank > 0) | (chance.random(len(a)) > 1 / 12) if mode == "car" else np.ones(len(a), dtype=bool)
    start, end = np.r_[a, b[both]], np.r_[b, a[both]]
    matrix = coo_array(
        (np.r_[minutes, minutes[both]].astype(np.float32), (start, end)), shape=(side**2, side**2)
    )
    return _numbered(csr_array(matrix), x, y)


def csr_of(matrix: csr_array) -> Csr:
    """The arrays of a scipy matrix, in the types that searches take."""
    return Csr(
        matrix.indptr.astype(np.int32), matrix.indices.astype(np.int32), matrix.data.astype(np.float32)
    )


def _streets(
    side: int, chance: np.random.Generator
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Ends and rank (position in ``KMH``) of the streets between neighbours on a square grid."""
    number = np.arange(side**2).reshape(side, side)
    line = sum((np.arange(side) % every == 0).astype(np.int64) for every in EVERY)
    a = np.r_[number[:, :-1].ravel(), number[:-1, :].ravel()]
    b = np.r_[number[:, 1:].ravel(), number[1:, :].ravel()]
    rank = np.r_[np.repeat(line, side - 1), np.tile(line, side - 1)]
    kept = (chance.random(len(a)) > GONE) | (rank > 1)
    return a[kept], b[kept], rank[kept]


def _numbered(matrix: csr_array, x: NDArray[np.float64], y: NDArray[np.float64]) -> Invented:
    """The largest strongly connected part, numbered along a Hilbert curve."""
    _, part = connected_components(matrix, directed=True, connection="strong")
    kept = np.flatnonzero(part == np.bincount(part).argmax())
    along = gpd.GeoSeries(gpd.points_from_xy(x[kept], y[kept])).hilbert_distance().to_numpy()
    order = kept[np.argsort(along, kind="stable")]
    new = np.full(len(x), -1, dtype=np.int32)
    new[order] = np.arange(len(order), dtype=np.int32)
    edges = matrix.tocoo()
    inside = (new[edges.row] >= 0) & (new[edges.col] >= 0)
    start, end, minutes = new[edges.row[inside]], new[edges.col[inside]], edges.data[inside]
    shape = (len(order), len(order))
    ahead, back = (
        csr_array((minutes, (start, end)), shape=shape),
        csr_array((minutes, (end, start)), shape=shape),
    )
    return Invented(csr_of(ahead), csr_of(back), x[order], y[order])
