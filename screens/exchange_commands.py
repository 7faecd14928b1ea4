"""``registry export`` and ``registry import``: the registry out to exchange formats, and files of others in."""

import argparse
import contextlib
import getpass
import sys
from collections.abc import Iterator
from pathlib import Path

from data.registry import areas, people, standards
from data.registry.imports.apply import apply
from data.registry.imports.plan import Plan, preview
from data.registry.store import Store
from errors import FileUnreadable, UnknownCode
from geo.whole import whole
from layers.style import number
from screens import batch
from screens.exchange_words import NAMES, counted, in_short

# argparse's own name for what ``add_subparsers`` gives; it is not public
Commands = argparse._SubParsersAction

TOLD_MOST = 30
"""How many of the things found in a file are printed."""


def add_to(commands: "Commands[argparse.ArgumentParser]") -> None:
    """Add ``export`` and ``import`` to the commands of ``registry``."""
    codes = [one.code for one in standards.formats()]
    out = commands.add_parser(
        "export", help="scrive il registro in un formato di scambio", allow_abbrev=False
    )
    out.add_argument(
        "--format", choices=codes, required=True, help="; ".join(f"{c}: {NAMES[c]}" for c in codes)
    )
    out.add_argument("--ambito", help="codice di un Ambito (tutta la regione)")
    out.add_argument("--all", action="store_true", help="anche le schede con prova debole (D)")
    out.add_argument("-o", "--out", type=Path, required=True, help="file da scrivere")
    out.set_defaults(do=lambda said: export_to(said.format, said.out, said.ambito, public=not said.all))
    into = commands.add_parser(
        "import",
        help="porta dentro un file di scambio; senza --yes dice solo che cosa farebbe",
        allow_abbrev=False,
    )
    into.add_argument("file", type=Path, help="file HSDS, data·inclusion, CSV, GeoJSON o GeoParquet")
    into.add_argument("--format", choices=codes, help="di che formato è (si riconosce da sé)")
    into.add_argument(
        "--source", required=True, help="come si chiama la fonte: la stessa riga resta la stessa scheda"
    )
    into.add_argument("--as", dest="name", required=True, metavar="NOME", help="l'utente che importa")
    into.add_argument("--ambito", help="l'Ambito di cui sono le schede dove il file non lo dice")
    into.add_argument("--empties", action="store_true", help="vuota i campi che il file dice vuoti")
    into.add_argument("--yes", action="store_true", help="salva")
    into.add_argument(
        "--password-stdin", action="store_true", help="legge la parola d'ordine dallo standard input"
    )
    into.set_defaults(do=_import)


@contextlib.contextmanager
def _store() -> Iterator[Store]:
    """The registry of this machine, seeded."""
    opened = batch.registry()
    try:
        yield opened
    finally:
        opened.close()


def _say(words: str) -> None:
    sys.stdout.write(f"{words}\n")


def _known(ambito: str | None) -> None:
    if ambito is not None and f"ambito:{ambito}" not in areas.known():
        raise UnknownCode(what="Ambito", codes=[ambito])


def export_to(code: str, out: Path, ambito: str | None, *, public: bool = True) -> int:
    """Write the registry, or an Ambito of it, whole or not at all."""
    _known(ambito)
    with _store() as store:
        made = standards.export(store, code, ambito_id=ambito, public=public)
    with whole(out) as part:
        part.write_bytes(made)
    _say(f"{NAMES[code]}, {number(len(made))} byte: {out}")
    return 0


def _import(said: argparse.Namespace) -> int:
    _known(said.ambito)
    data = _bytes(said.file)
    asked = (
        sys.stdin.readline().rstrip("\r\n") if said.password_stdin else getpass.getpass("Parola d'ordine: ")
    )
    with _store() as store:
        token = people.sign_in(store, said.name, asked)
        return import_from(
            store, token, data, name=said.file.name, code=said.format, source=said.source, ambito=said.ambito,
            empties=said.empties, save=said.yes,
        )  # fmt: skip


def _bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as fault:
        raise FileUnreadable(file=str(file), reason=fault.strerror or str(fault)) from fault


def import_from(
    store: Store,
    token: str | None,
    data: bytes,
    *,
    name: str,
    source: str,
    code: str | None = None,
    ambito: str | None = None,
    empties: bool = False,
    save: bool = False,
) -> int:
    """Tell what a file would do to the registry, and do it if asked; 1 where something of it was refused."""
    code = code or standards.of_file(data, name=name).code
    wanted, found = standards.read(code, data, name=name)
    plan = preview(store, token, wanted, source=source, ambito_id=ambito, found=found, empties=empties)
    _told(plan, code)
    refused = 1 if plan.counts()["refused"] else 0
    if not save:
        _say("Niente è salvato: per farlo, ripeti con --yes.")
        return refused
    done = apply(store, token, plan, file=name)
    _say(f"Salvato: {done.added} aggiunte, {done.changed} cambiate, {done.closed} chiuse.")
    return refused


def _told(plan: Plan, code: str) -> None:
    _say(f"{NAMES[code]}: {counted(plan.counts())}.")
    lines = list(dict.fromkeys(in_short(one) for one in plan.found))
    for line in lines[:TOLD_MOST]:
        _say(f"  {line}")
    if len(lines) > TOLD_MOST:
        _say(f"  … e altre {len(lines) - TOLD_MOST}")
