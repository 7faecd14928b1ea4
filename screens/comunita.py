"""Comunità: associations and places of encounter, by community and activity, against who lives where."""

from typing import Final

import geopandas as gpd
import pandas as pd
import streamlit as st

from data.vocabularies import label, vocabulary
from screens import (
    address,
    communities,
    community_feeds,
    community_map,
    community_memory,
    community_places,
    community_words,
    frame,
    map_ground,
    memory,
)
from screens.card import association_html
from screens.communities import PARAMETERS, Asked, Gathered
from screens.community_map import CARD
from screens.offer import offer

PAGE: Final = "comunita"
LIST: Final = "comunita_elenco"
STRANGE: Final = "comunita_ignoto"
QUERY: Final = (*PARAMETERS.values(), "associazione")
ALL: Final = {"citizenship": "Tutte", "activity": "Qualunque", "ambito": "Tutta la Lombardia"}
ASKED: Final = {"citizenship": "Cittadinanza", "activity": "Attività", "ambito": "Ambito"}
ROWS_PX: Final = 420
COLUMNS: Final = {
    "Nome": st.column_config.TextColumn(width=210),
    "Comune": st.column_config.TextColumn(width=95),
    "Ambito": st.column_config.TextColumn(width=230),
    "Cittadinanza": st.column_config.TextColumn(width=180),
    "Residenti": st.column_config.NumberColumn(width=80),
    "Contati nel comune": st.column_config.TextColumn(width=130),
    "Una ogni": st.column_config.TextColumn(width=80, help="Residenti per ogni associazione che li nomina"),
}


def show() -> None:
    """The whole screen: fetch, ask, show."""
    st.html(map_ground.LOOK)
    st.title("Comunità e luoghi di incontro", anchor=False)
    frame.lead(
        "Dove vivono le comunità, quali associazioni abbiamo trovato e dove ci si incontra. L'elenco non è un "
        "censimento: «nessuna trovata» non vuol dire che non ce ne siano."
    )
    known = community_memory.known()
    asked = _ask(known)
    table = community_memory.against(asked)
    ambiti = memory.ambiti().set_index("ambito_id")["ambito"]
    st.markdown(community_words.finding(table, known, asked, ambiti))
    found = communities.kept(known, asked)
    left, right = st.columns([1.3, 1], gap="large")
    with left:
        community_map.show(asked, found)
    with right:
        _list(known, asked, found)
    community_places.places(known, asked)
    _table(table, known, asked, ambiti)
    community_places.activities(known, asked)
    community_places.unknown(known)


def _ask(known: Gathered) -> Asked:
    """The question as the address opens it and the controls move it."""
    _open()
    region = known.region.droplevel("area")["residents"].sort_values(ascending=False, kind="stable")
    names = memory.ambiti().set_index("ambito_id")["ambito"].sort_values()
    options: dict[str, dict[str, str]] = {
        "citizenship": {str(code): known.names[code] for code in region.index},
        "activity": {str(code): str(words) for code, words in vocabulary("activity_groups")["label"].items()},
        "ambito": {str(code): str(name) for code, name in names.items()},
    }
    for column, (name, words) in zip(st.columns(3), options.items(), strict=True):
        column.selectbox(
            ASKED[name], list(words), format_func=words.__getitem__, index=None, placeholder=ALL[name],
            key=_key(name),
        )  # fmt: skip
    if said := st.session_state.get(STRANGE):
        st.caption(f":material/info: Nell'indirizzo c'è qualcosa che non conosciamo, lasciato fuori: {said}.")
    asked = _asked_now()
    chosen = st.session_state.get(CARD) or ""
    address.keep(PAGE, QUERY, _told(asked, chosen))
    return asked


def _key(name: str) -> str:
    return f"{PAGE}_{PARAMETERS[name]}"


def _asked_now() -> Asked:
    return Asked(**{name: st.session_state.get(_key(name)) or "" for name in PARAMETERS})


def _told(asked: Asked, chosen: str) -> dict[str, str]:
    return communities.write(asked) | ({"associazione": chosen} if chosen else {})


def _open() -> None:
    """What the address says goes into the controls, where it was changed elsewhere."""
    drawn = _key("citizenship") in st.session_state
    held = _told(_asked_now(), st.session_state.get(CARD) or "") if drawn else None
    told = address.opened(PAGE, QUERY, held)
    if told is None:
        return
    asked, strange = communities.parse(told, community_feeds.codes())
    for name in PARAMETERS:
        st.session_state[_key(name)] = getattr(asked, name) or None
    chosen = told.get("associazione", "")
    exists = chosen in community_memory.known().associations.index
    st.session_state[CARD] = chosen if exists else ""
    st.session_state[STRANGE] = ", ".join(strange + [chosen] * (bool(chosen) and not exists))


