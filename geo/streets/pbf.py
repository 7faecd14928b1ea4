"""The streets of an OpenStreetMap extract (``.osm.pbf``, ``.osm``), read as a stream into arrays.

Two passes, so that the order inside the file does not matter: all nodes go through libosmium into a table
on disk (16 bytes each, never Python objects), then the ways that some mode may use, and last the
coordinates of their nodes are looked up in the table.
"""

import shutil
import tempfile
from array import array
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
import osmium
from numpy.typing import NDArray
from osmium.osm import NODE, WAY, osm_entity_bits

from errors import FileUnreadable, FileUnwritable
from geo.network import MODES, Floats, Ints
from geo.streets.rules import KEYS, barred, profile
from geo.streets.ways import Profile, Ways

Box = tuple[float, float, float, float]
"""West, south, east, north, in degrees."""

Progress = Callable[[str, int], None]
"""Called with what is being read (``nodes``, ``ways``) and how many so far."""

BLOCK: Final = 100_000
"""Ways held before those outside the box are let go."""

REMEMBERED: Final = 50_000
"""Sets of tags whose meaning is remembered."""

DISK_SHARE: Final = 5
"""The table of nodes takes at most about this many times the size of a PBF: 16 bytes a node, over 3 in the file."""

_TABLE: Final = np.dtype([("id", "<u8"), ("x", "<i4"), ("y", "<i4")])
"""How libosmium's ``sparse_file_array`` lies on disk; ``x`` and ``y`` in ten-millionths of a degree."""

_NOWHERE: Final = 2**31 - 1
_UNITS: Final = 10_000_000


class _Rows(NamedTuple):
    """Ways as read: id, row of ``profiles`` and number of nodes of each, and the nodes one after the other."""

    way_id: NDArray[np.int64]
    profile: NDArray[np.int32]
    size: NDArray[np.int64]
    nodes: NDArray[np.int64]


def read_pbf(path: Path, *, box: Box | None = None, progress: Progress | None = None) -> Ways:
    """The streets of an OpenStreetMap extract.

    Parameters
    ----------
    path
        A ``.osm.pbf`` or ``.osm`` file (also gzip or bzip2), told by its content, in any order.
    box
        West, south, east, north in degrees: only ways with a node inside are kept, and kept whole.
    progress
        Called now and then with ``"nodes"`` or ``"ways"`` and how many were read.

    Returns
    -------
    ways
        Ways that a car, a bicycle or a walker may use. Nodes that the extract lacks are left out and the
        way is parted there (what has a timetable is then dropped, its minutes being of the whole);
        parts under two nodes are dropped, a node repeated in a row stands once.

    Raises
    ------
    FileUnreadable
        No such file, no OpenStreetMap extract, broken off or damaged, or without streets. A file cut exactly
        between two of its blocks cannot be told from a smaller extract.
    FileUnwritable
        No room on disk for the table of nodes.
    """
    tell = progress or (lambda _what, _count: None)
    with tempfile.TemporaryDirectory(prefix="strade-") as folder, _told(path):
        file = _open(path)
        table = Path(folder) / "nodes"
        _check_room(path, table.parent)
        stops = _read_nodes(file, table)
        tell("nodes", sum(len(chunk) for chunk in _chunks(table)) if progress else 0)
        inside = None if box is None else _inside(table, box)
        rows, profiles, date = _read_ways(file, inside, tell)
        if not len(rows.nodes):
            reason = "non contiene strade" if box is None else "non contiene strade nel riquadro chiesto"
            raise FileUnreadable(file=path.name, reason=reason)
        node_id = _distinct(rows.nodes)
        lon, lat = _locate(table, node_id)
    ways = _ways(rows, profiles, node_id, lon, lat, stops, date)
    if not len(ways.way_id):
        raise FileUnreadable(file=path.name, reason="contiene strade ma non i loro nodi")
    return ways


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """What libosmium says of a bad file, as ``FileUnreadable``."""
    try:
        yield
    except (RuntimeError, UnicodeDecodeError) as fault:  # all that libosmium raises
        raise FileUnreadable(file=path.name, reason=f"il file è troncato o guasto ({fault})") from fault


def _open(path: Path) -> osmium.io.File:
    """The file, its format told by its first bytes."""
    if path.is_dir():
        raise FileUnreadable(file=path.name, reason="è una cartella")
    try:
        with path.open("rb") as file:
            head = file.read(1024)
    except OSError as fault:
        reason = "non esiste" if isinstance(fault, FileNotFoundError) else f"non si apre ({fault.strerror})"
        raise FileUnreadable(file=path.name, reason=reason) from fault
    if not head:
        raise FileUnreadable(file=path.name, reason="è vuoto")
    if b"OSMHeader" in head[:32]:
        return osmium.io.File(str(path), "pbf")
    packed = {b"\x1f\x8b": "osm.gz", b"BZ": "osm.bz2"}.get(head[:2])
    if packed or b"<osm" in head:
        return osmium.io.File(str(path), packed or "osm")
    raise FileUnreadable(file=path.name, reason="non è un estratto OpenStreetMap (.osm.pbf o .osm)")


