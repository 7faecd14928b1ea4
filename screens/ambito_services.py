"""The page of an Ambito, what is there: desks, mediation, schools, and what is not known."""

import pandas as pd
import streamlit as st

from data.vocabularies import label
from layers.style import number
from screens import frame, memory, school_memory, school_words
from screens import schools as schools_asked
from screens.card import card_html, hours_in_words, languages_in_words


def desks(chosen: str) -> None:
    """The desks of the Ambito; a row opens its card."""
    every = memory.sportelli()
    here = every[every["ambito_id"] == chosen].sort_values(["status", "name"])
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


def mediation(chosen: str) -> None:
    """The rows of mediation that reach the Ambito."""
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


def schools(chosen: str) -> None:
    """Schools: what is known of their pupils, and those with a high share and little support."""
    every = memory.scuole()
    here = every[(every["ambito_id"] == chosen) & every["is_site"]]
    known = here.dropna(subset=["foreign_share"]).sort_values("foreign_share", ascending=False)
    st.header(f"Scuole ({len(here)})", anchor=False)
    pupils, hidden = number(int(here["pupils"].sum())), int(here["hidden"].sum())
    told = len(known) + hidden
    few = f" Di {hidden} non si mostra, perché gli alunni stranieri sono pochi." if hidden else ""
    st.markdown(
        f"{pupils} alunni nelle scuole di cui si conosce il numero ({int(here['pupils'].notna().sum())}). "
        f"La quota di alunni stranieri è nota per **{told}** scuole; per le altre **{len(here) - told}** "
        f"è ignota e non viene stimata.{few}"
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
    if known.empty:
        frame.link("scuole", "Che cosa si sa delle scuole, comune per comune", ambito=chosen, vista="comuni")
    else:
        _little_support(chosen)
    frame.sources("schools_state", "schools_paritarie", "pupils", "foreign_pupils")


def _little_support(chosen: str) -> None:
    """Schools of the Ambito with a high share and little support near: reckoned when it is opened."""
    asked = schools_asked.Asked(ambito=chosen)
    words = "Quali hanno una quota alta e poco sostegno vicino"
    with st.expander(words, key=f"ambito_sostegno_{chosen}", on_change="rerun") as box:
        if box.open:
            here = schools_asked.of_ambito(school_memory.around().schools, chosen)
            facts = schools_asked.facts(here, school_memory.ranked(asked))
            st.markdown(school_words.finding(facts, asked))
    frame.link("scuole", "Scuole, sostegni vicini e graduatoria", **schools_asked.write(asked))


def unknown(chosen: str) -> None:
    """What is not known of the Ambito, and the way to whom to call."""
    st.header("Che cosa non sappiamo di questo Ambito", anchor=False)
    every, comuni = memory.sportelli(), memory.comuni()
    here = every[every["ambito_id"] == chosen]
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
