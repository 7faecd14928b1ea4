"""Open Referral HSDS 3.0 as one JSON document: services with their organisation, place and schedules.

A sportello is a service at a location, a sessione its schedules, an ente an organisation; mediazione and sostegni
are services without a place, an associazione an organisation with one. What HSDS has no field for stands in
``attributes`` under ``atlante:registro``: kept for whoever reads our files, unseen by who reads HSDS alone.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any, Final

from data.registry.model import fields
from data.registry.standards import timetable
from data.registry.standards.hsds_read import (
    ATTENDING,
    FEES,
    REGISTRO,
    STATUS_OUT,
    TERMS,
    read,
    said_of_organization,
    said_of_schedules,
    said_of_service,
)
from data.registry.standards.records import (
    EXPORTER,
    FOLLOWS,
    About,
    Book,
    Said,
    comune_names,
    gathered,
    uuid_of,
    written,
)
from data.registry.store import Store
from data.vocabularies import label, vocabulary

Thing = dict[str, Any]
"""An object of HSDS."""

HELD: Final = {
    "enti": {"name": "organization.name", "phone": "organization.phones", "email": "organization.email",
             "web": "organization.website", "kind": "organization.attributes (atlante:kind)"},
    "sportelli": {"name": "service.name", "description": "service.description", "ente_id": "service.organization",
                  "kind": "service.attributes (atlante:kind)", "themes": "service.attributes (atlante:themes)",
                  "targets": "service.attributes (atlante:targets)",
                  "access": "service.attributes (atlante:access)", "access_note": "service.application_process",
                  "status": "service.status", "cost": "service.cost_options", "areas": "service.service_areas",
                  "caution": "service.alert", "phone": "service.phones", "email": "service.email",
                  "web": "service.url", "lon": "location.longitude", "lat": "location.latitude",
                  "address": "address.address_1", "postcode": "address.postal_code",
                  "province": "address.state_province", "comune_code": "address.city"},
    "sessioni": {"sportello_id": "service.schedules", "hours": "schedule.byday, opens_at, closes_at",
                 "hours_note": "schedule.notes", "reception": "schedule.attending_type",
                 "languages": "service.languages"},
    "associazioni": {"name": "organization.name", "description": "organization.description",
                     "phone": "organization.phones", "email": "organization.email",
                     "web": "organization.website", "kind": "organization.attributes (atlante:kind)",
                     "lon": "location.longitude", "lat": "location.latitude", "address": "address.address_1",
                     "postcode": "address.postal_code", "province": "address.state_province",
                     "comune_code": "address.city", "languages": "location.languages"},
    "mediazione": {"ente_id": "service.organization", "status": "service.status", "areas": "service.service_areas",
                   "languages": "service.languages", "services": "service.description", "web": "service.url",
                   "caution": "service.alert"},
    "sostegni": {"ente_id": "service.organization", "status": "service.status",
                 "kind": "service.attributes (atlante:kind)", "languages": "service.languages",
                 "description": "service.description", "caution": "service.alert"},
}  # fmt: skip
"""Kind → field → where HSDS has a place for it; the other fields stand in attributes that only we read."""

ASIDE: Final = {
    f"{kind}.{name}": "own_attribute"
    for kind, held in HELD.items()
    for name in fields(kind)
    if name not in held and f"{kind}.{name}" not in FOLLOWS
}
"""Fields without a place in HSDS: kept in attributes of ours."""
LOSSES: Final[dict[str, str]] = {}
"""What does not come back from a file: nothing."""


def export(store: Store, *, ambito_id: str | None = None, public: bool = True) -> bytes:
    """The registry, or an Ambito of it, as HSDS 3.0: a page of services, and the organisations without any."""
    book, about = gathered(store, ambito_id=ambito_id, public=public)
    return write(book, about)


def write(book: Book, about: About) -> bytes:
    """A document of these records: services with their whole organisation, as ``service_with_definitions`` has it."""
    enti = {one["id"]: _organization("enti", one) for one in book["enti"]}
    below: dict[str, list[Said]] = {}
    for one in book["sessioni"]:
        below.setdefault(one["sportello_id"], []).append(one)
    services = [
        _service(kind, one, enti, below.get(one["id"], []), about.made_on)
        for kind in ("sportelli", "mediazione", "sostegni")
        for one in book[kind]
    ]
    used = {one["organization_id"] for one in services if "organization_id" in one}
    rest = [one for one in enti.values() if one["id"] not in used]
    page = {
        "total_items": len(services), "total_pages": 1, "page_number": 1, "size": len(services),
        "first_page": True, "last_page": True, "empty": not services,
    }  # fmt: skip
    told = {
        "version": "3.0",
        "about": about.said(),
        **page,
        "contents": services,
        "organizations": rest + [_organization("associazioni", one) for one in book["associazioni"]],
    }
    return json.dumps(told, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


def _known(**said: Any) -> Thing:
    """An object with what is known: unknown stays absent."""
    return {name: value for name, value in said.items() if value is not None}


def _organization(kind: str, said: Said) -> Thing:
    """An ente, or an associazione with its place; a description is required, so an unknown one is empty."""
    key = uuid_of(kind, said["id"])
    made = _known(
        id=key,
        name=said["name"],
        description=said.get("description") or "",
        email=_first(said["email"]),
        website=said["web"],
        contacts=_more_mail(kind, said),
        phones=_phones(kind, said, "organization_id"),
        locations=_locations(kind, said),
        metadata=_confirmed(kind, said, "organization"),
    )
    return _whole(made, kind, said, "organization", said_of_organization)


def _service(kind: str, said: Said, enti: Mapping[str, Thing], sessioni: list[Said], day: str) -> Thing:
    key, organization = uuid_of(kind, said["id"]), enti.get(said["ente_id"])
    spoken = list(dict.fromkeys(code for one in sessioni for code in one["languages"] or ()))
    made = _known(
        id=key,
        organization_id=organization and organization["id"],
        name=said.get("name") or _name(kind, said, organization),
        description=said["services"] if kind == "mediazione" else said["description"],
        url=said.get("web"),
        email=_first(said.get("email")),
        contacts=_more_mail(kind, said),
        status=_status(said, day),
        application_process=said.get("access_note"),
        alert=said["caution"],
        assured_date=said["confirmed_on"],
        last_modified=said["changed_at"],
        phones=_phones(kind, said, "service_id"),
        languages=_languages(kind, said["id"], said.get("languages") or spoken, service_id=key),
        cost_options=_costs(said),
        service_areas=_areas(kind, said),
        schedules=[rule for one in sessioni for rule in _schedules(one, key)] or None,
        organization=organization,
        service_at_locations=_at_location(kind, said, key),
        metadata=_confirmed(kind, said, "service"),
    )
    made = _whole(made, kind, said, "service", said_of_service)
    for one in sessioni:
        of = [rule for rule in made["schedules"] if _is_of(rule, one)]
        _rest(of[0], "sessioni", one, "schedule", said_of_schedules(of, made))
    return made


def _at_location(kind: str, said: Said, service: str) -> list[Thing] | None:
    """That the service is at its place, where that is known."""
    key = uuid_of(kind, said["id"], "place")
    return [
        {"id": key, "service_id": service, "location_id": place["id"], "location": place}
        for place in _locations(kind, said) or ()
    ] or None


def _status(said: Said, day: str) -> str:
    """The status in the words of HSDS, shut for a while where a closure runs on the day of the file."""
    shut = any(one["from"] <= day <= one["until"] for one in said.get("closures") or ())
    told = STATUS_OUT[said["status"]]
    return "temporarily closed" if shut and told == "active" else told


def _is_of(rule: Thing, sessione: Said) -> bool:
    return any(one.get("value") == sessione["id"] and _code(one) == "id" for one in rule["attributes"])


def _code(attribute: Thing) -> str:
    return str(attribute["taxonomy_term"]["code"])


def _name(kind: str, said: Said, organization: Thing | None) -> str:
    """A service needs a name: of a mediazione or sostegno, what it is and of whom."""
    of = organization["name"] if organization else said.get("school_id")
    what = (
        label("school_supports", said["kind"]) if kind == "sostegni" else "Mediazione linguistica e culturale"
    )
    return f"{what} ({of})"


def _whole(thing: Thing, kind: str, said: Said, entity: str, back: Callable[[Thing], Said]) -> Thing:
    """The object with its attributes: what it is with us, its terms, and every field that HSDS would not give back."""
    marks = [("record", kind), ("id", said["id"])]
    thing["attributes"] = [_mark(thing["id"], entity, code, value) for code, value in marks]
    for field, words in TERMS[kind].items():
        value = said.get(field)
        codes: list[str] = value if isinstance(value, list) else [value] if value else []
        for code in codes:
            thing["attributes"].append(_term(thing["id"], entity, field, words, code))
    _rest(thing, kind, said, entity, back(thing))
    return thing


def _rest(thing: Thing, kind: str, said: Said, entity: str, held: Said) -> None:
    """Add what the object alone would not give back as it was said."""
    for name in fields(kind):
        if f"{kind}.{name}" not in FOLLOWS and said[name] != held.get(name):
            value = None if said[name] is None else written(kind, name, said[name])
            thing["attributes"].append(_mark(thing["id"], entity, name, value))


def _mark(link: str, entity: str, code: str, value: str | None) -> Thing:
    term = {
        "id": uuid_of("term", REGISTRO, code),
        "code": code,
        "name": code,
        "description": f"Field «{code}» of the registry",
        "taxonomy": REGISTRO,
    }
    return _known(
        id=uuid_of(link, REGISTRO, code),
        link_id=link,
        link_type="registro",
        link_entity=entity,
        value=value,
        taxonomy_term=term,
    )


def _term(link: str, entity: str, field: str, words: str, code: str) -> Thing:
    key = uuid_of(link, field, code)
    term = dict(_taxonomy_term(field, words, code))
    return {"id": key, "link_id": link, "link_type": field, "link_entity": entity, "taxonomy_term": term}


@cache
def _taxonomy_term(field: str, words: str, code: str) -> Mapping[str, str]:
    """A code of ours with its label, as a term of the taxonomy of its field."""
    table, name = vocabulary(words), label(words, code)
    about = str(table.loc[code, "description"]) if code in table.index else ""
    return {
        "id": uuid_of("term", words, code),
        "code": code,
        "name": name,
        "description": about or name,
        "taxonomy": f"atlante:{field}",
        "language": "it",
    }


def _confirmed(kind: str, said: Said, entity: str) -> list[Thing] | None:
    """That it was confirmed, and when; never by whom."""
    if said["confirmed_on"] is None:
        return None
    return [
        {
            "id": uuid_of(kind, said["id"], "confirmed", said["confirmed_on"]),
            "resource_id": uuid_of(kind, said["id"]),
            "resource_type": entity,
            "last_action_date": said["confirmed_on"],
            "last_action_type": "confirm",
            "field_name": "confirmed_on",
            "previous_value": "",
            "replacement_value": said["confirmed_on"],
            "updated_by": EXPORTER,
        }
    ]


def _first(mail: str | None) -> str | None:
    return None if mail is None else mail.split(";")[0].strip()


def _more_mail(kind: str, said: Said) -> list[Thing] | None:
    more = (said.get("email") or "").split(";")[1:]
    return [
        {"id": uuid_of(kind, said["id"], "mail", one.strip()), "email": one.strip()} for one in more
    ] or None


def _phones(kind: str, said: Said, of: str) -> list[Thing] | None:
    numbers = [one.strip() for one in (said.get("phone") or "").split(";") if one.strip()]
    return [
        {"id": uuid_of(kind, said["id"], "phone", str(n)), of: uuid_of(kind, said["id"]), "number": one}
        for n, one in enumerate(numbers)
    ] or None


def _languages(kind: str, key: str, codes: Iterable[str], **of: str) -> list[Thing] | None:
    return [
        {"id": uuid_of(kind, key, "language", code), **of, "name": label("languages", code), "code": code}
        for code in codes
    ] or None


def _costs(said: Said) -> list[Thing] | None:
    if said.get("cost") is None:
        return None
    free = {"amount": 0, "currency": "EUR"} if said["cost"] == "gratuito" else {}
    of = uuid_of("sportelli", said["id"])
    return [
        {
            "id": uuid_of("sportelli", said["id"], "cost"),
            "service_id": of,
            "option": FEES[said["cost"]],
            **free,
        }
    ]


def _areas(kind: str, said: Said) -> list[Thing] | None:
    of = uuid_of(kind, said["id"])
    return [
        {"id": uuid_of(kind, said["id"], area), "service_id": of, "name": _area_name(area), "uri": area}
        for area in said.get("areas") or ()
    ] or None


def _area_name(area: str) -> str:
    level, _, code = area.rpartition(":")
    return comune_names().get(code, code) if level == "istat:comune" else f"{level} {code}"


def _locations(kind: str, said: Said) -> list[Thing] | None:
    """Where it is, as far as that is known; an address has to name everything, so what is unknown in it is empty."""
    if "lon" not in said:
        return None
    key = uuid_of(kind, said["id"], "location")
    parts = {
        "address_1": said["address"] or "",
        "city": comune_names().get(said["comune_code"] or "", ""),
        "state_province": said["province"] or "",
        "postal_code": said["postcode"] or "",
    }
    address = {"id": uuid_of(kind, said["id"], "address"), "location_id": key, **parts, "country": "IT",
               "address_type": "physical"}  # fmt: skip
    spoken = (
        _languages(kind, said["id"], said["languages"] or (), location_id=key)
        if kind == "associazioni"
        else None
    )
    made = _known(
        longitude=said["lon"],
        latitude=said["lat"],
        addresses=[address] if any(parts.values()) else None,
        languages=spoken,
    )
    return [{"id": key, "location_type": "physical", "name": said["name"], **made}] if made else None


def _schedules(sessione: Said, service: str) -> list[Thing]:
    """A sessione as the rules of its hours, or as one schedule in words; each names the sessione it is of."""
    slots: list[timetable.Rule | None] = [*timetable.rules(sessione["hours"])]
    found = []
    for number, slot in enumerate(slots or [None]):
        key = uuid_of("sessioni", sessione["id"], str(number))
        rule = {} if slot is None else slot._asdict()
        made = _known(
            id=key,
            service_id=service,
            **rule,
            description=sessione["hours"],
            notes=sessione["hours_note"],
            attending_type=ATTENDING.get(sessione["reception"] or ""),
            metadata=_confirmed("sessioni", sessione, "schedule") if number == 0 else None,
        )
        marks = [("record", "sessioni"), ("id", sessione["id"])]
        made["attributes"] = [_mark(key, "schedule", code, value) for code, value in marks]
        found.append(made)
    return found


__all__ = ["ASIDE", "HELD", "LOSSES", "export", "read", "write"]
