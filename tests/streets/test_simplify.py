"""Ways cut and joined: by heart on a few points, and laws on random towns."""

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.streets.simplify import STOP_EVERY_M, chains, cut, may_stop, split, with_stops
from geo.streets.ways import KINDS
from tests.streets.making import FERRY, MOTORWAY, ONE_WAY, PATH, ROAD, UNEVEN, towns, uncontracted, ways_of
from tests.streets.towns import place

LINE = {number: place(float(number), 0) for number in range(1, 8)}
"""Seven places on a line, 100 m apart."""


def pieces(ways, mode="car"):
    """The pieces of street of a mode as places along each; stops between places are 0."""
    segments = with_stops(cut(ways, mode))
    found = split(segments, chains(segments))
    return [line(ways, segments, found, row) for row in range(len(found.ptr) - 1)]


def line(ways, segments, found, row):
    """The ids of the points along a piece; checks that its segments follow each other."""
    part = slice(found.ptr[row], found.ptr[row + 1])
    seg, flip = found.seg[part], found.flip[part]
    start = np.where(flip, segments.b[seg], segments.a[seg])
    end = np.where(flip, segments.a[seg], segments.b[seg])
    assert (end[:-1] == start[1:]).all()
    return [int(ways.node_id[at]) if at < len(ways.node_id) else 0 for at in [*start, end[-1]]]


def metres(segments, found):
    return np.add.reduceat(segments.metres[found.seg], found.ptr[:-1])


# By heart


def test_a_mode_sees_only_what_it_may_use():
    ways = ways_of(LINE, [([1, 2, 3], ROAD), ([3, 4], PATH), ([4, 5], MOTORWAY)])
    assert {mode: len(cut(ways, mode).a) for mode in ("car", "bike", "walk")} == {
        "car": 3,
        "bike": 3,
        "walk": 3,
    }
    assert sorted(pieces(ways, "walk")) == [[1, 2, 3], [3, 4]]


def test_a_segment_that_touches_a_barred_node_is_closed_to_that_mode_alone():
    ways = ways_of(LINE, [([1, 2, 3, 4], ROAD)], car=[3])
    assert pieces(ways) == [[1, 2]]
    assert pieces(ways, "walk") == [[1, 2, 3, 4]]


def test_metres_are_those_of_the_sphere_of_osmnx():
    ways = ways_of({1: (9.0, 45.0), 2: (9.0, 45.001), 3: (9.001, 45.001)}, [([1, 2, 3], ROAD)])
    assert cut(ways, "car").metres == pytest.approx([111.1951, 78.6254], abs=1e-3)


def test_streets_of_the_same_kind_are_joined_whichever_way_they_were_drawn():
    ways = ways_of(LINE, [([1, 2], ROAD), ([3, 2], ROAD)])
    assert pieces(ways) == [[1, 2, 3]]


@pytest.mark.parametrize(
    ("one", "other", "joined"),
    [
        (([1, 2], ONE_WAY), ([2, 3], ONE_WAY), True),
        (([1, 2], ONE_WAY), ([3, 2], ONE_WAY), False),
        (([2, 1], UNEVEN), ([2, 3], UNEVEN), False),
        (([1, 2], ROAD), ([2, 3], UNEVEN), False),
        (([1, 2], FERRY), ([2, 3], FERRY), False),
    ],
    ids=["on_in_one_direction", "against_each_other", "speeds_differ_by_side", "another_kind", "two_ferries"],
)
def test_streets_are_joined_only_where_nothing_changes(one, other, joined):
    assert len(pieces(ways_of(LINE, [one, other]))) == (1 if joined else 2)


def test_a_ferry_takes_the_minutes_of_its_timetable_over_its_whole_way():
    ways = ways_of(LINE, [([1, 2, 4], FERRY)])
    segments = cut(ways, "car")
    kmh = segments.views[segments.view, 1]
    assert (segments.metres / 1000 / kmh * 60).sum() == pytest.approx(12)
    assert len(set(segments.view)) == 1
    assert pieces(ways) == [[1, 2, 4]], "a ferry has no stops on the water"


def test_a_long_street_keeps_its_own_points_as_stops():
    far = {number: place(float(number), 0) for number in range(1, 12)}
    found = pieces(ways_of(far, [(list(far), ROAD)]))
    assert found == [[1, 2, 3, 4], [4, 5, 6, 7], [7, 8, 9, 10], [10, 11]]


