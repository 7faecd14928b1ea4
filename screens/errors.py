"""The Italian sentence for every error: one table at the edge."""

import errno
import os
from collections.abc import Callable
from typing import Any, Final

import errors

UNEXPECTED: Final = (
    "Questa pagina non si è potuta mostrare per un errore dell'atlante. Ricaricala; se si ripete, "
    "segnala a chi gestisce l'atlante l'indirizzo della pagina e l'ora."
)
"""For a fault that is not in the tree: what happened stands in the server's log."""

SENTENCES: Final[dict[type[errors.AtlasError], Callable[[Any], str]]] = {
    errors.SourceUnavailable: lambda e: (
        f"Il file «{e.file}» ({e.dataset}) non si può avere: {e.reason}. Quello che c'era prima resta in uso."
    ),
    errors.SourceChanged: lambda e: (
        f"La fonte «{e.dataset}» non è come ce l'aspettiamo: {_listed(e.faults)}. La tabella di prima resta in uso."
    ),
    errors.TableMissing: lambda e: (
        f"Manca la tabella «{e.table}». Per rifarla: python3 run.py data build --mirror CARTELLA."
    ),
    errors.TableBroken: lambda e: (
        f"La tabella «{e.table}» è guasta: {_listed(e.faults)}. Per rifarla: python3 run.py data build."
    ),
    errors.FiguresUnfit: lambda e: (
        f"La misura non si può calcolare: {_listed([unfit_words(*one) for one in e.faults.items()])}."
    ),
    errors.CoordinateError: lambda e: (
        f"{_points(e.count)} fuori dalla Lombardia, il primo in ({e.example[0]:g}, {e.example[1]:g})."
    ),
    errors.UnknownCode: lambda e: f"Valore che non conosciamo ({e.what}): {', '.join(e.codes)}.",
    errors.QueryRefused: lambda e: f"Richiesta non valida: {_listed(e.faults)}.",
    errors.ColumnsMissing: lambda e: f"Nel file «{e.file}» mancano le colonne: {', '.join(e.columns)}.",
    errors.FileUnreadable: lambda e: f"Il file «{e.file}» non si legge: {_reason(e.reason)}.",
    errors.FileUnwritable: lambda e: (
        f"Il file «{e.file}» non si può scrivere: {_reason(e.reason)}. Niente è cambiato."
    ),
    errors.FolderTaken: lambda e: (
        f"La cartella «{e.folder}» c'è già e non è un'esportazione dell'atlante: sceglierne un'altra, o svuotarla. "
        "Niente è cambiato."
    ),
    errors.SettingRefused: lambda e: (
        f"L'impostazione {e.name} («{e.value}») non si può usare: {NO_SETTING.get(e.why, e.why)}."
    ),
    errors.TripsTooFew: lambda e: (
        f"Sulla rete stanno {e.trips} viaggi ufficiali di {e.provinces} province: troppo pochi per tarare. "
        "Restano i parametri di prima."
    ),
    errors.NetworkEmpty: lambda e: f"Nell'area chiesta non c'è nessuna strada ({e.mode}).",
    errors.UnknownMode: lambda e: f"Il mezzo «{e.mode}» non c'è; si può scegliere tra {', '.join(e.known)}.",
    errors.NetworkOutdated: lambda e: (
        f"La rete «{e.file}» è di un formato {'più vecchio' if e.made_as < e.known else 'più nuovo'} "
        f"({e.made_as}; qui si legge il {e.known}): va rifatta con python3 run.py network build."
    ),
    errors.ClusterFailed: lambda e: f"Il cluster «{e.address}» {e.reason}. Niente è stato scritto.",
    errors.NetworkOutside: lambda e: (
        f"La rete «{e.name}» non tocca la Lombardia (va da {e.bounds[0]:.2f}, {e.bounds[1]:.2f} "
        f"a {e.bounds[2]:.2f}, {e.bounds[3]:.2f}): resta in uso quella di prima."
    ),
    errors.RegistryUnavailable: lambda e: (
        f"Il registro non risponde: {e.reason}. Niente è cambiato; riprova."
    ),
    errors.RecordMissing: lambda e: f"Nel registro non c'è «{e.key}» ({e.kind}): forse è stato tolto.",
    errors.FieldsRefused: lambda e: f"Non salvato: {_listed([fault_words(one) for one in e.faults])}.",
    errors.EditConflict: lambda e: (
        "Non salvato: mentre scrivevi, qualcun altro ha cambiato "
        f"{', '.join(FIELDS.get(name, name) for name in e.differences)}. Guarda le differenze e scegli."
    ),
    errors.ImportOutdated: lambda e: (
        "Non salvato: da quando hai guardato l'anteprima, nel registro sono cambiate schede di questo file "
        f"({len(e.records)}). Guarda l'anteprima di nuovo."
    ),
    errors.UndoRefused: lambda e: (
        "Non si può annullare: dopo quella modifica sono cambiati ancora "
        f"{', '.join(FIELDS.get(name, name) for name in e.fields)}."
    ),
    errors.NotAllowed: lambda e: f"Non puoi farlo: {MAY_NOT.get(e.why, e.why)}.",
    errors.PassRefused: lambda e: f"L'accesso non vale: {NO_PASS.get(e.why, e.why)}. Entra di nuovo.",
    errors.SignInRefused: lambda _: "Nome o parola d'ordine sbagliati.",
    errors.BackupRefused: lambda e: (
        f"La copia «{e.file}» non si può ripristinare: {NO_RESTORE.get(e.why, e.why)}. Il registro resta com'era."
    ),
    errors.TooManyAttempts: lambda e: f"Troppi tentativi: riprova fra {e.minutes} minuti.",
}

