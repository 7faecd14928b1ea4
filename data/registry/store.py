"""Where the registry is kept: SQLite in ``var/`` unless ``DATABASE_URL`` names a PostgreSQL; migrated when opened.

A change is one transaction, and writers take turns on both databases (``BEGIN IMMEDIATE``, an advisory lock), so
that what is read before writing still holds when it is written. Readers never wait.
"""

import contextlib
import datetime as dt
import os
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session

from errors import RegistryUnavailable

HOUSE: Final = Path(__file__).parents[2]
MIGRATIONS: Final = Path(__file__).parent / "migrations"
ROME: Final = ZoneInfo("Europe/Rome")
WRITERS_LOCK: Final = 7_264_315_146
"""The number of the lock that PostgreSQL's writers take turns with."""
BUSY_MS: Final = 30_000
"""How long a writer waits for its turn on SQLite."""


def now() -> dt.datetime:
    """The moment it is."""
    return dt.datetime.now(dt.UTC)


@dataclass(frozen=True)
class Store:
    """An open registry: its engine, the secret that signs passes and links, the clock it goes by."""

    engine: Engine
    secret: str = field(repr=False)
    clock: Callable[[], dt.datetime] = now

    @contextlib.contextmanager
    def reading(self) -> Iterator[Session]:
        """A session to read in: one view of the registry from its first question to its last."""
        with _told(), Session(self.engine) as session:
            yield session

    @contextlib.contextmanager
    def writing(self) -> Iterator[Session]:
        """A session whose changes are saved together at the end, or not at all."""
        writer = self.engine.execution_options(writes=True)
        with _told(), Session(writer, expire_on_commit=False) as session, session.begin():
            yield session

    def today(self) -> dt.date:
        """The date in Lombardy by the store's clock."""
        return self.clock().astimezone(ROME).date()

    def close(self) -> None:
        """Let go of every connection."""
        self.engine.dispose()


@contextlib.contextmanager
def _told() -> Iterator[None]:
    """A database that does not answer is told as our own error; a broken rule of ours stays what it is."""
    try:
        yield
    except IntegrityError:
        raise
    except DBAPIError as fault:
        raise RegistryUnavailable(reason=str(fault.orig).strip()) from fault
    except PoolTimeout as fault:
        raise RegistryUnavailable(reason="too many ask at once") from fault


def var_folder() -> Path:
    """Where what the atlas writes is kept: ``ATLANTE_VAR``, else ``var/`` in the house."""
    return Path(os.environ.get("ATLANTE_VAR") or HOUSE / "var")


def open_store(
    url: str | None = None, *, folder: Path | None = None, clock: Callable[[], dt.datetime] = now
) -> Store:
    """Open the registry and bring its tables up to date.

    Parameters
    ----------
    url
        The database; ``DATABASE_URL`` if missing, else ``registry.sqlite`` in the folder.
    folder
        Where the file and the secret are; ``var_folder()`` if missing.
    clock
        What tells the moment; tests pass their own.

    Raises
    ------
    RegistryUnavailable
        If the database cannot be opened or was made by a newer atlas.
    """
    folder = folder or var_folder()
    url = url or os.environ.get("DATABASE_URL") or None
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if url is None:
            file = folder / "registry.sqlite"
            file.touch(mode=0o600)
            url = f"sqlite:///{file}"
        store = Store(_engine(url), _secret(folder), clock)
        migrate(store.engine)
    except OSError as fault:
        raise RegistryUnavailable(reason=fault.strerror or str(fault)) from fault
    return store


def _engine(url: str) -> Engine:
    try:
        address = make_url(url)
    except ArgumentError as fault:
        raise RegistryUnavailable(reason="DATABASE_URL is not the address of a database") from fault
    if address.drivername in {"postgres", "postgresql"}:
        address = address.set(drivername="postgresql+psycopg")
    if address.drivername not in {"sqlite", "postgresql+psycopg"}:
        raise RegistryUnavailable(reason=f"{address.drivername} is neither SQLite nor PostgreSQL")
    engine = create_engine(address, pool_pre_ping=address.drivername != "sqlite")
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _sqlite_habits)
    event.listen(engine, "begin", _begin)
    return engine


def _sqlite_habits(connection: Any, _: Any) -> None:
    """Readers beside one writer, references held, every commit on the disk; we begin transactions ourselves."""
    connection.isolation_level = None
    for habit in (
        f"busy_timeout = {BUSY_MS}",
        "journal_mode = WAL",
        "synchronous = FULL",
        "foreign_keys = ON",
    ):
        connection.execute(f"PRAGMA {habit}")


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes", False)
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
    elif writes:
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({WRITERS_LOCK})")
    else:
        connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")


def migrate(engine: Engine) -> None:
    """Bring the tables up to date in one transaction; two that start together take turns."""
    try:
        with _told(), engine.execution_options(writes=True).begin() as connection:
            settings = settings_for(connection)
            command.upgrade(settings, "head")
    except CommandError as fault:
        raise RegistryUnavailable(reason=str(fault)) from fault


def settings_for(connection: Connection) -> Config:
    """Alembic's settings for a connection that is already in its transaction."""
    settings = Config()
    settings.set_main_option("script_location", str(MIGRATIONS))
    settings.attributes["connection"] = connection
    return settings


def _secret(folder: Path) -> str:
    """What signs passes and links: ``ATLANTE_SECRET``, else a file that only its owner reads, made once."""
    told = os.environ.get("ATLANTE_SECRET")
    if told:
        return told
    file = folder / "registry.secret"
    part = folder / f"registry.secret.{secrets.token_hex(4)}"
    if not file.exists():
        with os.fdopen(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as made:
            made.write(secrets.token_urlsafe(48))
        with contextlib.suppress(FileExistsError):
            os.link(part, file)
        part.unlink()
    return file.read_text()
