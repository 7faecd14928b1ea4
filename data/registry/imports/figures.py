"""Numbers in a cell: how many, which day, where on Earth; as offices write them."""

import datetime as dt
import re
from typing import Any, Final

from data.registry.imports.codes import fold
from data.registry.imports.grids import Cell

Told = tuple[Any, str | None, str | None]
"""A value, or why there is none and what was probably meant."""

NUMBERS: Final = {
    word: n for n, word in enumerate("uno due tre quattro cinque sei sette otto nove dieci".split(), 1)
}
MOST: Final = 1000


def capacity(said: str) -> Told:
    """How many are received.

    Examples
    --------
    >>> capacity("max 3"), capacity("2,0"), capacity("3-4"), capacity("0")
    ((3, None, None), (2, None, None), (None, 'capacity_invalid', '3'), (None, 'capacity_invalid', None))
    """
    plain = re.sub(r"(\d)[.,]0+\b", r"\1", said)
    found = [int(one) for one in re.findall(r"\d+", plain)]
    found = found or [NUMBERS[word] for word in fold(said).split() if word in NUMBERS]
    good = all(1 <= one <= MOST for one in found)
    if len(found) == 1 and good and not plain.startswith("-"):
        return found[0], None, None
    between = len(found) == 2 and good and re.search(r"\d\s*(?:-|/|o|a)\s*\d", plain)
    return None, "capacity_invalid", str(min(found)) if between else None


MONTHS: Final = tuple("gen feb mar apr mag giu lug ago set ott nov dic".split())
SHAPES: Final = (
    (re.compile(r"(\d{1,2}) (\d{1,2}) (\d{4}|\d{2})"), (3, 2, 1)),
    (re.compile(r"(\d{4}) (\d{1,2}) (\d{1,2})(?: 00 00(?: 00)?)?"), (1, 2, 3)),
    (re.compile(r"(\d{1,2}) (\d{4})"), (2, 1, 0)),
    (re.compile(r"(\d{4}) (\d{1,2})"), (1, 2, 0)),
    (re.compile(r"(20\d\d)"), (1, 0, 0)),
)
"""How a date is written, and where its year, month and day stand (0: nowhere)."""
FIRST_DAY: Final = dt.date(1899, 12, 30)
"""Day 0 of spreadsheets."""


def date(cell: Cell, said: str) -> Told:
    """A day, a month or a year as ISO 8601.

    Examples
    --------
    >>> [date(one, one)[0] for one in ("31/12/2026", "31.12.26", "dicembre 2026", "46387", "2026")]
    ['2026-12-31', '2026-12-31', '2026-12', '2026-12-31', '2026']
    >>> date("12/31/2026", "12/31/2026")
    (None, 'date_invalid', '31/12/2026')
    """
    if isinstance(cell, dt.date):
        return (cell.date() if isinstance(cell, dt.datetime) else cell).isoformat(), None, None
    if re.fullmatch(r"[345]\d{4}", said):
        return (FIRST_DAY + dt.timedelta(days=int(said))).isoformat(), None, None
    plain = re.sub(r"^(?:(?:aggiornat|verificat|confermat)[oa] )?(?:al |il |del |a |nel )?", "", fold(said))
    named = re.fullmatch(r"(?:(\d{1,2}) )?([a-z]{3,9}) (\d{4}|\d{2})", plain)
    if named and named[2][:3] in MONTHS:
        return _day(named[3], MONTHS.index(named[2][:3]) + 1, int(named[1]) if named[1] else None)
    for shape, order in SHAPES:
        found = shape.fullmatch(plain)
        if found:
            year, month, day = (int(found[n]) if n else None for n in order)
            return _day(str(year), month, day)
    return None, "date_invalid", None


def _day(year: str, month: int | None, day: int | None) -> Told:
    whole = int(year) + (2000 if len(year) == 2 else 0)
    try:
        found = dt.date(whole, month or 1, day or 1).isoformat()
    except ValueError:
        swapped = month is not None and day is not None and day <= 12 < month <= 31
        return None, "date_invalid", f"{month:02}/{day:02}/{whole}" if swapped else None
    if not 1990 <= whole <= 2100:
        return None, "date_invalid", None
    return found[: 10 if day else 7 if month else 4], None, None


DEGREES: Final = re.compile(r"-?\d{1,3}(?:[.,]\d+)?°?")
SEXAGESIMAL: Final = re.compile(
    r"(\d{1,3})\s*[°º]\s*(\d{1,2})\s*['’′]\s*(?:(\d{1,2}(?:[.,]\d+)?)\s*(?:\"|''|”|″))?"
)
SIDES: Final = re.compile(r"(?i)\b(?:lat|lon|long|latitudine|longitudine)\b[.:]?|[NE°]\s*$|^\s*[NE]\b")


def degrees(said: str) -> float | None:
    """A coordinate in degrees, with comma or point, or in degrees, minutes and seconds; missing if it is none.

    Examples
    --------
    >>> degrees("45,4642"), degrees("45°27'51\\" N"), degrees("ciao")
    (45.4642, 45.464167, None)
    """
    plain = SIDES.sub("", said.strip()).strip()
    if DEGREES.fullmatch(plain):
        return float(plain.replace(",", ".").rstrip("°"))
    parts = SEXAGESIMAL.fullmatch(plain)
    if parts is None:
        return None
    seconds = float((parts[3] or "0").replace(",", "."))
    return round(int(parts[1]) + int(parts[2]) / 60 + seconds / 3600, 6)


def coordinate(said: str) -> Told:
    """A coordinate in degrees."""
    found = degrees(said)
    return found, None if found is not None else "coordinate_invalid", None


def point(said: str) -> Told:
    """Two coordinates in one cell, as they stand: latitude first, if they are written as people do.

    Examples
    --------
    >>> point("45,4642; 9,19")[0], point("(45.4642, 9.19)")[0], point("45.4642")[1]
    ((45.4642, 9.19), (45.4642, 9.19), 'coordinate_invalid')
    """
    parts = re.split(r"\s*;\s*|\s+|(?<=\d),\s+|(?<=\d{4}),(?=\d{1,2}\.)", said.strip("() "), maxsplit=1)
    both = [degrees(one.strip(" ,;")) for one in parts]
    if len(both) == 2 and None not in both:
        return tuple(both), None, None
    return None, "coordinate_invalid", None
