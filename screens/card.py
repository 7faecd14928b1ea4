"""The card of a desk: what, where, when, languages, access, contacts, who says so and of when.

Everything comes from a registry that copies other people's pages: every text is escaped, only
http(s) addresses become links, and what is not known is said.
"""

import re
from collections.abc import Mapping
from html import escape
from types import MappingProxyType
from typing import Any
from urllib.parse import quote, urlsplit

import pandas as pd

from data.vocabularies import label, vocabulary
from layers.sportelli import EXACT
from layers.style import number, percent
from screens.joined import GONE

Row = Mapping[Any, Any]
"""One row of a table: column → value."""

DAYS = {
    "Mo": "lun",
    "Tu": "mar",
    "We": "mer",
    "Th": "gio",
    "Fr": "ven",
    "Sa": "sab",
    "Su": "dom",
    "PH": "festivi",
    "off": "chiuso",
}

STYLE = (
    "<style>"
    ".atlante-card{font-size:.92rem;line-height:1.45}"
    ".atlante-card h2{font-size:1.12rem!important;line-height:1.3;margin:0 0 .15rem;padding:0!important}"
    ".atlante-card p{margin:0 0 .5rem;color:#4a585c;font-size:.92rem}"
    ".atlante-card dl,.atlante-card dt,.atlante-card dd{margin:0!important;padding:0!important;font-size:.92rem}"
    ".atlante-card dl{display:grid;grid-template-columns:minmax(5.2rem,auto) 1fr;gap:.3rem .8rem}"
    ".atlante-card dt{color:#4a585c;font-weight:400!important}.atlante-card dd{overflow-wrap:anywhere}"
    ".atlante-card .unknown{color:#5a676b;font-style:italic}"
    ".atlante-card .meaning{font-size:.82rem;color:#4a585c}"
    ".atlante-card .caution{margin:.6rem 0 0;padding:.1rem 0 .1rem .6rem;border-left:3px solid #b5472b;color:#3c4b4f}"
    ".atlante-card a{color:#0b5c6b}"
    "</style>"
)


def missing(value: Any) -> bool:
    """Whether a cell says nothing."""
    return value is None or bool(pd.isna(value))


def cell(value: Any) -> str:
    """A cell as text, empty where missing."""
    return "" if missing(value) else str(value).strip()


def description(name: str, code: str) -> str:
    """What a code of a vocabulary means; empty where the vocabulary lacks it."""
    words = vocabulary(name)
    return str(words.loc[code, "description"]) if code in words.index else ""


def unknown(words: str) -> str:
    """Words for what we do not know, set apart from what we do."""
    return f'<span class="unknown">{escape(words)}</span>'


def link(address: str, words: str = "") -> str:
    """A link if the address is http(s); else the escaped text.

    Examples
    --------
    >>> link("javascript:alert(1)")
    'javascript:alert(1)'
    """
    try:
        parts = urlsplit(address)
        fit = parts.scheme in {"http", "https"} and bool(parts.netloc)
    except ValueError:
        fit = False
    if not fit:
        return escape(address)
    shown = escape(words or parts.netloc.removeprefix("www."))
    return f'<a href="{escape(address, quote=True)}" target="_blank" rel="noopener noreferrer">{shown}</a>'


def hours_in_words(hours: str) -> str:
    """Opening hours in OSM syntax with Italian days, comments without their quotes.

    Examples
    --------
    >>> hours_in_words("Mo,Th 10:00-15:00; Th[1,3] 09:00-12:00")
    'lun, gio 10:00-15:00; gio (1°, 3° del mese) 09:00-12:00'
    """
    words = re.sub(
        r"\[([\d,]+)\]", lambda m: f" ({', '.join(f'{n}°' for n in m[1].split(','))} del mese)", hours
    )
    words = re.sub(r'(?<=\S) "([^"]*)"', r" (\1)", words).replace('"', "")
    words = re.sub(r"\b(Mo|Tu|We|Th|Fr|Sa|Su|PH|off)\b", lambda m: DAYS[m[1]], words)
    return re.sub(r"(?<=[a-z)]),(?=\S)", ", ", words)


def languages_in_words(codes: str) -> str:
    """Languages by name, from codes apart by ``;``."""
    return ", ".join(label("languages", code.strip()) for code in codes.split(";") if code.strip())


