"""Mediation by Ambito, counted from the rows found: *no row found* is not *no mediation*.

The shapes are those of ``layers/ambiti.py``; here is only their class.
"""

from typing import Any

import pandas as pd

from layers.features import text

MANY, TWO, ONE, PROVINCE, NONE = range(5)
"""Classes, in the order of ``style.MEDIATION``."""


def _languages(codes: pd.Series) -> int:
    """How many different languages the rows name."""
    return len({code for row in codes for code in text(row).split(";") if code})


def _counted(count: int, one: str, more: str) -> str:
    """A count with its noun, in the singular where it is one."""
    return f"{count} {one if count == 1 else more}"


def _words(rows: pd.DataFrame, *, whole_province: int) -> list[Any]:
    """Class and text of one Ambito, from the rows that name it and the count of those for its whole province."""
    wider = _counted(whole_province, "riga", "righe") + " per tutta la provincia"
    if rows.empty:
        if whole_province:
            return [PROVINCE, f"nessuna riga che lo nomini; {wider}"]
        return [NONE, "nessuna riga trovata (non vuol dire nessuna mediazione)"]
    found = {1: ONE, 2: TWO}.get(len(rows), MANY)
    count = _counted(len(rows), "riga di mediazione", "righe di mediazione")
    tongues = _languages(rows["languages"])
    spoken = (
        _counted(tongues, "lingua pubblicata", "lingue pubblicate") if tongues else "lingue non pubblicate"
    )
    return [found, f"{count}{f'; {wider}' if whole_province else ''}\n{spoken}"]


def build(mediazione: pd.DataFrame, ambiti: pd.DataFrame) -> dict[str, list[Any]]:
    """Class and text of each Ambito.

    Parameters
    ----------
    mediazione
        Columns ``ambito_ids`` (codes apart by ``;``, empty where not known), ``ambito_basis`` (``provincia``
        where the row is for a whole province and its Ambiti are only possible), ``languages``.
    ambiti
        Column ``ambito_id``.
    """
    codes = mediazione["ambito_ids"].map(
        lambda cell: set(filter(None, map(str.strip, text(cell).split(";"))))
    )
    wide = mediazione["ambito_basis"] == "provincia"
    told = {}
    for key in ambiti["ambito_id"]:
        here = codes.map(lambda found, key=key: key in found).astype(bool)
        told[str(key)] = _words(mediazione[here & ~wide], whole_province=int((here & wide).sum()))
    return told
