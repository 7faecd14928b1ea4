"""Traffic by class of road: factors found again on made trips, and what was written for Lombardy."""

import functools

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from data import catalog
from data.derived.positions import main_settlements
from errors import ColumnsMissing, NetworkError, UnknownCode, UnknownMode
from geo import calibration, congestion, estimated, free_flow
from geo.crs import METRES
from geo.network import ESTIMATED, MODES
from geo.streets.ways import KINDS
from screens import joined
from tests.borgo import SOUTH, WEST

TRUE = {"motorway": 0.10, "expressway": 0.30, "rural": 0.15, "urban": 0.60, "terminal": 2.5}


def made_trips(count=400, noise=0.1, **true):
    """Trips in eight provinces whose minutes we made, with free-flow minutes on every group."""
    chance = np.random.default_rng(7)
    free = pd.DataFrame(
        chance.exponential([6, 6, 10, 8, 1, 0.5], (count, 6)).round(2), columns=list(congestion.GROUPS)
    )
    minutes = congestion.estimate(free, TRUE | true) * np.exp(chance.normal(0, noise, count))
    return free.assign(minutes=minutes, fold=[f"{row % 8}" for row in range(count)])


@functools.cache
def of_lombardy():
    """The factors fitted again on the official sample, as ``network calibrate`` does."""
    settlements, comuni = catalog.load("settlements"), catalog.load("comuni")
    nodes, edges = estimated.build(settlements, catalog.load("comuni_profile"), joined.drawn(catalog.load))
    centres = main_settlements(settlements, comuni).set_index("comune_code").geometry
    known = calibration.trips(catalog.load("drive_minutes"), centres)
    trips = free_flow.trips_by_group(nodes, edges, known, settlements)
    return trips, congestion.calibrate(trips, network=ESTIMATED)


def test_true_factors_are_found_again():
    found = congestion.calibrate(made_trips(noise=0.02), network="di prova")
    for group in congestion.FITTED:
        assert found.peak[group] == pytest.approx(1 + TRUE[group], abs=0.05)
    assert found.terminal_min == pytest.approx(TRUE["terminal"], abs=0.2)
    assert found.error["median_absolute_share"] < 0.02


def test_a_road_that_is_never_slower_gets_a_factor_of_one_not_less():
    found = congestion.calibrate(made_trips(motorway=-0.2), network="di prova")
    assert 1 <= found.peak["motorway"] < 1.05


def test_no_trip_is_judged_by_a_fit_that_saw_its_province():
    trips = made_trips()
    spoilt = trips.assign(minutes=trips["minutes"].mask(trips["fold"] == "3", trips["minutes"] * 5))
    here = trips["fold"] == "3"
    plain, other = (congestion.calibrate(one, network="di prova").held_out for one in (trips, spoilt))
    pd.testing.assert_series_equal(plain[here], other[here])
    assert (plain[~here] != other[~here]).all()


def test_the_order_of_trips_and_of_columns_changes_nothing():
    trips = made_trips()
    turned = trips.sample(frac=1, random_state=1)[trips.columns[::-1]]
    one, other = (congestion.calibrate(table, network="di prova") for table in (trips, turned))
    assert one.peak == pytest.approx(other.peak, abs=2e-3)
    assert one.error == pytest.approx(other.error, abs=2e-2)


def test_trips_without_a_way_are_left_out():
    trips = made_trips()
    trips.loc[5, "urban"] = np.nan
    found = congestion.calibrate(trips, network="di prova")
    assert found.error["trips"] == 399
    assert 5 not in found.held_out.index


def test_a_table_without_what_it_takes_is_refused():
    trips = made_trips()
    with pytest.raises(ColumnsMissing, match="rural, ferry"):
        congestion.calibrate(trips.drop(columns=["rural", "ferry"]), network="di prova")
    with pytest.raises(NetworkError, match="too few"):
        congestion.calibrate(trips.head(20), network="di prova")
    with pytest.raises(NetworkError, match="1 provinces"):
        congestion.calibrate(trips.assign(fold="015"), network="di prova")


