"""GraphML of OSMnx: its graphs become our streets, ours become its graphs, and the minutes stay the same."""

import itertools
from pathlib import Path

import networkx as nx
import numpy as np
import osmnx as ox
import pyproj
import pytest
import shapely
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from errors import FileUnreadable, FileUnwritable, NetworkError
from geo.crs import DEGREES, METRES
from geo.network import MODES
from geo.streets import rules
from geo.streets.assemble import build_graph
from geo.streets.gather import gather
from geo.streets.graphml import TWO_WAY_DOUBT, read_graphml, to_osmnx, write_graphml

POINTS = {
    1: (9.190, 45.460), 2: (9.194, 45.460), 3: (9.199, 45.460), 4: (9.194, 45.464), 5: (9.199, 45.464),
    6: (9.196, 45.4605), 7: (9.197, 45.4611), 8: (9.190, 45.464), 9: (9.192, 45.4645), 10: (9.2010, 45.4640),
    11: (9.2015, 45.4644), 12: (9.2010, 45.4648), 13: (9.2005, 45.4644), 14: (9.1995, 45.4648), 15: (9.204, 45.4644),
}  # fmt: skip
STREETS = {
    100: ([1, 2], {"highway": "primary", "maxspeed": "50"}),
    101: ([2, 6, 7, 3], {"highway": "residential"}),
    102: ([3, 2], {"highway": "tertiary", "oneway": "yes", "maxspeed": "30"}),
    103: ([2, 4], {"highway": "residential", "oneway": "-1"}),
    104: ([4, 5], {"highway": "secondary", "maxspeed": "70"}),
    105: ([3, 5], {"highway": "residential"}),
    106: ([1, 8], {"highway": "residential"}),
    107: ([8, 9], {"highway": "service"}),
    108: ([9, 4], {"highway": "footway"}),
    109: ([10, 11, 12, 13, 10], {"highway": "tertiary", "junction": "roundabout"}),
    110: ([5, 10], {"highway": "tertiary"}),
    111: ([12, 14], {"highway": "steps"}),
    112: ([14, 5], {"highway": "path"}),
    113: ([11, 15], {"highway": "residential"}),
}
"""Borgo's streets: one each way, one drawn backwards, a roundabout, a street that changes class, a short cut."""


def town(streets=STREETS):
    """The streets as a reader of tags gives them."""
    rows = [(i, rules.profile(tags), nodes) for i, (nodes, tags) in streets.items()]
    return gather(rows, POINTS, barred={}, date="")


@pytest.fixture
def osm(tmp_path):
    """OSMnx's own graph of the town, read from OSM XML."""

    def made(streets=STREETS, *, simplify=False, bidirectional=False):
        nodes = "".join(f'<node id="{n}" lon="{x}" lat="{y}"/>' for n, (x, y) in POINTS.items())
        ways = "".join(
            f'<way id="{i}">'
            + "".join(f'<nd ref="{n}"/>' for n in nodes)
            + "".join(f'<tag k="{k}" v="{v}"/>' for k, v in tags.items())
            + "</way>"
            for i, (nodes, tags) in streets.items()
        )
        path = tmp_path / "town.osm"
        path.write_text(f'<?xml version="1.0"?><osm version="0.6" generator="us">{nodes}{ways}</osm>')
        return ox.graph_from_xml(path, simplify=simplify, retain_all=True, bidirectional=bidirectional)

    return made


@pytest.fixture
def through(tmp_path):
    """What we read of a graph that OSMnx has saved."""

    def read(graph):
        path = tmp_path / "graph.graphml"
        ox.save_graphml(graph, path)
        return read_graphml(path)

    return read


def minutes(ways, mode):
    """Minutes between all pairs of the points of the town that are nodes, by their numbers."""
    graph = build_graph(ways, mode)
    lon, lat = pyproj.Transformer.from_crs(METRES, DEGREES, always_xy=True).transform(graph.x, graph.y)
    number = {place: n for n, place in POINTS.items()}
    found = {i: number.get((round(x, 6), round(y, 6))) for i, (x, y) in enumerate(zip(lon, lat, strict=True))}
    size = len(graph.x)
    times = dijkstra(
        csr_array((graph.minutes.astype(float), graph.indices, graph.indptr), shape=(size, size))
    )
    known = [i for i, n in found.items() if n is not None]
    return {(found[i], found[j]): times[i, j] for i, j in itertools.permutations(known, 2)}


