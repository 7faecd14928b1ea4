"""Italian words for the exchange standards: what they are, what they cannot hold, what was found in a file."""

from collections.abc import Mapping
from typing import Any, Final

import pandas as pd

from data.registry import standards
from data.registry.imports.wanted import Found
from screens.errors import FIELDS

NAMES: Final = {
    "hsds": "Open Referral HSDS 3.0",
    "data-inclusion": "data·inclusion v1",
    "csv": "Tabelle CSV, tutto",
    "sportelli": "Sportelli in una tabella",
    "geojson": "GeoJSON",
    "geoparquet": "GeoParquet",
}
FOR_WHAT: Final = {
    "hsds": "Lo standard internazionale dei servizi sociali: un file JSON con servizi, enti, sedi e orari.",
    "data-inclusion": "Lo schema francese dei servizi per l'inclusione: strutture e servizi, in uno zip.",
    "csv": "Una tabella per tipo di scheda, con tutti i campi, in uno zip: torna indietro senza perdite.",
    "sportelli": "Una riga per sportello, da aprire con un foglio di calcolo.",
    "geojson": "Sportelli e associazioni come punti, per siti e mappe.",
    "geoparquet": "Gli stessi punti, per QGIS e notebook.",
}
KINDS: Final = {
    "enti": "enti", "sportelli": "sportelli", "sessioni": "sessioni", "associazioni": "associazioni",
    "mediazione": "mediazione", "sostegni": "sostegni a scuola",
}  # fmt: skip

WHY: Final = {
    "no_field": "lo standard non ha un campo per questo",
    "french_codes": "lo standard vuole codici francesi di territorio",
    "only_with_hours": "le chiusure stanno negli orari, dove sono noti",
    "closed_left_out": "chi ha chiuso non si manda: lo standard non ha modo di dirlo",
    "no_counterpart": "lo standard non conosce questo tipo di scheda",
    "only_with_a_desk": "un ente senza sportelli non ha un punto sulla mappa",
    "no_place": "non hanno un luogo",
    "only_its_name": "dell'ente resta il nome",
    "only_in_words": "orari e lingue si leggono nelle colonne, ma non tornano indietro",
    "another_table": "la tabella è dei soli sportelli",
    "own_attribute": "in attributi che solo l'atlante legge",
    "own_line": "a parole, in fondo alla descrizione",
}
"""Why something is lost or kept aside (``data.registry.standards.WHY``)."""

FOUND: Final = {
    "no_id": "manca l'identificativo",
    "needed": "manca un dato obbligatorio",
    "kind_not_said": "il file non dice il tipo di servizio",
    "ente_not_said": "il file non dice di quale ente è",
    "field_not_mapped": "il registro non ha un campo per questo",
    "term_not_known": "questa voce non è nei nostri elenchi",
    "schedule_not_read": "questi orari restano a parole",
    "area_not_known": "questa zona non è fra quelle note",
    "language_not_known": "questa lingua non è nell'elenco",
    "person_left_out": "i nomi di persona non si prendono",
    "column_unknown": "questa colonna non è un campo del registro",
    "file_not_read": "questo file dello zip non è stato letto",
    "not_number": "non è un numero",
    "no_properties": "l'elemento non ha proprietà",
    "not_a_point": "la posizione non è un punto",
}
"""What reading a file found (``data.registry.standards.FOUND``)."""


def in_short(found: Found) -> str:
    """What was found, on one line.

    Examples
    --------
    >>> in_short(Found(3, "lon", "doubt", "not_number", "est"))
    'riga 3, lon: non è un numero («est»)'
    """
    where = [f"riga {found.row}"] * (found.row is not None) + [found.column] * bool(found.column)
    said = FOUND.get(found.why, found.why)
    value = f" («{found.value}»)" if found.value else ""
    return f"{', '.join(map(str, where))}: {said}{value}" if where else f"{said}{value}"


def losses() -> pd.DataFrame:
    """What each format cannot hold: one row a format and reason, with the fields in words."""
    rows = []
    for one in standards.formats():
        for told, fate in ((one.losses, "Si perde"), (one.aside, "Resta da parte")):
            by_reason: dict[str, list[str]] = {}
            for field, why in told.items():
                by_reason.setdefault(why, []).append(field)
            rows += [
                (NAMES[one.code], _fields(fields), f"{fate}: {WHY[why]}") for why, fields in by_reason.items()
            ]
        if not one.losses and not one.aside:
            rows.append((NAMES[one.code], "niente", "Ci sta tutto: la tabella è quella del registro"))
    return pd.DataFrame(rows, columns=["Formato", "Che cosa", "Perché"]).set_index("Formato")


def _fields(names: list[str]) -> str:
    """Fields by kind, what several kinds have in common once.

    Examples
    --------
    >>> _fields(["enti.notes", "sportelli.notes", "sportelli.areas", "mediazione"])
    'enti, sportelli: note; sportelli: zone servite; mediazione'
    """
    by_kind: dict[str, list[str]] = {}
    for name in names:
        kind, _, field = name.partition(".")
        by_kind.setdefault(kind, []).extend([field] if field else [])
    several = [of for of in by_kind.values() if of]
    shared = [field for field in several[0] if all(field in of for of in several)] if len(several) > 1 else []
    said = []
    if shared:
        kinds = ", ".join(KINDS[kind] for kind, of in by_kind.items() if of)
        said.append(f"{kinds}: {_named(shared)}")
    for kind, of in by_kind.items():
        own = [field for field in of if field not in shared]
        said += [f"{KINDS[kind]}: {_named(own)}"] if own else [] if of else [KINDS[kind]]
    return "; ".join(said)


def _named(fields: list[str]) -> str:
    return ", ".join(FIELDS[field] for field in fields)


def counted(counts: Mapping[str, Any]) -> str:
    """What a plan would do, in words.

    Examples
    --------
    >>> counted({"add": 2, "change": 1, "close": 0, "same": 3, "refused": 0, "double": 0})
    '2 da aggiungere, 1 da cambiare, 3 uguali'
    """
    words = {"add": "da aggiungere", "change": "da cambiare", "close": "da chiudere", "same": "uguali",
             "refused": "rifiutate", "double": "doppie"}  # fmt: skip
    return (
        ", ".join(f"{counts[name]} {said}" for name, said in words.items() if counts[name])
        or "niente da fare"
    )
