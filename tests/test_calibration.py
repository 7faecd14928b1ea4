"""The calibration on a made valley whose true speeds we know, and what it wrote for Lombardy."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geo import calibration
from geo.crs import METRES
from geo.network import MODES
from geo.speeds import Car, bike_slowdown, read_car, read_parameters, walk_slowdown
from tests.borgo import SOUTH, WEST

TRUE = Car(rural_kmh=60.0, terminal_min=6.0)


def row_of_villages(count=12):
    """Villages in a row, 5 km apart, in the plain."""
    at = [shapely.Point(WEST + 5000 * number, SOUTH) for number in range(count)]
    nodes = gpd.GeoDataFrame(
        {"urbanisation": 3, "mountain": False, "island": False, "city_size": 0.0, "snaps": True},
        geometry=at, crs=METRES, index=range(count),
    )  # fmt: skip
    edges = pd.DataFrame(
        {"a": range(count - 1), "b": range(1, count), "kind": "local", "km": 5.0, "climb_m": 0.0}
    )
    return nodes, edges


def made_trips(nodes, edges):
    """Every village to the first, in three provinces, at the true speeds."""
    known = gpd.GeoDataFrame(
        {"minutes": 0.0, "province": [f"{n % 3}" for n in nodes.index]}, geometry=nodes.geometry
    )
    known["pole"] = gpd.GeoSeries([nodes.geometry[0]] * len(known), crs=METRES)
    known = known.drop(index=0).reset_index(drop=True)
    walls = gpd.GeoSeries([], crs=METRES)
    return known.assign(minutes=calibration.estimate(nodes, edges, walls, known, TRUE)), walls


def calibrated():
    """The calibration of the row of villages."""
    nodes, edges = row_of_villages()
    known, walls = made_trips(nodes, edges)
    return calibration.calibrate(nodes, edges, walls, known)


@pytest.fixture(scope="module")
def found():
    return calibrated()


def test_true_speeds_are_found_again(found):
    assert found.error["median_absolute_share"] < 0.03
    assert found.car.rural_kmh == pytest.approx(60, rel=0.1)
    assert found.held_out.notna().all()


def test_two_calibrations_write_the_same_file(found, tmp_path):
    texts = []
    for name, made in (("one.toml", found), ("other.toml", calibrated())):
        calibration.write(made, tmp_path / name)
        texts.append((tmp_path / name).read_text(encoding="utf-8"))
    assert texts[0] == texts[1]
    assert read_car(tmp_path / "one.toml").as_numbers().shape == (9,)


def test_trips_of_comuni_without_a_place_are_left_out():
    centres = gpd.GeoSeries.from_xy([9.2, 9.3], [45.4, 45.5], index=["015001", "016001"], crs="EPSG:4326")
    drive = pd.DataFrame({
        "origin_code": ["016001", "017001"], "pole_code": ["015001", "015001"], "minutes": [20.0, 30.0],
    })  # fmt: skip
    known = calibration.trips(drive, centres)
    assert known[["minutes", "province"]].to_numpy().tolist() == [[20.0, "016"]]
    assert known["pole"].iloc[0] == centres["015001"]


def test_the_band_holds_four_in_five():
    rng = np.random.default_rng(7)
    estimated = pd.Series(rng.uniform(5, 60, 600))
    ratio = pd.Series(np.exp(rng.normal(0, 0.2, 600)))
    band = calibration.band_of(estimated, ratio)
    low, high = (np.interp(estimated, band["minutes"], band[end]) for end in ("low", "high"))
    assert ((ratio >= low) & (ratio <= high)).mean() == pytest.approx(0.8, abs=0.03)


def test_the_published_error_is_within_what_the_docs_promise():
    error = read_parameters()["error"]
    assert error["trips"] >= 240
    assert error["mean_absolute_min"] <= 5
    assert error["median_absolute_share"] <= 0.15
    assert 0.7 <= error["coverage"] <= 0.9


@pytest.mark.parametrize("slowdown", [walk_slowdown, bike_slowdown])
def test_a_slope_never_helps_who_goes_up_and_down(slowdown):
    slopes = np.linspace(0, 0.5, 26)
    factors = slowdown(slopes)
    assert factors[0] == pytest.approx(1)
    assert (np.diff(factors) >= -1e-9).all()


def test_every_mode_of_the_network_has_a_slowdown_or_a_calibration():
    assert set(MODES) == {"car", "bike", "walk"}
