"""The view for a GIS: public points that people put, in a box; nothing where there is no PostGIS."""

import logging
import os

import pytest
import sqlalchemy as sa

from data.registry import editing, gis
from data.registry import store as stores
from tests.registry.town import built

BOX = "ST_MakeEnvelope(9.6, 45.6, 9.7, 45.7, 4326)"
IN_BERGAMO, IN_MILANO = {"lon": 9.67, "lat": 45.69}, {"lon": 9.19, "lat": 45.46}


@pytest.fixture
def bare(server):
    """A PostgreSQL database of its own, with nothing in it."""
    engine = sa.create_engine(server.format("postgres"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql("DROP DATABASE IF EXISTS gis WITH (FORCE)")
        connection.exec_driver_sql("CREATE DATABASE gis")
        offered = connection.scalar(sa.text("SELECT 1 FROM pg_available_extensions WHERE name = 'postgis'"))
    engine.dispose()
    if not offered:
        said = "PostGIS is not installed here (apt-get install postgresql-postgis): its view is not tested"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(said)
    return server.format("gis")


def in_box(store):
    asked = f"SELECT id, kind, name, ST_X(geometry), ST_Y(geometry) FROM {gis.VIEW} WHERE geometry && {BOX} ORDER BY id"
    with store.reading() as session:
        return [tuple(row) for row in session.execute(sa.text(asked))]


def test_a_gis_sees_public_points_in_a_box(bare, tmp_path, clock):
    store = stores.open_store(bare, folder=tmp_path, clock=clock)
    town = built(store)
    token = town.passes["regione"]
    assert in_box(store) == []
    editing.edit(store, token, "sportelli", "sp-bg", version=1, said=IN_BERGAMO)
    editing.edit(store, token, "sportelli", "sp-bg2", version=1, said={**IN_BERGAMO, "evidence": "D"})
    editing.edit(store, token, "sportelli", "sp-da", version=1, said=IN_MILANO)
    editing.edit(store, token, "associazioni", "as-da", version=1, said=IN_BERGAMO)
    assert in_box(store) == [
        ("as-da", "associazioni", "Associazione di Molo", 9.67, 45.69),
        ("sp-bg", "sportelli", "Sportello di Borgo", 9.67, 45.69),
    ]
    editing.delete(store, token, "sportelli", "sp-bg", version=2)
    assert [key for key, *_ in in_box(store)] == ["as-da"]
    with store.reading() as session:
        asked = "SELECT srid, type FROM geometry_columns WHERE f_table_name = 'registro_punti'"
        assert tuple(session.execute(sa.text(asked)).one()) == (4326, "POINT")
    store.close()


def test_who_may_not_create_postgis_has_a_registry_without_a_view(bare, tmp_path, clock, caplog):
    engine = sa.create_engine(bare, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql("DROP ROLE IF EXISTS modesto")
        connection.exec_driver_sql("CREATE ROLE modesto LOGIN")
        connection.exec_driver_sql("GRANT ALL ON SCHEMA public TO modesto")
    modest = bare.replace("atlante@", "modesto@")
    with caplog.at_level(logging.INFO, logger="data.registry.gis"):
        store = stores.open_store(modest, folder=tmp_path, clock=clock)
        assert not gis.make_view(store)
    assert "may not create" in caplog.text
    assert gis.VIEW not in sa.inspect(store.engine).get_view_names()
    with engine.connect() as connection:
        connection.exec_driver_sql("CREATE EXTENSION postgis")
    assert gis.make_view(store)
    assert gis.make_view(store)
    assert in_box(store) == []
    store.close()
    with engine.connect() as connection:
        connection.exec_driver_sql("DROP OWNED BY modesto CASCADE")
        connection.exec_driver_sql("DROP ROLE modesto")
    engine.dispose()


def test_sqlite_has_none_and_lacks_nothing(tmp_path):
    store = stores.open_store(folder=tmp_path)
    assert not gis.make_view(store)
    assert sa.inspect(store.engine).get_view_names() == []
    store.close()
