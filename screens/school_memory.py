"""What the app remembers of the schools and the support around them, until the registry or the streets change."""

from dataclasses import dataclass

import geopandas as gpd
import pandas as pd
import streamlit as st

from analysis import school_support
from screens import memory, school_mediation, schools
from screens.schools import Asked


@dataclass(frozen=True)
class Around:
    """The schools, and everything around them that does not depend on how one travels. Read only."""

    schools: gpd.GeoDataFrame
    places: dict[str, gpd.GeoDataFrame]
    offers: pd.DataFrame
    reached: pd.DataFrame
    mediation: pd.Series
    sostegni: pd.DataFrame


def around() -> Around:
    """The schools, their supports, and the rows of mediation that reach them."""
    return _around(memory.stamp())


@st.cache_resource(show_spinner=False, max_entries=2)
def _around(stamp: str) -> Around:
    comuni, store = memory.comuni(), memory.registry() if stamp else None
    taught = schools.sites(memory.scuole(), comuni)
    offers = school_mediation.offers(store, memory.table("mediazione"))
    reached = school_mediation.reach(offers, comuni)
    return Around(
        schools=taught,
        places=schools.supports(
            memory.sportelli(), memory.associazioni(), memory.cpia(), memory.biblioteche(), comuni
        ),
        offers=offers,
        reached=reached,
        mediation=school_mediation.found(reached, taught["comune_code"]),
        sostegni=school_mediation.own(store),
    )


def near(mode: str) -> dict[str, pd.DataFrame]:
    """Kind of support → minutes from every school (``schools.near``)."""
    return _near(memory.stamp(), memory.networks().mark, mode)


@st.cache_resource(show_spinner=False, max_entries=4)
def _near(stamp: str, mark: str, mode: str) -> dict[str, pd.DataFrame]:  # noqa: ARG001
    known = _around(stamp)
    return {
        kind: schools.near(memory.networks(), places, known.schools, mode=mode)
        for kind, places in known.places.items()
    }


def truths(asked: Asked) -> pd.DataFrame:
    """Whether each kind that counts is near each school (``schools.truths``)."""
    known = around()
    counted = schools.at_least_unknown(known.mediation)
    return schools.truths(near(asked.mode), counted, school_mediation.own_kinds(known.sostegni), asked)


def ranked(asked: Asked) -> gpd.GeoDataFrame:
    """Schools with a high share and little support (``schools.little_support``)."""
    known = around()
    hours = school_mediation.own_hours(known.sostegni)
    return schools.little_support(known.schools, truths(asked), hours, asked)


def pupils_per_hour(school: str) -> float:
    """Foreign pupils of a school for each mediator hour of a year that the registry knows of; NaN where unknown."""
    known = around()
    hours = school_mediation.own_hours(known.sostegni).reindex([school])
    return float(school_support.pupils_per_hour(known.schools.loc[[school], "foreign_pupils"], hours).iloc[0])
