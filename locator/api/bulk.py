"""Every whole file of open data, and the catalogue of them: as the API answers them and an export writes them."""

from collections.abc import Iterator, Mapping
from typing import Final

from data.registry.store import Store
from locator.api.catalogue import CATALOGUES, catalogue, modified
from locator.api.open_files import FILES
from locator.snapshot import Snapshot

__all__ = ["ABOUT", "CATALOGUES", "FILES", "MIMES", "file", "files"]

MIMES: Final[Mapping[str, str]] = {
    **{file.name: file.mime for file in FILES},
    **{name: mime for name, (mime, _) in CATALOGUES.items()},
}
"""Name of a file → what browsers call it."""
ABOUT: Final[Mapping[str, str]] = {
    **{file.name: file.about for file in FILES},
    **{
        name: f"Il catalogo di questi file in DCAT-AP_IT, come {form}."
        for name, (_, form) in CATALOGUES.items()
    },
}
"""Name of a file → what it is, for people."""


def files(now: Snapshot, store: Store, *, base: str = "") -> Iterator[tuple[str, bytes]]:
    """Every file that an export writes, by its name in the folder of open data.

    Parameters
    ----------
    base
        Where that folder will be on the web, with its last slash. Where it is not known yet the catalogue calls the
        files beside it by their names.
    """
    for name in MIMES:
        yield name, file(name, now, store, base=base)


def file(name: str, now: Snapshot, store: Store, *, base: str) -> bytes:
    """One of the files of ``MIMES``."""
    if name in CATALOGUES:
        return catalogue(CATALOGUES[name][1], base=base, modified_on=modified(store))
    return next(one for one in FILES if one.name == name).make(now, store)
