"""Street networks in files: one file a network, its arrays read where they lie, and which of them is in use.

A file is a line that names the format, the length of a JSON head, the head (what the network is, and where each
array lies), and the arrays, each at a multiple of 64 bytes.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any, BinaryIO, Final

import numpy as np
import shapely
from shapely import MultiPolygon, Polygon

from errors import AtlasError, FileUnreadable, NetworkOutdated, NetworkOutside, UnknownCode
from geo.crs import LOMBARDY_BOX
from geo.network import ESTIMATED, MODES
from geo.streets.assemble import Counts
from geo.streets.graph import Graph
from geo.whole import whole

MAGIC: Final = b"ATLANTE STREETS "
FORMAT: Final = 1
"""Raised when the arrays change; a file of another format is made again."""

SUFFIX: Final = ".streets"
ALIGNED: Final = 64
NAME: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
ACTIVE: Final = "in_use.txt"
"""Beside the networks: the name of the one in use."""


@dataclass(frozen=True)
class About:
    """What a network is.

    ``source`` says where its streets come from and under which licence; ``date`` is the ISO date of the data ("" if
    the source does not say), ``made`` that of the file; ``crs`` the coordinates in metres; ``extent`` the WKT, in
    degrees, of where its answers hold; ``rules`` the version of the rules by tag; ``counts`` by mode; ``notes``
    what its maker should know.
    """

    name: str
    source: str
    date: str
    made: str
    crs: str
    extent: str
    rules: str
    counts: Mapping[str, Counts]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Streets:
    """A street network: what it is, and the graph of each mode. ``mark`` tells its content from any other."""

    about: About
    graphs: Mapping[str, Graph]
    mark: str

    @property
    def modes(self) -> tuple[str, ...]:
        """The modes it answers for."""
        return tuple(self.graphs)

    @property
    def label(self) -> str:
        """The name that each of its minutes carries, on screens and in files."""
        return f"strade: {self.about.name}"

    @cached_property
    def extent(self) -> Polygon | MultiPolygon:
        """Where its answers hold, in degrees."""
        return shapely.from_wkt(self.about.extent)


def check_name(name: str) -> None:
    """Raise ``UnknownCode`` for what cannot be the name of a network; the estimated network's is taken."""
    if not NAME.fullmatch(name) or name == ESTIMATED:
        raise UnknownCode(what="nome di rete (lettere minuscole, cifre, - e _)", codes=[name])


def path_of(folder: Path, name: str) -> Path:
    """The file of a network, by its name."""
    check_name(name)
    return folder / f"{name}{SUFFIX}"


def write(folder: Path, about: About, graphs: Mapping[str, Graph]) -> Path:
    """Write a network whole or not at all; one of the same name is replaced only when the new one is whole.

    Raises
    ------
    FileUnwritable
        A full disk, a folder that is not ours.
    NetworkOutside
        It would replace the one in use, and has no street in Lombardy.
    """
    path = path_of(folder, about.name)
    if about.name == in_use(folder):
        _check_in_lombardy(about)
    with whole(path) as part:
        folder.mkdir(parents=True, exist_ok=True)
        with part.open("wb") as file:
            _write(file, about, graphs)
    return path


