"""Where an address is: a cascade of ever rougher answers, each with its precision and a radius.

Coordinates given → the same address in a gazetteer → the same street of the same comune there → an online
geocoder, only if one is switched on → the comune's main settlement → unknown.
"""

import itertools
import re
import time
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import requests
import shapely
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from errors import SourceUnavailable
from geo.crs import DEGREES, LOMBARDY_BOX, METRES

PRECISIONS: Final = ("coordinate", "address", "street", "settlement", "unknown")

COORDINATE_RADIUS_M: Final = 30.0
ADDRESS_RADIUS_M: Final = 100.0
"""Gazetteer entries are themselves geocoded: nine in ten lie within 200 m of the door, most far closer."""
STREET_RADIUS_M: Final = 400.0
"""For a street known by one address, or by a door near in number; else the farthest known address if that is more."""
NEXT_DOORS: Final = 20
"""House numbers this near are within ``STREET_RADIUS_M`` of each other on all but country roads."""

TYPES: Final = {
    "v": "via", "via": "via", "vle": "viale", "viale": "viale", "vl": "viale",
    "p": "piazza", "pz": "piazza", "pza": "piazza", "pzza": "piazza", "piazza": "piazza", "piazzale": "piazzale",
    "ple": "piazzale", "pzle": "piazzale", "piazzetta": "piazzetta", "ptta": "piazzetta",
    "c": "corso", "cso": "corso", "corso": "corso", "largo": "largo", "lgo": "largo", "vicolo": "vicolo",
    "vlo": "vicolo", "contrada": "contrada", "cda": "contrada", "strada": "strada", "str": "strada",
    "localita": "localita", "loc": "localita", "frazione": "frazione", "fraz": "frazione", "fr": "frazione",
    "passaggio": "passaggio", "alzaia": "alzaia", "bastioni": "bastioni", "ripa": "ripa", "foro": "foro",
    "salita": "salita", "galleria": "galleria", "lungolago": "lungolago", "lungo": "lungo",
}  # fmt: skip

SILENT: Final = frozenset(
    "di del dei della delle degli dell d da dal de al alla ai e il lo la i gli le snc n nr".split()
)
NUMERALS: Final = {
    "ii": "2", "iii": "3", "iv": "4", "vi": "6", "vii": "7", "viii": "8", "ix": "9",
    "xi": "11", "xii": "12", "xx": "20", "xxiii": "23", "xxiv": "24", "xxv": "25", "xxvi": "26", "xxviii": "28",
    "xxix": "29", "primo": "1", "quattro": "4", "venticinque": "25", "due": "2", "venti": "20",
}  # fmt: skip

MONTHS: Final = frozenset(
    "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre".split()
)


@dataclass(frozen=True)
class Address:
    """An Italian address taken apart: kind of street, the words of its name, the last of them, house number."""

    kind: str
    words: frozenset[str]
    surname: str
    number: int | None


Floats = NDArray[np.float64]
Entry = tuple[Address, float, float, str]
"""A known address: taken apart, easting and northing in metres, source."""


def parse(text: str) -> Address:
    """An address taken apart; accents, abbreviations, brackets and Roman numerals do not matter.

    >>> parse("P.zza XXV Aprile, 8 (ex pretura)") == parse("piazza 25 aprile 8")
    True
    """
    plain = unicodedata.normalize("NFKD", text.lower()).encode("ascii", "ignore").decode()
    plain = re.sub(r"\(.*?\)|\bang(?:olo)?\b.*| - .*", " ", plain).strip()
    plain = re.sub(r"^([a-z])\.([a-z]+)\b", r"\1\2", plain)
    plain = re.sub(r"\bi (?=maggio\b)", "1 ", plain)
    tokens = re.findall(r"[a-z]+|\d+", plain)
    kind = TYPES.get(tokens[0], "") if tokens else ""
    rest = tokens[1:] if kind else tokens
    door = _door(rest)
    name = [NUMERALS.get(word, word) for word in rest[:door] if word not in SILENT]
    telling = [word for word in name if len(word) > 1 or word.isdigit()]
    return Address(
        kind,
        frozenset(telling),
        telling[-1] if telling else "",
        int(rest[door]) if door is not None else None,
    )


