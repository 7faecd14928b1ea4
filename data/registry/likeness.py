"""How alike two records are, from 0 to 1, with the reasons: what an office's name, telephone and address give away.

Each thing in common is a witness for one and the same office, with its own weight, and they add up as independent
witnesses do: ``1 - (1 - a)(1 - b)…``. What cannot be of one office (another comune, another number in the name, other
streets) takes away a share of the whole. Unknown says nothing either way.

On 44 pairs of sportelli written as offices write them, half of them one desk twice (``tests/registry/
test_duplicates.py``), and with every other pair of those 88 desks, what is proposed from 0.75 on has precision 1.00
and recall 1.00. The weights were chosen on those pairs and on the seeded registry, so expect less elsewhere.
"""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final
from urllib.parse import urlsplit

import phonenumbers
from rapidfuzz import fuzz

from data.registry.folding import SMALL, words

PLAIN: Final = frozenset(
    "sportello sportelli ufficio uffici servizio servizi centro centri punto spazio comune comunale comuni provincia "
    "provinciale territoriale sede progetto rete gruppo informativo info informazione informazioni accoglienza ascolto "
    "orientamento per integrazione segretariato sociale sociali ambito distretto citta stranieri san parrocchia".split()
)
"""Words that most offices have in their name: they tell little."""
LEGAL: Final = frozenset(
    "onlus odv aps ets asd srl srls spa scs scarl scrl snc coop cooperativa cooperative consorzio associazione ass "
    "assoc societa impresa soc ente fondazione volontariato promozione arl pres presso co".split()
)
"""Forms of organisations: they tell nothing."""
SAME_WORDS: Final = dict.fromkeys(
    "immigrati immigrato immigrazione migranti migrante straniero straniera extracomunitari immigrate".split(),
    "stranieri",
) | dict.fromkeys("s st san sant santa santo ss".split(), "san")
ROADS: Final = frozenset(
    "via viale vle v piazza pza pzza p za piazzale ple largo lgo corso cso c so vicolo strada str contrada loc "
    "localita frazione fraz n nr num numero civico snc int interno piano terra primo secondo scala presso co".split()
)


@dataclass(frozen=True)
class Reason:
    """A thing in common or a thing against: its word, and what it is."""

    word: str
    detail: str


WORDS: Final = ("phone", "email", "web", "name", "address", "street", "near", "comune", "ente")
"""Every word a reason may have; ``screens/duplicate_words.py`` has the Italian."""

WITNESS: Final = {
    "name": 0.72, "phone": 0.45, "email": 0.5, "web": 0.35, "site": 0.15, "address": 0.45, "street": 0.2, "near": 0.25,
    "comune": 0.2, "ente": 0.2,
}  # fmt: skip
"""What each thing in common weighs; ``site`` is the same host with another path."""

NAME_ALONE: Final = {"enti": 0.85, "associazioni": 0.78}
"""What the name weighs where it is nearly all there is: an ente has no place of its own."""

AGAINST: Final = {
    "comune": 0.45, "numbers": 0.5, "number": 0.85, "names": 0.45, "streets": 0.7, "civic": 0.85, "far": 0.6,
    "phones": 0.92, "enti": 0.9, "own_words": 0.8,
}  # fmt: skip
"""The share that is left after what cannot be of one office."""

FAR_M, NEAR_M = 1500, 80


@dataclass(frozen=True)
class Traits:
    """What is compared of a record; whatever is not known is empty."""

    key: str
    words: tuple[str, ...]
    numbers: frozenset[str]
    comune: str
    place: frozenset[str]
    ente: str
    phones: frozenset[str]
    emails: frozenset[str]
    web: str
    host: str
    street: str
    civic: str
    point: tuple[float, float] | None
    telling: float


def traits(kind: str, key: str, said: Mapping[str, Any], comune: str = "") -> Traits:
    """What is compared of what a record says; ``comune`` is the name of its comune."""
    told = _joined(words(said.get("name")))
    street, civic = address(said.get("address"))
    web, host = site(said.get("web"))
    lon, lat = said.get("lon"), said.get("lat")
    return Traits(
        key,
        tuple(
            dict.fromkeys(SAME_WORDS.get(one, one) for one in told if one not in SMALL and not one.isdigit())
        ),
        frozenset(one.lstrip("0") for one in told if one.isdigit()),
        said.get("comune_code") or "",
        frozenset(words(comune)),
        said.get("ente_id") or "",
        phones(said.get("phone")),
        frozenset(one.strip().lower() for one in re.split("[;,]", said.get("email") or "") if one.strip()),
        web,
        host,
        street,
        civic,
        None if lon is None or lat is None else (lon, lat),
        NAME_ALONE.get(kind, WITNESS["name"]),
    )


