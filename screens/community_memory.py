"""What the app remembers of communities: everything joined once, and minutes; made again when the registry changes."""

import geopandas as gpd
import pandas as pd
import streamlit as st

from screens import communities, encounters, memory
from screens.communities import Asked, Gathered

KEPT_MINUTES = 24
"""How many different questions on minutes are remembered: each holds one row a demand point."""


def known() -> Gathered:
    """All that is known of communities, as the registry says it now."""
    return _known(memory.stamp())


@st.cache_resource(show_spinner=False, max_entries=2)
def _known(stamp: str) -> Gathered:  # noqa: ARG001
    return communities.gathered(memory.table, memory.associazioni(), memory.comuni(), memory.ambiti())


def against(asked: Asked) -> pd.DataFrame:
    """Residents against associations found (``communities.against``)."""
    return _against(memory.stamp(), asked)


@st.cache_resource(show_spinner=False, max_entries=memory.KEPT_ANSWERS)
def _against(stamp: str, asked: Asked) -> pd.DataFrame:  # noqa: ARG001
    return communities.against(known(), asked)


def centres() -> gpd.GeoDataFrame:
    """Intercultural centres."""
    return _centres(memory.stamp())


@st.cache_resource(show_spinner=False, max_entries=2)
def _centres(stamp: str) -> gpd.GeoDataFrame:  # noqa: ARG001
    return encounters.centres(memory.associazioni(), memory.sportelli())


def places(which: str, asked: Asked) -> gpd.GeoDataFrame:
    """Places of encounter of a kind (``encounters.PLACES``) in all Lombardy, those with a point."""
    residents = memory.comuni().set_index("comune_code")["residents"]
    if which == "associazioni":
        found = communities.kept(known(), Asked(asked.citizenship, asked.activity)).reset_index()
        return encounters.goals(found, "associazione_id", residents)
    if which == "centri":
        return encounters.goals(centres(), "place_id", residents)
    return encounters.goals(memory.biblioteche(), "library_id", residents)


def minutes(which: str, asked: Asked, *, mode: str) -> pd.DataFrame:
    """Minutes of every demand point to the nearest place of a kind, as ``joined.minutes`` gives them.

    Associations are those of the community and the activity asked, wherever they are.
    """
    of = (asked.citizenship, asked.activity) if which == "associazioni" else ("", "")
    return _minutes(memory.stamp() if which != "biblioteche" else "", which, of, mode)


@st.cache_resource(show_spinner=False, max_entries=KEPT_MINUTES)
def _minutes(stamp: str, which: str, of: tuple[str, str], mode: str) -> pd.DataFrame:  # noqa: ARG001
    return encounters.minutes(memory.networks(), places(which, Asked(*of)), memory.table("demand"), mode=mode)
