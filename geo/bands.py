"""How sure a minute is: the band in which the true one lies four times in five.

By car the band comes from the errors that a calibration made on provinces it had not seen (``geo.calibration`` on the
estimated network, ``geo.congestion`` on streets): the tenth and ninetieth percentile of truth over estimate, for short,
middle and long trips. By bike and on foot no true time is known here: the band is an assumption, wide on purpose.
"""

from functools import cache
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from errors import UnknownMode
from geo import congestion
from geo.network import ESTIMATED, MODES, Floats
from geo.speeds import read_parameters

ASSUMED: Final = {"bike": (0.70, 1.45), "walk": (0.75, 1.40)}
"""Lowest and highest true time over the estimate on the estimated network; nobody measured them."""

SLOPES: Final = "pendenze non considerate: in salita servono più minuti"
OTHER_HOURS: Final = "traffico fuori dall'ora di punta ipotizzato, non misurato"
LENGTHS: Final = "traffico tarato su lunghezze stimate"
"""What to say beside minutes on streets; see ``caveat``."""


def band(
    minutes: ArrayLike, *, mode: str, network: str = ESTIMATED, period: str = "peak"
) -> tuple[Floats, Floats]:
    """Low and high end of the 80 % band of minutes.

    Parameters
    ----------
    minutes
        As the network gives them; NaN (unreachable) stays NaN.
    network
        Label of the network that gave them: any but ``ESTIMATED`` is one of streets.
    period
        One of ``geo.congestion.PERIODS``. It matters by car on streets only: the estimated network knows the
        morning peak alone.

    Returns
    -------
    low, high
        Minutes, in the same order; low ≤ minutes ≤ high.

    Raises
    ------
    UnknownMode, UnknownCode
        For a mode that is neither car, bike nor walk; for a period we do not know.
    """
    _check(mode, period)
    estimate = np.asarray(minutes, dtype=float)
    if mode != "car":
        factors = ASSUMED[mode] if network == ESTIMATED else congestion.read()["slow"][mode]
        low, high = (np.full(estimate.shape, factor) for factor in factors)
    else:
        at, lower, upper = _estimated() if network == ESTIMATED else _streets(period)
        low, high = np.interp(estimate, at, lower), np.interp(estimate, at, upper)
    return estimate * np.minimum(low, 1.0), estimate * np.maximum(high, 1.0)


def caveat(mode: str, network: str, period: str = "peak") -> str:
    """Short Italian words on what minutes of a network leave out, to show beside them; "" where nothing is to be said.

    Raises as ``band`` does.

    >>> caveat("walk", "OpenStreetMap 2026-01-01")
    'pendenze non considerate: in salita servono più minuti'
    """
    _check(mode, period)
    if network == ESTIMATED:
        return ""
    if mode != "car":
        return SLOPES
    said = [OTHER_HOURS] if period != "peak" else []
    if congestion.read()["fitted"]["network"] == ESTIMATED:
        said.append(LENGTHS)
    return "; ".join(said)


def _check(mode: str, period: str) -> None:
    """Raise for a mode or a period that nobody knows."""
    if mode not in MODES:
        raise UnknownMode(mode=mode, known=MODES)
    congestion.check_period(period)


@cache
def _estimated() -> tuple[Floats, Floats, Floats]:
    """Minutes at which the calibration knows the band, and truth over estimate at its two ends."""
    said = read_parameters()["band"]
    return np.array(said["minutes"]), np.array(said["low"]), np.array(said["high"])


@cache
def _streets(period: str) -> tuple[Floats, Floats, Floats]:
    """The same on streets, wider at the times of day that nobody checked."""
    said = congestion.read()
    widen = 1.0 if period == "peak" else said[period]["widen"]
    at, low, high = (np.array(said["band"][name]) for name in ("minutes", "low", "high"))
    return at, low**widen, high**widen
