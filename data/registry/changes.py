"""The change log: every change of a record with who, when, before and after; history, differences, undo.

Here records are written, and nowhere else: a record and its line in the log are saved together or not at all.
Who may do it is asked before, in ``data/registry/editing.py``.
"""

import datetime as dt
import json
import re
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from data.registry.books import Change
from data.registry.model import KINDS, Record, as_text, columns, content, typed
from data.registry.search_index import touch
from errors import Difference, EditConflict, RecordMissing, UndoRefused

SEED: Final = "seme"
"""Who writes what comes from the clean tables."""


@dataclass(frozen=True)
class Act:
    """What is being done: by whom, how it is called in the log, at which moment; one ``batch`` for all of it."""

    who: str
    how: str
    at: dt.datetime
    batch: str = field(default_factory=lambda: secrets.token_hex(8))


def record_of(session: Session, kind: str, key: str, *, deleted: bool = False) -> Record:
    """A record; ``RecordMissing`` where there is none, or it was deleted and deleted ones are not asked for."""
    if kind not in KINDS or not re.fullmatch(r"[A-Za-z0-9-]{1,200}", key):
        raise RecordMissing(kind=kind, key=key)
    found = session.get(KINDS[kind], key)
    if found is None or (found.deleted_at is not None and not deleted):
        raise RecordMissing(kind=kind, key=key)
    return found


def born(session: Session, act: Act, kind: str, key: str, said: Mapping[str, Any]) -> Record:
    """A new record with its first line in the log."""
    made: Record = KINDS[kind](id=key, version=1, created_at=act.at, changed_at=act.at)
    for name in columns(kind):
        if name not in {"id", "version", "created_at", "changed_at"}:
            setattr(made, name, typed(kind, name, said.get(name)))
    session.add(made)
    _log(session, act, made, before=None)
    touch(session, made)
    session.flush()
    return made


def born_together(session: Session, act: Act, kind: str, many: Mapping[str, Mapping[str, Any]]) -> None:
    """Many new records of a kind, by key, each with its first line in the log: as ``born``, in few questions."""
    session.flush()
    names = columns(kind)
    line = {"batch": act.batch, "at": act.at, "who": act.who, "how": act.how, "kind": kind, "version": 1}
    records, lines = [], []
    for key, said in many.items():
        told = {name: typed(kind, name, said.get(name)) if name in said else None for name in names}
        told |= {"id": key, "version": 1, "created_at": act.at, "changed_at": act.at}
        after = {
            name: _as_json(value) for name, value in told.items() if name not in {"version", "changed_at"}
        }
        records.append(told)
        lines.append({**line, "record_id": key, "before": None, "after": as_text(after)})
        touch(session, KINDS[kind](id=key, **{of: told[of] for of in ("sportello_id",) if of in told}))
    if records:
        session.connection().execute(insert(KINDS[kind]), records)
        session.connection().execute(insert(Change), lines)


def changed(
    session: Session, act: Act, record: Record, said: Mapping[str, Any], *, undoes: int | None = None
) -> bool:
    """Write fields of a record and the line in the log; nothing, and false, where nothing would change."""
    before = content(record)
    if all(before[name] == _as_json(value) for name, value in said.items()):
        return False
    for name, value in said.items():
        setattr(record, name, typed(record.__tablename__, name, value))
    record.version += 1
    record.changed_at = act.at
    _log(session, act, record, before=as_text(before), undoes=undoes)
    touch(session, record, before)
    return True


def _as_json(value: Any) -> Any:
    return value.isoformat() if isinstance(value, dt.date) else value


def _log(
    session: Session, act: Act, record: Record, *, before: str | None, undoes: int | None = None
) -> None:
    session.add(
        Change(
            batch=act.batch,
            at=act.at,
            who=act.who,
            how=act.how,
            kind=record.__tablename__,
            record_id=record.id,
            version=record.version,
            before=before,
            after=as_text(content(record)),
            undoes=undoes,
        )
    )


def touched(change: Change) -> dict[str, tuple[Any, Any]]:
    """Field → (before, after) of what a change wrote; at a record's birth every field it was given."""
    after = json.loads(change.after)
    before = json.loads(change.before) if change.before else dict.fromkeys(after)
    return {name: (before.get(name), value) for name, value in after.items() if before.get(name) != value}


