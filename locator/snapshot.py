"""Everything the public pages are made of, as it was at one moment; and the keeper that makes it again after a change.

No Streamlit: whoever serves the pages says where tables and minutes come from.
"""

import contextlib
import datetime as dt
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import Any, Final

from data.registry import reading
from data.registry.store import ROME, Store
from errors import RegistryUnavailable
from locator import records
from locator.assets import edition
from locator.records import Association, Desk
from locator.travel import MinutesBy, Origin, Table, Travel, travel

LOOK_EVERY_S: Final = 5.0
"""How often the registry is asked whether it has changed."""


@dataclass(frozen=True)
class Ambito:
    """An Ambito: its name as people say it, and its comuni."""

    id: str
    name: str
    province: str
    lab_impact: bool
    comuni: tuple[Origin, ...]


@dataclass(frozen=True)
class Snapshot:
    """What the public may see, at one moment; nothing in it changes.

    ``mark`` tells it from any other; ``today`` is the day whose hours it holds.
    """

    mark: str
    today: dt.date
    desks: tuple[Desk, ...]
    associations: tuple[Association, ...]
    ambiti: tuple[Ambito, ...]
    travel: Travel

    @cached_property
    def desk(self) -> dict[str, Desk]:
        """Key → desk."""
        return {one.id: one for one in self.desks}

    @cached_property
    def association(self) -> dict[str, Association]:
        """Key → association."""
        return {one.id: one for one in self.associations}

    @cached_property
    def ambito(self) -> dict[str, Ambito]:
        """Key → Ambito."""
        return {one.id: one for one in self.ambiti}

    @cached_property
    def comuni(self) -> dict[str, Origin]:
        """Comune → the place that stands for it, by name."""
        found = sorted(self.travel.of_comune.values(), key=lambda one: one.comune)
        return {one.comune_code: one for one in found}


@dataclass(frozen=True)
class Sources:
    """Where a snapshot comes from.

    Parameters
    ----------
    table
        The way to the tables as they are now.
    store
        The way to the registry; it may raise ``RegistryUnavailable``.
    minutes
        Mode → minutes of desks and demand points, as they are now.
    also
        A mark of whatever else changes what is made: the travel network in use.
    """

    table: Table
    store: Callable[[], Store]
    minutes: MinutesBy
    also: Callable[[], str] = str


def mark_of(sources: Sources) -> str:
    """A mark of what the registry says now, of the day and of what else matters; raises ``RegistryUnavailable``."""
    store = sources.store()
    return f"{reading.stamp(store)} {store.today()} {sources.also()} {edition()}"


def snapshot(sources: Sources) -> Snapshot:
    """What the public may see now.

    Raises
    ------
    RegistryUnavailable
        If the registry does not answer: there is no telling what is public without it.
    """
    mark, store = mark_of(sources), sources.store()
    desks = records.desks(sources.table, store)
    between = travel(sources.table, sources.minutes, desks)
    return Snapshot(
        mark=sha256(mark.encode()).hexdigest()[:12],
        today=store.today(),
        desks=desks,
        associations=records.associations(sources.table),
        ambiti=_ambiti(sources.table, between),
        travel=between,
    )


def _ambiti(table: Table, between: Travel) -> tuple[Ambito, ...]:
    comuni: dict[str, list[Origin]] = {}
    for origin in between.of_comune.values():
        if origin.ambito_id:
            comuni.setdefault(origin.ambito_id, []).append(origin)
    found: Any = table("ambiti").sort_values("ambito").itertuples()
    return tuple(
        Ambito(
            id=one.ambito_id,
            name=one.ambito,
            province=one.province,
            lab_impact=one.lab_impact is True,
            comuni=tuple(sorted(comuni[one.ambito_id], key=lambda origin: origin.comune)),
        )
        for one in found
        if one.ambito_id in comuni
    )


class Keeper:
    """Holds the snapshot in use, and takes another one when the registry has changed; the old one serves meanwhile.

    Parameters
    ----------
    sources
        Where snapshots come from.
    clock
        What tells the moment; tests pass their own.
    """

    def __init__(
        self, sources: Sources, *, clock: Callable[[], dt.datetime] = lambda: dt.datetime.now(ROME)
    ) -> None:
        self.sources = sources
        self.clock = clock
        self._made: Snapshot | None = None
        self._looked = -LOOK_EVERY_S
        self._turn = threading.Lock()

    @property
    def ready(self) -> bool:
        """Whether there is a snapshot already: then ``snapshot`` answers at once."""
        return self._made is not None

    def snapshot(self) -> Snapshot:
        """The snapshot in use, made at the first call; raises ``RegistryUnavailable`` where there is none yet."""
        if self._made is None:
            with self._turn:
                if self._made is None:
                    self._made = snapshot(self.sources)
                    self._looked = time.monotonic()
        elif time.monotonic() - self._looked > LOOK_EVERY_S and self._turn.acquire(blocking=False):
            self._looked = time.monotonic()
            threading.Thread(target=self._renewing, daemon=True).start()
        return self._made

    def _renewing(self) -> None:
        """Look whether anything has changed; the turn was taken by whoever started this."""
        try:
            with contextlib.suppress(RegistryUnavailable):
                self.renew()
        finally:
            self._turn.release()

    def renew(self) -> bool:
        """Take another snapshot if anything has changed, at once; whether it has. Raises ``RegistryUnavailable``."""
        mark = sha256(mark_of(self.sources).encode()).hexdigest()[:12]
        if self._made is not None and self._made.mark == mark:
            return False
        self._made = snapshot(self.sources)
        return True
