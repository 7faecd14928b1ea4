"""A question as an address holds it: read one parameter at a time, what is not known left out; and written back."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from errors import UnknownCode
from locator.finding import NOW, Ask, check
from locator.travel import Origin, Travel

PARAMETERS: Final = {
    "origin": "luogo",
    "theme": "tema",
    "language": "lingua",
    "target": "destinatario",
    "mode": "mezzo",
    "when": "quando",
    "ambito": "ambito",
}
"""Field of ``finding.Ask`` → name of the parameter."""

MODES: Final = {"piedi": "walk", "bici": "bike", "auto": "car"}
"""What the address calls the ways to travel."""

NOW_WORD: Final = "adesso"
PLACE: Final = "dove"
"""Parameter with what somebody typed as the place."""

FILTERS: Final = ("theme", "language", "target", "when")
"""Fields that a person can take away again, in the order they are shown."""


@dataclass(frozen=True)
class Asked:
    """What an address asks: the question, and what in it nobody knows, as ``name=value``."""

    ask: Ask
    strange: tuple[str, ...] = ()


def read(query: Mapping[str, str], travel: Travel, *, home: Origin | None = None, ambito: str = "") -> Asked:
    """The question of an address.

    Parameters
    ----------
    home
        The place that stands for the comune of the page, if it is one of a comune: where people start from unless
        ``luogo`` names another place of that comune.
    ambito
        The Ambito of the page, if it is one of an Ambito; it wins over the parameter.
    """
    ask, strange = Ask(origin="" if home is None else home.id, ambito=ambito), list[str]()
    for name, parameter in PARAMETERS.items():
        told = query.get(parameter, "").strip()
        if not told or (name == "ambito" and ambito):
            continue
        value = _value(name, told)
        if value is None or not _known(name, value, travel, home):
            strange.append(f"{parameter}={told}")
        else:
            ask = replace(ask, **{name: value})
    return Asked(ask, tuple(strange))


def _value(name: str, told: str) -> str | None:
    if name == "mode":
        return MODES.get(told)
    return NOW if name == "when" and told == NOW_WORD else told


def _known(name: str, value: str, travel: Travel, home: Origin | None) -> bool:
    """Whether a value exists; a place has to be of the comune of the page."""
    if name == "ambito":
        return any(origin.ambito_id == value for origin in travel.of_comune.values())
    if name == "origin":
        row = travel.row.get(value)
        return row is not None and (home is None or travel.origins[row].comune_code == home.comune_code)
    if name == "when" and value == NOW:
        return True
    try:
        check(replace(Ask(), **{name: value}), travel)
    except UnknownCode:
        return False
    return True


def write(ask: Ask, *, home: Origin | None = None, ambito: str = "") -> dict[str, str]:
    """The parameters that ask this; what is as usual is left out, and the place and Ambito that the page stands for.

    >>> write(Ask(theme="lavoro", mode="car", when=NOW))
    {'tema': 'lavoro', 'mezzo': 'auto', 'quando': 'adesso'}
    """
    told = {}
    usual = Ask(origin="" if home is None else home.id, ambito=ambito)
    for name, parameter in PARAMETERS.items():
        value = getattr(ask, name)
        if value != getattr(usual, name):
            told[parameter] = value
    if "mezzo" in told:
        told["mezzo"] = mode_word(ask.mode)
    if ask.when == NOW:
        told["quando"] = NOW_WORD
    return told


def mode_word(mode: str) -> str:
    """What the address calls a way to travel.

    >>> mode_word("walk")
    'piedi'
    """
    return next(word for word, code in MODES.items() if code == mode)


def without(ask: Ask, name: str) -> Ask:
    """The same question without one of its conditions."""
    return replace(ask, **{name: ""})