def _joined(told: list[str]) -> list[str]:
    """Letters that stand alone one after the other are one word: A.C.L.I. is acli."""
    found: list[str] = []
    run = ""
    for one in [*told, ""]:
        if len(one) == 1 and one.isalpha():
            run += one
            continue
        if run:
            found.append(run)
            run = ""
        if one:
            found.append(one)
    return found


@lru_cache(maxsize=50_000)
def phones(text: str | None) -> frozenset[str]:
    """The telephones in a text, as the world writes them.

    Examples
    --------
    >>> sorted(phones("035/399111; +39 035 39.91.12")), sorted(phones("0039 035399111"))
    (['+39035399111', '+39035399112'], ['+39035399111'])
    """
    found = set()
    for part in re.split(r"[;,]| - |\bo\b|\be\b", text or ""):
        try:
            read = phonenumbers.parse(part, "IT")
        except phonenumbers.NumberParseException:
            continue
        found.add(phonenumbers.format_number(read, phonenumbers.PhoneNumberFormat.E164))
    return frozenset(found)


def site(text: str | None) -> tuple[str, str]:
    """Host and path of a page, and its host; without ``www`` and a slash at the end.

    Examples
    --------
    >>> site("https://www.Borgo.example/sportello/"), site("http://borgo.example")
    (('borgo.example/sportello', 'borgo.example'), ('borgo.example', 'borgo.example'))
    """
    try:
        parts = urlsplit((text or "").strip())
    except ValueError:
        return "", ""
    host = (parts.hostname or "").removeprefix("www.")
    return host + (parts.path.rstrip("/") if host else ""), host


def address(text: str | None) -> tuple[str, str]:
    """The street by its own words, and its number.

    Examples
    --------
    >>> address("P.za della Libertà, 3/A (primo piano)"), address("Via Cavour 73"), address(None)
    (('liberta', '3a'), ('cavour', '73'), ('', ''))
    """
    plain = re.split(r"\(| c/o | presso ", f"{text or ''} ".lower())[0]
    number = re.search(r"\b(\d+)\s*(?:/?\s*([a-z])\b)?", plain)
    civic = "" if number is None else number[1].lstrip("0") + (number[2] or "")
    street = plain if number is None or number.start() == 0 else plain[: number.start()]
    own = [one for one in words(street) if one not in ROADS and one not in SMALL and not one.isdigit()]
    return " ".join(own), civic


class Rarity:
    """How much a word of a name tells, from how many of the names have it."""

    def __init__(self, counts: Mapping[str, int], names: int) -> None:
        self._most = math.log(2 + names)
        self._counts = counts
        self._names = names
        self._weighed: dict[tuple[tuple[str, ...], frozenset[str]], dict[str, float]] = {}

    def weighed(self, one: Traits) -> Mapping[str, float]:
        """The words of a name with what they tell; the name of the comune where it is tells little."""
        told = (one.words, one.place)
        if told not in self._weighed:
            weights = {word: self(word) * (0.3 if word in one.place else 1.0) for word in one.words}
            self._weighed[told] = {word: weight for word, weight in weights.items() if weight}
        return self._weighed[told]

    def __call__(self, word: str) -> float:
        """Between 0 (nothing) and 1 (nobody else has it)."""
        if word in LEGAL:
            return 0.0
        rare = 1 - 0.7 * math.log(1 + self._counts.get(word, 0)) / self._most
        return 0.2 * rare if word in PLAIN else rare


def names_alike(one: Traits, other: Traits, rarity: Rarity) -> tuple[float, bool]:
    """How alike two names are, from 0 to 1, and whether each has a telling word that the other lacks.

    The weight of the words in common, small slips forgiven; a name that is all inside the other is nearly as good,
    if it is of two words or more.
    """
    mine, theirs = rarity.weighed(one), rarity.weighed(other)
    whole, whole_other = sum(mine.values()), sum(theirs.values())
    if not whole or not whole_other:
        return float(one.words == other.words and bool(one.words)) * 0.5, False
    shared, met = 0.0, 0
    own, left = [], dict(theirs)
    for word, weight in sorted(mine.items(), key=lambda item: (-item[1], item[0])):
        match = word if word in left else _slip(word, left)
        if match:
            shared += (weight + left.pop(match)) / 2
            met += 1
        else:
            own.append(word)
    dice = 2 * shared / (whole + whole_other)
    inside = min(1.0, shared / min(whole, whole_other))
    near = 0.85 * inside if met > 1 and min(whole, whole_other) > 0.6 else 0.0
    both = all(
        any(weights[word] > 0.4 and not _initials(word, name) for word in words_left)
        for words_left, weights, name in ((own, mine, other), (left, theirs, one))
    )
    return min(1.0, max(dice, near)), both


