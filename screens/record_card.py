"""The card of a record: everything that is known, what is not, how sure and how fresh it is, and what one may do."""

from collections.abc import Callable, Mapping
from functools import partial
from html import escape
from typing import Any, Final

import pandas as pd
import streamlit as st
from streamlit_folium import st_folium

from data.registry import editing, reading, story
from data.registry.freshness import CONFIRMED
from data.registry.quality import Point, score
from data.registry.reading import Card
from data.vocabularies import label
from errors import EditConflict, RegistryError
from layers.base import LOMBARDY, Layers, base_map
from layers.style import number
from screens import address, frame, memory, record_place, report_words, signing
from screens.card import STYLE, link, unknown
from screens.errors import sentence
from screens.living import KINDS as PLACED
from screens.record_search import KIND_WORDS
from screens.record_words import UNKNOWN, field_words, freshness_words, moment, state, title, words
from screens.signing import plain

PAGE: Final = "registro"
NOTICE: Final = "registro_notice"
"""What was just done, to be said once: level, words, and what would take it back (``kind/key``)."""
LINES: Final[Mapping[str, tuple[str, ...]]] = {
    "sportelli": ("status", "description", "themes", "targets", "access", "access_note", "cost", "areas", "closures"),
    "enti": ("kind",),
    "associazioni": ("kind", "status", "description", "communities", "activities", "languages"),
    "mediazione": ("status", "areas", "areas_basis", "area_note", "province", "settings", "languages", "services",
                   "hours_note", "figures", "web"),
    "sostegni": ("school_id", "kind", "status", "description", "languages", "hours_a_year"),
}  # fmt: skip
"""Kind → the fields of its own that its card shows, in their order."""
LINKS: Final = ("web", "source_url")
SESSIONE: Final = {
    "hours": "Quando", "reception": "Come si riceve", "languages": "Lingue", "mediator": "Mediatore",
    "capacity": "Posti",
}  # fmt: skip


def go(**where: str) -> None:
    """Go to a card, to its form, to its history, or back to the list with nothing; the filters stay."""
    st.query_params.from_dict(
        {name: told for name, told in st.query_params.to_dict().items() if name not in {"scheda", "modo"}}
        | where
    )


def notice(level: str, said: str, back: str = "") -> None:
    """Say something at the next drawing of the page."""
    st.session_state[NOTICE] = (level, said, back)


def show_notice() -> None:
    """What was just done, once, with the way to take a deletion back."""
    told = st.session_state.pop(NOTICE, None)
    if told is None:
        return
    level, said, back = told
    show_as = {"good": st.success, "bad": st.error}[level]
    show_as(plain(said), icon=":material/check_circle:" if level == "good" else ":material/error:")
    if back:
        kind, _, key = back.partition("/")
        st.button(
            "Annulla: ripristina",
            icon=":material/undo:",
            key="registro_back",
            on_click=partial(restore, kind, key),
        )


def show(shown: Card) -> None:
    """The whole card."""
    said = shown.said
    st.button("Torna all'elenco", icon=":material/arrow_back:", key="registro_to_list", on_click=go)
    st.html(_head(shown))
    if said["deleted_at"]:
        st.warning(f"Questa scheda è stata tolta il {moment(said['deleted_at'])}.", icon=":material/delete:")
    report_words.way_of(signing.token(), shown.kind, shown.key)
    _actions(shown)
    left, right = st.columns([1.55, 1], gap="large")
    with left:
        st.html(f'{STYLE}<div class="atlante-card">{_list(_lines(shown))}</div>')
        if shown.kind == "sportelli":
            _sessioni(shown)
        if shown.kind == "enti":
            _below(shown)
    with right:
        if not said["deleted_at"]:
            _quality(shown)
        _place(shown)
    _caption(shown)


def _head(shown: Card) -> str:
    said = shown.said
    kind = label("service_kinds", said["kind"]) if shown.kind == "sportelli" else KIND_WORDS[shown.kind]
    ente = title("enti", said["ente_id"]) if said.get("ente_id") else ""
    under = " · ".join(filter(None, [kind, ente]))
    fresh = state(said, memory.registry().today())
    return (
        f'{STYLE}<div class="atlante-card"><h2>{escape(title(shown.kind, shown.key))}</h2><p>{escape(under)}</p>'
        f'<p class="{"" if fresh == CONFIRMED else "unknown"}">{escape(_confirmed(shown))}</p></div>'
    )


def _confirmed(shown: Card) -> str:
    """How fresh it is; by whom, for those who may know."""
    told, by = freshness_words(shown.said, memory.registry().today()), shown.said["confirmed_by"]
    if by and signing.may("history", shown.kind, shown.key):
        names = story.named(memory.registry(), signing.token(), shown.kind, shown.key, [by])
        told += f" (da {names.get(by, by)})"
    return told + "."


