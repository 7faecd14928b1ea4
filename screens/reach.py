"""Travel times to a desk, to desks of a kind, to any place: what may be asked, and who lives within each limit.

No Streamlit. The address holds codes and degrees, never labels; what nobody knows in it is left out and said.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from analysis import disclosure
from geo import street_time
from geo.congestion import PERIODS
from geo.crs import DEGREES, LOMBARDY_BOX
from geo.street_time import PEAK
from geo.travel_time import Networks
from layers.isocrone import LINES
from layers.style import KIND_GROUPS
from screens import joined
from screens.downloads import SOURCE
from screens.filters import KINDS, MODES

Place = tuple[float, float]
"""Longitude and latitude."""

ABOUT: Final = {"kind": "tipo", "desk": "sportello", "point": "punto"}
"""What a question is about, and its word in the address."""

PARAMETERS: Final = ("verso", "tipi", "sportello", "punto", "da", "mezzo", "confronto", "ora")
"""Those of the address; ``da`` only asks for one trip, ``confronto`` for another question."""

CHOSEN: Final = "punto"
"""Stands for a place chosen on the map where others have the ``sportello_id``."""

BEYOND: Final = "oltre"
"""The last row of ``within``."""

CODES: Final = tuple(
    code for group in KIND_GROUPS for code in (group.code, *(group.kinds if len(group.kinds) > 1 else ()))
)
"""What can be chosen as a kind: each group, then its kinds if it has more than one."""


@dataclass(frozen=True)
class Question:
    """How long it takes to what, and how.

    Parameters
    ----------
    about
        Key of ``ABOUT``.
    kinds
        Of ``CODES``, together; none for the kinds that inform and accompany.
    desk
        ``sportello_id``; empty while none is chosen.
    place
        Where to, if that is a place of the map; None while none is chosen.
    start
        From where one trip is asked for; None for none.
    mode, other
        How people travel, and with what to compare it; empty for nothing.
    period
        Time of day, one of ``congestion.PERIODS``; it changes minutes by car on streets.
    """

    about: str = "kind"
    kinds: tuple[str, ...] = ()
    desk: str = ""
    place: Place | None = None
    start: Place | None = None
    mode: str = "car"
    other: str = ""
    period: str = PEAK

    @property
    def modes(self) -> tuple[str, ...]:
        """The modes that are asked for: one or two."""
        return (self.mode, self.other) if self.other else (self.mode,)

    @property
    def complete(self) -> bool:
        """Whether it says where to."""
        return bool({"kind": True, "desk": self.desk, "point": self.place}[self.about])

    def by(self, mode: str) -> "Question":
        """What the minutes of one mode depend on: the time of day only by car, no start, no comparison."""
        return replace(self, mode=mode, other="", start=None, period=self.period if mode == "car" else PEAK)


def written(place: Place) -> str:
    """A place as the address says it, to a metre: ``"9.19,45.46421"``."""
    return ",".join(f"{one:.5f}".rstrip("0").rstrip(".") for one in place)


def read_place(told: str) -> Place | None:
    """A place from the address; None if it is no place in Lombardy's box.

    >>> read_place("9.19,45.464"), read_place("45.464,9.19"), read_place("qui")
    ((9.19, 45.464), None, None)
    """
    try:
        lon, lat = (round(float(part), 5) for part in told.split(","))
    except ValueError:
        return None
    west, south, east, north = LOMBARDY_BOX
    return (lon, lat) if west <= lon <= east and south <= lat <= north else None


def write(asked: Question) -> dict[str, str]:
    """The parameters of the address that ask this; what is as usual is left out.

    >>> write(Question(kinds=("caritas",), mode="walk"))
    {'tipi': 'caritas', 'mezzo': 'walk'}
    """
    chosen = {
        "kind": {"tipi": ",".join(asked.kinds)},
        "desk": {"sportello": asked.desk},
        "point": {"punto": written(asked.place) if asked.place else ""},
    }[asked.about]
    usual = Question()
    told = {
        "verso": ABOUT[asked.about] if not asked.complete else "",
        **chosen,
        "da": written(asked.start) if asked.start and asked.about != "point" else "",
        "mezzo": asked.mode if asked.mode != usual.mode else "",
        "confronto": asked.other,
        "ora": asked.period if asked.period != usual.period else "",
    }
    return {name: words for name, words in told.items() if words}


def parse(query: Mapping[str, str], *, desks: Collection[str]) -> tuple[Question, str]:
    """The question an address asks, and a sentence on what was left out of it (empty if nothing).

    ``desks`` are the ids that may be chosen.
    """
    told = {name: query.get(name, "") for name in PARAMETERS}
    kinds = tuple(dict.fromkeys(_code(one) for one in told["tipi"].split(",") if one))
    known: dict[str, Any] = {
        "sportello": told["sportello"] if told["sportello"] in desks else None,
        "punto": read_place(told["punto"]),
        "da": read_place(told["da"]),
        "mezzo": told["mezzo"] if told["mezzo"] in MODES else None,
        "confronto": told["confronto"] if told["confronto"] in MODES else None,
        "ora": told["ora"] if told["ora"] in PERIODS else None,
        "verso": told["verso"] if told["verso"] in ABOUT.values() else None,
    }
    strange = [told[name] for name, value in known.items() if told[name] and value is None]
    strange += [one for one in kinds if one not in CODES]
    words = known["verso"] or ("sportello" if known["sportello"] else "punto" if known["punto"] else "tipo")
    mode = known["mezzo"] or "car"
    asked = Question(
        about=next(about for about, word in ABOUT.items() if word == words),
        kinds=tuple(one for one in kinds if one in CODES),
        desk=known["sportello"] or "",
        place=known["punto"],
        start=known["da"],
        mode=mode,
        other=known["confronto"] if known["confronto"] not in {None, mode} else "",
        period=known["ora"] or PEAK,
    )
    if not strange:
        return asked, ""
    return (
        asked,
        f"Nell'indirizzo c'è qualcosa che non conosco e di cui non tengo conto: {'; '.join(strange)}.",
    )


def _code(kind: str) -> str:
    """A kind as it can be chosen: by its group where it is alone there."""
    alone = {group.kinds[0]: group.code for group in KIND_GROUPS if len(group.kinds) == 1}
    return alone.get(kind, kind)


def opened_kinds(codes: Sequence[str]) -> tuple[str, ...]:
    """The kinds of desks meant by ``CODES``, in the order of the vocabulary; none for none."""
    wanted = set(codes).union(*(group.kinds for group in KIND_GROUPS if group.code in codes))
    return tuple(kind for kind in KINDS if kind in wanted)


def choosable(desks: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """The desks one may choose: open as far as we know, and placed."""
    return desks[~desks["status"].isin(joined.GONE) & desks.geometry.notna()]


def goals(asked: Question, desks: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Where to: the desks meant, or the place; no row while nothing is chosen, or where no desk is of the kinds."""
    if asked.about == "kind":
        return joined.counted(desks, kinds=opened_kinds(asked.kinds))
    if asked.about == "desk":
        found = choosable(desks)
        return found[found["sportello_id"] == asked.desk]
    if asked.place is None:
        return desks.head(0)
    point = {"sportello_id": [CHOSEN], "name": ["Il punto scelto"], "reach_m": [0.0]}
    return gpd.GeoDataFrame(point, geometry=[shapely.Point(asked.place)], crs=DEGREES)


