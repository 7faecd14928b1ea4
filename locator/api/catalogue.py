"""The catalogue of the open data in DCAT-AP_IT, the Italian profile that national and European portals harvest.

AgID, *Profilo nazionale DCAT-AP_IT* 1.0 and its guidelines (github.com/italia/linee-guida-cataloghi-dati-dcat-ap-it).
What the profile requires is there. The licence is what the labels say, for most rows none: it is unknown in the words
of the national vocabulary, and what the label says stands in the description.
"""

import datetime as dt
import os
from collections.abc import Mapping
from typing import Final, NamedTuple

from rdflib import DCAT, DCTERMS, FOAF, RDF, XSD, Graph, Literal, Namespace, URIRef

from data.label import read_label
from data.registry import reading
from data.registry.standards.records import EXPORTER, SOURCE
from data.registry.store import Store
from locator.api.open_files import FILES, File
from locator.statements import body

CATALOGUES: Final[Mapping[str, tuple[str, str]]] = {
    "catalogo.ttl": ("text/turtle; charset=utf-8", "turtle"),
    "catalogo.jsonld": ("application/ld+json", "json-ld"),
}
"""Name of the catalogue → what browsers call it, and what rdflib does."""

DCATAPIT: Final = Namespace("http://dati.gov.it/onto/dcatapit#")
EUROPE: Final = "http://publications.europa.eu/resource/authority"
THEMES: Final = URIRef(f"{EUROPE}/data-theme")
SOCIETY: Final = URIRef(f"{EUROPE}/data-theme/SOCI")
ITALIAN: Final = URIRef(f"{EUROPE}/language/ITA")
AS_IT_CHANGES: Final = URIRef(f"{EUROPE}/frequency/UPDATE_CONT")
UNKNOWN_LICENCE: Final = URIRef("https://w3id.org/italia/controlled-vocabulary/licences/C1_Unknown")
UNKNOWN_RIGHTS: Final = URIRef("http://purl.org/adms/licencetype/UnknownIPR")

PUBLISHER_ID: Final = "ATLANTE_BODY_IPA"
"""Setting: the code, in the index of public administrations (IPA), of who publishes (``locator.statements.body``)."""


class Dataset(NamedTuple):
    """A dataset: what it is called, what it is, and the label that says where its first rows come from."""

    title: str
    about: str
    label: str


DATASETS: Final = {
    "sportelli": Dataset(
        "Sportelli per l'integrazione in Lombardia",
        "Dove chi arriva da un altro Paese è ricevuto, informato e accompagnato: sede, temi, lingue, orari confermati.",
        "sportelli",
    ),
    "sessioni": Dataset(
        "Sessioni degli sportelli per l'integrazione in Lombardia",
        "Quando e in quali lingue riceve ogni sportello. Gli orari ci sono solo se qualcuno li ha confermati.",
        "sportelli",
    ),
    "associazioni": Dataset(
        "Associazioni di migranti e per l'integrazione in Lombardia",
        "Associazioni con sede, comunità, attività e recapiti pubblici.",
        "associazioni",
    ),
}


def modified(store: Store) -> dt.date:
    """The day the data last changed: by a person, else the day of the lists that the registry began with."""
    changed = reading.changed_by_people_on(store)
    return changed or dt.date.fromisoformat(read_label("sportelli").reference_date)


