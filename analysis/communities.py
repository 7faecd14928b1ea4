"""Communities and their associations: who lives where, and which associations of theirs were found there.

An association *names* a citizenship when it says the country; it is *wider* when it says an area that holds several
("Africa"). The two are counted apart: an association of a continent is not one of each of its countries. None found
says that none is in the list, never that there is none.
"""

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

import numpy as np
import pandas as pd

NAMED: Final = "cittadinanza"
WIDER: Final = "area"
"""Scopes that join to citizenships, the nearer first; a word of any other scope joins to none."""


class Join(NamedTuple):
    """What a word for a community stands for: its scope, and the citizenships (ISO 3166-1, two letters) it covers."""

    scope: str
    citizenships: tuple[str, ...]


def ties(words: pd.Series, joins: Mapping[str, Join]) -> pd.DataFrame:
    """Which citizenships each association is tied to.

    Parameters
    ----------
    words
        Association → the words by which it names its communities; missing where it names none.
    joins
        Word → what it stands for. Words that are not here, or that cover no citizenship, tie nothing: see ``unjoined``.

    Returns
    -------
    ties
        One row an association and citizenship, in order: ``association``, ``citizenship``, ``scope``. Where an
        association both names a citizenship and covers it by an area, it names it.

    Examples
    --------
    >>> joins = {"Senegal": Join(NAMED, ("SN",)), "Africa": Join(WIDER, ("GH", "SN"))}
    >>> ties(pd.Series({"a": ["Senegal", "Africa"], "b": None}), joins).to_numpy().tolist()
    [['a', 'GH', 'area'], ['a', 'SN', 'cittadinanza']]
    """
    rows = [
        (association, code, joins[word].scope)
        for association, said in words.dropna().items()
        for word in said
        if word in joins
        for code in joins[word].citizenships
    ]
    table = pd.DataFrame(rows, columns=["association", "citizenship", "scope"], dtype=object)
    nearest_last = table.sort_values(["association", "citizenship", "scope"], ascending=[True, True, True])
    return nearest_last.drop_duplicates(["association", "citizenship"], keep="last").reset_index(drop=True)


def unjoined(words: pd.Series, joins: Mapping[str, Join]) -> pd.Series:
    """Words that tie an association to no citizenship → how many associations say them, most said first.

    Examples
    --------
    >>> unjoined(pd.Series({"a": ["Senegal", "terrestri"], "b": ["terrestri"]}), {"Senegal": Join(NAMED, ("SN",))})
    terrestri    2
    dtype: int64
    """
    told = words.dropna().explode()
    lost = told[[not joins.get(word, Join("", ())).citizenships for word in told]]
    return lost.groupby(lost.to_numpy()).size().sort_values(ascending=False, kind="stable").astype("int64")


def found(tied: pd.DataFrame, area: pd.Series) -> pd.DataFrame:
    """Associations found by area and citizenship.

    Parameters
    ----------
    tied
        As ``ties`` gives them.
    area
        Association → its area; those whose area is missing are counted in none.

    Returns
    -------
    found
        Indexed by area and citizenship, pairs with any: ``named`` and ``wider``, whole numbers.
    """
    here = tied.assign(area=tied["association"].map(area)).dropna(subset=["area"])
    marks = {"named": here["scope"] == NAMED, "wider": here["scope"] == WIDER}
    return (
        here[["area", "citizenship"]].assign(**marks).groupby(["area", "citizenship"]).sum().astype("int64")
    )


def against(
    residents: pd.DataFrame,
    tied: pd.DataFrame,
    *,
    ambito: pd.Series,
    province: pd.Series,
    province_of: pd.Series,
) -> pd.DataFrame:
    """Residents of each citizenship in each Ambito against the associations found of that community.

    Parameters
    ----------
    residents
        Indexed by Ambito and citizenship; ``residents``, and any other column, which is kept.
    tied
        As ``ties`` gives them.
    ambito, province
        Association → its Ambito and its province; missing where not known: it is still counted in the whole.
    province_of
        Ambito → its province.

    Returns
    -------
    table
        The rows of ``residents``; ``named_ambito``, ``named_province``, ``named_region``, and the same of ``wider``:
        associations found there; ``per_association``: residents of the Ambito for each association found there that
        names the citizenship, NaN where none was found (it is not infinite: we know only of our list).

    Examples
    --------
    >>> here = pd.MultiIndex.from_tuples([("lodi", "SN"), ("pavia", "SN")])
    >>> table = against(
    ...     pd.DataFrame({"residents": [300.0, 50.0]}, index=here),
    ...     pd.DataFrame({"association": ["a", "b"], "citizenship": ["SN", "SN"], "scope": [NAMED, WIDER]}),
    ...     ambito=pd.Series({"a": "lodi", "b": None}), province=pd.Series({"a": "LO", "b": "PV"}),
    ...     province_of=pd.Series({"lodi": "LO", "pavia": "PV"}),
    ... )
    >>> table[["named_ambito", "named_region", "wider_province", "per_association"]].to_numpy().tolist()
    [[1.0, 1.0, 0.0, 300.0], [0.0, 1.0, 1.0, nan]]
    """
    areas, codes = (residents.index.get_level_values(level) for level in (0, 1))
    whole = pd.Series("", index=pd.Index(tied["association"].unique()))
    places = {
        "ambito": (found(tied, ambito), areas),
        "province": (found(tied, province), pd.Index(province_of.reindex(areas))),
        "region": (found(tied, whole), pd.Index([""] * len(areas))),
    }
    table = residents.copy()
    for scope in ("named", "wider"):
        for name, (counted, of) in places.items():
            wanted = pd.MultiIndex.from_arrays([of, codes])
            table[f"{scope}_{name}"] = counted[scope].reindex(wanted, fill_value=0).to_numpy()
    own = table["named_ambito"].astype(float)
    return table.assign(per_association=table["residents"] / own.where(own > 0, np.nan))


def none_found(table: pd.DataFrame, *, least: float, within: str = "ambito") -> pd.DataFrame:
    """Communities of at least so many residents of which no association was found, the largest first.

    ``table`` is as ``against`` gives it; ``within`` is ``ambito``, ``province`` or ``region``. Residents that may not
    be shown (missing) are left out. Ties in the order of the index.
    """
    empty = table[(table[f"named_{within}"] == 0) & (table["residents"] >= least)]
    return empty.sort_index().sort_values("residents", ascending=False, kind="stable")


def by_activity(
    groups: pd.Series, tied: pd.DataFrame, citizenships: Sequence[str] | None = None
) -> pd.DataFrame:
    """Associations by community and kind of activity; who does several things counts in each.

    Parameters
    ----------
    groups
        Association → its kinds of activity (lists); missing or empty where not known.
    tied
        As ``ties`` gives them; only those that name a citizenship count.
    citizenships
        Which, in this order; all those named if not given.

    Returns
    -------
    table
        Indexed by citizenship, a column a kind of activity (in order of code), whole numbers.
    """
    own = tied[tied["scope"] == NAMED]
    done = groups.dropna().explode().dropna().rename("group").rename_axis("association").reset_index()
    both = own.merge(done, on="association")
    counted = pd.crosstab(both["citizenship"], both["group"])
    rows = sorted(own["citizenship"].unique()) if citizenships is None else list(citizenships)
    kinds = sorted(done["group"].unique())
    return counted.reindex(index=pd.Index(rows, name="citizenship"), columns=kinds, fill_value=0).astype(
        "int64"
    )
