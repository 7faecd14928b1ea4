"""What somebody needs of a desk, as the options of a command: the same for every command that asks it."""

import argparse
import math

from data.registry import usual_week
from errors import UnknownCode
from screens.filters import EVIDENCE, MODES
from screens.need import LONGEST_MIN, Need, known


def add_to(command: argparse.ArgumentParser) -> None:
    """Add the options that ask a need to a command."""
    usual = Need()
    command.add_argument("--mode", choices=MODES, default=usual.mode, help=f"mezzo ({usual.mode})")
    command.add_argument(
        "--limit", type=_minutes, default=usual.limit, help=f"limite in minuti ({usual.limit})"
    )
    command.add_argument(
        "--when", default="", help="quando si può andare: «Sa 10:00», o ore della settimana come in OSM"
    )
    command.add_argument(
        "--language", action="append", default=[], metavar="COD", help="lingua: ne basta una; si può ripetere"
    )
    command.add_argument(
        "--theme", action="append", default=[], metavar="COD", help="tema: servono tutti; si può ripetere"
    )
    command.add_argument("--target", default="", metavar="COD", help="a chi si rivolge lo sportello")
    command.add_argument("--home", action="store_true", help="riceve chi abita nel comune")
    command.add_argument("--walk-in", action="store_true", help="si entra senza appuntamento")
    command.add_argument(
        "--capacity", type=_not_negative, default=0.0, help="ore a settimana ogni 1.000 stranieri, almeno"
    )
    command.add_argument(
        "--evidence",
        type=_level,
        default=usual.evidence,
        help=f"livello di prova peggiore che conta, da A a D ({usual.evidence})",
    )
    command.add_argument("--fresh", type=_months, default=0, help="mesi da quando lo si è detto, al massimo")
    command.add_argument(
        "--kind", action="append", default=[], metavar="COD", help="tipo di sportello; si può ripetere"
    )


def need_of(options: argparse.Namespace) -> Need:
    """The need that the options ask; raises ``UnknownCode`` for codes and times that nobody knows."""
    if options.when:
        usual_week.free(options.when)
    lists = {"languages": options.language, "themes": options.theme, "kinds": options.kind}
    strange = [code for name, codes in lists.items() for code in codes if code not in known()[name]]
    if options.target and options.target not in known()["target"]:
        strange.append(options.target)
    if strange:
        raise UnknownCode(what="lingua, tema, destinatario o tipo di sportello", codes=strange)
    return Need(
        mode=options.mode,
        limit=options.limit,
        when=options.when,
        languages=tuple(dict.fromkeys(options.language)),
        themes=tuple(dict.fromkeys(options.theme)),
        target=options.target,
        home=options.home,
        walk_in=options.walk_in,
        capacity=options.capacity,
        evidence=options.evidence,
        fresh=options.fresh,
        kinds=tuple(dict.fromkeys(options.kind)),
    )


def _minutes(text: str) -> int:
    limit = float(text)
    if not (limit.is_integer() and 0 < limit <= LONGEST_MIN):
        raise argparse.ArgumentTypeError(f"il limite è un numero intero di minuti, da 1 a {LONGEST_MIN}")
    return int(limit)


def _not_negative(text: str) -> float:
    hours = float(text)
    if not 0 <= hours < math.inf:
        raise argparse.ArgumentTypeError("la capienza è un numero non negativo di ore")
    return hours


def _months(text: str) -> int:
    months = int(text)
    if months < 0:
        raise argparse.ArgumentTypeError("i mesi sono un numero non negativo")
    return months


def _level(text: str) -> str:
    """The worst level: of ``ABC``, C.

    >>> _level("ABC"), _level("b")
    ('C', 'B')
    """
    levels = set(text.upper())
    if not levels or levels - set(EVIDENCE):
        raise argparse.ArgumentTypeError(f"i livelli di prova vanno da {EVIDENCE[0]} a {EVIDENCE[-1]}")
    return max(levels)