def same_minutes(one, other, *, least=30):
    """Whether two answers agree on the pairs both know."""
    both = one.keys() & other.keys()
    assert len(both) >= least
    for pair in both:
        assert one[pair] == pytest.approx(other[pair], rel=2e-5, abs=1e-5), pair
    assert any(np.isfinite(one[pair]) for pair in both)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("simplify", [False, True])
def test_an_osmnx_graph_gives_the_minutes_of_the_streets_it_was_made_of(osm, through, mode, simplify):
    streets = {i: street for i, street in STREETS.items() if i not in (106, 107, 108, 111, 112)}
    ways, note = through(osm(streets, simplify=simplify))
    assert note == ""
    same_minutes(minutes(ways, mode), minutes(town(streets), mode), least=30)


@pytest.mark.parametrize("mode", MODES)
def test_where_osmnx_joined_streets_that_differ_no_trip_is_quicker(osm, through, mode):
    joined, drawn = minutes(through(osm(simplify=True))[0], mode), minutes(town(), mode)
    both = joined.keys() & drawn.keys()
    assert len(both) >= 10
    assert all(joined[pair] >= drawn[pair] * (1 - 1e-5) for pair in both)


def test_a_two_way_street_is_one_street(osm, through):
    ways, _ = through(osm({100: STREETS[100], 102: STREETS[102]}))
    assert ways.way_id.tolist() == [100, 102]
    one, other = (ways.profiles[i].kmh["car"] for i in ways.profile)
    assert one == (50.0, 50.0)
    assert other == (30.0, 0.0)
    assert ways.nodes[ways.ptr[1] : ways.ptr[2]].tolist() == [3, 2]


def test_walkers_go_both_ways_in_a_one_way_street(osm, through):
    ways, _ = through(osm())
    walks = [ways.profiles[i].kmh["walk"] for i in ways.profile]
    assert all(along == against > 0 for along, against in walks)


def test_the_line_of_a_simplified_street_is_kept_with_invented_points(osm, through):
    ways, _ = through(osm({101: STREETS[101], 100: STREETS[100], 105: STREETS[105]}, simplify=True))
    assert (ways.node_id < 0).sum() == 4
    drawn = set(zip(ways.lon.tolist(), ways.lat.tolist(), strict=True))
    assert {POINTS[6], POINTS[7]} <= drawn


def test_of_several_values_the_slowest_counts(osm, through):
    streets = {
        1: ([1, 2], {"highway": "primary", "maxspeed": "50"}),
        2: ([2, 3], {"highway": "residential", "maxspeed": "30"}),
    }
    ways, _ = through(osm(streets, simplify=True))
    assert len(ways.way_id) == 1
    (profile,) = ways.profiles
    assert profile.kind == "residential"
    assert profile.kmh["car"] == (30.0, 30.0)


def test_a_mode_passes_only_where_every_part_lets_it(osm, through):
    streets = {1: ([1, 2], {"highway": "residential"}), 2: ([2, 3], {"highway": "footway"})}
    ways, _ = through(osm(streets, simplify=True))
    (profile,) = ways.profiles
    assert profile.kmh["car"] == (0.0, 0.0)
    assert min(profile.kmh["walk"]) > 0


def test_a_street_that_is_partly_none_is_left_out(osm, through):
    graph = osm({100: STREETS[100], 102: STREETS[102]})
    for _, _, data in graph.edges(data=True):
        if data["osmid"] == 102:
            data["highway"] = ["tertiary", "proposed"]
    assert through(graph)[0].way_id.tolist() == [100]


def test_a_graph_with_the_words_of_the_tag_is_read_by_the_tag(osm, through, monkeypatch):
    monkeypatch.setattr(ox.settings, "all_oneway", True)
    ways, note = through(osm())
    assert note == ""
    same_minutes(minutes(ways, "car"), minutes(town(), "car"), least=30)


