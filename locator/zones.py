"""What a phone fetches to find desks by itself: places of a zone, minutes to its desks, the facts it filters by.

No words here: cards in a language come apart (``locator/pages.py``). No Streamlit.
"""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any, Final

import geopandas as gpd
import numpy as np
import shapely

from data import catalog
from data.registry import areas
from data.vocabularies import vocabulary
from geo.crs import DEGREES, METRES
from locator.opening import Week
from locator.place_search import exonyms
from locator.records import Desk, Slot
from locator.snapshot import Snapshot
from locator.travel import FAR, MODES, Bytes, Origin
from screens.offers import asked_as, wider

MOST: Final = 240
"""How many desks with a point a zone holds; where there are more, the nearest by car."""
OF_EACH: Final = 5
"""The nearest desks of each theme and of each language that a zone holds however far they are."""
FORMAT: Final = 1
GROUND_M: Final = 200.0
"""How far an outline of the ground may be from the true one, in metres."""
GROUND_UNIT: Final = 1e-4
"""Degrees of one step of an outline."""


def desks_of(now: Snapshot, zone: str) -> list[Desk]:
    """The desks that a zone holds, by key: the nearest by car, some of each theme and language, all remote ones,
    and those without a point that may lie in it.

    Minutes are the least from any place of the zone.
    """
    rows = list(now.travel.zones[zone])
    nearest = now.travel.reach["car"].best[rows].min(axis=0, initial=FAR)
    order = [now.desk[now.travel.desks[column]] for column in np.argsort(nearest, kind="stable")]
    placeless = (
        desk for desk in now.desks if desk.place.lon is None and desk.place.ambito_id in {None, zone}
    )
    kept = {desk.id for desk in [*order[:MOST], *placeless, *(desk for desk in now.desks if desk.remote)]}
    for said in (lambda desk: desk.themes, lambda desk: desk.languages):
        kept |= _first_of_each(order, said)
    return [desk for desk in now.desks if desk.id in kept]


def _first_of_each(order: Sequence[Desk], said: Any) -> set[str]:
    """The first desks of each code they say."""
    kept: dict[str, list[str]] = {}
    for desk in order:
        for code in said(desk) or ():
            kept.setdefault(code, []).append(desk.id)
    return {key for keys in kept.values() for key in keys[:OF_EACH]}


def feed(now: Snapshot, zone: str) -> dict[str, Any]:
    """What a zone's file says of its places and desks; its form is described in ``docs/locator.md``."""
    desks = desks_of(now, zone)
    places = [now.travel.origins[row] for row in now.travel.zones[zone]]
    return {
        "format": FORMAT,
        "zone": zone,
        "mark": now.mark,
        "day": now.today.isoformat(),
        "left_out": len(now.desks) - len(desks),
        "asked_as": {code: asked_as(code) for code in vocabulary("language_groups").index},
        "wider": {code: sorted(wider(code)) for code in vocabulary("targets").index},
        "places": [[one.id, one.name, one.comune_code, one.lon, one.lat, int(one.main)] for one in places],
        "desks": [_facts(desk, places) for desk in desks],
    }


def minutes(now: Snapshot, zone: str) -> bytes:
    """The minutes of a zone: its mark, then for each of ``MODES`` one row a desk and one byte a place, as in its file.

    Each byte is the difference from that of the place before it in the row, modulo 256, which compresses to half. 255
    is farther than anybody goes, no way known, or a desk without a point.
    """
    desks, rows = desks_of(now, zone), list(now.travel.zones[zone])
    columns = [now.travel.column.get(desk.id, -1) for desk in desks]
    return now.mark.encode() + b"".join(_packed(now.travel.reach[mode].best, rows, columns) for mode in MODES)


def _packed(best: Bytes, rows: list[int], columns: list[int]) -> bytes:
    wide = np.hstack([best, np.full((len(best), 1), FAR, dtype=np.uint8)])  # the last column is of no desk
    by_desk = wide[rows][:, columns].T
    return np.diff(by_desk, axis=1, prepend=np.uint8(0)).tobytes()


