"""Who speaks a language and reaches no desk that does, language by language, comune by comune. No Streamlit.

Page, map and file read the same tables. How many people speak a language is an estimate with a range
(``analysis.speakers``); which of them reach a desk is that of the foreign residents of their comune, from counts that
may be shown (``analysis.disclosure``), so that nothing here tells more of a place than the page on access does.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final, NamedTuple

import pandas as pd

from analysis import disclosure, speakers
from analysis.effective import UNKNOWN, YES, by_desk, effective
from analysis.speakers import RANGE
from data import corrections
from data.vocabularies import label, vocabulary
from screens import access_table, offers, reached
from screens.joined import Table
from screens.need import Need
from screens.reached import ENDS, Setting

MOST: Final = 15
"""How many languages are looked at, the largest first."""

UNREACHED: Final = [f"{end}{side}" for end in ENDS for side in ("_low", "", "_high")]
PEOPLE: Final = [*RANGE, *UNREACHED]
"""Columns that count people."""

IN_FILE: Final = {
    "low": "speakers_low", "estimate": "speakers", "high": "speakers_high",
    "confirmed_low": "confirmed_unreached_low", "confirmed": "confirmed_unreached",
    "confirmed_high": "confirmed_unreached_high", "possible_low": "possible_unreached_low",
    "possible": "possible_unreached", "possible_high": "possible_unreached_high",
}  # fmt: skip
"""Column → its name in a file."""


class Spoken(NamedTuple):
    """Who speaks what by comune (``speakers.speakers``), and where citizenships are published (``speakers.known``)."""

    people: pd.DataFrame
    known: pd.Series


def spoken(table: Table) -> Spoken:
    """The languages of the foreign residents of every comune, from the clean tables and what we correct in them."""
    foreign = table("foreign_population").set_index("comune_code")["foreign_residents"]
    citizenship = table("citizenship")
    weights = speakers.weights(
        table("citizenship_languages"),
        vocabulary("language_groups")["asked_as"],
        corrections.read("language_uses"),
    )
    people = speakers.speakers(speakers.citizens(citizenship, foreign), weights)
    return Spoken(people, speakers.known(citizenship, foreign))


def languages(of: Spoken, asked: Need, *, most: int = MOST) -> list[str]:
    """The languages looked at: the largest, and after them those of the question that somebody speaks."""
    largest = [str(code) for code in speakers.largest(of.people, most=most).index]
    there = of.people.index.unique("language")
    more = [code for code in map(offers.asked_as, asked.languages) if code in there]
    return list(dict.fromkeys([*largest, *more]))


def in_language(asked: Need, language: str) -> Need:
    """The same question asked in one language."""
    return replace(asked, languages=(language,))


def times(of: Setting, asked: Need) -> pd.DataFrame:
    """Minutes of each demand point to a desk as needed: the ``ENDS`` of ``reached.answer``, without bands."""
    kept = offers.kept(of.offers, reached.truths(of, asked))
    found = effective(of.minutes.values, kept, of.home)
    return pd.DataFrame(
        {end: one.minutes for end, one in zip(ENDS, found, strict=True)}, index=of.demand.index
    )


def left_out(of: Setting, asked: Need) -> pd.DataFrame:
    """Share of the foreign residents of each comune beyond the limit for each of ``ENDS``, as may be told."""
    told = disclosure.protected(access_table.parts(times(of, asked), of.demand, limit=asked.limit))
    everybody = told.sum(axis=1)
    beyond = {"confirmed": told["maybe"] + told["beyond"], "possible": told["beyond"]}
    return pd.DataFrame(beyond).div(everybody.where(everybody > 0), axis=0)


def by_comune(of: Setting, asked: Need, spoken: Spoken, languages: Iterable[str]) -> pd.DataFrame:
    """People who speak each language and those of them who reach no desk that does.

    Returns
    -------
    people
        Indexed by ``language`` and ``comune_code``: ``low``, ``estimate``, ``high`` (who speak it), and for each of
        ``ENDS`` ``…_low``, ``…``, ``…_high`` (who reach no such desk within the limit). Not rounded: ``shown`` does it.
    """
    parts = {
        one: speakers.unreached(
            of_language(spoken.people, one).droplevel("language"), left_out(of, in_language(asked, one))
        )
        for one in languages
    }
    return pd.concat(parts, names=["language"])


def of_language(table: pd.DataFrame, language: str) -> pd.DataFrame:
    """The rows of one language, still with its name."""
    return table[table.index.get_level_values("language") == language]


def by_area(found: pd.DataFrame, area: pd.Series) -> pd.DataFrame:
    """The same by language and area; comuni without one are left out.

    ``area``: code of the area of each comune, indexed by comune code.
    """
    code = found.index.get_level_values("comune_code").map(area.to_dict())
    language = found.index.get_level_values("language")
    grouped = found.groupby([language, pd.Index(code, name=area.name)], sort=False)
    return grouped.sum().sort_index(level=1, sort_remaining=False, kind="stable")


def by_language(found: pd.DataFrame, of: Setting) -> pd.DataFrame:
    """All Lombardy, one row a language: people, and the desks that ``speak`` it and that are ``silent`` on it."""
    total = found.groupby(level="language", sort=False).sum()
    known = pd.DataFrame({str(one): desks(of, str(one)) for one in total.index}).T
    return total.join(known)


def desks(of: Setting, language: str) -> dict[str, int]:
    """How many of the desks that count say that they speak a language, and how many do not say what they speak."""
    asked = Need(languages=(language,))
    truth = offers.conditions(of.offers, asked, of.homes, in_reach=pd.Series(dtype=float))["language"]
    best = by_desk(truth, of.offers.desk, desks=len(of.offers.desks))
    return {"speak": int((best == YES).sum()), "silent": int((best == UNKNOWN).sum())}


def shown(table: pd.DataFrame) -> pd.DataFrame:
    """The same with people as they may be shown (``disclosure.counts``): missing where they are few."""
    return table.assign(**{name: disclosure.counts(table[name]) for name in PEOPLE})


def missing(by_ambito: pd.DataFrame, *, most: int = 3) -> pd.DataFrame:
    """For each Ambito the languages of which most people reach no desk that is known to speak them.

    Parameters
    ----------
    by_ambito
        As ``by_area`` gives it.
    most
        How many of an Ambito, at most.

    Returns
    -------
    languages
        Indexed by area and language, the area whose first language leaves out most people first; the columns of
        ``by_ambito`` as they may be shown. Where too few people are left out, or none, there is no row.
    """
    area = str(by_ambito.index.names[1])
    rows = shown(by_ambito).reset_index()
    rows = rows[rows["confirmed"] > 0]
    order = ["confirmed", "estimate", area, "language"]
    rows = rows.sort_values(order, ascending=[False, False, True, True], kind="stable")
    rows = rows[rows.groupby(area).cumcount() < most]
    worst = rows.groupby(area)["confirmed"].transform("max")
    rows = rows.assign(_worst=worst).sort_values(["_worst", area], ascending=[False, True], kind="stable")
    return rows.drop(columns="_worst").set_index([area, "language"])


def file(table: pd.DataFrame, names: Mapping[str, str] | None = None) -> pd.DataFrame:
    """A table as it leaves the house: people as may be shown, languages and areas also by name.

    ``names``: name of each area of the index.
    """
    rows = shown(table).reset_index()
    rows["language_name"] = rows["language"].map(name)
    heads = ["language", "language_name"]
    if names is not None:
        area = next(column for column in ("ambito_id", "comune_code") if column in rows)
        rows[area.split("_")[0]] = rows[area].map(dict(names))
        heads += [area, area.split("_")[0]]
    ordered = rows[[*heads, *(one for one in rows.columns if one not in heads)]]
    return ordered.rename(columns={**IN_FILE, "speak": "desks_that_speak", "silent": "desks_that_do_not_say"})


def name(language: str) -> str:
    """A language in words, small letters."""
    return label("languages", language).lower()
