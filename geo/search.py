"""Searches on streets: minutes from many places at once, each place alone, the way itself, one place more or less.

Minutes of streets are float32, added up in float64, where sums up to 8,192 minutes of streets of at least half a
thousandth of a second are exact, in whatever order (starts are rounded to 2⁻⁴⁰ minutes for this). So ties fall the
same way however a question is asked. A search follows the edges of the graph that it is given: for minutes *to* the
sources, give it the edges backwards. The loops are in ``geo.bucket_queue``.
"""

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geo.bucket_queue import BLOCK, Arrays, each, run, seed, settle, trace, vacate
from geo.network import Floats
from geo.streets.graph import Csr, Ints32

WIDTH: Final = 2.0
"""Width of a bucket, in mean minutes of a street: wider looks at nodes again, narrower leaves buckets empty."""


@dataclass(eq=False)
class Nearest:
    """Minutes from the nearest of many sources, for every node of a graph.

    ``minutes`` (inf where nothing reaches, or not within ``limit``) and ``which`` (position of the source, -1) go by
    node; ``sources`` (node, -1 where one was taken away) and ``start`` (minutes spent before) by position.
    """

    minutes: Floats
    which: Ints32
    sources: NDArray[np.int64]
    start: Floats
    limit: float

    def copy(self) -> "Nearest":
        """The same, to be changed without changing this one."""
        return Nearest(self.minutes.copy(), self.which.copy(), self.sources, self.start, self.limit)


class Rows(NamedTuple):
    """What each source reaches: ``node[indptr[i]:indptr[i + 1]]``, in order of node, in ``minutes``."""

    indptr: NDArray[np.int64]
    node: Ints32
    minutes: Floats


class Way(NamedTuple):
    """A way: its minutes (inf if there is none), the nodes on it, and the edges between them (one fewer)."""

    minutes: float
    nodes: Ints32
    edges: Ints32


def nearest(graph: Csr, sources: ArrayLike, start: ArrayLike = 0.0, *, limit: float = np.inf) -> Nearest:
    """Minutes from the nearest source to every node, and which source that is.

    Parameters
    ----------
    graph
        Edges to follow, minutes from 0 up.
    sources
        Nodes; several sources may stand at one.
    start
        Minutes already spent at each source, from 0 up (inf: it reaches nothing); one for all, or one each.
    limit
        Longest minutes, itself included.

    Returns
    -------
    found
        Where two sources are equally near, the smaller position.

    Raises
    ------
    ValueError
        A node that the graph does not have, or minutes that are negative or missing.

    Examples
    --------
    A street of four nodes, a minute each, with sources at both ends:

    >>> street = Csr(np.array([0, 1, 3, 5, 6]), np.array([1, 0, 2, 1, 3, 2]), np.ones(6))
    >>> found = nearest(street, [0, 3], [0.5, 0])
    >>> found.minutes, found.which
    (array([0.5, 1.5, 1. , 0. ]), array([0, 0, 1, 1], dtype=int32))
    """
    arrays, nodes = _arrays(graph), len(graph.indptr) - 1
    where, spent = _sources(sources, start, nodes)
    found = Nearest(np.full(nodes, np.inf), np.full(nodes, -1, np.int32), where, spent, float(limit))
    _spread(arrays, found, np.empty(0, np.uint32))
    return found


def within(
    graph: Csr,
    sources: ArrayLike,
    start: ArrayLike = 0.0,
    *,
    limit: float,
    keep: ArrayLike | None = None,
    threads: int | None = None,
) -> Rows:
    """Minutes from each source alone to the nodes that it reaches within a limit.

    Parameters
    ----------
    graph, sources, start
        As for ``nearest``.
    limit
        Longest minutes, itself included; inf for all that can be reached.
    keep
        Nodes to tell of: one truth a node, or their numbers; all of them if missing.
    threads
        How many searches at the same time; as many as there are processors if missing. The answer is the same.

    Returns
    -------
    rows
        One for each source, the source's own node included.

    Raises
    ------
    ValueError
        As for ``nearest``.
    """
    arrays, nodes = _arrays(graph), len(graph.indptr) - 1
    where, spent = _sources(sources, start, nodes)
    kept = np.empty(0, bool) if keep is None else np.zeros(nodes, bool)
    if keep is not None:
        chosen = np.asarray(keep)
        kept[chosen if chosen.dtype == bool else chosen.astype(np.int64)] = True
    threads = threads or os.cpu_count() or 1
    chunks = [chunk for chunk in np.array_split(np.arange(len(where)), 4 * threads) if len(chunk)]

    def answer(chunk: NDArray[np.int64]) -> Any:
        return run(each, arrays, where[chunk], spent[chunk], float(limit), _width(arrays[2]), kept)

    pool = ThreadPoolExecutor(threads)
    try:
        parts = list(pool.map(answer, chunks))
    finally:
        pool.shutdown(cancel_futures=True)
    counts, node, minutes = (
        np.concatenate([np.empty(0, dtype), *(part[i] for part in parts)])
        for i, dtype in enumerate((np.int64, np.int32, np.float64))
    )
    return Rows(np.r_[0, np.cumsum(counts)], node, minutes)


