"""A request to the public pages, read: what is asked of them, and whether it can be asked at all."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import parse_qsl

from starlette.datastructures import Headers
from starlette.types import Scope

from locator.settings import HOST, PREFIX, Settings
from locator.visit import EMBED

PATH: Final = re.compile(r"(?!.*\.\.)[A-Za-z0-9_./-]{0,300}")
"""What an address below ``/sportelli/`` is written with; our keys have nothing else."""
FORM: Final = re.compile(r"[a-z]{2}/segnala/")
COUNT: Final = "conta"
LONGEST_QUERY: Final = 2000
MOST_PARAMETERS: Final = 30
TRACKING: Final = re.compile(r"utm_.*|[a-z]*clid|mc_eid|v")
"""Parameters that other sites add to links, and the version: they change nothing in a page."""
GZIP: Final = re.compile(r"\bgzip\b(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|$))")


@dataclass(frozen=True)
class Asked:
    """What is asked of the public pages; ``path`` is what comes after ``/sportelli/``, ``version`` that of data."""

    method: str
    path: str
    headers: Headers = field(repr=False)
    query: Mapping[str, str] = field(default_factory=dict)
    version: str = ""
    base_url: str | None = None

    @property
    def embed(self) -> bool:
        """Whether it is to be shown in a page of somebody else."""
        return self.query.get(EMBED) == "1"

    @property
    def accepted(self) -> str:
        """The languages that the browser likes."""
        return self.headers.get("accept-language", "")

    @property
    def gzip(self) -> bool:
        """Whether the browser reads gzip."""
        return GZIP.search(self.headers.get("accept-encoding", "")) is not None

    @property
    def sends(self) -> tuple[str, ...]:
        """With which methods visitors send something to this address, or ask for the form to; none for most."""
        return (
            ("GET", "HEAD", "POST") if FORM.fullmatch(self.path) else ("POST",) if self.path == COUNT else ()
        )

    def has(self, mark: str) -> bool:
        """Whether the visitor has what this mark is of."""
        told = self.headers.get("if-none-match", "")
        return told.strip() == "*" or f'"{mark}"' in told


def read(scope: Scope, settings: Settings) -> tuple[Asked, int]:
    """What is asked, and the status of what is wrong with it, 0 if nothing is."""
    headers = Headers(scope=scope)
    whole, host = scope["path"], headers.get("host", "")
    path = "" if whole + "/" == PREFIX else whole.removeprefix(PREFIX)
    bare = Asked(scope["method"], path, headers)
    if len(scope["query_string"]) > LONGEST_QUERY:
        return bare, 414
    if not PATH.fullmatch(path):
        return bare, 404
    if host and not HOST.fullmatch(host):
        return bare, 400
    pairs = parse_qsl(scope["query_string"].decode("latin-1"))
    if len(pairs) > MOST_PARAMETERS:
        return bare, 400
    query = {name: value for name, value in pairs if not TRACKING.fullmatch(name)}
    version = dict(pairs).get("v", "")
    return Asked(
        bare.method, path, headers, query, version, settings.base_url(scope["scheme"], host.lower())
    ), 0
