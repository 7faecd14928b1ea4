"""Who is left out by a need, as tables: by comune and by Ambito, with causes, ranks and calls. No Streamlit.

Page, map and command read the same tables, so that they say the same. All is made of protected counts of comuni
(``analysis.disclosure``): what is summed, subtracted or ranked afterwards cannot tell more than they do.
"""

from dataclasses import replace
from typing import Final, NamedTuple

import numpy as np
import pandas as pd

from analysis import answers, disclosure, gaps
from analysis.effective import NO, UNKNOWN, Positions
from analysis.gaps import DISTANCE, NOT_KNOWN, SPEEDS
from screens import downloads, language_need, need, reached
from screens.language_need import Spoken
from screens.need import Need
from screens.reached import Setting

CAUSES: Final = (
    DISTANCE, "hours", "language", "theme", "eligibility", "walk_in", "capacity", NOT_KNOWN,
)  # fmt: skip
"""Every cause there may be, in the order in which they are shown."""

FACTS: Final = "freshness"
"""A condition on what we know, not on desks: it is no cause of its own."""

COMUNE: Final = "comune_code"
AMBITO: Final = "ambito_id"
REGION: Final = "lombardia"
"""The code of the row of the whole region."""

OWN: Final = ", dove si parla la loro lingua"
"""What the question says besides, where everybody asks in a language of their own."""

FIGURES: Final = ("people", "gap", "share", "rank", "unstable", "first_cause", "together", "together_lift")


class Found(NamedTuple):
    """What a need leaves out, comune by comune.

    ``safe``: people uncovered for every set of ``causes`` in force, protected. ``gap``: those uncovered by all, as
    counted; None where they are an estimate. ``people``: who has the need. ``changed``: the protected gap at other
    speeds. ``ambito``: of each comune, missing where it has none.
    """

    safe: pd.DataFrame
    causes: tuple[str, ...]
    gap: pd.Series | None
    people: pd.Series
    changed: tuple[pd.Series, ...]
    ambito: pd.Series


def find(of: Setting, asked: Need) -> Found:
    """Which foreign residents are left out by a need.

    Parameters
    ----------
    of
        What the need is asked of.
    """
    truths = reached.truths(of, asked)
    conditions = {name: truth for name, truth in truths.items() if name != FACTS}
    minutes, facts = of.minutes.values[of.offers.desk], truths.get(FACTS)
    game = gaps.play(gaps.reach(minutes, limit=asked.limit, facts=facts), conditions, of.home, facts=facts)
    comune = of.demand["comune_code"]
    count = of.demand["foreign_residents"].astype(float)
    people = count.groupby(comune).sum()
    worth = gaps.worths(game, count, comune)
    others = [gaps.left_out(minutes <= asked.limit * speed, truths, of.home) for speed in SPEEDS]
    changed = [count.where(left, 0.0).groupby(comune).sum() for left in others]
    return Found(
        gaps.protected(worth, people),
        game.causes,
        worth.iloc[:, -1],
        people,
        tuple(disclosure.protected_part(other, people) for other in changed),
        of.homes.set_index("comune_code")["ambito_id"].reindex(worth.index),
    )


def in_own_language(of: Setting, asked: Need, spoken: pd.DataFrame) -> Found:
    """Who is left out where everybody asks in a language of their own: an estimate, summed over the languages.

    Speakers are taken to live where the foreign residents of their comune do.

    Parameters
    ----------
    asked
        Its languages do not count.
    spoken
        People by comune code (rows) and language (columns).
    """
    found = [find(of, replace(asked, languages=(str(code),))) for code in spoken]
    first = found[0]
    here = first.people.where(first.people > 0)
    parts = [spoken[code].reindex(here.index).div(here).fillna(0.0) for code in spoken]
    safe = sum((one.safe.mul(part, axis=0) for one, part in zip(found, parts, strict=True)), 0.0 * first.safe)
    changed = [
        sum((one.changed[at] * part for one, part in zip(found, parts, strict=True)), 0.0 * here.fillna(0.0))
        for at in range(len(SPEEDS))
    ]
    people = spoken.sum(axis=1).reindex(here.index, fill_value=0.0)
    return Found(safe, first.causes, None, people, tuple(changed), first.ambito)


