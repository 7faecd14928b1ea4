"""How unequally minutes are spread: by heart, beside every person written out one by one, then laws, then edges."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis import inequality
from analysis.inequality import concentration, fgt, gini, interval, lorenz, palma, theil
from errors import FiguresUnfit
from screens.errors import UNFIT

EXACT = 1e-9
MINUTES = st.just(0.0) | st.floats(0.5, 200)
TOWN = st.lists(
    st.tuples(MINUTES, st.integers(0, 30), st.sampled_from("abc"), st.integers(1, 4)), min_size=1, max_size=12
).filter(lambda rows: sum(minutes * people for minutes, people, *_ in rows) > 0)


def columns(rows):
    minutes, people, area, income = (pd.Series(one) for one in zip(*rows, strict=True))
    return minutes.astype(float), people.astype(float), area, income.astype(float)


def one_by_one(rows):
    """Each person by themselves: minutes, area, income."""
    people = [row for row in rows for _ in range(row[1])]
    return (
        np.array([row[0] for row in people], dtype=float),
        [row[2] for row in people],
        np.array([row[3] for row in people]),
    )


def theil_of(x):
    x = np.asarray(x) / np.mean(x)
    return float(np.mean([one * math.log(one) if one else 0.0 for one in x]))


# by heart


def test_lorenz_by_heart():
    curve = lorenz(pd.Series([60.0, 20, 20, math.nan]), pd.Series([1, 1, 2, 5]))
    assert curve["people"].tolist() == [0, 0.75, 1]
    assert curve["minutes"].tolist() == [0, 0.5, 1]


def test_one_who_travels_for_all():
    minutes, people = pd.Series([0.0, 100.0]), pd.Series([99, 1])
    assert gini(minutes, people) == pytest.approx(0.99)
    assert theil(minutes, people).total == pytest.approx(math.log(100))
    assert math.isnan(palma(minutes, people)), "nothing to compare the farthest with"


def test_palma_divides_the_people_on_a_border():
    assert palma(pd.Series([10.0]), pd.Series([7])) == pytest.approx(0.25)
    assert palma(pd.Series([10.0, 50.0]), pd.Series([80, 20])) == pytest.approx(5 / 4)


def test_the_poor_who_travel_longer_have_a_negative_index():
    minutes, people = pd.Series([40.0, 20, 10]), pd.Series([1, 1, 1])
    assert concentration(minutes, people, pd.Series([1, 2, 3])) < 0
    assert concentration(minutes, people, pd.Series([3, 2, 1])) > 0
    assert concentration(minutes, people, pd.Series([5, 5, 5])) == pytest.approx(0)


def test_those_without_any_way_are_beyond_every_limit():
    minutes, people = pd.Series([30.0, 60, math.nan]), pd.Series([5, 3, 2])
    found = [fgt(minutes, people, limit=30, farthest=90, power=power) for power in (0, 1, 2)]
    assert found == pytest.approx([0.5, (3 / 2 + 2) / 10, (3 / 4 + 2) / 10])


# beside every person one by one


@given(TOWN)
def test_gini_is_half_the_mean_difference_of_two_people(rows):
    x, _, _ = one_by_one(rows)
    brute = np.abs(x[:, None] - x[None, :]).mean() / (2 * x.mean())
    minutes, people, *_ = columns(rows)
    assert gini(minutes, people) == pytest.approx(brute, abs=EXACT)


@given(TOWN)
def test_palma_is_that_of_tenths_of_people(rows):
    x, _, _ = one_by_one(rows)
    tenths = np.sort(np.repeat(x, 10))  # every person in ten parts, so that no border divides one
    size = len(tenths) // 10
    least, most = tenths[: 4 * size].sum(), tenths[9 * size :].sum()
    found = palma(*columns(rows)[:2])
    assert math.isnan(found) if least == 0 else found == pytest.approx(most / least, rel=EXACT)


@given(TOWN)
def test_theil_and_its_parts_are_those_of_people_one_by_one(rows):
    x, areas, _ = one_by_one(rows)
    minutes, people, area, _ = columns(rows)
    found = theil(minutes, people, area)
    inside = {name: [one for one, of in zip(x, areas, strict=True) if of == name] for name in set(areas)}
    means = [np.mean(inside[name]) for name in areas]
    within = sum(sum(some) / x.sum() * theil_of(some) for some in inside.values() if sum(some) > 0)
    assert found.total == pytest.approx(theil_of(x), abs=EXACT)
    assert found.between == pytest.approx(theil_of(means), abs=EXACT)
    assert found.within == pytest.approx(within, abs=EXACT)


@given(TOWN)
def test_concentration_is_twice_the_covariance_with_the_middle_rank(rows):
    x, _, income = one_by_one(rows)
    rank = np.array([np.mean(np.flatnonzero(np.sort(income) == one) + 0.5) / len(x) for one in income])
    brute = 2 * np.mean((x - x.mean()) * (rank - 0.5)) / x.mean()
    minutes, people, _, incomes = columns(rows)
    assert concentration(minutes, people, incomes) == pytest.approx(brute, abs=EXACT)


@given(TOWN, st.floats(5, 60), st.sampled_from([0, 1, 2]))
def test_fgt_is_the_mean_gap_of_people_one_by_one(rows, limit, power):
    x, _, _ = one_by_one(rows)
    brute = np.mean([((min(one, 120) - limit) / (120 - limit)) ** power if one > limit else 0 for one in x])
    minutes, people, *_ = columns(rows)
    assert fgt(minutes, people, limit=limit, farthest=120, power=power) == pytest.approx(brute, abs=EXACT)


# laws


def figures(minutes, people, area, income):
    return [
        gini(minutes, people),
        palma(minutes, people),
        *theil(minutes, people, area),
        concentration(minutes, people, income),
    ]


@given(TOWN, st.floats(0.1, 50), st.integers(2, 9))
def test_neither_the_unit_of_time_nor_twice_the_people_change_anything(rows, times, copies):
    minutes, people, area, income = columns(rows)
    before = pytest.approx(figures(minutes, people, area, income), abs=1e-7, nan_ok=True)
    assert figures(minutes * times, people, area, income) == before
    assert figures(minutes, people * copies, area, income) == before
    twice = [pd.concat([one, one], ignore_index=True) for one in (minutes, people, area, income)]
    assert figures(*twice) == before


@given(TOWN, st.randoms(use_true_random=False))
def test_neither_does_the_order_of_rows(rows, chance):
    before = figures(*columns(rows))
    chance.shuffle(rows)
    assert figures(*columns(rows)) == pytest.approx(before, abs=EXACT, nan_ok=True)


@given(TOWN)
def test_every_index_keeps_its_bounds_and_theil_adds_up(rows):
    minutes, people, area, income = columns(rows)
    found, index = theil(minutes, people, area), gini(minutes, people)
    assert 0 <= index < 1
    assert found.total == found.between + found.within
    assert found.total == pytest.approx(theil(minutes, people).total, abs=EXACT)
    assert 0 <= found.total <= math.log(people.sum()) + EXACT
    assert abs(concentration(minutes, people, income)) <= index + EXACT, (
        "no order is steeper than that of minutes"
    )
    assert concentration(minutes, people, minutes) == pytest.approx(index, abs=EXACT)


@given(TOWN)
def test_the_lorenz_curve_is_convex_and_under_equality(rows):
    curve = lorenz(*columns(rows)[:2])
    steps = curve.diff().dropna()
    assert (np.diff(steps["minutes"] / steps["people"]) > 0).all()
    assert (curve["minutes"] <= curve["people"] + EXACT).all()
    assert curve.iloc[0].tolist() == [0, 0]
    assert curve.iloc[-1].tolist() == [1, 1]


@given(TOWN, st.integers(0, 11), st.floats(1, 60), st.sampled_from([0, 1, 2]))
def test_a_longer_way_never_lowers_fgt_and_a_higher_power_never_raises_it(rows, which, more, power):
    minutes, people, *_ = columns(rows)

    def found(of, to):
        return fgt(of, people, limit=30, farthest=120, power=to)

    longer = minutes.copy()
    longer.iloc[which % len(longer)] += more
    assert found(longer, power) >= found(minutes, power) - EXACT
    assert 1 >= found(minutes, 0) >= found(minutes, 1) - EXACT >= found(minutes, 2) - 2 * EXACT >= -2 * EXACT


@given(TOWN)
def test_a_minute_from_the_longest_to_the_shortest_way_lowers_inequality(rows):
    minutes, people, *_ = columns(rows)
    alive = minutes[people > 0]
    longest, shortest = alive.idxmax(), alive.idxmin()
    gap = alive[longest] - alive[shortest]
    if gap < 0.01:
        return
    moved, size = minutes.copy(), min(people[longest], people[shortest]) * gap / 10
    moved[longest] -= size / people[longest]
    moved[shortest] += size / people[shortest]
    assert gini(moved, people) < gini(minutes, people)
    assert theil(moved, people).total < theil(minutes, people).total


# edges


def test_nobody_or_no_minutes_have_no_answer():
    for minutes, people in (([5.0], [0]), ([0.0], [3]), ([math.nan], [3])):
        x, w = pd.Series(minutes), pd.Series(people)
        assert all(math.isnan(one) for one in figures(x, w, pd.Series(["a"]), pd.Series([1.0])))
        assert lorenz(x, w).empty
    assert math.isnan(fgt(pd.Series([5.0]), pd.Series([0]), limit=30, farthest=120, power=0))


@pytest.mark.parametrize(
    ("minutes", "people", "why"),
    [
        (-1, 3, "minutes_negative"),
        (math.inf, 3, "minutes_infinite"),
        (5, -1, "people_negative"),
        (5, math.nan, "people_unknown"),
    ],
)
def test_figures_that_are_none_are_refused(minutes, people, why):
    with pytest.raises(FiguresUnfit) as told:
        gini(pd.Series([minutes, 5.0]), pd.Series([people, 1.0]))
    assert told.value.faults == {why: 1}
    assert why in UNFIT


def test_a_limit_as_far_as_the_farthest_is_refused():
    with pytest.raises(FiguresUnfit) as told:
        fgt(pd.Series([5.0]), pd.Series([3]), limit=120, farthest=120, power=1)
    assert set(told.value.faults) <= set(UNFIT)


def test_rows_without_a_group_are_a_group_and_without_a_rank_are_left_out():
    minutes, people = pd.Series([10.0, 20, 60]), pd.Series([1, 1, 1])
    lost = theil(minutes, people, pd.Series(["a", "a", None]))
    assert lost == theil(minutes, people, pd.Series(["a", "a", "z"]))
    kept = concentration(minutes, people, pd.Series([1.0, 2, math.nan]))
    assert kept == concentration(minutes[:2], people[:2], pd.Series([1.0, 2]))


# the interval


def test_the_interval_is_the_same_each_time_and_holds_the_figure():
    chance = np.random.default_rng(1)
    minutes, people = pd.Series(chance.gamma(3, 10, 600)), pd.Series(chance.integers(1, 90, 600))
    area = pd.Series(np.arange(600) % 60)
    found = interval(lambda drawn: gini(minutes, drawn), people, area, draws=100)
    assert found == interval(lambda drawn: gini(minutes, drawn), people, area, draws=100)
    assert found.low < gini(minutes, people) < found.high


def test_whole_areas_are_drawn_so_that_points_alike_do_not_make_it_narrow():
    minutes = pd.Series(np.repeat([10.0, 20, 30, 70], 50))
    people, area = pd.Series(1.0, index=minutes.index), pd.Series(np.repeat(list("abcd"), 50))

    def width(by):
        low, high = interval(lambda drawn: gini(minutes, drawn), people, by, draws=100)
        return high - low

    assert width(area) > 2 * width(pd.Series(minutes.index))


def test_the_interval_holds_the_truth_about_as_often_as_it_says():
    chance, held = np.random.default_rng(3), 0
    truth = 0.5  # of an exponential distribution
    for _ in range(60):
        minutes = pd.Series(chance.exponential(20, 150))
        people = pd.Series(1.0, index=minutes.index)
        low, high = interval(
            lambda drawn, of=minutes: gini(of, drawn), people, pd.Series(minutes.index), draws=60
        )
        held += low <= truth <= high
    assert held >= 50


def test_without_figures_there_is_no_interval():
    none = interval(lambda _: math.nan, pd.Series([1.0]), pd.Series(["a"]), draws=5)
    assert all(math.isnan(end) for end in none)
    assert all(math.isnan(end) for end in interval(sum, pd.Series(dtype=float), pd.Series(dtype=object)))
    assert (inequality.DRAWS, inequality.LEVEL) == (300, 0.95)
