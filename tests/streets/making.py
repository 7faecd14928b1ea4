"""Networks of drawn and of random towns, made as the atlas makes them but kept in memory."""

from collections.abc import Mapping, Sequence
from itertools import pairwise

import geopandas as gpd
import networkx as nx
import numpy as np
import shapely
from hypothesis import strategies as st

from geo.crs import DEGREES, METRES
from geo.network import MODES
from geo.streets.assemble import build_graph, counts
from geo.streets.gather import gather
from geo.streets.make import extent_of, make
from geo.streets.pbf import read_pbf
from geo.streets.store import About, Streets
from geo.streets.ways import KINDS, Profile
from tests.streets.towns import place


def speeds(car=(0.0, 0.0), bike=(0.0, 0.0), walk=(4.8, 4.8)):
    return {"car": car, "bike": bike, "walk": walk}


ROAD = Profile("residential", speeds((30.0, 30.0), (15.0, 15.0)))
UNEVEN = Profile("primary", speeds((90.0, 50.0), (18.0, 12.0)))
ONE_WAY = Profile("secondary", speeds((60.0, 0.0), (18.0, 0.0)))
MOTORWAY = Profile("motorway", speeds((110.0, 0.0), walk=(0.0, 0.0)))
PATH = Profile("path", speeds(bike=(8.0, 8.0)))
FERRY = Profile("ferry", speeds((15.0, 15.0), (15.0, 15.0), (15.0, 15.0)), minutes=12.0)
PROFILES = (ROAD, ROAD, UNEVEN, ONE_WAY, MOTORWAY, PATH, FERRY)

Rows = Sequence[tuple[Sequence[int], Profile]]


def ways_of(at: Mapping[int, tuple[float, float]], rows: Rows, **barred: Sequence[int]):
    """Ways through places given by degrees; the first way has id 1."""
    numbered = [(number, profile, own) for number, (own, profile) in enumerate(rows, start=1)]
    shut = {node: tuple(mode for mode in barred if node in barred[mode]) for node in at}
    return gather(numbered, at, barred=shut, date="2026-05-01")


def in_memory(ways, *, crs=METRES, name="prova", extent=None) -> Streets:
    """What ``make`` gives, without the file."""
    graphs = {mode: build_graph(ways, mode, crs=crs) for mode in MODES}
    told = {mode: counts(graph) for mode, graph in graphs.items()}
    graphs = {mode: graph for mode, graph in graphs.items() if told[mode].entrances}
    shape = extent_of(graphs, crs, None) if extent is None else extent
    about = About(name, "disegnata", ways.date, "2026-05-02", crs, shapely.to_wkt(shape), "1", told)
    return Streets(about, graphs, mark=name)


def from_file(town, folder, name="prova", **options) -> Streets:
    """A drawn town through the whole chain: PBF, ways, network file, network."""
    ways = read_pbf(town.write(folder / f"{name}.osm.pbf"))
    return make(folder, name, ways, source=f"{name}.osm.pbf", **options)


def at(town, places: str) -> gpd.GeoSeries:
    """Places of a drawn town; the index are their letters."""
    return gpd.GeoSeries(
        [shapely.Point(town.degrees[name]) for name in places], index=list(places), crs=DEGREES
    )


@st.composite
def towns(draw, profiles=PROFILES, most=9):
    """Places 300 m apart on a grid, in degrees, and a few ways through them."""
    spots = st.tuples(st.integers(0, 6), st.integers(0, 3))
    grid = draw(st.lists(spots, min_size=3, max_size=most, unique=True))
    places = {number: place(3.0 * column, 1.5 * row) for number, (column, row) in enumerate(grid, start=1)}
    way = st.tuples(
        st.lists(st.sampled_from(sorted(places)), min_size=2, max_size=4), st.sampled_from(profiles)
    ).filter(lambda one: any(a != b for a, b in pairwise(one[0])))
    return places, draw(st.lists(way, min_size=1, max_size=8))


def digraph(csr) -> nx.DiGraph:
    """The same edges for NetworkX; of parallel ones the quickest."""
    tail = np.repeat(np.arange(len(csr.indptr) - 1), np.diff(csr.indptr))
    order = np.lexsort((-csr.minutes, csr.indices, tail))
    made = nx.DiGraph()
    made.add_nodes_from(range(len(csr.indptr) - 1))
    minutes = csr.minutes.astype(float)[order]
    made.add_weighted_edges_from(
        zip(tail[order].tolist(), csr.indices[order].tolist(), minutes.tolist(), strict=True)
    )
    return made


def uncontracted(ways, mode) -> nx.DiGraph:
    """Every straight piece of every way as it is, minutes at free flow; nodes are ids."""
    made = nx.DiGraph()
    degrees = dict(zip(ways.node_id.tolist(), zip(ways.lon, ways.lat, strict=True), strict=True))
    for row, profile in enumerate(ways.profiles[number] for number in ways.profile):
        own = ways.nodes[ways.ptr[row] : ways.ptr[row + 1]].tolist()
        legs = [(a, b, metres_between(degrees[a], degrees[b])) for a, b in pairwise(own)]
        whole = sum(metres for *_, metres in legs)
        for a, b, metres in legs:
            for start, end, kmh in ((a, b, profile.kmh[mode][0]), (b, a, profile.kmh[mode][1])):
                if kmh > 0 and not {a, b} & set(ways.barred[mode].tolist()):
                    spent = metres / whole * profile.minutes if profile.minutes else metres / 1000 / kmh * 60
                    known = made.get_edge_data(start, end, {"weight": np.inf})["weight"]
                    made.add_edge(start, end, weight=min(known, spent))
    return made


def metres_between(one, other):
    """Great circle between two points in degrees, on OSMnx's sphere."""
    (lon_a, lat_a), (lon_b, lat_b) = np.radians(one), np.radians(other)
    half = np.sin((lat_b - lat_a) / 2) ** 2 + np.cos(lat_a) * np.cos(lat_b) * np.sin((lon_b - lon_a) / 2) ** 2
    return 2 * 6_371_009 * np.arcsin(np.sqrt(half))


def node_at(graph, lon, lat, crs=METRES):
    """The number of the node at a point in degrees, within half a metre; None if there is none."""
    spot = gpd.GeoSeries.from_xy([lon], [lat], crs=DEGREES).to_crs(crs)
    far = np.hypot(graph.x - spot.x.iloc[0], graph.y - spot.y.iloc[0])
    return int(far.argmin()) if len(far) and far.min() < 0.5 else None


def kinds(graph):
    """The names of the classes of the edges."""
    return [KINDS[kind] for kind in graph.kind]
