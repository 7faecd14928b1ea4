"""What is asked of the registry: read from the address, written to it, and what is found as a table with points."""

import math
from collections.abc import Callable, Collection, Mapping
from dataclasses import fields, replace
from functools import cache
from typing import Any, Final

import geopandas as gpd
import pandas as pd
import shapely
import streamlit as st

from data.registry import search
from data.registry.freshness import CONFIRMED, NEVER, OVERDUE
from data.registry.search import Asked, Hit
from data.registry.search_index import SEARCHED
from data.vocabularies import label, vocabulary
from errors import UnknownCode
from geo.crs import DEGREES
from layers import registro
from layers.style import number
from screens import memory
from screens.filters import EVIDENCE
from screens.living import KINDS as PLACED
from screens.record_fields import ambiti, comune_words

DRAWN: Final = 500
"""How many records are on the map at once."""
TAKEN: Final = 5000
"""How many can be taken away in a file."""
PARAMETERS: Final = {
    "text": "cerca", "kinds": "schede", "ambito_id": "ambito", "service_kinds": "tipi", "themes": "temi",
    "languages": "lingue", "states": "conferma", "evidence": "prove", "lowest": "qualita_da",
    "highest": "qualita_a", "deleted": "tolte",
}  # fmt: skip
KIND_WORDS: Final = {
    "sportelli": "Sportello", "associazioni": "Associazione", "enti": "Ente", "mediazione": "Mediazione",
    "sostegni": "Sostegno a scuola", "sessioni": "Sessione",
}  # fmt: skip
KINDS_WORDS: Final = {
    "sportelli": "Sportelli", "associazioni": "Associazioni", "enti": "Enti", "mediazione": "Mediazione",
    "sostegni": "Sostegni a scuola",
}  # fmt: skip
STATE_WORDS: Final = {
    CONFIRMED: "Confermato", OVERDUE: "Da confermare", NEVER: "Mai confermato", "": "Chiuso",
}  # fmt: skip
STATES: Final = (CONFIRMED, OVERDUE, NEVER)
TEXT_LONGEST: Final = 200


KNOWN: Final[Mapping[str, Callable[[], Collection[str]]]] = {
    "kinds": lambda: SEARCHED,
    "ambito_id": ambiti,
    "service_kinds": lambda: list(vocabulary("service_kinds").index),
    "themes": lambda: list(vocabulary("themes").index),
    "languages": lambda: list(vocabulary("languages").index),
    "states": lambda: STATES,
    "evidence": lambda: EVIDENCE,
}
"""Parts of the question → the codes they may have."""


@cache
def _known(name: str) -> frozenset[str]:
    return frozenset(KNOWN[name]())


def parse(params: Mapping[str, str]) -> tuple[Asked, str]:
    """The question that parameters ask, and the codes in them that nobody knows, in words."""
    asked, strange = Asked(kinds=SEARCHED), []
    for name in ("kinds", "service_kinds", "themes", "languages", "states", "evidence"):
        codes = [code for code in params.get(PARAMETERS[name], "").split(",") if code]
        strange += [code for code in codes if code not in _known(name)]
        good = tuple(dict.fromkeys(code for code in codes if code in _known(name)))
        narrower: dict[str, Any] = {name: good}
        asked = replace(asked, **narrower) if good else asked
    ambito = params.get("ambito", "")
    strange += [ambito] if ambito and ambito not in _known("ambito_id") else []
    bounds: dict[str, Any] = {}
    for name in ("lowest", "highest"):
        bounds[name], odd = _share(params.get(PARAMETERS[name], ""))
        strange += odd
    return replace(
        asked,
        text=params.get("cerca", "")[:TEXT_LONGEST],
        ambito_id=ambito if ambito in _known("ambito_id") else None,
        deleted=params.get("tolte") == "1",
        **bounds,
    ), ", ".join(strange)


def _share(text: str) -> tuple[float | None, list[str]]:
    """A share from a text in hundredths; missing where there is none."""
    if not text:
        return None, []
    try:
        value = float(text) / 100
    except ValueError:
        return None, [text]
    return (value, []) if math.isfinite(value) and 0 <= value <= 1 else (None, [text])


