"""Registro: every record as a list and on a map, its card, its form and its story, as the address asks."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Final
from zlib import crc32

import pandas as pd
import streamlit as st
from streamlit_folium import st_folium

from data.label import read_label
from data.registry import search
from data.registry.search import Asked
from data.registry.search_index import SEARCHED
from errors import NotAllowed
from layers import registro as points
from layers import style
from layers.base import Layers, UrlLayer, base_map
from layers.style import number
from screens import (
    address,
    feeds,
    frame,
    memory,
    record_ask,
    record_card,
    record_form,
    record_history,
    record_search,
    scambio,
    signing,
)
from screens.offer import offer
from screens.record_card import PAGE, go
from screens.record_search import DRAWN, KIND_WORDS, PARAMETERS, TAKEN
from screens.signing import plain

MAP: Final = "registro_map"
SHOWN: Final = "mostra"
"""The parameter that says how many rows the list has."""
STEP: Final = 50
ROW_PX: Final = 35
AROUND: Final = 0.08
"""Degrees around what was found that the map shows."""
TITLE: Final = "Registro dei servizi per l'integrazione in Lombardia"
LABELS: Final = {
    "text": "le parole cercate", "kinds": "il tipo di scheda", "ambito_id": "l'Ambito",
    "service_kinds": "il tipo di servizio",
    "themes": "i temi", "languages": "le lingue", "states": "lo stato di conferma", "evidence": "il livello di prova",
    "lowest": "la qualità minima", "highest": "la qualità massima",
}  # fmt: skip
STYLE: Final = """<style>
iframe[title="streamlit_folium.st_folium"] { border: 1px solid #d5dbd9; border-radius: 4px; }
</style>"""
COLUMNS: Final = {
    "Nome": st.column_config.TextColumn(width=255),
    "Che cosa": st.column_config.TextColumn(width=120),
    "Comune": st.column_config.TextColumn(width=110),
    "Ambito": st.column_config.TextColumn(width=130),
    "Qualità": st.column_config.TextColumn(
        width=70, help="Da 0 a 100: quanto la scheda dice e quanto è fresca"
    ),
    "Conferma": st.column_config.TextColumn(width=115),
}


def show() -> None:
    """The whole screen: the list, or the record that the address asks."""
    st.html(STYLE)
    st.title("Registro", anchor=False)
    signing.door()
    kind, key, mode = record_card.arrived()
    record_card.show_notice()
    actor = signing.me()
    if mode not in {"modifica", "nuovo"}:
        record_form.forget()
    if mode == "nuovo" and kind in KIND_WORDS and kind != "sessioni" and not key:
        if actor is None or actor.role == "gestore":
            raise NotAllowed(what=f"create {kind}", why="reading_only" if actor is None else "not_here")
        record_form.show(kind, "", actor)
    elif kind and key:
        _record(kind, key, mode)
    else:
        _list()


def _record(kind: str, key: str, mode: str) -> None:
    """The card of a record, its form or its story."""
    shown = record_card.opened(kind, key)
    actor = signing.me()
    may_edit = (
        actor is not None and not shown.said["deleted_at"] and signing.may("edit", shown.kind, shown.key)
    )
    if mode == "modifica" and actor is not None and may_edit:
        record_form.show(shown.kind, shown.key, actor)
        return
    if mode == "storia" and signing.may("history", shown.kind, shown.key):
        record_history.show(shown.kind, shown.key)
        return
    if mode in {"modifica", "storia"}:
        st.info(
            "Per questo serve un accesso che valga per questa scheda: qui sotto la si può leggere.",
            icon=":material/lock:",
        )
    record_card.show(shown)


def _list() -> None:
    """What is asked, the list and the map of what is found."""
    frame.lead(
        "Chi fa che cosa, dove, quando e in che lingua: le schede di sportelli, associazioni, enti e mediazione, "
        "tenute vive da chi le gestisce."
    )
    said = record_ask.open_address()
    asked = record_ask.ask()
    address.keep(PAGE, PARAMETERS.values(), record_search.write(asked))
    if said:
        st.caption(
            f":material/info: Nell'indirizzo c'è qualcosa che non conosciamo, e non ne tengo conto: {plain(said)}."
        )
    limit = _shown()
    page = search.find(memory.registry(), asked, limit=limit)
    _new()
    if not page.hits:
        _nothing(asked)
    else:
        left, right = st.columns([1.75, 1], gap="medium")
        with left:
            _rows(page, limit)
        with right:
            _map(asked)
            st.caption(_map_words(asked))
        _downloads(asked, page.total)
    st.divider()
    scambio.show(asked.ambito_id)


def _shown() -> int:
    """How many rows the address asks for."""
    text = st.query_params.get(SHOWN, "")
    return min(max(int(text), STEP), TAKEN) if text.isdecimal() and len(text) < 6 else STEP


def _more(limit: int) -> None:
    address.keep(PAGE, (SHOWN,), {SHOWN: str(limit + STEP)})


def _rows(page: search.Page, limit: int) -> None:
    """One record a row; a row opens its card."""
    found = record_search.table(page.hits)
    ids = list(found["id"])
    key = f"registro_rows_{crc32(';'.join(ids).encode())}"
    many = number(page.total)
    st.markdown(
        f"**{many} {'scheda' if page.total == 1 else 'schede'}**"
        + (f", le prime {number(len(ids))}" if page.more else "")
    )
    st.dataframe(
        words_of(found), hide_index=True, key=key, height=min(460, ROW_PX * (len(ids) + 1) + 3),
        column_config=COLUMNS, selection_mode="single-row",
        on_select=partial(_picked, key, ids), alt="Elenco delle schede trovate: una riga apre la sua scheda",
    )  # fmt: skip
    if page.more:
        st.button(
            "Mostra altre", icon=":material/expand_more:", key="registro_more", on_click=partial(_more, limit)
        )


def words_of(found: pd.DataFrame) -> pd.DataFrame:
    """The table that people read."""
    return pd.DataFrame(
        {
            "Nome": found["name"], "Che cosa": found["kind_words"], "Comune": found["comune"],
            "Qualità": found["quality"], "Conferma": found["state"], "Ambito": found["ambito"],
        }
    )  # fmt: skip


def _picked(key: str, ids: list[str]) -> None:
    rows = st.session_state[key]["selection"]["rows"]
    if rows:
        go(scheda=ids[rows[0]])


def _map(asked: Asked) -> None:
    st_folium(
        base_map(label="Mappa delle schede trovate: le stesse sono nell'elenco"),
        key=MAP,
        height=500,
        use_container_width=True,
        returned_objects=["last_active_drawing"],
        feature_group_to_add=Layers(_layers(asked), view=_view(asked)),
        on_change=_clicked,
    )


def _layers(asked: Asked) -> list[UrlLayer]:
    told = record_search.write(replace(asked, deleted=False))
    day = memory.registry().today().isoformat()
    ground = (
        ("ambiti", "ambiti", "Ambiti", style.AMBITI_GROUND, "area", 0),
        ("lakes", "lakes", "Laghi", style.LAKES, "area", 10),
        ("confini", "ambiti", "Confini degli Ambiti", style.AMBITI_FAINT, "area", 12),
        ("places", "places", "Nomi dei luoghi", style.PLACES, "label", 20),
    )
    drawn = [
        UrlLayer(key, title, feeds.url("geojson", name), marks, kind, order, click=False)
        for key, name, title, marks, kind, order in ground
    ]
    url = feeds.url("geojson", "registro", **told, giorno=day)
    return [*drawn, UrlLayer("registro", "Schede", url, points.STYLES, "point", 30)]


def _view(asked: Asked) -> list[float] | None:
    """The chosen Ambito, else what was found where something was asked; nothing for all of Lombardy."""
    table = memory.ambiti()
    chosen = table[table["ambito_id"] == asked.ambito_id]
    if not chosen.empty:
        return [float(edge) for edge in chosen.total_bounds]
    placed = record_search.found(record_search.placed(asked), DRAWN).dropna(subset="geometry")
    if placed.empty or not (asked.text or record_search.narrowed(asked)):
        return None
    west, south, east, north = (float(edge) for edge in placed.total_bounds)
    return [west - AROUND, south - AROUND, east + AROUND, north + AROUND]


def _clicked() -> None:
    """A click on a point opens its card."""
    facts = ((st.session_state.get(MAP) or {}).get("last_active_drawing") or {}).get("properties", {})
    if facts.get("layer") == "registro" and facts.get("click") != st.session_state.get("registro_click"):
        st.session_state["registro_click"] = facts.get("click")
        go(scheda=str(facts["id"]))


def _map_words(asked: Asked) -> str:
    """How many are on the map, and why the others are not."""
    here = record_search.placed(asked)
    found = record_search.found(here, DRAWN)
    total = search.find(memory.registry(), here, limit=1).total
    nowhere = int((found.geometry.isna() | found.geometry.is_empty).sum())
    drawn = len(found) - nowhere
    told = "Sulla mappa una scheda" if drawn == 1 else f"Sulla mappa {number(drawn)} schede"
    if total > DRAWN:
        told += f", fra le prime {DRAWN}: restringi la ricerca per vedere le altre"
    if nowhere:
        told += f"; {number(nowhere)} senza posizione nota, solo nell'elenco"
    if set(asked.kinds) - set(here.kinds):
        told += "; enti, mediazione e sostegni non hanno un posto"
    return f"{told}. Contorno nero: si conosce l'edificio; gli altri punti sono approssimati."


def _nothing(asked: Asked) -> None:
    """Nothing answers: what may have been meant, and what to take away."""
    st.markdown("**Nessuna scheda risponde a questa ricerca.**")
    meant = search.suggest(memory.registry(), asked.text) if asked.text else None
    if meant:
        st.button(f"Cerca invece: {plain(meant)}", icon=":material/search:", key="registro_meant",
                  on_click=partial(record_ask.choose, replace(asked, text=meant)))  # fmt: skip
    parts = (["text"] if asked.text else []) + record_search.narrowed(asked)
    for name in parts:
        wider = record_search.without(asked, name)
        total = search.find(memory.registry(), wider, limit=1).total
        if total:
            st.button(f"Togli {LABELS[name]} ({number(total)} schede)", key=f"registro_without_{name}",
                      on_click=partial(record_ask.choose, wider))  # fmt: skip
    st.button(
        "Ricomincia da capo",
        icon=":material/restart_alt:",
        key="registro_again",
        on_click=partial(record_ask.choose, Asked(kinds=SEARCHED)),
    )


def _new() -> None:
    """The way to a new record, for those who may make one."""
    if not record_ask.editor():
        return
    with st.popover("Nuova scheda", icon=":material/add:"):
        for kind, words in KIND_WORDS.items():
            if kind != "sessioni":
                st.button(words, key=f"registro_new_{kind}", type="tertiary", on_click=partial(_start, kind))


def _start(kind: str) -> None:
    record_form.forget()
    go(scheda=kind, modo="nuovo")


def _downloads(asked: Asked, total: int) -> None:
    """What was found, to take away; made only when asked."""
    if not st.toggle("Scarica l'elenco", key="registro_download"):
        return
    found = record_search.found(asked, TAKEN)
    if total > TAKEN:
        st.caption(f"Nei file ci sono le prime {number(TAKEN)} schede.")
    columns: Mapping[str, str] = {
        "kind_words": "che_cosa",
        "name": "nome",
        "state": "conferma",
        "quality": "qualita",
    }
    table = found.drop(columns=["kind", "service_kind"]).rename(columns=columns)
    source = read_label("sportelli").source_line
    offer(table, "registro", "lombardia", f"{len(table)}-righe", title=TITLE, source=source, id_column="id")


if __name__ == "__main__":
    show()
