"""Demand points: where residents and foreign residents live, spread over settlements and Milan's grid."""

from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import pandera.pandas as pa
from pandera.engines.geopandas_engine import Geometry

from data.raw import CODE
from geo.crs import DEGREES, METRES
from geo.extent import CELL_RADIUS_M, built_up_radius_m

GRID_PROVINCE: Final = "015"
LEAST_RADIUS_M: Final = 50.0

SCHEMA = pa.DataFrameSchema(
    {
        "point_id": pa.Column(str, pa.Check.str_matches(r"^(?:s\d{6}-\d+|g\d+)$"), unique=True),
        "comune_code": pa.Column(str, pa.Check.str_matches(CODE)),
        "place": pa.Column(str),
        "residents": pa.Column("Int64", pa.Check.ge(0)),
        "foreign_residents": pa.Column("Int64", pa.Check.ge(0)),
        "third_country": pa.Column(float, pa.Check.ge(0)),
        "radius_m": pa.Column(float, pa.Check.gt(0), description="how far around the point they live"),
        "basis": pa.Column(str, pa.Check.isin(["centro abitato", "griglia 500 m"])),
        "geometry": pa.Column(Geometry(crs=DEGREES)),
    },
    strict=True,
)


def derive(
    settlements: gpd.GeoDataFrame,
    milan_grid: gpd.GeoDataFrame,
    nil: gpd.GeoDataFrame,
    comuni: gpd.GeoDataFrame,
    residents: pd.DataFrame,
    foreign_population: pd.DataFrame,
    citizenship: pd.DataFrame,
) -> gpd.GeoDataFrame:
    """One row a place where somebody lives, with people on 1 January 2025.

    Residents and foreign residents of a comune are shared among its places in proportion to the weight of
    each (residents of the settlement, residents of the cell), in whole people whose sum is exact. Third-country
    citizens follow the share of the comune where it is known, else that of the rest of its province: an
    expectation, not a count, so it is not whole.
    """
    places = pd.concat([_settled(settlements, comuni), _gridded(milan_grid, settlements, nil, comuni)])
    places = places.sort_values(["comune_code", "point_id"]).reset_index(drop=True)
    people = residents.merge(foreign_population, on="comune_code").set_index("comune_code")
    for column in ("residents", "foreign_residents"):
        totals = places["comune_code"].map(people[column]).astype(float)
        places[column] = shared_out(totals, places["weight"], places["comune_code"])
    built_up = built_up_radius_m(places["residents"]).clip(lower=LEAST_RADIUS_M).round()
    places["radius_m"] = built_up.where(places["basis"] == "centro abitato", CELL_RADIUS_M)
    share = third_country_share(foreign_population.set_index("comune_code")["foreign_residents"], citizenship)
    places["third_country"] = (
        (places["foreign_residents"] * places["comune_code"].map(share)).astype(float).round(3)
    )
    lived_in = places["residents"] + places["foreign_residents"] > 0
    kept = places.loc[lived_in, list(SCHEMA.columns)]
    return gpd.GeoDataFrame(kept, crs=DEGREES).reset_index(drop=True)


def _settled(settlements: gpd.GeoDataFrame, comuni: gpd.GeoDataFrame) -> pd.DataFrame:
    on_grid = comuni.loc[comuni["province_code"] == GRID_PROVINCE, "comune_code"]
    kept = settlements[~settlements["comune_code"].isin(on_grid)]
    return pd.DataFrame(
        {
            "point_id": "s" + kept["settlement_id"].astype(str),
            "comune_code": kept["comune_code"],
            "place": kept["name"],
            "weight": kept["residents"].astype(float),
            "basis": "centro abitato",
            "geometry": kept["geometry"],
        }
    )


def _gridded(
    grid: gpd.GeoDataFrame, settlements: gpd.GeoDataFrame, nil: gpd.GeoDataFrame, comuni: gpd.GeoDataFrame
) -> pd.DataFrame:
    """Cells of the metropolitan city of Milan under the comune their centre lies in, named after the NIL or the
    nearest settlement of the same comune.
    """
    ours = comuni.loc[comuni["province_code"] == GRID_PROVINCE, ["comune_code", "geometry"]]
    cells = gpd.sjoin(grid, ours, predicate="within").drop(columns="index_right")
    named = gpd.sjoin(cells, nil[["nil", "geometry"]], how="left", predicate="within")
    named = named.loc[~named.index.duplicated()]
    return pd.DataFrame(
        {
            "point_id": "g" + named["cell_id"].astype(str),
            "comune_code": named["comune_code"],
            "place": named["nil"].str.title().fillna(_nearest_name(named, settlements)),
            "weight": named["residents"],
            "basis": "griglia 500 m",
            "geometry": named["geometry"],
        }
    )


def _nearest_name(cells: gpd.GeoDataFrame, settlements: gpd.GeoDataFrame) -> pd.Series:
    names: pd.Series = pd.Series("", index=cells.index, dtype=str)
    centres = settlements.to_crs(METRES)
    for code, here in cells.to_crs(METRES).groupby("comune_code"):
        known = centres[centres["comune_code"] == code]
        _, nearest = known.sindex.nearest(here.geometry, return_all=False)
        names.loc[here.index] = known["name"].to_numpy()[nearest]
    return names


def shared_out(totals: pd.Series, weights: pd.Series, groups: pd.Series) -> pd.Series:
    """Whole people shared out in proportion to weights, the sum of each group exact (largest remainders).

    ``totals`` repeats the group's total on each of its rows; a group whose weights are all zero is shared
    evenly. Ties go to the first row.
    """
    weight = weights.where(weights.groupby(groups).transform("sum") > 0, 1.0)
    exact = totals * weight / weight.groupby(groups).transform("sum")
    floor = np.floor(exact + 1e-9)
    left = (totals - floor.groupby(groups).transform("sum")).round()
    rank = (floor - exact).round(9).groupby(groups).rank(method="first")
    shared: pd.Series = floor + (rank <= left)
    return shared.astype("Int64")


def third_country_share(foreign: pd.Series, citizenship: pd.DataFrame) -> pd.Series:
    """Share of third-country citizens among the foreign residents of each comune, from 0 to 1.

    Known where the comune's citizenships are published; elsewhere the share of what is left of its
    province, so that the provinces' totals come out exact. Missing where nobody is foreign.
    """
    third = citizenship[~citizenship["eu"]].groupby("area_code")["residents"].sum().astype(float)
    known = third[third.index.str.len() == 6]
    province = foreign.index.to_series().str[:3]
    is_known = foreign.index.isin(known.index)
    rest_third = third - known.groupby(known.index.str[:3]).sum().reindex(third.index).fillna(0)
    rest_foreign = foreign[~is_known].groupby(province[~is_known]).sum()
    by_province = province.map(rest_third / rest_foreign.reindex(rest_third.index))
    by_comune: pd.Series = (known.reindex(foreign.index) / foreign).where(is_known, by_province)
    return by_comune.clip(0, 1)
