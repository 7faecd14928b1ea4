"""Seeding: the clean tables come in once, and what people wrote stays."""

import functools
import shutil
from collections import Counter

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data import catalog
from data.registry import changes, model, seed, soundness
from data.registry import store as stores
from data.registry.changes import Act
from data.registry.model import as_text, content

load = functools.cache(catalog.load)
COUNTS = {"enti": 171, "sportelli": 257, "sessioni": 45, "associazioni": 156, "mediazione": 40}
CARITAS = "sp-mb-sportello-multietnico-di-seregno"


def everything(store):
    """Every record as bytes."""
    with store.reading() as session:
        return {
            (kind, one.id): as_text(content(one))
            for kind, table in model.KINDS.items()
            for one in session.query(table)
        }


def person_writes(store, kind, key, **said):
    with store.writing() as session:
        record = changes.record_of(session, kind, key)
        changes.changed(session, Act("conto:1", "edit", store.clock()), record, said)


class Tables:
    """Five desks of the clean tables, that can be changed."""

    def __init__(self):
        few = load("sportelli")
        none = {name: load(name).iloc[:0] for name in ("associazioni", "mediazione")}
        self.mended = {
            "sportelli": few[few["sportello_id"].isin([CARITAS, *few["sportello_id"].iloc[:4]])],
            **none,
        }

    def __call__(self, name):
        return self.mended.get(name, load(name))

    def mend(self, name, key, **said):
        table = self(name).copy()
        row = table[f"{'mediazione' if name == 'mediazione' else name[:-1] + 'o'}_id"] == key
        for column, value in said.items():
            table.loc[row, column] = value
        self.mended[name] = table


@pytest.fixture
def tables():
    return Tables()


def test_the_first_start_brings_in_every_row(store):
    told = seed.seed(store)
    assert {kind: len(done.added) for kind, done in told.items()} == COUNTS
    assert soundness.faults(store) == []
    assert {kind: len(said["added"]) for kind, said in seed.last_report(store).items()} == COUNTS


def test_the_same_tables_again_change_nothing(store, clock):
    seed.seed(store)
    before = everything(store)
    clock.go(days=30)
    told = seed.seed(store)
    assert everything(store) == before
    assert not any(done.added or done.changed or done.gone for done in told.values())


def test_what_a_person_wrote_stays_and_the_difference_is_told(store, tables):
    seed.seed(store, tables)
    person_writes(store, "sportelli", CARITAS, phone="0362 000000")
    tables.mend("sportelli", CARITAS, phone="0362 111111", address="Via Nuova 1")
    told = seed.seed(store, tables)["sportelli"]
    assert told.kept == [f"{CARITAS} phone"]
    assert told.changed == [CARITAS]
    with store.reading() as session:
        desk = session.get(model.Sportello, CARITAS)
        assert (desk.phone, desk.address) == ("0362 000000", "Via Nuova 1")


def test_an_edit_that_was_undone_no_longer_holds_the_field(store, tables):
    seed.seed(store, tables)
    person_writes(store, "sportelli", CARITAS, phone="0362 000000")
    with store.writing() as session:
        line = changes.history_of(session, "sportelli", CARITAS)[0]
        changes.undone(session, Act("conto:1", "undo", store.clock()), line)
    tables.mend("sportelli", CARITAS, phone="0362 111111")
    assert seed.seed(store, tables)["sportelli"].changed == [CARITAS]


def test_a_field_put_back_as_it_was_by_hand_is_the_persons(store, tables):
    seed.seed(store, tables)
    with store.reading() as session:
        phone = session.get(model.Sportello, CARITAS).phone
    person_writes(store, "sportelli", CARITAS, phone="0362 000000")
    person_writes(store, "sportelli", CARITAS, phone=phone)
    tables.mend("sportelli", CARITAS, phone="0362 111111")
    assert seed.seed(store, tables)["sportelli"].kept == [f"{CARITAS} phone"]


@pytest.mark.parametrize("said", ["deleted", "confirmed"])
def test_a_record_deleted_or_confirmed_by_a_person_is_left_alone(store, tables, said):
    seed.seed(store, tables)
    today = store.clock()
    fields = (
        {"deleted_at": today}
        if said == "deleted"
        else {"confirmed_on": today.date(), "confirmed_by": "conto:1"}
    )
    person_writes(store, "sportelli", CARITAS, **fields)
    tables.mend("sportelli", CARITAS, phone="0362 111111")
    told = seed.seed(store, tables)["sportelli"]
    assert (told.changed, told.kept) == ([], [f"{CARITAS} phone"])


def test_new_rows_come_in_and_rows_that_went_are_told_and_stay(store, tables):
    full = tables("sportelli")
    tables.mended["sportelli"] = full[full["sportello_id"] != CARITAS]
    assert len(seed.seed(store, tables)["sportelli"].added) == 4
    tables.mended["sportelli"] = full[full["sportello_id"] != full["sportello_id"].iloc[0]]
    told = seed.seed(store, tables)["sportelli"]
    assert (told.added, told.gone) == ([CARITAS], [full["sportello_id"].iloc[0]])
    with store.reading() as session:
        assert session.get(model.Sportello, full["sportello_id"].iloc[0]) is not None


def test_what_is_not_known_is_missing_never_a_guess():
    rows = seed.rows()
    desks = pd.DataFrame(rows["sportelli"].values())
    assert "areas" not in desks, "no source says whom a desk receives"
    assert not any(said == [] for ones in rows.values() for one in ones.values() for said in one.values())
    sessions = pd.DataFrame(rows["sessioni"].values())
    assert sessions["hours"].notna().sum() == 36
    assert Counter(sessions["reception"].dropna()) == {"telefono": 3}
    assert "mediator" not in sessions


def test_desks_are_in_the_ambito_of_their_comune_or_in_the_one_they_name():
    desks = pd.DataFrame(seed.rows()["sportelli"].values())
    assert desks["ambito_id"].isna().sum() <= 2


ONES = st.dictionaries(
    st.sampled_from(list(load("sportelli")["sportello_id"].iloc[:4])),
    st.fixed_dictionaries(
        {}, optional={"phone": st.sampled_from(["02 1", "02 2"]), "notes": st.just("nota")}
    ),
)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(by_hand=ONES, by_source=ONES)
def test_no_seeding_ever_takes_away_what_people_wrote(tmp_path_factory, pattern_file, by_hand, by_source):
    folder = tmp_path_factory.mktemp("law")
    shutil.copy(pattern_file, folder / "registry.sqlite")
    store, tables = stores.open_store(folder=folder), Tables()
    seed.seed(store, tables)
    for key, said in by_hand.items():
        person_writes(store, "sportelli", key, **said)
    for key, said in by_source.items():
        tables.mend("sportelli", key, **said)
    seed.seed(store, tables)
    once = everything(store)
    assert not any(done.added or done.changed for done in seed.seed(store, tables).values())
    assert everything(store) == once
    with store.reading() as session:
        for key, said in by_hand.items():
            desk = session.get(model.Sportello, key)
            assert {name: getattr(desk, name) for name in said} == said
    assert soundness.faults(store) == []
    store.close()
