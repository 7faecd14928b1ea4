"""``user ...`` and ``registry ...``: accounts, soundness, back-ups and letters, for whoever keeps the machine."""

import argparse
import contextlib
import datetime as dt
import getpass
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from data.registry import backup, campaigns, keeping, outbox, people, reports, soundness
from data.registry.books import ROLES
from data.registry.people import SHORTEST
from data.registry.store import ROME, Store, open_store
from geo.whole import whole
from layers.style import number
from screens import exchange_commands, joined
from screens.errors import FIELDS

# argparse's own name for what ``add_subparsers`` gives; it is not public
Commands = argparse._SubParsersAction

LAST: Final = "registry.backup.json"
"""The file of ``var/`` that says when the last back-up was made, and where."""
LETTER_STATES: Final = {
    "waiting": "in attesa",
    "given_up": "troppi tentativi",
    "held": "ferma",
}


def _say(words: str) -> None:
    sys.stdout.write(f"{words}\n")


def _warn(words: str) -> None:
    sys.stderr.write(f"{words}\n")


def add_to(commands: "Commands[argparse.ArgumentParser]") -> None:
    """Add ``user`` and ``registry`` to the commands."""
    _user(
        commands.add_parser(
            "user", help="chi cambia il registro: add, list, password, disable, enable, sign-out"
        )
    )
    _registry(
        commands.add_parser(
            "registry", help="il registro: info, check, backup, restore, remind, send, outbox"
        )
    )


def _user(group: argparse.ArgumentParser) -> None:
    commands = group.add_subparsers(required=True, metavar="AZIONE")
    adding = commands.add_parser("add", help="un nuovo utente", allow_abbrev=False)
    adding.add_argument("name", help="nome con cui entra: minuscole, cifre, punti e trattini")
    adding.add_argument(
        "--role", choices=ROLES, required=True, help="regione: tutte le schede; ambito: quelle dei suoi"
    )
    adding.add_argument("--ambito", action="append", default=[], help="codice di un Ambito; si può ripetere")
    adding.add_argument(
        "--oidc", metavar="«ISS SUB»", help="identità di OpenID Connect, al posto della parola d'ordine"
    )
    adding.add_argument("--email", help="indirizzo d'ufficio per i promemoria")
    adding.set_defaults(do=user_add)
    commands.add_parser("list", help="gli utenti").set_defaults(do=user_list)
    changing = commands.add_parser(
        "password", help="dà un'altra parola d'ordine; gli accessi aperti non valgono più"
    )
    for one in (adding, changing):
        one.add_argument(
            "--password-stdin", action="store_true", help="legge la parola d'ordine dallo standard input"
        )
    for command, does in (
        (changing, user_password),
        (commands.add_parser("disable", help="non lo fa più entrare"), user_disable),
        (commands.add_parser("enable", help="lo fa entrare di nuovo"), user_enable),
        (commands.add_parser("sign-out", help="chiude i suoi accessi aperti"), user_sign_out),
    ):
        command.add_argument("name", help="nome dell'utente")
        command.set_defaults(do=does)


def _registry(group: argparse.ArgumentParser) -> None:
    commands = group.add_subparsers(required=True, metavar="AZIONE")
    commands.add_parser("info", help="dov'è, che cosa contiene, ultima modifica, ultima copia").set_defaults(
        do=info
    )
    commands.add_parser("check", help="controlla che sia integro").set_defaults(do=check)
    copying = commands.add_parser("backup", help="copia tutto in un file")
    copying.add_argument("-o", "--out", type=Path, required=True, help="file .zip da scrivere")
    copying.set_defaults(do=back_up)
    restoring = commands.add_parser("restore", help="rimette quello che dice una copia")
    restoring.add_argument("file", type=Path, help="file fatto da «registry backup»")
    restoring.add_argument(
        "--yes", action="store_true", help="sostituisce quello che c'è, mettendolo da parte"
    )
    restoring.set_defaults(do=restore)
    reminding = commands.add_parser(
        "remind", help="scrive i promemoria di oggi; li manda se la posta è configurata"
    )
    reminding.add_argument("--base-url", help="indirizzo pubblico dell'atlante (ATLANTE_ADDRESS)")
    reminding.set_defaults(do=remind)
    commands.add_parser("send", help="manda le lettere in attesa").set_defaults(do=send)
    listing = commands.add_parser("outbox", help="le lettere non partite")
    listing.add_argument(
        "--retry", type=int, action="append", default=[], metavar="N", help="riprova la lettera N"
    )
    listing.set_defaults(do=letters)
    exchange_commands.add_to(commands)


