"""Who reaches a sportello: by heart first, then laws."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import coverage, disclosure

PLACES = st.lists(
    st.tuples(st.one_of(st.floats(0, 200), st.just(math.nan)), st.integers(0, 500)), min_size=1, max_size=30
)


def town(places):
    minutes = pd.Series([minute for minute, _ in places], dtype=float)
    people = pd.Series([count for _, count in places], dtype=float)
    return minutes, people


def median(minutes, people):
    return coverage.weighted_medians(minutes, people, pd.Series("a", index=people.index))["a"]


def test_no_way_is_beyond_every_limit_and_never_zero():
    minutes, people = pd.Series([5.0, np.nan]), pd.Series([10, 7])
    assert coverage.people_beyond(minutes, people, limit=1e9) == 7
    assert coverage.share_within(minutes, people, limit=30) == pytest.approx(10 / 17)


def test_the_limit_itself_is_within():
    assert coverage.people_beyond(pd.Series([30.0]), pd.Series([4]), limit=30) == 0


def test_where_nobody_lives_the_share_is_missing():
    assert math.isnan(coverage.share_within(pd.Series([5.0]), pd.Series([0]), limit=30))
    assert math.isnan(median(pd.Series([5.0]), pd.Series([0])))


def test_the_median_is_of_people_not_of_places():
    minutes, people = pd.Series([10.0, 20.0, 40.0]), pd.Series([1, 1, 3])
    assert median(minutes, people) == 40


def test_a_median_beyond_every_way_is_missing():
    assert math.isnan(median(pd.Series([10.0, np.nan]), pd.Series([1, 3])))


@given(PLACES, st.floats(0, 120), st.floats(0, 120))
def test_more_time_never_reaches_fewer(places, one, other):
    minutes, people = town(places)
    short, long = sorted([one, other])
    assert coverage.people_beyond(minutes, people, limit=long) <= coverage.people_beyond(
        minutes, people, limit=short
    )


@given(PLACES)
def test_classes_hold_everyone_once(places):
    minutes, people = town(places)
    found = coverage.classes(minutes, people, breaks=(15, 30, 45, 60))
    assert found.sum() == people.sum()
    assert found[-1] == people[minutes.isna()].sum()


@given(PLACES)
def test_classes_by_area_add_up_to_the_classes_of_all(places):
    minutes, people = town(places)
    area = pd.Series(np.arange(len(people)) % 3, index=people.index)
    table = coverage.classes_by(minutes, people, area, breaks=(15, 30, 45, 60))
    whole = coverage.classes(minutes, people, breaks=(15, 30, 45, 60))
    pd.testing.assert_series_equal(table.sum().sort_index(), whole, check_names=False, check_index_type=False)
    assert (table.sum(axis=1) == people.groupby(area).sum()).all()


@given(PLACES, st.integers(0, 2**31))
@settings(max_examples=50)
def test_areas_do_not_depend_on_row_order(places, seed):
    minutes, people = town(places)
    times = pd.DataFrame({"minutes": minutes, "low": minutes * 0.8, "high": minutes * 1.3})
    area = pd.Series(np.arange(len(people)) % 4, index=people.index, name="area").map("a{}".format)
    shuffled = np.random.default_rng(seed).permutation(len(people))
    one = coverage.by_area(times, people, area, limit=30)
    other = coverage.by_area(times.iloc[shuffled], people.iloc[shuffled], area.iloc[shuffled], limit=30)
    pd.testing.assert_frame_equal(one, other)
    pd.testing.assert_frame_equal(coverage.underserved(one), coverage.underserved(one.iloc[::-1]))


@given(PLACES)
@settings(max_examples=50)
def test_the_band_holds_the_people_beyond(places):
    minutes, people = town(places)
    times = pd.DataFrame({"minutes": minutes, "low": minutes * 0.8, "high": minutes * 1.3})
    table = coverage.by_area(times, people, pd.Series("a", index=people.index, name="area"), limit=30)
    assert (table["beyond_low"] <= table["people_beyond"]).all()
    assert (table["people_beyond"] <= table["beyond_high"]).all()


def test_areas_by_heart():
    times = pd.DataFrame(
        {"minutes": [10.0, 40, np.nan], "low": [8.0, 28, np.nan], "high": [13.0, 50, np.nan]}
    )
    people = pd.Series([100.0, 30, 6])
    table = coverage.by_area(times, people, pd.Series(["a", "a", "b"], name="area"), limit=30)
    assert table.loc["a", "people_beyond"] == 30
    assert table.loc["a", "beyond_low"] == 0
    assert table.loc["a", "minutes_median"] == 10
    assert table.loc["b", "share_beyond"] == 1
    assert math.isnan(table.loc["b", "minutes_median"])
    assert coverage.underserved(table).index.tolist() == ["a", "b"]


def test_ties_are_ranked_by_minutes_then_code():
    table = pd.DataFrame(
        {"people_beyond": [5.0, 5, 5, 0], "minutes_median": [31.0, np.nan, 31, 10]},
        index=["c", "b", "a", "z"],
    )
    assert coverage.underserved(table).index.tolist() == ["b", "a", "c"]


@pytest.mark.parametrize(("people", "shown"), [(0, 0), (5, 10), (12, 10), (13, 15), (1221, 1220)])
def test_counts_from_five_up_are_rounded_and_zero_is_zero(people, shown):
    assert disclosure.count(people) == shown


@pytest.mark.parametrize("people", [0.5, 1, 4, 4.99])
def test_smaller_estimated_counts_are_not_shown(people):
    assert math.isnan(disclosure.count(people))
