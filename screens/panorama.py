"""Panorama: the region at a glance: Ambiti and partners, people, who is far from any sportello, what is unknown."""

import geopandas as gpd
import pandas as pd
import streamlit as st
from streamlit_folium import st_folium

from analysis import coverage, disclosure
from geo.crs import DEGREES
from layers.base import Layers, base_map
from layers.legend import legend_html
from layers.style import MINUTES, PEOPLE_FILLS, number, percent
from screens import downloads, five_questions, frame, memory, reach
from screens.filters import LIMITS, MODE_WORDS, MODES, Filters
from screens.map_layers import layers_for, legends_for
from screens.offer import offer

PAGE = "panorama"
MAP = "panorama_carta"
GOES = "panorama_goes"
"""Where the last click on the map leads: the Ambito's code."""
TEN = 10
GROUNDS = {"partner": "Ambiti e partner", "minutes": "Minuti", "people_beyond": "Persone oltre il limite"}


def show() -> None:
    """The whole screen: fetch, ask, show; a click on the map leads away to the page of its Ambito."""
    if goes := st.session_state.pop(GOES, ""):
        st.switch_page(st.session_state["pages"]["ambito"], query_params={"ambito": goes})
    st.title("Chi vive lontano da uno sportello", anchor=False)
    frame.lead(
        "Gli sportelli informano e accompagnano chi arriva da un altro Paese. Qui si vede dove sono, "
        "quante persone ne vivono lontano e che cosa ancora non sappiamo."
    )
    _figures()
    _questions()
    mode, limit = _ask()
    left, right = st.columns([1.25, 1], gap="large")
    with left:
        _map(mode, limit)
    with right:
        _distances(mode, limit)
    _far_places(mode, limit)
    _trend()
    _unknown()


def _figures() -> None:
    comuni, ambiti, desks = memory.comuni(), memory.ambiti(), memory.sportelli()
    foreign, residents = int(comuni["foreign_residents"].sum()), int(comuni["residents"].sum())
    columns = st.columns(4)
    columns[0].metric(
        "Residenti stranieri",
        number(foreign),
        help="Al 1° gennaio 2025, cittadini dell'Unione europea compresi.",
    )
    columns[0].caption(f"{percent(foreign / residents)} di {number(residents)} residenti")
    columns[1].metric("Di Paesi terzi", number(comuni["third_country"].sum()))
    columns[1].caption("cioè fuori dall'Unione europea")
    columns[2].metric("Sportelli e uffici in elenco", number(len(desks)))
    gone = int((desks["status"] == "chiuso").sum())
    columns[2].caption(f"{gone} risultano chiusi; nessuno è stato verificato al telefono")
    columns[3].metric("Ambiti nell'elenco", number(len(ambiti)))
    columns[3].caption(
        f"{int(ambiti['lab_impact'].sum())} portano {frame.EVIDENCED} dei {frame.PARTNERS} partner "
        f"di Lab'Impact; {frame.PARTNERS - frame.EVIDENCED} non sono noti"
    )
    frame.sources("residents", "foreign_population", "citizenship", "sportelli", "ambiti")


def _questions() -> None:
    """Five questions, each with its answer in a line and a link to the page that gives it whole."""
    st.header("Cinque domande", anchor=False)
    with st.container(key="panorama_domande", gap="small"):
        for asked in five_questions.QUESTIONS:
            with st.container(gap=None):
                frame.link(asked.page, asked.words, **asked.query)
                st.markdown(asked.answer())
    st.caption(
        f"In auto, {five_questions.NEAR.limit} minuti; gli orari serali sono dopo le 17 o il sabato. Da ogni domanda "
        "si apre la pagina con la tabella intera, ciò che è incerto e le fonti."
    )


def _ask() -> tuple[str, int]:
    st.header("Minuti allo sportello più vicino", anchor=False)
    with st.container(horizontal=True):
        mode = frame.choice("Mezzo", "mezzo", MODES, "car", MODE_WORDS.__getitem__, page=PAGE)
        limit = frame.choice("Limite in minuti", "limite", LIMITS, 30, "{} min".format, page=PAGE)
    return mode, limit