def way(graph: Csr, back: Csr, source: int, target: int) -> Way:
    """The fastest way between two nodes; of ways that are equally fast, always the same one.

    Parameters
    ----------
    graph, back
        The edges, and the same edges backwards.
    source, target
        Nodes.

    Raises
    ------
    ValueError
        As for ``nearest``.
    """
    arrays, nodes = _arrays(graph), len(graph.indptr) - 1
    ends, start = _sources([source, target], 0.0, nodes)
    found = Nearest(np.full(nodes, np.inf), np.full(nodes, -1, np.int32), ends[:1], start[:1], np.inf)
    _spread(arrays, found, np.empty(0, np.uint32), target)
    minutes = float(found.minutes[target])
    if minutes == np.inf:
        return Way(minutes, np.empty(0, np.int32), np.empty(0, np.int32))
    return Way(minutes, *run(trace, arrays, _arrays(back), found.minutes, source, target))


def add(graph: Csr, found: Nearest, source: int, start: float, label: int) -> None:
    """Put one source more into an answer, which becomes what ``nearest`` would say of all of them.

    Parameters
    ----------
    graph
        The edges that were searched.
    found
        The answer, changed in place.
    source, start
        As for ``nearest``.
    label
        Position of the new source: one that was taken away, or any after the last.

    Raises
    ------
    ValueError
        As for ``nearest``, or the position is taken.
    """
    where, spent = _sources([source], start, len(found.minutes))
    if label < 0 or (label < len(found.sources) and found.sources[label] >= 0):
        raise ValueError(f"position {label} is not free")
    missing = max(0, label + 1 - len(found.sources))
    found.sources = np.r_[found.sources, np.full(missing, -1)]
    found.start = np.r_[found.start, np.full(missing, np.inf)]
    found.sources[label], found.start[label] = where[0], spent[0]
    _spread(_arrays(graph), found, np.empty(0, np.uint32))


def remove(graph: Csr, back: Csr, found: Nearest, label: int) -> None:
    """Take one source out of an answer, which becomes what ``nearest`` would say of the others.

    Parameters
    ----------
    graph, back
        The edges that were searched, and the same edges the other way.
    found
        The answer, changed in place; positions of the other sources stay.
    label
        Position of the source.

    Raises
    ------
    ValueError
        As for ``nearest``, or there is no source at this position.
    """
    if not 0 <= label < len(found.sources) or found.sources[label] < 0:
        raise ValueError(f"no source at position {label}")
    source, found.sources, found.start = found.sources[label], found.sources.copy(), found.start.copy()
    found.sources[label], found.start[label] = -1, np.inf
    arrays = _arrays(graph)
    rim = np.empty(0, np.uint32)
    if found.which[source] == label:
        labels = (found.minutes, found.which)
        rim = run(vacate, arrays, _arrays(back), labels, source, label, found.limit)
    _spread(arrays, found, rim)


def _arrays(graph: Csr) -> Arrays:
    """The graph as kernels take it: one type each, unsigned, read only (as files are), wherever they come from."""
    indptr, indices = (np.require(array, np.int32, ["C", "A", "E"]).view(np.uint32) for array in graph[:2])
    minutes = np.require(graph.minutes, np.float32, ["C", "A", "E"]).view()
    if len(indptr) == 0 or len(indices) != indptr[-1] or len(minutes) != len(indices):
        raise ValueError("the arrays of the graph do not fit together")
    if len(minutes) and not minutes.min() >= 0:
        raise ValueError("minutes of an edge are negative or missing")
    for array in (indptr, indices, minutes):
        array.flags.writeable = False
    return indptr, indices, minutes


def _sources(sources: ArrayLike, start: ArrayLike, nodes: int) -> tuple[NDArray[np.int64], Floats]:
    """Sources and starts as kernels take them, once they are known to be sound."""
    where = np.array(sources, np.int64, ndmin=1)
    spent = np.array(np.broadcast_to(np.asarray(start, np.float64), where.shape))
    if len(where) and not (where.min() >= 0 and where.max() < nodes):
        raise ValueError(f"sources outside the graph, which has {nodes} nodes")
    if not (spent >= 0).all():
        raise ValueError("minutes spent before the source are negative or missing")
    return where, np.ldexp(np.rint(np.ldexp(spent, 40)), -40)


def _width(minutes: NDArray[np.float32]) -> float:
    """Width of a bucket (minutes), from a thousand streets."""
    some = minutes[:: max(1, len(minutes) // 1000)]
    some = some[np.isfinite(some)]
    return max(WIDTH * float(some.mean(dtype=np.float64)), 2.0**-20) if len(some) else 1.0


def _spread(graph: Arrays, found: Nearest, rim: NDArray[np.uint32], target: int = -1) -> None:
    """Carry labels from the sources that stand better than their node says, and from the nodes of ``rim``."""
    minutes, which, limit = found.minutes, found.which, found.limit
    seeds = np.r_[run(seed, (minutes, which), found.sources, found.start, limit), rim]
    touched = np.zeros((len(minutes) >> BLOCK) + 1, bool)
    run(settle, graph, (minutes, which, touched), seeds, limit, _width(graph[2]), target)
