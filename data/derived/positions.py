"""Where each desk, association, school and adult-education centre is, and how surely."""

from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import pandera.pandas as pa
from pandera.engines.geopandas_engine import Geometry

from data.raw import CODE
from geo import geocode
from geo.crs import DEGREES

KINDS: Final = ("sportello", "associazione", "scuola", "cpia")

SCHEMA = pa.DataFrameSchema(
    {
        "kind": pa.Column(str, pa.Check.isin(list(KINDS))),
        "id": pa.Column(str),
        "comune_code": pa.Column(str, pa.Check.str_matches(CODE), nullable=True),
        "precision": pa.Column(str, pa.Check.isin(list(geocode.PRECISIONS))),
        "radius_m": pa.Column(float, pa.Check.gt(0), nullable=True),
        "source": pa.Column(str, nullable=True),
        "geometry": pa.Column(Geometry(crs=DEGREES), nullable=True),
    },
    checks=pa.Check(
        lambda t: t.geometry.isna() == (t["precision"] == "unknown"), name="only the unknown has no point"
    ),
    strict=True,
    unique=["kind", "id"],
)

SPREAD_M: Final = 70.0
"""Distance between things that share a point: enough to click each at the zoom of a town."""


def derive(
    sportelli: pd.DataFrame,
    associazioni: pd.DataFrame,
    scuole: pd.DataFrame,
    cpia: pd.DataFrame,
    foreign_pupils: gpd.GeoDataFrame,
    nursery_positions: gpd.GeoDataFrame,
    school_addresses: gpd.GeoDataFrame,
    stops: gpd.GeoDataFrame,
    biblioteche: gpd.GeoDataFrame,
    comuni: gpd.GeoDataFrame,
    comuni_codes: pd.DataFrame,
    settlements: gpd.GeoDataFrame,
    lakes: gpd.GeoDataFrame,
    *,
    online: geocode.Online | None = None,
) -> gpd.GeoDataFrame:
    """One row a thing on the map: its point, precision and radius; who knew it."""
    given = _given(foreign_pupils, nursery_positions)
    known = address_book(
        scuole, foreign_pupils, nursery_positions, school_addresses, stops, biblioteche, comuni
    )
    schools = scuole.rename(columns={"school_id": "id"}).assign(kind="scuola")
    centres = cpia.rename(columns={"school_id": "id"}).assign(kind="cpia")
    codes = comuni_codes.set_index("cadastral_code")["comune_code"]
    centres["comune_code"] = centres["cadastral_code"].map(codes)
    things = pd.concat(
        [
            sportelli.rename(columns={"sportello_id": "id"}).assign(kind="sportello"),
            associazioni.rename(columns={"associazione_id": "id"}).assign(kind="associazione"),
            schools,
            centres,
        ],
        ignore_index=True,
    )[["kind", "id", "address", "comune_code", "comune"]]
    at = things["id"].map(given).where(things["kind"] == "scuola")
    asked = gpd.GeoDataFrame(things, geometry=gpd.GeoSeries(at, crs=DEGREES))
    placed = geocode.place(asked, known=known, centres=main_settlements(settlements, comuni), online=online)
    table = gpd.GeoDataFrame(
        things[["kind", "id", "comune_code"]].join(placed), geometry="geometry", crs=DEGREES
    )
    table["geometry"] = _laid_out(table, lakes.geometry)
    table["source"] = table["source"].mask(table["source"] == "")
    return table.sort_values(["kind", "id"]).reset_index(drop=True)


def _given(foreign_pupils: gpd.GeoDataFrame, nursery_positions: gpd.GeoDataFrame) -> pd.Series:
    """School code → point, where a source gives coordinates; the table of Milan goes before the nurseries."""
    both = pd.concat(
        [foreign_pupils[["school_id", "geometry"]], nursery_positions[["school_id", "geometry"]]]
    )
    first = both.dropna(subset=["geometry"]).drop_duplicates("school_id")
    return pd.Series(first["geometry"].to_numpy(), index=first["school_id"])


def address_book(
    scuole: pd.DataFrame,
    foreign_pupils: gpd.GeoDataFrame,
    nursery_positions: gpd.GeoDataFrame,
    school_addresses: gpd.GeoDataFrame,
    stops: gpd.GeoDataFrame,
    biblioteche: gpd.GeoDataFrame,
    comuni: gpd.GeoDataFrame,
) -> gpd.GeoDataFrame:
    """Every open row that has both an address and a position: the entries of the local gazetteer.

    Some tables do not say the comune: it is the one the point lies in.
    """
    given = _given(foreign_pupils, nursery_positions)
    unlocated = {
        "scuole dell'infanzia": nursery_positions,
        "anagrafe scuole lombarde": school_addresses,
        "fermate di Milano": stops,
    }
    with_point = scuole.assign(geometry=scuole["school_id"].map(given), source="scuole con coordinate")
    named = [table.assign(source=source) for source, table in unlocated.items()]
    located = pd.concat(named)[["address", "source", "geometry"]]
    located = gpd.sjoin(
        gpd.GeoDataFrame(located, crs=DEGREES), comuni[["comune_code", "geometry"]], predicate="within"
    )
    columns = ["comune_code", "address", "source", "geometry"]
    entries = [with_point[columns], located[columns], biblioteche.assign(source="biblioteche")[columns]]
    return gpd.GeoDataFrame(pd.concat(entries, ignore_index=True), crs=DEGREES)


def main_settlements(settlements: gpd.GeoDataFrame, comuni: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """The main settlement of each comune, the first by ``settlement_id``.

    The radius is that of a circle of the comune's area.
    """
    main = settlements.sort_values("settlement_id").drop_duplicates("comune_code")[
        ["comune_code", "geometry"]
    ]
    area = main["comune_code"].map(comuni.set_index("comune_code")["area_km2"])
    return main.assign(radius_m=(np.sqrt(area / np.pi) * 1000).round())


def _laid_out(table: gpd.GeoDataFrame, water: gpd.GeoSeries) -> gpd.GeoSeries:
    """Desks around associations, schools and centres by themselves: they are different layers of the map.

    Nothing is laid out in a lake.
    """
    laid = [
        geocode.spread(table.loc[table["kind"].isin(kinds), "geometry"], step_m=SPREAD_M, water=water)
        for kinds in (["sportello", "associazione"], ["scuola"], ["cpia"])
    ]
    return gpd.GeoSeries(pd.concat(laid), crs=DEGREES).reindex(table.index)
