"""The OpenAPI description: what each address answers, in which form; every shape is in it once."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, Final

from pydantic.json_schema import models_json_schema

from locator.api import shapes
from locator.api.asking import GEOJSON, JSON, MIMES, PAGING, QUESTION
from locator.api.shapes import Feature, Features, Page, Shape

TITLE: Final = "Sportelli per l'integrazione in Lombardia"
ABOUT: Final = """\
Sportelli, sessioni, associazioni e Ambiti che il registro dell'atlante rende pubblici: niente di prova debole
(livello D), niente di chiuso, nessun orario che qualcuno non abbia confermato. Ciò che non si sa è `null`, mai un
elenco vuoto.

I filtri sono quelli delle pagine e danno gli stessi sportelli. Ogni risposta ha un `ETag`; con `If-None-Match` torna
304. Le raccolte si scorrono con l'indirizzo in `successivo`: chi entra o esce dal registro nel frattempo non fa né
doppioni né buchi. I file interi sono sotto `/dati`. I codici sono spiegati in `/vocabolari`.
"""

COLLECTIONS: Final[Mapping[str, tuple[str, type[Shape], type[Shape], Any, Sequence[str]]]] = {
    "sportelli": ("Gli sportelli che rispondono alla domanda; con una partenza, dal più vicino.",
                  shapes.SportelloFound, shapes.Sportello, shapes.Point, (*QUESTION, *PAGING)),
    "sessioni": ("Le sessioni che rispondono alla domanda, ciascuna da sola.",
                 shapes.SessioneFound, shapes.Sessione, shapes.Point, (*QUESTION, "sportello", *PAGING)),
    "associazioni": ("Le associazioni.", shapes.Associazione, shapes.Associazione, shapes.Point, ("ambito", *PAGING)),
    "ambiti": ("Gli Ambiti e i loro comuni; in GeoJSON con il contorno.", shapes.Ambito, shapes.Ambito, shapes.Outline,
               ("ambito", *PAGING)),
}  # fmt: skip
"""Name → what it is, a record in a page, a record alone, its geometry, its parameters."""

REFUSALS: Final = {
    404: "Non c'è.",
    422: "La richiesta non va: la frase dice ogni difetto.",
    503: "Il registro non risponde: riprova.",
}


def forms(told: Mapping[str, Any]) -> dict[str, Any]:
    """What is answered by its MIME type: a shape, or a schema."""
    return {"content": {mime: {"schema": _schema(one)} for mime, one in told.items()}}


def _schema(one: Any) -> Any:
    return _shapes()[0][one] if isinstance(one, type) else one


@cache
def _shapes() -> tuple[Mapping[Any, Any], Mapping[str, Any]]:
    """How each shape is referred to, and what is said of it and of those in it."""
    used: list[Any] = [shapes.Refusal, shapes.Listed, shapes.Vocabularies]
    for _, found, alone, geometry, _ in COLLECTIONS.values():
        used += [alone, Page[found], Features[found, geometry], Feature[alone, geometry]]  # type: ignore[valid-type]
    made, defined = models_json_schema(
        [(one, "serialization") for one in used], ref_template="#/components/schemas/{model}"
    )
    return {one: reference for (one, _), reference in made.items()}, defined["$defs"]


def components() -> Mapping[str, Any]:
    """Every shape that an answer refers to."""
    return _shapes()[1]


def answers(
    told: Mapping[str, Any], *, refusals: Sequence[int] = (422, 503)
) -> dict[int | str, dict[str, Any]]:
    """What an address answers: what is asked, that nothing has changed, or why it cannot."""
    tag = {"ETag": {"description": "Cambia quando cambia la risposta.", "schema": {"type": "string"}}}
    return {
        200: {"description": "Quello che si chiede.", "headers": tag, **forms(told)},
        304: {"description": "È come nell'`If-None-Match`.", "headers": tag},
        **{
            status: {"description": REFUSALS[status], **forms({MIMES[JSON]: shapes.Refusal})}
            for status in refusals
        },
    }


def of_collection(name: str) -> dict[int | str, dict[str, Any]]:
    """What a collection answers."""
    _, found, _, geometry, _ = COLLECTIONS[name]
    return answers({MIMES[JSON]: Page[found], MIMES[GEOJSON]: Features[found, geometry]})  # type: ignore[valid-type]


def of_record(name: str) -> dict[int | str, dict[str, Any]]:
    """What the address of one record answers."""
    _, _, alone, geometry, _ = COLLECTIONS[name]
    told = {MIMES[JSON]: alone, MIMES[GEOJSON]: Feature[alone, geometry]}  # type: ignore[valid-type]
    return answers(told, refusals=(404, 422, 503))