def _map(mode: str, limit: int) -> None:
    ground = frame.choice(
        "La mappa mostra", "sfondo", tuple(GROUNDS), "partner", GROUNDS.__getitem__, page=PAGE
    )
    asked = Filters(ground=ground, mode=mode, limit=limit, layers=())
    st_folium(
        base_map(
            label="Mappa della Lombardia con gli Ambiti; gli stessi dati sono nelle tabelle della pagina"
        ),
        key=MAP,
        height=470,
        use_container_width=True,
        returned_objects=["last_active_drawing"],
        feature_group_to_add=Layers(layers_for(asked)),
        on_change=_clicked,
    )
    for legend in legends_for(asked):
        st.html(legend_html(legend.title, legend.marks, note=legend.note))
    frame.sources("comuni", "ambiti", "lakes")


def _clicked() -> None:
    """Note which Ambito was clicked: only the page itself can lead to another page."""
    drawn = (st.session_state.get(MAP) or {}).get("last_active_drawing") or {}
    facts = drawn.get("properties", {})
    if not facts or facts.get("click") == st.session_state.get("panorama_click"):
        return
    st.session_state["panorama_click"] = facts.get("click")
    if facts["layer"] == "ambiti":
        st.session_state[GOES] = facts["id"]
        return
    ambito = memory.comuni().set_index("comune_code")["ambito_id"].get(facts["id"])
    if frame.known(ambito):
        st.session_state[GOES] = str(ambito)
    else:
        st.toast("Di questo comune non conosciamo l'Ambito.", icon=":material/info:")


def _distances(mode: str, limit: int) -> None:
    people = memory.table("demand")["foreign_residents"]
    times = memory.minutes(mode=mode)
    counts = _by_class(times["minutes"], people)
    st.subheader("Residenti stranieri per classe di minuti", anchor=False)
    order = [*range(len(MINUTES.breaks) + 1), -1]
    longest = counts.max()
    frame.bars(
        [
            (
                mark.label if code >= 0 else "non raggiungibile",
                0.0 if pd.isna(counts[code]) else counts[code] / longest,
                mark.fill,
                frame.people_words(counts[code]),
            )
            for code, mark in zip(order, MINUTES.marks, strict=True)
        ]
    )
    best = memory.minutes(mode=mode, evidence=("A", "B"))
    st.markdown(
        f"{_beyond(times, people, limit)} residenti stranieri vivono oltre **{limit} minuti** {MODE_WORDS[mode]} "
        "dallo sportello più vicino, contando gli sportelli con prove di livello A, B e C. "
        f"Se si contano solo quelli con prove migliori (A e B) sono {_beyond(best, people, limit)}."
    )
    precision = memory.sportelli().set_index("sportello_id")["precision"]
    rough = float(people[times["sportello_id"].map(precision) == "settlement"].sum()) / float(people.sum())
    st.markdown(
        f"Per il **{percent(rough, digits=0)}** degli stranieri lo sportello più vicino è collocato solo nel "
        "centro del suo comune: la banda ne tiene conto."
    )
    st.caption(
        "Contano i luoghi dove si informa e si accompagna: sportelli di comuni e Ambiti, sindacati, patronati, "
        "Caritas, associazioni. Questure, Prefetture, CPIA, accoglienza e salute no. Gli stranieri di ogni comune sono "
        "distribuiti tra i suoi centri abitati, e intorno a Milano sulla griglia di 500 metri, in proporzione agli "
        "abitanti: la somma per comune è esatta, dove vivano dentro il comune è una stima. " + frame.ROUNDED
    )
    frame.sources("foreign_population", "sportelli", also=frame.minutes_from(mode))


def _by_class(minutes: pd.Series, people: pd.Series) -> pd.Series:
    """People of Lombardy by class of minutes, as they may be shown."""
    comune = memory.table("demand")["comune_code"]
    cells = coverage.classes_by(minutes, people, comune, breaks=MINUTES.breaks)
    return disclosure.partition(cells, pd.Series("all", index=cells.index)).iloc[0]


def _beyond(times: pd.DataFrame, people: pd.Series, limit: int) -> str:
    comune = memory.table("demand")["comune_code"]
    row = reach.within(times, people, comune, limits=(limit,)).loc[reach.BEYOND]
    return f"**{frame.people_words(row['people'])}**" + (
        "" if pd.isna(row["share"]) else f" ({percent(row['share'])})"
    )


