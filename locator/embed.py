"""The page that makes the line of HTML by which a site embeds the desks: what may be chosen, code, preview."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from html import escape
from itertools import groupby
from typing import Any, Final, NamedTuple

from data.registry.folding import fold
from locator import address, colour, settings, told
from locator.drawing import render
from locator.finding import Ask
from locator.search_form import search
from locator.snapshot import Snapshot
from locator.visit import COLOUR, EMBED, Made, Visit, with_parameters
from locator.words import Words, words

USUAL_COLOUR: Final = "0b5c6b"
"""The colour of the pages where none is asked."""
HEIGHTS: Final = (400, 600, 800, 1000)
"""Heights in pixels that may be asked for a frame that does not follow what it shows."""
USUAL_HEIGHT: Final = 600
KINDS: Final = ("ambito", "comune")
"""What a frame may be of, where it is not of all Lombardy: ``ambito:lodi``, ``comune:098031``."""
SCRIPT: Final = "embed.js"
"""The script of the host's page, under ``/sportelli/``: its address never changes."""


@dataclass(frozen=True)
class Choice:
    """How somebody wants the desks embedded.

    Parameters
    ----------
    of
        Empty for all Lombardy, else one of ``KINDS``, a colon and its code.
    theme, language
        Codes that are asked of desks at first; empty for any.
    page
        Language of the page.
    mode
        What the address calls the way to travel.
    colour
        Six hexadecimal digits, as asked: it may be too light to be read.
    height
        One of ``HEIGHTS``; 0 for a frame as high as what it shows, by script.
    """

    of: str = ""
    theme: str = ""
    language: str = ""
    page: str = "it"
    mode: str = "piedi"
    colour: str = USUAL_COLOUR
    height: int = 0


PARAMETERS: Final = {
    "of": "cosa",
    "theme": "tema",
    "language": "lingua",
    "page": "pagina",
    "mode": "mezzo",
    "colour": COLOUR,
    "height": "altezza",
}
"""Field of ``Choice`` → name of the parameter."""


class Read(NamedTuple):
    """What an address of the page chooses, and what in it nobody knows, as ``name=value``."""

    choice: Choice
    strange: tuple[str, ...]


def read(query: Mapping[str, str], now: Snapshot, *, usual: Choice, languages: tuple[str, ...]) -> Read:
    """The choice of an address; what is not known stays as usual."""
    known: Mapping[str, Callable[[str], bool]] = {
        "of": lambda said: _name(said, now) is not None,
        "theme": lambda said: not address.read({"tema": said}, now.travel).strange,
        "language": lambda said: not address.read({"lingua": said}, now.travel).strange,
        "page": lambda said: said in languages,
        "mode": lambda said: said in address.MODES,
        "colour": lambda said: colour.read(said) is not None,
        "height": lambda said: said in map(str, (0, *HEIGHTS)),
    }
    choice, strange = usual, list[str]()
    for name, parameter in PARAMETERS.items():
        if not (said := query.get(parameter, "").strip()):
            continue
        if not known[name](said):
            strange.append(f"{parameter}={said}")
            continue
        value: Any = colour.read(said) if name == "colour" else int(said) if name == "height" else said
        choice = replace(choice, **{name: value})
    return Read(choice, tuple(strange))


def _name(of: str, now: Snapshot) -> str | None:
    """What a frame is of, by name: empty for all Lombardy, None where there is no such thing."""
    kind, _, code = of.partition(":")
    if kind == "ambito" and code in now.ambito:
        return now.ambito[code].name
    if kind == "comune" and code in now.comuni:
        return now.comuni[code].comune
    return None if of else ""


