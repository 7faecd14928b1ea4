"""Streets from Overpass, against a small server of the machine's own that answers as we draw it."""

import functools
import http.server
import json
import re
import socket
import threading
from urllib.parse import parse_qs

import numpy as np
import osmnx as ox
import pyproj.database
import pytest
import shapely
from pyproj.database import query_utm_crs_info

from errors import FileUnwritable, SourceUnavailable
from geo.streets import overpass
from geo.streets.overpass import read_overpass

AREA = shapely.box(9.190, 45.460, 9.200, 45.465)
FREE = "Connected as: 1\nCurrent time: 2026-11-22T10:00:00Z\nAnnounced endpoint: none\nRate limit: 2\n{}\n"

POINTS = {
    1: (9.191, 45.461), 2: (9.194, 45.461), 3: (9.199, 45.461), 4: (9.194, 45.464), 5: (9.199, 45.464),
    6: (9.21, 45.47),
}  # fmt: skip
STREETS = {
    10: ([1, 2, 3], {"highway": "residential", "name": "Via Lunga"}),
    11: ([2, 4], {"highway": "residential", "oneway": "yes"}),
    12: ([4, 5], {"highway": "residential", "oneway": "-1"}),
    13: ([5, 6], {"highway": "tertiary"}),
    14: ([1, 4], {"highway": "proposed"}),
}
BOLLARD = {5: {"barrier": "bollard"}}


def answer(streets=STREETS, **more) -> dict:
    """The streets, as Overpass tells them."""
    used = sorted({node for nodes, _ in streets.values() for node in nodes})
    nodes = [
        {"type": "node", "id": n, "lat": POINTS[n][1], "lon": POINTS[n][0]}
        | ({"tags": BOLLARD[n]} if n in BOLLARD else {})
        for n in used
    ]
    ways = [{"type": "way", "id": i, "nodes": nodes, "tags": tags} for i, (nodes, tags) in streets.items()]
    head = {"version": 0.6, "osm3s": {"timestamp_osm_base": "2026-11-20T08:00:00Z"}}
    return head | {"elements": nodes + ways} | more


class Server:
    """An Overpass server: what it says, and what it was asked."""

    def __init__(self):
        self.queries, self.agents, self.status_asked = [], set(), 0
        self.status = (200, FREE.format("2 slots available now."))
        self.reply = lambda query: (200, answer() if '"highway"' in query else answer({}))
        self.url = ""

    def streets_asked(self):
        return len(self.queries)


