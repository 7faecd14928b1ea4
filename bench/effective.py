"""Questions on effective access over all Lombardy, from stored minutes, beside a search for each.

``python bench/effective.py [--rounds 5]``. Prints milliseconds (median of some rounds): making the stored minutes, a
direct search for the nearest desk that counts, as the pages on travel times do it, and each question.
"""

import argparse
import functools
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from screens import batch, joined, offers, reached
from screens.need import EVENING_OR_SATURDAY, Need, words

ASKED = (
    Need(),
    Need(when="Sa 10:00"),
    Need(when=EVENING_OR_SATURDAY),
    Need(languages=("ar",)),
    Need(themes=("permesso_soggiorno",)),
    Need(target="rifugiati"),
    Need(home=True),
    Need(walk_in=True),
    Need(capacity=1.0),
    Need(fresh=36),
    Need(
        when=EVENING_OR_SATURDAY, languages=("ar",), themes=("permesso_soggiorno",), target="rifugiati", home=True,
        walk_in=True, capacity=1.0, fresh=36,
    ),
)  # fmt: skip


def timed(task: Callable[[], Any], rounds: int) -> float:
    """Median seconds of some rounds."""
    spent = []
    for _ in range(rounds):
        start = time.perf_counter()
        task()
        spent.append(time.perf_counter() - start)
    return statistics.median(spent)


def main() -> None:
    """Ask every question, then search."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    table = functools.cache(batch.tables())
    networks, comuni, store = joined.networks(table), joined.comuni(table), batch.registry()
    made = offers.offers(table, store)
    with tempfile.TemporaryDirectory() as folder:
        joined.MATRICES = Path(folder)
        first = timed(lambda: reached.desk_minutes(table, networks, mode="car"), 1)
        again = timed(lambda: reached.desk_minutes(table, networks, mode="car"), rounds)
        minutes = reached.desk_minutes(table, networks, mode="car")
    of = reached.setting(table, minutes, made, comuni, Need())
    sys.stdout.write(
        f"{'stored minutes made':>24}  {first * 1000:7.0f} ms; read again {again * 1000:.0f} ms\n"
    )
    desks = joined.counted(joined.sportelli(table))
    search = functools.partial(joined.minutes, networks, desks, table("demand"), mode="car")
    direct = timed(search, rounds)
    sys.stdout.write(f"{'one search':>24}  {direct * 1000:7.0f} ms\n")
    for asked in ASKED:
        took = timed(functools.partial(reached.answer, of, asked), rounds)
        sys.stdout.write(f"{took * 1000:7.0f} ms  {direct / took:5.1f} x  {words(asked)}\n")


if __name__ == "__main__":
    main()
