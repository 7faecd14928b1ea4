"""Gaps by comune: people who surely reach no desk as asked, their share, or the cause that weighs most.

The shapes are those of ``layers/comuni.py``; here is only their class and what is said of each.
"""

from collections.abc import Mapping
from typing import Any, Final

import pandas as pd

from layers.style import (
    CAUSE_TOGETHER,
    CAUSES,
    UNCOVERED,
    UNCOVERED_NOBODY,
    UNCOVERED_SHARE,
    UNKNOWN_FILL,
    UNKNOWN_LINE,
    Mark,
    number,
    percent,
)

GROUNDS: Final = {"persone": ("gap", UNCOVERED), "quota": ("share", UNCOVERED_SHARE)}
"""Ways to colour the comuni by a number: its column and its scale."""
FIRST_CAUSE: Final = "causa"

FEW: Final = Mark("pochi, o non noto", UNKNOWN_FILL, line=UNKNOWN_LINE, dash="2 3")
FIRST: Final[tuple[Mark, ...]] = (*CAUSES.values(), CAUSE_TOGETHER, UNCOVERED_NOBODY, FEW)
"""Classes by cause: each cause, several together, nobody left out, not to be said."""


def marks(ground: str) -> tuple[Mark, ...]:
    """The classes of a ground."""
    return FIRST if ground == FIRST_CAUSE else GROUNDS[ground][1].marks


def values(table: pd.DataFrame, *, ground: str) -> dict[str, list[Any]]:
    """Class and text of each comune.

    Parameters
    ----------
    table
        Indexed by comune code: ``people``, ``gap`` and ``share`` (missing where they are few), ``first_cause`` and
        ``together`` (missing where there is none).
    ground
        Key of ``GROUNDS``, or ``FIRST_CAUSE``: what gives the class. The text says all.
    """
    if ground == FIRST_CAUSE:
        classes = [_first(row) for row in table.to_dict("records")]
    else:
        column, scale = GROUNDS[ground]
        classes = scale.classify(table[column]).tolist()
    said = [_words(row) for row in table.to_dict("records")]
    return {
        str(code): [int(place), words] for code, place, words in zip(table.index, classes, said, strict=True)
    }


def _first(row: Mapping[Any, Any]) -> int:
    codes = list(CAUSES)
    if pd.isna(row["gap"]):
        return len(FIRST) - 1
    if row["gap"] == 0:
        return len(FIRST) - 2
    return len(codes) if pd.isna(row["first_cause"]) else codes.index(str(row["first_cause"]))


def _words(row: Mapping[Any, Any]) -> str:
    if pd.isna(row["gap"]):
        return "scoperti: pochi residenti stranieri"
    if row["gap"] == 0:
        return "nessun residente straniero scoperto"
    said = f"scoperti: {number(row['gap'])} residenti stranieri su {number(row['people'])} ({percent(row['share'])})"
    cause = row["first_cause"] if not pd.isna(row["first_cause"]) else row["together"]
    if pd.isna(cause):
        return said
    return f"{said}\nprima causa: {' e '.join(CAUSES[one].label for one in str(cause).split('+'))}"
