"""What the app remembers: tables and answers shared by everyone who looks, read only, asked for by name or code."""

from collections.abc import Sequence
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely
import streamlit as st

from data import catalog
from data.registry.seed import seed
from data.registry.store import Store, open_store
from errors import AtlasError
from geo import street_time, surface
from geo.crs import DEGREES
from geo.network import ESTIMATED
from geo.street_time import PEAK
from geo.streets import store
from geo.travel_time import Networks
from layers.isocrone import STEPS
from screens import joined, reach
from screens.reach import Question

_in_use: dict[str, Any] = {}
"""What was in use when the networks were opened."""

KEPT_ANSWERS = 64
"""How many different questions on access are remembered: each holds one row a demand point."""


@st.cache_resource(show_spinner=False)
def table(name: str) -> Any:
    """A clean table."""
    return catalog.load(name)


@st.cache_resource(show_spinner=False)
def registry() -> Store:
    """The registry, opened and seeded from the clean tables."""
    opened = open_store(folder=joined.VAR)
    seed(opened, table)
    return opened


@st.cache_resource(show_spinner=False)
def comuni() -> gpd.GeoDataFrame:
    """One row a comune, with everything known of it."""
    return joined.comuni(table)


@st.cache_resource(show_spinner=False)
def ambiti() -> gpd.GeoDataFrame:
    """One row an Ambito, with its outline and people."""
    return joined.ambiti(table, comuni())


@st.cache_resource(show_spinner=False)
def sportelli() -> gpd.GeoDataFrame:
    """Desks with their positions."""
    return joined.sportelli(table)


@st.cache_resource(show_spinner=False)
def associazioni() -> gpd.GeoDataFrame:
    """Associations with their positions."""
    return joined.associazioni(table)


@st.cache_resource(show_spinner=False)
def scuole() -> gpd.GeoDataFrame:
    """Schools with their positions."""
    return joined.scuole(table)


@st.cache_resource(show_spinner=False)
def cpia() -> gpd.GeoDataFrame:
    """Adult-education centres with their positions."""
    return joined.cpia(table)


@st.cache_resource(show_spinner=False)
def biblioteche() -> gpd.GeoDataFrame:
    """Libraries."""
    known: gpd.GeoDataFrame = table("biblioteche")
    return known


@st.cache_resource(show_spinner=False)
def networks() -> Networks:
    """The travel networks that answer; the estimated one alone where the streets in use cannot be read."""
    _in_use.setdefault("stamp", store.stamp(joined.NETWORKS))
    return joined.networks(table, streets=not network_fault())


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
    return joined.grid(table)


@st.cache_resource(show_spinner=False, max_entries=KEPT_ANSWERS)
def _minutes(mode: str, kinds: tuple[str, ...], evidence: tuple[str, ...]) -> pd.DataFrame:
    desks = joined.counted(sportelli(), kinds=kinds, evidence=evidence)
    return joined.minutes(networks(), desks, table("demand"), mode=mode)


def minutes(*, mode: str = "car", kinds: Sequence[str] = (), evidence: Sequence[str] = ()) -> pd.DataFrame:
    """Minutes of every demand point to its nearest desk, with their band; same index as the table ``demand``."""
    return _minutes(mode, tuple(sorted(kinds)), tuple(sorted(evidence)))


@st.cache_resource(show_spinner=False, max_entries=KEPT_ANSWERS)
def _access(
    by: str, mode: str, limit: float, kinds: tuple[str, ...], evidence: tuple[str, ...]
) -> pd.DataFrame:
    demand = table("demand")
    area = demand["comune_code"]
    if by != "comune_code":
        area = area.map(comuni().set_index("comune_code")[by]).rename(by)
    times = _minutes(mode, kinds, evidence)
    return joined.access(times, demand, area, limit=limit)


def access(
    *,
    by: str = "comune_code",
    mode: str = "car",
    limit: float = 30,
    kinds: Sequence[str] = (),
    evidence: Sequence[str] = (),
) -> pd.DataFrame:
    """Access by area: ``by`` is ``comune_code``, ``ambito_id`` or ``province``."""
    return _access(by, mode, limit, tuple(sorted(kinds)), tuple(sorted(evidence)))


def reached(asked: Question) -> pd.DataFrame:
    """Minutes of every demand point to what is asked, with their band; for kinds, the same as ``minutes``."""
    if asked.about == "kind" and asked.period == PEAK:
        return minutes(mode=asked.mode, kinds=reach.opened_kinds(asked.kinds))
    return _reached(asked.by(asked.mode))


@st.cache_resource(show_spinner=False, max_entries=KEPT_ANSWERS)
def _reached(asked: Question) -> pd.DataFrame:
    goals = reach.goals(asked, sportelli())
    return joined.minutes(networks(), goals, table("demand"), mode=asked.mode, period=asked.period)


def isochrones(asked: Question) -> gpd.GeoDataFrame:
    """Everywhere within each of ``isocrone.STEPS`` minutes of what is asked, as ``surface`` gives it."""
    return _isochrones(asked.by(asked.mode))


@st.cache_resource(show_spinner=False, max_entries=KEPT_ANSWERS)
def _isochrones(asked: Question) -> gpd.GeoDataFrame:
    places = reach.goals(asked, sportelli()).geometry
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


@st.cache_resource(show_spinner=False, max_entries=KEPT_ANSWERS)
def trip(asked: Question, start: reach.Place) -> reach.Trip:
    """The way from a place to the nearest of what is asked."""
    return reach.trip(networks(), reach.goals(asked, sportelli()), start, asked)
