"""Where an import stands in a visit: the file, how its columns are read, what was found, the plan, what was done."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

import pandas as pd
import streamlit as st

from data.registry.imports import sheets
from data.registry.imports.apply import Applied
from data.registry.imports.plan import Plan
from data.registry.imports.planner import Where
from data.registry.imports.sheets import Sheet
from data.registry.imports.wanted import Found, Wanted

KEY: Final = "importa_lavoro"
STANDARDS: Final = ("json", "geojson", "parquet", "zip")
"""Endings of files that are read as an exchange standard, not as a spreadsheet."""


@dataclass
class Work:
    """One file on its way into the registry; a new file begins a new one.

    Parameters
    ----------
    key
        Which upload it is, so that keys of widgets are its own.
    ambito_id
        Whose the records are; missing for the Region.
    sheets
        Missing for a file of an exchange standard.
    columns
        Head → field, once the person has said that it is so.
    taken
        Suggestions that the person took.
    wanted, found
        What was read; missing before.
    plan
        What would be done, with what it was asked with and how it is shown; missing before.
    """

    key: str
    name: str
    data: bytes = field(repr=False)
    ambito_id: str | None
    sheets: list[Sheet] | None = None
    at: int = 0
    header_row: int | None = None
    columns: dict[str, str | None] | None = None
    ente: str | None = None
    taken: list[Found] = field(default_factory=list)
    wanted: list[Wanted] | None = None
    found: list[Found] = field(default_factory=list)
    same_as: dict[Where, str] = field(default_factory=dict)
    apart: dict[Where, set[str]] = field(default_factory=dict)
    plan: Plan | None = None
    asked: tuple[object, ...] = ()
    tables: dict[str, pd.DataFrame] = field(default_factory=dict)
    applied: Applied | None = None

    @property
    def sheet(self) -> Sheet | None:
        """The sheet that is being read."""
        return self.sheets[self.at] if self.sheets else None

    def open(self) -> None:
        """Read the sheets of the file; raises ``FileUnreadable``."""
        if self.name.rpartition(".")[2].lower() not in STANDARDS:
            self.sheets = sheets.read(self.data, self.name, header_row=self.header_row)

    def forget_rows(self) -> None:
        """Read the rows again: something about how they are read has changed."""
        self.wanted, self.found = None, []
        self.forget_plan()

    def forget_plan(self) -> None:
        """Compare with the registry again."""
        self.plan, self.asked = None, ()
        self.tables.clear()


def current() -> Work | None:
    """The import of this visit."""
    held: Work | None = st.session_state.get(KEY)
    return held


def begin(work: Work | None) -> None:
    """Take up another file, or none."""
    st.session_state[KEY] = work


@contextmanager
def going(words: str) -> Iterator[Callable[[int, int], None]]:
    """A bar that goes from nothing to all while something long is done; gone when it is done."""
    bar = st.progress(0.0, text=words)

    def told(done: int, far: int) -> None:
        bar.progress(min(1.0, done / far) if far else 1.0, text=f"{words}: {done} di {far}")

    try:
        yield told
    finally:
        bar.empty()
