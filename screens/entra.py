"""Entra: how to come in and go out, what one may change, one's own password, and the personal links one gave."""

from typing import Final

import streamlit as st
from streamlit.errors import StreamlitAuthError

from data.registry import people
from data.registry.people import PASS_HOURS, SHORTEST, Person
from data.registry.rights import Actor
from errors import AtlasError
from screens import filters, frame, links_given, memory, signing
from screens.errors import NO_PASS, sentence

FAULT: Final = "entra_fault"
"""What the last form answered, to be shown once."""
OUTCOMES: Final = {
    "rifiutato": "L'accesso è stato rifiutato o interrotto dal servizio che identifica.",
    "non-riuscito": "L'accesso non è riuscito: la risposta non era quella attesa. Riprova da questa pagina.",
    "non-risponde": "Il servizio che identifica non risponde. Riprova più tardi.",
}
"""What ``server.py`` says in the address of whoever comes back without having come in."""


def show() -> None:
    """The whole screen."""
    st.title("Entra", anchor=False)
    actor = signing.me()
    _told(actor)
    if actor is None:
        _outside()
    elif actor.role == "gestore":
        _by_link()
    else:
        _inside(actor)


def _told(actor: Actor | None) -> None:
    """What went wrong before, said once."""
    outcome = "" if actor else st.query_params.get("esito", "")
    fault = st.session_state.pop(FAULT, None) or signing.refused() or OUTCOMES.get(outcome)
    if fault:
        st.error(fault, icon=":material/error:")
    why = signing.why_not_vouched()
    if why == "unknown":
        st.warning(
            "Il servizio del tuo ente ti riconosce, ma nessun utente attivo del registro ha la tua identità. "
            'Mandala alla redazione regionale, che ti aggiunge con `python3 run.py user add NOME --oidc "IDENTITÀ"`:',
            icon=":material/person_off:",
        )
        st.code(signing.identity() or "", language=None, wrap_lines=True)
    elif why:
        st.warning(
            f"Il riconoscimento non vale più: {NO_PASS[why]}. Entra di nuovo.", icon=":material/timer_off:"
        )


def _outside() -> None:
    """For whoever only reads."""
    if not signing.editing_is_on():
        _nobody_yet()
        return
    frame.lead(
        "Il registro si legge senza entrare. Per cambiarlo serve un accesso: lo dà la redazione regionale."
    )
    by_oidc = signing.providers()
    for provider in by_oidc:
        words = "Entra con il servizio del tuo ente" if provider == "default" else f"Entra con {provider}"
        if st.button(words, key=f"entra_oidc_{provider}", icon=":material/badge:", type="primary"):
            _login(provider)
    if signing.identity():
        st.button("Esci", on_click=signing.sign_out, icon=":material/logout:")
    with st.container(border=True, width=460):
        st.subheader("Con nome e parola d'ordine", anchor=False)
        with st.form("entra_form", border=False):
            st.text_input("Nome", key="entra_name", autocomplete="username")
            st.text_input(
                "Parola d'ordine", key="entra_password", type="password", autocomplete="current-password"
            )
            st.form_submit_button("Entra", on_click=_enter, type="primary" if not by_oidc else "secondary")
    st.caption(
        f"L'accesso vale per questa visita, al più {PASS_HOURS} ore: ricaricando la pagina si entra di nuovo. "
        "Non lascia cookie nel browser."
        + (
            " Solo chi entra con il servizio del proprio ente ne riceve uno, che lo riconosce finché non esce."
            * bool(by_oidc)
        )
    )
    st.caption(
        "Chi gestisce uno sportello o un'associazione non ha bisogno di parola d'ordine: chieda alla redazione del suo "
        "Ambito un collegamento personale."
    )


