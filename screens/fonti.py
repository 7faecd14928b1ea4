"""Fonti: where every figure comes from, of when, under which licence, and what was set aside."""

from typing import Any

import pandas as pd
import streamlit as st

from data import catalog
from data.label import Label, in_words, read_label
from geo import bands
from layers.style import number
from screens import downloads, frame, memory
from screens.filters import MODE_WORDS


def show() -> None:
    """The whole screen: fetch, show."""
    st.title("Fonti", anchor=False)
    frame.lead(
        "Ogni cifra dell'atlante viene da una di queste fonti. Per ciascuna: chi la produce, di quando è, "
        "con quale licenza, quante righe sono entrate e quante sono state messe da parte, e perché."
    )
    report = catalog.report()
    labels = [read_label(name) for name in catalog.DATASETS]
    table = _table(labels, report)
    st.dataframe(
        table,
        hide_index=True,
        height=420,
        alt="Le fonti con produttore, data, licenza e righe",
        column_config={"Pagina": st.column_config.LinkColumn("Pagina", display_text="apri")},
    )
    st.download_button(
        "Scarica l'elenco delle fonti (CSV)",
        lambda: downloads.as_csv(table),
        "fonti_atlante.csv",
        "text/csv",
        icon=":material/download:",
        on_click="ignore",
    )
    _methods()
    _streets()
    _derived(report)
    st.header("Una per una", anchor=False)
    for label in labels:
        _one(label, report.get(label.dataset))


def _table(labels: list[Label], report: dict[str, Any]) -> pd.DataFrame:
    rows = []
    for label in labels:
        said = report.get(label.dataset, {})
        rows.append(
            {
                "Fonte": label.title,
                "Produttore": label.producer,
                "Dati al": in_words(label.reference_date),
                "Licenza": label.licence,
                "Righe entrate": said.get("rows_in"),
                "Tenute": said.get("kept"),
                "Messe da parte": sum(said["aside"].values()) if said else None,
                "Pagina": label.url or None,
            }
        )
    counts = ["Righe entrate", "Tenute", "Messe da parte"]
    return pd.DataFrame(rows).astype(dict.fromkeys(counts, "Int64"))


def _one(label: Label, said: dict[str, Any] | None) -> None:
    with st.expander(label.title):
        st.markdown(f"**Che cosa è una riga:** {label.rows_are}. **Attribuzione:** {label.attribution}.")
        if label.via:
            st.caption(label.via)
        if said is None:
            st.markdown("**Questo file non c'è ancora:** ciò che direbbe resta ignoto.")
        else:
            st.markdown(_rows(said))
        st.markdown(f"**Limiti.** {label.limits}")
        st.markdown(f"**Come riaverla**\n\n{label.how}")


def _rows(said: dict[str, Any]) -> str:
    whole = f"**Righe:** {number(said['rows_in'])} entrate, {number(said['kept'])} tenute"
    if not said["aside"]:
        return whole + ", nessuna messa da parte."
    why = "; ".join(f"{number(count)} {reason}" for reason, count in said["aside"].items())
    return f"{whole}, {number(sum(said['aside'].values()))} messe da parte: {why}."


DERIVED = {
    "settlements": "Centri abitati: luoghi di OpenStreetMap e località ISTAT, senza doppioni",
    "network_nodes": "Rete stimata: nodi",
    "network_edges": "Rete stimata: tratti",
    "scuole": "Scuole: i due registri, con gli alunni",
    "positions": "Posizioni di sportelli, associazioni, scuole e CPIA",
    "demand": "Punti di domanda: dove vivono residenti e stranieri",
}


def _derived(report: dict[str, Any]) -> None:
    st.header("Tabelle fatte da noi con queste fonti", anchor=False)
    titles = {name: read_label(name).title for name in catalog.DATASETS}
    rows = [
        {
            "Tabella": DERIVED[name],
            "Righe": number(report[name]["rows"]),
            "Fatta con": "; ".join(
                titles.get(used) or DERIVED[used] for used in report[name]["derived_from"]
            ),
        }
        for name in DERIVED
    ]
    frame.table(pd.DataFrame(rows).set_index("Tabella"), "Tabelle fatte da noi")


def _methods() -> None:
    st.header("Come sono fatte le stime", anchor=False)
    st.markdown(
        "- **Punti di domanda.** Residenti e stranieri di ogni comune (1° gennaio 2025) sono distribuiti tra i suoi "
        "centri abitati in proporzione agli abitanti; nella città metropolitana di Milano sulla griglia di 500 metri "
        "del censimento 2021. Le somme per comune sono esatte. Si assume che gli stranieri vivano dove vivono tutti: "
        "non sempre è vero.\n"
        "- **Cittadini di Paesi terzi.** Quota nota per 24 comuni; per gli altri la quota del resto della provincia.\n"
        "- **Posizioni.** Coordinate della fonte; altrimenti lo stesso indirizzo, o la stessa via, in un elenco locale "
        "di indirizzi aperti (scuole, biblioteche, fermate); altrimenti il centro del comune. Ogni scheda dice con "
        "quale precisione.\n"
        "- **Minuti.** Sulle strade di OpenStreetMap, se una rete è in uso e dove arriva; altrove su una rete "
        "stimata. Ogni cifra dice quale rete ha risposto.\n"
        "- **Rete stimata.** Unisce i centri abitati vicini e le strade principali disegnate a mano, tarata "
        "sui minuti ufficiali al polo più vicino: nessun tratto attraversa un crinale o un lago, salvo i battelli di "
        "Monte Isola. Non sono strade reali: ogni tempo porta la sua banda.\n"
        "- **Conteggi piccoli.** Le stime tra 1 e 4 persone non si mostrano."
    )


def _streets() -> None:
    st.header("La rete di strade", anchor=False)
    streets = memory.networks().streets
    if streets is None:
        st.markdown(
            "Nessuna rete di strade è in uso: tutti i minuti sono della rete stimata. Per portarne una da "
            "OpenStreetMap: `python3 run.py network build`, poi `network use` (istruzioni nel README)."
        )
        return
    about = streets.about
    data = f"Dati del {in_words(about.date)}" if about.date else "Dati di data ignota"
    st.markdown(
        f"È in uso la rete «{about.name}»: {about.source}. {data}, fatta il "
        f"{in_words(about.made)} con le regole {about.rules}. {' '.join(about.notes)}"
    )
    rows = [
        {
            "Mezzo": MODE_WORDS[mode],
            "Nodi": number(one.nodes),
            "Tratti": number(one.edges),
            "Chilometri": number(one.km),
            "Nodi in frammenti isolati": number(one.dead),
        }
        for mode, one in about.counts.items()
    ]
    frame.table(pd.DataFrame(rows).set_index("Mezzo"), "La rete di strade in uso, per mezzo")
    modes = [bands.caveat(mode, streets.label) for mode in streets.modes]
    st.caption(f"{'; '.join(dict.fromkeys(filter(None, modes))).capitalize()}.")


if __name__ == "__main__":
    show()
