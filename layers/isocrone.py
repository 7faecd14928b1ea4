"""Isochrones: everywhere within so many minutes, filled by class, a line every five and a marked one at each limit.

The outline says which network answered: dashed for the estimated one, full for streets.
"""

from dataclasses import replace
from typing import Any, Final

import geopandas as gpd
import numpy as np
import shapely

from geo.crs import DEGREES
from geo.network import ESTIMATED, Floats
from geo.streets.store import Streets
from layers.features import collection
from layers.style import (
    AMBITI_GROUND,
    ISOCHRONE_LINE,
    ISOCHRONE_STEP,
    MINUTES,
    TRIP_START,
    TRIP_WAY,
    Mark,
)

STEPS: Final = tuple(range(5, 65, 5))
"""Minutes at which a line is drawn."""

LINES: Final = tuple(int(limit) for limit in MINUTES.breaks)
"""Minutes whose line is marked, and at which people are counted."""

STREETS_TO: Final = {"car": 0.0006, "bike": 0.0002, "walk": 0.0001}
"""Degrees within which a line is drawn where it is, by mode: about a fiftieth of five minutes' way."""

ESTIMATED_TO: Final = {"car": 0.004, "bike": 0.001, "walk": 0.0004}
"""The same for the estimated network, which is asked on a grid: its steps would show otherwise."""

STREETS_WEIGHT: Final = 0.9
"""Width of the marked lines on streets, which wind more."""

ROUNDED: Final = 1
"""How many times the corners of its lines are cut."""


def _mark(limit: int, *, dash: str) -> Mark:
    """How everywhere within a limit is drawn."""
    fill = MINUTES.marks[sum(limit > edge for edge in LINES)].fill
    words = f"entro {limit} minuti"
    if limit not in LINES:
        return replace(ISOCHRONE_STEP, label=words, fill=fill)
    weight = ISOCHRONE_LINE.weight if dash else STREETS_WEIGHT
    return replace(ISOCHRONE_LINE, label=words, fill=fill, dash=dash, weight=weight)


STYLES: Final = tuple(_mark(limit, dash=dash) for dash in (ISOCHRONE_LINE.dash, "") for limit in STEPS)
"""The estimated network's, by limit; then those of streets."""

TRIP: Final = (TRIP_START, TRIP_WAY)


def build(drawn: gpd.GeoDataFrame, *, mode: str) -> dict[str, Any]:
    """Isochrones (``network``, ``limit`` of ``STEPS``, ``geometry``), the widest under the others."""
    widest_first = drawn.sort_values("limit", ascending=False, kind="stable").reset_index(drop=True)
    limits = [int(limit) for limit in widest_first["limit"]]
    streets = [name != ESTIMATED for name in widest_first["network"]]
    widest_first["geometry"] = [
        _simple(shape, STREETS_TO[mode]) if on else _smooth(shape, ESTIMATED_TO[mode])
        for shape, on in zip(widest_first.geometry, streets, strict=True)
    ]
    return collection(
        widest_first,
        ids=[f"{limit}-{int(on)}" for limit, on in zip(limits, streets, strict=True)],
        tips=[
            f"tra {limit - STEPS[0]} e {limit} minuti\n{'strade reali' if on else 'tempi stimati'}"
            for limit, on in zip(limits, streets, strict=True)
        ],
        classes=[STEPS.index(limit) + len(STEPS) * on for limit, on in zip(limits, streets, strict=True)],
    )


def _simple(shape: shapely.Geometry, tolerance: float) -> shapely.MultiPolygon:
    """A shape without what is too small to be seen: bends, islands and holes."""
    smallest = (4 * tolerance) ** 2
    parts = [one for one in shapely.get_parts(shapely.simplify(shape, tolerance)) if one.area >= smallest]
    return shapely.MultiPolygon(
        [
            shapely.Polygon(
                one.exterior, [hole for hole in one.interiors if shapely.Polygon(hole).area >= smallest]
            )
            for one in parts
        ]
    )


def _smooth(shape: shapely.Geometry, tolerance: float) -> shapely.MultiPolygon:
    """A shape without the steps of the grid it comes from: simplified, then its corners cut (Chaikin, 1974)."""
    plain = _simple(shape, tolerance / 4).simplify(tolerance)
    polygons = [
        shapely.Polygon(_cut(one.exterior.coords), [_cut(hole.coords) for hole in one.interiors])
        for one in shapely.get_parts(plain)
    ]
    return shapely.MultiPolygon(polygons)


def _cut(ring: Any) -> Floats:
    """A closed line whose corners are cut at a quarter of its sides, some times."""
    points = np.asarray(ring)[:-1]
    for _ in range(ROUNDED):
        following = np.roll(points, -1, axis=0)
        near, far = 0.75 * points + 0.25 * following, 0.25 * points + 0.75 * following
        points = np.stack([near, far], axis=1).reshape(-1, 2)
    return points


def build_place(place: gpd.GeoDataFrame) -> dict[str, Any]:
    """A place chosen on the map (``sportello_id``, ``name``, ``geometry``)."""
    return collection(
        place,
        ids=place["sportello_id"].tolist(),
        tips=place["name"].tolist(),
        classes=[0] * len(place),
    )


def build_trip(start: tuple[float, float], way: shapely.LineString | None) -> dict[str, Any]:
    """One trip: the way if its streets are known, and over it where it starts (longitude and latitude)."""
    ways = [] if way is None else [way]
    table = gpd.GeoDataFrame(geometry=[*ways, shapely.Point(start)], crs=DEGREES)
    tips = ["La via con meno minuti"] * len(ways) + ["Da qui"]
    return collection(table, ids=tips, tips=tips, classes=[1] * len(ways) + [0])


def build_edge(streets: Streets | None) -> dict[str, Any]:
    """Where the street network in use answers; nothing without one."""
    extent = [] if streets is None else [streets.extent]
    table = gpd.GeoDataFrame(geometry=extent, crs=DEGREES)
    return collection(table, ids=["strade"] * len(extent), tips=[""] * len(extent), classes=[0] * len(extent))


def legend_marks(*, estimated: bool, streets: bool) -> tuple[Mark, ...]:
    """The classes of minutes with their lines, and how the outlines of the networks differ."""
    classes = tuple(
        replace(mark, line=ISOCHRONE_LINE.line, dash=ISOCHRONE_LINE.dash if not streets else "")
        for mark in MINUTES.marks[: len(LINES)]
    )
    beyond = replace(AMBITI_GROUND[0], label=f"oltre {LINES[-1]}, non colorato")
    told = {
        "strade reali": (streets, ""),
        "tempi stimati": (estimated, ISOCHRONE_LINE.dash),
    }
    networks = tuple(
        replace(ISOCHRONE_LINE, label=f"contorno: {words}", fill="", dash=dash)
        for words, (here, dash) in told.items()
        if here
    )
    return (*classes, beyond, *networks)
