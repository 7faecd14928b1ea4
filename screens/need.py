"""What somebody needs of a desk: read from the address, written to it, put in words. No Streamlit.

The address holds codes and OSM hours, never labels. A code nobody knows is left out and said, not an error.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields
from functools import cache
from typing import Any, Final

from data.registry import usual_week
from data.vocabularies import label, vocabulary
from errors import UnknownCode
from layers.style import number
from screens.card import hours_in_words
from screens.filters import EVIDENCE, KINDS, MODE_WORDS, MODES

EVENING_OR_SATURDAY: Final = "Mo-Fr 17:00-22:00; Sa 08:00-20:00"
"""When somebody who works by day is free."""

LONGEST_MIN: Final = 120
"""What lies farther is not kept (``geo.matrices.LIMIT_MIN``)."""

DAYS: Final = {
    "Mo": "lunedì", "Tu": "martedì", "We": "mercoledì", "Th": "giovedì", "Fr": "venerdì", "Sa": "sabato",
    "Su": "domenica",
}  # fmt: skip


@dataclass(frozen=True)
class Need:
    """One question on access; what is as usual asks nothing.

    Parameters
    ----------
    mode, limit
        How people travel, and for how many minutes at most.
    when
        When they can go: a moment (``Sa 10:00``) or hours of the week in OSM syntax; empty for any time.
    languages
        Of which one must be spoken; none for any.
    themes
        Of which all must be dealt with at the same desk; none for any.
    target
        Who they are, of the vocabulary ``targets``; empty for anybody.
    home
        Whether the desk must receive people of their comune.
    walk_in
        Whether one must get in without an appointment.
    capacity
        Weekly hours of the desk for every 1,000 foreign residents within the limit, at least; 0 for any.
    evidence
        The worst level that counts.
    fresh
        Months since somebody last said or confirmed it, at most; 0 for any.
    kinds
        Kinds of desk; none for those that inform and accompany.
    """

    mode: str = "car"
    limit: int = 30
    when: str = ""
    languages: tuple[str, ...] = ()
    themes: tuple[str, ...] = ()
    target: str = ""
    home: bool = False
    walk_in: bool = False
    capacity: float = 0.0
    evidence: str = "C"
    fresh: int = 0
    kinds: tuple[str, ...] = ()

    @property
    def conditions(self) -> int:
        """How many conditions are asked, beside the way there and which desks count."""
        asked = (self.when, self.languages, self.themes, self.target, self.home, self.walk_in, self.capacity)
        return sum(map(bool, (*asked, self.fresh)))


PARAMETERS: Final = {
    "mode": "mezzo",
    "limit": "limite",
    "when": "quando",
    "languages": "lingua",
    "themes": "tema",
    "target": "destinatario",
    "home": "residenza",
    "walk_in": "libero",
    "capacity": "capienza",
    "evidence": "prova",
    "fresh": "mesi",
    "kinds": "tipi",
}
"""Field → name of the parameter in the address."""

FRESH: Final = (0, 6, 12, 24, 36, 60)
CAPACITIES: Final = (0.0, 0.5, 1.0, 2.0, 5.0)


@cache
def known() -> dict[str, Collection[str]]:
    """The codes that exist, by field; a field that is not here takes anything its type reads."""
    return {
        "mode": MODES,
        "languages": tuple(vocabulary("languages").index),
        "themes": tuple(vocabulary("themes").index),
        "target": tuple(vocabulary("targets").index),
        "home": ("1",),
        "walk_in": ("1",),
        "evidence": EVIDENCE,
        "kinds": KINDS,
    }


def parse(query: Mapping[str, str]) -> tuple[Need, str]:
    """The question an address asks, and a sentence on what was left out of it (empty if nothing).

    Examples
    --------
    >>> asked, said = parse({"lingua": "ar,luna", "quando": "Sa 10:00", "limite": "45"})
    >>> asked.languages, asked.when, asked.limit
    (('ar',), 'Sa 10:00', 45)
    >>> said
    'Nell’indirizzo c’è qualcosa che non conosciamo e che abbiamo lasciato fuori: lingua=luna.'
    """
    usual, found, strange = Need(), {}, list[str]()
    for field in fields(Need):
        told = query.get(PARAMETERS[field.name], "")
        if not told:
            continue
        value, bad = _read(field.name, told, getattr(usual, field.name))
        strange += [f"{PARAMETERS[field.name]}={one}" for one in bad]
        if value is not None:
            found[field.name] = value
    said = ", ".join(strange)
    return Need(**found), (
        f"Nell’indirizzo c’è qualcosa che non conosciamo e che abbiamo lasciato fuori: {said}."
        if said
        else ""
    )


def _read(name: str, told: str, usual: Any) -> tuple[Any, list[str]]:
    """The value of one field, None where there is none, and what cannot be understood."""
    if name == "when":
        return (told, []) if is_time(told) else (None, [told])
    if name in {"limit", "fresh", "capacity"}:
        highest = {"limit": LONGEST_MIN, "fresh": 600, "capacity": 1000.0}[name]
        good = re.fullmatch(r"\d{1,4}" if name != "capacity" else r"\d{1,4}(?:\.\d{1,3})?", told)
        value = float(told) if good else -1.0
        fine = (name != "limit" or value > 0) and 0 <= value <= highest
        return (type(usual)(value), []) if fine else (None, [told])
    codes = list(dict.fromkeys(code for code in told.split(",") if code))
    strange = [code for code in codes if code not in known()[name]]
    good_ones = tuple(code for code in codes if code not in strange)
    if isinstance(usual, tuple):
        return good_ones, strange
    if not good_ones:
        return None, strange
    return (True if isinstance(usual, bool) else good_ones[0]), strange


def is_time(text: str) -> bool:
    """Whether a text says when somebody can go (``usual_week.free``)."""
    try:
        usual_week.free(text)
    except UnknownCode:
        return False
    return True


def write(asked: Need) -> dict[str, str]:
    """The parameters of the address that ask this; what is as usual is left out.

    >>> write(Need(languages=("ar", "fr"), home=True))
    {'lingua': 'ar,fr', 'residenza': '1'}
    """
    told: dict[str, str] = {}
    for field in fields(Need):
        value = getattr(asked, field.name)
        if value != getattr(Need(), field.name):
            told[PARAMETERS[field.name]] = _written(value)
    return told


def _written(value: Any) -> str:
    if isinstance(value, tuple):
        return ",".join(value)
    return "1" if value is True else f"{value:g}" if isinstance(value, float) else str(value)


def when_words(when: str) -> str:
    """When somebody can go, after "aperto".

    >>> when_words("Sa 10:00"), when_words(EVENING_OR_SATURDAY)
    ('il sabato alle 10:00', 'dopo le 17 o il sabato')
    """
    if when == EVENING_OR_SATURDAY:
        return "dopo le 17 o il sabato"
    moment = usual_week.MOMENT.fullmatch(when)
    if moment:
        day = DAYS[moment[1]]
        return f"{'la' if day == 'domenica' else 'il'} {day} alle {int(moment[2])}:{moment[3]}"
    return f"in qualche momento tra {hours_in_words(when)}"


def parts(asked: Need) -> list[str]:
    """The conditions in words, one each, without the way there."""
    said = []
    if asked.when:
        said.append(f"aperto {when_words(asked.when)}")
    if asked.languages:
        said.append(
            "dove si parla " + " o ".join(label("languages", code).lower() for code in asked.languages)
        )
    if asked.themes:
        said.append("per " + " e ".join(f"«{label('themes', code)}»" for code in asked.themes))
    if asked.target:
        said.append(f"per «{label('targets', asked.target)}»")
    if asked.home:
        said.append("che riceve chi abita in quel comune")
    if asked.walk_in:
        said.append("senza appuntamento")
    if asked.capacity:
        said.append(f"con almeno {number(asked.capacity, digits=1)} ore a settimana ogni 1.000 stranieri")
    if asked.fresh:
        said.append(f"di cui si è detto qualcosa negli ultimi {asked.fresh} mesi")
    return said


def words(asked: Need) -> str:
    """The whole question in words, after "uno sportello".

    >>> words(Need(languages=("ar",), when="Sa 10:00"))
    'entro 30 minuti in auto, aperto il sabato alle 10:00, dove si parla arabo'
    """
    way = f"entro {asked.limit} minuti {MODE_WORDS[asked.mode]}"
    kinds = (
        ["tra i tipi " + ", ".join(f"«{label('service_kinds', kind)}»" for kind in asked.kinds)]
        if asked.kinds
        else []
    )
    proof = [f"con prove fino al livello {asked.evidence}"] if asked.evidence != "C" else []
    return ", ".join([way, *kinds, *parts(asked), *proof])
