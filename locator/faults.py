"""What is said where a page cannot be shown, in the visitor's language, with nothing that needs the registry."""

import re
from functools import cache
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from locator.assets import assets
from locator.visit import Made
from locator.words import ITALIAN, LANGUAGES, Words, words

TEMPLATES: Final = Path(__file__).parent / "templates"
SAME: Final = {"fil": "tl", "cmn": "zh"}
"""Codes of browsers → ours."""

CHOICE: Final = re.compile(
    r"\s*([A-Za-z]{1,8})(?:-[A-Za-z0-9-]{1,35})?\s*(?:;\s*q\s*=\s*([01](?:\.\d{0,3})?))?\s*"
)


def visitor_language(accepted: str, known: tuple[str, ...] = LANGUAGES) -> str:
    """The language that a browser likes best among ours (``Accept-Language``, RFC 9110); Italian where none is.

    >>> visitor_language("de-CH, ar-EG;q=0.8, en;q=0.5"), visitor_language("fil"), visitor_language("")
    ('ar', 'tl', 'it')
    """
    liked: list[tuple[float, str]] = []
    for part in accepted[:500].split(","):
        if choice := CHOICE.fullmatch(part):
            code = choice[1].lower()
            liked.append((-float(choice[2] or 1), SAME.get(code, code)))
    order = [code for less, code in sorted(liked, key=lambda one: one[0]) if less < 0]
    return next((code for code in order if code in known), known[0] if ITALIAN not in known else ITALIAN)


def language_of(path: str, accepted: str) -> str:
    """The language of an address below ``/sportelli/``, else the one that the browser likes best."""
    first = path.partition("/")[0]
    return first if first in LANGUAGES else visitor_language(accepted)


def fault_page(status: int, path: str, accepted: str) -> Made:
    """The page of a fault.

    Parameters
    ----------
    status
        As HTTP counts: 404, 503.
    path
        What was asked below ``/sportelli/``.
    accepted
        The header ``Accept-Language``.
    """
    lang = language_of(path, accepted)
    told = words(lang)
    title, advice = _said(told, status)
    root = "../" * path.count("/")
    body = _template().render(
        w=told, title=title, advice=advice, home=f"{root}{lang}/", back=told.gettext("Torna alla ricerca"),
        style=f"{root}{assets().folder}/locator.css",
    )  # fmt: skip
    return Made(body.encode(), status=status, lasting=False)


def _said(told: Words, status: int) -> tuple[str, str]:
    """What happened, and what to do."""
    _ = told.gettext
    if status == 404:
        return _("Questa pagina non c'è"), _("Forse il servizio è stato tolto, o l'indirizzo è cambiato.")
    if status == 503:
        return _("I dati non sono pronti"), _("Riprova fra un minuto.")
    if status == 413:
        return _("Il testo è troppo lungo"), _("Torna indietro e scrivi meno.")
    if status in {400, 405, 408, 414}:
        return _("Questa richiesta non va bene"), _("Torna alla ricerca e prova di nuovo.")
    return _("Qualcosa non ha funzionato"), _("Riprova fra poco.")


@cache
def _template() -> Template:
    found = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined)
    return found.get_template("fault.html")