def _list(known: Gathered, asked: Asked, found: gpd.GeoDataFrame) -> None:
    st.header(f"Associazioni trovate ({len(found)})", anchor=False)
    if found.empty:
        _nothing(known, asked)
    else:
        shown = pd.DataFrame(
            {
                "Nome": found["name"],
                "Comune": found["comune"].fillna("non noto"),
                "Comunità": [", ".join(words or ()) or "non indicata" for words in found["words"]],
                "Attività": [_groups(groups) for groups in found["groups"]],
                "Prova": found["evidence"],
            }
        )
        st.dataframe(
            shown,
            hide_index=True,
            height=min(ROWS_PX, 38 + 35 * len(shown)),
            column_config=COLUMNS,
            key=LIST,
            on_select=lambda: _picked(list(found.index)),
            selection_mode="single-row",
            alt="Associazioni trovate: scegli una riga per aprire la scheda",
        )
    chosen = st.session_state.get(CARD)
    if chosen and chosen in known.associations.index:
        st.html(association_html(known.associations.loc[chosen].to_dict()))
        st.button("Chiudi la scheda", icon=":material/close:", on_click=_close)
    elif not found.empty:
        st.caption("Scegli una riga, o tocca una stella sulla mappa, per aprire la scheda.")
    frame.sources("associazioni")


def _picked(ids: list[str]) -> None:
    rows = st.session_state[LIST]["selection"]["rows"]
    st.session_state[CARD] = ids[rows[0]] if rows and rows[0] < len(ids) else ""


def _close() -> None:
    """No card is open, and no row of the list is chosen."""
    st.session_state[CARD] = ""
    st.session_state.pop(LIST, None)


def _groups(groups: list[str] | None) -> str:
    return ", ".join(label("activity_groups", code) for code in groups or ()) or "non noto"


def _nothing(known: Gathered, asked: Asked) -> None:
    """No association answers: what it means, and the way out."""
    st.markdown(
        "Nessuna trovata. **Non vuol dire che non ce ne siano**: l'elenco è una raccolta iniziale da pagine pubbliche, "
        f"e {_silent_words(known)}"
    )
    wider = Asked(asked.citizenship)
    if asked != wider and asked.citizenship and len(communities.kept(known, wider)):
        frame.link("comunita", "Cerca in tutta la Lombardia, con ogni attività", **communities.write(wider))
    elif asked.ambito and asked != Asked(ambito=asked.ambito):
        frame.link("comunita", "Tutte le associazioni di questo Ambito", ambito=asked.ambito)


def _silent_words(known: Gathered) -> str:
    """How many associations do not say of which community they are."""
    told = communities.silent(known)
    return f"**{told.unnamed}** associazioni su {len(known.associations)} non dicono di quale comunità sono."


def _table(table: pd.DataFrame, known: Gathered, asked: Asked, ambiti: pd.Series) -> None:
    st.header("Residenti e associazioni trovate", anchor=False)
    if table.empty:
        st.caption("Nessun residente noto: scegli un'altra cittadinanza, o un altro Ambito.")
        return
    shown = community_words.readable(table, known, asked, ambiti)
    st.dataframe(
        frame.figures(shown), hide_index=True, height=min(ROWS_PX, 38 + 35 * len(shown)), column_config=COLUMNS,
        alt="Residenti di ogni comunità e associazioni trovate",
    )  # fmt: skip
    st.caption(
        "Le colonne contano le associazioni che nominano il Paese; quelle che nominano un'area («Africa», «mondo "
        "arabo») sono a parte. I residenti per cittadinanza sono pubblicati per provincia e per 24 comuni: altrove la "
        "stima dà a ogni comune la parte della sua provincia che ha degli stranieri, e i conteggi per Ambito sono "
        "arrotondati a 5; vuoto dove sono meno di 5. «Contati nel comune» dice quanta parte non è "
        "stima; «Una ogni», quanti residenti per associazione che li nomina."
    )
    words = [asked.citizenship or "cittadinanze", asked.ambito or "lombardia", asked.activity]
    offer(
        community_words.file(table, known, asked, memory.ambiti()),
        "comunita",
        *words,
        title="Residenti per cittadinanza e associazioni trovate",
        source=community_words.SOURCE,
        id_column="ambito_id",
    )
    frame.sources("citizenship", "foreign_population", "associazioni")


if __name__ == "__main__":
    show()