def _facts(desk: Desk, places: Iterable[Origin]) -> dict[str, Any]:
    """What a desk is filtered and drawn by; what is not known is left out."""
    point = None if desk.place.lon is None else [desk.place.lon, desk.place.lat]
    told = {
        "id": desk.id,
        "name": desk.name,
        "kind": desk.kind,
        "ambito": desk.place.ambito_id,
        "comune": desk.place.comune,
        "point": point,
        "exact": desk.place.exact or None,
        "remote": desk.remote or None,
        "themes": desk.themes,
        "targets": desk.targets,
        "receives": _received(desk, places),
        "slots": [_slot(slot) for slot in desk.slots] or None,
    }
    return {name: value for name, value in told.items() if value is not None}


def _slot(slot: Slot) -> dict[str, Any]:
    told = {
        "how": slot.reception,
        "languages": None if slot.languages is None else sorted({asked_as(code) for code in slot.languages}),
        "coming": slot.coming,
        "week": None if slot.week is None else _flat(slot.week),
    }
    return {name: value for name, value in told.items() if value is not None}


def _flat(week: Week) -> list[list[int]]:
    """Day from Monday as 0, from and until in minutes, and whether it is so every week."""
    return [[day, span.start, span.end, int(span.sure)] for day, spans in enumerate(week) for span in spans]


def _received(desk: Desk, places: Iterable[Origin]) -> dict[str, int] | None:
    """Comune → 1 or 0 as its people are received or not; those of which that is not known are left out."""
    if desk.areas is None:
        return None
    homes = {one.comune_code: areas.Home(one.comune_code, one.ambito_id, one.province) for one in places}
    said = {code: areas.receives(desk.areas, home) for code, home in homes.items()}
    return {code: int(holds) for code, holds in said.items() if holds is not None}


def _near(one: Origin) -> tuple[float, float]:
    """Where a place is to a hundred metres: enough to tell which is nearest."""
    return round(one.lon, 3), round(one.lat, 3)


def places_index(now: Snapshot) -> dict[str, Any]:
    """Every place that can be typed: zones, then comuni with what lies in each.

    ``comuni``: code, name, province, position of the zone, longitude, latitude, and the names of other places in it;
    the zone's file has their ids. ``exonyms``: what comuni are called in other languages, and their code.
    """
    zones = sorted({one.zone for one in now.travel.origins})
    number = {zone: at for at, zone in enumerate(zones)}
    parts: dict[str, list[str]] = {}
    for one in now.travel.origins:
        if not one.main:
            parts.setdefault(one.comune_code, []).append(one.name)
    comuni = [
        [code, one.comune, one.province, number[one.zone], *_near(one), parts.get(code, [])]
        for code, one in now.comuni.items()
    ]
    names = [[name, code] for code, name in exonyms() if code in now.comuni]
    return {"format": FORMAT, "mark": now.mark, "zones": zones, "comuni": comuni, "exonyms": names}


@cache
def ground() -> dict[str, Any]:
    """What the map of the phone is drawn on: Lombardy, the borders of the Ambiti inside it, the lakes.

    Each line is a list of whole numbers: longitude and latitude of its first point in units of ``GROUND_UNIT``
    degrees, then the steps to each following one.
    """
    belongs = catalog.load("ambito_comuni").set_index("comune_code")["ambito_id"]
    comuni = catalog.load("comuni")
    known = comuni.assign(ambito_id=comuni["comune_code"].map(belongs).fillna(comuni["comune_code"]))
    shapes = known.dissolve("ambito_id", method="coverage").geometry.to_crs(METRES)
    shapes = shapes.simplify_coverage(GROUND_M).to_crs(DEGREES)
    region = shapely.coverage_union_all(shapes.to_numpy())
    inside = shapely.difference(shapely.union_all(shapes.boundary.to_numpy()), shapely.boundary(region))
    lakes = catalog.load("lakes").geometry.to_numpy()
    return {
        "format": FORMAT,
        "unit": GROUND_UNIT,
        "region": _lines(shapely.boundary(region)),
        "borders": _lines(inside),
        "lakes": _lines(gpd.GeoSeries(lakes).boundary.union_all()),
    }


def _lines(lines: shapely.Geometry) -> list[list[int]]:
    """The lines in whole numbers, those that follow one another joined."""
    found = []
    for one in shapely.get_parts(shapely.line_merge(lines)):
        steps = np.rint(shapely.get_coordinates(one) / GROUND_UNIT).astype(int)
        found.append([int(value) for value in np.diff(steps, axis=0, prepend=[[0, 0]]).ravel()])
    return found
