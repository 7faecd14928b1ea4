"""Whom to call first: by heart in a tiny town, then laws, then the desks and people of Lombardy."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_array

from analysis import first_calls
from analysis.first_calls import as_shown, matters, people_by_rank, ranked
from geo.matrices import Matrix

DESKS = ["a", "b", "c", "d"]
ONE, OTHER = pd.Series(["a", "a", "b", "c", None]), pd.Series(["b", "c", "a", None, None])
PEOPLE = pd.Series([100, 40, 30, 7, 1000])
"""Five hamlets: the last reaches no desk, the one before only one."""
UNKNOWN = pd.DataFrame(
    {"hours": [True, True, False, True], "languages": [True, False, False, False]}, index=DESKS
)
AREA = pd.Series({"a": "nord", "b": "nord", "c": "sud", "d": None})


def test_people_are_counted_once_a_rank():
    found = people_by_rank(ONE, OTHER, PEOPLE, DESKS)
    assert found["nearest"].to_dict() == {"a": 140, "b": 30, "c": 7, "d": 0}
    assert found["second"].to_dict() == {"a": 30, "b": 100, "c": 40, "d": 0}


def test_an_answer_matters_to_those_who_would_be_sent_elsewhere_by_it():
    hours = matters(ONE, OTHER, PEOPLE, UNKNOWN["hours"])
    assert hours.to_dict() == {
        "a": 140 + 30 / 2,  # all of its own, and half of those of b, which says nothing either
        "b": 30 + 100 / 2,
        "c": 0,  # it has answered
        "d": 0,  # nobody is near it
    }
    languages = matters(ONE, OTHER, PEOPLE, UNKNOWN["languages"])
    assert languages.to_dict() == {"a": 140, "b": 0, "c": 0, "d": 0}, "those of b go to b"


def test_the_list_of_each_area_begins_with_whom_it_matters_to_most():
    found = ranked(ONE, OTHER, PEOPLE, UNKNOWN, AREA)
    assert list(found.index) == ["a", "b", "d"], "c has nothing to be asked"
    assert found["matters"].tolist() == [155 + 140, 80, 0]
    assert found["rank"].tolist() == [1, 2, 1]
    assert found.loc["b", ["hours", "languages"]].tolist() == [True, False]
    assert pd.isna(found.loc["d", "area"])


def test_with_every_answer_there_is_nobody_to_call():
    assert ranked(ONE, OTHER, PEOPLE, UNKNOWN & False, AREA).empty


def test_small_counts_are_hidden_with_what_would_give_them_away():
    calls = pd.DataFrame(
        {"nearest": [0.0, 3, 90, 9], "second": [9.0, 9, 4, 0], "matters": [4.5, 7.5, 92.0, 9]}
    )
    told = as_shown(calls)
    assert told["nearest"].fillna(-1).tolist() == [0, -1, 90, 10]
    assert told["second"].fillna(-1).tolist() == [10, 10, -1, 0]
    assert told["matters"].fillna(-1).tolist() == [-1, -1, -1, 10]
    assert calls["nearest"].tolist() == [0, 3, 90, 9]


AT = pd.Series({"a": "paese", "b": "paese", "c": "colle", "d": "eremo"})


def test_desks_of_the_same_town_take_equal_parts_and_one_of_them_is_the_second():
    first, second = pd.Series(["paese", "colle", "eremo"]), pd.Series(["colle", "paese", None])
    rows = first_calls.side_by_side(first, second, pd.Series([100, 40, 7]), AT)
    found = people_by_rank(*rows, DESKS)
    assert found["nearest"].to_dict() == {"a": 50, "b": 50, "c": 40, "d": 7}
    assert found["second"].to_dict() == {"a": 50 + 20, "b": 50 + 20, "c": 0, "d": 0}


PLACES = st.lists(
    st.tuples(
        st.permutations([*DESKS, None, None]).map(lambda order: (order[0], order[1] if order[0] else None)),
        st.integers(0, 5000) | st.none(),
    ),
    max_size=30,
)  # fmt: skip
ANSWERS = st.lists(st.tuples(st.booleans(), st.booleans()), min_size=4, max_size=4)


def town(places):
    first = pd.Series([one for (one, _), _ in places], dtype=object)
    second = pd.Series([other for (_, other), _ in places], dtype=object)
    return first, second, pd.Series([count for _, count in places], dtype="Int64")


SPOTS = st.lists(
    st.tuples(
        st.permutations(["paese", "colle", "eremo", None]).map(lambda ends: (ends[0], ends[1] if ends[0] else None)),
        st.integers(0, 5000) | st.none(),
    ),
    max_size=30,
)  # fmt: skip


@given(SPOTS)
def test_side_by_side_nobody_is_lost_and_nobody_is_counted_twice(places):
    first, second, people = town(places)
    rows = first_calls.side_by_side(first, second, people, AT)
    found = people_by_rank(*rows, DESKS)
    alone = second.isna() & (first != "paese")
    assert found["nearest"].sum() == pytest.approx(float(people[first.notna()].sum()))
    assert found["second"].sum() == pytest.approx(float(people[first.notna() & ~alone].sum()))
    assert found.loc["a"].tolist() == pytest.approx(found.loc["b"].tolist())


@given(PLACES)
def test_the_people_of_each_rank_add_up_to_those_who_reach_so_many(places):
    first, second, people = town(places)
    found = people_by_rank(first, second, people, DESKS)
    assert found["nearest"].sum() == people[first.notna()].sum()
    assert found["second"].sum() == people[second.notna()].sum()


@given(PLACES, ANSWERS)
def test_a_desk_is_called_if_and_only_if_it_has_something_to_answer(places, answers):
    unknown = pd.DataFrame(answers, columns=["hours", "languages"], index=DESKS)
    found = ranked(*town(places), unknown, AREA)
    assert set(found.index) == {name for name, said in zip(DESKS, answers, strict=True) if any(said)}
    assert (found["matters"] >= found["nearest"]).all()
    assert (found["matters"] <= 2 * (found["nearest"] + found["second"])).all()
    for _, here in found.groupby("area", dropna=False):
        assert here["rank"].tolist() == list(range(1, len(here) + 1))
        assert here["matters"].is_monotonic_decreasing


@given(PLACES, ANSWERS, st.integers(0, 3), st.randoms(use_true_random=False))
def test_an_answer_never_makes_another_desk_matter_more_nor_does_the_order_of_rows(
    places, answers, which, chance
):
    first, second, people = town(places)
    unknown = pd.Series([one for one, _ in answers], index=DESKS)
    before = matters(first, second, people, unknown)
    after = matters(first, second, people, unknown & (np.arange(4) != which))
    assert (after <= before).all()
    order = list(range(len(people)))
    chance.shuffle(order)
    turned = [one.iloc[order].reset_index(drop=True) for one in (first, second, people)]
    pd.testing.assert_series_equal(matters(*turned, unknown), before)


def matrix(minutes):
    dense = np.array(minutes, dtype=float)
    kept = csr_array(np.where(np.isfinite(dense), dense, 0.0))
    size, points = dense.shape
    return Matrix(kept, pd.Index(DESKS[:size]), np.zeros(size, bool), np.zeros(points, bool), 120.0, 0)


def test_the_second_nearest_is_another_desk_and_missing_where_there_is_one_only():
    found = matrix([[5, 9, math.inf], [7, 3, 4], [6, 8, math.inf]])
    (one, which), (two, other) = found.two_nearest([0, 1, 2])
    assert (one.tolist(), which.tolist()) == ([5, 3, 4], [0, 1, 1])
    assert other.tolist() == [2, 2, -1]
    assert two[:2].tolist() == [6, 8]
    assert math.isnan(two[2])
    (_, which), (_, other) = found.two_nearest([2])
    assert (which.tolist(), other.tolist()) == ([2, 2, -1], [-1, -1, -1])


@given(
    st.integers(1, 4).flatmap(
        lambda size: st.lists(
            st.lists(st.floats(1, 119) | st.just(math.inf), min_size=5, max_size=5),
            min_size=size,
            max_size=size,
        )
    )
)
def test_the_two_nearest_are_the_first_two_of_all_in_order(minutes):
    dense = np.array(minutes)
    order = np.argsort(dense, axis=0, kind="stable")
    for rank, (found, which) in enumerate(matrix(minutes).two_nearest(np.arange(len(dense)))):
        for point in range(5):
            best = dense[order[rank, point], point] if rank < len(dense) else math.inf
            assert which[point] == (order[rank, point] if math.isfinite(best) else -1)
            assert found[point] == best or (math.isnan(found[point]) and math.isinf(best))
