"""Names of cities and towns, so that people know where they are on a map without tiles."""

from typing import Any

import geopandas as gpd

from layers.features import collection, text

CAPITALS = frozenset(
    "012133 013075 014061 015146 016024 017029 018110 019036 020030 097042 098031 108033".split()
)
"""Codes of the twelve chief towns of the provinces."""

CROWDED = {"108033": 9.5}
"""Chief towns so near to another that they are named only from this zoom."""

ZOOM_OF_KIND = {"city": 10.0, "town": 11.0}
"""From which zoom the other places of a kind are named; kinds not here never are."""


def _zoom(kind: str, comune_code: str) -> float:
    """First zoom at which a place is named."""
    if kind == "city" and comune_code in CAPITALS:
        return CROWDED.get(comune_code, 0.0)
    return ZOOM_OF_KIND[kind]


def build(places: gpd.GeoDataFrame) -> dict[str, Any]:
    """Labels (columns ``place_id``, ``name``, ``kind``, ``comune_code``, ``residents``, ``geometry``).

    The property ``z`` is the first zoom that shows the name. A chief town that the table calls a
    town (Sondrio) is named like the other chief towns. Those named from afar come first, then those
    with more residents: where two names would overlap, the first is written.
    """
    chief = places["comune_code"].isin(list(CAPITALS)) & places["kind"].isin(list(ZOOM_OF_KIND))
    named = places[chief | places["kind"].isin(list(ZOOM_OF_KIND))]
    kinds = [
        "city" if is_chief else kind for is_chief, kind in zip(chief[named.index], named["kind"], strict=True)
    ]
    zooms = [_zoom(kind, text(code)) for kind, code in zip(kinds, named["comune_code"], strict=True)]
    ordered = named.assign(z=zooms).sort_values(["z", "residents"], ascending=[True, False], kind="stable")
    return collection(
        ordered,
        ids=ordered["place_id"].tolist(),
        tips=[text(name) for name in ordered["name"]],
        more=[{"z": zoom} for zoom in ordered["z"]],
    )