def test_a_graph_for_walking_is_doubted_for_cars(osm, through):
    ways, note = through(osm({102: STREETS[102]}, bidirectional=True))
    assert note == TWO_WAY_DOUBT
    assert ways.profiles[0].kmh["car"] == (30.0, 30.0)


def test_roundabouts_stay_one_way_in_a_graph_for_walking(osm, through):
    ways, _ = through(osm({109: STREETS[109]}, bidirectional=True))
    assert {ways.profiles[i].kmh["car"][1] for i in ways.profile} == {0.0}


def test_speeds_by_direction_follow_the_way_and_not_the_edge(osm, through, monkeypatch):
    monkeypatch.setattr(
        ox.settings, "useful_tags_way", ["highway", "maxspeed:forward", "maxspeed:backward", "oneway"]
    )
    tags = {"highway": "primary", "maxspeed:forward": "30", "maxspeed:backward": "50"}
    ways, _ = through(osm({1: ([2, 1], tags)}))
    assert ways.nodes.tolist() == [2, 1]
    assert ways.profiles[0].kmh["car"] == (30.0, 50.0)


def test_a_bollard_in_the_graph_stops_cars(osm, through):
    graph = osm()
    graph.nodes[2]["barrier"] = "bollard"
    assert through(graph)[0].barred["car"].tolist() == [2]


@pytest.mark.parametrize("simplify", [False, True])
def test_a_projected_graph_is_brought_back_to_degrees_and_says_so(osm, through, simplify):
    graph = osm(simplify=simplify)
    straight, _ = through(graph)
    projected, note = through(ox.project_graph(graph, to_crs="EPSG:3003"))
    assert note == "Le coordinate erano in EPSG:3003: sono state riportate in gradi."
    assert sorted(projected.way_id) == sorted(straight.way_id)
    for one, other in ((projected.lon, straight.lon), (projected.lat, straight.lat)):
        assert np.abs(np.sort(one) - np.sort(other)).max() < 2e-7
    same_minutes(minutes(projected, "car"), minutes(straight, "car"), least=10)


def test_the_graph_says_when_it_was_made(osm, through):
    graph = osm()
    graph.graph["created_date"] = "2026-10-03 12:00:00"
    assert through(graph)[0].date == "2026-10-03"


def test_nodes_without_a_number_get_one(osm, through):
    graph = nx.relabel_nodes(osm({100: STREETS[100]}), {1: "piazza", 2: "stazione"})
    assert set(through(graph)[0].nodes.tolist()) == {1, 2}


GRAPHML = (
    '<?xml version="1.0"?><graphml xmlns="http://graphml.graphdrawing.org/xmlns">'
    '<key id="x" for="node" attr.name="x" attr.type="string"/><key id="y" for="node" attr.name="y" attr.type="string"/>'
    '<key id="h" for="edge" attr.name="highway" attr.type="string"/>'
    '<key id="g" for="edge" attr.name="geometry" attr.type="string"/>'
    '<key id="c" for="graph" attr.name="crs" attr.type="string"/>'
    '<graph edgedefault="{kind}">{crs}'
    '<node id="1"><data key="x">{x}</data><data key="y">45.46</data></node>'
    '<node id="2"><data key="x">9.2</data>{y}</node>'
    '<edge source="1" target="2"><data key="h">{highway}</data>{line}</edge></graph></graphml>'
)
GOOD = {
    "kind": "directed", "crs": '<data key="c">epsg:4326</data>', "x": "9.19", "y": '<data key="y">45.46</data>',
    "highway": "residential", "line": "",
}  # fmt: skip


