"""The measures in plain Italian: what each is called, what it means, and what it says. No Streamlit."""

from collections.abc import Mapping
from typing import Any, Final

import pandas as pd

from layers.style import number
from screens.filters import MODE_WORDS
from screens.measured import DECIMALS, EACH, MINUTES, OFFERED, Known
from screens.need import Need

NAMES: Final = {
    "nearest": "Minuti al più vicino",
    "mean_of_three": "Minuti ai tre più vicini",
    "cumulative": "Entro il limite",
    "gravity": "Pesati con la distanza",
    "two_step": "Per persona (2SFCA)",
    "enhanced_two_step": "Per persona, a fasce (E2SFCA)",
    "modified_two_step": "Per persona, con perdita (M2SFCA)",
    "three_step": "Per persona, con scelta (3SFCA)",
    "raam": "Viaggio e folla (RAAM)",
}
"""What a measure is called in a list."""

HEADS: Final = NAMES | {
    "two_step": "2SFCA",
    "enhanced_two_step": "E2SFCA",
    "modified_two_step": "M2SFCA",
    "three_step": "3SFCA",
    "raam": "RAAM (minuti)",
}
"""What it is called at the head of a column."""

SUPPLY_NAMES: Final = {"desks": "Sportelli", "hours": "Ore a settimana note"}


def meaning(measure: str, asked: Need, what: str) -> str:
    """One sentence that says what a measure means."""
    limit, way = asked.limit, MODE_WORDS[asked.mode]
    things = _things(what)
    each = f"{things.capitalize()} ogni {number(EACH)} residenti stranieri"
    zones = f"fino a {number(limit / 3)} minuti si conta tutto, fino a {number(2 * limit / 3)} il 68 %, fino a {limit}"
    told = {
        "nearest": f"Minuti {way} per arrivare allo sportello più vicino: metà dei residenti stranieri ci mette al "
        "massimo tanto.",
        "mean_of_three": f"Media dei minuti {way} ai tre sportelli più vicini: se il primo è chiuso o non va bene, "
        "quanto sono lontani gli altri.",
        "cumulative": f"Quanti {things} si trovano entro {limit} minuti {way}, in media per residente straniero, "
        "chiunque altro ci vada.",
        "gravity": f"Quanti {things} si trovano, contando meno ciò che è più lontano: a {number(limit / 2)} minuti "
        f"il 61 %, a {limit} il 14 %.",
        "two_step": f"{each}: ogni sportello si divide tra tutti quelli che lo raggiungono entro {limit} minuti {way}, "
        "e si somma ciò che ne tocca a ciascuno.",
        "enhanced_two_step": f"{each}, come 2SFCA ma a fasce: {zones} il 22 %, sia delle persone sia degli sportelli.",
        "modified_two_step": f"{each}, come E2SFCA, ma ciò che è lontano si usa meno anche se nessun altro lo prende: "
        "la differenza da E2SFCA è ciò che si perde perché gli sportelli non sono dove sono le persone.",
        "three_step": f"{each}, contando che chi raggiunge più sportelli si divide tra loro, più nei vicini che nei "
        f"lontani (fino a {number(2 * limit)} minuti {way}).",
        "raam": f"Minuti {way} più l'affollamento, se ognuno sceglie lo sportello dove i due insieme pesano meno: un "
        f"affollamento pari alla media lombarda pesa come {number(2 * limit)} minuti di viaggio.",
    }
    said = told[measure]
    return said.replace("Quanti ore", "Quante ore")


def _things(what: str) -> str:
    return {"desks": "sportelli", "hours": "ore di sportello a settimana"}[what]


def value(found: Any, measure: str, what: str) -> str:
    """One value with its unit.

    >>> value(12.3, "nearest", "desks"), value(0.5, "two_step", "hours"), value(1.0, "cumulative", "desks")
    ('12,3 minuti', '0,50 ore ogni 10.000 stranieri', '1,0 sportelli')
    """
    if pd.isna(found):
        return "non raggiungibile" if measure in MINUTES else "non noto"
    told = number(found, digits=DECIMALS[measure])
    if measure in MINUTES:
        return f"{told} minuti"
    unit = "sportelli" if what == "desks" else "ore"
    return f"{told} {unit}" if measure in OFFERED else f"{told} {unit} ogni {number(EACH)} stranieri"


def finding(shown: pd.DataFrame, whole: pd.Series, names: Mapping[str, str], measure: str, what: str) -> str:
    """What a measure says of the areas, with the figures of their rows; ``shown`` as ``ordered``."""
    said = [f"In tutta la Lombardia: **{value(whole[measure], measure, what)}**."]
    if shown.empty or shown[measure].isna().all():
        return said[0]
    unreached = int(shown[measure].isna().sum())
    there = shown[measure].dropna()
    worst, best = ("più alto", "più basso") if measure in MINUTES else ("più basso", "più alto")
    for label, end in ((f"Il valore {worst}", there.iloc[0]), (f"il {best}", there.iloc[-1])):
        same = [names.get(str(code), str(code)) for code in there.index[there == end]]
        others = (
            "" if len(same) == 1 else " e di un altro" if len(same) == 2 else f" e di altri {len(same) - 1}"
        )
        said.append(f"{label} è di **{same[0]}**{others}: {value(end, measure, what)}")
    beyond = (
        f" In {number(unreached)} metà delle persone o più non ne raggiunge nessuno." if unreached else ""
    )
    return f"{said[0]} {said[1]}; {said[2]}.{beyond}"


def ordered(shown: pd.DataFrame, measure: str) -> pd.DataFrame:
    """The areas where access is worst first; of the same, the one with more people."""
    far = shown[measure].fillna(float("inf") if measure in MINUTES else -1.0)
    rows = shown.assign(_far=-far if measure in MINUTES else far, _people=-shown["people"])
    return rows.sort_values(["_far", "_people"], kind="stable").drop(columns=["_far", "_people"])


def hours_known(known: Known, what: str) -> str:
    """Of how many desks the hours are known, and what that means for the figures."""
    if not known.with_hours:
        return f"Di nessuno dei {number(known.desks)} sportelli si sanno gli orari: con le ore non si misura niente."
    some = (
        f"Gli orari sono noti per **{number(known.with_hours)}** sportelli su {number(known.desks)}, in tutto "
        f"**{number(known.hours, digits=1)}** ore a settimana"
    )
    others = number(known.desks - known.with_hours)
    if what == "desks":
        return f"{some}: perciò qui ogni sportello conta uno, che apra un'ora o tutta la settimana."
    return (
        f"{some}. Gli altri {others} qui non contano, perché non si sa per quante ore aprono: le ore trovate sono un "
        "minimo, e dove sono zero può darsi solo che nessuno le abbia pubblicate. I minuti ai più vicini contano tutti "
        "gli sportelli."
    )