FIELDS: Final[dict[str, str]] = {
    "password": "parola d'ordine",
    "role": "ruolo",
    "ambiti": "Ambiti",
    "records": "schede",
    "days": "giorni",
    "label": "a chi",
    "title": "titolo",
    "kinds": "tipi di scheda",
    "fields": "dati chiesti",
    "starts_on": "inizio",
    "ends_on": "fine",
    "oidc": "identità",
    "what": "che cosa non va",
    "words": "spiegazione",
    "outcome": "esito",
    "name": "nome", "kind": "tipo", "status": "stato", "address": "indirizzo", "postcode": "CAP",
    "comune_code": "comune", "province": "provincia", "lon": "longitudine", "lat": "latitudine",
    "precision": "precisione", "phone": "telefono", "email": "posta elettronica", "web": "sito",
    "ambito_id": "Ambito", "ente_id": "ente", "sportello_id": "sportello", "school_id": "scuola",
    "evidence": "prova", "source_url": "fonte", "source_date": "data della fonte", "source_kind": "tipo di fonte",
    "notes": "note", "caution": "avvertenze", "confirm_every_months": "ogni quanto confermare",
    "confirmed_on": "data di conferma", "confirmed_by": "chi ha confermato", "deleted_at": "cancellazione",
    "themes": "temi", "targets": "destinatari", "access": "modo di accesso", "access_note": "note sull'accesso",
    "cost": "costo", "areas": "zone servite", "areas_basis": "come si sanno le zone", "area_note": "zona",
    "closures": "chiusure", "description": "descrizione", "hours": "orari", "hours_note": "note sugli orari",
    "reception": "come si riceve", "languages": "lingue", "mediator": "mediatore", "capacity": "posti",
    "communities": "comunità", "activities": "attività", "settings": "contesti", "figures": "cifre",
    "services": "servizi", "hours_a_year": "ore all'anno",
}  # fmt: skip
"""Fields of the registry as a person calls them."""

WHY: Final[dict[str, str]] = {
    "unknown_field": "non è un campo del registro",
    "kept_by_us": "non si scrive a mano",
    "needed": "è obbligatorio",
    "not_text": "deve essere testo",
    "not_list": "deve essere un elenco",
    "not_number": "deve essere un numero",
    "too_short": "è troppo corto",
    "taken": "è già di un altro",
    "too_long": "è troppo lungo",
    "markup": "contiene codice HTML",
    "control": "contiene caratteri invisibili",
    "code": "non è una voce dell'elenco",
    "pattern": "non ha la forma giusta",
    "outside": "è fuori dai limiti",
    "both_or_neither": "longitudine e latitudine vanno date insieme",
    "not_there": "non c'è nel registro",
    "in_use": "altre schede ne dipendono",
    "closure": "una chiusura ha due date in ordine e un motivo breve",
    "area": "una zona non è fra quelle note",
    "hours_syntax": "gli orari non si leggono",
    "hours_no_day": "manca il giorno",
    "hours_no_time": "manca l'ora",
    "hours_past_midnight": "l'ora di chiusura viene prima di quella di apertura",
    "hours_open_end": "manca l'ora di chiusura",
    "hours_twice": "lo stesso giorno è scritto due volte: gli orari di un giorno vanno insieme, con la virgola",
}
"""Why a value is refused (``data.registry.checks.WHY``)."""
WHY_OF: Final[dict[tuple[str, str], str]] = {
    (
        "password",
        "too_short",
    ): "troppo facile: servono almeno 12 caratteri, non sempre gli stessi, e senza il nome",
}
"""Where a field has more to say than the reason alone."""

