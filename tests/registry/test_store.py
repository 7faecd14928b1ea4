"""The store: made at first opening, the same on both databases, all of a change or nothing."""

import pytest
import sqlalchemy as sa
from alembic import command

from data.registry import books, changes, model, soundness
from data.registry import store as stores
from errors import RegistryUnavailable


def said_of(inspector):
    """Everything a database knows of its tables, in an order of its own."""
    return {
        table: {
            "columns": {
                one["name"]: (str(one["type"]), one["nullable"]) for one in inspector.get_columns(table)
            },
            "key": sorted(inspector.get_pk_constraint(table)["constrained_columns"]),
            "references": sorted(
                str(sorted(one.items(), key=str)) for one in inspector.get_foreign_keys(table)
            ),
            "uniques": sorted(
                (one["name"], *one["column_names"]) for one in inspector.get_unique_constraints(table)
            ),
            "indexes": sorted((one["name"], *one["column_names"]) for one in inspector.get_indexes(table)),
            "rules": sorted((one["name"], one["sqltext"]) for one in inspector.get_check_constraints(table)),
        }
        for table in inspector.get_table_names()
        if table != "alembic_version" and not table.startswith("search_full")
    }


def test_the_migrations_make_what_the_models_say(store):
    with store.engine.execution_options(writes=True).begin() as connection:
        command.check(stores.settings_for(connection))


def test_the_migrations_keep_the_same_rules_as_the_models(tmp_path, pattern_file):
    fresh = sa.create_engine(f"sqlite:///{tmp_path / 'fresh.sqlite'}")
    model.Base.metadata.create_all(fresh)
    migrated = sa.create_engine(f"sqlite:///{pattern_file}")
    assert said_of(sa.inspect(migrated)) == said_of(sa.inspect(fresh))
    fresh.dispose()
    migrated.dispose()


def test_the_tables_can_be_taken_away_again(tmp_path):
    store = stores.open_store(folder=tmp_path)
    with store.engine.execution_options(writes=True).begin() as connection:
        command.downgrade(stores.settings_for(connection), "base")
    assert sa.inspect(store.engine).get_table_names() == ["alembic_version"]
    store.close()


def test_sqlite_keeps_a_journal_beside_and_holds_references(tmp_path):
    store = stores.open_store(folder=tmp_path)
    with store.reading() as session:
        habits = {
            name: session.scalar(sa.text(f"PRAGMA {name}")) for name in ("journal_mode", "foreign_keys")
        }
    assert habits == {"journal_mode": "wal", "foreign_keys": 1}
    assert (tmp_path / "registry.sqlite").stat().st_mode & 0o077 == 0
    assert (tmp_path / "registry.secret").stat().st_mode & 0o077 == 0
    store.close()


def test_the_secret_stays_the_same_and_can_be_given(tmp_path, monkeypatch):
    first, second = stores.open_store(folder=tmp_path), stores.open_store(folder=tmp_path)
    assert first.secret == second.secret
    assert len(first.secret) > 40
    assert first.secret not in repr(first)
    monkeypatch.setenv("ATLANTE_SECRET", "dato da fuori")
    third = stores.open_store(folder=tmp_path)
    assert third.secret == "dato da fuori"
    for store in (first, second, third):
        store.close()


def test_a_wrong_address_is_told_without_its_password():
    with pytest.raises(RegistryUnavailable, match="neither SQLite nor PostgreSQL") as told:
        stores.open_store("mysql://someone:segreta@host/name")
    assert "segreta" not in str(told.value)
    with pytest.raises(RegistryUnavailable, match="not the address"):
        stores.open_store("not an address")


def test_a_database_that_does_not_answer_is_told(tmp_path):
    with pytest.raises(RegistryUnavailable):
        stores.open_store(f"postgresql://atlante@/none?host={tmp_path}", folder=tmp_path)


def test_a_registry_of_a_newer_atlas_is_not_touched(tmp_path):
    store = stores.open_store(folder=tmp_path)
    with store.writing() as session:
        session.execute(sa.text("UPDATE alembic_version SET version_num = 'v9999'"))
    store.close()
    with pytest.raises(RegistryUnavailable, match="v9999"):
        stores.open_store(folder=tmp_path)


def test_a_change_that_fails_leaves_neither_record_nor_log(store, clock):
    act = changes.Act("someone", "create", clock())
    with pytest.raises(RuntimeError), store.writing() as session:
        changes.born(
            session, act, "enti", "en-1", {"name": "Ente", "evidence": "B", "confirm_every_months": 6}
        )
        raise RuntimeError
    with store.reading() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(model.Ente)) == 0
        assert session.scalar(sa.select(sa.func.count()).select_from(books.Change)) == 0


@pytest.mark.parametrize(
    "wrong",
    [{"evidence": "E"}, {"confirm_every_months": 5}, {"confirmed_by": "someone"}, {"name": None}],
    ids=lambda wrong: next(iter(wrong)),
)
def test_the_database_itself_refuses_what_no_record_can_be(store, clock, wrong):
    said = {"name": "Ente", "evidence": "B", "confirm_every_months": 6, **wrong}
    with pytest.raises(sa.exc.IntegrityError), store.writing() as session:
        changes.born(session, changes.Act("someone", "create", clock()), "enti", "en-1", said)


def test_a_sportello_needs_its_ente(store, clock):
    said = {"name": "S", "kind": "caritas", "status": "attivo", "evidence": "B", "confirm_every_months": 6}
    with pytest.raises(sa.exc.IntegrityError), store.writing() as session:
        act = changes.Act("someone", "create", clock())
        changes.born(session, act, "sportelli", "sp-1", {**said, "ente_id": "en-none"})


def test_a_moment_keeps_its_instant_and_needs_its_zone(store, clock):
    act = changes.Act("someone", "create", clock())
    with store.writing() as session:
        changes.born(session, act, "enti", "en-1", {"name": "E", "evidence": "B", "confirm_every_months": 6})
    with store.reading() as session:
        assert session.get(model.Ente, "en-1").created_at == clock()
    naive = changes.Act("someone", "create", clock().replace(tzinfo=None))
    with pytest.raises(sa.exc.StatementError, match="time zone"), store.writing() as session:
        changes.born(
            session, naive, "enti", "en-2", {"name": "E", "evidence": "B", "confirm_every_months": 6}
        )


def test_a_registry_changed_behind_its_log_is_found_out(store, clock):
    act = changes.Act("someone", "create", clock())
    with store.writing() as session:
        changes.born(session, act, "enti", "en-1", {"name": "E", "evidence": "B", "confirm_every_months": 6})
    assert soundness.faults(store) == []
    with store.writing() as session:
        session.execute(sa.update(model.Ente).values(name="Altro"))
    assert soundness.faults(store) == ["enti en-1"]
