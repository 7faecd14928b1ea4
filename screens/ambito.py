"""Ambito: one Ambito's own page: map, people, desks, mediation, schools, minutes, and what we do not know."""

import geopandas as gpd
import pandas as pd
import streamlit as st
from streamlit_folium import st_folium

from analysis import coverage
from data.vocabularies import label
from geo.crs import DEGREES
from layers.base import Layers, base_map
from layers.legend import legend_html
from layers.style import PEOPLE_FILLS, number, percent
from screens import address, downloads, frame, memory
from screens.card import card_html, description, hours_in_words, languages_in_words
from screens.filters import Filters
from screens.map_layers import layers_for, legends_for
from screens.offer import offer

PAGE = "ambito"
CHOSEN = "ambito_scelto"
STRANGE = "ambito_ignoto"
MAP = "ambito_carta"
LIMIT = 30
MOST_CITIZENSHIPS = 6


def show() -> None:
    """The whole screen: choose an Ambito, then fetch and show its parts."""
    ambiti = memory.ambiti().sort_values("ambito")
    chosen = _choose(ambiti)
    if chosen is None:
        st.title("Ambito", anchor=False)
        frame.lead("Scegli un Ambito per vedere chi ci vive, quali servizi ha e che cosa manca.")
        return
    facts = ambiti.set_index("ambito_id").loc[chosen]
    st.title(facts["ambito"], anchor=False)
    _partner(facts)
    _people(chosen, facts)
    left, right = st.columns([1.4, 1], gap="large")
    with left:
        _map(chosen, facts)
    with right:
        _minutes(chosen)
    _comuni(chosen)
    _citizenships(facts)
    _desks(chosen)
    _mediation(chosen)
    _schools(chosen)
    _associations(chosen)
    _unknown(chosen)


def _choose(ambiti: pd.DataFrame) -> str | None:
    """The Ambito of the address, else the one chosen here last; the address follows the choice."""
    names = ambiti.set_index("ambito_id")["ambito"].to_dict()
    held = _query(st.session_state[CHOSEN]) if CHOSEN in st.session_state else None
    asked = address.opened(PAGE, ["ambito"], held)
    if asked is not None:
        code = asked.get("ambito")
        st.session_state[CHOSEN] = code if code in names else None
        st.session_state[STRANGE] = None if code in names else code
    if st.session_state.get(CHOSEN) is None and st.session_state.get(STRANGE):
        st.caption(
            f":material/info: Non conosciamo l'Ambito «{st.session_state[STRANGE]}»: scegline uno dall'elenco."
        )
    picked = st.selectbox(
        "Ambito",
        list(names),
        format_func=names.__getitem__,
        placeholder="Scegli un Ambito",
        index=None,
        key=CHOSEN,
    )
    chosen = None if picked is None else str(picked)
    address.keep(PAGE, ["ambito"], _query(chosen))
    return chosen


def _query(code: str | None) -> dict[str, str]:
    """The parameters that open an Ambito."""
    return {} if code is None else {"ambito": code}


def _partner(facts: pd.Series) -> None:
    said = f"Lab'Impact. {description('lab_impact_roles', facts['lab_impact_role'])}"
    led = f" Capofila: {facts['lead_body']}." if frame.known(facts["lead_body"]) else " Capofila non noto."
    frame.lead(said + led)
    frame.sources("ambiti")


