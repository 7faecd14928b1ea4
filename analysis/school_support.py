"""Schools and the support around them: what is near for sure, what perhaps, and where many pupils have little.

Whether a kind of support is near a school has three values, as in ``analysis/effective.py``: where somebody may be
nearer or farther than the list says, it is ``UNKNOWN``, and that is never counted as an absence.
"""

import re
from typing import Any, Final

import numpy as np
import pandas as pd

from analysis.coverage import weighted_medians
from analysis.disclosure import FEW
from analysis.effective import NO, UNKNOWN, YES, truth_of

HOURS: Final = re.compile(
    r"(?<![\d.,])(\d{1,3}(?:\.\d{3})+|\d+)\s+ore\s*(?:/\s*anno|all['’]anno|l['’]anno|annue|annuali)(?![\w-])",
    re.I,
)
"""Hours a year as sources write them: "3.400 ore/anno", "120 ore annue"."""

ABOUT: Final = (
    r"(?:(?:^|\W)(?:circa|quasi|oltre|almeno|fino a|più di|meno di|minimo|massimo|al più|tra|da|dalle|alle|a|o|e)"
    r"|[-–~/+<>≈])\s*$"
)
"""What before a number makes it less than sure, or one of several."""


def protected(foreign_pupils: pd.Series, share: pd.Series) -> pd.DataFrame:
    """Counts of foreign pupils as they may be shown, and the shares that do not give them away.

    They are figures of single schools that the Ministry publishes: shown as published, but for the small ones.

    Parameters
    ----------
    foreign_pupils
        Pupils with foreign citizenship of each school; missing where not known.
    share
        Of the pupils counted with them, from 0 to 1, same index.

    Returns
    -------
    table
        Same index: ``foreign_pupils`` and ``foreign_share``, both NaN where the count is not known, or is above zero
        and under ``disclosure.FEW``; ``hidden``, whether it is known and not shown.

    Examples
    --------
    >>> protected(pd.Series([0, 3, 41]), pd.Series([0.0, 0.04, 0.5])).to_numpy().tolist()
    [[0.0, 0.0, False], [nan, nan, True], [41.0, 0.5, False]]
    """
    counts = foreign_pupils.astype(float)
    told = counts.mask((counts > 0) & (counts < FEW))
    return pd.DataFrame(
        {
            "foreign_pupils": told,
            "foreign_share": share.astype(float).where(told.notna()),
            "hidden": counts.notna() & told.isna(),
        }
    )


def within(soonest: pd.Series, surest: pd.Series, *, limit: float) -> pd.Series:
    """Whether some support is within a limit of each school, for sure (``YES``), perhaps, or surely not (``NO``).

    Parameters
    ----------
    soonest
        Minutes to the nearest support if every time were at the low end of its band, the least over all supports;
        infinite where none can be reached, NaN where it is not known where the school is.
    surest
        The same at the high end of the bands, same index.
    limit
        In minutes, itself included.

    Examples
    --------
    >>> within(pd.Series([4.0, 9.0, 21.0, None]), pd.Series([8.0, 30.0, 40.0, None]), limit=15).tolist()
    [2, 1, 0, 1]
    """
    sure, never = surest <= limit, soonest > limit
    truth = truth_of((sure | never).to_numpy(bool), sure.to_numpy(bool))
    return pd.Series(truth, index=soonest.index, name=soonest.name)


def tally(near: pd.DataFrame) -> pd.DataFrame:
    """How many kinds of support each school has near, has not, and how many it is not known of.

    Parameters
    ----------
    near
        One row a school, one column a kind: ``NO``, ``UNKNOWN`` or ``YES``.

    Returns
    -------
    counts
        Same index: ``missing``, ``unknown``, ``found``; their sum is the number of kinds.

    Examples
    --------
    >>> tally(pd.DataFrame({"cpia": [0, 1], "library": [2, 1]})).to_numpy().tolist()
    [[1, 0, 1], [0, 2, 0]]
    """
    names = {"missing": NO, "unknown": UNKNOWN, "found": YES}
    return pd.DataFrame({name: (near == code).sum(axis=1) for name, code in names.items()}, index=near.index)


