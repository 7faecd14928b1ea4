"""One ASGI process: the Streamlit pages, the scripts and styles they need, the feeds of the map.

``python3 run.py`` comes here. Everything a page asks for is answered by this process: Leaflet
is shown straight out of the installed package, our own script beside it, and the data of each
layer by an address that changes with its content.
"""

import argparse
import contextlib
import errno
import gzip
import logging
import os
import re
import socket
import sys
import threading
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import ClassVar, Final
from urllib.parse import urlsplit

import streamlit
import uvicorn
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders, QueryParams
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from xstatic.pkg import leaflet

from errors import AtlasError, InputError, SettingRefused
from layers.base import ASSETS
from locator import serving
from locator.snapshot import Keeper, Sources
from screens import current, feeds, memory
from screens.errors import UNEXPECTED, sentence

HOUSE = Path(__file__).parent
TITLE = "Atlante dei servizi per l'integrazione"
ONE_YEAR = "public, max-age=31536000, immutable"
ONE_DAY = "public, max-age=86400"
MIME = {"geojson": "application/geo+json", "json": "application/json"}


def policy(environment: Mapping[str, str]) -> str:
    """What a page may fetch: only from here, and map tiles where the configuration names a server.

    Streamlit and folium need inline scripts and ``eval``; other hosts are refused whatever they do.
    """
    tiles = urlsplit(environment.get("ATLANTE_TILES_URL", ""))
    others = f" {tiles.scheme}://{tiles.netloc.replace('{s}', '*')}" if tiles.netloc else ""
    own = "'self' data: blob:"
    return (
        f"default-src {own}; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; "
        f"style-src 'self' 'unsafe-inline'; img-src {own}{others}; connect-src {own} ws: wss:; "
        "object-src 'none'; base-uri 'self'; form-action 'self'"
    )


POLICY = policy(os.environ)


class CachedFiles(StaticFiles):
    """Static files that say how long they may be kept: a year where the address has a version."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """The file, with how long it may be kept."""
        answer = await super().get_response(path, scope)
        if answer.status_code in {200, 304}:
            answer.headers["Cache-Control"] = ONE_YEAR if b"v=" in scope["query_string"] else ONE_DAY
        return answer


def _matches(told: str, version: str) -> bool:
    """Whether an ``If-None-Match`` header names this version."""
    return told.strip() == "*" or any(f'"{version}"' in each for each in told.split(","))


async def layer(request: Request) -> Response:
    """One feed of the map: 200 with its bytes, 304 if unchanged, 404 or 503 with a sentence."""
    name, kind = request.path_params["name"], request.path_params["kind"]
    if kind not in MIME:
        return JSONResponse({"error": "I livelli sono .geojson (forme) o .json (valori)."}, status_code=404)
    try:
        made = await run_in_threadpool(feeds.feed, kind, name, dict(request.query_params))
    except AtlasError as error:
        status = 404 if isinstance(error, InputError) else 503
        return JSONResponse({"error": sentence(error), "detail": str(error)}, status_code=status)
    current = request.query_params.get("v") == made.version
    headers = {
        "ETag": f'"{made.version}"',
        "Cache-Control": ONE_YEAR if current else "no-cache",
        "Vary": "Accept-Encoding",
    }
    if _matches(request.headers.get("if-none-match", ""), made.version):
        return Response(status_code=304, headers=headers)
    if "gzip" in request.headers.get("accept-encoding", ""):
        return Response(made.packed, headers={**headers, "Content-Encoding": "gzip"}, media_type=MIME[kind])
    return Response(made.body, headers=headers, media_type=MIME[kind])


ROUTES: list[BaseRoute] = [
    Mount("/assets/leaflet", CachedFiles(directory=leaflet.BASE_DIR)),
    Mount("/assets/atlante", CachedFiles(directory=ASSETS)),
    Route("/layers/{name}.{kind}", layer),
]


class ItalianPages:
    """Says in each HTML page that it is in Italian, and gives it the atlas's title.

    Streamlit's page says ``<html lang="en">`` and cannot be told otherwise; screen readers would
    read Italian with English sounds.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; rewrite the answer if it is an HTML page."""
        if scope["type"] != "http" or "text/html" not in Headers(scope=scope).get("accept", ""):
            await self.app(scope, receive, send)
            return
        plain = {b"accept-encoding", b"if-none-match", b"if-modified-since", b"range"}
        asked = [(key, value) for key, value in scope["headers"] if key not in plain]
        rewriter = _Rewriter(send)
        await self.app({**scope, "headers": asked}, receive, rewriter)


class _Rewriter:
    """Holds an HTML answer back until it is whole, then sends it rewritten; others pass."""

    def __init__(self, send: Send) -> None:
        self.send = send
        self.start: Message | None = None
        self.body = b""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            kind = Headers(raw=message["headers"]).get("content-type", "")
            if kind.startswith("text/html"):
                self.start = message
                return
        if self.start is None:
            await self.send(message)
            return
        self.body += message.get("body", b"")
        if not message.get("more_body"):
            await self._finish(self.start)

    async def _finish(self, start: Message) -> None:
        page = italian(self.body)
        headers = MutableHeaders(raw=start["headers"])
        headers["Content-Length"] = str(len(page))
        headers["Content-Security-Policy"] = POLICY
        headers["Referrer-Policy"] = "strict-origin-when-cross-origin"
        headers["X-Content-Type-Options"] = "nosniff"
        for name in ("etag", "last-modified"):
            del headers[name]
        await self.send(start)
        await self.send({"type": "http.response.body", "body": page})


BACKEND = b"<script>window.__streamlit={BACKEND_BASE_URL:window.location.origin}</script>"
"""Tells Streamlit where its server is; else it looks under each page's address first and gets 404."""


