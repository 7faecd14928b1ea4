"""Signs of times read as spans from–until: commas before minutes or between spans, and times that cannot be."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

from data.registry.imports.hour_signs import Sign

Span = tuple[int, int]
"""Minutes from midnight: open from, until."""
NOON: Final = 12 * 60
MIDNIGHT: Final = 24 * 60
EARLY: Final = 7 * 60
"""No office shuts before: "dalle 2 alle 5" is of the afternoon."""
NEVER: Final = 99 * 60
"""What stands for a time that there is not."""
JOINERS: Final = frozenset({"comma", "and", "slash", "from", "le", "dash", "half", "colon", "dot", "time"})
SILENT: Final = frozenset({"half", "le", "colon", "dot", "from"})


def spans_at(found: Sequence[Sign], at: int) -> tuple[list[Span], int, list[str]] | None:
    """The spans that begin at a sign, the index after them, and doubts; missing where no time is there."""
    items = []
    while at < len(found) and found[at].kind in JOINERS:
        if found[at].kind == "and" and not any(one.kind == "time" for one in found[at + 1 : at + 4]):
            break
        items.append(found[at])
        at += 1
    while items and items[-1].kind != "time":
        items.pop()
        at -= 1
    times = sum(one.kind == "time" for one in items)
    if not times:
        return None
    told = [one for one in items if one.kind not in SILENT]
    for pairs in _paired(told):
        if all(start < end <= MIDNIGHT for start, end in pairs) and all(
            a[1] <= b[0] for a, b in pairwise(pairs)
        ):
            return pairs, at, []
    loose = next(_paired(told), None)
    if loose is None:
        return [], at, ["hours_open_end" if times == 1 else "hours_words"]
    return loose, at, []


def _paired(found: Sequence[Sign]) -> Iterator[list[Span]]:
    """Every way to read the times in pairs, the likelier first."""
    while found and found[0].kind in {"comma", "and", "slash", "dash"}:
        found = found[1:]
    if not found:
        yield []
        return
    for start, rest in _one_time(found):
        if rest and rest[0].kind in {"dash", "slash"}:
            for end, after in _one_time(rest[1:]):
                for others in _paired(after):
                    yield [(start, end), *others]


def _one_time(found: Sequence[Sign]) -> Iterator[tuple[int, Sequence[Sign]]]:
    """The time that stands first, with a comma before its minutes or without, and what comes after."""
    if not found or found[0].kind != "time":
        return
    said = found[0].text
    bare = re.fullmatch(r"\d{1,2}", said) and len(found) > 2 and found[1].kind == "comma"
    if bare and re.fullmatch(r"[0-5]\d", found[2].text):
        yield int(said) * 60 + int(found[2].text), found[3:]
    yield minutes(said), found[1:]


def minutes(said: str) -> int:
    """A time in minutes from midnight.

    Examples
    --------
    >>> minutes("9.30"), minutes("14"), minutes("9 e mezza"), minutes("9.75") == NEVER
    (570, 840, 570, True)
    """
    parts = [int(one) for one in re.findall(r"\d+", said.replace("mezza", "30"))]
    if len(parts) > 1 and parts[1] > 59:
        return NEVER
    return parts[0] * 60 + (parts[1] if len(parts) > 1 else 0)


def mended(spans: Sequence[Span], *, afternoon: bool) -> tuple[list[Span], list[str]]:
    """Spans that can be, and why they are other than written.

    Examples
    --------
    >>> mended([(720, 540)], afternoon=False), mended([(120, 300)], afternoon=True)
    (([(540, 720)], ['hours_reversed']), ([(840, 1020)], ['hours_afternoon']))
    """
    why, found = [], []
    for start, end in spans:
        if max(start, end) > MIDNIGHT:
            return [], ["hours_out_of_day"]
        if (start < end <= 8 * 60 and afternoon) or 0 < start < end <= EARLY:
            why.append("hours_afternoon")
            found.append((start + NOON, end + NOON))
        elif start < end:
            found.append((start, end))
        else:
            why.append("hours_reversed")
            swapped = (end, start) if end >= 7 * 60 else (start, end + NOON)
            found += [swapped] if swapped[0] < swapped[1] else []
    return found, list(dict.fromkeys(why))
