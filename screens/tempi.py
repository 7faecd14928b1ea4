"""Tempi di viaggio: minutes to a desk, to desks of a kind or to any place, on the map and in people."""

from functools import partial
from math import isnan
from typing import Final

import geopandas as gpd
import pandas as pd
import streamlit as st
from streamlit_folium import st_folium

from geo.network import ESTIMATED
from layers import isocrone, style
from layers.base import Layers, UrlLayer, base_map
from layers.isocrone import LINES
from layers.legend import legend_html
from layers.style import Mark, number, percent
from screens import ask_reach, downloads, feeds, frame, map_ground, memory, reach
from screens.filters import MODE_WORDS
from screens.reach import BEYOND, Question

MAP: Final = "tempi_carta_"
TRAFFIC: Final = {
    "peak": "del mattino",
    "offpeak": "fuori punta sulle strade, del mattino nei tempi stimati",
    "evening": "della sera sulle strade, del mattino nei tempi stimati",
}
UNBROKEN: Final = "\u00a0"
"""A space at which no line ends."""
GOALS: Final = {"kind": style.DESKS_ASKED * 2, "desk": style.DESK_CHOSEN * 2, "point": style.GOAL_PLACE}
"""How that is drawn to which the minutes lead."""

HEADLINE: Final = "30"
"""The limit of the sentence above the table."""


def show() -> None:
    """The whole screen: fetch, ask, show."""
    st.html(map_ground.LOOK)
    st.title("Tempi di viaggio", anchor=False)
    frame.lead(
        "Da dove si arriva entro 15, 30, 45 e 60 minuti a uno sportello o a un punto qualsiasi, e quante persone "
        "straniere vivono là."
    )
    said = ask_reach.open_address()
    asked = ask_reach.ask()
    if said:
        st.caption(f":material/info: {said}")
    goals = reach.goals(asked, memory.sportelli())
    missing = _missing(asked, goals)
    with st.container():
        if missing:
            st.info(missing, icon=":material/touch_app:")
        else:
            _networks(asked)
    if asked.other:
        _maps(asked, answered=not missing)
        side = st.container()
    else:
        chart, side = st.columns([1.5, 1], gap="medium")
        with chart:
            _maps(asked, answered=not missing)
    if not missing:
        with side:
            _trips(asked, goals)
            _people(asked)
        _sources(asked)
        _downloads(asked)


def _missing(asked: Question, goals: gpd.GeoDataFrame) -> str:
    """What is still to be chosen, or why there is no answer; empty if there is one."""
    if asked.about == "desk" and goals.empty:
        return "Scegli uno sportello dall'elenco, oppure toccalo sulla mappa."
    if asked.about == "point" and asked.place is None:
        return "Tocca la mappa, o cerca un comune: vedrai da dove ci si arriva, come se lì ci fosse uno sportello."
    if asked.place and asked.about == "point" and not reach.comune_of(asked.place, memory.comuni()):
        return (
            "Il punto è fuori dalla Lombardia, dove non conosciamo né strade né abitanti: toccane un altro."
        )
    if goals.empty:
        return "Nessuno sportello di questi tipi è aperto, collocato e con prove di livello A, B o C: scegline altri."
    return ""


def _goal_words(asked: Question, goals: gpd.GeoDataFrame) -> str:
    """What the minutes lead to, after "arrivano"."""
    if asked.about == "desk":
        return f"a «{goals['name'].iloc[0]}»"
    if asked.about == "point":
        return "al punto scelto"
    which = "dei tipi scelti" if asked.kinds else "dove si informa e si accompagna"
    count = "all'unico sportello" if len(goals) == 1 else f"al più vicino di {len(goals)} sportelli"
    return f"{count} {which}"


def _networks(asked: Question) -> None:
    """Which network answers, always in sight."""
    people = memory.table("demand")["foreign_residents"]
    told = {}
    for mode in asked.modes:
        shares = reach.answered(memory.reached(asked.by(mode)), people)
        told[mode] = "; ".join(_network_words(name, share) for name, share in shares.items())
    same = len(set(told.values())) == 1
    lines = [words if same else f"{MODE_WORDS[mode]}: {words}" for mode, words in told.items()]
    st.markdown(f":material/route: Chi risponde: {'; '.join(dict.fromkeys(lines))}.")


def _network_words(name: str, share: float) -> str:
    of = "" if share > 1 - 1e-9 else f", {percent(share, digits=0 if share > 0.01 else 2)} degli stranieri"
    return (
        f"**rete stimata** (non strade reali){of}" if name == ESTIMATED else f"**{name}** (OpenStreetMap){of}"
    )


