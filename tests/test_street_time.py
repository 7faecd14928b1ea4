"""Minutes on streets: a drawn town by heart, laws on random ones."""

import geopandas as gpd
import networkx as nx
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from errors import UnknownCode, UnknownMode
from geo import congestion, street_time
from geo.crs import DEGREES, METRES
from geo.network import MODES
from geo.speeds import WALK_KMH
from geo.street_time import (
    Standing,
    between,
    covers,
    enter,
    from_nodes,
    graph_of,
    nearest,
    timed,
    to_all,
    way,
)
from tests.streets.making import MOTORWAY, ONE_WAY, PATH, ROAD, digraph, in_memory, node_at, towns, ways_of
from tests.streets.towns import place

LADDER = {
    1: place(0, 0), 2: place(2, 0), 3: place(4, 0), 4: place(6, 0),
    5: place(0, 1), 6: place(2, 1), 7: place(4, 1), 8: place(6, 1),
}  # fmt: skip
"""Two rows of places, 200 m apart each way."""

TOWN = in_memory(
    ways_of(
        LADDER,
        [([1, 2, 3, 4], ROAD), ([5, 6, 7, 8], ROAD), ([1, 5], ROAD), ([2, 6], ONE_WAY), ([4, 8], PATH)],
    )
)


def points(*spots):
    """Points by hundreds of metres east and of two hundred south of the first place."""
    return gpd.GeoSeries.from_xy(*zip(*(place(*one) for one in spots), strict=True), crs=DEGREES)


def minutes_at(metres, kmh):
    return metres / 1000 / kmh * 60


# By heart

FREE = {"car": 2 * congestion.terminal_min("car"), "walk": 1.0, "bike": 2.0}
"""Minutes at both ends of a trip."""


@pytest.mark.parametrize(("mode", "kmh"), [("car", 30), ("bike", 15), ("walk", 4.8)])
def test_a_trip_along_a_street_takes_its_length_and_the_ends(mode, kmh):
    found = between(TOWN, points((0, 0)), points((6, 0)), mode=mode)
    assert found.iloc[0] == pytest.approx(minutes_at(600, kmh) + FREE[mode], rel=4e-3)


def test_a_one_way_street_is_gone_through_one_way():
    there, back = points((2, 0)), points((2, 1))
    assert between(TOWN, there, back, mode="car").iloc[0] == pytest.approx(
        minutes_at(200, 60) + FREE["car"], rel=5e-3
    )
    detour = minutes_at(600, 30) + FREE["car"]
    assert between(TOWN, back, there, mode="car").iloc[0] == pytest.approx(detour, rel=5e-3)
    both = [between(TOWN, *pair, mode="walk").iloc[0] for pair in ((there, back), (back, there))]
    assert both[0] == pytest.approx(both[1])


def test_the_way_to_the_street_is_walked_by_every_mode():
    aside = points((0, -0.5))
    for mode in MODES:
        off = enter(TOWN, aside, mode=mode).minutes[0] - enter(TOWN, points((0, 0)), mode=mode).minutes[0]
        assert off == pytest.approx(minutes_at(100, WALK_KMH), rel=5e-3)


def test_traffic_slows_cars_by_class_and_hour_and_nobody_else():
    fast = in_memory(ways_of({1: place(0, 0), 2: place(20, 0)}, [([1, 2], ROAD._replace(kind="primary",
        kmh={"car": (70.0, 70.0), "bike": (15.0, 15.0), "walk": (4.8, 4.8)}))]))  # fmt: skip
    ends = points((0, 0)), points((20, 0))
    free = minutes_at(2000, 70)
    for period in congestion.PERIODS:
        factor = congestion.by_group(period)[congestion.GROUPS.index("rural")]
        found = between(fast, *ends, mode="car", period=period).iloc[0]
        assert found == pytest.approx(free * factor + FREE["car"], rel=2e-3)
        assert (
            between(fast, *ends, mode="bike", period=period).iloc[0]
            == between(fast, *ends, mode="bike").iloc[0]
        )
    with pytest.raises(UnknownCode):
        between(fast, *ends, mode="car", period="night")


