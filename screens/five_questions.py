"""The five questions of a planner, each with its answer in a line and the way to the page that gives it whole."""

from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

import pandas as pd

from analysis import first_calls
from layers.style import number
from screens import (
    accesso_lingue,
    ask_registry,
    calls,
    gap_answers,
    language_answers,
    language_need,
    memory,
    school_mediation,
    school_memory,
    signing,
)
from screens.gap_table import AMBITO
from screens.need import EVENING_OR_SATURDAY, Need

FIRST: Final = 3
"""How many places an answer names."""
NEAR: Final = Need()
EVENING: Final = Need(when=EVENING_OR_SATURDAY)


class Asked(NamedTuple):
    """A question, its answer in a line, the page that gives it whole, and what that page's address says."""

    words: str
    answer: Callable[[], str]
    page: str
    query: Mapping[str, str]


def farthest() -> pd.DataFrame:
    """The Ambiti by people beyond the limit, most first (``gap_table.table``)."""
    return gap_answers.table(NEAR, AMBITO)


def _farthest() -> str:
    some = farthest().head(FIRST)
    said = [f"{_ambito(code)} ({_count(row['gap'])})" for code, row in some.iterrows()]
    return f"Per residenti stranieri: {_listed(said)}."


def hours() -> pd.DataFrame:
    """Longer hours or a new desk, by Ambito (``gap_table.hours_or_desk``)."""
    return gap_answers.hours_or_desk(EVENING, AMBITO)


def _hours() -> str:
    rows = hours()
    codes = {answer: rows.index[rows["answer"] == answer] for answer in ("hours", "desk", "ask")}
    where = f" ({_listed([_ambito(code) for code in codes['hours'][:FIRST]])})" * bool(len(codes["hours"]))
    return (
        f"Più gli orari, di certo, in {_count(len(codes['hours']))} Ambiti{where}; più un nuovo sportello in "
        f"{_count(len(codes['desk']))}; in {_count(len(codes['ask']))} dipende da ciò che non si sa: conviene prima "
        "chiedere."
    )


def languages() -> pd.DataFrame:
    """The language most missing in each Ambito (``accesso_lingue.missing_words``)."""
    return accesso_lingue.missing_words(language_need.missing(language_answers.by_ambito(NEAR)))


def _languages() -> str:
    return accesso_lingue.missing_sentence(languages())


def schools() -> pd.DataFrame:
    """Mediation in schools, by Ambito (``school_mediation.by_ambito``)."""
    around = school_memory.around()
    return school_mediation.by_ambito(around.schools, around.reached, memory.ambiti())


def _schools() -> str:
    table = schools()
    first = [_ambito(code) for code in table.index[:FIRST] if code]
    return (
        f"Per {_count(table['none'].sum())} scuole su {number(table['schools'].sum())} non abbiamo trovato mediazione, "
        f"che non vuol dire che non ci sia; con più alunni, negli Ambiti {_listed(first)}."
    )


def unknown() -> pd.DataFrame:
    """Whom to call, first where it matters most (``calls.calls``)."""
    return calls.calls("car")


def _unknown() -> str:
    found = unknown().sort_values(["matters", "nearest"], ascending=False, kind="stable")
    told = first_calls.as_shown(found)
    if told.empty:
        return calls.summary(found, None)
    first = memory.sportelli().set_index("sportello_id").loc[str(told.index[0]), "name"]
    return f"{calls.summary(found, None)[:-1]}; si comincia da {signing.plain(str(first))}."


def _ambito(code: Any) -> str:
    return signing.plain(ask_registry.ambito_words(str(code)))


def _count(people: Any) -> str:
    return f"**{number(people)}**"


def _listed(words: list[str]) -> str:
    return " e ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))


QUESTIONS: Final = (
    Asked(
        "Quali Ambiti hanno più persone oltre 30 minuti da uno sportello?",
        _farthest,
        "divari",
        {"mostra": "quota"},
    ),
    Asked(
        "Dove orari serali aiuterebbero più di un nuovo sportello?",
        _hours,
        "divari",
        {"quando": EVENING_OR_SATURDAY, "vista": "orari"},
    ),
    Asked("Quali lingue mancano, e dove?", _languages, "accesso", {"vista": "lingue"}),
    Asked("Quali scuole non hanno mediazione vicino?", _schools, "scuole", {"vista": "mediazione"}),
    Asked("Che cosa non sappiamo, e a chi chiederlo?", _unknown, "qualita", {"vista": "chiamare"}),
)
