"""From an extract to a network: what drawn towns allow, where answers hold, and what is told on the way."""

import errno

import geopandas as gpd
import numpy as np
import pytest
import shapely

from errors import FileUnreadable, FileUnwritable
from geo import street_time
from geo.crs import DEGREES, METRES
from geo.network import MODES
from geo.speeds import WALK_KMH
from geo.street_time import between, enter
from geo.streets import make as making
from geo.streets import store
from geo.streets.make import CELL, EDGE_CELLS, buffered, extent_of, make, metres_for
from geo.streets.pbf import read_pbf
from tests.streets.making import ROAD, at, from_file, in_memory, node_at, ways_of
from tests.streets.towns import Town, place, street

TOWN = Town(
    """
    A---B---C---D
    |   |   |   |
    E---F---G---H
    |           |
    I---J---K---L       M---N
    """,
    [
        ("ABCD", street()),
        ("AEI", street()),
        ("DHL", street()),
        ("EF", street()),
        ("FB", street("secondary", oneway="yes")),
        ("CG", street(access="private")),
        ("GH", street("footway")),
        ("FG", street("motorway")),
        ("IJKL", street("primary", maxspeed="70")),
        ("MN", street()),
    ],
)
"""Streets 400 m apart: F to B one way, C to G private, G to H on foot, F to G a motorway, M to N joined to nothing."""


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    return from_file(TOWN, tmp_path_factory.mktemp("town"))


def along(streets, names, mode):
    """Minutes at free flow along places, as nodes of the graph joined by the quickest ways; inf where there is none."""
    graph = streets.graphs[mode]
    start, end = (node_at(graph, *TOWN.degrees[name]) for name in (names[0], names[-1]))
    if start is None or end is None:
        return np.inf
    rows = street_time.search.within(graph.ahead, [start], limit=np.inf)
    minutes = dict(zip(rows.node.tolist(), rows.minutes.tolist(), strict=True))
    return minutes.get(end, np.inf)


# What tags mean, through the whole chain


def test_a_one_way_street_is_a_detour_back_for_cars_and_none_on_foot(town):
    assert along(town, "FB", "car") == pytest.approx(0.48, abs=0.01), "400 m at 50 km/h"
    assert along(town, "BF", "car") == pytest.approx(along(town, "BAEF", "car"))
    assert along(town, "BF", "car") > 2.5 * along(town, "FB", "car")
    assert along(town, "BF", "walk") == pytest.approx(along(town, "FB", "walk"))


def test_nobody_goes_through_a_private_road(town):
    direct = 400 / 1000 / WALK_KMH * 60
    for mode in MODES:
        assert along(town, "CG", mode) > direct or mode != "walk"
    assert along(town, "CG", "walk") == pytest.approx(3 * direct, rel=0.01), "by D and H"


def test_nobody_walks_or_cycles_on_a_motorway(town):
    direct = 400 / 1000 / WALK_KMH * 60
    assert along(town, "FG", "walk") == pytest.approx(5 * direct, rel=0.01), "by B, C, D and H"
    for mode in ("walk", "bike"):
        graph = town.graphs[mode]
        assert not np.isin(graph.way, TOWN.way("FG")).any()
    assert np.isin(town.graphs["car"].way, TOWN.way("FG")).any()


def test_a_motorway_that_cannot_be_left_takes_nobody_in(town):
    graph = town.graphs["car"]
    assert not graph.snaps[node_at(graph, *TOWN.degrees["G"])]


def test_who_lives_on_an_isolated_street_enters_the_others(town):
    ends = enter(town, at(TOWN, "MNL"), mode="car")
    graph = town.graphs["car"]
    last = node_at(graph, *TOWN.degrees["L"])
    assert ends.node.tolist() == [last] * 3
    assert ends.minutes[1] - ends.minutes[0] == pytest.approx(400 / 1000 / WALK_KMH * 60, rel=0.01)
    assert town.about.counts["car"].dead == graph.snaps.size - town.about.counts["car"].entrances
    assert town.about.counts["car"].dead >= 3, "M, the stop before N, N, and G"


def test_the_counts_are_those_of_the_graph_and_are_told_as_they_come(tmp_path):
    said = []
    made = from_file(TOWN, tmp_path, progress=lambda *one: said.append(one), notes=["una nota"])
    assert said == [(mode, made.about.counts[mode]) for mode in MODES]
    for mode, told in said:
        graph = made.graphs[mode]
        assert told[:2] == (len(graph.x), len(graph.indices))
        assert told.entrances == graph.snaps.sum()
    assert made.about.counts["walk"].km == pytest.approx(0.4 * 14, rel=0.01), (
        "all but the private road and the motorway"
    )
    assert made.about.notes == ("una nota",)
    assert made.about.date == "2026-05-01"
    assert made.about.source == "prova.osm.pbf"


# Along a long road

ROADS = Town("A" + " " * 29 + "B", {"AB": street("tertiary")})


