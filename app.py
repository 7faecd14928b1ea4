"""The Streamlit frame: navigation, the look of every page, and the one door for errors."""

import streamlit as st

from errors import AtlasError
from layers.base import ASSETS
from screens import address, feeds, memory
from screens.errors import sentence
from screens.frame import STYLE, footer

TITLE = "Atlante dei servizi per l'integrazione"


REGISTRY = {
    "registro": ("Registro", ":material/folder_open:"),
    "importa": ("Importa", ":material/upload_file:"),
    "conferme": ("Da confermare", ":material/event_repeat:"),
    "qualita": ("Qualità", ":material/fact_check:"),
    "doppioni": ("Doppioni", ":material/join:"),
    "segnalazioni": ("Segnalazioni", ":material/flag:"),
    "ricerche": ("Ricerche senza risposta", ":material/search_off:"),
    "entra": ("Entra", ":material/login:"),
}
"""The pages of those who keep the registry: the menu shows the first, and each shows the way to the others."""


def pages() -> dict[str, st.Page]:
    """The pages by their name in the address."""
    kept = {
        name: st.Page(
            f"screens/{name}.py",
            title=title,
            icon=icon,
            visibility="visible" if name == "registro" else "hidden",
        )
        for name, (title, icon) in REGISTRY.items()
    }
    return {
        "panorama": st.Page(
            "screens/panorama.py", title="Panorama", icon=":material/insights:", default=True
        ),
        "mappa": st.Page("screens/mappa.py", title="Mappa", icon=":material/map:"),
        "tempi": st.Page("screens/tempi.py", title="Tempi di viaggio", icon=":material/timer:"),
        "accesso": st.Page("screens/accesso.py", title="Accesso", icon=":material/directions_walk:"),
        "divari": st.Page("screens/divari.py", title="Divari", icon=":material/difference:"),
        "scuole": st.Page("screens/scuole.py", title="Scuole", icon=":material/school:"),
        "comunita": st.Page("screens/comunita.py", title="Comunità", icon=":material/groups:"),
        "ambito": st.Page("screens/ambito.py", title="Ambito", icon=":material/location_city:"),
        **kept,
        "fonti": st.Page("screens/fonti.py", title="Fonti", icon=":material/menu_book:"),
    }


def rooms(named: dict[str, st.Page]) -> None:
    """The way to each page of the registry."""
    with st.container(horizontal=True, key="registry_rooms"):
        for name, (title, icon) in REGISTRY.items():
            st.page_link(named[name], label=title, icon=icon)


def main() -> None:
    """Draw the page that was asked for; an error of ours becomes one Italian sentence."""
    st.set_page_config(page_title=TITLE, page_icon=str(ASSETS / "icon.svg"), layout="wide")
    st.html(STYLE)
    named = st.session_state["pages"] = pages()
    page = st.navigation(list(named.values()), position="top")
    address.arrive(page.url_path or "panorama")
    if memory.renewed():
        feeds.forget()
    try:
        if fault := memory.network_fault():
            st.warning(f"{sentence(fault)} Finché non è a posto, risponde la sola rete stimata.")
        if silent := memory.registry_fault():
            st.warning(
                f"{sentence(silent)} Intanto gli elenchi sono quelli di partenza, e non si modificano."
            )
        if page.url_path in REGISTRY:
            rooms(named)
        page.run()
    except AtlasError as fault:
        st.error(sentence(fault), icon=":material/error:")
    footer()


main()
