"""The public pages and the API over HTTP: made once, packed, kept; every answer with its headers, never a cookie."""

import asyncio
import json
import logging
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from functools import lru_cache
from typing import Final
from urllib.parse import quote, urlencode

from starlette.concurrency import run_in_threadpool
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from data.registry.store import Store
from errors import AtlasError
from locator import api, site
from locator.api.serving import SILENT
from locator.asked import Asked, read
from locator.assets import AT_THE_TOP, assets, mime_of
from locator.faults import fault_page, visitor_language
from locator.guarded import Guarded, read_body, replayed
from locator.kept import Answer, Kept, pack
from locator.reporting import Reporting
from locator.settings import API_HEADERS, PREFIX, Header, Settings, public_headers, settings
from locator.snapshot import Keeper, Snapshot
from locator.visit import Made, Setting

API: Final = "/api/v1"
LONGEST_BODY: Final = 65_536
PATIENCE_S: Final = 20.0
"""For how long somebody may take to send what they send."""
PAUSE_S = 5.0
"""After a failure, for how long nobody tries to read the registry again."""
KEPT_BYTES: Final = 96 * 1024 * 1024
MAKERS: Final = 1
"""Pages that are made at the same time: more would only get in each other's way, and in that of who answers."""
OLD_S = 30.0
"""For how long after a change an answer may still be that of before, while the new one is made."""
MOST_AHEAD: Final = 3
"""How many are made ahead at once: who asks for something new waits for no more than these."""

ONE_YEAR: Final = b"public, max-age=31536000, immutable"
ASK_AGAIN: Final = b"no-cache"
LOG: Final = logging.getLogger("atlante.sportelli")

Site = Callable[..., Made | None]