def italian(page: bytes) -> bytes:
    """A page of Streamlit or of one of its components with ``lang="it"`` and our title.

    Examples
    --------
    >>> italian(b'<html lang="en"><title>Streamlit</title>')[:16]
    b'<html lang="it">'
    """
    page = re.sub(rb'<html lang="en"', b'<html lang="it"', page, count=1)
    title = f"<title>{TITLE}</title>".encode()
    if b"<title>Streamlit</title>" in page:
        title += BACKEND
    return re.sub(rb"<title>Streamlit[^<]*</title>", lambda _: title, page, count=1)


class PackedStatic:
    """Sends Streamlit's own scripts and styles compressed; each is compressed once and kept.

    Streamlit leaves this to a web server in front. Without one, a first visit would move
    2.7 MB instead of 1.
    """

    TYPES: ClassVar = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8"}

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.folder = Path(streamlit.__file__).parent / "static"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer with the packed file if there is one to pack; else pass the request on."""
        path = scope.get("path", "")
        fit = scope.get("method") == "GET" and path.startswith("/static/") and Path(path).suffix in self.TYPES
        if not fit or "gzip" not in Headers(scope=scope).get("accept-encoding", ""):
            await self.app(scope, receive, send)
            return
        file = (self.folder / path.lstrip("/")).resolve()
        if not file.is_relative_to(self.folder.resolve()) or not file.is_file():
            await self.app(scope, receive, send)
            return
        body = await run_in_threadpool(_packed, file)
        headers = {"Content-Encoding": "gzip", "Vary": "Accept-Encoding", "Cache-Control": ONE_YEAR}
        answer = Response(body, headers=headers, media_type=self.TYPES[file.suffix])
        await answer(scope, receive, send)


class SignInAnswers:
    """Brings whoever was sent to an OpenID provider back to the page Entra, which says how it went.

    Streamlit's own routes would open the first page, and say nothing of a refusal.
    """

    PATHS: ClassVar = ("/auth/login", "/auth/logout", "/oauth2callback")

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; where the answer would open the first page, it opens Entra."""
        if scope["type"] != "http" or scope["path"] not in self.PATHS:
            await self.app(scope, receive, send)
            return
        answered = _Kept()
        await self.app(scope, receive, answered)
        headers = Headers(raw=answered.headers)
        if answered.status == 302 and headers.get("location") != "/":
            await answered.give(send)
            return
        outcome = signed_in_how(scope["path"], QueryParams(scope["query_string"]), answered.status, headers)
        back = RedirectResponse(f"/entra?esito={outcome}" if outcome else "/entra", status_code=302)
        back.raw_headers += [(name, value) for name, value in answered.headers if name == b"set-cookie"]
        await back(scope, receive, send)


class _Kept:
    """An answer that is looked at before it is sent."""

    def __init__(self) -> None:
        self.messages: list[Message] = []

    async def __call__(self, message: Message) -> None:
        self.messages.append(message)

    @property
    def status(self) -> int:
        return int(self.messages[0]["status"])

    @property
    def headers(self) -> list[tuple[bytes, bytes]]:
        return list(self.messages[0]["headers"])

    async def give(self, send: Send) -> None:
        """Send it as it was."""
        for message in self.messages:
            await send(message)


