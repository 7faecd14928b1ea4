"""The scripts, styles and pictures of the public pages, with Leaflet out of its package; and a mark of all of them."""

import functools
import mimetypes
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final

from xstatic.pkg import leaflet

from data import catalog

HERE: Final = Path(__file__).parent
OWN: Final = HERE / "assets"
LEAFLET: Final = ("leaflet.js", "leaflet.css", "images/*.png")
AT_THE_TOP: Final = ("sw.js", "embed.js")
"""Assets that also stand right under ``/sportelli/``, whatever the mark: the service worker answers for the pages in
its own folder, and other sites load the script that goes with the frames."""

MIME: Final = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8"}


@dataclass(frozen=True)
class Assets:
    """Every asset by its name under ``_/{mark}/``; the mark changes with any of them."""

    mark: str
    files: Mapping[str, bytes]

    @property
    def folder(self) -> str:
        """Where they stand under ``/sportelli/``."""
        return f"_/{self.mark}"


@functools.cache
def assets() -> Assets:
    """The assets as they were when first asked for."""
    files = {path.relative_to(OWN).as_posix(): path for path in OWN.rglob("*") if path.is_file()}
    folder = Path(leaflet.BASE_DIR)
    files |= {
        f"leaflet/{path.relative_to(folder).as_posix()}": path for one in LEAFLET for path in folder.glob(one)
    }
    read = {name: bare(name, path.read_bytes()) for name, path in files.items()}
    return Assets(_digest(files[name] for name in sorted(files)), read)


def bare(name: str, content: bytes) -> bytes:
    r"""A script or style of ours without the comments and indents that only its authors read: a phone pays for them.

    No text in them goes over several lines, and comments start their line.

    >>> bare("app.js", b"/* What it\n   does. */\nif (a) {\n  b();\n}\n")
    b'if (a) {\nb();\n}\n'
    """
    if not name.endswith((".js", ".css")) or "/" in name:
        return content
    said = re.sub(rb"^[ \t]*/\*.*?\*/[ \t]*\n", b"", content, flags=re.DOTALL | re.MULTILINE)
    return re.sub(rb"\n\n+", b"\n", re.sub(rb"^[ \t]+", b"", said, flags=re.MULTILINE)).lstrip(b"\n")


def mime_of(name: str) -> str:
    """What kind of file an asset is.

    >>> mime_of("app.js"), mime_of("leaflet/images/marker-icon.png")
    ('text/javascript; charset=utf-8', 'image/png')
    """
    return MIME.get(Path(name).suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream"


@functools.cache
def edition() -> str:
    """A mark of the programs, words and tables that pages are made of, the registry left out.

    What a phone keeps by the mark of a snapshot is asked again after a new version of the atlas is installed.
    """
    made_of = {".py", ".html", ".po", ".csv", ".css", ".js"}
    programs = (path for path in HERE.rglob("*") if path.suffix in made_of)
    return _digest(sorted([*programs, *catalog.TABLES.glob("*.parquet")]))


def _digest(files: Iterable[Path]) -> str:
    """A mark of the names and contents of files, in the order given."""
    found = sha256()
    for path in files:
        found.update(f"{path.name} {path.stat().st_size} ".encode() + path.read_bytes())
    return found.hexdigest()[:12]