def _check_room(path: Path, folder: Path) -> None:
    """Raise ``FileUnwritable`` where the table of nodes may not fit: a full disk would end the process."""
    needed = 2**25 + DISK_SHARE * path.stat().st_size
    free = shutil.disk_usage(folder).free
    if free < needed:
        reason = f"servono {needed // 2**20} MB liberi per leggere {path.name}, ce ne sono {free // 2**20}"
        raise FileUnwritable(file=str(folder.parent), reason=reason)


def _read_nodes(file: osmium.io.File, table: Path) -> dict[str, Ints]:
    """All nodes into the table; ids of the nodes that each mode may not pass."""
    store = osmium.index.create_map(f"sparse_file_array,{table}")
    locations = osmium.NodeLocationsForWays(store)
    found: dict[str, list[int]] = {mode: [] for mode in MODES}
    for node in _objects(file, NODE, locations, osmium.filter.KeyFilter("barrier")):
        for mode in barred(dict(node.tags)):
            found[mode].append(node.id)
    return {mode: _distinct(np.array(ids, np.int64)) for mode, ids in found.items()}


def _objects(file: osmium.io.File, kinds: osm_entity_bits, *handlers: object) -> Iterator[Any]:
    """Objects of a kind that pass the filters; whoever asks keeps none of them."""
    with osmium.io.Reader(file, kinds) as reader:
        # the names keep the filters alive: libosmium only borrows them
        yield from osmium.OsmFileIterator(reader, *handlers)


def _chunks(table: Path) -> Iterator[NDArray[np.void]]:
    """The table of nodes, a million at a time, without its empty places."""
    size, step = table.stat().st_size // _TABLE.itemsize, 2**20
    for start in range(0, size, step):
        chunk = np.fromfile(table, _TABLE, count=step, offset=start * _TABLE.itemsize)
        yield chunk[chunk["x"] != _NOWHERE]


def _inside(table: Path, box: Box) -> Ints:
    """Ids of the nodes in a box, its edge included, in order."""
    west, south, east, north = (round(degrees * _UNITS) for degrees in box)
    found = [np.empty(0, np.int64)]
    for chunk in _chunks(table):
        x, y = chunk["x"], chunk["y"]
        here = (x >= west) & (x <= east) & (y >= south) & (y <= north)
        found.append(chunk["id"][here].astype(np.int64))
    return _distinct(np.concatenate(found))


def _locate(table: Path, node_id: Ints) -> tuple[Floats, Floats]:
    """Degrees of the nodes asked for; NaN for those the extract lacks."""
    lon, lat = np.full(len(node_id), np.nan), np.full(len(node_id), np.nan)
    for chunk in _chunks(table):
        ids = chunk["id"].astype(np.int64)
        at = np.searchsorted(node_id, ids).clip(max=len(node_id) - 1)
        known = node_id[at] == ids
        lon[at[known]] = chunk["x"][known] / _UNITS
        lat[at[known]] = chunk["y"][known] / _UNITS
    return lon, lat


def _distinct(ids: Ints) -> Ints:
    """Ids in order, each once; several times quicker than ``numpy.unique``, which hashes them."""
    ids = np.sort(ids)
    new = np.ones(len(ids), bool)
    new[1:] = ids[1:] != ids[:-1]
    return ids[new]


def _among(ids: Ints, some: Ints) -> NDArray[np.bool_]:
    """Whether each id is one of some, which are in order."""
    if not len(some):
        return np.zeros(len(ids), bool)
    return np.asarray(some[np.searchsorted(some, ids).clip(max=len(some) - 1)] == ids)


class _Meanings:
    """Rows of profiles by tags: each set of tags is read once, each meaning kept once."""

    def __init__(self) -> None:
        self.profiles: list[Profile] = []
        self._row_of: dict[tuple[object, ...], int] = {}
        self._known: dict[tuple[tuple[str, str], ...], int] = {}

    def row(self, tags: tuple[tuple[str, str], ...]) -> int:
        """The row of ``profiles`` for these tags; -1 where no mode may go."""
        row = self._known.get(tags)
        if row is None:
            if len(self._known) >= REMEMBERED:
                self._known.clear()
            row = self._known[tags] = self._new(profile(dict(tags)))
        return row

    def _new(self, found: Profile | None) -> int:
        if found is None:
            return -1
        row = self._row_of.setdefault((found.kind, found.minutes, *found.kmh.values()), len(self.profiles))
        if row == len(self.profiles):
            self.profiles.append(found)
        return row


