"""Answers in parts: the same as in one piece, whatever the parts, on streets, off them and across."""

import functools
import pickle
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import example, given, settings
from hypothesis import strategies as st

from errors import CoordinateError, NetworkError, UnknownCode, UnknownMode
from geo import congestion, parts, street_time, travel_time
from geo.crs import DEGREES, METRES
from geo.network import open_network
from geo.parts import Homewards, Part, Parts, Rim, answer, certain, cut_out
from geo.streets.assemble import build_graph
from geo.streets.pbf import read_pbf
from geo.streets.store import About, Streets
from geo.streets.ways import Profile, Ways
from geo.travel_time import Networks

PORTO = Path(__file__).parents[2] / "shared/opendata/osm_samples/porto_portugal.osm.pbf"
EAST, NORTH = 540_000.0, 5_000_000.0
SIDE, BLOCK_M = 40, 250.0
PROFILES = (
    Profile("residential", {"car": (30, 30), "walk": (4.8, 4.8)}),
    Profile("residential", {"car": (30, 0), "walk": (4.8, 4.8)}),
    Profile("primary", {"car": (60, 60), "walk": (4.8, 4.8)}),
    Profile("motorway", {"car": (120, 120)}),
)
RESIDENTIAL, ONE_WAY, PRIMARY, MOTORWAY = range(4)


def grid(*, even: bool, seed: int = 1) -> Ways:
    """A town of 10 × 10 km in blocks, its tenth streets main roads, its middle one a motorway with few junctions.

    One street in four is missing and one in eight one-way, unless the town is ``even``: then all blocks are alike and
    many ways equally long.
    """
    chance = np.random.default_rng(seed)
    node = np.arange(SIDE * SIDE).reshape(SIDE, SIDE)
    along = np.concatenate(
        [np.stack([node[:, :-1], node[:, 1:]], 2), np.stack([node.T[:, :-1], node.T[:, 1:]], 2)]
    )
    pairs, line = along.reshape(-1, 2), np.tile(np.arange(SIDE), 2).repeat(SIDE - 1)
    kind = np.where(line % 10 == 5, PRIMARY, RESIDENTIAL)
    kind = np.where((kind == RESIDENTIAL) & (chance.random(len(pairs)) < 1 / 8) & (not even), ONE_WAY, kind)
    kept = (kind == PRIMARY) | (chance.random(len(pairs)) < 3 / 4) | even
    motorway = np.stack([node[20, :-8:8], node[20, 8::8]], 1)
    pairs = np.concatenate([pairs[kept], motorway])
    shift = np.zeros((2, SIDE * SIDE)) if even else chance.uniform(-60, 60, (2, SIDE * SIDE))
    row, column = np.divmod(node.ravel(), SIDE)
    at = gpd.GeoSeries.from_xy(
        EAST + column * BLOCK_M + shift[0], NORTH + row * BLOCK_M + shift[1], crs=METRES
    )
    degrees = at.to_crs(DEGREES)
    return Ways(
        way_id=np.arange(len(pairs)),
        profile=np.append(kind[kept], np.full(len(motorway), MOTORWAY)).astype(np.int32),
        ptr=np.arange(0, 2 * len(pairs) + 1, 2),
        nodes=pairs.ravel(),
        profiles=PROFILES,
        node_id=node.ravel(),
        lon=degrees.x.to_numpy(),
        lat=degrees.y.to_numpy(),
        barred={},
        date="",
    )


def streets_of(ways: Ways, crs: str = METRES) -> Streets:
    """A street network of made ways that answers all over the ways' box."""
    box = shapely.box(ways.lon.min(), ways.lat.min(), ways.lon.max(), ways.lat.max())
    graphs = {mode: build_graph(ways, mode, crs=crs) for mode in ("car", "walk")}
    about = About("griglia", "", "", "", crs, shapely.to_wkt(box, rounding_precision=6), "", {})
    return Streets(about, graphs, "")


