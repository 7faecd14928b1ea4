"""Effective access as tables: people and minutes by area, what is known of desks, those near a comune. No Streamlit.

Page, map and command read the same tables, so that they say the same.
"""

from collections.abc import Mapping
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd

from analysis.coverage import weighted_medians
from analysis.disclosure import LITTLE, part, partition
from analysis.effective import NO, UNKNOWN, YES, Positions, Truth, by_desk
from screens import joined, offers
from screens.reached import ENDS, Setting

PARTS: Final = ("confirmed", "maybe", "beyond")
"""People who surely find a desk as asked within the limit, those who perhaps do, and those who do not in any case."""

ALL: Final = "all"
"""Stands for all conditions together where others have the name of one."""

COLUMNS: Final = (
    "comune_code", "comune", "ambito_id", "foreign_residents",
    "confirmed_median", "confirmed_low", "confirmed_high", "confirmed_beyond", "confirmed_share_beyond",
    "possible_median", "possible_low", "possible_high", "possible_beyond", "possible_share_beyond", "network",
)  # fmt: skip
"""Of the file by comune."""

OF_AREA: Final = {
    "comune_code": ("comune_code", "comune", "ambito_id", "foreign_residents"),
    "ambito_id": ("ambito_id", "ambito", "foreign_residents"),
}
"""What the file says of an area besides its access."""

DECIMALS: Final = {
    f"{end}_{name}": places
    for end in ENDS
    for name, places in (("median", 1), ("low", 1), ("high", 1), ("beyond", 0), ("share_beyond", 4))
}


def parts(times: pd.DataFrame, demand: pd.DataFrame, *, limit: float) -> pd.DataFrame:
    """Foreign residents of each comune by what is known of their access, as they are counted: not yet to be shown.

    Parameters
    ----------
    times
        ``confirmed`` and ``possible`` minutes of each demand point; missing where none is reached.
    demand
        ``comune_code`` and ``foreign_residents``, same index.
    limit
        In minutes, itself included.

    Returns
    -------
    people
        Indexed by comune code: columns ``PARTS``, which add up to everybody there.
    """
    sure, perhaps = (times[end].to_numpy(float) <= limit for end in ENDS)
    inside = {"confirmed": sure, "maybe": perhaps & ~sure, "beyond": ~perhaps & ~sure}
    people = demand["foreign_residents"].astype(float)
    counted = pd.DataFrame({name: people.where(here, 0.0) for name, here in inside.items()})
    summed: pd.DataFrame = counted.groupby(demand["comune_code"]).sum()
    return summed


def by_area(
    times: pd.DataFrame, demand: gpd.GeoDataFrame, area: pd.Series | None = None, *, limit: float
) -> pd.DataFrame:
    """Effective access of each comune, or of areas made of comuni, as it may be shown.

    Parameters
    ----------
    times
        As ``reached.answer`` gives them.
    demand
        Index of ``times``.
    area
        Code of the area of each comune, by comune code; without it, comuni.
    limit
        In minutes, itself included.

    Returns
    -------
    table
        As ``minutes_by_area``, and for each of ``ENDS`` ``…_beyond`` the limit and ``…_share_beyond``; and the people
        of each of ``PARTS``. Counts are as ``disclosure.partition`` shows them.
    """
    found = minutes_by_area(times, demand, area)
    split = parts(times, demand, limit=limit)
    told = partition(split, area).reindex(found.index)
    if times["confirmed"].equals(times["possible"]):
        told["maybe"] = 0.0  # nothing that is asked is unknown of any desk
    others = {
        "confirmed": partition(_in_two(split), area)["beyond"].reindex(found.index),
        "possible": told["beyond"],
    }
    for end, beyond in others.items():
        found[f"{end}_beyond"] = beyond
        found[f"{end}_share_beyond"] = beyond / found["people"].where(found["people"] > 0)
    return found.join(told)


