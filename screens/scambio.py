"""Taking the registry away: a button a format, made when somebody asks for it, and what each cannot hold."""

from collections.abc import Callable
from functools import partial

import streamlit as st

from data.registry import standards
from data.registry.standards import Positions
from screens import exchange_words, frame, memory, signing


def show(ambito_id: str | None) -> None:
    """The section: of one Ambito, or of the whole registry."""
    st.subheader("Porta via il registro", anchor=False)
    of = "di questo Ambito" if ambito_id else "di tutta la regione"
    st.caption(
        f"Le schede {of}, con la fonte e la licenza nel file. Restano qui gli utenti, la storia delle modifiche, "
        "le schede messe da parte e quelle con prova debole (D), che escono solo se lo chiede chi ha un accesso."
    )
    public = not (
        signing.me() is not None and st.toggle("Anche le schede con prova debole (D)", key="scambio_deboli")
    )
    where, day = positions(), memory.registry().today().isoformat()
    with st.container(horizontal=True):
        for one in standards.formats():
            st.download_button(
                exchange_words.NAMES[one.code],
                _maker(one.code, ambito_id, where, public=public),
                standards.file_name(one.code, day, ambito_id),
                one.mime,
                icon=":material/download:",
                help=exchange_words.FOR_WHAT[one.code],
                on_click="ignore",
                key=f"scambio_{one.code}",
            )
    with st.expander("Che cosa non ci sta", icon=":material/rule:"):
        st.caption(
            "Ogni formato tiene quello per cui ha un posto. Quello che «resta da parte» torna indietro quando il file "
            "rientra nell'atlante, ma gli altri programmi non lo leggono. Chi ha confermato non esce mai; la data di "
            "conferma esce, ma un file che rientra non conferma nulla."
        )
        frame.table(exchange_words.losses(), "Che cosa non ci sta nei formati di scambio")


def _maker(code: str, ambito_id: str | None, where: Positions, *, public: bool) -> Callable[[], bytes]:
    """What makes the file, asked only when the button is pressed."""
    return partial(
        standards.export, memory.registry(), code, ambito_id=ambito_id, public=public, positions=where
    )


def positions() -> Positions:
    """Where desks and associations are thought to be, for those whose point nobody put."""
    found: dict[str, tuple[float, float, str]] = {}
    for table, key in (
        (memory.sportelli(), "sportello_id"),
        (memory.associazioni(), "associazione_id"),
    ):
        known = table[table.geometry.notna() & ~table.geometry.is_empty]
        points = known.geometry
        found |= {
            str(code): (round(float(x), 6), round(float(y), 6), str(precision))
            for code, x, y, precision in zip(known[key], points.x, points.y, known["precision"], strict=True)
        }
    return found
