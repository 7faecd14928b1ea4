"""Settlements: the inhabited places of every comune, from OpenStreetMap and ISTAT, without twins."""

import re
import unicodedata
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import pandera.pandas as pa
from numpy.typing import NDArray
from pandera.engines.geopandas_engine import Geometry
from scipy.spatial import cKDTree

from geo.crs import DEGREES, METRES

KINDS: Final = ("city", "town", "suburb", "village", "locality", "comune")
"""OpenStreetMap's four, then ISTAT's main localities it lacks, then a point of a comune that has neither."""

TWIN_M: Final = 800.0
"""A locality this near to a place of its comune is the same settlement."""

LEAST_SHARE: Final = 0.02
"""Share of a comune's residents a village counts for at least (a third at most for all of them)."""

SCHEMA = pa.DataFrameSchema(
    {
        "settlement_id": pa.Column(str, pa.Check.str_matches(r"^\d{6}-\d{2,3}$"), unique=True),
        "comune_code": pa.Column(str, pa.Check.str_matches(r"^\d{6}$")),
        "name": pa.Column(str),
        "kind": pa.Column(str, pa.Check.isin(KINDS)),
        "altitude_m": pa.Column("Int64", pa.Check.in_range(0, 3000)),
        "residents": pa.Column("Int64", pa.Check.ge(0)),
        "geometry": pa.Column(Geometry(crs=DEGREES)),
    },
    strict=True,
)


def derive(
    places: gpd.GeoDataFrame,
    localities: gpd.GeoDataFrame,
    comuni: gpd.GeoDataFrame,
    comuni_profile: pd.DataFrame,
    residents: pd.DataFrame,
) -> gpd.GeoDataFrame:
    """One row a settlement, in the order of ``settlement_id``; ``-00`` is the main one of its comune.

    OpenStreetMap's places and ISTAT's main localities together; a locality with the name of a place
    of its comune, or within ``TWIN_M`` of one, only lends it altitude and residents. A comune with
    neither gets a point inside its outline. Altitudes not given are interpolated from the three
    nearest localities. ``residents`` splits the comune's residents: see ``_spread``; sums are exact.
    """
    found = pd.concat([_places(places), _localities(localities)], ignore_index=True)
    found = found[found["comune_code"].isin(comuni["comune_code"])]
    found = pd.concat([found, _fallback(comuni, found["comune_code"])], ignore_index=True)
    points = gpd.GeoSeries(found.pop("geometry"), crs=DEGREES).to_crs(METRES)
    found["x"], found["y"] = points.x, points.y
    found = _join_twins(found)
    found = found.merge(comuni[["comune_code", "comune"]], on="comune_code")
    found = _main_first(found)
    found["altitude_m"] = _altitudes(found, comuni_profile)
    people = residents.set_index("comune_code")["residents"]
    found["residents"] = _spread(found, found["comune_code"].map(people).fillna(0).astype(float))
    number = found.groupby("comune_code").cumcount()
    found["settlement_id"] = found["comune_code"] + number.map("-{:02d}".format)
    geometry = gpd.GeoSeries(gpd.points_from_xy(found["x"], found["y"]), crs=METRES).to_crs(DEGREES)
    rounded = gpd.points_from_xy(geometry.x.round(6), geometry.y.round(6))
    columns = [name for name in SCHEMA.columns if name != "geometry"]
    return gpd.GeoDataFrame(found[columns], geometry=rounded, crs=DEGREES)


def _places(places: gpd.GeoDataFrame) -> pd.DataFrame:
    """OpenStreetMap's places without mountain passes, once where a name stands twice in a comune."""
    table = pd.DataFrame(places[["comune_code", "name", "kind", "geometry"]])
    table = table[~table["name"].str.startswith("Passo ")]
    table = table.assign(plain=table["name"].map(_plain), altitude_m=np.nan, weight=np.nan)
    rank = table["kind"].map({kind: i for i, kind in enumerate(KINDS)})
    by_rank = table.assign(rank=rank, place_id=places["place_id"]).sort_values(["rank", "place_id"])
    return by_rank.drop_duplicates(["comune_code", "plain"]).drop(columns=["rank", "place_id"])


def _localities(localities: gpd.GeoDataFrame) -> pd.DataFrame:
    """ISTAT's main localities, the largest first."""
    table = pd.DataFrame(localities).rename(columns={"locality": "name", "residents_2011": "weight"})
    table = table.assign(plain=table["name"].map(_plain), kind="locality")
    table[["altitude_m", "weight"]] = table[["altitude_m", "weight"]].astype(float)
    table = table.sort_values(["weight", "name"], ascending=[False, True])
    return table[["comune_code", "name", "kind", "geometry", "plain", "altitude_m", "weight"]]


def _fallback(comuni: gpd.GeoDataFrame, known: pd.Series) -> pd.DataFrame:
    """A point inside each comune that has no settlement."""
    alone = comuni[~comuni["comune_code"].isin(known)]
    points = alone.geometry.representative_point()
    return pd.DataFrame({
        "comune_code": alone["comune_code"], "name": alone["comune"], "kind": "comune", "geometry": points,
        "plain": alone["comune"].map(_plain), "altitude_m": np.nan, "weight": np.nan,
    })  # fmt: skip