@contextlib.contextmanager
def _store() -> Iterator[Store]:
    """The registry of this machine, as it is."""
    opened = open_store(folder=joined.VAR)
    try:
        yield opened
    finally:
        opened.close()


def _asked_password(options: argparse.Namespace) -> str | None:
    """A password, asked twice or read from standard input; nothing if the two are not the same."""
    if options.password_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    first = getpass.getpass(f"Parola d'ordine (almeno {SHORTEST} caratteri): ")
    if getpass.getpass("Ancora una volta: ") == first:
        return first
    _warn("Le due parole d'ordine non sono uguali. Niente è cambiato.")
    return None


def user_add(options: argparse.Namespace) -> int:
    """Make an account."""
    password = None if options.oidc else _asked_password(options)
    if password is None and not options.oidc:
        return 2
    with _store() as store:
        people.add(
            store,
            name=options.name,
            role=options.role,
            ambiti=options.ambito,
            password=password,
            oidc=options.oidc,
            email=options.email,
        )
    _say(f"{options.name} può entrare.")
    return 0


def user_list(_: argparse.Namespace) -> int:
    """Print one line an account."""
    with _store() as store:
        known = people.listed(store)
    for one in known:
        way = "parola d'ordine" if one.by_password else "OpenID Connect"
        until = f"disattivato il {_day(one.disabled_at)}" if one.disabled_at else "attivo"
        _say(
            f"{one.name:24} {one.role:8} {way:16} {until:26} {' '.join(one.ambiti)} {one.email or ''}".rstrip()
        )
    if not known:
        _say(
            "Nessun utente: il registro si può solo leggere. Per farne uno: python3 run.py user add NOME --role regione"
        )
    return 0


def user_password(options: argparse.Namespace) -> int:
    """Give an account another password."""
    password = _asked_password(options)
    if password is None:
        return 2
    with _store() as store:
        people.set_password(store, options.name, password)
    _say(f"Cambiata: {options.name} deve entrare di nuovo.")
    return 0


def user_disable(options: argparse.Namespace) -> int:
    """Let an account in no more."""
    with _store() as store:
        people.disable(store, options.name)
    _say(f"{options.name} non può più entrare; quello che ha fatto resta nella storia.")
    return 0


def user_enable(options: argparse.Namespace) -> int:
    """Let a disabled account in again."""
    with _store() as store:
        people.enable(store, options.name)
    _say(f"{options.name} può entrare di nuovo.")
    return 0


def user_sign_out(options: argparse.Namespace) -> int:
    """Take back every pass of an account."""
    with _store() as store:
        people.sign_out_everywhere(store, options.name)
    _say(f"Chiusi tutti gli accessi di {options.name}.")
    return 0


def info(_: argparse.Namespace) -> int:
    """Print where the registry is and what it holds."""
    with _store() as store:
        held, box = keeping.holdings(store), outbox.outbox(store)
    _say(f"Database      {held.database} (revisione {held.revision})")
    for kind, (there, aside) in held.records.items():
        _say(
            f"{kind.capitalize():14}{number(there)}" + (f", {number(aside)} messe da parte" if aside else "")
        )
    if not any(there for there, _ in held.records.values()):
        _say("Vuoto: le schede di partenza entrano al primo avvio dell'atlante.")
    _say(f"Utenti        {held.accounts} attivi; collegamenti personali in vigore: {held.links}")
    last = f", l'ultima il {_moment(held.last_change)}" if held.last_change else ""
    _say(f"Modifiche     {number(held.changes)}{last}")
    _say(f"Lettere       {box.waiting} in attesa, {box.stuck} ferme, {box.sent} partite")
    _say(f"Copia         {_last_backup()}")
    return 0


def _last_backup() -> str:
    try:
        said = json.loads((joined.VAR / LAST).read_text(encoding="utf-8"))
        return f"l'ultima il {_moment(dt.datetime.fromisoformat(said['at']))}: {said['file']}"
    except (OSError, ValueError, KeyError):
        return "nessuna fatta da qui"


