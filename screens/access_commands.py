"""``access``: one row a comune on access to a desk; with a condition, to a desk that keeps it, for sure and perhaps."""

import argparse
import math
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Final

import pandas as pd

from errors import UnknownCode
from geo import travel_time
from geo.whole import whole
from layers.style import number
from screens import access_table, batch, need_options, reached
from screens.filters import EVIDENCE
from screens.need import LONGEST_MIN, Need, is_time, known

# argparse's own name for what ``add_subparsers`` gives; it is not public
Commands = argparse._SubParsersAction

CONDITIONS: Final = ("when", "language", "theme", "target", "home", "walk_in", "capacity", "fresh")
"""Options each of which asks for effective access."""

CODES: Final = {"language": "languages", "theme": "themes", "target": "target", "kind": "kinds"}
"""Option → field of ``Need`` that knows its codes."""


def add_to(commands: "Commands[argparse.ArgumentParser]") -> None:
    """Add ``access`` to the commands."""
    command = commands.add_parser(
        "access",
        help="accesso agli sportelli, una riga per comune",
        allow_abbrev=False,
        conflict_handler="resolve",
    )
    need_options.add_to(command)
    command.add_argument(
        "--limit", type=_limit, default=float(Need.limit), help=f"limite in minuti ({Need.limit})"
    )
    command.add_argument("--evidence", default="", help="livelli di prova che contano, ad esempio AB (ABC)")
    command.add_argument(
        "--scheduler",
        help="calcola su un cluster dask, senza condizioni: indirizzo, come tcp://127.0.0.1:8786",
    )
    command.add_argument("-o", "--out", type=Path, required=True, help="CSV da scrivere")
    command.set_defaults(do=access)


def access(options: argparse.Namespace) -> int:
    """Write one row a comune: people, minutes and band to the nearest desk as asked, people beyond the limit."""
    table = (
        effective(need_of(options))
        if any(getattr(options, name) for name in CONDITIONS)
        else nearest(options)
    )
    with whole(options.out) as part:
        table.to_csv(part, index=False)
    sys.stdout.write(f"{len(table)} comuni: {options.out}\n")
    return 0


def nearest(options: argparse.Namespace) -> pd.DataFrame:
    """Access to the nearest desk, whatever it offers (``batch.access_of_comuni``)."""
    with _computed(options.scheduler) as computed:
        return batch.access_of_comuni(
            batch.tables(),
            mode=options.mode,
            limit=options.limit,
            kinds=options.kind,
            evidence=list(options.evidence.upper()),
            nearest=computed,
        )


def effective(asked: Need) -> pd.DataFrame:
    """Effective access by comune (``access_table.file``), from the registry and the networks of this machine."""
    of, comuni = batch.setting(asked)
    found = access_table.by_area(reached.answer(of, asked), of.demand, limit=asked.limit)
    return access_table.file(found, comuni)


def need_of(options: argparse.Namespace) -> Need:
    """The need that the options ask.

    Raises
    ------
    UnknownCode
        With everything in the options that nobody knows or that cannot be asked together.
    """
    if faults := _faults(options):
        raise UnknownCode(what="opzioni di access con una condizione", codes=faults)
    worst = max(options.evidence.upper(), default=Need.evidence)
    asked = argparse.Namespace(**vars(options) | {"limit": int(options.limit), "evidence": worst})
    return need_options.need_of(asked)


def _faults(options: argparse.Namespace) -> list[str]:
    """Every option that cannot be answered, as it was given."""
    faults = []
    if options.when and not is_time(options.when):
        faults.append(f"--when «{options.when}»")
    for name, field in CODES.items():
        given = getattr(options, name)
        codes = given if isinstance(given, list) else [given] * bool(given)
        faults += [f"--{name} «{code}»" for code in codes if code not in known()[field]]
    levels = "".join(sorted(set(options.evidence.upper())))
    if not "".join(EVIDENCE).startswith(levels):
        faults.append(f"--evidence «{options.evidence}» (da A in giù, senza salti)")
    if not options.limit.is_integer() or options.limit > LONGEST_MIN:
        faults.append(f"--limit «{options.limit:g}» (minuti interi, fino a {LONGEST_MIN})")
    if options.scheduler:
        faults.append("--scheduler (il cluster risponde solo senza condizioni)")
    return faults


def _limit(text: str) -> float:
    limit = float(text)
    if not 0 < limit < math.inf:
        raise argparse.ArgumentTypeError("il limite è un numero di minuti maggiore di zero")
    return limit


def _computed(scheduler: str | None) -> AbstractContextManager[Callable[..., pd.DataFrame]]:
    """Who computes the minutes to the nearest desk: this process, or a cluster (dask is loaded only for that)."""
    if scheduler is None:
        return nullcontext(travel_time.nearest)
    from screens import cluster  # noqa: PLC0415

    return cluster.connected(scheduler, _progress)


def _progress(done: int, of: int) -> None:
    sys.stderr.write(f"{number(done)} luoghi su {number(of)}\n")