def _read_ways(
    file: osmium.io.File, inside: Ints | None, tell: Progress
) -> tuple[_Rows, tuple[Profile, ...], str]:
    """Ways that some mode may use, their profiles, and the date of the data."""
    meanings, newest = _Meanings(), None
    date = _header_date(file)
    ids, rows, counts, nodes = array("q"), array("i"), array("q"), array("q")
    blocks = []
    for way in _objects(file, WAY, osmium.filter.KeyFilter("highway", "route")):
        # the object under pyosmium's face: four times quicker, and this is where the time goes
        raw = way._pyosmium_data
        turn, following = raw.tags_begin(), raw.tags_next
        tags = [following(turn) for _ in range(raw.tags_size())]
        row = meanings.row(tuple([tag for tag in tags if tag[0] in KEYS]))
        if row < 0:
            continue
        line = raw.nodes()
        size, node = line.size(raw), line.get
        ids.append(raw.id())
        rows.append(row)
        counts.append(size)
        nodes.extend([node(raw, number).ref for number in range(size)])
        if not date:
            newest = max(newest, raw.timestamp()) if newest else raw.timestamp()
        if len(ids) >= BLOCK:
            blocks.append(_block(ids, rows, counts, nodes, inside))
            tell("ways", sum(len(block.way_id) for block in blocks))
            ids, rows, counts, nodes = array("q"), array("i"), array("q"), array("q")
    blocks.append(_block(ids, rows, counts, nodes, inside))
    tell("ways", sum(len(block.way_id) for block in blocks))
    together = _Rows(*(np.concatenate(parts) for parts in zip(*blocks, strict=True)))
    return together, tuple(meanings.profiles), date or _day(newest)


def _block(
    ids: "array[int]", rows: "array[int]", counts: "array[int]", nodes: "array[int]", inside: Ints | None
) -> _Rows:
    """A block of ways as numpy arrays, without those that have no node inside."""
    block = _Rows(np.array(ids), np.array(rows), np.array(counts), np.array(nodes))
    if inside is None or not len(nodes):
        return block
    way = np.repeat(np.arange(len(block.size), dtype=np.int32), block.size)
    kept = np.zeros(len(block.size), bool)
    kept[way[_among(block.nodes, inside)]] = True
    return _Rows(block.way_id[kept], block.profile[kept], block.size[kept], block.nodes[kept[way]])


def _header_date(file: osmium.io.File) -> str:
    """The ISO date in the header of a file; "" where there is none."""
    with osmium.io.Reader(file, osmium.osm.NOTHING) as reader:
        header = reader.header()
    told = header.get("osmosis_replication_timestamp", "") or header.get("timestamp", "")
    return told[:10]


def _day(newest: datetime | None) -> str:
    """The date of the newest object; "" where objects carry none."""
    return newest.date().isoformat() if newest and newest.year > 1970 else ""


def _ways(
    rows: _Rows, profiles: tuple[Profile, ...], node_id: Ints, lon: Floats, lat: Floats,
    stops: Mapping[str, Ints], date: str,
) -> Ways:  # fmt: skip
    """Ways without the nodes that the extract lacks, parted there."""
    # positions in four bytes: enough for the streets of a continent
    at = np.searchsorted(node_id, rows.nodes).astype(np.int32)
    way = np.repeat(np.arange(len(rows.size), dtype=np.int32), rows.size)
    known = ~np.isnan(lon[at])
    timed = np.array([one.minutes is not None for one in profiles], bool)[rows.profile]
    lost = np.zeros(len(rows.size), bool)
    lost[way[~known]] = True
    kept, owner, length = _parts(at, way, known & ~(timed & lost)[way])
    used = np.zeros(len(node_id), bool)
    used[at[kept]] = True
    ids = node_id[used]
    return Ways(
        way_id=rows.way_id[owner],
        profile=rows.profile[owner].astype(np.int32),
        ptr=np.concatenate([[0], np.cumsum(length)]).astype(np.int64),
        nodes=rows.nodes[kept],
        profiles=profiles,
        node_id=ids,
        lon=lon[used],
        lat=lat[used],
        barred={mode: found[_among(found, ids)] for mode, found in stops.items()},
        date=date,
    )


def _parts(
    at: NDArray[np.int32], way: NDArray[np.int32], known: NDArray[np.bool_]
) -> tuple[NDArray[np.bool_], NDArray[np.int32], Ints]:
    """What is left of ways without the nodes not known: which nodes; of each part its way and number of nodes."""
    first = np.ones(len(at), bool)  # of a part: at a new way, and after a node that is lost
    first[1:] = (way[1:] != way[:-1]) | ~known[:-1]
    again = ~first
    again[1:] &= at[1:] == at[:-1]
    kept = known & ~again
    part = np.cumsum(first, dtype=np.int32) - 1
    size = np.bincount(part[kept], minlength=int(first.sum()))
    kept &= size[part] >= 2
    return kept, way[first][size >= 2], size[size >= 2]
