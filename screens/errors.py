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
    errors.CoordinateError: lambda e: (
        f"{_points(e.count)} fuori dalla Lombardia, il primo in ({e.example[0]:g}, {e.example[1]:g})."
    ),
    errors.UnknownCode: lambda e: f"Valore che non conosciamo ({e.what}): {', '.join(e.codes)}.",
    errors.ColumnsMissing: lambda e: f"Nel file «{e.file}» mancano le colonne: {', '.join(e.columns)}.",
    errors.FileUnreadable: lambda e: f"Il file «{e.file}» non si legge: {_reason(e.reason)}.",
    errors.FileUnwritable: lambda e: (
        f"Il file «{e.file}» non si può scrivere: {_reason(e.reason)}. Niente è cambiato."
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
}


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


def _points(count: int) -> str:
    return "Un punto è" if count == 1 else f"{count} punti sono"