def test_writing_keeps_the_assumptions_and_writes_the_same_twice(tmp_path):
    found = congestion.calibrate(made_trips(), network="di prova")
    file = tmp_path / "congestion.toml"
    congestion.write(found, file)
    once = file.read_text(encoding="utf-8")
    congestion.write(found, file)
    assert file.read_text(encoding="utf-8") == once
    said, ours = congestion.read(file), congestion.read()
    assert said["peak"] == found.peak
    assert said["fitted"] == {"network": "di prova", "terminal_car_min": found.terminal_min}
    assert {name: said[name] for name in ("offpeak", "evening", "terminal_min", "slow")} == {
        name: ours[name] for name in ("offpeak", "evening", "terminal_min", "slow")
    }


@pytest.mark.parametrize(
    ("kind", "kmh", "group"),
    [
        ("motorway", 130, "motorway"), ("motorway_link", 40, "motorway"), ("trunk", 110, "expressway"),
        ("trunk_link", 50, "expressway"), ("primary", 100, "expressway"), ("primary", 90, "rural"),
        ("residential", 50, "urban"), ("secondary", 51, "rural"),
        ("secondary", 50.004, "urban"), ("primary", 99.996, "expressway"), ("service", 0, "urban"),
        ("ferry", 120, "ferry"),
    ],
)  # fmt: skip
def test_every_street_has_its_group(kind, kmh, group):
    kinds = np.array([KINDS.index(kind)], dtype=np.uint8)
    assert congestion.GROUPS[congestion.group_of(kinds, np.array([kmh]))[0]] == group


@pytest.mark.parametrize(
    ("kmh", "in_town", "group"),
    [
        (45, True, "urban"), (45, False, "country"), (60, True, "urban"), (60, False, "country"),
        (70, True, "rural"), (70, False, "rural"), (110, True, "expressway"),
    ],
)  # fmt: skip
def test_slow_roads_are_told_apart_by_where_they_are(kmh, in_town, group):
    kinds = np.array([KINDS.index("secondary")], dtype=np.uint8)
    assert congestion.GROUPS[congestion.group_of(kinds, [kmh], [in_town])[0]] == group


def test_slow_roads_out_of_town_are_never_slower_than_their_guess():
    kinds = np.array([KINDS.index("tertiary")] * 2, dtype=np.uint8)
    in_town, out = congestion.factors(kinds, [50, 50], [True, False], period="peak")
    assert in_town > out == 1


def test_a_town_is_where_many_streets_meet():
    chance = np.random.default_rng(7)
    streets = chance.uniform(0, 2000, (400, 2))  # 100 to the square kilometre
    hamlets = chance.uniform(5000, 15_000, (500, 2))  # 5 to the square kilometre
    junctions = np.concatenate([streets, hamlets])
    assert congestion.town([(1000, 1000), (500, 1500)], junctions).all()
    assert not congestion.town([(10_000, 10_000), (3000, 3000), (-9000, 0)], junctions).any()


def test_a_town_does_not_move_with_the_origin_of_the_coordinates():
    junctions = np.random.default_rng(7).uniform(0, 3000, (300, 2))
    inside = congestion.town(junctions, junctions)
    assert np.array_equal(inside, congestion.town(junctions + 1_000_000, junctions + 1_000_000))
    assert congestion.town(np.empty((0, 2)), junctions).shape == (0,)
    assert not congestion.town(junctions, np.empty((0, 2))).any()


@given(st.lists(st.tuples(st.integers(0, len(KINDS) - 1), st.floats(0, 130)), min_size=1))
def test_quieter_hours_are_never_slower_and_nothing_beats_free_flow(streets):
    kind, kmh = np.array([one for one, _ in streets], np.uint8), np.array([speed for _, speed in streets])
    peak, offpeak, evening = (congestion.factors(kind, kmh, period=period) for period in congestion.PERIODS)
    assert (peak >= offpeak).all()
    assert (offpeak >= evening).all()
    assert (evening >= 1).all()
    assert (peak[kind == KINDS.index("ferry")] == 1).all()


def test_no_streets_have_no_factors():
    assert congestion.factors(np.array([], np.uint8), np.array([]), period="peak").shape == (0,)