@functools.cache
def networks(*, even: bool = False, streets: bool = True) -> Networks:
    """The town, and around it a coarse estimated network of villages 4 km apart."""
    column, row = (axis.ravel() for axis in np.meshgrid(np.arange(8), np.arange(8)))
    at = gpd.GeoSeries.from_xy(EAST - 9000 + 4000.0 * column, NORTH - 9000 + 4000.0 * row, crs=METRES)
    costs = {"pace_car": 1.5, "terminal_car": 2.0, "pace_walk": 13.0, "terminal_walk": 0.5, "snaps": True}
    number = np.arange(64).reshape(8, 8)
    beside = [(number[:, :-1], number[:, 1:]), (number[:-1], number[1:])]
    a, b = (np.concatenate([pair[end].ravel() for pair in beside]) for end in (0, 1))
    edges = pd.DataFrame({"a": a, "b": b, "minutes_car": 6.0, "minutes_walk": 52.0})
    nodes = gpd.GeoDataFrame(geometry=at).assign(**costs)
    return Networks(open_network(nodes, edges), streets_of(grid(even=even)) if streets else None)


def places(count: int, *, seed: int, about: float = -200.0, even: bool = False) -> gpd.GeoSeries:
    """Points in the town or up to ``about`` metres around it; ``even`` ones stand at corners and middles of blocks."""
    chance = np.random.default_rng(seed)
    x, y = chance.uniform(-about, SIDE * BLOCK_M + about, (2, count))
    if even:
        x, y = np.round(x / BLOCK_M * 2) * BLOCK_M / 2, np.round(y / BLOCK_M * 2) * BLOCK_M / 2
    names = [f"p{number:05d}" for number in chance.permutation(count)]
    return gpd.GeoSeries.from_xy(EAST + x, NORTH + y, index=names, crs=METRES).to_crs(DEGREES)


def same(one: pd.DataFrame, other: pd.DataFrame) -> None:
    """The very same answers, to the last bit."""
    one, other = (table.astype({"nearest": "str"}) for table in (one, other))
    pd.testing.assert_frame_equal(one, other, check_exact=True)


CASES = given(
    at_once=st.integers(20, 400),
    buffer_m=st.sampled_from([None, 1.0, 300.0, 2500.0, 50_000.0]),
    mode=st.sampled_from(["car", "walk"]),
    desks=st.integers(1, 30),
    seed=st.integers(0, 999),
    even=st.booleans(),
)


@CASES
@settings(max_examples=25)
@example(at_once=60, buffer_m=None, mode="car", desks=1, seed=0, even=True)
def test_number_and_size_of_parts_change_nothing(at_once, buffer_m, mode, desks, seed, even):
    known = networks(even=even)
    asked = {
        "desks": places(desks, seed=seed, about=3000, even=even),
        "points": places(300, seed=seed + 1, about=3000, even=even),
        "mode": mode,
    }
    same(
        parts.nearest(known, **asked, at_once=at_once, buffer_m=buffer_m), travel_time.nearest(known, **asked)
    )


@pytest.mark.parametrize("period", congestion.PERIODS)
def test_every_time_of_day_is_answered_alike(period):
    known, desks, points = networks(), places(9, seed=3), places(500, seed=4, about=4000)
    asked = {"mode": "car", "period": period}
    same(
        parts.nearest(known, desks, points, **asked, at_once=50),
        travel_time.nearest(known, desks, points, **asked),
    )


def test_the_network_without_streets_is_asked_in_parts_too():
    known, desks, points = networks(streets=False), places(9, seed=3), places(500, seed=4, about=4000)
    same(
        parts.nearest(known, desks, points, mode="walk", at_once=70),
        travel_time.nearest(known, desks, points, mode="walk"),
    )


@pytest.mark.parametrize("where", [slice(0, 0), slice(0, 1)])
def test_no_point_and_one_point_are_answered(where):
    known, desks, points = networks(), places(9, seed=3), places(5, seed=4)[where]
    same(
        parts.nearest(known, desks, points, mode="car"), travel_time.nearest(known, desks, points, mode="car")
    )


def test_where_all_desks_lie_off_the_streets_the_estimated_network_answers_as_ever():
    known, points = networks(), places(200, seed=4, about=2000)
    desks = places(4, seed=5).set_crs(DEGREES).to_crs(METRES).translate(-9000, -9000).to_crs(DEGREES)
    assert not known.on_streets(desks, mode="car").any()
    same(
        parts.nearest(known, desks, points, mode="car", at_once=50),
        travel_time.nearest(known, desks, points, mode="car"),
    )


