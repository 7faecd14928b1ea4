"""The registry as the tables that maps, lists and minutes are made of."""

import geopandas as gpd
import pandas as pd
import pytest

from data import catalog
from data.registry import editing, people, reading
from data.registry.seed import seed
from data.registry.store import open_store
from screens import batch, joined, memory
from screens.living import living

SAME_IN_OTHER_SIGNS = "opening_hours"
"""Comments stand in brackets in the list of sources, in quotes in the registry."""


@pytest.fixture(scope="module")
def clean():
    made = {name: catalog.load(name) for name in ("sportelli", "associazioni", "mediazione", "positions")}
    return lambda name: made[name] if name in made else made.setdefault(name, catalog.load(name))


@pytest.fixture
def store(tmp_path, var, clean):
    opened = open_store(folder=var)
    seed(opened, clean)
    people.add(opened, name="regione", role="regione", oidc="https://id.example regione")
    yield opened
    opened.close()


@pytest.fixture
def editor(store):
    return people.sign_in_vouched(store, "https://id.example regione")


def changed(store, editor, key, **said):
    version = editing_version(store, key)
    editing.edit(store, editor, "sportelli", key, version=version, said=said)


def editing_version(store, key):
    return len(
        editing.history(store, people.sign_in_vouched(store, "https://id.example regione"), "sportelli", key)
    )


def plain(text):
    return text.replace('"', "").replace("(", "").replace(")", "") if isinstance(text, str) else text


@pytest.mark.parametrize("name", ["sportelli", "associazioni", "mediazione", "positions"])
def test_a_registry_nobody_has_touched_says_what_the_clean_tables_say(store, clean, name):
    wanted = clean(name)
    found = living(store, clean)(name)[list(wanted.columns)]
    if name == "sportelli":
        found, wanted = (t.assign(opening_hours=t["opening_hours"].map(plain)) for t in (found, wanted))
    if isinstance(wanted, gpd.GeoDataFrame):
        gone = wanted.geometry.isna()
        assert (found.geometry.isna() == gone).all()
        assert found.geometry[~gone].geom_equals(wanted.geometry[~gone]).all()
        found, wanted = found.drop(columns="geometry"), wanted.drop(columns="geometry")
    pd.testing.assert_frame_equal(pd.DataFrame(found), pd.DataFrame(wanted), check_dtype=False)


def test_a_desk_with_a_point_put_by_a_person_is_there(store, editor, clean):
    key = clean("sportelli")["sportello_id"].iloc[0]
    changed(store, editor, key, lon=9.19, lat=45.46)
    where = living(store, clean)("positions").set_index("id").loc[key]
    assert (where.geometry.x, where.geometry.y) == pytest.approx((9.19, 45.46), abs=1e-6)
    assert (where["precision"], where["source"], where["radius_m"]) == ("coordinate", "registro", 30.0)


def test_a_desk_that_moved_is_placed_by_its_new_address_and_the_others_stay(store, editor, clean):
    key = clean("sportelli")["sportello_id"].iloc[0]
    changed(
        store,
        editor,
        key,
        address="Via inventata che non c'è 1",
        comune_code="097042",
        province="LC",
        postcode=None,
    )
    now, before = living(store, clean)("positions"), clean("positions")
    where = now[now["id"] == key].iloc[0]
    assert (where["comune_code"], where["precision"]) == ("097042", "settlement")
    comune = clean("comuni").set_index("comune_code").loc["097042"]
    assert comune.geometry.buffer(0.01).contains(where.geometry)
    kept = now[now["id"] != key].merge(before, on=["kind", "id"], suffixes=("", "_before"))
    both = kept.geometry.notna()
    assert len(kept) == len(before) - 1
    assert kept.geometry[both].geom_equals(gpd.GeoSeries(kept["geometry_before"][both])).all()
    of_its_layers = now["kind"].isin(["sportello", "associazione"]) & now.geometry.notna()
    apart = (
        now[(now["id"] != key) & of_its_layers]
        .to_crs(32632)
        .distance(gpd.GeoSeries([where.geometry], crs=4326).to_crs(32632).iloc[0])
    )
    assert apart.min() > 30  # nothing is drawn upon another


def test_what_was_put_aside_is_gone_and_what_is_new_is_there(store, editor, clean):
    keys = clean("sportelli")["sportello_id"]
    editing.delete(store, editor, "sportelli", keys.iloc[0], version=1)
    ente = editing.create(store, editor, "enti", {"name": "Ente di prova"})
    made = editing.create(
        store, editor, "sportelli",
        {"name": "Desk nuovo", "kind": "sportello_comunale", "ente_id": ente, "comune_code": "015146"},
    )  # fmt: skip
    desks = joined.sportelli(living(store, clean)).set_index("sportello_id")
    assert keys.iloc[0] not in desks.index
    assert desks.loc[made, "ente"] == "Ente di prova"
    assert desks.loc[made, "comune"] == "Milano"
    assert desks.loc[made, "province"] == "MI"
    assert pd.isna(desks.loc[made, "opening_hours"])
    assert desks.loc[made].geometry is not None


def test_a_desk_and_an_association_that_both_moved_have_one_place_each(store, editor, clean):
    for kind in ("sportelli", "associazioni"):  # the first of each: rows of the same number
        first = reading.table(store, kind).iloc[0]
        editing.edit(store, editor, kind, first["id"], version=1, said={"lon": 9.87, "lat": 46.17})
    found = living(store, clean)("positions")
    assert not found.duplicated(["kind", "id"]).any()
    assert len(found) == len(clean("positions"))


def test_sessioni_of_a_desk_are_its_hours_and_its_languages_together(store, editor, clean):
    desks = clean("sportelli")
    key = desks.loc[desks["opening_hours"].isna() & desks["languages"].isna(), "sportello_id"].iloc[0]
    for said in (
        {"hours": "Mo 09:00-12:00", "languages": ["ar", "fr"]},
        {"hours": "Tu 14:00-16:00", "languages": ["fr", "uk"], "reception": "telefono"},
        {"hours_note": "giovedì pomeriggio"},
    ):
        editing.create(store, editor, "sessioni", {"sportello_id": key, **said})
    row = living(store, clean)("sportelli").set_index("sportello_id").loc[key]
    assert set(row["opening_hours"].split("; ")) == {
        "Mo 09:00-12:00", "telefono Tu 14:00-16:00", "giovedì pomeriggio",
    }  # fmt: skip
    assert sorted(row["languages"].split(";")) == ["ar", "fr", "uk"]


def test_the_pages_see_a_change_at_once_and_so_does_the_batch_command(tmp_path):
    store = memory.registry()
    people.add(store, name="regione", role="regione", oidc="https://id.example regione")
    editor = people.sign_in_vouched(store, "https://id.example regione")
    key = joined.counted(memory.sportelli())["sportello_id"].iloc[0]
    first = memory.minutes(mode="walk")["minutes"].sum()
    changed(store, editor, key, name="Ora si chiama così", lon=9.88, lat=46.17)
    now = memory.sportelli().set_index("sportello_id")
    assert now.loc[key, "name"] == "Ora si chiama così"
    assert memory.minutes(mode="walk")["minutes"].sum() != first
    of_batch = joined.sportelli(batch.tables()).set_index("sportello_id")
    assert of_batch.loc[key].geometry.equals(now.loc[key].geometry)


def test_a_registry_that_does_not_answer_leaves_the_clean_tables(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://127.0.0.1:1/nessuno")
    assert memory.registry_fault() is not None
    assert len(memory.sportelli()) == len(catalog.load("sportelli"))
    memory._in_use.pop("silent")
