"""The records that the rows of a sheet want together: a sportello once, however many rows it has."""

from dataclasses import dataclass, field
from typing import Any, Final

from data.registry.imports import cells, codes
from data.registry.imports.cells import Remark
from data.registry.imports.row import Row
from data.registry.imports.wanted import Found, Wanted

TRACED: Final = ("evidence", "source_url", "source_date")
OF: Final[dict[str, tuple[str, ...]]] = {
    "sportelli": (
        "name", "kind", "status", "address", "postcode", "comune_code", "province", "ambito_id", "lon", "lat", "phone",
        "email", "web", "themes", "targets", "access", "access_note", "cost", "areas", "description", "notes", *TRACED,
    ),
    "sessioni": ("hours", "hours_note", "reception", "languages", "mediator", "capacity", *TRACED),
    "associazioni": (
        "name", "kind", "status", "address", "postcode", "comune_code", "province", "ambito_id", "lon", "lat", "phone",
        "email", "web", "communities", "activities", "languages", "description", "notes", *TRACED,
    ),
}  # fmt: skip
"""Which fields of a row are of which record."""


@dataclass
class Gathered:
    """The records of the rows read so far: a sportello once, however many rows it has."""

    kind: str
    enti: dict[str, tuple[dict[str, Any], int]] = field(default_factory=dict)
    desks: dict[str, tuple[dict[str, Any], Row, str | None]] = field(default_factory=dict)
    sessioni: dict[str, list[tuple[dict[str, Any], int]]] = field(default_factory=dict)

    def add(self, row: Row) -> None:
        """Take a row in; a row that is there already, or says otherwise of the same sportello, is told."""
        external, parent = self._names(row)
        desk = {name: row.said[name] for name in OF[self.kind] if row.said.get(name) is not None}
        slot = {name: row.said[name] for name in OF["sessioni"] if row.said.get(name) is not None}
        tells = self.kind == "sportelli" and any(name not in TRACED for name in slot)
        if external in self.desks:
            first = self.desks[external]
            seen = [one for one, _ in self.sessioni.get(external, ())]
            if not tells or slot in seen:
                head = row.head("name") or row.head("associazione") or row.head("ente")
                row.found.append(Found(row.number, head, "fault", "double", str(first[1].number)))
                return
            self._differences(row, desk, first[0], first[1])
            first[0].update({name: value for name, value in desk.items() if name not in first[0]})
        else:
            self.desks[external] = (desk, row, parent)
        if parent is not None and parent not in self.enti:
            said = {"name": row.said["ente"]} | (
                {"kind": row.said["ente_kind"]} if row.said.get("ente_kind") else {}
            )
            self.enti[parent] = (said, row.number)
        if tells:
            self.sessioni.setdefault(external, []).append((slot, row.number))

    def _names(self, row: Row) -> tuple[str, str | None]:
        """What the source calls the record and its ente: its own number for it, else what does not change."""
        ente = codes.fold(row.said["ente"]) if self.kind == "sportelli" else None
        own = row.first("id")
        if own:
            return f"id {cells.as_text(own[1])}", ente
        words = (ente, row.said["name"], row.said.get("comune_code"), row.said.get("address"))
        return "|".join(codes.fold(word or "") for word in words), ente

    def _differences(self, row: Row, desk: dict[str, Any], first: dict[str, Any], of: Row) -> None:
        for name, value in desk.items():
            column = "confirmed_on" if name == "source_date" else name
            asked, before = row.first(column), of.first(column)
            if name in first and first[name] != value and asked and before:
                likely = cells.as_text(before[1])
                if codes.fold(likely) != codes.fold(cells.as_text(asked[1])):
                    row.tell(*asked, Remark("doubt", "differs", likely))

    def wanted(self) -> list[Wanted]:
        """Everything that was gathered: enti, then sportelli or associazioni, then sessioni."""
        enti = [Wanted("enti", key, said, number) for key, (said, number) in self.enti.items()]
        desks = [
            Wanted(self.kind, key, said, row.number, parent)
            for key, (said, row, parent) in self.desks.items()
        ]
        sessioni = [
            Wanted("sessioni", f"{key}#{n}", said, number, key)
            for key, ones in self.sessioni.items()
            for n, (said, number) in enumerate(ones, start=1)
        ]
        return [*enti, *desks, *sessioni]