def _nobody_yet() -> None:
    """How the first account is made."""
    frame.lead("Il registro si può leggere, ma non ancora cambiare: nessuno ha un accesso.")
    st.markdown(
        "Il primo utente si fa sulla macchina dove gira l'atlante, che chiede la parola d'ordine due volte:"
    )
    st.code(
        "python3 run.py user add NOME --role regione\npython3 run.py user add NOME --role ambito --ambito bergamo",
        language=None,
        wrap_lines=True,
    )
    st.caption(
        "`regione` cambia tutte le schede, `ambito` quelle dei suoi Ambiti. Non esiste una parola d'ordine iniziale. "
        "Altri modi, anche con il servizio di identità dell'ente (OpenID Connect), sono in docs/registry-running.md."
    )


def _enter() -> None:
    """Answer the form; the password is not kept whatever happens."""
    name, password = st.session_state["entra_name"], st.session_state["entra_password"]
    st.session_state["entra_password"] = ""
    try:
        signing.sign_in(name.strip(), password)
    except AtlasError as fault:
        st.session_state[FAULT] = sentence(fault)
        return
    st.query_params.pop("esito", None)


def _login(provider: str) -> None:
    try:
        st.login(None if provider == "default" else provider)
    except StreamlitAuthError:
        st.error("L'accesso con il servizio dell'ente non è configurato bene: avvisa chi gestisce l'atlante.")


def _by_link() -> None:
    """For whoever came by a personal link."""
    signing.door()
    st.caption(
        "Puoi correggere queste schede, dirle ancora vere e tenere aggiornati gli orari. Ogni modifica resta scritta "
        "nella storia della scheda."
    )
    st.button("Esci", on_click=signing.sign_out, icon=":material/logout:")


def _inside(actor: Actor) -> None:
    """For whoever has an account."""
    person = people.myself(memory.registry(), signing.token())
    frame.lead(f"Sei {person.name}. {_may_words(actor)}")
    st.button("Esci", on_click=signing.sign_out, icon=":material/logout:")
    links_given.show(actor)
    if person.by_password:
        with st.expander("Cambia la tua parola d'ordine", icon=":material/key:"):
            _password_form(person)


def _may_words(actor: Actor) -> str:
    """What an account may change."""
    if actor.ambiti is None:
        return "Puoi cambiare tutte le schede del registro."
    names = filters.short_names(memory.ambiti())
    own = sorted(names.get(one, one) for one in actor.ambiti)
    of = "dell'Ambito" if len(own) == 1 else "degli Ambiti"
    return f"Puoi cambiare le schede {of}: {', '.join(own)}."


def _password_form(person: Person) -> None:
    with st.form("entra_change", border=False, width=460):
        # read by password managers: which account this is about
        st.text_input("Nome", value=person.name, disabled=True, autocomplete="username")
        st.text_input(
            "Parola d'ordine di adesso", key="entra_old", type="password", autocomplete="current-password"
        )
        st.text_input("Quella nuova", key="entra_new", type="password", autocomplete="new-password",
                      help=f"Almeno {SHORTEST} caratteri, senza il nome: bene qualche parola a caso.")  # fmt: skip
        st.text_input(
            "Quella nuova, un'altra volta", key="entra_again", type="password", autocomplete="new-password"
        )
        st.form_submit_button("Cambia", on_click=_change)
    if st.session_state.pop("entra_changed", False):
        st.success("Cambiata: gli altri accessi aperti con quella di prima non valgono più.")


def _change() -> None:
    """Answer the form; none of the three is kept."""
    old, new, again = (st.session_state[name] for name in ("entra_old", "entra_new", "entra_again"))
    for name in ("entra_old", "entra_new", "entra_again"):
        st.session_state[name] = ""
    if new != again:
        st.session_state[FAULT] = "Non cambiata: le due parole d'ordine nuove non sono uguali."
        return
    try:
        signing.keep(people.change_password(memory.registry(), signing.token(), old, new))
    except AtlasError as fault:
        st.session_state[FAULT] = sentence(fault)
    else:
        st.session_state["entra_changed"] = True


if __name__ == "__main__":
    show()