def _plain(name: str) -> str:
    """A name for comparison: without accents, case and punctuation."""
    bare = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", " ", bare).strip()


def _join_twins(found: pd.DataFrame) -> pd.DataFrame:
    """Localities that are a place already lend it their altitude and weight, and go."""
    kept, gone = found.copy(), []
    for _, rows in found.groupby("comune_code", sort=True):
        others = rows[rows["kind"] != "locality"]
        free = set(others.index)
        for index, locality in rows[rows["kind"] == "locality"].iterrows():
            distance = np.hypot(others["x"] - locality["x"], others["y"] - locality["y"])
            near = distance[(distance < TWIN_M) & distance.index.isin(free)].sort_values()
            named = others.index[(others["plain"] == locality["plain"]) & others.index.isin(free)]
            twin = named[0] if len(named) else (near.index[0] if len(near) else None)
            if twin is not None:
                kept.loc[twin, ["altitude_m", "weight"]] = locality[["altitude_m", "weight"]].to_numpy(float)
                free.discard(twin)
                gone.append(index)
    return kept.drop(index=gone)


def _main_first(found: pd.DataFrame) -> pd.DataFrame:
    """Rows by comune, its main settlement first: the largest locality, else its namesake, else its kind."""
    order = found.assign(
        namesake=found["plain"] == found["comune"].map(_plain),
        rank=found["kind"].map({kind: i for i, kind in enumerate(["city", "town", "village"])}).fillna(9),
        weight_0=found["weight"].fillna(-1),
    ).sort_values(
        ["comune_code", "weight_0", "namesake", "rank", "plain", "x"],
        ascending=[True, False, False, True, True, True],
    )
    return order.drop(columns=["namesake", "rank", "weight_0"]).reset_index(drop=True)


def _altitudes(found: pd.DataFrame, comuni_profile: pd.DataFrame) -> pd.Series:
    """Metres above the sea: as given, else the comune's for its main settlement, else interpolated."""
    of_comune = comuni_profile.set_index("comune_code")["altitude_m"].astype(float)
    first = ~found["comune_code"].duplicated()
    given = found["altitude_m"].fillna(found["comune_code"].map(of_comune).where(first))
    known = given.notna().to_numpy()
    at = found[["x", "y"]].to_numpy()
    count = min(3, int(known.sum()))
    near = cKDTree(at[known]).query(at[~known], k=np.arange(1, count + 1))
    metres, nearest = np.asarray(near[0]), np.asarray(near[1])
    pull = 1.0 / np.maximum(metres, 1.0)
    given[~known] = (given[known].to_numpy()[nearest] * pull).sum(axis=1) / pull.sum(axis=1)
    return given.round().astype("Int64")


def _spread(found: pd.DataFrame, people: pd.Series) -> pd.Series:
    """Residents of each settlement, whole numbers whose sum is the comune's.

    The main localities hold what they held in 2011 and share it evenly with the suburbs of the comune;
    the rest is shared evenly by its other villages, each of which gets at least ``LEAST_SHARE`` and at most
    as much as the main settlement.
    """
    in_town = found["weight"].notna() | (found["kind"] == "suburb")
    in_town |= ~found["comune_code"].duplicated()
    town = found["weight"].where(in_town).groupby(found["comune_code"]).transform("sum")
    members = in_town.groupby(found["comune_code"]).transform("sum")
    villages = (~in_town).groupby(found["comune_code"]).transform("sum")
    least = (villages * LEAST_SHARE).clip(upper=1 / 3)
    outside = (1 - (town / people).where(town > 0)).fillna(0.0).clip(lower=least, upper=1.0)
    own = found["weight"].where(found["kind"] != "suburb").fillna(0.0)
    alone = members - (found["kind"] == "suburb").groupby(found["comune_code"]).transform("sum")
    pooled = (own / town.where(town > 0)).fillna(1 / members).where(members == alone, 1 / members)
    largest = pooled.groupby(found["comune_code"]).transform("first") * villages
    outside = outside.clip(upper=largest / (1 + largest)).where(villages > 0, 0.0)
    share = pooled.where(in_town, 1.0) * (1 - outside).where(in_town, outside / villages.clip(lower=1))
    return _whole(share, people, found["comune_code"])


def _whole(share: pd.Series, people: pd.Series, group: pd.Series) -> pd.Series:
    """Shares of a group's people as whole numbers, largest remainders first; sums are kept."""
    total = share.groupby(group).transform("sum")
    exact = people * share / total
    floor = np.floor(exact + 1e-9)
    missing = (people - floor.groupby(group).transform("sum")).round()
    remainder: NDArray[np.float64] = (exact - floor).round(6).to_numpy()
    order = pd.DataFrame({"group": group, "remainder": -remainder}).sort_values(
        ["group", "remainder"], kind="stable"
    )
    turn = order.groupby("group").cumcount().reindex(share.index)
    whole: pd.Series = (floor + (turn < missing)).astype("Int64")
    return whole
