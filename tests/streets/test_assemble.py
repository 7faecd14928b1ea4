"""The graph of one mode: by heart on small towns, its contract on random ones."""

import geopandas as gpd
import numpy as np
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.congestion import factors
from geo.crs import DEGREES, METRES
from geo.street_time import shape
from geo.streets.assemble import LEAST_MIN, build_graph, counts, largest_part
from geo.streets.graph import Graph
from geo.streets.ways import KINDS, Profile
from tests.streets.making import MOTORWAY, ONE_WAY, PATH, ROAD, UNEVEN, kinds, node_at, speeds, towns, ways_of
from tests.streets.towns import place

CROSS = {
    1: place(0, 0),
    2: place(2, 0),
    3: place(4, 0),
    4: place(2, 1),
    5: place(2, -1),
    6: place(20, 9),
    7: place(21, 9),
}
"""A crossing (2) with four arms of 200 m, and two places far away."""


def edges(graph, ways):
    """Edges as pairs of ids of places, with minutes rounded."""
    name = {}
    for node, lon, lat in zip(ways.node_id.tolist(), ways.lon, ways.lat, strict=True):
        at = node_at(graph, lon, lat)
        if at is not None:
            name[at] = node
    tail = np.repeat(np.arange(len(graph.x)), np.diff(graph.indptr))
    ends = zip(tail.tolist(), graph.indices.tolist(), graph.minutes.tolist(), strict=True)
    return sorted((name[a], name[b], round(minutes, 2)) for a, b, minutes in ends)


def snapping(graph, ways):
    """Ids of the places where a point may enter."""
    found = {
        node: node_at(graph, lon, lat)
        for node, lon, lat in zip(ways.node_id.tolist(), ways.lon, ways.lat, strict=True)
    }
    return sorted(node for node, at in found.items() if at is not None and graph.snaps[at])


# By heart


def test_streets_lead_both_ways_and_one_way_streets_one():
    ways = ways_of(CROSS, [([1, 2, 3], ROAD), ([4, 2], ONE_WAY), ([2, 5], UNEVEN)])
    graph = build_graph(ways, "car")
    assert edges(graph, ways) == [
        (1, 2, 0.4), (2, 1, 0.4), (2, 3, 0.4), (2, 5, 0.13), (3, 2, 0.4), (4, 2, 0.2), (5, 2, 0.24),
    ]  # fmt: skip
    assert counts(graph)._replace(km=round(counts(graph).km, 2)) == (5, 7, 0.8, 1, 4)


def test_a_dead_end_that_cannot_be_left_and_an_isolated_street_are_no_entrances():
    ways = ways_of(CROSS, [([1, 2, 3], ROAD), ([2, 4], ONE_WAY), ([6, 7], ROAD)])
    graph = build_graph(ways, "car")
    assert snapping(graph, ways) == [1, 2, 3]
    assert counts(graph).dead == 3
    assert counts(build_graph(ways, "walk")).dead == 2, "who walks comes back from a one-way street"


def test_nobody_enters_on_a_motorway_but_where_another_street_meets_it():
    ring = [([1, 2, 3], MOTORWAY), ([3, 4, 1], ROAD)]
    ways = ways_of(CROSS, ring)
    assert snapping(build_graph(ways, "car"), ways) == [1, 3, 4]
    assert "motorway" not in kinds(build_graph(ways, "walk"))


def test_of_two_streets_between_the_same_places_all_that_may_be_quickest_in_traffic_stay():
    fast = Profile("primary", speeds((70.0, 70.0)))
    slow = Profile("residential", speeds((65.0, 65.0)))
    ways = ways_of(CROSS | {8: place(1, 0.1)}, [([1, 2], fast), ([1, 2], slow), ([1, 8, 2], slow)])
    graph = build_graph(ways, "car")
    assert len(graph.indices) == 4, "of the two of one kind only the shorter"
    kmh = np.asarray(graph.metres) / 1000 / np.asarray(graph.minutes) * 60
    assert factors(graph.kind, kmh, graph.town, period="peak").min() > 1


def test_places_at_the_same_point_are_still_a_moment_apart():
    ways = ways_of({1: place(0, 0), 2: place(0, 0), 3: place(1, 0)}, [([1, 2], UNEVEN), ([2, 3], ROAD)])
    graph = build_graph(ways, "car")
    assert graph.minutes.min() == np.float32(LEAST_MIN)


