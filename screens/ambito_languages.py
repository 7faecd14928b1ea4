"""The page of an Ambito, languages: the largest there, and the desks that are known to speak them."""

from typing import Final

import pandas as pd
import streamlit as st

from analysis import disclosure, speakers
from layers.style import number
from screens import frame, language_answers, language_need, memory
from screens.memory import KEPT_ANSWERS
from screens.need import Need

MOST: Final = 6
"""How many languages are shown."""


def show(chosen: str) -> None:
    """The largest languages there, and the desks of the Ambito that are known to speak them."""
    st.header("Lingue", anchor=False)
    spoken = largest(chosen)
    if spoken.empty:
        st.caption("Nessun residente straniero noto.")
        return
    setting = memory.setting(Need())
    here = setting.desks.index[setting.desks["ambito_id"] == chosen]
    ours = setting._replace(offers=setting.offers.only(here))
    rows = {}
    for code, row in spoken.iterrows():
        known = language_need.desks(ours, str(code))
        rows[language_need.name(str(code)).capitalize()] = {
            "Persone (stima)": frame.people_words(row["estimate"]),
            "Da, a": f"{frame.people_words(row['low'])} – {frame.people_words(row['high'])}",
            "Sportelli che la parlano": number(known["speak"]),
            "Che non dicono quali": number(known["silent"]),
        }
    frame.table(pd.DataFrame.from_dict(rows, orient="index").rename_axis("Lingua"), "Lingue più parlate")
    st.caption(
        f"Stima dalle cittadinanze e dalle lingue di ogni Paese. Contano {len(here)} sportelli dell'Ambito: chi non "
        "dice quali lingue parla può parlarle."
    )
    frame.sources("citizenship", "citizenship_languages", "sportelli")
    frame.link(
        "accesso",
        "Chi parla una lingua e non trova uno sportello che la parli",
        ambito=chosen,
        vista="lingue",
    )


def largest(chosen: str, *, most: int = MOST) -> pd.DataFrame:
    """The languages of most people of an Ambito: ``low``, ``estimate``, ``high`` as they may be shown."""
    of = memory.comuni().set_index("comune_code")["ambito_id"]
    return _largest(chosen, most, tuple(of.index[of == chosen]))


@st.cache_resource(show_spinner=False, max_entries=KEPT_ANSWERS)
def _largest(chosen: str, most: int, comuni: tuple[str, ...]) -> pd.DataFrame:  # noqa: ARG001
    people = language_answers.spoken().people
    here = people[people.index.get_level_values("comune_code").isin(list(comuni))]
    told: pd.DataFrame = speakers.largest(here, most=most).apply(disclosure.counts)
    return told[told["estimate"].notna()]