def _write(file: BinaryIO, about: About, graphs: Mapping[str, Graph]) -> None:
    arrays = _arrays(graphs)
    places, at = {}, 0
    for name, array in arrays.items():
        places[name] = {"dtype": array.dtype.str, "size": len(array), "at": at}
        at += -(-array.nbytes // ALIGNED) * ALIGNED
    facts = asdict(about) | {"counts": {mode: one._asdict() for mode, one in about.counts.items()}}
    told = {"about": facts, "mark": _mark(about, arrays), "arrays": places, "bytes": at}
    head = json.dumps(told, ensure_ascii=False).encode()
    file.write(MAGIC + f"{FORMAT:04d} {len(head):010d}\n".encode() + head)
    file.write(b"\0" * (-file.tell() % ALIGNED))
    for array in arrays.values():
        file.write(array.data)
        file.write(b"\0" * (-array.nbytes % ALIGNED))


def _arrays(graphs: Mapping[str, Graph]) -> dict[str, np.ndarray]:
    """The arrays of all modes, by name."""
    return {
        f"{mode}/{field.name}": np.ascontiguousarray(getattr(graph, field.name))
        for mode, graph in graphs.items()
        for field in fields(Graph)
    }


def _mark(about: About, arrays: Mapping[str, np.ndarray]) -> str:
    """Tells what a network answers, and where, from any other."""
    mark = sha256(f"{about.crs} {about.extent}".encode())
    for name, array in arrays.items():
        mark.update(name.encode())
        mark.update(array.data)
    return mark.hexdigest()[:16]


def read(path: Path) -> Streets:
    """A network from its file; the arrays stay in the file until they are looked at.

    Raises
    ------
    FileUnreadable
        No such file, no network in it, or less of it than it says.
    NetworkOutdated
        Made in another format: it is to be made again.
    """
    head, begins = _read_head(path)
    try:
        arrays = np.memmap(path, dtype=np.uint8, mode="r")
        graphs = {
            mode: Graph(
                **{field.name: _array(arrays, head, begins, mode, field.name) for field in fields(Graph)}
            )
            for mode in MODES
            if f"{mode}/x" in head["arrays"]
        }
        return Streets(_about(head), graphs, head["mark"])
    except (KeyError, TypeError, ValueError, AttributeError, OSError) as fault:
        raise FileUnreadable(file=str(path), reason=f"è guasto ({fault})") from fault


def read_about(path: Path) -> About:
    """What a network is, without opening its arrays; raises as ``read`` does."""
    try:
        return _about(_read_head(path)[0])
    except (KeyError, TypeError, AttributeError) as fault:
        raise FileUnreadable(file=str(path), reason=f"è guasto ({fault})") from fault


def _read_head(path: Path) -> tuple[dict[str, Any], int]:
    """The head of a file, and where its arrays begin."""
    try:
        with path.open("rb") as file:
            first = file.read(len(MAGIC) + 16)
            if not first.startswith(MAGIC):
                raise FileUnreadable(file=str(path), reason="non è una rete di strade dell'atlante")
            made_as, length = first[len(MAGIC) :].split()
            if int(made_as) != FORMAT:
                raise NetworkOutdated(file=str(path), made_as=int(made_as), known=FORMAT)
            head: dict[str, Any] = json.loads(file.read(int(length)))
            begins = -(-file.tell() // ALIGNED) * ALIGNED
            missing = begins + int(head["bytes"]) - path.stat().st_size
    except FileNotFoundError as fault:
        raise FileUnreadable(file=str(path), reason="non c'è più") from fault
    except OSError as fault:
        raise FileUnreadable(file=str(path), reason=fault.strerror or str(fault)) from fault
    except (ValueError, KeyError, TypeError) as fault:
        raise FileUnreadable(file=str(path), reason="la sua testata è guasta") from fault
    if missing > 0:
        raise FileUnreadable(file=str(path), reason=f"è troncato: mancano {missing} byte")
    return head, begins


def _about(head: Mapping[str, Any]) -> About:
    told = dict(head["about"])
    told["counts"] = {mode: Counts(**one) for mode, one in told["counts"].items()}
    return About(**told | {"notes": tuple(told["notes"])})


def _array(arrays: np.memmap, head: Mapping[str, Any], begins: int, mode: str, name: str) -> np.ndarray:
    place = head["arrays"][f"{mode}/{name}"]
    kind, at = np.dtype(place["dtype"]), begins + place["at"]
    return np.asarray(arrays[at : at + place["size"] * kind.itemsize]).view(kind)


def known(folder: Path) -> list[str]:
    """The networks of a folder, by name."""
    return sorted(path.name.removesuffix(SUFFIX) for path in folder.glob(f"[!.]*{SUFFIX}"))


def usable(folder: Path, name: str) -> Streets:
    """A network that may be taken into use, opened.

    Raises
    ------
    UnknownCode
        No network of that name.
    NetworkOutside
        It has no street in Lombardy.
    FileUnreadable, NetworkOutdated
        As ``read`` does; a file that is not as it was written.
    """
    path = path_of(folder, name)
    if not path.is_file():
        raise UnknownCode(what="rete", codes=[name])
    streets = read(path)
    if _mark(streets.about, _arrays(streets.graphs)) != streets.mark:
        raise FileUnreadable(file=str(path), reason="è guasto: non è più come era stato scritto")
    _check_in_lombardy(streets.about)
    return streets


def _check_in_lombardy(about: About) -> None:
    """Raise ``NetworkOutside`` for a network that the atlas could not use."""
    extent = shapely.from_wkt(about.extent)
    if not extent.intersects(shapely.box(*LOMBARDY_BOX)):
        raise NetworkOutside(name=about.name, bounds=extent.bounds)


def use(folder: Path, name: str | None) -> None:
    """Take a network into use; None for the estimated one alone. Whatever fails, the one before stays in use.

    Raises as ``usable`` does, and ``FileUnwritable``.
    """
    if name is not None:
        usable(folder, name)
    with whole(folder / ACTIVE) as part:
        folder.mkdir(parents=True, exist_ok=True)
        part.write_text(name or "", encoding="utf-8")


def in_use(folder: Path) -> str | None:
    """The name of the network in use; None where it is the estimated one alone."""
    try:
        name = (folder / ACTIVE).read_text(encoding="utf-8").strip()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, UnicodeDecodeError) as fault:
        raise FileUnreadable(file=str(folder / ACTIVE), reason=str(fault)) from fault
    return name or None


def active(folder: Path) -> Streets | None:
    """The network in use, opened; None where it is the estimated one alone. Raises as ``read`` does."""
    name = in_use(folder)
    return read(path_of(folder, name)) if name else None


def stamp(folder: Path) -> tuple[str, int]:
    """Changes whenever another network is taken into use, or the one in use is made again."""
    try:
        name = in_use(folder) or ""
        return name, path_of(folder, name).stat().st_mtime_ns if name else 0
    except (AtlasError, OSError):
        return "", -1
