"""Borgo, an invented town small enough to know every answer by heart.

Kilometres from Piazza; minutes by car beside the ways. A kilometre off the ways takes 2 minutes by car and
12 on foot; every trip has a minute at each end. Between Riva and Molo, a kilometre apart, lies a lake. Eremo
is joined to nothing.

    Chiesa (0,10) ---- 9 ---- Colle (10,10)
       | 8                      | 6
    Piazza (0,0) ---- 10 --- Mulino (10,0) --- 15 --- Riva (20,0) ~lake~ Molo (21,0)       Eremo (40,40)
       |_______________________________________________ 30 __________________|
"""

import geopandas as gpd
import pandas as pd
import shapely

from geo.crs import METRES
from geo.network import Network, open_network

WEST, SOUTH = 540_000.0, 5_000_000.0
PLACES = {
    "Piazza": (0, 0), "Mulino": (10, 0), "Chiesa": (0, 10), "Colle": (10, 10), "Riva": (20, 0), "Molo": (21, 0),
    "Eremo": (40, 40),
}  # fmt: skip
WAYS = [
    ("Piazza", "Mulino", 10), ("Piazza", "Chiesa", 8), ("Chiesa", "Colle", 9), ("Mulino", "Colle", 6),
    ("Mulino", "Riva", 15), ("Piazza", "Molo", 30),
]  # fmt: skip
LAKE = [(20.3, -3), (20.7, -3), (20.7, 3), (20.3, 3)]


def points(*places: str | tuple[float, float]) -> gpd.GeoSeries:
    """Places of Borgo by name, or by kilometres from Piazza; the index is their name or number."""
    km = [PLACES[place] if isinstance(place, str) else place for place in places]
    names = [place if isinstance(place, str) else number for number, place in enumerate(places)]
    return gpd.GeoSeries([_point(one) for one in km], index=names, crs=METRES)


def _point(km: tuple[float, float]) -> shapely.Point:
    return shapely.Point(WEST + 1000 * km[0], SOUTH + 1000 * km[1])


def tables(ways: list[tuple[str, str, float]] = WAYS) -> tuple[gpd.GeoDataFrame, pd.DataFrame]:
    """Nodes and edges of Borgo."""
    paces = {"pace_car": 2.0, "terminal_car": 1.0, "pace_walk": 12.0, "terminal_walk": 1.0, "snaps": True}
    nodes = gpd.GeoDataFrame(geometry=points(*PLACES)).reset_index(drop=True).assign(**paces)
    number = {name: row for row, name in enumerate(PLACES)}
    edges = pd.DataFrame(ways, columns=["from", "to", "minutes_car"]).astype({"minutes_car": float})
    edges = edges.assign(a=edges["from"].map(number), b=edges["to"].map(number))
    return nodes, edges.assign(minutes_walk=edges["minutes_car"] * 10)


def lake() -> gpd.GeoSeries:
    """The lake between Riva and Molo."""
    corners = [(WEST + 1000 * x, SOUTH + 1000 * y) for x, y in LAKE]
    return gpd.GeoSeries([shapely.Polygon(corners)], crs=METRES)


def town(ways: list[tuple[str, str, float]] = WAYS) -> Network:
    """The travel network of Borgo."""
    nodes, edges = tables(ways)
    return open_network(nodes, edges, lake(), name="Borgo", label="di prova")
