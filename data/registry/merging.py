"""Two records made one, and whole batches taken back: one transaction each, all of it or nothing.

What hung on the record that is dropped moves to the one that is kept, and so do its rows in the sources it came from;
the dropped one is put aside, with its history. Taking it back leaves every record as it was, letter by letter.
"""

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from data.registry import changes, editing
from data.registry.books import Change, Merged, Origin
from data.registry.changes import Act
from data.registry.model import KINDS, Record, Sessione
from data.registry.rights import Actor, allow, who
from data.registry.store import Store
from errors import NotAllowed, RecordMissing, UndoRefused

HANG: Final = {
    "sportelli": (("sessioni", "sportello_id"),),
    "enti": editing.DEPENDS["enti"],
    "associazioni": (),
}
"""The kinds that can be merged, and what moves with a record: kind and field."""
AT_ONCE: Final = 500
MOVED: Final = "unione:"
"""How the source is called that remembers where a row of a source led before a merge; its batch follows."""


def moves(store: Store, kind: str, key: str) -> dict[str, int]:
    """How many records of each kind would move if this one were dropped."""
    with store.reading() as session:
        record = changes.record_of(session, kind, key)
        found = {other: len(_hanging(session, record, other, name)) for other, name in HANG.get(kind, ())}
    return {other: many for other, many in found.items() if many}


def merge(
    store: Store,
    token: str | None,
    kind: str,
    *,
    keep: str,
    versions: Mapping[str, int],
    drop: str,
    said: Mapping[str, Any],
) -> str:
    """Make two records one; gives back the batch, by which it can be taken back.

    Parameters
    ----------
    keep, drop
        The record that stays, and the one that is put aside.
    versions
        Key → version at which both were read.
    said
        The fields that the kept one takes from the other, or anew.

    Raises
    ------
    EditConflict
        If one of the two was changed since it was read.
    NotAllowed
        If the actor may not change both, or something that would move; a link never merges.
    FieldsRefused, RecordMissing, PassRefused
        As they say; nothing is saved.
    """
    with store.writing() as session:
        actor = who(session, store, token)
        if actor.role == "gestore":
            raise NotAllowed(what=f"merge {kind} {keep} {drop}", why="not_here")
        if kind not in HANG or keep == drop:
            raise RecordMissing(kind=kind, key=drop)
        kept, dropped = (changes.record_of(session, kind, key) for key in (keep, drop))
        allow(session, actor, "delete", dropped)
        changes.same_version(session, dropped, versions.get(drop, 0), {})
        act = Act(who=actor.key, how="merge", at=store.clock())
        editing.written(session, actor, act, kept, version=versions.get(keep, 0), said=said)
        for other, name in HANG[kind]:
            for one in _hanging(session, dropped, other, name, aside=True):
                _move(session, actor, act, one, name, kept)
        session.flush()
        editing.put_aside(session, actor, act, dropped, version=versions.get(drop, 0))
        _move_origins(session, act, kind, drop, keep)
        session.add(Merged(batch=act.batch, kind=kind, dropped=drop, kept=keep, at=act.at))
    return act.batch


def _hanging(session: Session, record: Record, other: str, name: str, *, aside: bool = False) -> list[Record]:
    """What hangs on a record by this field; ``aside`` with what was put aside, so that it can come back."""
    model = KINDS[other]
    asked = select(model).where(model.__table__.columns[name] == record.id).order_by(model.id)
    return list(session.scalars(asked if aside else asked.where(model.deleted_at.is_(None))))


def _move(session: Session, actor: Actor, act: Act, one: Record, name: str, to: Record) -> None:
    allow(session, actor, "edit", one)
    ambito = {"ambito_id": to.ambito_id} if isinstance(one, Sessione) else {}
    changes.changed(session, act, one, {name: to.id, **ambito})


def _move_origins(session: Session, act: Act, kind: str, drop: str, keep: str) -> None:
    """The rows of sources that led to the dropped record lead to the kept one; where they led is remembered."""
    led = list(session.scalars(select(Origin).where(Origin.kind == kind, Origin.record_id == drop)))
    for one in led:
        if one.source.startswith(MOVED):
            continue
        where = f"{keep} {len(one.source)} {one.source}{one.external}"
        session.add(
            Origin(source=MOVED + act.batch, kind=kind, external=where, record_id=drop, batch=act.batch)
        )
        one.record_id = keep


def _bring_origins_back(session: Session, batch: str) -> None:
    """The rows of sources lead where they led before a merge; so do later merges that took them further."""
    remembered = select(Origin).where(Origin.source == MOVED + batch)
    for one in session.scalars(remembered):
        keep, size, rest = one.external.split(" ", 2)
        source, external = rest[: int(size)], rest[int(size) :]
        further = select(Origin).where(
            Origin.kind == one.kind, Origin.record_id == keep, Origin.source.startswith(MOVED)
        )
        led = session.get(Origin, (source, one.kind, external))
        taken = [
            other for other in session.scalars(further) if other.external.split(" ", 1)[1] == f"{size} {rest}"
        ]
        for other in [led, *taken] if led is not None else taken:
            other.record_id = one.record_id
        session.delete(one)


def undo_batch(store: Store, token: str | None, batch: str) -> None:
    """Take back every change of a batch, the latest first: a merge, an import, anything done at once.

    Raises
    ------
    UndoRefused
        If something it wrote has been changed again since, or taken back already: the fields are named.
    NotAllowed, PassRefused
        If the actor may not take back one of the changes.
    RecordMissing
        If there is no such batch.
    FieldsRefused
        If what came later hangs on a record that the batch made.
    """
    with store.writing() as session:
        actor = who(session, store, token)
        asked = select(Change).where(Change.batch == batch).order_by(Change.id.desc())
        lines = list(session.scalars(asked))
        if not lines:
            raise RecordMissing(kind="changes", key=batch)
        act = Act(who=actor.key, how="undo", at=store.clock())
        records = _records(session, lines)
        for line in lines:
            record, theirs = records[line.kind, line.record_id], line.who == actor.key
            back = () if line.before is None else changes.touched(line)
            allow(session, actor, "undo", record, back, theirs=theirs)
            if not changes.undone(session, act, line):
                raise UndoRefused(change=line.id, fields=sorted(changes.touched(line)))
            allow(session, actor, "undo", record, theirs=theirs)
        session.flush()
        for record in records.values():
            editing.stand(session, record)
        for kind, key in dict.fromkeys((line.kind, line.record_id) for line in lines if _moved(line)):
            editing.bring_along(session, act, records[kind, key])
        _bring_origins_back(session, batch)
        session.execute(delete(Merged).where(Merged.batch == batch))


def _records(session: Session, lines: list[Change]) -> dict[tuple[str, str], Record]:
    """The records of these lines, many at a time."""
    found: dict[tuple[str, str], Record] = {}
    for kind, model in KINDS.items():
        keys = sorted({line.record_id for line in lines if line.kind == kind})
        for start in range(0, len(keys), AT_ONCE):
            some = session.scalars(select(model).where(model.id.in_(keys[start : start + AT_ONCE])))
            found.update({(kind, one.id): one for one in some})
    return found


def _moved(line: Change) -> bool:
    """Whether a line took a record into another Ambito, or a sessione to another sportello."""
    return line.before is not None and not {"ambito_id", "sportello_id"}.isdisjoint(changes.touched(line))
