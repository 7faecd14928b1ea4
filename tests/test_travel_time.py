"""One door, two networks: each row is answered by one of them, under its name.

Borgo (``tests/borgo.py``) with a real street: straight from Piazza four kilometres east, 60 km/h, so a kilometre takes
a minute by car (two on the estimated network around it). Its answers hold from a kilometre west of Piazza to five east.
"""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from errors import CoordinateError, UnknownMode
from geo import congestion, estimated_time, street_time, travel_time
from geo.crs import DEGREES, METRES, to_degrees
from geo.street_time import Standing
from geo.travel_time import Networks, between, nearest, to_all
from tests import borgo
from tests.borgo import SOUTH, WEST
from tests.streets.making import ROAD, in_memory, speeds, ways_of

ESTIMATED = borgo.town()


def degrees(x, y):
    lon, lat = to_degrees([WEST + 1000 * x], [SOUTH + 1000 * y])
    return float(lon[0]), float(lat[0])


def points(*places):
    """Places of Borgo by name or kilometres, under their names or numbers as text."""
    found = borgo.points(*places)
    return found.set_axis([str(name) for name in found.index])


def box(west, south, east, north):
    """Kilometres from Piazza as an area in degrees."""
    corners = shapely.box(WEST + 1000 * west, SOUTH + 1000 * south, WEST + 1000 * east, SOUTH + 1000 * north)
    return gpd.GeoSeries([corners], crs=METRES).to_crs(DEGREES).iloc[0]


STREET = ROAD._replace(kmh=speeds((60.0, 60.0)))
AT = {number: degrees(number - 1, 0) for number in range(1, 6)} | {6: degrees(0, 3), 7: degrees(0, 3.4)}
STREETS = in_memory(
    ways_of(AT, [([1, 2, 3, 4, 5], STREET), ([6, 7], STREET)]), name="borgo", extent=box(-1, -1, 5, 4)
)
"""Another street, three kilometres north of Piazza, is joined to nothing: nobody enters there."""

BOTH, ALONE = Networks(ESTIMATED, STREETS), Networks(ESTIMATED)
ENDS = 2 * congestion.terminal_min("car")
BY_STREET, BY_ESTIMATE = "strade: borgo", "di prova"


def one(desks, people, networks=BOTH, **how):
    return nearest(networks, desks, people, **({"mode": "car"} | how)).iloc[0]


# By heart


def test_where_both_ends_are_on_streets_the_streets_answer():
    found = one(points((4, 0)), points((1, 0)))
    assert found["minutes"] == pytest.approx(3 + ENDS, abs=0.02)
    assert (found["nearest"], found["network"]) == ("0", BY_STREET)


def test_a_desk_off_the_streets_is_reached_on_the_estimated_network_under_its_name():
    mulino = one(points("Mulino"), points("Piazza"))
    assert (mulino["minutes"], mulino["network"]) == (pytest.approx(12), BY_ESTIMATE)
    found = one(points("Mulino", (4, 0)), points("Piazza"))
    assert (found["nearest"], found["network"]) == ("1", BY_STREET)
    assert found["minutes"] == pytest.approx(4 + ENDS, abs=0.02)
    found = one(points("Mulino", (-0.9, 0)), points((4.9, 0)))
    assert found["network"] == BY_ESTIMATE, "the desk off the streets is nearer"
    assert found["nearest"] == "Mulino"


def test_a_point_off_the_streets_is_answered_by_the_estimated_network_alone():
    desks = points((4, 0), "Mulino")
    found = nearest(BOTH, desks, points("Chiesa", "Riva"), mode="car")
    pd.testing.assert_frame_equal(
        found.drop(columns="network"),
        estimated_time.nearest(ESTIMATED, desks, points("Chiesa", "Riva"), mode="car"),
    )
    assert set(found["network"]) == {BY_ESTIMATE}


def test_without_streets_everything_is_estimated():
    desks, people = points((4, 0), "Mulino"), points("Piazza", "Chiesa", (1, 0))
    found = nearest(ALONE, desks, people, mode="car")
    assert set(found["network"]) == {BY_ESTIMATE}
    pd.testing.assert_frame_equal(found, nearest(Networks(ESTIMATED, None), desks, people, mode="car"))
    assert (ALONE.label, BOTH.label) == ("di prova", "strade: borgo; di prova")
    assert (ALONE.mark, BOTH.mark) == ("", "borgo")