def _maps(asked: Question, *, answered: bool) -> None:
    """One map, or two side by side that move together."""
    view = reach.widest([memory.isochrones(asked.by(mode)).query("limit == 60") for mode in asked.modes])
    view = None if asked.about == "kind" and not asked.kinds else view
    if asked.other:
        for column, mode in zip(st.columns(2, gap="medium"), asked.modes, strict=True):
            with column:
                st.subheader(MODE_WORDS[mode].capitalize(), anchor=False)
                _map(asked.by(mode), asked, view)
    else:
        _map(asked.by(asked.mode), asked, view)
    st.caption(_rule(asked))
    if answered:
        _legend(asked)


def _map(one: Question, asked: Question, view: list[float] | None) -> None:
    together = bool(asked.other)  # the map is made again if its name changes: it does not name the mode
    which = ("Mappa", "Prima mappa", "Seconda mappa")[together + asked.modes.index(one.mode)]
    key = f"{MAP}{asked.modes.index(one.mode)}{'_di_due' if together else ''}"
    st_folium(
        base_map(
            label=f"{which} dei minuti; gli stessi dati sono nella tabella della pagina",
            together=together,
        ),
        key=key,
        height=430 if together else 540,
        use_container_width=True,
        returned_objects=["last_clicked", "last_active_drawing"],
        feature_group_to_add=Layers(_layers(one, asked), view=view),
        on_change=partial(ask_reach.clicked, key),
    )


def _layers(one: Question, asked: Question) -> list[UrlLayer]:
    """Everything on one map, from the ground up."""
    told = reach.write(one)
    drawn = [
        map_ground.still("ambiti", "ambiti", "Ambiti", style.AMBITI_GROUND, 0),
        UrlLayer("tempi", "Minuti", feeds.url("geojson", "tempi", **told), isocrone.STYLES, order=5),
        map_ground.lakes(),
        map_ground.borders(style.AMBITI_FAINT),
        map_ground.places(),
    ]
    if memory.networks().streets is not None:
        drawn.append(map_ground.still("strade", "tempi_strade", "Rete di strade", style.STREETS_EDGE, 13))
    if one.about != "kind":
        drawn.append(_points("sportelli", "tempi_sportelli", "Sportelli", style.DESKS_ASIDE * 2, 28, {}))
    drawn.append(_points("mete", "tempi_mete", "Mete", GOALS[one.about], 30, told))
    if asked.start and asked.about != "point":
        trip = told | {"da": reach.written(asked.start)}
        drawn.append(_points("tragitto", "tempi_tragitto", "Tragitto", isocrone.TRIP, 32, trip))
    return drawn


def _points(
    key: str, feed: str, title: str, marks: tuple[Mark, ...], order: int, told: dict[str, str]
) -> UrlLayer:
    return UrlLayer(key, title, feeds.url("geojson", feed, **told), marks, "point", order)


def _rule(asked: Question) -> str:
    """What a click does."""
    if asked.about == "point":
        return "Tocca la mappa per spostare il punto."
    if asked.about == "desk" and not asked.desk:
        return "Tocca uno sportello sulla mappa per sceglierlo."
    other = (
        "un altro sportello per passare a quello"
        if asked.about == "desk"
        else "uno sportello per vedere solo quello"
    )
    return f"Tocca {other}, o un punto qualsiasi per sapere quanto ci vuole da lì."


def _legend(asked: Question) -> None:
    drawn = pd.concat([memory.isochrones(asked.by(mode)) for mode in asked.modes])
    names = set(drawn.loc[~drawn.geometry.is_empty, "network"])
    marks = isocrone.legend_marks(estimated=ESTIMATED in names, streets=bool(names - {ESTIMATED}))
    if memory.networks().streets is not None:
        marks += style.STREETS_EDGE
    st.html(
        legend_html(
            "Minuti per arrivare",
            marks,
            note="Linee marcate a 15, 30, 45 e 60 minuti; linee sottili ogni 5.",
        )
    )


def _trips(asked: Question, goals: gpd.GeoDataFrame) -> None:
    """How long it takes from the place that was clicked."""
    if asked.start is None or asked.about == "point":
        return
    if not reach.comune_of(asked.start, memory.comuni()):
        st.markdown(
            ":material/trip_origin: Il punto toccato è fuori dalla Lombardia: da lì non sappiamo rispondere."
        )
        return
    names = goals.set_index("sportello_id")["name"]
    lines = {}
    for mode in asked.modes:
        trip = memory.trip(asked.by(mode), asked.start)
        how = MODE_WORDS[mode]
        if isnan(trip.minutes):
            lines[mode] = f"{how}: non raggiungibile"
            continue
        far = f", {number(trip.km, digits=1)} km" if trip.line is not None else ""
        network = "rete stimata" if trip.network == ESTIMATED else trip.network
        words = frame.minutes_words(trip.minutes, trip.low, trip.high)
        lines[mode] = f"{how}: **{words}**{far} a «{names[trip.goal]}» ({network})"
    st.markdown(
        f":material/trip_origin: Da {ask_reach.where(asked.start)}, " + "; ".join(lines.values()) + "."
    )
    st.button("Togli il punto", icon=":material/close:", on_click=ask_reach.choose, args=("start", None))


