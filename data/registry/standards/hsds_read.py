"""Reading Open Referral HSDS 3.0: ours whole, somebody else's as far as it says what we have a field for."""

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any, Final

from data.registry import areas
from data.registry.imports.wanted import Found, Wanted
from data.registry.model import KINDS
from data.registry.standards import timetable
from data.registry.standards.records import (
    Said,
    comune_codes,
    fault,
    joined,
    json_of,
    number_of,
    text_of,
    things_of,
    told_once,
    unwritten,
)
from data.vocabularies import vocabulary
from errors import UnknownCode

REGISTRO: Final = "atlante:registro"
"""The taxonomy of our own fields in ``attributes``."""

TERMS: Final[dict[str, dict[str, str]]] = {
    "enti": {"kind": "provider_kinds"},
    "sportelli": {
        "kind": "service_kinds",
        "themes": "themes",
        "targets": "targets",
        "access": "access_modes",
    },
    "associazioni": {"kind": "association_kinds"},
    "mediazione": {},
    "sostegni": {"kind": "school_supports"},
}
"""Kind → field → the vocabulary whose terms it is told in."""
LISTED: Final = ("themes", "targets", "access")

_STATUSES: Final = vocabulary("hsds_statuses")["hsds"]
STATUS_OUT: Final = {str(code): str(word) for code, word in _STATUSES.items()}
STATUS_IN: Final = {"active": "attivo", "inactive": "da_verificare", "defunct": "chiuso",
                    "temporarily closed": "da_verificare"}  # fmt: skip
"""What a status means here; ``active`` without a date of checking is only not verified."""
FEES: Final = {"gratuito": "gratuito", "a_pagamento": "a pagamento", "con_tessera": "con tessera"}
ATTENDING: Final = {"in_presenza": "in person", "telefono": "by phone", "online": "online"}
ATTENDING_IN: Final = {
    **{word: code for code, word in ATTENDING.items()},
    "in-person": "in_presenza", "physical": "in_presenza", "phone": "telefono", "telephone": "telefono",
    "virtual": "online", "web": "online",
}  # fmt: skip

UNDERSTOOD: Final = {
    "service": {"id", "organization_id", "name", "description", "url", "email", "contacts", "status", "alert",
                "application_process", "assured_date", "last_modified", "phones", "languages", "cost_options",
                "service_areas", "schedules", "organization", "service_at_locations", "metadata", "attributes"},
    "organization": {"id", "name", "description", "email", "website", "contacts", "phones", "locations", "metadata",
                     "attributes"},
}  # fmt: skip


def read(data: bytes) -> tuple[list[Wanted], list[Found]]:
    """What an HSDS document wants of the registry: a page of services, a list of them, one service, organisations.

    A service of somebody else is a sportello of its organisation, its schedules are sessioni. ``FileUnreadable``
    where it is not JSON, or no HSDS.
    """
    services, organizations = _parts(json_of(data))
    wanted: list[Wanted] = []
    found: list[Found] = []
    for entity, things in (("service", services), ("organization", organizations)):
        for row, thing in enumerate(things, start=1):
            if not isinstance(thing, dict) or text_of(thing, "id") is None:
                found.append(Found(row, None, "fault", "no_id"))
            elif text_of(thing, "name") is None:
                found.append(Found(row, "name", "fault", "needed"))
            else:
                wanted += _service(thing, row, found) if entity == "service" else [_organization(thing, row)]
                found += _not_held(entity, thing)
    return joined(wanted), told_once(found)


def _parts(told: Any) -> tuple[list[Any], list[Any]]:
    """The services and organisations of a document, however it is wrapped."""
    if isinstance(told, dict) and isinstance(told.get("contents"), list):
        told = {"services": told["contents"], "organizations": told.get("organizations")}
    if isinstance(told, dict) and ("services" in told or "organizations" in told):
        both = [told.get("services") or [], told.get("organizations") or []]
        if all(isinstance(one, list) for one in both):
            return _sorted(both[0] + both[1])
    if isinstance(told, dict) and "id" in told and "name" in told:
        told = [told]
    if isinstance(told, list) and any(isinstance(one, dict) and "id" in one for one in told):
        if any("structure_id" in one or "date_maj" in one for one in told if isinstance(one, dict)):
            raise fault("sembra data·inclusion, non HSDS")
        return _sorted(told)
    raise fault("non è un documento HSDS 3.0: mancano i servizi («contents» o «services»)")


