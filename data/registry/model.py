"""What a record of the registry is: six kinds, each with whose it is, who says so, and when it was last confirmed.

Unknown is missing (``NULL``): never an empty list, "everywhere" or 0. No field is for a person's name or a
private telephone.
"""

import datetime as dt
import json
import secrets
from functools import cache
from typing import Any, Final

from sqlalchemy import JSON, CheckConstraint, DateTime, Dialect, ForeignKey, MetaData, TypeDecorator
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column

INTERVALS: Final = (1, 3, 6, 12)
"""Months after which a record is to be confirmed again."""

NAMES: Final = {
    "pk": "pk_%(table_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
}


class Moment(TypeDecorator[dt.datetime]):
    """A moment: with its time zone in Python, in UTC in the database."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:  # noqa: ARG002
        """As UTC without a zone; a moment without a zone is refused by ``ValueError``."""
        if value is not None and value.tzinfo is None:
            raise ValueError("a moment needs its time zone")
        return value and value.astimezone(dt.UTC).replace(tzinfo=None)

    def process_result_value(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:  # noqa: ARG002
        """With its zone again."""
        return value and value.replace(tzinfo=dt.UTC)


class Base(DeclarativeBase):
    """Root of every table of the registry."""

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map = {  # noqa: RUF012
        dt.datetime: Moment,
        list[str]: JSON(none_as_null=True),
        list[dict[str, str]]: JSON(none_as_null=True),
    }


class Record(Base):
    """What all kinds share: its key, whose it is, its version, who says so, when it was confirmed."""

    __abstract__ = True

    id: Mapped[str] = mapped_column(primary_key=True)
    ambito_id: Mapped[str | None] = mapped_column(index=True)
    version: Mapped[int]
    created_at: Mapped[dt.datetime]
    changed_at: Mapped[dt.datetime]
    deleted_at: Mapped[dt.datetime | None]
    evidence: Mapped[str]
    source_url: Mapped[str | None]
    source_date: Mapped[str | None]
    source_kind: Mapped[str | None]
    notes: Mapped[str | None]
    caution: Mapped[str | None]
    confirmed_on: Mapped[dt.date | None]
    confirmed_by: Mapped[str | None]
    confirm_every_months: Mapped[int]

    @declared_attr.directive
    @classmethod
    def __table_args__(cls) -> tuple[CheckConstraint, ...]:
        """What every kind keeps, and what this kind adds in ``RULES``."""
        rules = {
            "version": "version >= 1",
            "evidence": "evidence IN ('A', 'B', 'C', 'D')",
            "interval": "confirm_every_months IN (1, 3, 6, 12)",
            "confirmed": "(confirmed_on IS NULL) = (confirmed_by IS NULL)",
            **getattr(cls, "RULES", {}),
        }
        return tuple(CheckConstraint(rule, name=name) for name, rule in rules.items())


class Contacts:
    """How an office is reached: what it publishes, nothing private."""

    phone: Mapped[str | None]
    email: Mapped[str | None]
    web: Mapped[str | None]


class Placed(Contacts):
    """Where it is; ``lon`` and ``lat`` only where a person put the point, in degrees, precision as the vocabulary."""

    address: Mapped[str | None]
    postcode: Mapped[str | None]
    comune_code: Mapped[str | None] = mapped_column(index=True)
    province: Mapped[str | None]
    lon: Mapped[float | None]
    lat: Mapped[float | None]
    precision: Mapped[str | None]


BOTH_OR_NEITHER: Final = {"point": "(lon IS NULL) = (lat IS NULL)"}


class Ente(Contacts, Record):
    """An organisation that runs services; of no Ambito where it works in several."""

    __tablename__ = "enti"
    name: Mapped[str]
    kind: Mapped[str | None]


class Sportello(Placed, Record):
    """A place where people are informed and accompanied: one location of one ente.

    ``areas``: whom it receives, by where they live (``data/registry/areas.py``); ``closures``: temporary ones,
    each with ``from``, ``until`` and ``why`` (``data/registry/hours.py``).
    """

    __tablename__ = "sportelli"
    RULES = BOTH_OR_NEITHER
    ente_id: Mapped[str] = mapped_column(ForeignKey("enti.id"), index=True)
    name: Mapped[str]
    kind: Mapped[str]
    status: Mapped[str]
    themes: Mapped[list[str] | None]
    targets: Mapped[list[str] | None]
    access: Mapped[list[str] | None]
    access_note: Mapped[str | None]
    cost: Mapped[str | None]
    areas: Mapped[list[str] | None]
    closures: Mapped[list[dict[str, str]] | None]
    description: Mapped[str | None]


class Sessione(Record):
    """A weekly slot at a sportello: hours × languages × mediator × capacity; ``hours_note`` as the source wrote it."""

    __tablename__ = "sessioni"
    RULES: Final = {"capacity": "capacity IS NULL OR capacity >= 1"}
    sportello_id: Mapped[str] = mapped_column(ForeignKey("sportelli.id"), index=True)
    hours: Mapped[str | None]
    hours_note: Mapped[str | None]
    reception: Mapped[str | None]
    languages: Mapped[list[str] | None]
    mediator: Mapped[str | None]
    capacity: Mapped[int | None]


class Associazione(Placed, Record):
    """A migrant association, or one working for integration."""

    __tablename__ = "associazioni"
    RULES = BOTH_OR_NEITHER
    name: Mapped[str]
    kind: Mapped[str]
    status: Mapped[str]
    communities: Mapped[list[str] | None]
    activities: Mapped[list[str] | None]
    languages: Mapped[list[str] | None]
    description: Mapped[str | None]


class Mediazione(Record):
    """Linguistic-cultural mediation offered by an ente somewhere; ``areas`` typed, ``area_note`` as written."""

    __tablename__ = "mediazione"
    ente_id: Mapped[str] = mapped_column(ForeignKey("enti.id"), index=True)
    status: Mapped[str]
    province: Mapped[str | None]
    areas: Mapped[list[str] | None]
    areas_basis: Mapped[str | None]
    area_note: Mapped[str | None]
    settings: Mapped[list[str] | None]
    languages: Mapped[list[str] | None]
    hours_note: Mapped[str | None]
    figures: Mapped[str | None]
    services: Mapped[str | None]
    web: Mapped[str | None]


class Sostegno(Record):
    """Support that a scuola has for pupils and families; ``school_id`` is the Ministry's code."""

    __tablename__ = "sostegni"
    RULES: Final = {"hours": "hours_a_year IS NULL OR hours_a_year >= 1"}
    school_id: Mapped[str] = mapped_column(index=True)
    ente_id: Mapped[str | None] = mapped_column(ForeignKey("enti.id"), index=True)
    kind: Mapped[str]
    status: Mapped[str]
    languages: Mapped[list[str] | None]
    hours_a_year: Mapped[int | None]
    description: Mapped[str | None]


