"""The tables, the minutes and the network as they are at this moment, for the public pages: an error, never a stand-in.

Pages of the atlas show the clean tables where the registry does not answer; the public must not be told of a desk that
has been closed since.
"""

from typing import Any

from geo.streets import store
from screens import feeds, joined, memory
from screens.living import FROM_THE_REGISTRY
from screens.reached import Minutes


def table(name: str) -> Any:
    """A clean table; what the registry keeps, as it is there. Raises ``RegistryUnavailable`` if it does not answer."""
    if name in FROM_THE_REGISTRY:
        _check()
    return memory.table(name)


def minutes(mode: str) -> Minutes:
    """Minutes of all desks and demand points; raises ``RegistryUnavailable`` if the registry does not answer."""
    _check()
    return memory.desk_minutes(mode)


def network() -> str:
    """A mark of the travel network in use; one that was taken into use since is opened for all pages."""
    if memory.renewed():
        feeds.forget()
    return str(store.stamp(joined.NETWORKS))


def _check() -> None:
    if fault := memory.registry_fault():
        raise fault
