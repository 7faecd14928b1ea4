"""Who reaches a desk that is as somebody needs it: from stored minutes and truths to answers, by point and by area.

Every page and command asks here. No Streamlit.
"""

from typing import NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd

from analysis.effective import NOWHERE, Floats, Positions, Reached, Truth, effective
from geo import extent, travel_time
from geo.matrices import Matrix
from geo.travel_time import Networks
from screens import joined, offers
from screens.joined import Table
from screens.need import Need
from screens.offers import Offers

ENDS = ("confirmed", "possible")
"""Access that is known, and access that also counts what is not known."""


class Minutes(NamedTuple):
    """Minutes from where people live to every desk.

    ``values``: shape (desks, points), those of people who live around their point (``extent.within_place``), infinite
    beyond ``geo.matrices.LIMIT_MIN``. ``ground``: ``pace`` and ``terminal`` of each point. ``matrix``: as stored.
    ``labels``: the names of the street network (of the estimated one where there is none) and of the estimated one.
    """

    values: Floats
    desks: pd.Index
    ground: pd.DataFrame
    matrix: Matrix
    labels: tuple[str, str]
    mode: str


def desk_minutes(table: Table, networks: Networks, *, mode: str) -> Minutes:
    """Minutes of all desks that have a place and all demand points, from the stored matrix."""
    demand = table("demand")
    known = joined.matrix(table, networks, mode=mode)
    ground = travel_time.around(networks, demand.geometry, mode=mode)
    stored = known.minutes
    values = np.full(stored.shape, np.inf)
    rows = np.repeat(np.arange(stored.shape[0]), np.diff(stored.indptr))
    radius, pace, terminal = (
        np.asarray(one, float) for one in (demand["radius_m"], ground["pace"], ground["terminal"])
    )
    at = stored.indices
    values[rows, at] = extent.within_place(stored.data, radius[at], pace=pace[at], terminal=terminal[at])
    return Minutes(values, known.desks, ground, known, (networks.labels[0], networks.estimated.label), mode)


class Setting(NamedTuple):
    """What a question is asked of: minutes, offers, where people live, and who they are."""

    minutes: Minutes
    offers: Offers
    home: Positions
    homes: pd.DataFrame
    demand: gpd.GeoDataFrame
    desks: gpd.GeoDataFrame


def setting(table: Table, minutes: Minutes, of: Offers, comuni: gpd.GeoDataFrame, asked: Need) -> Setting:
    """Everything that answers a need: the desks that count for it, their minutes and offers, in one order."""
    wanted = of.only(offers.counted(table, asked))
    rows = minutes.desks.get_indexer(wanted.desks)
    near = minutes._replace(values=minutes.values[rows], desks=wanted.desks)
    homes = offers.homes(comuni)
    demand = table("demand")
    home = pd.Index(homes["comune_code"]).get_indexer(demand["comune_code"])
    desks = joined.sportelli(table).set_index("sportello_id").reindex(wanted.desks)
    return Setting(near, wanted, home, homes, demand, gpd.GeoDataFrame(desks))


def in_reach(of: Setting, limit: float) -> pd.Series:
    """Foreign residents within a limit of each desk."""
    people = of.demand["foreign_residents"].to_numpy(float)
    return pd.Series((of.minutes.values <= limit) @ people, index=of.minutes.desks)


def truths(of: Setting, asked: Need) -> dict[str, Truth]:
    """Whether each offer keeps each condition asked (``offers.conditions``)."""
    return offers.conditions(of.offers, asked, of.homes, in_reach=in_reach(of, asked.limit))


def answer(of: Setting, asked: Need) -> pd.DataFrame:
    """Minutes of every demand point to the nearest desk that is as needed, for sure and perhaps.

    Returns
    -------
    times
        Index of ``demand``; for each of ``ENDS`` the minutes (``confirmed``), the ends of their 80 % band
        (``confirmed_low``, ``confirmed_high``), the desk (``confirmed_desk``) and the network that answered
        (``confirmed_network``); missing where nobody is reached within ``geo.matrices.LIMIT_MIN``.
    """
    kept = offers.kept(of.offers, truths(of, asked))
    found = effective(of.minutes.values, kept, of.home)
    told = {name: _banded(of, reached) for name, reached in zip(ENDS, found, strict=True)}
    return pd.concat(
        [one.rename(columns={"minutes": name} | {c: f"{name}_{c}" for c in one.columns if c != "minutes"})
         for name, one in told.items()], axis=1,
    )  # fmt: skip


def _banded(of: Setting, reached: Reached) -> pd.DataFrame:
    """Minutes with their band, desk and network."""
    far = reached.desk == NOWHERE
    desk = np.where(far, 0, reached.desk)
    names = of.minutes.desks.to_numpy()
    reach_m = of.desks["reach_m"].to_numpy(float)
    matrix = of.minutes.matrix
    rows = matrix.desks.get_indexer(of.minutes.desks)
    on = matrix.streets[rows][desk] & matrix.street_points if len(names) else np.zeros(len(far), dtype=bool)
    network = pd.Series(np.where(on, *of.minutes.labels), index=of.demand.index, dtype="str")
    times = joined.banded(
        reached.minutes,
        network,
        of.demand["radius_m"],
        np.where(far, 0.0, reach_m[desk]) if len(names) else np.zeros(len(far)),
        ground=of.minutes.ground,
        mode=of.minutes.mode,
    )
    which = pd.Series(names[desk] if len(names) else None, index=of.demand.index, dtype=object)
    return times.assign(desk=which.where(~far, None), network=network.mask(far))


def by_area(times: pd.DataFrame, demand: gpd.GeoDataFrame, area: pd.Series, *, limit: float) -> pd.DataFrame:
    """Effective access of each area for foreign residents, counts as may be shown (``joined.access``).

    Returns
    -------
    table
        Indexed by area code: ``people``, and for each of ``ENDS`` ``…_median``, ``…_low``, ``…_high``, ``…_beyond`` the
        limit, ``…_share_beyond`` and ``…_network``.
    """
    parts = []
    for name in ENDS:
        one = times[[name, f"{name}_low", f"{name}_high", f"{name}_network"]]
        one = one.set_axis(["minutes", "low", "high", "network"], axis=1)
        found = joined.access(one, demand, area, limit=limit)
        names = {"minutes_median": "median", "people_beyond": "beyond"}
        found = found.drop(columns=["beyond_low", "beyond_high"]).rename(columns=names)
        parts.append(found.drop(columns="people").add_prefix(f"{name}_"))
        people = found["people"]
    return pd.concat([people, *parts], axis=1)
