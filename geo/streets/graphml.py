"""Streets in and out of GraphML as OSMnx writes it, for notebooks and QGIS."""

import errno
import gzip
import os
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final
from xml.etree.ElementTree import ParseError

import networkx as nx
import numpy as np
import osmnx as ox
import pyproj
import shapely
from shapely import LineString, MultiPolygon, Polygon

from errors import FileUnreadable, NetworkEmpty
from geo.crs import DEGREES
from geo.network import MODES, Floats, Ints
from geo.streets import rules
from geo.streets.edges import Edge, Meaning, by_direction, by_tag, keeps_tags, pairs, way_ids
from geo.streets.gather import Row, gather
from geo.streets.graph import Graph
from geo.streets.ways import KINDS, Profile, Ways
from geo.whole import whole

MADE_BY: Final = "atlante"
"""In ``created_with`` of our own files, whose speeds are taken as they are."""

TWO_WAY_DOUBT: Final = (
    "Nel grafo nessuna strada è a senso unico: forse è stato scaricato per andare a piedi, e per l'auto i sensi "
    "unici mancano."
)


def read_graphml(path: Path) -> tuple[Ways, str]:
    """Streets of an OSMnx graph, simplified or not.

    An edge and its twin (the same ways and line, backwards) become one street, open both ways as far as its tags
    let. An edge without a twin is one-way, with what its tags let back (walkers always). Where simplification left
    several values of a tag, the slowest of them counts, and a mode passes only if all of them let it. Ferries go at
    their usual speed: OSMnx cuts them in pieces that a timetable does not know. In a graph made with ``all_oneway``
    the tag says the direction. Our own files (``to_osmnx``) hold the speeds of one mode, and only that is read.

    Returns
    -------
    ways
        In degrees; points between junctions get invented ids below zero. ``date`` is when the graph was made.
    note
        What its maker should know, in Italian; "" if nothing.

    Raises
    ------
    FileUnreadable
        With the reason in Italian: no GraphML, cut short, no OSMnx graph, without streets, coordinates that cannot
        be brought to degrees.
    """
    try:
        return _read(path)
    except _Unfit as fault:
        raise FileUnreadable(file=path.name, reason=str(fault)) from fault


class _Unfit(ValueError):
    """What is wrong with a file, in Italian."""


def _read(path: Path) -> tuple[Ways, str]:
    graph = _parsed(path)
    bring, note = _to_degrees(graph)
    numbers = _numbers(graph)
    at = _points(graph, numbers, bring)
    edges = _edges(graph, numbers, bring)
    streets = list(pairs(edges))
    mode = _our_mode(graph)
    meaning = _by_speed(mode) if mode else by_tag if keeps_tags(edges) else by_direction
    rows = _rows(streets, meaning, at)
    barred = {numbers[node]: rules.barred(tags) for node, tags in graph.nodes(data=True)}
    ways = gather(rows, at, barred=barred, date=str(graph.graph.get("created_date", ""))[:10])
    if not len(ways.way_id):
        raise _Unfit("non contiene nessuna strada che si possa percorrere")
    notes = [note]
    if mode:
        notes.append(f"Le velocità sono quelle scritte nel file, che vale per un solo mezzo ({mode}).")
    elif meaning is by_direction and all(twin for _, twin in streets):
        notes.append(TWO_WAY_DOUBT)
    return ways, " ".join(one for one in notes if one)


def _parsed(path: Path) -> nx.MultiDiGraph:
    """The graph as it is in the file, everything as text."""
    try:
        graph = nx.read_graphml(path, node_type=str, edge_key_type=str, force_multigraph=True)
    except FileNotFoundError as fault:
        raise _Unfit("non c'è") from fault
    except ParseError as fault:
        raise _Unfit(_why(path, fault)) from fault
    except (EOFError, zlib.error) as fault:
        raise _Unfit("il file compresso è troncato o guasto") from fault
    except (nx.NetworkXError, KeyError, ValueError, gzip.BadGzipFile) as fault:
        raise _Unfit("non è un file GraphML") from fault
    except OSError as fault:
        raise _Unfit(fault.strerror or str(fault)) from fault
    if not graph.is_directed():
        raise _Unfit("il grafo non ha versi: va salvato da OSMnx prima di to_undirected")
    if not graph.number_of_edges():
        raise _Unfit("non contiene nessuna strada")
    return graph


def _why(path: Path, fault: ParseError) -> str:
    """Whether a file that is no XML was cut short or never was one."""
    with path.open("rb") as file:
        start = file.read(512).lstrip(b"\xef\xbb\xbf \t\r\n")
    if not start:
        return "il file è vuoto"
    if not start.startswith((b"<?xml", b"<graphml")):
        return "non è un file GraphML"
    return f"il file è troncato o guasto alla riga {fault.position[0]}"


