"""Minutes drawn: whole, one inside the other, each network in its own colours and on its own ground."""

from itertools import pairwise

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo import street_time, travel_time
from geo.crs import DEGREES, METRES
from geo.surface import grid, surface
from tests.borgo import SOUTH, WEST
from tests.test_travel_time import ALONE, BOTH, BY_ESTIMATE, BY_STREET, STREETS, points

LIMITS = [5, 6, 8, 12, 20, 30]
LAND = shapely.box(WEST - 6000, SOUTH - 6000, WEST + 24_000, SOUTH + 14_000)
GRID = grid(LAND, spacing_m=1000)
CENTIMETRE = 1e-7
"""In degrees, about."""


def drawn(networks, places, **how):
    return surface(networks, places, GRID, **({"limits": LIMITS, "mode": "car"} | how))


def shapes(found, label):
    rows = found[found["network"] == label]
    assert rows["limit"].tolist() == LIMITS
    return list(rows.geometry)


def within(found, limit):
    """Everything within a limit, by whichever network."""
    shapes = found.geometry[found["limit"] == limit].to_numpy()
    return shapely.union_all(shapes, grid_size=CENTIMETRE / 10)


def assert_sound(found):
    assert found.crs == DEGREES
    assert found.columns.tolist() == ["network", "limit", "geometry"]
    assert found.is_valid.all()
    assert set(found.geom_type) <= {"Polygon", "MultiPolygon"}
    labels = set(found["network"])
    whole = [within(found, limit) for limit in LIMITS]
    for nested in [whole, shapes(found, BY_STREET)] if BY_STREET in labels else [whole]:
        for smaller, larger in pairwise(nested):
            left = shapely.difference(smaller, larger, grid_size=CENTIMETRE / 10)
            assert left.buffer(-CENTIMETRE).is_empty


def test_the_grid_lies_in_the_area_at_equal_steps():
    assert len(GRID) == 29 * 19, "none on the edge"
    assert shapely.contains_xy(LAND, GRID.x, GRID.y).all()
    assert (np.unique(np.diff(np.unique(GRID.x))) == 1000).all()
    assert GRID.crs == METRES


def test_both_networks_are_drawn_each_where_it_answers():
    found = drawn(BOTH, points((1, 0)))
    assert_sound(found)
    assert set(found["network"]) == {BY_STREET, BY_ESTIMATE}
    for shape in shapes(found, BY_STREET):
        assert shape.difference(STREETS.extent).area == pytest.approx(0, abs=1e-12)
    for shape in shapes(found, BY_ESTIMATE):
        assert shape.intersection(STREETS.extent).area == pytest.approx(0, abs=1e-12)
    assert not shapes(found, BY_STREET)[-1].is_empty
    assert not shapes(found, BY_ESTIMATE)[-1].is_empty


def test_places_within_a_ring_are_those_the_door_gives_so_many_minutes():
    desk = points((1, 0))
    found = drawn(BOTH, desk)
    people = points((0, 0), (2, 0.05), (4, 0), (3, -0.1))
    minutes = travel_time.nearest(BOTH, desk, people, mode="car")["minutes"]
    at = people.to_crs(DEGREES)
    for limit, shape in zip(LIMITS, shapes(found, BY_STREET), strict=True):
        clear = (minutes - limit).abs() > 1.5
        assert (shapely.contains_xy(shape, at.x, at.y) == (minutes <= limit))[clear].all()


def test_without_streets_the_estimated_network_is_drawn_everywhere():
    found = drawn(ALONE, points("Piazza"))
    assert_sound(found)
    assert set(found["network"]) == {BY_ESTIMATE}
    assert shapes(found, BY_ESTIMATE)[-1].contains(points("Piazza").to_crs(DEGREES).iloc[0])


def test_for_a_desk_off_the_streets_the_estimated_network_is_drawn_uncut():
    found = drawn(BOTH, points("Mulino"))
    assert_sound(found)
    assert set(found["network"]) == {BY_ESTIMATE}
    assert shapes(found, BY_ESTIMATE)[-1].intersects(STREETS.extent)


def test_where_everything_is_on_streets_only_they_are_drawn():
    inside = GRID[BOTH.on_streets(GRID, mode="car")]
    found = surface(BOTH, points((1, 0)), inside, limits=LIMITS, mode="car")
    assert_sound(found)
    assert set(found["network"]) == {BY_STREET}


def test_on_the_streets_a_quicker_desk_off_them_is_drawn_under_its_network():
    desks = points((4, 0), (-1.5, 0))
    assert BOTH.on_streets(desks, mode="car").tolist() == [True, False]
    found = drawn(BOTH, desks)
    assert_sound(found)
    people = points((-0.9, 0), (0, 0), (1, 0.2), (3, 0), (4.5, 0))
    said = travel_time.nearest(BOTH, desks, people, mode="car")
    assert set(said["network"]) == {BY_STREET, BY_ESTIMATE}
    at = people.to_crs(DEGREES)
    for limit in LIMITS:
        clear = (said["minutes"] - limit).abs() > 1.5
        here = within(found, limit)
        assert (shapely.contains_xy(here, at.x, at.y) == (said["minutes"] <= limit))[clear].all()


def test_what_nobody_reaches_is_empty():
    found = drawn(BOTH, points("Eremo"))
    assert set(found["network"]) == {BY_ESTIMATE}
    assert found.geometry.iloc[0].is_empty or found.geometry.iloc[0].area < 1e-2
    found = surface(BOTH, points((1, 0)), GRID, limits=[0.5], mode="car")
    assert found.geometry.is_empty.all()


def test_there_and_back_are_drawn_apart():
    one_way = drawn(BOTH, points((1, 0)), back=True)
    other = drawn(BOTH, points((1, 0)), back=False)
    for label in (BY_STREET, BY_ESTIMATE):
        for there, back in zip(shapes(one_way, label), shapes(other, label), strict=True):
            assert there.area == pytest.approx(back.area, rel=1e-6, abs=1e-9)


@given(
    st.lists(st.tuples(st.floats(-1, 8), st.floats(-1, 6)), min_size=1, max_size=4),
    st.sampled_from(["car", "walk"]),
)
@settings(max_examples=15)
def test_whatever_the_places_the_drawing_is_sound(spots, mode):
    places = points(*spots)
    found = drawn(BOTH, places, mode=mode)
    assert_sound(found)
    on = BOTH.on_streets(places, mode=mode)
    assert (BY_STREET in set(found["network"])) == on.any()
    if on.any():
        graph = street_time.graph_of(STREETS, mode)
        at = gpd.GeoSeries.from_xy(graph.x, graph.y, crs=METRES).to_crs(DEGREES)
        minutes = street_time.from_nodes(STREETS, places[on], mode=mode)
        inside = shapely.contains_xy(STREETS.extent, at.x, at.y) & graph.snaps
        for limit, shape in zip(LIMITS, shapes(found, BY_STREET), strict=True):
            reached = inside & (minutes <= limit)
            assert shapely.intersects_xy(shape.buffer(1e-5), at.x[reached], at.y[reached]).all()
