"""The public pages of one snapshot before a real browser, with everything that is asked of them written down."""

import contextlib
import datetime as dt
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import uvicorn
from playwright.sync_api import Page

from data.registry.store import ROME
from locator.serving import Public
from locator.settings import Settings
from locator.snapshot import Snapshot
from tests.browser.conftest import Visit

READY = 'body[data-ready="yes"]:not([data-busy])'


@dataclass
class Asked:
    """One request: all that the server could learn from it, and how many bytes it answered."""

    method: str
    path: str
    query: str
    headers: str
    body: bytes = b""
    sent: int = 0

    @property
    def words(self) -> str:
        """Everything in it, as one text."""
        return f"{self.method} {self.path}?{self.query} {self.headers} {self.body.decode()}"


@dataclass
class Served:
    """A server in a thread: its address, and all that was asked of it."""

    now: Snapshot
    moment: dt.datetime | None
    asked: list[Asked] = field(default_factory=list)
    port: int = 0
    ready: bool = True

    @property
    def address(self) -> str:
        """Where the pages are, with a slash at the end."""
        return f"http://127.0.0.1:{self.port}/sportelli/"

    def snapshot(self) -> Snapshot:
        """As a keeper gives it."""
        return self.now

    def clock(self) -> dt.datetime:
        """The moment of the snapshot, if one is given."""
        return self.moment or dt.datetime.now(ROME)

    def counted(self) -> list[bytes]:
        """What phones have sent to be counted."""
        return [one.body for one in self.asked if one.path.endswith("/conta")]

    def bytes_since(self, start: int) -> int:
        """Bytes sent in answer to what was asked after the first ``start`` requests, with their headers."""
        return sum(one.sent for one in self.asked[start:])

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Write down what is asked, and answer it as the public pages do."""
        headers = "; ".join(f"{k.decode()}: {v.decode()}" for k, v in scope["headers"] if k != b"user-agent")
        heard = Asked(scope["method"], scope["path"], scope["query_string"].decode(), headers)
        self.asked.append(heard)

        async def hearing() -> Any:
            message = await receive()
            heard.body += message.get("body", b"")
            return message

        async def sending(message: Any) -> None:
            heard.sent += len(message.get("body", b""))
            heard.sent += sum(len(key) + len(value) + 4 for key, value in message.get("headers", ()))
            await send(message)

        await self.app(scope, hearing, sending)

    def __post_init__(self) -> None:
        self.app = Public(self, Settings(), reporting=counting)  # type: ignore[arg-type]


async def counting(scope: Any, receive: Any, send: Any) -> None:
    """Take whatever is sent."""
    await receive()
    await send({"type": "http.response.start", "status": 204, "headers": []})
    await send({"type": "http.response.body", "body": b""})


@contextlib.contextmanager
def public(now: Snapshot, *, moment: dt.datetime | None = None) -> Iterator[Served]:
    """The public pages of a snapshot, served for as long as this is open."""
    served = Served(now, moment)
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        served.port = held.getsockname()[1]
        server = uvicorn.Server(uvicorn.Config(served, log_config=None, lifespan="off"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [held]}, daemon=True)
        thread.start()
        try:
            yield served
        finally:
            server.should_exit = True
            thread.join(30)


def cards(page: Page, section: str) -> list[str]:
    """The desks a section shows in full, in order."""
    return [
        str(key)
        for key in page.locator(f"#{section}:visible .desk").evaluate_all(
            "all => all.map((one) => one.dataset.id)"
        )
    ]


def opened(phone: Visit, path: str) -> Page:
    """A page, once its list is sorted and filtered by the phone."""
    phone.open(path)
    phone.page.wait_for_selector(READY)
    return phone.page


def choose(page: Page, **fields: str) -> None:
    """Choose in the form, those that are folded too."""
    page.locator("#search details").evaluate_all("all => all.forEach((one) => { one.open = true; })")
    for name, value in fields.items():
        page.locator(f"[name={name}]").focus()
        page.locator(f"[name={name}]").select_option(value)
    page.wait_for_selector(READY)