def _sorted(things: list[Any]) -> tuple[list[Any], list[Any]]:
    """Services have a status, or what only they have; the others are organisations."""
    only = {"status", "organization", "organization_id", "service_at_locations", "schedules"}
    is_service = [not isinstance(one, dict) or bool(only & one.keys()) for one in things]
    split = list(zip(things, is_service, strict=True))
    return [one for one, service in split if service], [one for one, service in split if not service]


def marks(thing: Any) -> dict[str, Any]:
    """Our own fields in the attributes of an object, by name; a mark without a value says that nothing is known."""
    own = [one for one in things_of(thing, "attributes") if _taxonomy(one) == REGISTRO]
    return {str(text_of(one["taxonomy_term"], "code")): one.get("value") for one in own}


def _taxonomy(attribute: Any) -> str | None:
    return text_of(attribute.get("taxonomy_term"), "taxonomy")


def _terms(thing: Any, kind: str) -> Said:
    """The fields told in terms of our vocabularies, or of somebody else's that have the same codes or labels."""
    said: Said = {}
    for attribute in things_of(thing, "attributes"):
        taxonomy, term = _taxonomy(attribute), attribute.get("taxonomy_term")
        for field, words in TERMS[kind].items():
            ours = taxonomy == f"atlante:{field}"
            code = _code_of(words, term) if ours or not str(taxonomy).startswith("atlante:") else None
            if code is not None and field in LISTED:
                said.setdefault(field, []).append(code)
            elif code is not None:
                said.setdefault(field, code)
    return said


def _code_of(words: str, term: Any) -> str | None:
    known = _known_as(words)
    code, name = text_of(term, "code") or "", (text_of(term, "name") or "").casefold()
    return known[0].get(code) or known[1].get(name)


@cache
def _known_as(words: str) -> tuple[dict[str, str], dict[str, str]]:
    """The codes of a vocabulary by themselves, and by their labels in small letters."""
    labels = {str(code): str(name).casefold() for code, name in vocabulary(words)["label"].items()}
    return {code: code for code in labels}, {name: code for code, name in labels.items()}


def kind_of(thing: Any, usual: str) -> str:
    """Which of our kinds an object is."""
    told = str(marks(thing).get("record"))
    return told if told in KINDS else usual


def said_of_organization(thing: dict[str, Any]) -> Said:
    """What an organisation says by the fields of HSDS alone."""
    kind = kind_of(thing, "enti")
    said = _present(
        name=text_of(thing, "name"), email=_mail(thing), web=text_of(thing, "website"), phone=_phone(thing)
    )
    if kind == "associazioni":
        place = next(iter(things_of(thing, "locations")), None)
        spoken = [text_of(one, "code") for one in things_of(place, "languages")]
        said |= _present(description=text_of(thing, "description")) | _place(place)
        said |= {"languages": [code for code in spoken if code]} if spoken else {}
    return {**said, **_terms(thing, kind)}


def said_of_service(thing: dict[str, Any]) -> Said:
    """What a service says by the fields of HSDS alone; ``ente_id`` is what its organisation is called."""
    kind = kind_of(thing, "sportelli")
    about = "services" if kind == "mediazione" else "description"
    organization = thing.get("organization")
    ente = marks(organization).get("id") or text_of(organization, "id") or text_of(thing, "organization_id")
    zones = [area for one in things_of(thing, "service_areas") if (area := _area(one)) is not None]
    status = STATUS_IN.get(text_of(thing, "status") or "")
    if status == "attivo" and text_of(thing, "assured_date") is None:
        status = "non_verificato"
    said = _present(status=status, caution=text_of(thing, "alert"), ente_id=ente)
    said |= _present(**{about: text_of(thing, "description")})
    if kind != "sostegni":
        said |= _present(web=text_of(thing, "url"), areas=zones or None)
    if kind == "sportelli":
        first = next(iter(things_of(thing, "service_at_locations")), {})
        said |= _place(first.get("location")) | _present(
            name=text_of(thing, "name"),
            email=_mail(thing),
            phone=_phone(thing) or _phone(first) or _phone(first.get("location")),
            access_note=text_of(thing, "application_process"),
            cost=_cost(things_of(thing, "cost_options")),
        )
    else:
        said |= _present(languages=_spoken(thing))
    return {**said, **_terms(thing, kind)}


