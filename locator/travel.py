"""Minutes from every place that has a name to every public desk, on foot, by bike and by car; and the zones.

A zone is an Ambito and its rim: what a phone fetches to sort desks by travel time, so that the only thing the server
learns of somebody's position is the Ambito. No Streamlit.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from data.derived.positions import main_settlements
from geo.crs import METRES
from locator.records import Desk
from screens import joined
from screens.reached import Minutes

Table = Callable[[str], Any]
MinutesBy = Callable[[str], Minutes]
"""Mode → minutes of all desks and demand points, as ``screens.reached.desk_minutes`` gives them."""

MODES: Final = ("walk", "bike", "car")
FAR: Final = 255
"""In place of minutes: farther than ``geo.matrices.LIMIT_MIN``, or no way is known."""
RIM_M: Final = 3000.0
"""How far beyond its border a zone still knows places: somebody at the border may be nearest to one of them."""

Bytes = NDArray[np.uint8]


@dataclass(frozen=True)
class Origin:
    """A place somebody may start from: a comune or a part of it that has a name.

    ``id`` is that of the demand point that stands for it; ``main`` says whether it stands for the comune as a whole.
    """

    id: str
    name: str
    comune_code: str
    comune: str
    province: str
    ambito_id: str | None
    zone: str
    lon: float
    lat: float
    residents: int
    main: bool


@dataclass(frozen=True)
class Reach:
    """Minutes of one mode: ``best``, ``low`` and ``high`` of shape (origins, desks), ``FAR`` where nobody gets there.

    ``low`` and ``high`` are the ends of the 80 % band.
    """

    best: Bytes
    low: Bytes
    high: Bytes


@dataclass(frozen=True)
class Travel:
    """All places, all desks that have a point, and the minutes between them.

    ``desks`` are the keys of the columns; ``network`` names the networks that answered, apart by "; ".
    """

    origins: tuple[Origin, ...]
    desks: tuple[str, ...]
    reach: dict[str, Reach]
    network: str

    @cached_property
    def row(self) -> dict[str, int]:
        """Origin → its row."""
        return {origin.id: number for number, origin in enumerate(self.origins)}

    @cached_property
    def column(self) -> dict[str, int]:
        """Desk → its column."""
        return {desk: number for number, desk in enumerate(self.desks)}

    @cached_property
    def of_comune(self) -> dict[str, Origin]:
        """Comune → the place that stands for it."""
        return {origin.comune_code: origin for origin in self.origins if origin.main}

    @cached_property
    def zones(self) -> dict[str, tuple[int, ...]]:
        """Zone → the rows of its places, its own first, then those of its rim."""
        metres = gpd.GeoSeries.from_xy(
            [one.lon for one in self.origins], [one.lat for one in self.origins], crs="EPSG:4326"
        ).to_crs(METRES)
        at = np.column_stack([metres.x, metres.y])
        zone = np.array([one.zone for one in self.origins])
        found = {}
        for name in np.unique(zone):
            own = np.flatnonzero(zone == name)
            others = np.flatnonzero(zone != name)
            near = cKDTree(at[own]).query(at[others], distance_upper_bound=RIM_M)[0]
            found[str(name)] = (*map(int, own), *map(int, others[np.isfinite(near)]))
        return found

    def minutes(self, origin: str, desk: str, mode: str) -> tuple[int, int, int] | None:
        """Minutes and the two ends of their band; missing where nobody gets there, or the desk has no point."""
        column = self.column.get(desk)
        if column is None:
            return None
        row, reach = self.row[origin], self.reach[mode]
        best = int(reach.best[row, column])
        return None if best == FAR else (best, int(reach.low[row, column]), int(reach.high[row, column]))


def travel(table: Table, minutes: MinutesBy, desks: Sequence[Desk]) -> Travel:
    """Minutes between all places and all public desks that have a point."""
    places = _places(table)
    placed = [desk.id for desk in desks if desk.place.lon is not None]
    reach_m = joined.sportelli(table).set_index("sportello_id")["reach_m"].reindex(placed)
    reach, networks = {}, set()
    for mode in MODES:
        reach[mode], named = _reach(minutes(mode), places, placed, reach_m)
        networks |= named
    return Travel(_origins(places), tuple(placed), reach, "; ".join(sorted(networks)))


def _places(table: Table) -> gpd.GeoDataFrame:
    """One row a named part of a comune: the demand point that stands for it (nearest to where its people live).

    Its index is the position of that point among the demand points.
    """
    demand = table("demand").reset_index(drop=True)
    metres = demand.to_crs(METRES).geometry
    weight = demand["residents"].astype(float) + 1e-6
    by = [demand["comune_code"], demand["place"]]
    total = weight.groupby(by).transform("sum")
    x, y = ((weight * axis).groupby(by).transform("sum") / total for axis in (metres.x, metres.y))
    off = pd.Series(np.hypot(metres.x - x, metres.y - y), index=demand.index)
    stands = demand.loc[off.groupby(by).idxmin()].copy()
    people = demand["residents"].groupby(by).sum()
    stands["people"] = people.reindex(pd.MultiIndex.from_frame(stands[["comune_code", "place"]])).to_numpy()
    comuni = table("comuni").set_index("comune_code")
    stands["comune"] = stands["comune_code"].map(comuni["comune"])
    stands["province"] = stands["comune_code"].map(comuni["province"])
    belongs = table("ambito_comuni").set_index("comune_code")["ambito_id"]
    stands["ambito_id"] = stands["comune_code"].map(belongs)
    stands["zone"] = _zone(stands)
    centres = main_settlements(table("settlements"), table("comuni")).set_index("comune_code").geometry
    away = stands.to_crs(METRES).distance(
        gpd.GeoSeries(stands["comune_code"].map(centres), crs=stands.crs).to_crs(METRES)
    )
    stands["main"] = stands.index.isin(away.groupby(stands["comune_code"]).idxmin())
    return stands.sort_values(["comune_code", "main", "place"], ascending=[True, False, True])


def _zone(places: gpd.GeoDataFrame) -> pd.Series:
    """The Ambito of each place; where none is known, that of the nearest place that has one."""
    metres = places.to_crs(METRES).geometry
    at, known = np.column_stack([metres.x, metres.y]), places["ambito_id"].notna().to_numpy()
    nearest = cKDTree(at[known]).query(at)[1]
    return pd.Series(places["ambito_id"].to_numpy()[known][nearest], index=places.index)


def _origins(places: gpd.GeoDataFrame) -> tuple[Origin, ...]:
    return tuple(
        Origin(
            id=one.point_id,
            name=one.place,
            comune_code=one.comune_code,
            comune=one.comune,
            province=one.province,
            ambito_id=one.ambito_id if isinstance(one.ambito_id, str) else None,
            zone=one.zone,
            lon=round(one.geometry.x, 4),
            lat=round(one.geometry.y, 4),
            residents=int(one.people),
            main=bool(one.main),
        )
        for one in places.itertuples()
    )


def _reach(
    known: Minutes, places: gpd.GeoDataFrame, desks: Sequence[str], reach_m: pd.Series
) -> tuple[Reach, set[str]]:
    """Minutes of one mode with their band, and the networks that answered."""
    points = places.index.to_numpy()
    rows = known.desks.get_indexer(pd.Index(desks))
    values = known.values[rows][:, points]
    streets = known.matrix.streets[known.matrix.desks.get_indexer(pd.Index(desks))][:, None]
    on = streets & known.matrix.street_points[points][None, :]
    every = np.tile(np.arange(len(points)), len(desks))  # all desks × all places, one after the other
    told = joined.banded(
        np.where(np.isfinite(values), values, np.nan).ravel(),
        pd.Series(np.array(known.labels, dtype=object)[np.where(on, 0, 1).ravel()], dtype="category"),
        places["radius_m"].iloc[every].reset_index(drop=True),
        np.repeat(reach_m.to_numpy(float), len(points)),
        ground=known.ground.iloc[points[every]],
        mode=known.mode,
    )
    low, high = (told[end].to_numpy().reshape(values.shape) for end in ("low", "high"))
    named = {known.labels[0]} if on.any() else set()
    return Reach(*(_bytes(one) for one in (values, low, high))), named | (
        {known.labels[1]} if not on.all() else set()
    )


def _bytes(minutes: NDArray[np.float64]) -> Bytes:
    """Whole minutes, places in rows; ``FAR`` where they are not finite."""
    known = np.isfinite(minutes)
    whole = np.clip(np.rint(np.where(known, minutes, 0.0)), 0, FAR - 1)
    return np.where(known, whole, FAR).astype(np.uint8).T.copy()