def _far_places(mode: str, limit: int) -> None:
    st.header("I dieci comuni con più residenti stranieri lontani da ogni sportello", anchor=False)
    names = memory.comuni().set_index("comune_code")
    ranked = coverage.underserved(memory.access(mode=mode, limit=limit)).join(
        names[["comune", "ambito", "ambito_id"]]
    )
    if ranked.empty:
        st.caption(f"Nessun comune ha residenti stranieri oltre {limit} minuti: prova un limite più corto.")
        return
    top = ranked.head(TEN)
    shown = pd.DataFrame(
        {
            "Comune": top["comune"],
            "Ambito": top["ambito"].fillna("non assegnato"),
            "Stranieri": top["people"].map(number),
            f"Oltre {limit} min": top["people_beyond"].map(frame.people_words),
            "Con la banda": [
                frame.between_words(low, high)
                for low, high in zip(top["beyond_low"], top["beyond_high"], strict=True)
            ],
            "Minuti (mediana)": [frame.access_words(row) for row in top.to_dict("records")],
        }
    )
    frame.table(
        shown.set_index("Comune"), "I dieci comuni con più residenti stranieri lontani da ogni sportello"
    )
    st.caption(frame.ROUNDED)
    links = top.dropna(subset=["ambito_id"]).drop_duplicates("ambito_id")
    with st.container(horizontal=True):
        for code, name in zip(links["ambito_id"], links["ambito"], strict=True):
            frame.link("ambito", str(name), ambito=code)
    _downloads(ranked, mode, limit)
    frame.sources("foreign_population", "ambito_comuni", "sportelli", also=frame.minutes_from(mode))


def _downloads(ranked: pd.DataFrame, mode: str, limit: int) -> None:
    outlines = memory.comuni().set_index("comune_code").geometry
    table = downloads.access_file(ranked.reset_index(), mode=mode, limit=limit)
    st.caption(f"Tutti i {len(table)} comuni con qualcuno oltre {limit} minuti (vuoto dove sono pochi):")
    offer(
        gpd.GeoDataFrame(table, geometry=table["comune_code"].map(outlines), crs=DEGREES),
        "comuni-lontani",
        f"{mode}-{limit}-minuti",
        title=f"Comuni con residenti stranieri oltre {limit} minuti {MODE_WORDS[mode]} da uno sportello",
        source=downloads.SOURCE,
        id_column="comune_code",
    )


def _trend() -> None:
    st.header("Residenti stranieri dal 2020", anchor=False)
    history = memory.table("foreign_history").groupby("year")["foreign_residents"].sum()
    first, last = int(history.iloc[0]), int(history.iloc[-1])
    rows = [
        (str(year), count / history.max(), PEOPLE_FILLS[3], number(count)) for year, count in history.items()
    ]
    frame.bars(rows)
    st.markdown(f"Dal 2020 al 2025: **{number(last - first)}** persone in più ({percent(last / first - 1)}).")
    frame.sources("foreign_history")


def _unknown() -> None:
    st.header("Che cosa non sappiamo", anchor=False)
    desks, schools, comuni = memory.sportelli(), memory.scuole(), memory.comuni()
    sites = schools[schools["is_site"]]
    told = sites["foreign_share"].notna() | sites["hidden"]
    rough = int(desks["precision"].isin(["settlement", "unknown"]).sum())
    st.markdown(
        f"- Di **{int(desks['opening_hours'].isna().sum())}** sportelli su {len(desks)} non sono pubblicati gli "
        f"orari, di **{int(desks['languages'].isna().sum())}** le lingue parlate.\n"
        f"- **{rough}** sportelli non hanno un indirizzo che si riesca a collocare: sulla mappa stanno nel centro "
        "del loro comune, e la scheda lo dice.\n"
        f"- La quota di alunni stranieri è nota per **{int(told.sum())}** scuole, tutte di "
        f"Milano; per le altre {number(int((~told).sum()))} resta ignota finché non si porta "
        "il file del Ministero (pagina Fonti).\n"
        "- Due dei 35 partner di Lab'Impact non sono noti: «nessuna prova» non vuol dire «non partner».\n"
        f"- **{int(comuni['ambito_id'].isna().sum())}** comuni della provincia di Pavia non hanno un Ambito noto.\n"
        "- Gli sportelli fuori regione non sono in elenco: per chi vive al confine il più vicino può essere di là."
    )
    asked = five_questions.QUESTIONS[-1]
    frame.link(asked.page, "Chi chiamare per primo, per saperlo", **asked.query)
    frame.sources("sportelli", "schools_state", "ambiti")


if __name__ == "__main__":
    show()
