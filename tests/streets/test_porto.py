"""Real cities: the answers of NetworkX on the same graph, and the distances and times of OSMnx on the same file."""

from pathlib import Path

import geopandas as gpd
import networkx as nx
import numpy as np
import osmium
import osmnx as ox
import pytest
import shapely
from osmium.filter import KeyFilter

from geo import search
from geo.crs import DEGREES
from geo.network import MODES
from geo.street_time import Standing, nearest, timed, to_all
from geo.streets.assemble import largest_part
from geo.streets.graph import Csr
from geo.streets.make import make
from geo.streets.pbf import read_pbf
from geo.streets.simplify import FASTEST_STOP_KMH, NO_STOP, STOP_EVERY_M
from geo.streets.ways import KINDS
from tests.streets.making import digraph
from tests.streets.test_assemble import assert_drawn

SAMPLES = Path(__file__).parents[3] / "shared" / "opendata" / "osm_samples"
CITIES = {"porto": "porto_portugal.osm.pbf", "porto_alegre": "porto_alegre.osm.pbf"}
pytestmark = pytest.mark.skipif(not SAMPLES.is_dir(), reason="the real extracts in ../shared are not here")

CENTRES = {"porto": (-8.650, 41.135, -8.578, 41.189), "porto_alegre": (-51.245, -30.070, -51.180, -30.016)}
"""About 6 × 6 km of each, in degrees."""


@pytest.fixture(scope="module", params=list(CITIES))
def city(request, tmp_path_factory):
    """A city's network, through the whole chain."""
    ways = read_pbf(SAMPLES / CITIES[request.param])
    return make(tmp_path_factory.mktemp("city"), request.param, ways, source=CITIES[request.param])


# The same graph


@pytest.mark.parametrize("mode", MODES)
def test_300_random_trips_take_what_networkx_says(city, mode):
    graph, chance = city.graphs[mode], np.random.default_rng(300)
    walks = timed(graph, mode, "peak", back=False)
    slow = digraph(walks)
    inside = np.flatnonzero(graph.snaps)
    sources = chance.choice(inside, 10, replace=False)
    found = search.within(walks, sources, limit=np.inf)
    apart = []
    for row, source in enumerate(sources.tolist()):
        targets = chance.choice(inside, 30, replace=False)
        part = slice(found.indptr[row], found.indptr[row + 1])
        at = np.searchsorted(found.node[part], targets)
        assert (found.node[part][at] == targets).all()
        told = nx.single_source_dijkstra_path_length(slow, source)
        apart.append(found.minutes[part][at] - [told[target] for target in targets.tolist()])
    worst = np.abs(np.concatenate(apart)).max()
    print(f"{city.about.name}, {mode}: {len(apart) * 30} pairs, at most {worst:.1e} minutes apart")  # noqa: T201
    assert worst <= 1e-6


@pytest.mark.parametrize("mode", MODES)
def test_the_nearest_desk_of_every_node_is_that_of_networkx(city, mode):
    graph, chance = city.graphs[mode], np.random.default_rng(7)
    desks = chance.choice(np.flatnonzero(graph.snaps), 30, replace=False)
    found = search.nearest(timed(graph, mode, "peak", back=True), desks)
    towards = digraph(timed(graph, mode, "peak", back=True))
    told = nx.multi_source_dijkstra_path_length(towards, set(desks.tolist()))
    minutes = np.full(len(graph.x), np.inf)
    minutes[list(told)] = list(told.values())
    assert np.isfinite(minutes[graph.snaps]).all()
    np.testing.assert_allclose(found.minutes, minutes, atol=1e-6)


# The same file


@pytest.fixture(scope="module", params=list(CITIES))
def both(request, tmp_path_factory):
    """The centre of a city as OSMnx makes it of an XML file, and our network by car of the same file."""
    folder = tmp_path_factory.mktemp(request.param)
    path = centre(SAMPLES / CITIES[request.param], CENTRES[request.param], folder / "centre.osm")
    ours = make(folder, request.param, read_pbf(path), source=path.name)
    theirs = ox.graph_from_xml(drivable(path, folder / "drive.osm"), simplify=True, retain_all=False)
    theirs = ox.add_edge_travel_times(ox.add_edge_speeds(theirs))
    return request.param, ours, theirs


def centre(pbf, box, path):
    """The ways with a highway that touch a box, with all their nodes, as OSM XML."""
    west, south, east, north = box
    inside = {
        node.id
        for node in osmium.FileProcessor(pbf, osmium.osm.NODE)
        if west <= node.lon <= east and south <= node.lat <= north
    }
    wanted = set()
    for way in osmium.FileProcessor(pbf, osmium.osm.WAY).with_filter(KeyFilter("highway")):
        own = [node.ref for node in way.nodes]
        if not inside.isdisjoint(own):
            wanted.update(own)
    with osmium.SimpleWriter(path) as writer:
        for thing in osmium.FileProcessor(pbf, osmium.osm.NODE | osmium.osm.WAY):
            if thing.is_node():
                if thing.id in wanted:
                    writer.add(thing)
            elif "highway" in thing.tags and not inside.isdisjoint(node.ref for node in thing.nodes):
                writer.add(thing)
    return path


