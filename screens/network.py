"""What the network commands read, and the Italian words for what they made. No Streamlit."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import shapely

from geo.streets.assemble import Counts
from geo.streets.graphml import read_graphml
from geo.streets.make import Area
from geo.streets.overpass import read_overpass
from geo.streets.pbf import read_pbf
from geo.streets.store import About
from geo.streets.ways import Ways
from layers.style import number
from screens.filters import MODE_WORDS

Say = Callable[[str], None]

LICENCE = "© OpenStreetMap contributors, ODbL 1.0"


class Origin(NamedTuple):
    """Where streets come from: one file, or an Overpass service with the folder of what was had from it."""

    pbf: Path | None
    graphml: Path | None
    endpoint: str
    cache: Path
    fresh: bool


def ways_from(origin: Origin, around: Area | None, say: Say) -> tuple[Ways, str, str]:
    """Ways of an area (or all), the name and licence of their source, and what its reader found worth saying.

    Raises ``FileUnreadable`` or ``SourceUnavailable``.
    """
    note = ""
    if origin.pbf:
        box = None if around is None else around.bounds
        ways = read_pbf(origin.pbf, box=box, progress=lambda what, count: say(read_so_far(what, count)))
        source = origin.pbf.name
    elif origin.graphml:
        ways, note = read_graphml(origin.graphml)
        source = origin.graphml.name
    else:
        ways = read_overpass(
            around, endpoint=origin.endpoint, cache=origin.cache, progress=say, fresh=origin.fresh
        )
        source = f"Overpass, {origin.endpoint}"
    return ways, f"{source}; {LICENCE}", note


def read_so_far(what: str, count: int) -> str:
    """How much of an extract was read.

    >>> read_so_far("ways", 200_000)
    'strade lette: 200.000'
    """
    return f"{ {'nodes': 'nodi letti', 'ways': 'strade lette'}[what] }: {number(count)}"


def counted(mode: str, one: Counts) -> str:
    """The size of the graph of a mode."""
    return f"{MODE_WORDS[mode]:14} {number(one.nodes):>9} nodi {number(one.edges):>9} archi {number(one.km):>9} km"


def told(about: About) -> Iterator[str]:
    """What a network is, line by line."""
    west, south, east, north = shapely.from_wkt(about.extent).bounds
    data = f"dati del {about.date}" if about.date else "dati di data ignota"
    yield f"{about.name}: {about.source}"
    yield f"  {data}, fatta il {about.made}, regole {about.rules}"
    yield f"  da {west:.3f}, {south:.3f} a {east:.3f}, {north:.3f}; metri in {about.crs}"
    for mode, one in about.counts.items():
        isolated = f"{number(one.dead)} nodi in frammenti isolati"
        yield f"  {counted(mode, one)}; {number(one.entrances)} ingressi, {isolated}"
    for note in about.notes:
        yield f"  nota: {note}"
