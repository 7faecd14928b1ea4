"""Where a page ends, so that the next begins right after: the place of its last record, not how many came before.

Records that are added or taken away meanwhile move nobody to another page. A text nobody has to understand, and that
holds nothing but keys, minutes and a moment: whoever writes one by hand gets no more than they could ask for.
"""

import base64
import binascii
import datetime as dt
import json
import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

from data.registry.store import ROME
from errors import QueryRefused

Key = tuple[int, int, float, str, str]
"""Place of a record: minutes, minutes by car, kilometres (0 where nobody starts anywhere), then its keys."""

FARTHEST_KM: Final = 40_000
"""Nobody is farther from anything; what is not finite is not nearer."""

BROKEN: Final = "«cursore» non è uno di quelli che diamo: riparti dalla prima pagina"
OTHERS: Final = "«cursore» è di un'altra domanda: riparti dalla prima pagina"
OLD: Final = "«cursore» è di un altro giorno: riparti dalla prima pagina"


@dataclass(frozen=True)
class Cursor:
    """After which record a page begins, of which question, asked at which moment (minutes since 1970 in UTC)."""

    question: str
    minute: int
    after: Key


def of_question(*words: Any) -> str:
    """A mark that tells a question from others."""
    return sha256(json.dumps(words).encode()).hexdigest()[:12]


def written(cursor: Cursor) -> str:
    """A cursor as an address holds it.

    >>> text = written(Cursor("abc", 29_000_000, (12, 0, math.inf, "sp-1", "")))
    >>> read(text, "abc").after
    (12, 0, inf, 'sp-1', '')
    """
    key = [None if isinstance(part, float) and math.isinf(part) else part for part in cursor.after]
    told = json.dumps([cursor.question, cursor.minute, *key], separators=(",", ":"))
    return base64.urlsafe_b64encode(told.encode()).decode().rstrip("=")


def read(text: str, question: str) -> Cursor:
    """The cursor of a text; ``QueryRefused`` where it is none of ours, or of another question."""
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        told = json.loads(raw)
    except (binascii.Error, ValueError, RecursionError) as odd:
        raise QueryRefused(faults=[BROKEN]) from odd
    if not _holds(told):
        raise QueryRefused(faults=[BROKEN])
    if told[0] != question:
        raise QueryRefused(faults=[OTHERS])
    first, second, km, *keys = told[2:]
    return Cursor(told[0], told[1], (first, second, math.inf if km is None else float(km), keys[0], keys[1]))


def _holds(told: Any) -> bool:
    """Whether it is made as ``written`` makes it."""
    if not isinstance(told, list) or len(told) != 7:
        return False
    question, minute, first, second, km, *keys = told
    whole = all(isinstance(one, int) and not isinstance(one, bool) for one in (minute, first, second))
    far = km is None or (isinstance(km, int | float) and not isinstance(km, bool) and abs(km) <= FARTHEST_KM)
    return whole and far and all(isinstance(one, str) for one in (question, *keys))


def checked(minute: int, today: dt.date) -> int:
    """The minute at which the first page was asked; ``QueryRefused`` where that was not today."""
    midnight = dt.datetime.combine(today, dt.time(), ROME)
    since, until = (int(one.timestamp() // 60) for one in (midnight, midnight + dt.timedelta(days=1)))
    if not since <= minute < until:
        raise QueryRefused(faults=[OLD])
    return minute


def position(places: Sequence[Key], cursor: Cursor | None) -> int:
    """How many records are before the page; those that came meanwhile are before it if their place is."""
    return 0 if cursor is None else bisect_right(places, cursor.after)