def check(_: argparse.Namespace) -> int:
    """Print every fault of the registry; nothing but a good word when there is none."""
    with _store() as store:
        faults = soundness.faults(store)
    for fault in faults:
        _say(fault)
    _say("Registro in ordine." if not faults else f"{len(faults)} difetti.")
    return 1 if faults else 0


def back_up(options: argparse.Namespace) -> int:
    """Write the whole registry to a file."""
    with _store() as store:
        made = backup.back_up(store, options.out)
    with whole(joined.VAR / LAST) as part:
        part.write_text(json.dumps({"at": made.made_at.isoformat(), "file": str(options.out.resolve())}))
    rows = sum(one.rows for one in made.tables.values())
    _say(f"{number(rows)} righe in {len(made.tables)} tabelle: {options.out}")
    _say(
        "Contiene gli utenti con l'impronta delle parole d'ordine: va custodita. Il segreto che firma accessi e "
        "collegamenti non c'è (var/registry.secret): va copiato a parte, o i collegamenti dati non varranno."
    )
    return 0


def restore(options: argparse.Namespace) -> int:
    """Make the registry what a back-up says."""
    aside = None
    if options.yes:
        folder = joined.VAR / "backups"
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        aside = folder / f"registry-{dt.datetime.now(ROME):%Y%m%d-%H%M%S-%f}.zip"
    with _store() as store:
        done = backup.restore(store, options.file, aside=aside)
        faults = soundness.faults(store)
    rows = sum(one.rows for one in done.manifest.tables.values())
    _say(f"Ripristinate {number(rows)} righe, com'erano il {_moment(done.manifest.made_at)}.")
    if done.aside:
        _say(f"Il registro di prima è in {done.aside}.")
    if done.held:
        _say(
            f"Lettere fermate, perché forse già partite: {done.held}. Si vedono con: python3 run.py registry outbox"
        )
    for fault in faults:
        _warn(fault)
    return 1 if faults else 0


def remind(options: argparse.Namespace) -> int:
    """Write today's reminders, and send what waits if there is a server."""
    addresses = (
        outbox.addresses({"ATLANTE_ADDRESS": options.base_url}) if options.base_url else outbox.addresses()
    )
    with _store() as store:
        done = outbox.remind(store, addresses)
        asked = campaigns.write(store, addresses, lambda name: FIELDS.get(name, name))
        _say(f"{done.letters} lettere scritte, {len(done.records)} schede ricordate.")
        if asked.letters:
            _say(f"{number(asked.letters)} lettere scritte per le campagne in corso.")
        said = reports.remind(store, addresses)
        if said.letters:
            _say(f"{number(said.letters)} lettere scritte per gli errori segnalati.")
        for one in (*done.nobody, *said.nobody):
            _warn(f"Nessuno a cui scrivere per {one.kind}/{one.key} ({one.name})")
        server = outbox.configured()
        status = _sent(store, server) if server else 0
    if server is None:
        _say("La posta non è configurata (ATLANTE_SMTP, ATLANTE_MAIL_FROM): le lettere restano in attesa.")
    return status or (1 if done.nobody or said.nobody else 0)


def send(_: argparse.Namespace) -> int:
    """Send the letters that wait."""
    server = outbox.configured()
    if server is None:
        _warn("La posta non è configurata: servono ATLANTE_SMTP e ATLANTE_MAIL_FROM.")
        return 2
    with _store() as store:
        return _sent(store, server)


def _sent(store: Store, server: outbox.Server) -> int:
    done = outbox.send(store, server)
    _say(f"{done.sent} lettere partite, {done.failed} non riuscite.")
    return 1 if done.failed else 0


def letters(options: argparse.Namespace) -> int:
    """Print one line a letter that has not gone; ``--retry`` lets one go at the next round."""
    with _store() as store:
        for one in options.retry:
            keeping.retry(store, one)
        found = keeping.unsent(store)
    for letter in found:
        _say(
            f"{letter.number:>6}  {letter.written_on:%d/%m/%Y}  {LETTER_STATES[letter.state]:16} "
            f"{letter.recipient:32} {letter.subject}"
            + (f" ({letter.last_fault})" if letter.last_fault else "")
        )
    _say(f"{len(found)} lettere non partite.")
    return 0


def _day(moment: dt.datetime) -> str:
    return f"{moment.astimezone(ROME):%d/%m/%Y}"


def _moment(moment: dt.datetime) -> str:
    return f"{moment.astimezone(ROME):%d/%m/%Y alle %H:%M}"
