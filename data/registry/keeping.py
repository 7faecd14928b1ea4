"""What whoever keeps the machine asks: what the registry holds, in figures, and which letters have not gone."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import func, select, text

from data.registry.books import Account, Change, Letter, Link
from data.registry.model import KINDS
from data.registry.outbox import TRIES
from data.registry.store import Store
from errors import RecordMissing


@dataclass(frozen=True)
class Holdings:
    """What the registry holds: records by kind (shown, put aside), accounts, links in force, its last change."""

    database: str
    revision: str
    records: Mapping[str, tuple[int, int]]
    accounts: int
    links: int
    changes: int
    last_change: dt.datetime | None


def holdings(store: Store) -> Holdings:
    """The figures, in one view; the database's address without its password."""
    with store.reading() as session:
        records = {}
        for kind, model in KINDS.items():
            aside, every = session.execute(select(func.count(model.deleted_at), func.count())).one()
            records[kind] = (every - aside, aside)
        there = select(func.count()).where(Account.disabled_at.is_(None))
        good = select(func.count()).where(Link.revoked_at.is_(None), Link.expires_at > store.clock())
        changes, last = session.execute(select(func.count(), func.max(Change.at))).one()
        return Holdings(
            store.engine.url.render_as_string(hide_password=True),
            str(session.scalar(text("SELECT version_num FROM alembic_version"))),
            records,
            session.scalar(there) or 0,
            session.scalar(good) or 0,
            changes,
            last,
        )


@dataclass(frozen=True)
class Unsent:
    """A letter that has not gone; ``state`` is ``waiting``, ``given_up`` (tried too often) or ``held``.

    A letter is held while it is being sent, if that was broken off, or since a restore.
    """

    number: int
    recipient: str
    subject: str
    written_on: dt.date
    attempts: int
    last_fault: str | None
    state: str


def unsent(store: Store) -> list[Unsent]:
    """Every letter that has not gone, the oldest first."""
    asked = select(Letter).where(Letter.sent_at.is_(None)).order_by(Letter.id)
    with store.reading() as session:
        return [
            Unsent(
                one.id, one.recipient, one.subject, one.written_on, one.attempts, one.last_fault, _state(one)
            )
            for one in session.scalars(asked)
        ]


def _state(letter: Letter) -> str:
    if letter.taken_at is not None:
        return "held"
    return "given_up" if letter.attempts >= TRIES else "waiting"


def retry(store: Store, number: int) -> None:
    """Let a letter be sent at the next round, as if never tried; ``RecordMissing`` if it has gone or is not there."""
    with store.writing() as session:
        letter = session.get(Letter, number) if 0 < number < 2**31 else None
        if letter is None or letter.sent_at is not None:
            raise RecordMissing(kind="letters", key=str(number))
        letter.taken_at, letter.attempts = None, 0
