"""Files written whole or not at all."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from errors import FileUnwritable


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """A place beside a file to write it: it takes the file's name only once the block has ended well.

    Whatever goes wrong, Ctrl-C too, a file that was there stays as it was and nothing half written is left. Raises
    ``FileUnwritable`` for what the operating system refuses: a full disk, a folder that is not ours.
    """
    part = path.with_name(f".{path.stem}.part{path.suffix}")
    try:
        yield part
        part.replace(path)
    except OSError as fault:
        raise FileUnwritable(file=str(path), reason=fault.strerror or str(fault)) from fault
    finally:
        with suppress(OSError):  # where it cannot be taken away, whatever went wrong is told already
            part.unlink(missing_ok=True)
