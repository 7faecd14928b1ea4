"""What a file says: the records it wants, and what was found while reading it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Level = Literal["fault", "doubt", "note"]


@dataclass(frozen=True)
class Found:
    """Something found in a row of a file: a fault (the row can't be used), a doubt (a value is left out), a note.

    Parameters
    ----------
    row
        Row of the sheet as the person sees it, from 1; missing where it is of the whole file.
    column
        Header of the column, as written; the field, where the file has no columns.
    why
        A code: its Italian sentence is in ``screens/import_words.py``.
    value
        What was written.
    suggestion
        What to write instead, where we can tell; a value that the same reader takes as it is.
    """

    row: int | None
    column: str | None
    level: Level
    why: str
    value: str = ""
    suggestion: str | None = None


@dataclass(frozen=True)
class Wanted:
    """A record as a source wants it.

    Parameters
    ----------
    kind
        One of ``model.KINDS``.
    external
        What the source calls it: the same row again has the same name.
    said
        Field → value, only the fields that the source speaks of; ``None`` where it speaks and says nothing.
    row
        Row of the sheet as the person sees it, from 1.
    parent
        ``external`` of its ente (sportelli, mediazione, sostegni) or of its sportello (sessioni), in the same file.
    key
        Our own key, where the source carries it.
    """

    kind: str
    external: str
    said: Mapping[str, Any]
    row: int | None = None
    parent: str | None = None
    key: str | None = None