def minutes_by_area(
    times: pd.DataFrame, demand: gpd.GeoDataFrame, area: pd.Series | None = None
) -> pd.DataFrame:
    """The minutes of each area, which no limit changes: those of ``reached.by_area``, sooner.

    Returns
    -------
    table
        Indexed by area, in order: ``people``; for each of ``ENDS`` the median over foreign residents of the minutes
        (``…_median``) and of the ends of their band (``…_low``, ``…_high``), missing where half of them reach nothing
        within ``geo.matrices.LIMIT_MIN``; ``…_network``: those that answered, missing where none did.
    """
    of_point = demand["comune_code"] if area is None else demand["comune_code"].map(area)
    here = of_point.notna()
    people, comune = demand["foreign_residents"].astype(float), demand["comune_code"]
    enough = (
        people.groupby(comune).transform("sum") >= LITTLE
    )  # as ``joined.access``: else over all residents
    weights = people.where(enough, 0.0) + demand["residents"].astype(float) * joined.WHERE_NOBODY
    times, weights, people, of_point = times[here], weights[here], people[here], of_point[here]
    table = pd.DataFrame({"people": people.groupby(of_point).sum()})
    for end in ENDS:
        for column, name in ((end, "median"), (f"{end}_low", "low"), (f"{end}_high", "high")):
            table[f"{end}_{name}"] = weighted_medians(times[column], weights, of_point)
        table[f"{end}_network"] = joined.answered(times[f"{end}_network"], of_point)
    return table


def _in_two(split: pd.DataFrame) -> pd.DataFrame:
    """Parts with all that is not confirmed put together."""
    return pd.DataFrame({"confirmed": split["confirmed"], "beyond": split["maybe"] + split["beyond"]})


def summary(times: pd.DataFrame, demand: gpd.GeoDataFrame, *, limit: float) -> pd.DataFrame:
    """The foreign residents of all Lombardy by what is known of their access, as they may be shown.

    Returns
    -------
    table
        One row each for ``ENDS`` and the rest of ``PARTS``: ``people`` within the limit (``beyond``: the others),
        ``share`` of all, and for ``ENDS`` ``low`` and ``high``, the fewest and the most that the 80 % band allows.
    """
    split = parts(times, demand, limit=limit)
    everyone = float(split.to_numpy().sum())
    told = dict(partition(split, pd.Series("all", index=split.index)).iloc[0])
    count = {end: _within(times[end], demand, limit=limit) for end in ENDS}
    if not count["confirmed"]:  # so that nobody is not some of the comuni where few live
        told = {"maybe": count["possible"], "beyond": everyone - count["possible"]}
    band = {
        side: {end: _within(times[f"{end}_{other}"], demand, limit=limit) for end in ENDS}
        for side, other in (("low", "high"), ("high", "low"))
    }
    people = count | {"maybe": told["maybe"], "beyond": told["beyond"]}
    table = pd.DataFrame({"people": people, **band}, index=list(people))
    return table.assign(share=table["people"] / everyone if everyone else np.nan)


def _within(minutes: pd.Series, demand: pd.DataFrame, *, limit: float) -> float:
    """Foreign residents of all Lombardy within a limit, as they may be shown.

    Where no place at all is within it that is known from the map, and so is 0.
    """
    if not (minutes <= limit).any():
        return 0.0
    people, comune = demand["foreign_residents"].astype(float), demand["comune_code"]
    inside = people.where(minutes <= limit, 0.0).groupby(comune).sum()
    everybody = people.groupby(comune).sum()
    return float(part(inside, everybody, pd.Series("all", index=inside.index)).iloc[0])


def file(found: pd.DataFrame, areas: pd.DataFrame, *, by: str = "comune_code") -> pd.DataFrame:
    """Access by area as it leaves the house: one row an area, by code, with ``COLUMNS`` as far as they are of it.

    Parameters
    ----------
    found
        As ``by_area`` gives it.
    areas
        The comuni or the Ambiti: their codes, names and ``foreign_residents``.
    by
        The column of ``areas`` that ``found`` is indexed by.
    """
    named = [name for name in OF_AREA[by] if name in areas]
    table = pd.DataFrame(areas[named]).merge(found, left_on=by, right_index=True, how="left")
    networks = zip(table["confirmed_network"], table["possible_network"], strict=True)
    table["network"] = ["; ".join(sorted(_labels(*pair))) for pair in networks]
    columns = [*named, *(name for name in COLUMNS if name in table and name not in named)]
    ordered: pd.DataFrame = table[columns].round(DECIMALS).sort_values(by)
    return ordered.reset_index(drop=True)


