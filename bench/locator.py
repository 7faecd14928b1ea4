"""The public pages under load: the real server, one process that asks 500 times a second for 30 seconds.

``python bench/locator.py [--rate N] [--seconds N] [--url http://host:port] [--wrk]``. Without ``--url`` the server is
started here, on a free port, and stopped. What is asked is what visitors would: comuni by how many foreigners live
there, languages unevenly, the files that a phone fetches with a first page, the API. Each request has its moment
beforehand, and the time it takes is counted from that moment, so that a server that stands still is not measured only
by those who were let in. The pages are cold at the first second. ``--wrk`` then has ``wrk`` ask as fast as it can.
"""

import argparse
import asyncio
import itertools
import random
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

from data import catalog

ROOT = Path(__file__).parents[1]

CONNECTIONS = 64
LANGUAGES = {
    "it": 40,
    "en": 14,
    "ar": 10,
    "es": 7,
    "uk": 6,
    "zh": 5,
    "ur": 4,
    "fr": 4,
    "ro": 3,
    "bn": 3,
    "pt": 2,
    "pa": 2,
}
THEMES = ("permesso_soggiorno", "lavoro", "asilo", "corsi_italiano", "salute", "alloggio")
MIX = {
    "home": 15,
    "comune": 38,
    "filtered": 7,
    "page": 8,
    "zone": 10,
    "minutes": 5,
    "cards": 5,
    "script": 5,
    "api": 7,
}
"""What is asked, in hundredths."""


@dataclass
class Told:
    """What became of the requests: seconds of each, how many of each status, what went wrong."""

    seconds: list[float] = field(default_factory=list)
    status: Counter[int] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    bytes: int = 0


class Visitors:
    """What they ask, the same every time."""

    def __init__(self, base: str) -> None:
        index = httpx.get(f"{base}/sportelli/dati/luoghi.json", timeout=120).json()
        page = httpx.get(f"{base}/sportelli/it/", timeout=120).text
        self.chance = random.Random(1)
        self.mark, self.zones = index["mark"], index["zones"]
        self.scripts = sorted(set(re.findall(r'(?:src|href)="\.\./(_/[^"]+)"', page)))
        foreign = catalog.load("demand").groupby("comune_code")["foreign_residents"].sum()
        self.comuni = [row[0] for row in index["comuni"]]
        self.people = [float(foreign.get(code, 0)) + 1 for code in self.comuni]
        self.zone_of = {row[0]: index["zones"][row[3]] for row in index["comuni"]}

    def path(self) -> str:
        """One address."""
        pick = self.chance
        kind = pick.choices(list(MIX), list(MIX.values()))[0]
        lang = pick.choices(list(LANGUAGES), list(LANGUAGES.values()))[0]
        comune = pick.choices(self.comuni, self.people)[0]
        theme, zone = pick.choice(THEMES), self.zone_of[comune]
        told = {
            "home": f"/sportelli/{lang}/",
            "comune": f"/sportelli/{lang}/comune/{comune}/",
            "filtered": f"/sportelli/{lang}/comune/{comune}/?tema={theme}",
            "page": f"/sportelli/{lang}/{pick.choice([f'tema/{theme}/', f'ambito/{zone}/', 'comuni/'])}",
            "zone": f"/sportelli/dati/zone/{zone}.json?v={self.mark}",
            "minutes": f"/sportelli/dati/minuti/{zone}.bin?v={self.mark}",
            "cards": f"/sportelli/{lang}/schede/{zone}.json?v={self.mark}",
            "script": f"/sportelli/{pick.choice(self.scripts)}",
            "api": f"/api/v1/sportelli?comune={comune}&tema={theme}&limite=20",
        }
        return told[kind]


async def load(host: str, port: int, paths: list[str], rate: float) -> Told:
    """Ask for each path at its moment, over connections that stay open."""
    told, begin = Told(), time.perf_counter() + 0.2
    waiting = iter([(begin + number / rate, path) for number, path in enumerate(paths)])
    await asyncio.gather(*(visit(host, port, waiting, told) for _ in range(CONNECTIONS)))
    return told


