"""Places typed by hand, errors and all: comuni, their parts, and what they are called in other languages."""

import csv
import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final, NamedTuple

from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from data.registry.folding import fold
from locator.snapshot import Snapshot
from locator.travel import Origin

EXONYMS: Final = Path(__file__).parent / "exonyms.csv"

MOST: Final = 8
LONGEST: Final = 80
"""Letters of what is typed that are looked at."""
SLIPS: Final = {4: 1, 8: 2}
"""From how many letters on, how many slips may lead to a place without asking."""
SHORTEST: Final = 3
"""Letters from which on a name is looked for inside others."""
LIKE: Final = 70.0
"""From 0 to 100: names less alike than this are not suggested."""

ELSEWHERE: Final = frozenset(
    fold(name)
    for name in (
        "Agrigento;Alessandria;Ancona;Aosta;Arezzo;Ascoli Piceno;Asti;Avellino;Bari;Belluno;Benevento;Biella;Bologna;"
        "Bolzano;Brindisi;Cagliari;Caltanissetta;Campobasso;Caserta;Catania;Catanzaro;Chieti;Cosenza;Crotone;Cuneo;"
        "Enna;Fermo;Ferrara;Firenze;Foggia;Forlì;Frosinone;Genova;Gorizia;Grosseto;Imperia;Isernia;L'Aquila;La Spezia;"
        "Latina;Lecce;Livorno;Lucca;Macerata;Massa;Matera;Messina;Modena;Napoli;Novara;Nuoro;Oristano;Padova;Palermo;"
        "Parma;Perugia;Pesaro;Pescara;Piacenza;Pisa;Pistoia;Pordenone;Potenza;Prato;Ragusa;Ravenna;Reggio Emilia;"
        "Reggio Calabria;Rieti;Rimini;Roma;Rovigo;Salerno;Sassari;Savona;Siena;Siracusa;Taranto;Teramo;Terni;Torino;"
        "Trapani;Trento;Treviso;Trieste;Udine;Venezia;Verbania;Vercelli;Verona;Vibo Valentia;Vicenza;Viterbo;"
        "Bellinzona;Chiasso;Locarno;Lugano;Mendrisio"
    ).split(";")
)
"""Capitals of the other provinces of Italy, and towns of Ticino: who types one of these has not mistyped a comune."""

AROUND: Final = re.compile(r"\b(?:comune|citta|provincia|paese) (?:di|del|della) ")
"""Words people put before a name."""

SURE: Final = 100.0
"""Score of a name written as it is."""
BEGINS: Final = 97.0
"""Of a name that begins with all the words typed."""
ONE_SLIP, MORE_SLIPS = 96.0, 95.0
"""Of a name that the typed one is but for the slips of ``SLIPS``."""
HAS_WORDS: Final = 92.0
"""Of a name that has all the words typed among its own."""
WORDS: Final = (SURE, BEGINS, HAS_WORDS)
"""Scores of a name that has the words as they were typed."""
LIKE_ELSEWHERE: Final = 91.0
"""The most of any name where what was typed is one of ``ELSEWHERE``: told, never sure."""
LIKELY: Final = 80.0
"""Names that are less alike are not told beside one that is much."""


class Match(NamedTuple):
    """A place that somebody may have meant, the name that was found, and how alike it is, from 0 to 100."""

    origin: Origin
    name: str
    score: float


class Name(NamedTuple):
    """A name as it is compared, with its words; ``of_comune`` are those of the comune where the part named lies."""

    folded: str
    words: frozenset[str]
    of_comune: frozenset[str]
    shown: str
    origin: Origin


@dataclass(frozen=True)
class Index:
    """Every name of every place, and how many people live in each comune."""

    names: tuple[Name, ...]
    folded: tuple[str, ...]
    people: dict[str, int]


def places(now: Snapshot, typed: str, *, most: int = MOST) -> list[Match]:
    """The places somebody may have meant, the likeliest first: one match a place; none where nothing is like it.

    Where two are as like, comuni come before parts, and those with more people before others.
    """
    asked = _plain(typed)
    if not asked:
        return []
    index = index_of(now)
    best: dict[str, Match] = {}
    highest = LIKE_ELSEWHERE if asked in ELSEWHERE else SURE
    for number, alike in _scored(asked, index):
        name, score = index.names[number], min(alike, highest)
        if name.origin.id not in best or best[name.origin.id].score < score:
            best[name.origin.id] = Match(name.origin, name.shown, score)
    order = sorted(best.values(), key=lambda one: _order(one, index))
    whole = {one.origin.comune_code: one.score for one in order if one.origin.main}
    told = [
        one for one in order if one.score >= HAS_WORDS or whole.get(one.origin.comune_code, 0) <= one.score
    ]
    least = LIKELY if any(one.score >= HAS_WORDS for one in told) else 0.0
    return [one for one in told if one.score >= least][:most]


