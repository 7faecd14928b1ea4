"""What the browser fetches for its map: a name and a few parameters in, bytes and their version out.

Two kinds of feed: *shapes* (GeoJSON) and *values* (``{"values": {id: [class, text]}}``), so
that a choropleth fetches its shapes once. The version is a mark of the content and stands in
the address, so browsers may keep what they have got for as long as they like.
"""

import gzip
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from typing import Any
from urllib.parse import urlencode

from analysis import disclosure
from data.vocabularies import label
from errors import UnknownCode
from layers import (
    ambiti,
    associazioni,
    biblioteche,
    comuni,
    cpia,
    isocrone,
    lakes,
    mediazione,
    places,
    scuole,
    sportelli,
)
from layers.features import text
from screens import (
    access_answers,
    community_feeds,
    filters,
    gap_answers,
    language_answers,
    measure_answers,
    memory,
    reach,
    record_search,
    school_feeds,
)
from screens.card import hours_in_words
from screens.need import Need
from screens.reach import Question

Params = Mapping[str, str]


@dataclass(frozen=True)
class Feed:
    """The bytes of one answer, the same compressed, and the mark of their content."""

    body: bytes
    packed: bytes
    version: str


def _desks(params: Params) -> dict[str, Any]:
    asked, strange = filters.parse(params)
    if strange:
        raise UnknownCode(what="filter", codes=[strange])
    return _pointed(filters.apply(memory.sportelli(), asked))


def _chosen(params: Params) -> dict[str, Any]:
    table = memory.ambiti()
    code = params.get("ambito", "")
    if code not in set(table["ambito_id"]):
        raise UnknownCode(what="ambito", codes=[code])
    return ambiti.build(table[table["ambito_id"] == code])


def _unassigned(_: Params) -> dict[str, Any]:
    table = memory.comuni()
    return comuni.build(table[table["ambito_id"].isna()])


def _places(_: Params) -> dict[str, Any]:
    table = memory.table("places")
    residents = memory.comuni().set_index("comune_code")["residents"]
    return places.build(table.assign(residents=table["comune_code"].map(residents)))


def _schools(_: Params) -> dict[str, Any]:
    table = memory.scuole().query("is_site")
    levels = [label("school_levels", code) if code != "altro" else "" for code in map(text, table["level"])]
    return scuole.build(table.assign(level_name=levels))


def _asked(params: Params) -> Question:
    """The question on travel times that an address asks."""
    known = set(reach.choosable(memory.sportelli())["sportello_id"])
    asked, strange = reach.parse(params, desks=known)
    if strange:
        raise UnknownCode(what="filter", codes=[strange])
    return asked


def _isochrones(params: Params) -> dict[str, Any]:
    asked = _asked(params)
    return isocrone.build(memory.isochrones(asked), mode=asked.mode)


def _goals(params: Params) -> dict[str, Any]:
    asked = _asked(params)
    goals = reach.goals(asked, memory.sportelli())
    if asked.about == "point":
        return isocrone.build_place(goals)
    return _pointed(goals)


def _pointed(desks: Any) -> dict[str, Any]:
    """Desks as points, their hours in words."""
    return sportelli.build(
        desks.assign(hours=[hours_in_words(text(cell)) for cell in desks["opening_hours"]])
    )


def _trip(params: Params) -> dict[str, Any]:
    asked = _asked(params)
    if asked.start is None:
        raise UnknownCode(what="punto di partenza", codes=[params.get("da", "")])
    return isocrone.build_trip(asked.start, memory.trip(asked.by(asked.mode), asked.start).line)


SHAPES: dict[str, Callable[[Params], dict[str, Any]]] = {
    "lakes": lambda _: lakes.build(memory.table("lakes")),
    "places": _places,
    "ambiti": lambda _: ambiti.build(memory.ambiti()),
    "ambito": _chosen,
    "unassigned": _unassigned,
    "comuni": lambda _: comuni.build(memory.comuni()),
    "sportelli": _desks,
    "scuole": _schools,
    "scuole_sostegno": school_feeds.shapes,
    "associazioni": lambda _: associazioni.build(memory.associazioni()),
    "biblioteche": lambda _: biblioteche.build(memory.biblioteche()),
    "cpia": lambda _: cpia.build(memory.cpia()),
    "tempi": _isochrones,
    "tempi_mete": _goals,
    "tempi_sportelli": lambda _: _pointed(reach.choosable(memory.sportelli())),
    "tempi_tragitto": _trip,
    "registro": record_search.shapes,
    "registro_punto": record_search.point,
    "accesso_sportelli": access_answers.desks,
    "comunita": community_feeds.shapes,
    "tempi_strade": lambda _: isocrone.build_edge(memory.networks().streets),
}


