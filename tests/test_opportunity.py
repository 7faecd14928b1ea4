"""What people can reach: by heart, beside pysal, laws, and what is refused."""

import math

import numpy as np
import pandas as pd
import pytest
from access import Access
from access import weights as pysal
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import opportunity
from analysis.opportunity import exponential, gaussian, logistic, power, steps, within
from errors import FiguresUnfit
from screens import errors as words

MINUTES = pd.DataFrame(
    {
        "piazza": [0.0, 12.0, 30.0, np.nan],
        "ponte": [10.0, np.nan, 30.5, np.nan],
        "porto": [40.0, 6.0, np.nan, np.nan],
    },
    index=["centro", "borgo", "valle", "isola"],
)
HOURS = pd.Series({"piazza": 20.0, "ponte": 8.0, "porto": 2.0})
ONE_EACH = pd.Series(1.0, index=MINUTES.columns)

DECAYS = {
    "exponential": exponential(15),
    "gaussian": gaussian(12),
    "power": power(1.5, at_least=2),
    "logistic": logistic(30, 6),
    "zones": steps({10: 1, 20: 0.68, 30: 0.22}),
    "within": within(30),
    "gaussian, cut": within(30, gaussian(12)),
}


@st.composite
def towns(draw, most=6):
    """Minutes between some points and desks, in whole minutes or none, and what the desks give."""
    points, desks = draw(st.integers(1, most)), draw(st.integers(1, 4))
    some = st.one_of(st.integers(0, 90).map(float), st.just(math.nan))
    rows = draw(st.lists(st.lists(some, min_size=desks, max_size=desks), min_size=points, max_size=points))
    given_ = draw(st.lists(st.integers(0, 40).map(float), min_size=desks, max_size=desks))
    names = [f"desk {n}" for n in range(desks)]
    minutes = pd.DataFrame(rows, index=[f"point {n}" for n in range(points)], columns=names, dtype=float)
    return minutes, pd.Series(given_, index=names)


def theirs(minutes, supply, **options):
    """The weighted catchment of pysal; it leaves out places that reach nothing."""
    long = minutes.rename_axis("origin").melt(var_name="dest", value_name="cost", ignore_index=False)
    people = pd.DataFrame({"people": 1.0}, index=minutes.index.rename("point"))
    made = Access(
        people,
        "people",
        supply.rename("supply").to_frame().rename_axis("desk"),
        "supply",
        cost_df=long.dropna().reset_index(),
        cost_origin="origin",
        cost_dest="dest",
        cost_name="cost",
    )
    found = made.weighted_catchment(name="found", **options)["found_supply"]
    return found.reindex(minutes.index).fillna(0.0)


def test_the_nearest_and_the_mean_of_the_nearest():
    assert opportunity.nearest(MINUTES).tolist()[:3] == [0, 6, 30]
    assert opportunity.mean_of_nearest(MINUTES, 2).tolist()[:3] == [5, 9, 30.25]
    assert opportunity.nearest(MINUTES).index.equals(MINUTES.index)


def test_no_way_is_missing_minutes_and_no_opportunity():
    assert math.isnan(opportunity.nearest(MINUTES)["isola"])
    assert opportunity.cumulative(MINUTES, HOURS, limit=1e6)["isola"] == 0
    assert opportunity.gravity(MINUTES, HOURS, decay=power(2))["isola"] == 0


def test_a_mean_of_more_desks_than_one_reaches_is_missing():
    assert opportunity.mean_of_nearest(MINUTES, 3).notna().tolist() == [True, False, False, False]
    assert opportunity.mean_of_nearest(MINUTES, 4).isna().all()


def test_infinite_minutes_are_no_way():
    far = MINUTES.fillna(np.inf)
    pd.testing.assert_series_equal(opportunity.nearest(far), opportunity.nearest(MINUTES))
    pd.testing.assert_series_equal(
        opportunity.gravity(far, HOURS, decay=gaussian(9)),
        opportunity.gravity(MINUTES, HOURS, decay=gaussian(9)),
    )


def test_the_limit_itself_is_within_and_hours_add_up():
    assert opportunity.cumulative(MINUTES, HOURS, limit=30).tolist() == [28, 22, 20, 0]
    assert opportunity.cumulative(MINUTES, ONE_EACH, limit=30).tolist() == [2, 2, 1, 0]


def test_gravity_by_heart():
    found = opportunity.gravity(MINUTES, HOURS, decay=power(1, at_least=1))
    assert found["centro"] == pytest.approx(20 + 8 / 10 + 2 / 40)
    assert found["borgo"] == pytest.approx(20 / 12 + 2 / 6)


def test_at_the_very_desk_a_power_stays_finite():
    assert opportunity.gravity(MINUTES, HOURS, decay=power(2, at_least=0.5))["centro"] == pytest.approx(
        20 * 4 + 8 / 100 + 2 / 1600
    )


def test_the_logistic_is_its_formula():
    times = np.array([0.0, 10.0, 30.0, 55.0])
    expected = (1 + math.exp(-30 / 6)) / (1 + np.exp((times - 30) / 6))
    np.testing.assert_allclose(logistic(30, 6)(times), expected, rtol=1e-12)
    assert logistic(30, 6)(np.array([1e6])).tolist() == [0]


def test_nothing_is_offered_nothing_is_reached():
    for decay in DECAYS.values():
        assert (opportunity.gravity(MINUTES, HOURS * 0, decay=decay) == 0).all()
    nowhere = MINUTES * np.nan
    assert opportunity.nearest(nowhere).isna().all()
    assert (opportunity.cumulative(nowhere, HOURS, limit=30) == 0).all()


