"""Isochrones: right, valid, one inside the other, on streets and on a coarse set of places."""

from itertools import pairwise

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

from geo.crs import DEGREES, METRES
from geo.isochrones import rings

EAST, NORTH = 514_000.0, 5_035_000.0
EVERY_FIVE = list(range(5, 65, 5))
MILLIMETRE = 1e-3 / 111_320
"""In degrees of latitude; a degree of longitude is shorter, so along it this asks for more."""


def square_metres(drawn):
    return drawn.to_crs(METRES).area.to_numpy()


def holds(drawn, x, y):
    """For each limit, which nodes lie in its ring."""
    where = gpd.GeoSeries.from_xy(x, y, crs=METRES).to_crs(DEGREES)
    shapely.prepare(drawn.geometry.to_numpy())
    return [shapely.contains_xy(shape, where.x.to_numpy(), where.y.to_numpy()) for shape in drawn.geometry]


def assert_sound(drawn):
    """Valid, MultiPolygons, in degrees, and each within the next to a millimetre."""
    assert drawn.crs == DEGREES
    assert drawn.is_valid.all()
    assert set(drawn.geom_type) == {"MultiPolygon"}
    shapes = list(drawn.geometry)
    for smaller, larger in pairwise(shapes):
        assert smaller.difference(larger).buffer(-MILLIMETRE / 2).is_empty


