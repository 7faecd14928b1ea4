"""The registry's own books: changes, accounts, links, letters, imports, campaigns, reports of errors, counts."""

import datetime as dt
from typing import Final

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from data.registry.model import Base


class Change(Base):
    """One change of one record: who, when, before, after (canonical JSON, missing before birth).

    ``batch`` joins what was done in one transaction; ``undoes`` is the change this one takes back; every version
    of a record has exactly one line.
    """

    __tablename__ = "changes"
    __table_args__ = (UniqueConstraint("kind", "record_id", "version"),)
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    batch: Mapped[str] = mapped_column(index=True)
    at: Mapped[dt.datetime] = mapped_column(index=True)
    who: Mapped[str] = mapped_column(index=True)
    how: Mapped[str]
    kind: Mapped[str]
    record_id: Mapped[str]
    version: Mapped[int]
    before: Mapped[str | None]
    after: Mapped[str]
    undoes: Mapped[int | None] = mapped_column(ForeignKey("changes.id"), index=True)


class Seeding(Base):
    """One seeding from the clean tables: which bytes they were, what was done (JSON)."""

    __tablename__ = "seedings"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    at: Mapped[dt.datetime]
    digest: Mapped[str]
    report: Mapped[str]


ROLES: Final = ("ambito", "regione")
"""What an account may be: editor of its Ambiti, or editor of all. A provider has a link, not an account."""


class Account(Base):
    """Somebody who may edit: by a password kept as an argon2 hash, or by an identity that OIDC vouches for.

    ``epoch`` goes up when what was given out must no longer hold: every pass names it.
    """

    __tablename__ = "accounts"
    __table_args__ = (
        CheckConstraint("role IN ('ambito', 'regione')", name="role"),
        CheckConstraint("(password IS NULL) <> (oidc IS NULL)", name="one_way_in"),
    )
    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    password: Mapped[str | None]
    oidc: Mapped[str | None] = mapped_column(unique=True)
    role: Mapped[str]
    ambiti: Mapped[list[str] | None]
    email: Mapped[str | None]
    epoch: Mapped[int]
    created_at: Mapped[dt.datetime]
    disabled_at: Mapped[dt.datetime | None]


class Attempt(Base):
    """A failed attempt to sign in: for whom (as a digest) and when; old ones are swept."""

    __tablename__ = "attempts"
    __table_args__ = (Index(None, "subject", "at"),)
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    subject: Mapped[str]
    at: Mapped[dt.datetime]


class Link(Base):
    """A provider's personal link: which records (``kind/id``), until when, made by whom; the token is not kept.

    ``ambiti`` are those of whoever made it (missing: all): a record that leaves them leaves the link too.
    """

    __tablename__ = "links"
    id: Mapped[str] = mapped_column(primary_key=True)
    records: Mapped[list[str]]
    ambiti: Mapped[list[str] | None]
    label: Mapped[str]
    created_by: Mapped[str]
    created_at: Mapped[dt.datetime]
    expires_at: Mapped[dt.datetime]
    revoked_at: Mapped[dt.datetime | None]
    revoked_by: Mapped[str | None]


class Letter(Base):
    """An e-mail to send: plain text, to offices and editors; ``sent_at`` is missing until a server took it."""

    __tablename__ = "letters"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    recipient: Mapped[str]
    subject: Mapped[str]
    body: Mapped[str]
    written_on: Mapped[dt.date]
    taken_at: Mapped[dt.datetime | None]
    sent_at: Mapped[dt.datetime | None] = mapped_column(index=True)
    attempts: Mapped[int]
    last_fault: Mapped[str | None]


class Reminder(Base):
    """That a record was reminded for the day it fell due: never twice, whatever is run again."""

    __tablename__ = "reminders"
    kind: Mapped[str] = mapped_column(primary_key=True)
    record_id: Mapped[str] = mapped_column(primary_key=True)
    due_on: Mapped[dt.date] = mapped_column(primary_key=True)
    letter_id: Mapped[int | None] = mapped_column(ForeignKey("letters.id"), index=True)


class ColumnMap(Base):
    """How the columns of a spreadsheet were read last: of an Ambito (missing: the Region), for headers like these.

    ``signature`` are the headers, folded and in order; ``columns`` is header → field, or missing for "leave out".
    """

    __tablename__ = "mappings"
    __table_args__ = (UniqueConstraint("owner", "signature"),)
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    owner: Mapped[str]
    signature: Mapped[str]
    columns: Mapped[str]
    saved_by: Mapped[str]
    saved_at: Mapped[dt.datetime]


