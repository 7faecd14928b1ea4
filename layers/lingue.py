"""Speakers of one language who reach no desk that speaks it, by comune: the class and the words of each.

The shapes are those of ``layers/comuni.py``.
"""

from collections.abc import Mapping
from typing import Any, Final

import pandas as pd

from layers.style import PEOPLE_BEYOND, Scale, number

SCALE: Final[Scale] = PEOPLE_BEYOND
COUNTED: Final = {"confermato": "confirmed", "possibile": "possible"}
"""Ground → its column: without a desk that says it speaks the language, or also without one that may."""


def values(table: pd.DataFrame, *, ground: str) -> dict[str, list[Any]]:
    """Class and text of each comune.

    Parameters
    ----------
    table
        Indexed by comune code, people as may be shown (missing where few): ``estimate``, ``low``, ``high`` who speak
        the language; ``confirmed`` and ``possible`` who reach no desk.
    ground
        Key of ``COUNTED``: what gives the class. The text says both.
    """
    classes = SCALE.classify(table[COUNTED[ground]])
    said = [_words(row) for row in table.to_dict("records")]
    return {
        str(code): [int(place), words] for code, place, words in zip(table.index, classes, said, strict=True)
    }


def _words(row: Mapping[Any, Any]) -> str:
    if row["high"] == 0:
        return "non risulta che qualcuno la parli"
    people = "la parlano poche persone"
    if not pd.isna(row["estimate"]):
        people = (
            f"la parlano circa {number(row['estimate'])} persone ({_count(row['low'])}–{_count(row['high'])})"
        )
    return "\n".join(
        [
            people,
            f"senza uno sportello che dice di parlarla: {_count(row['confirmed'])}",
            f"anche contando ciò che non si sa: {_count(row['possible'])}",
        ]
    )


def _count(people: Any) -> str:
    return "pochi" if pd.isna(people) else number(people)
