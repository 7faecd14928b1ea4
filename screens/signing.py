"""Who is looking at the registry's pages: the pass or link they show, and what the pages may offer them."""

import datetime as dt
from collections.abc import Mapping
from html import escape
from typing import Final

import streamlit as st

from data.registry import links, people
from data.registry.rights import LINK, Actor, known_as
from data.registry.rights import may as _may
from errors import AtlasError, NotAllowed, PassRefused, SignInRefused
from screens import address, memory, report_words
from screens.errors import NO_PASS, sentence

TOKEN: Final = "signing_token"
"""Where the visit keeps the pass or link; it is never in the address or in a cookie."""
INVITATION: Final = "invito"
"""The parameter of a personal link; it is taken out of the address at once."""
VOUCHED: Final = "signing_vouched"
"""That this visit has already asked what OIDC says of whoever looks, and why it was refused (if it was)."""
ROLES: Final = {
    "regione": "Redazione regionale",
    "ambito": "Redazione di Ambito",
    "gestore": "Collegamento personale",
}
"""What somebody is, in words."""

WHOLE_NAMES: Final = """<style>
[data-testid="stExpander"] [data-testid="stPageLink-NavLink"] * { white-space: normal; }
[class*="st-key-signing_open_"] p { text-align: left; }
</style>"""
"""Long names go on a second line where the window is narrow, rather than being cut."""


def token() -> str | None:
    """The pass or link of this visit; nothing for who only reads."""
    if INVITATION in st.query_params:
        st.session_state[TOKEN] = st.query_params[INVITATION]
        if not st.session_state[TOKEN].startswith(LINK):
            st.session_state[TOKEN] = f"{LINK}{st.session_state[TOKEN]}"
        del st.query_params[INVITATION]
    if TOKEN not in st.session_state and identity() and VOUCHED not in st.session_state:
        _vouch()
    shown: str | None = st.session_state.get(TOKEN)
    return shown


def _vouch() -> None:
    """Take a pass for the identity that OIDC vouches for; once a visit, with why not where it is refused."""
    st.session_state[VOUCHED] = None
    said = _claims()
    at = dt.datetime.fromtimestamp(float(str(said.get("iat", 0))), dt.UTC)
    try:
        st.session_state[TOKEN] = people.sign_in_vouched(memory.registry(), identity() or "", at=at)
    except (SignInRefused, PassRefused) as fault:
        st.session_state[VOUCHED] = fault.why if isinstance(fault, PassRefused) else "unknown"


def _claims() -> Mapping[str, object]:
    """What the OpenID provider said of whoever looks; empty where nobody came in that way."""
    said = st.user.to_dict()
    return said if said.get("is_logged_in") else {}


def identity() -> str | None:
    """The identity that OIDC vouches for in this visit, as ``issuer subject``; nothing without one."""
    said = _claims()
    return f"{said['iss']} {said['sub']}" if said.get("iss") and said.get("sub") else None


def why_not_vouched() -> str | None:
    """Why the identity of OIDC is let into nothing: ``unknown``, or a word of ``people.NO_PASS``."""
    token()
    found: str | None = st.session_state.get(VOUCHED)
    return found


def providers() -> list[str]:
    """The OpenID providers that the settings name, as ``st.login`` wants them; none where there are none."""
    told = st.secrets.get("auth", {}) if st.secrets.load_if_toml_exists() else {}
    named = [name for name, one in told.items() if isinstance(one, Mapping) and "client_id" in one]
    return ["default"] * ("client_id" in told) + [one for one in named if one != "default"]


def sign_in(name: str, password: str) -> None:
    """Come in by name and password; raises as ``people.sign_in``."""
    keep(people.sign_in(memory.registry(), name, password))


def keep(shown: str) -> None:
    """Keep a pass for this visit."""
    st.session_state[TOKEN] = shown


def sign_out() -> None:
    """Forget the pass or link of this visit; whoever came by OIDC goes out there too."""
    st.session_state.pop(TOKEN, None)
    if identity():
        st.session_state[VOUCHED] = None
        st.logout()