def _door(tokens: list[str]) -> int | None:
    """Where the house number stands: the first figure after a word that is no date, as 8 in "25 aprile 8"."""
    for position, token in enumerate(tokens):
        follows = tokens[position + 1] if position + 1 < len(tokens) else ""
        if (
            token.isdigit()
            and follows not in MONTHS
            and any(not word.isdigit() for word in tokens[:position])
        ):
            return position
    return None


def gazetteer(entries: gpd.GeoDataFrame) -> dict[str, list[Entry]]:
    """Known addresses by comune: address, easting and northing in metres, source.

    Parameters
    ----------
    entries
        Columns ``comune_code``, ``address``, ``source``, and a point geometry; rows without address or
        position are passed over. Kept in order of source and address, so that row order changes nothing.
    """
    known = entries.dropna(subset=["comune_code", "address", "geometry"]).to_crs(METRES)
    known = known.assign(x=known.geometry.x, y=known.geometry.y).sort_values(["source", "address", "x", "y"])
    by_comune: dict[str, list[Entry]] = {}
    for row in known.itertuples(index=False):
        by_comune.setdefault(row.comune_code, []).append((parse(row.address), row.x, row.y, row.source))
    return by_comune


@dataclass(frozen=True)
class Found:
    """A position in metres with its precision, its radius, and the source that knew it."""

    x: float
    y: float
    precision: str
    radius_m: float
    source: str


def find(address: str, entries: list[Entry]) -> Found | None:
    """An address among the known ones of its comune: the same door, else the same street; None if neither.

    Two names are one street if they end in the same word and one contains the other ("Via Galilei" and "Via
    Galileo Galilei"); where that would join two streets ("Via Mario Rossi", "Via Luigi Rossi") the name must be
    the same.
    """
    asked = parse(address)
    if not asked.words:
        return None
    street = [entry for entry in entries if _akin(entry[0], asked) and _same_kind(entry[0], asked)]
    if not _nested({entry[0].words for entry in street}):
        street = [entry for entry in street if entry[0].words == asked.words]
    if not street:
        return None
    doors = [entry for entry in street if asked.number is not None and entry[0].number == asked.number]
    if doors:
        _, x, y, source = doors[0]
        return Found(x, y, "address", ADDRESS_RADIUS_M, source)
    return _on_street(asked, street)


def _same_kind(known: Address, asked: Address) -> bool:
    return not known.kind or not asked.kind or known.kind == asked.kind


def _akin(known: Address, asked: Address) -> bool:
    return known.surname == asked.surname and (known.words >= asked.words or known.words <= asked.words)


def _nested(names: set[frozenset[str]]) -> bool:
    """Whether of any two names one contains the other, so that all can be one street's."""
    ordered = sorted(names, key=len)
    return all(short <= long for short, long in itertools.pairwise(ordered))


def _on_street(asked: Address, street: list[Entry]) -> Found:
    """The entry with the nearest house number, else the middle one; unless it is near in number, the radius
    reaches every entry known.
    """
    at = np.array([[x, y] for _, x, y, _ in street])
    numbers = np.array([np.nan if entry[0].number is None else entry[0].number for entry in street], float)
    away = np.abs(numbers - (np.nan if asked.number is None else asked.number))
    from_middle = np.hypot(*(at - np.median(at, axis=0)).T)
    chosen = int(np.nanargmin(away)) if np.isfinite(away).any() else int(np.argmin(from_middle))
    next_door = away[chosen] <= NEXT_DOORS
    reach = 0.0 if next_door else float(np.hypot(*(at - at[chosen]).T).max())
    x, y = float(at[chosen, 0]), float(at[chosen, 1])
    return Found(x, y, "street", round(max(STREET_RADIUS_M, reach)), street[chosen][3])


