"""Who reaches a sportello and who does not: minutes and people, place by place, and the places left out."""

import numpy as np
import pandas as pd


def weighted_medians(values: pd.Series, weights: pd.Series, groups: pd.Series) -> pd.Series:
    """For each group, the value that half of its weight does not exceed.

    Parameters
    ----------
    values
        Minutes; NaN where no sportello can be reached, which counts as farther than any number.
    weights
        People, same index, not negative.
    groups
        Code of the group of each row, same index, none missing.

    Returns
    -------
    medians
        Indexed by group, in order: the smallest value whose cumulated weight reaches half of the group's; NaN
        where half or more of the people reach nothing, or where nobody lives.

    Examples
    --------
    >>> weighted_medians(pd.Series([10.0, 20.0, 40.0]), pd.Series([1, 1, 3]), pd.Series(["a"] * 3)).to_dict()
    {'a': 40.0}
    """
    rows = pd.DataFrame(
        {"group": groups, "value": values.astype(float).fillna(np.inf), "weight": weights.astype(float)}
    )
    rows = rows.sort_values(["group", "value"], kind="stable")
    by_group = rows.groupby("group")["weight"]
    total = by_group.transform("sum")
    reached = rows[(by_group.cumsum() >= total / 2) & (total > 0)]
    medians = reached.drop_duplicates("group").set_index("group")["value"].replace(np.inf, np.nan)
    return medians.reindex(by_group.sum().index)


def people_beyond(minutes: pd.Series, people: pd.Series, *, limit: float) -> float:
    """People who do not reach a sportello within a limit.

    Parameters
    ----------
    minutes
        Travel time to the nearest sportello, one value a place; NaN where none can be reached, which counts
        as beyond.
    people
        People at each place, same index (an extensive variable: sums are meaningful).
    limit
        Longest acceptable travel time, in minutes, itself included.

    Returns
    -------
    people
        Sum over the places beyond the limit.

    Examples
    --------
    >>> people_beyond(pd.Series([5.0, 31.0, float("nan")]), pd.Series([60, 40, 2]), limit=30)
    42.0
    """
    return float(people[~(minutes <= limit)].sum())


def share_within(minutes: pd.Series, people: pd.Series, *, limit: float) -> float:
    """Share of people who reach a sportello within a time limit.

    Parameters
    ----------
    minutes
        Travel time to the nearest sportello, one value a place; NaN where none can be reached, which counts
        as out of reach.
    people
        Residents of each place, same index (an extensive variable: sums are meaningful).
    limit
        Longest acceptable travel time, in minutes, itself included.

    Returns
    -------
    share
        Between 0 and 1; NaN where nobody lives.

    Examples
    --------
    >>> share_within(pd.Series([5.0, 20.0]), pd.Series([60, 40]), limit=15)
    0.6
    """
    everyone = float(people.sum())
    return 1 - people_beyond(minutes, people, limit=limit) / everyone if everyone > 0 else float("nan")


def by_area(
    times: pd.DataFrame, people: pd.Series, area: pd.Series, *, limit: float, weights: pd.Series | None = None
) -> pd.DataFrame:
    """Access of each area (a comune, an Ambito) from the access of its demand points.

    Parameters
    ----------
    times
        Columns ``minutes``, ``low``, ``high`` (the 80 % band), one row a demand point; NaN where no sportello
        can be reached.
    people
        Foreign residents of each point, same index.
    area
        Code of the area each point is in, same index; points without one are left out.
    limit
        In minutes.
    weights
        What the medians are weighted by, same index; ``people`` if not given.

    Returns
    -------
    table
        Indexed by area code, in order: ``people``; ``minutes_median``, ``low``, ``high``: the median over
        people of the minutes and of the two ends of their band; ``people_beyond`` the limit, with
        ``beyond_low`` and ``beyond_high``: those beyond it even at the low end of their band, and those
        beyond it only at the high end; ``share_beyond`` from 0 to 1, NaN where nobody lives.
    """
    here = area.notna()
    weights = (people if weights is None else weights)[here]
    times, people, area = times[here], people[here].astype(float), area[here]
    everyone = people.groupby(area).sum()
    table = pd.DataFrame({"people": everyone})
    for column, name in (("minutes", "minutes_median"), ("low", "low"), ("high", "high")):
        table[name] = weighted_medians(times[column], weights, area)
    for column, name in (("minutes", "people_beyond"), ("low", "beyond_low"), ("high", "beyond_high")):
        table[name] = people.where(~(times[column] <= limit), 0.0).groupby(area).sum()
    table["share_beyond"] = table["people_beyond"] / table["people"].where(table["people"] > 0)
    table.index.name = area.name
    return table


def underserved(areas: pd.DataFrame, *, most: int | None = None) -> pd.DataFrame:
    """Areas ranked by people beyond the limit, then by minutes, then by code: row order never matters.

    Parameters
    ----------
    areas
        As ``by_area`` gives it.
    most
        How many to give back; all by default. Areas with nobody beyond the limit are left out; those whose
        count is too small to be shown (missing) come last.
    """
    left_out = areas[areas["people_beyond"] != 0].copy()
    left_out["_minutes"] = left_out["minutes_median"].fillna(np.inf)
    left_out["_code"] = left_out.index
    order = ["people_beyond", "_minutes", "_code"]
    ranked = left_out.sort_values(order, ascending=[False, False, True], na_position="last")
    return ranked.drop(columns=["_minutes", "_code"]).head(most if most is not None else len(ranked))


def classes(minutes: pd.Series, people: pd.Series, *, breaks: tuple[float, ...]) -> pd.Series:
    """People by class of minutes: up to each break, beyond the last, and without any way.

    Returns
    -------
    people
        Indexed ``0`` … ``len(breaks)`` for the classes (upper end included) and ``-1`` for no way; the sum is
        everyone.
    """
    found = np.searchsorted(np.asarray(breaks), minutes.to_numpy(dtype=float), side="left")
    found = np.where(minutes.isna(), -1, found)
    summed = people.astype(float).groupby(found).sum()
    return summed.reindex(range(-1, len(breaks) + 1), fill_value=0.0)


def classes_by(
    minutes: pd.Series, people: pd.Series, area: pd.Series, *, breaks: tuple[float, ...]
) -> pd.DataFrame:
    """People of each area by class of minutes, those without any way last: rows that ``disclosure.partition`` takes.

    Parameters
    ----------
    minutes, people, area
        Of each demand point, same index; points without an area are left out.
    breaks
        Minutes that end each class, themselves included.

    Returns
    -------
    people
        Indexed by area, in order; columns ``0`` … ``len(breaks)`` and ``-1`` as in ``classes``; a row adds up to
        everyone of the area.

    Examples
    --------
    >>> minutes, people = pd.Series([5.0, 70.0, float("nan")]), pd.Series([10, 7, 2])
    >>> classes_by(minutes, people, pd.Series(["a", "a", "b"]), breaks=(15, 60)).to_numpy().tolist()
    [[10.0, 0.0, 7.0, 0.0], [0.0, 0.0, 0.0, 2.0]]
    """
    found = np.searchsorted(np.asarray(breaks), minutes.to_numpy(dtype=float), side="left")
    last = len(breaks) + 1
    which = pd.Series(np.where(minutes.isna(), last, found), index=minutes.index)
    of_class = {
        -1 if one == last else one: people.astype(float).where(which == one, 0.0).groupby(area).sum()
        for one in range(last + 1)
    }
    return pd.DataFrame(of_class)
