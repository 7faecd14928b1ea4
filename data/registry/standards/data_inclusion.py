"""data-inclusion v1: enti and associazioni as structures, the sessioni of sportelli and mediazione as services.

Their codes are French: ``french_words`` says which of ours have one. What the schema has no field for but people
need (languages, kind, themes by name) stands in the last lines of the description; the rest is in ``LOSSES``.
A sportello with several sessioni is as many services, because a service has one timetable. Nothing of ours is put
where a French code is meant: comuni by name alone, no area of eligibility, no SIRET.
"""

import json
import re
from typing import Any, Final

from data.registry.freshness import GONE
from data.registry.hours import in_force
from data.registry.model import fields
from data.registry.standards.data_inclusion_read import (
    HELD,
    read,
    said_of_service,
    said_of_structure,
    words_of,
)
from data.registry.standards.french_words import theirs
from data.registry.standards.parcel import packed
from data.registry.standards.records import SOURCE, About, Book, Said, comune_names, gathered
from data.registry.standards.told_lines import in_words, told
from data.registry.store import Store

TOLD: Final = {
    "enti": ("name", "kind", "phone", "email", "caution"),
    "sportelli": ("name", "kind", "status", "themes", "targets", "access", "phone", "email", "caution"),
    "sessioni": ("languages", "reception", "mediator", "hours_note"),
    "associazioni": ("name", "kind", "status", "communities", "activities", "languages", "phone", "email", "caution"),
    "mediazione": ("status", "languages", "settings", "area_note", "hours_note", "caution"),
}  # fmt: skip
"""Kind → fields told in the lines of a description, where the schema alone would not give them back."""
NO_SESSIONE: Final[tuple[Said | None, ...]] = (None,)
ALWAYS: Final = ("kind", "status", "themes", "languages")
"""Those that always have their line where they are known: people want them."""

LOSSES: Final[dict[str, str]] = {
    **{f"{kind}.{name}": "no_field"
       for kind, lost in {
           "enti": "ambito_id evidence source_date source_kind notes confirm_every_months",
           "sportelli": "ambito_id evidence source_date source_kind notes confirm_every_months province precision",
           "sessioni": "evidence source_url source_date source_kind notes caution confirm_every_months capacity",
           "associazioni": "ambito_id evidence source_date source_kind notes confirm_every_months province precision",
           "mediazione": "ambito_id evidence source_date source_kind notes confirm_every_months province figures",
       }.items() for name in lost.split()},
    "sportelli.areas": "french_codes", "mediazione.areas": "french_codes", "mediazione.areas_basis": "french_codes",
    "sportelli.closures": "only_with_hours",
    "sportelli": "closed_left_out", "sessioni": "closed_left_out", "associazioni": "closed_left_out",
    "mediazione": "closed_left_out", "sostegni": "no_counterpart",
}  # fmt: skip
"""What does not come back, and why: ``kind.field``, or a kind whose records are left out, all or some."""

ASIDE: Final = {
    f"{kind}.{name}": "own_line"
    for kind, names in TOLD.items()
    for name in names
    if name not in HELD.get(kind, {})
}
"""Fields without a place in the schema: told in the last lines of the description."""


def export(store: Store, *, ambito_id: str | None = None, public: bool = True) -> bytes:
    """The registry, or an Ambito of it, as a zip of ``structures.json`` and ``services.json``."""
    book, about = gathered(store, ambito_id=ambito_id, public=public)
    return packed(files(book, about), day=about.made_on)


def files(book: Book, about: About) -> dict[str, bytes]:
    """Name → bytes of the two lists, and of what stands on the box."""
    below: dict[str, list[Said]] = {}
    for one in book["sessioni"]:
        below.setdefault(one["sportello_id"], []).append(one)
    structures = [
        _structure(kind, one)
        for kind in ("enti", "associazioni")
        for one in book[kind]
        if one.get("status") not in GONE
    ]
    services = [
        _service("sportelli", one, sessione)
        for one in book["sportelli"]
        if one["status"] not in GONE
        for sessione in (below.get(one["id"]) or NO_SESSIONE)
    ]
    services += [_service("mediazione", one, None) for one in book["mediazione"] if one["status"] not in GONE]
    parts = {"structures.json": structures, "services.json": services, "about.json": about.said()}
    return {
        name: json.dumps(part, ensure_ascii=False, allow_nan=False, indent=1).encode()
        for name, part in parts.items()
    }