Online = Callable[[str, str], tuple[float, float] | None]
"""An online geocoder: address and comune in, longitude and latitude out, None if it does not know."""


def nominatim(url: str, *, timeout_s: float = 10.0, pause_s: float = 1.0) -> Online:
    """A geocoder that speaks Nominatim's search API at ``url``. Off unless the person switches it on.

    It waits ``pause_s`` before each question, as the public service asks, and raises ``SourceUnavailable`` if
    the service does not answer.
    """

    def ask(address: str, comune: str) -> tuple[float, float] | None:
        query: dict[str, str] = {
            "street": address,
            "city": comune,
            "country": "Italia",
            "format": "json",
            "limit": "1",
        }
        time.sleep(pause_s)
        try:
            answer = requests.get(url, params=query, timeout=timeout_s, headers={"User-Agent": "atlante"})
            answer.raise_for_status()
            found = answer.json()
        except (requests.RequestException, ValueError) as fault:
            reason = "il geocodificatore non risponde"
            raise SourceUnavailable(dataset="positions", file=address, url=url, reason=reason) from fault
        if not found:
            return None
        lon, lat = float(found[0]["lon"]), float(found[0]["lat"])
        west, south, east, north = LOMBARDY_BOX
        return (lon, lat) if west <= lon <= east and south <= lat <= north else None

    return ask


def place(
    asked: gpd.GeoDataFrame,
    *,
    known: gpd.GeoDataFrame,
    centres: gpd.GeoDataFrame,
    online: Online | None = None,
) -> gpd.GeoDataFrame:
    """A position for every row, by the cascade.

    Parameters
    ----------
    asked
        Columns ``address``, ``comune_code``, ``comune`` (text or missing), ``geometry`` (points in degrees or
        missing); any index.
    known
        The gazetteer's entries (see ``gazetteer``).
    centres
        One row a comune: ``comune_code``, ``radius_m`` (how far from the point a door of that comune may be),
        point geometry: its main settlement.
    online
        Geocoder to ask before falling back on the settlement; none by default.

    Returns
    -------
    positions
        Same index: ``precision`` (see ``PRECISIONS``), ``radius_m`` (NaN where unknown), ``source``, and the
        point in degrees, missing where unknown.
    """
    book = gazetteer(known)
    centre_of = centres.to_crs(METRES).set_index("comune_code")
    answers = [_cascade(row, book, centre_of, online) for row in asked.to_crs(METRES).itertuples(index=False)]
    table = pd.DataFrame(
        [(found.precision, found.radius_m, found.source) for found in answers],
        index=asked.index,
        columns=["precision", "radius_m", "source"],
    )
    at = gpd.points_from_xy([found.x for found in answers], [found.y for found in answers], crs=METRES)
    spots = gpd.GeoSeries(at, index=asked.index).to_crs(DEGREES)
    return gpd.GeoDataFrame(table, geometry=spots.where(table["precision"] != "unknown"), crs=DEGREES)


def _cascade(
    row: Any,
    book: dict[str, list[Entry]],
    centre_of: gpd.GeoDataFrame,
    online: Online | None,
) -> Found:
    if row.geometry is not None and not row.geometry.is_empty:
        return Found(
            row.geometry.x, row.geometry.y, "coordinate", COORDINATE_RADIUS_M, "dato con le coordinate"
        )
    if pd.isna(row.comune_code):
        return Found(np.nan, np.nan, "unknown", np.nan, "")
    if not pd.isna(row.address):
        found = find(row.address, book.get(row.comune_code, []))
        if found:
            return found
        elsewhere = online(row.address, row.comune) if online else None
        if elsewhere:
            point = gpd.GeoSeries.from_xy([elsewhere[0]], [elsewhere[1]], crs=DEGREES).to_crs(METRES).iloc[0]
            return Found(point.x, point.y, "address", ADDRESS_RADIUS_M, "geocodificatore in rete")
    centre = centre_of.loc[row.comune_code]
    return Found(
        centre.geometry.x, centre.geometry.y, "settlement", float(centre.radius_m), "centro del comune"
    )