class Trip(NamedTuple):
    """One trip from a place: minutes with their band (NaN if there is no way), to which goal, on which network.

    ``line`` is the way in degrees and ``km`` its length; known only on streets.
    """

    minutes: float
    low: float
    high: float
    goal: str
    network: str
    line: shapely.LineString | None
    km: float


def trip(networks: Networks, goals: gpd.GeoDataFrame, start: Place, asked: Question) -> Trip:
    """The trip of somebody who stands exactly at a place to the nearest goal; raises as ``travel_time.nearest``."""
    here = gpd.GeoDataFrame({"radius_m": [0.0]}, geometry=[shapely.Point(start)], crs=DEGREES)
    mode, period = asked.mode, asked.by(asked.mode).period
    found = joined.minutes(networks, goals, here, mode=mode, period=period).iloc[0]
    network = "" if pd.isna(found["network"]) else str(found["network"])
    if pd.isna(found["minutes"]):
        return Trip(np.nan, np.nan, np.nan, "", network, None, np.nan)
    goal, line, km = str(found["sportello_id"]), None, np.nan
    if networks.streets is not None and network == networks.streets.label:
        end = goals.set_index("sportello_id").geometry[goal]
        way = street_time.way(networks.streets, shapely.Point(start), end, mode=mode, period=period)
        line, km = (None, np.nan) if way.line.is_empty else (way.line, way.metres / 1000)
    minutes, low, high = (float(found[end]) for end in ("minutes", "low", "high"))
    return Trip(minutes, low, high, goal, network, line, km)


def comune_of(place: Place, comuni: gpd.GeoDataFrame) -> str:
    """The name of the comune a place is in; empty outside Lombardy."""
    rows = comuni.sindex.query(shapely.Point(place), predicate="intersects")
    return str(comuni["comune"].iloc[rows[0]]) if len(rows) else ""