def write(asked: Asked) -> dict[str, str]:
    """A question as parameters; what is not asked is not written."""
    told = {}
    usual = Asked(kinds=SEARCHED)
    for name, parameter in PARAMETERS.items():
        value = getattr(asked, name)
        if value == getattr(usual, name):
            continue
        if isinstance(value, tuple):
            told[parameter] = ",".join(value)
        elif isinstance(value, bool):
            told[parameter] = "1"
        else:
            told[parameter] = f"{value * 100:.0f}" if isinstance(value, float) else str(value)
    return told


def narrowed(asked: Asked) -> list[str]:
    """The parts of a question that narrow it, besides its words."""
    usual = Asked(kinds=SEARCHED)
    names = [one.name for one in fields(asked) if one.name not in {"text", "deleted", "public"}]
    return [name for name in names if getattr(asked, name) != getattr(usual, name)]


def without(asked: Asked, name: str) -> Asked:
    """The same question without one of its parts."""
    return replace(asked, **{name: getattr(Asked(kinds=SEARCHED), name)})


def table(hits: Collection[Hit]) -> gpd.GeoDataFrame:
    """Records that were found, one row each: ``id`` as ``kind/key``, words for people, point and its precision.

    A record without a point of its own is where ``positions`` has it; one that is nowhere has no point.
    """
    where = memory.table("positions").set_index(["kind", "id"])
    rows, points = [], []
    for hit in hits:
        place = (PLACED.get(hit.kind, ""), hit.key)
        known = where.loc[place] if place in where.index else None
        own = hit.lon is not None and hit.lat is not None
        points.append(
            shapely.Point(hit.lon, hit.lat) if own else None if known is None else known["geometry"]
        )
        rows.append(_row(hit) | {"precision": "unknown" if known is None else known["precision"]})
    columns = [*_row(Hit("", "", "", None, None, None, None, "", None, None)), "precision"]
    return gpd.GeoDataFrame(pd.DataFrame(rows, columns=columns), geometry=gpd.GeoSeries(points, crs=DEGREES))


def _row(hit: Hit) -> dict[str, Any]:
    return {
        "id": f"{hit.kind}/{hit.key}",
        "kind": hit.kind,
        "name": hit.name,
        "kind_words": kind_words(hit.kind, hit.service_kind),
        "service_kind": hit.service_kind,
        "comune": comune_words(hit.comune_code),
        "ambito": ambiti().get(hit.ambito_id or "", ""),
        "ente": hit.ente or "",
        "state": "Tolta" if hit.deleted else STATE_WORDS.get(hit.state, hit.state),
        "quality": "" if hit.quality is None else number(hit.quality, digits=2),
    }


def kind_words(kind: str, service_kind: str | None) -> str:
    """What kind of record it is; of a desk, which kind of service."""
    return (
        label("service_kinds", service_kind)
        if kind == "sportelli" and service_kind
        else KIND_WORDS.get(kind, kind)
    )


@st.cache_resource(show_spinner=False, max_entries=8)
def _found(stamp: str, day: str, asked: Asked, limit: int) -> gpd.GeoDataFrame:  # noqa: ARG001
    return table(search.find(memory.registry(), asked, limit=limit).hits)


def found(asked: Asked, limit: int) -> gpd.GeoDataFrame:
    """The first records that answer, as ``table`` gives them."""
    return _found(memory.stamp(), memory.registry().today().isoformat(), asked, limit)


def placed(asked: Asked) -> Asked:
    """The same question for the kinds of record that have a place."""
    kinds = tuple(one for one in asked.kinds if one in PLACED)
    return replace(asked, kinds=kinds, deleted=False)


def shapes(params: Mapping[str, str]) -> dict[str, Any]:
    """The feed of the map: the first records that answer, as points."""
    asked, strange = parse(params)
    if strange:
        raise UnknownCode(what="filter", codes=[strange])
    return registro.build(found(placed(asked), DRAWN))


def point(params: Mapping[str, str]) -> dict[str, Any]:
    """The feed of a point that somebody is putting."""
    try:
        lon, lat = float(params["lon"]), float(params["lat"])
    except (KeyError, ValueError) as fault:
        raise UnknownCode(what="punto", codes=[str(dict(params))[:80]]) from fault
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):
        raise UnknownCode(what="punto", codes=[f"{lon} {lat}"])
    return registro.build_point(lon, lat)