def test_a_point_along_a_long_straight_road_enters_near_it(tmp_path):
    streets = from_file(ROADS, tmp_path)
    line = shapely.LineString(ROADS.degrees.values())
    spots = gpd.GeoSeries(
        [line.interpolate(share, normalized=True) for share in np.linspace(0, 1, 41)], crs=DEGREES
    )
    for mode in MODES:
        walked = enter(streets, spots, mode=mode).minutes - enter(streets, spots[:1], mode=mode).minutes
        assert walked.max() <= 151 / 1000 / WALK_KMH * 60
    assert streets.about.counts["car"].nodes == 11


# Where answers hold


def test_without_an_area_answers_hold_in_the_cells_with_streets_and_around_them(town):
    inside = at(TOWN, "AILD")
    assert shapely.contains(town.extent, inside).all()
    west = shapely.Point(9.19 - (EDGE_CELLS + 1) * CELL[0], 45.46)
    assert not town.extent.contains(west)


def test_the_extent_lies_within_the_area_asked_for(tmp_path):
    area = shapely.box(9.191, 45.458, 9.1965, 45.461)
    made = from_file(TOWN, tmp_path, area=area)
    assert made.extent.within(area.buffer(1e-5))
    assert made.extent.area == pytest.approx(area.area, rel=1e-3)
    covered = street_time.covers(made, at(TOWN, "ABI"), mode="walk")
    assert covered.tolist() == [False, True, False]


def test_an_area_of_several_parts_is_kept_whole(tmp_path):
    parts = shapely.MultiPolygon(
        [shapely.box(9.19, 45.45, 9.191, 45.46), shapely.box(9.193, 45.45, 9.194, 45.46)]
    )
    made = from_file(TOWN, tmp_path, area=parts)
    assert made.extent.is_valid
    assert len(shapely.get_parts(made.extent)) == 2


def test_a_way_that_leaves_the_area_and_comes_back_is_found(tmp_path):
    area = shapely.box(9.1895, 45.4595, 9.2063, 45.4605)
    around = buffered(area, 2)
    assert area.within(around)
    metres = gpd.GeoSeries([area, around], crs=DEGREES).to_crs(METRES)
    assert shapely.hausdorff_distance(metres[0].exterior, metres[1].exterior) == pytest.approx(2000, rel=0.05)
    ways = read_pbf(TOWN.write(tmp_path / "town.osm.pbf"), box=around.bounds)
    made = make(tmp_path, "prova", ways, source="", area=area)
    assert not made.extent.contains(shapely.Point(TOWN.degrees["E"]))
    trip = between(made, at(TOWN, "B"), at(TOWN, "D"), mode="car").iloc[0]
    assert trip < 15
    lone = read_pbf(tmp_path / "town.osm.pbf", box=area.bounds)
    assert len(lone.way_id) < len(ways.way_id)


def test_where_no_street_is_there_is_no_network(tmp_path):
    ways = read_pbf(TOWN.write(tmp_path / "town.osm.pbf"))
    with pytest.raises(FileUnreadable, match="non contiene strade nell'area chiesta"):
        make(tmp_path / "networks", "prova", ways, source="x", area=shapely.box(10.5, 45, 10.6, 45.1))
    assert not (tmp_path / "networks").exists()
    with pytest.raises(FileUnreadable):
        make(tmp_path / "networks", "prova", ways_of({}, []), source="x")


def test_cells_far_apart_leave_no_answers_between_them():
    at_two = {1: place(0, 0), 2: place(2, 0), 3: place(300, 0), 4: place(302, 0)}
    both = ways_of(at_two, [([1, 2], ROAD), ([3, 4], ROAD), ([2, 3], ROAD._replace(kind="motorway"))])
    streets = in_memory(both)
    assert len(shapely.get_parts(streets.extent)) == 2
    assert extent_of({}, METRES, None).is_empty


def test_metres_suit_the_place():
    assert metres_for(ways_of({1: (9.19, 45.46), 2: (9.2, 45.46)}, [([1, 2], ROAD)])) == METRES
    assert metres_for(ways_of({1: (-8.6, 41.1), 2: (-8.61, 41.1)}, [([1, 2], ROAD)])) == "EPSG:32629"
    assert metres_for(ways_of({1: (-51.2, -30.0), 2: (-51.21, -30.0)}, [([1, 2], ROAD)])) == "EPSG:32722"
    assert metres_for(ways_of({}, [])) == METRES


# Interrupted


@pytest.mark.parametrize(
    ("where", "fault", "raised"),
    [
        (making, KeyboardInterrupt(), KeyboardInterrupt),
        (store, KeyboardInterrupt(), KeyboardInterrupt),
        (store, OSError(errno.ENOSPC, "No space left on device"), FileUnwritable),
    ],
    ids=["ctrl_c_while_building", "ctrl_c_while_writing", "full_disk"],
)
def test_a_build_that_stops_leaves_the_network_of_before(town, tmp_path, monkeypatch, where, fault, raised):
    from_file(TOWN, tmp_path)
    store.use(tmp_path, "prova")
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    really, calls = making.build_graph, []

    def stop(*args, **how):
        calls.append(args)
        if len(calls) > 1 or where is store:
            raise fault
        return really(*args, **how)

    monkeypatch.setattr(where, "build_graph" if where is making else "_write", stop)
    with pytest.raises(raised):
        from_file(TOWN, tmp_path, area=shapely.box(9.19, 45.45, 9.20, 45.46))
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before
    assert store.active(tmp_path).about.name == "prova"
