"""The compiled loops of ``geo.search``: a bucket queue, and what goes before and after it.

Nodes wait in buckets a few streets wide. Buckets are emptied in order, and a node whose label improves while its
bucket is being emptied is looked at again, so that the answer is exact whatever the width. Labels are pairs (minutes,
position of the source); the smaller pair wins.

A graph is a tuple (indptr, indices, minutes) as ``geo.search`` makes it: uint32, uint32, float32, read only, sound.
"""

from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final, TypeVar, cast

import numba
import numpy as np
from numpy.typing import NDArray

from geo.network import Floats
from geo.streets.graph import Ints32

TINY: Final = 2.0**-40
"""No street takes less (minutes), so that every step of a way goes on."""

BLOCK: Final = 6
"""Nodes are marked as touched by blocks of ``2 ** BLOCK``, neighbours since they lie along a curve."""

FAR: Final = 4095
"""The last bucket holds what is too far for the others, to be shared out when they are empty."""

NONE: Final = np.uint32(2**32 - 1)

Arrays = tuple[NDArray[Any], NDArray[Any], NDArray[Any]]
Kernel = TypeVar("Kernel", bound=Callable[..., Any])


def run(kernel: Callable[..., Any], *arguments: Any) -> Any:
    """Call a kernel. A disk without room to keep one that was just compiled stops nothing: it can be called by then."""
    for _ in range(9):
        with suppress(OSError):
            return kernel(*arguments)
    return kernel(*arguments)


def _compiled(kernel: Kernel) -> Kernel:
    """Compiled at its first call and kept on disk, or only in memory where no folder can be written."""
    try:
        return cast(Kernel, numba.njit(cache=True, nogil=True)(kernel))
    except RuntimeError:  # numba found no folder for its cache
        return cast(Kernel, numba.njit(nogil=True)(kernel))


@_compiled
def _longer(array: Any, more: int) -> Any:
    """The same array with room for more."""
    longer = np.empty(len(array) + more, array.dtype)
    longer[: len(array)] = array
    return longer


@_compiled
def _empty(
    graph: Arrays,
    labels: Arrays,
    queue: Any,
    limit: float,
    base: float,
    scale: float,
    bucket: int,
    target: int,
) -> int:
    """Empty the buckets from ``bucket`` on, carrying labels; tell at which it stopped.

    That is ``FAR`` once they are empty, one more once ``target`` is final, or less when the queue has no room. It has
    rows: ``key`` (minutes), ``node``, ``after`` (the next row of the same bucket); ``head``, the first row of each
    bucket; ``spare``, the first row never used and the first that is free again. Rows are unsigned: negative ones
    would cost a question each time.
    """
    indptr, indices, minutes = graph
    dist, which, touched = labels
    head, key, node, after, spare = queue
    ends, size = indptr[1:], len(key)
    used, free = spare[0], spare[1]
    while bucket < FAR:
        while head[bucket] != NONE:
            row = head[bucket]
            d, u = key[row], node[row]
            if used + (ends[u] - indptr[u]) > size:
                spare[0], spare[1] = used, free
                return bucket
            head[bucket], after[row], free = after[row], free, row
            if d != dist[u]:
                continue
            label = which[u]
            for edge in range(indptr[u], ends[u]):
                v = indices[edge]
                reached = d + max(np.float64(minutes[edge]), TINY)
                if reached > dist[v] or reached > limit or (reached == dist[v] and label >= which[v]):
                    continue
                dist[v], which[v], touched[v >> BLOCK] = reached, label, True
                row = free
                if row == NONE:
                    row, used = used, np.uint32(used + 1)
                else:
                    free = after[row]
                place = np.uint32(min((reached - base) * scale, FAR))
                key[row], node[row], after[row], head[place] = reached, v, head[place], row
        bucket += 1
        if target >= 0 and (dist[target] - base) * scale < bucket:
            return FAR + 1
    spare[0], spare[1] = used, free
    return bucket


@_compiled
def settle(
    graph: Arrays, labels: Arrays, seeds: NDArray[np.uint32], limit: float, width: float, target: int
) -> None:
    """Carry the labels of ``seeds`` to wherever they improve others within ``limit``.

    ``labels`` are minutes and source of each node, and marks for the blocks of the nodes that change. Ends early once
    the label of ``target`` (a node, or -1) is final. The rows of far nodes wait in the last bucket.
    """
    dist, _, touched = labels
    scale = 1 / width  # one rounding for all, or a row might go behind the bucket that is being emptied
    size = 4096 + 2 * len(seeds)
    key, node, after = np.empty(size, np.float64), np.empty(size, np.uint32), np.empty(size, np.uint32)
    head, spare = np.full(FAR + 1, NONE, np.uint32), np.array([len(seeds), NONE], np.uint32)
    for row, v in enumerate(seeds):
        key[row], node[row], after[row], head[FAR] = dist[v], v, head[FAR], row
        touched[v >> BLOCK] = True
    while head[FAR] != NONE:
        base, row = np.inf, head[FAR]
        while row != NONE:
            base, row = min(base, key[row]), after[row]
        row, head[FAR] = head[FAR], NONE
        while row != NONE:
            place = np.uint32(min((key[row] - base) * scale, FAR))
            after[row], head[place], row = head[place], row, after[row]
        bucket: Any = np.int64(0)  # not a literal, which would be compiled twice
        while bucket < FAR:
            queue = (head, key, node, after, spare)
            bucket = _empty(graph, labels, queue, limit, base, scale, bucket, target)
            if bucket < FAR:
                more = len(key) + len(graph[1]) // 64
                key, node, after = _longer(key, more), _longer(node, more), _longer(after, more)
        if bucket > FAR:
            return


