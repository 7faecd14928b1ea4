"""What the app remembers: tables and answers shared by everyone who looks, read only, asked for by name or code."""

import datetime as dt
import math
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely
import streamlit as st

from data import catalog
from data.registry import reading
from data.registry.seed import Rows, rows, sow
from data.registry.store import Store, open_store
from errors import AtlasError, RegistryUnavailable
from geo import street_time, surface
from geo.crs import DEGREES
from geo.network import ESTIMATED
from geo.street_time import PEAK
from geo.streets import store
from geo.travel_time import Networks
from layers.isocrone import STEPS
from screens import joined, offers, reach
from screens import reached as answering
from screens.living import FROM_THE_REGISTRY, living
from screens.need import Need
from screens.offers import Offers
from screens.reach import Question

_in_use: dict[str, Any] = {}
"""What was in use when the networks were opened."""

PATIENCE_S = 10.0
"""For how long a registry that did not answer is not asked again."""

KEPT_ANSWERS = 64
"""How many different questions on access are remembered: each holds one row a demand point."""


@st.cache_resource(show_spinner=False)
def _clean(name: str) -> Any:
    return catalog.load(name)


def registry() -> Store:
    """The registry, opened and seeded from the clean tables; raises ``RegistryUnavailable`` if it does not answer."""
    return _registry(str(joined.VAR), os.environ.get("DATABASE_URL", ""))


@st.cache_resource(show_spinner=False)
def _registry(folder: str, url: str) -> Store:
    opened = open_store(url or None, folder=Path(folder))
    sow(opened, _seeds())
    return opened


@st.cache_resource(show_spinner=False)
def _seeds() -> dict[str, Rows]:
    return rows(_clean)


def stamp() -> str:
    """A mark of what the registry says now and of the day, on which usual weeks and freshness depend.

    Empty where the registry cannot be read, and the clean tables stand in.
    """
    if _silent_since() < PATIENCE_S:
        return ""
    try:
        opened = registry()
        found = f"{reading.stamp(opened)} {opened.today()}"
    except RegistryUnavailable as fault:
        _in_use["silent"] = fault, time.monotonic()
        return ""
    _in_use.pop("silent", None)
    return found


def _silent_since() -> float:
    """Seconds since the registry did not answer when last asked; infinite if it did."""
    when: float = _in_use.get("silent", (None, -math.inf))[1]
    return time.monotonic() - when


def registry_fault() -> RegistryUnavailable | None:
    """Why the registry cannot be read; None if it can. One that did not answer is left in peace for a while."""
    stamp()
    fault, _ = _in_use.get("silent", (None, 0.0))
    return fault  # type: ignore[no-any-return]


def kept_on() -> dt.date | None:
    """The day a person last changed the registry; missing where nobody has, or it cannot be read."""
    now = stamp()
    return _kept_on(now) if now else None


@st.cache_resource(show_spinner=False, max_entries=2)
def _kept_on(stamp: str) -> dt.date | None:  # noqa: ARG001
    return reading.changed_by_people_on(registry())


@st.cache_resource(show_spinner=False, max_entries=2)
def _living(stamp: str) -> Callable[[str], Any]:
    return living(registry(), _clean) if stamp else _clean


def table(name: str) -> Any:
    """A clean table; what the registry keeps, as it is there now."""
    return _living(stamp())(name) if name in FROM_THE_REGISTRY else _clean(name)


@st.cache_resource(show_spinner=False)
def comuni() -> gpd.GeoDataFrame:
    """One row a comune, with everything known of it."""
    return joined.comuni(_clean)


@st.cache_resource(show_spinner=False)
def ambiti() -> gpd.GeoDataFrame:
    """One row an Ambito, with its outline and people."""
    return joined.ambiti(_clean, comuni())


def sportelli() -> gpd.GeoDataFrame:
    """Desks with their positions."""
    return _sportelli(stamp())


@st.cache_resource(show_spinner=False, max_entries=2)
def _sportelli(stamp: str) -> gpd.GeoDataFrame:
    return joined.sportelli(_living(stamp))


def associazioni() -> gpd.GeoDataFrame:
    """Associations with their positions."""
    return _associazioni(stamp())


