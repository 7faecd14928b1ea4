"""Measures of access by comune, told against that of all Lombardy: the class and the words of each.

The shapes are those of ``layers/comuni.py``.
"""

from typing import Any

import pandas as pd

from layers.style import MINUTES, OFFER_AGAINST_ALL, WAY_AGAINST_ALL, Scale


def scale(measure: str) -> Scale:
    """Which scale colours a measure: minutes as everywhere; others over the value of Lombardy."""
    if measure in {"nearest", "mean_of_three"}:
        return MINUTES
    return WAY_AGAINST_ALL if measure == "raam" else OFFER_AGAINST_ALL


def values(numbers: pd.Series, words: list[str], *, measure: str, whole: float) -> dict[str, list[Any]]:
    """Class and text of each comune.

    Parameters
    ----------
    numbers
        The measure, indexed by comune code; missing where nothing is reached, or nothing known.
    words
        What is said of each, in the same order.
    measure
        Its name, which says the scale.
    whole
        The same measure of all Lombardy; where it is 0 or missing no class is known but that of minutes.
    """
    told = scale(measure)
    share = numbers if told is MINUTES else numbers / (whole if whole > 0 else float("nan"))
    classes = told.classify(share)
    return {
        str(code): [int(place), said] for code, place, said in zip(numbers.index, classes, words, strict=True)
    }