@pytest.fixture(scope="module", autouse=True)
def one_zone():
    """OSMnx asks at each step which UTM zone the area is in, and that takes half a second: it is asked once."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pyproj.database, "query_utm_crs_info", functools.cache(query_utm_crs_info))
        yield


@pytest.fixture
def server():
    town = Server()

    class Overpass(http.server.BaseHTTPRequestHandler):
        def log_message(self, *_):
            pass

        def do_GET(self):
            town.status_asked += 1
            self.send(*town.status)

        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            query = parse_qs(body)["data"][0]
            town.queries.append(query)
            town.agents.add(self.headers["User-Agent"])
            self.send(*town.reply(query))

        def send(self, code, told, *headers):
            if code == 0:
                self.close_connection = True
                return
            body = (
                told
                if isinstance(told, bytes)
                else (told if isinstance(told, str) else json.dumps(told)).encode()
            )
            self.send_response(code)
            length = {"Content-Length": str(len(body))} | dict(headers)
            for name, value in length.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)
            if "Content-Length" in dict(headers):
                self.close_connection = True

    listening = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Overpass)
    thread = threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    town.url = f"http://127.0.0.1:{listening.server_port}/api"
    yield town
    listening.shutdown()
    thread.join()
    listening.server_close()


@pytest.fixture
def read(server, tmp_path):
    def ask(**more):
        known = {"endpoint": server.url, "cache": tmp_path / "cache", "pauses_s": (0, 0)} | more
        return read_overpass(known.pop("area", AREA), **known)

    return ask


def nodes_of(ways, number):
    i = ways.way_id.tolist().index(number)
    return ways.nodes[ways.ptr[i] : ways.ptr[i + 1]].tolist(), ways.profiles[ways.profile[i]]


def said(fault) -> str:
    return fault.value.reason


def test_the_town_comes_out_as_it_was_drawn(read):
    ways = read()
    assert ways.way_id.tolist() == [10, 11, 12, 13]
    assert nodes_of(ways, 10)[0] == [1, 2, 3]
    assert ways.node_id.tolist() == [1, 2, 3, 4, 5, 6]
    assert dict(zip(ways.node_id.tolist(), zip(ways.lon, ways.lat, strict=True), strict=True)) == POINTS
    assert ways.date == "2026-11-20"


def test_a_one_way_street_keeps_its_direction(read):
    ways = read()
    along, against = nodes_of(ways, 11)[1].kmh["car"]
    assert along > 0
    assert against == 0
    assert nodes_of(ways, 12)[0] == [4, 5]
    along, against = nodes_of(ways, 12)[1].kmh["car"]
    assert along == 0
    assert against > 0
    assert min(nodes_of(ways, 11)[1].kmh["walk"]) > 0


def test_a_bollard_stops_cars_and_lets_walkers_pass(read):
    barred = read().barred
    assert barred["car"].tolist() == [5]
    assert barred["walk"].tolist() == []


def test_a_street_stays_whole_where_it_leaves_the_area(read):
    assert nodes_of(read(), 13)[0] == [5, 6]


def test_a_ferry_is_asked_for_too(server, read):
    read()
    assert [re.search(r"way(\[.*?\])\(", query)[1] for query in server.queries] == [
        '["highway"]',
        '["route"="ferry"]',
    ]


def test_we_say_who_asks_and_ask_for_a_turn(server, read):
    read()
    assert server.agents == {overpass.AGENT}
    assert server.status_asked >= server.streets_asked()


def test_a_second_call_asks_nothing(server, read):
    one = read()
    asked = server.streets_asked(), server.status_asked
    two = read()
    assert (server.streets_asked(), server.status_asked) == asked
    assert np.array_equal(one.nodes, two.nodes)


def test_fresh_streets_are_asked_again(server, read):
    read()
    asked = server.streets_asked()
    read(fresh=True)
    assert server.streets_asked() == 2 * asked


def test_parts_share_streets_that_count_once(server, read):
    whole, parts = read(), read(part_km2=1.0)
    assert server.streets_asked() > 4
    assert parts.way_id.tolist() == whole.way_id.tolist()
    assert parts.node_id.tolist() == whole.node_id.tolist()


def test_an_interrupted_download_goes_on_where_it_stopped(server, read):
    fine = server.reply
    server.reply = lambda query: fine(query) if server.streets_asked() <= 3 else (500, "guasto")
    with pytest.raises(SourceUnavailable) as fault:
        read(part_km2=1.0)
    assert said(fault) == "il server risponde 500"
    kept = set(server.queries[:3])
    server.reply, server.queries = fine, []
    read(part_km2=1.0)
    assert server.queries
    assert not kept & set(server.queries)


def test_ctrl_c_costs_one_part(server, read):
    def stop(told):
        if told.startswith("risposta 3"):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        read(part_km2=1.0, progress=stop)
    kept = set(server.queries[:2])
    server.queries = []
    read(part_km2=1.0)
    assert not kept & set(server.queries)


def test_an_answer_written_half_is_asked_again(server, read, tmp_path):
    one = read()
    largest = max(tmp_path.rglob("*.json"), key=lambda path: path.stat().st_size)
    largest.write_bytes(largest.read_bytes()[:200])
    server.queries = []
    two = read()
    assert server.streets_asked() == 1
    assert two.way_id.tolist() == one.way_id.tolist()


def test_progress_is_told(read):
    told = []
    read(progress=told.append)
    assert told[0].startswith("risposta 1: ")


HALF = json.dumps(answer())[:300]


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        ((200, "<html>Welcome</html>"), "la risposta non è JSON"),
        ((200, HALF), "la risposta è troncata"),
        ((200, HALF, ("Content-Length", "9999")), "la risposta si è interrotta"),
        ((200, {"error": "no"}), "la risposta non è quella di un server Overpass"),
        ((200, ["no"]), "la risposta non è quella di un server Overpass"),
        ((200, {"elements": [{"type": "way"}]}), "la risposta non è quella di un server Overpass"),
        (
            (200, answer(remark='runtime error: Query timed out in "query" at line 1 after 180 seconds.')),
            "il server non ha finito in tempo e ha mandato solo una parte delle strade",
        ),
        (
            (200, answer(remark="runtime error: Query run out of memory using about 512 MB of RAM.")),
            "il server ha mandato solo una parte delle strade "
            "(runtime error: Query run out of memory using about 512 MB of RAM.)",
        ),
        (
            (200, {"elements": [one for one in answer()["elements"] if one["id"] != 3]}),
            "nella risposta mancano 1 punti delle strade",
        ),
        ((400, {"elements": []}), "il server risponde 400"),
        ((429, "troppo"), "il server è occupato (risponde 429)"),
        ((504, "troppo"), "il server è occupato (risponde 504)"),
        ((0, ""), "il server 127.0.0.1 non si raggiunge"),
        ((200, answer({})), "nell'area chiesta non c'è nessuna strada"),
        ((200, answer({14: STREETS[14]})), "nell'area chiesta non c'è nessuna strada"),
    ],
)
def test_each_fault_has_its_reason_and_leaves_nothing_broken(server, read, tmp_path, reply, reason):
    fine = server.reply
    server.reply = lambda _: reply
    with pytest.raises(SourceUnavailable) as fault:
        read()
    assert said(fault) == reason
    assert fault.value.url == server.url
    assert not list(tmp_path.rglob("*.json"))
    server.reply = fine
    assert len(read().way_id) == 4


def test_a_busy_server_is_asked_again_a_few_times_and_no_more(server, read):
    fine = server.reply
    server.reply = lambda query: (429, "troppo") if server.streets_asked() <= 2 else fine(query)
    told = []
    assert len(read(progress=told.append).way_id) == 4
    assert told[0] == "il server è occupato (risponde 429): si riprova tra 0 s"
    server.reply, server.queries = (lambda _: (429, "troppo")), []
    with pytest.raises(SourceUnavailable):
        read(fresh=True)
    assert server.streets_asked() == 3


def test_a_pause_that_the_server_asks_for_is_kept(server, read, monkeypatch):
    waits = []
    monkeypatch.setattr(overpass.time, "sleep", waits.append)
    server.reply = lambda _: (429, "troppo", ("Retry-After", "7"))
    with pytest.raises(SourceUnavailable):
        read(pauses_s=(1,))
    assert [wait for wait in waits if wait] == [7]


def test_a_turn_too_far_away_is_not_waited_for(server, read):
    server.status = (200, FREE.format("Slot available after: 2999-01-01T00:00:00Z, in 99999 seconds."))
    with pytest.raises(SourceUnavailable) as fault:
        read()
    assert said(fault) == "il server non ha un turno libero"
    assert not server.queries


def test_our_own_requests_still_running_are_not_waited_for_forever(server, read, monkeypatch):
    monkeypatch.setattr(overpass, "PATIENCE_S", 2.0)
    server.status = (
        200,
        FREE.format("Currently running queries (pid, space limit, time limit, start time):"),
    )
    with pytest.raises(SourceUnavailable) as fault:
        read(pauses_s=())
    assert said(fault) == "il server non ha un turno libero"


@pytest.mark.parametrize(
    "status",
    [
        (404, "not found"),
        (200, "Connected as: 1\nCurrent time: x\nRate limit: 0\nCurrently running queries (pid):\n\n"),
    ],
)
def test_a_server_without_turns_is_asked_at_once(server, read, status):
    server.status = status
    assert len(read().way_id) == 4
    assert server.status_asked == 1


@pytest.mark.parametrize(
    ("endpoint", "reason"),
    [
        ("http://127.0.0.1:9/api", "il server 127.0.0.1 non si raggiunge"),
        ("overpass", "l'indirizzo «overpass» non è valido"),
    ],
)
def test_a_server_that_is_not_there(read, endpoint, reason):
    with pytest.raises(SourceUnavailable) as fault:
        read(endpoint=endpoint)
    assert said(fault) == reason


def test_an_address_with_the_interpreter_is_the_same(server, read):
    read()
    server.queries = []
    read(endpoint=f"{server.url}/interpreter/")
    assert not server.queries


def test_a_cache_that_cannot_be_written_is_said(read, tmp_path):
    (tmp_path / "cache").write_text("un file, non una cartella")
    with pytest.raises(FileUnwritable):
        read()


def test_osmnx_is_left_as_it_was_found(server, read):
    names = [name for name in dir(ox.settings) if not name.startswith("_")]
    before = {name: getattr(ox.settings, name) for name in names}
    look_up = socket.getaddrinfo
    read()
    server.reply = lambda _: (500, "guasto")
    with pytest.raises(SourceUnavailable):
        read(fresh=True)
    assert {name: getattr(ox.settings, name) for name in names} == before
    assert socket.getaddrinfo is look_up


def test_osmnx_draws_the_same_streets_from_the_same_answers(server, read, tmp_path, monkeypatch):
    ways = read()
    folder = next(tmp_path.rglob("*.json")).parent
    for name, value in {"overpass_url": server.url, "cache_folder": folder, "all_oneway": True}.items():
        monkeypatch.setattr(ox.settings, name, value)
    server.queries = []
    graph = ox.graph_from_polygon(
        AREA, simplify=False, retain_all=True, truncate_by_edge=True, custom_filter=list(overpass.FILTERS)
    )
    assert not server.queries
    ours = {
        (number, *pair)
        for number in (10, 11, 13)
        for pair in zip(nodes_of(ways, number)[0][:-1], nodes_of(ways, number)[0][1:], strict=True)
    }
    assert ours <= {(data["osmid"], u, v) for u, v, data in graph.edges(data=True)}
