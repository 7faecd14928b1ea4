"""The question on access as controls, the same on every page that asks it: the address opens them and follows them.

Each page gives its name: what one page asks does not move another. The way to another page carries the question in
its address (``screens.need.write``).
"""

from collections.abc import Sequence
from typing import Any, Final

import streamlit as st

from data.vocabularies import label, vocabulary
from layers.style import number
from screens import address, free_time, need, signing
from screens.filters import EVIDENCE, KINDS, LIMITS, MODE_WORDS, MODES
from screens.free_time import FreeTime
from screens.need import Need

PLAIN: Final = ("mode", "limit", "target", "home", "walk_in", "capacity", "evidence", "fresh")
"""Fields that a control holds as they are."""
LISTS: Final = ("languages", "themes", "kinds")
TIMES: Final = ("kind", "day", "at", "days", "start", "end", "text")
"""Fields of ``FreeTime``, each a control."""
RARE: Final = ("target", "walk_in", "capacity", "fresh", "evidence", "kinds")
"""What is asked under «Altre condizioni»."""
WHEN_WORDS: Final = {
    free_time.ANY: "qualsiasi momento",
    free_time.MOMENT: "un momento",
    free_time.EVENING: "dopo le 17 o il sabato",
    free_time.HOURS: "giorni e ore scelti",
    free_time.OTHER: "gli orari del link",
}


def ask(page: str) -> Need:
    """Draw the question as the address says it, and give it back as the controls ask it now."""
    said = _open(page)
    for name in _names():  # Streamlit forgets what it does not draw
        st.session_state[_key(page, name)] = st.session_state[_key(page, name)]
    if said:
        st.caption(f":material/info: {said}")
    _way(page)
    _when(page)
    _whom(page)
    _rare(page)
    asked = asked_now(page)
    address.keep(page, need.PARAMETERS.values(), need.write(asked))
    _in_words(page, asked)
    return asked


def asked_now(page: str) -> Need:
    """The question that the controls of a page ask now; the usual one before they were drawn."""
    if _key(page, "mode") not in st.session_state:
        return Need()
    held = {name: st.session_state[_key(page, name)] for name in (*PLAIN, *LISTS)}
    held |= {name: tuple(held[name]) for name in LISTS}
    held |= {"target": held["target"] or "", "capacity": float(held["capacity"])}
    return Need(**held, when=free_time.write(_free(page)))


def choose(page: str, asked: Need) -> None:
    """Make the controls of a page ask this; runs before they are drawn."""
    for name in PLAIN:
        st.session_state[_key(page, name)] = getattr(asked, name)
    for name in LISTS:
        st.session_state[_key(page, name)] = list(getattr(asked, name))
    free = free_time.read(asked.when)
    for name in TIMES:
        value = getattr(free, name)
        st.session_state[_key(page, f"when_{name}")] = list(value) if isinstance(value, tuple) else value


def bare(asked: Need) -> Need:
    """The same way there, without any condition."""
    return Need(mode=asked.mode, limit=asked.limit)


def _open(page: str) -> str:
    """Take the question from the address if it was opened or changed by a link; a sentence on what is odd in it."""
    held = need.write(asked_now(page)) if _key(page, "mode") in st.session_state else None
    told = address.opened(page, need.PARAMETERS.values(), held)
    if told is not None:
        asked, said = need.parse(told)
        choose(page, asked)
        st.session_state[_key(page, "said")] = said
        st.session_state[_key(page, "opened")] = need.write(asked)
    elif held != st.session_state[_key(page, "opened")]:
        st.session_state[_key(page, "said")] = ""
    return str(st.session_state[_key(page, "said")])


def _names() -> list[str]:
    return [*PLAIN, *LISTS, *(f"when_{name}" for name in TIMES)]


def _key(page: str, name: str) -> str:
    return f"{page}_need_{name}"


def _free(page: str) -> FreeTime:
    held = {name: st.session_state[_key(page, f"when_{name}")] for name in TIMES}
    return FreeTime(**held | {"days": tuple(held["days"])})


def _with(codes: Sequence[Any], held: Any) -> list[Any]:
    """The codes, and the one that is held though it is none of them, in order."""
    return sorted({*codes, held})


def _way(page: str) -> None:
    with st.container(horizontal=True, gap="medium"):
        st.segmented_control(
            "Mezzo", MODES, key=_key(page, "mode"), format_func=MODE_WORDS.__getitem__, required=True
        )
        held = st.session_state[_key(page, "limit")]
        st.segmented_control(
            "Limite in minuti",
            _with(LIMITS, held),
            key=_key(page, "limit"),
            format_func="{} min".format,
            required=True,
        )


