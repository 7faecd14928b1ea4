"""Filling the registry from the clean tables: new rows come in, and nothing that a person wrote is touched."""

import hashlib
import json
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Final

import pandas as pd
from sqlalchemy import select

from data import catalog, corrections
from data.registry import hours
from data.registry.books import Change, Seeding
from data.registry.changes import SEED, Act, born, changed, fields_of_people
from data.registry.model import KINDS, content
from data.registry.store import Store
from data.vocabularies import vocabulary

Rows = dict[str, dict[str, Any]]
"""Key → what a record is to say."""

MONTHS: Final = {"enti": 12, "sportelli": 6, "sessioni": 6, "associazioni": 12, "mediazione": 12}
"""After how many months a seeded record is to be confirmed."""

TRACED: Final = ("evidence", "source_url", "source_date", "notes", "caution")
SAME: Final = (
    "address",
    "postcode",
    "comune_code",
    "province",
    "phone",
    "email",
    "web",
    "name",
    "kind",
    "status",
)


@dataclass
class Told:
    """What a seeding did to one kind: records added and changed, fields that people keep, rows no longer there."""

    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)


def seed(store: Store, table: Callable[[str], pd.DataFrame] = catalog.load) -> dict[str, Told]:
    """Bring the clean tables in; the same tables twice change nothing.

    A field that a person wrote (by the change log) stays as it is; so does a record that a person made, deleted
    or confirmed. What the tables say differently is told in ``kept``, as ``record field``.

    Returns
    -------
    told
        Kind → what was done; every list is empty where these very tables were brought in last time.
    """
    return sow(store, rows(table))


def sow(store: Store, wanted: Mapping[str, Rows]) -> dict[str, Told]:
    """The same as ``seed`` for rows that ``rows`` has made."""
    digest = hashlib.sha256(json.dumps(wanted, sort_keys=True).encode()).hexdigest()
    with store.writing() as session:
        last = session.scalar(select(Seeding.digest).order_by(Seeding.id.desc()).limit(1))
        if last == digest:
            return {kind: Told() for kind in wanted}
        act = Act(who=SEED, how="seed", at=store.clock())
        told = {}
        for kind, ones in wanted.items():
            theirs = fields_of_people(session, kind)
            there = {one.id: one for one in session.scalars(select(KINDS[kind]))}
            done = told[kind] = Told()
            for key, said in ones.items():
                if key not in there:
                    born(session, act, kind, key, said)
                    done.added.append(key)
                    continue
                now = content(there[key])
                other = {name for name, value in said.items() if now[name] != value}
                kept = other if "*" in theirs.get(key, ()) else other & theirs.get(key, set())
                done.kept += [f"{key} {name}" for name in sorted(kept)]
                fresh = {name: said[name] for name in other - kept}
                if fresh and changed(session, act, there[key], fresh):
                    done.changed.append(key)
            ours = select(Change.record_id).where(
                Change.kind == kind, Change.version == 1, Change.who == SEED
            )
            done.gone += sorted(set(session.scalars(ours)) - ones.keys())
        report = json.dumps({kind: asdict(done) for kind, done in told.items()}, ensure_ascii=False)
        session.add(Seeding(at=act.at, digest=digest, report=report))
    return told


def rows(table: Callable[[str], pd.DataFrame] = catalog.load) -> dict[str, Rows]:
    """What the clean tables say, kind by kind in the order they need each other."""
    belongs = table("ambito_comuni")
    home = dict(zip(belongs["comune_code"], belongs["ambito_id"], strict=True))
    desks, offers = _records(table("sportelli")), _records(table("mediazione"))
    found = {
        "enti": _enti(desks, offers, home),
        "sportelli": {one["sportello_id"]: _sportello(one, home) for one in desks},
        "sessioni": {key: said for one in desks for key, said in _sessioni(one, home)},
        "associazioni": {
            one["associazione_id"]: _associazione(one, home) for one in _records(table("associazioni"))
        },
        "mediazione": {one["mediazione_id"]: _mediazione(one) for one in offers},
    }
    return {
        kind: {key: {**said, "confirm_every_months": MONTHS[kind]} for key, said in ones.items()}
        for kind, ones in found.items()
    }


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows as dictionaries, missing as ``None``."""
    return [
        {str(name): None if pd.isna(value) else value for name, value in one.items()}
        for one in table.to_dict("records")
    ]


def slug(name: str) -> str:
    """A name as a key: plain small letters, digits and dashes.

    Examples
    --------
    >>> slug("Impresa Sociale Ruah – Società")
    'impresa-sociale-ruah-societa'
    """
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")


def _ambito(one: Mapping[str, Any], home: Mapping[str, str]) -> str | None:
    """Whose a row is: its comune's Ambito, else the one it names."""
    if one["comune_code"] in home:
        return home[one["comune_code"]]
    names = corrections.read("ambito_names").set_index(["named", "province"])["ambito_id"].to_dict()
    return names.get((one.get("ambito_named"), one["province"]))


