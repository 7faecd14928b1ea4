"""Words as they are compared: without accents, capitals or punctuation, the same on every database."""

import re
import unicodedata
from functools import lru_cache
from typing import Final

LONGEST: Final = 60
"""Letters of a word that count."""

WORD: Final = re.compile(r"[^\W_]+")
SMALL: Final = frozenset(
    "a ad ai al alla alle allo anche c che con d da dai dal dalla de dei del dell della delle dello di e ed gli i il "
    "in l la le lo nei nel nella o per su sul sulla tra fra un una".split()
)
"""Words that say nothing by themselves."""


def fold(text: str) -> str:
    """A text as its plain words, one space between them.

    Examples
    --------
    >>> fold("Città di Cantù – Sportello dell'ÀMBITO n°3"), fold("😀 --")
    ('citta di cantu sportello dell ambito n 3', '')
    """
    return " ".join(words(text))


def words(text: str | None) -> list[str]:
    """The plain words of a text, in their order; none of an unknown one."""
    return list(_words(text)) if text else []


@lru_cache(maxsize=20_000)
def _words(text: str) -> tuple[str, ...]:
    plain = text.lower()
    if not plain.isascii():
        spread = unicodedata.normalize("NFKD", text.casefold())
        plain = "".join(letter for letter in spread if not unicodedata.combining(letter)).lower()
    return tuple(word[:LONGEST] for word in WORD.findall(plain))


def asked_words(text: str | None, *, most: int = 12) -> list[str]:
    """The words a question is about: each once, without the small ones unless there is nothing else.

    Examples
    --------
    >>> asked_words("lo sportello di Bergamo, sportello"), asked_words("di")
    (['sportello', 'bergamo'], ['di'])
    """
    given = list(dict.fromkeys(words((text or "")[:2000])))
    return ([word for word in given if word not in SMALL] or given)[:most]
