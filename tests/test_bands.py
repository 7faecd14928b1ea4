"""Bands: low ≤ minutes ≤ high, wider where nobody measured."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from errors import UnknownMode
from geo.bands import band
from geo.network import MODES


@given(st.lists(st.floats(0, 1000), min_size=1), st.sampled_from(MODES))
def test_the_estimate_lies_in_its_band(minutes, mode):
    low, high = band(minutes, mode=mode)
    assert (low <= minutes).all()
    assert (minutes <= high).all()


@pytest.mark.parametrize("mode", MODES)
def test_unreachable_stays_missing(mode):
    low, high = band([np.nan, 10.0], mode=mode)
    assert np.isnan(low).tolist() == np.isnan(high).tolist() == [True, False]


def test_assumed_bands_are_wider_than_the_measured_one():
    width = {mode: float(np.subtract(*band([30.0], mode=mode)[::-1])[0]) for mode in MODES}
    assert min(width["bike"], width["walk"]) > width["car"]


def test_an_unknown_mode_is_refused():
    with pytest.raises(UnknownMode):
        band([1.0], mode="boat")
