"""Effective access by comune: minutes that are known, minutes that are possible, or the people between the two.

The shapes are those of ``layers/comuni.py``; here is only their class and what is said of each.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import geopandas as gpd
import pandas as pd

from layers.features import collection, tooltip
from layers.style import ANSWERS_PERHAPS, ANSWERS_SURELY, MINUTES, PEOPLE_UNSURE, Mark, Scale, number


@dataclass(frozen=True)
class Ground:
    """One way to colour the comuni: a column and its scale."""

    column: str
    scale: Scale


GROUNDS: Final[Mapping[str, Ground]] = {
    "confermato": Ground("confirmed_median", MINUTES),
    "possibile": Ground("possible_median", MINUTES),
    "differenza": Ground("maybe", PEOPLE_UNSURE),
}

DESKS: Final[tuple[Mark, ...]] = (ANSWERS_PERHAPS, ANSWERS_SURELY)
"""How a desk is drawn that perhaps answers, and one that surely does."""


def values(table: pd.DataFrame, *, ground: str) -> dict[str, list[Any]]:
    """Class and text of each comune.

    Parameters
    ----------
    table
        Indexed by comune code: ``confirmed_median``, ``possible_median`` with ``_low`` and ``_high`` (missing where
        nothing is reached), and ``maybe``, people (missing where they are too few to be said).
    ground
        Key of ``GROUNDS``: what gives the class. The text says all three.
    """
    chosen = GROUNDS[ground]
    classes = chosen.scale.classify(table[chosen.column])
    said = [_words(row) for row in table.to_dict("records")]
    return {
        str(code): [int(place), words] for code, place, words in zip(table.index, classes, said, strict=True)
    }


def _words(row: Mapping[Any, Any]) -> str:
    lines = [
        f"{name}: {_minutes(row, end)}"
        for name, end in (("confermato", "confirmed"), ("possibile", "possible"))
    ]
    maybe = row["maybe"]
    if pd.isna(maybe):
        lines.append("non si sa per pochi residenti stranieri")
    elif maybe:
        lines.append(f"non si sa per {number(maybe)} residenti stranieri")
    return "\n".join(lines)


def _minutes(row: Mapping[Any, Any], end: str) -> str:
    middle, low, high = (row[f"{end}_{name}"] for name in ("median", "low", "high"))
    if pd.isna(middle):
        return "nessuno entro due ore"
    band = "" if pd.isna(low) or pd.isna(high) else f" (tra {number(low)} e {number(high)})"
    return f"{number(middle)} minuti{band}"


def build_desks(desks: gpd.GeoDataFrame, *, sure: Sequence[bool]) -> dict[str, Any]:
    """Desks that answer, for sure or perhaps (index ``sportello_id``; ``name``, ``comune``, ``geometry``)."""
    said = ["forse risponde: non si sa tutto", "risponde a quello che si chiede"]
    rows = zip(desks["name"], desks["comune"], sure, strict=True)
    tips = [tooltip(name, comune, said[bool(known)]) for name, comune, known in rows]
    return collection(desks, ids=desks.index.tolist(), tips=tips, classes=[int(known) for known in sure])
