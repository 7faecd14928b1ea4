"""What a kilometre costs on the estimated network: by car as calibrated, by bike and on foot as assumed."""

import tomllib
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.network import Floats

FILE: Final = Path(__file__).with_name("estimated.toml")
"""Parameters and errors, written by the calibration."""


@dataclass(frozen=True)
class Car:
    """The car's few parameters; speeds are effective ones at the morning peak, terminal times apart.

    ``city_kmh``, ``town_kmh``, ``rural_kmh``: local and main roads by degree of urbanisation;
    ``mountain_factor`` slows them in the mountains (altimetric zones 1 and 2), where local roads also take
    ``climb_min_per_100m``; ``terminal_min`` is spent once a trip, ``city_terminal_min`` more at each end
    for each e-fold of residents of the comune above ``geo.estimated.CITY_FROM`` (up to ``CITY_TO``).
    """

    city_kmh: float = 30.0
    town_kmh: float = 40.0
    rural_kmh: float = 50.0
    expressway_kmh: float = 80.0
    motorway_kmh: float = 95.0
    mountain_factor: float = 0.7
    climb_min_per_100m: float = 1.0
    terminal_min: float = 4.0
    city_terminal_min: float = 1.5

    def as_numbers(self) -> Floats:
        """The parameters in order."""
        return np.array(list(asdict(self).values()))


WINDING: Final = 1.15
"""Road over straight line between neighbouring settlements, where the land is flat."""

WINDING_MOUNTAIN: Final = 1.5
"""The same in the mountains."""

WINDING_DRAWN: Final = {"motorway": 1.03, "expressway": 1.06, "abroad": 1.15}
"""Road over straight line between the corners of a drawn road."""

FERRY_MIN: Final = 20.0
"""A boat to Monte Isola: five minutes to cross, and half the wait between two boats on each shore."""

WALK_KMH: Final = 4.8
BIKE_KMH: Final = 14.0
WINDING_SLOW: Final = 1.25
"""Way over straight line on foot and by bike; ``WINDING_MOUNTAIN`` in the mountains."""

WALK_TERMINAL_MIN: Final = 0.5
BIKE_TERMINAL_MIN: Final = 1.0
"""Spent at each end."""


def timed(nodes: gpd.GeoDataFrame, edges: pd.DataFrame, car: Car) -> tuple[gpd.GeoDataFrame, pd.DataFrame]:
    """Nodes with paces and terminal times, edges with minutes, for car, bike and walk.

    Takes and gives back the tables of ``geo.estimated.build``, with ``pace_<mode>`` (minutes per straight
    kilometre), ``terminal_<mode>`` and ``minutes_<mode>`` (missing where the mode may not pass).
    """
    island = nodes["island"].to_numpy(bool)
    winding = np.where(nodes["mountain"], WINDING_MOUNTAIN, WINDING_SLOW)
    walk = 60 / WALK_KMH * winding
    nodes = nodes.assign(
        pace_car=np.where(island, walk, car_pace(nodes, car)),
        pace_bike=60 / BIKE_KMH * winding,
        pace_walk=walk,
        terminal_car=car.terminal_min / 2 + car.city_terminal_min * nodes["city_size"],
        terminal_bike=BIKE_TERMINAL_MIN,
        terminal_walk=WALK_TERMINAL_MIN,
    )
    edges = edges.assign(
        minutes_car=car_minutes(nodes, edges, car),
        minutes_bike=_slow(nodes, edges, "bike"),
        minutes_walk=_slow(nodes, edges, "walk"),
    )
    return nodes, edges


def car_pace(nodes: gpd.GeoDataFrame, car: Car) -> Floats:
    """Minutes per straight kilometre on local roads around each node."""
    by_class = np.array([car.city_kmh, car.town_kmh, car.rural_kmh])
    speed = by_class[nodes["urbanisation"].to_numpy(int) - 1]
    mountain = nodes["mountain"].to_numpy(bool)
    speed = np.where(mountain, speed * car.mountain_factor, speed)
    return np.asarray(60 / speed * np.where(mountain, WINDING_MOUNTAIN, WINDING))


def car_minutes(nodes: gpd.GeoDataFrame, edges: pd.DataFrame, car: Car) -> Floats:
    """Minutes by car of each edge, the same both ways."""
    a, b, kind = edges["a"].to_numpy(), edges["b"].to_numpy(), edges["kind"].to_numpy()
    km, climb = edges["km"].to_numpy(), edges["climb_m"].to_numpy()
    pace = nodes["pace_car"].to_numpy()
    local = km * (pace[a] + pace[b]) / 2
    minutes = np.where(kind == "main", local, local + climb / 100 * car.climb_min_per_100m)
    speeds = {"motorway": car.motorway_kmh, "expressway": car.expressway_kmh, "abroad": car.town_kmh}
    for name, speed in speeds.items():
        minutes = np.where(kind == name, km * WINDING_DRAWN[name] / speed * 60, minutes)
    return np.where(kind == "ferry", FERRY_MIN, minutes)


def _slow(nodes: gpd.GeoDataFrame, edges: pd.DataFrame, mode: str) -> Floats:
    """Minutes by bike or on foot of each edge, the mean of both ways; NaN on motorways and expressways."""
    a, b, kind = edges["a"].to_numpy(), edges["b"].to_numpy(), edges["kind"].to_numpy()
    pace = nodes[f"pace_{mode}"].to_numpy()
    flat = edges["km"].to_numpy() * (pace[a] + pace[b]) / 2
    road_m = flat / 60 * (WALK_KMH if mode == "walk" else BIKE_KMH) * 1000
    slope = edges["climb_m"].to_numpy() / np.maximum(road_m, 50)
    minutes = flat * (walk_slowdown(slope) if mode == "walk" else bike_slowdown(slope))
    minutes = np.where(kind == "ferry", FERRY_MIN, minutes)
    return np.where(np.isin(kind, ["motorway", "expressway"]), np.nan, minutes)


def walk_slowdown(slope: Floats) -> Floats:
    """How many times longer a slope takes on foot than the flat, mean of up and down.

    Tobler's hiking function, speed ∝ exp(-3.5 |s + 0.05|) (Tobler 1993, "Three presentations on
    geographical analysis and modeling", NCGIA report 93-1); roads and paths wind rather than be
    steeper than 0.3.
    """
    s = np.minimum(slope, 0.3)
    up, down = np.exp(3.5 * np.abs(s + 0.05)), np.exp(3.5 * np.abs(-s + 0.05))
    return np.asarray((up + down) / 2 / np.exp(3.5 * 0.05))


def bike_slowdown(slope: Floats) -> Floats:
    """How many times longer a slope takes by bike than the flat, mean of up and down.

    Each 1 % up takes 6.7 % off the speed (never under 5 km/h), each 1 % down adds 4 % (at most a
    third), the proportions measured by Parkin and Rotheram (2010), "Design speeds and acceleration
    characteristics of bicycle traffic", Transport Policy 17(5), doi:10.1016/j.tranpol.2010.03.001.
    """
    up = np.maximum(1 - 6.7 * slope, 5 / BIKE_KMH)
    down = np.minimum(1 + 4 * slope, 4 / 3)
    return np.asarray((1 / up + 1 / down) / 2)


def read_parameters(file: Path = FILE) -> dict[str, Any]:
    """What the calibration wrote: tables ``car``, ``band``, ``error``."""
    return tomllib.loads(file.read_text(encoding="utf-8"))


def read_car(file: Path = FILE) -> Car:
    """The calibrated parameters of the car."""
    return Car(**read_parameters(file)["car"])