def _people(asked: Question) -> None:
    """The people within each limit: one sentence, and the table."""
    tables = {mode: _within(asked.by(mode)) for mode in asked.modes}
    goals = reach.goals(asked, memory.sportelli())
    first = tables[asked.mode].loc[HEADLINE]
    st.markdown(
        f"**{frame.people_words(first['people'])}** residenti stranieri"
        + ("" if pd.isna(first["share"]) else f" ({percent(first['share'])})")
        + f" arrivano entro **{HEADLINE} minuti** {MODE_WORDS[asked.mode]} {_goal_words(asked, goals)}; "
        f"contando l'incertezza, {frame.between_words(first['low'], first['high'])}."
    )
    shown = _table_words(tables)
    frame.table(shown, "Residenti stranieri per minuti di viaggio")
    st.caption(
        "Quanti vivono entro ciascun limite e quanti oltre l'ultimo; tra parentesi la quota dei residenti stranieri "
        "della Lombardia. La banda: quanti sarebbero se ogni tempo stesse all'estremo alto, o basso, della sua "
        f"banda di errore. {frame.ROUNDED}"
    )


def _within(one: Question) -> pd.DataFrame:
    demand = memory.table("demand")
    return reach.within(memory.reached(one), demand["foreign_residents"], demand["comune_code"])


def _table_words(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """The table that people read; with two modes, their difference too."""
    several = len(tables) > 1
    columns: dict[str, list[str]] = {}
    for mode, table in tables.items():
        how = MODE_WORDS[mode].capitalize() if several else "Residenti stranieri"
        of = f" {MODE_WORDS[mode]}" if several else ""
        columns[how] = [_count(*pair) for pair in zip(table["people"], table["share"], strict=True)]
        ends = zip(table["low"].map(frame.people_words), table["high"].map(frame.people_words), strict=True)
        columns[f"Banda{of}"] = [f"{low} – {high}" for low, high in ends]
    if several:
        one, other = (table["people"] for table in tables.values())
        columns["Differenza"] = [_signed(count) for count in other - one]
    index = [f"oltre {LINES[-1]}" if name == BEYOND else f"fino a {name}" for name in map(str, table.index)]
    heads = pd.Index([words.replace(" ", UNBROKEN) for words in index], name="Minuti")
    shown = pd.DataFrame(columns, index=heads)
    return shown.map(lambda words: words.replace(" ", UNBROKEN).replace(f"–{UNBROKEN}", "– "))


def _count(people: float, share: float) -> str:
    """A count with its share, which is left out with a count too small to be shown."""
    return frame.people_words(people) + ("" if pd.isna(share) else f" ({percent(share)})")


def _signed(count: float) -> str:
    """A difference of counts; a dash where one of the two is not shown."""
    if isnan(count):
        return "–"
    sign = "+" if count > 0 else "−" if count < 0 else ""
    return sign + number(abs(count))


def _sources(asked: Question) -> None:
    said = frame.minutes_from(*asked.modes, traffic=TRAFFIC[asked.period], period=asked.period)
    frame.sources("foreign_population", "sportelli", also=said)


def _downloads(asked: Question) -> None:
    """The table and the isochrones to take away, made only when somebody asks."""

    def table() -> bytes:
        times = {mode: memory.reached(asked.by(mode)) for mode in asked.modes}
        return downloads.as_csv(
            reach.table_file(asked, {m: (_within(asked.by(m)), times[m]) for m in asked.modes})
        )

    def drawn() -> bytes:
        file = reach.isochrone_file(asked, {mode: memory.isochrones(asked.by(mode)) for mode in asked.modes})
        return downloads.as_geojson(file, id_column="id", attribution=downloads.SOURCE)

    words = ("tempi", reach.goal_code(asked), "-".join(asked.modes))
    with st.container(horizontal=True):
        for name, make, ending, mime in (
            ("Tabella (CSV)", table, "csv", "text/csv"),
            ("Isocrone (GeoJSON)", drawn, "geojson", "application/geo+json"),
        ):
            st.download_button(
                name,
                make,
                downloads.file_name(*words, ending=ending),
                mime,
                icon=":material/download:",
                on_click="ignore",
                key=f"tempi_scarica_{ending}",
            )


if __name__ == "__main__":
    show()
