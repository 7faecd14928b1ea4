"""``locator export``: the public pages as a folder for any web server, from the command line."""

import argparse
import datetime as dt
import functools
import os
import sys
import time
from pathlib import Path
from typing import Final

from data import catalog
from data.registry.store import ROME, Store
from errors import SettingRefused
from layers.style import number
from locator import catalogues
from locator.api import bulk
from locator.assets import assets
from locator.export import CARD, export, is_ours
from locator.open_data import OPEN
from locator.settings import public_address
from locator.snapshot import Snapshot, Sources, mark_of, snapshot
from locator.swap import check_free
from locator.visit import Setting
from locator.words import LANGUAGES
from screens import batch, joined, reached
from screens.living import living

TRIES: Final = 3
"""How often a snapshot is taken again because the registry changed meanwhile."""

# argparse's own name for what ``add_subparsers`` gives; it is not public
Commands = argparse._SubParsersAction


def add_to(commands: "Commands[argparse.ArgumentParser]") -> None:
    """Add ``locator`` to the commands."""
    group = commands.add_parser("locator", help="le pagine pubbliche degli sportelli: export, words")
    actions = group.add_subparsers(required=True, metavar="AZIONE")
    writing = actions.add_parser("export", help="scrive le pagine pubbliche in una cartella, per un sito web")
    writing.add_argument("folder", type=Path, metavar="CARTELLA", help="cartella da scrivere o da rifare")
    writing.add_argument(
        "--url", help="indirizzo pubblico che avrà la cartella (per i codici QR e gli incorpora)"
    )
    writing.add_argument(
        "--languages", type=_codes, default=LANGUAGES, help=f"lingue, con virgole ({','.join(LANGUAGES)})"
    )
    writing.add_argument(
        "--processes", type=int, default=os.cpu_count() or 1, help="quanti processi ci lavorano (%(default)s)"
    )
    writing.set_defaults(do=write)
    wording = actions.add_parser("words", help="aggiorna i cataloghi delle lingue con i testi delle pagine")
    wording.set_defaults(do=catalogues.renew)


def _codes(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(code.strip() for code in text.split(",") if code.strip()))


def write(options: argparse.Namespace) -> int:
    """Write the public pages of the registry of this machine; the folder of before stays until all is there."""
    start = time.monotonic()
    setting = setting_of(options)
    check_free(options.folder.absolute(), ours=is_ours)
    (now, store), moment = taken(), dt.datetime.now(ROME)
    base = f"{setting.base_url}{OPEN}" if setting.base_url else ""
    found = export(
        now,
        options.folder,
        setting=setting,
        moment=moment,
        files=bulk.files(now, store, base=base),
        processes=options.processes,
        progress=_Line(),
    )
    sys.stdout.write(
        f"{number(found.files)} file, {number(found.bytes // 1_000_000)} MB, "
        f"{number(round(time.monotonic() - start))} secondi: {options.folder} ({CARD} dice di quando)\n"
    )
    return 0


def setting_of(options: argparse.Namespace) -> Setting:
    """How the pages are to be; raises ``SettingRefused`` for an address or a language that is none."""
    strange = [code for code in options.languages if code not in LANGUAGES]
    if strange or not options.languages:
        raise SettingRefused(name="--languages", value=",".join(strange), why="languages")
    address = public_address(options.url, name="--url") if options.url else None
    return Setting(address, live=False, languages=options.languages, assets=assets().folder)


def sources() -> Sources:
    """Where a snapshot comes from: the registry and the networks of this machine."""
    clean = functools.cache(catalog.load)
    store = batch.registry(clean)
    table = living(store, clean)
    networks = joined.networks(table)
    return Sources(table, lambda: store, lambda mode: reached.desk_minutes(table, networks, mode=mode))


def taken() -> tuple[Snapshot, Store]:
    """A snapshot during which the registry did not change, unless it changes all the time; and the registry."""
    for _ in range(TRIES):
        of = sources()
        before, found = mark_of(of), snapshot(of)
        if mark_of(of) == before:
            break
    return found, of.store()


class _Line:
    """Tells how far it is, on one line that is written over; nothing where nobody looks."""

    def __init__(self) -> None:
        self.start = time.monotonic()
        self.shown = sys.stdout.isatty()

    def __call__(self, done: int, of: int) -> None:
        """So many are done, of so many."""
        if self.shown:
            left = (time.monotonic() - self.start) / done * (of - done)
            told = f"{number(done)} pagine di {number(of)}, ancora circa {number(round(left))} secondi"
            sys.stdout.write(f"\r{told:<60}" if done < of else "\r" + " " * 60 + "\r")
            sys.stdout.flush()
