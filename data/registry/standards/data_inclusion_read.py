"""Reading data-inclusion v1: our own files by their keys and lines, others' as far as codes have a counterpart."""

import re
from collections.abc import Mapping
from typing import Any, Final

from data.registry import checks
from data.registry.hours import MONTHS
from data.registry.imports.wanted import Found, Wanted
from data.registry.model import KINDS, PREFIXES
from data.registry.standards.french_words import ours
from data.registry.standards.parcel import is_zip, unpacked
from data.registry.standards.records import (
    SOURCE,
    Said,
    comune_codes,
    fault,
    joined,
    json_of,
    number_of,
    text_of,
    told_once,
)
from data.registry.standards.told_lines import from_words, heard

HELD: Final = {
    "enti": {"name": "nom", "phone": "telephone", "email": "courriel", "web": "site_web",
             "source_url": "lien_source"},
    "sportelli": {"name": "nom", "ente_id": "structure_id", "themes": "thematiques", "kind": "type",
                  "targets": "publics, publics_precisions", "access_note": "conditions_acces",
                  "access": "modes_mobilisation, mobilisation_precisions",
                  "cost": "frais, frais_precisions", "description": "description", "closures": "horaires_accueil",
                  "address": "adresse", "postcode": "code_postal", "comune_code": "commune", "lon": "longitude",
                  "lat": "latitude", "phone": "telephone", "email": "courriel", "web": "lien_mobilisation",
                  "source_url": "lien_source"},
    "sessioni": {"sportello_id": "id", "hours": "horaires_accueil", "reception": "modes_accueil"},
    "associazioni": {"name": "nom", "description": "description", "address": "adresse", "postcode": "code_postal",
                     "comune_code": "commune", "lon": "longitude", "lat": "latitude", "phone": "telephone",
                     "email": "courriel", "web": "site_web", "source_url": "lien_source"},
    "mediazione": {"ente_id": "structure_id", "services": "description", "web": "lien_mobilisation",
                   "source_url": "lien_source"},
}  # fmt: skip
"""Kind → field → the field of the schema that holds it."""

KEY: Final = re.compile(rf"{SOURCE}--([A-Za-z0-9-]+?)(?:--(se-[A-Za-z0-9-]+))?")
LISTED: Final = frozenset(
    {"themes", "targets", "access", "languages", "communities", "activities", "settings"}
)
CLOSURE: Final = re.compile(
    r'; (\d{4}) ([A-Z][a-z]{2}) (\d\d)-(\d{4}) ([A-Z][a-z]{2}) (\d\d) off(?: "([^"]*)")?$'
)
TOLD_OF_SLOTS: Final = ("languages", "reception", "mediator", "hours_note")
PERSON: Final = "contact_nom_prenom"
UNDERSTOOD: Final = frozenset(
    {"source", "id", "structure_id", "nom", "date_maj", "telephone", "courriel", "site_web", "lien_source",
     "lien_mobilisation", "adresse", "code_postal", "commune", "longitude", "latitude", "description", "type",
     "thematiques", "publics", "publics_precisions", "frais", "frais_precisions", "modes_mobilisation",
     "mobilisation_precisions", "conditions_acces", "horaires_accueil", "modes_accueil", PERSON}
)  # fmt: skip


def words_of(kind: str) -> dict[str, str]:
    """Field → vocabulary of the fields of a kind that are codes."""
    of_kind = checks.KIND_VOCABULARIES.get(kind)
    return {**checks.VOCABULARIES, **({"kind": of_kind} if of_kind else {})}