class Public:
    """The ASGI application that answers under ``/sportelli/`` and ``/api/v1``.

    Parameters
    ----------
    keeper
        Gives the snapshot that pages are made of.
    settings
        Address and framing.
    api, reporting
        The applications that answer for the API, and for what visitors send; without them their addresses are not
        there.
    make
        Makes a page (``site.make``).
    """

    def __init__(
        self,
        keeper: Keeper,
        settings: Settings,
        *,
        api: ASGIApp | None = None,
        reporting: ASGIApp | None = None,
        make: Site = site.make,
    ) -> None:
        self.keeper, self.settings, self.make = keeper, settings, make
        self.api, self.reporting = api, reporting
        self.kept = Kept(KEPT_BYTES)
        self._pool = ThreadPoolExecutor(MAKERS, thread_name_prefix="sportelli")
        self._first: Future[Snapshot] | None = None
        self._failed = -PAUSE_S
        self._mark, self._before, self._changed = "", "", 0.0
        self._making: dict[object, asyncio.Future[Answer]] = {}
        self._headers = {False: public_headers(), True: public_headers(settings.framing)}

    def begin(self) -> None:
        """What is to be done before the first request."""
        if isinstance(self.reporting, Reporting):
            self.reporting.begin()

    def close(self) -> None:
        """What is to be done after the last request: nothing that was counted is lost."""
        if isinstance(self.reporting, Reporting):
            self.reporting.close()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["path"].startswith(API):
            await self._api(scope, receive, send)
        else:
            await self._page(scope, receive, send)

    async def _api(self, scope: Scope, receive: Receive, send: Send) -> None:
        """What the API answers, once there is something to answer from."""
        guarded = Guarded(
            send, API_HEADERS, theirs=(b"content-security-policy",), head=scope["method"] == "HEAD"
        )
        if scope["method"] == "OPTIONS":
            await guarded.give(
                204, [(b"access-control-allow-methods", b"GET, HEAD"), (b"allow", b"GET, HEAD")]
            )
        elif scope["path"] == API:
            await guarded.give(308, [(b"location", b"v1/")])
        elif self.api is None:
            await guarded.give(404, [(b"content-type", b"application/json")], b'{"errore":"API"}')
        elif await self._snapshot() is None:
            told = [(b"content-type", b"application/json"), (b"retry-after", b"60")]
            await guarded.give(503, told, json.dumps({"errore": SILENT}).encode())
        else:
            root = scope.get("root_path", "") + API
            method = "GET" if scope["method"] == "HEAD" else scope["method"]
            await self.api({**scope, "root_path": root, "method": method}, receive, guarded)

    async def _page(self, scope: Scope, receive: Receive, send: Send) -> None:
        asked, fault = read(scope, self.settings)
        guarded = Guarded(send, self._headers[asked.embed], head=asked.method == "HEAD")
        if fault:
            await self._fault(guarded, fault, asked)
        elif self.reporting and asked.method in asked.sends:
            await self._sent(scope, receive, guarded, asked)
        elif asked.method not in {"GET", "HEAD"}:
            known = (self.reporting and asked.sends) or ("GET", "HEAD")
            await self._fault(guarded, 405, asked, [(b"allow", ", ".join(known).encode())])
        elif scope["path"] + "/" == PREFIX:
            await guarded.give(308, [(b"location", _location("sportelli/", asked.query))])
        elif not asked.path:
            there = _location(f"{visitor_language(asked.accepted)}/", asked.query)
            told = [(b"location", there), (b"vary", b"Accept-Language"), (b"cache-control", ASK_AGAIN)]
            await guarded.give(302, told)
        elif asked.path in AT_THE_TOP or asked.path.startswith("_/"):
            await self._asset(guarded, asked)
        else:
            await self._made(guarded, asked)

    async def _sent(self, scope: Scope, receive: Receive, guarded: Guarded, asked: Asked) -> None:
        """Pass on what a visitor sends, read whole first so that it cannot be endless; and who asks for the form."""
        body, status = b"", 0
        if asked.method == "POST":
            body, status = await read_body(receive, most=LONGEST_BODY, patience_s=PATIENCE_S)
        if status:
            await self._fault(guarded, status, asked)
        elif await self._snapshot() is None or self.reporting is None:
            await self._fault(guarded, 503, asked)
        else:
            below = {**scope, "path": "/" + asked.path, "raw_path": ("/" + asked.path).encode()}
            await self.reporting(below, replayed(body), guarded)

    async def _asset(self, guarded: Guarded, asked: Asked) -> None:
        """A script, style or picture; by an old mark, which a kept page may ask for, as it is now."""
        top = asked.path in AT_THE_TOP
        mark, _, name = ("", "", asked.path) if top else asked.path[2:].partition("/")
        answer = _asset(name)
        if answer is None:
            await self._fault(guarded, 404, asked)
            return
        lasting = mark == assets().mark
        await _give(guarded, answer, asked, ONE_YEAR if lasting else ASK_AGAIN)

    async def _made(self, guarded: Guarded, asked: Asked) -> None:
        now = await self._snapshot()
        if now is None:
            await self._fault(guarded, 503, asked)
            return
        made = await self._answer(now, asked)
        if made is None:
            await self._fault(guarded, 500, asked)
        elif made.status == 404:
            await self._fault(guarded, 404, asked)
        elif made.moves_to is not None:
            await guarded.give(
                made.status, [(b"location", _safe(made.moves_to)), (b"cache-control", ASK_AGAIN)]
            )
        else:
            lasting = asked.version == now.mark and not made.mime.startswith("text/html") and made.lasting
            await _give(guarded, made, asked, ONE_YEAR if lasting else ASK_AGAIN)

    async def _snapshot(self) -> Snapshot | None:
        """The snapshot in use; the first is waited for. None where it cannot be made."""
        if self.keeper.ready:
            return self.keeper.snapshot()
        if self._first is None or self._first.done():
            if time.monotonic() - self._failed < PAUSE_S:
                return None
            self._first = self._pool.submit(self.keeper.snapshot)
        first = asyncio.wrap_future(self._first)
        await asyncio.wait([first])
        fault = first.exception()
        if fault is None:
            return first.result()
        self._failed = time.monotonic()
        LOG.error("no public pages: %s", fault, exc_info=None if isinstance(fault, AtlasError) else fault)
        return None

    async def _answer(self, now: Snapshot, asked: Asked) -> Answer | None:
        """The answer to what is asked, kept or made; two that ask the same at once get the same. None if it fails.

        For a while after a change, the answer of before serves where there is one, and the new one is made meanwhile:
        else all who look at that moment would wait for each other.
        """
        if now.mark != self._mark:
            self._before, self._mark, self._changed = self._mark, now.mark, time.monotonic()
        what = (asked.base_url, asked.path, tuple(sorted(asked.query.items())))
        if (found := self.kept.get((now.mark, *what))) is not None:
            return found
        old = self.kept.get((self._before, *what)) if time.monotonic() - self._changed < OLD_S else None
        if old is not None and len(self._making) >= MOST_AHEAD:
            return old
        making = self._begun(now, asked, what)
        if old is not None:
            return old
        await asyncio.wait([making])
        return None if making.exception() else making.result()

    def _begun(self, now: Snapshot, asked: Asked, what: tuple[object, ...]) -> "asyncio.Future[Answer]":
        """The making of an answer, begun if nobody has; it is kept when it is there."""
        key = (now.mark, *what)
        if key in self._making:
            return self._making[key]

        def made(making: "asyncio.Future[Answer]") -> None:
            self._making.pop(key, None)
            if fault := making.exception():
                LOG.error("%s cannot be made", asked.path, exc_info=fault)
            elif making.result().lasting and "dove" not in asked.query:  # what somebody typed is not kept
                self.kept.put(key, making.result())

        making = asyncio.get_running_loop().run_in_executor(self._pool, self._make, now, asked)
        self._making[key] = making
        making.add_done_callback(made)
        return making

    def _make(self, now: Snapshot, asked: Asked) -> Answer:
        setting = Setting(asked.base_url, assets=assets().folder)
        made = self.make(now, asked.path, asked.query, setting=setting, moment=self.keeper.clock())
        return pack(made or Made(b"", status=404, lasting=False))

    async def _fault(
        self, guarded: Guarded, status: int, asked: Asked, extra: list[Header] | None = None
    ) -> None:
        """A page that says what is wrong."""
        page = pack(fault_page(status, asked.path, asked.accepted))
        told = [*(extra or []), (b"vary", b"Accept-Language"), (b"cache-control", b"no-store")]
        if status == 503:
            told.append((b"retry-after", b"60"))
        await guarded.give(status, [*told, (b"content-type", page.mime.encode())], page.plain)