@_compiled
def seed(labels: Any, sources: NDArray[np.int64], start: Floats, limit: float) -> NDArray[np.uint32]:
    """Give each source's node its label where that is better than what it has; tell which nodes changed."""
    dist, which = labels
    seeds = np.empty(len(sources), np.uint32)
    count = 0
    for label in range(len(sources)):
        v, d = sources[label], start[label]
        if v >= 0 and d <= limit and d < np.inf and (d < dist[v] or (d == dist[v] and label < which[v])):
            dist[v], which[v] = d, label
            seeds[count] = v
            count += 1
    return seeds[:count].copy()


@_compiled
def each(
    graph: Arrays,
    sources: NDArray[np.int64],
    start: Floats,
    limit: float,
    width: float,
    kept: NDArray[np.bool_],
) -> Arrays:
    """From each source alone: how many nodes it reaches, the nodes in order, and their minutes."""
    nodes = len(graph[0]) - 1
    dist, which = np.full(nodes, np.inf), np.zeros(nodes, np.int32)
    touched = np.zeros((nodes >> BLOCK) + 1, np.bool_)
    counts, seeds = np.zeros(len(sources), np.int64), np.empty(1, np.uint32)
    node, reached, used = np.empty(4096, np.int32), np.empty(4096, np.float64), 0
    nowhere: Any = np.int64(-1)
    for i in range(len(sources)):
        before = used
        if start[i] <= limit and start[i] < np.inf:
            dist[sources[i]], seeds[0] = start[i], sources[i]
            settle(graph, (dist, which, touched), seeds, limit, width, nowhere)
        for block in np.flatnonzero(touched):
            touched[block] = False
            if used + (1 << BLOCK) > len(node):
                node, reached = _longer(node, used), _longer(reached, used)
            for v in range(block << BLOCK, min((block + 1) << BLOCK, nodes)):  # type: ignore[call-overload]
                if dist[v] < np.inf and (len(kept) == 0 or kept[v]):
                    node[used], reached[used] = v, dist[v]
                    used += 1
                dist[v] = np.inf
        counts[i] = used - before
    return counts, node[:used].copy(), reached[:used].copy()


@_compiled
def trace(graph: Arrays, back: Arrays, dist: Floats, source: int, target: int) -> tuple[Ints32, Ints32]:
    """Nodes and edges of the way that ``dist`` knows, walked backwards and turned round."""
    indptr, indices, minutes = graph
    back_indptr, back_indices, back_minutes = back
    nodes, edges = [np.int32(target)], [np.int32(0) for _ in range(0)]
    v: Any = target
    while v != source:
        u, edge, taken = source, 0, minutes[0]
        for step in range(back_indptr[v], back_indptr[v + 1]):
            u, taken = back_indices[step], back_minutes[step]
            if dist[u] + max(np.float64(taken), TINY) == dist[v]:
                break
        for ahead in range(indptr[u], indptr[u + 1]):
            edge = ahead
            if indices[edge] == v and minutes[edge] == taken:
                break
        nodes.append(np.int32(u))
        edges.append(np.int32(edge))
        v = u
    return np.array(nodes)[::-1].copy(), np.array(edges)[::-1].copy()


@_compiled
def vacate(
    graph: Arrays, back: Arrays, labels: Any, source: int, label: int, limit: float
) -> NDArray[np.uint32]:
    """Take its label off the nodes that a source serves; give those on the rim what their other neighbours offer."""
    dist, which = labels
    cell, count, done = np.empty(len(dist), np.uint32), 1, 0
    cell[0], dist[source], which[source] = source, np.inf, -1
    while done < count:
        u = cell[done]
        done += 1
        for edge in range(graph[0][u], graph[0][u + 1]):
            v = graph[1][edge]
            if which[v] == label:
                cell[count], dist[v], which[v] = v, np.inf, -1
                count += 1
    rim = 0
    for v in cell[:count]:
        for edge in range(back[0][v], back[0][v + 1]):
            u = back[1][edge]
            d = dist[u] + max(np.float64(back[2][edge]), TINY)
            if which[u] >= 0 and d <= limit and (d < dist[v] or (d == dist[v] and which[u] < which[v])):
                dist[v], which[v] = d, which[u]
        if which[v] >= 0:
            cell[rim] = v
            rim += 1
    return cell[:rim].copy()
