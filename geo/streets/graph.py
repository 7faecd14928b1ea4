"""The streets of one mode: junctions joined by edges, as compact arrays that may lie in a file."""

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from geo.network import Floats

Singles = NDArray[np.float32]
Ints32 = NDArray[np.int32]


class Csr(NamedTuple):
    """What a search needs: edges of node ``i`` are ``indptr[i]:indptr[i + 1]``, each to ``indices`` in ``minutes``."""

    indptr: Ints32
    indices: Ints32
    minutes: Singles


@dataclass(frozen=True, eq=False)
class Graph:
    """Junctions (numbered along a Hilbert curve) and the directed edges between them.

    Nodes: ``x``, ``y`` metres in the coordinates of the network; ``snaps``, whether a point may enter there
    (on a street one may stop at, in the largest strongly connected part).
    Edges, sorted by their start: ``indptr`` and ``indices`` (CSR), ``metres``, ``minutes`` at free flow, ``kind``
    (position in ``geo.streets.ways.KINDS``), ``town`` (whether it lies in a town: ``geo.congestion.town``), ``way``
    (OpenStreetMap id of the first way in it), ``shape`` (row of the drawn line; ``~row`` where the edge runs against
    it).
    Backwards: ``back_indptr`` and ``back_indices`` (start of each edge, by its end), ``back_edge`` (which edge).
    Lines: ``shape_ptr``, and ``lon``, ``lat`` in ten-millionths of a degree.
    """

    x: Floats
    y: Floats
    snaps: NDArray[np.bool_]
    indptr: Ints32
    indices: Ints32
    metres: Singles
    minutes: Singles
    kind: NDArray[np.uint8]
    town: NDArray[np.bool_]
    way: NDArray[np.int64]
    shape: Ints32
    back_indptr: Ints32
    back_indices: Ints32
    back_edge: Ints32
    shape_ptr: NDArray[np.int64]
    lon: Ints32
    lat: Ints32

    @cached_property
    def ahead(self) -> Csr:
        """From each node to its neighbours, at free flow."""
        return Csr(np.asarray(self.indptr), np.asarray(self.indices), np.asarray(self.minutes))

    @cached_property
    def back(self) -> Csr:
        """From each node to those that lead to it: a search on it gives minutes *to* its sources."""
        minutes = np.asarray(self.minutes)[self.back_edge]
        return Csr(np.asarray(self.back_indptr), np.asarray(self.back_indices), minutes)

    @cached_property
    def entrances(self) -> tuple[NDArray[np.int64], cKDTree]:
        """Nodes where a point may enter, and a tree to find the nearest of them."""
        nodes = np.flatnonzero(self.snaps)
        at = np.column_stack([self.x[nodes], self.y[nodes]])
        return nodes, cKDTree(at, balanced_tree=False, compact_nodes=False)
