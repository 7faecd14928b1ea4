"""Folders written aside and put in their place at once: whoever looks sees the old one or the new one, whole."""

import ctypes
import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from errors import FileUnwritable, FolderTaken

STALE_S: Final = 900.0
"""After so long without a sign of life, a folder aside was left by who was killed."""
AT_FDCWD, EXCHANGE = -100, 2
"""As Linux calls the folder one is in, and the exchange of two names (``renameat2``)."""


@contextmanager
def whole_folder(folder: Path, *, ours: Callable[[Path], bool]) -> Iterator[Path]:
    """A new folder beside another: it takes its name only once the block has ended well.

    Whatever goes wrong, a folder that was there stays as it was. Who is killed leaves the folder aside, which the next
    one takes away.

    Parameters
    ----------
    ours
        Whether a folder with something in it may be replaced.

    Raises
    ------
    FolderTaken
        If it may not.
    FileUnwritable
        For what the operating system refuses.
    """
    folder = folder.absolute()
    check_free(folder, ours=ours)
    aside = folder.with_name(f".{folder.name}.{os.getpid()}.part")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        _sweep(folder)
        aside.mkdir()
        yield aside
        check_free(folder, ours=ours)  # somebody may have put something there meanwhile
        if hasattr(os, "sync"):
            os.sync()
        _swap(aside, folder)
    except OSError as fault:
        named = str(fault.filename or folder)
        raise FileUnwritable(file=named, reason=fault.strerror or str(fault)) from fault
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def check_free(folder: Path, *, ours: Callable[[Path], bool]) -> None:
    """Raise ``FolderTaken`` where there is something that is not to be replaced."""
    try:
        free = not folder.exists() or (folder.is_dir() and (not any(folder.iterdir()) or ours(folder)))
    except OSError as fault:
        raise FileUnwritable(file=str(folder), reason=fault.strerror or str(fault)) from fault
    if not free:
        raise FolderTaken(folder=str(folder))


def alive(aside: Path) -> None:
    """Give a sign of life of a folder that is being written."""
    os.utime(aside)


def _sweep(folder: Path) -> None:
    """Take away what was left aside by who was killed; put back a folder that had lost its name by then."""
    for left in folder.parent.glob(f".{folder.name}.*.old"):
        if not folder.exists():
            left.rename(folder)
    for left in folder.parent.glob(f".{folder.name}.*.*"):
        with suppress(OSError):  # another export may be taking it away
            if left.suffix in {".part", ".old"} and time.time() - left.stat().st_mtime > STALE_S:
                shutil.rmtree(left, ignore_errors=True)


def _swap(aside: Path, folder: Path) -> None:
    """Put the new folder in its place; the old one is aside afterwards."""
    if not folder.exists():
        aside.rename(folder)
    elif not _exchange(aside, folder):
        old = aside.with_suffix(".old")
        folder.rename(old)
        try:
            aside.rename(folder)
        except OSError:
            old.rename(folder)
            raise
        shutil.rmtree(old, ignore_errors=True)


def _exchange(one: Path, other: Path) -> bool:
    """Exchange the names of two folders in one step; False where the system or the disk cannot."""
    if sys.platform != "linux":
        return False
    call = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    return call is not None and call(AT_FDCWD, os.fsencode(one), AT_FDCWD, os.fsencode(other), EXCHANGE) == 0
