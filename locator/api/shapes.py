"""The records of the open API as whoever asks reads them: every field with what it means, unknown as null.

Fields of a record are called as in the registry and its exports; what a question adds is called as its parameters are.
The words under shapes and fields stand in the OpenAPI description: they are Italian, for people.
"""

import datetime as dt
from typing import Annotated, Any, Final, Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from locator import records
from locator.address import PARAMETERS, mode_word
from locator.finding import Found
from locator.travel import MODES, Origin

Record = TypeVar("Record")
Geometry = TypeVar("Geometry")

ASKED_BY: Final = {**PARAMETERS, "hours": PARAMETERS["when"], "areas": PARAMETERS["origin"]}
"""Word of ``finding.REASONS`` → the parameter that asks it."""


class Shape(BaseModel):
    """What all have in common: nothing but what is described."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class Keyed(Shape):
    """La chiave, che non cambia."""

    id: str


class Named(Keyed):
    """Come si chiama."""

    name: str


class Placed(Shape):
    """Dov'è: l'indirizzo per quanto si sa, il punto e quanto è preciso."""

    address: str | None
    postcode: str | None
    comune_code: str | None
    """Codice ISTAT di sei cifre."""
    comune: str | None
    province: str | None
    """Sigla."""
    ambito_id: str | None
    """Chiave dell'Ambito in `/ambiti`."""
    lon: float | None
    """Gradi WGS 84; null se non si sa dove."""
    lat: float | None
    precision: str | None
    """Quanto è preciso il punto (vocabolario `precisions`); null se non c'è un punto."""
    radius_m: float | None
    """Entro quanti metri dal punto sta davvero; null se non si sa."""


class Sourced(Shape):
    """Chi lo dice, e di quando è."""

    evidence: str | None
    """Quanto è solida la prova: A, B o C (vocabolario `evidence`). Il livello D non è pubblico."""
    source_url: str | None
    source_date: str | None
    """Data della fonte: giorno, mese o anno."""
    confirmed_on: dt.date | None
    """Quando chi gestisce il servizio l'ha confermato; null se nessuno l'ha ancora fatto."""


class Closure(Shape):
    """Una chiusura temporanea: primo e ultimo giorno, e perché."""

    since: dt.date = Field(serialization_alias="from")
    until: dt.date
    why: str | None


class Sessione(Sourced, Keyed):
    """Una sessione: un momento della settimana in cui uno sportello riceve, in certe lingue."""

    sportello_id: str
    reception: str | None
    """In presenza, per telefono o online (vocabolario `receptions`)."""
    hours: str | None
    """Orari nella sintassi OSM `opening_hours`, ora di Roma; null finché nessuno li ha confermati."""
    languages: list[str] | None
    """Lingue parlate (vocabolario `languages`)."""
    mediator: str | None
    """Come c'è un mediatore (vocabolario `mediators`)."""


class Sportello(Sourced, Placed, Named):
    """Uno sportello: una sede dove si riceve, si informa e si accompagna."""

    ente: str | None
    """Chi lo gestisce."""
    kind: str
    """Tipo (vocabolario `service_kinds`)."""
    status: str
    """Stato (vocabolario `statuses`)."""
    remote: bool
    """Vero se risponde solo per telefono o online: non serve andarci."""
    phone: str | None
    email: str | None
    web: str | None
    themes: list[str] | None
    """Temi (vocabolario `themes`)."""
    targets: list[str] | None
    """A chi si rivolge (vocabolario `targets`)."""
    languages: list[str] | None
    """Lingue di tutte le sue sessioni (vocabolario `languages`)."""
    access: list[str] | None
    """Come si entra (vocabolario `access_modes`)."""
    access_note: str | None
    cost: str | None
    """Quanto costa (vocabolario `costs`)."""
    areas: list[str] | None
    """Chi riceve, per luogo di residenza: `istat:comune:015146`, `ambito:milano`, …; null se non si sa."""
    closures: list[Closure] | None
    """Chiusure in corso o annunciate; null se non ne risultano."""
    description: str | None
    sessioni: list[Sessione] | None
    """Le sue sessioni pubbliche; null se non se ne conosce nessuna."""


class Associazione(Sourced, Placed, Named):
    """Un'associazione di migranti o per l'integrazione."""

    kind: str
    """Tipo (vocabolario `association_kinds`)."""
    status: str
    """Stato (vocabolario `statuses`)."""
    phone: str | None
    email: str | None
    web: str | None
    communities: list[str] | None
    """Comunità (vocabolario `communities`)."""
    activities: list[str] | None
    """Attività, con le parole della fonte."""
    languages: list[str] | None
    """Lingue (vocabolario `languages`)."""
    description: str | None


class Comune(Shape):
    """Un comune."""

    code: str
    """Codice ISTAT di sei cifre."""
    name: str


class Ambito(Named):
    """Un Ambito territoriale sociale."""

    province: str
    lab_impact: bool
    """Vero se è tra i partner riconosciuti di Lab'Impact; falso vuol dire che non ne abbiamo trovato prova."""
    comuni: list[Comune]
    evidence: str | None
    """Da dove si sa che esiste (vocabolario `evidence_pages`)."""
    sources: list[str] | None
    """Pagine che lo dicono."""
    reference_date: str
    """Di quando è l'elenco: anno, o primo e ultimo anno."""


class Minutes(Shape):
    """Minuti di viaggio stimati, e la banda in cui stanno 8 volte su 10."""

    circa: int
    da: int
    a: int