def _where(desk: Row) -> str:
    town = " ".join(filter(None, [cell(desk.get("postcode")), cell(desk.get("comune"))]))
    province = cell(desk.get("province"))
    told = ", ".join(filter(None, [cell(desk.get("address")), town])) + (f" ({province})" if province else "")
    where = escape(told) if cell(desk.get("address")) else f"{escape(told)} · {unknown('indirizzo non noto')}"
    precision = cell(desk.get("precision")) or "unknown"
    vague = "" if precision in EXACT else f"posizione approssimata: {label('precisions', precision).lower()}"
    radius: Any = desk.get("radius_m")
    if vague and not missing(radius):
        far = f"{radius / 1000:.1f} km".replace(".", ",") if radius >= 1000 else f"{radius:.0f} m"
        vague += f", entro circa {far}"
    return where + (f"<br>{unknown(vague)}" if vague else "")


def _contacts(desk: Row) -> str:
    told = [escape(cell(desk.get(name))) for name in ("phone", "email") if cell(desk.get(name))]
    if cell(desk.get("web")):
        told.append(link(cell(desk.get("web"))))
    return "<br>".join(told) or unknown("recapiti non noti")


def _says(desk: Row) -> str:
    date = cell(desk.get("source_date"))
    source = link(cell(desk.get("source_url"))) or unknown("fonte non nota")
    of_when = f"del {escape(date_in_words(date))}" if date else unknown("senza data")
    seen = cell(desk.get("compiled"))
    return f"{source}, {of_when}" + (f"; raccolta il {escape(date_in_words(seen))}" if seen else "")


def _explained(vocabulary: str, code: str, *, shown: str = "") -> str:
    """A code by its label, and under it what it means."""
    words = description(vocabulary, code)
    meaning = f'<br><span class="meaning">{escape(words)}</span>' if words else ""
    return f"{escape(shown + label(vocabulary, code))}{meaning}"


def _status(code: str) -> str:
    """Whether it is open as far as we know, with the meaning where it is more than "nobody has called"."""
    return (
        escape(label("statuses", code))
        if code in {"non_verificato", "attivo"}
        else _explained("statuses", code)
    )


def rows(desk: Row) -> dict[str, str]:
    """Heading → HTML of each line of the card."""
    themes = [label("themes", code.strip()) for code in cell(desk.get("themes")).split(";") if code.strip()]
    hours, tongues, access = (cell(desk.get(name)) for name in ("opening_hours", "languages", "access"))
    level = cell(desk.get("evidence"))
    status = cell(desk.get("status"))
    return {
        "Per cosa": escape(", ".join(themes)) or unknown("temi non noti"),
        "Dove": _where(desk),
        "Quando": escape(hours_in_words(hours)) if hours else unknown("orari non noti"),
        "Lingue": escape(languages_in_words(tongues)) if tongues else unknown("lingue non note"),
        "Accesso": escape(access) if access else unknown("modo di accesso non noto"),
        "Recapiti": _contacts(desk),
        "Chi lo dice": _says(desk),
        "Prova": _explained("evidence", level, shown=f"{level} · ") if level else unknown("livello non noto"),
        "Conferma": _confirmed(desk),
        "Qualità": _quality(desk),
        "Stato": _status(status) if status else unknown("stato non noto"),
    }


def _confirmed(desk: Row) -> str:
    """When somebody last said that the record is true."""
    day = cell(desk.get("confirmed_on"))
    return escape(f"il {date_in_words(day)}") if day else unknown("nessuno l'ha ancora confermata")


def _quality(desk: Row) -> str:
    """The quality of the record, and where to see how to mend it."""
    value: Any = desk.get("quality")
    if missing(value):
        return unknown("non calcolata")
    where = f"/registro?scheda=sportelli/{quote(cell(desk.get('sportello_id')))}"
    return f'{escape(number(float(value), digits=2))} su 1 · <a href="{where}" target="_self">come migliorarla</a>'


