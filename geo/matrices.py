"""Minutes of all desks × all demand points, kept in a file a mode, and renewed only where something changed.

A file knows the mark of its inputs: the networks, the traffic on them, the mode, the time of day, the limit and the
points. While they are the same, only desks that are new or have moved are searched; else all are.
"""

from collections.abc import Hashable
from hashlib import sha256
from pathlib import Path
from typing import Final, NamedTuple
from zipfile import BadZipFile

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csr_array, vstack

from geo import congestion, travel_time
from geo.crs import METRES
from geo.network import Floats, Network
from geo.street_time import PEAK
from geo.travel_time import Networks
from geo.whole import whole

LIMIT_MIN: Final = 120.0
"""Nobody is expected to travel longer to a desk; what lies beyond is not kept."""

FORMAT: Final = 1

AT_ONCE: Final = 64
"""Rows held dense together."""


class Matrix(NamedTuple):
    """Minutes from demand points (columns) to desks (rows).

    ``minutes`` holds what lies within ``limit``; the rest is farther or unreachable. ``desks`` names the rows.
    ``streets`` and ``street_points`` say which rows and columns the street network covers: a pair of two such was
    answered by it, any other by the estimated one. ``searched`` counts the places searched this time.
    """

    minutes: csr_array
    desks: pd.Index
    streets: NDArray[np.bool_]
    street_points: NDArray[np.bool_]
    limit: float
    searched: int

    def row(self, desk: Hashable) -> Floats:
        """Minutes from every point to one desk; NaN beyond the limit, and everywhere for a desk that is not here."""
        return self.nearest(np.flatnonzero(self.desks == desk)[:1])[0]

    def nearest(self, rows: list[int] | NDArray[np.int64]) -> tuple[Floats, NDArray[np.int64]]:
        """Minutes from every point to the nearest of some desks (by position), and which; NaN and -1 beyond the limit.

        Of desks equally near, the first.
        """
        wanted = np.asarray(rows, dtype=np.int64)
        size = self.minutes.shape[1]
        best, which = np.full(size, np.inf), np.full(size, -1, dtype=np.int64)
        for part in np.array_split(wanted, max(1, -(-len(wanted) // AT_ONCE))):
            block = self.minutes[part]
            dense = np.full(block.shape, np.inf)
            dense[np.repeat(np.arange(len(part)), np.diff(block.indptr)), block.indices] = block.data
            first = dense.argmin(axis=0) if len(part) else which
            least = dense[first, np.arange(size)] if len(part) else best
            better = least < best
            best[better], which[better] = least[better], part[first[better]]
        return np.where(np.isfinite(best), best, np.nan), which

    def two_nearest(
        self, rows: list[int] | NDArray[np.int64]
    ) -> tuple[tuple[Floats, NDArray[np.int64]], tuple[Floats, NDArray[np.int64]]]:
        """The nearest and the second nearest of some desks, each as ``nearest`` gives it.

        Of desks equally near, the first of them is the nearest; desks at the same spot are two desks.
        """
        wanted = np.asarray(rows, dtype=np.int64)
        first = self.nearest(wanted)
        second, which = np.full(len(first[0]), np.nan), np.full(len(first[0]), -1, dtype=np.int64)
        for desk in np.unique(first[1][first[1] >= 0]):
            here = np.flatnonzero(first[1] == desk)
            only = self._replace(minutes=csr_array(self.minutes[:, here]))
            second[here], which[here] = only.nearest(wanted[wanted != desk])
        return first, (second, which)


def path_of(folder: Path, *, mode: str, period: str = PEAK) -> Path:
    """The file of a mode and time of day."""
    return folder / f"{mode}-{period}.npz"


def renewed(
    folder: Path,
    networks: Networks,
    desks: gpd.GeoSeries,
    points: gpd.GeoSeries,
    *,
    mode: str,
    period: str = PEAK,
    limit: float = LIMIT_MIN,
) -> Matrix:
    """The matrix of these desks and points, from its file where that still holds.

    Parameters
    ----------
    folder
        Where matrices are kept; one that is missing, broken or of other inputs is made again.
    desks, points
        Any coordinates; the index of ``desks`` names them.

    Raises
    ------
    UnknownMode, CoordinateError, UnknownCode
        As ``travel_time.nearest`` does; for a time of day we do not know.
    FileUnwritable
        The matrix could not be kept.
    """
    congestion.check_period(period)
    path, mark = path_of(folder, mode=mode, period=period), _mark(networks, points, mode, period, limit)
    spots, first, spot = np.unique(_places(desks), return_index=True, return_inverse=True)
    old_spots, old = _read(path, mark, len(points))
    rows = pd.Index(old_spots).get_indexer(pd.Index(spots))
    new = np.flatnonzero(rows < 0)
    searched = travel_time.to_all(
        networks, desks.iloc[first[new]], points, mode=mode, limit=limit, period=period, back=True
    )
    rows[new] = old.shape[0] + np.arange(len(new))
    minutes = csr_array(csr_array(vstack([old, searched], format="csr"))[rows])
    if len(new) or len(old_spots) != len(spots):
        _write(path, mark, spots, minutes)
    return Matrix(
        minutes=csr_array(minutes[spot]),
        desks=desks.index,
        streets=networks.on_streets(desks, mode=mode),
        street_points=networks.on_streets(points, mode=mode),
        limit=limit,
        searched=len(new),
    )


def _mark(networks: Networks, points: gpd.GeoSeries, mode: str, period: str, limit: float) -> str:
    """Tells these inputs from any others."""
    told = sha256(f"{FORMAT} {mode} {period} {limit} {networks.mark}".encode())
    told.update(_estimated_mark(networks.estimated, mode))
    told.update(congestion.by_group(period).tobytes() + np.float64(congestion.terminal_min(mode)).tobytes())
    told.update("".join(_places(points)).encode())
    return told.hexdigest()


def _estimated_mark(network: Network, mode: str) -> bytes:
    minutes = network.minutes[mode]
    parts = [network.x, network.y, network.pace[mode], network.terminal[mode], minutes.data, minutes.indices]
    told = sha256()
    for part in parts:
        told.update(np.ascontiguousarray(part).tobytes())
    return told.digest()


def _places(points: gpd.GeoSeries) -> list[str]:
    """Where points are, to the centimetre, as text."""
    metres = points.to_crs(METRES)
    return [f"{x:.2f},{y:.2f};" for x, y in zip(metres.x, metres.y, strict=True)]


def _read(path: Path, mark: str, columns: int) -> tuple[NDArray[np.str_], csr_array]:
    """What a file holds of these inputs: places of desks and their rows; nothing if it is of others, or broken."""
    nothing = np.zeros(0, dtype=str), csr_array((0, columns), dtype=float)
    try:
        with path.open("rb") as file, np.load(file) as kept:
            if str(kept["mark"]) != mark:
                return nothing
            shape = (len(kept["spots"]), columns)
            minutes = csr_array((kept["data"].astype(float), kept["indices"], kept["indptr"]), shape=shape)
            return kept["spots"], minutes
    except (OSError, ValueError, KeyError, EOFError, BadZipFile):
        return nothing


def _write(path: Path, mark: str, spots: NDArray[np.str_], minutes: csr_array) -> None:
    with whole(path) as part:
        path.parent.mkdir(parents=True, exist_ok=True)
        with part.open("wb") as file:
            np.savez(
                file,
                mark=np.array(mark),
                spots=spots,
                data=minutes.data,
                indices=minutes.indices,
                indptr=minutes.indptr,
            )