def test_the_smallest_graph_is_read(tmp_path):
    path = tmp_path / "small.graphml"
    path.write_text(GRAPHML.format(**GOOD))
    ways, note = read_graphml(path)
    assert ways.nodes.tolist() == [1, 2]
    assert (ways.way_id.tolist(), note) == ([0], "")


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"crs": ""}, "manca il sistema di coordinate («crs»): non è un grafo di OSMnx"),
        (
            {"crs": '<data key="c">epsg:999999</data>'},
            "il sistema di coordinate «epsg:999999» non si conosce",
        ),
        ({"crs": '<data key="c">Gauss</data>'}, "il sistema di coordinate «Gauss» non si conosce"),
        (
            {"x": "514000"},
            "le coordinate non sono quelle che il file dichiara: la prima fuori posto è (514000, 45.46)",
        ),
        (
            {"x": "nan"},
            "le coordinate non sono quelle che il file dichiara: la prima fuori posto è (nan, 45.46)",
        ),
        ({"x": "est"}, "ai nodi mancano le coordinate x e y: non è un grafo di OSMnx"),
        ({"y": ""}, "ai nodi mancano le coordinate x e y: non è un grafo di OSMnx"),
        ({"kind": "undirected"}, "il grafo non ha versi: va salvato da OSMnx prima di to_undirected"),
        ({"highway": "proposed"}, "non contiene nessuna strada che si possa percorrere"),
        (
            {"line": '<data key="g">LINESTRING (9 </data>'},
            "alcune strade hanno una geometria che non si legge",
        ),
        ({"line": '<data key="g">POINT (9 45)</data>'}, "alcune strade hanno una geometria che non si legge"),
    ],
)
def test_a_graph_that_is_not_one_of_osmnx_says_why(tmp_path, changed, reason):
    path = tmp_path / "odd.graphml"
    path.write_text(GRAPHML.format(**GOOD | changed))
    with pytest.raises(FileUnreadable) as fault:
        read_graphml(path)
    assert (fault.value.file, fault.value.reason) == ("odd.graphml", reason)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "il file è vuoto"),
        (b"PK\x03\x04 zip", "non è un file GraphML"),
        (b"id,x,y\n1,9,45\n", "non è un file GraphML"),
        (b"<html><body/></html>", "non è un file GraphML"),
        (GRAPHML.format(**GOOD).encode()[:300], "il file è troncato o guasto alla riga 1"),
        (
            GRAPHML.format(**GOOD).replace("<edge", "<no").replace("/edge", "/no").encode(),
            "non contiene nessuna strada",
        ),
        (GRAPHML.format(**GOOD).replace('key="h">', 'key="z">').encode(), "non è un file GraphML"),
    ],
)
def test_a_file_that_is_no_graph_says_why(tmp_path, content, reason):
    path = tmp_path / "odd.graphml"
    path.write_bytes(content)
    with pytest.raises(FileUnreadable) as fault:
        read_graphml(path)
    assert fault.value.reason == reason


def test_a_compressed_graph_cut_short_says_why(osm, tmp_path):
    path = tmp_path / "town.graphml.gz"
    ox.save_graphml(osm(), path)
    assert len(read_graphml(path)[0].way_id) > 5
    path.write_bytes(path.read_bytes()[:400])
    with pytest.raises(FileUnreadable):
        read_graphml(path)


def test_a_file_that_is_not_there_says_so(tmp_path):
    with pytest.raises(FileUnreadable) as fault:
        read_graphml(tmp_path / "none.graphml")
    assert fault.value.reason == "non c'è"


@pytest.fixture
def ours():
    return to_osmnx(build_graph(town(), "car"), METRES, mode="car")


def test_osmnx_takes_our_graph_for_its_own(ours, tmp_path):
    ox.convert.validate_graph(ours, strict=True)
    write_graphml(ours, tmp_path / "town.graphml")
    loaded = ox.load_graphml(tmp_path / "town.graphml")
    ox.convert.validate_graph(loaded, strict=True)
    assert set(loaded.edges(keys=True)) == set(ours.edges(keys=True))
    for u, v, data in ours.edges(data=True):
        assert loaded[u][v][0] == data
    for node, data in ours.nodes(data=True):
        assert loaded.nodes[node] == data


def test_osmnx_describes_and_routes_our_graph(ours):
    nodes, edges = ox.graph_to_gdfs(ours)
    assert nodes.crs == edges.crs == DEGREES
    assert edges.geometry.is_valid.all()
    stats = ox.basic_stats(ours)
    assert stats["n"] == len(ours)
    assert stats["edge_length_total"] == pytest.approx(edges["length"].sum())
    start, end = _at(ours, 1), _at(ours, 5)
    way = ox.routing.shortest_path(ours, start, end, weight="travel_time")
    assert (way[0], way[-1]) == (start, end)