class Import(Base):
    """One import that was said yes to: its batch in the log, who, from which file, what it did (JSON)."""

    __tablename__ = "imports"
    batch: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[dt.datetime] = mapped_column(index=True)
    who: Mapped[str]
    source: Mapped[str] = mapped_column(index=True)
    file: Mapped[str]
    digest: Mapped[str]
    report: Mapped[str]


class Origin(Base):
    """Which record a row of a source became: ``external`` is what the source calls it.

    The same row again is the same record; a record whose row is gone from its source may be closed.
    """

    __tablename__ = "origins"
    source: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    external: Mapped[str] = mapped_column(primary_key=True)
    record_id: Mapped[str] = mapped_column(index=True)
    batch: Mapped[str]


class Distinct(Base):
    """Two records that a person said are not the same: never proposed again; ``one`` < ``other``."""

    __tablename__ = "distincts"
    kind: Mapped[str] = mapped_column(primary_key=True)
    one: Mapped[str] = mapped_column(primary_key=True)
    other: Mapped[str] = mapped_column(primary_key=True)
    who: Mapped[str]
    at: Mapped[dt.datetime]


class Campaign(Base):
    """A round of updating: which kinds and fields (missing: the whole record), of which Ambiti (missing: all), when."""

    __tablename__ = "campaigns"
    id: Mapped[str] = mapped_column(primary_key=True)
    title: Mapped[str]
    ambiti: Mapped[list[str] | None]
    kinds: Mapped[list[str]]
    fields: Mapped[list[str] | None]
    starts_on: Mapped[dt.date]
    ends_on: Mapped[dt.date]
    created_by: Mapped[str]
    created_at: Mapped[dt.datetime]
    closed_at: Mapped[dt.datetime | None]


class CampaignLetter(Base):
    """That a record was written about for a campaign: once."""

    __tablename__ = "campaign_letters"
    campaign_id: Mapped[str] = mapped_column(ForeignKey("campaigns.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    record_id: Mapped[str] = mapped_column(primary_key=True)
    letter_id: Mapped[int] = mapped_column(ForeignKey("letters.id"), index=True)


class Merged(Base):
    """That a record was made one with another: where what came for it goes while it is put aside."""

    __tablename__ = "merges"
    batch: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    dropped: Mapped[str]
    kept: Mapped[str]
    at: Mapped[dt.datetime]


class Report(Base):
    """What somebody says is wrong with a public record: codes, a few words, days; nothing of who said it.

    ``times`` is how often the same was said while it was open. What was settled has an ``outcome`` and no words.
    """

    __tablename__ = "reports"
    __table_args__ = (
        CheckConstraint("times >= 1", name="times"),
        CheckConstraint("outcome IN ('corretto', 'era_giusto', 'non_chiaro')", name="outcome"),
        CheckConstraint("(outcome IS NULL) = (settled_on IS NULL)", name="settled"),
        CheckConstraint("outcome IS NULL OR words IS NULL", name="erased"),
        Index(None, "kind", "record_id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    kind: Mapped[str]
    record_id: Mapped[str]
    what: Mapped[list[str]]
    words: Mapped[str | None]
    first_on: Mapped[dt.date]
    last_on: Mapped[dt.date]
    times: Mapped[int]
    outcome: Mapped[str | None]
    settled_on: Mapped[dt.date | None]
    letter_id: Mapped[int | None] = mapped_column(ForeignKey("letters.id"), index=True)


class ReportStep(Base):
    """Who settled a report, and how (``outcome``), or opened it again (missing): when; nothing of what it says."""

    __tablename__ = "report_steps"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("reports.id"), index=True)
    at: Mapped[dt.datetime]
    who: Mapped[str]
    outcome: Mapped[str | None]


class Tally(Base):
    """How many searches of a month found nothing near: by Ambito, need, language and mode (empty: not asked).

    ``outcome`` is ``none`` or ``far``.
    """

    __tablename__ = "searches"
    __table_args__ = (
        CheckConstraint("outcome IN ('none', 'far')", name="outcome"),
        CheckConstraint("n >= 1", name="n"),
    )
    month: Mapped[str] = mapped_column(primary_key=True)
    ambito_id: Mapped[str] = mapped_column(primary_key=True)
    theme: Mapped[str] = mapped_column(primary_key=True)
    language: Mapped[str] = mapped_column(primary_key=True)
    mode: Mapped[str] = mapped_column(primary_key=True)
    outcome: Mapped[str] = mapped_column(primary_key=True)
    n: Mapped[int]


class Counting(Base):
    """Since when something is counted."""

    __tablename__ = "countings"
    what: Mapped[str] = mapped_column(primary_key=True)
    since: Mapped[dt.date]
