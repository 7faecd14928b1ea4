"""Who speaks what, by comune: foreign residents by citizenship times the languages of each citizenship, with a range.

Nobody has counted languages, so each citizenship is read in three ways, all of them only as sure as their source:

*at home*
    Each person once, by the shares of the home country: own languages first, scaled where they add to more than
    everybody; then the languages learned at school, up to their share, among those who are left.
*on a page*
    Where a public page says which language a citizenship speaks in Italy, everybody speaks that one; several share
    everybody as at home.
*at widest*
    Everybody who may speak it, first or second language: everybody where a page names it, or where at home it is
    official and most people speak it.

``low`` is the least of the first two, ``estimate`` their mean (that at home alone where the page is doubted), ``high``
the widest. So the estimates of all languages,
``UNKNOWN`` with them, add to the people; the low and the high ends do not. Variants in which nobody asks a desk count
for the language in which they ask, the largest share of the variants standing for all: who speaks one mostly speaks
the others.
"""

from collections.abc import Collection
from typing import Final

import numpy as np
import pandas as pd

STATELESS: Final = "XX"
"""Stands for the citizenship of who has none, as ISO 3166 lets its users do."""
UNKNOWN: Final = "und"
"""Stands for a language that the sources do not tell (ISO 639)."""
HOSTS: Final = "it"
"""The language that every desk speaks: not asked for."""
RANGE: Final = ["low", "estimate", "high"]

MOST: Final = 0.5
"""Share of the home country from which everybody may speak its official language."""
COUNTRY: Final = "CLDR home country"
"""The basis of rows on the home country; all others are pages on a citizenship in Italy."""


def known(citizenship: pd.DataFrame, foreign: pd.Series) -> pd.Series:
    """Whether the citizenships of each comune are published; index of ``foreign``, a code a comune."""
    of_comuni = citizenship["area_code"][citizenship["area_code"].str.len() == 6]
    return pd.Series(foreign.index.isin(of_comuni), index=foreign.index, name="known")


def citizens(citizenship: pd.DataFrame, foreign: pd.Series) -> pd.DataFrame:
    """Foreign residents of each comune by citizenship: published, else an expectation.

    Where they are not published a comune has its part of what is left of its province, in proportion to its foreign
    residents: provinces come out exactly, and so do the comuni.

    Parameters
    ----------
    citizenship
        ``area_code`` (three digits a province, six a comune), ``citizenship_iso2`` (missing: stateless),
        ``residents``.
    foreign
        Foreign residents, indexed by comune code.

    Returns
    -------
    people
        Indexed as ``foreign``, a column a citizenship in order, ``STATELESS`` among them; 0 where there is none.
    """
    iso2 = citizenship["citizenship_iso2"].fillna(STATELESS)
    counts = pd.DataFrame({"iso2": iso2, "area": citizenship["area_code"], "n": citizenship["residents"]})
    table = counts.astype({"n": float}).pivot_table("n", "area", "iso2", aggfunc="sum", fill_value=0.0)
    published = table[table.index.str.len() == 6].reindex(foreign.index[known(citizenship, foreign)])
    rest = table[table.index.str.len() == 3]
    rest = rest - published.groupby(published.index.str[:3]).sum().reindex(rest.index, fill_value=0.0)
    others = foreign[~known(citizenship, foreign)].astype(float)
    province = others.index.str[:3]
    everybody = others.groupby(province).transform("sum")
    share = (others / everybody.where(everybody > 0)).fillna(0.0)
    spread = rest.reindex(province).fillna(0.0).mul(share.to_numpy(), axis=0).set_axis(others.index)
    return pd.concat([published, spread]).reindex(foreign.index).rename_axis(columns="citizenship")


