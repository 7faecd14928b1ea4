"""Under the map of communities: the way to places of encounter, what associations do, what is not known."""

from typing import Any, Final

import pandas as pd
import streamlit as st

from analysis import communities as measures
from data.vocabularies import label
from layers.style import number, percent
from screens import communities, community_memory, encounters, frame, memory
from screens.communities import Asked, Gathered
from screens.filters import MODE_WORDS

PLACES: Final = {
    "associazioni": "Associazioni",
    "centri": "Centri interculturali",
    "biblioteche": "Biblioteche",
}
HOUR: Final = 60
"""Minutes beyond which nobody goes on foot, or drives, to an encounter."""
ORIM: Final = (
    "https://improntalaquila.com/2012/03/15/lombardia-piu-di-360-associazioni-fondate-da-immigrati/amp"
)
"""Who reports the figure of 2012."""


def places(known: Gathered, asked: Asked) -> None:
    """Minutes to the nearest place of each kind, for those who are asked about."""
    st.header("Quanto ci vuole per arrivare a un luogo di incontro", anchor=False)
    demand = memory.table("demand")
    who = encounters.people(demand, known.citizens, asked.citizenship)
    here = pd.Series(True, index=demand.index)
    if asked.ambito:
        here = memory.area_of("ambito_id").eq(asked.ambito).fillna(False).astype(bool)
    rows = {}
    for which, words in PLACES.items():
        count = len(community_memory.places(which, asked))
        row = {"Collocati in Lombardia": number(count)}
        for mode in encounters.WAYS:
            limit = encounters.LIMITS[mode]
            times = community_memory.minutes(which, asked, mode=mode)
            told = encounters.within(times, who, here, demand=demand, limit=limit) if count else None
            row[MODE_WORDS[mode].capitalize()] = _minutes(told)
            row[f"Entro {limit} min {MODE_WORDS[mode]}"] = _share(told)
        rows[words] = row
    frame.table(
        pd.DataFrame.from_dict(rows, orient="index").rename_axis("Il più vicino"), "Luoghi di incontro"
    )
    whose = (
        f"i residenti di cittadinanza «{known.names[asked.citizenship]}»"
        if asked.citizenship
        else "gli stranieri"
    )
    which = "della domanda, anche di un'area più ampia" if asked != Asked(ambito=asked.ambito) else "tutte"
    st.caption(
        f"Mediana per {whose} {'di questo Ambito' if asked.ambito else 'della Lombardia'}, con la banda. Le "
        f"associazioni sono {which}{', e anche fuori dall’Ambito' if asked.ambito else ''}; quelle di cui si sa solo "
        "il comune stanno nel suo centro, e la banda ne tiene conto. Una biblioteca è un luogo aperto a tutti: non "
        "sappiamo se ha attività per le comunità."
    )
    frame.sources(
        "foreign_population",
        "citizenship",
        "associazioni",
        "biblioteche",
        also=frame.minutes_from(*encounters.WAYS),
    )


def _minutes(told: dict[str, Any] | None) -> str:
    """The median way; one of hours is not worth its minutes."""
    if told is None:
        return "–"
    return "oltre un'ora" if told["minutes_median"] > HOUR else frame.access_words(told)


def _share(told: dict[str, Any] | None) -> str:
    """The share of people within the limit, in words where a count is too small to be shown."""
    if told is None:
        return "–"
    if pd.isna(told["share_within"]):
        return "quasi tutti" if pd.isna(told["far"]) else "quasi nessuno"
    return percent(told["share_within"])


def activities(known: Gathered, asked: Asked) -> None:
    """Associations by community and activity, folded."""
    with st.expander("Che cosa fanno, comunità per comunità"):
        own = [asked.citizenship] if asked.citizenship else None
        groups = communities.kept(known, Asked(asked.citizenship, asked.activity, asked.ambito))["groups"]
        table = measures.by_activity(groups, known.tied[known.tied["association"].isin(groups.index)], own)
        table = table[table.sum(axis=1) > 0]
        if table.empty:
            st.caption("Nessuna delle associazioni trovate qui nomina una comunità e dice che cosa fa.")
            return
        table = table.loc[table.sum(axis=1).sort_values(ascending=False, kind="stable").index]
        table.index = pd.Index([known.names.get(code, code) for code in table.index], name="Cittadinanza")
        shown = table.loc[:, table.sum() > 0].rename(columns=lambda code: label("activity_groups", code))
        frame.table(shown.replace(0, "–"), "Associazioni per comunità e attività")
        st.caption("Un'associazione che fa più cose, o di più comunità, conta in ciascuna.")
        frame.sources("associazioni")


def unknown(known: Gathered) -> None:
    """What the list does not say, and who may know."""
    st.header("Che cosa non sappiamo, e a chi chiedere", anchor=False)
    told = communities.silent(known)
    lost = ", ".join(f"«{_plain(word)}» {count}" for word, count in told.words.items())
    total = len(known.associations)
    placed = int(known.associations["precision"].isin(["address", "coordinate", "street"]).sum())
    st.markdown(
        f"- Di **{told.unnamed}** associazioni su {total} non è scritta la comunità.\n"
        + f"- Parole che non si uniscono a una cittadinanza, contate e non scartate: {lost}.\n" * bool(lost)
        + f"- Solo **{placed}** hanno una via: le altre stanno nel centro del comune, o non si sanno collocare.\n"
        "- L'Osservatorio regionale (ORIM) ne contava **368** di soli migranti nel rapporto di marzo 2012; qui le "
        f"righe sono **{total}** in tutto, e Brescia è sottorappresentata ([fonte]({ORIM})).\n"
        "- Né quell'elenco né il registro del Ministero sono pubblicati come file: si possono chiedere a Fondazione "
        "ISMU, al Comune di Milano (Città Mondo), al Ministero del lavoro (Registro delle associazioni che operano a "
        "favore degli immigrati) e alle Consulte degli stranieri dei comuni."
    )
    frame.sources("associazioni")
    frame.link("registro", "Aggiungi o correggi un'associazione nel registro")


def _plain(word: Any) -> str:
    """A word of the registry inside Markdown: what would be read as Markdown is left out."""
    return "".join(each for each in str(word) if each.isalnum() or each in " '().,/-")
