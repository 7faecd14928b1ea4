"""A street network made from ways: a graph a mode, where its answers hold, and what there is to know of it."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, TypeAlias

import geopandas as gpd
import numpy as np
import pyproj
import shapely
from scipy.ndimage import binary_dilation, binary_erosion
from shapely import MultiPolygon, Polygon

from errors import FileUnreadable
from geo.crs import DEGREES, LOMBARDY_BOX, METRES
from geo.network import MODES, Ints
from geo.streets import store
from geo.streets.assemble import Counts, build_graph, counts
from geo.streets.graph import Graph
from geo.streets.rules import RULES_VERSION
from geo.streets.store import About, Streets
from geo.streets.ways import Ways

CELL: Final = (0.0064, 0.0045)
"""Degrees of a cell of about 500 m."""

GAP_CELLS: Final = 3
EDGE_CELLS: Final = 2
"""Answers hold in cells with an entrance, so many cells on, and in gaps up to twice ``GAP_CELLS`` wide: a point there
is hardly ever farther from an entrance than ``street_time.SNAP_M``.
"""

BUFFER_KM: Final = 10.0
"""Streets kept around an area, so that ways which leave it and come back are found."""

Area: TypeAlias = Polygon | MultiPolygon
Progress = Callable[[str, Counts], None]


def make(
    folder: Path,
    name: str,
    ways: Ways,
    *,
    source: str,
    area: Area | None = None,
    notes: Sequence[str] = (),
    progress: Progress = lambda *_: None,
) -> Streets:
    """Build, write and open a network.

    Parameters
    ----------
    folder
        Where networks are kept; one of the same name is replaced once the new one is whole.
    source
        Where the streets come from, with the licence.
    area
        Where answers are to hold, in degrees; None for wherever there are streets.
    notes
        What the reader found that people should know.

    Raises
    ------
    FileUnreadable
        No mode finds a street there.
    FileUnwritable
        The file cannot be written; the old one stays.
    """
    crs = metres_for(ways)
    graphs: dict[str, Graph] = {}
    told: dict[str, Counts] = {}
    for mode in MODES:
        graph = build_graph(ways, mode, crs=crs)
        told[mode] = counts(graph)
        progress(mode, told[mode])
        if told[mode].entrances:
            graphs[mode] = graph
    extent = extent_of(graphs, crs, area)
    if extent.is_empty:
        raise FileUnreadable(file=source, reason="non contiene strade nell'area chiesta")
    about = About(
        name=name,
        source=source,
        date=ways.date,
        made=datetime.now(UTC).date().isoformat(),
        crs=crs,
        extent=shapely.to_wkt(extent, rounding_precision=5),
        rules=RULES_VERSION,
        counts=told,
        notes=tuple(notes),
    )
    return store.read(store.write(folder, about, graphs))


def metres_for(ways: Ways) -> str:
    """Coordinates in metres that suit the streets: ours in Lombardy, the zone of UTM of their middle elsewhere."""
    if not len(ways.node_id):
        return METRES
    lon, lat = float(np.median(ways.lon)), float(np.median(ways.lat))
    west, south, east, north = LOMBARDY_BOX
    if west <= lon <= east and south <= lat <= north:
        return METRES
    return str(gpd.GeoSeries.from_xy([lon], [lat], crs=DEGREES).estimate_utm_crs().to_string())


def extent_of(graphs: dict[str, Graph], crs: str, area: Area | None) -> Area:
    """Where answers hold: the cells that any mode may enter and their neighbours, within the area asked for."""
    project = pyproj.Transformer.from_crs(crs, DEGREES, always_xy=True)
    cells = set()
    for graph in graphs.values():
        lon, lat = project.transform(graph.x[graph.snaps], graph.y[graph.snaps])
        columns, rows = np.floor(lon / CELL[0]).astype(int), np.floor(lat / CELL[1]).astype(int)
        cells |= set(zip(columns.tolist(), rows.tolist(), strict=True))
    streets = _without_gaps(np.array(sorted(cells), dtype=np.int64).reshape(-1, 2))
    return streets if area is None or streets.is_empty else areas_of(shapely.intersection(streets, area))


def _without_gaps(cells: Ints) -> Area:
    """The cells (column, row) with the gaps between them and an edge around."""
    if not len(cells):
        return shapely.MultiPolygon()
    low = cells.min(axis=0) - 2 * GAP_CELLS
    filled = np.zeros(cells.max(axis=0) - low + 2 * GAP_CELLS, dtype=bool)
    filled[tuple((cells - low).T)] = True
    square = np.ones((3, 3), dtype=bool)
    filled = binary_dilation(filled, square, GAP_CELLS)
    at = np.argwhere(binary_erosion(filled, square, GAP_CELLS - EDGE_CELLS)) + low
    corner, end = at * CELL, (at + 1) * CELL
    return shapely.union_all(shapely.box(corner[:, 0], corner[:, 1], end[:, 0], end[:, 1]), grid_size=1e-7)


def areas_of(shape: shapely.Geometry) -> Area:
    """The polygons of a shape, without the lines and points that cutting leaves."""
    if shape.geom_type in {"Polygon", "MultiPolygon"}:
        return shape
    parts = shapely.get_parts(shape)
    return MultiPolygon(parts[shapely.get_type_id(parts) == shapely.GeometryType.POLYGON].tolist())


def buffered(area: Area, km: float = BUFFER_KM) -> Area:
    """An area in degrees with so many kilometres around it."""
    around = gpd.GeoSeries([area], crs=DEGREES)
    metres = around.estimate_utm_crs()
    grown: Area = around.to_crs(metres).buffer(km * 1000, quad_segs=8).to_crs(DEGREES).iloc[0]
    return grown
