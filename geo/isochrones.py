"""Isochrones: from minutes at scattered nodes to the polygons reached within each limit.

The nodes are laid on a raster whose sample points sit on the nodes themselves: a cell with nodes in it is
sampled where its median node is, with that node's minutes; a cell without takes its nearest node, reached or
not, and the walk from there. So a node that cannot be reached carves its surroundings out. ContourPy draws
each limit between samples within and samples beyond it.

Why the polygons are nested: on every side of the (convex) meshes the crossing moves only outwards as the limit
grows, so each mesh of a smaller limit is the hull of fewer points. Where limits differ much they are drawn on
a finer raster, whose largest ring is joined to those of the coarser one.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Final, NamedTuple

import geopandas as gpd
import numpy as np
import pyproj
import shapely
from contourpy import FillType, contour_generator
from numpy.typing import ArrayLike, NDArray
from scipy.ndimage import distance_transform_edt

from geo.crs import DEGREES, METRES
from geo.network import Floats

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

SPREAD: Final = 3.0
"""Limits on one raster are at most this many times one another."""

CELLS_PER_NODE: Final = 6
FEWEST_CELLS, MOST_CELLS, SMALLEST_CELL_M = 60_000, 300_000, 5.0

STEADY: Final = 0.24
"""Sample points moved by at most this share of a cell always leave their meshes convex (the bound is a quarter)."""


def rings(
    x: ArrayLike,
    y: ArrayLike,
    minutes: ArrayLike,
    *,
    limits: Sequence[float],
    pace: float = 12.5,
    crs: str = METRES,
    cell_m: float | None = None,
) -> gpd.GeoDataFrame:
    """Everywhere reached within each limit, as polygons one inside the other.

    Parameters
    ----------
    x, y
        Nodes, in the metres of ``crs``.
    minutes
        Travel time at each node; NaN or inf where it cannot be reached.
    limits
        Minutes, each itself included, growing.
    pace
        Minutes per kilometre walked off the network, from a node to where there is none.
    crs
        Coordinate system of ``x`` and ``y``, in metres.
    cell_m
        Side of the raster's cells for every limit; chosen by what is reached where missing.

    Returns
    -------
    rings
        In degrees, one row a limit: ``limit`` in minutes, and a valid MultiPolygon, empty where nothing is
        reached; each lies within the next.

    Raises
    ------
    ValueError
        Naming everything that is wrong with the arguments.

    Examples
    --------
    >>> drawn = rings([500_000, 501_000], [5_000_000, 5_000_000], [0, 8], limits=[5, 10])
    >>> drawn["limit"].tolist()
    [5.0, 10.0]
    >>> drawn.to_crs("EPSG:32632").contains(shapely.Point(501_000, 5_000_000)).tolist()
    [False, True]
    """
    at_x, at_y, took = (np.asarray(values, float).ravel() for values in (x, y, minutes))
    _check(at_x, at_y, took, limits=limits, pace=pace, cell_m=cell_m)
    levels = np.asarray(limits, float)
    nodes = _nodes(at_x, at_y, np.where(np.isnan(took), np.inf, took), levels=levels, pace=pace)
    shapes: list[shapely.MultiPolygon] = []
    for some in _groups(levels, together=cell_m is not None):
        drawn = _draw(nodes, levels=some, pace=pace, crs=crs, cell_m=cell_m)
        shapes = drawn + [_joined(shape, drawn[-1]) for shape in shapes]
    return gpd.GeoDataFrame({"limit": levels}, geometry=shapes, crs=DEGREES)


def _check(
    x: Floats, y: Floats, minutes: Floats, *, limits: Sequence[float], pace: float, cell_m: float | None
) -> None:
    """Raise ``ValueError`` with every fault of the arguments of ``rings``."""
    faults, wanted = [], [float(limit) for limit in limits]
    if not wanted:
        faults.append("there are no limits")
    if odd := [limit for limit in wanted if not 0 < limit < np.inf]:
        faults.append(f"limits must be above 0 and finite, not {odd}")
    if repeated := sorted({limit for limit in wanted if wanted.count(limit) > 1}):
        faults.append(f"limits are repeated: {repeated}")
    if wanted != sorted(wanted):
        faults.append(f"limits must grow: {wanted}")
    if not 0 < pace < np.inf:
        faults.append(f"pace must be above 0 and finite, not {pace}")
    if cell_m is not None and not 0 < cell_m < np.inf:
        faults.append(f"cell_m must be above 0 and finite, not {cell_m}")
    if not len(x) == len(y) == len(minutes):
        faults.append(f"x, y and minutes have {len(x)}, {len(y)} and {len(minutes)} values")
    elif lost := int((~(np.isfinite(x) & np.isfinite(y))).sum()):
        faults.append(f"{lost} nodes have no coordinates")
    if (minutes < 0).any():
        faults.append(f"{int((minutes < 0).sum())} nodes have minutes below 0")
    if faults:
        raise ValueError("; ".join(faults))


def _groups(limits: Floats, *, together: bool) -> list[Floats]:
    """The limits to draw on one raster, the largest first."""
    groups = []
    while len(limits):
        first = 0 if together else int(np.searchsorted(limits, limits[-1] / SPREAD * (1 - 1e-9)))
        groups.append(limits[first:])
        limits = limits[:first]
    return groups


def _joined(shape: shapely.MultiPolygon, inner: shapely.MultiPolygon) -> shapely.MultiPolygon:
    """Everything in either of two shapes; lines without area, which GEOS may leave of a sliver, are dropped."""
    parts = shapely.get_parts(shapely.union(shape, inner))
    return shapely.multipolygons(parts[shapely.get_dimensions(parts) == 2])


class _Nodes(NamedTuple):
    """Nodes that a ring may hold: metres, minutes, and how much each weighs against others in its cell."""

    x: Floats
    y: Floats
    minutes: Floats
    weight: Floats

    def box(self, level: float, *, pace: float) -> tuple[float, float, float, float]:
        """West, south, east, north of what may be reached within a level, walking on from every node."""
        reached = self.minutes <= level
        x, y, walk = self.x[reached], self.y[reached], (level - self.minutes[reached]) / pace * 1000
        return (
            float((x - walk).min()),
            float((y - walk).min()),
            float((x + walk).max()),
            float((y + walk).max()),
        )

    def within(self, west: float, south: float, east: float, north: float) -> "_Nodes":
        """The nodes in a box."""
        here = (self.x >= west) & (self.x <= east) & (self.y >= south) & (self.y <= north)
        return _Nodes(*(values[here] for values in self))


def _nodes(x: Floats, y: Floats, minutes: Floats, *, levels: Floats, pace: float) -> _Nodes:
    """The nodes in the box of the largest ring.

    Those of a rare side weigh more, within the smallest ring or beyond the largest: in the median of its cell a
    few unreached nodes among many reached ones (or the other way round) would else vanish.
    """
    nodes = _Nodes(x, y, minutes, np.ones(len(x)))
    if not (minutes <= levels[-1]).any():
        return nodes
    nodes = nodes.within(*nodes.box(levels[-1], pace=pace))
    ring = np.searchsorted(levels, nodes.minutes)
    count = np.bincount(ring, minlength=len(levels) + 1)
    rare = np.minimum(np.cumsum(count), np.cumsum(count[::-1])[::-1])
    return nodes._replace(weight=1 / np.maximum(rare, 1)[ring])


class _Raster(NamedTuple):
    """Sample points (``x``, ``y``, in cells from the corner ``west``, ``south``) and their minutes, by row."""

    west: float
    south: float
    cell_m: float
    x: Floats
    y: Floats
    minutes: Floats


def _draw(
    nodes: _Nodes, *, levels: Floats, pace: float, crs: str, cell_m: float | None
) -> list[shapely.MultiPolygon]:
    """The ring of each level, all from one raster."""
    if not (nodes.minutes <= levels[-1]).any():
        return [shapely.MultiPolygon() for _ in levels]
    raster = _sample(nodes, levels=levels, pace=pace, cell_m=cell_m)
    return [_ring(raster, level, pace=pace, crs=crs) for level in levels]


def _sample(nodes: _Nodes, *, levels: Floats, pace: float, cell_m: float | None) -> _Raster:
    """The raster of everything that the largest level may reach, with two cells around."""
    west, south, east, north = nodes.box(levels[-1], pace=pace)
    nodes = nodes.within(west, south, east, north)
    cell = cell_m or _cell(east - west, north - south, nodes=len(nodes.x))
    west, south = west - 2 * cell, south - 2 * cell
    columns, rows = int((east - west) / cell) + 3, int((north - south) / cell) + 3
    fx, fy = (nodes.x - west) / cell, (nodes.y - south) / cell
    at = fy.astype(np.int64) * columns + fx.astype(np.int64)
    node = _medians(at, nodes, levels, cells=rows * columns).reshape(rows, columns)
    empty = node < 0
    place = distance_transform_edt(empty, return_distances=False, return_indices=True)
    nearest = node[place[0], place[1]]
    gx, gy = np.broadcast_to(np.arange(columns) + 0.5, node.shape), np.arange(rows)[:, None] + 0.5
    share = np.where(empty, 0.5, 1.0)  # empty samples go along half the way: meshes stay convex more often
    dx, dy = ((values[nearest] % 1 - 0.5) * share for values in (fx, fy))
    away = np.where(empty, np.hypot(fx[nearest] - gx - dx, fy[nearest] - gy - dy), 0.0)
    z = _walked(nodes.minutes[nearest], away, step=cell / 1000 * pace)
    _hold_convex(dx, dy, np.searchsorted(levels, z))
    return _Raster(west, south, cell, gx + dx, gy + dy, z)


def _cell(width: float, height: float, *, nodes: int) -> float:
    """Side in metres of cells a few times as many as the nodes, within what is quick to draw."""
    cells = min(max(CELLS_PER_NODE * nodes, FEWEST_CELLS), MOST_CELLS)
    return max(float(np.sqrt(width * height / cells)), max(width, height) / cells, SMALLEST_CELL_M)


def _medians(cell: Ints, nodes: _Nodes, levels: Floats, *, cells: int) -> Ints:
    """The node that stands for each cell: any where all are of one ring, else the weighted median; -1 for none."""
    node = np.full(cells, -1)
    node[cell] = np.arange(len(cell))
    ring = np.searchsorted(levels, nodes.minutes)
    mixed = np.zeros(cells, bool)
    mixed[cell[ring != ring[node[cell]]]] = True
    among = np.flatnonzero(mixed[cell])
    among = among[np.lexsort((nodes.minutes[among], cell[among]))]
    last = np.flatnonzero(np.diff(cell[among], append=-1))
    weight = np.cumsum(nodes.weight[among])
    half = (weight[last] + np.concatenate([[0.0], weight[last[:-1]]])) / 2
    middle = among[np.searchsorted(weight, half)]
    node[cell[middle]] = middle
    return node


def _walked(minutes: Floats, cells_away: Floats, *, step: float) -> Floats:
    """Minutes at each sample, from those of its nearest node and how many cells away that is.

    A walk from another node (along rows and columns) may be shorter, but nothing is reached before its nearest
    node is: what lies between two reached nodes is filled, what lies around an unreached one is not.
    """
    straight = minutes + cells_away * step
    around = straight.copy()
    for grid in (around, around[::-1], around.T, around.T[::-1]):
        ramp = step * np.arange(len(grid))[:, None]
        np.minimum(grid, np.minimum.accumulate(grid - ramp) + ramp, out=grid)
    return np.where(cells_away > 0, np.minimum(straight, np.maximum(minutes, around)), minutes)


def _hold_convex(dx: Floats, dy: Floats, ring: Ints) -> None:
    """Move sample points back towards the centres of their cells until every mesh crossed by a ring is convex."""
    same = (
        (ring[:-1, :-1] == ring[:-1, 1:]) & (ring[1:, 1:] == ring[1:, :-1]) & (ring[1:, 1:] == ring[:-1, :-1])
    )
    row, column = np.nonzero(~same)
    corners = [(row, column), (row, column + 1), (row + 1, column + 1), (row + 1, column)]
    most = 0.5
    while (bad := _concave([(dx[at] + at[1], dy[at] + at[0]) for at in corners])).any():
        most = max(STEADY, most * 0.8)
        for at in [(down[bad], along[bad]) for down, along in corners]:
            dx[at], dy[at] = np.clip(dx[at], -most, most), np.clip(dy[at], -most, most)


def _concave(corners: Sequence[tuple[Floats, Floats]]) -> Bools:
    """Which meshes, given their four corners counterclockwise, turn clockwise (or hardly turn) at some corner."""
    bad = np.zeros(len(corners[0][0]), bool)
    for i in range(4):
        (ax, ay), (bx, by), (cx, cy) = corners[i - 1], corners[i], corners[(i + 1) % 4]
        bad |= (bx - ax) * (cy - by) - (by - ay) * (cx - bx) < 0.02
    return bad


def _ring(raster: _Raster, level: float, *, pace: float, crs: str) -> shapely.MultiPolygon:
    """Everywhere within one level.

    Samples are told apart by how far they are from the level, at least half a cell's walk and at most a whole
    one: no crossing comes nearer to a sample than a third of the way, so nothing degenerates, and each crossing
    moves only outwards as the level grows.
    """
    within = raster.minutes <= level
    rows, columns = np.flatnonzero(within.any(axis=1)), np.flatnonzero(within.any(axis=0))
    if not len(rows):
        return shapely.MultiPolygon()
    part = np.s_[rows[0] - 1 : rows[-1] + 2, columns[0] - 1 : columns[-1] + 2]
    step = pace * raster.cell_m / 1000
    beyond = np.clip(raster.minutes[part] - level, -step, step)
    beyond = np.where(within[part], np.minimum(beyond, -step / 2), np.maximum(beyond, step / 2))
    lines = contour_generator(raster.x[part], raster.y[part], beyond, fill_type=FillType.OuterOffset)
    areas = zip(*lines.filled(-2 * step, 0.0), strict=True)
    points, offsets = zip(*((np.asarray(at), np.asarray(ends, np.int64)) for at, ends in areas), strict=True)
    at = np.concatenate(points)
    lon, lat = _degrees(crs).transform(
        raster.west + at[:, 0] * raster.cell_m, raster.south + at[:, 1] * raster.cell_m
    )
    ends = np.cumsum(np.concatenate([[0], *(np.diff(each) for each in offsets)]))
    polygons = np.cumsum([0, *(len(each) - 1 for each in offsets)])
    whole = (ends, polygons, np.array([0, len(offsets)]))
    return shapely.from_ragged_array(shapely.GeometryType.MULTIPOLYGON, np.column_stack([lon, lat]), whole)[0]


@lru_cache(maxsize=8)
def _degrees(crs: str) -> pyproj.Transformer:
    """From metres to degrees, longitude first."""
    return pyproj.Transformer.from_crs(crs, DEGREES, always_xy=True)
