"""The atlas on an invented street network as large as Lombardy's: opening, the first answers and the later ones.

``python bench/atlas.py [--nodes N] [--keep FOLDER]``. Streets are invented (``bench.graphs``) over Lombardy; desks and
demand points are the atlas's own. Prints seconds, and the estimated network's beside them. With ``--keep`` the network
stays in a folder, to be looked at with ``ATLANTE_VAR=FOLDER python3 run.py``.
"""

import argparse
import functools
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import shapely

sys.path.insert(0, str(Path(__file__).parents[1]))

from bench.graphs import invent
from data import catalog
from geo import matrices, surface, travel_time
from geo.crs import METRES, to_degrees
from geo.streets import store
from geo.streets.assemble import counts
from geo.streets.graph import Graph
from geo.streets.make import extent_of
from geo.streets.ways import KINDS
from screens import joined

LIMITS = tuple(range(5, 65, 5))


def invented(nodes: int, mode: str) -> Graph:
    """A graph over Lombardy: straight streets, all of one class."""
    made = invent(nodes, mode=mode)
    metres = np.diff(made.ahead.indptr)
    tail = np.repeat(np.arange(len(made.x)), metres)
    x, y = made.x + 460_000 - made.x.min(), made.y + 4_950_000 - made.y.min()
    head = made.ahead.indices
    lon, lat = (np.round(one * 1e7).astype(np.int32) for one in to_degrees(x, y))
    back = np.lexsort((tail, head))
    size = len(head)
    return Graph(
        x=x,
        y=y,
        snaps=np.ones(len(x), dtype=bool),
        indptr=made.ahead.indptr,
        indices=head,
        metres=np.hypot(x[tail] - x[head], y[tail] - y[head]).astype(np.float32),
        minutes=made.ahead.minutes,
        kind=np.full(size, KINDS.index("residential"), np.uint8),
        town=np.ones(size, dtype=bool),
        way=np.arange(size),
        shape=np.arange(size, dtype=np.int32),
        back_indptr=made.back.indptr,
        back_indices=made.back.indices,
        back_edge=back.astype(np.int32),
        shape_ptr=np.arange(size + 1) * 2,
        lon=lon[np.column_stack([tail, head]).ravel()],
        lat=lat[np.column_stack([tail, head]).ravel()],
    )


def written(folder: Path, nodes: int) -> Path:
    """The file of an invented network, by car and on foot (three times the nodes)."""
    graphs = {"car": invented(nodes, "car"), "walk": invented(3 * nodes, "walk")}
    extent = extent_of({"car": graphs["car"]}, METRES, None)
    about = store.About(
        name="inventata",
        source="streets invented for measuring",
        date="",
        made=date(2026, 1, 1).isoformat(),
        crs=METRES,
        extent=shapely.to_wkt(extent, rounding_precision=5),
        rules="",
        counts={mode: counts(graph) for mode, graph in graphs.items()},
    )
    return store.write(folder, about, graphs)


def seconds(what: str, action: Callable[[], Any]) -> Any:
    """Do something and print how long it took."""
    begin = time.perf_counter()
    answer = action()
    sys.stdout.write(f"{time.perf_counter() - begin:8.3f} s  {what}\n")
    return answer


def measure(path: Path, folder: Path) -> None:
    """Open and answer, first and again."""
    table = functools.cache(catalog.load)
    desks = joined.sportelli(table).dropna(subset=["geometry"]).set_index("sportello_id").geometry
    people, grid = table("demand").geometry, joined.grid(table)
    estimated = joined.networks(table, streets=False)
    streets = seconds(f"open the file ({path.stat().st_size / 1e6:,.0f} MB)", lambda: store.read(path))
    both = travel_time.Networks(estimated.estimated, streets)
    for mode in ("car", "walk"):
        for networks, name in ((both, "streets"), (estimated, "estimated")):
            for when in ("first", "again"):
                tell = f"{name}, {mode}, {when}: "
                seconds(
                    tell + "nearest of all desks, all people",
                    functools.partial(travel_time.nearest, networks, desks, people, mode=mode),
                )
                seconds(
                    tell + "surface of one desk",
                    functools.partial(surface.surface, networks, desks[:1], grid, limits=LIMITS, mode=mode),
                )
                seconds(
                    tell + "all desks × all people",
                    functools.partial(matrices.renewed, folder, networks, desks, people, mode=mode),
                )


def main() -> None:
    """Make, measure, print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--nodes", type=int, default=600_000)
    options.add_argument("--keep", type=Path)
    asked = options.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = asked.keep or Path(temporary)
        path = written(folder / "networks", asked.nodes)
        if asked.keep:
            store.use(folder / "networks", "inventata")
        measure(path, folder / "measured")


if __name__ == "__main__":
    main()
