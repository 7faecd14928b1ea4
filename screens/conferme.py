"""Da confermare: what nobody has confirmed lately, by Ambito; one click to say it is still true; campaigns."""

from collections import Counter
from typing import Final

import pandas as pd
import streamlit as st

from data.registry import freshness, outbox
from data.registry.freshness import CONFIRMED, NEVER, OVERDUE
from layers.style import number
from screens import ask_registry, campaign_form, frame, memory, overdue, signing
from screens.ask_registry import ambito_words

PAGE: Final = "conferme"
STATES: Final = {NEVER: "mai confermate", OVERDUE: "da riconfermare", CONFIRMED: "confermate"}


def show() -> None:
    """The whole screen: fetch, ask, show."""
    st.title("Da confermare", anchor=False)
    frame.lead(
        "Chi cerca un servizio si fida di orari e recapiti solo se qualcuno, di recente, ha detto che sono ancora "
        "giusti. Ogni scheda si conferma dopo 1, 3, 6 o 12 mesi."
    )
    signing.door()
    ambito = ask_registry.ambito(PAGE)
    _counts(ambito)
    overdue.show(PAGE, ambito)
    campaign_form.show()
    _post()
    frame.sources(also=f"Registro dell'atlante al {memory.registry().today():%d/%m/%Y}")


def _counts(ambito: str | None) -> None:
    """How many records are in each state: here, and in each Ambito where all are shown."""
    found = _by_ambito(memory.stamp(), memory.registry().today().isoformat())
    here = found.get(ambito, Counter()) if ambito else sum(found.values(), Counter())
    for column, (state, words) in zip(st.columns(3), STATES.items(), strict=True):
        column.metric(words.capitalize(), number(here[state]))
    if ambito is None:
        _table(found)


@st.cache_resource(show_spinner=False, max_entries=2)
def _by_ambito(stamp: str, day: str) -> dict[str | None, Counter[str]]:  # noqa: ARG001
    return freshness.by_ambito(memory.registry())


def _table(found: dict[str | None, Counter[str]]) -> None:
    """Every Ambito, the one with most to do first."""
    order = sorted(found, key=lambda code: (-found[code][NEVER] - found[code][OVERDUE], ambito_words(code)))
    rows = pd.DataFrame(
        {
            "Ambito": [ambito_words(code) for code in order],
            "Confermate": [found[code][CONFIRMED] / found[code].total() for code in order],
            **{
                f"{words.capitalize()} (n.)": [found[code][state] for code in order]
                for state, words in STATES.items()
            },
        }
    )
    with st.expander("Per Ambito", icon=":material/bar_chart:", expanded=True):
        st.dataframe(
            rows,
            hide_index=True,
            height=280,
            column_config={
                "Confermate": st.column_config.ProgressColumn(
                    format="percent",
                    min_value=0,
                    max_value=1,
                    width="medium",
                    help="Quota delle schede confermate",
                )
            },
            alt="Schede confermate e da confermare per Ambito",
        )


def _post() -> None:
    """How many letters wait, and whether they can leave; nothing of what they say or to whom."""
    letters = outbox.outbox(memory.registry())
    st.header("Lettere", anchor=False)
    said = f"In attesa di partire: {number(letters.waiting)}. Già inviate: {number(letters.sent)}."
    if letters.stuck:
        said += f" **Da guardare: {number(letters.stuck)}**, non partite e non ritentate."
    st.markdown(said)
    if outbox.configured() is None:
        st.caption(
            ":material/info: La posta non è configurata: promemoria e lettere restano qui, pronti da inviare, finché "
            "chi gestisce l'atlante non indica un server."
        )
    else:
        st.caption("La posta è configurata: le lettere partono al prossimo giro.")


if __name__ == "__main__":
    show()
