"""Scuole: where many pupils are foreign and little support is near; what is known elsewhere; mediation by Ambito."""

from typing import Final

import geopandas as gpd
import streamlit as st
from streamlit_folium import st_folium

from layers import scuole_sostegno, style
from layers.base import Layers, UrlLayer, base_map
from layers.legend import legend_html
from layers.style import Mark
from screens import (
    address,
    downloads,
    feeds,
    filters,
    frame,
    map_ground,
    memory,
    reach,
    school_memory,
    school_words,
    schools,
    scuole_altrove,
    scuole_scheda,
)
from screens.filters import MODE_WORDS
from screens.offer import offer
from screens.reach import Question
from screens.school_words import KIND_WORDS
from screens.schools import Asked

PAGE: Final = "scuole"
MAP: Final = "scuole_carta"
VIEWS: Final = {"scuole": "Scuole con quota nota", "comuni": "Comuni", "mediazione": "Mediazione"}
AMBITO, KINDS, VIEW = "scuole_ambito", "scuole_sostegni", "scuole_vista"
POINTS: Final[dict[str, tuple[str, str, tuple[Mark, ...]]]] = {
    "biblioteche": ("biblioteche", "Biblioteche", style.LIBRARIES),
    "cpia": ("cpia", "CPIA", style.ADULT_SCHOOLS),
    "associazioni": ("associazioni", "Associazioni", style.ASSOCIATIONS),
    "sportelli": ("tempi_mete", "Sportelli", style.DESKS_ASKED * 2),
}
"""Kind of support → its feed, its title and how it is drawn; the last nearest to the eye."""


def show() -> None:
    """The whole screen: ask, then one of three views."""
    st.html(map_ground.LOOK)
    st.title("Scuole", anchor=False)
    frame.lead(
        "Dove molti alunni sono stranieri e vicino c'è poco sostegno: mediazione, CPIA, sportelli, associazioni, "
        "biblioteche. Ciò che non si sa è detto, e non conta come una mancanza."
    )
    view = frame.choice("Vista", "vista", tuple(VIEWS), "scuole", VIEWS.__getitem__, page=PAGE)
    ambito = _ask_ambito()
    if view == "mediazione":
        scuole_altrove.mediation(ambito)
        return
    with st.container(horizontal=True, gap="medium"):
        if view == "scuole":
            share = frame.choice(
                "Alunni stranieri, almeno", "quota", schools.SHARES, 30, "{} %".format, page=PAGE
            )
        mode = frame.choice("Mezzo", "mezzo", schools.MODES, "walk", MODE_WORDS.__getitem__, page=PAGE)
        if view == "scuole":
            limit = frame.choice("Entro", "minuti", schools.LIMITS, 15, "{} min".format, page=PAGE)
    if view == "comuni":
        scuole_altrove.comuni(ambito, mode)
        return
    _schools(Asked(ambito, share, mode, limit, _ask_kinds()))


def _ask_ambito() -> str:
    """The Ambito chosen, empty for all; the address follows."""
    names = memory.ambiti().sort_values("ambito").set_index("ambito_id")["ambito"].to_dict()
    held = {"ambito": st.session_state[AMBITO]} if st.session_state.get(AMBITO) else {}
    asked = address.opened(PAGE, ["ambito"], held if AMBITO in st.session_state else None)
    if asked is not None:
        code = asked.get("ambito")
        st.session_state[AMBITO] = code if code in names else None
    picked = st.selectbox(
        "Ambito", list(names), format_func=names.__getitem__, placeholder="Tutti", index=None, key=AMBITO
    )
    address.keep(PAGE, ["ambito"], {"ambito": str(picked)} if picked else {})
    return str(picked or "")


def _ask_kinds() -> tuple[str, ...]:
    """The kinds of support that count; none means all of them. The address follows."""
    now = st.session_state.get(KINDS)
    held = None if now is None else schools.write(Asked(kinds=_ordered(now)))
    asked = address.opened(PAGE, ["sostegni"], held)
    if asked is not None:
        st.session_state[KINDS] = list(schools.parse(asked).kinds)
    picked = st.pills(
        "Sostegni che contano",
        schools.KINDS,
        format_func=KIND_WORDS.__getitem__,
        selection_mode="multi",
        key=KINDS,
        help="Se non ne scegli nessuno contano tutti.",
    )
    kinds = _ordered(picked)
    address.keep(PAGE, ["sostegni"], schools.write(Asked(kinds=kinds)))
    return kinds


def _ordered(kinds: list[str]) -> tuple[str, ...]:
    return tuple(kind for kind in schools.KINDS if kind in kinds)


