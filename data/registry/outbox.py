"""Reminders: written as letters to an outbox on the day a record falls due, sent by SMTP where it is configured.

A record is reminded once for each day it falls due, whatever is run again and however late. A letter is
claimed before it is sent: if the process dies between, it stays claimed for a person to look at, and is not
sent twice.
"""

import datetime as dt
import os
import smtplib
import ssl
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path
from string import Template
from typing import Final
from urllib.parse import quote, unquote, urlsplit

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from data.registry.books import Account, Letter, Reminder
from data.registry.freshness import Due, due_on, state, to_confirm
from data.registry.model import Ente, Record, Sessione, Sportello
from data.registry.store import Store

LETTER: Final = Path(__file__).parent / "letters" / "reminder.txt"
TRIES: Final = 5
"""After how many failures a letter waits for a person."""
SECONDS: Final = 20


@dataclass
class Reminded:
    """What a round did: letters written, records reminded, and those nobody can be written to about."""

    letters: int = 0
    records: list[Due] = field(default_factory=list)
    nobody: list[Due] = field(default_factory=list)


def remind(
    store: Store, address_of: Callable[[str, str], str] = lambda kind, key: f"{kind}/{key}"
) -> Reminded:
    """Write today's letters, one a recipient, about what falls due or fell due and was not reminded.

    Parameters
    ----------
    address_of
        Kind and key → the address of the page where the record can be confirmed.
    """
    today, done = store.today(), Reminded()
    with store.writing() as session:
        told = {(one.kind, one.record_id, one.due_on) for one in session.scalars(select(Reminder))}
        editors = editors_of(session)
        letters: dict[str, list[Due]] = {}
        for record, name in to_confirm(session):
            due = due_of(record, name, today)
            if due.due_on > today or (due.kind, due.key, due.due_on) in told:
                continue
            to = recipient(session, record, editors)
            if to is None:
                done.nobody.append(due)
                continue
            letters.setdefault(to, []).append(due)
        for to, ones in sorted(letters.items()):
            letter = letter_about(ones, to=to, today=today, address_of=address_of)
            session.add(letter)
            session.flush()
            session.add_all(
                Reminder(kind=one.kind, record_id=one.key, due_on=one.due_on, letter_id=letter.id)
                for one in ones
            )
            done.records += ones
        done.letters = len(letters)
    return done


def due_of(record: Record, name: str, today: dt.date) -> Due:
    """A record as its letter names it."""
    return Due(
        record.__tablename__, record.id, name, record.ambito_id, record.confirmed_on, due_on(record),
        state(record, today),
    )  # fmt: skip


def recipient(session: Session, record: Record, editors: Mapping[str | None, str]) -> str | None:
    """Who is written to about a record: its office, else its Ambito's editors, else the regional ones; maybe nobody.

    ``editors`` as ``editors_of`` gives them.
    """
    return _office(session, record) or editors.get(record.ambito_id) or editors.get(None)


def editors_of(session: Session) -> dict[str | None, str]:
    """Ambito → the addresses of its editors; under ``None`` those of the regional ones."""
    found: dict[str | None, list[str]] = {}
    there = (
        select(Account).where(Account.disabled_at.is_(None), Account.email.is_not(None)).order_by(Account.id)
    )
    for account in session.scalars(there):
        of: list[str | None] = [None] if account.role == "regione" else [*(account.ambiti or ())]
        for ambito in of:
            found.setdefault(ambito, []).append(str(account.email))
    return {ambito: ", ".join(dict.fromkeys(emails)) for ambito, emails in found.items()}


def _office(session: Session, record: Record) -> str | None:
    """The address a record publishes: its own, its sportello's, its ente's."""
    if isinstance(record, Sessione):
        desk = session.get(Sportello, record.sportello_id)
        return None if desk is None else _office(session, desk)
    own: str | None = getattr(record, "email", None)
    if own:
        return own.replace(";", ", ")
    ente_id: str | None = getattr(record, "ente_id", None)
    ente = session.get(Ente, ente_id) if ente_id else None
    return None if ente is None else _office(session, ente)


def letter_about(
    ones: Sequence[Due],
    *,
    to: str,
    today: dt.date,
    address_of: Callable[[str, str], str],
    template: Path = LETTER,
    **words: str,
) -> Letter:
    """One letter about some records: the template's first line is its subject; ``words`` fill what else it names."""
    lines = [
        f"- {one.name}\n  {_last(one)}\n  {address_of(one.kind, one.key)}"
        for one in sorted(ones, key=lambda one: (one.kind, one.key))
    ]
    count = "una scheda" if len(ones) == 1 else f"{len(ones)} schede"
    subject, _, body = (
        Template(template.read_text(encoding="utf-8"))
        .substitute(words, quante=count, elenco="\n".join(lines))
        .partition("\n")
    )
    return Letter(recipient=to, subject=subject, body=body.lstrip("\n"), written_on=today, attempts=0)