def test_points_off_the_network_have_no_minutes():
    far_east, above = points((600, 0)), points((0, -10.5))
    desks = points((0, 0))
    assert covers(TOWN, pd.concat([far_east, above, desks]), mode="car").tolist() == [False, False, True]
    assert between(TOWN, far_east, desks, mode="car").isna().all()
    assert between(TOWN, desks, far_east, mode="car").isna().all()
    found = nearest(TOWN, desks, far_east, mode="car")
    assert found["minutes"].isna().all()
    assert found["nearest"].isna().all()
    assert nearest(TOWN, far_east, desks, mode="car").isna().all(axis=None)
    assert to_all(TOWN, desks, far_east, mode="car").nnz == 0
    assert way(TOWN, far_east[0], desks[0], mode="car").line.is_empty


def test_no_points_and_no_desks_are_empty_answers():
    none, some = points((0, 0))[:0], points((0, 0), (2, 1))
    assert len(nearest(TOWN, some, none, mode="car")) == 0
    assert nearest(TOWN, none, some, mode="car")["minutes"].isna().all()
    assert to_all(TOWN, none, some, mode="car").shape == (0, 2)
    assert to_all(TOWN, some, none, mode="car").shape == (2, 0)
    assert len(between(TOWN, none, none, mode="car")) == 0


def test_a_mode_that_the_network_does_not_know_is_refused():
    feet = in_memory(ways_of(LADDER, [([1, 2], PATH._replace(kmh={**PATH.kmh, "bike": (0.0, 0.0)}))]))
    assert feet.modes == ("walk",)
    with pytest.raises(UnknownMode, match="walk"):
        nearest(feet, points((0, 0)), points((0, 0)), mode="car")


def test_of_desks_at_one_spot_the_first_by_name_answers():
    desks = points((0, 0), (0, 0), (6, 1)).set_axis(["b", "a", "c"])
    found = nearest(TOWN, desks, points((0, 0), (6, 1)).set_axis([7, 9]), mode="walk")
    assert found["nearest"].tolist() == ["a", "c"]
    assert found.index.tolist() == [7, 9]


def test_any_coordinates_will_do():
    ends = points((0, 0.2)), points((6, 1))
    there = between(TOWN, *(one.to_crs(METRES) for one in ends), mode="car")
    assert there.iloc[0] == pytest.approx(between(TOWN, *ends, mode="car").iloc[0], abs=1e-6)


def test_the_way_goes_from_point_to_point_along_the_streets():
    start, end = points((2, 1.1), (0, -0.1))
    found = way(TOWN, start, end, mode="car")
    assert found.line.coords[0] == (start.x, start.y)
    assert found.line.coords[-1] == (end.x, end.y)
    corners = [LADDER[6], LADDER[5], LADDER[1]]
    assert [tuple(np.round(xy, 6)) for xy in dict.fromkeys(found.line.coords[1:-1])] == [
        tuple(np.round(xy, 6)) for xy in corners
    ]
    assert found.metres == pytest.approx(400, rel=5e-3)
    here = way(TOWN, start, start, mode="car")
    assert here.metres == 0
    assert [tuple(np.round(xy, 6)) for xy in here.line.coords[1:-1]] == [tuple(np.round(LADDER[6], 6))]


def test_nodes_off_every_way_are_missing_in_a_drawing():
    dead = in_memory(ways_of(LADDER, [([1, 2, 3, 4], ROAD), ([5, 6], ROAD), ([2, 6], ONE_WAY)]))
    to, away = (from_nodes(dead, points((0, 0)), mode="car", back=side) for side in (True, False))
    cut_off = node_at(dead.graphs["car"], *LADDER[5])
    assert np.isnan(to[cut_off])
    assert np.isfinite(away).all()


# Laws on random towns

CORNERS = st.lists(st.tuples(st.floats(0, 18), st.floats(0, 4.5)), min_size=1, max_size=5)
MODE = st.sampled_from(MODES)
LAWS = settings(max_examples=60)


def opened(town, mode):
    streets = in_memory(ways_of(*town))
    assume(mode in streets.modes)
    return streets