def signed_in_how(path: str, asked: QueryParams, status: int, headers: Headers) -> str | None:
    """How a way in through a provider ended, as ``screens/entra.py`` calls it; nothing if there is nothing to tell."""
    cookies = [one for one in headers.getlist("set-cookie") if one.startswith("_streamlit_user=")]
    if any("Max-Age=0" not in one for one in cookies):
        return None
    if "error" in asked:
        return "rifiutato"
    if path == "/auth/login":
        return "non-risponde" if status >= 400 else "non-riuscito"
    return "non-riuscito" if "state" in asked else None


@lru_cache(maxsize=512)
def _packed(file: Path) -> bytes:
    return gzip.compress(file.read_bytes(), 6, mtime=0)


def tell_fault(fault: Exception) -> bool:
    """Say in Italian that a page failed; Streamlit has written the trace in the log, and shows none."""
    streamlit.error(sentence(fault) if isinstance(fault, AtlasError) else UNEXPECTED, icon=":material/error:")
    return True


KEEPER: Final = Keeper(Sources(current.table, memory.registry, current.minutes, current.network))
"""What the public pages are made of."""


def make_app(script: str | Path = HOUSE / "app.py") -> streamlit.App:
    """The ASGI application: the public pages, then Streamlit's behind our routes.

    Streamlit keeps ``/_stcore``, ``/media``, ``/component`` and ``/static`` for itself and
    refuses routes there; ours stand under ``/assets`` and ``/layers``.
    """
    public = serving.make_app(KEEPER, os.environ, store=memory.registry)
    ours = Middleware(serving.PublicPages, public=public)
    middleware = [ours, Middleware(PackedStatic), Middleware(ItalianPages), Middleware(SignInAnswers)]
    return streamlit.App(script, routes=ROUTES, middleware=middleware, on_script_error=tell_fault)


def _warm() -> None:
    """Prepare what the first visitor will ask for; a missing table is told to who opens the page."""
    for make in (KEEPER.snapshot, feeds.warm):
        with contextlib.suppress(AtlasError):
            make()


class _Announcing(uvicorn.Server):
    """A server that says its address once it answers."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        if self.started:
            threading.Thread(target=_warm, daemon=True).start()
            host, port = self.config.host, self.config.port
            _say(f"Atlante pronto su http://{host}:{port} (Ctrl-C per fermarlo)")


def _say(sentence: str) -> None:
    sys.stdout.write(sentence + "\n")
    sys.stdout.flush()


def _bind(host: str, port: int) -> socket.socket:
    """A socket on this address, so that a taken port is known before anything starts."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    held = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)  # named: asyncio then sends at once
    held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        held.bind((host, port))
    except OSError:
        held.close()
        raise
    return held


def main(port: int = 8501, *, host: str = "127.0.0.1", script: str | Path = HOUSE / "app.py") -> int:
    """Serve the atlas until Ctrl-C.

    Parameters
    ----------
    port, host
        Where to listen.
    script
        The Streamlit script.

    Returns
    -------
    status
        0 after Ctrl-C, 1 if the address cannot be had (a sentence says why).
    """
    try:
        app = make_app(script)
        held = _bind(host, port)
    except SettingRefused as fault:
        _say(sentence(fault))
        return 1
    except OSError as error:
        taken = error.errno == errno.EADDRINUSE
        why = "è già occupata: chiudi l'altro programma" if taken else f"non si può usare ({error.strerror})"
        _say(f"La porta {port} di {host} {why}, o scegline un'altra con --port.")
        return 1
    sys.setswitchinterval(0.0005)  # threads that compute must not keep those who only answer waiting
    for name in ("uvicorn.error", "uvicorn.access"):  # a filter, because Streamlit sets their level again
        logging.getLogger(name).addFilter(lambda record: record.levelno >= logging.WARNING)
    settings = uvicorn.Config(
        app,
        host=host,
        port=port,
        access_log=False,
        log_config=None,
        timeout_graceful_shutdown=2,
        ws="websockets-sansio",
    )
    with held, contextlib.suppress(KeyboardInterrupt):
        _Announcing(settings).run(sockets=[held])
    return 0


def arguments(words: Sequence[str] | None = None) -> argparse.Namespace:
    """Options of the command line."""
    parser = argparse.ArgumentParser(description="Serve l'atlante.")
    parser.add_argument("--port", type=int, default=8501, help="porta (8501)")
    parser.add_argument("--host", default="127.0.0.1", help="indirizzo su cui ascoltare (127.0.0.1)")
    return parser.parse_args(words)


if __name__ == "__main__":
    asked = arguments()
    status = main(asked.port, host=asked.host)
    sys.stdout.flush()
    os._exit(status)  # the thread that warms the feeds may be deep in native code: Python would wait for it
