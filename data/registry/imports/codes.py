"""Words as offices write them: folded to be compared, looked up in the vocabularies and their synonyms."""

import csv
import re
import unicodedata
from functools import cache, lru_cache
from typing import Final

from rapidfuzz import fuzz, process

from data.vocabularies import FOLDER as VOCABULARIES
from data.vocabularies import vocabulary

WEAK: Final = re.compile(r"\s+(?:e|ed|and)\s+|\s+[-–—]\s+|\s*&\s*", re.IGNORECASE)
STRONG: Final = re.compile(r"[;,/|+•·\n]+")
LIKE: Final = 74
"""Least likeness, out of 100, of a word that is suggested."""


@lru_cache(maxsize=65536)
def fold(text: str) -> str:
    """A text to be compared: plain small letters and digits, single spaces.

    Examples
    --------
    >>> fold("  CANTU' – Via dell’Orto ")
    'cantu via dell orto'
    """
    plain = text
    if not text.isascii():
        plain = unicodedata.normalize("NFKD", text.replace("°", " ").replace("ß", "ss"))
        plain = "".join(c for c in plain if not unicodedata.combining(c))
    return OTHER.sub(" ", plain.lower()).strip()


OTHER: Final = re.compile(r"[^a-z0-9]+")


@cache
def rows(name: str) -> list[dict[str, str]]:
    """The rows of a table of words beside the vocabularies."""
    with (VOCABULARIES / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def words(name: str) -> dict[str, str]:
    """Every folded word of a vocabulary → its code: synonyms, labels, the codes themselves."""
    table = vocabulary(name)
    found = {fold(one["word"]): one["value"] for one in rows("word_synonyms") if one["vocabulary"] == name}
    found |= {fold(label): str(code) for code, label in table["label"].items()}
    return found | {fold(str(code)): str(code) for code in table.index}


def label(name: str, code: str) -> str:
    """What a person may write for a code."""
    return str(vocabulary(name).loc[code, "label"])


@lru_cache(maxsize=16384)
def code(name: str, text: str) -> str | None:
    """The code of a word; missing where no vocabulary or synonym has it.

    Examples
    --------
    >>> code("service_kinds", "PATRONATO"), code("languages", "cinese mandarino"), code("costs", "boh")
    ('patronato', 'zh', None)
    """
    said = fold(re.sub(r"\([^)]*\)", " ", text)) or fold(text)
    return words(name).get(fold(text)) or words(name).get(said)


@lru_cache(maxsize=16384)
def likely(name: str, text: str) -> str | None:
    """The label of the code whose words are most like this one; missing where none is like it enough.

    Examples
    --------
    >>> likely("languages", "inglesse"), likely("languages", "klingon")
    ('inglese', None)
    """
    said = fold(text)
    if len(said) < 3:
        return None
    best = process.extractOne(said, words(name).keys(), scorer=fuzz.ratio, score_cutoff=LIKE)
    if best is None:
        whole = [word for word in words(name) if set(said.split()) <= set(word.split())]
        named = {words(name)[word] for word in whole}
        return label(name, named.pop()) if len(named) == 1 else None
    return label(name, words(name)[best[0]])


@lru_cache(maxsize=16384)
def listed(name: str, text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The codes of a list in words, and the items that no word knows.

    Examples
    --------
    >>> listed("languages", "arabo/inglese e francese, marziano")
    (('ar', 'en', 'fr'), ('marziano',))
    """
    whole = code(name, text)
    if whole:
        return (whole,), ()
    found: list[str] = []
    unknown: list[str] = []
    for piece in (one.strip(" .:-") for one in STRONG.split(text)):
        if not fold(piece):
            continue
        known = code(name, piece)
        parts = [known] if known else [code(name, part) for part in WEAK.split(piece)]
        if None in parts and len(parts) > 1:
            unknown += [part for part in WEAK.split(piece) if code(name, part) is None and fold(part)]
        elif None in parts:
            spaced = [code(name, word) for word in piece.split()]
            if None not in spaced and name == "languages":
                parts = spaced
            else:
                unknown.append(piece)
        found += [part for part in parts if part]
    return tuple(dict.fromkeys(found)), tuple(unknown)


GUESSES: Final = (
    (r"\bcpia\b", "cpia"), (r"\bprefettura\b", "prefettura_sui"), (r"\b(?:questura|commissariato)\b", "questura"),
    (r"\b(?:sai|sprar)\b", "sai"), (r"\bcaritas\b|\bcentro d(?:i)? ascolto\b", "caritas"),
    (r"\bpatronato\b|\b(?:inca|inas|ital uil)\b", "patronato"), (r"\b(?:cgil|cisl|uil|anolf)\b", "sindacato"),
    (r"\bwelcome (?:center|centre|point)\b", "welcome_center"), (r"\bcentro interculturale\b", "centro_interculturale"),
    (r"\bscuola (?:di|d) italiano\b", "scuola_italiano"), (r"\b(?:asst|ats)\b|\bambulatorio\b", "salute"),
    (r"^(?:comune|citta) di\b", "sportello_comunale"),
    (r"\bambito\b|\bazienda (?:speciale|sociale|consortile|territoriale)\b|\bconsorzio\b", "sportello_ambito"),
    (r"\bassociazione\b|\b(?:odv|aps|onlus)\b|\bcooperativa\b", "associazione"),
)  # fmt: skip


def guessed_kind(name: str | None, ente: str | None) -> str | None:
    """The kind that the names of a sportello and of its ente speak of; missing where they do not.

    Examples
    --------
    >>> guessed_kind("Sportello stranieri", "Comune di Borgo"), guessed_kind("Punto", "Boh")
    ('sportello_comunale', None)
    """
    for said in (fold(name or ""), fold(ente or "")):
        for pattern, kind in GUESSES:
            if re.search(pattern, said):
                return kind
    return None