@given(towns(), MODE, CORNERS, CORNERS)
@LAWS
def test_nearest_is_the_least_of_to_all_which_is_every_trip_between(town, mode, desks, people):
    streets, desks, people = opened(town, mode), points(*desks), points(*people)
    matrix = dense(to_all(streets, people, desks, mode=mode))
    one = nearest(streets, desks, people, mode=mode)
    least = np.where(np.isfinite(matrix).any(axis=1), matrix.min(axis=1), np.nan)
    np.testing.assert_allclose(one["minutes"], least, atol=1e-9)
    pairs = [(row, column) for row in range(len(people)) for column in range(len(desks))]
    rows, columns = map(list, zip(*pairs, strict=True))
    alone = between(streets, people.iloc[rows], desks.iloc[columns], mode=mode)
    np.testing.assert_allclose(alone.fillna(np.inf), matrix.ravel(), atol=1e-9)
    backwards = dense(to_all(streets, desks, people, mode=mode, back=True)).T
    np.testing.assert_allclose(backwards, matrix, atol=1e-9)
    for row, name in enumerate(one["nearest"]):
        assert pd.isna(name) or matrix[row, name] == pytest.approx(least[row], abs=1e-9)


def dense(found):
    matrix = np.full(found.shape, np.inf)
    rows = np.repeat(np.arange(found.shape[0]), np.diff(found.indptr))
    matrix[rows, found.indices] = found.data
    return matrix


@given(towns(), MODE, CORNERS, st.floats(0, 40))
@LAWS
def test_a_limit_never_changes_what_lies_within_it(town, mode, spots, limit):
    streets, spots = opened(town, mode), points(*spots)
    whole = dense(to_all(streets, spots, spots, mode=mode))
    np.testing.assert_array_equal(
        dense(to_all(streets, spots, spots, mode=mode, limit=limit)), np.where(whole <= limit, whole, np.inf)
    )


@given(towns(), MODE, CORNERS, st.integers(1, 3))
@LAWS
def test_how_many_are_asked_at_once_changes_nothing(town, mode, spots, at_once):
    streets, spots = opened(town, mode), points(*spots)
    whole = to_all(streets, spots, spots, mode=mode)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(street_time, "AT_ONCE", at_once)
        parts = to_all(streets, spots, spots, mode=mode)
    np.testing.assert_array_equal(dense(parts), dense(whole))


@given(towns(), MODE)
@LAWS
def test_every_search_agrees_with_networkx(town, mode):
    streets = opened(town, mode)
    graph = graph_of(streets, mode)
    slow = digraph(timed(graph, mode, "peak", back=False))
    assert nx.utils.graphs_equal(slow.reverse(), digraph(timed(graph, mode, "peak", back=True)))
    nodes = np.arange(len(graph.x))
    rows = street_time.search.within(timed(graph, mode, "peak", back=False), nodes, limit=np.inf)
    for node in nodes.tolist():
        part = slice(rows.indptr[node], rows.indptr[node + 1])
        found = dict(zip(rows.node[part].tolist(), rows.minutes[part].tolist(), strict=True))
        assert found == pytest.approx(nx.single_source_dijkstra_path_length(slow, node), abs=1e-6)


@given(towns(most=6), MODE, CORNERS, st.data())
@LAWS
def test_one_more_street_never_lengthens_a_trip(town, mode, spots, data):
    places, rows = town
    one, other = data.draw(st.permutations(sorted(places)).map(lambda names: names[:2]))
    kind = data.draw(st.sampled_from([ROAD, ONE_WAY, MOTORWAY, PATH]))
    before, after = (in_memory(ways_of(places, some)) for some in (rows, [*rows, ((one, other), kind)]))
    assume(mode in before.modes)
    name = {
        number: [node_at(streets.graphs[mode], *places[number]) for streets in (before, after)]
        for number in places
    }
    both = [number for number, (old, new) in name.items() if old is not None and new is not None]
    old, new = (
        nx.floyd_warshall(digraph(timed(graph_of(streets, mode), mode, "peak", back=False)))
        for streets in (before, after)
    )
    for start in both:
        for end in both:
            was, now = old[name[start][0]][name[end][0]], new[name[start][1]][name[end][1]]
            assert now <= was + 1e-4


