"""Floating catchments and people who choose: by heart, beside pysal, laws, and what is refused."""

import math

import numpy as np
import pandas as pd
import pytest
from access import Access
from access import weights as pysal
from access.raam import raam as raam_of_pysal
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from analysis import catchment
from analysis.opportunity import exponential, gaussian, steps, within
from errors import FiguresUnfit

MINUTES = pd.DataFrame(
    {"piazza": [0.0, 12.0, 30.0, np.nan], "porto": [40.0, 6.0, np.nan, np.nan]},
    index=["centro", "borgo", "valle", "isola"],
)
HOURS = pd.Series({"piazza": 20.0, "porto": 2.0})
PEOPLE = pd.Series({"centro": 100, "borgo": 50, "valle": 10, "isola": 5})

FOUR = {
    "2SFCA": lambda m, s, d: catchment.two_step(m, s, d, limit=30),
    "E2SFCA": catchment.enhanced_two_step,
    "E2SFCA, Gaussian": lambda m, s, d: catchment.enhanced_two_step(m, s, d, decay=within(30, gaussian(12))),
    "3SFCA": catchment.three_step,
}
"""Those that lose nothing."""
ALL = FOUR | {"M2SFCA": catchment.modified_two_step}
ZONES = {10: 1.0, 20: 0.68, 30: 0.22}


@st.composite
def towns(draw, least_people=0, least_supply=0):
    """Minutes between some points and desks, what the desks give, and who lives there."""
    points, desks = draw(st.integers(1, 6)), draw(st.integers(1, 4))
    some = st.one_of(st.integers(0, 70).map(float), st.just(math.nan))
    rows = draw(st.lists(st.lists(some, min_size=desks, max_size=desks), min_size=points, max_size=points))
    given_ = draw(st.lists(st.integers(least_supply, 40), min_size=desks, max_size=desks))
    people = draw(st.lists(st.integers(least_people, 500), min_size=points, max_size=points))
    names = [f"desk {n}" for n in range(desks)]
    minutes = pd.DataFrame(rows, index=[f"point {n}" for n in range(points)], columns=names, dtype=float)
    supply, demand = pd.Series(given_, index=names, dtype=float), pd.Series(people, index=minutes.index)
    return minutes, supply, demand.astype(float)


def pairs(minutes):
    """One row a pair, as pysal wants it."""
    long = minutes.rename_axis("origin").melt(var_name="dest", value_name="cost", ignore_index=False)
    return long.dropna().reset_index()


def theirs(minutes, supply, demand):
    """The same town as pysal wants it."""
    return Access(
        demand.rename("people").to_frame().rename_axis("point"),
        "people",
        supply.rename("supply").to_frame().rename_axis("desk"),
        "supply",
        cost_df=pairs(minutes),
        cost_origin="origin",
        cost_dest="dest",
        cost_name="cost",
    )


def test_two_steps_by_heart():
    found = catchment.two_step(MINUTES, HOURS, PEOPLE, limit=30)
    assert found["centro"] == pytest.approx(20 / 160)
    assert found["borgo"] == pytest.approx(20 / 160 + 2 / 50)
    assert found["valle"] == pytest.approx(20 / 160)
    assert found["isola"] == 0
    assert found.index.equals(MINUTES.index)


def test_zones_by_heart():
    asked = 100 * 1 + 50 * 0.68 + 10 * 0.22
    found = catchment.enhanced_two_step(MINUTES, HOURS, PEOPLE)
    assert found["borgo"] == pytest.approx(0.68 * 20 / asked + 2 / 50)
    modified = catchment.modified_two_step(MINUTES, HOURS, PEOPLE)
    assert modified["borgo"] == pytest.approx(0.68**2 * 20 / asked + 2 / 50)


def test_three_steps_by_heart():
    near, middle = 0.962, 0.704
    to_piazza, to_porto = middle / (near + middle), near / (near + middle)
    centro = near / (near + 0.042)  # the port is 40 minutes away, in the last zone
    found = catchment.three_step(MINUTES, HOURS, PEOPLE)
    piazza = 20 / (100 * centro * near + 50 * to_piazza * middle + 10 * 0.377)
    porto = 2 / (100 * (1 - centro) * 0.042 + 50 * to_porto * near)
    assert found["borgo"] == pytest.approx(to_piazza * middle * piazza + to_porto * near * porto)