def certain(found: list[Match]) -> Origin | None:
    """The place that was meant without a doubt; missing where there may be two, or none.

    The whole name of a comune, if no place of more people is called so; the whole name of one part, if no comune begins
    with it and no place of more people has its words; the one comune that begins with what was typed, that has all the
    words, or that the fewest slips lead to, if no other place has the words as they were typed.
    """
    if not found:
        return None
    first, comuni = found[0], [one for one in found if _of_comune(one)]
    if first.score >= SURE and not _of_comune(first):
        alone = len(found) == 1 or found[1].score < SURE
        others = [one for one in found if one.origin.comune_code != first.origin.comune_code]
        begun = any(one.score >= BEGINS for one in others if _of_comune(one))
        return first.origin if alone and not begun and not _larger(first, others, WORDS) else None
    if not comuni or comuni[0].score < (HAS_WORDS if _of_comune(first) else MORE_SLIPS):
        return None
    best, others = comuni[0], [one for one in found if one.origin.comune_code != comuni[0].origin.comune_code]
    tied = len(comuni) > 1 and comuni[1].score == best.score
    slipped = best.score in {ONE_SLIP, MORE_SLIPS} and any(one.score in WORDS for one in others)
    return None if tied or slipped or _larger(best, others, {SURE}) else best.origin


def _of_comune(one: Match) -> bool:
    """Whether a comune was named, not a part of one; some comuni have their town hall in a part of another name."""
    return one.origin.main and not one.name == one.origin.name != one.origin.comune


def _larger(one: Match, others: Iterable[Match], scores: Collection[float]) -> bool:
    """Whether one of the others, of these scores, is a place of more people."""
    return any(other.score in scores and other.origin.residents > one.origin.residents for other in others)


def _order(one: Match, index: Index) -> tuple[float, bool, int, str]:
    return -one.score, not one.origin.main, -index.people.get(one.origin.comune_code, 0), one.origin.id


def _scored(asked: str, index: Index) -> Iterator[tuple[int, float]]:
    """Numbers of the names that are like what was asked, with how much."""
    slips = max((least for letters, least in SLIPS.items() if len(asked) >= letters), default=0)
    for _, distance, number in process.extract(
        asked, index.folded, scorer=OSA.distance, score_cutoff=slips, limit=None
    ):
        yield number, {0: SURE, 1: ONE_SLIP}.get(int(distance), MORE_SLIPS)
    words = frozenset(asked.split())
    for number, name in enumerate(index.names):
        if len(asked) < SHORTEST:
            if name.origin.main and name.folded.startswith(asked):
                yield number, 80.0
            continue
        if words <= name.of_comune:
            continue  # every part of a comune is not meant by the name of the comune
        if words <= name.words:
            yield number, BEGINS if name.folded.startswith(f"{asked} ") else HAS_WORDS
        elif name.folded.startswith(asked):
            yield number, 90.0
        elif f" {name.folded} " in f" {asked} " and len(name.folded) >= SHORTEST:
            yield number, 85.0
    begun = [name[: len(asked)] for name in index.folded] if len(asked) >= SHORTEST else []
    for names, weight in ((index.folded, 0.85), (begun, 0.8)):
        for _, score, number in process.extract(
            asked, names, scorer=fuzz.ratio, score_cutoff=LIKE, limit=MOST * 4
        ):
            yield number, score * weight


def _plain(typed: str) -> str:
    """What was typed as its plain words, without a province in brackets, a postcode and words like "comune di"."""
    text = re.sub(r"\(\s*[A-Za-z]{2}\s*\)|\b\d{5}\b", " ", typed[:LONGEST])
    return AROUND.sub("", fold(text) + " ").strip()


def index_of(now: Snapshot) -> Index:
    """The names of a snapshot's places."""
    return _index(now.travel.origins)


@lru_cache(maxsize=2)
def _index(origins: tuple[Origin, ...]) -> Index:
    people: dict[str, int] = {}
    for one in origins:
        people[one.comune_code] = people.get(one.comune_code, 0) + one.residents
    names = tuple(_name(shown, one) for shown, one in _named(origins))
    return Index(names, tuple(name.folded for name in names), people)


def _name(shown: str, origin: Origin) -> Name:
    folded = fold(shown)
    own = frozenset() if origin.main and shown == origin.comune else frozenset(fold(origin.comune).split())
    return Name(folded, frozenset(folded.split()), own, shown, origin)


def _named(origins: Iterable[Origin]) -> Iterator[tuple[str, Origin]]:
    """Every name of each place: of a comune, of its parts with it and without, in other languages."""
    standing = {one.comune_code: one for one in origins if one.main}
    for one in origins:
        if one.main:
            yield one.comune, one
            if "/" in one.comune:
                yield from ((name, one) for name in one.comune.split("/"))
        if one.name != one.comune:
            yield one.name, one
            yield f"{one.name} {one.comune}", one
            yield f"{one.comune} {one.name}", one
    for code, name in exonyms():
        if code in standing:
            yield name, standing[code]


@lru_cache(maxsize=1)
def exonyms() -> tuple[tuple[str, str], ...]:
    """Codes of comuni with what they are called in other languages."""
    if not EXONYMS.exists():
        return ()
    with EXONYMS.open(encoding="utf-8", newline="") as file:
        return tuple((row["comune_code"], row["name"]) for row in csv.DictReader(file))
