"""The index that searches read: one row a record, written in the transaction that writes the record.

What depends on the day is kept as days (``due_on``, ``half_until``), so that the index is true on any day. On
SQLite triggers keep a full-text table beside it; on PostgreSQL the words are ``tsvector``.
"""

import datetime as dt
import hashlib
import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import islice
from typing import Any, Final, TypeVar

from sqlalchemy import (
    Connection,
    Dialect,
    Index,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    bindparam,
    delete,
    event,
    insert,
    inspect,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, Session, mapped_column
from sqlalchemy.types import TypeEngine

from data import catalog
from data.registry import freshness, quality
from data.registry.folding import fold, words
from data.registry.model import KINDS, Base, Ente, Record, Sessione, content
from data.vocabularies import label, vocabulary

SEARCHED: Final = ("enti", "sportelli", "associazioni", "mediazione", "sostegni")
"""The kinds that are found; sessioni are found by their sportello."""
UNDER_ENTI: Final = ("sportelli", "mediazione", "sostegni")
AT_ONCE: Final = 500
CODE: Final = re.compile(r"[a-z0-9_-]{1,60}")
"""What a code of a vocabulary looks like: only such are found as codes.

Themes (``=t-lavoro``), languages (``=l-ar``), kind of record, whether it was put aside (``=x-1``), Ambito, kind of
service stand among the words, where no word of a text can be taken for them.
"""
EDITION: Final = "2"
"""Goes up when texts are made otherwise: every index made before is then made again when the registry is opened."""
WAITING: Final = "search_index.waiting"
TOLD: Final = ("address", "description", "notes", "area_note", "services", "access_note", "school_id")
"""Fields whose own words are found, beside names and the labels of codes."""
LABELS: Final = {"themes": "themes", "targets": "targets"}
KIND_LABELS: Final = {
    "sportelli": "service_kinds", "associazioni": "association_kinds", "enti": "provider_kinds",
    "sostegni": "school_supports",
}  # fmt: skip


TIMELESS: Final = tuple(one for one in quality.CRITERIA if one is not quality.recency)
"""The criteria of quality that do not depend on the day."""


class Words(TypeDecorator[str]):
    """Plain words: a text on SQLite, a ``tsvector`` with the words' places on PostgreSQL."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """As the database holds it."""
        return dialect.type_descriptor(TSVECTOR() if dialect.name == "postgresql" else Text())

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Words have letters, digits and our ``=``, ``_``, ``-`` only: nothing to escape but the quotes around."""
        if value is None or dialect.name != "postgresql":
            return value
        return " ".join(f"'{word}':{place}" for place, word in enumerate(value.split(), start=1))


BOUNDS: Final = ("kind", "aside", "ambito_id", "service_kind", "evidence", "gone", "due_on", "half_until", "points",
                "criteria", "sorted_as")  # fmt: skip
"""What a search may ask beside words: together in an index, nothing else need be read to count and to sort."""


class Entry(Base):
    """What is found of a record; ``points`` of its quality but for recency, out of ``criteria``."""

    __tablename__ = "search_rows"
    __table_args__ = (UniqueConstraint("kind", "record_id"), Index("ix_search_rows_bounds", *BOUNDS))
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    kind: Mapped[str]
    record_id: Mapped[str]
    name: Mapped[str]
    sorted_as: Mapped[str] = mapped_column(Text().with_variant(Text(collation="C"), "postgresql"), index=True)
    ambito_id: Mapped[str | None] = mapped_column(index=True)
    comune_code: Mapped[str | None]
    ente: Mapped[str | None]
    service_kind: Mapped[str | None]
    evidence: Mapped[str]
    aside: Mapped[bool]
    gone: Mapped[bool]
    due_on: Mapped[dt.date | None]
    half_until: Mapped[dt.date | None]
    points: Mapped[float | None]
    criteria: Mapped[int]
    lon: Mapped[float | None]
    lat: Mapped[float | None]
    name_words: Mapped[str] = mapped_column(Words)
    all_words: Mapped[str] = mapped_column(Words)


class Word(Base):
    """A word that was ever in the index: what a misspelt one is compared with."""

    __tablename__ = "search_words"
    word: Mapped[str] = mapped_column(primary_key=True)


class Made(Base):
    """With which words of ours the index was made."""

    __tablename__ = "search_made"
    edition: Mapped[str] = mapped_column(primary_key=True)


ENTRIES: Final[Table] = Entry.__table__  # type: ignore[assignment]


def touch(session: Session, record: Record, before: Mapping[str, Any] | None = None) -> None:
    """Have a record indexed when this session's work is saved; ``before`` is what it said."""
    waiting = session.info.get(WAITING)
    if waiting is None:
        waiting = session.info[WAITING] = {}
        event.listen(session, "before_commit", _saved)
    if isinstance(record, Sessione):
        desks = {record.sportello_id, (before or {}).get("sportello_id") or record.sportello_id}
        waiting.setdefault("sportelli", set()).update(desks)
    else:
        waiting.setdefault(record.__tablename__, set()).add(record.id)


def _saved(session: Session) -> None:
    waiting: dict[str, set[str]] = session.info[WAITING]
    if waiting:
        session.flush()
        index(session, waiting)
        waiting.clear()


def index(session: Session, keys: Mapping[str, Collection[str]]) -> None:
    """Index these records again, and what shows the names of these enti."""
    wanted = {kind: set(ones) for kind, ones in keys.items()}
    for kind in UNDER_ENTI:
        of: Any = KINDS[kind].__table__.columns["ente_id"]
        for some in _some(sorted(keys.get("enti", ()))):
            found = session.scalars(select(KINDS[kind].id).where(of.in_(some)))
            wanted.setdefault(kind, set()).update(found)
    for kind, ones in wanted.items():
        for some in _some(sorted(ones)):
            rows = list(_rows(session, kind, some))
            _write(session, kind, rows)
            _learn(session, {word for row in rows for word in row["all_words"].split() if word[0] != "="})


def _learn(session: Session, found: Collection[str]) -> None:
    """Keep the words that were never met before."""
    for some in _some(sorted(found)):
        there = set(session.scalars(select(Word.word).where(Word.word.in_(some))))
        new = [{"word": word} for word in some if word not in there]
        if new:
            session.execute(insert(Word), new)


T = TypeVar("T")


def _some(ones: Iterable[T]) -> Iterator[list[T]]:
    rest = iter(ones)
    while some := list(islice(rest, AT_ONCE)):
        yield some


def _write(session: Session, kind: str, rows: list[dict[str, Any]]) -> None:
    asked = select(Entry.record_id, Entry.number).where(
        Entry.kind == kind, Entry.record_id.in_([row["record_id"] for row in rows])
    )
    known = dict(session.execute(asked).all())
    old = [{**row, "of": known[row["record_id"]]} for row in rows if row["record_id"] in known]
    new = [row for row in rows if row["record_id"] not in known]
    if old:
        given: dict[str, Any] = {
            name: bindparam(f"new_{name}") for name in rows[0] if name not in {"kind", "record_id"}
        }
        plain = [{"of": one["of"], **{f"new_{name}": one[name] for name in given}} for one in old]
        said = update(ENTRIES).where(ENTRIES.c.number == bindparam("of")).values(given)
        session.connection().execute(said, plain)
    if new:
        session.connection().execute(insert(ENTRIES), new)


def _rows(session: Session, kind: str, keys: Sequence[str]) -> Iterator[dict[str, Any]]:
    """What the index says of some records of a kind."""
    model = KINDS[kind]
    records = list(session.scalars(select(model).where(model.id.in_(keys))))
    below: dict[str, list[Mapping[str, Any]]] = {}
    if kind == "sportelli":
        asked = select(Sessione).where(Sessione.sportello_id.in_(keys), Sessione.deleted_at.is_(None))
        for one in session.scalars(asked.order_by(Sessione.id)):
            below.setdefault(one.sportello_id, []).append(content(one))
    of = {getattr(record, "ente_id", None) for record in records} - {None}
    enti = dict(session.execute(select(Ente.id, Ente.name).where(Ente.id.in_(of))).all())
    for record in records:
        yield row(record, enti.get(getattr(record, "ente_id", None) or ""), below.get(record.id, ()))


def row(record: Record, ente: str | None, sessioni: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """What the index says of a record."""
    kind, said = record.__tablename__, content(record)
    name = _name(kind, said, ente)
    gone = said.get("status") in freshness.GONE
    facts = quality.Facts(kind, said, dt.date.min, sessioni, known_precisions().get((kind, record.id)))
    scores = [] if gone else [one(facts) for one in TIMELESS]
    given = [score for score in scores if score is not None]
    spoken = {code for one in (said, *sessioni) for code in one.get("languages") or ()}
    day, months = record.confirmed_on, record.confirm_every_months
    texts = [ente, *(said.get(field) for field in TOLD), _comuni().get(said.get("comune_code") or "")]
    texts += [_label(named, code) for field, named in LABELS.items() for code in said.get(field) or ()]
    texts += [_label("languages", code) for code in sorted(spoken)]
    texts += [text for field in ("communities", "activities") for text in said.get(field) or ()]
    if kind in KIND_LABELS and said.get("kind"):
        texts.append(_label(KIND_LABELS[kind], said["kind"]))
    codes = [("t", code) for code in said.get("themes") or ()] + [("l", code) for code in sorted(spoken)]
    codes += [("k", kind), ("x", str(int(record.deleted_at is not None)))]
    codes += [("a", record.ambito_id or ""), ("s", said.get("kind") or "")]
    tokens = [f"={letter}-{code}" for letter, code in codes if CODE.fullmatch(code)]
    own = list(dict.fromkeys(words(name)))
    rest = dict.fromkeys(word for text in texts for word in words(text))
    return {
        "kind": kind,
        "record_id": record.id,
        "name": name,
        "sorted_as": fold(name)[:300],
        "ambito_id": record.ambito_id,
        "comune_code": said.get("comune_code"),
        "ente": ente,
        "service_kind": said.get("kind"),
        "evidence": record.evidence,
        "aside": record.deleted_at is not None,
        "gone": gone,
        "due_on": None if day is None else freshness.later(day, months),
        "half_until": None if day is None else freshness.later(day, 2 * months),
        "points": None if gone else sum(given),
        "criteria": 0 if gone else len(given) + 1,
        "lon": said.get("lon"),
        "lat": said.get("lat"),
        "name_words": " ".join(own),
        "all_words": " ".join([*own, *(word for word in rest if word not in own), *tokens]),
    }


def _name(kind: str, said: Mapping[str, Any], ente: str | None) -> str:
    """What a record is called, as in the lists of what is to be confirmed."""
    if kind == "mediazione":
        return (ente or "") + (f" ({said['area_note']})" if said["area_note"] else "")
    if kind == "sostegni":
        return f"{said['school_id']} ({_label('school_supports', said['kind'])})"
    return str(said["name"])


@cache
def _label(name: str, code: str) -> str:
    return label(name, code)


@cache
def known_precisions() -> Mapping[tuple[str, str], str]:
    """(kind, key) → precision of the positions that were found for records of the clean tables."""
    found = catalog.load("positions")
    kinds = {"sportello": "sportelli", "associazione": "associazioni"}
    rows = zip(found["kind"], found["id"], found["precision"], strict=True)
    return {(kinds[kind], key): precision for kind, key, precision in rows if kind in kinds}


@cache
def _comuni() -> Mapping[str, str]:
    names = catalog.load("comuni")
    return dict(zip(names["comune_code"], names["comune"], strict=True))


def rebuild(session: Session) -> None:
    """Make the whole index from nothing."""
    session.flush()
    for table in (Entry, Word, Made):
        session.execute(delete(table))
    for kind in SEARCHED:
        everyone = session.scalars(select(KINDS[kind].id).order_by(KINDS[kind].id)).all()
        for some in _some(everyone):
            rows = list(_rows(session, kind, some))
            session.connection().execute(insert(ENTRIES), rows)
            _learn(session, {word for row in rows for word in row["all_words"].split() if word[0] != "="})
            session.expunge_all()
    session.execute(insert(Made), [{"edition": edition()}])


def edition() -> str:
    """What the texts are made with: our way of making them, and the labels of the vocabularies."""
    names = sorted({*LABELS.values(), *KIND_LABELS.values(), "languages"})
    said = json.dumps([EDITION, *(vocabulary(name)["label"].to_dict() for name in names)])
    return hashlib.sha256(said.encode()).hexdigest()


def open_index(connection: Connection) -> None:
    """Make the index of a registry that has none, or one made with other words of ours; after the migrations."""
    if not inspect(connection).has_table(Made.__tablename__):
        return
    with Session(connection) as session:
        if session.scalars(select(Made.edition)).all() != [edition()]:
            rebuild(session)
            session.commit()


def entries(session: Session) -> list[tuple[Any, ...]]:
    """Everything the index says, but for its numbers, in order of key: two that agree are equal."""
    names = [column.name for column in ENTRIES.columns if column.name != "number"]
    asked = select(*(getattr(Entry, name) for name in names)).order_by(Entry.kind, Entry.record_id)
    return [tuple(found) for found in session.execute(asked)]
