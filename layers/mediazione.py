"""Mediation by Ambito, counted from the rows found: *no row found* is not *no mediation*.

The shapes are those of ``layers/ambiti.py``; here is only their class.
"""

from collections import Counter
from typing import Any

import pandas as pd

from layers.features import text

MANY, TWO, ONE, PROVINCE, NONE = range(5)
"""Classes, in the order of ``style.MEDIATION``."""


def _languages(codes: pd.Series) -> int:
    """How many different languages the rows name."""
    return len({code for row in codes for code in text(row).split(";") if code})


def _words(rows: pd.DataFrame, *, whole_province: int) -> list[Any]:
    """Class and text of one Ambito, from the rows that name it."""
    also = f"; altre {whole_province} per tutta la provincia" if whole_province else ""
    if rows.empty:
        if whole_province:
            return [PROVINCE, f"nessuna riga che lo nomini{also}"]
        return [NONE, "nessuna riga trovata (non vuol dire nessuna mediazione)"]
    found = {1: ONE, 2: TWO}.get(len(rows), MANY)
    count = "1 riga di mediazione" if len(rows) == 1 else f"{len(rows)} righe di mediazione"
    tongues = _languages(rows["languages"])
    spoken = f"{tongues} lingue pubblicate" if tongues else "lingue non pubblicate"
    return [found, f"{count}{also}\n{spoken}"]


def build(mediazione: pd.DataFrame, ambiti: pd.DataFrame) -> dict[str, list[Any]]:
    """Class and text of each Ambito.

    Parameters
    ----------
    mediazione
        Columns ``ambito_ids`` (codes apart by ``;``, empty where the row names none),
        ``province``, ``languages``.
    ambiti
        Columns ``ambito_id``, ``province``.
    """
    named = [set(filter(None, map(str.strip, text(codes).split(";")))) for codes in mediazione["ambito_ids"]]
    everywhere = Counter(
        text(province)
        for province, codes in zip(mediazione["province"], named, strict=True)
        if not codes and text(province)
    )
    return {
        str(key): _words(
            mediazione[[key in codes for codes in named]], whole_province=everywhere[text(province)]
        )
        for key, province in zip(ambiti["ambito_id"], ambiti["province"], strict=True)
    }