def _lines(shown: Card) -> dict[str, str]:
    """Heading → HTML of each line; what is not known is said."""
    said, kind = shown.said, shown.kind
    lines = {field_words(name): _line(kind, name, said[name]) for name in LINES[kind]}
    if "address" in said:
        lines["Dove"] = _where(said)
    if "phone" in said:
        lines["Recapiti"] = _contacts(said)
    lines["Ambito"] = _line(kind, "ambito_id", said["ambito_id"])
    lines["Prova"] = escape(words(kind, "evidence", said["evidence"]))
    lines["Fonte"] = _source(kind, said)
    for name in ("notes", "caution"):
        if said[name]:
            lines[field_words(name)] = escape(said[name])
    lines["Conferma"] = escape(words(kind, "confirm_every_months", said["confirm_every_months"]))
    return lines


def _line(kind: str, name: str, value: Any) -> str:
    if not value:
        return unknown(UNKNOWN if name != "closures" else "nessuna annunciata")
    return link(value) if name in LINKS else escape(words(kind, name, value))


def _where(said: Mapping[str, Any]) -> str:
    town = " ".join(
        filter(
            None,
            [
                said["postcode"],
                words("", "comune_code", said["comune_code"]) if said["comune_code"] else said["province"],
            ],
        )
    )
    street = escape(said["address"]) if said["address"] else unknown("indirizzo non noto")
    return f"{street}<br>{escape(town)}" if town else street


def _contacts(said: Mapping[str, Any]) -> str:
    told = [escape(said[name]) for name in ("phone", "email") if said[name]]
    told += [link(said["web"])] if said["web"] else []
    return "<br>".join(told) or unknown("recapiti non noti")


def _source(kind: str, said: Mapping[str, Any]) -> str:
    told = link(said["source_url"]) if said["source_url"] else unknown("fonte non nota")
    more = [words(kind, name, said[name]) for name in ("source_kind", "source_date") if said[name]]
    return ", ".join([told, *map(escape, more)])


def _list(lines: Mapping[str, str]) -> str:
    return (
        "<dl>" + "".join(f"<dt>{escape(name)}</dt><dd>{html}</dd>" for name, html in lines.items()) + "</dl>"
    )


def _sessioni(shown: Card) -> None:
    """The sessioni as a small table."""
    st.subheader("Sessioni", anchor=False)
    if not shown.sessioni:
        st.caption("Nessuna sessione: non si sa quando è aperto né in che lingue.")
        return
    today = memory.registry().today()
    rows = [
        {
            **{heading: _cell(one.said, name) for name, heading in SESSIONE.items()},
            "Note": one.said["notes"] or "",
            "Conferma": freshness_words(one.said, today),
        }
        for one in shown.sessioni
    ]
    index = pd.Index(range(1, len(rows) + 1), name="")
    frame.table(pd.DataFrame(rows, index=index), "Sessioni dello sportello")


def _cell(said: Mapping[str, Any], name: str) -> str:
    told = words("sessioni", name, said[name])
    if name == "hours" and said["hours_note"]:
        return said["hours_note"] if said["hours"] is None else f"{told} ({said['hours_note']})"
    return told


def _below(shown: Card) -> None:
    """What an ente runs, each with the way to its card."""
    found = story.below(memory.registry(), shown.key)
    if not found:
        return
    st.subheader("Che cosa gestisce", anchor=False)
    for kind, key in found[:60]:
        st.button(
            plain(f"{KIND_WORDS[kind]}: {title(kind, key)}"), key=f"registro_of_{key}", type="tertiary",
            icon=":material/arrow_forward:", on_click=partial(go, scheda=f"{kind}/{key}"),
        )  # fmt: skip


def _known_place(shown: Card) -> tuple[record_place.Point, float] | None:
    """Where the map has it, and within how many metres (0 where not known); nothing where it is nowhere."""
    if shown.kind not in PLACED:
        return None
    where = memory.table("positions")
    found = where[(where["kind"] == PLACED[shown.kind]) & (where["id"] == shown.key)]
    if found.empty or found.iloc[0]["precision"] == "unknown":
        return None
    one = found.iloc[0]
    radius = 0.0 if pd.isna(one["radius_m"]) else float(one["radius_m"])
    return (one["geometry"].x, one["geometry"].y, str(one["precision"])), radius


def _quality(shown: Card) -> None:
    """The quality of the record, and what each lost point needs."""
    place = _known_place(shown)
    points = reading.points(memory.registry(), shown.kind, shown.key, precision=place and place[0][2])
    total = score(points)
    if total is None:
        return
    head = f"<h2>Qualità {escape(number(total, digits=2))} su 1</h2>"
    st.html(f'{STYLE}<div class="atlante-card">{head}{_mending(points)}</div>')


def _mending(points: list[Point]) -> str:
    lost = [one for one in points if one.mend]
    if not lost:
        return "<p>Non manca niente.</p>"
    items = "".join(
        f"<dt>{escape(label('quality_criteria', one.criterion))} {escape(number(one.score, digits=2))}</dt>"
        f"<dd>{escape(one.mend)}</dd>"
        for one in lost
    )
    return f"<p>Come migliorarla:</p><dl>{items}</dl>"


