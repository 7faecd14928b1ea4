"""Travel times: Borgo by heart, laws, edges, and known trips on the network we publish."""

from itertools import pairwise

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from errors import CoordinateError, NetworkError, UnknownMode
from geo.estimated_time import between, nearest, to_all
from geo.network import open_network
from tests.borgo import PLACES, WAYS, points, tables, town

NAMES = [name for name in PLACES if name != "Eremo"]
SPOTS = st.tuples(st.floats(-2, 22), st.floats(-2, 12)).map(lambda km: (round(km[0], 2), round(km[1], 2)))
BORGO = town()


def minutes(start, end, network=BORGO, mode="car"):
    return between(network, points(start), points(end), mode=mode).iloc[0]


# by heart


def test_along_one_way_and_a_minute_at_each_end():
    assert minutes("Piazza", "Mulino") == pytest.approx(12)


def test_the_quicker_of_two_ways_is_taken():
    assert minutes("Piazza", "Colle") == pytest.approx(18)


def test_a_point_beside_a_settlement_goes_straight_to_it():
    assert minutes((0.5, 0), "Piazza") == pytest.approx(0.5 * 2 + 2)


def test_from_a_place_to_itself_only_the_ends_of_the_trip_count():
    assert minutes("Piazza", "Piazza") == pytest.approx(2)


def test_two_points_of_one_settlement_are_never_zero_minutes_apart():
    assert minutes((0.2, 0), (-0.2, 0)) == pytest.approx(0.4 * 2 + 2)


def test_across_the_lake_one_goes_around():
    assert minutes("Riva", "Molo") == pytest.approx(15 + 10 + 30 + 2)


def test_nobody_enters_the_network_across_the_lake():
    assert minutes((20.2, 0), "Molo") == pytest.approx(0.2 * 2 + 55 + 2)


def test_what_is_joined_to_nothing_is_missing_not_zero():
    assert np.isnan(minutes("Piazza", "Eremo"))


def test_a_point_far_from_every_settlement_is_missing():
    assert np.isnan(minutes("Piazza", (40, 15)))


def test_walking_takes_its_own_minutes():
    assert minutes("Piazza", "Mulino", mode="walk") == pytest.approx(102)


def test_nearest_says_which_desk():
    found = nearest(BORGO, points("Chiesa", "Riva"), points("Piazza", "Mulino", "Eremo"), mode="car")
    assert found["minutes"].tolist()[:2] == pytest.approx([10, 17])
    assert found["nearest"].tolist()[:2] == ["Chiesa", "Riva"]
    assert found.loc["Eremo"].isna().all()


def test_of_desks_at_one_spot_the_first_by_name_is_named():
    desks = points("Chiesa", "Chiesa").set_axis(["b", "a"])
    assert nearest(BORGO, desks, points("Piazza"), mode="car")["nearest"].tolist() == ["a"]


def test_no_desk_at_all_leaves_everyone_without():
    found = nearest(BORGO, points(), points("Piazza"), mode="car")
    assert found["minutes"].isna().all()
    assert found["nearest"].isna().all()


def test_nobody_to_answer_is_an_empty_table():
    assert nearest(BORGO, points("Piazza"), points(), mode="car").empty


def test_to_all_has_a_row_an_origin_and_a_column_a_destination():
    table = to_all(BORGO, points("Piazza", "Mulino"), points("Colle", "Eremo"), mode="car")
    assert table["Colle"].tolist() == pytest.approx([18, 8])
    assert table["Eremo"].isna().all()


def test_beyond_the_limit_is_missing_and_the_limit_is_inside():
    table = to_all(BORGO, points("Piazza"), points("Chiesa", "Mulino", "Colle"), mode="car", limit=12)
    assert table.loc["Piazza"].notna().tolist() == [True, True, False]


# laws


@given(st.lists(SPOTS, min_size=1, max_size=4), st.lists(SPOTS, min_size=1, max_size=4))
@settings(max_examples=60)
def test_nearest_is_the_least_of_all_pairs(desks, people):
    found = nearest(BORGO, points(*desks), points(*people), mode="car")["minutes"]
    each = to_all(BORGO, points(*people), points(*desks), mode="car").min(axis=1)
    pd.testing.assert_series_equal(found, each, check_names=False, rtol=1e-6, atol=1e-4)


@given(st.lists(SPOTS, min_size=1, max_size=3), SPOTS, SPOTS)
@settings(max_examples=40)
def test_one_more_desk_is_never_farther(desks, another, person):
    before = nearest(BORGO, points(*desks), points(person), mode="car")["minutes"].iloc[0]
    after = nearest(BORGO, points(*desks, another), points(person), mode="car")["minutes"].iloc[0]
    assert after <= before + 1e-4


@given(st.sampled_from(NAMES), st.sampled_from(NAMES), st.floats(0, 60))
@settings(max_examples=40)
def test_one_more_way_never_lengthens_a_trip(one, other, length):
    more = town([*WAYS, (one, other, length)])
    ends = points(*NAMES)
    before, after = (to_all(network, ends, ends, mode="car").to_numpy() for network in (BORGO, more))
    assert (after <= before + 1e-4).all()


@given(SPOTS, SPOTS)
@settings(max_examples=60)
def test_there_and_back_take_the_same(start, end):
    assert minutes(start, end) == pytest.approx(minutes(end, start), abs=1e-4)


@given(st.permutations(NAMES).map(lambda names: names[:3]))
@settings(max_examples=40)
def test_stopping_at_a_settlement_on_the_way_is_never_quicker(names):
    legs = [minutes(start, end) for start, end in pairwise(names)]
    assert minutes(names[0], names[-1]) <= sum(legs) + 1e-4


@given(st.permutations(range(len(WAYS))), st.permutations(range(4)))
@settings(max_examples=20)
def test_the_order_of_rows_changes_nothing(ways, rows):
    network = town([WAYS[row] for row in ways])
    desks, people = points("Chiesa", "Riva", "Molo", "Colle"), points("Piazza", "Mulino")
    found = nearest(network, desks.iloc[list(rows)], people, mode="car")
    pd.testing.assert_frame_equal(found, nearest(BORGO, desks, people, mode="car"))


def test_between_pairs_is_one_by_one():
    spots = [(0, 0), (3, 4), (9, 9), (20, 1), (20.8, 1), (0.1, 0), (5, 5)]
    starts, ends = points(*spots), points(*spots[::-1])
    together = between(BORGO, starts, ends, mode="car")
    alone = [minutes(start, end) for start, end in zip(spots, spots[::-1], strict=True)]
    assert together.tolist() == pytest.approx(alone, abs=1e-4)


# edges


def test_an_unknown_mode_is_refused_with_those_known():
    with pytest.raises(UnknownMode, match="car, walk"):
        minutes("Piazza", "Mulino", mode="boat")


def test_a_point_outside_lombardy_is_refused():
    rome = gpd.GeoSeries.from_xy([12.5], [41.9], crs="EPSG:4326")
    with pytest.raises(CoordinateError):
        nearest(BORGO, points("Piazza"), rome, mode="car")


def test_degrees_and_metres_are_the_same_place():
    degrees = points("Piazza").to_crs("EPSG:4326")
    assert between(BORGO, degrees, points("Mulino"), mode="car").iloc[0] == pytest.approx(12, abs=1e-3)


def test_a_broken_network_is_refused_with_every_fault():
    nodes, edges = tables()
    with pytest.raises(NetworkError, match=r"do not exist.*below zero.*terminal_walk is missing"):
        open_network(nodes.drop(columns="terminal_walk"), edges.assign(a=99, minutes_car=-1.0))