def test_a_mode_that_the_streets_do_not_know_is_estimated():
    feet = in_memory(
        ways_of(AT, [([1, 2, 3, 4, 5], STREET._replace(kmh=speeds()))]),
        name="piedi",
        extent=box(-1, -1, 5, 4),
    )
    networks = Networks(ESTIMATED, feet)
    assert one(points((4, 0)), points((1, 0)), networks)["network"] == BY_ESTIMATE
    assert one(points((4, 0)), points((1, 0)), networks, mode="walk")["network"] == "strade: piedi"


def test_a_trip_is_answered_by_streets_only_if_both_ends_are_on_them():
    starts = points((0, 0), (0, 0), "Chiesa", "Chiesa").set_axis(list("abcd"))
    ends = points((4, 0), "Mulino", (4, 0), "Mulino")
    trips = between(BOTH, starts, ends, mode="car")
    assert trips["network"].to_dict() == {
        "a": BY_STREET,
        "b": BY_ESTIMATE,
        "c": BY_ESTIMATE,
        "d": BY_ESTIMATE,
    }
    assert trips["minutes"]["a"] == pytest.approx(4 + ENDS, abs=0.02)
    assert trips["minutes"]["b"] == pytest.approx(12)


def test_what_cannot_be_reached_is_missing_and_names_who_was_asked():
    found = nearest(BOTH, points("Eremo"), points("Chiesa", "Piazza", (4, 0)), mode="car")
    assert found["minutes"].isna().all()
    assert found["nearest"].isna().all()
    assert found["network"].tolist() == [BY_ESTIMATE, BY_STREET, BY_STREET]
    assert between(BOTH, points("Eremo"), points("Piazza"), mode="car")["minutes"].isna().all()
    assert to_all(BOTH, points("Eremo"), points("Piazza"), mode="car").nnz == 0


def test_no_desks_no_points():
    none = points("Piazza")[:0]
    assert len(nearest(BOTH, points("Piazza"), none, mode="car")) == 0
    for people in (points("Piazza", (1, 0)), points("Piazza", "Chiesa")):
        assert nearest(BOTH, none, people, mode="car")["minutes"].isna().all()
    assert to_all(BOTH, none, points("Piazza"), mode="car").shape == (0, 1)
    assert to_all(BOTH, points("Piazza"), none, mode="car").shape == (1, 0)


def test_who_lives_on_a_dead_fragment_walks_to_the_streets_that_lead_somewhere():
    found = one(points((4, 0)), points((0, 1.5)))
    assert found["network"] == BY_STREET
    assert found["minutes"] == pytest.approx(4 + ENDS + 1.5 * 12.5, abs=0.1)
    assert one(points((4, 0)), points((0, 3.2)))["network"] == BY_ESTIMATE, "too far from every street"


def test_outside_lombardy_and_in_no_mode_there_is_an_error_not_an_answer():
    rome = gpd.GeoSeries.from_xy([12.5], [41.9], crs=DEGREES)
    for call in (nearest, between, to_all):
        with pytest.raises(CoordinateError):
            call(BOTH, rome, points("Piazza"), mode="car")
        with pytest.raises(CoordinateError):
            call(BOTH, points("Piazza"), rome, mode="car")
        with pytest.raises(UnknownMode):
            call(BOTH, points("Piazza"), points("Chiesa"), mode="boat")


def test_only_streets_know_the_hour():
    fast = in_memory(
        ways_of(AT, [([1, 2, 3, 4, 5], STREET._replace(kind="motorway_link", kmh=speeds((80.0, 80.0)))),
                     ([1, 2, 3, 4, 5], STREET._replace(kind="primary", kmh=speeds((80.0, 80.0))))]),
        name="veloce", extent=box(-1, -1, 5, 4),
    )  # fmt: skip
    networks = Networks(ESTIMATED, fast)
    hours = {
        period: nearest(networks, points((4, 0)), points((0, 0), "Chiesa"), mode="car", period=period)[
            "minutes"
        ]
        for period in congestion.PERIODS
    }
    assert hours["evening"].iloc[0] < hours["offpeak"].iloc[0] < hours["peak"].iloc[0]
    assert hours["evening"].iloc[1] == hours["peak"].iloc[1]


