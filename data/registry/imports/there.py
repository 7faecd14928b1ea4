"""What the registry already has of what a file speaks of, read in few questions, and which record a row means."""

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Final

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from data.registry.books import Origin
from data.registry.folding import fold
from data.registry.imports.wanted import Wanted
from data.registry.model import KINDS, columns
from data.registry.search_index import Entry

AT_ONCE: Final = 500
NAMED: Final = ("enti", "sportelli", "associazioni")
"""Kinds that have a name to be known by."""
PARENTS: Final = {
    "sportelli": "ente_id",
    "sessioni": "sportello_id",
    "mediazione": "ente_id",
    "sostegni": "ente_id",
}
"""Kind → the field by which it hangs on its parent."""
NEIGHBOURS: Final = {"sessioni": "sportello_id", "mediazione": "ente_id", "sostegni": "school_id"}
"""Kinds without a name → the field that says where to look for the same record."""


@dataclass(frozen=True)
class Seen:
    """A record as it was when the file was compared with it."""

    kind: str
    key: str
    version: int
    said: Mapping[str, Any]

    @property
    def aside(self) -> bool:
        """Whether it was put aside."""
        return self.said["deleted_at"] is not None


@dataclass
class There:
    """Records by key, the origins of a source, and records by name or by what they hang on."""

    session: Session
    source: str
    seen: dict[tuple[str, str], Seen] = field(default_factory=dict)
    origins: dict[tuple[str, str], str] = field(default_factory=dict)
    by_name: dict[tuple[str, str], list[Seen]] = field(default_factory=dict)
    near: dict[tuple[str, Any], list[Seen]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        asked = select(Origin.kind, Origin.external, Origin.record_id).where(Origin.source == self.source)
        self.origins = {(kind, external): key for kind, external, key in self.session.execute(asked)}

    def read(
        self, kind: str, ones: Collection[Wanted], names: Collection[str], near: Collection[Any]
    ) -> None:
        """Read what these rows may mean: by key and origin, by name as it is compared, by what they hang on."""
        keys = {one.key for one in ones if one.key} | {
            self.origins[kind, one.external] for one in ones if (kind, one.external) in self.origins
        }
        table = KINDS[kind].__table__.columns
        self._read(kind, table["id"], keys)
        if kind in NAMED:
            found = {key for some in _some(names) for key in self._named(kind, some)}
            self._read(kind, table["id"], found)
        else:
            self._read(kind, table[NEIGHBOURS[kind]], near)
        for one in [one for (of, _), one in self.seen.items() if of == kind and not one.aside]:
            if kind in NAMED:
                self.by_name.setdefault((kind, fold(one.said["name"])), []).append(one)
            else:
                self.near.setdefault((kind, one.said[NEIGHBOURS[kind]]), []).append(one)

    def record(self, kind: str, key: str) -> Seen | None:
        """A record by its key, put aside or not."""
        if (kind, key) not in self.seen:
            self._read(kind, KINDS[kind].__table__.columns["id"], [key])
        return self.seen.get((kind, key))

    def gone_from(self, kept: Collection[tuple[str, str]]) -> Iterator[Seen]:
        """Records (kind, key) that came from this source before, but for those that it still speaks of."""
        gone = {(kind, key) for (kind, _), key in self.origins.items()} - set(kept)
        for kind in KINDS:
            keys = sorted(key for of, key in gone if of == kind)
            self._read(kind, KINDS[kind].__table__.columns["id"], keys)
            yield from (self.seen[kind, key] for key in keys if (kind, key) in self.seen)

    def _named(self, kind: str, names: list[str]) -> Iterable[str]:
        return self.session.scalars(
            select(Entry.record_id).where(Entry.kind == kind, Entry.sorted_as.in_(names))
        )

    def _read(self, kind: str, column: ColumnElement[Any], values: Collection[Any]) -> None:
        table, names = KINDS[kind].__table__, columns(kind)
        new = sorted(value for value in values if column.key != "id" or (kind, value) not in self.seen)
        for some in _some(new):
            for row in self.session.execute(select(table).where(column.in_(some)).order_by(table.c["id"])):
                said = dict(zip(names, map(_plain, row), strict=True))
                if (kind, said["id"]) not in self.seen:
                    del said["changed_at"]
                    version = said.pop("version")
                    self.seen[kind, said["id"]] = Seen(kind, said["id"], version, said)


def _some(values: Iterable[Any]) -> Iterator[list[Any]]:
    rest = iter(values)
    while some := list(islice(rest, AT_ONCE)):
        yield some


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, dt.date) else value


def same_text(one: Any, other: Any) -> bool:
    """Whether two texts are the same but for capitals, accents and punctuation."""
    return isinstance(one, str) and isinstance(other, str) and fold(one) == fold(other)


def unlike(one: Any, other: Any) -> bool:
    """Whether two texts are both known and not the same."""
    return isinstance(one, str) and isinstance(other, str) and fold(one) != fold(other)


def same_place(kind: str, said: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two records of the same name are surely one.

    The same ente and comune and no other address; or the same address and no other comune. Two offices of one
    ente in one comune at two addresses are two.
    """
    address, town = ([one.get(name) for one in (said, other)] for name in ("address", "comune_code"))
    if unlike(*address) or unlike(*town):
        return False
    ente = kind != "sportelli" or said.get("ente_id") == other.get("ente_id")
    return same_text(*address) or (ente and same_text(*town))


def meant(there: There, kind: str, said: Mapping[str, Any], ambito_id: str | None) -> list[Seen]:
    """The records that a row of a kind with a name surely means; an ente is known by its name alone."""
    if not isinstance(said.get("name"), str):
        return []
    named = there.by_name.get((kind, fold(said["name"])), [])
    if kind != "enti":
        return [one for one in named if same_place(kind, said, one.said)]
    for of in (ambito_id, None):
        own = [one for one in named if one.said["ambito_id"] == of]
        if own:
            return own[:1]
    return named if len(named) == 1 else []


def neighbours(there: There, kind: str, said: Mapping[str, Any]) -> list[Seen]:
    """The records without a name that hang where this row does."""
    return there.near.get((kind, said.get(NEIGHBOURS[kind])), [])


TELLING: Final = {
    "sessioni": ("hours", "reception"),
    "mediazione": ("ambito_id", "province", "areas"),
    "sostegni": ("kind",),
}
"""What makes two records without a name, at the same place, the same one."""


def as_one(kind: str, said: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether a row and a record that hang on the same thing tell the same, where the row speaks of it."""
    told = [name for name in TELLING[kind] if said.get(name) is not None]
    return bool(told) and all(said[name] == other.get(name) for name in told)