def _ambiti_values(params: Params) -> dict[str, list[Any]]:
    measure = params.get("measure", "partner")
    if measure == "partner":
        return ambiti.values(memory.ambiti())
    if measure == "mediazione":
        return mediazione.build(memory.table("mediazione"), memory.ambiti())
    if measure == "mediazione_scuole":
        return school_feeds.mediation()
    raise UnknownCode(what="measure", codes=[measure])


def _comuni_values(params: Params) -> dict[str, list[Any]]:
    measure = params.get("measure", "foreign_residents")
    if measure not in comuni.MEASURES:
        raise UnknownCode(what="measure", codes=[measure])
    column = comuni.MEASURES[measure].column
    if measure not in {"minutes", "people_beyond"}:
        numbers = memory.comuni().set_index("comune_code")[column]
        shown = disclosure.counts(numbers) if measure == "third_country" else numbers  # an estimate of ours
        return comuni.values(shown, measure=measure)
    asked, strange = filters.parse(params)
    if strange:
        raise UnknownCode(what="filter", codes=[strange])
    reached = access(asked)
    band = {"low": reached["low"], "high": reached["high"]} if measure == "minutes" else {}
    return comuni.values(reached[column], measure=measure, **band)


VALUES: dict[str, Callable[[Params], dict[str, list[Any]]]] = {
    "ambiti": _ambiti_values,
    "comuni": _comuni_values,
    "comunita": community_feeds.values,
    "accesso": access_answers.values,
    "divari": gap_answers.values,
    "accesso_lingue": language_answers.values,
    "misure": measure_answers.values,
}


def access(asked: filters.Filters) -> Any:
    """Minutes and people beyond, one row a comune, for the mode, limit, kinds and evidence asked."""
    return memory.access(mode=asked.mode, limit=asked.limit, kinds=asked.all_kinds(), evidence=asked.evidence)


STILL = {
    ("geojson", name)
    for name in (
        "lakes",
        "places",
        "unassigned",
        "ambiti",
        "chosen",
        "comuni",
        "scuole",
        "biblioteche",
        "cpia",
        "registro_punto",
    )
}
"""Feeds that do not change with the registry."""


@lru_cache(maxsize=256)
def _made(kind: str, name: str, params: tuple[tuple[str, str], ...], stamp: str) -> Feed:  # noqa: ARG001
    makers: Mapping[str, Callable[[Params], dict[str, Any]]] = {"geojson": SHAPES, "json": VALUES}[kind]
    if name not in makers:
        raise UnknownCode(what="layer", codes=[name])
    content = makers[name](dict(params))
    told = content if kind == "geojson" else {"values": content}
    body = json.dumps(told, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()
    return Feed(body, gzip.compress(body, 6, mtime=0), sha256(body).hexdigest()[:12])


def feed(kind: str, name: str, params: Params) -> Feed:
    """One feed, remembered after the first time.

    Parameters
    ----------
    kind
        ``geojson`` for shapes, ``json`` for values.
    name
        Key of ``SHAPES`` or ``VALUES``.
    params
        What is asked: those of the address, without the version.

    Raises
    ------
    UnknownCode
        No such layer, measure or code.
    DataError
        A table is missing or broken.
    """
    asked = tuple(sorted((key, text) for key, text in params.items() if key != "v"))
    return _made(kind, name, asked, "" if (kind, name) in STILL else memory.stamp())


def url(kind: str, name: str, **params: str) -> str:
    """Address of a feed, with the version of its content."""
    version = feed(kind, name, params).version
    return f"/layers/{name}.{kind}?{urlencode({**params, 'v': version})}"


def warm() -> None:
    """Make the feeds that most visits ask for, so that the first visitor does not wait for them."""
    for name in ("lakes", "places", "unassigned", "ambiti", "comuni", "sportelli", "scuole"):
        feed("geojson", name, {})
    feed("json", "comuni", {"measure": "minutes"})
    feed("json", "accesso", {access_answers.GROUND: access_answers.USUAL_GROUND})
    feed("geojson", "accesso_sportelli", {})
    feed("json", "divari", {gap_answers.GROUND: gap_answers.USUAL_GROUND})
    language_answers.by_comune(Need())
    for mode in filters.MODES:
        feed("geojson", "tempi", {"mezzo": mode})


def forget() -> None:
    """Forget every feed; to be called when a table has changed."""
    _made.cache_clear()
