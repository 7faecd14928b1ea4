"""The Italian sentence for every error: one table at the edge."""

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
        f"Il file «{e.file}» ({e.dataset}) non si può avere: {e.reason}. La tabella di prima resta in uso."
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
    errors.CoordinateError: lambda e: (
        f"{_points(e.count)} fuori dalla Lombardia, il primo in ({e.example[0]:g}, {e.example[1]:g})."
    ),
    errors.UnknownCode: lambda e: f"Non conosciamo {e.what}: {', '.join(e.codes)}.",
    errors.ColumnsMissing: lambda e: f"Nel file «{e.file}» mancano le colonne: {', '.join(e.columns)}.",
    errors.FileUnreadable: lambda e: f"Il file «{e.file}» non si legge: {e.reason}.",
    errors.FileUnwritable: lambda e: (
        f"Il file «{e.file}» non si può scrivere: {e.reason}. Niente è cambiato."
    ),
    errors.UnknownMode: lambda e: f"Il mezzo «{e.mode}» non c'è; si può scegliere tra {', '.join(e.known)}.",
}


def sentence(fault: errors.AtlasError) -> str:
    """What went wrong and what to do, in one Italian sentence."""
    for kind in type(fault).__mro__:
        if kind in SENTENCES:
            return SENTENCES[kind](fault)
    return f"Qualcosa non va: {fault}"


def _listed(faults: list[str]) -> str:
    return "; ".join(faults)


def _points(count: int) -> str:
    return "Un punto è" if count == 1 else f"{count} punti sono"
