"""A page that somebody asks for: its snapshot, language, place and parameters; and what is made of it."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final
from urllib.parse import urlencode

from locator.snapshot import Snapshot
from locator.words import LANGUAGES, Words, words

EMBED: Final = "cornice"
COLOUR: Final = "colore"
CARRIED: Final = (EMBED, COLOUR)
"""Parameters that go along with every link: they say how a page looks, not what it holds."""


@dataclass(frozen=True)
class Made:
    """What is answered to who asks for an address.

    Parameters
    ----------
    moves_to
        Where to go instead, relative to the address asked, with a ``status`` of 3xx.
    lasting
        The same until the snapshot changes: it may be kept by path and query. Not where it depends on the moment.
    """

    body: bytes
    mime: str = "text/html; charset=utf-8"
    status: int = 200
    moves_to: str | None = None
    lasting: bool = True


@dataclass(frozen=True)
class Setting:
    """Where and how the pages are served.

    Parameters
    ----------
    base_url
        The absolute address of ``/sportelli/``, with a slash at its end; missing where it is not known.
    live
        Whether a server answers searches, reports and the API; not in an export.
    languages
        Codes of the languages that pages are made in.
    assets
        Folder of scripts and styles under ``/sportelli/``, with the digest of all.
    """

    base_url: str | None = None
    live: bool = True
    languages: tuple[str, ...] = LANGUAGES
    assets: str = "_/hash"


@dataclass(frozen=True)
class Other:
    """The same page in another language."""

    code: str
    tag: str
    endonym: str
    dir: str
    href: str


@dataclass(frozen=True)
class Visit:
    """One address that is asked for; ``path`` is what comes after ``/sportelli/``, ``moment`` when it is asked."""

    now: Snapshot
    setting: Setting
    lang: str
    path: str
    moment: dt.datetime
    query: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def w(self) -> Words:
        """The words of its language."""
        return words(self.lang)

    @property
    def root(self) -> str:
        """The relative way to ``/sportelli/``."""
        return "../" * self.path.count("/")

    @property
    def here(self) -> str:
        """The relative way to ``/sportelli/{lang}/``."""
        return "../" * (self.path.count("/") - 1)

    @property
    def embed(self) -> bool:
        """Whether it is shown inside a page of somebody else."""
        return self.query.get(EMBED) == "1"

    @property
    def carried(self) -> dict[str, str]:
        """The parameters that go along with every link."""
        return {name: self.query[name] for name in CARRIED if self.query.get(name)}

    @property
    def whole(self) -> str:
        """The relative way to this page outside any frame: the same question, without what says how it looks."""
        asked = {name: value for name, value in self.query.items() if name not in CARRIED}
        return with_parameters(f"{self.root}{self.path}", asked)

    def to(self, path: str, parameters: Mapping[str, str] | None = None) -> str:
        """The relative way to a page of this language: ``comuni/``; empty for the home page."""
        return with_parameters((self.here + path) or "./", {**(parameters or {}), **self.carried})

    @cached_property
    def others(self) -> tuple[Other, ...]:
        """The same page in every language, this one too."""
        _, _, rest = self.path.partition("/")
        found = []
        for code in self.setting.languages:
            told = words(code)
            href = with_parameters(f"{self.root}{code}/{rest}", self.query)
            found.append(Other(code, told.tag, told.endonym, told.dir, href))
        return tuple(found)

    def absolute(self, code: str) -> str | None:
        """The absolute address of this page in a language, without parameters; missing where it is not known."""
        if self.setting.base_url is None:
            return None
        return f"{self.setting.base_url}{code}/{self.path.partition('/')[2]}"


def with_parameters(address: str, parameters: Mapping[str, str]) -> str:
    """An address with parameters, those that are empty left out.

    >>> with_parameters("comune/015146/", {"tema": "lavoro", "lingua": ""})
    'comune/015146/?tema=lavoro'
    """
    told = urlencode({name: value for name, value in parameters.items() if value})
    return f"{address}?{told}" if told else address
