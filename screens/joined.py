"""Tables joined for screens, feeds and batch commands: here data, network and measures meet. No Streamlit.

Every function takes ``table``, the way to a clean table by name, so that the app passes its shared tables
and a batch command the files.
"""

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import ArrayLike

from analysis import coverage, disclosure, school_support
from data import corrections
from data.derived.demand import third_country_share
from data.vocabularies import desk_kinds
from geo import bands, estimated, extent, surface, travel_time
from geo.crs import DEGREES, METRES
from geo.matrices import Matrix, renewed
from geo.network import Floats, open_network
from geo.street_time import PEAK
from geo.streets import store
from geo.travel_time import Networks

Table = Callable[[str], Any]

EVIDENCE: Final = ("A", "B", "C")
"""Levels that count for minutes unless others are asked for: level D is old or doubtful."""

VAR: Final = Path(os.environ.get("ATLANTE_VAR") or Path(__file__).parents[1] / "var")
"""What is made on this machine and not part of the atlas; the environment may name another folder."""

NETWORKS = VAR / "networks"
"""Street networks made here, and which of them is in use."""

MATRICES = VAR / "matrices"
"""Minutes kept between all desks and all demand points."""

GONE: Final = ("chiuso", "probabilmente_superato")
"""Statuses of desks that nobody should travel to."""


LIVING: Final = ("quality", "confirmed_on")
"""What only the registry knows of a desk: missing where the starting lists stand in for it."""

WHERE_NOBODY: Final = 1e-9
"""Weight of a resident beside a foreign resident in the medians: it tells only where hardly any foreigner lives."""


def comuni(table: Table) -> gpd.GeoDataFrame:
    """One row a comune: outline, Ambito (missing where unassigned), people, profile, income, SNAI class."""
    known: gpd.GeoDataFrame = table("comuni")
    for name in ("comuni_profile", "residents", "foreign_population", "income", "snai"):
        known = known.merge(table(name), on="comune_code", how="left")
    belongs = table("ambito_comuni")[["comune_code", "ambito_id", "evidence", "confidence"]]
    known = known.merge(belongs.rename(columns={"evidence": "ambito_evidence"}), on="comune_code", how="left")
    named = table("ambiti")[["ambito_id", "ambito", "lab_impact"]]
    known = known.merge(named, on="ambito_id", how="left")
    known["lab_impact"] = known["lab_impact"].eq(True)
    known["foreign_share"] = (known["foreign_residents"] / known["residents"]).astype(float)
    foreign = known.set_index("comune_code")["foreign_residents"]
    share = known["comune_code"].map(third_country_share(foreign, table("citizenship")))
    known["third_country"] = (known["foreign_residents"] * share).astype(float)
    known["income_per_taxpayer"] = (known["income_eur"] / known["taxpayers"]).astype(float)
    return gpd.GeoDataFrame(known, geometry="geometry", crs=DEGREES)


