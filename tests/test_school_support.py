"""Support around schools: by heart, then laws, then edges."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis import school_support
from analysis.effective import NO, UNKNOWN, YES

TRUTHS = st.sampled_from([NO, UNKNOWN, YES])
SCHOOLS = st.lists(
    st.tuples(
        st.one_of(st.none(), st.integers(0, 400)), st.integers(1, 500), st.tuples(TRUTHS, TRUTHS, TRUTHS)
    ),
    min_size=1,
    max_size=25,
)
MINUTES = st.lists(st.tuples(st.floats(0, 100), st.floats(0, 100)), min_size=1, max_size=20)


def told(schools):
    index = [f"S{place:02d}" for place in range(len(schools))]
    foreign = pd.Series([math.nan if one is None else float(one) for one, _, _ in schools], index)
    share = foreign / np.maximum(foreign, [float(more) for _, more, _ in schools])
    near = pd.DataFrame([truth for _, _, truth in schools], index, ["a", "b", "c"])
    return school_support.protected(foreign, share), near


def test_the_school_that_lacks_most_comes_first_then_the_one_with_more_pupils_then_the_code():
    share = pd.Series(0.5, list("abcde"))
    pupils = pd.Series([10, 50, 50, 90, 90], list("abcde"))
    missing = pd.Series([2, 1, 1, 0, 1], list("abcde"))
    order = school_support.ranked(share, pupils, missing, threshold=0.3)
    assert order.to_dict() == {"a": 1, "e": 2, "b": 3, "c": 4, "d": 5}


def test_a_share_at_the_threshold_is_high_and_one_not_known_is_left_out():
    share = pd.Series([0.3, 0.299, math.nan], list("abc"))
    order = school_support.ranked(share, pd.Series(10, list("abc")), pd.Series(0, list("abc")), threshold=0.3)
    assert list(order.index) == ["a"]


def test_nothing_reached_is_missing_and_a_school_nobody_can_place_is_unknown():
    near = school_support.within(pd.Series([math.inf, math.nan]), pd.Series([math.inf, math.nan]), limit=15)
    assert near.tolist() == [NO, UNKNOWN]


def test_the_limit_itself_is_within_at_both_ends():
    near = school_support.within(pd.Series([15.0, 15.0, 15.1]), pd.Series([15.0, 15.1, 16.0]), limit=15)
    assert near.tolist() == [YES, UNKNOWN, NO]


@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_few_pupils_are_not_shown_and_neither_is_the_share(count):
    shown = school_support.protected(pd.Series([count]), pd.Series([count / 73])).iloc[0]
    assert math.isnan(shown["foreign_pupils"])
    assert math.isnan(shown["foreign_share"])
    assert shown["hidden"]


def test_nobody_and_five_are_shown():
    shown = school_support.protected(pd.Series([0, 5, math.nan]), pd.Series([0.0, 0.1, math.nan]))
    assert shown["foreign_pupils"].tolist()[:2] == [0, 5]
    assert shown["hidden"].tolist() == [False, False, False]


@pytest.mark.parametrize(
    ("words", "hours"),
    [
        ("3.400 ore/anno; 60 mediatori e facilitatori; 36 lingue", 3400),
        ("scuole: 80 ore all'anno", 80),
        ("120 ore annue", 120),
        ("1.234.567 ore/anno", 1_234_567),
        ("567 ore circa nel 2019", math.nan),
        ("120 ore annue circa", math.nan),
        ("oltre 120 ore annue", math.nan),
        ("tra 100 e 120 ore annue", math.nan),
        ("10-20 ore/anno", math.nan),
        ("2,5 ore/anno", math.nan),
        ("1234.567 ore/anno", math.nan),
        ("100 ore/anno; 50 ore/anno", math.nan),
        ("sportello 5 ore/settimana", math.nan),
        ("2019: 125 ore (La Nostra Famiglia); 242 ore richiedenti asilo", math.nan),
        (None, math.nan),
        ("", math.nan),
    ],
)
def test_hours_a_year_are_read_only_where_they_are_sure(words, hours):
    found = school_support.hours_a_year(pd.Series([words], dtype="object")).iloc[0]
    assert found == hours or (math.isnan(found) and math.isnan(hours))


def test_no_hours_give_no_pupils_per_hour():
    found = school_support.pupils_per_hour(
        pd.Series([30.0, 30.0, math.nan]), pd.Series([0.0, math.nan, 10.0])
    )
    assert found.isna().all()


def test_a_place_adds_up_what_its_schools_know_and_nothing_else():
    place = pd.Series(["a", "a", "b", None])
    table = school_support.by_place(
        place,
        pd.Series([10, None, None, 7], dtype="Int64"),
        pd.Series([None, None, None, 5], dtype="Int64"),
        pd.DataFrame({"walk": [5.0, math.nan, math.nan, 1.0]}),
    )
    assert table["schools"].to_dict() == {"a": 2, "b": 1}
    assert table.loc["a", "pupils"] == 10
    assert table["pupils_known"].to_dict() == {"a": 1, "b": 0}
    assert math.isnan(table.loc["b", "pupils"])
    assert table["foreign_pupils"].isna().all()
    assert table.loc["a", "walk"] == 5
    assert math.isnan(table.loc["b", "walk"])


@given(SCHOOLS)
def test_every_kind_is_found_missing_or_not_known(schools):
    _, near = told(schools)
    assert (school_support.tally(near).sum(axis=1) == near.shape[1]).all()


@given(SCHOOLS)
def test_not_knowing_more_never_moves_a_school_up(schools):
    _, near = told(schools)
    less = near.mask(near == NO, UNKNOWN)
    assert (school_support.tally(less)["missing"] == 0).all()
    counts, fewer = school_support.tally(near), school_support.tally(near.mask(near == YES, UNKNOWN))
    assert counts["missing"].equals(fewer["missing"])


@given(SCHOOLS, st.sampled_from([0.2, 0.3, 0.5]), st.randoms(use_true_random=False))
def test_the_order_of_the_rows_never_matters(schools, threshold, chance):
    known, near = told(schools)
    missing = school_support.tally(near)["missing"]
    order = school_support.ranked(
        known["foreign_share"], known["foreign_pupils"], missing, threshold=threshold
    )
    mixed = list(known.index)
    chance.shuffle(mixed)
    again = known.loc[mixed]
    other = school_support.ranked(
        again["foreign_share"], again["foreign_pupils"], missing.loc[mixed], threshold=threshold
    )
    assert order.to_dict() == other.to_dict()
    assert list(order) == list(range(1, len(order) + 1))


@given(SCHOOLS, st.floats(0.01, 1), st.floats(0.01, 1))
def test_a_higher_threshold_never_lists_more(schools, one, other):
    known, near = told(schools)
    missing = school_support.tally(near)["missing"]
    low, high = (
        set(
            school_support.ranked(
                known["foreign_share"], known["foreign_pupils"], missing, threshold=at
            ).index
        )
        for at in sorted([one, other])
    )
    assert high <= low


@given(MINUTES, st.floats(0, 100), st.floats(0, 100))
def test_more_time_never_makes_support_less_near(pairs, one, other):
    ends = pd.DataFrame([sorted(pair) for pair in pairs], columns=["soonest", "surest"])
    short, long = (
        school_support.within(ends["soonest"], ends["surest"], limit=limit) for limit in sorted([one, other])
    )
    assert (short <= long).all()