def _panel(title: str, under: str, lines: Mapping[str, str], *, foot: str = "", desk: str = "") -> str:
    """A heading, a line under it, and lines of heading and HTML; the panel can be scrolled by keyboard."""
    body = "".join(f"<dt>{escape(name)}</dt><dd>{html}</dd>" for name, html in lines.items())
    mark = f' data-desk="{escape(desk, quote=True)}"' if desk else ""
    return (
        f'{STYLE}<div class="atlante-panel" role="region" aria-label="Scheda"{mark}>'
        f'<article class="atlante-card"><h2>{escape(title)}</h2><p>{escape(under)}</p><dl>{body}</dl>{foot}'
        "</article></div>"
    )


def _cautions(row: Row) -> str:
    """Notes and cautions, each set apart."""
    told = [cell(row.get(name)) for name in ("notes", "caution") if cell(row.get(name))]
    return "".join(f'<p class="caution">{escape(words)}</p>' for words in told)


def card_html(desk: Row) -> str:
    """The card of one desk as HTML, everything escaped."""
    kind = label("service_kinds", cell(desk.get("kind")))
    under = " · ".join(filter(None, [kind, cell(desk.get("ente"))]))
    code = cell(desk.get("sportello_id"))
    return _panel(
        cell(desk.get("name")), under, rows(desk), foot=_cautions(desk) + _travel(code, desk), desk=code
    )


def _travel(code: str, desk: Row) -> str:
    """A link to the travel times to a desk; nothing where it is closed or its place is not known."""
    if missing(desk.get("geometry")) or cell(desk.get("status")) in GONE:
        return ""
    return f'<p><a href="/tempi?sportello={quote(code)}" target="_self">Da dove ci si arriva, e in quanto tempo</a></p>'


def association_html(row: Row) -> str:
    """A few lines on an association, everything escaped."""
    listed = {"Comunità": "communities", "Attività": "activities"}
    lines = {
        heading: escape(", ".join(c.replace("_", " ") for c in cell(row.get(column)).split(";") if c))
        for heading, column in listed.items()
        if cell(row.get(column))
    }
    lines |= {"Dove": _where(row), "Recapiti": _contacts(row), "Chi lo dice": _says(row)}
    under = label("association_kinds", cell(row.get("kind")))
    return _panel(cell(row.get("name")), under, lines, foot=_cautions(row))


def school_html(row: Row) -> str:
    """A few lines on a school: its pupils, and the share with foreign citizenship where it is known."""
    share: Any = row.get("foreign_share")
    pupils: Any = row.get("pupils")
    why = "pochi: la quota non si mostra" if row.get("hidden") else "quota non nota"
    lines = {
        "Dove": _where(row),
        "Alunni": unknown("non noti") if missing(pupils) else escape(number(float(pupils))),
        "Stranieri": unknown(why) if share is None or pd.isna(share) else escape(percent(float(share))),
    }
    under = " · ".join(
        filter(None, [label("school_levels", cell(row.get("level"))), cell(row.get("management"))])
    )
    return _panel(cell(row.get("name")), under, lines)


def area_html(area: Row, *, comune: bool, more: Mapping[str, str] = MappingProxyType({})) -> str:
    """A few lines on a comune or an Ambito: what is asked of it, whose it is, its people, whether it is a partner.

    ``more`` are headings and words that come first, escaped here.
    """
    ambito = cell(area.get("ambito"))
    title = cell(area.get("comune")) if comune else ambito
    lines = {escape(heading): escape(words) for heading, words in more.items()}
    for heading, column in {"Residenti": "residents", "Stranieri": "foreign_residents"}.items():
        value: Any = area.get(column)
        lines[heading] = unknown("non noti") if missing(value) else escape(number(float(value)))
    share: Any = area.get("foreign_share")
    if not missing(share):
        lines["Stranieri su 100"] = escape(number(float(share) * 100, digits=1))
    if ambito:
        partner = area.get("lab_impact")
        yes = not missing(partner) and bool(partner)
        lines["Lab'Impact"] = "partner" if yes else unknown("nessuna prova che sia partner")
    under = (ambito or "Ambito non noto") if comune else ""
    return _panel(title, under, lines)


def date_in_words(date: str) -> str:
    """A date as Italians write it, as precise as it was.

    Examples
    --------
    >>> date_in_words("2026-11-22"), date_in_words("2022-06"), date_in_words("2010")
    ('22/11/2026', '06/2022', '2010')
    """
    return "/".join(reversed(date.split("-"))) if re.fullmatch(r"\d{4}(-\d\d){0,2}", date) else date