def test_no_desks_and_no_points():
    empty = MINUTES[[]]
    assert opportunity.nearest(empty).isna().all()
    assert (opportunity.cumulative(empty, HOURS[[]], limit=30) == 0).all()
    assert opportunity.nearest(MINUTES.iloc[:0]).empty


@pytest.mark.parametrize(
    ("ours", "weight"),
    [
        (gaussian(12), pysal.gaussian(12)),
        (power(1.5, scale=20, at_least=2), pysal.gravity(20, -1.5, min_dist=2)),
        (steps({10: 1, 20: 0.68, 30: 0.22}), pysal.step_fn({10: 1, 20: 0.68, 30: 0.22})),
    ],
    ids=["gaussian", "power", "zones"],
)
@given(towns())
@settings(max_examples=30)
def test_gravity_is_that_of_pysal(ours, weight, town):
    minutes, supply = town
    found = opportunity.gravity(minutes, supply, decay=ours)
    np.testing.assert_allclose(found, theirs(minutes, supply, weight_fn=weight), rtol=0, atol=1e-9)


@given(towns(), st.integers(1, 90))
@settings(max_examples=30)
def test_cumulative_opportunities_are_those_of_pysal(town, limit):
    minutes, supply = town
    found = opportunity.cumulative(minutes, supply, limit=limit)
    np.testing.assert_allclose(found, theirs(minutes, supply, max_cost=limit), rtol=0, atol=1e-9)


@given(towns(), st.integers(1, 4))
@settings(max_examples=30)
def test_the_mean_of_the_nearest_is_brute_force(town, count):
    minutes, _ = town
    for point, found in opportunity.mean_of_nearest(minutes, count).items():
        reached = sorted(minutes.loc[point].dropna())
        if len(reached) < count:
            assert math.isnan(found)
        else:
            assert found == pytest.approx(sum(reached[:count]) / count)


@pytest.mark.parametrize("decay", DECAYS.values(), ids=DECAYS)
@given(st.lists(st.floats(0, 500), min_size=2, max_size=20))
@settings(max_examples=30)
def test_farther_never_weighs_more(decay, times):
    weights = decay(np.sort(np.array(times)))
    assert (np.diff(weights) <= 1e-15).all()
    assert (weights >= 0).all()


@pytest.mark.parametrize("decay", DECAYS.values(), ids=DECAYS)
@given(towns(), st.floats(0, 100), st.randoms(use_true_random=False))
@settings(max_examples=30)
def test_gravity_scales_with_supply_and_forgets_the_order(decay, town, times, chance):
    minutes, supply = town
    found = opportunity.gravity(minutes, supply, decay=decay)
    scaled = opportunity.gravity(minutes, supply * times, decay=decay)
    np.testing.assert_allclose(scaled, found * times, rtol=1e-9, atol=1e-12)
    rows, columns = list(minutes.index), list(minutes.columns)
    chance.shuffle(rows)
    chance.shuffle(columns)
    mixed = opportunity.gravity(minutes.loc[rows, columns], supply, decay=decay)
    pd.testing.assert_series_equal(mixed.loc[minutes.index], found)


@given(towns(), st.integers(1, 60), st.integers(0, 60))
@settings(max_examples=30)
def test_a_longer_limit_never_reaches_less(town, limit, more):
    minutes, supply = town
    shorter, longer = (opportunity.cumulative(minutes, supply, limit=one) for one in (limit, limit + more))
    assert (shorter <= longer).all()


@pytest.mark.parametrize(
    ("minutes", "supply", "why"),
    [
        (MINUTES, HOURS.mask(HOURS == 8), "supply_unknown"),
        (MINUTES, HOURS.astype("Int64").mask(HOURS == 8), "supply_unknown"),
        (MINUTES, -HOURS, "supply_negative"),
        (MINUTES, HOURS.replace(8.0, np.inf), "supply_negative"),
        (MINUTES, HOURS.drop("ponte"), "supply_other"),
        (MINUTES, pd.concat([HOURS, HOURS]), "supply_other"),
        (MINUTES[["piazza", "piazza"]], HOURS[["piazza"]], "supply_twice"),
        (-MINUTES, HOURS, "minutes_negative"),
    ],
)
def test_figures_that_say_nothing_are_refused(minutes, supply, why):
    with pytest.raises(FiguresUnfit) as fault:
        opportunity.cumulative(minutes, supply, limit=30)
    assert why in fault.value.faults
    assert words.UNFIT[why] in words.sentence(fault.value)


def test_every_fault_is_named_at_once():
    with pytest.raises(FiguresUnfit) as fault:
        opportunity.gravity(-MINUTES, -HOURS, decay=gaussian(9))
    assert set(fault.value.faults) == {"minutes_negative", "supply_negative"}


@pytest.mark.parametrize(
    "make",
    [
        lambda: exponential(0),
        lambda: gaussian(-1),
        lambda: power(2, at_least=0),
        lambda: logistic(30, math.nan),
        lambda: within(math.inf),
        lambda: steps({}),
        lambda: steps({-5: 1}),
        lambda: steps({5: -1}),
        lambda: opportunity.mean_of_nearest(MINUTES, 0),
    ],
)
def test_parameters_that_make_no_sense_are_refused(make):
    with pytest.raises(FiguresUnfit):
        make()


def test_a_decay_that_is_infinite_or_negative_is_refused():
    for decay in (lambda t: np.where(t > 0, 1, np.inf), lambda t: t - 10):
        with pytest.raises(FiguresUnfit):
            opportunity.gravity(MINUTES, HOURS, decay=decay)
