"""Who is left out, by group: shares of people by class of minutes, and how unequally minutes are spread. No Streamlit.

A group is known by comune, and lives in it as its foreign residents do (residents and pupils: as its residents do). So
its shares are those of the comune, protected (``analysis.disclosure``), times the group: a small group tells nothing
about where in a comune it lives that the comune does not.
"""

from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd

from analysis import coverage, disclosure, inequality, speakers
from layers.style import MINUTES
from screens import need

RESIDENTS: Final = "residenti"
FOREIGN: Final = "stranieri"
THIRD: Final = "paesi_terzi"
PUPILS: Final = "alunni"
CITIZENS: Final = "cittadinanza"
LIKE_RESIDENTS: Final = (RESIDENTS, PUPILS)
"""Groups that live in a comune as its residents do; the others as its foreign residents."""

GROUPS: Final = (RESIDENTS, FOREIGN, THIRD, CITIZENS, PUPILS)

CLASSES: Final = tuple(f"class_{place}" for place in range(len(MINUTES.breaks) + 1))
NOWHERE: Final = "nowhere"
"""Nobody reaches a desk from there within ``need.LONGEST_MIN``."""
BEYOND: Final = "beyond"

MEASURES: Final = (
    "gini", "palma", "theil", "theil_between", "theil_within", "concentration", "fgt0", "fgt1", "fgt2",
)  # fmt: skip

ENOUGH: Final = 1_000
"""People in Lombardy from which a citizenship can be chosen: of fewer, shares would be of few."""


class Known(NamedTuple):
    """What is known of where people live.

    ``demand``: one row a demand point. ``totals``: index comune, a column each of ``GROUPS``. ``income``: per
    taxpayer of the comune; ``ambito``: of each comune, missing where unassigned.
    """

    demand: gpd.GeoDataFrame
    totals: pd.DataFrame
    income: pd.Series
    ambito: pd.Series


def citizens(citizenship: pd.DataFrame, comuni: pd.DataFrame) -> pd.DataFrame:
    """Foreign residents by comune and citizenship (``speakers.citizens``); stateless people aside."""
    foreign = comuni.set_index("comune_code")["foreign_residents"].astype(float)
    return speakers.citizens(citizenship, foreign).drop(columns=speakers.STATELESS, errors="ignore")


def choosable(people: pd.DataFrame) -> list[str]:
    """The citizenships of at least ``ENOUGH`` people, the largest first."""
    total = people.sum().sort_values(ascending=False, kind="stable")
    return [str(code) for code in total.index[total >= ENOUGH]]


def known(
    demand: gpd.GeoDataFrame, comuni: pd.DataFrame, schools: pd.DataFrame, of_citizenship: pd.Series
) -> Known:
    """Every group by comune; ``of_citizenship`` are the people of the one that was chosen.

    Pupils are those of the schools *in* the comune, where their number is known: many live elsewhere.
    """
    rows = comuni.set_index("comune_code")
    pupils = schools["pupils"].astype(float).groupby(schools["comune_code"]).sum()
    totals = pd.DataFrame(
        {
            RESIDENTS: rows["residents"].astype(float),
            FOREIGN: rows["foreign_residents"].astype(float),
            THIRD: rows["third_country"].astype(float),
            CITIZENS: of_citizenship.reindex(rows.index).astype(float),
            PUPILS: pupils.reindex(rows.index),
        }
    ).fillna(0.0)
    return Known(demand, totals, rows["income_per_taxpayer"].astype(float), rows["ambito_id"])


def people(of: Known, group: str) -> pd.Series:
    """People of a group at each demand point; index of the points."""
    column = "residents" if group in LIKE_RESIDENTS else "foreign_residents"
    there, comune = of.demand[column].astype(float), of.demand["comune_code"]
    everybody = there.groupby(comune).transform("sum")
    share = (there / everybody.where(everybody > 0)).fillna(0.0)
    found: pd.Series = share * comune.map(of.totals[group]).fillna(0.0)
    return found