# Laws

SPOT = st.tuples(st.floats(-3, 12), st.floats(-3, 11))
SPOTS = st.lists(SPOT, min_size=1, max_size=6)
LAWS = settings(max_examples=40)


def dense(found):
    matrix = np.full(found.shape, np.inf)
    rows = np.repeat(np.arange(found.shape[0]), np.diff(found.indptr))
    matrix[rows, found.indices] = found.data
    return matrix


@given(SPOTS, SPOTS, st.sampled_from(["car", "walk"]))
@LAWS
def test_nearest_is_the_least_of_every_trip_and_each_says_who_answered(desks, people, mode):
    desks, people = points(*desks), points(*people)
    on, there = (BOTH.on_streets(some, mode=mode) for some in (people, desks))
    matrix = dense(to_all(BOTH, people, desks, mode=mode))
    for row in range(len(people)):
        start = people.iloc[[row] * len(desks)]
        trips = between(BOTH, start, desks, mode=mode)
        np.testing.assert_allclose(matrix[row], trips["minutes"].fillna(np.inf), atol=1e-9)
        assert trips["network"].tolist() == [BY_STREET if on[row] and ok else BY_ESTIMATE for ok in there]
    found = nearest(BOTH, desks, people, mode=mode)
    least = matrix.min(axis=1)
    np.testing.assert_allclose(found["minutes"].fillna(np.inf), least, atol=1e-9)
    for row, (name, network) in enumerate(zip(found["nearest"], found["network"], strict=True)):
        if np.isfinite(least[row]):
            assert matrix[row, int(name)] == pytest.approx(least[row], abs=1e-9)
            assert network == (BY_STREET if on[row] and there[int(name)] else BY_ESTIMATE)
    backwards = dense(to_all(BOTH, desks, people, mode=mode, back=True)).T
    np.testing.assert_allclose(backwards, matrix, atol=1e-6)


@given(SPOTS, SPOTS, st.floats(1, 40))
@LAWS
def test_a_limit_never_changes_what_lies_within_it(desks, people, limit):
    desks, people = points(*desks), points(*people)
    whole = dense(to_all(BOTH, people, desks, mode="car"))
    cut = dense(to_all(BOTH, people, desks, mode="car", limit=limit))
    near = whole <= limit - 1e-6
    np.testing.assert_allclose(cut[near], whole[near], atol=1e-9)
    assert np.isinf(cut[whole > limit + 1e-6]).all()


@given(SPOTS, SPOTS)
@LAWS
def test_how_many_are_asked_at_once_changes_nothing(desks, people):
    desks, people = points(*desks), points(*people)
    whole = to_all(BOTH, people, desks, mode="car")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(travel_time, "AT_ONCE", 1)
        patch.setattr(street_time, "AT_ONCE", 1)
        np.testing.assert_array_equal(dense(to_all(BOTH, people, desks, mode="car")), dense(whole))


@given(SPOTS, st.permutations(range(6)))
@LAWS
def test_the_order_of_points_changes_no_answer(people, order):
    desks, people = points((3, 0), "Mulino", "Colle"), points(*people)
    order = [row for row in order if row < len(people)]
    found = nearest(BOTH, desks, people, mode="car")
    pd.testing.assert_frame_equal(nearest(BOTH, desks, people.iloc[order], mode="car"), found.iloc[order])


def test_a_standing_answer_and_the_door_agree_on_streets():
    desks, people = points((1, 0), (4, 0)), points((0, 0), (2.9, 0.2), (4.9, 0))
    found = nearest(BOTH, desks, people, mode="car")
    table = Standing(STREETS, desks, people, mode="car").table()
    np.testing.assert_allclose(table["minutes"], found["minutes"], atol=1e-9)
    assert table["nearest"].tolist() == found["nearest"].tolist()
