"""The one process: assets, feeds, pages in Italian, a port that is taken."""

import asyncio
import gzip
import json
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import geopandas as gpd
import httpx
import pandas as pd
import pytest
from shapely import Point, Polygon
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import HTMLResponse, PlainTextResponse
from starlette.routing import Route

import server
from errors import TableMissing
from screens import feeds, filters, memory
from screens.errors import UNEXPECTED
from tests import pages

STARTING, STOPPING = 180, 60
"""Seconds that a slow machine may take to start the server, and to stop it."""
SQUARE = Polygon([(9, 45), (9.1, 45), (9.1, 45.1), (9, 45.1)])
DESKS = gpd.GeoDataFrame(
    {
        "sportello_id": ["a", "b", "c"],
        "name": ["Uno", "Due", "Tre"],
        "kind": ["questura", "sindacato", "questura"],
        "comune": ["Borgo"] * 3,
        "themes": ["lavoro", None, "asilo"],
        "languages": [None, "ar", None],
        "opening_hours": [None] * 3,
        "evidence": ["A", "B", "C"],
        "status": ["non_verificato", "non_verificato", "chiuso"],
        "ambito_id": ["borgo", "borgo", None],
        "precision": ["address", "street", "settlement"],
    },
    geometry=[Point(9, 45), Point(9.01, 45), Point(9.02, 45)],
    crs=4326,
)
COMUNI = gpd.GeoDataFrame(
    {
        "comune_code": ["1", "2"],
        "comune": ["Borgo", "Isolato"],
        "ambito_id": ["borgo", None],
        "ambito": ["Ambito di Borgo", None],
        "foreign_residents": [100, 20],
    },
    geometry=[SQUARE, SQUARE],
    crs=4326,
)
AMBITI = gpd.GeoDataFrame(
    {"ambito_id": ["borgo"], "ambito": ["Ambito di Borgo"], "lab_impact": [True], "province": ["MI"]},
    geometry=[SQUARE],
    crs=4326,
)


def reached(*, mode, limit, kinds, evidence):
    minutes = {"car": 10.0, "walk": 70.0}[mode]
    return pd.DataFrame(
        {
            "minutes_median": [minutes],
            "low": [minutes - 2],
            "high": [minutes + 2],
            "people_beyond": [float(limit)],
        },
        index=pd.Index(["1"], name="comune_code"),
    )


class Client:
    """Asks an ASGI application without a network; one event loop a question."""

    def __init__(self, app):
        self.app = app

    def get(self, address, **options):
        return self._ask(address, options)[0]

    def raw(self, address, **options):
        """The answer and its bytes as they were sent, still compressed."""
        return self._ask(address, options)

    def _ask(self, address, options):
        async def ask():
            through = httpx.ASGITransport(app=self.app)
            async with httpx.AsyncClient(transport=through, base_url="http://atlante") as client:
                sent = b""
                async with client.stream("GET", address, **options) as answer:
                    async for part in answer.aiter_raw():
                        sent += part
                packed = answer.headers.get("content-encoding") == "gzip"
                answer._content = gzip.decompress(sent) if packed else sent
                return answer, sent

        return asyncio.run(ask())


def page(request):
    return HTMLResponse('<!DOCTYPE html><html lang="en"><title>Streamlit</title><body>è</body></html>')


@pytest.fixture
def client(monkeypatch):
    pages.other_memory(monkeypatch)
    monkeypatch.setattr(memory, "sportelli", lambda: DESKS)
    monkeypatch.setattr(memory, "comuni", lambda: COMUNI)
    monkeypatch.setattr(memory, "ambiti", lambda: AMBITI)
    monkeypatch.setattr(memory, "access", reached)
    routes = [
        *server.ROUTES,
        Route("/pagina", page),
        Route("/testo", lambda _: PlainTextResponse("<html lang=en>")),
    ]
    inside = [Middleware(server.PackedStatic), Middleware(server.ItalianPages)]
    return Client(Starlette(routes=routes, middleware=inside))


