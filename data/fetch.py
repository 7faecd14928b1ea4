"""Finding a raw file: in a mirror folder, in our cache, else from its official address."""

import hashlib
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

from data.label import Label
from errors import SourceUnavailable

CACHE: Final = Path(__file__).parent.parent / "var" / "raw"
DRAWN: Final = Path(__file__).parent / "drawn"
CHUNK: Final = 1 << 18
TRIES: Final = 4
Say = Callable[[str], None]


def find_raw(label: Label, *, mirror: Path | None, cache: Path = CACHE, say: Say = print) -> Path:
    """The raw file of a dataset.

    Looked for in ``mirror``, then in the cache (where a person may have put it by hand), then at the
    official address. What we drew ourselves is in ``data/drawn``.

    Raises
    ------
    SourceUnavailable
        With the reason, when it is in none of them; the label says how to get it click by click.
    """
    if not label.file:
        return DRAWN / f"{label.dataset}.geojson"
    places = [folder / name for folder in (mirror, cache) if folder for name in _names(label)]
    for place in places:
        if place.is_file() and intact(place):
            return place
    if not label.download:
        raise SourceUnavailable(
            dataset=label.dataset,
            file=label.file,
            url=label.url,
            reason="non ha un indirizzo diretto; la sua etichetta dice come averlo",
        )
    return download(label, cache / Path(label.download).name, say=say)


def _names(label: Label) -> list[str]:
    names = [label.file, Path(label.file).name]
    return [*names, Path(label.download).name] if label.download else names


def digest(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def intact(path: Path) -> bool:
    """Whether a file is what was once downloaded; files without a recorded sum are taken at their word."""
    noted = path.with_name(path.name + ".sha256")
    return not noted.is_file() or noted.read_text().strip() == digest(path)


def download(label: Label, target: Path, *, say: Say = print) -> Path:
    """Fetch a file from its official address: retried, checked for size and integrity, put in place whole.

    Raises
    ------
    SourceUnavailable
        If the site cannot be reached or sends something else than the file; nothing is left in its place.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(target.name + ".part")
    try:
        _stream(label.download, part, say=say)
        _check(part)
    except (requests.RequestException, OSError, ValueError, zipfile.BadZipFile) as fault:
        part.unlink(missing_ok=True)
        reason = _why(fault, label.download)
        raise SourceUnavailable(
            dataset=label.dataset, file=label.file, url=label.download, reason=reason
        ) from fault
    target.with_name(target.name + ".sha256").write_text(digest(part) + "\n")
    return part.replace(target)


def _why(fault: Exception, url: str) -> str:
    """The reason in Italian, since the person who runs the build reads it."""
    if isinstance(fault, requests.HTTPError):
        return f"il sito {urlsplit(url).hostname} risponde {fault.response.status_code}"
    if isinstance(fault, requests.RequestException):
        return f"il sito {urlsplit(url).hostname} non risponde"
    return str(fault)


def _stream(url: str, part: Path, *, say: Say) -> None:
    session = requests.Session()
    retry = Retry(total=TRIES, backoff_factor=0.5, status_forcelist=[429, 500, 502, 503, 504])
    for scheme in ("https://", "http://"):
        session.mount(scheme, HTTPAdapter(max_retries=retry))
    with session, session.get(url, stream=True, timeout=(10, 60)) as answer, part.open("wb") as out:
        answer.raise_for_status()
        total = int(answer.headers.get("Content-Length", 0))
        got, told = 0, 0
        for chunk in answer.iter_content(CHUNK):
            got += out.write(chunk)
            tenth = 10 * got // total if total else 0
            if tenth > told:
                told = tenth
                say(f"  {Path(url).name}: {got / 1e6:.1f} di {total / 1e6:.1f} MB")
    encoded = "Content-Encoding" in answer.headers
    if total and not encoded and got != total:
        raise ValueError(f"sono arrivati {got} byte su {total}")


def _check(part: Path) -> None:
    if part.stat().st_size == 0:
        raise ValueError("il file è vuoto")
    with part.open("rb") as stream:
        start = stream.read(512).lstrip().lower()
    if start.startswith((b"<!doctype html", b"<html")):
        raise ValueError("è arrivata una pagina web invece del file")
    if part.name.removesuffix(".part").endswith(".zip"):
        with zipfile.ZipFile(part) as archive:
            broken = archive.testzip()
        if broken:
            raise ValueError(f"{broken} è guasto dentro l'archivio")