def by_class(of: Known, minutes: pd.Series, *, limit: float, groups: Sequence[str] = GROUPS) -> pd.DataFrame:
    """Shares of each group by class of minutes, and beyond a limit.

    Parameters
    ----------
    minutes
        Of each demand point; missing where no desk is reached.
    limit
        In minutes, itself not beyond.

    Returns
    -------
    shares
        Index of groups: ``people`` (totals of Lombardy are public); ``CLASSES`` (``MINUTES.breaks``) and ``NOWHERE``,
        which add up to 1; ``BEYOND``. Shares are from 0 to 1; missing where the group is nobody.
    """
    told = {name: _protected(of, minutes, name, limit) for name in ("residents", "foreign_residents")}
    rows = {}
    for group in groups:
        shares = told["residents" if group in LIKE_RESIDENTS else "foreign_residents"]
        total = of.totals[group].reindex(shares.index).fillna(0.0)
        everybody = float(total.sum())
        found = shares.mul(total, axis=0).sum() / everybody if everybody > 0 else shares.sum() * np.nan
        rows[group] = pd.concat([pd.Series({"people": round(everybody)}), found])
    return pd.DataFrame(rows).T.rename_axis("group")


def _protected(of: Known, minutes: pd.Series, column: str, limit: float) -> pd.DataFrame:
    """Shares of each comune by class of minutes and beyond the limit, as its protected counts give them."""
    there, comune = of.demand[column].astype(float), of.demand["comune_code"]
    cells = coverage.classes_by(minutes, there, comune, breaks=MINUTES.breaks)
    cells = cells.set_axis([*CLASSES, NOWHERE], axis=1)
    total = cells.sum(axis=1)
    beyond = there.where(~(minutes <= limit), 0.0).groupby(comune).sum()
    table = disclosure.protected(cells).assign(**{BEYOND: disclosure.protected_part(beyond, total)})
    return table.div(total.where(total > 0), axis=0).fillna(0.0)


def figures(of: Known, minutes: pd.Series, group: str, shares: pd.DataFrame, *, limit: float) -> pd.DataFrame:
    """How unequally minutes are spread over the people of a group, each figure with its bootstrap interval.

    Parameters
    ----------
    minutes
        Of each demand point; missing where no desk is reached: left out of all but the FGT.
    shares
        As ``by_class`` gives them: the share beyond (FGT 0) is the one told there.

    Returns
    -------
    figures
        Index ``MEASURES``: ``value``, ``low``, ``high`` (``inequality.interval``, comuni drawn); NaN without an answer.
    """
    weights, comune = people(of, group), of.demand["comune_code"]
    income, ambito = comune.map(of.income), comune.map(of.ambito)

    def fgt(drawn: pd.Series, power: int) -> float:
        if power and limit >= need.LONGEST_MIN:  # how far beyond is not known
            return float("nan")
        farthest = max(need.LONGEST_MIN, limit + 1)
        return inequality.fgt(minutes, drawn, limit=limit, farthest=farthest, power=power)

    def parts(drawn: pd.Series) -> inequality.Theil:
        return inequality.theil(minutes, drawn, ambito)

    made: dict[str, Callable[[pd.Series], float]] = {
        "gini": lambda drawn: inequality.gini(minutes, drawn),
        "palma": lambda drawn: inequality.palma(minutes, drawn),
        "theil": lambda drawn: parts(drawn).total,
        "theil_between": lambda drawn: parts(drawn).between,
        "theil_within": lambda drawn: parts(drawn).within,
        "concentration": lambda drawn: inequality.concentration(minutes, drawn, income),
        "fgt0": lambda drawn: fgt(drawn, 0),
        "fgt1": lambda drawn: fgt(drawn, 1),
        "fgt2": lambda drawn: fgt(drawn, 2),
    }
    rows = {}
    for name, measure in made.items():
        value = float(shares[BEYOND][group]) if name == "fgt0" else measure(weights)
        rows[name] = (value, *inequality.interval(measure, weights, comune))
    table = pd.DataFrame.from_dict(rows, orient="index", columns=["value", "low", "high"])
    return table.rename_axis("measure")


def tenths(of: Known, minutes: pd.Series, group: str) -> tuple[pd.DataFrame, pd.Series]:
    """The Lorenz curve of a group, and its height at each tenth of people; both empty without an answer."""
    curve = inequality.lorenz(minutes, people(of, group))
    at = np.arange(1, 11) / 10
    if curve.empty:
        return curve, pd.Series(dtype=float)
    return curve, pd.Series(np.interp(at, curve["people"], curve["minutes"]), index=at)
