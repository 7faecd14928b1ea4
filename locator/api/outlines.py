"""What the tables say of each Ambito beside its comuni: how it is known that it is there, and its outline."""

from collections.abc import Callable, Mapping
from typing import Any, Final

import numpy as np
import pandas as pd
import shapely

from locator.api.shelf import Facts
from locator.records import web

DIGITS: Final = 5
"""Of degrees: about a metre."""


def facts(table: Callable[[str], Any]) -> Mapping[str, Facts]:
    """Ambito → what is known of it; an outline is the union of the comuni, their shared borders taken out exactly."""
    belongs = table("ambito_comuni").set_index("comune_code")["ambito_id"]
    comuni = table("comuni")
    groups = comuni.geometry.groupby(comuni["comune_code"].map(belongs).to_numpy())
    outlines = {str(key): _outline(shapely.coverage_union_all(here.to_numpy())) for key, here in groups}
    return {
        one["ambito_id"]: Facts(
            _text(one["evidence"]), _pages(one["sources"]), outlines.get(one["ambito_id"], b"null")
        )
        for one in table("ambiti").to_dict("records")
    }


def _outline(shape: Any) -> bytes:
    return str(shapely.to_geojson(shapely.transform(shape, lambda at: np.round(at, DIGITS)))).encode()


def _text(cell: Any) -> str | None:
    return None if pd.isna(cell) else str(cell)


def _pages(cell: Any) -> list[str] | None:
    pages = [] if pd.isna(cell) else [web(one.strip()) for one in cell.split(";")]
    return [one for one in pages if one] or None
