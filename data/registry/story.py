"""The story of a record with its sessioni: who did what and when, by the names that those who may see it know."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from data.registry import changes, editing
from data.registry.books import Account, Change, Link
from data.registry.editing import Line
from data.registry.model import KINDS, Ente, Sessione, Sportello
from data.registry.rights import Actor, allow, who
from data.registry.store import Store
from errors import NotAllowed


@dataclass(frozen=True)
class Told:
    """A line of the log of a record or of one of its sessioni.

    ``by`` is a name, empty for the clean tables; ``undone`` is whether another change took it back, ``may_undo``
    whether whoever asks may do so.
    """

    kind: str
    key: str
    line: Line
    by: str
    undone: bool
    may_undo: bool


def story(store: Store, token: str | None, kind: str, key: str) -> list[Told]:
    """What was done to a record and to its sessioni, those put aside too, the latest first.

    For those who may see the record's history; raises as ``editing.history``.
    """
    with store.reading() as session:
        actor = who(session, store, token)
        record = changes.record_of(session, kind, key, deleted=True)
        allow(session, actor, "history", record)
        below = _sessioni(session, key) if isinstance(record, Sportello) else []
        lines = [
            (of, one, change)
            for of, one in [(kind, key), *below]
            for change in changes.history_of(session, of, one)
        ]
        names = _names(session, {change.who for _, _, change in lines})
        back = changes.taken_back(change for _, _, change in lines)
        told = [
            Told(
                of,
                one,
                editing.line(change),
                names.get(change.who, ""),
                change.id in back,
                change.id not in back and _may_undo(session, actor, change),
            )
            for of, one, change in lines
        ]
    return sorted(told, key=lambda one: one.line.number, reverse=True)


def _may_undo(session: Session, actor: Actor, change: Change) -> bool:
    record = changes.record_of(session, change.kind, change.record_id, deleted=True)
    fields = () if change.before is None else changes.touched(change)
    try:
        allow(session, actor, "undo", record, fields, theirs=change.who == actor.key)
    except NotAllowed:
        return False
    return change.who != changes.SEED


def _sessioni(session: Session, desk: str) -> Iterable[tuple[str, str]]:
    asked = select(Sessione.id).where(Sessione.sportello_id == desk).order_by(Sessione.id)
    return [("sessioni", one) for one in session.scalars(asked)]


def named(store: Store, token: str | None, kind: str, key: str, keys: Collection[str]) -> dict[str, str]:
    """Key of an account or link → its name (a user name, an office), for those who may see a record's history."""
    with store.reading() as session:
        allow(
            session,
            who(session, store, token),
            "history",
            changes.record_of(session, kind, key, deleted=True),
        )
        return _names(session, keys)


def _names(session: Session, keys: Collection[str]) -> dict[str, str]:
    accounts = session.execute(select(Account.id, Account.name.label("name")).where(Account.id.in_(keys)))
    given = session.execute(select(Link.id, Link.label.label("name")).where(Link.id.in_(keys)))
    return {one.id: one.name for one in [*accounts, *given]}


def enti(store: Store) -> dict[str, str]:
    """Key → name of every ente, in order of name."""
    with store.reading() as session:
        asked = select(Ente.id, Ente.name).where(Ente.deleted_at.is_(None)).order_by(Ente.name, Ente.id)
        return {one.id: one.name for one in session.execute(asked)}


def below(store: Store, ente: str) -> list[tuple[str, str]]:
    """Kind and key of what hangs on an ente, in order."""
    with store.reading() as session:
        return [
            (kind, key)
            for kind, name in editing.DEPENDS["enti"]
            for key in session.scalars(
                select(KINDS[kind].id)
                .where(KINDS[kind].__table__.columns[name] == ente, KINDS[kind].deleted_at.is_(None))
                .order_by(KINDS[kind].id)
            )
        ]
