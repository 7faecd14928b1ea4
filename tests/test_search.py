"""Searches on streets: a square by heart, laws on invented graphs, and the answers of scipy and NetworkX."""

import os
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from geo import bucket_queue
from geo.search import add, nearest, remove, way, within
from geo.streets.graph import Csr

# A square with a slow diagonal, and a node that nothing reaches: 0 -1- 1 -2- 2 -1- 3 -1- 0, 0 -5- 2; 4 -> 0.
SQUARE = (
    (0, 1, 1),
    (1, 0, 1),
    (1, 2, 2),
    (2, 1, 2),
    (2, 3, 1),
    (3, 2, 1),
    (3, 0, 1),
    (0, 3, 1),
    (0, 2, 5),
    (4, 0, 1),
)

NODES = st.integers(2, 30)
LAWS = settings(max_examples=100, deadline=None)


@st.composite
def graphs(draw):
    """Edges (from, to, minutes) of a small graph; few different minutes, so that ties are many."""
    nodes = draw(NODES)
    node = st.integers(0, nodes - 1)
    minutes = st.sampled_from([0.0, 0.1, 0.25, 1 / 3, 1.0, 1.0, 2.0, 7.7, 400.0]).map(np.float32)
    return nodes, draw(st.lists(st.tuples(node, node, minutes), max_size=4 * nodes))


@st.composite
def questions(draw):
    """A graph, some of its nodes as sources (repeats allowed), and the minutes already spent at each."""
    nodes, edges = draw(graphs())
    sources = draw(st.lists(st.integers(0, nodes - 1), min_size=1, max_size=6))
    spent = st.lists(
        st.sampled_from([0.0, 0.5, 1 / 3, 2.0, np.inf]), min_size=len(sources), max_size=len(sources)
    )
    return nodes, edges, sources, draw(spent)


def csr(nodes, edges):
    edges = sorted(edges)
    indptr = np.searchsorted([edge[0] for edge in edges], np.arange(nodes + 1)).astype(np.int32)
    columns = [np.array([edge[i] for edge in edges], kind) for i, kind in ((1, np.int32), (2, np.float32))]
    return Csr(indptr, *columns)


def backwards(edges):
    return [(end, start, minutes) for start, end, minutes in edges]


def slowly(nodes, edges, source, start=0.0):
    """Minutes from one source as NetworkX finds them."""
    streets = nx.MultiDiGraph()
    streets.add_nodes_from(range(nodes))
    streets.add_weighted_edges_from((a, b, float(minutes)) for a, b, minutes in edges)
    minutes = np.full(nodes, np.inf)
    for node, reached in nx.single_source_dijkstra_path_length(streets, source).items():
        minutes[node] = reached + start
    return minutes


def alone(rows, i, nodes):
    minutes = np.full(nodes, np.inf)
    row = slice(rows.indptr[i], rows.indptr[i + 1])
    minutes[rows.node[row]] = rows.minutes[row]
    return minutes


def same(found, other):
    np.testing.assert_array_equal(found.minutes, other.minutes)
    np.testing.assert_array_equal(found.which, other.which)


# By heart


def test_each_node_goes_to_the_source_it_reaches_first():
    found = nearest(csr(5, SQUARE), [1, 3])
    assert found.minutes.tolist() == [1, 0, 1, 0, np.inf]
    assert found.which.tolist() == [0, 0, 1, 1, -1]


def test_minutes_spent_before_the_start_count():
    found = nearest(csr(5, SQUARE), [1, 3], [0, 2.5])
    assert found.minutes.tolist() == [1, 0, 2, 2, np.inf]
    assert found.which.tolist() == [0, 0, 0, 0, -1]


def test_of_two_sources_equally_near_the_first_wins_as_far_as_its_minutes_are_carried():
    chain = [(0, 2, 1), (1, 2, 1), (2, 3, 1), (3, 4, 1)]
    assert nearest(csr(5, chain), [1, 0]).which.tolist() == [1, 0, 0, 0, 0]
    assert nearest(csr(5, chain), [0, 1]).which.tolist() == [0, 1, 0, 0, 0]


def test_of_several_sources_at_one_node_the_one_that_starts_first_wins():
    assert nearest(csr(5, SQUARE), [0, 0, 0], [1, 0.5, 0.5]).which.tolist() == [1, 1, 1, 1, -1]


def test_a_limit_includes_itself():
    assert nearest(csr(5, SQUARE), [0], limit=1).minutes.tolist() == [0, 1, np.inf, 1, np.inf]
    assert nearest(csr(5, SQUARE), [0], [1.5], limit=1).minutes.tolist() == [np.inf] * 5