def weights(languages: pd.DataFrame, asked_as: pd.Series, uses: pd.DataFrame) -> pd.DataFrame:
    """For each citizenship, the part of its people who speak each language.

    Parameters
    ----------
    languages
        Rows ``citizenship_iso2``, ``language``, ``share`` (of the home country, 0 to 1; missing on a page),
        ``official`` (missing where it is not), ``basis``.
    asked_as
        Variant → the language in which its speakers ask.
    uses
        Rows ``citizenship_iso2`` (missing: every citizenship where the language is not official), ``language``,
        ``use``: ``learned``; ``left_out``; ``range`` where a page names it that moves the ends but not the estimate.

    Returns
    -------
    weights
        Indexed by citizenship and language: ``low``, ``estimate``, ``high``, from 0 to 1. The estimates of a
        citizenship add to 1, ``UNKNOWN`` being what is left; ``HOSTS`` is among them.
    """
    rows, variants = _used(languages, uses).copy(), asked_as.to_dict()
    rows["language"] = [variants.get(code, code) for code in rows["language"]]
    rows["on_page"] = rows["basis"] != COUNTRY
    rows["own"] = rows["use"] != "learned"
    rows["wide"] = rows["on_page"] | (rows["own"] & rows["official"].notna() & (rows["share"] >= MOST))
    rows["doubted"] = rows["use"] == "range"
    key = ["citizenship_iso2", "language"]
    told = rows.groupby(key)[["share", "own", "on_page", "wide", "doubted"]].max()
    told["share"] = told["share"].fillna(0.0)
    home = _at_home(told)
    page = _on_page(told, home).fillna(home)
    doubted = told["doubted"].groupby(level=0).transform("any")
    readings = pd.DataFrame({"home": home, "page": page, "counted": page.mask(doubted, home)})
    found = pd.DataFrame({"low": readings.min(axis=1), "estimate": _mean(readings)})
    found["high"] = told["share"].mask(told["wide"], 1.0).clip(upper=1.0)
    rest = _left(readings, found)
    return pd.concat([found, rest]).sort_index().clip(0.0, 1.0)


def _used(languages: pd.DataFrame, uses: pd.DataFrame) -> pd.DataFrame:
    """The rows that count, with the ``use`` of each."""
    key = ["citizenship_iso2", "language"]
    named = uses.dropna(subset=["citizenship_iso2"]).set_index(key)["use"].to_dict()
    rows = languages.assign(
        use=[named.get(one, "") for one in zip(*(languages[name] for name in key), strict=True)]
    )
    abroad = rows["language"].isin(uses.loc[uses["citizenship_iso2"].isna(), "language"])
    official = rows.groupby(key)["official"].transform("count") > 0
    told = (rows["use"] != "") | official | (rows["basis"] != COUNTRY)
    rows["use"] = rows["use"].where(told | ~abroad, "learned")
    return rows[rows["use"] != "left_out"]


def _at_home(told: pd.DataFrame) -> pd.Series:
    """Each person once, own languages first."""
    own = told["share"].where(told["own"], 0.0)
    of_all = own.groupby(level=0).transform("sum")
    own = own / of_all.clip(lower=1.0)
    left = 1.0 - own.groupby(level=0).transform("sum")
    learned = told["share"].where(~told["own"], 0.0)
    wanted = learned.groupby(level=0).transform("sum")
    return own + learned * (left / wanted.where(wanted > 0)).clip(0.0, 1.0).fillna(0.0)


def _on_page(told: pd.DataFrame, home: pd.Series) -> pd.Series:
    """Everybody to the own languages that a page names; missing for a citizenship of which none speaks."""
    named = told["on_page"] & told["own"]
    among = home.where(named, 0.0)
    total = among.groupby(level=0).transform("sum")
    count = named.astype(float).groupby(level=0).transform("sum")
    evenly = named / count.where(count > 0)
    return (among / total.where(total > 0)).where(total > 0, evenly).where(count > 0)


def _mean(readings: pd.DataFrame) -> pd.Series:
    return (readings["home"] + readings["counted"]) / 2


def _left(readings: pd.DataFrame, found: pd.DataFrame) -> pd.DataFrame:
    """The part of each citizenship to which no language is given."""
    none = (1.0 - readings.groupby(level=0).sum()).clip(lower=0.0)
    rest = pd.DataFrame({"low": none.min(axis=1), "estimate": _mean(none), "high": none.max(axis=1)})
    rest.index = pd.MultiIndex.from_product([rest.index, [UNKNOWN]], names=found.index.names)
    return rest


