"""Vocabularies: the codes of the registry with their Italian labels and what they mean."""

from functools import cache
from pathlib import Path

import pandas as pd

FOLDER = Path(__file__).parent


@cache
def vocabulary(name: str) -> pd.DataFrame:
    """A vocabulary indexed by ``value`` with ``label``, ``description`` and its own columns. Read only."""
    table = pd.read_csv(FOLDER / f"{name}.csv", dtype=str, keep_default_na=False)
    return table.set_index("value")


def label(name: str, value: str) -> str:
    """The Italian label of a code; the code itself, spaced, where the vocabulary lacks it."""
    words = vocabulary(name)
    return str(words.loc[value, "label"]) if value in words.index else value.replace("_", " ")


def desk_kinds() -> list[str]:
    """The kinds of sportello that count as a desk: where people are informed and accompanied."""
    kinds = vocabulary("service_kinds")
    return list(kinds.index[kinds["counts_as_desk"] == "true"])