def test_the_modified_is_its_formula():
    decay = exponential(20)
    found = catchment.modified_two_step(MINUTES, HOURS, PEOPLE, decay=decay)
    for point in MINUTES.index:
        expected = 0.0
        for desk in MINUTES.columns:
            weight = {one: math.exp(-MINUTES.loc[one, desk] / 20) for one in MINUTES[desk].dropna().index}
            asked = sum(PEOPLE[one] * each for one, each in weight.items())
            expected += HOURS[desk] * weight.get(point, 0.0) ** 2 / asked
        assert found[point] == pytest.approx(expected, abs=1e-12)


def test_a_desk_in_nobodys_reach_is_missing_only_where_nobody_lives():
    people = PEOPLE.where(PEOPLE.index != "valle", 0)
    far = MINUTES.assign(valle=[np.nan, np.nan, 5.0, np.nan])
    supply = pd.concat([HOURS, pd.Series({"valle": 9.0})])
    for measure in ALL.values():
        found = measure(far, supply, people)
        assert found.isna().tolist() == [False, False, True, False]
        pd.testing.assert_series_equal(found.drop("valle"), measure(MINUTES, HOURS, people).drop("valle"))


def test_where_nobody_lives_one_finds_what_is_left_beside_the_others():
    people = PEOPLE.where(PEOPLE.index != "valle", 0)
    assert catchment.two_step(MINUTES, HOURS, people, limit=30)["valle"] == pytest.approx(20 / 150)


@pytest.mark.parametrize("measure", ALL.values(), ids=ALL)
def test_nothing_offered_nobody_reached_and_nobody_there(measure):
    assert (measure(MINUTES, HOURS * 0, PEOPLE) == 0).all()
    assert (measure(MINUTES * np.nan, HOURS, PEOPLE) == 0).all()
    assert measure(MINUTES, HOURS, PEOPLE * 0).isna().tolist() == [True, True, True, False]
    assert (measure(MINUTES[[]], HOURS[[]], PEOPLE) == 0).all()


@given(towns(least_people=1))
@settings(max_examples=30)
def test_2sfca_is_that_of_pysal(town):
    found = catchment.two_step(*town, limit=30)
    expected = theirs(*town).two_stage_fca(name="x", max_cost=30)["x_supply"].reindex(found.index)
    np.testing.assert_allclose(found, expected.fillna(0), rtol=0, atol=1e-9)


@given(towns(least_people=1))
@settings(max_examples=30)
def test_e2sfca_is_that_of_pysal_in_zones_and_with_a_gaussian(town):
    assume(town[0].notna().any(axis=None))
    found = catchment.enhanced_two_step(*town)
    # people beyond the last zone are left out, since pysal divides by their weights, which are 0
    near = town[0].where(town[0] <= 30)
    if near.notna().any(axis=None):
        expected = theirs(near, *town[1:]).enhanced_two_stage_fca(name="x")["x_supply"].reindex(found.index)
        np.testing.assert_allclose(found, expected.fillna(0), rtol=0, atol=1e-9)
    smooth = catchment.enhanced_two_step(*town, decay=gaussian(20))
    weight = pysal.gaussian(20)
    expected = theirs(*town).enhanced_two_stage_fca(name="x", weight_fn=weight)["x_supply"]
    np.testing.assert_allclose(smooth, expected.reindex(smooth.index).fillna(0), rtol=0, atol=1e-9)


@pytest.mark.filterwarnings(
    "ignore:The inplace keyword"
)  # pysal 1.1.10 drops columns as pandas no longer likes
@given(towns(least_people=1))
@settings(max_examples=30)
def test_3sfca_is_that_of_pysal(town):
    minutes, supply, demand = town
    near = minutes.where(minutes <= 60)  # where all weights are 0 pysal divides by it
    assume(near.notna().any(axis=None))
    found = catchment.three_step(near, supply, demand)
    expected = theirs(near, supply, demand).three_stage_fca(name="x")["x_supply"].reindex(found.index)
    np.testing.assert_allclose(found, expected.fillna(0), rtol=0, atol=1e-9)


@pytest.mark.parametrize("measure", FOUR.values(), ids=FOUR)
@given(towns())
@settings(max_examples=40)
def test_all_that_somebody_reaches_is_given_out_and_nothing_more(measure, town):
    minutes, supply, demand = town
    there = demand > 0
    limit = 60 if measure is catchment.three_step else 30
    reached = (minutes[there] <= limit).any()
    given_out = (measure(*town) * demand)[there].sum()
    assert given_out == pytest.approx(supply[reached].sum(), rel=1e-9)