def _to_degrees(graph: nx.MultiDiGraph) -> tuple[Callable[[Floats], Floats], str]:
    """What brings the coordinates of a graph to degrees, and what to say of it."""
    told = str(graph.graph.get("crs", "")).strip()
    if not told:
        raise _Unfit("manca il sistema di coordinate («crs»): non è un grafo di OSMnx")
    try:
        crs = pyproj.CRS.from_user_input(told)
        project = pyproj.Transformer.from_crs(crs, DEGREES, always_xy=True)
    except pyproj.exceptions.ProjError as fault:
        raise _Unfit(f"il sistema di coordinate «{told[:60]}» non si conosce") from fault
    same = crs.equals(DEGREES, ignore_axis_order=True)

    def bring(xy: Floats) -> Floats:
        lon, lat = (xy[:, 0], xy[:, 1]) if same else project.transform(xy[:, 0], xy[:, 1])
        return np.column_stack([lon, lat])

    return bring, "" if same else f"Le coordinate erano in {_name(crs)}: sono state riportate in gradi."


def _name(crs: pyproj.CRS) -> str:
    code = crs.to_epsg()
    return f"EPSG:{code}" if code else str(crs.name)


def _numbers(graph: nx.MultiDiGraph) -> dict[str, int]:
    """The number of each node: its own, or from 1 where some node has none."""
    try:
        return {node: int(node) for node in graph}
    except ValueError:
        return {node: number for number, node in enumerate(graph, start=1)}


def _points(
    graph: nx.MultiDiGraph, numbers: Mapping[str, int], bring: Callable[[Floats], Floats]
) -> dict[int, tuple[float, float]]:
    """Degrees of every node; raises ``_Unfit`` where they are none."""
    try:
        xy = np.array([(float(told["x"]), float(told["y"])) for _, told in graph.nodes(data=True)])
    except (KeyError, ValueError) as fault:
        raise _Unfit("ai nodi mancano le coordinate x e y: non è un grafo di OSMnx") from fault
    return dict(zip(numbers.values(), map(tuple, _on_earth(bring(xy), xy).tolist()), strict=True))


def _on_earth(degrees: Floats, xy: Floats) -> Floats:
    """Degrees to the seventh decimal, as OpenStreetMap keeps them; raises ``_Unfit`` where they cannot be."""
    fit = np.isfinite(degrees).all(axis=1) & (np.abs(degrees) <= (180, 90)).all(axis=1)
    if not fit.all():
        x, y = xy[np.flatnonzero(~fit)[0]]
        raise _Unfit(
            f"le coordinate non sono quelle che il file dichiara: la prima fuori posto è ({x:g}, {y:g})"
        )
    return np.round(degrees, 7)


def _edges(
    graph: nx.MultiDiGraph, numbers: Mapping[str, int], bring: Callable[[Floats], Floats]
) -> list[Edge]:
    """Every edge of the graph, its line without the ends."""
    told = list(graph.edges(data=True))
    drawn = [i for i, (_, _, data) in enumerate(told) if data.get("geometry")]
    lines = shapely.from_wkt([str(told[i][2]["geometry"]) for i in drawn], on_invalid="ignore")
    if not np.all(shapely.get_type_id(lines) == shapely.GeometryType.LINESTRING):
        raise _Unfit("alcune strade hanno una geometria che non si legge")
    xy, line = shapely.get_coordinates(lines, return_index=True)
    degrees = _on_earth(bring(xy), xy)
    cuts = np.searchsorted(line, np.arange(len(drawn) + 1))
    inner = {
        i: tuple(map(tuple, degrees[cuts[row] + 1 : cuts[row + 1] - 1].tolist()))
        for row, i in enumerate(drawn)
    }
    return [
        Edge(numbers[u], numbers[v], inner.get(i, ()), way_ids(data), {k: str(x) for k, x in data.items()})
        for i, (u, v, data) in enumerate(told)
    ]


def _rows(
    streets: Iterable[tuple[Edge, Edge | None]], meaning: Meaning, at: dict[int, tuple[float, float]]
) -> list[Row]:
    """Ways with their points; those between junctions are added to ``at``, numbered below zero."""
    spare = min(0, *at)
    rows: list[Row] = []
    for edge, twin in streets:
        profile = meaning(edge, twin)
        if profile is None:
            continue
        between = range(spare - 1, spare - 1 - len(edge.inner), -1)
        spare -= len(edge.inner)
        at.update(zip(between, edge.inner, strict=True))
        rows.append((edge.ways[0], profile, [edge.tail, *between, edge.head]))
    return rows