def town(*, side, spacing, kmh, seed):
    """A planar grid town with a third of its streets closed, every speed its own and one dead island: x, y, minutes."""
    chance = np.random.default_rng(seed)
    column, row = np.meshgrid(np.arange(side), np.arange(side))
    x = (EAST + spacing * (column + chance.uniform(-0.4, 0.4, column.shape))).ravel()
    y = (NORTH + spacing * (row + chance.uniform(-0.4, 0.4, row.shape))).ravel()
    node = np.arange(side * side).reshape(side, side)
    start = np.concatenate([node[:, :-1].ravel(), node[:-1].ravel()])
    end = np.concatenate([node[:, 1:].ravel(), node[1:].ravel()])
    open_ = chance.random(len(start)) > 1 / 3
    start, end = start[open_], end[open_]
    length = np.hypot(x[start] - x[end], y[start] - y[end])
    fast = (start // side % 25 == 0) & (end // side % 25 == 0)
    speed = kmh * chance.uniform(0.7, 1.3, len(start)) * np.where(fast, 2, 1)
    streets = csr_matrix((length * 0.06 / speed, (start, end)), shape=(side * side,) * 2)
    source = node[side // 2 : side // 2 + 5, side // 2].ravel()
    return x, y, dijkstra(streets, directed=False, indices=source, min_only=True)


# By heart


def test_a_line_of_nodes_is_reached_up_to_its_limit():
    x = EAST + 100.0 * np.arange(21)
    y = np.full(21, NORTH)
    drawn = rings(x, y, np.arange(21.0), limits=[5, 10, 15])
    assert_sound(drawn)
    assert [int(inside.sum()) for inside in holds(drawn, x, y)] == [6, 11, 16]


def test_a_grid_town_without_barriers_is_a_diamond():
    column, row = np.meshgrid(np.arange(-20, 21), np.arange(-20, 21))
    minutes = (abs(column) + abs(row)).ravel().astype(float)
    x, y = EAST + 80.0 * column.ravel(), NORTH + 80.0 * row.ravel()
    drawn = rings(x, y, minutes, limits=[5, 10, 15])
    assert_sound(drawn)
    for limit, inside, area in zip([5, 10, 15], holds(drawn, x, y), square_metres(drawn), strict=True):
        assert (inside == (minutes <= limit)).all()
        assert 2 * (limit * 80) ** 2 < area < 2 * ((limit + 1) * 80) ** 2


def test_one_node_is_the_disc_that_is_walked_around_it():
    drawn = rings([EAST], [NORTH], [5.0], limits=[10, 20], pace=10)
    assert_sound(drawn)
    assert square_metres(drawn) == pytest.approx([np.pi * 500**2, np.pi * 1500**2], rel=0.03)


def test_a_node_reached_at_the_last_moment_is_inside():
    drawn = rings([EAST, EAST + 500], [NORTH, NORTH], [5.0, 10.0], limits=[5, 10])
    assert_sound(drawn)
    first, last = holds(drawn, [EAST, EAST + 500], [NORTH, NORTH])
    assert first.tolist() == [True, False]
    assert last.all()


def test_an_unreached_node_is_carved_out():
    column, row = np.meshgrid(np.arange(21), np.arange(21))
    x, y = EAST + 50.0 * column.ravel(), NORTH + 50.0 * row.ravel()
    minutes = np.where((column == 10) & (row == 10), np.nan, 1.0).ravel()
    drawn = rings(x, y, minutes, limits=[10])
    assert_sound(drawn)
    assert (holds(drawn, x, y)[0] == np.isfinite(minutes)).all()
    assert shapely.get_num_interior_rings(shapely.get_parts(drawn.geometry[0])).sum() == 1


def test_settlements_apart_are_islands():
    x, y = EAST + np.array([0.0, 6000.0, 12_000.0]), np.full(3, NORTH)
    drawn = rings(x, y, [0.0, 20.0, 50.0], limits=[30])
    assert_sound(drawn)
    assert len(drawn.geometry[0].geoms) == 2
    assert holds(drawn, x, y)[0].tolist() == [True, True, False]


# Laws

PLACES = st.lists(
    st.tuples(
        st.integers(-3000, 3000),
        st.integers(-3000, 3000),
        st.sampled_from([0, 1, 5, 7.5, 10, 29, 60, np.inf]),
    ),
    min_size=1,
    max_size=40,
)
LIMITS = st.lists(st.sampled_from([1, 5, 7.5, 10, 12, 30, 60]), min_size=1, max_size=4, unique=True).map(
    sorted
)


@settings(max_examples=60, deadline=None)
@given(PLACES, LIMITS)
def test_rings_are_valid_nested_and_hold_what_is_reached_alone(places, limits):
    x, y, minutes = (np.array(values, float) for values in zip(*places, strict=True))
    drawn = rings(EAST + x, NORTH + y, minutes, limits=limits)
    assert_sound(drawn)
    assert drawn["limit"].tolist() == limits
    assert drawn.is_empty.tolist() == [not (minutes <= limit).any() for limit in limits]


@settings(max_examples=40, deadline=None)
@given(PLACES, LIMITS, st.sampled_from([None, 40.0]))
def test_more_time_never_reaches_less(places, limits, cell_m):
    x, y, minutes = (np.array(values, float) for values in zip(*places, strict=True))
    area = square_metres(rings(EAST + x, NORTH + y, minutes, limits=limits, cell_m=cell_m))
    assert (np.diff(area) >= -1e-3).all()


# Streets


@pytest.mark.parametrize(
    ("side", "spacing", "kmh"), [(150, 60.0, 4.8), (200, 90.0, 15.0), (250, 150.0, 40.0), (60, 150.0, 40.0)]
)
def test_on_streets_97_in_100_reached_nodes_are_inside_and_3_in_100_others(side, spacing, kmh):
    x, y, minutes = town(side=side, spacing=spacing, kmh=kmh, seed=3)
    drawn = rings(x, y, minutes, limits=EVERY_FIVE)
    assert_sound(drawn)
    for limit, inside in zip(EVERY_FIVE, holds(drawn, x, y), strict=True):
        reached = minutes <= limit
        assert inside[reached].mean() >= 0.97
        assert inside[~reached].mean() <= 0.03


@pytest.mark.parametrize("limit", [5, 15, 60])
def test_a_limit_alone_is_as_right(limit):
    x, y, minutes = town(side=150, spacing=60.0, kmh=4.8, seed=5)
    inside = holds(rings(x, y, minutes, limits=[limit]), x, y)[0]
    assert inside[minutes <= limit].mean() >= 0.97
    assert inside[minutes > limit].mean() <= 0.03


@pytest.mark.parametrize("kmh", [5.0, 60.0])
def test_a_kilometre_grid_is_right_too(kmh):
    column, row = np.meshgrid(np.arange(-40.0, 41), np.arange(-40.0, 41))
    x, y = EAST + 1000 * column.ravel(), NORTH + 1000 * row.ravel()
    minutes = (
        np.hypot(column, row).ravel() / kmh * 60 * np.random.default_rng(4).uniform(0.8, 1.3, column.size)
    )
    drawn = rings(x, y, minutes, limits=EVERY_FIVE)
    assert_sound(drawn)
    for limit, inside in zip(EVERY_FIVE, holds(drawn, x, y), strict=True):
        assert inside[minutes <= limit].mean() >= 0.97
        assert inside[minutes > limit].mean() <= 0.03


# Edges


@pytest.mark.parametrize("minutes", [[np.nan, np.nan], [np.inf, np.nan], [61.0, 90.0]])
def test_nothing_reached_is_empty_rows(minutes):
    drawn = rings([EAST, EAST + 10], [NORTH, NORTH], minutes, limits=[30, 60])
    assert_sound(drawn)
    assert drawn.is_empty.all()


def test_no_nodes_are_empty_rows():
    assert rings([], [], [], limits=[5]).is_empty.all()


def test_nothing_within_the_smallest_limit_is_an_empty_row():
    drawn = rings([EAST], [NORTH], [20.0], limits=[5, 30])
    assert_sound(drawn)
    assert drawn.is_empty.tolist() == [True, False]


def test_two_nodes_at_one_spot_are_as_one():
    drawn = rings([EAST, EAST], [NORTH, NORTH], [4.0, np.nan], limits=[5])
    assert_sound(drawn)
    assert square_metres(drawn) == pytest.approx(
        square_metres(rings([EAST], [NORTH], [4.0], limits=[5])), rel=0.05
    )


def test_negative_coordinates_are_places_too():
    there = "+proj=aeqd +lat_0=45.46 +lon_0=9.19 +units=m"
    drawn = rings([-300.0, -100.0], [-200.0, -50.0], [0.0, 1.0], limits=[5], crs=there)
    assert_sound(drawn)
    assert drawn.to_crs(there).geometry[0].contains(shapely.MultiPoint([(-300, -200), (-100, -50)]))


def test_a_cell_of_ones_own_is_one_raster():
    x, y, minutes = town(side=60, spacing=60.0, kmh=4.8, seed=5)
    coarse, fine = (rings(x, y, minutes, limits=EVERY_FIVE, cell_m=side) for side in (200.0, 20.0))
    assert_sound(coarse)
    assert_sound(fine)
    assert (
        shapely.get_num_coordinates(coarse.geometry).sum() < shapely.get_num_coordinates(fine.geometry).sum()
    )


def test_everything_wrong_is_named_at_once():
    with pytest.raises(ValueError, match="above 0") as caught:
        rings([1.0], [np.nan], [-1.0], limits=[10, 10, 5, 0, np.nan], pace=0, cell_m=-1)
    for word in (
        "repeated: \\[10.0]",
        "must grow",
        "nan",
        "pace",
        "cell_m",
        "no coordinates",
        "minutes below 0",
    ):
        assert word.replace("\\", "") in str(caught.value)


@pytest.mark.parametrize("limits", [[], [10, 5], [5, 5], [0, 5], [-5], [np.inf]])
def test_limits_that_make_no_rings_are_refused(limits):
    with pytest.raises(ValueError, match="limits"):
        rings([EAST], [NORTH], [1.0], limits=limits)


def test_lengths_must_agree():
    with pytest.raises(ValueError, match="2, 1 and 1"):
        rings([EAST, EAST], [NORTH], [1.0], limits=[5])