def test_a_mode_without_streets_is_an_empty_graph():
    ways = ways_of(CROSS, [([1, 2], PATH)])
    graph = build_graph(ways, "car")
    assert counts(graph) == (0, 0, 0.0, 0, 0)
    assert graph.indptr.tolist() == graph.back_indptr.tolist() == graph.shape_ptr.tolist() == [0]


def test_neighbours_in_space_have_near_numbers():
    side = 30
    grid = {1 + column + side * row: place(column, row / 2) for column in range(side) for row in range(side)}
    rows = [([1 + side * row + column for column in range(side)], ROAD) for row in range(side)]
    rows += [([1 + side * row + column for row in range(side)], ROAD) for column in range(side)]
    graph = build_graph(ways_of(grid, rows), "car")
    tail = np.repeat(np.arange(len(graph.x)), np.diff(graph.indptr))
    apart = np.abs(tail - graph.indices)
    order = np.random.default_rng(1).permutation(len(graph.x))
    by_chance = np.abs(order[tail] - order[graph.indices])
    assert len(graph.x) == side * side - 4, "at the corners nothing meets"
    assert np.median(apart) <= 3
    assert apart.mean() < by_chance.mean() / 10


def test_a_junction_of_many_streets_lies_in_town():
    side = 12
    grid = {1 + column + side * row: place(column, row / 2) for column in range(side) for row in range(side)}
    grid |= {900: place(100, 0), 901: place(130, 0)}
    rows = [([1 + side * row + column for column in range(side)], ROAD) for row in range(side)]
    rows += [([1 + side * row + column for row in range(side)], ROAD) for column in range(side)]
    rows += [([side, 900, 901], UNEVEN)]
    graph = build_graph(ways_of(grid, rows), "car")
    far = np.asarray(graph.kind) == KINDS.index("primary")
    assert graph.town[~far].mean() > 0.5
    assert not graph.town[far][graph.metres[far] > 1000].any()


# The contract, on random towns


@given(towns(), st.sampled_from(["car", "bike", "walk"]))
@settings(max_examples=100)
def test_the_arrays_keep_their_contract(town, mode):
    graph = build_graph(ways_of(*town), mode)
    assert_sound(graph)


def assert_sound(graph: Graph) -> None:
    """Types, sizes, order, both directions, and lines from node to node."""
    nodes, size = len(graph.x), len(graph.indices)
    types = {"x": "f8", "y": "f8", "snaps": "?", "indptr": "i4", "indices": "i4", "metres": "f4", "minutes": "f4",
             "kind": "u1", "town": "?", "way": "i8", "shape": "i4", "back_indptr": "i4", "back_indices": "i4",
             "back_edge": "i4", "shape_ptr": "i8", "lon": "i4", "lat": "i4"}  # fmt: skip
    assert {name: getattr(graph, name).dtype.str[1:].replace("b1", "?") for name in types} == types
    assert len(graph.indptr) == len(graph.back_indptr) == nodes + 1
    tail = np.repeat(np.arange(nodes), np.diff(graph.indptr))
    head = np.repeat(np.arange(nodes), np.diff(graph.back_indptr))
    assert (tail != graph.indices).all()
    assert (graph.minutes > 0).all()
    assert sorted(graph.back_edge.tolist()) == list(range(size))
    assert (tail[graph.back_edge] == graph.back_indices).all()
    assert (graph.indices[graph.back_edge] == head).all()
    assert not (graph.snaps & ~largest_part(graph.indptr, graph.indices)).any()
    assert set(np.where(graph.shape < 0, ~graph.shape, graph.shape)) == set(range(len(graph.shape_ptr) - 1))
    assert_drawn(graph, tail)


def assert_drawn(graph, tail, crs=METRES):
    """The line of each edge runs from its start to its end and is as long as it says."""
    rows = [shape(graph, edge) for edge in range(len(tail))]
    if not rows:
        return
    lines = gpd.GeoSeries([shapely.LineString(degrees) for degrees in rows], crs=DEGREES).to_crs(crs)
    at = np.column_stack([graph.x, graph.y])
    ends = [np.array([line.coords[0], line.coords[-1]]) for line in lines]
    np.testing.assert_allclose(np.stack(ends), np.stack([at[tail], at[graph.indices]], axis=1), atol=0.05)
    np.testing.assert_allclose(lines.length, graph.metres, rtol=5e-3, atol=0.1)