@st.cache_resource(show_spinner=False, max_entries=2)
def _associazioni(stamp: str) -> gpd.GeoDataFrame:
    return joined.associazioni(_living(stamp))


@st.cache_resource(show_spinner=False)
def scuole() -> gpd.GeoDataFrame:
    """Schools with their positions."""
    return joined.scuole(_clean)


@st.cache_resource(show_spinner=False)
def cpia() -> gpd.GeoDataFrame:
    """Adult-education centres with their positions."""
    return joined.cpia(_clean)


@st.cache_resource(show_spinner=False)
def biblioteche() -> gpd.GeoDataFrame:
    """Libraries."""
    known: gpd.GeoDataFrame = table("biblioteche")
    return known


@st.cache_resource(show_spinner=False)
def networks() -> Networks:
    """The travel networks that answer; the estimated one alone where the streets in use cannot be read."""
    _in_use.setdefault("stamp", store.stamp(joined.NETWORKS))
    return joined.networks(_clean, streets=not network_fault())


def network_fault() -> AtlasError | None:
    """Why the street network in use cannot be read; None if it can, or if none is in use."""
    try:
        store.active(joined.NETWORKS)
    except AtlasError as fault:
        return fault
    return None


def renewed() -> bool:
    """Whether another street network was taken into use since the last time: every answer is then forgotten."""
    now = store.stamp(joined.NETWORKS)
    if _in_use.get("stamp", now) == now:
        _in_use["stamp"] = now
        return False
    st.cache_resource.clear()
    street_time.timed.cache_clear()
    _in_use["stamp"] = now
    return True


@st.cache_resource(show_spinner=False)
def grid() -> gpd.GeoSeries:
    """Where the estimated network is asked for a surface."""
    return joined.grid(_clean)


@st.cache_resource(show_spinner=False, max_entries=KEPT_ANSWERS)
def _minutes(stamp: str, mode: str, kinds: tuple[str, ...], evidence: tuple[str, ...]) -> pd.DataFrame:
    desks = joined.counted(_sportelli(stamp), kinds=kinds, evidence=evidence)
    return joined.minutes(networks(), desks, table("demand"), mode=mode)


def minutes(*, mode: str = "car", kinds: Sequence[str] = (), evidence: Sequence[str] = ()) -> pd.DataFrame:
    """Minutes of every demand point to its nearest desk, with their band; same index as the table ``demand``."""
    return _minutes(stamp(), mode, tuple(sorted(kinds)), tuple(sorted(evidence)))


@st.cache_resource(show_spinner=False, max_entries=KEPT_ANSWERS)
def _access(
    stamp: str, by: str, mode: str, limit: float, kinds: tuple[str, ...], evidence: tuple[str, ...]
) -> pd.DataFrame:
    demand = table("demand")
    times = _minutes(stamp, mode, kinds, evidence)
    return joined.access(times, demand, area_of(by), limit=limit)


def access(
    *,
    by: str = "comune_code",
    mode: str = "car",
    limit: float = 30,
    kinds: Sequence[str] = (),
    evidence: Sequence[str] = (),
) -> pd.DataFrame:
    """Access by area: ``by`` is ``comune_code``, ``ambito_id`` or ``province``."""
    return _access(stamp(), by, mode, limit, tuple(sorted(kinds)), tuple(sorted(evidence)))


def reached(asked: Question) -> pd.DataFrame:
    """Minutes of every demand point to what is asked, with their band; for kinds, the same as ``minutes``."""
    if asked.about == "kind" and asked.period == PEAK:
        return minutes(mode=asked.mode, kinds=reach.opened_kinds(asked.kinds))
    return _reached(stamp(), asked.by(asked.mode))


@st.cache_resource(show_spinner=False, max_entries=KEPT_ANSWERS)
def _reached(stamp: str, asked: Question) -> pd.DataFrame:
    goals = reach.goals(asked, _sportelli(stamp))
    return joined.minutes(networks(), goals, table("demand"), mode=asked.mode, period=asked.period)


def desk_minutes(mode: str) -> answering.Minutes:
    """Minutes of all desks and demand points by a mode, from what is kept."""
    return _desk_minutes(stamp(), mode)