def _when(page: str) -> None:
    free = _free(page)
    kinds = [kind for kind in WHEN_WORDS if kind != free_time.OTHER or free.text]
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        st.segmented_control(
            "Quando puoi andare",
            kinds,
            key=_key(page, "when_kind"),
            format_func=WHEN_WORDS.__getitem__,
            required=True,
            wrap=True,
        )
        if free.kind == free_time.MOMENT:
            _moment(page, free)
        elif free.kind == free_time.HOURS:
            _hours(page, free)
    if free.kind == free_time.HOURS and not free.days:
        st.caption(":material/info: Scegli almeno un giorno: senza, vale qualsiasi momento.")


def _moment(page: str, free: FreeTime) -> None:
    st.selectbox(
        "Giorno",
        list(need.DAYS),
        key=_key(page, "when_day"),
        format_func=need.DAYS.__getitem__,
        width=150,
    )
    st.selectbox("Ora", free_time.times(free.at), key=_key(page, "when_at"), width=110)


def _hours(page: str, free: FreeTime) -> None:
    st.pills(
        "Giorni",
        list(need.DAYS),
        key=_key(page, "when_days"),
        selection_mode="multi",
        format_func=lambda day: need.DAYS[day][:3],
        wrap=True,
    )
    st.selectbox("Dalle", free_time.times(free.start), key=_key(page, "when_start"), width=110)
    ends = free_time.ends(st.session_state[_key(page, "when_start")], free.end)
    if st.session_state[_key(page, "when_end")] not in ends:
        st.session_state[_key(page, "when_end")] = ends[min(3, len(ends) - 1)]
    st.selectbox("Alle", ends, key=_key(page, "when_end"), width=110)


def _whom(page: str) -> None:
    left, right = st.columns([1, 1], gap="medium")
    left.multiselect(
        "Lingua (ne basta una)",
        sorted(vocabulary("languages").index, key=language_words),
        key=_key(page, "languages"),
        format_func=language_words,
        placeholder="Qualsiasi",
        select_all=False,
    )
    right.multiselect(
        "Tema (tutti allo stesso sportello)",
        list(vocabulary("themes").index),
        key=_key(page, "themes"),
        format_func=lambda code: label("themes", code),
        placeholder="Qualsiasi",
        select_all=False,
    )
    st.toggle("Deve ricevere chi abita nel mio comune", key=_key(page, "home"))


def language_words(code: str) -> str:
    """A language by its Italian name and its own.

    >>> language_words("ar"), language_words("it")
    ('arabo · العربية', 'italiano')
    """
    name, own = label("languages", code), str(vocabulary("languages").loc[code, "description"])
    return f"{name} · {own}" if own and own != name else name


def _rare(page: str) -> None:
    """The rarer conditions, folded; the heading says how many are set."""
    usual, asked = Need(), asked_now(page)
    count = sum(getattr(asked, name) != getattr(usual, name) for name in RARE)
    words = f"Altre condizioni ({count})" if count else "Altre condizioni"
    with st.expander(words, key=_key(page, "rare"), icon=":material/tune:"):
        first, second, third = st.columns(3, gap="medium")
        first.selectbox(
            "Destinatario",
            ["", *(code for code in vocabulary("targets").index if code != "tutti" or asked.target == code)],
            key=_key(page, "target"),
            format_func=lambda code: label("targets", code) if code else "Chiunque",
        )
        second.selectbox(
            "Ore a settimana ogni 1.000 stranieri",
            _with(need.CAPACITIES, asked.capacity),
            key=_key(page, "capacity"),
            format_func=lambda hours: f"almeno {_decimal(hours)}" if hours else "Qualsiasi",
            help="Capienza: le ore settimanali dello sportello rispetto agli stranieri che gli stanno entro il limite.",
        )
        third.selectbox(
            "Detto o confermato",
            _with(need.FRESH, asked.fresh),
            key=_key(page, "fresh"),
            format_func=lambda months: f"negli ultimi {months} mesi" if months else "In qualsiasi data",
        )
        first.selectbox(
            "Prova minima",
            EVIDENCE,
            key=_key(page, "evidence"),
            format_func=lambda level: f"{level} · {label('evidence', level).lower()}",
        )
        second.multiselect(
            "Tipi di sportello",
            KINDS,
            key=_key(page, "kinds"),
            format_func=lambda code: label("service_kinds", code),
            placeholder="Dove si informa e si accompagna",
            select_all=False,
        )
        third.toggle("Senza appuntamento", key=_key(page, "walk_in"))


def _decimal(hours: float) -> str:
    """Hours with a decimal only where they have one.

    >>> _decimal(0.5), _decimal(2.0)
    ('0,5', '2')
    """
    return number(hours, digits=0 if hours == int(hours) else 1)


def _in_words(page: str, asked: Need) -> None:
    """The question as one sentence, and the way to take its conditions away."""
    left, right = st.columns([3, 1], vertical_alignment="center")
    left.markdown(f":material/search: Cerchi uno sportello **{signing.plain(need.words(asked))}**.")
    if asked != bare(asked):
        right.button(
            "Togli tutte le condizioni",
            icon=":material/filter_alt_off:",
            key=_key(page, "clear"),
            on_click=choose,
            args=(page, bare(asked)),
        )