def said_of_schedules(rules: list[dict[str, Any]], service: dict[str, Any]) -> Said:
    """What the schedules of one sessione say; languages are told of the whole service."""
    slots = [_slot(one) for one in rules]
    hours = timetable.osm([one for one in slots if one is not None]) if None not in slots else None
    words = "; ".join(dict.fromkeys(text for one in rules if (text := text_of(one, "notes"))))
    attending = text_of(rules[0], "attending_type") or ""
    return _present(
        sportello_id=marks(service).get("id") or text_of(service, "id"),
        hours=hours,
        hours_note=words or None,
        reception=ATTENDING_IN.get(attending.casefold()),
        languages=_spoken(service),
    )


def _present(**said: Any) -> Said:
    """What is said: silence is not knowing, not saying that nothing is known."""
    return {name: value for name, value in said.items() if value is not None}


def _slot(rule: Mapping[str, Any]) -> timetable.Rule | None:
    said = [text_of(rule, name) for name in ("byday", "opens_at", "closes_at")]
    odd = any(rule.get(name) for name in ("byweekno", "bymonthday", "byyearday", "count", "until"))
    if None in said or odd or (number_of(rule, "interval") or 1) != 1:
        return None
    days, opens, closes = (str(one) for one in said)
    return timetable.Rule(text_of(rule, "freq") or "WEEKLY", days, opens, closes)


def _mail(thing: Any) -> str | None:
    more = [text_of(one, "email") for one in things_of(thing, "contacts")]
    ones = [one for one in (text_of(thing, "email"), *more) if one]
    return "; ".join(dict.fromkeys(ones)) or None


def _phone(thing: Any) -> str | None:
    numbers = [text_of(one, "number") for one in things_of(thing, "phones")]
    return "; ".join(dict.fromkeys(one for one in numbers if one)) or None


def _spoken(service: Any) -> list[str] | None:
    known = vocabulary("languages").index
    codes = [(text_of(one, "code") or "").lower() for one in things_of(service, "languages")]
    return [code for code in dict.fromkeys(codes) if code in known] or None


def _cost(options: list[dict[str, Any]]) -> str | None:
    for one in options:
        words = (text_of(one, "option") or "").casefold()
        for code, said in FEES.items():
            if words == said:
                return code
        amount = number_of(one, "amount")
        if amount is not None:
            return "gratuito" if amount == 0 else "a_pagamento"
    return None


def _area(thing: Any) -> str | None:
    """One of our areas: by its URI, or by the name of a comune."""
    uri = text_of(thing, "uri") or ""
    try:
        return str(areas.parse(uri))
    except UnknownCode:
        code = comune_codes().get((text_of(thing, "name") or "").casefold())
        return code and f"istat:comune:{code}"


def _place(location: Any) -> Said:
    address = next(iter(things_of(location, "addresses")), None)
    lines = [text_of(address, name) for name in ("address_1", "address_2")]
    lon, lat = number_of(location, "longitude"), number_of(location, "latitude")
    return _present(
        lon=lon if lat is not None else None,
        lat=lat if lon is not None else None,
        address=", ".join(one for one in lines if one) or None,
        postcode=text_of(address, "postal_code"),
        province=text_of(address, "state_province"),
        comune_code=comune_codes().get((text_of(address, "city") or "").casefold()),
    )