def test_a_search_backwards_tells_who_can_come():
    assert nearest(csr(5, backwards(SQUARE)), [0]).minutes.tolist() == [0, 1, 2, 1, 1]


def test_each_source_alone_has_its_row_in_order_of_node():
    rows = within(csr(5, SQUARE), [1, 4, 1], [0, 0, 1.5], limit=2)
    assert rows.indptr.tolist() == [0, 4, 8, 9]
    assert rows.node.tolist() == [0, 1, 2, 3, 0, 1, 3, 4, 1]
    assert rows.minutes.tolist() == [1, 0, 2, 2, 1, 2, 2, 0, 1.5]


def test_only_the_nodes_to_keep_are_told():
    truth = within(csr(5, SQUARE), [1, 4], limit=9, keep=[False, False, True, True, False])
    numbers = within(csr(5, SQUARE), [1, 4], limit=9, keep=[3, 2])
    assert truth.node.tolist() == numbers.node.tolist() == [2, 3, 2, 3]
    assert truth.minutes.tolist() == numbers.minutes.tolist() == [2, 2, 3, 2]
    assert within(csr(5, SQUARE), [1, 4], limit=9, keep=[]).indptr.tolist() == [0, 0, 0]


def test_the_way_itself_is_its_nodes_and_edges():
    found = way(csr(5, SQUARE), csr(5, backwards(SQUARE)), 4, 2)
    assert found.minutes == 3
    assert found.nodes.tolist() == [4, 0, 3, 2]
    assert [sorted(SQUARE)[edge] for edge in found.edges] == [(4, 0, 1), (0, 3, 1), (3, 2, 1)]


def test_a_way_to_where_one_is_has_no_edge_and_where_there_is_none_no_node():
    assert [part.tolist() for part in way(csr(5, SQUARE), csr(5, backwards(SQUARE)), 2, 2)[1:]] == [[2], []]
    nothing = way(csr(5, SQUARE), csr(5, backwards(SQUARE)), 0, 4)
    assert nothing.minutes == np.inf
    assert len(nothing.nodes) == len(nothing.edges) == 0


def test_a_source_that_is_taken_away_leaves_its_nodes_to_the_others():
    ahead, back = csr(5, SQUARE), csr(5, backwards(SQUARE))
    found = nearest(ahead, [1, 3, 1])
    remove(ahead, back, found, 0)
    assert found.which.tolist() == [1, 2, 1, 1, -1]
    remove(ahead, back, found, 2)
    assert found.minutes.tolist() == [1, 2, 1, 0, np.inf]
    remove(ahead, back, found, 1)
    assert found.which.tolist() == [-1] * 5


def test_no_source_reaches_nothing_and_a_graph_may_be_empty():
    assert nearest(csr(5, SQUARE), []).which.tolist() == [-1] * 5
    assert within(csr(5, SQUARE), [], limit=5).indptr.tolist() == [0]
    assert len(nearest(csr(0, []), []).minutes) == 0


def test_what_is_very_far_is_found_all_the_same():
    far = [(0, 1, 1e-3), (1, 2, 1e6), (2, 3, 1e-3), (3, 4, np.inf)]
    found = nearest(csr(5, far), [0, 0], [1e7, 3.0])
    np.testing.assert_allclose(found.minutes, [3, 3.001, 1000003.001, 1000003.002, np.inf])


def test_a_long_queue_gets_the_room_it_needs():
    spokes = [(0, i, 1 + i % 7) for i in range(1, 30_000)]
    assert nearest(csr(30_000, spokes), [0]).minutes.tolist() == [0, *(1 + i % 7 for i in range(1, 30_000))]


# Laws


@LAWS
@given(questions())
def test_minutes_are_those_of_networkx_and_the_smallest_position_wins(question):
    nodes, edges, sources, start = question
    found = nearest(csr(nodes, edges), sources, start)
    each = np.array([slowly(nodes, edges, *one) for one in zip(sources, start, strict=True)])
    np.testing.assert_allclose(found.minutes, each.min(axis=0), atol=1e-6)
    reached = np.isfinite(found.minutes)
    assert (found.which[~reached] == -1).all()
    mine = each[found.which[reached], np.flatnonzero(reached)]
    np.testing.assert_allclose(mine, found.minutes[reached], atol=1e-6)
    nearer = each[:, reached] < mine - 1e-6
    assert not nearer.any()
    ties = (np.abs(each[:, reached] - mine) < 1e-12).argmax(axis=0)
    assert (found.which[reached] <= ties).all()


