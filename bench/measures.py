"""Our measures of access beside pysal's: all Lombardy, every demand point and every desk that counts.

``python bench/measures.py [--runs 3]``. Both get minutes ready in the form they like (ours a table of points × desks,
pysal's one row a pair), which is not timed. Prints milliseconds of the best run, *times ours*, and the largest
difference; for RAAM, which pysal approaches in a given number of cycles, also how much anybody could still gain.
"""

import argparse
import functools
import importlib
import logging
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).parents[1]))

from analysis import catchment, opportunity
from data import catalog
from screens import joined

LIMIT, SIGMA, TAU = 30, 15, 60


def town() -> tuple[pd.DataFrame, pd.Series, pd.Series]:
    """Minutes by car of all people and all desks that count, one a desk, and foreign residents."""
    table = functools.cache(catalog.load)
    desks = joined.counted(joined.sportelli(table))["sportello_id"]
    known = joined.matrix(table, joined.networks(table), mode="car")
    rows = known.minutes[known.desks.get_indexer(desks)].tocoo()
    minutes = np.full(rows.shape, np.nan)
    minutes[rows.coords] = rows.data
    demand = table("demand").set_index("point_id")["foreign_residents"].astype(float)
    return pd.DataFrame(minutes.T, demand.index, pd.Index(desks)), pd.Series(1.0, pd.Index(desks)), demand


def best(action: Callable[[], Any], runs: int) -> tuple[float, Any]:
    """Seconds of the quickest of some runs, and the answer."""
    taken, answer = [], None
    for _ in range(runs):
        begin = time.perf_counter()
        answer = action()
        taken.append(time.perf_counter() - begin)
    return min(taken), answer


def gain(minutes: pd.DataFrame, supply: pd.Series, demand: pd.Series) -> float:
    """The most that anybody could gain by going elsewhere than ``sent_by_raam`` has it, in minutes."""
    sent = catchment.sent_by_raam(minutes, supply, demand, tau=TAU)
    cost = minutes + TAU * sent.sum() / (supply * demand.sum() / supply.sum())
    return float(cost.where(sent > 0).max(axis=1).sub(cost.min(axis=1)).max())


def measures(
    minutes: pd.DataFrame, supply: pd.Series, demand: pd.Series
) -> dict[str, Callable[[], pd.Series]]:
    """Ours, by name."""
    smooth = opportunity.gaussian(SIGMA)
    return {
        "nearest": lambda: opportunity.nearest(minutes),
        "mean of 3 nearest": lambda: opportunity.mean_of_nearest(minutes, 3),
        "cumulative": lambda: opportunity.cumulative(minutes, supply, limit=LIMIT),
        "gravity, Gaussian": lambda: opportunity.gravity(minutes, supply, decay=smooth),
        "2SFCA": lambda: catchment.two_step(minutes, supply, demand, limit=LIMIT),
        "E2SFCA": lambda: catchment.enhanced_two_step(minutes, supply, demand),
        "E2SFCA, Gaussian": lambda: catchment.enhanced_two_step(minutes, supply, demand, decay=smooth),
        "M2SFCA": lambda: catchment.modified_two_step(minutes, supply, demand),
        "3SFCA": lambda: catchment.three_step(minutes, supply, demand),
        "RAAM": lambda: catchment.raam(minutes, supply, demand, tau=TAU),
    }


def theirs(minutes: pd.DataFrame, supply: pd.Series, demand: pd.Series) -> dict[str, Callable[[], Any]]:
    """Pysal's, by the same names; nothing if it is not installed."""
    try:
        access, weights = (importlib.import_module(name) for name in ("access", "access.weights"))
    except ImportError:
        return {}
    logging.getLogger("access").setLevel(logging.WARNING)
    pairs = minutes.rename_axis("origin").melt(var_name="dest", value_name="cost", ignore_index=False)
    made = access.Access(
        demand.rename("people").to_frame().rename_axis("point"),
        "people",
        supply.rename("supply").to_frame().rename_axis("desk"),
        "supply",
        cost_df=pairs.dropna().reset_index(),
        cost_origin="origin",
        cost_dest="dest",
        cost_name="cost",
    )
    logging.getLogger("access").setLevel(logging.WARNING)
    smooth = weights.gaussian(SIGMA)
    return {
        "cumulative": lambda: made.weighted_catchment(name="x", max_cost=LIMIT),
        "gravity, Gaussian": lambda: made.weighted_catchment(name="x", weight_fn=smooth),
        "2SFCA": lambda: made.two_stage_fca(name="x", max_cost=LIMIT),
        "E2SFCA": lambda: made.enhanced_two_stage_fca(name="x"),
        "E2SFCA, Gaussian": lambda: made.enhanced_two_stage_fca(name="x", weight_fn=smooth),
        "3SFCA": lambda: made.three_stage_fca(name="x"),
        "RAAM": lambda: made.raam(name="x", tau=TAU),
    }


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--runs", type=int, default=3)
    runs = options.parse_args().runs
    warnings.simplefilter("ignore")  # pysal drops columns as pandas no longer likes
    minutes, supply, demand = town()
    other = theirs(minutes, supply, demand)
    told = f"{len(minutes)} points, {len(supply)} desks" + (
        "" if other else "; pysal's access is not installed"
    )
    sys.stdout.write(f"{told}\n{'':18}{'ours':>10}{'pysal':>10}{'times':>8}  largest difference\n")
    for name, measure in measures(minutes, supply, demand).items():
        measure()  # compiled at its first call
        ours, found = best(measure, runs)
        line = f"{name:18}{1000 * ours:8.0f}ms"
        if name in other:
            their, expected = best(other[name], 1)
            expected = expected["x_supply"].reindex(found.index)
            far = float((found[demand > 0].fillna(0) - expected[demand > 0].fillna(0)).abs().max())
            line += f"{1000 * their:8.0f}ms{their / ours:7.0f}×  {far:.1e}"
        sys.stdout.write(line + "\n")
    found = catchment.raam(minutes, supply, demand, tau=TAU)
    exact = catchment.raam(minutes, supply, demand, tau=TAU, tolerance=1e-4)
    sys.stdout.write(
        f"RAAM in minutes (τ {TAU}): nobody could gain more than {gain(minutes, supply, demand):.3f}; ten times as "
        f"exact moves ours by {TAU * float((found - exact).abs().max()):.2f} at most\n"
    )
    if "RAAM" in other:
        far = (other["RAAM"]()["x_supply"].reindex(exact.index) - exact)[demand > 0].abs() * TAU
        sys.stdout.write(
            f"pysal's is {far.mean():.2f} from the exact one on average, {far.max():.1f} at most\n"
        )


if __name__ == "__main__":
    main()
