"""The register of paritarie schools (recognised, not state), 2023/24."""

import pandas as pd

from data.datasets.schools_state import NAMES, SCHEMA, read, register
from data.raw import Cleaned

__all__ = ["NAMES", "SCHEMA", "clean", "read"]


def clean(raw: pd.DataFrame) -> Cleaned:
    """One row a school of Lombardy; ``Non Disponibile`` is missing."""
    return register("schools_paritarie", raw)