def own_languages(spoken: Spoken) -> pd.DataFrame:
    """People by comune (rows) and language (columns), for the languages that most people speak."""
    codes = language_need.languages(spoken, Need())
    table = spoken.people.reset_index().pivot_table("estimate", "comune_code", "language")
    return pd.DataFrame(table[codes])


def areas(found: Found, by: str) -> pd.Series | None:
    """The area of each comune: none where the table is by comune."""
    if by == COMUNE:
        return None
    return pd.Series(REGION, index=found.safe.index, name=REGION) if by == REGION else found.ambito.rename(by)


def table(found: Found, by: str = COMUNE) -> pd.DataFrame:
    """The gap of each area with its causes, as it may be shown.

    Parameters
    ----------
    by
        ``COMUNE``, ``AMBITO`` or ``REGION``.

    Returns
    -------
    table
        Indexed by code, by rank: ``people`` (foreign residents), ``gap`` (those who surely reach no desk as asked, a
        multiple of 5; missing where they are few), ``share`` of people, ``rank`` and whether it is ``unstable``;
        ``first_cause``, or what only ``together`` shrinks the gap, with ``together_lift``; ``part_CAUSE``, which
        add up to the gap, and ``lift_CAUSE``, for the causes of the need. Where no desk counts at all there is no
        cause to be named.
    """
    area = areas(found, by)
    exact = _of_areas(found.safe, area)
    told = gaps.causes(exact, found.causes)
    people = _of_areas(found.people.to_frame(), area).iloc[:, 0]
    if found.gap is None:
        people, gap = disclosure.counts(people), disclosure.counts(told["gap"])
    else:
        gap = disclosure.part(found.gap, found.people, area)
    gap = gap.reindex(told.index)
    shown = pd.DataFrame({"people": people.reindex(told.index), "gap": gap})
    shown["share"] = shown["gap"] / shown["people"].where(shown["people"] > 0)
    shown["rank"] = gaps.ranks(told["gap"])
    others = [_of_areas(other.to_frame(), area).iloc[:, 0].reindex(told.index) for other in found.changed]
    shown["unstable"] = gaps.unstable(told["gap"], others)
    few = ~(shown["gap"] > 0)
    for name in ("first_cause", "together"):
        shown[name] = told[name].mask(few)
    shown["together_lift"] = _fall(told["together_lift"], told["gap"], gap).mask(few)
    shown = shown.join(_parts(told, shown["gap"], found.causes))
    for name in found.causes:
        shown[f"lift_{name}"] = _fall(told[f"lift_{name}"], told["gap"], gap).mask(few)
    return shown.rename_axis(by).sort_values(["rank", "people"], ascending=[True, False], kind="stable")


def _of_areas(values: pd.DataFrame, area: pd.Series | None) -> pd.DataFrame:
    """Values of comuni summed by area."""
    if area is None:
        return values
    summed: pd.DataFrame = values.groupby(area.reindex(values.index)).sum()
    return summed


def _fall(lift: pd.Series, whole: pd.Series, gap: pd.Series) -> pd.Series:
    """By how many people a gap falls, as shown: all of them where nobody is left."""
    return disclosure.counts(lift).clip(upper=gap).mask(lift == whole, gap)


def _parts(told: pd.DataFrame, gap: pd.Series, causes: tuple[str, ...]) -> pd.DataFrame:
    """Parts by cause that add up to the gap that is shown; missing where no desk counts."""
    columns = [f"part_{name}" for name in causes]
    rows = [
        gaps.split(whole, row) for whole, row in zip(gap, told[columns].to_numpy(dtype=float), strict=True)
    ]
    parts = pd.DataFrame(rows, columns=columns, index=told.index, dtype=float)
    return parts.mask((told["nothing"] > 0) & (gap > 0))


