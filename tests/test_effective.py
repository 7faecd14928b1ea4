"""Effective access: by heart, against brute force, and its laws."""

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given
from hypothesis.extra import numpy as hnp

from analysis import effective
from analysis.effective import NO, NOWHERE, UNKNOWN, YES, by_desk, nearest, together

FAR = np.inf
HERE = np.zeros(2, dtype=np.int64)


def test_the_nearest_desk_that_is_known_to_suit_is_confirmed_and_a_nearer_one_that_may_is_possible():
    minutes = np.array([[5.0, 20.0], [15.0, 10.0], [1.0, 1.0]])
    truth = np.array([[UNKNOWN], [YES], [NO]], dtype=np.int8)
    confirmed, possible = effective.effective(minutes, truth, HERE)
    assert confirmed.minutes.tolist() == [15.0, 10.0]
    assert confirmed.desk.tolist() == [1, 1]
    assert possible.minutes.tolist() == [5.0, 10.0]
    assert possible.desk.tolist() == [0, 1]


def test_where_nothing_suits_or_nothing_leads_minutes_are_missing_not_zero():
    minutes = np.array([[FAR, 20.0], [7.0, 7.0]])
    reached = nearest(minutes, np.array([[YES], [NO]], dtype=np.int8), HERE, at_least=YES)
    assert np.isnan(reached.minutes[0])
    assert reached.desk.tolist() == [NOWHERE, 0]
    nobody = nearest(minutes[:0], np.zeros((0, 1), dtype=np.int8), HERE, at_least=UNKNOWN)
    assert np.isnan(nobody.minutes).all()


def test_a_desk_may_suit_people_of_one_comune_and_not_of_another():
    minutes = np.array([[5.0, 5.0], [9.0, 9.0]])
    truth = np.array([[YES, NO], [UNKNOWN, YES]], dtype=np.int8)
    reached = nearest(minutes, truth, np.array([0, 1]), at_least=YES)
    assert reached.minutes.tolist() == [5.0, 9.0]


def test_a_condition_that_depends_on_the_home_meets_one_that_does_not():
    both = together(np.array([[YES], [UNKNOWN]], np.int8), np.array([[YES, NO], [YES, NO]], np.int8))
    assert both.tolist() == [[YES, NO], [UNKNOWN, NO]]


def test_a_desk_without_any_offer_suits_nobody():
    assert by_desk(np.array([[YES]], np.int8), np.array([1]), desks=3).ravel().tolist() == [NO, YES, NO]


TRUTHS = st.sampled_from([NO, UNKNOWN, YES])


@st.composite
def towns(draw):
    """Desks with offers, points with homes: truths of three conditions, minutes with gaps."""
    desks, points, homes = (draw(st.integers(1, 6)) for _ in range(3))
    offers = draw(st.integers(1, 8))
    minutes = draw(hnp.arrays(float, (desks, points), elements=st.sampled_from([1.0, 5.0, 9.5, 30.0, FAR])))
    width = draw(st.sampled_from([1, homes]))
    truth = [draw(hnp.arrays(np.int8, (offers, w), elements=TRUTHS)) for w in (1, width, 1)]
    desk = draw(hnp.arrays(np.int64, offers, elements=st.integers(0, desks - 1)))
    home = draw(hnp.arrays(np.int64, points, elements=st.integers(0, homes - 1)))
    return minutes, truth, desk, home


def answered(town, conditions):
    minutes, truth, desk, home = town
    kept = by_desk(together(*truth[:conditions]), desk, desks=len(minutes))
    return effective.effective(minutes, kept, home)


@given(towns())
def test_a_condition_more_never_brings_a_desk_nearer(town):
    for fewer, more in zip(answered(town, 2), answered(town, 3), strict=True):
        far = np.nan_to_num(more.minutes, nan=FAR)
        assert (far >= np.nan_to_num(fewer.minutes, nan=FAR)).all()


@given(towns())
def test_what_is_confirmed_is_possible_and_never_nearer(town):
    confirmed, possible = answered(town, 3)
    assert (np.nan_to_num(possible.minutes, nan=FAR) <= np.nan_to_num(confirmed.minutes, nan=FAR)).all()


def by_hand(minutes, truth, desk, home, least):
    """Every offer asked in turn, for every point."""
    best = []
    for point, here in enumerate(home):
        near = [
            minutes[at, point]
            for offer, at in enumerate(desk)
            if all(one[offer, here if one.shape[1] > 1 else 0] >= least for one in truth)
        ]
        best.append(min(near, default=FAR))
    return np.array(best)


@pytest.mark.parametrize("seed", range(200))
def test_it_equals_brute_force(seed):
    chance = np.random.default_rng(seed)
    desks, points, homes, offers = chance.integers(1, 9, 4)
    minutes = chance.uniform(0, 120, (desks, points))
    minutes[chance.random(minutes.shape) < 0.3] = FAR
    truth = [chance.integers(0, 3, (offers, w)).astype(np.int8) for w in (1, homes, 1)]
    desk, home = chance.integers(0, desks, offers), chance.integers(0, homes, points)
    kept = by_desk(together(*truth), desk, desks=desks)
    for reached, least in zip(effective.effective(minutes, kept, home), (YES, UNKNOWN), strict=True):
        expected = by_hand(minutes, truth, desk, home, least)
        assert np.nan_to_num(reached.minutes, nan=FAR).tolist() == expected.tolist()
        held = reached.desk != NOWHERE
        assert (minutes[reached.desk[held], np.flatnonzero(held)] == expected[held]).all()
