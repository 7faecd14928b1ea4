"""What the public may see of the registry: desks with their slots, and associations.

No evidence of level D, nothing that is closed, no hours without the day they were confirmed.

Unknown is missing (``None``), never an empty list. No Streamlit.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

import pandas as pd

from data.registry import hours, reading
from data.registry.store import Store
from locator.opening import Coming, Week, coming, usual
from screens import joined

Table = Callable[[str], Any]

HERE: Final = "in_presenza"
REMOTE: Final = ("telefono", "online")
"""Ways to be received that need no journey."""

AT_A_DISTANCE: Final = "a_distanza"
"""Way in of a desk that answers by phone or online only, unless it says one of those in ``THERE`` too."""

THERE: Final = frozenset({"libero", "appuntamento", "misto", "tramite_ente"})
"""Ways in of a desk where people are received."""

EXACT: Final = ("coordinate", "address")
"""Precisions of a point that a person can walk to."""


@dataclass(frozen=True)
class Slot:
    """A time when somebody is received; one that the public may see.

    Parameters
    ----------
    reception
        ``in_presenza``, ``telefono`` or ``online``; missing where not known: then in person.
    hours
        In OSM syntax; only where ``confirmed_on`` says when somebody confirmed them.
    week, coming
        The usual week and the coming times (``opening``); missing with the hours, the second also where these say
        that they are not sure.
    languages
        Codes; missing where not known.
    """

    id: str
    reception: str | None
    hours: str | None
    week: Week | None
    coming: Coming | None
    languages: tuple[str, ...] | None
    mediator: str | None
    confirmed_on: dt.date | None
    source_date: str | None
    evidence: str | None = None
    source_url: str | None = None

    @property
    def remote(self) -> bool:
        """Whether it needs no journey."""
        return self.reception in REMOTE


@dataclass(frozen=True)
class Place:
    """Where a thing is: its address as far as it is known, its point in degrees, and how good that is."""

    address: str | None
    postcode: str | None
    comune_code: str | None
    comune: str | None
    province: str | None
    ambito_id: str | None
    lon: float | None
    lat: float | None
    precision: str
    radius_m: float | None

    @property
    def exact(self) -> bool:
        """Whether a person can walk to the point."""
        return self.precision in EXACT


@dataclass(frozen=True)
class Said:
    """Who says so, and of when: ``confirmed_on`` missing where nobody has confirmed it yet."""

    evidence: str
    source_url: str | None
    source_date: str | None
    confirmed_on: dt.date | None


@dataclass(frozen=True)
class Desk:
    """A desk that the public may see, with the slots of it that they may see."""

    id: str
    name: str
    ente: str | None
    kind: str
    status: str
    place: Place
    phone: str | None
    email: str | None
    web: str | None
    themes: tuple[str, ...] | None
    targets: tuple[str, ...] | None
    access: tuple[str, ...] | None
    access_note: str | None
    cost: str | None
    areas: tuple[str, ...] | None
    closures: tuple[Mapping[str, str], ...]
    description: str | None
    slots: tuple[Slot, ...]
    said: Said

    @property
    def remote(self) -> bool:
        """Whether it receives at a distance only: nobody has to travel there."""
        if self.slots:
            return all(slot.remote for slot in self.slots)
        return self.access is not None and AT_A_DISTANCE in self.access and not THERE & set(self.access)

    @property
    def languages(self) -> tuple[str, ...] | None:
        """The languages of all its slots; missing where none is known."""
        known = [slot.languages for slot in self.slots if slot.languages is not None]
        return tuple(dict.fromkeys(code for codes in known for code in codes)) if known else None


@dataclass(frozen=True)
class Association:
    """An association that the public may see."""

    id: str
    name: str
    kind: str
    status: str
    place: Place
    phone: str | None
    email: str | None
    web: str | None
    communities: tuple[str, ...] | None
    activities: tuple[str, ...] | None
    languages: tuple[str, ...] | None
    description: str | None
    said: Said


def desks(table: Table, store: Store | None) -> tuple[Desk, ...]:
    """Every public desk in order of key.

    Parameters
    ----------
    table
        The way to the tables; positions come from it.
    store
        The registry; None where it cannot be read: then no slot is known, nor whom desks receive.
    """
    today = dt.date.today() if store is None else store.today()
    known = joined.sportelli(table).sort_values("sportello_id")
    kept = _by_key(store, "sportelli")
    slots: dict[str, list[Slot]] = {}
    for one in _by_key(store, "sessioni").values():
        closures = (kept.get(one["sportello_id"]) or {}).get("closures") or ()
        slots.setdefault(one["sportello_id"], []).append(_slot(one, closures, today))
    return tuple(
        _desk(row, kept.get(row["sportello_id"], {}), slots.get(row["sportello_id"], ()), today)
        for row in known.to_dict("records")
        if _public(row) and (store is None or row["sportello_id"] in kept)
    )


def associations(table: Table) -> tuple[Association, ...]:
    """Every public association in order of key."""
    known = joined.associazioni(table).sort_values("associazione_id")
    return tuple(_association(row) for row in known.to_dict("records") if _public(row))


def _public(row: Mapping[Any, Any]) -> bool:
    return row["evidence"] in joined.EVIDENCE and row["status"] not in joined.GONE


def _by_key(store: Store | None, kind: str) -> dict[str, dict[Any, Any]]:
    """Key → what the registry says of each public record of a kind."""
    found = [] if store is None else reading.table(store, kind, public=True).to_dict("records")
    return {one["id"]: one for one in found}


def _slot(one: Mapping[Any, Any], closures: Iterable[Mapping[str, str]], today: dt.date) -> Slot:
    shut = hours.running(list(closures), today)
    text = one["hours"] if _day(one["confirmed_on"]) else None
    return Slot(
        id=one["id"],
        reception=_text(one["reception"]),
        hours=text,
        week=usual(text, shut, today=today) if text else None,
        coming=coming(text, shut, today=today) if text else None,
        languages=_codes(one["languages"]),
        mediator=_text(one["mediator"]),
        confirmed_on=_day(one["confirmed_on"]),
        source_date=_text(one["source_date"]),
        evidence=_text(one["evidence"]),
        source_url=web(_text(one["source_url"])),
    )


def _desk(row: Mapping[Any, Any], kept: Mapping[Any, Any], slots: Iterable[Slot], today: dt.date) -> Desk:
    return Desk(
        id=row["sportello_id"],
        name=row["name"],
        ente=_text(row["ente"]),
        kind=row["kind"],
        status=row["status"],
        place=_place(row),
        **_contacts(row),
        themes=_codes(kept.get("themes", row["themes"])),
        targets=_codes(kept.get("targets", row["targets"])),
        access=_codes(kept.get("access")),
        access_note=_text(kept.get("access_note", row["access"])),
        cost=_text(kept.get("cost")),
        areas=_codes(kept.get("areas")),
        closures=tuple(hours.running(kept.get("closures"), today)),
        description=_text(kept.get("description")),
        slots=tuple(slots),
        said=_said(row),
    )


def _association(row: Mapping[Any, Any]) -> Association:
    return Association(
        id=row["associazione_id"],
        name=row["name"],
        kind=row["kind"],
        status=row["status"],
        place=_place(row),
        **_contacts(row),
        communities=_codes(row["communities"]),
        activities=_codes(row["activities"]),
        languages=_codes(row.get("languages")),
        description=_text(row.get("description")),
        said=_said(row),
    )


def _place(row: Mapping[Any, Any]) -> Place:
    point = row["geometry"]
    radius: Any = row["radius_m"]
    return Place(
        address=_text(row["address"]),
        postcode=_text(row["postcode"]),
        comune_code=_text(row["comune_code"]),
        comune=_text(row["comune"]),
        province=_text(row["province"]),
        ambito_id=_text(row["ambito_id"]),
        lon=None if point is None else round(point.x, 5),
        lat=None if point is None else round(point.y, 5),
        precision=_text(row["precision"]) or "unknown",
        radius_m=None if pd.isna(radius) else float(radius),
    )


def _contacts(row: Mapping[Any, Any]) -> dict[str, str | None]:
    return {"phone": _text(row["phone"]), "email": _text(row["email"]), "web": web(_text(row["web"]))}


def web(address: str | None) -> str | None:
    """An address of the web that a page may link to; missing where it is none.

    >>> web("javascript:alert(1)"), web("https://www.comune.lodi.it/")
    (None, 'https://www.comune.lodi.it/')
    """
    try:
        parts = urlsplit(address or "")
    except ValueError:
        return None
    return address if parts.scheme in {"http", "https"} and parts.hostname else None


def _said(row: Mapping[Any, Any]) -> Said:
    day = _day(row.get("confirmed_on"))
    return Said(row["evidence"], web(_text(row["source_url"])), _text(row["source_date"]), day)


def _day(value: Any) -> dt.date | None:
    """A day from what a table holds: a date, or its text."""
    if isinstance(value, str):
        return dt.date.fromisoformat(value)
    return value if isinstance(value, dt.date) and not pd.isna(value) else None


def _text(value: Any) -> str | None:
    return value.strip() or None if isinstance(value, str) else None


def _codes(value: Any) -> tuple[str, ...] | None:
    """A list of codes; one joined by ``;`` is taken apart. Missing where nothing is said."""
    parts = value.split(";") if isinstance(value, str) else value if isinstance(value, list) else ()
    return tuple(part.strip() for part in parts if part.strip()) or None