def test_leaflet_comes_from_the_installed_package_with_its_type_and_may_be_kept(client):
    answer = client.get("/assets/leaflet/leaflet.js?v=1.9.3")
    assert answer.status_code == 200
    assert answer.headers["content-type"].split(";")[0] in {"application/javascript", "text/javascript"}
    assert answer.headers["cache-control"] == server.ONE_YEAR
    again = client.get("/assets/leaflet/leaflet.js", headers={"If-None-Match": answer.headers["etag"]})
    assert again.status_code == 304
    assert client.get("/assets/leaflet/leaflet.css").headers["content-type"].startswith("text/css")


def test_our_own_script_is_served_and_nothing_outside_its_folder(client):
    assert "sync" in client.get("/assets/atlante/map.js").text
    assert client.get("/assets/atlante/..%2fbase.py").status_code == 404
    assert client.get("/assets/atlante/nulla.js").status_code == 404


def test_the_address_that_the_page_gets_may_be_kept_for_ever(client):
    answer = client.get(feeds.url("geojson", "sportelli"))
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/geo+json"
    assert answer.headers["cache-control"] == server.ONE_YEAR
    assert [f["id"] for f in answer.json()["features"]] == ["a", "b"]


def test_an_old_version_is_answered_with_what_is_true_now_and_not_kept(client):
    assert client.get("/layers/sportelli.geojson?v=vecchia").headers["cache-control"] == "no-cache"


def test_what_has_not_changed_is_not_sent_again(client):
    first = client.get("/layers/comuni.geojson")
    again = client.get(
        "/layers/comuni.geojson", headers={"If-None-Match": f'W/{first.headers["etag"]}, "altro"'}
    )
    assert (again.status_code, again.content) == (304, b"")


