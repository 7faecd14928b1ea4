"""Several files in one: zipped so that the same content is the same bytes, opened without trusting it."""

import io
import zipfile
import zlib
from collections.abc import Mapping
from typing import Final

from data.registry.standards.records import LARGEST, fault

MOST_FILES: Final = 100


def packed(files: Mapping[str, bytes], *, day: str) -> bytes:
    """A zip of files, all dated on a day (``YYYY-MM-DD``)."""
    year, month, date = (int(part) for part in day.split("-"))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as box:
        for name, content in files.items():
            one = zipfile.ZipInfo(name, (year, month, date, 0, 0, 0))
            one.compress_type = zipfile.ZIP_DEFLATED
            box.writestr(one, content)
    return out.getvalue()


def unpacked(data: bytes) -> dict[str, bytes]:
    """File name (without folders) → content; ``FileUnreadable`` where it is no zip, is broken, or is too much."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as box:
            inside = [one for one in box.infolist() if not one.is_dir() and "__MACOSX" not in one.filename]
            if len(inside) > MOST_FILES or sum(one.file_size for one in inside) > LARGEST:
                raise fault("è troppo grande")
            return {one.filename.rpartition("/")[2]: _content(box, one) for one in inside}
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError, ValueError, zlib.error) as odd:
        raise fault("non è un archivio zip intero") from odd


def _content(box: zipfile.ZipFile, one: zipfile.ZipInfo) -> bytes:
    """A file of the zip, never more of it than the zip says."""
    with box.open(one) as file:
        content = file.read(one.file_size + 1)
    if len(content) > one.file_size:
        raise fault("non è un archivio zip intero")
    return content


def is_zip(data: bytes) -> bool:
    """Whether a file begins as a zip does."""
    return data[:4] == b"PK\x03\x04"