KINDS: Final[dict[str, type[Record]]] = {
    kind.__tablename__: kind for kind in (Ente, Sportello, Sessione, Associazione, Mediazione, Sostegno)
}
PREFIXES: Final = {
    "enti": "en", "sportelli": "sp", "sessioni": "se", "associazioni": "as", "mediazione": "me", "sostegni": "so",
}  # fmt: skip

KEPT_BY_US: Final = (
    "id",
    "version",
    "created_at",
    "changed_at",
    "deleted_at",
    "confirmed_on",
    "confirmed_by",
)
"""Fields that no form writes: they follow from what is done."""


@cache
def columns(kind: str) -> tuple[str, ...]:
    """Every field of a kind."""
    return tuple(KINDS[kind].__table__.columns.keys())


@cache
def fields(kind: str) -> tuple[str, ...]:
    """The fields of a kind that a person may be let to write."""
    return tuple(name for name in columns(kind) if name not in KEPT_BY_US)


def new_id(kind: str) -> str:
    """A key that nobody has, for a record made by a person."""
    return f"{PREFIXES[kind]}-{secrets.token_hex(6)}"


def content(record: Record) -> dict[str, Any]:
    """What a record says, as JSON can hold it; without the version and the moment of the last change."""
    names = [name for name in columns(record.__tablename__) if name not in {"version", "changed_at"}]
    return {name: _plain(getattr(record, name)) for name in names}


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, dt.date) else value


def as_text(said: dict[str, Any] | None) -> str | None:
    """Content as canonical JSON: the same content is the same bytes."""
    return (
        None if said is None else json.dumps(said, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    )


def typed(kind: str, name: str, value: Any) -> Any:
    """A value of a content as the field holds it."""
    wanted = KINDS[kind].__table__.columns[name].type
    if value is None or not isinstance(value, str):
        return value
    if isinstance(wanted, Moment):
        return dt.datetime.fromisoformat(value)
    return dt.date.fromisoformat(value) if wanted.python_type is dt.date else value
