"""Back-up and restore: the whole registry as rows in one file, the same from SQLite and PostgreSQL, for either.

The file is a zip of JSON lines, a table each, read in one view of the registry while others write, and a manifest
with counts and digests. The secret that signs passes and links is not in it; accounts are, with the hashes of
their passwords.
"""

import datetime as dt
import hashlib
import json
import os
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Final

from alembic.script import ScriptDirectory
from sqlalchemy import Date, delete, func, insert, select, text, update
from sqlalchemy import Table as SqlTable
from sqlalchemy.exc import StatementError
from sqlalchemy.orm import Session
from sqlalchemy.types import TypeEngine

from data.registry import books, reports, search_index
from data.registry.books import Account, Letter, Link, Report
from data.registry.changes import disagreements
from data.registry.model import Base, Moment
from data.registry.store import Store, settings_for
from errors import BackupRefused, FileUnreadable
from geo.whole import whole

assert books.Change.metadata is Base.metadata

WHAT: Final = "atlante-registro"
FORMAT: Final = 1
MANIFEST: Final = "manifest.json"
DERIVED: Final = frozenset(
    one.__tablename__ for one in (search_index.Entry, search_index.Word, search_index.Made)
)
"""Tables that follow from the others: made again after a restore."""
AT_ONCE: Final = 1000
WHY: Final = ("not_ours", "broken", "newer", "not_empty", "unsound")
"""Every word a refusal may give as its reason; ``screens/errors.py`` has the Italian for each."""
NOT_READABLE: Final = (zipfile.BadZipFile, zlib.error, EOFError, KeyError, TypeError, ValueError, AttributeError,
                       NotImplementedError, RuntimeError)  # fmt: skip
"""What reading a file that somebody cut or wrote into may raise."""


@dataclass(frozen=True)
class Kept:
    """How many rows of a table a file has, and the SHA-256 of their lines."""

    rows: int
    digest: str


@dataclass(frozen=True)
class Manifest:
    """What a file says of itself: when it was made, from which database at which revision, table by table."""

    made_at: dt.datetime
    revision: str
    database: str
    tables: Mapping[str, Kept]


@dataclass(frozen=True)
class Restored:
    """What a restore did: from what, where the registry of before was put aside, how many letters it stopped."""

    manifest: Manifest
    aside: Path | None
    held: int


def tables() -> list[SqlTable]:
    """The tables that a back-up holds, those that others refer to first."""
    return [one for one in Base.metadata.sorted_tables if one.name not in DERIVED]


def back_up(store: Store, path: Path) -> Manifest:
    """Write the whole registry, as it is at one moment, to a file that only its owner reads.

    Raises
    ------
    FileUnwritable
        If the file cannot be written; one that was there stays as it was.
    """
    with store.reading() as session:
        return _dump(session, store.clock(), path)


def _dump(session: Session, moment: dt.datetime, path: Path) -> Manifest:
    with whole(path) as part:
        handle = os.open(part, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600)
        with os.fdopen(handle, "wb") as out:
            os.fchmod(out.fileno(), 0o600)
            with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as file:
                said = {table.name: _write(session, file, table) for table in tables()}
                manifest = Manifest(moment, _revision(session), session.get_bind().dialect.name, said)
                file.writestr(MANIFEST, _as_text(manifest))
            out.flush()
            os.fsync(out.fileno())
    return manifest


def _write(session: Session, file: zipfile.ZipFile, table: SqlTable) -> Kept:
    count, digest = 0, hashlib.sha256()
    asked = select(table).order_by(*table.primary_key.columns).execution_options(yield_per=AT_ONCE)
    with file.open(f"{table.name}.jsonl", "w", force_zip64=True) as out:
        for row in session.connection().execute(asked).mappings():
            said = {name: _plain(value) for name, value in row.items()}
            line = json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
            out.write(line)
            digest.update(line)
            count += 1
    return Kept(count, digest.hexdigest())


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, dt.date) else value


def _revision(session: Session) -> str:
    return str(session.scalar(text("SELECT version_num FROM alembic_version")))


def _as_text(manifest: Manifest) -> str:
    said = {"what": WHAT, "format": FORMAT, **asdict(manifest), "made_at": manifest.made_at.isoformat()}
    return json.dumps(said, indent=1)


def inspect(path: Path) -> Manifest:
    """What a file says of itself, once every line of it was found to be as it says.

    Raises
    ------
    FileUnreadable
        If there is no such file.
    BackupRefused
        If it is no back-up of ours, is broken, or was made by a newer atlas.
    """
    with _opened(path) as file:
        return _checked(file, path)