def ambiti(table: Table, of: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """One row an Ambito: its outline (the union of its comuni), how many they are, people.

    ``of`` are the comuni as ``comuni`` gives them; shared borders are taken out exactly.
    """
    groups = of.dropna(subset=["ambito_id"]).groupby("ambito_id")
    known = table("ambiti").merge(
        groups.agg(
            comuni=("comune_code", "size"),
            residents=("residents", "sum"),
            foreign_residents=("foreign_residents", "sum"),
            third_country=("third_country", "sum"),
            on_page=("ambito_evidence", lambda said: int((said == "page").sum())),
        ).reset_index(),
        on="ambito_id",
        how="left",
    )
    known["foreign_share"] = (known["foreign_residents"] / known["residents"]).astype(float)
    outlines = {code: shapely.coverage_union_all(here.geometry.to_numpy()) for code, here in groups}
    return gpd.GeoDataFrame(known, geometry=gpd.GeoSeries(known["ambito_id"].map(outlines), crs=DEGREES))


def placed(table: Table, kind: str, things: pd.DataFrame, key: str) -> gpd.GeoDataFrame:
    """Things with their position (``precision``, ``radius_m``, ``position_source``, point) and their Ambito.

    Whose a thing is in the registry goes before whose its comune is.
    """
    where = table("positions")
    where = (
        where[where["kind"] == kind]
        .drop(columns="kind")
        .rename(columns={"id": key, "source": "position_source"})
    )
    joined = things.drop(columns="comune_code", errors="ignore").merge(where, on=key, how="left")
    belongs = table("ambito_comuni").set_index("comune_code")["ambito_id"]
    of_place = joined["comune_code"].map(belongs)
    joined["ambito_id"] = joined["ambito_id"].fillna(of_place) if "ambito_id" in joined else of_place
    return gpd.GeoDataFrame(joined, geometry="geometry", crs=DEGREES)


def sportelli(table: Table) -> gpd.GeoDataFrame:
    """Desks with their position and Ambito; one whose comune is unknown takes the Ambito it names.

    ``reach_m`` is how far from its point a desk is thought to be: its radius, or the built-up land around the
    main settlement where only the comune is known. ``quality`` and ``confirmed_on`` are the registry's.
    """
    desks = placed(table, "sportello", table("sportelli"), "sportello_id")
    desks = desks.assign(**{name: None for name in LIVING if name not in desks})
    names = corrections.read("ambito_names").set_index(["named", "province"])["ambito_id"]
    named = pd.MultiIndex.from_frame(desks[["ambito_named", "province"]])
    desks["ambito_id"] = desks["ambito_id"].fillna(
        pd.Series(names.reindex(named).to_numpy(), index=desks.index)
    )
    residents = desks["comune_code"].map(table("residents").set_index("comune_code")["residents"])
    town = extent.built_up_radius_m(residents).clip(upper=desks["radius_m"])
    desks["reach_m"] = desks["radius_m"].mask(desks["precision"] == "settlement", town)
    return desks


def associazioni(table: Table) -> gpd.GeoDataFrame:
    """Associations with their position and Ambito."""
    return placed(table, "associazione", table("associazioni"), "associazione_id")


def scuole(table: Table) -> gpd.GeoDataFrame:
    """Schools with their position and Ambito, counts as they may be shown (``school_support.protected``).

    ``is_site``: whether pupils are taught there, as far as the registers tell; the offices of an istituto
    comprensivo and convitti are not, unless a share of foreign pupils is known of them. ``hidden``: whether the share
    is known and not shown.
    """
    schools = placed(table, "scuola", table("scuole"), "school_id")
    offices = schools["level"].isin(["comprensivo", "altro"])
    told = school_support.protected(schools["foreign_pupils"], schools["foreign_share"])
    return schools.assign(is_site=~offices | schools["foreign_share"].notna(), **told)


def cpia(table: Table) -> gpd.GeoDataFrame:
    """Adult-education centres with their position and Ambito."""
    return placed(table, "cpia", table("cpia"), "school_id")


def networks(table: Table, *, streets: bool = True) -> Networks:
    """The networks that answer: the streets in use, if any and if wanted, and the estimated network.

    Raises as ``store.active`` does if the network in use cannot be read.
    """
    made = open_network(table("network_nodes"), table("network_edges"), estimated.walls(drawn(table)))
    return Networks(made, store.active(NETWORKS) if streets else None)


def drawn(table: Table) -> estimated.Drawn:
    """What the estimated network knows from our drawings."""
    return estimated.Drawn(table("lakes"), table("ridges"), table("roads"))


def counted(
    desks: gpd.GeoDataFrame, *, kinds: Sequence[str] = (), evidence: Sequence[str] = ()
) -> gpd.GeoDataFrame:
    """The desks that count for minutes: open as far as we know, placed, of the kinds and evidence asked for.

    Without ``kinds`` those where people are informed and accompanied (``service_kinds.counts_as_desk``);
    without ``evidence`` levels A to C.
    """
    kept = (
        desks["kind"].isin(list(kinds) or desk_kinds())
        & desks["evidence"].isin(list(evidence) or list(EVIDENCE))
        & ~desks["status"].isin(GONE)
        & desks.geometry.notna()
    )
    return desks[kept]


def minutes(
    networks: Networks,
    desks: gpd.GeoDataFrame,
    demand: gpd.GeoDataFrame,
    *,
    mode: str,
    period: str = PEAK,
    nearest: Callable[..., pd.DataFrame] = travel_time.nearest,
) -> pd.DataFrame:
    """Minutes from every demand point to its nearest desk, at a time of day; ``nearest`` computes them.

    People live around their point (``extent.within_place``); the band also holds that neither they nor the desk
    are at their points (``extent.widened``).

    Returns
    -------
    times
        Index of ``demand``: ``minutes`` with the ends ``low`` and ``high`` of the 80 % band, NaN where no desk
        can be reached; ``sportello_id`` of the nearest; ``network`` that answered.
    """
    if desks.empty:
        empty = pd.DataFrame(np.nan, index=demand.index, columns=["minutes", "low", "high"])
        nothing = pd.Series(pd.NA, index=demand.index, dtype="string")
        return empty.assign(sportello_id=nothing, network=nothing)
    goals = desks.set_index("sportello_id")
    found = nearest(networks, goals.geometry, demand.geometry, mode=mode, period=period)
    ground = travel_time.around(networks, demand.geometry, mode=mode)
    around = extent.within_place(
        found["minutes"], demand["radius_m"], pace=ground["pace"], terminal=ground["terminal"]
    )
    reach = goals["reach_m"].reindex(found["nearest"]).to_numpy(float)
    times = banded(
        around, found["network"], demand["radius_m"], reach, ground=ground, mode=mode, period=period
    )
    return times.assign(sportello_id=found["nearest"], network=found["network"])


def banded(
    minutes: Floats,
    network: pd.Series,
    radius_m: pd.Series,
    reach_m: Floats,
    *,
    ground: pd.DataFrame,
    mode: str,
    period: str = PEAK,
) -> pd.DataFrame:
    """Minutes with the two ends of their 80 % band.

    Parameters
    ----------
    minutes
        From each demand point to its desk, of people who live around their point (``extent.within_place``).
    network
        Which network answered each; its index is that of the points.
    radius_m, reach_m
        How far around its point people live, and how far from its point the desk may be.
    ground
        ``pace`` and ``terminal`` of each point (``travel_time.around``).
    """
    low, high = extent.widened(
        minutes,
        *bands_by_network(minutes, network, mode=mode, period=period),
        reach_m=np.hypot(reach_m, radius_m.to_numpy(float)),
        pace=ground["pace"],
        terminal=ground["terminal"],
    )
    return pd.DataFrame({"minutes": minutes, "low": low, "high": high}, index=network.index)


def matrix(table: Table, networks: Networks, *, mode: str, period: str = PEAK) -> Matrix:
    """Minutes of all desks that have a place × all demand points, from what is kept; raises as ``matrices.renewed``."""
    desks = sportelli(table).dropna(subset=["geometry"]).set_index("sportello_id")
    return renewed(MATRICES, networks, desks.geometry, table("demand").geometry, mode=mode, period=period)


def grid(table: Table) -> gpd.GeoSeries:
    """Where the estimated network is asked for a surface: points all over Lombardy, none in a lake."""
    land = shapely.union_all(table("comuni").to_crs(METRES).geometry.to_numpy())
    water = shapely.union_all(table("lakes").to_crs(METRES).geometry.to_numpy())
    return surface.grid(shapely.difference(land, water))


def bands_by_network(
    minutes: ArrayLike, network: pd.Series, *, mode: str, period: str = PEAK
) -> tuple[np.ndarray, np.ndarray]:
    """The two ends of the band of each row, as sure as the network that answered it."""
    values = np.asarray(minutes, float)
    low, high = np.full(values.shape, np.nan), np.full(values.shape, np.nan)
    for label in network.dropna().unique():
        rows = network.eq(label).to_numpy(bool, na_value=False)
        low[rows], high[rows] = bands.band(values[rows], mode=mode, network=label, period=period)
    return low, high


def access(times: pd.DataFrame, demand: gpd.GeoDataFrame, area: pd.Series, *, limit: float) -> pd.DataFrame:
    """Access of each area to a sportello (``coverage.by_area``) for foreign residents, counts as may be shown.

    Counts are protected by comune (``disclosure.part``) and summed. Medians are over foreign residents; in a comune
    where fewer than ``disclosure.LITTLE`` live, over all residents, so that the minutes of a place do not depend on
    somebody having moved there.
    """
    people, comune = demand["foreign_residents"].astype(float), demand["comune_code"]
    enough = people.groupby(comune).transform("sum") >= disclosure.LITTLE
    weights = people.where(enough, 0.0) + demand["residents"].astype(float) * WHERE_NOBODY
    found = coverage.by_area(times, people, area, limit=limit, weights=weights)
    of_comune, everybody = area.groupby(comune).first(), people.groupby(comune).sum()
    for name, end in (("people_beyond", "minutes"), ("beyond_low", "low"), ("beyond_high", "high")):
        beyond = people.where(~(times[end] <= limit), 0.0).groupby(comune).sum()
        found[name] = disclosure.part(beyond, everybody, of_comune)
        if end == "minutes":
            told = disclosure.protected_part(beyond, everybody).groupby(of_comune).sum() / found["people"]
            found["share_beyond"] = told.mask(found[name].isna())
    return found.assign(network=answered(times["network"], area).reindex(found.index, fill_value=""))


def answered(network: pd.Series, area: pd.Series) -> pd.Series:
    """The networks that answered in each area, in order of name; areas where none did are left out."""
    told = pd.DataFrame({"area": area.to_numpy(), "network": network.to_numpy()}).dropna().drop_duplicates()
    labels: pd.Series = told.sort_values(["area", "network"]).groupby("area")["network"].agg("; ".join)
    return labels