def ranked(share: pd.Series, foreign_pupils: pd.Series, missing: pd.Series, *, threshold: float) -> pd.Series:
    """Schools with a high share and little support, first those that lack most.

    Schools whose share is at or above the threshold, by number of kinds of support that are surely missing, then by
    foreign pupils, then by code: the order of the rows never matters. A school whose share is not known or not shown
    is left out.

    Parameters
    ----------
    share
        Of foreign pupils, from 0 to 1, indexed by code; NaN where not known.
    foreign_pupils
        Same index; NaN comes last.
    missing
        Kinds of support missing, same index.
    threshold
        Least share, itself included.

    Returns
    -------
    rank
        From 1, indexed by code, in order.

    Examples
    --------
    >>> share, pupils = pd.Series([0.2, 0.5, 0.4], list("abc")), pd.Series([90, 50, 60], list("abc"))
    >>> ranked(share, pupils, pd.Series([4, 1, 1], list("abc")), threshold=0.3).to_dict()
    {'c': 1, 'b': 2}
    """
    kept = pd.DataFrame({"missing": missing, "pupils": foreign_pupils.astype(float)})[share >= threshold]
    order = kept.sort_index(kind="stable").sort_values(["missing", "pupils"], ascending=False, kind="stable")
    return pd.Series(np.arange(1, len(order) + 1), index=order.index, name="rank")


def hours_a_year(words: pd.Series) -> pd.Series:
    """Hours a year that texts state without doubt; NaN where they state none, several, or an approximate number.

    Examples
    --------
    >>> hours_a_year(pd.Series(["3.400 ore/anno; 60 mediatori", "567 ore nel 2019", "circa 90 ore annue"])).tolist()
    [3400.0, nan, nan]
    """
    return words.map(_hours).astype(float)


def _hours(words: Any) -> float:
    found = list(HOURS.finditer(words)) if isinstance(words, str) else []
    if len(found) != 1:
        return float("nan")
    before, after = words[: found[0].start()], words[found[0].end() :]
    doubted = re.search(ABOUT, before, re.I) or re.match(r"\s*\(?circa", after, re.I)
    return float("nan") if doubted else float(found[0][1].replace(".", ""))


def pupils_per_hour(foreign_pupils: pd.Series, hours: pd.Series) -> pd.Series:
    """Foreign pupils for each mediator hour of a year, same index.

    Parameters
    ----------
    foreign_pupils
        Those known; NaN where none is.
    hours
        Mediator hours a year; NaN where not published.

    Returns
    -------
    pupils
        NaN where either is missing, or there are no hours to divide by.

    Examples
    --------
    >>> pupils_per_hour(pd.Series([120, None]), pd.Series([40, 40])).tolist()
    [3.0, nan]
    """
    divisor = hours.astype(float)
    return foreign_pupils.astype(float) / divisor.where(divisor > 0)


def by_place(
    place: pd.Series, pupils: pd.Series, foreign_pupils: pd.Series, minutes: pd.DataFrame
) -> pd.DataFrame:
    """Schools of each place (a comune, an Ambito): how many, their pupils, the minutes half of them do not exceed.

    No share is estimated where none is known.

    Parameters
    ----------
    place
        Code of the place of each school; schools without one are left out.
    pupils, foreign_pupils
        Same index; missing where not known.
    minutes
        Same index; NaN where nothing can be reached, which counts as farther than any number.

    Returns
    -------
    table
        Indexed by place, in order: ``schools``; ``pupils`` and ``foreign_pupils``, sums over the schools that know
        them, NaN where none does; ``pupils_known`` and ``foreign_known``, how many those are; the median of each
        column of ``minutes`` over the schools, each counting one.
    """
    here = place.notna()
    groups = place[here]
    table = pd.DataFrame({"schools": groups.groupby(groups).size()})
    for name, known, counts in (
        ("pupils", "pupils_known", pupils),
        ("foreign_pupils", "foreign_known", foreign_pupils),
    ):
        by = counts[here].astype(float).groupby(groups)
        table[name], table[known] = by.sum(min_count=1), by.count()
    ones = pd.Series(1.0, index=groups.index)
    for column in minutes:
        table[column] = weighted_medians(minutes[column][here], ones, groups)
    table.index.name = place.name
    return table
