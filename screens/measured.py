"""The measures of access by point and by area, from the same minutes and offers as every answer. No Streamlit.

Page, map and command read the same tables, so that they say the same.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

import numpy as np
import pandas as pd

from analysis import catchment, disclosure, opportunity
from analysis.coverage import weighted_medians
from analysis.opportunity import Decay, gaussian, steps
from data.registry import usual_week
from screens import downloads
from screens.joined import WHERE_NOBODY
from screens.need import Need
from screens.reached import Setting

MINUTES: Final = ("nearest", "mean_of_three", "raam")
"""Measures in minutes: the less the better, missing where nothing is reached; areas have their median over people."""

OFFERED: Final = ("cumulative", "gravity")
"""What somebody finds, whoever else comes; areas have their mean over people."""

SHARED: Final = ("two_step", "enhanced_two_step", "modified_two_step", "three_step")
"""What is left for each of ``EACH`` people; areas have their mean over people."""

MEASURES: Final = ("nearest", "mean_of_three", *OFFERED, *SHARED, "raam")
EACH: Final = 10_000

SUPPLIES: Final = ("desks", "hours")
"""What is offered: every desk counts the same, or as many as its hours a week."""

DECIMALS: Final = dict.fromkeys((*MINUTES, *OFFERED), 1) | dict.fromkeys(SHARED, 2) | {"raam": 0}
"""How many decimals mean something: the equilibrium of RAAM is known to a tenth of a minute or so."""

LOMBARDY: Final = "Lombardia"


class Known(NamedTuple):
    """How many desks count, of how many the weekly hours are known, and how many hours those are together."""

    desks: int
    with_hours: int
    hours: float


def supply(of: Setting, what: str) -> pd.Series:
    """What each desk offers: 1, or the hours a week of its slots together, as far as they are known.

    Returns
    -------
    supply
        By desk; missing where no hours are known, a least value where those of some slots are not.
    """
    if what == "desks":
        return pd.Series(1.0, index=of.minutes.desks)
    hours = pd.Series(usual_week.weekly_hours(of.offers.week))
    summed = hours.groupby(of.offers.desk).sum(min_count=1)
    return pd.Series(summed.reindex(range(len(of.offers.desks))).to_numpy(), index=of.offers.desks)


def known(of: Setting) -> Known:
    """Of how many desks the hours are known."""
    hours = supply(of, "hours")
    return Known(len(hours), int(hours.notna().sum()), float(hours.sum()))


def zones(limit: float) -> Decay:
    """The three zones of Luo and Qi for another limit than their 30 minutes."""
    return steps({limit / 3: 1.0, 2 * limit / 3: 0.68, limit: 0.22})


def four_zones(limit: float) -> Decay:
    """The four zones of Wan, Zou and Sternberg for another limit than their 30 minutes: they end at twice of it."""
    return steps({limit / 3: 0.962, 2 * limit / 3: 0.704, limit: 0.377, 2 * limit: 0.042})


def points(of: Setting, *, limit: float, what: str) -> pd.DataFrame:
    """Every measure at every demand point.

    Parameters
    ----------
    of
        Whose desks count.
    limit
        In minutes: of the catchments; the Gaussian has half of it as σ, RAAM twice of it as τ.
    what
        One of ``SUPPLIES``; desks of which it is not known are left out of what counts it (all but the minutes to the
        nearest), and all of that is missing where it is known of no desk.

    Returns
    -------
    measures
        Index of ``demand``, columns ``MEASURES``: minutes (RAAM too: τ times its cost), desks or hours, and desks or
        hours for ``EACH`` foreign residents.
    """
    demand = of.demand["foreign_residents"].astype(float)
    minutes = pd.DataFrame(of.minutes.values.T, index=demand.index, columns=of.minutes.desks)
    offered = supply(of, what).dropna()
    reached = minutes[offered.index]
    shared: dict[str, tuple[Callable[..., pd.Series], dict[str, Any]]] = {
        "two_step": (catchment.two_step, {"limit": limit}),
        "enhanced_two_step": (catchment.enhanced_two_step, {"decay": zones(limit)}),
        "modified_two_step": (catchment.modified_two_step, {"decay": zones(limit)}),
        "three_step": (catchment.three_step, {"decay": four_zones(limit)}),
    }
    found = {
        "nearest": opportunity.nearest(minutes),
        "mean_of_three": opportunity.mean_of_nearest(minutes, 3),
        "cumulative": opportunity.cumulative(reached, offered, limit=limit),
        "gravity": opportunity.gravity(reached, offered, decay=gaussian(limit / 2)),
        **{name: EACH * how(reached, offered, demand, **told) for name, (how, told) in shared.items()},
        "raam": 2 * limit * catchment.raam(reached, offered, demand, tau=2 * limit),
    }
    table = pd.DataFrame(found, columns=list(MEASURES))
    if offered.empty:
        table[[*OFFERED, *SHARED, "raam"]] = np.nan
    return table


def table(found: pd.DataFrame, demand: pd.DataFrame, area: pd.Series | None = None) -> pd.DataFrame:
    """The measures of each area, rounded as they are shown and given away.

    Parameters
    ----------
    found
        As ``points`` gives it.
    demand
        Index of ``found``: ``comune_code``, ``foreign_residents``, ``residents``.
    area
        Code of the area of each point, same index; points without one are left out. All of Lombardy if not given.

    Returns
    -------
    table
        Indexed by area code, in order: ``people`` (foreign residents) and ``MEASURES``. Minutes that half or more of
        the people do not have are missing.
    """
    of_point = pd.Series(LOMBARDY, index=found.index, name="area") if area is None else area
    here = of_point.notna()
    of_point, found = of_point[here], found[here]
    for_median, for_mean = (weigh(demand)[here] for weigh in (_as_access, _as_residents))
    made = {"people": demand["foreign_residents"][here].astype(float).groupby(of_point).sum()}
    for name in MEASURES:
        values = found[name]
        if name in MINUTES:
            made[name] = weighted_medians(values, for_median, of_point)
        else:
            there = for_mean.where(values.notna(), 0.0).groupby(of_point).sum()
            made[name] = (values * for_mean).groupby(of_point).sum() / there.where(there > 0)
    told = pd.DataFrame(made)[["people", *MEASURES]].round(DECIMALS)
    told.index.name = of_point.name
    return told


def _as_access(demand: pd.DataFrame) -> pd.Series:
    """What medians are weighted by, the same as in ``joined.access``, so that they are the same."""
    people = demand["foreign_residents"].astype(float)
    enough = people.groupby(demand["comune_code"]).transform("sum") >= disclosure.LITTLE
    return people.where(enough, 0.0) + demand["residents"].astype(float) * WHERE_NOBODY


def _as_residents(demand: pd.DataFrame) -> pd.Series:
    """What means are weighted by: the foreign residents of the comune, spread as all its residents are.

    Hardly other figures than the foreign residents of each point, which are spread so in whole persons; but made of
    published totals alone, so that no mean gives away how many of them live at a point.
    """
    comune, residents = demand["comune_code"], demand["residents"].astype(float)
    share = residents / residents.groupby(comune).transform("sum").replace(0.0, np.nan)
    foreign = demand["foreign_residents"].astype(float).groupby(comune).transform("sum")
    return foreign * share.fillna(0.0) + residents * WHERE_NOBODY


def file(shown: pd.DataFrame, names: Mapping[str, str], asked: Need, what: str) -> pd.DataFrame:
    """The measures of each area as they leave the house: with the name of the area and how they were made."""
    unit = {"desks": "sportelli", "hours": "ore a settimana note"}[what]
    told = shown.rename(columns={"people": "foreign_residents"}).reset_index()
    told.insert(1, "name", told[told.columns[0]].map(names))
    return told.assign(
        supply=unit, each=EACH, mode=asked.mode, limit_minutes=asked.limit, source=downloads.SOURCE
    )