def me() -> Actor | None:
    """Who it is, as the registry knows them now; nothing for who only reads or whose pass no longer holds."""
    try:
        return known_as(memory.registry(), token())
    except (NotAllowed, PassRefused):
        return None


def may(verb: str, kind: str, key: str) -> bool:
    """Whether to offer this to whoever looks; ``verb`` as ``rights.allow`` has it."""
    return token() is not None and _may(memory.registry(), token(), verb, kind, key)


def editing_is_on() -> bool:
    """Whether anybody at all may edit here."""
    return people.editing_is_on(memory.registry())


def refused() -> str | None:
    """Why the pass or link of this visit does not hold, in a sentence; nothing if it does or there is none."""
    shown = token()
    try:
        if shown is not None:
            known_as(memory.registry(), shown)
    except PassRefused as fault:
        if not shown or not shown.startswith(LINK):
            return sentence(fault)
        why = NO_PASS.get(fault.why, fault.why)
        return (
            f"Il collegamento personale non vale: {why}. Chiedine un altro a chi te l'ha mandato; "
            "intanto il registro si può leggere."
        )
    return None


def door() -> None:
    """One quiet line at the top of a page of the registry: who you are, or how to come in.

    Whoever came by a personal link finds here their records as well.
    """
    actor, fault = me(), refused()
    if fault:
        st.warning(fault, icon=":material/link_off:")
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.html(f'<small style="color:#4a585c">{escape(_who_words(actor))}</small>', width="content")
        if "entra" in st.session_state.get("pages", {}) and st.session_state.get(address.HERE) != "entra":
            st.page_link(
                st.session_state["pages"]["entra"],
                label="Entra" if actor is None else "Il tuo accesso",
                icon=":material/login:" if actor is None else ":material/person:",
            )
        report_words.way(token())
    if actor is not None and actor.role == "gestore":
        with st.expander(
            "Le tue schede", icon=":material/edit_note:", expanded="scheda" not in st.query_params
        ):
            own_records()


def _who_words(actor: Actor | None) -> str:
    """Who looks, in one sentence."""
    if actor is not None:
        name = links.called(memory.registry(), token())
        if actor.role != "gestore":
            return f"{ROLES[actor.role]}: {name}."
        return f"Collegamento personale di {name}: puoi cambiare {_counted(len(_own()))}."
    if not editing_is_on():
        return "Il registro si può solo leggere: nessuno ha ancora un accesso."
    return "Stai leggendo il registro: per cambiarlo serve un accesso."


def _counted(many: int) -> str:
    return "una scheda" if many == 1 else f"{many} schede"


def _own() -> list[links.Named]:
    """The records of the link that is shown; none where it does not hold."""
    try:
        return links.reached(memory.registry(), token())
    except AtlasError:
        return []


def own_records() -> None:
    """The records of a personal link, each with the way to its form."""
    found = _own()
    if not found:
        st.caption("Le schede di questo collegamento non ci sono più.")
    st.html(WHOLE_NAMES)
    for one in found:
        record_link(one)


def record_link(one: links.Named) -> None:
    """The way to the form of a record; only its name where the page is not there."""
    label = plain(one.name)
    if "registro" not in st.session_state.get("pages", {}):
        st.caption(label)
        return
    where = {"scheda": f"{one.kind}/{one.key}", "modo": "modifica"}
    if st.session_state.get(address.HERE) == "registro":
        # a link to the page one is on shows it once, and leaves the address as it was
        st.button(
            label, key=f"signing_open_{one.kind}_{one.key}", icon=":material/edit:", type="tertiary",
            on_click=_open, args=(where,),
        )  # fmt: skip
        return
    st.page_link(
        st.session_state["pages"]["registro"], label=label, icon=":material/edit:", query_params=where
    )


def _open(where: Mapping[str, str]) -> None:
    """Make the address of this page say this as well."""
    st.query_params.from_dict(st.query_params.to_dict() | dict(where))


MARKDOWN: Final = str.maketrans({letter: f"\\{letter}" for letter in r"\`*_{}[]()<>#+!|~:$-"})


def plain(text: str) -> str:
    """A text of a record where Streamlit would read markdown."""
    return text.translate(MARKDOWN)