def history_of(session: Session, kind: str, key: str) -> list[Change]:
    """Every change of a record, the latest first."""
    asked = select(Change).where(Change.kind == kind, Change.record_id == key)
    return list(session.scalars(asked.order_by(Change.version.desc())))


def same_version(session: Session, record: Record, version: int, said: Mapping[str, Any]) -> None:
    """Nothing, if the record is still as it was read; else ``EditConflict`` with what the two sides see."""
    if record.version == version:
        return
    kind, now = record.__tablename__, content(record)
    asked = select(Change.after).where(
        Change.kind == kind, Change.record_id == record.id, Change.version == version
    )
    text = session.scalar(asked)
    if text is None:
        raise RecordMissing(kind=kind, key=f"{record.id} ({version})")
    seen = json.loads(text)
    theirs = {name for name in now if now[name] != seen.get(name)}
    mine = {name for name, value in said.items() if _as_json(value) != seen.get(name)}
    raise EditConflict(
        kind=kind,
        key=record.id,
        version=record.version,
        differences={
            name: Difference(
                seen.get(name), now[name], _as_json(said[name]) if name in mine else seen.get(name)
            )
            for name in sorted(theirs)
        },
        clashing=sorted(name for name in theirs & mine if now[name] != _as_json(said[name])),
    )


def undone(session: Session, act: Act, change: Change) -> bool:
    """Take one change back: its fields are as before it, those of other changes stay.

    A birth is taken back by deleting, if the record still says what it said then. ``UndoRefused`` names the fields
    that have been changed again since.
    """
    record = record_of(session, change.kind, change.record_id, deleted=True)
    now = content(record)
    wrote = touched(change)
    told = {name: after for name, (_, after) in wrote.items()}
    if change.before is None:
        told = dict.fromkeys(now) | told
    again = sorted(name for name, after in told.items() if now[name] != after)
    if again:
        raise UndoRefused(change=change.id, fields=again)
    back: dict[str, Any] = {name: before for name, (before, _) in wrote.items()}
    if change.before is None:
        back = {"deleted_at": act.at}
    return changed(session, act, record, back, undoes=change.id)


def change_of(session: Session, number: int) -> Change:
    """A line of the log by its number."""
    found = session.get(Change, number) if 0 < number < 2**31 else None
    if found is None:
        raise RecordMissing(kind="changes", key=str(number))
    return found


def fields_of_people(session: Session, kind: str) -> dict[str, set[str]]:
    """Record → the fields that people wrote and did not take back: what no seeding may touch.

    A birth by a person, a deletion and a stamp "still true" hold for the whole record (``"*"``).
    """
    asked = select(Change).where(Change.kind == kind).order_by(Change.id)
    lines = list(session.scalars(asked))
    back = taken_back(lines)
    found: dict[str, set[str]] = {}
    for line in lines:
        if line.who == SEED or line.id in back or line.how == "undo":
            continue
        names = set(touched(line))
        whole = line.before is None or names & {"deleted_at", "confirmed_on"}
        found.setdefault(line.record_id, set()).update({"*"} if whole else names)
    return found


def taken_back(lines: Iterable[Change]) -> set[int]:
    """The changes that an undo which itself still holds took back."""
    back: set[int] = set()
    for line in sorted(
        (one for one in lines if one.undoes is not None), key=lambda one: one.id, reverse=True
    ):
        if line.id not in back and line.undoes is not None:
            back.add(line.undoes)
    return back


def disagreements(session: Session) -> list[str]:
    """Every record whose last line in the log is not what the record says, or whose versions have a hole."""
    found = []
    for kind, model in KINDS.items():
        lines: dict[str, list[Change]] = {}
        for line in session.scalars(select(Change).where(Change.kind == kind).order_by(Change.version)):
            lines.setdefault(line.record_id, []).append(line)
        for record in session.scalars(select(model)):
            told = lines.pop(record.id, [])
            whole = [line.version for line in told] == list(range(1, record.version + 1))
            if not whole or told[-1].after != as_text(content(record)):
                found.append(f"{kind} {record.id}")
        found += [f"{kind} {key}" for key in lines]
    return found
