"""The view «Misure»: by heart, laws, sentences against tables, the map, and the page without a browser."""

import re
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import catchment, opportunity
from data.registry import usual_week
from errors import UnknownCode
from layers import misure as layer
from layers.style import number
from screens import ask_registry, measure_answers, measure_words, measured, memory
from screens.measured import EACH, MEASURES, OFFERED, SHARED
from screens.need import Need
from tests import pages

DESKS = pd.Index(["alto", "basso", "chiuso"])
VALUES = np.array([[5.0, 20.0, np.inf, 50.0], [25.0, 10.0, np.inf, 70.0], [8.0, np.inf, np.inf, np.inf]])
DEMAND = pd.DataFrame(
    {
        "comune_code": ["uno", "uno", "due", "due"],
        "foreign_residents": [60, 40, 20, 30],
        "residents": [600, 400, 200, 300],
    },
    index=[11, 12, 13, 14],
)
COMUNE = DEMAND["comune_code"]


def town(hours=(6, None, None)):
    """Three desks and four points: the first desk has two slots, the others one of which the hours may be unknown."""
    told = [f"Mo 08:00-{8 + one:02}:00" if one else None for one in (hours[0], 2, *hours[1:])]
    told[1] = told[1] if hours[0] else None
    week = np.vstack([usual_week.open_in(one, today=pd.Timestamp("2026-02-02").date()) for one in told])
    offers = SimpleNamespace(week=week, desk=np.array([0, 0, 1, 2]), desks=DESKS)
    return SimpleNamespace(minutes=SimpleNamespace(values=VALUES, desks=DESKS), offers=offers, demand=DEMAND)


def words(app):
    said = [each.value for kind in ("info", "markdown", "caption") for each in getattr(app, kind)]
    return "\n".join(said)


def opened(**query):
    return pages.opened("accesso", **{"vista": "misure"} | query)


def test_the_hours_of_a_desk_are_those_of_all_its_slots():
    assert measured.supply(town(), "hours").tolist()[:1] == [8]
    assert measured.supply(town(), "hours").isna().tolist() == [False, True, True]
    assert measured.supply(town(), "desks").tolist() == [1, 1, 1]
    assert measured.known(town((6, 3, None))) == (3, 2, 11)


def test_the_measures_are_those_of_analysis():
    found = measured.points(town(), limit=30, what="desks")
    minutes = pd.DataFrame(VALUES.T, index=DEMAND.index, columns=DESKS)
    one, people = pd.Series(1.0, DESKS), DEMAND["foreign_residents"]
    assert tuple(found) == MEASURES
    assert found["nearest"].tolist()[:2] == [5, 10]
    assert found["cumulative"].tolist() == [3, 2, 0, 0]
    expected = EACH * catchment.two_step(minutes, one, people, limit=30)
    pd.testing.assert_series_equal(found["two_step"], expected, check_names=False)
    for name, how in (
        ("enhanced_two_step", catchment.enhanced_two_step),
        ("three_step", catchment.three_step),
    ):
        pd.testing.assert_series_equal(found[name], EACH * how(minutes, one, people), check_names=False)
    expected = opportunity.gravity(minutes, one, decay=opportunity.gaussian(15))
    pd.testing.assert_series_equal(found["gravity"], expected, check_names=False)
    pd.testing.assert_series_equal(
        found["raam"], 60 * catchment.raam(minutes, one, people), check_names=False
    )


def test_desks_without_known_hours_count_for_minutes_only():
    found = measured.points(town(), limit=30, what="hours")
    assert found["cumulative"].tolist() == [8, 8, 0, 0]
    assert found["nearest"].tolist()[:2] == [5, 10]


def test_where_no_hours_are_known_nothing_is_measured_and_nothing_is_zero():
    found = measured.points(town((None, None, None)), limit=30, what="hours")
    assert found.drop(columns=["nearest", "mean_of_three"]).isna().all(axis=None)
    assert found["nearest"].notna().any()
    shown = measured.table(found, DEMAND, COMUNE)
    whole = measured.table(found, DEMAND).iloc[0]
    assert "non noto" in measure_words.finding(shown, whole, {}, "two_step", "hours")
    said = measure_words.hours_known(measured.known(town((None, None, None))), "hours")
    assert said == "Di nessuno dei 3 sportelli si sanno gli orari: con le ore non si misura niente."


def test_areas_by_heart():
    shown = measured.table(measured.points(town(), limit=30, what="desks"), DEMAND, COMUNE)
    assert shown["people"].to_dict() == {"due": 50, "uno": 100}
    assert shown["cumulative"].to_dict() == {"due": 0, "uno": 2.6}
    assert shown["nearest"].to_dict() == {"due": 50, "uno": 5}
    assert shown.loc["uno", "two_step"] == pytest.approx(EACH * 3 / 100)


def test_points_of_no_area_are_left_out():
    found = measured.points(town(), limit=30, what="desks")
    shown = measured.table(found, DEMAND, COMUNE.where(COMUNE == "uno"))
    assert shown.index.tolist() == ["uno"]


@given(st.lists(st.integers(0, 100), min_size=4, max_size=4))
@settings(max_examples=20)
def test_no_mean_tells_where_in_a_comune_its_foreign_residents_live(people):
    found = pd.DataFrame(1 / np.outer(np.arange(2, 6), np.arange(1, 10)), DEMAND.index, list(MEASURES))
    moved = DEMAND.assign(foreign_residents=people)
    other = moved.assign(foreign_residents=[people[1], people[0], people[3], people[2]])
    columns = [*OFFERED, *SHARED]
    one, two = (measured.table(found, each, COMUNE)[columns] for each in (moved, other))
    pd.testing.assert_frame_equal(one, two)