def catalogue(form: str, *, base: str, modified_on: dt.date) -> bytes:
    """The catalogue as Turtle or JSON-LD.

    Parameters
    ----------
    form
        ``turtle`` or ``json-ld``.
    base
        Address of the folder of the files, with its last slash; empty for addresses beside the catalogue.
    """
    graph = Graph()
    for prefix, space in (("dcatapit", DCATAPIT), ("dcat", DCAT), ("dct", DCTERMS), ("foaf", FOAF)):
        graph.bind(prefix, space)
    here, publisher = URIRef(f"{base}catalogo.ttl#catalogo"), _publisher(graph, base)
    _say(graph, here, (DCATAPIT.Catalog, DCAT.Catalog), title=f"Dati aperti: {EXPORTER}",
         description="Sportelli, sessioni e associazioni che il registro dell'atlante rende pubblici.")  # fmt: skip
    graph.add((here, DCTERMS.publisher, publisher))
    graph.add((here, DCTERMS.modified, Literal(modified_on.isoformat(), datatype=XSD.date)))
    graph.add((here, DCTERMS.language, ITALIAN))
    graph.add((here, DCAT.themeTaxonomy, THEMES))
    for kind in (DCATAPIT.LicenseDocument, DCTERMS.LicenseDocument):
        graph.add((UNKNOWN_LICENCE, RDF.type, kind))
    graph.add((UNKNOWN_LICENCE, DCTERMS.type, UNKNOWN_RIGHTS))
    graph.add((UNKNOWN_LICENCE, FOAF.name, Literal("Licenza sconosciuta", lang="it")))
    for name, dataset in DATASETS.items():
        graph.add((here, DCAT.dataset, _dataset(graph, base, name, dataset, publisher, modified_on)))
    return graph.serialize(format=form, encoding="utf-8")


def _publisher(graph: Graph, base: str) -> URIRef:
    """Who publishes; where no setting says it, those who put the atlas together, as the labels call them."""
    here = URIRef(f"{base}catalogo.ttl#editore")
    name = body(os.environ).name or read_label("associazioni").producer
    graph.add((here, RDF.type, DCATAPIT.Agent))
    graph.add((here, RDF.type, FOAF.Agent))
    graph.add((here, FOAF.name, Literal(name, lang="it")))
    graph.add((here, DCTERMS.identifier, Literal(os.environ.get(PUBLISHER_ID, "").strip() or SOURCE)))
    return here


def _dataset(
    graph: Graph, base: str, name: str, dataset: Dataset, publisher: URIRef, modified_on: dt.date
) -> URIRef:
    here, label = URIRef(f"{base}catalogo.ttl#{name}"), read_label(dataset.label)
    about = f"{dataset.about} Licenza: {label.licence}. {label.attribution}. Limiti: {label.limits}"
    _say(graph, here, (DCATAPIT.Dataset, DCAT.Dataset), title=dataset.title, description=about)
    graph.add((here, DCTERMS.identifier, Literal(f"{SOURCE}:{name}")))
    graph.add((here, DCTERMS.modified, Literal(modified_on.isoformat(), datatype=XSD.date)))
    graph.add((here, DCAT.theme, SOCIETY))
    graph.add((here, DCTERMS.rightsHolder, publisher))
    graph.add((here, DCTERMS.publisher, publisher))
    graph.add((here, DCTERMS.accrualPeriodicity, AS_IT_CHANGES))
    graph.add((here, DCTERMS.language, ITALIAN))
    for file in FILES:
        if file.dataset == name:
            graph.add((here, DCAT.distribution, _distribution(graph, base, file)))
    return here


def _distribution(graph: Graph, base: str, file: File) -> URIRef:
    here, address = URIRef(f"{base}catalogo.ttl#{file.name}"), URIRef(f"{base}{file.name}")
    _say(graph, here, (DCATAPIT.Distribution, DCAT.Distribution), title=file.name, description=file.about)
    graph.add((here, DCTERMS.format, URIRef(f"{EUROPE}/file-type/{file.kind}")))
    graph.add((here, DCTERMS.license, UNKNOWN_LICENCE))
    graph.add((here, DCAT.accessURL, address))
    graph.add((here, DCAT.downloadURL, address))
    return here


def _say(graph: Graph, here: URIRef, kinds: tuple[URIRef, ...], *, title: str, description: str) -> None:
    for kind in kinds:
        graph.add((here, RDF.type, kind))
    graph.add((here, DCTERMS.title, Literal(title, lang="it")))
    graph.add((here, DCTERMS.description, Literal(" ".join(description.split()), lang="it")))
