"""A travel network: places joined by minutes, for a few modes, as compact arrays."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from scipy.sparse import csr_array

from errors import NetworkError, UnknownMode
from geo.crs import METRES

MODES: Final = ("car", "bike", "walk")
ESTIMATED: Final = "stimata"
"""The label every minute of the estimated network carries, on screens and in files."""

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Network:
    """Minutes between neighbouring nodes, and what joins a point on the map to them.

    ``x`` and ``y`` are metres (``geo.crs.METRES``); ``minutes[mode]`` is a CSR of minutes from row to
    column; ``pace[mode]`` minutes per straight kilometre around a node, winding included;
    ``terminal[mode]`` minutes spent at one end of a trip (to the vehicle, to park); ``snaps`` whether
    a point may enter the network there; ``barriers`` what no straight way may cross.
    """

    name: str
    label: str
    modes: tuple[str, ...]
    x: Floats
    y: Floats
    snaps: NDArray[np.bool_]
    pace: Mapping[str, Floats]
    terminal: Mapping[str, Floats]
    minutes: Mapping[str, csr_array]
    barriers: shapely.STRtree

    def check_mode(self, mode: str) -> None:
        """Raise ``UnknownMode`` for a mode this network was not made for."""
        if mode not in self.modes:
            raise UnknownMode(mode=mode, known=self.modes)


def open_network(
    nodes: gpd.GeoDataFrame,
    edges: pd.DataFrame,
    barriers: gpd.GeoSeries | None = None,
    *,
    name: str = "rete stimata",
    label: str = ESTIMATED,
) -> Network:
    """A network from its tables.

    Parameters
    ----------
    nodes
        One row a node: ``geometry`` (a point, any coordinates), ``snaps``, and for each mode
        ``pace_<mode>`` (minutes per straight kilometre) and ``terminal_<mode>`` (minutes).
    edges
        One row a pair of neighbours, good for both directions: ``a`` and ``b`` (positions in
        ``nodes``, from 0) and ``minutes_<mode>``; missing where the mode may not pass.
    barriers
        Lines or polygons that no straight way may cross, any coordinates.

    Raises
    ------
    NetworkError
        Naming every fault at once: unknown ends, minutes that are negative, missing paces.
    """
    modes = tuple(mode for mode in MODES if f"minutes_{mode}" in edges)
    _check(nodes, edges, modes)
    metres = nodes.geometry.to_crs(METRES)
    return Network(
        name=name,
        label=label,
        modes=modes,
        x=metres.x.to_numpy(float),
        y=metres.y.to_numpy(float),
        snaps=nodes["snaps"].to_numpy(bool),
        pace={mode: nodes[f"pace_{mode}"].to_numpy(float) for mode in modes},
        terminal={mode: nodes[f"terminal_{mode}"].to_numpy(float) for mode in modes},
        minutes={mode: _csr(edges, mode, len(nodes)) for mode in modes},
        barriers=barrier_tree(barriers),
    )


def _check(nodes: gpd.GeoDataFrame, edges: pd.DataFrame, modes: tuple[str, ...]) -> None:
    """Raise ``NetworkError`` naming all that is wrong with the tables of a network."""
    faults = [] if modes else ["no column of minutes"]
    ends = edges[["a", "b"]].to_numpy(np.int64)
    if len(ends) and (ends.min() < 0 or ends.max() >= len(nodes)):
        faults.append("edges end at nodes that do not exist")
    for mode in modes:
        if (edges[f"minutes_{mode}"] < 0).any():
            faults.append(f"minutes by {mode} below zero")
        for column in (f"pace_{mode}", f"terminal_{mode}"):
            if column not in nodes or nodes[column].isna().any():
                faults.append(f"{column} is missing")
    if "snaps" not in nodes or not nodes["snaps"].any():
        faults.append("no node that a point may enter by")
    if faults:
        raise NetworkError("; ".join(faults))


def _csr(edges: pd.DataFrame, mode: str, size: int) -> csr_array:
    """Both directions of every passable edge; of parallel edges the quickest."""
    table = edges[["a", "b"]].assign(minutes=edges[f"minutes_{mode}"].astype(float))
    table = table[table["minutes"].notna() & (table["a"] != table["b"])]
    there_and_back = pd.concat([table, table.rename(columns={"a": "b", "b": "a"})])
    quickest = there_and_back.groupby(["a", "b"], as_index=False)["minutes"].min()
    # scipy takes an explicit zero for no edge at all: a second is short enough
    minutes = np.maximum(quickest["minutes"].to_numpy(float), 1 / 60)
    ends = (quickest["a"].to_numpy(np.int64), quickest["b"].to_numpy(np.int64))
    return csr_array((minutes, ends), shape=(size, size))


def barrier_tree(barriers: gpd.GeoSeries | None) -> shapely.STRtree:
    """The straight pieces of lines and outlines, in metres, ready to be asked for crossings."""
    if barriers is None or barriers.empty:
        return shapely.STRtree([])
    shapes = barriers.to_crs(METRES).to_numpy()
    parts = shapely.get_parts(shapes)
    areas = np.isin(shapely.get_type_id(parts), [3])
    lines = np.concatenate([parts[~areas], shapely.get_parts(shapely.boundary(parts[areas]))])
    xy, line = shapely.get_coordinates(lines, return_index=True)
    joined = line[1:] == line[:-1]
    return shapely.STRtree(shapely.linestrings(np.stack([xy[:-1], xy[1:]], axis=1)[joined]))


def crosses(barriers: shapely.STRtree, start: Floats, end: Floats) -> NDArray[np.bool_]:
    """Whether each straight way crosses or touches a barrier; ``start`` and ``end`` are n × 2 metres."""
    found = np.zeros(len(start), dtype=bool)
    moves = np.flatnonzero((start != end).any(axis=1))
    if len(barriers) and len(moves):
        ways = shapely.linestrings(np.stack([start[moves], end[moves]], axis=1))
        found[moves[barriers.query(ways, predicate="intersects")[0]]] = True
    return found
