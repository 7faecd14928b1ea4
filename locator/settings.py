"""What the environment says of the public pages, their address and who may frame them; and the headers of answers."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from errors import SettingRefused

ADDRESS: Final = "ATLANTE_PUBLIC_URL"
"""The absolute address of ``/sportelli/``, where it is not under that of the atlas."""
ATLAS: Final = "ATLANTE_ADDRESS"
"""The absolute address of the atlas; letters have it too (``data.registry.outbox``)."""
FRAMING: Final = "ATLANTE_FRAME_ANCESTORS"
"""Who may frame the pages made for it: ``*``, ``'none'``, or origins with spaces between."""

PREFIX: Final = "/sportelli/"

Header = tuple[bytes, bytes]

HOST: Final = re.compile(r"(?:[a-z0-9][a-z0-9._-]{0,252}|\[[0-9a-f:.]{2,45}\])(?::\d{1,5})?", re.IGNORECASE)
"""A host as a request names it, with or without a port."""
ORIGIN: Final = re.compile(
    r"https?://(?:\*\.)?[a-z0-9-]+(?:\.[a-z0-9-]+)*(?::(?:\d{1,5}|\*))?", re.IGNORECASE
)


@dataclass(frozen=True)
class Settings:
    """What the environment says of the public pages.

    Parameters
    ----------
    address
        The absolute address of ``/sportelli/`` with a slash at its end; missing where nobody said it: then it is that
        of each request.
    framing
        Who may frame the pages with ``cornice=1``, as ``frame-ancestors`` has it. No other page may be framed but by
        the atlas itself.
    """

    address: str | None = None
    framing: str = "*"

    def base_url(self, scheme: str, host: str) -> str | None:
        """The absolute address of ``/sportelli/`` for a request; missing where its host is none."""
        if self.address:
            return self.address
        return f"{scheme}://{host}{PREFIX}" if host else None


def settings(environment: Mapping[str, str]) -> Settings:
    """The settings; raises ``SettingRefused`` for the first that cannot be used."""
    return Settings(_address(environment), _framing(environment.get(FRAMING, "")))


def _address(environment: Mapping[str, str]) -> str | None:
    if told := environment.get(ADDRESS, "").strip():
        return public_address(told, name=ADDRESS)
    if told := environment.get(ATLAS, "").strip():
        return public_address(told, name=ATLAS).rstrip("/") + PREFIX
    return None


def public_address(told: str, *, name: str) -> str:
    """An absolute address of the web with a slash at its end.

    Raises ``SettingRefused`` for what is none, or has parameters.

    >>> public_address("https://comune.example/sportelli", name="--url")
    'https://comune.example/sportelli/'
    """
    refused = SettingRefused(name=name, value=told, why="address")
    try:
        parts = urlsplit(told)
        sound = parts.port is None or parts.port > 0
    except ValueError as fault:
        raise refused from fault
    plain = re.fullmatch(r"[\x21\x23-\x3b\x3d\x3f-\x7e]+", told) and not (parts.query or parts.fragment)
    if not (sound and plain and parts.scheme in {"http", "https"} and HOST.fullmatch(parts.netloc)):
        raise refused
    return told.rstrip("/") + "/"


def _framing(told: str) -> str:
    words = told.split()
    if not words or words == ["*"]:
        return "*"
    if words in (["'none'"], ["none"]):
        return "'self'"  # the configurator of the atlas itself shows what it makes
    if not all(word == "'self'" or ORIGIN.fullmatch(word) for word in words):
        raise SettingRefused(name=FRAMING, value=told, why="origins")
    return " ".join(dict.fromkeys(["'self'", *words]))


def public_headers(framing: str = "'self'") -> list[Header]:
    """The headers of every answer of the public pages.

    Nothing comes from elsewhere, nothing is inline, nobody is told which page was read.
    """
    policy = (
        "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        f"object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors {framing}"
    )
    return [
        (b"content-security-policy", policy.encode()),
        (b"permissions-policy", b"geolocation=(self), camera=(), microphone=(), payment=(), usb=()"),
        (b"cross-origin-opener-policy", b"same-origin"),
        *_EVERYWHERE,
    ]


_EVERYWHERE: Final[list[Header]] = [
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
]

API_HEADERS: Final[list[Header]] = [
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"access-control-allow-origin", b"*"),
    (b"access-control-expose-headers", b"ETag, Link, Retry-After"),
    (b"cross-origin-resource-policy", b"cross-origin"),
    *_EVERYWHERE,
]
"""The headers of every answer of the API: any page of anybody may read it."""
