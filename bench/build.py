"""Building a street network from an extract: ours, for three modes, against OSMnx, for one graph of the same data.

``python bench/build.py FILE.osm.pbf``. Each runs in a process of its own; what is printed are its seconds, its peak
memory over what it held after its imports, and the ratios. OSMnx reads no PBF: the
extract is first written as XML, which is not counted.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HOUSE = Path(__file__).parents[1]
sys.path.insert(0, str(HOUSE))


def ours(source: Path, folder: Path) -> dict[str, int]:
    """Read, build three modes, write, open."""
    from geo.streets.make import make  # noqa: PLC0415
    from geo.streets.pbf import read_pbf  # noqa: PLC0415

    made = make(folder, "bench", read_pbf(source), source=source.name)
    return {mode: one.nodes for mode, one in made.about.counts.items()}


def osmnx(source: Path, _: Path) -> dict[str, int]:
    """One graph of all streets, simplified, with speeds and times."""
    import osmnx as ox  # noqa: PLC0415

    graph = ox.graph_from_xml(source, retain_all=True)
    graph = ox.add_edge_travel_times(ox.add_edge_speeds(graph))
    return {"all": len(graph)}


WAYS = {"ours": ours, "osmnx": osmnx}


def warm(way: str) -> None:
    """Import what will be needed, and compile what is compiled, so that neither counts."""
    if way == "osmnx":
        import osmnx  # noqa: F401, PLC0415
    else:
        from geo.streets import make, pbf  # noqa: F401, PLC0415


def memory_mb(what: str) -> float:
    """Memory held now (``VmRSS``) or at most so far (``VmHWM``), of this process alone."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.split(f"{what}:")[1].split()[0]) / 1024


def child(way: str, source: Path) -> None:
    """Do one and print its figures."""
    warm(way)
    before = memory_mb("VmRSS")
    with tempfile.TemporaryDirectory() as folder:
        begin = time.perf_counter()
        nodes = WAYS[way](source, Path(folder))
        spent = time.perf_counter() - begin
    peak = memory_mb("VmHWM")
    sys.stdout.write(json.dumps({"seconds": spent, "mb": peak - before, "nodes": nodes}))


def measured(way: str, source: Path) -> dict[str, float]:
    """The figures of one, from its own process."""
    command = [sys.executable, __file__, str(source), "--child", way]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return dict(json.loads(told))


def as_xml(source: Path, path: Path) -> Path:
    """The ways with a highway, and their nodes, as XML."""
    import osmium  # noqa: PLC0415

    keep = osmium.filter.KeyFilter("highway")
    with osmium.BackReferenceWriter(str(path), ref_src=str(source), overwrite=True) as writer:
        for way in osmium.FileProcessor(str(source), osmium.osm.WAY).with_filter(keep):
            writer.add(way)
    return path


def main() -> None:
    """Measure both and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("pbf", type=Path)
    options.add_argument("--child", choices=WAYS)
    options.add_argument("--runs", type=int, default=3)
    asked = options.parse_args()
    if asked.child:
        child(asked.child, asked.pbf)
        return
    with tempfile.TemporaryDirectory() as folder:
        xml = as_xml(asked.pbf, Path(folder) / "streets.osm")
        rows = {}
        for name, source, runs in (("ours", asked.pbf, asked.runs), ("osmnx", xml, 1)):
            found = [measured(name, source) for _ in range(runs)]
            rows[name] = min(found, key=lambda one: one["seconds"])
    for name, one in rows.items():
        sys.stdout.write(f"{name:6} {one['seconds']:8.2f} s {one['mb']:8.0f} MB  {one['nodes']}\n")
    for what in ("seconds", "mb"):
        sys.stdout.write(f"osmnx / ours, {what}: {rows['osmnx'][what] / rows['ours'][what]:.1f}\n")


if __name__ == "__main__":
    main()
