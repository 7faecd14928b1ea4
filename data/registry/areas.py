"""Whom a sportello receives, by where they live: areas with their level in their name, so that codes never mix."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Final

from data import catalog
from errors import UnknownCode

REGION: Final = "03"
PATTERNS: Final = {
    "istat:comune": r"\d{6}",
    "ambito": r"[a-z0-9]+(?:-[a-z0-9]+)*",
    "provincia": r"[A-Z]{2}",
    "regione": REGION,
}
"""Level → what its codes look like."""


@dataclass(frozen=True, order=True)
class Area:
    """An area that receives or is served: its level and its code of that level.

    Examples
    --------
    >>> str(Area("istat:comune", "015146"))
    'istat:comune:015146'
    """

    level: str
    code: str

    def __str__(self) -> str:
        return f"{self.level}:{self.code}"


@dataclass(frozen=True)
class Home:
    """Where somebody lives: the comune, and its Ambito and province as far as they are known."""

    comune_code: str
    ambito_id: str | None
    province: str | None


def parse(text: str) -> Area:
    """An area from its text; ``UnknownCode`` where the level is not ours or the code is not of that level.

    Examples
    --------
    >>> parse("ambito:valle-imagna-villa-dalme").code
    'valle-imagna-villa-dalme'
    """
    level, _, code = text.rpartition(":")
    if level not in PATTERNS or not re.fullmatch(PATTERNS[level], code):
        raise UnknownCode(what="area", codes=[text])
    return Area(level, code)


def receives(areas: Iterable[str] | None, home: Home) -> bool | None:
    """Whether somebody who lives there is received; missing where the areas, or what decides, are not known.

    Examples
    --------
    >>> bergamo = Home("016024", "bergamo", "BG")
    >>> receives(["ambito:bergamo"], bergamo), receives(["provincia:MI"], bergamo), receives(None, bergamo)
    (True, False, None)
    """
    said = None if areas is None else [_holds(parse(text), home) for text in areas]
    if not said or (True not in said and None in said):
        return None
    return True in said


def _holds(area: Area, home: Home) -> bool | None:
    of = {
        "istat:comune": home.comune_code,
        "ambito": home.ambito_id,
        "provincia": home.province,
        "regione": REGION,
    }[area.level]
    return None if of is None else of == area.code


@cache
def known() -> frozenset[str]:
    """Every area there is, from the clean tables."""
    belongs, ambiti, comuni = (catalog.load(name) for name in ("ambito_comuni", "ambiti", "comuni_codes"))
    codes = {"istat:comune": comuni.loc[comuni["current"], "comune_code"], "ambito": ambiti["ambito_id"]}
    codes["provincia"] = ambiti["province"].str.split(r"\W", regex=True).explode()
    found = {f"{level}:{code}" for level, ones in codes.items() for code in ones if code}
    found |= {f"istat:comune:{code}" for code in belongs["comune_code"]}
    return frozenset(found | {f"regione:{REGION}"})
