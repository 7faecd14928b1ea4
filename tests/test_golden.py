"""Whole answers beside the tables we expect, read in the diff when they change."""

import io
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import pandas as pd

import cli
from geo.crs import DEGREES
from geo.network import ESTIMATED
from geo.travel_time import Networks
from screens import joined
from tests.borgo import points, town

GOLDEN = Path(__file__).parent / "golden"


def same(table: pd.DataFrame, name: str) -> None:
    expected = pd.read_csv(GOLDEN / name, dtype={"comune_code": str, "area": str})
    found = pd.read_csv(io.StringIO(table.to_csv(index=False)), dtype={"comune_code": str, "area": str})
    pd.testing.assert_frame_equal(found, expected, obj=name)


def test_access_in_borgo():
    """Desks: at Piazza, of which the door is known, and at Riva, somewhere within 500 m. Nobody reaches Eremo."""
    places = ["Piazza", "Mulino", "Chiesa", "Colle", "Riva", "Molo", "Eremo"]
    at = points(*places).to_crs(DEGREES)
    demand = gpd.GeoDataFrame(
        {
            "comune_code": ["monte", "piano", "monte", "monte", "lago", "lago", "altrove"],
            "foreign_residents": [300, 40, 20, 8, 100, 3, 7],
            "residents": [3000, 400, 200, 100, 900, 60, 50],
            "radius_m": [500.0, 200, 150, 100, 300, 80, 80],
        },
        geometry=at.to_numpy(),
        crs=DEGREES,
    )
    desks = gpd.GeoDataFrame(
        {"sportello_id": ["piazza", "riva"], "reach_m": [0.0, 500.0]},
        geometry=points("Piazza", "Riva").to_crs(DEGREES).to_numpy(),
        crs=DEGREES,
    )
    times = joined.minutes(Networks(replace(town(), label=ESTIMATED)), desks, demand, mode="car")
    by_place = pd.DataFrame({"place": places}).join(times).round(1)
    same(by_place, "borgo_minutes.csv")
    area = demand["comune_code"].rename("area")
    same(joined.access(times, demand, area, limit=15).round(3).reset_index(), "borgo_access.csv")


def test_the_ten_comuni_of_lombardy_farthest_from_a_desk(tmp_path):
    out = tmp_path / "access.csv"
    cli.main(["access", "--mode", "car", "--limit", "30", "-o", str(out)])
    table = pd.read_csv(out, dtype={"comune_code": str})
    ten = table.sort_values(["people_beyond", "comune_code"], ascending=[False, True]).head(10)
    columns = ["comune_code", "comune", "foreign_residents", "minutes_median", "people_beyond", "low", "high"]
    same(ten[columns], "lombardia_ten.csv")
