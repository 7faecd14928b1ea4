"""Searches that found nothing near: what is counted of them and what cannot be, on both databases."""

import datetime as dt
from collections import Counter

import pytest
import sqlalchemy as sa

from data.registry import backup, searches, soundness
from data.registry.books import Tally
from data.registry.searches import Search
from data.registry.store import open_store
from errors import UnknownCode
from locator import travel

ONE = Search("bergamo", "lavoro", "ar", "walk", "none")


def rows(store):
    return searches.unmet(store).to_dict("records")


def test_searches_are_added_up_by_month_and_over_modes(store, clock):
    searches.count_many(store, Counter({ONE: 3, ONE._replace(mode="car"): 2, ONE._replace(outcome="far"): 1}))
    searches.count_many(store, Counter({ONE: 4}))
    clock.go(days=31)
    searches.count_many(store, {ONE: 1})
    told = {"ambito_id": "bergamo", "theme": "lavoro", "language": "ar"}
    assert rows(store) == [
        {"month": "2027-03", **told, "outcome": "far", "n": 1},
        {"month": "2027-03", **told, "outcome": "none", "n": 9},
        {"month": "2027-04", **told, "outcome": "none", "n": 1},
    ]
    assert [one["n"] for one in searches.unmet(store, until="2027-03").to_dict("records")] == [1, 9]
    with store.reading() as session:
        assert session.scalar(sa.select(sa.func.sum(Tally.n))) == 11


def test_the_month_is_that_of_lombardy(store, clock):
    clock.moment = dt.datetime(2027, 4, 30, 22, 30, tzinfo=dt.UTC)
    searches.count_many(store, {ONE: 1})
    assert rows(store)[0]["month"] == "2027-05"


def test_what_was_not_asked_is_empty_and_the_whole_of_a_search_is_codes(store):
    searches.count_many(store, {Search("", "", "", "bike", "far"): 1})
    assert rows(store)[0] | {"month": ""} == {
        "month": "", "ambito_id": "", "theme": "", "language": "", "outcome": "far", "n": 1,
    }  # fmt: skip
    assert set(Tally.__table__.columns.keys()) == set(searches.COLUMNS)
    assert searches.MODES == travel.MODES


@pytest.mark.parametrize("field", Search._fields)
@pytest.mark.parametrize(
    "value", ["via Roma 3", "*", "LAVORO", "lavoro ", "it;ar", "9.67,45.69", "x" * 5000, "\x00"]
)
def test_nothing_that_is_no_code_is_counted_nor_what_comes_with_it(shared_town, field, value):
    with pytest.raises(UnknownCode) as told:
        searches.count_many(shared_town.store, {ONE: 1, ONE._replace(**{field: value}): 1})
    assert len(str(told.value)) < 200
    assert rows(shared_town.store) == []


@pytest.mark.parametrize("field", ["mode", "outcome"])
def test_how_and_with_what_outcome_is_always_said(shared_town, field):
    with pytest.raises(UnknownCode):
        searches.count_many(shared_town.store, {ONE._replace(**{field: ""}): 1})


def test_it_is_known_since_when_they_are_counted(store, clock):
    assert searches.since(store) is None
    searches.begin(store)
    assert searches.since(store) == dt.date(2027, 3, 1)
    clock.go(days=10)
    searches.begin(store)
    searches.count_many(store, {ONE: 1})
    assert searches.since(store) == dt.date(2027, 3, 1)
    assert searches.unmet(store, until="2027-02").empty


def test_a_count_without_a_beginning_begins_there(store):
    searches.count_many(store, {})
    assert searches.since(store) == dt.date(2027, 3, 1)
    assert rows(store) == []


def test_counts_come_back_from_a_back_up(store, clock, tmp_path):
    searches.count_many(store, {ONE: 7})
    backup.back_up(store, tmp_path / "copia.zip")
    elsewhere = open_store(folder=tmp_path / "altrove", clock=clock)
    backup.restore(elsewhere, tmp_path / "copia.zip")
    assert (rows(elsewhere), searches.since(elsewhere)) == (rows(store), searches.since(store))
    assert soundness.faults(elsewhere) == []
    searches.count_many(elsewhere, {ONE: 1})
    assert rows(elsewhere)[0]["n"] == 8
    elsewhere.close()