def read(data: bytes) -> tuple[list[Wanted], list[Found]]:
    """What structures and services want of the registry.

    Taken as a zip of the two lists, as one object with both, or as one of the lists. A structure of somebody else
    is an ente, a service a sportello with one sessione; where the service says no place, contacts or hours, those
    of its structure hold, as the schema has it.

    Raises
    ------
    FileUnreadable
        If it is not JSON, or neither list is there.
    """
    structures, services = _parts(data)
    wanted: list[Wanted] = []
    found: list[Found] = []
    at_home: dict[str, dict[str, Any]] = {}
    for things, needed in ((structures, ("id", "nom")), (services, ("id", "nom", "structure_id"))):
        for row, thing in enumerate(things, start=1):
            lacks = [name for name in needed if text_of(thing, name) is None]
            if lacks:
                found += [Found(row, name, "fault", "no_id" if name == "id" else "needed") for name in lacks]
                continue
            if "structure_id" in needed:
                wanted += _of_service(thing, row, at_home.get(thing["structure_id"], {}), found)
            else:
                at_home[thing["id"]] = thing
                wanted += _of_structure(thing, row)
            found += _not_held(thing)
    return joined(wanted, pieces=("enti", "sportelli")), told_once(found)


def _parts(data: bytes) -> tuple[list[Any], list[Any]]:
    """The two lists, however they are wrapped."""
    if is_zip(data):
        inside = unpacked(data)
        told: Any = {
            name.removesuffix(".json"): json_of(part)
            for name, part in inside.items()
            if name in {"structures.json", "services.json"}
        }
    else:
        told = json_of(data)
    if isinstance(told, list) and any(isinstance(one, dict) and "nom" in one for one in told):
        lists = [one for one in told if isinstance(one, dict)]
        services = [one for one in lists if "structure_id" in one]
        return [one for one in lists if "structure_id" not in one], services
    if isinstance(told, dict) and {"structures", "services"} & told.keys():
        both = [told.get("structures") or [], told.get("services") or []]
        if all(isinstance(one, list) for one in both):
            return both[0], both[1]
    raise fault("non è data·inclusion v1: mancano le liste «structures» o «services»")


def key_of(thing: Mapping[str, Any], name: str = "id") -> tuple[str | None, str | None]:
    """Our own keys in an identifier: of the record, and of its sessione; missing where it is somebody else's."""
    known = KEY.fullmatch(text_of(thing, name) or "")
    return (known[1], known[2]) if known and kind_of(known[1]) else (None, None)


def kind_of(key: str | None) -> str | None:
    """The kind of one of our keys by how it begins."""
    found = [kind for kind, prefix in PREFIXES.items() if (key or "").startswith(f"{prefix}-")]
    return found[0] if found else None


def _shared(thing: Mapping[str, Any], link: str) -> Said:
    lon, lat = number_of(thing, "longitude"), number_of(thing, "latitude")
    lines = [text_of(thing, name) for name in ("adresse", "complement_adresse")]
    return {
        "name": text_of(thing, "nom"), "phone": text_of(thing, "telephone"), "email": text_of(thing, "courriel"),
        "web": text_of(thing, link), "source_url": text_of(thing, "lien_source"),
        "address": ", ".join(one for one in lines if one) or None, "postcode": text_of(thing, "code_postal"),
        "comune_code": comune_codes().get((text_of(thing, "commune") or "").casefold()),
        "lon": lon if lat is not None else None, "lat": lat if lon is not None else None,
    }  # fmt: skip


def _present(kind: str, said: Said) -> Said:
    """What is known of the fields of a kind: an absent field says nothing."""
    there = KINDS[kind].__table__.columns.keys()
    return {name: value for name, value in said.items() if value is not None and name in there}


def said_of_structure(thing: Mapping[str, Any]) -> Said:
    """What a structure says of an ente, or of one of our associazioni."""
    kind = kind_of(key_of(thing)[0]) or "enti"
    own, lines = heard(text_of(thing, "description"), words_of(kind), LISTED)
    return _present(kind, {**_shared(thing, "site_web"), "description": own, **lines})


def said_of_service(thing: Mapping[str, Any]) -> list[tuple[str, Said]]:
    """Kind → what a service says: of a sportello and its sessione, or of one of our mediazioni."""
    key, sessione = key_of(thing)
    kind = kind_of(key) or "sportelli"
    words = {**words_of("sessioni"), **words_of(kind)}
    own, lines = heard(text_of(thing, "description"), words, LISTED)
    hours, closures = _closures(text_of(thing, "horaires_accueil"))
    offer = {} if kind == "mediazione" else _offer(thing)
    ente = key_of(thing, "structure_id")[0] or text_of(thing, "structure_id")
    link = "lien_mobilisation"
    said = {**_shared(thing, link), **offer, "ente_id": ente, "description": own, "services": own}
    found = [(kind, _present(kind, {**said, "closures": closures, **lines}))]
    receptions = ours("reception", thing.get("modes_accueil"))[0]
    slot: Said = {"hours": hours, "reception": receptions[0] if receptions and len(receptions) == 1 else None}
    slot |= {name: value for name, value in lines.items() if name in TOLD_OF_SLOTS}
    slot = _present("sessioni", slot)
    if kind == "sportelli" and (slot or sessione):
        found.append(("sessioni", {"sportello_id": key or text_of(thing, "id"), **slot}))
    return found


