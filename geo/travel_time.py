"""Minutes between points: on the street network in use where it covers both ends, on the estimated one elsewhere.

Whichever answers, it is named: no row mixes the two. A trip goes by streets when both its ends are on them; a point on
them whose nearest desk may lie off them is asked of both networks, and the quicker answer stands, under its name.
Minutes are NaN where nothing leads.
"""

from typing import Final, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import coo_array, csr_array, vstack

from geo import estimated_time, street_time
from geo.network import Network
from geo.street_time import PEAK
from geo.streets.store import Streets

AT_ONCE: Final = 256
"""Rows of a matrix held dense together."""


class Networks(NamedTuple):
    """The networks that answer; without streets the estimated one alone."""

    estimated: Network
    streets: Streets | None = None

    @property
    def labels(self) -> tuple[str, ...]:
        """The names of those that may answer, streets before the estimated one."""
        return (self.estimated.label,) if self.streets is None else (self.streets.label, self.estimated.label)

    @property
    def label(self) -> str:
        """The names of all that may answer."""
        return (
            self.estimated.label if self.streets is None else f"{self.streets.label}; {self.estimated.label}"
        )

    @property
    def mark(self) -> str:
        """Tells these networks from any others."""
        return self.streets.mark if self.streets else ""

    def on_streets(self, points: gpd.GeoSeries, *, mode: str) -> NDArray[np.bool_]:
        """Which points the street network covers."""
        if self.streets is None or mode not in self.streets.modes:
            return np.zeros(len(points), dtype=bool)
        return street_time.covers(self.streets, points, mode=mode)


def nearest(
    networks: Networks, desks: gpd.GeoSeries, points: gpd.GeoSeries, *, mode: str, period: str = PEAK
) -> pd.DataFrame:
    """Minutes from each point to the desk it reaches first, which one that is, and on which network.

    Parameters
    ----------
    desks
        Where one may go; any coordinates; the index names them (no name twice).
    points
        Where people are; any coordinates.
    period
        Time of day, one of ``congestion.PERIODS``; only streets know others than the morning peak.

    Returns
    -------
    answers
        Index of ``points``; ``minutes`` (NaN where no desk can be reached), ``nearest`` (the name of the desk;
        missing likewise) and ``network`` (the label of the one that answered; of the one that was asked where
        nothing was reached).

    Raises
    ------
    UnknownMode, CoordinateError
        For a mode that no network was made for; for points outside Lombardy's box.
    """
    estimated, streets = networks
    here, there = networks.on_streets(points, mode=mode), networks.on_streets(desks, mode=mode)
    off = _named(estimated_time.nearest(estimated, desks, points[~here], mode=mode), estimated.label)
    if streets is None or not here.any():
        return off
    on = _named(
        street_time.nearest(streets, desks[there], points[here], mode=mode, period=period), streets.label
    )
    aside = _named(estimated_time.nearest(estimated, desks[~there], points[here], mode=mode), estimated.label)
    quicker = aside["minutes"].fillna(np.inf) < on["minutes"].fillna(np.inf)
    rows = np.concatenate([np.flatnonzero(~here), np.flatnonzero(here)])
    return pd.concat([off, on.where(~quicker, aside)]).iloc[np.argsort(rows)]


def _named(answers: pd.DataFrame, label: str) -> pd.DataFrame:
    return answers.assign(network=pd.Series(label, index=answers.index, dtype="str"))


def between(
    networks: Networks,
    origins: gpd.GeoSeries,
    destinations: gpd.GeoSeries,
    *,
    mode: str,
    period: str = PEAK,
) -> pd.DataFrame:
    """Minutes of each trip, origins and destinations paired in order.

    Returns
    -------
    trips
        Index of ``origins``; ``minutes`` (NaN where nothing leads) and ``network``, which answered.

    Raises as ``nearest`` does.
    """
    estimated, streets = networks
    on = networks.on_streets(origins, mode=mode) & networks.on_streets(destinations, mode=mode)
    minutes = np.full(len(origins), np.nan)
    if not on.all():
        minutes[~on] = estimated_time.between(estimated, origins[~on], destinations[~on], mode=mode)
    if streets is not None and on.any():
        minutes[on] = street_time.between(streets, origins[on], destinations[on], mode=mode, period=period)
    label = streets.label if streets is not None else ""
    return pd.DataFrame(
        {"minutes": minutes, "network": np.where(on, label, estimated.label)}, index=origins.index
    )


def to_all(
    networks: Networks,
    origins: gpd.GeoSeries,
    destinations: gpd.GeoSeries,
    *,
    mode: str,
    limit: float = np.inf,
    period: str = PEAK,
    back: bool = False,
) -> csr_array:
    """Minutes from every origin (rows) to every destination (columns) within a limit (minutes, itself included).

    Sparse: what is not stored is farther, or nothing leads there. ``back`` asks for the trips from the destinations to
    the origins instead, in the same shape: with desks as origins, one search a desk. Which network answered a pair
    follows from ``Networks.on_streets`` of its ends. Raises as ``nearest`` does.
    """
    estimated, streets = networks
    here, there = networks.on_streets(origins, mode=mode), networks.on_streets(destinations, mode=mode)
    if streets is None or not (here.any() and there.any()):
        return _estimated(estimated, origins, destinations, mode=mode, limit=limit)
    found = street_time.to_all(
        streets, origins, destinations, mode=mode, limit=limit, period=period, back=back
    )
    if here.all() and there.all():
        return found
    other = _estimated(estimated, origins, destinations, mode=mode, limit=limit).tocoo()
    row, column = other.coords
    aside = ~(here[row] & there[column])
    return csr_array(
        found + coo_array((other.data[aside], (row[aside], column[aside])), shape=found.shape).tocsr()
    )


def _estimated(
    network: Network, origins: gpd.GeoSeries, destinations: gpd.GeoSeries, *, mode: str, limit: float
) -> csr_array:
    """The estimated network's matrix, some rows at a time; the same both ways."""
    parts = [
        estimated_time.to_all(
            network, origins.iloc[at : at + AT_ONCE], destinations, mode=mode, limit=limit
        ).to_numpy()
        for at in range(0, max(len(origins), 1), AT_ONCE)
    ]
    blocks = [coo_array(np.where(np.isnan(part), 0.0, part)) for part in parts]
    return csr_array(vstack(blocks, format="csr"))


def around(networks: Networks, points: gpd.GeoSeries, *, mode: str) -> pd.DataFrame:
    """What moving costs around each point, by the estimated network: ``pace`` (minutes per straight kilometre) and
    ``terminal`` (minutes at both ends of a trip together); index of ``points``. Raises as ``nearest`` does.
    """
    return estimated_time.around(networks.estimated, points, mode=mode)
