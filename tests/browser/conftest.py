"""A real browser before the real server: pages that note every fault and every host they call."""

import contextlib
import itertools
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Frame, Page, expect, sync_playwright

from data.registry.store import Store, open_store

ROOT = Path(__file__).parents[2]
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()
MAP = 'iframe[title="streamlit_folium.st_folium"]'
STILL = """(turn) => {
    const app = document.querySelector('[data-testid="stApp"]');
    if (!app) return false;
    const busy = app.dataset.testScriptState !== "notRunning"
        || document.querySelector('[data-stale="true"], [data-testid="stSkeleton"]')
        || document.getAnimations().some((one) => one.playState === "running");
    const before = window.still && window.still.turn === turn ? window.still.looks : 0;
    window.still = {turn, looks: busy ? 0 : before + 1};
    return window.still.looks >= 6;
}"""
"""Streamlit has run, nothing is being faded, and it has stayed so for six looks.

It may not have begun yet to answer the last press: what a press should show is awaited with ``expect``.
"""
TURNS = itertools.count()
"""Each wait counts its own looks, whatever page they fall on."""
SHOWN = """([map, wanted]) => [...document.querySelectorAll(map)].some((one) =>
    one.contentDocument.querySelector('#map_div[data-layers-ready="yes"]')
        && wanted.every((layer) => one.contentWindow.atlante.state.shown[layer] > 0))"""
"""The map that is on the page now has drawn these layers."""

PATIENCE_MS = 60_000
"""How long a test waits for what it expects to see: a slow machine, and others at work on it."""
STARTING, STOPPING = 180, 60
"""Seconds that such a machine may take to start the server, and to stop it."""

expect.set_options(timeout=PATIENCE_MS)


def pytest_collection_modifyitems(items):
    """Every test in this folder needs the browser."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def executable() -> str:
    """The browser; without one the tests are skipped, but under CI they fail."""
    found = next(filter(None, map(shutil.which, BROWSERS)), "")
    if found:
        return found
    words = (
        "Chromium is missing: apt-get install chromium (or your system's package) to run the browser tests"
    )
    if os.environ.get("CI", "").lower() in {"1", "true"}:
        pytest.fail(words)
    pytest.skip(words)


def free_port() -> int:
    """A port that nobody has now."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return int(held.getsockname()[1])


@pytest.fixture(scope="session")
def address(executable, tmp_path_factory) -> Iterator[str]:
    """The address of the atlas, served by the real server for all the browser tests."""
    with serving(tmp_path_factory.mktemp("server")) as found:
        yield found


@pytest.fixture(scope="package")
def kept(executable, tmp_path_factory) -> Iterator[tuple[str, Store]]:
    """A server whose registry is written in: its address, and the registry; whoever needs an account makes it."""
    folder = tmp_path_factory.mktemp("kept")
    with serving(folder, ATLANTE_VAR=str(folder / "var")) as found:
        store = open_store(folder=folder / "var")
        yield found, store
        store.close()


@contextlib.contextmanager
def serving(folder: Path, **settings: str) -> Iterator[str]:
    """The real server with these settings of the environment: its address; what it says is kept in the folder."""
    port, said = free_port(), folder / "out.txt"
    with said.open("w", encoding="utf-8") as out:
        server = subprocess.Popen(
            [sys.executable, str(ROOT / "server.py"), "--port", str(port)],
            cwd=ROOT,
            stdout=out,
            stderr=subprocess.STDOUT,
            env={**os.environ, **settings},
        )
        try:
            wait_until_ready(server, said)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.send_signal(signal.SIGINT)
            server.wait(timeout=STOPPING)


def wait_until_ready(server: subprocess.Popen[bytes], said: Path) -> None:
    """Wait for the line that the server says when it answers."""
    end = time.monotonic() + STARTING
    while "Atlante pronto" not in said.read_text(encoding="utf-8"):
        if server.poll() is not None or time.monotonic() > end:
            pytest.fail(f"the server did not start: {said.read_text(encoding='utf-8')[-2000:]}")
        time.sleep(0.1)


@pytest.fixture(scope="package")
def browser(executable) -> Iterator[Browser]:
    """One browser for all the tests here."""
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=executable, args=FLAGS)
        yield opened
        opened.close()