def _wanted(kind: str, thing: Any, said: Said, own: Mapping[str, Any], row: int) -> Wanted:
    """A record with the fields that only our attributes hold laid over what HSDS says."""
    key = own.get("id") if isinstance(own.get("id"), str) and own.get("record") == kind else None
    names = KINDS[kind].__table__.columns.keys()
    for name, value in own.items():
        if name in names and name != "id":
            said[name] = unwritten(kind, name, value) if isinstance(value, str) else None
    return Wanted(kind, key or str(thing["id"]), said, row, None, key)


def _organization(thing: dict[str, Any], row: int) -> Wanted:
    return _wanted(kind_of(thing, "enti"), thing, said_of_organization(thing), marks(thing), row)


def _service(thing: dict[str, Any], row: int, found: list[Found]) -> Iterator[Wanted]:
    """A service, its organisation, and its schedules as sessioni."""
    kind, organization = kind_of(thing, "sportelli"), thing.get("organization")
    if text_of(organization, "id") and text_of(organization, "name") and isinstance(organization, dict):
        yield _organization(organization, row)
    said = said_of_service(thing)
    made = _wanted(kind, thing, said, marks(thing), row)
    if kind == "sportelli" and "kind" not in made.said:
        found.append(Found(row, "kind", "doubt", "kind_not_said", str(thing["name"])))
    yield made
    for number, (of, rules) in enumerate(_grouped(thing).items(), start=1):
        own = marks(rules[0])
        said = said_of_schedules(rules, thing)
        if own.get("record") != "sessioni":
            said = _in_words(said, rules, row, found)
        yield _wanted("sessioni", {"id": f"{made.external}/{of or number}"}, said, own, row)
    found += [
        Found(row, "service_areas", "doubt", "area_not_known", text_of(one, "name") or "")
        for one in things_of(thing, "service_areas")
        if _area(one) is None
    ]
    found += [
        Found(row, "languages", "doubt", "language_not_known", text_of(one, "name") or "")
        for one in things_of(thing, "languages")
        if (text_of(one, "code") or "").lower() not in vocabulary("languages").index
    ]


def _in_words(said: Said, rules: list[dict[str, Any]], row: int, found: list[Found]) -> Said:
    """Schedules of somebody else that are not plain stay as words."""
    if "hours" in said:
        return said
    names = ("description", "notes", "byday", "opens_at", "closes_at")
    words = [" ".join(text for name in names if (text := text_of(one, name))) for one in rules]
    note = "; ".join(dict.fromkeys(one for one in words if one))
    found.append(Found(row, "schedules", "doubt", "schedule_not_read", note))
    return {**said, **_present(hours_note=note or None)}


def _grouped(service: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """The schedules of a service: ours by their sessione, others by how one attends; its languages alone are one."""
    place = next(iter(things_of(service, "service_at_locations")), {})
    rules = things_of(service, "schedules") or things_of(place, "schedules")
    rules = rules or things_of(place.get("location"), "schedules")
    alike: dict[str, list[dict[str, Any]]] = {}
    for one in rules:
        own = marks(one).get("id") or ATTENDING_IN.get((text_of(one, "attending_type") or "").casefold(), "")
        alike.setdefault(str(own), []).append(one)
    if not rules and _spoken(service) and kind_of(service, "sportelli") == "sportelli":
        return {"": [{}]}
    return alike


def _not_held(entity: str, thing: Mapping[str, Any]) -> Iterable[Found]:
    """What is said in fields of HSDS that we have nothing for, and terms that none of our vocabularies has."""
    kind = kind_of(thing, "sportelli" if entity == "service" else "enti")
    for name, value in thing.items():
        if name not in UNDERSTOOD[entity] and value not in (None, "", [], {}):
            yield Found(None, name, "note", "field_not_mapped", entity)
    for one in things_of(thing, "attributes"):
        term = one.get("taxonomy_term")
        ours = _taxonomy(one) == REGISTRO
        if not ours and all(_code_of(words, term) is None for words in TERMS[kind].values()):
            told = text_of(term, "name") or text_of(term, "code") or ""
            yield Found(None, "attributes", "note", "term_not_known", told)