@given(towns(), MODE, CORNERS)
@LAWS
def test_the_way_takes_the_minutes_of_the_trip_and_its_line_runs_between_the_points(town, mode, spots):
    streets, spots = opened(town, mode), points(*spots)
    for end in spots:
        found = way(streets, spots[0], end, mode=mode)
        told = between(streets, spots[:1], gpd.GeoSeries([end], crs=DEGREES), mode=mode).iloc[0]
        assert found.minutes == pytest.approx(told, abs=1e-9, nan_ok=True)
        if np.isfinite(told):
            assert found.line.coords[0] == (spots[0].x, spots[0].y)
            assert found.line.coords[-1] == (end.x, end.y)
            drawn = gpd.GeoSeries([found.line], crs=DEGREES).to_crs(METRES).length.iloc[0]
            off = (enter(streets, gpd.GeoSeries([spots[0], end], crs=DEGREES), mode=mode).minutes).sum()
            walked = (off - 2 * congestion.terminal_min(mode)) * WALK_KMH / 60 * 1000
            assert drawn == pytest.approx(found.metres + walked, rel=6e-3, abs=1)


@given(towns(), MODE, CORNERS, CORNERS, st.data())
@LAWS
def test_desks_that_come_and_go_leave_the_answer_of_those_that_stand(town, mode, desks, people, data):
    streets, people = opened(town, mode), points(*people)
    spots = dict(enumerate(points(*desks)))
    standing = Standing(streets, gpd.GeoSeries(spots, crs=DEGREES), people, mode=mode)
    known = set(np.flatnonzero(covers(streets, gpd.GeoSeries(spots, crs=DEGREES), mode=mode)).tolist())
    here = {name: spot for name, spot in spots.items() if name in known}
    for step in range(4):
        if here and data.draw(st.booleans()):
            gone = data.draw(st.sampled_from(sorted(here)))
            standing.remove(gone)
            del here[gone]
        else:
            spot = points(data.draw(CORNERS)[0])[0]
            if standing.add(100 + step, spot):
                here[100 + step] = spot
        again = nearest(streets, gpd.GeoSeries(here, crs=DEGREES), people, mode=mode)
        np.testing.assert_allclose(standing.table()["minutes"], again["minutes"], atol=1e-9)
        assert standing.table()["nearest"].isna().equals(again["nearest"].isna())


def test_a_desk_that_does_not_stand_cannot_go_and_one_off_the_streets_changes_nothing():
    standing = Standing(TOWN, points((0, 0)).set_axis(["uno"]), points((6, 0)), mode="car")
    before = standing.table()
    assert not standing.add("lontano", points((600, 0))[0])
    pd.testing.assert_frame_equal(standing.table(), before)
    with pytest.raises(KeyError):
        standing.remove("lontano")
    standing.remove("uno")
    assert standing.table().isna().all(axis=None)
    assert standing.add("uno", points((6, 0))[0])
    assert standing.table()["nearest"].tolist() == ["uno"]


def test_desks_that_stand_from_the_start_are_told_as_nearest_tells_them():
    desks = points((0, 0), (0, 0), (6, 1), (600, 0)).set_axis(["b", "a", "c", "fuori"])
    people = points((0, 0), (6, 1), (600, 0))
    found = Standing(TOWN, desks, people, mode="walk").table()
    pd.testing.assert_frame_equal(found, nearest(TOWN, desks, people, mode="walk"), check_dtype=False)


# What the traffic is calibrated on


def test_minutes_by_group_add_up_to_the_way_at_free_flow():
    trips = street_time.minutes_by_group(TOWN, points((0, 0), (600, 0)), points((6, 0), (0, 0)))
    assert trips.columns.tolist() == list(congestion.GROUPS)
    assert trips.iloc[0].sum() == pytest.approx(minutes_at(600, 30), rel=5e-3)
    assert trips.iloc[1].isna().all()


def test_an_edge_is_drawn_from_its_start():
    graph = TOWN.graphs["car"]
    for edge in range(len(graph.indices)):
        line = street_time.shape(graph, edge)
        assert node_at(graph, *line[-1]) == graph.indices[edge]
        assert shapely.LineString(line).is_valid