class Answer(Shape):
    """Come risponde alla domanda."""

    certezza: Literal["sicuro", "possibile"]
    """Sicuro se tutto ciò che si chiede è noto; possibile se qualcosa non si sa."""
    non_noto: list[str]
    """I parametri di cui non si sa la risposta."""
    minuti: dict[str, Minutes | None] | None
    """Minuti per mezzo: null dove non si arriva in due ore, o non si sa dov'è; null in tutto senza partenza."""
    km: float | None
    """Distanza in linea d'aria dalla partenza; null senza partenza o senza punto."""


class SportelloFound(Sportello, Answer):
    """Uno sportello che risponde alla domanda."""


class SessioneFound(Sessione, Answer):
    """Una sessione che risponde alla domanda; minuti e chilometri sono del suo sportello."""


class Licence(Shape):
    """Che cosa si può dire della licenza."""

    testo: str
    attribuzione: str
    pagina: str
    """Dove si legge di più."""


class Departure(Shape):
    """Da dove partono i minuti."""

    luogo: str
    nome: str
    comune_code: str
    comune: str
    rete: str
    """Le reti di strade da cui vengono i minuti."""


class Envelope(Shape):
    """Che cosa sta attorno ai record."""

    versione: str
    """Cambia quando cambia qualcosa nel registro, e ogni giorno."""
    giorno: dt.date
    """Il giorno di cui sono i dati."""
    totale: int
    """Quanti rispondono in tutto."""
    licenza: Licence
    partenza: Departure | None
    """Da dove partono i minuti; null se la domanda non lo dice."""
    successivo: str | None
    """Indirizzo della pagina che segue; null all'ultima."""


class Page(Envelope, Generic[Record]):
    """Una pagina di una raccolta."""

    dati: list[Record]


class Point(Shape):
    """Un punto, in gradi WGS 84."""

    type: Literal["Point"]
    coordinates: Annotated[list[float], Field(min_length=2, max_length=2)]


class Outline(Shape):
    """Il contorno di un Ambito."""

    type: Literal["Polygon", "MultiPolygon"]
    coordinates: list[Any]


class Feature(Shape, Generic[Record, Geometry]):
    """Un record come elemento GeoJSON; senza punto la geometria è null."""

    type: Literal["Feature"]
    id: str
    geometry: Geometry | None
    properties: Record


class Features(Envelope, Generic[Record, Geometry]):
    """Una pagina di una raccolta come GeoJSON."""

    type: Literal["FeatureCollection"]
    features: list[Feature[Record, Geometry]]


class Refusal(Shape):
    """Perché non si può rispondere, in una frase."""

    errore: str


class Word(Shape):
    """Un codice, come si chiama e che cosa vuol dire."""

    value: str
    label: str
    description: str


class Vocabularies(Shape):
    """I vocabolari, ciascuno con i suoi codici."""

    vocabolari: dict[str, list[Word]]


class Address(Shape):
    """Una cosa che si può chiedere, e dove."""

    nome: str
    indirizzo: str
    descrizione: str
    tipo: str
    """Come la chiamano i browser (MIME)."""


class Listed(Shape):
    """Tutto ciò che si può chiedere qui."""

    dati: list[Address]


def sportello(desk: records.Desk) -> Sportello:
    """A desk as the API tells it."""
    return Sportello(
        **_placed(desk.place),
        **_sourced(desk.said),
        **_same(desk, Sportello, but=("areas", "closures", "sessioni", "languages", "remote")),
        languages=_list(desk.languages),
        remote=desk.remote,
        areas=_list(desk.areas),
        closures=[_closure(one) for one in desk.closures] or None,
        sessioni=[sessione(slot, desk.id) for slot in desk.slots] or None,
    )


def sessione(slot: records.Slot, desk: str) -> Sessione:
    """A slot of a desk as the API tells it."""
    return Sessione(sportello_id=desk, **_same(slot, Sessione, but=("sportello_id",)))


def associazione(one: records.Association) -> Associazione:
    """An association as the API tells it."""
    return Associazione(**_placed(one.place), **_sourced(one.said), **_same(one, Associazione))


def answer(found: Found, origin: Origin | None) -> Answer:
    """How a desk answers; minutes and kilometres only where somebody starts from somewhere."""
    minutes = {mode_word(mode): _minutes(found.minutes[mode]) for mode in MODES}
    return Answer(
        certezza="possibile" if found.unsure else "sicuro",
        non_noto=[ASKED_BY[why] for why in found.unsure],
        minuti=None if origin is None else minutes,
        km=None if found.km is None else round(found.km, 1),
    )


def _minutes(told: tuple[int, int, int] | None) -> Minutes | None:
    return None if told is None else Minutes(circa=told[0], da=told[1], a=told[2])


def departure(origin: Origin, network: str) -> Departure:
    """Where minutes start from."""
    return Departure(
        luogo=origin.id, nome=origin.name, comune_code=origin.comune_code, comune=origin.comune, rete=network
    )


def _closure(one: Any) -> Closure:
    return Closure(since=one["from"], until=one["until"], why=one.get("why") or None)


def _placed(place: records.Place) -> dict[str, Any]:
    said = {name: getattr(place, name) for name in Placed.model_fields}
    return said if place.lon is not None else said | {"precision": None, "radius_m": None}


def _sourced(said: records.Said) -> dict[str, Any]:
    return {name: getattr(said, name) for name in Sourced.model_fields}


def _same(one: Any, shape: type[Shape], *, but: tuple[str, ...] = ()) -> dict[str, Any]:
    """The fields that are called alike; tuples as lists."""
    names = [name for name in shape.model_fields if name not in but and hasattr(one, name)]
    return {name: _list(value) if isinstance(value := getattr(one, name), tuple) else value for name in names}


def _list(codes: tuple[str, ...] | None) -> list[str] | None:
    return None if codes is None else list(codes)
