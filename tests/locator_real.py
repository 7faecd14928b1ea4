"""The public pages' snapshot of the real tables, made once a process, from a registry as it is at the first start."""

import functools
import tempfile

from data import catalog
from data.registry.seed import seed
from data.registry.store import open_store
from locator.snapshot import Snapshot, Sources, snapshot
from screens import joined, reached
from screens.living import living

clean = functools.cache(catalog.load)
_folder = tempfile.TemporaryDirectory(prefix="atlante-locator-")


@functools.cache
def store():
    """The registry, untouched: never write to it."""
    opened = open_store(f"sqlite:///{_folder.name}/registry.sqlite", folder=joined.Path(_folder.name))
    seed(opened, clean)
    return opened


def sources(opened) -> Sources:
    """Where a snapshot of a registry comes from; minutes are computed in the folder that ``joined.MATRICES`` names."""
    networks = joined.networks(clean, streets=False)

    def minutes(mode):
        return reached.desk_minutes(living(opened, clean), networks, mode=mode)

    return Sources(lambda name: living(opened, clean)(name), lambda: opened, minutes)  # noqa: PLW0108  as it is now


@functools.cache
def real() -> Snapshot:
    """The snapshot."""
    return snapshot(sources(store()))
