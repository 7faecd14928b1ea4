"""A row while it is read: its cells by field, what they gave, what is to be said of them."""

import re
from dataclasses import dataclass, field
from typing import Any, Final

from data.registry.imports import cells, codes
from data.registry.imports.cells import Remark
from data.registry.imports.grids import Cell
from data.registry.imports.heads import SEVERAL
from data.registry.imports.wanted import Found

LISTS: Final = frozenset({"languages", "themes", "targets", "access", "communities", "activities", "areas"})
JOINED: Final = {"phone": "; ", "email": "; "}


@dataclass
class Row:
    """A row while it is read: its cells by field, what they gave, what was found."""

    number: int
    cells: dict[str, list[tuple[str, Cell]]]
    said: dict[str, Any] = field(default_factory=dict)
    found: list[Found] = field(default_factory=list)

    def first(self, name: str) -> tuple[str, Cell] | None:
        """The head and the cell of a field, the first that is not empty."""
        return next((one for one in self.cells.get(name, ()) if one[1] != ""), None)

    def tell(self, head: str, cell: Cell, remark: Remark) -> None:
        """Note what is to be said of a cell."""
        value = remark.part or cells.as_text(cell)
        self.found.append(Found(self.number, head, remark.level, remark.why, value, remark.suggestion))

    def read(self, name: str, *, as_field: str | None = None) -> Any:
        """The value of a field, from one column or several; remarks are told."""
        values = []
        for head, cell in self.cells.get(name, ()):
            if cell == "":
                continue
            got = cells.read(as_field or name, _answer(name, head, cell) if name in ANSWERED else cell)
            for remark in got.remarks:
                self.tell(head, cell, remark)
            if got.value is not None:
                values.append(got.value)
        if len(values) < 2:
            return values[0] if values else None
        if name in LISTS:
            return list(dict.fromkeys(item for value in values for item in value))
        return JOINED.get(name, ". ").join(dict.fromkeys(values)) if name in SEVERAL else values[0]

    def head(self, name: str) -> str | None:
        """The head of the first column of a field."""
        return self.cells[name][0][0] if name in self.cells else None

    @property
    def refused(self) -> bool:
        """Whether the row cannot be used."""
        return any(one.level == "fault" for one in self.found)


ANSWERS: Final = (
    ("access", r"appuntament|prenotaz", "appuntamento", "libero"),
    ("cost", r"gratuit", "gratuito", "a_pagamento"),
    ("cost", r"pagamento|cost|tariff|ticket", "a_pagamento", "gratuito"),
)
"""Field, words of its head, and what yes and no mean under it."""

ANSWERED: Final = frozenset(of for of, *_ in ANSWERS)


def _answer(name: str, head: str, cell: Cell) -> Cell:
    """A yes or no as the code that it means under this head."""
    answer = cells.yes_or_no(cell)
    if answer is None:
        return cell
    for of, words, yes, no in ANSWERS:
        if of == name and re.search(words, codes.fold(head)):
            return yes if answer else no
    return cell
