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
from geo.network import Floats, open_network
from geo.speeds import FILE, Car, timed
from geo.travel_time import between

PRIOR: Final = Car()
PRIOR_SPREAD: Final = replace(Car(*[0.3] * 9), expressway_kmh=0.1, motorway_kmh=0.1)
"""Standard deviation of the logarithm of each parameter around its prior; few trips tell of fast roads."""

ROBUST: Final = 0.1
"""Logarithm of estimate over truth beyond which an error counts linearly."""

BINS: Final = 3
"""The band is read from this many equal groups of trips, by estimated minutes."""

COVERAGE: Final = 0.8


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
        off = np.log(found / known["minutes"]).to_numpy() / ROBUST
        robust = np.sign(off) * np.sqrt(2 * (np.sqrt(1 + off**2) - 1))
        return np.concatenate([robust, (logs - start) / np.array(list(asdict(PRIOR_SPREAD).values()))])

    best = least_squares(residuals, start, diff_step=[0.02] * len(start), max_nfev=25, xtol=1e-4, ftol=1e-4)
    return Car(*np.exp(best.x).tolist())


def estimate(
    nodes: gpd.GeoDataFrame, edges: pd.DataFrame, barriers: gpd.GeoSeries, known: gpd.GeoDataFrame, car: Car
) -> pd.Series:
    """Minutes of the trips with the parameters given."""
    network = open_network(*timed(nodes, edges, car), barriers)
    return between(network, known.geometry, gpd.GeoSeries(known["pole"], crs=known.crs), mode="car")


def band_of(estimated: pd.Series, ratio: pd.Series) -> dict[str, list[float]]:
    """Factors from the estimate to the two ends of the band, at the median minutes of each group of trips.

    ``ratio`` is truth over estimate. The ends are the quantiles of a finite sample made for new trips:
    rank (n + 1) q rather than n q (Vovk et al. 2005, "Algorithmic learning in a random world").
    """
    group = pd.qcut(estimated.rank(method="first"), BINS, labels=False)
    tail = (1 - COVERAGE) / 2
    rows = []
    for number in range(BINS):
        inside = group == number
        n = int(inside.sum())
        low, high = np.quantile(
            ratio[inside],
            [max(tail * (n + 1) - 1, 0) / (n - 1), min((1 - tail) * (n + 1) - 1, n - 1) / (n - 1)],
        )
        rows.append(
            (round(float(estimated[inside].median()), 1), round(float(low), 3), round(float(high), 3))
        )
    minutes, low, high = (list(column) for column in zip(*rows, strict=True))
    return {"minutes": minutes, "low": low, "high": high}


def errors(estimated: pd.Series, truth: pd.Series, province: pd.Series) -> dict[str, float]:
    """Figures of the error on trips not seen; ``coverage`` is of bands made without the trip's province."""
    off, inside = estimated - truth, pd.Series(False, index=truth.index)
    for one in sorted(province.unique()):
        here = province == one
        band = band_of(estimated[~here], (truth / estimated)[~here])
        low, high = (np.interp(estimated[here], band["minutes"], band[end]) for end in ("low", "high"))
        inside[here] = ((truth / estimated)[here] >= low) & ((truth / estimated)[here] <= high)
    return {
        "trips": float(len(truth)),
        "mean_absolute_min": round(float(off.abs().mean()), 2),
        "median_absolute_min": round(float(off.abs().median()), 2),
        "median_absolute_share": round(float((off.abs() / truth).median()), 3),
        "bias_min": round(float(off.mean()), 2),
        "root_mean_square_min": round(float(np.sqrt((off**2).mean())), 2),
        "coverage": round(float(inside.mean()), 3),
    }


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