def _by_speed(mode: str) -> Meaning:
    """The speeds of our own files."""

    def told(edge: Edge, twin: Edge | None) -> Profile | None:
        try:
            speeds = float(edge.data["speed_kph"]), float(twin.data["speed_kph"]) if twin else 0.0
        except (KeyError, ValueError) as fault:
            raise _Unfit("ad alcune strade manca la velocità («speed_kph»)") from fault
        kind = edge.data.get("highway", "")
        return Profile(kind if kind in KINDS else "unclassified", {mode: speeds})

    return told


def _our_mode(graph: nx.MultiDiGraph) -> str:
    """The mode of a file of ours; "" for others."""
    ours = str(graph.graph.get("created_with", "")).startswith(MADE_BY)
    mode = str(graph.graph.get("mode", ""))
    return mode if ours and mode in MODES else ""


def to_osmnx(
    graph: Graph, crs: str, *, mode: str, area: Polygon | MultiPolygon | None = None
) -> nx.MultiDiGraph:
    """A graph that OSMnx takes for its own, in degrees.

    Parameters
    ----------
    graph
        Streets of one mode.
    crs
        Coordinates of its nodes.
    mode
        The mode it was made for: the speeds are of that mode alone.
    area
        In degrees; only edges with both ends inside. None: all.

    Returns
    -------
    multidigraph
        Nodes, numbered as in ``graph``: ``x``, ``y`` (degrees), ``street_count`` (in the whole graph). Edges:
        ``osmid`` (the first way of several), ``highway`` (one of ``KINDS``), ``length`` (m), ``oneway``,
        ``reversed``, ``speed_kph``, ``travel_time`` (s), ``geometry`` (only where not straight).

    Raises
    ------
    NetworkEmpty
        Where no street lies in the area.
    """
    lon, lat = pyproj.Transformer.from_crs(crs, DEGREES, always_xy=True).transform(graph.x, graph.y)
    lon, lat = np.round(lon, 7), np.round(lat, 7)
    tail = np.repeat(np.arange(len(graph.x)), np.diff(graph.indptr))
    head = np.asarray(graph.indices, dtype=np.int64)
    inside = np.ones(len(lon), dtype=bool) if area is None else shapely.intersects_xy(area, lon, lat)
    kept = np.flatnonzero(inside[tail] & inside[head])
    if not len(kept):
        raise NetworkEmpty(mode=mode)
    made = nx.MultiDiGraph(crs=DEGREES.lower(), simplified=True, created_with=MADE_BY, mode=mode)
    count = _street_count(graph, tail, head)
    for node in np.unique(np.concatenate([tail[kept], head[kept]])).tolist():
        made.add_node(node, x=float(lon[node]), y=float(lat[node]), street_count=int(count[node]))
    made.add_edges_from(
        (u, v, data)
        for u, v, data in zip(tail[kept].tolist(), head[kept].tolist(), _described(graph, kept), strict=True)
    )
    return made


def _street_count(graph: Graph, tail: Ints, head: Ints) -> Ints:
    """How many streets meet at each node, both directions of one counted once."""
    shape = np.asarray(graph.shape)
    once = np.unique(np.where(shape < 0, ~shape, shape), return_index=True)[1]
    return np.bincount(np.concatenate([tail[once], head[once]]), minlength=len(graph.x))


def _described(graph: Graph, kept: Ints) -> Iterator[dict[str, Any]]:
    """The attributes of the edges ``kept``, in order."""
    shape = np.asarray(graph.shape)
    both = np.isin(shape, ~shape)
    metres, minutes = np.asarray(graph.metres, dtype=float), np.asarray(graph.minutes, dtype=float)
    degrees = np.column_stack([graph.lon, graph.lat]) / 1e7
    for edge in kept.tolist():
        against = bool(shape[edge] < 0)
        row = ~shape[edge] if against else shape[edge]
        line = degrees[graph.shape_ptr[row] : graph.shape_ptr[row + 1]]
        data = {
            "osmid": int(graph.way[edge]),
            "highway": KINDS[graph.kind[edge]],
            "length": round(float(metres[edge]), 3),
            "oneway": not both[edge],
            "reversed": against,
            "speed_kph": round(float(metres[edge] / minutes[edge] * 0.06), 4),
            "travel_time": round(float(minutes[edge] * 60), 6),
        }
        if len(line) > 2:
            data["geometry"] = LineString(line[::-1] if against else line)
        yield data


def write_graphml(graph: nx.MultiDiGraph, path: Path) -> None:
    """Write a graph whole or not at all; a file of the same name is replaced only when the new one is whole.

    Raises ``FileUnwritable`` (a full disk, a folder that is not ours).
    """
    with whole(path) as part:
        if not path.parent.is_dir():  # OSMnx would make it
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))
        ox.save_graphml(graph, part)
