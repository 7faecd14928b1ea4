"""Accesso, the map and the table: people and minutes, what is known and what is not, area by area."""

from dataclasses import replace
from typing import Final

import pandas as pd
import streamlit as st
from streamlit_folium import st_folium

from layers import accesso, style
from layers.base import Layers, UrlLayer, base_map
from layers.legend import legend_html
from layers.style import number, percent
from screens import (
    access_answers,
    access_table,
    accesso_comune,
    accesso_tabella,
    ask_registry,
    feeds,
    frame,
    map_ground,
    memory,
    need,
    reached,
)
from screens.access_table import ALL
from screens.need import Need

PAGE: Final = "accesso"
MAP: Final = "accesso_carta"
GROUND_WORDS: Final = {
    "confermato": "Confermato",
    "possibile": "Possibile",
    "differenza": "Non si sa",
}
COLOURS: Final = {
    "confirmed": "#0b5c6b",
    "maybe": style.UNSURE_FILLS[2],
    "beyond": style.MINUTES_FILLS[3],
}
CONDITION_WORDS: Final = {
    "hours": "Orari",
    "language": "Lingua",
    "theme": "Tema",
    "eligibility": "Chi viene ricevuto",
    "walk_in": "Senza appuntamento",
    "capacity": "Capienza",
    "freshness": "Data di conferma",
    ALL: "Tutto insieme",
}
PART_WORDS: Final = {
    "confirmed": "Confermato",
    "possible": "Possibile",
    "maybe": "Non si sa",
    "beyond": "Oltre",
}
NOTHING_ASKED: Final = {"confirmed": "Entro il limite", "beyond": "Oltre"}
UNBROKEN: Final = "\u00a0"
"""A space at which no line ends."""
EXAMPLES: Final = {
    "Il sabato alle 10, in arabo, sul permesso": Need(
        when="Sa 10:00", languages=("ar",), themes=("permesso_soggiorno",)
    ),
    "Dopo le 17 o il sabato": Need(when=need.EVENING_OR_SATURDAY),
    "In bengalese, nel proprio comune": Need(languages=("bn",), home=True),
}
SOURCES: Final = ("foreign_population", "sportelli", "ambito_comuni")


def show(asked: Need) -> None:
    """The whole view: people, map, one comune, the table."""
    st.html(map_ground.LOOK)
    told = access_answers.summary(asked)
    st.markdown(sentence(told, asked))
    chart, side = st.columns([1.5, 1], gap="medium")
    with side:
        _people(told, asked)
        if asked.conditions:
            _known(asked)
        else:
            _examples()
    with chart:
        ground = _ask_ground(asked)
        drawn = st.container()
    left, right = st.columns(2, gap="medium")
    with left:
        ambito = ask_registry.ambito(PAGE)
    with right:
        comune = accesso_comune.choose(PAGE)
    with drawn:
        _map(asked, ground, ambito, comune)
    if comune:
        accesso_comune.show(asked, comune)
    accesso_tabella.show(asked, ambito)
    frame.sources(*SOURCES, also=frame.minutes_from(asked.mode))


def sentence(told: pd.DataFrame, asked: Need) -> str:
    """Who finds a desk as asked, with the figures of the summary."""
    count = {str(name): _count(row["people"], row["share"]) for name, row in told.iterrows()}
    within = f"entro **{asked.limit} minuti**"
    if not asked.conditions:
        return (
            f"{count['confirmed']} residenti stranieri arrivano {within} a uno sportello; {count['beyond']} no. "
            "Senza condizioni, confermato e possibile coincidono."
        )
    if told["people"]["confirmed"] == 0:
        sure = (
            f"**Nessuno sportello conferma** tutto quello che chiedi {within} da dove vive qualcuno. Contando"
        )
    else:
        sure = (
            f"{count['confirmed']} residenti stranieri hanno {within} uno sportello che **conferma** tutto quello che "
            "chiedi. Contando"
        )
    return (
        f"{sure} anche ciò che non si sa, sono possibili {count['possible']}: per {count['maybe']} non si sa. "
        f"Altri {count['beyond']} non ne hanno comunque."
    )


def _count(people: float, share: float) -> str:
    return f"**{frame.people_words(people)}**" + ("" if pd.isna(share) else f" ({percent(share)})")


def _people(told: pd.DataFrame, asked: Need) -> None:
    """The people as bars, and as the table that the sentence reads."""
    parts = told.loc[list(access_table.PARTS)].fillna({"share": 0.0})
    if asked.conditions:
        frame.bars(
            [
                (PART_WORDS[str(name)], row["share"], COLOURS[str(name)], frame.people_words(row["people"]))
                for name, row in parts.iterrows()
            ]
        )
    shown = told if asked.conditions else told.loc[["confirmed", "beyond"]]
    rows = {
        "Stranieri": [frame.people_words(count).replace(" ", UNBROKEN) for count in shown["people"]],
        "Quota": [percent(share).replace(" ", UNBROKEN) for share in shown["share"]],
        "Banda": [
            " – ".join(dict.fromkeys(map(frame.people_words, (low, high)))) if name in reached.ENDS else ""
            for name, low, high in zip(shown.index, shown["low"], shown["high"], strict=True)
        ],
    }
    names = PART_WORDS if asked.conditions else NOTHING_ASKED
    heads = pd.Index([names[str(name)] for name in shown.index], name=f"{asked.limit} minuti")
    frame.table(pd.DataFrame(rows, index=heads), "Residenti stranieri per accesso")
    st.caption(
        "La banda: quanti sarebbero se ogni tempo stesse all'estremo alto, o basso, della sua banda di errore. "
        f"{frame.ROUNDED}"
    )


