"""Schools with a high share of foreign pupils by the support they lack, and mediation in schools by Ambito."""

from typing import Any

import geopandas as gpd
import pandas as pd

from layers.features import collection, text, tooltip
from layers.style import SCHOOL_LACKS, percent

STYLES = SCHOOL_LACKS
BELOW, UNTOLD = len(SCHOOL_LACKS) - 2, len(SCHOOL_LACKS) - 1
"""Classes of a school whose share is under the threshold, and of one whose share is not known or not shown."""
ALL_SCHOOLS, SOME, PERHAPS, NONE = range(4)
"""Classes of an Ambito, in the order of ``style.SCHOOL_MEDIATION``."""


def build(scuole: gpd.GeoDataFrame) -> dict[str, Any]:
    """Schools (``name``, ``level_name``, ``foreign_share``, ``missing``, ``words``, ``geometry``), indexed by code.

    ``missing`` is the number of kinds of support that a school surely lacks, missing under the threshold; ``words``
    what the tooltip says of them. Schools that lack most come last, over the others.
    """
    ordered = scuole.sort_values(["missing", "foreign_share"], na_position="first", kind="stable")
    untold = ordered["foreign_share"].isna()
    missing = pd.to_numeric(ordered["missing"]).astype(float)
    tips = [
        tooltip(name, level, _share(share), text(words))
        for name, level, share, words in zip(
            ordered["name"], ordered["level_name"], ordered["foreign_share"], ordered["words"], strict=True
        )
    ]
    classes = missing.clip(upper=BELOW - 1).fillna(BELOW).mask(untold, UNTOLD).astype(int)
    return collection(ordered, ids=ordered.index.tolist(), tips=tips, classes=classes.tolist())


def _share(share: Any) -> str:
    return "quota non nota o non mostrata" if pd.isna(share) else f"{percent(share)} di alunni stranieri"


def values(ambiti: pd.DataFrame) -> dict[str, list[Any]]:
    """Class and text of each Ambito (``schools``, and of them ``found``, ``possible``, ``none``), indexed by code."""
    told: dict[str, list[Any]] = {}
    for code, row in ambiti.iterrows():
        found, possible, everything = (int(row[name]) for name in ("found", "possible", "schools"))
        reached = SOME if found else PERHAPS if possible else NONE
        words = f"trovata per {found} scuole su {everything}; possibile per {possible}"
        told[str(code)] = [ALL_SCHOOLS if found == everything else reached, words]
    return told
