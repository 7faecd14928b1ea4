"""The calibration: the car's parameters that fit official minutes, and the error on provinces not seen.

The truth is a sample of minutes by road at the morning peak of October 2019 from comuni to their nearest
service pole (ISTAT, Strategia nazionale aree interne 2020). Parameters minimise a robust (pseudo-Huber)
loss of the logarithm of estimate over truth, held near plausible values by a prior; the error is measured
by leaving out one province at a time, so that no trip is judged by a fit that saw its neighbours. Nothing
is left to chance: two runs write the same file.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
from scipy.optimize import least_squares

from geo.crs import DEGREES
from geo.estimated_time import between
from geo.fitting import band_of, errors, robust
from geo.network import Floats, open_network
from geo.speeds import FILE, Car, timed

PRIOR: Final = Car()
PRIOR_SPREAD: Final = replace(Car(*[0.3] * 9), expressway_kmh=0.1, motorway_kmh=0.1)
"""Standard deviation of the logarithm of each parameter around its prior; few trips tell of fast roads."""


@dataclass(frozen=True)
class Calibration:
    """Parameters, the band's factors (truth over estimate) at a few minutes, and figures of the error."""

    car: Car
    band: Mapping[str, list[float]]
    error: Mapping[str, float]
    held_out: pd.Series
    """Estimated minutes of each trip by the fit that did not see its province."""


def trips(drive_minutes: pd.DataFrame, centres: gpd.GeoSeries) -> gpd.GeoDataFrame:
    """The official trips with both ends placed.

    Parameters
    ----------
    drive_minutes
        ``origin_code``, ``pole_code`` (comuni), ``minutes``.
    centres
        Main settlement of each comune, by code; trips of comuni that are not in it are left out.

    Returns
    -------
    trips
        ``minutes``, ``province`` of the origin, ``pole`` (a point), ``geometry`` (the origin), in degrees.
    """
    known = drive_minutes["origin_code"].isin(centres.index) & drive_minutes["pole_code"].isin(centres.index)
    kept = drive_minutes[known].sort_values(["origin_code", "pole_code"]).reset_index(drop=True)
    points = centres.to_crs(DEGREES)
    origin = points.reindex(kept["origin_code"]).reset_index(drop=True)
    pole = points.reindex(kept["pole_code"]).reset_index(drop=True)
    columns = {
        "minutes": kept["minutes"].astype(float),
        "province": kept["origin_code"].str[:3],
        "pole": pole,
    }
    return gpd.GeoDataFrame(columns, geometry=origin, crs=DEGREES)


def calibrate(
    nodes: gpd.GeoDataFrame, edges: pd.DataFrame, barriers: gpd.GeoSeries, known: gpd.GeoDataFrame
) -> Calibration:
    """Fit the car's parameters on all trips, and measure the error province by province.

    ``nodes``, ``edges`` are those of ``geo.estimated.build`` (minutes already there are made anew),
    ``barriers`` of ``geo.estimated.walls``, ``known`` of ``trips``. Takes a minute or two.
    """
    held_out = pd.Series(np.nan, index=known.index)
    for province in sorted(known["province"].unique()):
        here = known["province"] == province
        car = fit(nodes, edges, barriers, known[~here])
        held_out[here] = estimate(nodes, edges, barriers, known[here], car)
    ratio = known["minutes"] / held_out
    band = band_of(held_out, ratio)
    return Calibration(
        car=Car(**_rounded(asdict(fit(nodes, edges, barriers, known)))),
        band=band,
        error=errors(held_out, known["minutes"], known["province"]),
        held_out=held_out,
    )


def fit(
    nodes: gpd.GeoDataFrame, edges: pd.DataFrame, barriers: gpd.GeoSeries, known: gpd.GeoDataFrame
) -> Car:
    """The parameters nearest to the official minutes and to the prior."""
    start = np.log(PRIOR.as_numbers())

    def residuals(logs: Floats) -> Floats:
        found = estimate(nodes, edges, barriers, known, Car(*np.exp(logs).tolist()))
        from_prior = (logs - start) / np.array(list(asdict(PRIOR_SPREAD).values()))
        return np.concatenate([robust(found, known["minutes"]), from_prior])

    best = least_squares(residuals, start, diff_step=[0.02] * len(start), max_nfev=25, xtol=1e-4, ftol=1e-4)
    return Car(*np.exp(best.x).tolist())


def estimate(
    nodes: gpd.GeoDataFrame, edges: pd.DataFrame, barriers: gpd.GeoSeries, known: gpd.GeoDataFrame, car: Car
) -> pd.Series:
    """Minutes of the trips with the parameters given."""
    network = open_network(*timed(nodes, edges, car), barriers)
    return between(network, known.geometry, gpd.GeoSeries(known["pole"], crs=known.crs), mode="car")


def _rounded(numbers: Mapping[str, float]) -> dict[str, float]:
    """Parameters to the second decimal, as they are written."""
    return {name: round(value, 2) for name, value in numbers.items()}


def write(found: Calibration, file: Path = FILE) -> None:
    """Write the parameter file that ``geo.speeds`` and ``geo.bands`` read."""
    lines = [
        "# Written by the calibration (python3 run.py network calibrate); see docs/estimated-network.md."
    ]
    for table, said in (("car", asdict(found.car)), ("band", found.band), ("error", found.error)):
        lines += ["", f"[{table}]"] + [f"{name} = {value}" for name, value in said.items()]
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
