"""Everything a person can do to a record: each asks who it is, whether they may, whether it can be, and does it.

Every function takes the pass or link of whoever asks, opens one transaction and saves all of it or nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from data.registry import changes, checks
from data.registry.books import Change
from data.registry.changes import Act
from data.registry.model import KINDS, Record, Sessione, Sportello, content, fields, new_id
from data.registry.rights import Actor, allow, who
from data.registry.store import Store
from errors import Fault, FieldsRefused, RecordMissing, UndoRefused

DEPENDS: Final = {
    "enti": (("sportelli", "ente_id"), ("mediazione", "ente_id"), ("sostegni", "ente_id")),
}
"""Kind → what hangs on it and by which field; sessioni go and come back with their sportello."""

NONE: Final[Mapping[str, int]] = MappingProxyType({})
DEFAULTS: Final = {"confirm_every_months": 6, "status": "non_verificato", "evidence": "C"}


@dataclass(frozen=True)
class Line:
    """A line of a record's history: what was done, by which key, and the fields it wrote (before, after)."""

    number: int
    at: str
    who: str
    how: str
    version: int
    wrote: Mapping[str, tuple[Any, Any]]
    undoes: int | None


def create(store: Store, token: str | None, kind: str, said: Mapping[str, Any]) -> str:
    """A new record; gives back its key. A sessione takes the Ambito of its sportello."""
    with store.writing() as session:
        actor = who(session, store, token)
        return made(session, actor, _act(store, actor, "create"), kind, said).id


def made(session: Session, actor: Actor, act: Act, kind: str, said: Mapping[str, Any]) -> Record:
    """A new record, inside a transaction that may do more."""
    _known(kind)
    given = checks.tidied(said)
    wanted = {**_defaults(kind), **given}
    if kind == "sessioni":
        wanted["ambito_id"] = _ambito_of_desk(session, wanted.get("sportello_id"))
    checks.refuse(kind, checks.faults(session, kind, given) + checks.whole(kind, wanted))
    trial = KINDS[kind](id="", **{name: value for name, value in wanted.items() if name in fields(kind)})
    allow(session, actor, "create", trial, given.keys() - {"sportello_id"})
    return changes.born(session, act, kind, new_id(kind), wanted)


def edit(
    store: Store, token: str | None, kind: str, key: str, *, version: int, said: Mapping[str, Any]
) -> int:
    """Write some fields of a record as it was read at ``version``; gives back its version now.

    Raises
    ------
    EditConflict
        If somebody changed it meanwhile: with what was read, what is now and what is wanted, field by field.
    FieldsRefused, NotAllowed, PassRefused, RecordMissing
        As they say; nothing is saved.
    """
    with store.writing() as session:
        actor = who(session, store, token)
        record = changes.record_of(session, kind, key)
        written(session, actor, _act(store, actor, "edit"), record, version=version, said=said)
        return record.version


def written(
    session: Session, actor: Actor, act: Act, record: Record, *, version: int, said: Mapping[str, Any]
) -> None:
    """Fields of a record written as it was read at ``version``, inside a transaction that may do more."""
    wanted = checks.tidied(said)
    allow(session, actor, "edit", record, _different(record, wanted))
    changes.same_version(session, record, version, wanted)
    fresh = {name: wanted[name] for name in _different(record, wanted)}
    kind, merged = record.__tablename__, {**content(record), **fresh}
    checks.refuse(kind, checks.faults(session, kind, fresh) + checks.whole(kind, merged))
    _write(session, actor, act, record, fresh)


def _different(record: Record, wanted: Mapping[str, Any]) -> set[str]:
    """The fields that would change, those that do not exist among them."""
    now = content(record)
    return {name for name, value in wanted.items() if name not in now or now[name] != value}


def _write(session: Session, actor: Actor, act: Act, record: Record, fresh: dict[str, Any]) -> None:
    """Write the fields; a sessione follows its sportello into another Ambito; both ends must be the actor's."""
    if isinstance(record, Sessione):
        desk = fresh.get("sportello_id", record.sportello_id)
        fresh = {**fresh, "ambito_id": _ambito_of_desk(session, desk)}
    changes.changed(session, act, record, fresh)
    allow(session, actor, "edit", record)
    bring_along(session, act, record)


def bring_along(session: Session, act: Act, record: Record) -> None:
    """A sessione is of the Ambito of its sportello: it follows it into another one, and does not leave it alone."""
    if isinstance(record, Sessione):
        changes.changed(session, act, record, {"ambito_id": _ambito_of_desk(session, record.sportello_id)})
    if isinstance(record, Sportello):
        for one in session.scalars(select(Sessione).where(Sessione.sportello_id == record.id)):
            changes.changed(session, act, one, {"ambito_id": record.ambito_id})


def _ambito_of_desk(session: Session, key: Any) -> str | None:
    desk = session.get(Sportello, key) if isinstance(key, str) else None
    return None if desk is None else desk.ambito_id