def _place(shown: Card) -> None:
    if shown.kind not in PLACED:
        return
    place = _known_place(shown)
    if place is None:
        st.caption("Posizione non nota: non è sulla mappa.")
        return
    point, radius = place
    view = record_place.view(point, None, radius_m=radius)
    st_folium(
        base_map(label="Mappa della scheda", bounds=view or LOMBARDY),
        key=f"registro_card_{shown.key}",
        height=240,
        use_container_width=True,
        returned_objects=[],
        feature_group_to_add=Layers(record_place.layers(point), view=view),
    )
    own = shown.said["lon"] is not None
    how = "punto messo da una persona" if own else label("precisions", point[2]).lower()
    st.caption(
        f"Posizione: {how}" + (f", entro circa {record_place.radius_words(radius)}." if radius else ".")
    )


def _caption(shown: Card) -> None:
    said = shown.said
    st.caption(
        f"Versione {shown.version} · nel registro dal {moment(said['created_at'])}. Per mandare questa scheda "
        "a qualcuno, copia l'indirizzo della pagina."
    )


def _actions(shown: Card) -> None:
    """The buttons of what whoever looks may do."""
    kind, key = shown.kind, shown.key
    there = f"{kind}/{key}"
    gone = bool(shown.said["deleted_at"])
    may: Callable[[str], bool] = lambda verb: signing.may(verb, kind, key)  # noqa: E731
    if not may("history"):
        return
    with st.container(horizontal=True):
        if gone and may("restore"):
            st.button("Ripristina", icon=":material/restore_from_trash:", key="registro_restore", type="primary",
                      on_click=partial(restore, kind, key))  # fmt: skip
        if not gone and may("edit"):
            st.button("Modifica", icon=":material/edit:", key="registro_edit", type="primary",
                      on_click=partial(go, scheda=there, modo="modifica"))  # fmt: skip
        if not gone and may("confirm"):
            st.button(
                "È ancora vero", icon=":material/task_alt:", key="registro_confirm",
                on_click=partial(confirm, shown),
                help="Tutto quello che si vede in questa scheda vale ancora oggi: si segna la data.",
            )  # fmt: skip
        st.button("Storia", icon=":material/history:", key="registro_history",
                  on_click=partial(go, scheda=there, modo="storia"))  # fmt: skip
        if not gone and may("delete"):
            st.button("Togli", icon=":material/delete:", key="registro_delete", on_click=partial(delete, shown),
                      help="La scheda non si vede più; resta la storia, e si può ripristinare.")  # fmt: skip
        if not gone and may("link") and "entra" in st.session_state.get("pages", {}):
            frame.link("entra", "Dai un collegamento a chi la gestisce", dai=there)


def confirm(shown: Card) -> None:
    """Stamp what was shown as still true."""
    try:
        editing.confirm(
            memory.registry(),
            signing.token(),
            shown.kind,
            shown.key,
            version=shown.version,
            sessioni=shown.versions,
        )
    except EditConflict:
        notice(
            "bad", "Non confermato: intanto qualcuno ha cambiato la scheda. Guardala com'è adesso e riprova."
        )
    except RegistryError as fault:
        notice("bad", sentence(fault))
    else:
        notice("good", "Confermato: vale ancora oggi.")


def delete(shown: Card) -> None:
    """Put a record aside and go back to the list, where it can be brought back."""
    name = title(shown.kind, shown.key)
    try:
        editing.delete(memory.registry(), signing.token(), shown.kind, shown.key, version=shown.version)
    except EditConflict:
        notice("bad", "Non tolta: intanto qualcuno ha cambiato la scheda. Guardala com'è adesso e riprova.")
    except RegistryError as fault:
        notice("bad", sentence(fault))
    else:
        go()
        notice("good", f"«{name}» è stata tolta.", f"{shown.kind}/{shown.key}")


def restore(kind: str, key: str) -> None:
    """Bring a record back and open its card."""
    try:
        editing.restore(memory.registry(), signing.token(), kind, key)
    except RegistryError as fault:
        notice("bad", sentence(fault))
    else:
        go(scheda=f"{kind}/{key}")
        notice("good", "La scheda è tornata.")


def opened(kind: str, key: str) -> Card:
    """The record that the address asks; of a sessione its sportello. Put aside only for who may bring it back."""
    store = memory.registry()
    seen = signing.may("restore", kind, key)
    shown = reading.card(store, kind, key, deleted=seen)
    if kind == "sessioni":
        return reading.card(store, "sportelli", str(shown.said["sportello_id"]), deleted=seen)
    return shown


def arrived() -> tuple[str, str, str]:
    """Kind, key and mode that the address asks; empty where it asks none. Noted, so that a menu comes back here."""
    told = {name: st.query_params[name] for name in ("scheda", "modo") if name in st.query_params}
    address.keep(PAGE, ("scheda", "modo"), told)
    kind, _, key = told.get("scheda", "").partition("/")
    return kind, key, told.get("modo", "")
