"""Answers on gaps that the page and the map share: remembered by question, read only."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

import pandas as pd
import streamlit as st

from errors import UnknownCode
from layers import divari
from screens import gap_table, language_answers, memory, need
from screens.gap_table import COMUNE, Found
from screens.memory import KEPT_ANSWERS
from screens.need import EVENING_OR_SATURDAY, Need

GROUND: Final = "mostra"
"""The parameter that says what colours the comuni."""
USUAL_GROUND: Final = "persone"
LANGUAGES: Final = "lingue"
"""The parameter that says whose language is asked for."""
OWN: Final = "proprie"


def find(asked: Need, *, own: bool = False) -> Found:
    """Who is left out by a need; ``own``: where everybody asks in a language of their own."""
    return _find(memory.stamp(), asked, own)


@st.cache_resource(show_spinner=False, max_entries=KEPT_ANSWERS)
def _find(stamp: str, asked: Need, own: bool) -> Found:  # noqa: ARG001
    of = memory.setting(asked)
    return gap_table.in_own_language(of, asked, _spoken()) if own else gap_table.find(of, asked)


@st.cache_resource(show_spinner=False)
def _spoken() -> pd.DataFrame:
    return gap_table.own_languages(language_answers.spoken())


def table(asked: Need, by: str = COMUNE, *, own: bool = False) -> pd.DataFrame:
    """The gaps by area (``gap_table.table``)."""
    return _table(memory.stamp(), asked, by, own)


@st.cache_resource(show_spinner=False, max_entries=KEPT_ANSWERS)
def _table(stamp: str, asked: Need, by: str, own: bool) -> pd.DataFrame:  # noqa: ARG001
    return gap_table.table(find(asked, own=own), by)


def with_hours(asked: Need) -> Need:
    """The same need at a time of day: after 17 or on Saturday, where none is asked."""
    return asked if asked.when else replace(asked, when=EVENING_OR_SATURDAY)


def hours_or_desk(asked: Need, by: str, *, own: bool = False) -> pd.DataFrame:
    """Longer hours or a new desk (``gap_table.hours_or_desk``) for a need with a time."""
    return _hours_or_desk(memory.stamp(), with_hours(asked), by, own)


@st.cache_resource(show_spinner=False, max_entries=KEPT_ANSWERS)
def _hours_or_desk(stamp: str, asked: Need, by: str, own: bool) -> pd.DataFrame:  # noqa: ARG001
    return gap_table.hours_or_desk(find(asked, own=own), by)


def calls(asked: Need, ambito: str = "") -> pd.DataFrame:
    """Whom to call first for the people of an Ambito, or of all Lombardy (``gap_table.calls``)."""
    return _calls(memory.stamp(), asked, ambito)


@st.cache_resource(show_spinner=False, max_entries=KEPT_ANSWERS)
def _calls(stamp: str, asked: Need, ambito: str) -> pd.DataFrame:  # noqa: ARG001
    where = memory.area_of("ambito_id").eq(ambito).fillna(False) if ambito else None
    return gap_table.calls(memory.setting(asked), asked, where)


def told(asked: Need, *, own: bool = False, **more: str) -> dict[str, str]:
    """The parameters of a feed that asks this."""
    return need.write(asked) | ({LANGUAGES: OWN} if own else {}) | more


def values(params: Mapping[str, str]) -> dict[str, list[Any]]:
    """Class and text of each comune, for the need and the ground that an address asks."""
    ground = params.get(GROUND, USUAL_GROUND)
    if ground not in (*divari.GROUNDS, divari.FIRST_CAUSE):
        raise UnknownCode(what=GROUND, codes=[ground])
    asked, strange = need.parse(params)
    if strange:
        raise UnknownCode(what="filter", codes=[strange])
    return divari.values(table(asked, own=params.get(LANGUAGES) == OWN), ground=ground)