async def _give(guarded: Guarded, answer: Answer, asked: Asked, lasting: bytes) -> None:
    """Send an answer: its bytes, or that they are those which the visitor has."""
    told = [
        (b"etag", f'W/"{answer.mark}"'.encode()),
        (b"cache-control", lasting),
        (b"vary", b"Accept-Encoding"),
    ]
    if answer.status == 200 and asked.has(answer.mark):
        await guarded.give(304, told)
        return
    told.append((b"content-type", answer.mime.encode()))
    packed = answer.packed and asked.gzip
    if packed:
        told.append((b"content-encoding", b"gzip"))
    await guarded.give(answer.status, told, answer.body if packed else answer.plain)


@lru_cache(maxsize=512)
def _asset(name: str) -> Answer | None:
    body = assets().files.get(name)
    return None if body is None else pack(Made(body, mime_of(name)))


def _location(way: str, query: Mapping[str, str]) -> bytes:
    """A relative address with its parameters; it cannot lead elsewhere.

    >>> _location("it/", {"tema": "lavoro"})
    b'it/?tema=lavoro'
    """
    asked = f"?{urlencode(query)}" if query else ""
    return (quote(way) + asked).encode()


def _safe(address: str) -> bytes:
    """An address as a header may hold it."""
    return quote(address, safe="/?&=%#:+,;@!~*'()-._[]").encode()


def make_app(keeper: Keeper, environment: Mapping[str, str], *, store: Callable[[], Store]) -> Public:
    """The public pages and the API as they are served.

    Parameters
    ----------
    environment
        Where the settings stand (``settings.settings``, which may raise ``SettingRefused``).
    store
        The way to the registry, for what visitors send.
    """
    return Public(
        keeper, settings(environment), api=api.make(keeper), reporting=Reporting(keeper, store, environment)
    )


class PublicPages:
    """Gives the requests for the public pages and the API to them, all others to the application behind."""

    def __init__(self, app: ASGIApp, public: Public) -> None:
        self.app, self.public = app, public

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; at the start and at the end of all, tell the public pages."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, _Lived(send, self.public))
            return
        path = scope.get("path", "")
        ours = scope["type"] == "http" and any(
            path == one or path.startswith(one + "/") for one in (PREFIX.rstrip("/"), API)
        )
        await (self.public if ours else self.app)(scope, receive, send)


class _Lived:
    """Tells the public pages that the server has started, and that it stops."""

    def __init__(self, send: Send, public: Public) -> None:
        self.send = send
        self.tell = {"lifespan.startup.complete": public.begin, "lifespan.shutdown.complete": public.close}

    async def __call__(self, message: Message) -> None:
        if does := self.tell.get(message["type"]):
            await run_in_threadpool(does)
        await self.send(message)
