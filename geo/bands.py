"""How sure a minute is: the band in which the true one lies four times in five.

By car the band comes from the errors that the calibration made on provinces it had not seen
(``geo.calibration``): the tenth and ninetieth percentile of truth over estimate, for short, middle and long
trips. By bike and on foot no true time is known here: the band is an assumption, wide on purpose.
"""

from functools import cache
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from errors import UnknownMode
from geo.network import MODES, Floats
from geo.speeds import read_parameters

ASSUMED: Final = {"bike": (0.70, 1.45), "walk": (0.75, 1.40)}
"""Lowest and highest true time over the estimate; nobody measured them."""


def band(minutes: ArrayLike, *, mode: str) -> tuple[Floats, Floats]:
    """Low and high end of the 80 % band of estimated minutes.

    Parameters
    ----------
    minutes
        Minutes of the estimated network; NaN (unreachable) stays NaN.

    Returns
    -------
    low, high
        Minutes, in the same order; low ≤ minutes ≤ high.

    Raises
    ------
    UnknownMode
        For a mode that is neither car, bike nor walk.
    """
    estimate = np.asarray(minutes, dtype=float)
    if mode not in MODES:
        raise UnknownMode(mode=mode, known=MODES)
    if mode == "car":
        at, lower, upper = _car()
        low, high = np.interp(estimate, at, lower), np.interp(estimate, at, upper)
    else:
        low, high = (np.full(estimate.shape, factor) for factor in ASSUMED[mode])
    return estimate * np.minimum(low, 1.0), estimate * np.maximum(high, 1.0)


@cache
def _car() -> tuple[Floats, Floats, Floats]:
    """Minutes at which the calibration knows the band, and truth over estimate at its two ends."""
    said = read_parameters()["band"]
    return np.array(said["minutes"]), np.array(said["low"]), np.array(said["high"])
