"""People live around their point: by heart, then laws."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo import extent

MINUTES = st.floats(0, 300)
RADIUS = st.floats(0, 10_000)
PACE = st.floats(0.5, 20)


def test_a_town_of_thirty_thousand_is_ten_square_kilometres():
    radius = extent.built_up_radius_m(pd.Series([30_000.0]))[0]
    assert np.pi * radius**2 == pytest.approx(10e6)


def test_whoever_lives_in_the_town_of_the_desk_still_walks():
    assert extent.within_place(1.0, 1500.0, pace=15.0, terminal=1.0) == pytest.approx(16.0)


def test_a_long_way_hardly_changes_and_no_way_stays_none():
    assert extent.within_place(60.0, 1500.0, pace=1.5, terminal=5.0) == pytest.approx(60.02, abs=0.01)
    assert np.isnan(extent.within_place(np.nan, 1500.0, pace=1.5, terminal=5.0))


@given(MINUTES, MINUTES, RADIUS, PACE, st.floats(0, 10))
def test_of_two_ways_the_longer_stays_the_longer(one, other, radius, pace, terminal):
    short, long = sorted([one, other])
    near, far = extent.within_place([short, long], radius, pace=pace, terminal=terminal)
    assert near <= far + 1e-9
    assert near >= short - 1e-9


@given(MINUTES, st.floats(0.5, 1), st.floats(1, 2), RADIUS, PACE, st.floats(0, 10))
def test_a_band_only_grows_and_keeps_its_minutes(minutes, below, above, reach, pace, terminal):
    low, high = minutes * below, minutes * above
    lower, higher = extent.widened(minutes, low, high, reach_m=reach, pace=pace, terminal=terminal)
    assert lower <= minutes <= higher
    assert higher >= high - 1e-9
    assert lower <= max(low, min(minutes, terminal)) + 1e-9


@given(MINUTES, st.floats(0.5, 1), st.floats(1, 2))
def test_an_exact_place_leaves_the_band_as_it_is(minutes, below, above):
    low, high = minutes * below, minutes * above
    lower, higher = extent.widened(minutes, low, high, reach_m=0.0, pace=10.0, terminal=0.0)
    assert lower == pytest.approx(low)
    assert higher == pytest.approx(high)
