"""Batch commands for planners and for cron: ``python3 run.py COMMAND``."""

import argparse
import csv
import functools
import math
import sys
from pathlib import Path

import pandas as pd

from data import build, catalog
from data.label import read_label
from errors import AtlasError, ColumnsMissing, FileUnreadable, FileUnwritable
from geo import calibration
from geo.geocode import nominatim
from geo.network import MODES
from screens import batch
from screens.errors import sentence


def main(arguments: list[str] | None = None) -> int:
    """Do one command; returns the exit status: 0 well, 1 done in part, 2 not done."""
    options = parser().parse_args(arguments)
    try:
        status: int = options.do(options)
    except AtlasError as fault:
        print(sentence(fault), file=sys.stderr)
        return 2
    return status


def parser() -> argparse.ArgumentParser:
    """Every command with its options."""
    top = argparse.ArgumentParser(prog="python3 run.py", description="Atlante dei servizi per l'integrazione")
    commands = top.add_subparsers(required=True, metavar="COMANDO")
    _data_commands(commands.add_parser("data", help="fonti e tabelle: build, list, check"))
    _minutes_command(commands.add_parser("minutes", help="minuti tra coppie di luoghi, da un file CSV"))
    _network_commands(commands.add_parser("network", help="la rete che dà i minuti: calibrate"))
    _access_command(commands.add_parser("access", help="accesso agli sportelli, una riga per comune"))
    return top


def _minutes_command(command: argparse.ArgumentParser) -> None:
    command.add_argument("pairs", type=Path, help="CSV con le colonne from e to: codice ISTAT, o «lon lat»")
    command.add_argument("--mode", choices=MODES, default="car", help="mezzo (car)")
    command.add_argument("-o", "--out", type=Path, required=True, help="CSV da scrivere")
    command.set_defaults(do=minutes)


def _network_commands(group: argparse.ArgumentParser) -> None:
    commands = group.add_subparsers(required=True, metavar="AZIONE")
    fitting = commands.add_parser("calibrate", help="ritara la rete stimata sui minuti ufficiali")
    fitting.set_defaults(do=network_calibrate)


def _access_command(command: argparse.ArgumentParser) -> None:
    command.add_argument("--mode", choices=MODES, default="car", help="mezzo (car)")
    command.add_argument("--limit", type=_minutes_limit, default=30.0, help="limite in minuti (30)")
    command.add_argument("--kind", action="append", default=[], help="tipo di sportello; si può ripetere")
    command.add_argument("--evidence", default="", help="livelli di prova che contano, ad esempio AB (ABC)")
    command.add_argument("-o", "--out", type=Path, required=True, help="CSV da scrivere")
    command.set_defaults(do=access)


def _data_commands(group: argparse.ArgumentParser) -> None:
    commands = group.add_subparsers(required=True, metavar="AZIONE")
    making = commands.add_parser("build", help="rifà le tabelle pulite dai file originali")
    making.add_argument("--mirror", type=Path, help="cartella con i file originali; se manca si scaricano")
    making.add_argument(
        "--geocoder", help="indirizzo di un servizio Nominatim per gli indirizzi non trovati (nessuno)"
    )
    making.set_defaults(do=data_build)
    commands.add_parser("list", help="le tabelle, di quando sono e con quale licenza").set_defaults(
        do=data_list
    )
    commands.add_parser("check", help="controlla le tabelle e le etichette").set_defaults(do=data_check)


def _minutes_limit(text: str) -> float:
    limit = float(text)
    if not 0 < limit < math.inf:
        raise argparse.ArgumentTypeError("il limite è un numero di minuti maggiore di zero")
    return limit