def path(choice: Choice) -> str:
    """The address under ``/sportelli/`` that the frame shows.

    >>> path(Choice(of="comune:098031", theme="alloggio", page="fr", colour="ffd500"))
    'fr/comune/098031/?cornice=1&tema=alloggio&colore=846e00'
    """
    kind, _, code = choice.of.partition(":")
    page = f"{choice.page}/{kind}/{code}/" if code else f"{choice.page}/"
    shown = colour.readable(choice.colour)
    parameters = {
        EMBED: "1",
        "tema": choice.theme,
        "lingua": choice.language,
        "mezzo": "" if choice.mode == Choice.mode else choice.mode,
        COLOUR: "" if shown == USUAL_COLOUR else shown,
    }
    return with_parameters(page, parameters)


def code(choice: Choice, *, base_url: str, title: str) -> str:
    """The line of HTML for the host's page: a frame, and the script that makes it as high as what it shows.

    Without the script the frame keeps its height, and scrolls.

    Parameters
    ----------
    base_url
        The absolute address of ``/sportelli/``, with a slash at its end.
    title
        What a screen reader says of the frame.
    """
    frame = (
        f'<iframe src="{_quoted(base_url + path(choice))}" title="{_quoted(title)}" loading="lazy" width="100%" '
        f'height="{choice.height or USUAL_HEIGHT}" allow="geolocation" style="border:0"></iframe>'
    )
    script = f'<script src="{_quoted(base_url + SCRIPT)}" async></script>'
    return frame if choice.height else frame + script


def _quoted(text: str) -> str:
    """A text between double quotes of HTML; an apostrophe stays as it is read."""
    return escape(text, quote=False).replace('"', "&quot;")


def titles(w: Words) -> tuple[str, str]:
    """The title of a frame in a language: of all Lombardy, and of a ``{place}``."""
    return w.gettext("Sportelli per l'integrazione in Lombardia"), w.gettext(
        "Sportelli per l'integrazione: {place}"
    )


def title(choice: Choice, now: Snapshot) -> str:
    """The title of a frame, in the language of its page."""
    everywhere, somewhere = titles(words(choice.page))
    name = _name(choice.of, now)
    return somewhere.replace("{place}", name) if name else everywhere


def page(visit: Visit) -> Made:
    """The form with its preview and the code, made from the address."""
    usual = Choice(page=visit.lang)
    asked = read(visit.query, visit.now, usual=usual, languages=visit.setting.languages)
    base = visit.setting.base_url
    said = title(asked.choice, visit.now)
    framing = settings.settings(os.environ).framing
    form = search(visit, Ask())
    return render(
        visit,
        "embed_page.html",
        page="embed",
        choice=asked.choice,
        strange=asked.strange,
        code="" if base is None else code(asked.choice, base_url=base, title=said),
        preview=visit.root + path(asked.choice),
        title=said,
        of_ambiti=_ambiti(visit.now),
        of_comuni=_comuni(visit.now),
        themes=form.themes,
        languages=form.languages,
        modes=form.modes,
        pages=[(words(one), titles(words(one))) for one in visit.setting.languages],
        heights=HEIGHTS,
        usual_height=USUAL_HEIGHT,
        usual_colour=USUAL_COLOUR,
        readable=colour.readable(asked.choice.colour),
        contrast=_told(asked.choice.colour, visit.w),
        better=_told(colour.readable(asked.choice.colour), visit.w),
        framing=framing,
        hosts=[one for one in framing.split() if one != "'self'"],
    )


def _told(shown: str, w: Words) -> str:
    """A contrast with one decimal, never more than it is."""
    return w.number(int(colour.contrast(shown) * 10) / 10)


def _ambiti(now: Snapshot) -> list[tuple[str, str]]:
    return [(f"ambito:{one.id}", one.name) for one in now.ambiti]


def _comuni(now: Snapshot) -> dict[str, list[tuple[str, str]]]:
    """Names of provinces → their comuni, by name."""
    ordered = sorted(
        now.comuni.values(), key=lambda one: (told.PROVINCES.get(one.province, ""), fold(one.comune))
    )
    return {
        told.PROVINCES.get(code, code): [(f"comune:{one.comune_code}", one.comune) for one in ones]
        for code, ones in groupby(ordered, key=lambda one: one.province)
    }
