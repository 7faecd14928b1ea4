"""The Streamlit frame: navigation, the look of every page, and the one door for errors."""

import streamlit as st

from errors import AtlasError
from layers.base import ASSETS
from screens import address, feeds, memory
from screens.errors import sentence
from screens.frame import STYLE, footer

TITLE = "Atlante dei servizi per l'integrazione"


def pages() -> dict[str, st.Page]:
    """The pages by their name in the address."""
    return {
        "panorama": st.Page(
            "screens/panorama.py", title="Panorama", icon=":material/insights:", default=True
        ),
        "mappa": st.Page("screens/mappa.py", title="Mappa", icon=":material/map:"),
        "tempi": st.Page("screens/tempi.py", title="Tempi di viaggio", icon=":material/timer:"),
        "ambito": st.Page("screens/ambito.py", title="Ambito", icon=":material/location_city:"),
        "fonti": st.Page("screens/fonti.py", title="Fonti", icon=":material/menu_book:"),
    }


def main() -> None:
    """Draw the page that was asked for; an error of ours becomes one Italian sentence."""
    st.set_page_config(page_title=TITLE, page_icon=str(ASSETS / "icon.svg"), layout="wide")
    st.html(STYLE)
    st.session_state["pages"] = pages()
    page = st.navigation(list(st.session_state["pages"].values()), position="top")
    address.arrive(page.url_path or "panorama")
    if memory.renewed():
        feeds.forget()
    try:
        if fault := memory.network_fault():
            st.warning(f"{sentence(fault)} Finché non è a posto, risponde la sola rete stimata.")
        page.run()
    except AtlasError as fault:
        st.error(sentence(fault), icon=":material/error:")
    footer()


main()