@st.cache_resource(show_spinner=False, max_entries=4)
def _desk_minutes(stamp: str, mode: str) -> answering.Minutes:
    return answering.desk_minutes(_living(stamp), networks(), mode=mode)


def desk_offers() -> Offers:
    """What every desk offers."""
    return _desk_offers(stamp())


@st.cache_resource(show_spinner=False, max_entries=2)
def _desk_offers(stamp: str) -> Offers:
    return offers.offers(_living(stamp), registry() if stamp else None)


def setting(asked: Need) -> answering.Setting:
    """What a need is asked of: the desks that count for it, their minutes and offers, and where people live."""
    return _setting(stamp(), asked.mode, asked.evidence, asked.kinds)


@st.cache_resource(show_spinner=False, max_entries=8)
def _setting(stamp: str, mode: str, evidence: str, kinds: tuple[str, ...]) -> answering.Setting:
    asked = Need(mode=mode, evidence=evidence, kinds=kinds)
    return answering.setting(_living(stamp), _desk_minutes(stamp, mode), _desk_offers(stamp), comuni(), asked)


def effective(asked: Need) -> pd.DataFrame:
    """Minutes of every demand point to a desk as needed, for sure and perhaps, as ``reached.answer`` gives them."""
    # the limit changes the answer only where the room of a desk is asked for
    return _effective(stamp(), asked if asked.capacity else replace(asked, limit=Need.limit))


@st.cache_resource(show_spinner=False, max_entries=KEPT_ANSWERS)
def _effective(stamp: str, asked: Need) -> pd.DataFrame:  # noqa: ARG001
    return answering.answer(setting(asked), asked)


def effective_by(asked: Need, *, by: str = "comune_code") -> pd.DataFrame:
    """Effective access by area: ``by`` is ``comune_code``, ``ambito_id`` or ``province``; as ``reached.by_area``."""
    return _effective_by(stamp(), asked, by)


@st.cache_resource(show_spinner=False, max_entries=KEPT_ANSWERS)
def _effective_by(stamp: str, asked: Need, by: str) -> pd.DataFrame:  # noqa: ARG001
    return answering.by_area(effective(asked), table("demand"), area_of(by), limit=asked.limit)


def area_of(by: str) -> pd.Series:
    """The area that each demand point is in; same index as ``demand``."""
    comune: pd.Series = table("demand")["comune_code"]
    return comune if by == "comune_code" else comune.map(comuni().set_index("comune_code")[by]).rename(by)


def isochrones(asked: Question) -> gpd.GeoDataFrame:
    """Everywhere within each of ``isocrone.STEPS`` minutes of what is asked, as ``surface`` gives it."""
    return _isochrones(stamp(), asked.by(asked.mode))


@st.cache_resource(show_spinner=False, max_entries=KEPT_ANSWERS)
def _isochrones(stamp: str, asked: Question) -> gpd.GeoDataFrame:
    places = reach.goals(asked, _sportelli(stamp)).geometry
    if places.empty:
        return gpd.GeoDataFrame({"network": [], "limit": []}, geometry=[], crs=DEGREES)
    drawn = surface.surface(networks(), places, grid(), limits=STEPS, mode=asked.mode, period=asked.period)
    # the settlements of the estimated network are all in Lombardy: what it draws beyond is a guess
    estimated = drawn["network"] == ESTIMATED
    drawn.loc[estimated, "geometry"] = reach.inside(drawn.geometry[estimated], lombardy())
    return drawn


@st.cache_resource(show_spinner=False)
def lombardy() -> shapely.Geometry:
    """The outline of Lombardy in degrees, to a hundred metres, ready to be asked."""
    outline = shapely.coverage_union_all(comuni().geometry.to_numpy()).simplify(0.001)
    shapely.prepare(outline)
    return outline


def trip(asked: Question, start: reach.Place) -> reach.Trip:
    """The way from a place to the nearest of what is asked."""
    return _trip(stamp(), asked, start)


@st.cache_resource(show_spinner=False, max_entries=KEPT_ANSWERS)
def _trip(stamp: str, asked: Question, start: reach.Place) -> reach.Trip:
    return reach.trip(networks(), reach.goals(asked, _sportelli(stamp)), start, asked)