def _people(chosen: str, facts: pd.Series) -> None:
    columns = st.columns(4)
    columns[0].metric("Residenti stranieri", number(facts["foreign_residents"]))
    columns[0].caption(f"{percent(facts['foreign_share'])} di {number(facts['residents'])} residenti")
    columns[1].metric("Di Paesi terzi (stima)", number(facts["third_country"]))
    columns[1].caption("dalla quota del comune, dove nota, o della provincia")
    comuni = memory.comuni()
    here = comuni.loc[comuni["ambito_id"] == chosen, "comune_code"]
    history = memory.table("foreign_history")
    since = history[history["comune_code"].isin(here)].groupby("year")["foreign_residents"].sum()
    columns[2].metric("Dal 2020 al 2025", _signed(int(since.iloc[-1] - since.iloc[0])))
    columns[2].caption(f"erano {number(since.iloc[0])} al 1° gennaio 2020")
    columns[3].metric("Comuni", number(facts["comuni"]))
    columns[3].caption(f"documentati da una pagina pubblica {int(facts['on_page'])} su {facts['comuni']}")
    frame.sources("foreign_population", "foreign_history", "ambito_comuni")


def _citizenships(facts: pd.Series) -> None:
    st.header(f"Cittadinanze più numerose nella provincia ({facts['province']})", anchor=False)
    comuni, known = memory.comuni(), memory.table("citizenship")
    code = comuni.loc[comuni["province"] == facts["province"], "province_code"].iloc[0]
    here = known[known["area_code"] == code].nlargest(MOST_CITIZENSHIPS, "residents")
    longest = float(here["residents"].max())
    counts = zip(here["citizenship"], here["residents"], strict=True)
    frame.bars([(str(name), count / longest, PEOPLE_FILLS[3], number(count)) for name, count in counts])
    st.caption("Per Ambito non sono pubblicate: questa è l'intera provincia.")
    frame.sources("citizenship")


def _signed(count: int) -> str:
    return ("+" if count > 0 else "−" if count < 0 else "") + number(abs(count))


def _map(chosen: str, facts: pd.Series) -> None:
    asked = Filters(ambito=chosen, ground="minutes", layers=("sportelli", "associazioni"))
    bounds = [float(edge) for edge in facts["geometry"].bounds]
    st_folium(
        base_map(label=f"Mappa: {facts['ambito']}; gli sportelli sono nell'elenco sotto"),
        key=MAP,
        height=430,
        use_container_width=True,
        returned_objects=["last_active_drawing"],
        feature_group_to_add=Layers(layers_for(asked), view=bounds),
    )
    for legend in legends_for(asked):
        st.html(legend_html(legend.title, legend.marks, note=legend.note))
    frame.link("mappa", "Apri nella mappa con tutti i livelli", ambito=chosen, sfondo="minutes")


def _minutes(chosen: str) -> None:
    st.subheader("Minuti in auto allo sportello più vicino", anchor=False)
    found = memory.access(by="ambito_id", limit=LIMIT)
    if chosen not in found.index:
        st.caption("Nessun punto abitato noto in questo Ambito.")
        return
    middle = found.loc[chosen]
    words = frame.minutes_words(middle["minutes_median"], middle["low"], middle["high"])
    st.metric("Mediana per i residenti stranieri", words)
    rows = []
    for mode, words in (("car", "in auto"), ("bike", "in bicicletta"), ("walk", "a piedi")):
        there = memory.access(by="ambito_id", limit=LIMIT, mode=mode).loc[chosen].to_dict()
        rows.append(
            {
                "Mezzo": words,
                f"Oltre {LIMIT} minuti": frame.people_words(there["people_beyond"]),
                "Quota": percent(there["share_beyond"]),
                "Mediana": frame.access_words(there),
            }
        )
    frame.table(pd.DataFrame(rows).set_index("Mezzo"), "Accesso con i tre mezzi")
    rank = coverage.underserved(found)
    if chosen in rank.index:
        place = list(rank.index).index(chosen) + 1
        st.markdown(
            f"È al **{place}° posto** su {len(found)} Ambiti per numero di stranieri oltre {LIMIT} minuti in auto."
        )
    frame.sources("foreign_population", "sportelli", also=frame.minutes_from("car", "bike", "walk"))


