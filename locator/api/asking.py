"""What a request asks: its parameters read as the pages read them; all that do not hold are told in one sentence."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from data.vocabularies import vocabulary
from errors import QueryRefused
from locator.address import MODES, NOW_WORD, PARAMETERS, read
from locator.finding import Ask
from locator.snapshot import Snapshot

USUAL, MOST = 100, 500
"""How many records a page has, unless ``limite`` says otherwise; and at most."""
LONGEST: Final = 60
"""Of a value that is refused, how many letters are repeated."""
LONGEST_QUERY: Final = 2000
"""Letters of all parameters together: answers are kept by what was asked, which must not weigh more than they do."""

JSON, GEOJSON = "json", "geojson"
MIMES: Final = {JSON: "application/json", GEOJSON: "application/geo+json"}

QUESTION: Final = ("tema", "lingua", "destinatario", "quando", "mezzo", "luogo", "comune", "ambito")
"""Parameters that ask something of desks."""
PAGING: Final = ("limite", "cursore", "formato")

Pairs = Sequence[tuple[str, str]]
"""Parameters as a request has them, in their order."""


@dataclass(frozen=True)
class Question:
    """A request that holds: what is asked, of which sportello, how many at once, after which cursor, in which form.

    ``told`` are its parameters in order of name, without the cursor: what ``successivo`` repeats.
    """

    asked: Ask
    sportello: str = ""
    limit: int = USUAL
    cursor: str = ""
    form: str = JSON
    told: tuple[tuple[str, str], ...] = ()


def question(pairs: Pairs, now: Snapshot, *, allowed: Sequence[str], form: str = JSON) -> Question:
    """The question of a request.

    Parameters
    ----------
    pairs
        Its parameters; one that is empty asks nothing, as in the forms of the pages.
    allowed
        The names that this address takes.
    form
        The form asked for by the header ``Accept``; the parameter ``formato`` wins.

    Raises
    ------
    QueryRefused
        With every fault.
    """
    faults = _names(pairs, allowed)
    said = {name: value.strip() for name, value in pairs if name in allowed and value.strip()}
    comune = now.travel.of_comune.get(said.get("comune", ""))
    if comune is None and "comune" in said:
        faults.append(_unknown("comune", said["comune"]))
    found = read({name: said[name] for name in PARAMETERS.values() if name in said}, now.travel, home=comune)
    faults += [_unknown(*one.split("=", 1)) for one in found.strange]
    if said.get("sportello", "") not in {"", *now.desk}:
        faults.append(_unknown("sportello", said["sportello"]))
    limit = said.get("limite", str(USUAL))
    if not (limit.isascii() and limit.isdigit() and len(limit) < 9 and 1 <= int(limit) <= MOST):
        faults.append(f"«limite» è un numero da 1 a {MOST}, non «{_short(limit)}»")
    if said.get("formato", form) not in MIMES:
        faults.append(f"«formato» è {' o '.join(MIMES)}, non «{_short(said['formato'])}»")
    if faults:
        raise QueryRefused(faults=faults)
    return Question(
        asked=found.ask,
        sportello=said.get("sportello", ""),
        limit=int(limit),
        cursor=said.get("cursore", ""),
        form=said.get("formato", form),
        told=tuple(sorted((name, value) for name, value in said.items() if name != "cursore")),
    )


def nothing_more(pairs: Pairs) -> None:
    """Raise ``QueryRefused`` where an address that takes no parameter is given some."""
    faults = _names(pairs, ())
    if faults:
        raise QueryRefused(faults=faults)


def _names(pairs: Pairs, allowed: Sequence[str]) -> list[str]:
    if sum(len(name) + len(value) for name, value in pairs) > LONGEST_QUERY:
        raise QueryRefused(faults=[f"i parametri insieme hanno al massimo {LONGEST_QUERY} caratteri"])
    names = [name for name, _ in pairs]
    strange = [name for name in dict.fromkeys(names) if name not in allowed]
    twice = [name for name in allowed if names.count(name) > 1]
    there = f"qui ci sono {', '.join(allowed)}" if allowed else "qui non ce ne sono"
    return [f"«{_short(name)}» non è un parametro ({there})" for name in strange] + [
        f"«{name}» è dato più di una volta" for name in twice
    ]


def _unknown(name: str, value: str) -> str:
    return f"«{name}» non può essere «{_short(value)}»"


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def sentence(faults: Sequence[str]) -> str:
    """Every fault in one sentence.

    >>> sentence(["«tema» non può essere «x»", "«limite» è un numero da 1 a 500, non «0»"])
    'Richiesta non valida: «tema» non può essere «x»; «limite» è un numero da 1 a 500, non «0».'
    """
    return f"Richiesta non valida: {'; '.join(faults)}."


def accepted(header: str) -> str:
    """The form that a header ``Accept`` asks for: GeoJSON where it names it and does not prefer JSON.

    >>> accepted("application/geo+json, */*;q=0.1"), accepted("text/html"), accepted("application/geo+json;q=0")
    ('geojson', 'json', 'json')
    """
    wishes = dict.fromkeys(MIMES.values(), 0.0)
    for part in header.split(","):
        mime, *details = (piece.strip().lower() for piece in part.split(";"))
        if mime in wishes:
            wishes[mime] = next((_quality(one[2:]) for one in details if one.startswith("q=")), 1.0)
    return GEOJSON if wishes[MIMES[GEOJSON]] > wishes[MIMES[JSON]] else JSON


def _quality(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0


def described(names: Sequence[str]) -> list[dict[str, Any]]:
    """Parameters as OpenAPI describes them."""
    return [
        {"name": name, "in": "query", "required": False, "allowEmptyValue": True, **_described()[name]}
        for name in names
    ]


def _described() -> dict[str, dict[str, Any]]:
    return {
        "tema": _of("Il tema per cui si cerca aiuto.", enum=[*vocabulary("themes").index]),
        "lingua": _of("La lingua che si parla.", enum=[*vocabulary("languages").index]),
        "destinatario": _of("Chi è la persona.", enum=[*vocabulary("targets").index]),
        "quando": _of(
            f"Quando si può andare: `{NOW_WORD}`, un momento della settimana (`Sa 10:00`) o orari nella sintassi OSM. "
            "Chi ha orari ignoti resta, con certezza «possibile».",
            examples=[NOW_WORD, "Sa 10:00", "Mo-Fr 17:00-20:00"],
        ),
        "mezzo": _of("Come ci si sposta: da lì l'ordine.", enum=[*MODES], default="piedi"),
        "luogo": _of("Da dove si parte: la chiave di una parte di comune (`luogo` della partenza)."),
        "comune": _of("Da dove si parte: codice ISTAT; vale il suo centro principale.", examples=["015146"]),
        "ambito": _of("Solo ciò che è di questo Ambito.", examples=["lodi"]),
        "sportello": _of("Solo le sessioni di questo sportello."),
        "limite": {
            "description": "Quanti record in una pagina.",
            "schema": {"type": "integer", "minimum": 1, "maximum": MOST, "default": USUAL},
        },
        "cursore": _of("Da dove riprendere: sta nell'indirizzo `successivo`. Non è da comporre a mano."),
        "formato": _of("La forma; vince su `Accept`.", enum=[*MIMES], default=JSON),
    }


def _of(description: str, *, examples: Sequence[str] = (), **schema: Any) -> dict[str, Any]:
    named = {"examples": {one: {"value": one} for one in examples}} if examples else {}
    return {"description": description, "schema": {"type": "string", **schema}, **named}
