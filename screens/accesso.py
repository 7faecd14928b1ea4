"""Accesso: who reaches a desk as they need it, for sure and perhaps; the question above, one of four views below."""

from collections.abc import Callable
from typing import Final

import streamlit as st

from screens import accesso_gruppi, accesso_lingue, accesso_mappa, ask_need, frame, misure
from screens.need import Need

PAGE: Final = "accesso"
VIEWS: Final = {
    "mappa": "Mappa e tabella",
    "lingue": "Lingue",
    "gruppi": "Gruppi",
    "misure": "Misure a confronto",
}
SHOWN: Final[dict[str, Callable[[Need], None]]] = {
    "mappa": accesso_mappa.show,
    "lingue": accesso_lingue.show,
    "gruppi": accesso_gruppi.show,
    "misure": misure.show,
}


def show() -> None:
    """The whole screen: ask, then the chosen view."""
    st.title("Accesso", anchor=False)
    frame.lead(
        "In quanti minuti si arriva a uno sportello aperto quando si può andare, che parla la propria lingua, offre "
        "ciò che serve e riceve chi abita lì. Confermato è ciò che si sa; possibile comprende ciò che non si sa."
    )
    asked = ask_need.ask(PAGE)
    view = frame.choice("Vista", "vista", tuple(VIEWS), "mappa", VIEWS.__getitem__, page=PAGE)
    with st.container(key=f"accesso_{view}"):
        SHOWN[view](asked)


if __name__ == "__main__":
    show()