MAY_NOT: Final[dict[str, str]] = {
    "reading_only": "questa scheda si può solo leggere",
    "other_ambito": "la scheda è di un altro Ambito",
    "other_record": "il collegamento vale per altre schede",
    "field": "questo dato lo cambia solo la redazione",
    "regional": "serve la redazione regionale",
    "not_here": "da qui non si può",
}
"""Why somebody may not do something (``data.registry.rights.WHY``)."""

NO_PASS: Final[dict[str, str]] = {
    "forged": "non è stato dato da noi",
    "expired": "è scaduto",
    "revoked": "è stato ritirato",
    "disabled": "l'utente è stato disattivato",
}
"""Why a pass does not hold (``data.registry.people.NO_PASS``)."""
NO_RESTORE: Final[dict[str, str]] = {
    "not_ours": "non è una copia del registro",
    "broken": "è tronca, guasta o ritoccata",
    "newer": "l'ha fatta un atlante più nuovo di questo",
    "not_empty": "il registro non è vuoto; per sostituirlo aggiungere --yes (quello di adesso viene messo da parte)",
    "unsound": "le sue righe non stanno insieme",
}
"""Why a back-up is not restored (``data.registry.backup.WHY``)."""

NO_SETTING: Final[dict[str, str]] = {
    "address": "serve un indirizzo intero, come https://atlante.example.it/, senza parametri",
    "origins": "servono * oppure 'none' oppure origini separate da spazi, come https://www.comune.example.it",
    "languages": "non sono fra le lingue delle pagine",
}
"""Why a setting cannot be used."""

UNFIT: Final[dict[str, str]] = {
    "minutes_negative": "ci sono minuti negativi",
    "minutes_infinite": "ci sono minuti infiniti",
    "people_unknown": "di qualche riga non si sa quante persone sono",
    "people_negative": "le persone di qualche riga non sono un numero possibile",
    "limit_too_far": "il limite non viene prima del punto oltre il quale non si conta",
    "supply_twice": "uno sportello compare due volte",
    "supply_other": "gli sportelli dei minuti e quelli dell'offerta non sono gli stessi",
    "supply_unknown": "di qualche sportello non si sa l'offerta",
    "supply_negative": "l'offerta di qualche sportello non è un numero possibile",
    "demand_twice": "un luogo compare due volte",
    "demand_other": "i luoghi dei minuti e quelli delle persone non sono gli stessi",
    "demand_unknown": "di qualche luogo non si sa quante persone vi abitano",
    "demand_negative": "le persone di qualche luogo non sono un numero possibile",
    "weight_negative": "qualche peso della distanza è negativo o manca",
    "weight_infinite": "qualche peso della distanza è infinito",
    "no_equilibrium": "non si trova un equilibrio",
}
"""Why a measure cannot be computed (``analysis.opportunity``)."""


def unfit_words(why: str, count: int) -> str:
    """What is wrong with the figures of a measure, in a few words."""
    if why.startswith("parameter_"):
        return f"il parametro «{why.removeprefix('parameter_')}» deve essere maggiore di zero"
    return f"{UNFIT.get(why, why)} ({count})"


REASONS: Final = {
    errno.ENOSPC: "il disco è pieno",
    errno.EDQUOT: "lo spazio concesso è finito",
    errno.EACCES: "manca il permesso",
    errno.EPERM: "manca il permesso",
    errno.EROFS: "il disco è in sola lettura",
    errno.ENOENT: "non esiste, o non esiste la sua cartella",
    errno.EISDIR: "è una cartella",
    errno.ENOTDIR: "la sua cartella è un file",
    errno.EEXIST: "al posto della cartella c'è un file",
    errno.EIO: "il disco non risponde",
}
"""What the operating system says in its own language, in Italian."""


def _reason(words: str) -> str:
    """A reason, in Italian also where the operating system gave it."""
    return {os.strerror(code): said for code, said in REASONS.items()}.get(words, words)


def sentence(fault: errors.AtlasError) -> str:
    """What went wrong and what to do, in one Italian sentence."""
    for kind in type(fault).__mro__:
        if kind in SENTENCES:
            return SENTENCES[kind](fault)
    return f"Qualcosa non va: {fault}"


def _listed(faults: list[str]) -> str:
    return "; ".join(faults)


def fault_words(fault: errors.Fault) -> str:
    """What is wrong with one value, in a few words."""
    given = f" («{fault.value}»)" if fault.value else ""
    why = WHY_OF.get((fault.field, fault.why)) or WHY.get(fault.why, fault.why)
    return f"{FIELDS.get(fault.field, fault.field)}{given} {why}"


def _points(count: int) -> str:
    return "Un punto è" if count == 1 else f"{count} punti sono"
