"""Gaps in plain Italian: sentences whose every number is in the row of the table they are made from. No Streamlit."""

from collections.abc import Mapping
from typing import Any, Final

import pandas as pd

from layers.style import CAUSES, number, percent
from screens import gap_table, need
from screens.need import Need

IF: Final = {
    "distance": "se chi non ha sportelli a portata avesse lì il più vicino, così com'è",
    "hours": "se gli sportelli vicini di cui si sa che in quei momenti sono chiusi fossero aperti",
    "language": "se anche gli sportelli vicini di cui si sa che non la parlano parlassero quella lingua",
    "theme": "se gli sportelli vicini trattassero anche quei temi",
    "eligibility": "se gli sportelli vicini ricevessero anche queste persone",
    "walk_in": "se gli sportelli vicini ricevessero anche senza appuntamento",
    "capacity": "se gli sportelli vicini avessero abbastanza ore",
    "unknown": "se tutte le risposte che mancano degli sportelli vicini fossero sì",
}
"""What thinking away a cause means."""
OF: Final = {
    "distance": "la distanza",
    "hours": "gli orari",
    "language": "la lingua",
    "theme": "il tema",
    "eligibility": "chi viene ricevuto",
    "walk_in": "l'appuntamento",
    "capacity": "la capienza",
    "unknown": "quello che non si sa",
}
"""A cause with its article."""
ANSWERS: Final = {
    "hours": "orari più lunghi",
    "desk": "un nuovo sportello",
    "ask": "prima chiedere",
    "other": "né l'uno né l'altro",
}


def causes_in(row: Mapping[Any, Any]) -> list[str]:
    """The causes that a row has, those of the largest part first."""
    parts = {name: row.get(f"part_{name}") for name in CAUSES}
    known = {name: float(part) for name, part in parts.items() if part is not None and part > 0}
    return sorted(known, key=lambda name: -known[name])


def sentence(row: Mapping[Any, Any], where: str, asked: Need, *, own: bool = False) -> str:
    """Who is left out somewhere, and why.

    Parameters
    ----------
    row
        Of ``gap_table.table``.
    where
        "In Lombardia", "A Lodi".
    own
        Whether everybody asks in a language of their own, and the people are an estimate.
    """
    wanted = f"uno sportello {need.words(asked)}{gap_table.OWN * own}"
    who = "stranieri che parlano una delle lingue più diffuse" if own else "residenti stranieri"
    if pd.isna(row["gap"]):
        return (
            f"{where} gli scoperti, che non trovano di sicuro {wanted} sono meno di 5, o troppo pochi per "
            f"dirne il numero."
        )
    if row["gap"] == 0:
        return f"{where} tutti i {number(row['people'])} {who} trovano di sicuro {wanted}."
    if row["gap"] == row["people"]:
        head = f"{where} **nessuno dei {number(row['people'])} {who}** trova di sicuro {wanted}."
        return " ".join([head, *_why(row)])
    head = (
        f"{where} **{number(row['gap'])} {who} su {number(row['people'])}** ({percent(row['share'])}) "
        f"non trovano di sicuro {wanted}."
    )
    return " ".join([head, *_why(row)])


def _why(row: Mapping[Any, Any]) -> list[str]:
    causes = causes_in(row)
    if not causes:
        return ["Nessuno sportello conta, dovunque sia: non c'è una causa da togliere."]
    said = [_first(row)]
    if len(causes) > 1:
        parts = [f"{number(row[f'part_{name}'])} per {OF[name]}" for name in causes]
        said.append(f"Diviso tra le cause, che sommate lo danno intero: {_listed(parts)}.")
    return said


def _first(row: Mapping[Any, Any]) -> str:
    """The cause to begin with, and what it would do."""
    if not pd.isna(row["first_cause"]):
        name = str(row["first_cause"])
        lift = row[f"lift_{name}"]
        return f"La prima causa è **{OF[name]}**: {IF[name]}, {_falls(lift)}."
    if pd.isna(row["together"]):
        return "Nessuna causa, da sola o insieme ad altre, lo riduce abbastanza da dirlo."
    names = str(row["together"]).split("+")
    return (
        f"Nessuna causa tolta da sola lo riduce: vanno tolte insieme {_listed([OF[name] for name in names])}, e "
        f"{_falls(row['together_lift'])}."
    )


def _falls(lift: Any) -> str:
    return (
        "gli scoperti calerebbero di pochi"
        if pd.isna(lift)
        else f"gli scoperti calerebbero di {number(lift)}"
    )


def stability(row: Mapping[Any, Any]) -> str:
    """Whether the place of an area in the ranking can be trusted."""
    if not row["unstable"]:
        return ""
    return "Posto instabile: con velocità del 10 % più alte o più basse si sposta di più di 3 posti."


def hours_or_desk(row: Mapping[Any, Any], where: str) -> str:
    """Whether longer hours or a new desk would reach more people, from a row of ``gap_table.hours_or_desk``."""
    if pd.isna(row["answer"]):
        return f"{where}: nessuno scoperto, o troppo pochi per dirlo."
    if pd.isna(row["gap"]) or pd.isna(row["hours"]):
        return f"{where}: troppo pochi per dirlo."
    return (
        f"{where}: **{ANSWERS[str(row['answer'])]}**. Di {number(row['gap'])} scoperti, {number(row['hours'])} hanno "
        f"vicino uno sportello a cui mancano solo gli orari, {number(row['desk'])} non ne hanno nessuno vicino, e per "
        f"{number(row['ask'])} bisogna chiedere."
    )


def _listed(parts: list[str]) -> str:
    """Words joined as a list.

    >>> _listed(["uno", "due", "tre"])
    'uno, due e tre'
    """
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} e {parts[-1]}"
