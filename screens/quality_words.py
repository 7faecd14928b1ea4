"""What the registry's quality is, remembered until a record or the day changes, and the words for it."""

from collections.abc import Hashable
from typing import Final

import pandas as pd
import streamlit as st

from data.registry import quality, reading
from data.registry.freshness import GONE
from data.vocabularies import label, vocabulary
from screens import memory
from screens.living import KINDS as PLACED

CRITERIA: Final = tuple(one.__name__ for one in quality.CRITERIA)
CLASSES: Final = (0.2, 0.4, 0.6, 0.8)
CLASS_WORDS: Final = ("fino a 0,2", "0,2-0,4", "0,4-0,6", "0,6-0,8", "oltre 0,8")
QUALITY_FILLS: Final = ("#6a1b2a", "#b5472b", "#e6a23a", "#86bfc1", "#2a638f")
"""From poor to good; darker at both ends, so that each class is told from its neighbours without hue."""


def scores(kind: str) -> pd.DataFrame:
    """Key × criterion of every record of a kind (``reading.scores``), with its ``quality``; read only."""
    return _scores(kind, memory.stamp(), memory.registry().today().isoformat())


@st.cache_resource(show_spinner=False, max_entries=12)
def _scores(kind: str, stamp: str, day: str) -> pd.DataFrame:  # noqa: ARG001
    precisions: dict[str, str] = {}
    if kind in PLACED:
        where = memory.table("positions")
        precisions = dict(where[where["kind"] == PLACED[kind]].set_index("id")["precision"])
    found = reading.scores(memory.registry(), kind, precisions)
    return found.assign(quality=found.mean(axis=1))


def records(kind: str) -> pd.DataFrame:
    """Every record of a kind, by key; read only."""
    return _records(kind, memory.stamp())


@st.cache_resource(show_spinner=False, max_entries=12)
def _records(kind: str, stamp: str) -> pd.DataFrame:  # noqa: ARG001
    found = reading.table(memory.registry(), kind).set_index("id", drop=False)
    if kind == "mediazione":
        enti = reading.table(memory.registry(), "enti").set_index("id")["name"]
        area = found["area_note"].map(lambda words: f" ({words})" if isinstance(words, str) else "")
        found["name"] = found["ente_id"].map(enti) + area
    if kind == "sostegni":
        found["name"] = (
            found["school_id"] + " (" + found["kind"].map(lambda code: label("school_supports", code)) + ")"
        )
    return found


def open_records(kind: str) -> pd.DataFrame:
    """Those that somebody has to keep: nothing closed or outdated."""
    found = records(kind)
    return found[~found["status"].isin(GONE)] if "status" in found else found


def lost(found: pd.DataFrame) -> pd.Series:
    """Points lost by criterion, over all records to which it applies; the most first, none left out."""
    return (1 - found[list(CRITERIA)]).sum().sort_values(ascending=False, kind="stable")


def lost_by(row: pd.Series) -> dict[str, float]:
    """Points that a record lost by criterion, in the order of the criteria."""
    return {str(name): 1 - float(row[name]) for name in CRITERIA if row[name] < 1}


def mend(criterion: str) -> str:
    """The sentence that says how to gain a point."""
    return str(vocabulary("quality_criteria").loc[criterion, "description"])


def name_of(criterion: Hashable) -> str:
    """A criterion in words."""
    return label("quality_criteria", str(criterion))


def classes(values: pd.Series) -> pd.Series:
    """How many records are in each class of quality, a break belonging to the lower one; in order of class."""
    found = pd.cut(values, [-0.001, *CLASSES, 1], labels=list(CLASS_WORDS))
    return found.value_counts(sort=False)


def points_words(score: float) -> str:
    """A quality as people read it.

    >>> points_words(0.205), points_words(float("nan"))
    ('0,20', 'non valutata')
    """
    return "non valutata" if pd.isna(score) else f"{score:.2f}".replace(".", ",")