def test_of_desks_equally_near_the_first_is_told_by_every_part():
    known = networks(even=True)
    corners = gpd.GeoSeries.from_xy(
        EAST + BLOCK_M * np.array([30, 10, 10, 30]), NORTH + BLOCK_M * np.array([10, 30, 10, 30]),
        index=["d", "b", "c", "a"], crs=METRES,
    )  # fmt: skip
    points = places(400, seed=1, even=True)
    found = parts.nearest(known, corners, points, mode="walk", at_once=30, buffer_m=500.0)
    same(found, travel_time.nearest(known, corners, points, mode="walk"))
    assert set(found["nearest"]) == {"a", "b", "c", "d"}


def test_what_is_certain_in_an_area_holds_in_the_whole_and_the_rest_may_not():
    known = networks()
    middle, desks = places(300, seed=6), places(12, seed=7)
    asked = Parts(known, desks, middle, mode="car", at_once=25, buffer_m=400.0)
    whole = travel_time.nearest(known, desks, middle, mode="car")
    wrong = uncertain = 0
    for piece in [asked.take() for _ in range(12)]:
        said = answer(asked.part(piece), known.estimated)
        truth = whole["minutes"].to_numpy()[piece.rows]
        right = said.minutes == truth
        assert right[said.certain].all()
        wrong, uncertain = wrong + (~right).sum(), uncertain + (~said.certain).sum()
    assert 0 < wrong <= uncertain


def test_wider_buffers_make_more_certain():
    known, desks, points = networks(), places(12, seed=7), places(300, seed=6)
    sure = []
    for buffer_m in (100.0, 1000.0, 3000.0, 20_000.0):
        asked = Parts(known, desks, points, mode="car", at_once=60, buffer_m=buffer_m)
        for piece in [asked.take() for _ in range(5)]:
            asked.give(piece, answer(asked.part(piece), known.estimated))
        sure.append(asked.done)
    assert sure == sorted(sure)
    assert sure[0] < sure[-1] == 300


def test_a_part_travels_as_bytes_and_holds_only_its_area():
    known, desks, points = networks(), places(40, seed=7), places(300, seed=6)
    asked = Parts(known, desks, points, mode="car", at_once=30, buffer_m=500.0)
    piece = asked.take()
    part = asked.part(piece)
    again: Part = pickle.loads(pickle.dumps(part))
    one, other = (answer(each, known.estimated) for each in (part, again))
    assert all(np.array_equal(a, b, equal_nan=a.dtype == float) for a, b in zip(one, other, strict=True))
    whole, area = known.streets.graphs["car"], part.streets.graphs["car"]
    assert set(part.streets.graphs) == {"car"}
    assert len(area.x) < len(whole.x) / 2
    assert len(area.indices) < len(whole.indices) / 2
    assert len(part.desks) < 40


def test_the_area_keeps_streets_between_its_nodes_and_tells_which_lead_out():
    whole = networks().streets
    graph = whole.graphs["car"]
    keep = graph.x < EAST + 4000
    area, start, edge = cut_out(whole, keep, mode="car")
    cut, nodes = area.graphs["car"], np.flatnonzero(keep)
    tail = np.repeat(np.arange(len(graph.x)), np.diff(graph.indptr))
    inside, leads_out = keep[tail] & keep[graph.indices], keep[tail] & ~keep[graph.indices]
    assert np.array_equal(nodes[np.repeat(np.arange(len(nodes)), np.diff(cut.indptr))], tail[inside])
    assert np.array_equal(nodes[cut.indices], graph.indices[inside])
    assert np.array_equal(cut.back.minutes, cut.minutes[cut.back_edge])
    assert np.array_equal(
        cut.back.indices, np.repeat(np.arange(len(nodes)), np.diff(cut.indptr))[cut.back_edge]
    )
    assert np.array_equal(edge, np.flatnonzero(leads_out))
    assert np.array_equal(nodes[start], tail[leads_out])


