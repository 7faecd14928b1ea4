"""Answers on effective access that pages and the map share: remembered by question, read only."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

import pandas as pd
import streamlit as st

from analysis.effective import NO, YES, Truth
from errors import UnknownCode
from layers import accesso
from screens import access_table, memory, need, reached
from screens.memory import KEPT_ANSWERS
from screens.need import Need

GROUND: Final = "mostra"
"""The parameter that says what colours the comuni."""
USUAL_GROUND: Final = "confermato"


def by_area(asked: Need, by: str = "comune_code") -> pd.DataFrame:
    """Access by area (``access_table.by_area``): ``by`` is ``comune_code`` or ``ambito_id``."""
    return _by_area(memory.stamp(), asked, by)


@st.cache_resource(show_spinner=False, max_entries=KEPT_ANSWERS)
def _by_area(stamp: str, asked: Need, by: str) -> pd.DataFrame:  # noqa: ARG001
    times, demand = memory.effective(asked), memory.table("demand")
    of = None if by == "comune_code" else memory.comuni().set_index("comune_code")[by]
    return access_table.by_area(times, demand, of, limit=asked.limit)


def summary(asked: Need) -> pd.DataFrame:
    """The people of all Lombardy (``access_table.summary``)."""
    return access_table.summary(memory.effective(asked), memory.table("demand"), limit=asked.limit)


def truths(asked: Need) -> dict[str, Truth]:
    """Whether each offer keeps each condition asked (``reached.truths``)."""
    return _truths(memory.stamp(), asked if asked.capacity else replace(asked, limit=Need.limit))


@st.cache_resource(show_spinner=False, max_entries=KEPT_ANSWERS)
def _truths(stamp: str, asked: Need) -> dict[str, Truth]:  # noqa: ARG001
    return reached.truths(memory.setting(asked), asked)


def told(asked: Need, **more: str) -> dict[str, str]:
    """The parameters of a feed that asks this."""
    return need.write(asked) | more


def values(params: Mapping[str, str]) -> dict[str, list[Any]]:
    """Class and text of each comune, for the need and the ground that an address asks."""
    ground = params.get(GROUND, USUAL_GROUND)
    if ground not in accesso.GROUNDS:
        raise UnknownCode(what=GROUND, codes=[ground])
    return accesso.values(by_area(_asked(params)), ground=ground)


def desks(params: Mapping[str, str]) -> dict[str, Any]:
    """The desks that answer a need for sure or perhaps, as points."""
    asked = _asked(params)
    of = memory.setting(asked)
    best = access_table.best(of, truths(asked))
    return accesso.build_desks(of.desks[best > NO], sure=best[best > NO] == YES)


def _asked(params: Mapping[str, str]) -> Need:
    asked, strange = need.parse(params)
    if strange:
        raise UnknownCode(what="filter", codes=[strange])
    return asked