def _known(**said: Any) -> dict[str, Any]:
    return {name: value for name, value in said.items() if value is not None}


def _shared(kind: str, said: Said) -> dict[str, Any]:
    """What structures and services have in common; their name takes from 3 to 150 characters."""
    name = said.get("name") or "Mediazione linguistica e culturale"
    short = name if len(name) <= 150 else name[:149].rstrip() + "…"
    return _known(
        source=SOURCE,
        id=f"{SOURCE}--{said['id']}",
        nom=short
        if len(short) >= 3
        else f"{short} ({in_words(said['kind'] or kind, words_of(kind).get('kind'))})",
        date_maj=said["changed_at"][:10],
        telephone=_first(said.get("phone")),
        courriel=_first(said.get("email")),
        lien_source=said["source_url"],
        adresse=said.get("address"),
        code_postal=said.get("postcode"),
        commune=comune_names().get(said.get("comune_code") or ""),
        longitude=said.get("lon"),
        latitude=said.get("lat"),
    )


def _first(several: str | None) -> str | None:
    return None if several is None else re.split(r"[;,]", several)[0].strip()


def _structure(kind: str, said: Said) -> dict[str, Any]:
    made = {**_shared(kind, said), **_known(site_web=said["web"])}
    return _described(made, said.get("description"), [(kind, said, said_of_structure(made))])


def _service(kind: str, said: Said, sessione: Said | None) -> dict[str, Any]:
    made = {
        **_shared(kind, said),
        **_known(structure_id=f"{SOURCE}--{said['ente_id']}", lien_mobilisation=said["web"]),
    }
    own = said["services"] if kind == "mediazione" else said["description"]
    if kind == "sportelli":
        made |= _offer(said)
    told_of = [(kind, said)]
    if sessione is not None:
        made["id"] += f"--{sessione['id']}"
        made |= _known(
            horaires_accueil=_with_closures(sessione["hours"], said["closures"]),
            modes_accueil=theirs("reception", [sessione["reception"]] if sessione["reception"] else None),
        )
        told_of.append(("sessioni", sessione))
    back = dict(said_of_service(made))
    return _described(made, own, [(of, what, back[of]) for of, what in told_of])


def _offer(said: Said) -> dict[str, Any]:
    """Whom a sportello is for, for what, how one gets there and whether one pays, in their codes and our words."""
    types = theirs("kind", [said["kind"]])
    fees = theirs("cost", [said["cost"]] if said["cost"] else None)
    return _known(
        type=types and types[0],
        thematiques=theirs("themes", said["themes"]),
        publics=theirs("targets", said["targets"]),
        publics_precisions=said["targets"] and in_words(said["targets"], "targets"),
        frais=fees and fees[0],
        frais_precisions=said["cost"] and in_words(said["cost"], "costs"),
        modes_mobilisation=theirs("access", said["access"]),
        mobilisation_precisions=said["access"] and in_words(said["access"], "access_modes"),
        conditions_acces=said["access_note"],
    )


def _described(
    made: dict[str, Any], own: str | None, told_of: list[tuple[str, Said, Said]]
) -> dict[str, Any]:
    """With its description: what a person wrote, and lines for what the schema alone would not give back."""
    lines: Said = {}
    words: dict[str, str] = {}
    for kind, said, held in told_of:
        words |= words_of(kind)
        lines |= {name: said[name] for name in TOLD[kind] if name in ALWAYS or said[name] != held.get(name)}
    description = told(own, lines, words)
    return made if description is None else {**made, "description": description}


def _with_closures(hours: str | None, closures: list[dict[str, str]] | None) -> str | None:
    """Hours that say by themselves when the desk is shut for a while."""
    if hours is None or not closures:
        return hours
    return (
        in_force(f"{hours}; PH off", closures).replace("; PH off", "", 1)
        if "PH" not in hours
        else in_force(hours, closures)
    )


def held(kind: str) -> dict[str, str]:
    """Field → where it stands in the schema, for the fields of a kind that come back."""
    lines = dict.fromkeys(TOLD.get(kind, ()), "description")
    return {name: place for name, place in {**lines, **HELD.get(kind, {})}.items() if name in fields(kind)}


__all__ = ["ASIDE", "HELD", "LOSSES", "export", "files", "held", "read"]
