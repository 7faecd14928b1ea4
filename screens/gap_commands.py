"""``gaps``: who surely reaches no desk as needed, area by area, with causes, as a CSV."""

import argparse
import sys
from pathlib import Path
from typing import Final

import pandas as pd

from data import catalog
from errors import UnknownCode
from geo.whole import whole
from layers.style import number
from screens import batch, gap_table, language_need, need_options
from screens.gap_table import AMBITO, COMUNE
from screens.need import Need

# argparse's own name for what ``add_subparsers`` gives; it is not public
Commands = argparse._SubParsersAction

BY: Final = {"comune": COMUNE, "ambito": AMBITO}


def add_to(commands: "Commands[argparse.ArgumentParser]") -> None:
    """Add ``gaps`` to the commands."""
    command = commands.add_parser(
        "gaps",
        help="chi non trova lo sportello che gli serve, dove e perché, una riga per area",
        allow_abbrev=False,
    )
    need_options.add_to(command)
    command.add_argument("--by", choices=tuple(BY), default="comune", help="una riga per (comune)")
    command.add_argument(
        "--own-language", action="store_true", help="ciascuno nella sua lingua, per le più diffuse (stima)"
    )
    command.add_argument("-o", "--out", type=Path, required=True, help="CSV da scrivere")
    command.set_defaults(do=gaps)


def gaps(options: argparse.Namespace) -> int:
    """Write one row an area, those with most people left out first."""
    asked = need_options.need_of(options)
    if asked.languages and options.own_language:
        raise UnknownCode(what="--own-language con --language", codes=asked.languages)
    table = answered(asked, BY[options.by], own=options.own_language)
    with whole(options.out) as part:
        table.to_csv(part, index=False)
    sys.stdout.write(f"{number(len(table))} righe: {options.out}\n")
    return 0


def answered(asked: Need, by: str, *, own: bool = False) -> pd.DataFrame:
    """The gaps by area (``gap_table.file``), from the registry and the networks of this machine."""
    of, comuni = batch.setting(asked)
    if own:
        spoken = gap_table.own_languages(language_need.spoken(catalog.load))
        found = gap_table.in_own_language(of, asked, spoken)
    else:
        found = gap_table.find(of, asked)
    return gap_table.file(gap_table.table(found, by), comuni, asked, own=own)
