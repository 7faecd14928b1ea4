"""Bands: low ≤ minutes ≤ high, wider where nobody measured."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from errors import UnknownCode, UnknownMode
from geo import congestion
from geo.bands import band, caveat
from geo.congestion import PERIODS
from geo.network import ESTIMATED, MODES

STREETS = "OpenStreetMap"


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


@given(
    st.lists(st.floats(0, 1000), min_size=1),
    st.sampled_from(MODES),
    st.sampled_from([ESTIMATED, STREETS]),
    st.sampled_from(PERIODS),
)
def test_on_every_network_and_at_every_hour_minutes_lie_in_their_band(minutes, mode, network, period):
    low, high = band([*minutes, np.nan], mode=mode, network=network, period=period)
    assert (low[:-1] <= minutes).all()
    assert (minutes <= high[:-1]).all()
    assert np.isnan([low[-1], high[-1]]).all()


def test_on_streets_the_band_of_the_car_is_what_provinces_not_seen_said():
    said = congestion.read()["band"]
    low, high = band(said["minutes"], mode="car", network=STREETS)
    assert low / said["minutes"] == pytest.approx(np.minimum(said["low"], 1))
    assert high / said["minutes"] == pytest.approx(np.maximum(said["high"], 1))


def test_hours_that_nobody_checked_have_wider_bands():
    widths = [
        np.subtract(*band([10.0, 30.0], mode="car", network=STREETS, period=one)[::-1]) for one in PERIODS
    ]
    assert (widths[0] < widths[1]).all()
    assert (widths[1] < widths[2]).all()


@pytest.mark.parametrize("mode", MODES)
def test_the_estimated_network_knows_one_hour_only(mode):
    for period in PERIODS:
        assert np.array_equal(band([30.0], mode=mode, period=period), band([30.0], mode=mode))


def test_not_knowing_slopes_leaves_the_high_end_where_it_was():
    for mode in ("bike", "walk"):
        (low, high), (before, above) = band([30.0], mode=mode, network=STREETS), band([30.0], mode=mode)
        assert low > before
        assert high == above


def test_minutes_on_streets_say_what_they_leave_out():
    assert "pendenze" in caveat("walk", STREETS)
    assert "pendenze" in caveat("bike", STREETS)
    assert "ipotizzato" in caveat("car", STREETS, "evening")
    assert "ipotizzato" not in caveat("car", STREETS)
    assert [caveat(mode, ESTIMATED) for mode in MODES] == ["", "", ""]


def test_factors_fitted_on_estimated_lengths_say_so(monkeypatch):
    said = congestion.read()
    for fitted, words in ((ESTIMATED, "traffico tarato su lunghezze stimate"), (STREETS, "")):
        monkeypatch.setattr(congestion, "read", lambda fitted=fitted: said | {"fitted": {"network": fitted}})
        assert caveat("car", STREETS) == words


def test_an_unknown_hour_is_refused():
    with pytest.raises(UnknownCode):
        band([1.0], mode="car", network=STREETS, period="night")