def spread(spots: gpd.GeoSeries, *, step_m: float, water: gpd.GeoSeries | None = None) -> gpd.GeoSeries:
    """Points that share a place laid out around it on a sunflower spiral, so that each can be seen and clicked.

    ``spots`` in degrees, missing allowed; the first of each heap stays where it is, the others take the next
    places of the spiral that are not in ``water``, the k-th place ``step_m`` × √k away (Vogel 1979, A better way to
    construct the sunflower head, doi:10.1016/0025-5564(79)90080-4). A heap keeps its order.
    """
    metres = spots.to_crs(METRES)
    wet = None if water is None else water.to_crs(METRES).union_all()
    keys = pd.Series(list(zip(metres.x.round(), metres.y.round(), strict=True)), index=spots.index)
    x, y = metres.x.to_numpy(float).copy(), metres.y.to_numpy(float).copy()
    rows = pd.Series(np.arange(len(spots)), index=keys.to_numpy())[spots.notna().to_numpy()]
    for heap in rows.groupby(level=0, sort=False).indices.values():
        here = rows.to_numpy()[heap]
        if len(here) > 1:
            x[here], y[here] = _sunflower(x[here[0]], y[here[0]], len(here), step_m, wet)
    laid_out = gpd.GeoSeries.from_xy(x, y, index=spots.index, crs=METRES).to_crs(DEGREES)
    rounded = gpd.GeoSeries.from_xy(laid_out.x.round(6), laid_out.y.round(6), index=spots.index, crs=DEGREES)
    return rounded.where(spots.notna())


def beside(
    spots: gpd.GeoSeries, taken: gpd.GeoSeries, *, step_m: float, water: gpd.GeoSeries | None = None
) -> gpd.GeoSeries:
    """Points laid out as by ``spread`` where others already are, which stay: each takes the next free place.

    A place is free half a step away from every point of ``taken``. Both in degrees, missing allowed; index and
    order are those of ``spots``.
    """
    metres, there = spots.to_crs(METRES), taken.dropna().to_crs(METRES)
    wet = None if water is None else water.to_crs(METRES).union_all()
    held = cKDTree(np.column_stack([there.x, there.y])) if len(there) else None
    found = np.full((len(spots), 2), np.nan)
    known = spots.notna().to_numpy()
    keys = pd.Series(list(zip(metres.x.round(), metres.y.round(), strict=True)))[known]
    for heap in keys.groupby(keys).groups.values():
        rows = np.asarray(heap)
        first = metres.iloc[rows[0]]
        found[rows] = _free_places(first.x, first.y, len(rows), step_m, wet, held)
    laid = gpd.GeoSeries.from_xy(found[:, 0], found[:, 1], index=spots.index, crs=METRES).to_crs(DEGREES)
    return laid.where(spots.notna())


def _free_places(
    x: float, y: float, count: int, step_m: float, wet: shapely.Geometry | None, held: cKDTree | None
) -> Floats:
    """The first places of the spiral around a point that are dry and free, as many as asked."""
    asked = count
    while True:
        places = np.column_stack(_sunflower(x, y, asked, step_m, wet))
        apart = np.full(len(places), np.inf) if held is None else np.asarray(held.query(places)[0])
        free = np.flatnonzero(apart >= step_m / 2)
        if len(free) >= count:
            return places[free[:count]]
        asked *= 2


def _sunflower(
    x: float, y: float, count: int, step_m: float, wet: shapely.Geometry | None
) -> tuple[Floats, Floats]:
    """The first dry places of the spiral around a point, itself included; where all is water, the first ones."""
    nth = np.arange(4 * count)
    angle, reach = nth * np.pi * (3 - np.sqrt(5)), step_m * np.sqrt(nth)
    xs, ys = x + reach * np.cos(angle), y + reach * np.sin(angle)
    dry = np.ones(len(nth), bool) if wet is None else ~shapely.contains_xy(wet, xs, ys)
    dry[0] = True
    best = np.argsort(~dry, kind="stable")[:count]
    return xs[best], ys[best]
