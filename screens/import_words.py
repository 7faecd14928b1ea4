"""The Italian for imports: what a column may be, and what is found in a row, with what to do about it."""

from collections.abc import Mapping
from typing import Final

from data.registry.imports.wanted import Found
from screens.card import hours_in_words
from screens.errors import FIELDS as RECORD_FIELDS
from screens.errors import MAY_NOT
from screens.errors import WHY as REFUSED

LEAVE_OUT: Final = "non importare"
DAYS: Final = {"Mo": "lunedì", "Tu": "martedì", "We": "mercoledì", "Th": "giovedì", "Fr": "venerdì", "Sa": "sabato",
               "Su": "domenica"}  # fmt: skip
COLUMNS: Final[Mapping[str, str]] = {
    "id": "codice nel vostro elenco", "ente": "ente che gestisce", "ente_kind": "tipo di ente",
    "name": "nome dello sportello", "associazione": "nome dell'associazione", "kind": "tipo di servizio",
    "address": "indirizzo", "civic": "numero civico", "postcode": "CAP", "comune": "comune",
    "comune_code": "codice ISTAT del comune", "province": "provincia", "ambito": "Ambito", "phone": "telefono",
    "email": "posta elettronica", "web": "sito", "lat": "latitudine", "lon": "longitudine",
    "point": "coordinate (latitudine e longitudine insieme)", "hours": "orari", "days": "giorni (senza ore)",
    "opens": "ora di apertura", "closes": "ora di chiusura", "hours_note": "note sugli orari",
    "reception": "come si riceve (in presenza, telefono, online)", "languages": "lingue", "themes": "temi",
    "targets": "destinatari", "access": "modo di accesso", "access_note": "note sull'accesso", "cost": "costo",
    "mediator": "mediatore", "capacity": "posti a sessione", "status": "stato", "confirmed_on": "data di aggiornamento",
    "source_url": "pagina della fonte", "evidence": "prova (da A a D)", "notes": "note", "description": "descrizione",
    "areas": "zone servite", "communities": "comunità", "activities": "attività",
    **{f"hours:{code}": f"orari del {day}" for code, day in DAYS.items()},
}  # fmt: skip
"""What a column may be (``data.registry.imports.heads.FIELDS``)."""

PROPOSED: Final = {
    "remembered": "come l'ultima volta",
    "name": "dal nome della colonna",
    "like": "il nome somiglia",
    "content": "da quello che c'è scritto",
    "private": "dati di persone: non si importano",
    "taken": "un'altra colonna dice già questo",
    "none": "non si capisce: scegli tu",
}
"""Why a field is proposed (``heads.WHY``)."""

LEVELS: Final = {"fault": "riga scartata", "doubt": "valore lasciato fuori", "note": "corretto, da guardare"}

MANY: Final = {"fault": "righe scartate", "doubt": "valori lasciati fuori", "note": "corretti, da guardare"}

