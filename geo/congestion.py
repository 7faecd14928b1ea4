"""Traffic on streets: how many times longer than at free flow a street takes, by class of road and time of day.

The factors of the morning peak and the minutes at the two ends of a trip are fitted on official minutes; what
nobody observed here (the other hours, bike and foot) is assumed. Both are in ``congestion.toml``, apart.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.ndimage import uniform_filter
from scipy.optimize import least_squares

from errors import ColumnsMissing, TripsTooFew, UnknownCode, UnknownMode
from geo.fitting import band_of, errors, robust
from geo.network import MODES, Floats
from geo.streets.ways import KINDS

FILE: Final = Path(__file__).with_name("congestion.toml")
"""Assumptions, written by hand, and below ``MARK`` what the calibration wrote."""

MARK: Final = "# Below this line: written by the calibration"

PERIODS: Final = ("peak", "offpeak", "evening")
"""Working days at the two rush hours; between them; after about eight in the evening."""

GROUPS: Final = ("motorway", "expressway", "rural", "urban", "country", "ferry")
"""Motorways; trunk roads and all of 100 km/h or more; faster roads; slow ones in town; slow ones out of town; boats.

The last two are never slower than at free flow: 50 km/h out of town is mostly a guess where no sign is known, and
already longer than what the official minutes say.
"""

FITTED: Final = GROUPS[:4]

SLOW_KMH: Final = 60.0
"""Out of town and in it, roads up to this speed are told apart by where they are, not by their speed."""

CELL_M: Final = 200.0
AROUND: Final = 5
TOWN_FROM: Final = 30
"""In town there are at least so many junctions in the square kilometre around (``AROUND`` cells of ``CELL_M`` a side).

On OpenStreetMap around Porto 71 % of the kilometres of through roads signed 50 or less are then in town, of those
signed 70 or more 31 %, of residential streets 76 %. Nobody tried it in Lombardy.
"""

PRIOR: Final = {"motorway": 0.17, "expressway": 0.20, "rural": 0.20, "urban": 0.31, "terminal": 2.0}
"""Where the fit is pulled to: what the morning peak adds to free flow, as a share, and minutes at each end.