def confirm(
    store: Store, token: str | None, kind: str, key: str, *, version: int, sessioni: Mapping[str, int] = NONE
) -> int:
    """Stamp a record as still true today, by whoever asks; gives back its version now.

    Parameters
    ----------
    version
        The version that was read: nobody vouches for what they have not seen.
    sessioni
        Of a sportello, the sessioni that were read with it and are stamped too: key → version.

    Raises
    ------
    EditConflict
        If the record or one of the sessioni was changed meanwhile.
    """
    with store.writing() as session:
        actor = who(session, store, token)
        record = changes.record_of(session, kind, key)
        act = _act(store, actor, "confirm")
        for one, seen in [(record, version), *_below(session, record, sessioni)]:
            allow(session, actor, "confirm", one)
            changes.same_version(session, one, seen, {})
            stamp = {"confirmed_on": store.today().isoformat(), "confirmed_by": actor.key}
            changes.changed(session, act, one, stamp)
        return record.version


def _below(session: Session, record: Record, sessioni: Mapping[str, int]) -> list[tuple[Record, int]]:
    """The sessioni that were read, with the version read; ``RecordMissing`` for one of another sportello."""
    found = [(changes.record_of(session, "sessioni", key), seen) for key, seen in sessioni.items()]
    for one, _ in found:
        if not isinstance(one, Sessione) or one.sportello_id != record.id:
            raise RecordMissing(kind="sessioni", key=one.id)
    return found


def delete(store: Store, token: str | None, kind: str, key: str, *, version: int) -> int:
    """Put a record aside: it is shown no more, its history stays, and it can be restored."""
    with store.writing() as session:
        actor = who(session, store, token)
        record = changes.record_of(session, kind, key)
        put_aside(session, actor, _act(store, actor, "delete"), record, version=version)
        return record.version


def put_aside(session: Session, actor: Actor, act: Act, record: Record, *, version: int) -> None:
    """A record put aside, inside a transaction that may do more; ``FieldsRefused`` while others hang on it."""
    allow(session, actor, "delete", record)
    changes.same_version(session, record, version, {})
    _free(session, record)
    changes.changed(session, act, record, {"deleted_at": act.at})


def restore(store: Store, token: str | None, kind: str, key: str) -> int:
    """Bring back a record that was put aside, if what it hangs on is there."""
    with store.writing() as session:
        actor = who(session, store, token)
        record = changes.record_of(session, kind, key, deleted=True)
        last = changes.history_of(session, kind, key)[0]
        allow(session, actor, "restore", record, theirs=last.who == actor.key)
        if record.deleted_at is None:
            raise RecordMissing(kind=kind, key=key)
        changes.changed(session, _act(store, actor, "restore"), record, {"deleted_at": None})
        stand(session, record)
        return record.version


def undo(store: Store, token: str | None, number: int) -> int:
    """Take back one change of one record; gives back the record's version now.

    ``UndoRefused`` names the fields that have been changed again since: nothing is overwritten in silence.
    """
    with store.writing() as session:
        actor = who(session, store, token)
        change = changes.change_of(session, number)
        record = changes.record_of(session, change.kind, change.record_id, deleted=True)
        back = changes.touched(change)
        theirs = change.who == actor.key
        allow(session, actor, "undo", record, () if change.before is None else back, theirs=theirs)
        act = _act(store, actor, "undo")
        if not changes.undone(session, act, change):
            raise UndoRefused(change=number, fields=sorted(back))
        stand(session, record)
        allow(session, actor, "undo", record, theirs=theirs)
        bring_along(session, act, record)
        return record.version


def history(store: Store, token: str | None, kind: str, key: str) -> list[Line]:
    """What was done to a record, the latest first; for those who may change it."""
    with store.reading() as session:
        actor = who(session, store, token)
        record = changes.record_of(session, kind, key, deleted=True)
        allow(session, actor, "history", record)
        return [line(one) for one in changes.history_of(session, kind, key)]


def line(change: Change) -> Line:
    """A line of the log as a history shows it."""
    wrote = changes.touched(change)
    return Line(
        change.id, change.at.isoformat(), change.who, change.how, change.version, wrote, change.undoes
    )


def stand(session: Session, record: Record) -> None:
    """What a record that is there hangs on is there, and nothing hangs on one put aside; else ``FieldsRefused``."""
    if record.deleted_at is not None:
        _free(session, record)
        return
    said = {name: value for name, value in content(record).items() if name in checks.REFERENCES}
    checks.refuse(record.__tablename__, checks.faults(session, record.__tablename__, said))


def _free(session: Session, record: Record) -> None:
    """Nothing that is there hangs on a record, but its sessioni; else ``FieldsRefused``."""
    kind = record.__tablename__
    for other, name in DEPENDS.get(kind, ()):
        column = KINDS[other].__table__.columns[name]
        held = select(KINDS[other].id).where(column == record.id, KINDS[other].deleted_at.is_(None)).limit(1)
        if session.scalar(held) is not None:
            raise FieldsRefused(kind=kind, faults=[Fault("name", "in_use", other)])


def _defaults(kind: str) -> dict[str, Any]:
    return {name: value for name, value in DEFAULTS.items() if name in fields(kind)}


def _known(kind: str) -> None:
    if kind not in KINDS:
        raise RecordMissing(kind=kind, key="")


def _act(store: Store, actor: Actor, how: str) -> Act:
    return Act(who=actor.key, how=how, at=store.clock())
