"""How much one visitor, and all together, may send in an hour; nobody's address is kept, only a digest in memory.

The key of the digests is made anew at each start and is never written; a digest is forgotten an hour after the last
thing it sent. Addresses of IPv6 count by their network, because a house has very many.
"""

import hashlib
import ipaddress
import re
import secrets
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Mapping
from typing import Final

from starlette.datastructures import Headers
from starlette.types import Scope

PROXY: Final = "ATLANTE_BEHIND_PROXY"
"""Set to 1 where a proxy of ours stands in front and says in ``X-Forwarded-For`` who asks."""
HOUR_S: Final = 3600.0
MOST_CLIENTS: Final = 20_000
"""Visitors remembered at once; more in an hour are too many anyway."""
SHARED_BITS: Final = 64
WITH_PORT: Final = re.compile(r"^(?:\[([^\]]*)\]|([\d.]+))(?::\d+)?$")
"""An address with its port, or in brackets."""


def client_of(scope: Scope, environment: Mapping[str, str]) -> str:
    """Whose request it is: the address, or that which our proxy saw.

    What comes before the last address of ``X-Forwarded-For`` was said by the visitor: it is not believed. Some proxies
    add to the visitor's line, others add a line after it.
    """
    told = ",".join(Headers(scope=scope).getlist("x-forwarded-for"))
    if told and environment.get(PROXY) == "1":
        return told.rpartition(",")[2].strip()
    client = scope.get("client")
    return str(client[0]) if client else ""


def _network(address: str) -> str:
    """What counts as one visitor.

    >>> _network("2001:db8::1") == _network("[2001:db8::9]:443"), _network("192.0.2.1:5123")
    (True, '192.0.2.1')
    """
    bare = WITH_PORT.sub(r"\1\2", address)  # as some proxies say it
    try:
        found = ipaddress.ip_address(bare.partition("%")[0])
    except ValueError:
        return address[:80]
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    if found.ipv4_mapped:
        return str(found.ipv4_mapped)
    return str(ipaddress.ip_network((found, SHARED_BITS), strict=False))


class Limit:
    """So many things an hour from each visitor, and so many from all.

    Parameters
    ----------
    each, everybody
        How many.
    clock
        Seconds that only grow.
    """

    def __init__(self, each: int, everybody: int, *, clock: Callable[[], float] = time.monotonic) -> None:
        self.each, self.everybody, self.clock = each, everybody, clock
        self._key = secrets.token_bytes(32)
        self._seen: OrderedDict[bytes, deque[float]] = OrderedDict()
        self._all: deque[float] = deque()
        self._turn = threading.Lock()

    def allows(self, client: str) -> bool:
        """Whether this visitor may send one thing more; if so it is counted."""
        who = hashlib.blake2b(
            _network(client).encode(errors="replace"), key=self._key, digest_size=16
        ).digest()
        now = self.clock()
        with self._turn:
            self._forget(now)
            times = self._seen.get(who, deque())
            _drop(times, now)
            new = who not in self._seen
            if (
                len(times) >= self.each
                or len(self._all) >= self.everybody
                or (new and len(self._seen) >= MOST_CLIENTS)
            ):
                return False
            for one in (times, self._all):
                one.append(now)
            self._seen[who] = times
            self._seen.move_to_end(who)
            return True

    def _forget(self, now: float) -> None:
        """Visitors that sent nothing for an hour are forgotten; they are in the order of the last thing they sent."""
        _drop(self._all, now)
        while self._seen:
            who, times = next(iter(self._seen.items()))
            if times and times[-1] > now - HOUR_S:
                return
            del self._seen[who]


def _drop(times: deque[float], now: float) -> None:
    """What is an hour old or more goes."""
    while times and times[0] <= now - HOUR_S:
        times.popleft()
