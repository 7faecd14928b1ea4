"""How fresh a record is: when it is to be confirmed again, and what is overdue in each Ambito."""

import calendar
import datetime as dt
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from data.registry.model import KINDS, Ente, Mediazione, Record, Sessione, Sostegno, Sportello
from data.registry.store import ROME, Store

CONFIRMED, OVERDUE, NEVER = "confermato", "da_confermare", "mai_confermato"
GONE: Final = ("chiuso", "probabilmente_superato")
"""Statuses of what nobody has to confirm any more."""


@dataclass(frozen=True)
class Due:
    """A record and the day it is to be confirmed; ``state`` on the day asked about."""

    kind: str
    key: str
    name: str
    ambito_id: str | None
    confirmed_on: dt.date | None
    due_on: dt.date
    state: str


def later(day: dt.date, months: int) -> dt.date:
    """The same day some months later; the last of the month where it has no such day.

    Examples
    --------
    >>> later(dt.date(2027, 8, 31), 6), later(dt.date(2026, 12, 1), 1)
    (datetime.date(2028, 2, 29), datetime.date(2027, 1, 1))
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def due_on(record: Record) -> dt.date:
    """The day a record is to be confirmed: its interval after the last time, or after it came in if never."""
    since = record.confirmed_on or record.created_at.astimezone(ROME).date()
    return later(since, record.confirm_every_months)


def state(record: Record, today: dt.date) -> str:
    """``mai_confermato`` until somebody confirms it; then ``da_confermare`` from the day it is due."""
    if record.confirmed_on is None:
        return NEVER
    return OVERDUE if due_on(record) <= today else CONFIRMED


def to_confirm(session: Session) -> Iterator[tuple[Record, str]]:
    """Every record that somebody may be asked to confirm, with its name: what is closed or put aside is not."""
    enti = {one.id: one.name for one in session.scalars(select(Ente))}
    desks = {one.id: one for one in session.scalars(select(Sportello))}
    for kind in KINDS.values():
        for record in session.scalars(select(kind).where(kind.deleted_at.is_(None)).order_by(kind.id)):
            of = desks[record.sportello_id] if isinstance(record, Sessione) else record
            if of.deleted_at is None and getattr(of, "status", None) not in GONE:
                yield record, _name(record, enti, desks)


def _name(record: Record, enti: dict[str, str], desks: dict[str, Sportello]) -> str:
    if isinstance(record, Sessione):
        hours = record.hours or record.hours_note
        return desks[record.sportello_id].name + (f" ({hours})" if hours else "")
    if isinstance(record, Mediazione):
        return enti[record.ente_id] + (f" ({record.area_note})" if record.area_note else "")
    if isinstance(record, Sostegno):
        return f"{record.school_id} ({record.kind})"
    name: str = record.name  # type: ignore[attr-defined]
    return name


def overdue(
    store: Store, *, ambito_id: str | None = None, kinds: tuple[str, ...] = tuple(KINDS)
) -> list[Due]:
    """What is to be confirmed today, never confirmed or overdue, the longest overdue first; of one Ambito if asked."""
    today = store.today()
    with store.reading() as session:
        found = [
            Due(
                one.__tablename__,
                one.id,
                name,
                one.ambito_id,
                one.confirmed_on,
                due_on(one),
                state(one, today),
            )
            for one, name in to_confirm(session)
            if one.__tablename__ in kinds and ambito_id in {None, one.ambito_id}
        ]
    return sorted(
        (one for one in found if one.state != CONFIRMED), key=lambda one: (one.due_on, one.kind, one.key)
    )


def by_ambito(store: Store, *, kinds: tuple[str, ...] = tuple(KINDS)) -> dict[str | None, Counter[str]]:
    """Ambito → how many records are in each state; under ``None`` those of no Ambito."""
    today = store.today()
    found: dict[str | None, Counter[str]] = {}
    with store.reading() as session:
        for one, _ in to_confirm(session):
            if one.__tablename__ in kinds:
                found.setdefault(one.ambito_id, Counter())[state(one, today)] += 1
    return found