def _examples() -> None:
    """Questions to begin with, for who has asked nothing yet."""
    st.markdown("**Aggiungi una condizione**: vedrai quanto si sa, e quanto no. Per esempio:")
    for words, example in EXAMPLES.items():
        frame.link(PAGE, words, **need.write(example))


def _known(asked: Need) -> None:
    """Of how many desks each condition is known, and the way to those whom to ask."""
    known = access_table.knowledge(memory.setting(asked), access_answers.truths(asked))
    many = len(memory.setting(asked).offers.desks)
    st.markdown(f"**{'Conta 1 sportello' if many == 1 else f'Contano {many} sportelli'}: che cosa se ne sa**")
    frame.table(knowledge_words(known), "Che cosa si sa degli sportelli")
    unsure = int(known["unknown"][ALL] + known["depends"][ALL])
    if not unsure:
        return
    st.markdown(
        "**Uno potrebbe rispondere**, e non si sa: chi chiamare?"
        if unsure == 1
        else f"**{number(unsure)} potrebbero rispondere**, e non si sa: chi chiamare?"
    )
    with st.container(horizontal=True):
        frame.link("qualita", "Chi chiamare per primo", vista="chiamare")
        frame.link("divari", "I divari, per causa", **need.write(asked))


def knowledge_words(known: pd.DataFrame) -> pd.DataFrame:
    """What is known of desks as people read it."""
    names = {"yes": "sì", "unknown": "non si sa", "no": "no"}
    names |= {"depends": "dipende dal comune"} if known["depends"].any() else {}
    shown = known[list(names)].rename(columns=names)
    if len(shown) == 2:  # one condition alone is all of them
        shown = shown.iloc[:1]
    shown.index = pd.Index([CONDITION_WORDS[str(name)] for name in shown.index], name="Condizione")
    return shown.map(number)


def _ask_ground(asked: Need) -> str:
    """What colours the comuni; without conditions there is nothing to choose."""
    if not asked.conditions:
        return access_answers.USUAL_GROUND
    return frame.choice(
        "La mappa mostra",
        access_answers.GROUND,
        tuple(GROUND_WORDS),
        access_answers.USUAL_GROUND,
        GROUND_WORDS.__getitem__,
        page=PAGE,
    )


def _map(asked: Need, ground: str, ambito: str | None, comune: str) -> None:
    st_folium(
        base_map(label="Mappa dell'accesso per comune; gli stessi dati sono nelle tabelle della pagina"),
        key=MAP,
        height=520,
        use_container_width=True,
        returned_objects=["last_active_drawing"],
        feature_group_to_add=Layers(_layers(asked, ground, ambito, comune), view=_view(ambito)),
        on_change=_clicked,
    )
    scale = accesso.GROUNDS[ground].scale
    notes = {
        "confermato": "Mediana del comune"
        + (", contando solo ciò che si sa" if asked.conditions else "")
        + ". Tratteggio: nessuno entro due ore.",
        "possibile": "Mediana del comune, contando anche ciò che non si sa. Tratteggio: nessuno entro due ore.",
        "differenza": f"Persone che entro {asked.limit} minuti hanno forse uno sportello così, e nessuno lo sa.",
    }
    if ground == "confermato" and access_answers.by_area(asked)["confirmed_median"].isna().all():
        notes[ground] = "In nessun comune qualcosa è confermato: guarda ciò che è possibile, o che non si sa."
    title = "Minuti allo sportello che risponde" if scale is style.MINUTES else scale.title
    st.html(legend_html(title, (*scale.marks, *_desk_marks(asked)), note=notes[ground]))


def _desk_marks(asked: Need) -> tuple[style.Mark, ...]:
    return accesso.DESKS if asked.conditions else (replace(accesso.DESKS[1], label="sportello"),)


def _view(ambito: str | None) -> list[float] | None:
    if ambito is None:
        return None
    table = memory.ambiti()
    return [float(edge) for edge in table[table["ambito_id"] == ambito].total_bounds]


def _layers(asked: Need, ground: str, ambito: str | None, comune: str) -> list[UrlLayer]:
    """Everything on the map, from the ground up."""
    told = access_answers.told(asked)
    shapes = feeds.url("geojson", "comuni")
    values = feeds.url("json", "accesso", **told, **{access_answers.GROUND: ground})
    marks = accesso.GROUNDS[ground].scale.marks
    drawn = [
        UrlLayer("comuni", GROUND_WORDS[ground], shapes, marks, values=values, selected=comune),
        *map_ground.under(),
        UrlLayer(
            "sportelli",
            "Sportelli che rispondono",
            feeds.url("geojson", "accesso_sportelli", **told),
            accesso.DESKS,
            "point",
            30,
        ),
    ]
    if ambito:
        outline = feeds.url("geojson", "ambito", ambito=ambito)
        drawn.append(UrlLayer("ambito", "Ambito scelto", outline, style.AMBITO_CHOSEN, order=14, click=False))
    return drawn


def _clicked() -> None:
    """A click on a comune, or on a desk of it, looks at that comune."""
    facts = ((st.session_state.get(MAP) or {}).get("last_active_drawing") or {}).get("properties", {})
    if not facts or facts.get("click") == st.session_state.get("accesso_click"):
        return
    st.session_state["accesso_click"] = facts.get("click")
    if facts["layer"] == "comuni":
        accesso_comune.look_at(PAGE, facts["id"])
    elif facts["layer"] == "sportelli":
        code = memory.sportelli().set_index("sportello_id")["comune_code"].get(facts["id"])
        if frame.known(code):
            accesso_comune.look_at(PAGE, str(code))
