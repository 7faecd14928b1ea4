"""A spreadsheet of ten thousand rows, from its bytes to the registry: seconds of each stage, then the same file again.

``python bench/imports.py [--rows 10000]``. Rows are invented, the same ones every time: CSV in Windows-1252, with an
ente, a desk and a sessione each, almost all different.
"""

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

sys.path.insert(0, str(Path(__file__).parents[1]))

from data.registry import people
from data.registry.imports import heads, rows, sheets
from data.registry.imports.apply import apply
from data.registry.imports.plan import preview
from data.registry.store import open_store

HEADS = "Ente gestore;Denominazione;Tipo di servizio;Indirizzo;Cap;Comune;Telefono;E-mail;Orari;Lingue"
T = TypeVar("T")


def invented(count: int) -> bytes:
    """A spreadsheet as an office saves it."""
    dice = random.Random(2)
    lines = [HEADS]
    for number in range(count):
        cap, comune = dice.choice([("24121", "Bergamo"), ("20121", "Milano"), ("22063", "Cantù")])
        cells = (
            f"Ente {number % 200}", f"Sportello {dice.choice(['casa', 'lavoro', 'scuola'])} {number}",
            "Sportello comunale", f"Via {dice.choice('ABCDE')}rba {number}", cap, comune,
            f"035 {dice.randint(100000, 999999)}", f"a{number}@ente.example",
            dice.choice(["lun-ven 9-12,30", "mar e gio 14-16", "lun 9-12; mer 14-17"]).replace(";", " /"),
            dice.choice(["arabo, inglese", "urdu", "francese"]),
        )  # fmt: skip
        lines.append(";".join(cells))
    return "\n".join(lines).encode("cp1252")


def say(line: str) -> None:
    """Print a line at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def timed(words: str, work: Callable[[], T]) -> T:
    """What the work gives; its seconds, by the clock and of the processor, are printed."""
    clock, processor = time.perf_counter(), time.process_time()
    done = work()
    say(f"{words:24} {time.perf_counter() - clock:6.2f} s {time.process_time() - processor:6.2f} s CPU")
    return done


def main() -> None:
    """Print a line a stage."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--rows", type=int, default=10_000)
    data = invented(asked.parse_args().rows)
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(folder=Path(folder))
        people.add(store, name="regione", role="regione", oidc="https://id.example regione")
        token = people.sign_in_vouched(store, "https://id.example regione")
        start = time.perf_counter()
        sheet = timed("open the file", lambda: sheets.read(data, "a.csv"))[0]
        columns = {head: one.field for head, one in timed("columns", lambda: heads.propose(sheet)).items()}
        wanted, found = timed("rows", lambda: rows.wanted_of(sheet, columns, ambito_id=None))
        plan = timed("preview", lambda: preview(store, token, wanted, source="a", ambito_id=None))
        done = timed("save", lambda: apply(store, token, plan, file="a.csv"))
        say(f"{'in all':24} {time.perf_counter() - start:6.2f} s; {done.added} records, {len(found)} found")
        again = timed(
            "the same file again", lambda: preview(store, token, wanted, source="a", ambito_id=None)
        )
        say(str(again.counts()))
        store.close()


if __name__ == "__main__":
    main()