def data_build(options: argparse.Namespace) -> int:
    """Make the clean tables again; what cannot be made keeps its old table."""
    if options.mirror and not options.mirror.is_dir():
        print(f"La cartella {options.mirror} non c'è.", file=sys.stderr)
        return 2
    online = nominatim(options.geocoder) if options.geocoder else None
    outcome = build.build(mirror=options.mirror, online=online)
    for fault in outcome.kept_old.values():
        print(sentence(fault), file=sys.stderr)
    print(f"{len(outcome.made)} tabelle rifatte, {len(outcome.kept_old)} rimaste come prima.")
    return 1 if outcome.kept_old else 0


def data_list(_: argparse.Namespace) -> int:
    """Print one line a table."""
    said = catalog.report()
    for name in catalog.DATASETS:
        label, rows = read_label(name), said.get(name, {}).get("rows", "manca")
        print(f"{name:24} {rows!s:>8}  {label.reference_date:12} {label.licence:24} {label.title}")
    for name in sorted(said.keys() - set(catalog.DATASETS)):
        print(f"{name:24} {said[name]['rows']!s:>8}  derivata da {', '.join(said[name]['derived_from'])}")
    return 0


def data_check(_: argparse.Namespace) -> int:
    """Print every fault of the tables and labels; nothing but a good word when there is none."""
    faults = build.check()
    for fault in faults:
        print(fault)
    print("Tabelle ed etichette in ordine." if not faults else f"{len(faults)} difetti.")
    return 1 if faults else 0


def minutes(options: argparse.Namespace) -> int:
    """Answer every pair of a file that can be answered; the others say why not."""
    table = functools.cache(catalog.load)
    pairs = _read_pairs(options.pairs)
    answered = batch.minutes_of_pairs(table, pairs, mode=options.mode)
    _write(answered, options.out)
    bad = int(answered["problem"].notna().sum())
    print(f"{len(answered) - bad} coppie con risposta, {bad} con un problema: {options.out}")
    return 1 if bad else 0


def _read_pairs(path: Path) -> pd.DataFrame:
    """A table of pairs, every cell as text, with ``,`` or ``;`` between cells; short rows have empty cells."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as fault:
        reason = fault.strerror if isinstance(fault, OSError) else "non è testo in UTF-8"
        raise FileUnreadable(file=str(path), reason=str(reason)) from fault
    head = text.partition("\n")[0]
    between = ";" if head.count(";") > head.count(",") else ","
    rows = csv.DictReader(text.splitlines(), delimiter=between, restkey="oltre", restval="")
    missing = [column for column in ("from", "to") if column not in (rows.fieldnames or ())]
    if missing:
        raise ColumnsMissing(file=str(path), columns=missing)
    return pd.DataFrame(list(rows), columns=list(rows.fieldnames or ()))


def network_calibrate(_: argparse.Namespace) -> int:
    """Fit the estimated network again and write its parameters; the tables change with the next ``data build``."""
    print("Taro la rete sui minuti ufficiali, una provincia alla volta: serve qualche minuto ...", flush=True)
    found = batch.calibrated(functools.cache(catalog.load))
    calibration.write(found)
    for name, value in found.error.items():
        print(f"{name:24} {value:g}")
    print("Parametri scritti in geo/estimated.toml: ora «python3 run.py data build» rifà la rete.")
    return 0


def access(options: argparse.Namespace) -> int:
    """Write one row a comune: people, minutes and band to the nearest desk, people beyond the limit."""
    table = functools.cache(catalog.load)
    answered = batch.access_of_comuni(
        table,
        mode=options.mode,
        limit=options.limit,
        kinds=options.kind,
        evidence=list(options.evidence.upper()),
    )
    _write(answered, options.out)
    print(f"{len(answered)} comuni: {options.out}")
    return 0


def _write(table: pd.DataFrame, path: Path) -> None:
    """Write a CSV whole or not at all."""
    part = path.with_name(path.name + ".part")
    try:
        table.to_csv(part, index=False)
        part.replace(path)
    except OSError as fault:
        raise FileUnwritable(file=str(path), reason=fault.strerror or str(fault)) from fault
    finally:
        part.unlink(missing_ok=True)


if __name__ == "__main__":
    sys.exit(main())
