"""People and desks are seldom at the point that stands for them: how far off they may be, and what it costs.

A settlement is a point on the network and a kilometre on the ground. Without this, whoever lives in a town
whose desk is drawn at the same point would be there in no time, on foot as by car.
"""

from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from geo.network import Floats

DENSITY: Final = 3000.0
"""Residents per km² of built-up land. On the 500 m grid of the metropolitan city of Milan, the city itself left
out, a quarter of the residents live less densely than 2,924 and half less than 5,188: towns are drawn rather
too wide than too narrow.
"""

CELL_RADIUS_M: Final = 282.0
"""Of a circle with the area of a cell of 500 m."""

MEAN_OF_DISC: Final = 2 / 3
"""Mean distance from the centre of a disc to its points, over its radius."""

FOUR_FIFTHS_OF_DISC: Final = 0.687
"""Half-width of the strip through the centre that holds 80 % of a disc, over its radius."""


def built_up_radius_m(residents: pd.Series) -> pd.Series:
    """Radius in metres of a circle in which so many residents live at ``DENSITY``; same index.

    >>> built_up_radius_m(pd.Series([0, 30_000])).round().tolist()
    [0.0, 1784.0]
    """
    km2: pd.Series = residents.astype(float) / DENSITY
    return (km2 / np.pi).pow(0.5) * 1000


def within_place(minutes: ArrayLike, radius_m: ArrayLike, *, pace: ArrayLike, terminal: ArrayLike) -> Floats:
    """Minutes of people who live around their point, from the minutes of the point.

    The way of somebody at the mean distance of a disc, in a direction nobody knows: √(way² + (⅔ radius)²) in
    minutes, the time spent at both ends apart. Short ways grow, long ones hardly do, and of two ways the
    longer stays the longer.

    Parameters
    ----------
    minutes
        From each point; NaN stays NaN.
    radius_m
        Of the place around each point, in metres.
    pace, terminal
        Minutes per kilometre there, and minutes at both ends of a trip together.
    """
    total = np.asarray(minutes, float)
    ends = np.minimum(np.asarray(terminal, float), total)
    aside = MEAN_OF_DISC * np.asarray(radius_m, float) / 1000 * np.asarray(pace, float)
    return np.asarray(np.hypot(total - ends, aside) + ends)


def widened(
    minutes: ArrayLike,
    low: ArrayLike,
    high: ArrayLike,
    *,
    reach_m: ArrayLike,
    pace: ArrayLike,
    terminal: ArrayLike,
) -> tuple[Floats, Floats]:
    """A band of minutes made wider by not knowing where within ``reach_m`` of their points the two ends are.

    The half-width of the band and that of the place (80 % of a disc) are independent, so their squares add.
    The low end is never under the time spent at both ends of a trip, nor above the minutes themselves.
    """
    middle, below, above = (np.asarray(one, float) for one in (minutes, low, high))
    off = FOUR_FIFTHS_OF_DISC * np.asarray(reach_m, float) / 1000 * np.asarray(pace, float)
    least = np.minimum(middle, np.asarray(terminal, float))
    return np.maximum(middle - np.hypot(middle - below, off), least), middle + np.hypot(above - middle, off)
