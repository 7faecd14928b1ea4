"""Answers on languages that the page and its map share: remembered by question, read only."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

import pandas as pd
import streamlit as st

from errors import UnknownCode
from layers import lingue
from screens import language_need, memory, need
from screens.language_need import Spoken
from screens.need import Need

LANGUAGE: Final = "parlata"
"""The parameter that says which language is looked at."""
GROUND: Final = "senza"
"""The parameter that says what colours the comuni."""
USUAL_GROUND: Final = "confermato"


@st.cache_resource(show_spinner=False)
def spoken() -> Spoken:
    """Who speaks what, by comune (``language_need.spoken``)."""
    return language_need.spoken(memory.table)


def by_comune(asked: Need) -> pd.DataFrame:
    """The languages looked at, by comune (``language_need.by_comune``)."""
    codes = language_need.languages(spoken(), asked)
    return _by_comune(memory.stamp(), replace(asked, languages=()), tuple(codes))


@st.cache_resource(show_spinner=False, max_entries=16)
def _by_comune(stamp: str, asked: Need, codes: tuple[str, ...]) -> pd.DataFrame:  # noqa: ARG001
    return language_need.by_comune(memory.setting(asked), asked, spoken(), codes)


def by_language(asked: Need) -> pd.DataFrame:
    """The languages looked at in all Lombardy (``language_need.by_language``)."""
    return language_need.by_language(by_comune(asked), memory.setting(asked))


def by_ambito(asked: Need) -> pd.DataFrame:
    """The languages looked at, by Ambito (``language_need.by_area``)."""
    belongs = memory.comuni().set_index("comune_code")["ambito_id"]
    return language_need.by_area(by_comune(asked), belongs)


def values(params: Mapping[str, str]) -> dict[str, list[Any]]:
    """Class and text of each comune, for the need, the language and the ground that an address asks."""
    asked, strange = need.parse(params)
    ground, language = params.get(GROUND, USUAL_GROUND), params.get(LANGUAGE, "")
    if strange:
        raise UnknownCode(what="filter", codes=[strange])
    if ground not in lingue.COUNTED:
        raise UnknownCode(what=GROUND, codes=[ground])
    found = by_comune(asked)
    if language not in found.index.unique("language"):
        raise UnknownCode(what=LANGUAGE, codes=[language])
    return lingue.values(
        language_need.shown(language_need.of_language(found, language).droplevel("language")), ground=ground
    )
