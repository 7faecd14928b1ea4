"""What the calibrations share: a robust loss, the band read from errors on trips not seen, and figures of the error."""

from typing import Final

import numpy as np
import pandas as pd

from geo.network import Floats

ROBUST: Final = 0.1
"""Logarithm of estimate over truth beyond which an error counts linearly."""

BINS: Final = 3
"""The band is read from this many equal groups of trips, by estimated minutes."""

COVERAGE: Final = 0.8


def robust(found: pd.Series, truth: pd.Series) -> Floats:
    """Residuals of the logarithm of estimate over truth whose squares add up to the pseudo-Huber loss."""
    off = np.log((found / truth).to_numpy(float)) / ROBUST
    return np.asarray(np.sign(off) * np.sqrt(2 * (np.sqrt(1 + off**2) - 1)))


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