def within(
    times: pd.DataFrame, people: pd.Series, comune: pd.Series, *, limits: Sequence[float] = LINES
) -> pd.DataFrame:
    """People who arrive within each limit, and those who do not arrive within the last.

    Parameters
    ----------
    times
        As ``joined.minutes`` gives them, one row a demand point.
    people
        Foreign residents, same index.
    comune
        Code of the comune each point is in, same index.
    limits
        Minutes, growing, each itself included.

    Returns
    -------
    table
        Indexed by limit as text, ``BEYOND`` last: ``people``; ``low`` and ``high``, the fewest and the most that the
        80 % band of minutes allows; ``share`` of all people. Counts as they may be shown (``disclosure.part``, summed
        over comuni): missing where they are few, and the share with them.
    """
    everybody = people.astype(float).groupby(comune).sum()
    whole = pd.Series("all", index=everybody.index)
    rows = {}
    for name, limit, inside in [*((f"{one:g}", one, True) for one in limits), (BEYOND, limits[-1], False)]:
        told, safe = {}, {}
        for end in ("low", "minutes", "high"):
            here = (times[end] <= limit) == inside
            some = people.astype(float).where(here, 0.0).groupby(comune).sum()
            told[end] = disclosure.part(some, everybody, whole).sum(skipna=False)
            safe[end] = float(disclosure.protected_part(some, everybody).sum())
        first, last = ("high", "low") if inside else ("low", "high")
        share = safe["minutes"] / total if (total := float(everybody.sum())) else np.nan
        rows[name] = [told["minutes"], told[first], told[last], share]
    table = pd.DataFrame.from_dict(rows, orient="index", columns=["people", "low", "high", "share"])
    return table.assign(share=table["share"].mask(table["people"].isna()))


def answered(times: pd.DataFrame, people: pd.Series) -> dict[str, float]:
    """For each network that answered, its share of the people; the largest first."""
    known = people.groupby(times["network"]).sum().sort_values(ascending=False)
    total = float(known.sum())
    return {str(name): float(count) / total for name, count in known.items()} if total else {}


def table_file(asked: Question, by_mode: Mapping[str, tuple[pd.DataFrame, pd.DataFrame]]) -> pd.DataFrame:
    """The people within each limit as they leave the house.

    ``by_mode`` gives for each mode ``within`` and the times it comes from.
    """
    parts = []
    for mode, (table, times) in by_mode.items():
        limits = [LINES[-1] if name == BEYOND else int(name) for name in table.index]
        part = pd.DataFrame(
            {
                "mode": mode,
                "period": asked.by(mode).period,
                "limit_minutes": limits,
                "side": ["beyond" if name == BEYOND else "within" for name in table.index],
                "foreign_residents": table["people"].round().to_numpy(),
                "low": table["low"].round().to_numpy(),
                "high": table["high"].round().to_numpy(),
                "share": table["share"].round(4).to_numpy(),
            }
        )
        networks = "; ".join(sorted(times["network"].dropna().unique()))
        parts.append(part.assign(goal=goal_code(asked), network=networks, source=SOURCE))
    return pd.concat(parts, ignore_index=True)


def isochrone_file(asked: Question, by_mode: Mapping[str, gpd.GeoDataFrame]) -> gpd.GeoDataFrame:
    """The isochrones of every mode as they leave the house: one row a mode, network and limit."""
    parts = [
        drawn.rename(columns={"limit": "limit_minutes"}).assign(mode=mode, period=asked.by(mode).period)
        for mode, drawn in by_mode.items()
    ]
    table = gpd.GeoDataFrame(pd.concat(parts, ignore_index=True), geometry="geometry", crs=DEGREES)
    table["goal"] = goal_code(asked)
    table["id"] = [
        f"{mode}-{limit:g}-{network}"
        for mode, limit, network in zip(table["mode"], table["limit_minutes"], table["network"], strict=True)
    ]
    return table[["id", "goal", "mode", "period", "limit_minutes", "network", "geometry"]]


def goal_code(asked: Question) -> str:
    """What the minutes lead to, as a code: kinds, a ``sportello_id`` or degrees."""
    if asked.about == "kind":
        return ",".join(asked.kinds) or "sportelli"
    return asked.desk if asked.about == "desk" else written(asked.place) if asked.place else ""


def inside(shapes: gpd.GeoSeries, outline: shapely.Geometry) -> gpd.GeoSeries:
    """The areas of shapes that lie in an outline, as MultiPolygons; same index."""
    parts = [shapely.get_parts(shape) for shape in shapes.intersection(outline)]
    areas = [shapely.MultiPolygon(list(some[shapely.get_type_id(some) == 3])) for some in parts]
    return gpd.GeoSeries(areas, index=shapes.index, crs=shapes.crs)


def widest(drawn: Sequence[gpd.GeoDataFrame]) -> list[float] | None:
    """West, south, east, north of all that is drawn; None if that is nothing."""
    bounds = np.array([one.total_bounds for one in drawn if len(one)])
    bounds = bounds[np.isfinite(bounds).all(axis=1)] if len(bounds) else bounds
    if not len(bounds):
        return None
    return [*bounds[:, :2].min(axis=0).tolist(), *bounds[:, 2:].max(axis=0).tolist()]
