"""Batch commands for planners and for cron: ``python3 run.py COMMAND``."""

import argparse
import csv
import functools
import math
import sys
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from data import build, catalog
from data.label import read_label
from errors import AtlasError, ColumnsMissing, FileUnreadable, UnknownCode
from geo import calibration, congestion
from geo.geocode import nominatim
from geo.network import ESTIMATED, MODES
from geo.street_time import graph_of
from geo.streets import store
from geo.streets.graphml import to_osmnx, write_graphml
from geo.streets.make import BUFFER_KM, buffered, make
from geo.streets.overpass import ENDPOINT
from geo.whole import whole
from layers.style import number
from locator import commands as locator_commands
from screens import access_commands, batch, gap_commands, joined, network, registry_commands
from screens.errors import sentence
from screens.filters import MODE_WORDS


def main(arguments: list[str] | None = None) -> int:
    """Do one command; returns the exit status: 0 well, 1 done in part, 2 not done."""
    options = parser().parse_args(arguments)
    try:
        status: int = options.do(options)
    except AtlasError as fault:
        print(sentence(fault), file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("Interrotto: quello che c'era prima resta in uso.", file=sys.stderr)
        return 130
    return status


def parser() -> argparse.ArgumentParser:
    """Every command with its options."""
    top = argparse.ArgumentParser(prog="python3 run.py", description="Atlante dei servizi per l'integrazione")
    commands = top.add_subparsers(required=True, metavar="COMANDO")
    _data_commands(commands.add_parser("data", help="fonti e tabelle: build, list, check"))
    _minutes_command(commands.add_parser("minutes", help="minuti tra coppie di luoghi, da un file CSV"))
    _network_commands(
        commands.add_parser(
            "network", help="la rete che dà i minuti: build, list, info, use, export, calibrate"
        )
    )
    registry_commands.add_to(commands)
    access_commands.add_to(commands)
    gap_commands.add_to(commands)
    locator_commands.add_to(commands)
    return top


def _minutes_command(command: argparse.ArgumentParser) -> None:
    command.add_argument("pairs", type=Path, help="CSV con le colonne from e to: codice ISTAT, o «lon lat»")
    command.add_argument("--mode", choices=MODES, default="car", help="mezzo (car)")
    command.add_argument("-o", "--out", type=Path, required=True, help="CSV da scrivere")
    command.set_defaults(do=minutes)


def _network_commands(group: argparse.ArgumentParser) -> None:
    commands = group.add_subparsers(required=True, metavar="AZIONE")
    building = commands.add_parser("build", help="fa una rete di strade da OpenStreetMap")
    origin = building.add_mutually_exclusive_group(required=True)
    origin.add_argument("--pbf", type=Path, help="estratto di OpenStreetMap (.osm.pbf)")
    origin.add_argument("--graphml", type=Path, help="grafo di OSMnx (.graphml)")
    origin.add_argument("--ambito", help="scarica da Overpass le strade di un Ambito e dei dintorni")
    building.add_argument("--area", help="un Ambito o «ovest,sud,est,nord» in gradi (tutto l'estratto)")
    building.add_argument("--endpoint", default=ENDPOINT, help=f"servizio Overpass ({ENDPOINT})")
    building.add_argument(
        "--buffer-km", type=_kilometres, default=BUFFER_KM, help=f"strade attorno all'area ({BUFFER_KM:g})"
    )
    building.add_argument("--fresh", action="store_true", help="scarica di nuovo anche ciò che si ha già")
    building.add_argument("-o", "--out", required=True, help="nome della rete")
    building.set_defaults(do=network_build)
    commands.add_parser("list", help="le reti fatte qui, e quale è in uso").set_defaults(do=network_list)
    telling = commands.add_parser("info", help="che cosa contiene una rete")
    telling.add_argument("name", help="nome della rete")
    telling.set_defaults(do=network_info)
    choosing = commands.add_parser("use", help="mette in uso una rete di strade, o la sola rete stimata")
    choosing.add_argument("name", help=f"nome della rete, o «{ESTIMATED}»")
    choosing.set_defaults(do=network_use)
    keeping = commands.add_parser(
        "matrices", help="rinnova i minuti tra sportelli e persone che sono da rifare"
    )
    keeping.set_defaults(do=network_matrices)
    exporting = commands.add_parser(
        "export", help="scrive una rete come GraphML di OSMnx, per QGIS e notebook"
    )
    exporting.add_argument("name", help="nome della rete")
    exporting.add_argument("--mode", choices=MODES, default="car", help="mezzo (car)")
    exporting.add_argument("--area", help="un Ambito o «ovest,sud,est,nord» in gradi (tutta la rete)")
    exporting.add_argument("-o", "--out", type=Path, required=True, help="file .graphml da scrivere")
    exporting.set_defaults(do=network_export)
    fitting = commands.add_parser("calibrate", help="ritara i minuti in auto su quelli ufficiali")
    fitting.add_argument("name", nargs="?", help="rete di strade da tarare (la rete stimata)")
    fitting.set_defaults(do=network_calibrate)


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


def _kilometres(text: str) -> float:
    km = float(text)
    if not 0 <= km < math.inf:
        raise argparse.ArgumentTypeError("i chilometri sono un numero da zero in su")
    return km


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


def network_build(options: argparse.Namespace) -> int:
    """Make a street network; the one in use changes only with ``network use``."""
    store.check_name(options.out)
    table = functools.cache(catalog.load)
    area = batch.area(table, options.ambito or options.area) if options.ambito or options.area else None
    around = buffered(area, options.buffer_km) if area is not None else None
    overpass = joined.NETWORKS.parent / "overpass"
    origin = network.Origin(options.pbf, options.graphml, options.endpoint, overpass, options.fresh)
    ways, source, note = network.ways_from(origin, around, _say)
    made = make(
        joined.NETWORKS,
        options.out,
        ways,
        source=source,
        area=area,
        notes=[note] * bool(note),
        progress=lambda mode, one: _say(network.counted(mode, one)),
    )
    _tell(made.about)
    print(f"Per metterla in uso: python3 run.py network use {options.out}")
    return 0


def _say(words: str) -> None:
    print(words, flush=True)


def _tell(about: store.About) -> None:
    for line in network.told(about):
        print(line)


def network_list(_: argparse.Namespace) -> int:
    """Print one line a network, and which is in use; one that cannot be read says why."""
    in_use = store.in_use(joined.NETWORKS)
    for name in store.known(joined.NETWORKS):
        mark = "*" if name == in_use else " "
        try:
            about = store.read_about(store.path_of(joined.NETWORKS, name))
            print(f"{mark} {name:20} {about.made}  dati del {about.date or '?':10}  {about.source}")
        except AtlasError as fault:
            print(f"{mark} {name:20} {sentence(fault)}")
    print(f"{' ' if in_use else '*'} {ESTIMATED:20} rete stimata, dove le strade non ci sono")
    return 0


def network_info(options: argparse.Namespace) -> int:
    """Print what a network is."""
    _tell(_opened(options.name).about)
    return 0


def network_use(options: argparse.Namespace) -> int:
    """Take a network into use; the atlas that is running takes it at the next page."""
    name = None if options.name == ESTIMATED else options.name
    store.use(joined.NETWORKS, name)
    print(f"In uso: {name or 'la sola rete stimata'}.")
    return 0


def network_matrices(_: argparse.Namespace) -> int:
    """Renew what is kept of minutes between all desks and all demand points, where something changed."""
    table = batch.tables()
    networks = joined.networks(table)
    for mode in MODES:
        kept = joined.matrix(table, networks, mode=mode)
        _say(f"{MODE_WORDS[mode]:14} {len(kept.desks)} sportelli, {kept.searched} luoghi calcolati di nuovo")
    return 0


def network_export(options: argparse.Namespace) -> int:
    """Write a network, or an area of it, as GraphML of OSMnx."""
    area = batch.area(functools.cache(catalog.load), options.area) if options.area else None
    streets = _opened(options.name)
    graph = to_osmnx(graph_of(streets, options.mode), streets.about.crs, mode=options.mode, area=area)
    write_graphml(graph, options.out)
    print(f"{number(len(graph))} nodi, {number(graph.number_of_edges())} archi: {options.out}")
    return 0


def network_calibrate(options: argparse.Namespace) -> int:
    """Fit minutes by car again: of the estimated network and of the traffic, or of the traffic on a street network."""
    print(
        "Taro i minuti in auto su quelli ufficiali, una provincia alla volta: serve qualche minuto ...",
        flush=True,
    )
    table = functools.cache(catalog.load)
    if options.name:
        traffic = batch.congested(table, _opened(options.name))
    else:
        found = batch.calibrated(table)
        calibration.write(found)
        _figures("Rete stimata", found.error)
        traffic = batch.congested(table)
    congestion.write(traffic)
    _figures(f"Traffico sulle strade, con le lunghezze di: {traffic.network}", traffic.error)
    again = "" if options.name else " La rete stimata si rifà con «python3 run.py data build»."
    print(f"Parametri scritti in geo/: l'atlante va riavviato.{again}")
    return 0


def _figures(title: str, error: Mapping[str, float]) -> None:
    print(title)
    for name, value in error.items():
        print(f"  {name:24} {value:g}")


def _opened(name: str) -> store.Streets:
    """A network by its name; raises as ``store.read`` does, and ``UnknownCode`` where there is none."""
    path = store.path_of(joined.NETWORKS, name)
    if not path.is_file():
        raise UnknownCode(what="rete", codes=[name])
    return store.read(path)


def _write(table: pd.DataFrame, path: Path) -> None:
    """Write a CSV whole or not at all."""
    with whole(path) as part:
        table.to_csv(part, index=False)


if __name__ == "__main__":
    sys.exit(main())
