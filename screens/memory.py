"""What the app remembers: tables and answers shared by everyone who looks, read only, asked for by name or code."""

from collections.abc import Sequence
from typing import Any

import geopandas as gpd
import pandas as pd
import streamlit as st

from data import catalog
from geo.network import Network
from screens import joined

KEPT_ANSWERS = 64
"""How many different questions on access are remembered: each holds one row a demand point."""


@st.cache_resource(show_spinner=False)
def table(name: str) -> Any:
    """A clean table."""
    return catalog.load(name)


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
def network() -> Network:
    """The travel network that answers."""
    return joined.network(table)


@st.cache_resource(show_spinner=False, max_entries=KEPT_ANSWERS)
def _minutes(mode: str, kinds: tuple[str, ...], evidence: tuple[str, ...]) -> pd.DataFrame:
    desks = joined.counted(sportelli(), kinds=kinds, evidence=evidence)
    return joined.minutes(network(), desks, table("demand"), mode=mode)


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