def test_the_minutes_to_the_nearest_are_those_of_every_page():
    for by in ("comune_code", "ambito_id"):
        expected = memory.access(by=by, mode="car", limit=30)["minutes_median"].round(1)
        found = measure_answers.by_area(Need(), "desks", by)["nearest"]
        pd.testing.assert_series_equal(found, expected, check_names=False, atol=0.051)


def test_in_all_lombardy_nothing_gets_lost():
    found = measure_answers.whole(Need(), "desks")
    desks = measure_answers.known(Need()).desks
    assert found["two_step"] == pytest.approx(EACH * desks / found["people"], abs=0.02)
    assert found["modified_two_step"] < found["enhanced_two_step"]


@pytest.mark.parametrize("what", measured.SUPPLIES)
@pytest.mark.parametrize("measure", MEASURES)
def test_every_number_of_the_sentence_is_in_the_table(measure, what):
    shown = measure_words.ordered(measure_answers.by_area(Need(), what, "ambito_id"), measure)
    whole, names = measure_answers.whole(Need(), what), ask_registry.names()
    said = measure_words.finding(shown, whole, names, measure, what)
    first, last = shown[measure].dropna().iloc[[0, -1]]
    for figure in (whole[measure], first, last):
        assert measure_words.value(figure, measure, what) in said
        assert number(figure, digits=measured.DECIMALS[measure]) in said
    for end in (first, last):
        same = shown.index[shown[measure] == end]
        assert any(f"**{names[code]}**" in said for code in same)
        assert len(same) < 3 or f"altri {len(same) - 1}" in said
    extremes = {first, last} == {shown[measure].min(), shown[measure].max()}
    assert extremes
    assert first == (shown[measure].max() if measure in measured.MINUTES else shown[measure].min())


def test_the_sentence_on_hours_has_the_figures_of_the_supply():
    known, hours = measure_answers.known(Need()), measured.supply(memory.setting(Need()), "hours")
    assert known == (len(hours), hours.notna().sum(), hours.sum())
    for what in measured.SUPPLIES:
        figures = re.findall(r"\d+(?:,\d+)?", measure_words.hours_known(known, what))
        assert figures[:3] == [number(known.with_hours), number(known.desks), number(known.hours, digits=1)]
    assert figures[3] == number(known.desks - known.with_hours)


def test_the_other_conditions_do_not_count_and_are_not_computed_again():
    plain = measure_answers.by_area(Need(), "desks", "ambito_id")
    asked = Need(languages=("ar",), when="Sa 10:00", home=True)
    assert measure_answers.by_area(asked, "desks", "ambito_id") is plain


def test_the_map_says_what_the_table_says():
    found = measure_answers.by_area(Need(), "desks", "comune_code")["two_step"]
    told = measure_answers.values({"misura": "two_step"})
    whole = measure_answers.whole(Need(), "desks")["two_step"]
    assert set(told) == set(found.index)
    for code, (place, said) in told.items():
        assert said == measure_words.value(found[code], "two_step", "desks")
        assert (place == 0) == (found[code] == 0)
        assert (place == 5) == (found[code] > 2 * whole)


@pytest.mark.parametrize("wrong", [{"misura": "luna"}, {"offerta": "luna"}, {"lingua": "luna"}])
def test_an_address_that_means_nothing_is_refused(wrong):
    with pytest.raises(UnknownCode):
        measure_answers.values(wrong)


def test_without_a_value_for_lombardy_no_class_is_known():
    told = layer.values(pd.Series({"a": 1.0}), ["x"], measure="two_step", whole=0.0)
    assert told == {"a": [len(layer.scale("two_step").marks) - 1, "x"]}


@pytest.mark.parametrize(
    ("query", "measure", "what", "by"),
    [
        ({}, "two_step", "desks", "ambiti"),
        ({"misura": "raam", "offerta": "ore", "per": "comuni", "lingua": "ar"}, "raam", "hours", "comuni"),
    ],
)
def test_the_page_shows_and_gives_away_the_same_table(query, measure, what, by):
    app = opened(**query)
    key = {"ambiti": "ambito_id", "comuni": "comune_code"}[by]
    shown = measure_words.ordered(measure_answers.by_area(Need(), what, key), measure)
    names = ask_registry.names() if by == "ambiti" else {}
    said = words(app)
    assert measure_words.meaning(measure, Need(), what) in said
    assert measure_words.hours_known(measure_answers.known(Need()), what) in said
    assert measure_words.value(measure_answers.whole(Need(), what)[measure], measure, what) in said
    assert ("Le altre condizioni della domanda qui non contano." in said) == ("lingua" in query)
    one, everything = (each.value for each in app.dataframe)
    assert one[measure_words.HEADS[measure]].tolist() == shown[measure].tolist()
    file = measured.file(shown, names, Need(), what)
    for name in MEASURES:
        np.testing.assert_array_equal(everything[measure_words.HEADS[name]], file[name])
        assert measure_words.meaning(name, Need(), what) in said
    np.testing.assert_array_equal(everything["Stranieri"], file["foreign_residents"])


def test_without_desks_there_is_nothing_to_measure():
    app = opened(tipi="salute", prova="B")
    assert app.info[0].value.startswith("Nessuno sportello di questi tipi è aperto")
    assert not app.dataframe