def _offer(thing: Mapping[str, Any]) -> Said:
    """Whom it is for and how: our own words in the precisions where they are, else their codes."""
    themes, _ = ours("themes", thing.get("thematiques"))
    said: Said = {"themes": themes, "access_note": text_of(thing, "conditions_acces")}
    for field, codes, words, names in (
        ("targets", "publics", "publics_precisions", "targets"),
        ("access", "modes_mobilisation", "mobilisation_precisions", "access_modes"),
        ("cost", "frais", "frais_precisions", "costs"),
    ):
        told = text_of(thing, words)
        given = thing.get(codes)
        ones = from_words(told, names, listed=True) if told and key_of(thing)[0] else None
        said[field] = ones or ours(field, given if isinstance(given, list) else [given])[0]
    return {**said, "cost": said["cost"][0] if said["cost"] else None}


def _closures(hours: str | None) -> tuple[str | None, list[dict[str, str]] | None]:
    """Hours without the temporary closures at their end, and those."""
    found: list[dict[str, str]] = []
    while hours and (last := CLOSURE.search(hours)) and {last[2], last[5]} <= set(MONTHS):
        start, end = (f"{last[n]}-{MONTHS.index(last[n + 1]) + 1:02}-{last[n + 2]}" for n in (1, 4))
        found.insert(0, {"from": start, "until": end, **({"why": last[7]} if last[7] else {})})
        hours = hours[: last.start()]
    return hours, found or None


def _of_structure(thing: dict[str, Any], row: int) -> list[Wanted]:
    key = key_of(thing)[0]
    return [Wanted(kind_of(key) or "enti", key or thing["id"], said_of_structure(thing), row, None, key)]


def _of_service(thing: dict[str, Any], row: int, home: Mapping[str, Any], found: list[Found]) -> list[Wanted]:
    key, sessione = key_of(thing)
    if key is None:
        places = ("adresse", "code_postal", "commune", "longitude", "latitude")
        lent = ["telephone", "courriel", "horaires_accueil"]
        lent += places if not any(thing.get(name) for name in places) else ()
        thing = {**thing, **{name: home[name] for name in lent if not thing.get(name) and home.get(name)}}
        found += _odd_codes(thing)
    keys = {"sportelli": key, "mediazione": key, "sessioni": sessione}
    names = {"sessioni": sessione or f"{thing['id']}/1"}
    told = said_of_service(thing)
    if key is None and "kind" not in told[0][1]:
        found.append(Found(row, "type", "doubt", "kind_not_said", str(thing["nom"])))
    return [
        Wanted(kind, names.get(kind, key or thing["id"]), said, row, None, keys[kind]) for kind, said in told
    ]


def _odd_codes(thing: Mapping[str, Any]) -> list[Found]:
    """Codes of theirs that are none of ours alone."""
    fields = {
        "thematiques": "themes",
        "publics": "targets",
        "modes_mobilisation": "access",
        "modes_accueil": "reception",
    }
    return [
        Found(None, name, "note", "term_not_known", code)
        for name, field in fields.items()
        for code in ours(field, thing.get(name))[1]
    ]


def _not_held(thing: Mapping[str, Any]) -> list[Found]:
    """What is said in fields that we have nothing for; a person's name is never taken."""
    told = [name for name, value in thing.items() if value not in (None, "", [], {})]
    odd = [Found(None, name, "note", "field_not_mapped") for name in told if name not in UNDERSTOOD]
    return odd + [Found(None, PERSON, "note", "person_left_out")] * (PERSON in told)
