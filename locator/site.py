"""Which page an address is: the way from ``/sportelli/…`` to what is answered, and every address there is."""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Final

from data.vocabularies import vocabulary
from locator import desk_page, embed, open_data, pages, phone_words, search_page, statements, zones
from locator.data_files import JSON, data_file, data_paths, packed_json
from locator.drawing import cards
from locator.snapshot import Snapshot
from locator.visit import Made, Setting, Visit, with_parameters

__all__ = ["Made", "Setting", "Visit", "addresses", "make"]

Alone = Callable[[Visit], Made]
Named = Callable[[Visit, str], Made | None]

ALONE: Final[Mapping[str, Alone]] = {
    "": pages.home,
    "comuni": pages.comuni,
    "dati": open_data.data,
    "incorpora": embed.page,
    "privacy": statements.privacy,
    "accessibilita": statements.accessibility,
}
"""Pages of which there is one a language."""

NAMED: Final[Mapping[str, Named]] = {
    "comune": pages.comune,
    "tema": pages.theme,
    "ambito": pages.ambito,
    "sportello": desk_page.desk,
}
"""Pages of which there is one a language and a key."""

LIVE: Final[Mapping[str, Alone]] = {"cerca": search_page.search}
"""Pages that only a server has."""


def make(
    now: Snapshot, path: str, query: Mapping[str, str], *, setting: Setting, moment: dt.datetime
) -> Made | None:
    """What is answered to an address.

    Parameters
    ----------
    path
        What comes after ``/sportelli/``; a page ends in a slash, and without one it is sent there.
    moment
        When it is asked.

    Returns
    -------
    made
        None where there is no such address.
    """
    first, _, rest = path.partition("/")
    if first == "dati":
        return data_file(now, path)
    if (path and first not in setting.languages) or "//" in path:
        return None
    visit = Visit(now, setting, first or setting.languages[0], path, moment, query)
    if not path:
        return pages.tongues(visit)
    if path.endswith(".json"):
        return _words(visit, rest)
    found = _page(visit, rest)
    if found is not None and not path.endswith("/"):
        return _moved(path, query)
    return found


def _moved(path: str, query: Mapping[str, str]) -> Made:
    last = path.rpartition("/")[2]
    return Made(b"", status=308, moves_to=with_parameters(f"{last}/", query))


def _page(visit: Visit, rest: str) -> Made | None:
    """The page of an address under a language."""
    name, _, key = rest.rstrip("/").partition("/")
    if name in NAMED and key and "/" not in key:
        return NAMED[name](visit, key)
    there = {**ALONE, **LIVE} if visit.setting.live else ALONE
    return there[name](visit) if name in there and not key else None


def _words(visit: Visit, rest: str) -> Made | None:
    """What phones fetch in a language: the words they need, the cards of a zone, with links as from a comune's page."""
    if rest == "parole.json":
        return Made(packed_json(phone_words.told(visit.w)), JSON)
    folder, _, name = rest.partition("/")
    zone = name.removesuffix(".json")
    if folder != "schede" or zone not in visit.now.travel.zones:
        return None
    seen = replace(visit, path=f"{visit.lang}/comune/-/")
    shown = {"mark": visit.now.mark, "cards": cards(seen, zones.desks_of(visit.now, zone))}
    return Made(packed_json(shown), JSON)


def addresses(now: Snapshot, setting: Setting) -> Iterator[str]:
    """Every address an export writes, the one of all languages (empty) first."""
    yield ""
    yield from data_paths(now)
    keys: Mapping[str, Iterable[str]] = {
        "comune": now.comuni,
        "tema": vocabulary("themes").index,
        "ambito": now.ambito,
        "sportello": now.desk,
    }
    for lang in setting.languages:
        for name in ALONE:
            yield f"{lang}/{name}/" if name else f"{lang}/"
        for name, ones in keys.items():
            yield from (f"{lang}/{name}/{key}/" for key in ones)
        yield f"{lang}/parole.json"
        yield from (f"{lang}/schede/{zone}.json" for zone in now.travel.zones)