@given(towns())
@settings(max_examples=40)
def test_the_modified_gives_out_less_and_nowhere_more(town):
    modified, enhanced = catchment.modified_two_step(*town), catchment.enhanced_two_step(*town)
    known = enhanced.notna()
    pd.testing.assert_series_equal(modified.notna(), known)
    assert (modified[known] <= enhanced[known] + 1e-12).all()


@pytest.mark.parametrize("measure", ALL.values(), ids=ALL)
@given(towns(), st.floats(0.01, 100))
@settings(max_examples=40)
def test_twice_the_supply_is_twice_the_access_and_twice_the_people_half(measure, town, times):
    minutes, supply, demand = town
    found = measure(*town)
    np.testing.assert_allclose(measure(minutes, supply * times, demand), found * times, rtol=1e-9)
    np.testing.assert_allclose(measure(minutes, supply, demand * times), found / times, rtol=1e-9)


@pytest.mark.parametrize("measure", ALL.values(), ids=ALL)
@given(towns(), st.integers(0, 3), st.floats(0, 50))
@settings(max_examples=40)
def test_more_supply_never_lowers_anybodys_access(measure, town, which, more):
    minutes, supply, demand = town
    richer = supply.copy()
    richer.iloc[which % len(supply)] += more
    before, after = measure(*town), measure(minutes, richer, demand)
    assert (after[before.notna()] >= before.dropna() - 1e-12).all()


@pytest.mark.parametrize("measure", ALL.values(), ids=ALL)
@given(towns(), st.randoms(use_true_random=False))
@settings(max_examples=40)
def test_the_order_of_rows_and_columns_changes_nothing(measure, town, chance):
    minutes, supply, demand = town
    rows, columns = list(minutes.index), list(minutes.columns)
    chance.shuffle(rows)
    chance.shuffle(columns)
    mixed = measure(minutes.loc[rows, columns], supply, demand)
    pd.testing.assert_series_equal(mixed.loc[minutes.index], measure(*town))


@pytest.mark.parametrize("measure", [*ALL.values(), catchment.raam], ids=[*ALL, "RAAM"])
@pytest.mark.parametrize(
    ("demand", "why"),
    [
        (PEOPLE.astype(float).mask(PEOPLE == 50), "demand_unknown"),
        (-PEOPLE, "demand_negative"),
        (PEOPLE.drop("isola"), "demand_other"),
    ],
)
def test_people_we_do_not_know_are_refused(measure, demand, why):
    with pytest.raises(FiguresUnfit) as fault:
        measure(MINUTES, HOURS, demand)
    assert list(fault.value.faults) == [why]


# people who choose


def test_two_desks_alike_share_people_until_the_way_is_worth_it():
    minutes = pd.DataFrame({"a": [0.0, 30.0], "b": [30.0, 0.0]}, index=["one", "other"])
    supply, demand = pd.Series({"a": 1.0, "b": 1.0}), pd.Series({"one": 300, "other": 0})
    sent = catchment.sent_by_raam(minutes, supply, demand, tau=60, rho=300, tolerance=1e-12)
    # congestion is worth people / 300: a with 225 costs 0.75, b with 75 costs 0.25 and half an hour
    assert sent.loc["one"].tolist() == pytest.approx([225, 75])
    assert sent.loc["other"].tolist() == [0, 0]
    cost = catchment.raam(minutes, supply, demand, tau=60, rho=300, tolerance=1e-12)
    assert cost.tolist() == pytest.approx([0.75, 0.25])


def test_who_reaches_no_desk_that_gives_anything_has_no_cost():
    cost = catchment.raam(MINUTES, pd.Series({"piazza": 0.0, "porto": 2.0}), PEOPLE)
    assert cost.isna().tolist() == [False, False, True, True]
    assert catchment.raam(MINUTES, HOURS * 0, PEOPLE).isna().all()
    assert catchment.raam(MINUTES[[]], HOURS[[]], PEOPLE).isna().all()


def test_where_nobody_lives_it_is_the_way_alone():
    cost = catchment.raam(MINUTES, HOURS, PEOPLE * 0, tau=60)
    assert cost.tolist()[:3] == pytest.approx([0, 0.1, 0.5])