def test_the_least_way_to_a_desk_is_never_longer_than_the_way():
    known, desks = networks(), places(12, seed=7)
    graph = known.streets.graphs["car"]
    there = street_time.enter(known.streets, desks, mode="car")
    found = parts.search.nearest(
        street_time.timed(graph, "car", "peak", back=True), there.node[there.on], there.minutes[there.on]
    )
    home = Homewards(known.streets, there, mode="car")
    start = np.repeat(np.arange(len(graph.x)), np.diff(graph.indptr))
    edge = np.arange(len(graph.indices))
    along = street_time.timed(graph, "car", "peak", back=False).minutes[edge] + found.minutes[graph.indices]
    assert (home.rim(start, edge).minutes < along).all()


def test_progress_ends_when_every_point_is_certain():
    known, desks, points = networks(), places(12, seed=7), places(200, seed=6, about=3000)
    asked, done = Parts(known, desks, points, mode="car", at_once=30, buffer_m=200.0), []
    while piece := asked.take():
        asked.give(piece, answer(asked.part(piece), known.estimated))
        done.append(asked.done)
    assert done == sorted(done)
    assert done[-1] == 200


def test_errors_are_those_of_the_whole_and_come_before_any_part():
    known, desks, points = networks(), places(3, seed=7), places(5, seed=6)
    swapped = gpd.GeoSeries.from_xy(points.y, points.x, crs=DEGREES)
    with pytest.raises(CoordinateError) as fault:
        Parts(known, desks, swapped, mode="car")
    assert fault.value.count == 5
    with pytest.raises(UnknownMode):
        Parts(known, desks, points, mode="boat")
    with pytest.raises(UnknownCode):
        Parts(known, desks, points, mode="car", period="midnight")


def test_who_has_other_figures_of_the_traffic_does_not_answer(monkeypatch):
    known = networks()
    asked = Parts(known, places(3, seed=7), places(5, seed=6), mode="car")
    part = asked.part(asked.take())
    changed = {**congestion.read(), "peak": dict.fromkeys(congestion.FITTED, 2.0)}
    monkeypatch.setattr(congestion, "read", lambda: changed)
    with pytest.raises(NetworkError, match="figures"):
        answer(part, known.estimated)


@pytest.mark.skipif(not PORTO.is_file(), reason="no OpenStreetMap sample beside the project")
@pytest.mark.parametrize("mode", ["car", "walk"])
def test_porto_is_answered_in_areas_as_in_one_piece(mode):
    """On streets alone: the estimated network knows only Lombardy."""
    whole = streets_of(read_pbf(PORTO), "EPSG:32629")
    graph, chance = whole.graphs[mode], np.random.default_rng(2)
    x, y = graph.x[graph.snaps], graph.y[graph.snaps]
    some, desk = chance.integers(0, len(x), 3000), chance.integers(0, len(x), 25)
    points = gpd.GeoSeries.from_xy(x[some] + 30, y[some] - 20, crs=whole.about.crs)
    desks = gpd.GeoSeries.from_xy(x[desk], y[desk], crs=whole.about.crs)
    truth = street_time.nearest(whole, desks, points, mode=mode)["minutes"].to_numpy()
    here, there = (street_time.enter(whole, one, mode=mode) for one in (points, desks))
    home, sure = Homewards(whole, there, mode=mode), 0
    for rows in np.array_split(np.argsort(here.node), 10):
        rows = rows[here.on[rows]]  # noqa: PLW2901
        at, keep = here.node[rows], np.ones(len(graph.x), dtype=bool)
        for axis in (graph.x, graph.y):
            keep &= (axis >= axis[at].min() - 2000) & (axis <= axis[at].max() + 2000)
        area, start, edge = cut_out(whole, keep, mode=mode)
        inside = desks[there.on & keep[there.node]]
        found = street_time.nearest(area, inside, points.iloc[rows], mode=mode)["minutes"].to_numpy()
        known = certain(area, home.rim(start, edge), points.iloc[rows], found, mode=mode)
        assert np.array_equal(found[known], truth[rows][known])
        sure += known.sum()
    assert sure > 1500


def test_without_a_rim_everything_is_certain():
    points = places(3, seed=1)
    nothing = Rim(np.zeros(0, np.int64), np.zeros(0))
    assert certain(networks().streets, nothing, points, np.full(3, np.nan), mode="car").all()