def _labels(*networks: object) -> set[str]:
    return {one for told in networks if isinstance(told, str) for one in told.split("; ") if one}


def knowledge(of: Setting, truths: Mapping[str, Truth], desks: Positions | None = None) -> pd.DataFrame:
    """Of how many desks each condition is known to hold, known not to, or not known.

    Parameters
    ----------
    truths
        Of each offer, as ``reached.truths`` gives them.
    desks
        Positions of the desks that count; all if not given.

    Returns
    -------
    table
        Indexed by condition, ``ALL`` last: ``yes``, ``unknown``, ``no`` and ``depends`` (on where somebody lives).
    """
    many = len(of.offers.desks)
    here = np.arange(many) if desks is None else desks
    rows = {name: by_desk(truth, of.offers.desk, desks=many)[here] for name, truth in truths.items()}
    rows[ALL] = offers.kept(of.offers, dict(truths))[here]
    return pd.DataFrame.from_dict({name: _counts(truth) for name, truth in rows.items()}, orient="index")


def _counts(truth: Truth) -> dict[str, int]:
    least, most = truth.min(axis=1), truth.max(axis=1)
    told = {"yes": least == YES, "unknown": (least == UNKNOWN) & (most == UNKNOWN), "no": most == NO}
    counts = {name: int(same.sum()) for name, same in told.items()}
    return counts | {"depends": len(truth) - sum(counts.values())}


def best(of: Setting, truths: Mapping[str, Truth]) -> Truth:
    """The truth of each desk for who lives where it is greatest."""
    found: Truth = offers.kept(of.offers, dict(truths)).max(axis=1)
    return found


def of_home(truths: Mapping[str, Truth], home: int) -> dict[str, Truth]:
    """The truths for who lives in one place."""
    return {
        name: truth if truth.shape[1] == 1 else truth[:, home : home + 1] for name, truth in truths.items()
    }


def near(of: Setting, truths: Mapping[str, Truth], comune_code: str) -> pd.DataFrame:
    """The desks as seen from where most foreign residents of a comune live.

    Returns
    -------
    desks
        Indexed by ``sportello_id``, the nearest first, those out of reach left out: ``minutes``, ``low``, ``high``,
        ``network``, one column a condition with its truth there, and ``ALL``.
    """
    point = main_point(of.demand, comune_code)
    home = int(of.home[point])
    here = of_home(truths, home)
    many = len(of.offers.desks)
    table = _minutes_from(of, point)
    for name, truth in here.items():
        table[name] = by_desk(truth, of.offers.desk, desks=many)[:, 0]
    table[ALL] = offers.kept(of.offers, here)[:, 0]
    ordered: pd.DataFrame = table[table["minutes"].notna()].sort_values("minutes", kind="stable")
    return ordered


def main_point(demand: gpd.GeoDataFrame, comune_code: str) -> int:
    """Position of the point of a comune where most foreign residents live; of as many, where most people do."""
    rows = np.flatnonzero(demand["comune_code"].eq(comune_code).to_numpy())
    some = demand.iloc[rows]
    order = np.lexsort((some["residents"].to_numpy(float), some["foreign_residents"].to_numpy(float)))
    return int(rows[order[-1]])


def _minutes_from(of: Setting, point: int) -> pd.DataFrame:
    """Minutes with their band from one point to every desk."""
    desks, matrix = of.minutes.desks, of.minutes.matrix
    rows = matrix.desks.get_indexer(desks)
    on = matrix.streets[rows] & matrix.street_points[point]
    network = pd.Series(np.where(on, *of.minutes.labels), index=desks, dtype="str")
    same = np.full(len(desks), point)
    minutes = of.minutes.values[:, point]
    found = joined.banded(
        np.where(np.isfinite(minutes), minutes, np.nan),
        network,
        of.demand["radius_m"].iloc[same],
        of.desks["reach_m"].to_numpy(float),
        ground=of.minutes.ground.iloc[same],
        mode=of.minutes.mode,
    )
    return found.assign(network=network)