NO_DRIVE = {
    "highway": set(
        "abandoned bridleway bus_guideway construction corridor cycleway elevator escalator footway no path pedestrian "
        "planned platform proposed raceway razed rest_area service services steps track".split()
    ),
    "service": {"alley", "driveway", "emergency_access", "parking", "parking_aisle", "private"},
    "area": {"yes"},
    "access": {"private"},
    "motor_vehicle": {"no"},
    "motorcar": {"no"},
}
"""What OSMnx leaves out of its network type ``drive``."""


def drivable(path, out):
    """A file without the ways that OSMnx's ``drive`` leaves out."""
    with osmium.SimpleWriter(out) as writer:
        for thing in osmium.FileProcessor(path):
            if thing.is_node() or not any(thing.tags.get(key) in shut for key, shut in NO_DRIVE.items()):
                writer.add(thing)
    return out


def matched(ours, theirs):
    """Our node and that of OSMnx wherever both have one, in the part that leads everywhere."""
    graph = ours.graphs["car"]
    strong = max(nx.strongly_connected_components(theirs), key=len)
    ids = np.array(sorted(strong))
    at = gpd.GeoSeries.from_xy(
        [theirs.nodes[node]["x"] for node in ids], [theirs.nodes[node]["y"] for node in ids], crs=DEGREES
    ).to_crs(ours.about.crs)
    nodes = np.flatnonzero(graph.snaps & largest_part(graph.indptr, graph.indices))
    tree = shapely.STRtree(shapely.points(graph.x[nodes], graph.y[nodes]))
    theirs_row, ours_row = tree.query_nearest(at.to_numpy(), max_distance=0.5, all_matches=False)
    return nodes[ours_row], ids[theirs_row]


def test_distances_and_free_flow_times_are_near_those_of_osmnx(both):
    name, ours, theirs = both
    graph, chance = ours.graphs["car"], np.random.default_rng(11)
    mine, yours = matched(ours, theirs)
    assert len(mine) > 500
    weights = {
        "length": (Csr(graph.ahead.indptr, graph.ahead.indices, np.asarray(graph.metres)), 1.0),
        "travel_time": (graph.ahead, 60.0),
    }
    worst = {"length": 0.02, "travel_time": 0.10}
    for weight, (csr, unit) in weights.items():
        apart = []
        for source in chance.choice(len(mine), 20, replace=False).tolist():
            goals = np.setdiff1d(chance.choice(len(mine), 15, replace=False), [source])
            told = nx.single_source_dijkstra_path_length(theirs, yours[source].item(), weight=weight)
            found = search.within(csr, [mine[source]], limit=np.inf)
            mean = found.minutes[np.searchsorted(found.node, mine[goals])] * unit
            apart += (mean / [told[goal] for goal in yours[goals].tolist()] - 1).tolist()
        print(  # noqa: T201
            f"{name}, {weight}: {len(apart)} pairs, median difference {np.median(apart):+.2%}, "
            f"median of its size {np.median(np.abs(apart)):.2%}"
        )
        assert np.median(np.abs(apart)) <= worst[weight]


# What holds of every real network


@pytest.mark.parametrize("mode", MODES)
def test_nine_nodes_in_ten_are_entrances_and_streets_have_stops(city, mode):
    graph, told = city.graphs[mode], city.about.counts[mode]
    assert told.dead < 0.1 * told.nodes
    assert told.entrances > 0.9 * told.nodes
    stops = ~np.isin(graph.kind, [KINDS.index(kind) for kind in NO_STOP]) & (kmh(graph) <= FASTEST_STOP_KMH)
    assert np.asarray(graph.metres)[stops].max() <= STOP_EVERY_M


def kmh(graph):
    return np.asarray(graph.metres) / 1000 / np.asarray(graph.minutes) * 60


def test_lines_run_from_node_to_node(city):
    graph = city.graphs["car"]
    assert_drawn(graph, np.repeat(np.arange(len(graph.x)), np.diff(graph.indptr)), crs=city.about.crs)


@pytest.mark.parametrize("mode", MODES)
def test_desks_that_come_and_go_in_a_real_city(city, mode):
    chance = np.random.default_rng(5)
    graph = city.graphs[mode]
    nodes = chance.choice(np.flatnonzero(graph.snaps), 40, replace=False)
    spots = gpd.GeoSeries.from_xy(graph.x[nodes] + 20, graph.y[nodes], crs=city.about.crs).to_crs(DEGREES)
    desks, people = spots[:12], spots[12:]
    standing = Standing(city, desks[:10], people, mode=mode)
    for name in (10, 11):
        standing.add(name, desks[name])
    for name in (3, 7):
        standing.remove(name)
    again = nearest(city, desks.drop([3, 7]), people, mode=mode)
    np.testing.assert_allclose(standing.table()["minutes"], again["minutes"], atol=1e-9)
    assert standing.table()["nearest"].tolist() == again["nearest"].tolist()
    least = to_all(city, people, desks.drop([3, 7]), mode=mode).toarray().min(axis=1)
    np.testing.assert_allclose(again["minutes"], least, atol=1e-9)


def test_the_same_extract_gives_the_same_network_twice(city, tmp_path):
    if city.about.name == "porto":
        pytest.skip("the smaller city will do")
    again = make(tmp_path, "again", read_pbf(SAMPLES / CITIES[city.about.name]), source="")
    assert again.mark == city.mark
