"""Places of encounter and the way to them: associations, intercultural centres, libraries. No Streamlit."""

from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd

from analysis import coverage, disclosure
from geo.crs import DEGREES
from geo.extent import built_up_radius_m
from geo.travel_time import Networks
from layers.comunita import CENTRE
from screens import communities, joined
from screens.communities import INTERCULTURAL, Asked, Gathered
from screens.joined import GONE

PLACES: Final = ("associazioni", "centri", "biblioteche")
WAYS: Final = ("walk", "car")
LIMITS: Final = {"walk": 15, "car": 30}
"""Minutes within which a place of encounter is near, by mode."""


def centres(associazioni: gpd.GeoDataFrame, sportelli: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Intercultural centres, whether they are kept as associations or as desks; the closed ones left out.

    Columns ``place_id``, ``name``, ``comune``, ``comune_code``, ``ambito_id``, ``precision``, ``radius_m``, geometry.
    """
    columns = ["place_id", "name", "comune", "comune_code", "ambito_id", "precision", "radius_m", "geometry"]
    kinds = (
        (associazioni, "associazione_id"),
        (sportelli, "sportello_id"),
    )
    found = [
        rows[(rows["kind"] == INTERCULTURAL) & ~rows["status"].isin(GONE)].rename(columns={key: "place_id"})[
            columns
        ]
        for rows, key in kinds
    ]
    both = pd.concat(found, ignore_index=True).drop_duplicates("place_id")
    return gpd.GeoDataFrame(both, geometry="geometry", crs=DEGREES)


def drawn(known: Gathered, asked: Asked, centri: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """The associations that answer and the intercultural centres, as ``layers.comunita`` draws them."""
    found = communities.kept(known, asked).rename_axis("place_id").reset_index()
    found["said"] = [", ".join(words or ()) or "comunità non indicata" for words in found["words"]]
    others = centri[~centri["place_id"].isin(found["place_id"])].assign(
        scope=CENTRE, said="centro interculturale"
    )
    if asked.ambito:
        others = others[others["ambito_id"] == asked.ambito]
    columns = ["place_id", "name", "comune", "said", "scope", "precision", "geometry"]
    both = pd.concat([found[columns], others[columns]], ignore_index=True)
    both["scope"] = both["scope"].mask(both["place_id"].isin(centri["place_id"]), CENTRE)
    return gpd.GeoDataFrame(both, geometry="geometry", crs=DEGREES)


def goals(places: gpd.GeoDataFrame, key: str, residents: pd.Series) -> gpd.GeoDataFrame:
    """Places as ``joined.minutes`` wants its goals: ``sportello_id``, ``reach_m``, those without a point left out.

    ``residents``: of each comune; one of which only the comune is known is somewhere in its built-up land.
    """
    placed = places[places.geometry.notna()]
    precision = placed["precision"] if "precision" in placed else pd.Series("address", index=placed.index)
    radius = placed["radius_m"] if "radius_m" in placed else pd.Series(0.0, index=placed.index)
    town = built_up_radius_m(placed["comune_code"].map(residents)).clip(upper=radius)
    reach = radius.mask(precision == "settlement", town).fillna(0.0)
    return placed.rename(columns={key: "sportello_id"}).assign(reach_m=reach.astype(float))


def minutes(
    networks: Networks, places: gpd.GeoDataFrame, demand: gpd.GeoDataFrame, *, mode: str
) -> pd.DataFrame:
    """Minutes of every demand point to the nearest of the places, which ``goals`` gives, as ``joined.minutes``."""
    return joined.minutes(networks, places, demand, mode=mode)


def people(demand: pd.DataFrame, citizens: pd.DataFrame, citizenship: str) -> pd.Series:
    """People of each demand point: foreign residents, or those of one citizenship, spread as the foreign residents are.

    ``citizens`` as ``Gathered`` has them; same index as ``demand``.
    """
    foreign = demand["foreign_residents"].astype(float)
    if not citizenship:
        return foreign
    there = foreign.groupby(demand["comune_code"]).transform("sum")
    if citizenship not in citizens.index.get_level_values("citizenship"):
        return foreign * 0.0
    own = citizens.xs(citizenship, level="citizenship")["residents"].astype(float)
    share = foreign / there.where(there > 0, np.nan)
    return (share * demand["comune_code"].map(own)).fillna(0.0)


def within(
    times: pd.DataFrame,
    who: pd.Series,
    here: pd.Series,
    *,
    demand: pd.DataFrame,
    limit: float,
) -> dict[str, Any] | None:
    """Median minutes with their band, and the share of people within the limit; None where nobody known lives.

    Parameters
    ----------
    times
        As ``minutes`` gives them.
    who
        People of each point, same index, as ``people`` gives them: spread as foreign residents are.
    here
        Whether each point is in the area asked, same index: whole comuni.
    demand
        ``comune_code`` and ``foreign_residents``, same index.
    limit
        In minutes, itself included.

    Returns
    -------
    row
        ``minutes_median``, ``low``, ``high``, ``network``; ``near`` and ``far``: people within the limit and beyond, as
        they may be shown: sums of what the comuni tell (``disclosure.protected_part``), so that one does not give the
        other away; ``share_within`` from 0 to 1, made of these two, NaN where one of them may not be shown.
    """
    if not float(who[here].sum()) > 0:
        return None
    area = pd.Series("here", index=who.index).where(here)
    row = coverage.by_area(times, who, area, limit=limit).iloc[0]
    comune, foreign = demand["comune_code"], demand["foreign_residents"].astype(float)
    inside = foreign.where(times["minutes"] <= limit, 0.0).groupby(comune).sum()
    everybody = foreign.groupby(comune).sum()
    share = (disclosure.protected_part(inside, everybody) / everybody.where(everybody > 0)).fillna(0.0)
    group = who.where(here, 0.0).groupby(comune).sum()
    near, far = (disclosure.count(float((group * part).sum())) for part in (share, 1 - share))
    return {
        **{name: float(row[name]) for name in ("minutes_median", "low", "high")},
        "near": near,
        "far": far,
        "share_within": near / (near + far),
        "network": "; ".join(sorted(times.loc[here, "network"].dropna().unique())),
    }
