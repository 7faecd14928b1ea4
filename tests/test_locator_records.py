"""What the public may see: nothing weak, nothing closed, no hours that nobody has confirmed; and where it is."""

import dataclasses

import numpy as np
import pytest

from data import catalog
from data.registry import editing, people, reading
from data.registry.seed import seed
from data.registry.store import open_store
from geo.matrices import LIMIT_MIN
from locator import records, travel, zones
from locator.snapshot import Keeper
from screens import joined
from screens.living import living
from tests.locator_real import real, sources
from tests.locator_real import store as untouched

BERGAMO, MILANO = "016024", "015146"


@pytest.fixture(scope="module")
def now():
    return real()


@pytest.fixture
def opened(var):
    store = open_store(folder=var)
    seed(store, catalog.load)
    people.add(store, name="regione", role="regione", oidc="https://id.example regione")
    yield store, people.sign_in_vouched(store, "https://id.example regione")
    store.close()


def read(store):
    return {one.id: one for one in records.desks(living(store, catalog.load), store)}


def one_with_hours(store):
    slots = reading.table(store, "sessioni", public=True)
    return next(key for key in slots.loc[slots["hours"].notna(), "sportello_id"] if key in read(store))


def versions(store, key):
    card = reading.card(store, "sportelli", key)
    return {"version": card.version, "sessioni": card.versions}


def test_nothing_weak_or_closed_is_public(now):
    clean = catalog.load("sportelli").set_index("sportello_id")
    public = clean.loc[[one.id for one in now.desks]]
    assert set(public["evidence"]) == {"A", "B", "C"}
    assert not set(public["status"]) & set(joined.GONE)
    hidden = clean.drop(index=public.index)
    assert ((hidden["evidence"] == "D") | hidden["status"].isin(joined.GONE)).all()
    assert {one.said.evidence for one in now.associations} <= {"A", "B", "C"}


def test_hours_are_public_from_the_day_somebody_confirms_them(opened):
    store, editor = opened
    key = one_with_hours(store)
    before = read(store)[key]
    assert all(slot.hours is None and slot.week is None and slot.coming is None for slot in before.slots)
    editing.confirm(store, editor, "sportelli", key, **versions(store, key))
    after = read(store)[key]
    told = [slot for slot in after.slots if slot.hours]
    assert told
    assert all(slot.confirmed_on == store.today() and slot.coming for slot in told)
    assert after.said.confirmed_on == store.today()


def test_an_edit_a_closure_and_the_bin_are_seen_at_once(opened):
    store, editor = opened
    key = one_with_hours(store)
    version = versions(store, key)["version"]
    version = editing.edit(store, editor, "sportelli", key, version=version, said={"name": "Un altro nome"})
    assert read(store)[key].name == "Un altro nome"
    version = editing.edit(store, editor, "sportelli", key, version=version, said={"status": "chiuso"})
    assert key not in read(store)
    version = editing.edit(store, editor, "sportelli", key, version=version, said={"status": "attivo"})
    editing.delete(store, editor, "sportelli", key, version=version)
    assert key not in read(store)


def test_the_keeper_takes_what_has_changed_and_nothing_else(opened):
    store, editor = opened
    keeper = Keeper(sources(store))
    first = keeper.snapshot()
    assert not keeper.renew()
    assert keeper.snapshot() is first
    key = first.desks[0].id
    said = {"name": "Cambiato adesso"}
    editing.edit(store, editor, "sportelli", key, version=versions(store, key)["version"], said=said)
    assert keeper.renew()
    assert keeper.snapshot().desk[key].name == "Cambiato adesso"
    assert keeper.snapshot().mark != first.mark
    assert first.desk[key].name != "Cambiato adesso"


def test_every_comune_has_one_place_that_stands_for_it(now):
    assert len(now.comuni) == len(catalog.load("comuni"))
    mains = [one for one in now.travel.origins if one.main]
    assert len(mains) == len(now.comuni)
    assert now.comuni[MILANO].name == "Duomo"
    assert now.comuni[BERGAMO].name == "Bergamo"


def test_minutes_are_those_of_the_planners(now):
    known = sources(untouched()).minutes("car")
    demand = catalog.load("demand").reset_index(drop=True)
    points = demand.index[demand["point_id"] == now.comuni[BERGAMO].id]
    for desk in now.travel.desks[::20]:
        wanted = known.values[known.desks.get_loc(desk), points[0]]
        told = now.travel.minutes(now.comuni[BERGAMO].id, desk, "car")
        assert told is None if not np.isfinite(wanted) else told[0] == round(wanted)
        assert told is None or told[0] <= LIMIT_MIN + 10


def test_bands_hold_their_minutes(now):
    for reach in now.travel.reach.values():
        assert (reach.low <= reach.best).all()
        assert (reach.best <= reach.high).all()
        assert ((reach.low == travel.FAR) == (reach.best == travel.FAR)).all()


def test_a_phone_can_unpack_the_minutes_of_a_zone(now):
    for zone in ("bergamo", "milano"):
        told, packed = zones.feed(now, zone), zones.minutes(now, zone)
        assert packed[:12].decode() == told["mark"] == now.mark
        shape = len(travel.MODES), len(told["desks"]), len(told["places"])
        found = np.cumsum(np.frombuffer(packed[12:], dtype=np.uint8).reshape(shape), axis=2, dtype=np.uint8)
        for mode, name in enumerate(travel.MODES):
            for column, desk in enumerate(told["desks"][::30]):
                for row, place in enumerate(told["places"][::7]):
                    minutes = now.travel.minutes(place[0], desk["id"], name)
                    assert found[mode, column * 30, row * 7] == (
                        travel.FAR if minutes is None else minutes[0]
                    )


def test_a_zone_holds_its_places_and_the_rim(now):
    all_zones = now.travel.zones
    own = {
        name: [row for row in rows if now.travel.origins[row].zone == name]
        for name, rows in all_zones.items()
    }
    assert sum(map(len, own.values())) == len(now.travel.origins)
    assert any(len(rows) > len(own[name]) for name, rows in all_zones.items())
    assert all(name in all_zones for name in {one.zone for one in now.comuni.values()})


def test_a_zone_of_many_desks_keeps_the_nearest_and_some_of_each_theme(now, monkeypatch):
    monkeypatch.setattr(zones, "MOST", 20)
    kept = zones.desks_of(now, "lodi")
    assert 20 < len(kept) < len(now.desks)
    themes = {theme for desk in now.desks if desk.place.lon for theme in desk.themes or ()}
    assert themes <= {theme for desk in kept for theme in desk.themes or ()}
    assert {desk.id for desk in now.desks if desk.remote} <= {desk.id for desk in kept}
    assert zones.feed(now, "lodi")["left_out"] == len(now.desks) - len(kept)


def test_nothing_private_is_told(now):
    known = {field.name for field in dataclasses.fields(records.Desk)}
    assert not known & {"notes", "caution", "confirmed_by", "version"}
    for one in now.desks:
        assert one.web is None or one.web.startswith(("http://", "https://"))