def hours_or_desk(found: Found, by: str = AMBITO) -> pd.DataFrame:
    """Longer hours or a new desk (``gaps.hours_or_desk``), as may be shown; the need must ask for a time.

    Returns
    -------
    table
        Indexed by area, most people whom longer hours would reach first: ``people``, ``gap`` as in ``table``;
        ``hours``, ``ask``, ``desk`` and ``other``, which add up to it; ``answer``.
    """
    told = gaps.hours_or_desk(_of_areas(found.safe, areas(found, by)), found.causes)
    shown = table(found, by)[["people", "gap"]].reindex(told.index)
    names = ["hours", "ask", "desk", "other"]
    rows = [gaps.split(gap, row) for gap, row in zip(shown["gap"], told[names].to_numpy(float), strict=True)]
    split = pd.DataFrame(rows, columns=names, index=told.index, dtype=float)
    answer = told["answer"].mask(~(shown["gap"] > 0))
    full = shown.join(split).assign(answer=answer).rename_axis(by)
    return full.sort_values(["hours", "ask", "gap"], ascending=False, kind="stable", na_position="last")


def calls(of: Setting, asked: Need, where: pd.Series | None = None) -> pd.DataFrame:
    """Whom to call first for a need (``answers.could_change``), as may be shown.

    What was said too long ago is asked again, as if it were not known. Of desks that matter as much, those that can be
    called come first.

    Parameters
    ----------
    where
        Whether each demand point counts; all if not given.
    """
    truths = reached.truths(of, asked)
    if FACTS in truths:
        truths[FACTS] = np.where(truths[FACTS] == NO, UNKNOWN, truths[FACTS]).astype(np.int8)
    near = of.minutes.values[of.offers.desk] <= asked.limit
    people = of.demand["foreign_residents"].astype(float)
    here = people if where is None else people.where(where.to_numpy(), 0.0)
    order = _by_contact(of.desks)
    found = answers.could_change(
        near,
        truths,
        of.home,
        here.to_numpy(float),
        desk=np.argsort(order)[of.offers.desk],
        desks=list(of.offers.desks[order]),
    )
    comune = of.demand["comune_code"]
    shown = answers.as_shown(found, comune, people.groupby(comune.to_numpy()).sum())
    return shown.assign(call=np.arange(1, len(shown) + 1))


def _by_contact(desks: pd.DataFrame) -> Positions:
    """The order in which desks that matter as much are called: those with a telephone first, then any other way."""
    phone, other = (desks[names].notna().any(axis=1) for names in (["phone"], ["email", "web"]))
    order: Positions = np.lexsort((~other.to_numpy(bool), ~phone.to_numpy(bool)))
    return order


def file(table: pd.DataFrame, comuni: pd.DataFrame, asked: Need, *, own: bool = False) -> pd.DataFrame:
    """A table of gaps as it leaves the house: code and name first, every cause a column, missing where not asked.

    Parameters
    ----------
    table
        As ``table`` gives it by ``COMUNE`` or ``AMBITO``.
    comuni
        Columns ``comune_code``, ``comune``, ``ambito_id``, ``ambito``.
    own
        Whether everybody asks in a language of their own.
    """
    names = _names(comuni, str(table.index.name))
    columns = [
        *names.columns,
        *FIGURES,
        *(f"part_{one}" for one in CAUSES),
        *(f"lift_{one}" for one in CAUSES),
    ]
    whole = names.reindex(table.index).join(table).reindex(columns=columns).round({"share": 4})
    whole = whole.assign(
        question=need.words(asked) + OWN * own,
        mode=asked.mode,
        limit_minutes=asked.limit,
        source=downloads.SOURCE,
    )
    ordered: pd.DataFrame = whole.reset_index(names=str(table.index.name))
    return ordered


def _names(comuni: pd.DataFrame, by: str) -> pd.DataFrame:
    """What goes before the figures of each area: its name, and of a comune its Ambito."""
    if by == COMUNE:
        return pd.DataFrame(comuni).set_index("comune_code")[["comune", "ambito_id", "ambito"]]
    known = pd.DataFrame(comuni).dropna(subset=["ambito_id"]).drop_duplicates("ambito_id")
    return known.set_index("ambito_id")[["ambito"]]