def _at(graph, number) -> int:
    return next(n for n, data in graph.nodes(data=True) if (data["x"], data["y"]) == POINTS[number])


def test_what_osmnx_reads_of_a_street(ours):
    (street,) = (data for *_, data in ours.out_edges(_at(ours, 3), data=True) if data["osmid"] == 102)
    assert street["highway"] == "tertiary"
    assert street["oneway"] is True
    assert street["speed_kph"] == pytest.approx(30)
    assert street["travel_time"] == pytest.approx(street["length"] / 1000 / 30 * 3600, rel=1e-5)
    assert "geometry" not in street


def test_lines_run_from_the_start_to_the_end_of_their_edge(ours):
    bent = [(u, v, data["geometry"]) for u, v, data in ours.edges(data=True) if "geometry" in data]
    assert bent
    for u, v, line in bent:
        assert line.coords[0] == (ours.nodes[u]["x"], ours.nodes[u]["y"])
        assert line.coords[-1] == (ours.nodes[v]["x"], ours.nodes[v]["y"])


def test_a_street_both_ways_is_one_street_in_osmnx(ours):
    ways = {(u, v, data["osmid"]) for u, v, data in ours.edges(data=True)}
    for u, v, data in ours.edges(data=True):
        round_about = data["osmid"] == 109
        assert data["oneway"] is (round_about or (v, u, data["osmid"]) not in ways)


def test_streets_are_counted_as_osmnx_does_and_on_a_roundabout_better(ours):
    """It takes two halves of a ring, from one node to another and back, for one street."""
    counted, told = dict(ours.nodes(data="street_count")), ox.stats.count_streets_per_node(ours)
    ring = {node for u, v, data in ours.edges(data=True) if data["osmid"] == 109 for node in (u, v)}
    assert {node: n for node, n in counted.items() if node not in ring} == {
        node: n for node, n in told.items() if node not in ring
    }
    assert counted[_at(ours, 10)] == counted[_at(ours, 11)] == 3


@pytest.mark.parametrize("mode", MODES)
def test_out_and_in_again_the_minutes_are_the_same(tmp_path, mode):
    ways = town()
    write_graphml(to_osmnx(build_graph(ways, mode), METRES, mode=mode), tmp_path / "town.graphml")
    again, note = read_graphml(tmp_path / "town.graphml")
    assert note == f"Le velocità sono quelle scritte nel file, che vale per un solo mezzo ({mode})."
    same_minutes(minutes(again, mode), minutes(ways, mode))
    others = [other for other in MODES if other != mode]
    assert all(len(build_graph(again, other).indices) == 0 for other in others)


def test_of_an_area_only_the_streets_inside(ours):
    west = shapely.box(9.18, 45.45, 9.195, 45.47)
    part = to_osmnx(build_graph(town(), "car"), METRES, mode="car", area=west)
    assert {(u, v) for u, v in part.edges()} == {
        (u, v) for u, v in ours.edges() if max(ours.nodes[u]["x"], ours.nodes[v]["x"]) < 9.195
    }
    assert part.number_of_edges() > 2
    assert all(part.nodes[n]["street_count"] == ours.nodes[n]["street_count"] for n in part)


def test_of_an_area_without_streets_there_is_no_graph():
    with pytest.raises(NetworkError):
        to_osmnx(build_graph(town(), "car"), METRES, mode="car", area=shapely.box(10, 45, 10.1, 45.1))


def test_a_graph_is_written_whole_or_not_at_all(ours, tmp_path, monkeypatch):
    path = tmp_path / "town.graphml"
    path.write_text("quello di prima")

    def full(graph, where):
        Path(where).write_text("<graphml>")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(ox, "save_graphml", full)
    with pytest.raises(FileUnwritable):
        write_graphml(ours, path)
    assert path.read_text() == "quello di prima"
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_is_not_there_is_said(ours, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(FileUnwritable):
        write_graphml(ours, tmp_path / "file" / "town.graphml")