def _last(one: Due) -> str:
    if one.confirmed_on is None:
        return "mai confermata"
    return f"confermata l'ultima volta il {one.confirmed_on:%d/%m/%Y}"


@dataclass(frozen=True)
class Server:
    """An SMTP server: where, how (``smtp``, ``smtp+starttls``, ``smtps``), as whom, from which address."""

    how: str
    host: str
    port: int
    user: str
    password: str = field(repr=False)
    sender: str


def configured(settings: Mapping[str, str] = os.environ) -> Server | None:
    """The server that ``ATLANTE_SMTP`` (``smtp+starttls://user:password@host:587``) and ``ATLANTE_MAIL_FROM`` name.

    Missing where either is not set: letters then stay in the outbox.
    """
    where, sender = settings.get("ATLANTE_SMTP"), settings.get("ATLANTE_MAIL_FROM")
    if not where or not sender:
        return None
    parts = urlsplit(where)
    port = parts.port or {"smtps": 465, "smtp+starttls": 587}.get(parts.scheme, 25)
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    return Server(parts.scheme, parts.hostname or "localhost", port, user, password, sender)


def addresses(settings: Mapping[str, str] = os.environ) -> Callable[[str, str], str]:
    """Kind and key → the address of the page of a record, under the atlas's own (``ATLANTE_ADDRESS``).

    Without it ``kind/key``, which Registro finds: no letter takes the atlas's address from whoever asks a page.
    """
    base = settings.get("ATLANTE_ADDRESS", "").rstrip("/")
    return lambda kind, key: f"{base}/registro?scheda={kind}/{quote(key)}" if base else f"{kind}/{key}"


@dataclass(frozen=True)
class Outbox:
    """How many letters wait, wait for a person (given up, or claimed and not sent), and were sent."""

    waiting: int
    stuck: int
    sent: int


def outbox(store: Store) -> Outbox:
    """The letters by where they are, without what they say or to whom."""
    where = case(
        (Letter.sent_at.is_not(None), "sent"),
        (Letter.taken_at.is_not(None) | (Letter.attempts >= TRIES), "stuck"),
        else_="waiting",
    )
    with store.reading() as session:
        counts = {
            str(name): int(many)
            for name, many in session.execute(select(where, func.count()).group_by(where))
        }
    return Outbox(counts.get("waiting", 0), counts.get("stuck", 0), counts.get("sent", 0))


@dataclass(frozen=True)
class Sent:
    """What a round of sending did."""

    sent: int
    failed: int


def send(store: Store, server: Server) -> Sent:
    """Send every letter that waits; one that fails waits for the next round, up to ``TRIES`` times."""
    sent = failed = 0
    for number in _waiting(store):
        with store.writing() as session:
            letter = session.get(Letter, number, populate_existing=True)
            if letter is None or letter.taken_at is not None:
                continue
            letter.taken_at = store.clock()
            letter.attempts += 1
            message = _message(letter, server)
        fault = _give(message, server)
        with store.writing() as session:
            letter = session.get_one(Letter, number)
            if fault is None:
                letter.sent_at = store.clock()
            else:
                letter.taken_at, letter.last_fault = None, fault[:300]
        sent, failed = sent + (fault is None), failed + (fault is not None)
    return Sent(sent, failed)


def _waiting(store: Store) -> list[int]:
    asked = select(Letter.id).where(
        Letter.sent_at.is_(None), Letter.taken_at.is_(None), Letter.attempts < TRIES
    )
    with store.reading() as session:
        return list(session.scalars(asked.order_by(Letter.id)))


def _message(letter: Letter, server: Server) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = server.sender, letter.recipient, letter.subject
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter.body)
    return message


def _give(message: EmailMessage, server: Server) -> str | None:
    """Hand a message to the server; why it was not taken, or nothing."""
    try:
        with _door(server) as door:
            if server.how == "smtp+starttls":
                door.starttls(context=ssl.create_default_context())
            if server.user:
                door.login(server.user, server.password)
            door.send_message(message)
    except (OSError, smtplib.SMTPException) as fault:
        return f"{type(fault).__name__}: {fault}"
    return None


def _door(server: Server) -> smtplib.SMTP:
    if server.how == "smtps":
        return smtplib.SMTP_SSL(
            server.host, server.port, timeout=SECONDS, context=ssl.create_default_context()
        )
    return smtplib.SMTP(server.host, server.port, timeout=SECONDS)