def _comuni(chosen: str) -> None:
    st.header("I comuni", anchor=False)
    names = memory.comuni().set_index("comune_code")
    names = names[names["ambito_id"] == chosen]
    table = names[["comune", "foreign_residents", "foreign_share", "snai_class"]].join(
        memory.access(limit=LIMIT)[["minutes_median", "low", "high", "people_beyond", "network"]]
    )
    table = table.sort_values(["people_beyond", "foreign_residents"], ascending=False)
    shown = pd.DataFrame(
        {
            "Comune": table["comune"],
            "Stranieri": table["foreign_residents"],
            "Su 100 residenti": (table["foreign_share"] * 100).round(1),
            "Minuti in auto": [frame.access_words(row) for row in table.to_dict("records")],
            f"Oltre {LIMIT} min": table["people_beyond"].map(frame.people_words),
            "Area interna": table["snai_class"].map(lambda code: label("snai_classes", code)),
        }
    )
    st.dataframe(shown, hide_index=True, alt="I comuni dell'Ambito con persone e minuti")
    shapes = gpd.GeoDataFrame(
        table.reset_index(), geometry=names.geometry.loc[table.index].to_numpy(), crs=DEGREES
    )
    offer(
        downloads.access_file(shapes, mode="car", limit=LIMIT),
        "comuni",
        chosen,
        title=f"Comuni dell'Ambito {chosen}: persone e minuti in auto allo sportello più vicino",
        source=downloads.SOURCE,
        id_column="comune_code",
    )
    frame.sources("foreign_population", "sportelli", "snai", also=frame.minutes_from("car"))


def _desks(chosen: str) -> None:
    desks = memory.sportelli()
    here = desks[desks["ambito_id"] == chosen].sort_values(["status", "name"])
    st.header(f"Sportelli e uffici ({len(here)})", anchor=False)
    if here.empty:
        st.markdown(
            "Non abbiamo trovato sportelli in questo Ambito. **Non vuol dire che non ce ne siano**: l'elenco è una "
            "raccolta iniziale, e il primo passo è chiedere all'Ambito."
        )
        frame.sources("sportelli")
        return
    shown = pd.DataFrame(
        {
            "Nome": here["name"],
            "Tipo": here["kind"].map(lambda code: label("service_kinds", code)),
            "Comune": here["comune"].fillna("non noto"),
            "Orari": frame.told(here["opening_hours"], hours_in_words, "non noti"),
            "Lingue": frame.told(here["languages"], languages_in_words, "non note"),
            "Prova": here["evidence"],
            "Stato": here["status"].map(lambda code: label("statuses", code)),
        }
    )
    picked = st.dataframe(
        shown,
        hide_index=True,
        key="ambito_sportelli",
        on_select="rerun",
        selection_mode="single-row",
        alt="Sportelli dell'Ambito: scegli una riga per aprire la scheda",
    )
    rows = picked["selection"]["rows"]
    if rows:
        st.html(card_html(here.iloc[rows[0]].to_dict()))
    else:
        st.caption("Scegli una riga per aprire la scheda.")
    frame.sources("sportelli")


def _mediation(chosen: str) -> None:
    rows = memory.table("mediazione")
    ours = rows["ambito_ids"].fillna("").str.split(";").map(lambda codes: chosen in codes)
    here = rows[ours]
    st.header(f"Mediazione linguistico-culturale ({len(here)})", anchor=False)
    if here.empty:
        st.markdown("Nessuna riga trovata per questo Ambito: **non vuol dire che la mediazione non ci sia**.")
    else:
        basis = {
            "nominato": "nomina l'Ambito",
            "comune": "un comune dell'Ambito",
            "provincia": "tutta la provincia",
        }
        frame.table(
            pd.DataFrame(
                {
                    "Chi": here["provider"],
                    "Dove": here["setting"].fillna("non noto").str.replace(";", ", "),
                    "Lingue": frame.told(here["languages"], languages_in_words, "non note"),
                    "Ore": frame.told(here["hours_published"], hours_in_words, "non pubblicate"),
                    "Copertura": here["ambito_basis"].map(basis).fillna("non nota"),
                    "Prova": here["evidence"],
                }
            ).set_index("Chi"),
            "Mediazione linguistico-culturale",
        )
    frame.sources("mediazione")