def _enti(desks: list[dict[str, Any]], offers: list[dict[str, Any]], home: Mapping[str, str]) -> Rows:
    """One ente a name, with the best evidence among its rows; of an Ambito only where all of it is there."""
    named: dict[str, list[dict[str, Any]]] = {}
    for one in desks:
        said = {"name": one["ente"], "kind": None, "ambito_id": _ambito(one, home)}
        named.setdefault(ente_id(one["ente"]), []).append({**one, **said})
    for one in offers:
        of = one["ambito_ids"] if one["ambito_ids"] and ";" not in one["ambito_ids"] else None
        said = {"name": one["provider"], "kind": one["provider_kind"], "ambito_id": of}
        named.setdefault(ente_id(one["provider"]), []).append({**one, **said})
    found: Rows = {}
    for key, ones in sorted(named.items()):
        best = min(ones, key=lambda one: (one["evidence"], one["name"]))
        of = {one["ambito_id"] for one in ones}
        found[key] = {
            "name": best["name"],
            "kind": next((one["kind"] for one in ones if one["kind"]), None),
            "ambito_id": of.pop() if len(of) == 1 else None,
            **{name: best[name] for name in ("evidence", "source_url", "source_date")},
        }
    return found


def ente_id(name: str) -> str:
    """The key of the ente with this name."""
    return f"en-{slug(name)}"


def _listed(text: str | None) -> list[str] | None:
    return None if text is None else text.split(";")


def _sportello(one: Mapping[str, Any], home: Mapping[str, str]) -> dict[str, Any]:
    modes = access_modes(one["access"])
    return {
        **{name: one[name] for name in (*SAME, *TRACED)},
        "ambito_id": _ambito(one, home),
        "ente_id": ente_id(one["ente"]),
        "source_kind": one["source_kind"],
        "themes": _listed(one["themes"]),
        "targets": _listed(one["targets"]),
        "access": [mode for mode in modes if mode not in {"gratuito", "residenti_ambito"}] or None,
        "access_note": one["access"],
        "cost": "gratuito" if "gratuito" in modes else None,
    }


def access_modes(text: str | None) -> list[str]:
    """The codes of the words on access that sources are known to use, in the order of the vocabulary.

    Examples
    --------
    >>> access_modes("libero; gratuito"), access_modes(None)
    (['libero', 'gratuito'], [])
    """
    words = {word.strip() for word in (text or "").split(";")}
    found = vocabulary("access_modes")["found"].str.split(";")
    return [str(code) for code, ones in found.items() if words & {word.strip() for word in ones}]


def _sessioni(one: Mapping[str, Any], home: Mapping[str, str]) -> list[tuple[str, dict[str, Any]]]:
    """A sessione for each way of being received that the hours tell; one for languages alone; none for nothing."""
    if one["opening_hours"]:
        read = hours.from_source(one["opening_hours"].strip('"'))
    else:
        read = [hours.Read(None, None, None)] if one["languages"] else []
    stem = one["sportello_id"].removeprefix("sp-")
    return [
        (
            f"se-{stem}-{number}",
            {
                **{name: one[name] for name in ("evidence", "source_url", "source_date", "source_kind")},
                "ambito_id": _ambito(one, home),
                "sportello_id": one["sportello_id"],
                "hours": said.hours,
                "hours_note": said.note,
                "reception": said.reception,
                "languages": _listed(one["languages"]),
            },
        )
        for number, said in enumerate(read, start=1)
    ]


def _associazione(one: Mapping[str, Any], home: Mapping[str, str]) -> dict[str, Any]:
    return {
        **{name: one[name] for name in (*SAME, *TRACED)},
        "ambito_id": _ambito(one, home),
        "communities": _listed(one["communities"]),
        "activities": _listed(one["activities"]),
    }


def _mediazione(one: Mapping[str, Any]) -> dict[str, Any]:
    of = _listed(one["ambito_ids"])
    return {
        **{name: one[name] for name in (*TRACED, "status", "province", "figures", "services", "web")},
        "ambito_id": of[0] if of and len(of) == 1 else None,
        "ente_id": ente_id(one["provider"]),
        "areas": [f"ambito:{code}" for code in of] if of else None,
        "areas_basis": None if one["ambito_basis"] == "ignoto" else one["ambito_basis"],
        "area_note": one["area"],
        "settings": _listed(one["setting"]),
        "languages": _listed(one["languages"]),
        "hours_note": one["hours_published"],
    }


def last_report(store: Store) -> dict[str, Any]:
    """What the last seeding did, kind by kind; empty before the first."""
    with store.reading() as session:
        text = session.scalar(select(Seeding.report).order_by(Seeding.id.desc()).limit(1))
    said: dict[str, Any] = json.loads(text) if text else {}
    return said