@LAWS
@given(questions())
def test_each_alone_is_the_nearest_of_one(question):
    nodes, edges, sources, start = question
    rows = within(csr(nodes, edges), sources, start, limit=np.inf)
    for i, (source, spent) in enumerate(zip(sources, start, strict=True)):
        one = nearest(csr(nodes, edges), [source], [spent]).minutes
        np.testing.assert_array_equal(alone(rows, i, nodes), one)


@LAWS
@given(questions(), st.sampled_from([0.0, 0.25, 1.0, 2.5, 8.0, 400.5]))
def test_a_limit_never_changes_what_lies_inside_it(question, limit):
    nodes, edges, sources, start = question
    graph = csr(nodes, edges)
    free, held = nearest(graph, sources, start), nearest(graph, sources, start, limit=limit)
    np.testing.assert_array_equal(held.minutes, np.where(free.minutes <= limit, free.minutes, np.inf))
    np.testing.assert_array_equal(held.which, np.where(free.minutes <= limit, free.which, -1))
    rows, all_rows = (within(graph, sources, start, limit=longest) for longest in (limit, np.inf))
    for i in range(len(sources)):
        every = alone(all_rows, i, nodes)
        np.testing.assert_array_equal(alone(rows, i, nodes), np.where(every <= limit, every, np.inf))


@LAWS
@given(questions(), st.data())
def test_one_edge_more_never_lengthens_a_trip(question, data):
    nodes, edges, sources, start = question
    node = st.integers(0, nodes - 1)
    more = [*edges, (data.draw(node), data.draw(node), np.float32(data.draw(st.floats(0, 9))))]
    before, after = (nearest(csr(nodes, streets), sources, start) for streets in (edges, more))
    assert (after.minutes <= before.minutes).all()


@LAWS
@given(graphs())
def test_backwards_from_the_end_is_forwards_to_it(graph):
    nodes, edges = graph
    every = np.arange(nodes)
    ahead, back = (within(csr(nodes, streets), every, limit=np.inf) for streets in (edges, backwards(edges)))
    there = np.array([alone(ahead, i, nodes) for i in every])
    here = np.array([alone(back, i, nodes) for i in every])
    np.testing.assert_allclose(there, here.T, atol=1e-9)


@LAWS
@given(questions(), st.integers(1, 5))
def test_threads_and_chunks_change_nothing(question, threads):
    nodes, edges, sources, start = question
    graph = csr(nodes, edges)
    one, many = (within(graph, sources * 7, start * 7, limit=9, threads=n) for n in (1, threads))
    for part, other in zip(one, many, strict=True):
        np.testing.assert_array_equal(part, other)
    assert len(one.node) == 7 * within(graph, sources, start, limit=9).indptr[-1]


@LAWS
@given(questions(), st.data())
def test_adding_a_source_equals_starting_again_and_taking_it_away_gives_back_the_same(question, data):
    nodes, edges, sources, start = question
    limit = data.draw(st.sampled_from([np.inf, 2.0]))
    ahead, back = csr(nodes, edges), csr(nodes, backwards(edges))
    found = nearest(ahead, sources[:-1], start[:-1], limit=limit)
    before = found.copy()
    add(ahead, found, sources[-1], start[-1], len(sources) - 1)
    same(found, nearest(ahead, sources, start, limit=limit))
    remove(ahead, back, found, len(sources) - 1)
    same(found, before)


@LAWS
@given(questions(), st.data())
def test_taking_a_source_away_equals_never_having_had_it(question, data):
    nodes, edges, sources, start = question
    label = data.draw(st.integers(0, len(sources) - 1))
    ahead, back = csr(nodes, edges), csr(nodes, backwards(edges))
    found, without = nearest(ahead, sources, start), list(start)
    remove(ahead, back, found, label)
    without[label] = np.inf
    same(found, nearest(ahead, sources, without))
    add(ahead, found, sources[label], start[label], label)
    same(found, nearest(ahead, sources, start))


@LAWS
@given(graphs(), st.data())
def test_a_way_goes_along_its_edges_and_takes_their_minutes(graph, data):
    nodes, edges = graph
    source, target = (data.draw(st.integers(0, nodes - 1)) for _ in range(2))
    streets = csr(nodes, edges)
    found = way(streets, csr(nodes, backwards(edges)), source, target)
    assert found.minutes == pytest.approx(slowly(nodes, edges, source)[target], abs=1e-6)
    if not len(found.nodes):
        assert found.minutes == np.inf
        return
    assert (found.nodes[0], found.nodes[-1]) == (source, target)
    assert found.minutes == pytest.approx(streets.minutes[found.edges].sum(dtype=float), abs=1e-6)
    ordered = sorted(edges)
    assert [ordered[edge][:2] for edge in found.edges] == list(pairwise(found.nodes.tolist()))


# A town