def _schools(chosen: str) -> None:
    schools = memory.scuole()
    here = schools[(schools["ambito_id"] == chosen) & schools["is_site"]]
    known = here.dropna(subset=["foreign_share"]).sort_values("foreign_share", ascending=False)
    st.header(f"Scuole ({len(here)})", anchor=False)
    pupils = number(int(here["pupils"].sum()))
    st.markdown(
        f"{pupils} alunni nelle scuole di cui si conosce il numero ({int(here['pupils'].notna().sum())}). "
        f"La quota di alunni stranieri è nota per **{len(known)}** scuole; per le altre **{len(here) - len(known)}** "
        "è ignota e non viene stimata."
    )
    if not known.empty:
        st.dataframe(
            pd.DataFrame(
                {
                    "Scuola": known["name"].fillna(known["school_id"]),
                    "Grado": known["level"].map(lambda code: label("school_levels", code)),
                    "Alunni": known["pupils"],
                    "Stranieri su 100": (known["foreign_share"] * 100).round(1),
                }
            ),
            hide_index=True,
            height=260,
            alt="Scuole con quota nota di alunni stranieri",
        )
    frame.sources("schools_state", "schools_paritarie", "pupils", "foreign_pupils")


def _associations(chosen: str) -> None:
    associations = memory.associazioni()
    here = associations[associations["ambito_id"] == chosen].sort_values("name")
    st.header(f"Associazioni ({len(here)})", anchor=False)
    if here.empty:
        st.markdown("Nessuna associazione trovata in questo Ambito: l'elenco è una raccolta iniziale.")
    else:
        frame.table(
            pd.DataFrame(
                {
                    "Nome": here["name"],
                    "Comune": here["comune"].fillna("non noto"),
                    "Comunità": here["communities"].fillna("non indicate").str.replace(";", ", "),
                    "Attività": here["activities"]
                    .fillna("non note")
                    .str.replace("_", " ")
                    .str.replace(";", ", "),
                    "Prova": here["evidence"],
                }
            ).set_index("Nome"),
            "Associazioni",
        )
    frame.sources("associazioni")


def _unknown(chosen: str) -> None:
    st.header("Che cosa non sappiamo di questo Ambito", anchor=False)
    desks, comuni = memory.sportelli(), memory.comuni()
    here = desks[desks["ambito_id"] == chosen]
    silent = int((here["phone"].isna() & here["email"].isna()).sum())
    doubtful = int((comuni.loc[comuni["ambito_id"] == chosen, "confidence"] == "low").sum())
    lines = [] if len(here) else ["Sportelli: nessuno in elenco; il primo passo è chiedere all'Ambito."]
    lines += [
        f"Orari: non noti per {int(here['opening_hours'].isna().sum())} sportelli su {len(here)}.",
        f"Lingue: non note per {int(here['languages'].isna().sum())} su {len(here)}.",
        f"Posizione: solo il centro del comune per {int((here['precision'] == 'settlement').sum())} su {len(here)}.",
        f"Recapiti: né telefono né e-mail per {silent} su {len(here)}.",
    ] * (len(here) > 0)
    quality = here["quality"].astype(float).mean()
    if not pd.isna(quality):
        lines.append(f"Schede: qualità media {number(quality, digits=2)} su 1.")
    if doubtful:
        which = "un comune è attribuito" if doubtful == 1 else f"{doubtful} comuni sono attribuiti"
        lines.append(f"Confini: {which} all'Ambito con poca sicurezza.")
    st.markdown("\n".join(f"- {line}" for line in lines))
    frame.sources("sportelli", "ambito_comuni")
    frame.link("qualita", "Come migliorare le schede, e chi chiamare per primo", ambito=chosen)


if __name__ == "__main__":
    show()