def speakers(people: pd.DataFrame, weights: pd.DataFrame) -> pd.DataFrame:
    """Who speaks each language in each comune, with its range; ``HOSTS`` left out.

    Parameters
    ----------
    people
        As ``citizens`` gives them.
    weights
        As ``weights`` gives them; a citizenship that is not there, as ``STATELESS``, speaks ``UNKNOWN``.

    Returns
    -------
    speakers
        Indexed by comune code and language, in order: ``low``, ``estimate``, ``high``. Every comune has every language.
    """
    silent = people.columns.difference(weights.index.unique(0))
    more = pd.DataFrame(1.0, pd.MultiIndex.from_product([silent, [UNKNOWN]]), RANGE)
    whole = pd.concat([weights, more])
    table = whole.rename_axis(["citizenship", "language"]).reset_index()
    spoken = sorted(set(table["language"]) - {HOSTS})
    index = pd.MultiIndex.from_product([people.index, spoken], names=["comune_code", "language"])
    found = pd.DataFrame(index=index, columns=RANGE, dtype=float)
    for column in RANGE:
        by = table.pivot_table(column, "citizenship", "language", fill_value=0.0)
        by = by.reindex(index=people.columns, columns=spoken, fill_value=0.0)
        found[column] = (people.to_numpy(float) @ by.to_numpy(float)).ravel()
    found["low"] = np.minimum(found["low"], found["estimate"])
    found["high"] = np.maximum(found["high"], found["estimate"])
    return found


def largest(speakers: pd.DataFrame, *, most: int = 15) -> pd.DataFrame:
    """The languages of most people by estimate, ties by code; ``UNKNOWN`` is none.

    Returns
    -------
    languages
        Indexed by language, the largest first: ``low``, ``estimate``, ``high``.
    """
    total = speakers.groupby(level="language").sum().drop(index=UNKNOWN, errors="ignore")
    return total.sort_index().sort_values("estimate", ascending=False, kind="stable").head(most)


def unnamed(speakers: pd.DataFrame, vocabulary: Collection[str], *, least: float) -> pd.Series:
    """Languages of at least so many people, by estimate, that a vocabulary lacks; the largest first."""
    total = largest(speakers, most=len(speakers))["estimate"]
    return total[(total >= least) & ~total.index.isin(list(vocabulary))]


def left_out(covered: pd.DataFrame, people: pd.Series, comune: pd.Series) -> pd.DataFrame:
    """Share of the foreign residents of each comune who are not covered, from 0 to 1.

    Parameters
    ----------
    covered
        Columns of truths (``confirmed``, ``possible``), one row a demand point.
    people
        Foreign residents of each point, same index.
    comune
        Code of the comune of each point, same index.

    Returns
    -------
    shares
        Indexed by comune code, the columns of ``covered``; missing where no foreigner lives.

    Examples
    --------
    >>> covered = pd.DataFrame({"confirmed": [False, True]})
    >>> left_out(covered, pd.Series([30, 10]), pd.Series(["a", "a"]))["confirmed"].to_dict()
    {'a': 0.75}
    """
    people = people.astype(float)
    beyond = (~covered).mul(people, axis=0).groupby(comune).sum()
    everybody = people.groupby(comune).sum()
    return beyond.div(everybody.where(everybody > 0), axis=0)


def unreached(spoken: pd.DataFrame, shares: pd.DataFrame) -> pd.DataFrame:
    """Who speaks a language and reaches no desk that does, in each comune.

    Speakers are taken to live where the foreign residents of their comune do.

    Parameters
    ----------
    spoken
        ``low``, ``estimate``, ``high`` of one language, indexed by comune code.
    shares
        As ``left_out`` gives them; where they are missing nobody is known to live, and nobody is left out.

    Returns
    -------
    people
        Same index: ``low``, ``estimate``, ``high`` and, for each column of ``shares``, ``…_low``, ``…``, ``…_high``.
    """
    found = spoken[RANGE].copy()
    for name in shares.columns:
        share = shares[name].reindex(spoken.index).fillna(0.0)
        for end, column in (("_low", "low"), ("", "estimate"), ("_high", "high")):
            found[f"{name}{end}"] = spoken[column] * share
    return found