def test_hours_and_modes_that_nobody_knows_are_refused():
    with pytest.raises(UnknownCode, match="night"):
        congestion.factors([0], [130], period="night")
    with pytest.raises(UnknownMode, match="boat"):
        congestion.terminal_min("boat")


def test_every_mode_has_minutes_at_its_ends():
    assert all(congestion.terminal_min(mode) > 0 for mode in MODES)
    assert congestion.terminal_min("car") > congestion.terminal_min("bike") > congestion.terminal_min("walk")


def valley():
    """Three villages in the plain and a town, 10 km apart in a row, the last two on an expressway; and an island."""
    at = [shapely.Point(WEST + 10_000 * number, SOUTH) for number in range(4)]
    at.append(shapely.Point(WEST, SOUTH + 50_000))
    nodes = gpd.GeoDataFrame({"snaps": True, "mountain": False}, geometry=at, crs=METRES, index=range(5))
    edges = pd.DataFrame(
        {"a": [0, 1, 2, 2], "b": [1, 2, 3, 3], "kind": ["local", "main", "local", "expressway"], "km": 10.0}
    )
    residents = [0, 0, 0, 3000 * np.pi, 0]  # a circle of 1 km
    return nodes, edges, gpd.GeoDataFrame({"residents": residents}, geometry=at, crs=METRES)


def trips_in_valley(starts):
    nodes, edges, settlements = valley()
    known = gpd.GeoDataFrame(
        {"minutes": 20.0, "province": "015"}, geometry=nodes.geometry.iloc[starts].to_numpy(), crs=METRES,
        index=starts,
    )  # fmt: skip
    known["pole"] = gpd.GeoSeries([nodes.geometry[3]] * len(starts), crs=METRES, index=starts)
    return free_flow.trips_by_group(nodes, edges, known, settlements)


def test_a_way_is_told_apart_by_the_roads_it_takes():
    far = trips_in_valley([0, 1]).loc[0]
    assert far["rural"] == pytest.approx(20 * 1.15 / 80 * 60)
    assert far["expressway"] == pytest.approx(10 * 1.06 / 100 * 60)
    assert far[["urban", "motorway", "country", "ferry"]].tolist() == [0, 0, 0, 0]


def test_the_way_through_a_town_is_urban():
    nodes, edges, settlements = valley()
    share = free_flow.urban_share(nodes, edges, settlements)
    assert share == pytest.approx([0, 0, 0.1, 0.1], abs=2e-3)
    urban = free_flow.edge_minutes(nodes, edges, settlements)[:, congestion.GROUPS.index("urban")]
    assert urban == pytest.approx([0, 0, 10 * 1.15 * 0.1 / 50 * 60, 0], abs=0.05)


def test_from_where_nothing_leads_minutes_are_missing_and_from_the_pole_itself_none():
    trips = trips_in_valley([3, 4])[list(congestion.GROUPS)]
    assert (trips.loc[3] == 0).all()
    assert trips.loc[4].isna().all()


def test_what_is_written_is_what_the_calibration_finds():
    _, found = of_lombardy()
    said = congestion.read()
    assert said["fitted"]["network"] == ESTIMATED
    assert said["peak"] == pytest.approx(found.peak, abs=0.01)
    assert said["fitted"]["terminal_car_min"] == pytest.approx(found.terminal_min, abs=0.05)
    assert said["error"] == pytest.approx(found.error, abs=0.05)
    for end in ("minutes", "low", "high"):
        assert said["band"][end] == pytest.approx(found.band[end], rel=0.02)


def test_every_official_trip_has_a_way_and_is_slower_than_free_flow():
    trips, _ = of_lombardy()
    free = trips[list(congestion.GROUPS)].sum(axis=1)
    assert free.notna().all()
    assert (free < trips["minutes"]).mean() > 0.95


def test_the_published_error_is_within_what_the_docs_promise():
    said = congestion.read()
    assert said["error"]["trips"] >= 240
    assert said["error"]["mean_absolute_min"] <= 5
    assert said["error"]["median_absolute_share"] <= 0.15
    assert 0.7 <= said["error"]["coverage"] <= 0.9
    for name, (low, high) in said["folds"].items():
        value = said["fitted"]["terminal_car_min"] if name == "terminal" else said["peak"][name]
        assert low <= value <= high