@dataclass
class Visit:
    """A page, and everything it did that should be known."""

    page: Page
    address: str
    faults: list[str] = field(default_factory=list)
    hosts: set[str] = field(default_factory=set)
    sent: dict[str, int] = field(default_factory=dict)
    broken: str = ""
    """Part of the addresses that a test breaks on purpose: that they fail is no fault."""

    def __post_init__(self) -> None:
        self.page.set_default_timeout(PATIENCE_MS)
        for event, noted in self._noted():
            self.page.on(event, noted)

    def _noted(self) -> list[tuple[Any, Any]]:
        """What is noted of the page, event by event."""
        return [
            ("console", self._heard),
            ("pageerror", self._failed),
            ("request", self._asked),
            ("response", self._answered),
        ]

    def _failed(self, error: Any) -> None:
        self.faults.append(str(error))

    def _heard(self, message: Any) -> None:
        wanted = self.broken and self.broken in message.location["url"]
        if message.type == "error" and not wanted:
            self.faults.append(message.text)

    def _asked(self, request: Any) -> None:
        if request.url.startswith(("http", "ws")):
            self.hosts.add(urlsplit(request.url).netloc)

    def _answered(self, response: Any) -> None:
        if response.status >= 400:
            self.faults.append(f"{response.status} {response.url}")
        if not response.from_service_worker:
            self.sent[response.url] = int(response.headers.get("content-length", 0))

    def open(self, path: str) -> None:
        """Go to a page of the atlas."""
        self.page.goto(self.address + path)

    def leave(self) -> None:
        """Leave the page to the next visitor, who finds nothing of this one but what browsers keep of scripts."""
        for event, noted in self._noted():
            self.page.remove_listener(event, noted)
        self.page.unroute_all()
        if self.page.url.startswith("http"):
            self.page.evaluate("() => { localStorage.clear(); sessionStorage.clear(); }")
        self.page.goto("about:blank")
        self.page.context.clear_cookies()

    def map_frame(self) -> Frame:
        """The frame of the map, once its layers are there."""
        self.shows()
        frame = self.page.locator(MAP).element_handle().content_frame()
        assert frame is not None
        return frame

    def shows(self, *layers: str) -> None:
        """Wait until the map of this page has drawn all it was asked, and these layers among it."""
        self.page.wait_for_function(SHOWN, arg=[MAP, layers], polling=100)

    def map_box(self) -> dict[str, float]:
        """Where the map is in the window."""
        return dict(self.page.locator(MAP).bounding_box() or {})

    def settled(self, frame: Frame, synced: int) -> None:
        """Wait until the map has answered a change asked after its ``synced``-th."""
        ready = "map_div.getContainer().dataset.layersReady === 'yes'"
        frame.wait_for_function(f"atlante.state.synced > {synced} && {ready}")

    def quiet(self) -> None:
        """Wait until Streamlit has drawn everything."""
        self.page.wait_for_selector('[data-testid="stApp"]')
        self.page.wait_for_function(STILL, arg=next(TURNS), polling=100)


@pytest.fixture(params=["desktop"])
def size(request) -> dict[str, int]:
    """The window; a test can ask for the phone as well."""
    return {"desktop": {"width": 1280, "height": 800}, "phone": {"width": 390, "height": 844}}[request.param]


@pytest.fixture(scope="module")
def tab(browser) -> Iterator[Page]:
    """A page that the tests of a module use one after the other: a browser takes seconds to read our scripts anew."""
    context = browser.new_context(viewport={"width": 1280, "height": 800}, locale="it-IT")
    yield context.new_page()
    context.close()


@contextlib.contextmanager
def visiting(tab: Page, address: str, size: Any, *also: str) -> Iterator[Visit]:
    """A visit on a page that others have used; afterwards, no fault in its console and no host but these."""
    tab.set_viewport_size(size)
    seen = Visit(tab, address)
    yield seen
    seen.leave()
    assert seen.faults == []
    assert seen.hosts <= {urlsplit(each).netloc for each in (address, *also)}


@pytest.fixture
def visit(tab, address, size) -> Iterator[Visit]:
    """A page of the atlas."""
    with visiting(tab, address, size) as seen:
        yield seen


@pytest.fixture
def first_visit(browser, address, size) -> Iterator[Visit]:
    """A page in a browser that never saw the atlas and keeps nothing of it."""
    context = browser.new_context(viewport=size, locale="it-IT")
    with visiting(context.new_page(), address, size) as seen:
        yield seen
    context.close()


@pytest.fixture
def say(request):
    """Print a measured figure, whatever pytest captures."""
    writer = request.config.get_terminal_writer()
    return lambda words: writer.line(f"\n    {re.sub(chr(10), ' ', words)}")