def test_a_long_straight_street_gets_stops_that_nobody_drew():
    far = {1: place(0, 0), 2: place(10, 0)}
    assert pieces(ways_of(far, [([1, 2], ROAD)])) == [[1, 0], [0, 0], [0, 0], [0, 2]]
    assert pieces(ways_of(far, [([1, 2], MOTORWAY)])) == [[1, 2]], "nobody enters a motorway on foot"


def test_stops_put_on_a_street_lie_on_it_at_equal_steps():
    ways = ways_of({1: (9.0, 45.0), 2: (9.0, 45.009)}, [([2, 1], ROAD)])
    found = with_stops(cut(ways, "car"))
    assert found.lat.tolist() == pytest.approx([45.0, 45.009, 45.00675, 45.0045, 45.00225])
    assert (found.lon == 9.0).all()
    assert found.metres.tolist() == pytest.approx([250.19] * 4, abs=0.01)


def test_a_ring_is_cut_so_that_no_edge_leads_back_to_its_own_start():
    ring = ways_of({1: place(0, 0), 2: place(1, 0), 3: place(0, 0.5)}, [([1, 2, 3, 1], ROAD)])
    tied = ways_of(LINE | {9: place(1, 1)}, [([1, 2, 3, 9, 1], ROAD), ([1, 4], UNEVEN)])
    for ways in (ring, tied):
        assert all(one[0] != one[-1] for one in pieces(ways))


def test_a_street_drawn_twice_breaks_nothing():
    ways = ways_of(LINE, [([1, 2, 3], ROAD), ([3, 2, 1], ROAD)])
    assert sorted(sorted(one) for one in pieces(ways)) == [[1, 2], [1, 2], [2, 3], [2, 3]]


def test_where_a_mode_has_no_street_there_is_nothing():
    ways = ways_of(LINE, [([1, 2], PATH)])
    assert pieces(ways) == []


def test_nobody_stops_on_motorways_ferries_or_at_more_than_90():
    views = [
        [KINDS.index(kind), kmh, kmh, 0] for kind, kmh in (("primary", 90), ("primary", 91), ("ferry", 15))
    ]
    assert may_stop(np.array(views, dtype=float)).tolist() == [True, False, False]


# Laws


@given(towns(), st.sampled_from(["car", "bike", "walk"]))
@settings(max_examples=150)
def test_every_segment_lies_in_one_piece_and_no_piece_with_stops_is_long(town, mode):
    ways = ways_of(*town)
    segments = with_stops(cut(ways, mode))
    found = split(segments, chains(segments))
    assert sorted(found.seg.tolist()) == list(range(len(segments.a)))
    for row in range(len(found.ptr) - 1):
        line(ways, segments, found, row)
    if len(found.seg):
        stops = may_stop(segments.views[segments.view[found.seg[found.ptr[:-1]]]])
        assert (metres(segments, found)[stops] <= STOP_EVERY_M + 1e-6).all()


@given(towns(), st.sampled_from(["car", "bike", "walk"]))
@settings(max_examples=150)
def test_joining_changes_no_minutes_between_kept_nodes(town, mode):
    ways = ways_of(*town)
    segments = with_stops(cut(ways, mode))
    found = split(segments, chains(segments))
    joined = nx.DiGraph()
    for row in range(len(found.ptr) - 1):
        view = segments.views[segments.view[found.seg[found.ptr[row]]]]
        ends = line(ways, segments, found, row)
        seg, turned = found.seg[found.ptr[row] : found.ptr[row + 1]], found.flip[found.ptr[row]]
        start = segments.b[seg[0]] if turned else segments.a[seg[0]]
        end = segments.a[seg[-1]] if found.flip[found.ptr[row + 1] - 1] else segments.b[seg[-1]]
        assert len(ends) == len(seg) + 1
        for a, b, kmh in ((start, end, view[2 if turned else 1]), (end, start, view[1 if turned else 2])):
            if kmh > 0:
                spent = segments.metres[seg].sum() / 1000 / kmh * 60
                known = joined.get_edge_data(a, b, {"weight": np.inf})["weight"]
                joined.add_edge(a, b, weight=min(spent, known))
    whole = uncontracted(ways, mode)
    kept = [node for node in joined if node < len(ways.node_id)]
    for start in kept:
        told = nx.single_source_dijkstra_path_length(joined, start)
        true = nx.single_source_dijkstra_path_length(whole, int(ways.node_id[start]))
        for end in kept:
            assert told.get(end, np.inf) == pytest.approx(true.get(int(ways.node_id[end]), np.inf), abs=1e-9)