async def visit(host: str, port: int, waiting: Iterator[tuple[float, str]], told: Told) -> None:
    """One connection: whatever is next, again and again."""
    joined: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
    for due, path in waiting:
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        try:
            joined = joined or await asyncio.open_connection(host, port)
            joined[1].write(
                f"GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\nAccept-Encoding: gzip\r\n\r\n".encode()
            )
            status, size = await asyncio.wait_for(answer(joined[0]), 30)
        except (OSError, ValueError, asyncio.IncompleteReadError, TimeoutError) as fault:
            told.faults[type(fault).__name__] += 1
            joined = None
            continue
        told.seconds.append(time.perf_counter() - due)
        told.status[status] += 1
        told.bytes += size
    if joined:
        joined[1].close()


async def answer(reader: asyncio.StreamReader) -> tuple[int, int]:
    """Read one answer whole: its status, and how heavy it is."""
    head = await reader.readuntil(b"\r\n\r\n")
    found = re.search(rb"\r\ncontent-length: (\d+)\r\n", head, re.IGNORECASE)
    if found is None:
        raise ValueError("no length")
    await reader.readexactly(int(found[1]))
    return int(head.split(b" ", 2)[1]), len(head) + int(found[1])


def say(words: str) -> None:
    """One line."""
    sys.stdout.write(words + "\n")
    sys.stdout.flush()


def report(name: str, told: Told, took: float) -> None:
    """Print what became of it."""
    ms = np.array(told.seconds) * 1000
    at = "  ".join(f"p{part} {np.percentile(ms, part):.0f}" for part in (50, 95, 99))
    wrong = sum(told.faults.values()) + sum(count for status, count in told.status.items() if status >= 400)
    say(
        f"{name:18} {len(ms) / took:6.0f}/s  {len(ms):6} answers  {wrong} errors  ms: {at}  max {ms.max():.0f}  "
        f"{told.bytes / took / 1e6:.1f} MB/s  {dict(told.status)} {dict(told.faults) or ''}"
    )


def wrk(base: str, paths: list[str]) -> None:
    """As many as it can, with wrk: 32 connections for ten seconds over the same addresses."""
    listed = ",".join(f'"{path}"' for path in paths)
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        script.write(
            f"local p = {{{listed}}}\nlocal i = 0\nrequest = function() i = i + 1\n"
            'return wrk.format("GET", p[i % #p + 1], {["Accept-Encoding"] = "gzip"}) end\n'
        )
        script.flush()
        command = ["wrk", "-t1", "-c32", "-d10s", "--latency", "-s", script.name, base]
        say(subprocess.run(command, capture_output=True, text=True, check=False).stdout)


def started() -> tuple[subprocess.Popen[bytes], str]:
    """The real server on a free port, once its first page is there."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port = held.getsockname()[1]
    server = subprocess.Popen([sys.executable, "server.py", "--port", str(port)], cwd=ROOT)
    base = f"http://127.0.0.1:{port}"
    for _ in itertools.repeat(None, 300):
        try:
            if httpx.get(f"{base}/sportelli/it/", timeout=300).status_code == 200:
                return server, base
        except httpx.TransportError:
            time.sleep(1)
    raise SystemExit("the server does not start")


def main() -> None:
    """Load, and tell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rate", type=float, default=500)
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--url")
    parser.add_argument(
        "--settle", type=float, default=30, help="seconds for the server to prepare its maps (30)"
    )
    parser.add_argument("--wrk", action="store_true")
    asked = parser.parse_args()
    server, base = (None, asked.url) if asked.url else started()
    try:
        if server:
            time.sleep(asked.settle)
        visitors = Visitors(base)
        paths = [visitors.path() for _ in range(int(asked.rate * asked.seconds))]
        say(f"{len(paths)} requests to {len(set(paths))} addresses, {asked.rate:g} a second")
        where = urlsplit(base)
        for name in ("cold", "once more"):
            start = time.perf_counter()
            told = asyncio.run(load(str(where.hostname), int(where.port or 80), paths, asked.rate))
            report(name, told, time.perf_counter() - start)
        if asked.wrk and shutil.which("wrk"):
            wrk(base, paths)
    finally:
        if server:
            server.terminate()
            server.wait(60)


if __name__ == "__main__":
    main()
