"""The quality of a record: tiny criteria, those that do not apply left out."""

import datetime as dt

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.registry import editing, quality, reading
from data.registry.quality import Facts

TODAY = dt.date(2027, 3, 1)
WHOLE = {
    "address": "Via Roma 1", "lon": 9.6, "lat": 45.7, "precision": "coordinate", "phone": "035 1", "email": "a@b.it",
    "web": None, "access": ["libero"], "targets": ["tutti"], "areas": ["regione:03"], "evidence": "A",
    "confirmed_on": "2027-02-01", "confirm_every_months": 6, "description": "x" * 80, "status": "attivo",
}  # fmt: skip
OPEN = {"hours": "Mo 09:00-12:00", "languages": ["ar"], "reception": "in_presenza"}


def given_by(said, sessioni=(OPEN,), kind="sportelli", precision=None):
    found = quality.points(Facts(kind, {**WHOLE, **said}, TODAY, sessioni, precision))
    return {one.criterion: one.score for one in found}


def test_a_record_that_says_everything_is_whole():
    assert set(given_by({}).values()) == {1.0}
    assert quality.score(quality.points(Facts("sportelli", WHOLE, TODAY, (OPEN,)))) == 1.0


@pytest.mark.parametrize(
    ("criterion", "said", "score"),
    [
        ("address", {"address": None}, 0), ("address", {"address": "Via Roma"}, 0.5),
        ("position", {"lon": None, "precision": None}, 0), ("position", {"precision": "street"}, 0.5),
        ("contacts", {"phone": None}, 0.5), ("contacts", {"phone": None, "email": None}, 0),
        ("access", {"access": None}, 0), ("eligibility", {"areas": None}, 0.5),
        ("eligibility", {"areas": None, "targets": None}, 0), ("recency", {"confirmed_on": None}, 0),
        ("recency", {"confirmed_on": "2026-09-01"}, 0.5), ("recency", {"confirmed_on": "2026-03-01"}, 0),
        ("recency", {"confirmed_on": "2026-09-02"}, 1), ("evidence", {"evidence": "C"}, 0.3),
        ("evidence", {"evidence": "D"}, 0), ("description", {"description": "x" * 40}, 0.5),
        ("description", {"description": None}, 0),
    ],
)  # fmt: skip
def test_what_is_missing_loses_its_point_alone_and_says_how_to_mend_it(criterion, said, score):
    found = given_by(said)
    assert found.pop(criterion) == score
    assert set(found.values()) == {1.0}
    mend = {
        one.criterion: one.mend
        for one in quality.points(Facts("sportelli", {**WHOLE, **said}, TODAY, (OPEN,)))
    }
    assert bool(mend[criterion]) == (score < 1)


def test_hours_and_languages_are_shares_of_the_sessions():
    words = {"hours": None, "hours_note": "mattina", "languages": None}
    found = given_by({}, (OPEN, words))
    assert (found["hours"], found["languages"]) == (pytest.approx(2 / 3), 0.5)
    assert (given_by({}, ())["hours"], given_by({}, ())["languages"]) == (0, 0)


def test_what_does_not_apply_is_not_asked():
    phone = given_by({"address": None, "lon": None}, ({**OPEN, "reception": "telefono"},))
    assert {"address", "position"}.isdisjoint(phone)
    assert set(given_by({}, (), "enti")) == {"contacts", "recency", "evidence"}
    assert set(given_by({}, (), "mediazione")) == {"languages", "eligibility", "recency", "evidence"}
    assert set(given_by({}, (), "sostegni")) == {"languages", "recency", "evidence", "description"}
    assert "hours" not in given_by({}, (), "associazioni")


def test_what_is_closed_has_no_quality():
    assert quality.points(Facts("sportelli", {**WHOLE, "status": "chiuso"}, TODAY)) == []
    assert quality.score([]) is None


def test_the_position_found_at_the_door_counts():
    assert given_by({"lon": None, "precision": None}, precision="address")["position"] == 1
    assert given_by({"lon": None, "precision": None}, precision="settlement")["position"] == 0
    assert given_by({"precision": None})["position"] == 1


@given(
    st.fixed_dictionaries(
        {}, optional={name: st.none() for name in ("address", "phone", "access", "areas", "description")}
    ),
    st.sampled_from("ABCD"),
)
def test_a_score_is_a_share_and_knowing_less_is_never_better(gone, level):
    facts = Facts("sportelli", {**WHOLE, **gone, "evidence": level}, TODAY, (OPEN,))
    fuller = Facts("sportelli", {**WHOLE, "evidence": level}, TODAY, (OPEN,))
    assert 0 <= quality.score(quality.points(facts)) <= quality.score(quality.points(fuller)) <= 1


def test_scores_are_summed_by_ambito_without_what_is_missing():
    scores = pd.Series({"a": 0.5, "b": 1.0, "c": None, "d": 0.2})
    summed = quality.by_area(scores, pd.Series({"a": "bergamo", "b": "bergamo", "c": "bergamo", "d": None}))
    assert summed.to_dict("index") == {"bergamo": {"quality": 0.75, "records": 2}}


def test_the_quality_of_the_town(town):
    found = reading.qualities(town.store, "sportelli", {"sp-bg": "street"})
    assert list(found.index) == ["sp-bg", "sp-bg2", "sp-da"]
    assert found["sp-bg"] == pytest.approx((0 + 0.5 + 0 + 1 + 0 + 0 + 0 + 0 + 0.7 + 0) / 10)
    editing.confirm(town.store, town.passes["regione"], "sportelli", "sp-bg", version=1)
    after = {one.criterion: one.score for one in reading.points(town.store, "sportelli", "sp-bg")}
    assert after["recency"] == 1


def test_tables_for_public_pages_leave_out_what_is_weak_and_what_was_put_aside(town):
    store, token = town.store, town.passes["regione"]
    editing.edit(store, token, "sportelli", "sp-bg", version=1, said={"evidence": "D"})
    editing.delete(store, token, "sportelli", "sp-bg2", version=1)
    assert list(reading.table(store, "sportelli")["id"]) == ["sp-bg", "sp-da"]
    assert list(reading.table(store, "sportelli", public=True)["id"]) == ["sp-da"]
    assert list(reading.table(store, "sessioni", public=True)["id"]) == ["se-da"]
    assert list(reading.table(store, "sportelli", ambito_id="bergamo")["id"]) == ["sp-bg"]
    assert reading.table(store, "sportelli").loc[0, "areas"] is None
