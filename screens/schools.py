"""Schools with the support around each: the tables behind the page Scuole, for feeds and tests too. No Streamlit."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd

from analysis import school_support
from analysis.effective import UNKNOWN, YES
from data.vocabularies import desk_kinds
from geo import extent, travel_time
from geo.crs import DEGREES, LOMBARDY_BOX
from geo.travel_time import Networks
from screens import joined

KINDS: Final = ("mediazione", "cpia", "sportelli", "associazioni", "biblioteche")
"""Kinds of support; all but the first have places."""
PLACED: Final = KINDS[1:]
SHARES: Final = (20, 30, 40, 50)
LIMITS: Final = (10, 15, 20, 30)
MODES: Final = ("walk", "car")

EXACT_M: Final = 100.0
"""Radius of the widest position that is a building."""
FAR: Final = {"walk": 180.0, "car": 90.0}
"""Minutes beyond which a roughly placed support is not within the longest of ``LIMITS``, wherever it is."""
AT_ONCE: Final = 64
"""Supports whose minutes to all schools are held together."""


@dataclass(frozen=True)
class Asked:
    """What is asked of the schools: the empty ``ambito`` means all, no ``kinds`` all of them."""

    ambito: str = ""
    share: int = 30
    mode: str = "walk"
    limit: int = 15
    kinds: tuple[str, ...] = ()

    @property
    def counted(self) -> tuple[str, ...]:
        """The kinds of support that count."""
        return self.kinds or KINDS


PARAMETERS: Final = {
    "ambito": "ambito",
    "share": "quota",
    "mode": "mezzo",
    "limit": "minuti",
    "kinds": "sostegni",
}
"""Field of ``Asked`` → its parameter in the address."""


def write(asked: Asked) -> dict[str, str]:
    """The parameters of a question; what is as usual is not written."""
    told = {PARAMETERS[one.name]: getattr(asked, one.name) for one in fields(Asked)}
    usual = {PARAMETERS[one.name]: one.default for one in fields(Asked)}
    return {
        name: ",".join(value) if isinstance(value, tuple) else str(value)
        for name, value in told.items()
        if value != usual[name]
    }


def parse(query: Mapping[str, str]) -> Asked:
    """The question of an address; what it does not know is as usual."""
    kinds = query.get("sostegni", "").split(",")
    return Asked(
        ambito=query.get("ambito", ""),
        share=_one_of(query.get("quota", ""), SHARES, Asked.share),
        mode=query["mezzo"] if query.get("mezzo") in MODES else Asked.mode,
        limit=_one_of(query.get("minuti", ""), LIMITS, Asked.limit),
        kinds=tuple(kind for kind in KINDS if kind in kinds),
    )


def _one_of(words: str, codes: tuple[int, ...], usual: int) -> int:
    return int(words) if words in map(str, codes) else usual


def sites(schools: gpd.GeoDataFrame, comuni: pd.DataFrame) -> gpd.GeoDataFrame:
    """The schools where pupils are taught, indexed by ``school_id``, counts as they may be shown.

    Parameters
    ----------
    schools
        As ``joined.scuole`` gives them.
    comuni
        As ``joined.comuni`` gives them.

    Returns
    -------
    table
        The columns of ``schools``; ``province``; ``reach_m``, how far from its point a school may be. A point outside
        Lombardy is none.
    """
    found = schools[schools["is_site"]].set_index("school_id")
    known = comuni.set_index("comune_code")
    west, south, east, north = LOMBARDY_BOX
    at = found.geometry
    inside = at.x.between(west, east) & at.y.between(south, north)
    found = found.assign(
        province=found["comune_code"].map(known["province"]),
        reach_m=_reach(found, known["residents"]),
        name=found["name"].fillna(pd.Series(found.index, found.index)),
    )
    return found.set_geometry(at.where(inside, None))


def _reach(things: pd.DataFrame, residents: pd.Series) -> pd.Series:
    """How far from its point a thing may be: its radius, or the built-up land where only the comune is known."""
    town = extent.built_up_radius_m(things["comune_code"].map(residents)).clip(upper=things["radius_m"])
    reach: pd.Series = things["radius_m"].mask(things["precision"] == "settlement", town)
    return reach


def supports(
    desks: gpd.GeoDataFrame,
    associazioni: gpd.GeoDataFrame,
    cpia: gpd.GeoDataFrame,
    biblioteche: gpd.GeoDataFrame,
    comuni: pd.DataFrame,
) -> dict[str, gpd.GeoDataFrame]:
    """Kind → its places, indexed by their key, also those whose position is not known.

    Desks are those that count (``joined.counted``); associations those open as far as we know, evidence A to C.

    Returns
    -------
    places
        Columns ``name``, ``comune``, ``province``, ``languages``, ``hours`` (missing where not known), ``precision``,
        ``reach_m``, ``geometry``.
    """
    known = comuni.set_index("comune_code")
    open_ones = associazioni[
        associazioni["evidence"].isin(joined.EVIDENCE) & ~associazioni["status"].isin(joined.GONE)
    ]
    lost = desks[desks.geometry.isna() & ~desks["status"].isin(joined.GONE)]
    counted = pd.concat([joined.counted(desks), lost[lost["kind"].isin(desk_kinds())]])
    libraries = biblioteche.assign(precision="coordinate", radius_m=0.0)
    return {
        "cpia": _places(cpia, "school_id", known),
        "sportelli": _places(counted.rename(columns={"opening_hours": "hours"}), "sportello_id", known),
        "associazioni": _places(open_ones, "associazione_id", known),
        "biblioteche": _places(libraries, "library_id", known),
    }


def _places(things: gpd.GeoDataFrame, key: str, comuni: pd.DataFrame) -> gpd.GeoDataFrame:
    found = things.set_index(key)
    province = found["comune_code"].map(comuni["province"])
    table = pd.DataFrame(
        {
            "name": found["name"],
            "comune": found["comune_code"].map(comuni["comune"]),
            "province": province.fillna(found["province"]) if "province" in found else province,
            "languages": found.get("languages"),
            "hours": found.get("hours"),
            "precision": found["precision"],
            "reach_m": _reach(found, comuni["residents"]),
        },
        index=found.index,
    )
    return gpd.GeoDataFrame(table, geometry=found.geometry, crs=DEGREES)


def near(
    networks: Networks, places: gpd.GeoDataFrame, schools: gpd.GeoDataFrame, *, mode: str
) -> pd.DataFrame:
    """Minutes from every school to its nearest support of one kind, and how near some of that kind may be.

    Parameters
    ----------
    places, schools
        As ``supports`` and ``sites`` give them.

    Returns
    -------
    table
        Index of ``schools``: ``minutes``, ``low``, ``high``, ``nearest`` and ``network`` as ``joined.minutes``;
        ``soonest`` and ``surest``, the least low and the least high end over all supports, infinite where none can be
        reached and NaN where it is not known where the school is. A support of unknown position may be anywhere in its
        province.
    """
    put, here = places.dropna(subset=["geometry"]), schools.dropna(subset=["geometry"])
    demand = here[["geometry"]].assign(radius_m=here["reach_m"])
    found = _nearest(networks, put, demand, mode)
    exact = _nearest(networks, put[put["reach_m"] <= EXACT_M], demand, mode)
    rough = _ends(networks, put[put["reach_m"] > EXACT_M], demand, mode)
    for name, end in (("soonest", "low"), ("surest", "high")):
        ends = [found[end], exact[end], pd.Series(rough[name], index=here.index)]
        found[name] = pd.concat(ends, axis=1).min(axis=1).fillna(np.inf)
    lost = places.loc[places.geometry.isna(), "province"]
    found["soonest"] = found["soonest"].mask(here["province"].isin(lost), 0.0)
    return found.reindex(schools.index)


def _nearest(
    networks: Networks, places: gpd.GeoDataFrame, demand: gpd.GeoDataFrame, mode: str
) -> pd.DataFrame:
    goals = places.rename_axis("sportello_id").reset_index()
    return joined.minutes(networks, goals, demand, mode=mode).rename(columns={"sportello_id": "nearest"})


def _ends(
    networks: Networks, places: gpd.GeoDataFrame, demand: gpd.GeoDataFrame, mode: str
) -> dict[str, np.ndarray]:
    """For each school the least low and the least high end over places of which only the surroundings are known."""
    ground = travel_time.around(networks, demand.geometry, mode=mode)
    cost = {"pace": ground["pace"].to_numpy(float), "terminal": ground["terminal"].to_numpy(float)}
    radius = demand["radius_m"].to_numpy(float)
    streets = networks.on_streets(demand.geometry, mode=mode)
    least = {"soonest": np.full(len(demand), np.inf), "surest": np.full(len(demand), np.inf)}
    for start in range(0, len(places), AT_ONCE):
        some = places.iloc[start : start + AT_ONCE]
        way = travel_time.to_all(
            networks, some.geometry, demand.geometry, mode=mode, limit=FAR[mode], back=True
        ).tocoo()
        row, column = way.coords
        pick = {name: values[column] for name, values in cost.items()}
        around = extent.within_place(way.data, radius[column], **pick)
        on = networks.on_streets(some.geometry, mode=mode)[row] & streets[column]
        answered = pd.Series(np.where(on, networks.labels[0], networks.labels[-1]))
        ends = joined.bands_by_network(around, answered, mode=mode)
        off = np.hypot(some["reach_m"].to_numpy(float)[row], radius[column])
        for name, values in zip(least, extent.widened(around, *ends, reach_m=off, **pick), strict=True):
            np.minimum.at(least[name], column, values)
    return least


def truths(
    reached: Mapping[str, pd.DataFrame], mediation: pd.Series, own: pd.DataFrame, asked: Asked
) -> pd.DataFrame:
    """Whether each kind of support that counts is near each school: ``NO``, ``UNKNOWN`` or ``YES``.

    Parameters
    ----------
    reached
        Kind → as ``near`` gives it.
    mediation
        ``YES`` where rows of mediation in schools name the Ambito or the comune of a school, ``UNKNOWN`` where not:
        that none was found is no absence. Indexed by school.
    own
        School × kind: whether the registry says that the school has it itself.
    """
    table = {
        kind: mediation if kind == "mediazione" else school_support.within(
            reached[kind]["soonest"], reached[kind]["surest"], limit=asked.limit
        )
        for kind in asked.counted
    }  # fmt: skip
    found = pd.DataFrame(table, index=mediation.index)
    mine = own.reindex(index=found.index, columns=list(asked.counted)).eq(True)
    return found.mask(mine, YES).astype("int8")


def little_support(
    schools: gpd.GeoDataFrame, near_by: pd.DataFrame, hours: pd.Series, asked: Asked
) -> gpd.GeoDataFrame:
    """Schools with a high share and little support, ranked (``school_support.ranked``): the table of the page.

    Parameters
    ----------
    schools
        As ``sites`` gives them.
    near_by
        As ``truths`` gives it.
    hours
        Mediator hours a year that the registry knows of each school; missing where not known.

    Returns
    -------
    table
        Indexed by ``school_id`` in order of ``rank``: what is known of the school, ``missing``, ``unknown`` and
        ``found`` kinds of support, one column a kind, ``hours_a_year`` and ``pupils_per_hour``.
    """
    here = of_ambito(schools, asked.ambito)
    counts = school_support.tally(near_by.loc[here.index])
    place = school_support.ranked(
        here["foreign_share"], here["foreign_pupils"], counts["missing"], threshold=asked.share / 100
    )
    columns = [
        "name", "level", "management", "comune", "ambito_id", "pupils", "foreign_pupils", "foreign_share", "geometry",
    ]  # fmt: skip
    table = here.loc[place.index, columns].join([place, counts, near_by])
    table["rank"] = table["rank"].astype(int)
    table["hours_a_year"] = hours.reindex(place.index).astype(float)
    table["pupils_per_hour"] = school_support.pupils_per_hour(table["foreign_pupils"], table["hours_a_year"])
    return gpd.GeoDataFrame(table, geometry="geometry", crs=DEGREES)


def of_ambito(schools: gpd.GeoDataFrame, ambito: str) -> gpd.GeoDataFrame:
    """The schools of an Ambito; all of them where none is asked for."""
    return schools[schools["ambito_id"] == ambito] if ambito else schools


def facts(schools: gpd.GeoDataFrame, ranked: pd.DataFrame) -> dict[str, int]:
    """The numbers of the sentence, all of the tables that are shown.

    ``known`` schools whose share is shown and ``hidden`` whose is not, ``high`` those of the ranking with their
    ``pupils``, ``lacking`` those that surely lack something, ``unsure`` those of which something is not known.
    """
    return {
        "schools": len(schools),
        "known": int(schools["foreign_share"].notna().sum()),
        "hidden": int(schools["hidden"].sum()),
        "high": len(ranked),
        "pupils": int(ranked["foreign_pupils"].sum()),
        "lacking": int((ranked["missing"] > 0).sum()),
        "unsure": int((ranked["unknown"] > 0).sum()),
    }


def with_minutes(ranked: gpd.GeoDataFrame, reached: Mapping[str, pd.DataFrame]) -> gpd.GeoDataFrame:
    """A table of schools with the minutes to the nearest support of each kind, their band, its key and network."""
    more: dict[str, Any] = {}
    for kind in PLACED:
        some = reached[kind].reindex(ranked.index)
        for column in ("minutes", "low", "high"):
            more[f"{kind}_{column}"] = some[column].round(1)
        more[f"{kind}_nearest"], more[f"{kind}_network"] = some["nearest"], some["network"]
    return ranked.assign(**more)


def of_comuni(
    schools: gpd.GeoDataFrame,
    reached: Mapping[str, pd.DataFrame],
    mediation: pd.Series,
    comuni: gpd.GeoDataFrame,
    *,
    ambito: str = "",
) -> gpd.GeoDataFrame:
    """Comuni none of whose schools has a known share: what is known there, and no estimate of what is not.

    Returns
    -------
    table
        Indexed by ``comune_code``, first where most residents out of a hundred are foreign: ``comune``, ``ambito``,
        ``schools``, ``pupils`` (of ``pupils_known`` schools), ``foreign_residents`` and ``foreign_share`` of the
        *residents*, ``mediation``, and for each kind the median over schools of ``minutes``, ``low`` and ``high``.
    """
    here = of_ambito(schools, ambito)
    minutes = pd.DataFrame(
        {
            f"{kind}_{column}": reached[kind][column].reindex(here.index)
            for kind in PLACED
            for column in ("minutes", "low", "high")
        }
    )
    told = here["foreign_pupils"].where(~here["hidden"], 0)
    table = school_support.by_place(here["comune_code"], here["pupils"], told, minutes)
    table = table[table["foreign_known"] == 0].drop(columns=["foreign_pupils", "foreign_known"])
    known = comuni.set_index("comune_code")
    table = table.join(known[["comune", "ambito", "foreign_residents", "foreign_share", "geometry"]])
    table["mediation"] = mediation.reindex(here.index).groupby(here["comune_code"]).max()
    table = table.sort_index(kind="stable").sort_values("foreign_share", ascending=False, kind="stable")
    return gpd.GeoDataFrame(table, geometry="geometry", crs=DEGREES)


def at_least_unknown(found: pd.Series) -> pd.Series:
    """Mediation as it counts for a school: that no row was found is not known, rather than an absence."""
    return found.clip(lower=UNKNOWN)