def _initials(word: str, other: Traits) -> bool:
    """Whether a word is the initials of the other name, or part of them: CRI is Croce Rossa Italiana."""
    return len(word) > 1 and word in "".join(each[0] for each in other.words)


def _slip(word: str, among: Mapping[str, float]) -> str | None:
    """The word that is this one but for a slip or an ending, or that this one shortens."""
    if len(word) < 4:
        return None
    for other in among:
        short, long = sorted((word, other), key=len)
        if len(short) >= 4 and (
            fuzz.ratio(word, other) >= 80 or (len(short) >= 5 and long.startswith(short))
        ):
            return other
    return None


def alike(one: Traits, other: Traits, rarity: Rarity) -> tuple[float, tuple[Reason, ...]]:
    """How alike two records are, from 0 to 1, and what they have in common, the weightiest first."""
    found: dict[str, tuple[float, str]] = {}
    left = 1.0
    name, both = names_alike(one, other, rarity)
    if both:
        left *= AGAINST["own_words"]
    if name >= 0.5:
        found["name"] = (one.telling * (name - 0.3) / 0.7, f"{name:.2f}")
    elif one.words and other.words:
        left *= AGAINST["names"] + (1 - AGAINST["names"]) * name
    if one.numbers != other.numbers:
        left *= AGAINST["numbers" if one.numbers and other.numbers else "number"]
    left *= _reached(one, other, found)
    if one.ente and other.ente:
        if one.ente == other.ente:
            found["ente"] = (WITNESS["ente"], one.ente)
        else:
            left *= AGAINST["enti"]
    left *= _placed(one, other, found)
    missing = 1.0
    for weight, _ in found.values():
        missing *= 1 - weight
    said = sorted(found.items(), key=lambda item: -item[1][0])
    return left * (1 - missing), tuple(Reason(word, detail) for word, (_, detail) in said)


def _reached(one: Traits, other: Traits, found: dict[str, tuple[float, str]]) -> float:
    """What telephones, addresses of e-mail and pages add to what was found; gives back the share that is left."""
    for word, mine, theirs in (("phone", one.phones, other.phones), ("email", one.emails, other.emails)):
        if mine & theirs:
            found[word] = (WITNESS[word], min(mine & theirs))
    if one.host and one.host == other.host:
        page = one.web == other.web and "/" in one.web
        found["web"] = (WITNESS["web" if page else "site"], one.web if page else one.host)
    apart = one.phones and other.phones and not one.phones & other.phones
    return AGAINST["phones"] if apart else 1.0


def _placed(one: Traits, other: Traits, found: dict[str, tuple[float, str]]) -> float:
    """What the two places add to what was found; gives back the share that is left."""
    left = 1.0
    if one.comune and other.comune:
        if one.comune != other.comune:
            return AGAINST["comune"]
        found["comune"] = (WITNESS["comune"], one.comune)
    if one.street and other.street:
        if _same_street(one.street, other.street):
            if one.civic and one.civic == other.civic:
                found["address"] = (WITNESS["address"], f"{one.street} {one.civic}")
            elif not one.civic or not other.civic:
                found["street"] = (WITNESS["street"], one.street)
            else:
                left *= AGAINST["civic"]
        else:
            left *= AGAINST["streets"]
    if one.point and other.point:
        metres = _metres(one.point, other.point)
        if metres <= NEAR_M:
            found["near"] = (WITNESS["near"], f"{metres:.0f}")
        elif metres > FAR_M:
            left *= AGAINST["far"]
    return left


def _same_street(one: str, other: str) -> bool:
    """Whether two streets are one: small slips, other order and first names left out forgiven."""
    mine, theirs = set(one.split()), set(other.split())
    return mine <= theirs or theirs <= mine or fuzz.token_sort_ratio(one, other) >= 84


def _metres(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Metres between two points in degrees, as on a plane: good to a thousandth within Lombardy."""
    east = (one[0] - other[0]) * math.cos(math.radians((one[1] + other[1]) / 2))
    return math.hypot(east, one[1] - other[1]) * 111_195
