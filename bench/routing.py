"""Our searches beside other engines, in one run: seconds, times ours, and peak memory.

``python bench/routing.py [--nodes N] [--walk N] [--quick]``: invented graphs (``graphs.py``), each engine that is
installed; ``README.md`` says which, and what is asked. OSMnx has no row: it routes with NetworkX.
"""

import argparse
import importlib
import importlib.metadata
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).parents[1]))

from bench.graphs import Invented, invent
from geo import search
from geo.streets.graph import Csr

DESKS: Final = 300
LIMIT: Final = 30.0
TASKS: Final = ("build", "nearest", "one to all", "300 × 30 min", "add", "remove")


class Asked(NamedTuple):
    """What every engine is asked: desks on a graph; ``quick`` for fewer repeats."""

    graph: Invented
    desks: NDArray[np.int64]
    quick: bool


class Answer(NamedTuple):
    """Seconds by task; the minutes of ``nearest``; how many desks stood for all in the limited task."""

    seconds: Mapping[str, float]
    minutes: NDArray[np.float64]
    share: int = DESKS


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--nodes", type=int, default=600_000)
    parser.add_argument("--walk", type=int, default=2_000_000, help="nodes of the graph for memory")
    parser.add_argument("--quick", action="store_true", help="a tenth of the nodes, fewer repeats")
    parser.add_argument("--child", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        say(CHILDREN[options.child[0]](Path(options.child[1]), options.walk))
        return
    shrink = 10 if options.quick else 1
    memory(options.walk // shrink)
    compare(options.nodes // shrink, quick=options.quick)


def compare(nodes: int, *, quick: bool) -> None:
    """Seconds of each engine, and how many times ours."""
    graph = invent(nodes)
    desks = np.random.default_rng(0).choice(len(graph.x), DESKS, replace=False)
    asked = Asked(graph, desks, quick)
    mine, rows = ours(asked), []
    for name, engine in ENGINES.items():
        try:
            found = mine if engine is ours else engine(asked)
        except ImportError:
            rows.append(f"| {name} | not installed |" + " |" * len(TASKS))
            continue
        version = "" if engine is ours else f" {importlib.metadata.version(name)}"
        share = f" ({found.share} desks, scaled)" if found.share < DESKS else ""
        apart = np.abs(np.nan_to_num(found.minutes, posinf=1e9) - mine.minutes).max()
        cells = [f"{name}{version}{share}", *(figure(task, found, mine) for task in TASKS), f"{apart:.1e}"]
        rows.append("| " + " | ".join(cells) + " |")
    say(f"\n{len(graph.x):,} nodes, {len(graph.back.indices):,} edges, {DESKS} desks; seconds (times ours)\n")
    say("| engine | " + " | ".join(TASKS) + " | farthest from ours, minutes |")
    say("|---" * (len(TASKS) + 2) + "|")
    say("\n".join(rows))


def figure(task: str, found: Answer, mine: Answer) -> str:
    """Seconds of a task and times ours; an engine that cannot add or remove a desk starts again."""
    seconds = found.seconds.get(task, found.seconds["nearest"])
    if task == "build":
        return f"{seconds:.3g}" if seconds else "–"
    return f"{seconds:.3g} ({seconds / mine.seconds[task]:.1f} ×)"


def memory(nodes: int) -> None:
    """Peak memory of a process that opens a graph to walk on and answers ``nearest`` and ``300 × 30 min``."""
    with tempfile.TemporaryDirectory() as name:
        say(f"\nAbout {nodes:,} nodes to walk on; peak memory of a process that answers, MB\n")
        for engine in CHILDREN:
            command = [sys.executable, __file__, "--walk", str(nodes), "--child", engine, name]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            say(f"{engine}: {done.stdout.strip() or done.stderr.strip().splitlines()[-1]}")


def left_in(folder: Path, nodes: int) -> str:
    """Invent the graph and leave it in a folder, in a process of its own whose memory does not count."""
    graph = invent(nodes, mode="walk")
    for field, array in graph.back._asdict().items():
        np.save(folder / f"{field}.npy", array)
    np.save(folder / "desks.npy", np.random.default_rng(0).choice(len(graph.x), DESKS, replace=False))
    return f"{len(graph.x):,} nodes, {sum(array.nbytes for array in graph.back) / 1e6:.0f} MB of arrays"


def say(line: str) -> None:
    """Print a line at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def median(task: Callable[[], Any], repeats: int) -> float:
    """Median seconds of a task; once more, first and not counted, if there is more than one."""
    if repeats > 1:
        task()
    seconds = []
    for _ in range(repeats):
        begun = time.perf_counter()
        task()
        seconds.append(time.perf_counter() - begun)
    return float(np.median(seconds))


def timed(task: Callable[[], Any]) -> tuple[float, Any]:
    """Seconds of a task done once, and what it gave."""
    begun = time.perf_counter()
    result = task()
    return time.perf_counter() - begun, result


def with_all(graph: Csr, desks: NDArray[np.int64]) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    """Edges (from, to, minutes) with one node more that leads to all the desks, for engines with one source."""
    nodes = len(graph.indptr) - 1
    start = np.repeat(np.arange(nodes), np.diff(graph.indptr))
    minutes = np.r_[graph.minutes.astype(float), np.zeros(len(desks))]
    return np.r_[start, np.full(len(desks), nodes)], np.r_[graph.indices, desks], minutes


def ours(asked: Asked) -> Answer:
    """``geo.search``; adding and removing is the median over the first hundred desks."""
    graph, back = asked.graph.back, asked.graph.ahead
    found = search.nearest(graph, asked.desks)
    repeats = 3 if asked.quick else 9
    seconds = {
        "build": 0.0,
        "nearest": median(lambda: search.nearest(graph, asked.desks), repeats),
        "one to all": median(lambda: search.nearest(graph, asked.desks[:1]), repeats),
        "300 × 30 min": median(lambda: search.within(graph, asked.desks, limit=LIMIT), 3),
    }
    minutes = found.minutes.copy()
    search.remove(graph, back, found, 0)
    search.add(graph, found, int(asked.desks[0]), 0.0, 0)
    removed, added = [], []
    for label, desk in enumerate(asked.desks[:100].tolist()):
        removed.append(timed(partial(search.remove, graph, back, found, label))[0])
        added.append(timed(partial(search.add, graph, found, desk, 0.0, label))[0])
    return Answer({**seconds, "add": float(np.median(added)), "remove": float(np.median(removed))}, minutes)


def scipy(asked: Asked) -> Answer:
    """``csgraph.dijkstra``; with a limit in chunks of 25 desks, whose rows are dense."""
    csgraph = importlib.import_module("scipy.sparse.csgraph")
    sparse = importlib.import_module("scipy.sparse")
    graph, desks, nodes = asked.graph.back, asked.desks, len(asked.graph.x)

    def build() -> Any:
        return sparse.csr_array(
            (graph.minutes.astype(float), graph.indices, graph.indptr), shape=(nodes, nodes)
        )

    def limited() -> None:
        found = []
        for first in range(0, DESKS, 25):
            rows = csgraph.dijkstra(matrix, indices=desks[first : first + 25], limit=LIMIT)
            near = np.isfinite(rows)
            found.append((near.sum(axis=1), np.nonzero(near)[1], rows[near]))

    spent, matrix = timed(build)
    repeats = 3 if asked.quick else 5
    seconds = {
        "build": spent,
        "nearest": median(lambda: csgraph.dijkstra(matrix, indices=desks, min_only=True), repeats),
        "one to all": median(lambda: csgraph.dijkstra(matrix, indices=desks[0]), repeats),
        "300 × 30 min": median(limited, 1),
    }
    return Answer(seconds, csgraph.dijkstra(matrix, indices=desks, min_only=True))


def networkx(asked: Asked) -> Answer:
    """``multi_source_dijkstra_path_length`` and its kin on a DiGraph."""
    nx = importlib.import_module("networkx")
    graph, desks, nodes = asked.graph.back, asked.desks, len(asked.graph.x)
    start, end, minutes = with_all(graph, desks[:0])

    def build() -> Any:
        streets = nx.DiGraph()
        streets.add_nodes_from(range(nodes))
        streets.add_weighted_edges_from(zip(start.tolist(), end.tolist(), minutes.tolist(), strict=True))
        return streets

    spent, streets = timed(build)
    share = 3 if asked.quick else 20

    def limited() -> None:
        for desk in desks[:share].tolist():
            nx.single_source_dijkstra_path_length(streets, desk, cutoff=LIMIT)

    found: dict[int, float] = nx.multi_source_dijkstra_path_length(streets, set(desks.tolist()))
    every = np.full(nodes, np.inf)
    every[list(found)] = list(found.values())
    seconds = {
        "build": spent,
        "nearest": median(lambda: nx.multi_source_dijkstra_path_length(streets, set(desks.tolist())), 1),
        "one to all": median(lambda: nx.single_source_dijkstra_path_length(streets, int(desks[0])), 1),
        "300 × 30 min": median(limited, 1) * DESKS / share,
    }
    return Answer(seconds, every, share)


def single_source(asked: Asked, build: Callable[[], Any], search_from: Callable[[Any, int], Any]) -> Answer:
    """An engine with one source and no limit: the nearest desk from a node that leads to all of them."""
    spent, streets = timed(build)
    nodes, share = len(asked.graph.x), 1 if asked.quick else 3
    seconds = {
        "build": spent,
        "nearest": median(lambda: search_from(streets, nodes), 3),
        "one to all": median(lambda: search_from(streets, int(asked.desks[0])), 3),
        "300 × 30 min": median(lambda: [search_from(streets, int(desk)) for desk in asked.desks[:share]], 1)
        * DESKS
        / share,
    }
    return Answer(seconds, np.asarray(search_from(streets, nodes), dtype=float)[:nodes], share)


def igraph(asked: Asked) -> Answer:
    """``Graph.distances``, which has no limit."""
    ig = importlib.import_module("igraph")
    start, end, minutes = with_all(asked.graph.back, asked.desks)

    def build() -> Any:
        return ig.Graph(n=len(asked.graph.x) + 1, edges=np.c_[start, end], directed=True)

    return single_source(asked, build, lambda streets, node: streets.distances(node, weights=minutes)[0])


def rustworkx(asked: Asked) -> Answer:
    """``dijkstra_shortest_path_lengths``, which has no limit; what it gives is made an array."""
    rx = importlib.import_module("rustworkx")
    nodes = len(asked.graph.x)
    edges = with_all(asked.graph.back, asked.desks)

    def build() -> Any:
        streets = rx.PyDiGraph(multigraph=False)
        streets.add_nodes_from(range(nodes + 1))
        streets.add_edges_from(list(zip(*(column.tolist() for column in edges), strict=True)))
        return streets

    def search_from(streets: Any, node: int) -> Any:
        found = rx.dijkstra_shortest_path_lengths(streets, node, float)
        every = np.full(nodes + 1, np.inf)
        every[np.fromiter(found.keys(), int, len(found))] = np.fromiter(found.values(), float, len(found))
        every[node] = 0
        return every

    return single_source(asked, build, search_from)


def networkit(asked: Asked) -> Answer:
    """``distance.Dijkstra``, which has no limit."""
    nk = importlib.import_module("networkit")
    start, end, minutes = with_all(asked.graph.back, asked.desks)

    def build() -> Any:
        return nk.GraphFromCoo(
            (minutes, (start, end)), n=len(asked.graph.x) + 1, weighted=True, directed=True
        )

    def search_from(streets: Any, node: int) -> Any:
        found = nk.distance.Dijkstra(streets, node, storePaths=False)
        found.run()
        return found.getDistances(asarray=True)

    return single_source(asked, build, search_from)


def pandana(asked: Asked) -> Answer:
    """``nearest_pois`` and ``nodes_in_range`` on contraction hierarchies; minutes rounded to thousandths."""
    pdna = importlib.import_module("pandana")
    pd = importlib.import_module("pandas")
    graph, desks = asked.graph, asked.desks
    start, end, minutes = with_all(graph.ahead, desks[:0])
    nodes, share = len(graph.x), 30

    def build() -> Any:
        x, y, weights = pd.Series(graph.x), pd.Series(graph.y), pd.DataFrame({"minutes": minutes})
        return pdna.Network(x, y, pd.Series(start), pd.Series(end), weights, twoway=False)

    def nearest() -> Any:
        network.set_pois("desks", 1000.0, 1, pd.Series(graph.x[desks]), pd.Series(graph.y[desks]))
        return network.nearest_pois(1000.0, "desks", num_pois=1)[1].to_numpy()

    def one() -> Any:
        return network.shortest_path_lengths(np.arange(nodes), np.full(nodes, desks[0]))

    spent, network = timed(build)
    seconds = {
        "build": spent,
        "nearest": median(nearest, 1),
        "one to all": median(one, 1),
        "300 × 30 min": median(lambda: network.nodes_in_range(desks[:share], LIMIT), 1) * DESKS / share,
    }
    return Answer(seconds, nearest(), share)


def opened(folder: Path) -> tuple[Csr, NDArray[np.int64]]:
    """The graph and the desks left in a folder, the arrays where they lie."""
    arrays = (np.load(folder / f"{field}.npy", mmap_mode="r") for field in Csr._fields)
    return Csr(*arrays), np.load(folder / "desks.npy")


def peak_mb() -> str:
    """Peak memory of this process so far."""
    return f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3:.0f}"


def ours_alone(folder: Path, _nodes: int) -> str:
    """Peak memory of our answers, before the first and after the last."""
    graph, desks = opened(folder)
    before = peak_mb()
    search.nearest(graph, desks)
    middle = peak_mb()
    rows = search.within(graph, desks, limit=LIMIT)
    return f"{peak_mb()} ({before} before, {middle} after nearest; {len(rows.node):,} pairs within {LIMIT:.0f} min)"


def scipy_alone(folder: Path, _nodes: int) -> str:
    """Peak memory of scipy's answers."""
    graph, desks = opened(folder)
    csgraph = importlib.import_module("scipy.sparse.csgraph")
    sparse = importlib.import_module("scipy.sparse")
    nodes = len(graph.indptr) - 1
    matrix = sparse.csr_array(
        (graph.minutes.astype(float), graph.indices, graph.indptr), shape=(nodes, nodes)
    )
    csgraph.dijkstra(matrix, indices=desks, min_only=True)
    for first in range(0, DESKS, 25):
        csgraph.dijkstra(matrix, indices=desks[first : first + 25], limit=LIMIT)
    return peak_mb()


def networkx_alone(folder: Path, _nodes: int) -> str:
    """Peak memory of NetworkX for ``nearest`` only."""
    nx = importlib.import_module("networkx")
    graph, desks = opened(folder)
    start, end, minutes = with_all(graph, desks[:0])
    streets = nx.DiGraph()
    streets.add_weighted_edges_from(zip(start.tolist(), end.tolist(), minutes.tolist(), strict=True))
    nx.multi_source_dijkstra_path_length(streets, set(desks.tolist()))
    return f"{peak_mb()} (nearest only)"


ENGINES: Final[Mapping[str, Callable[[Asked], Answer]]] = {
    "ours": ours,
    "scipy": scipy,
    "networkx": networkx,
    "igraph": igraph,
    "rustworkx": rustworkx,
    "networkit": networkit,
    "pandana": pandana,
}
CHILDREN: Final[Mapping[str, Callable[[Path, int], str]]] = {
    "graph": left_in,
    "ours": ours_alone,
    "scipy": scipy_alone,
    "networkx": networkx_alone,
}


if __name__ == "__main__":
    main()