def test_a_feed_is_compressed_only_for_who_can_read_it(client):
    answer, sent = client.raw("/layers/sportelli.geojson", headers={"Accept-Encoding": "gzip"})
    assert answer.headers["content-encoding"] == "gzip"
    assert json.loads(gzip.decompress(sent))["features"]
    plain = client.get("/layers/sportelli.geojson", headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers


@pytest.mark.parametrize(
    "query", [{}, {"gruppi": "uffici_stato"}, {"lingue": "ar"}, {"prove": "A,C", "chiusi": "1"}]
)
def test_the_feed_shows_the_same_desks_as_the_list(client, query):
    asked, _ = filters.parse(query)
    on_list = list(filters.apply(DESKS, asked)["sportello_id"])
    on_map = [f["id"] for f in client.get("/layers/sportelli.geojson", params=query).json()["features"]]
    assert on_map == on_list


def test_a_choropleth_gets_its_values_apart_from_its_shapes(client):
    told = client.get("/layers/comuni.json?measure=foreign_residents").json()
    assert told == {"values": {"1": [1, "100 residenti stranieri"], "2": [0, "20 residenti stranieri"]}}
    assert client.get("/layers/ambiti.json?measure=partner").json()["values"]["borgo"][0] == 0


def test_minutes_follow_the_mode_that_is_asked(client):
    def minutes(query):
        return client.get(f"/layers/comuni.json?measure=minutes{query}").json()["values"]["1"]

    assert minutes("") == [0, "10 minuti (tra 8 e 12)"]
    assert minutes("&mezzo=walk") == [4, "70 minuti (tra 68 e 72)"]


def test_the_comuni_without_ambito_and_the_chosen_ambito_are_layers(client):
    assert [f["id"] for f in client.get("/layers/unassigned.geojson").json()["features"]] == ["2"]
    assert [f["id"] for f in client.get("/layers/ambito.geojson?ambito=borgo").json()["features"]] == [
        "borgo"
    ]


@pytest.mark.parametrize(
    "address",
    [
        "/layers/nulla.geojson",
        "/layers/nulla.json",
        "/layers/comuni.xml",
        "/layers/comuni.json?measure=fortuna",
        "/layers/ambiti.json?measure=fortuna",
        "/layers/sportelli.geojson?mezzo=razzo",
        "/layers/ambito.geojson?ambito=luna",
    ],
)
def test_what_does_not_exist_is_said_in_a_sentence(client, address):
    answer = client.get(address)
    assert answer.status_code == 404
    assert answer.json()["error"].endswith(".")


def test_a_missing_table_is_a_sentence_and_not_a_trace(client, monkeypatch):
    def broken():
        raise TableMissing(table="sportelli")

    monkeypatch.setattr(memory, "sportelli", broken)
    answer = client.get("/layers/sportelli.geojson")
    assert answer.status_code == 503
    assert "sportelli" in answer.json()["error"]


def test_a_page_says_it_is_italian_and_lets_nobody_else_in(client):
    answer = client.get("/pagina", headers={"Accept": "text/html"})
    assert '<html lang="it">' in answer.text
    assert f"<title>{server.TITLE}</title>" in answer.text
    assert "è" in answer.text
    assert int(answer.headers["content-length"]) == len(answer.content)
    assert "default-src 'self'" in answer.headers["content-security-policy"]


def test_what_is_no_page_passes_as_it_is(client):
    assert client.get("/testo", headers={"Accept": "text/html"}).text == "<html lang=en>"


def test_streamlits_own_scripts_are_sent_compressed(client):
    folder = server.PackedStatic(page).folder
    script = max((folder / "static" / "js").glob("index.*.js"), key=lambda file: file.stat().st_size)
    answer, sent = client.raw(f"/static/js/{script.name}", headers={"Accept-Encoding": "gzip"})
    assert answer.headers["content-encoding"] == "gzip"
    assert len(sent) < script.stat().st_size / 2
    assert gzip.decompress(sent) == script.read_bytes()
    assert client.get("/static/..%2f..%2f__init__.py").status_code == 404


def test_a_tile_server_is_let_in_only_if_configured():
    assert "https://" not in server.policy({})
    assert "img-src 'self' data: blob: https://*.tiles.example;" in server.policy(
        {"ATLANTE_TILES_URL": "https://{s}.tiles.example/{z}/{x}/{y}.png"}
    )


def test_our_routes_keep_clear_of_streamlits(tmp_path):
    script = tmp_path / "app.py"
    script.write_text("", encoding="utf-8")
    assert server.make_app(script).script_path == script


def test_a_fault_that_is_not_ours_is_a_sentence_in_the_log_and_on_the_page(monkeypatch):
    said = []
    monkeypatch.setattr(server.streamlit, "error", lambda words, icon: said.append(words))
    assert server.tell_fault(ZeroDivisionError("secret")) is True
    assert server.tell_fault(TableMissing(table="sportelli")) is True
    assert said[0] == UNEXPECTED
    assert "secret" not in said[0]
    assert "Manca la tabella «sportelli»" in said[1]


def test_a_taken_port_is_said_in_a_sentence(capsys):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        assert server.main(port, script=Path("nulla.py")) == 1
    assert f"La porta {port} di 127.0.0.1 è già occupata" in capsys.readouterr().out


def test_the_command_line_has_a_port_and_a_host():
    asked = server.arguments(["--port", "9000"])
    assert (asked.port, asked.host) == (9000, "127.0.0.1")


def test_it_says_its_address_when_ready_and_ctrl_c_stops_it_quietly(tmp_path):
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port = held.getsockname()[1]
    said = tmp_path / "out.txt"
    with said.open("w", encoding="utf-8") as out:
        command = [sys.executable, "server.py", "--port", str(port)]
        running = subprocess.Popen(command, cwd=server.HOUSE, stdout=out, stderr=subprocess.STDOUT)
        try:
            end = time.monotonic() + STARTING
            while not said.read_text(encoding="utf-8") and running.poll() is None and time.monotonic() < end:
                time.sleep(0.05)
            running.send_signal(signal.SIGINT)
            assert running.wait(timeout=STOPPING) == 0
        finally:
            running.kill()
    lines = said.read_text(encoding="utf-8").splitlines()
    assert lines == [f"Atlante pronto su http://127.0.0.1:{port} (Ctrl-C per fermarlo)"]