@pytest.fixture(scope="module")
def town():
    """A crooked town of 2,500 crossings, and its streets the other way."""
    chance, side = np.random.default_rng(1), 50
    number = np.arange(side**2).reshape(side, side)
    a = np.r_[number[:, :-1].ravel(), number[:-1].ravel()]
    b = np.r_[number[:, 1:].ravel(), number[1:].ravel()]
    kept = chance.random(len(a)) > 0.3
    pairs = np.r_[np.c_[a, b][kept], np.c_[b, a][kept & (chance.random(len(a)) > 0.2)]]
    minutes = chance.uniform(0.05, 1.5, len(pairs)).astype(np.float32)
    edges = list(zip(*pairs.T.tolist(), minutes, strict=True))
    return csr(side**2, edges), csr(side**2, backwards(edges))


def test_a_town_is_answered_as_scipy_answers_it(town):
    graph, sources = town[0], np.arange(0, 2500, 83)
    matrix = csr_array((graph.minutes.astype(float), graph.indices, graph.indptr), shape=(2500, 2500))
    found = nearest(graph, sources)
    np.testing.assert_allclose(found.minutes, dijkstra(matrix, indices=sources, min_only=True), atol=1e-6)
    rows, limited = within(graph, sources, limit=12), dijkstra(matrix, indices=sources, limit=12)
    np.testing.assert_allclose([alone(rows, i, 2500) for i in range(len(sources))], limited, atol=1e-6)


def test_a_town_changes_desk_after_desk_and_stays_right(town):
    graph, back = town
    chance = np.random.default_rng(2)
    sources = chance.integers(0, 2500, 30).tolist()
    found = nearest(graph, sources)
    for label in chance.permutation(30):
        remove(graph, back, found, int(label))
        sources[label] = int(chance.integers(0, 2500))
        add(graph, found, sources[label], 0.0, int(label))
        same(found, nearest(graph, sources))


# Edges


@pytest.mark.parametrize(
    ("sources", "start"), [([5], 0.0), ([-1], 0.0), ([0], -0.1), ([0, 1], [0.0, np.nan])]
)
def test_sources_that_cannot_be_are_refused(sources, start):
    with pytest.raises(ValueError, match=r"sources outside|minutes spent"):
        nearest(csr(5, SQUARE), sources, start)


@pytest.mark.parametrize("minutes", [-1.0, np.nan])
def test_minutes_that_cannot_be_are_refused(minutes):
    with pytest.raises(ValueError, match="negative or missing"):
        within(csr(2, [(0, 1, minutes)]), [0], limit=1)


def test_arrays_that_do_not_fit_together_are_refused():
    graph = csr(5, SQUARE)
    with pytest.raises(ValueError, match="fit together"):
        nearest(graph._replace(minutes=graph.minutes[1:]), [0])


def test_a_position_is_taken_once_and_given_back_once():
    ahead, back = csr(5, SQUARE), csr(5, backwards(SQUARE))
    found = nearest(ahead, [0, 1])
    with pytest.raises(ValueError, match="not free"):
        add(ahead, found, 2, 0.0, 1)
    remove(ahead, back, found, 1)
    with pytest.raises(ValueError, match="no source"):
        remove(ahead, back, found, 1)


def test_arrays_in_a_file_are_searched_where_they_lie(tmp_path):
    graph = csr(5, SQUARE)
    for name, array in graph._asdict().items():
        np.save(tmp_path / f"{name}.npy", array)
    lying = Csr(*(np.load(tmp_path / f"{name}.npy", mmap_mode="r") for name in Csr._fields))
    compiled = len(bucket_queue.settle.signatures)
    same(nearest(lying, [1, 3]), nearest(graph, [1, 3]))
    assert len(bucket_queue.settle.signatures) == max(compiled, 1)


def test_a_full_disk_stops_no_search():
    """Numba raises when it cannot keep what it has just compiled, which is ready by then."""
    full = iter([OSError(28, "No space left on device")] * 3)

    def kernel(answer):
        for error in full:
            raise error
        return answer

    assert bucket_queue.run(kernel, 7) == 7


def test_a_folder_that_cannot_be_written_stops_no_search(tmp_path):
    """Numba keeps what it compiled on disk; neither the folder set for it nor its own ones may be needed."""
    (tmp_path / "file").write_text("")
    code = (
        "from numba.core.caching import CacheImpl\n"
        "CacheImpl._locator_classes = CacheImpl._locator_classes[:1]\n"
        "from geo import bucket_queue\n"
        "assert bucket_queue.seed._cache.cache_path is None\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=Path(bucket_queue.__file__).parents[1],
        env={**os.environ, "NUMBA_CACHE_DIR": str(tmp_path / "file" / "below")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