def _opened(path: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(path)
    except OSError as fault:
        raise FileUnreadable(file=str(path), reason=fault.strerror or str(fault)) from fault
    except NOT_READABLE as fault:
        raise BackupRefused(file=str(path), why="not_ours") from fault


def _checked(file: zipfile.ZipFile, path: Path) -> Manifest:
    try:
        said = json.loads(file.read(MANIFEST))
        if said["what"] != WHAT:
            raise BackupRefused(file=str(path), why="not_ours")
        if said["format"] > FORMAT:
            raise BackupRefused(file=str(path), why="newer")
        kept = {name: Kept(**one) for name, one in said["tables"].items()}
        manifest = Manifest(
            dt.datetime.fromisoformat(said["made_at"]), said["revision"], said["database"], kept
        )
        whole_file = {f"{name}.jsonl" for name in kept} | {MANIFEST} == set(file.namelist())
        if not whole_file or any(_kept(file, name) != one for name, one in kept.items()):
            raise BackupRefused(file=str(path), why="broken")
    except NOT_READABLE as fault:
        raise BackupRefused(file=str(path), why="broken") from fault
    return manifest


def _kept(file: zipfile.ZipFile, name: str) -> Kept:
    count, digest = 0, hashlib.sha256()
    with file.open(f"{name}.jsonl") as lines:
        for line in lines:
            count += 1
            digest.update(line)
    return Kept(count, digest.hexdigest())


def restore(store: Store, path: Path, *, aside: Path | None = None) -> Restored:
    """Make the registry what a file says, in one transaction: all of it or nothing.

    Whoever reads meanwhile sees the registry of before; whoever writes waits. Letters that were waiting when the
    file was made are stopped, because they may have been sent since. Of what is replaced stays what was taken
    back (passes, links, disabled accounts) and what was erased (words of reports that were settled).

    Parameters
    ----------
    aside
        Where to put the registry that is replaced, as a back-up of its own; without it only an empty registry is
        written into.

    Raises
    ------
    BackupRefused, FileUnreadable, FileUnwritable
        With the registry as it was.
    """
    try:
        with _opened(path) as file, store.writing() as session:
            manifest = _checked(file, path)
            _known(session, manifest, path)
            full = any(session.execute(select(table).limit(1)).first() for table in tables())
            if full and aside is None:
                raise BackupRefused(file=str(path), why="not_empty")
            if full and aside is not None:
                _dump(session, store.clock(), aside)
            held = _replace(session, file, manifest, store.clock())
            if disagreements(session) or reports.astray(session):
                raise BackupRefused(file=str(path), why="unsound")
            search_index.rebuild(session)
    except StatementError as fault:
        raise BackupRefused(file=str(path), why="unsound") from fault
    return Restored(manifest, aside if full else None, held)


def _known(session: Session, manifest: Manifest, path: Path) -> None:
    """Nothing if the file is of this revision or an older one; ``BackupRefused`` if it knows what we do not."""
    script = ScriptDirectory.from_config(settings_for(session.connection()))
    known = {one.revision for one in script.walk_revisions()}
    if manifest.revision not in known or not {table.name for table in tables()} >= manifest.tables.keys():
        raise BackupRefused(file=str(path), why="newer")


def _replace(session: Session, file: zipfile.ZipFile, manifest: Manifest, moment: dt.datetime) -> int:
    """Every row out, every row of the file in; gives back how many letters were stopped."""
    taken_back, erased = _taken_back(session), _erased(session)
    for table in reversed(tables()):
        session.execute(delete(table))
    for table in tables():
        if table.name in manifest.tables:
            _insert(session, table, _rows(table, file))
        _go_on(session, table)
    session.expire_all()
    _take_back_again(session, taken_back)
    _erase_again(session, erased)
    waiting = (Letter.sent_at.is_(None), Letter.taken_at.is_(None))
    held = session.scalar(select(func.count()).where(*waiting)) or 0
    session.execute(update(Letter).where(*waiting).values(taken_at=moment))
    session.flush()
    return held


def _insert(session: Session, table: SqlTable, rows: Iterator[dict[str, Any]]) -> None:
    while some := list(islice(rows, AT_ONCE)):
        session.connection().execute(insert(table), some)


def _rows(table: SqlTable, file: zipfile.ZipFile) -> Iterator[dict[str, Any]]:
    """Rows as the columns hold them; a column that an older file has not is missing."""
    try:
        with file.open(f"{table.name}.jsonl") as lines:
            for line in lines:
                said = json.loads(line)
                yield {name: _typed(column.type, said.get(name)) for name, column in table.columns.items()}
    except NOT_READABLE as fault:
        raise BackupRefused(file=str(file.filename), why="broken") from fault


def _typed(wanted: TypeEngine[Any], value: Any) -> Any:
    """A value of a line as its column holds it."""
    if isinstance(wanted, Moment):
        return value and dt.datetime.fromisoformat(value)
    return value and dt.date.fromisoformat(value) if isinstance(wanted, Date) else value


def _go_on(session: Session, table: SqlTable) -> None:
    """Numbers that PostgreSQL gives go on after those that came in; SQLite does so by itself."""
    column = table.autoincrement_column
    if column is None or session.get_bind().dialect.name != "postgresql":
        return
    last = session.scalar(select(func.max(column)))
    sequence = func.pg_get_serial_sequence(table.name, column.name)
    session.execute(select(func.setval(sequence, last or 1, last is not None)))


def _taken_back(session: Session) -> tuple[dict[str, Account], dict[str, Link]]:
    """The accounts and links of now, to be compared with those that come."""
    accounts = {one.id: one for one in session.scalars(select(Account))}
    links = {one.id: one for one in session.scalars(select(Link).where(Link.revoked_at.is_not(None)))}
    session.expunge_all()
    return accounts, links


def _take_back_again(session: Session, before: tuple[dict[str, Account], dict[str, Link]]) -> None:
    accounts, links = before
    for account in session.scalars(select(Account).where(Account.id.in_(accounts))):
        old = accounts[account.id]
        account.epoch = max(account.epoch, old.epoch)
        account.disabled_at = account.disabled_at or old.disabled_at
    for link in session.scalars(select(Link).where(Link.id.in_(links), Link.revoked_at.is_(None))):
        link.revoked_at, link.revoked_by = links[link.id].revoked_at, links[link.id].revoked_by


def _erased(session: Session) -> set[tuple[int, str, str]]:
    """The reports that were settled, whose words are not to come back."""
    asked = select(Report.id, Report.kind, Report.record_id).where(Report.outcome.is_not(None))
    return {(number, kind, key) for number, kind, key in session.execute(asked)}


def _erase_again(session: Session, erased: set[tuple[int, str, str]]) -> None:
    for one in session.scalars(select(Report).where(Report.words.is_not(None))):
        if (one.id, one.kind, one.record_id) in erased:
            one.words = None
