"""Answers on the measures that the page and its map share: remembered by question, read only."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

import pandas as pd
import streamlit as st

from errors import UnknownCode
from layers import misure
from screens import measure_words, measured, memory, need
from screens.measured import MEASURES, SUPPLIES
from screens.need import Need

MEASURE: Final = "misura"
"""The parameter that says which measure is looked at."""
SUPPLY: Final = "offerta"
"""The parameter that says what is offered."""
SUPPLY_CODES: Final = {"sportelli": "desks", "ore": "hours"}
USUAL: Final = "two_step"
"""The measure that is looked at first."""


def plain(asked: Need) -> Need:
    """What the measures hear of a question: how to travel, for how long, and which desks count."""
    return Need(mode=asked.mode, limit=asked.limit, kinds=asked.kinds, evidence=asked.evidence)


def by_area(asked: Need, what: str, by: str = "") -> pd.DataFrame:
    """The measures by area (``measured.table``): ``by`` is ``comune_code``, ``ambito_id`` or empty for all Lombardy."""
    return _by_area(memory.stamp(), plain(asked), what, by)


@st.cache_resource(show_spinner=False, max_entries=48)
def _by_area(stamp: str, asked: Need, what: str, by: str) -> pd.DataFrame:
    area = memory.area_of(by) if by else None
    return measured.table(_points(stamp, asked, what), memory.table("demand"), area)


@st.cache_resource(show_spinner="Si calcolano le misure…", max_entries=16)
def _points(stamp: str, asked: Need, what: str) -> pd.DataFrame:  # noqa: ARG001
    return measured.points(memory.setting(asked), limit=asked.limit, what=what)


def whole(asked: Need, what: str) -> pd.Series:
    """The measures of all Lombardy."""
    return by_area(asked, what).iloc[0]


def known(asked: Need) -> measured.Known:
    """Of how many desks the hours are known."""
    return _known(memory.stamp(), replace(plain(asked), limit=Need.limit))


@st.cache_resource(show_spinner=False, max_entries=16)
def _known(stamp: str, asked: Need) -> measured.Known:  # noqa: ARG001
    return measured.known(memory.setting(asked))


def values(params: Mapping[str, str]) -> dict[str, list[Any]]:
    """Class and text of each comune, for the need, the measure and the supply that an address asks."""
    asked, strange = need.parse(params)
    measure, what = params.get(MEASURE, USUAL), SUPPLY_CODES.get(params.get(SUPPLY, "sportelli"), "")
    if strange:
        raise UnknownCode(what="filter", codes=[strange])
    if measure not in MEASURES:
        raise UnknownCode(what=MEASURE, codes=[measure])
    if what not in SUPPLIES:
        raise UnknownCode(what=SUPPLY, codes=[params[SUPPLY]])
    found = by_area(asked, what, "comune_code")[measure]
    said = [measure_words.value(one, measure, what) for one in found]
    return misure.values(found, said, measure=measure, whole=float(whole(asked, what)[measure]))
