"""The estimated network: a made valley by heart, laws, and known trips on the network we publish."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from scipy.sparse.csgraph import connected_components

from data.catalog import load
from data.derived import network as derived
from geo import estimated
from geo.crs import METRES
from geo.estimated_time import between, nearest
from geo.network import crosses, open_network
from geo.speeds import Car, timed
from tests.borgo import SOUTH, WEST

# A valley on each side of a ridge (y = 0) with a pass at x = 5, and a lake east with an island in it.
PLACES = {"Sud": (0, -2), "Fondo": (5, -2), "Nord": (0, 2), "Cima": (5, 2), "Riva": (9, -2), "Scoglio": (12, -2),
          "Sponda": (15, -2)}  # fmt: skip


def at(x, y):
    return (WEST + 1000 * x, SOUTH + 1000 * y)


def made(*, all_year=True, ferry=True):
    codes = [f"01700{number}" for number in range(len(PLACES))]
    settlements = gpd.GeoDataFrame({
        "settlement_id": [f"{code}-00" for code in codes], "comune_code": codes, "residents": 1000,
        "altitude_m": [300, 300, 500, 900, 200, 210, 200],
    }, geometry=[shapely.Point(at(*km)) for km in PLACES.values()], crs=METRES)  # fmt: skip
    profile = pd.DataFrame({"comune_code": codes, "urbanisation": 3, "altimetric_zone": 1})
    ring = shapely.Polygon(
        [at(10, -6), at(14, -6), at(14, 9), at(10, 9)], [[at(11, -3), at(13, -3), at(13, -1), at(11, -1)]]
    )
    lakes = gpd.GeoDataFrame({"lake": ["Lago"]}, geometry=[ring], crs=METRES)
    ridges = gpd.GeoDataFrame({
        "name": ["Cresta", "Passo"], "kind": ["ridge", "pass"],
        "altitude_m": [pd.NA, 1200], "all_year": [pd.NA, all_year],
    }, geometry=[shapely.LineString([at(-20, 0), at(10.5, 0)]), shapely.Point(at(5, 0))], crs=METRES)  # fmt: skip
    boat = [shapely.LineString([at(9, -2), at(12, -2)])] if ferry else []
    roads = gpd.GeoDataFrame(
        {"name": ["Boat"][: len(boat)], "kind": ["ferry"][: len(boat)]}, geometry=boat, crs=METRES
    )
    return settlements, profile, estimated.Drawn(lakes, ridges, roads)


def opened(**options):
    settlements, profile, drawn = made(**options)
    nodes, edges = timed(*estimated.build(settlements, profile, drawn), Car())
    return open_network(nodes, edges, estimated.walls(drawn))


def trip(network, start, end, mode="car"):
    ends = [gpd.GeoSeries([shapely.Point(at(*PLACES[place]))], crs=METRES) for place in (start, end)]
    return between(network, *ends, mode=mode).iloc[0]


# by heart


def test_no_way_crosses_the_lake_or_the_ridge_but_by_boat():
    settlements, profile, drawn = made()
    nodes, edges = estimated.build(settlements, profile, drawn)
    xy = shapely.get_coordinates(nodes.geometry)
    dry = edges[edges["kind"] != "ferry"]
    walls = open_network(*timed(nodes, edges, Car()), estimated.walls(drawn)).barriers
    assert not crosses(walls, xy[dry["a"]], xy[dry["b"]]).any()


def test_over_the_ridge_one_takes_the_pass():
    assert np.isfinite(trip(opened(), "Sud", "Nord"))


def test_a_pass_closed_in_winter_is_no_way():
    assert np.isnan(trip(opened(all_year=False), "Sud", "Nord"))


def test_the_island_is_reached_by_boat_in_boat_time():
    assert trip(opened(), "Riva", "Scoglio") > 20
    assert np.isnan(trip(opened(ferry=False), "Riva", "Scoglio"))


def test_nobody_drives_on_the_island():
    settlements, profile, drawn = made()
    nodes, _ = timed(*estimated.build(settlements, profile, drawn), Car())
    islander = nodes["settlement_id"] == "017005-00"
    assert nodes.loc[islander, "island"].all()
    assert nodes.loc[islander, "pace_car"].iloc[0] == nodes.loc[islander, "pace_walk"].iloc[0]


def test_climbing_takes_longer_than_the_flat():
    network = opened()
    for mode in ("car", "bike", "walk"):
        assert trip(network, "Nord", "Cima", mode) > trip(network, "Sud", "Fondo", mode)


# laws


def test_the_order_of_rows_changes_nothing():
    settlements, profile, drawn = made()
    nodes, edges = estimated.build(settlements, profile, drawn)
    mixed = estimated.build(settlements.iloc[::-1], profile.sample(frac=1, random_state=1), drawn)
    pd.testing.assert_frame_equal(pd.DataFrame(nodes), pd.DataFrame(mixed[0]))
    pd.testing.assert_frame_equal(edges, mixed[1])


# the network we publish


@pytest.fixture(scope="module")
def lombardy():
    drawn = estimated.Drawn(load("lakes"), load("ridges"), load("roads"))
    return open_network(load("network_nodes"), load("network_edges"), estimated.walls(drawn))


@pytest.fixture(scope="module")
def settlements():
    return load("settlements")


def known_trip(network, settlements, start, end, mode="car"):
    place = (
        settlements.sort_values(["residents"], ascending=False)
        .drop_duplicates("name")
        .set_index("name")
        .geometry
    )
    return between(network, place[[start]], place[[end]], mode=mode).iloc[0]


@pytest.mark.parametrize(
    ("start", "end", "least", "most"),
    [
        ("Milano", "Bergamo", 40, 70), ("Como", "Lecco", 30, 60), ("Bellagio", "Varenna", 50, 100),
        ("Sondrio", "Bergamo", 90, 150), ("Menaggio", "Bellagio", 70, 130), ("Lezzeno", "Argegno", 50, 120),
        ("Foppolo", "Sondrio", 90, 180), ("Premana", "Morbegno", 35, 80), ("Livigno", "Bormio", 30, 70),
        ("Brescia", "Cremona", 35, 70), ("Lecco", "Sondrio", 50, 90), ("Campione d'Italia", "Como", 25, 60),
        ("Siviano", "Iseo", 35, 80),
    ],
)  # fmt: skip
def test_trips_everybody_knows_are_sensible(lombardy, settlements, start, end, least, most):
    assert least <= known_trip(lombardy, settlements, start, end) <= most


def test_no_settlement_lies_in_the_water(settlements):
    wet = gpd.sjoin(settlements, load("lakes"), predicate="within")
    assert wet["name"].tolist() == []


@pytest.mark.parametrize("mode", ["car", "bike", "walk"])
def test_every_settlement_is_joined_to_every_other(lombardy, mode):
    _, part = connected_components(lombardy.minutes[mode])
    assert len(set(part[lombardy.snaps])) == 1


def test_every_comune_has_a_settlement(settlements):
    assert settlements["comune_code"].nunique() == 1502
    assert settlements["residents"].sum() == 10_033_918


def test_the_main_settlement_has_most_residents_of_its_comune(settlements):
    most = settlements.groupby("comune_code")["residents"].transform("max")
    assert (settlements["residents"] == most)[settlements["settlement_id"].str.endswith("-00")].all()


def test_no_way_of_ours_crosses_a_lake_or_a_ridge(lombardy):
    edges = load("network_edges")
    inside = edges[edges["kind"].isin(["local", "ramp"])]
    xy = np.column_stack([lombardy.x, lombardy.y])
    wet = crosses(lombardy.barriers, xy[inside["a"]], xy[inside["b"]])
    assert wet.mean() < 0.001  # the sixth decimal of a degree may touch a shore


def test_a_thousand_pairs_and_all_demand_points_are_answered(lombardy, settlements):
    pick = np.random.default_rng(3)
    one, other = (settlements.geometry.iloc[pick.integers(0, len(settlements), 1000)] for _ in range(2))
    assert between(lombardy, one, other, mode="car").notna().all()
    assert (
        nearest(lombardy, one.iloc[:300].reset_index(drop=True), settlements.geometry, mode="car")["minutes"]
        .notna()
        .all()
    )


def test_the_tables_are_what_the_settlements_and_drawings_give():
    names = ("settlements", "comuni_profile", "lakes", "ridges", "roads")
    made_anew = derived.derive(*(load(name) for name in names))
    for name, table in made_anew.items():
        pd.testing.assert_frame_equal(pd.DataFrame(table), pd.DataFrame(load(name)), check_dtype=False)