def _schools(asked: Asked) -> None:
    """The schools whose share is known: finding, map, ranking, card."""
    around = school_memory.around()
    here = schools.of_ambito(around.schools, asked.ambito)
    known = here[here["foreign_share"].notna()]
    ranked = school_memory.ranked(asked)
    facts = schools.facts(here, ranked)
    if known.empty:
        _nothing_known(facts)
    else:
        st.markdown(school_words.finding(facts, asked))
        st.caption(school_words.known_sentence(facts, known))
    chosen = scuole_scheda.choose(here, ranked)
    left, right = st.columns([1.05, 1] if chosen else [1.3, 1], gap="medium")
    with left:
        _map(asked, ranked if len(ranked) else here, chosen)
    with right:
        if chosen:
            scuole_scheda.show(chosen, asked)
        elif ranked.empty:
            st.caption("Scegli una scuola nell'elenco o sulla mappa: qui si apre la sua scheda.")
        else:
            st.subheader(f"Sostegni entro {asked.limit} minuti {MODE_WORDS[asked.mode]}", anchor=False)
            frame.table(
                school_words.kinds_table(ranked, asked), "Scuole con quota alta, per tipo di sostegno"
            )
            st.caption(
                "«Vicino» e «manca di certo» valgono anche agli estremi della banda di ogni tempo. Di molti sportelli, "
                "associazioni e CPIA si conosce solo il comune: allora spesso non si può dire. Per la mediazione "
                "conta se qualcuno la fa a scuola nominando l'Ambito o il comune."
            )
    if len(ranked):
        _ranking(ranked, asked)
    frame.sources(
        "foreign_pupils", "schools_state", "schools_paritarie", "sportelli", "associazioni", "mediazione", "cpia",
        "biblioteche", also=frame.minutes_from(asked.mode),
    )  # fmt: skip


def _nothing_known(facts: dict[str, int]) -> None:
    st.info(
        f"Di nessuna delle {style.number(facts['schools'])} scuole di questo Ambito si conosce la quota di alunni "
        "stranieri, e non la stimiamo. Per conoscerla basta il file del Ministero «Studenti per cittadinanza»: la "
        "pagina Fonti dice come portarlo, passo per passo. Intanto la vista Comuni dice ciò che si sa.",
        icon=":material/info:",
    )
    with st.container(horizontal=True):
        frame.link("fonti", "Come portare il file del Ministero")
        st.button("Vedi i comuni", icon=":material/location_city:", on_click=_go, args=("comuni",))


def _go(view: str) -> None:
    st.session_state[VIEW] = view


def _map(asked: Asked, shown: gpd.GeoDataFrame, chosen: str) -> None:
    drawn = [
        UrlLayer("ambiti", "Ambiti", feeds.url("geojson", "ambiti"), style.AMBITI_GROUND, click=False),
        map_ground.lakes(),
        map_ground.places(),
    ]
    legend: list[Mark] = []
    for order, (kind, (feed, title, marks)) in enumerate(POINTS.items(), start=24):
        if kind in asked.counted:
            query = reach.write(Question()) if kind == "sportelli" else {}
            drawn.append(UrlLayer(kind, title, feeds.url("geojson", feed, **query), marks, "point", order))
            legend += marks[:1] if kind != "sportelli" else []
    feed = feeds.url("geojson", "scuole_sostegno", **schools.write(asked))
    drawn.append(
        UrlLayer("scuole", "Scuole", feed, scuole_sostegno.STYLES, "point", order=40, selected=chosen)
    )
    bounds = [float(edge) for edge in shown.dropna(subset=["geometry"]).total_bounds]
    st_folium(
        base_map(label="Mappa delle scuole e dei sostegni; gli stessi dati sono nella tabella della pagina"),
        key=MAP,
        height=470,
        use_container_width=True,
        returned_objects=["last_active_drawing"],
        feature_group_to_add=Layers(drawn, view=bounds),
        on_change=_clicked,
    )
    st.html(legend_html("Scuole", scuole_sostegno.STYLES if asked.ambito else scuole_sostegno.STYLES[:-1]))
    if legend:
        note = "Gli sportelli hanno la forma e il colore del loro tipo, come nella Mappa." * (
            "sportelli" in asked.counted
        )
        st.html(legend_html("Sostegni", tuple(legend), note=note))


def _clicked() -> None:
    """A click on a school opens its card."""
    facts = ((st.session_state.get(MAP) or {}).get("last_active_drawing") or {}).get("properties", {})
    if not facts or facts.get("click") == st.session_state.get("scuole_click"):
        return
    st.session_state["scuole_click"] = facts.get("click")
    if facts["layer"] == "scuole":
        scuole_scheda.pick(facts["id"])


def _ranking(ranked: gpd.GeoDataFrame, asked: Asked) -> None:
    st.header("Quota alta, poco sostegno", anchor=False)
    near = school_memory.near(asked.mode)
    st.dataframe(
        frame.figures(school_words.ranked_words(ranked, near, asked)),
        hide_index=True,
        height=380,
        alt="Scuole con quota alta di alunni stranieri, prima quelle a cui manca più sostegno",
    )
    st.caption(
        f"Le scuole con almeno il {asked.share} % di alunni stranieri, in ordine di quanti tipi di sostegno mancano di "
        "certo, poi di alunni stranieri. La quota è sugli alunni contati con la loro cittadinanza. Ciò che non si sa "
        "non conta come una mancanza."
    )
    offer(
        gpd.GeoDataFrame(
            school_words.file(ranked, near, asked, downloads.SOURCE), geometry="geometry", crs=ranked.crs
        ),
        "scuole-poco-sostegno",
        asked.ambito or "lombardia",
        f"{asked.share}-per-cento",
        f"{asked.mode}-{asked.limit}-minuti",
        title=f"Scuole con almeno il {asked.share} % di alunni stranieri e sostegni {filters.MODE_WORDS[asked.mode]}",
        source=downloads.SOURCE,
        id_column="school_id",
    )


if __name__ == "__main__":
    show()