@pytest.mark.parametrize("seed", range(4))
def test_raam_is_that_of_pysal_where_pysal_has_time_to_settle(seed):
    """Pysal moves whole people in ever smaller steps: so many people, cycles and no least step bring it to the end."""
    chance = np.random.default_rng(seed)
    minutes = pd.DataFrame(chance.integers(0, 60, (5, 3)).astype(float), index=[f"p{n}" for n in range(5)])
    minutes.columns = [f"d{n}" for n in range(3)]
    supply = pd.Series(chance.integers(1, 9, 3).astype(float), index=minutes.columns)
    demand = pd.Series(chance.integers(1, 50, 5) * 10**12, index=minutes.index)
    expected = raam_of_pysal(
        demand.to_frame("demand"),
        supply.to_frame("supply"),
        pairs(minutes),
        tau=45,
        max_cycles=3000,
        min_step=1e-14,
    )
    found = catchment.raam(minutes, supply, demand, tau=45, tolerance=1e-12)
    np.testing.assert_allclose(found, expected.reindex(found.index), rtol=0, atol=1e-9)


@given(towns(), st.floats(5, 120))
@settings(max_examples=60)
def test_nobody_could_do_better_elsewhere(town, tau):
    minutes, supply, demand = town
    sent = catchment.sent_by_raam(*town, tau=tau, rho=7, tolerance=1e-9)
    open_ = supply.index[supply > 0]
    reaches = minutes[open_].notna().any(axis=1)
    np.testing.assert_allclose(sent.sum(axis=1), demand.where(reaches, 0), rtol=1e-9)
    assert (sent >= 0).all(axis=None)
    assert (sent.drop(columns=open_) == 0).all(axis=None)
    cost = minutes[open_] / tau + sent[open_].sum() / (7 * supply[open_])
    least = cost.min(axis=1)
    used = sent[open_] > 0
    assert (cost.where(used).max(axis=1) <= least + 2e-9)[used.any(axis=1)].all()
    np.testing.assert_allclose(catchment.raam(*town, tau=tau, rho=7, tolerance=1e-9), least, rtol=1e-9)


@given(towns(least_people=1, least_supply=1), st.sampled_from([0.25, 8.0]), st.randoms(use_true_random=False))
@settings(max_examples=40)
def test_raam_does_not_see_units_nor_order(town, times, chance):
    minutes, supply, demand = town
    found = catchment.raam(*town, tolerance=1e-10)
    rows, columns = list(minutes.index), list(minutes.columns)
    chance.shuffle(rows)
    chance.shuffle(columns)
    for other in (
        catchment.raam(minutes, supply * times, demand, tolerance=1e-10),
        catchment.raam(minutes, supply, demand * times, tolerance=1e-10),
        catchment.raam(minutes * times, supply, demand, tau=60 * times, tolerance=1e-10),
        catchment.raam(minutes.loc[rows, columns], supply, demand, tolerance=1e-10).loc[minutes.index],
    ):
        np.testing.assert_allclose(other, found, rtol=0, atol=1e-6)


@given(towns(least_supply=1), st.integers(0, 3), st.integers(0, 50))
@settings(max_examples=60)
def test_more_supply_never_makes_a_desk_dearer(town, which, more):
    minutes, supply, demand = town
    richer = supply.copy()
    richer.iloc[which % len(supply)] += more
    before = catchment.raam(*town, rho=7, tolerance=1e-10)
    after = catchment.raam(minutes, richer, demand, rho=7, tolerance=1e-10)
    assert (after[before.notna()] <= before.dropna() + 1e-6).all()


def test_parameters_that_make_no_sense_are_refused():
    for wrong in ({"tau": 0}, {"rho": -1}, {"tolerance": 0}, {"tau": math.nan}):
        with pytest.raises(FiguresUnfit):
            catchment.raam(MINUTES, HOURS, PEOPLE, **wrong)
    with pytest.raises(FiguresUnfit):
        catchment.two_step(MINUTES, HOURS, PEOPLE, limit=0)


def test_an_equilibrium_that_is_not_found_is_said(monkeypatch):
    monkeypatch.setattr(catchment, "_settle", lambda *_: False)
    with pytest.raises(FiguresUnfit) as fault:
        catchment.raam(MINUTES, HOURS, PEOPLE)
    assert "no_equilibrium" in fault.value.faults


def test_the_zones_are_those_of_the_papers():
    times = np.array([5.0, 15.0, 25.0, 45.0, 61.0])
    np.testing.assert_array_equal(catchment.THREE_ZONES(times), steps(ZONES)(times))
    assert catchment.THREE_ZONES(times).tolist() == [1.0, 0.68, 0.22, 0.0, 0.0]
    assert catchment.FOUR_ZONES(times).tolist() == [0.962, 0.704, 0.377, 0.042, 0.0]