SENTENCES: Final[Mapping[str, str]] = {
    "title_rows": "riga sopra le intestazioni, lasciata fuori",
    "rows_aside": "totale, nota o titolo, lasciato fuori",
    "hidden_sheet": "il foglio è nascosto",
    "head_twice": "due colonne dicono la stessa cosa: si legge solo la prima",
    "needed": "manca un dato obbligatorio",
    "double": "la riga ripete quella che ha questo numero",
    "differs": "lo stesso sportello, in una riga di prima, ha un altro valore",
    "too_long": "il testo è troppo lungo",
    "markup": "contiene codice HTML",
    "control": "aveva caratteri invisibili, tolti",
    "mojibake": "le lettere accentate erano guaste, rimesse a posto",
    "name_signs": "il nome aveva segni che non può avere, cambiati",
    "formula": "la cella contiene una formula",
    "excel_error": "la cella contiene un errore del foglio di calcolo",
    "phone_zero": "al telefono mancava lo zero iniziale",
    "phone_rounded": "il foglio ha arrotondato il telefono: le cifre sono perdute",
    "phone_invalid": "non è un numero di telefono valido",
    "phone_words": "accanto al numero c'erano parole o un interno, non tenuti",
    "postcode_zero": "al CAP mancavano gli zeri iniziali",
    "postcode_invalid": "il CAP non ha cinque cifre",
    "postcode_elsewhere": "il CAP non è di quel comune",
    "comune_unknown": "nessun comune della Lombardia si chiama così",
    "comune_locality": "è una frazione: serve il comune",
    "comune_merged": "il comune si è fuso: si usa quello di oggi",
    "comune_elsewhere": "il comune non è in Lombardia",
    "province_unknown": "non è una provincia della Lombardia",
    "province_differs": "la provincia non è quella del comune",
    "istat_zero": "al codice ISTAT mancava lo zero iniziale",
    "istat_unknown": "nessun comune ha questo codice ISTAT",
    "istat_differs": "il codice ISTAT e il comune non vanno d'accordo",
    "email_mended": "l'indirizzo di posta aveva spazi o parole in più",
    "email_invalid": "non è un indirizzo di posta valido",
    "web_mended": "all'indirizzo del sito mancava qualcosa",
    "web_invalid": "non è l'indirizzo di un sito",
    "language_unknown": "lingua che non conosciamo",
    "code_unknown": "non è una voce dell'elenco",
    "mediator_yes": "c'è un mediatore, ma non si dice come",
    "capacity_invalid": "non è un numero di posti",
    "date_invalid": "non è una data",
    "date_future": "la data è nel futuro",
    "coordinate_invalid": "non è una coordinata",
    "coordinate_swapped": "latitudine e longitudine sono scambiate",
    "coordinate_outside": "il punto è fuori dalla Lombardia",
    "coordinate_alone": "c'è una coordinata sola",
    "areas_unknown": "zona che non conosciamo",
    "ambito_unknown": "nessun Ambito si chiama così",
    "hours_no_day": "ore senza il giorno",
    "hours_no_time": "giorni senza le ore: da chiedere",
    "hours_reversed": "chiude prima di aprire",
    "hours_out_of_day": "un'ora che non esiste",
    "hours_afternoon": "ore del pomeriggio scritte da 1 a 7",
    "hours_open_end": "manca l'ora di chiusura",
    "hours_slash": "con la barra non si capisce se è «e» oppure «fino a»",
    "hours_twice": "lo stesso giorno ha due orari diversi",
    "hours_fortnight": "settimane alterne o una volta al mese: si tengono le parole",
    "hours_date": "il foglio ha preso gli orari per una data",
    "hours_closure": "chiusure o stagioni scritte a parole: gli orari si leggono, la chiusura no",
    "hours_words": "parole che non sono orari: si tengono nelle note",
    "told_twice": "un'altra riga dice già di questa scheda",
    "parent_refused": "dipende da una riga che non si può usare",
    "bare_ente": "tutto quello che ne dipende nel file è rifiutato",
    "was_aside": "la scheda era stata tolta dal registro: torna",
    "was_closed": "nel registro risulta chiuso, e il file non dice il contrario",
    "close_held": "niente viene chiuso: ci sono righe che non si leggono, o nessuna: forse sono quelle che mancano",
    "no_id": "manca il codice: si usa quello che c'è scritto",
    "kind_not_said": "non si dice di che tipo è",
    "ente_not_said": "non si dice chi lo gestisce",
    "field_not_mapped": "il registro non ha un posto per questo dato",
    "term_not_known": "parola di un elenco che non conosciamo",
    "schedule_not_read": "gli orari non si leggono",
    "area_not_known": "zona che non conosciamo",
    "language_not_known": "lingua che non conosciamo",
    "person_left_out": "dati di una persona: non si importano",
    "column_unknown": "colonna che non conosciamo",
    "file_not_read": "parte del file non si legge",
    "not_number": "non è un numero",
    "no_properties": "un punto senza dati",
    "not_a_point": "la forma non è un punto",
    "deleted_at": "tolta dal registro",
}
"""What is found while reading and planning, and what it means."""


def why(word: str) -> str:
    """What was found, in words; what checks and rights find has their own.

    Examples
    --------
    >>> why("phone_zero"), why("other_ambito")
    ('al telefono mancava lo zero iniziale', 'la scheda è di un altro Ambito')
    """
    return SENTENCES.get(word) or REFUSED.get(word) or MAY_NOT.get(word) or word


def suggested(one: Found) -> str:
    """What to write instead, as people write it; hours are kept in another way than they are read.

    Examples
    --------
    >>> suggested(Found(3, "Orari", "fault", "hours_reversed", "gio 18-9", "Th 09:00-18:00"))
    'gio 09:00-18:00'
    """
    if one.suggestion is None:
        return ""
    return hours_in_words(one.suggestion) if one.why.startswith("hours_") else one.suggestion


def sentence(one: Found) -> str:
    """What was found in a cell and what to write instead, in one sentence.

    Examples
    --------
    >>> sentence(Found(3, "Comune", "fault", "comune_unknown", "Brgamo", "Bergamo"))
    'Nessun comune della Lombardia si chiama così: «Brgamo». Forse «Bergamo»?'
    """
    said = why(one.why)
    value = f": «{one.value}»" if one.value else ""
    end = "" if one.suggestion is None else f" Ora è «{suggested(one)}»." if one.level == "note" else ""
    asked = f" Forse «{suggested(one)}»?" if one.suggestion is not None and one.level != "note" else ""
    return f"{said[0].upper()}{said[1:]}{value}.{end}{asked}"


def column(name: str | None) -> str:
    """A column as the file heads it, a field as the registry calls it."""
    return "" if name is None else RECORD_FIELDS.get(name, name)