TomTom's index of 2018 gives Brescia 14 % in the mean of the day (mytouritalia.com, 4 June 2019) and Milano 30 %, with
20 minutes more for each 30 at the morning peak (milanotoday.it, June 2019): 0.14 × 0.67 / 0.30 = 0.31 in towns that are
not Milano. In Milano motorways had 20 % where other roads had 36 % (milanotoday.it, on data of 2014): 0.31 × 20 / 36 =
0.17. Expressways, rural roads and the ends of a trip are guesses of ours.
"""

SPREAD: Final = {"motorway": 0.5, "expressway": 0.5, "rural": 0.5, "urban": 0.5, "terminal": 0.3}
"""Standard deviation of the logarithm of each around its prior."""

FEWEST: Final = 30
"""With fewer trips than this, or trips of one fold only, there is nothing to calibrate."""


@dataclass(frozen=True)
class Congestion:
    """Factors of the peak by group, minutes at each end of a trip by car, band and error, as calibrated."""

    network: str
    """Label of the network whose lengths the minutes at free flow came from."""
    peak: Mapping[str, float]
    terminal_min: float
    folds: Mapping[str, list[float]]
    """Lowest and highest factor of each group, and minutes of ``terminal``, found when one fold is left out."""
    band: Mapping[str, list[float]]
    error: Mapping[str, float]
    held_out: pd.Series
    """Estimated minutes of each trip by the fit that did not see its fold."""


def group_of(kind: ArrayLike, kmh: ArrayLike, in_town: ArrayLike | None = None) -> NDArray[np.intp]:
    """Group of each street edge, as a position in ``GROUPS``.

    Parameters
    ----------
    kind
        Class of road, as a position in ``geo.streets.ways.KINDS``.
    kmh
        Speed at free flow, read to the nearest km/h: it may be worked out from metres and minutes.
    in_town
        Whether each edge lies in town (see ``town``). Not given, all up to 50 km/h are taken to be.

    Examples
    --------
    >>> kinds = [KINDS.index("trunk"), KINDS.index("primary"), KINDS.index("primary")]
    >>> [GROUPS[group] for group in group_of(kinds, [90, 90, 50])]
    ['expressway', 'rural', 'urban']
    >>> [GROUPS[group] for group in group_of(kinds, [90, 55, 55], [True, True, False])]
    ['expressway', 'urban', 'country']
    """
    name = np.array([_group_by_kind(one) for one in KINDS])[np.asarray(kind, dtype=np.intp)]
    speed = np.rint(np.asarray(kmh, dtype=float))
    inside = np.ones(speed.shape, dtype=bool) if in_town is None else np.asarray(in_town, dtype=bool)
    fast = speed > (50.0 if in_town is None else SLOW_KMH)
    at = {group: position for position, group in enumerate(GROUPS)}
    where = [name >= 0, speed >= 100, fast, inside]
    return np.select(where, [name, at["expressway"], at["rural"], at["urban"]], at["country"])


def _group_by_kind(kind: str) -> int:
    """Position in ``GROUPS`` of the kinds of road whose group does not hang on speed; else -1."""
    known = {"motorway": "motorway", "trunk": "expressway", "ferry": "ferry"}
    group = known.get(kind.removesuffix("_link"))
    return -1 if group is None else GROUPS.index(group)


def town(places: ArrayLike, junctions: ArrayLike) -> NDArray[np.bool_]:
    """Whether each place lies in town: ``TOWN_FROM`` junctions or more in the square kilometre around it.

    Parameters
    ----------
    places
        n × 2 metres, such as the middle of each street edge.
    junctions
        m × 2 metres: where three streets or more meet.

    Examples
    --------
    >>> block = [(100.0 * x, 100.0 * y) for x in range(10) for y in range(10)]
    >>> town([(500, 500), (5000, 500)], block).tolist()
    [True, False]
    """
    where, meet = (np.asarray(points, float).reshape(-1, 2) for points in (places, junctions))
    if not len(where) or not len(meet):
        return np.zeros(len(where), dtype=bool)
    low = np.minimum(where.min(axis=0), meet.min(axis=0))
    cell, filled = (((points - low) // CELL_M).astype(np.int64) for points in (where, meet))
    shape = np.maximum(cell.max(axis=0), filled.max(axis=0)) + 1
    count = np.bincount(np.ravel_multi_index(filled.T, shape), minlength=shape.prod()).reshape(shape)
    around = uniform_filter(count.astype(float), AROUND, mode="constant") * AROUND**2
    return np.asarray(around[cell[:, 0], cell[:, 1]] >= TOWN_FROM - 0.5)


def factors(kind: ArrayLike, kmh: ArrayLike, in_town: ArrayLike | None = None, *, period: str) -> Floats:
    """What to multiply the free-flow minutes of each street edge by, for a car at a time of day.

    Parameters
    ----------
    kind, kmh, in_town
        As in ``group_of``.
    period
        One of ``PERIODS``.

    Returns
    -------
    factors
        At least 1, in the same order; never more at a quieter time of day.

    Raises
    ------
    UnknownCode
        For a period we do not know.
    """
    return by_group(period)[group_of(kind, kmh, in_town)]


def by_group(period: str) -> Floats:
    """The factor of each of ``GROUPS`` at a time of day; raises ``UnknownCode``."""
    check_period(period)
    said = read()
    share = 1.0 if period == "peak" else said[period]["share_of_peak"]
    return np.array([1 + share * (said["peak"][group] - 1) for group in FITTED] + [1.0, 1.0])


def terminal_min(mode: str) -> float:
    """Minutes spent at each end of a trip on streets: to the vehicle, to park. Raises ``UnknownMode``."""
    if mode not in MODES:
        raise UnknownMode(mode=mode, known=MODES)
    said = read()
    return float(said["fitted"]["terminal_car_min"] if mode == "car" else said["terminal_min"][mode])


def check_period(period: str) -> None:
    """Raise ``UnknownCode`` for a time of day that is none of ``PERIODS``."""
    if period not in PERIODS:
        raise UnknownCode(what="ora del giorno", codes=[period])


@cache
def read(file: Path = FILE) -> dict[str, Any]:
    """Assumptions and what the calibration wrote, as tables of TOML; read once."""
    return tomllib.loads(file.read_text(encoding="utf-8"))


def calibrate(trips: pd.DataFrame, *, network: str) -> Congestion:
    """Fit the factors of the peak on all trips, and measure the error on folds not seen.

    minutes = Σ free-flow minutes of a group × (1 + excess of the group) + 2 × terminal, with no excess for slow country
    roads and boats, excess and terminal above 0: their logarithms minimise a robust loss of log(estimate / truth) and
    the distance from ``PRIOR``.

    Parameters
    ----------
    trips
        One row a trip: ``minutes`` (the truth at the morning peak), ``fold`` (its province), and one column for each of
        ``GROUPS``: minutes at free flow on its roads, without the ends. Rows with something missing are left out.
    network
        Label of the network whose lengths they are.

    Raises
    ------
    ColumnsMissing, TripsTooFew
        For a table without those columns; for fewer than ``FEWEST`` trips, or trips of one fold only.
    """
    wanted = ["minutes", "fold", *GROUPS]
    if absent := [column for column in wanted if column not in trips]:
        raise ColumnsMissing(file="trips", columns=absent)
    known = trips[wanted].dropna()
    folds = sorted(known["fold"].unique())
    if len(known) < FEWEST or len(folds) < 2:
        raise TripsTooFew(trips=len(known), provinces=len(folds))
    held_out = pd.Series(np.nan, index=known.index)
    seen = []
    for fold in folds:
        here = known["fold"] == fold
        seen.append(fit(known[~here]))
        held_out[here] = estimate(known[here], seen[-1])
    whole = fit(known)
    return Congestion(
        network=network,
        peak={group: round(1 + whole[group], 3) for group in FITTED},
        terminal_min=round(whole["terminal"], 2),
        folds={name: _range([one[name] for one in seen], above=float(name in FITTED)) for name in PRIOR},
        band=band_of(held_out, known["minutes"] / held_out),
        error=errors(held_out, known["minutes"], known["fold"]),
        held_out=held_out,
    )


def _range(values: list[float], *, above: float) -> list[float]:
    """Lowest and highest of some values, with ``above`` added."""
    return [round(above + min(values), 3), round(above + max(values), 3)]


def fit(trips: pd.DataFrame) -> dict[str, float]:
    """Excess of each group and minutes at each end, by the names of ``PRIOR``, nearest to the trips and to it."""
    start, spread = np.log(list(PRIOR.values())), np.array(list(SPREAD.values()))

    def residuals(logs: Floats) -> Floats:
        found = estimate(trips, dict(zip(PRIOR, np.exp(logs).tolist(), strict=True)))
        return np.concatenate([robust(found, trips["minutes"]), (logs - start) / spread])

    return dict(zip(PRIOR, np.exp(least_squares(residuals, start).x).tolist(), strict=True))


def estimate(trips: pd.DataFrame, parameters: Mapping[str, float]) -> pd.Series:
    """Minutes of the trips at the peak; columns and parameters as in ``calibrate`` and ``fit``."""
    slowed = sum(
        (trips[group] * (1 + parameters[group]) for group in FITTED), start=trips["country"] + trips["ferry"]
    )
    return slowed + 2 * parameters["terminal"]


def write(found: Congestion, file: Path = FILE) -> None:
    """Write what was found below ``MARK``; the assumptions above it stay as they are."""
    source = file if file.exists() else FILE
    assumed = source.read_text(encoding="utf-8").partition(MARK)[0]
    fitted = {"network": f'"{found.network}"', "terminal_car_min": found.terminal_min}
    tables = {
        "fitted": fitted, "peak": found.peak, "folds": found.folds, "band": found.band, "error": found.error,
    }  # fmt: skip
    lines = [f"{MARK} (python3 run.py network calibrate); see docs/congestion.md."]
    for table, said in tables.items():
        lines += ["", f"[{table}]"] + [f"{name} = {value}" for name, value in said.items()]
    file.write_text(assumed + "\n".join(lines) + "\n", encoding="utf-8")
    read.cache_clear()
