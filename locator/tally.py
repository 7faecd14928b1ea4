"""Searches counted in memory and written to the registry now and then: no write of its own for each visitor."""

import contextlib
import logging
import threading
from collections import Counter
from collections.abc import Callable
from typing import Final

from data.registry import searches
from data.registry.searches import Search
from data.registry.store import Store
from errors import RegistryUnavailable, UnknownCode

EVERY_S: Final = 30.0
MOST: Final = 5000
"""Different searches that wait to be written; where the registry is silent for long, more are not counted."""
LOG: Final = logging.getLogger("atlante.sportelli")


class Tally:
    """Counts searches; half a minute after the first they are written together, and again for those after it.

    Parameters
    ----------
    store
        The way to the registry; it may raise ``RegistryUnavailable``, and then they wait.
    every_s
        After how long they are written.
    """

    def __init__(self, store: Callable[[], Store], *, every_s: float = EVERY_S) -> None:
        self.store, self.every_s = store, every_s
        self._waiting: Counter[Search] = Counter()
        self._timer: threading.Timer | None = None
        self._turn, self._writing = threading.Lock(), threading.Lock()

    def add(self, search: Search) -> bool:
        """Count a search; whether it was counted: not if one of its codes is unknown."""
        try:
            searches.check(search)
        except UnknownCode:
            return False
        with self._turn:
            if search not in self._waiting and len(self._waiting) >= MOST:
                return False
            self._waiting[search] += 1
            self._soon()
        return True

    def _soon(self) -> None:
        if self._timer is None:
            self._timer = threading.Timer(self.every_s, self.flush)
            self._timer.daemon = True
            self._timer.start()

    def flush(self) -> None:
        """Write what waits; where the registry does not answer it waits on."""
        with self._writing:
            with self._turn:
                counted, self._waiting = self._waiting, Counter()
                if self._timer is not None:
                    self._timer.cancel()
                    self._timer = None
            if not counted:
                return
            try:
                searches.count_many(self.store(), counted)
            except RegistryUnavailable as fault:
                LOG.warning("searches wait to be written: %s", fault)
                with self._turn:
                    self._waiting.update(counted)
                    self._soon()

    def begin(self) -> None:
        """Note that searches are counted from today on; nothing where the registry does not answer."""
        with contextlib.suppress(RegistryUnavailable):
            searches.begin(self.store())
