"""The public pages as a folder of files for any web server: one snapshot, complete, put in its place at once."""

import datetime as dt
import json
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from errors import FileUnwritable
from locator import site
from locator.assets import AT_THE_TOP, assets
from locator.open_data import OPEN
from locator.snapshot import Snapshot
from locator.swap import alive, whole_folder
from locator.visit import Setting

CARD: Final = "esportazione.json"
"""The file that tells a folder of ours: what it holds, and of when."""
WHAT: Final = "atlante: pagine pubbliche"
A_TIME: Final = 100
"""How many pages a process is given at a time."""

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Exported:
    """How many files were written, and how heavy they are together."""

    files: int
    bytes: int


def export(
    now: Snapshot,
    folder: Path,
    *,
    setting: Setting,
    moment: dt.datetime,
    files: Iterable[tuple[str, bytes]] = (),
    processes: int = 1,
    progress: Progress | None = None,
) -> Exported:
    """Write every public page and file into a folder.

    Parameters
    ----------
    setting
        With ``live`` false; its ``assets`` are those of this edition.
    files
        Whole files of open data by name (``api.bulk.files``), for the folder ``OPEN``.
    processes
        How many work at it; 1 is this one alone.
    progress
        Is told how many addresses are done, and of how many.

    Raises
    ------
    FolderTaken, FileUnwritable
        The folder that was there stays as it was.
    """
    paths = list(site.addresses(now, setting))
    with whole_folder(folder, ours=is_ours) as aside:
        opened = {f"{OPEN}{name}": body for name, body in files}
        weight = _assets(aside) + _put(aside, opened)
        done = 0
        with _writing(now, setting, moment, aside, processes) as write:
            for count, size in write([paths[at : at + A_TIME] for at in range(0, len(paths), A_TIME)]):
                done, weight = done + count, weight + size
                alive(aside)
                if progress:
                    progress(done, len(paths))
        found = Exported(len(paths) + len(opened) + len(assets().files) + len(AT_THE_TOP), weight)
        _card(aside, now, setting, moment, found)
    return found


def is_ours(folder: Path) -> bool:
    """Whether a folder was written by ``export``."""
    try:
        told = json.loads((folder / CARD).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(told, dict) and told.get("what") == WHAT


def file_of(path: str) -> str:
    """The file that holds an address.

    >>> file_of(""), file_of("it/comuni/"), file_of("dati/luoghi.json")
    ('index.html', 'it/comuni/index.html', 'dati/luoghi.json')
    """
    return f"{path}index.html" if not path or path.endswith("/") else path


@dataclass(frozen=True)
class _Work:
    """What a process needs to write pages."""

    now: Snapshot
    setting: Setting
    moment: dt.datetime
    aside: Path

    def write(self, paths: Sequence[str]) -> tuple[int, int]:
        """Write some addresses: how many, and how heavy."""
        weight = 0
        for path in paths:
            made = site.make(self.now, path, {}, setting=self.setting, moment=self.moment)
            if made is None or made.status != 200:
                raise RuntimeError(f"the export lists {path!r}, which is not there")
            file = self.aside / file_of(path)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(made.body)
            weight += len(made.body)
        return len(paths), weight


@contextmanager
def _writing(
    now: Snapshot, setting: Setting, moment: dt.datetime, aside: Path, processes: int
) -> Iterator[Callable[[Sequence[Sequence[str]]], Iterator[tuple[int, int]]]]:
    """A way to write many addresses, alone or with others; what the others meet is raised here."""
    work = _Work(now, setting, moment, aside)
    if processes <= 1:
        yield lambda many: map(work.write, many)
        return
    start = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, start, initializer=_begin, initargs=(work,)) as pool:
        try:
            yield lambda many: pool.map(_write, many)
        except BrokenProcessPool as fault:
            raise FileUnwritable(file=str(aside), reason="un processo è stato fermato") from fault
        finally:
            pool.shutdown(cancel_futures=True)


_given: dict[str, Any] = {}
"""What this process was given to write, where it works for another."""


def _begin(work: _Work) -> None:
    _given["work"] = work
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for whoever started this process
    threading.Thread(target=_with_parent, daemon=True).start()


def _with_parent() -> None:
    """End with whoever started this process, even if it was killed."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _write(paths: Sequence[str]) -> tuple[int, int]:
    found: tuple[int, int] = _given["work"].write(paths)
    return found


def _assets(aside: Path) -> int:
    """Write scripts, styles and pictures: how heavy they are."""
    found = {f"{assets().folder}/{name}": body for name, body in assets().files.items()}
    found |= {name: assets().files[name] for name in AT_THE_TOP}
    return _put(aside, found)


def _put(aside: Path, found: Mapping[str, bytes]) -> int:
    """Write files by their paths: how heavy they are."""
    for name, body in found.items():
        file = aside / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(body)
    return sum(map(len, found.values()))


def _card(aside: Path, now: Snapshot, setting: Setting, moment: dt.datetime, found: Exported) -> None:
    told = {
        "what": WHAT,
        "made": moment.isoformat(timespec="seconds"),
        "day": now.today.isoformat(),
        "mark": now.mark,
        "address": setting.base_url,
        "languages": list(setting.languages),
        "files": found.files,
        "bytes": found.bytes,
    }
    (aside / CARD).write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    (aside / ".nojekyll").touch()  # GitHub Pages would leave out the folder that begins with "_"
