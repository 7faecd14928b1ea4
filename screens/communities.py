"""Communities and associations joined for page, feed and file: what is asked, tables, one sentence. No Streamlit."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields
from functools import cache
from typing import Final, NamedTuple

import geopandas as gpd
import pandas as pd

from analysis import communities, disclosure, speakers
from analysis.communities import NAMED, Join
from data.vocabularies import vocabulary
from layers.comunita import OTHER
from layers.comunita import SCOPES as DRAWN
from screens.joined import GONE, Table

INTERCULTURAL: Final = "centro_interculturale"
"""Kind of association, and of desk, that is a place of encounter by itself."""

REGION: Final = "lombardia"
"""The one area that holds everybody."""


@dataclass(frozen=True)
class Asked:
    """One question on communities; an empty text asks nothing.

    Parameters
    ----------
    citizenship
        ISO 3166-1, two letters.
    activity
        Code of ``activity_groups``.
    ambito
        ``ambito_id``.
    """

    citizenship: str = ""
    activity: str = ""
    ambito: str = ""


PARAMETERS: Final = {"citizenship": "cittadinanza", "activity": "attivita", "ambito": "ambito"}
"""Field → name of the parameter in the address."""


def parse(query: Mapping[str, str], known: Mapping[str, Collection[str]]) -> tuple[Asked, list[str]]:
    """The question an address asks, and the codes that nobody knows, left out of it.

    ``known``: field → its codes.
    """
    told = {name: query.get(parameter, "") for name, parameter in PARAMETERS.items()}
    strange = [code for name, code in told.items() if code and code not in known[name]]
    return Asked(**{name: code for name, code in told.items() if code in known[name]}), strange


def write(asked: Asked) -> dict[str, str]:
    """The parameters that ask the same.

    >>> write(Asked(citizenship="SN"))
    {'cittadinanza': 'SN'}
    """
    told = {PARAMETERS[field.name]: str(getattr(asked, field.name)) for field in fields(asked)}
    return {name: code for name, code in told.items() if code}


@cache
def activities() -> dict[str, tuple[str, ...]]:
    """Word for an activity → the groups it is in."""
    groups: dict[str, tuple[str, ...]] = {}
    for code, words in vocabulary("activity_groups")["words"].items():
        for word in str(words).split(";"):
            groups[word] = (*groups.get(word, ()), str(code))
    return groups


def joins(names: Mapping[str, str]) -> dict[str, Join]:
    """Word for a community → what it stands for: the vocabulary's, else a citizenship by ISTAT's name of it.

    ``names``: citizenship (ISO, two letters) → its name.
    """
    own = {name: Join(NAMED, (code,)) for code, name in names.items()}
    said = vocabulary("communities")
    listed = zip(said.index, said["scope"], said["citizenships"], strict=True)
    return own | {word: Join(scope, tuple(filter(None, codes.split(";")))) for word, scope, codes in listed}


def split(cells: pd.Series) -> pd.Series:
    """Texts apart by ``;`` as lists of words; missing where a cell says nothing."""
    words = [
        [part.strip() for part in str(cell).split(";") if part.strip()] if pd.notna(cell) else []
        for cell in cells
    ]
    return pd.Series([found or None for found in words], index=cells.index, dtype=object)


class Gathered(NamedTuple):
    """All that is known of communities.

    ``associations``: those not closed, by ``associazione_id``, with ``words`` and ``groups`` (lists, missing where not
    known). ``tied``: as ``analysis.communities.ties`` has it. ``citizens``: by comune and citizenship, ``residents``
    and ``published`` (of them, those counted in the comune itself). ``by_ambito``: by Ambito and citizenship,
    ``residents`` as they may be shown, and ``published``, their share counted in the comune. ``region``: the same by
    ``REGION`` and citizenship, as ISTAT publishes them. ``province_of``: of each Ambito. ``names``: of citizenships.
    """

    associations: gpd.GeoDataFrame
    tied: pd.DataFrame
    joins: dict[str, Join]
    citizens: pd.DataFrame
    by_ambito: pd.DataFrame
    region: pd.DataFrame
    province_of: pd.Series
    names: dict[str, str]


def gathered(
    table: Table, associazioni: gpd.GeoDataFrame, comuni: gpd.GeoDataFrame, ambiti: gpd.GeoDataFrame
) -> Gathered:
    """Everything joined once: ``associazioni``, ``comuni`` and ``ambiti`` as ``joined`` gives them."""
    known = table("citizenship").dropna(subset=["citizenship_iso2"])
    names = dict(zip(known["citizenship_iso2"], known["citizenship"], strict=True))
    kept = associazioni[~associazioni["status"].isin(GONE)].set_index("associazione_id")
    kept = kept.assign(words=split(kept["communities"]), groups=_groups(split(kept["activities"])))
    joined = joins(names)
    citizens = _citizens(known, comuni.set_index("comune_code")["foreign_residents"])
    by_ambito = _summed(citizens, comuni.set_index("comune_code")["ambito_id"])
    region = _summed(citizens, pd.Series(REGION, index=comuni["comune_code"]))
    return Gathered(
        kept,
        communities.ties(kept["words"], joined),
        joined,
        citizens,
        _as_shown(by_ambito),
        region.assign(residents=region["residents"].where(disclosure.counts(region["residents"]).notna())),
        ambiti.set_index("ambito_id")["province"],
        names,
    )


def against(known: Gathered, asked: Asked) -> pd.DataFrame:
    """Residents against associations found, as ``analysis.communities.against`` has it, for what is asked.

    One row for each citizenship in the Ambito asked, or in all Lombardy (the area is ``REGION``); of a citizenship
    asked, first all Lombardy and then the Ambiti. Only associations of the activity asked count. Largest first.
    """
    rows = []
    if not asked.ambito:
        rows.append(_against(known, asked, known.region, whole=True))
    if asked.ambito or asked.citizenship:
        rows.append(_against(known, asked, known.by_ambito, whole=False))
    return pd.concat(rows)


def _against(known: Gathered, asked: Asked, people: pd.DataFrame, *, whole: bool) -> pd.DataFrame:
    areas, codes = (people.index.get_level_values(level) for level in ("area", "citizenship"))
    wanted = (codes == asked.citizenship) | (not asked.citizenship)
    if asked.ambito:
        wanted &= areas == asked.ambito
    doing = of_activity(known, asked.activity)
    everywhere = pd.Series(REGION, index=doing.index)
    found = communities.against(
        people[wanted],
        known.tied[known.tied["association"].isin(doing.index)],
        ambito=everywhere if whole else doing["ambito_id"],
        province=everywhere if whole else doing["province"],
        province_of=pd.Series({REGION: REGION}) if whole else known.province_of,
    )
    return found.sort_index().sort_values("residents", ascending=False, kind="stable", na_position="last")


def _as_shown(people: pd.DataFrame) -> pd.DataFrame:
    """Estimates as they may be shown; where they are few, not even how much of them was counted."""
    residents = disclosure.counts(people["residents"])
    return people.assign(residents=residents, published=people["published"].where(residents.notna()))


def of_activity(known: Gathered, activity: str) -> gpd.GeoDataFrame:
    """The associations of a kind of activity; all where none is asked."""
    rows = known.associations
    return rows[[activity in (groups or ()) for groups in rows["groups"]]] if activity else rows


def _groups(words: pd.Series) -> pd.Series:
    """Words for activities as the groups they are in, each once; missing where no word is in any."""
    known = activities()
    found = [
        list(dict.fromkeys(code for word in said or () for code in known.get(word, ()))) or None
        for said in words
    ]
    return pd.Series(found, index=words.index, dtype=object)


def _citizens(known: pd.DataFrame, foreign: pd.Series) -> pd.DataFrame:
    """Residents of each comune by citizenship, and those of them that the comune itself counts; only where any."""
    wide = speakers.citizens(known, foreign)
    counted = wide.where(speakers.known(known, foreign), 0.0)
    both = {"residents": wide.stack(), "published": counted.stack()}  # noqa: PD013
    table = pd.DataFrame(both).rename_axis(["comune_code", "citizenship"])
    return table[table["residents"] > 0]


def _summed(citizens: pd.DataFrame, area: pd.Series) -> pd.DataFrame:
    """Residents by area and citizenship; ``published``: the share of them that was counted in their comune."""
    place = citizens.index.get_level_values("comune_code").map(area.to_dict())
    by = [pd.Index(place, name="area"), citizens.index.get_level_values("citizenship")]
    people = citizens.groupby(by).sum()
    return people.assign(published=people["published"] / people["residents"].where(people["residents"] > 0))


def kept(known: Gathered, asked: Asked) -> gpd.GeoDataFrame:
    """The associations that answer: of the activity and the Ambito asked; of the community, by name or by area.

    ``scope`` says how each answers for the community (``layers.comunita.SCOPES``). Those that name it come first, then
    by name.
    """
    rows = of_activity(known, asked.activity)
    if asked.ambito:
        rows = rows[rows["ambito_id"] == asked.ambito]
    if not asked.citizenship:
        return rows.assign(scope=OTHER).sort_values(["name"])
    tied = known.tied[known.tied["citizenship"] == asked.citizenship].set_index("association")["scope"]
    scope = rows.index.to_series().map(tied)
    found = rows.assign(scope=scope)[scope.notna().to_numpy()]
    return found.sort_values(
        ["scope", "name"], key=lambda told: told.map(_rank) if told.name == "scope" else told
    )


def _rank(scope: str) -> int:
    return DRAWN.index(scope)


class Silent(NamedTuple):
    """Associations that can't be joined to a citizenship: how many name no community, and words that cover none."""

    unnamed: int
    words: pd.Series


def silent(known: Gathered) -> Silent:
    """What the list does not say of communities, for all Lombardy."""
    words = known.associations["words"]
    return Silent(int(words.isna().sum()), communities.unjoined(words, known.joins))
