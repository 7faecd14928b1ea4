"""A community on the map: its residents by comune, associations that name it or a wider area, places of encounter."""

from typing import Any, Final

import geopandas as gpd
import pandas as pd

from layers.features import collection, tooltip
from layers.sportelli import approximate
from layers.style import CITIZENS, ENCOUNTERS, number

STYLES = ENCOUNTERS
SCOPES: Final = ("cittadinanza", "area", "altro", "centro")
"""What a place is to the community asked: it names it, names an area that holds it, is another association, or an
intercultural centre; in the order of ``style.ENCOUNTERS``."""
OTHER: Final = "altro"
CENTRE: Final = "centro"


def build(places: gpd.GeoDataFrame) -> dict[str, Any]:
    """Places (``place_id``, ``name``, ``comune``, ``said``: words to show, ``scope``, ``precision``, ``geometry``)."""
    vague = approximate(places["precision"])
    tips = [
        tooltip(name, comune, said, "posizione approssimata" if near else "")
        for name, comune, said, near in zip(
            places["name"], places["comune"], places["said"], vague, strict=True
        )
    ]
    classes = [SCOPES.index(scope) for scope in places["scope"]]
    return collection(places, ids=places["place_id"].tolist(), tips=tips, classes=classes)


def values(residents: pd.Series, estimated: pd.Series) -> dict[str, list[Any]]:
    """Class and text of each comune.

    Parameters
    ----------
    residents
        Of the community, by comune code; missing where too few to be shown, or not known.
    estimated
        Whether it is an estimate, same index.
    """
    out: dict[str, list[Any]] = {}
    for code, people, place, guessed in zip(
        residents.index, residents, CITIZENS.classify(residents), estimated, strict=True
    ):
        about = "circa " if guessed else ""
        words = (
            CITIZENS.marks[-1].label if pd.isna(people) else f"{about}{number(people)} di questa cittadinanza"
        )
        out[str(code)] = [int(place), words]
    return out
