"""A small registry on both databases, and a clock that goes when told to."""

import datetime as dt
import itertools
import shutil

import pytest
import sqlalchemy as sa

from data.registry import books, model
from data.registry import store as stores
from tests.registry import postgres
from tests.registry.town import Town, built

NUMBERS = itertools.count()
assert books.Change.metadata is model.Base.metadata


class Clock:
    """A clock that stands until told to go on."""

    def __init__(self, *when):
        self.moment = dt.datetime(*(when or (2027, 3, 1, 9, 0)), tzinfo=dt.UTC)

    def __call__(self):
        return self.moment

    def go(self, **far):
        self.moment += dt.timedelta(**far)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture(autouse=True)
def no_settings(monkeypatch):
    for name in ("DATABASE_URL", "ATLANTE_VAR", "ATLANTE_SECRET"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="session")
def server():
    """Address of the databases of a private PostgreSQL; one of them, ``pattern``, has the empty tables."""
    with postgres.cluster() as address:
        run_on(address.format("postgres"), "CREATE DATABASE pattern")
        engine = stores._engine(address.format("pattern"))
        stores.migrate(engine)
        engine.dispose()
        yield address


def run_on(address, words):
    engine = sa.create_engine(address, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(words)
    engine.dispose()


@pytest.fixture(scope="session")
def pattern_file(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pattern")
    stores.open_store(folder=folder).close()
    return folder / "registry.sqlite"


@pytest.fixture(scope="session")
def emptied(server):
    """A database of the server that is emptied at each call; gives its address."""
    run_on(server.format("postgres"), "CREATE DATABASE test TEMPLATE pattern")
    engine = sa.create_engine(server.format("test"), isolation_level="AUTOCOMMIT")
    names = ", ".join(model.Base.metadata.tables)

    def empty():
        with engine.connect() as connection:
            connection.exec_driver_sql(f"TRUNCATE {names} RESTART IDENTITY CASCADE")
        return server.format("test")

    yield empty
    engine.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request, tmp_path):
    """An empty registry's database; missing for the SQLite file in ``tmp_path``."""
    if request.param == "postgresql":
        return request.getfixturevalue("emptied")()
    shutil.copy(request.getfixturevalue("pattern_file"), tmp_path / "registry.sqlite")
    return None


@pytest.fixture
def store(address, tmp_path, clock):
    """An empty registry, on each database in turn."""
    opened = opened_at(address or f"sqlite:///{tmp_path / 'registry.sqlite'}", clock)
    yield opened
    opened.close()


def opened_at(url, clock):
    return stores.Store(stores._engine(url), "il segreto delle prove", clock)


@pytest.fixture(scope="session")
def town_file(pattern_file, tmp_path_factory):
    """The town in a file, made once, and its passes."""
    file = shutil.copy(pattern_file, tmp_path_factory.mktemp("town") / "registry.sqlite")
    opened = opened_at(f"sqlite:///{file}", Clock())
    passes = built(opened).passes
    opened.close()
    return file, passes


@pytest.fixture
def town(request, address, tmp_path, store):
    """Two Ambiti, their desks, and those who edit them."""
    if address:
        return built(store)
    file, passes = request.getfixturevalue("town_file")
    shutil.copy(file, tmp_path / "registry.sqlite")
    return Town(store, dict(passes))


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def shared_town(request, tmp_path_factory):
    """The same for tests that leave it as it is: made once a module."""
    folder, address = tmp_path_factory.mktemp("town"), None
    if request.param == "postgresql":
        server, name = request.getfixturevalue("server"), f"test{next(NUMBERS)}"
        run_on(server.format("postgres"), f"CREATE DATABASE {name} TEMPLATE pattern")
        address = server.format(name)
    opened = stores.open_store(address, folder=folder, clock=Clock())
    yield built(opened)
    opened.close()
