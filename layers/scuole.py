"""Schools, by share of pupils with foreign citizenship; *unknown* is small and hollow, never 0."""

from typing import Any

import geopandas as gpd
import pandas as pd

from layers.features import collection, tooltip
from layers.style import SCHOOL_SHARE, percent

STYLES = SCHOOL_SHARE.marks


def build(scuole: gpd.GeoDataFrame) -> dict[str, Any]:
    """Schools (``school_id``, ``name``, ``level_name``, ``foreign_share`` from 0 to 1, ``geometry``).

    Unknown shares come first, so that the known ones are drawn over them.
    """
    ordered = scuole.sort_values("foreign_share", na_position="first", kind="stable")
    shares = pd.to_numeric(ordered["foreign_share"], errors="coerce").astype("float64")
    tips = [
        tooltip(
            name,
            level,
            "quota di alunni stranieri non nota o non mostrata"
            if pd.isna(share)
            else f"{percent(share)} di alunni stranieri",
        )
        for name, level, share in zip(ordered["name"], ordered["level_name"], shares, strict=True)
    ]
    return collection(
        ordered,
        ids=ordered["school_id"].tolist(),
        tips=tips,
        classes=SCHOOL_SHARE.classify(shares).tolist(),
    )
