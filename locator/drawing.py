"""Templates made into pages: everything escaped, words of the visit's language, links relative to where it is."""

from collections.abc import Callable, Iterable
from functools import cache, partial
from pathlib import Path
from typing import Any, ClassVar, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape

from locator import address, contacts, told
from locator.leaflet import leaflet
from locator.records import Desk
from locator.snapshot import Snapshot
from locator.visit import Made, Visit

TEMPLATES: Final = Path(__file__).parent / "templates"


@cache
def environment() -> Environment:
    """Where templates are read; autoescape holds for all of them."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.filters |= {
        "it": italian,
        "ltr": left_to_right,
        "term": _term,
        "spoken": _spoken,
        "community": _community,
        "reached": lambda minutes: [mode for mode, told in minutes.items() if told],
    }
    made.globals |= {
        "fill": fill,
        "phones": contacts.phones,
        "emails": contacts.emails,
        "directions": contacts.directions,
        "geo": contacts.geo,
        "leaflet": leaflet,
        "activities": told.activities,
        "provinces": told.PROVINCES,
        "mode_word": address.mode_word,
        "more_of_entry": told.more_of_entry,
    }
    return made


def italian(text: object) -> Markup:
    """Text of the registry, which is Italian, set apart from the language of the page."""
    return Markup('<bdi lang="it">{}</bdi>').format(text)


def left_to_right(text: object) -> Markup:
    """Text that reads left to right in any language: telephones, hours."""
    return Markup('<bdi dir="ltr">{}</bdi>').format(text)


@pass_context
def _term(given: Context, code: str, name: str) -> str:
    return told.term(name, code, given["w"])


@pass_context
def _spoken(given: Context, code: str) -> str:
    return told.language(code, given["w"])


@pass_context
def _community(given: Context, value: str) -> str:
    return told.community(value, given["w"])


def fill(sentence: str, **values: object) -> Markup:
    """A sentence with its values in place, both escaped unless a value is markup.

    >>> fill("da <{place}>", place=italian("Sant'<i>"))
    Markup('da &lt;<bdi lang="it">Sant&#39;&lt;i&gt;</bdi>&gt;')
    """
    return Markup(escape(sentence)).format(**values)


def context(visit: Visit) -> dict[str, Any]:
    """What every template is given."""
    w = visit.w
    return {
        "visit": visit,
        "w": w,
        "_": w.gettext,
        "ngettext": w.ngettext,
        "pgettext": w.pgettext,
        "root": visit.root,
        "here": visit.here,
        "to": visit.to,
        "assets": visit.root + visit.setting.assets,
        "setting": visit.setting,
        "now": visit.now,
        "embed": visit.embed,
        "others": visit.others,
        "week": partial(told.week, w=w),
        "term": partial(told.term, w=w),
        "explained": partial(told.explained, w=w),
        "area": partial(told.area, now=visit.now),
        "once": Once(visit),
        "page": "page",
        "zone": "",
        "origin": "",
    }


class Once:
    """Parts of a page that are the same on many, made once and kept for as long as the snapshot is in use.

    They may depend on what their macro is given, the language, and where the page stands and what its links carry.
    """

    MOST: ClassVar = 30_000
    kept: ClassVar[tuple[Snapshot | None, dict[Any, Markup]]] = (None, {})

    def __init__(self, visit: Visit) -> None:
        if Once.kept[0] is not visit.now or len(Once.kept[1]) > self.MOST:
            Once.kept = visit.now, {}
        self.made = Once.kept[1]
        self.where = visit.w, visit.here, visit.setting.live, tuple(visit.carried.items())

    def __call__(self, name: str, macro: Callable[..., Markup], *given: Any) -> Markup:
        """What a macro makes of what it is given, by a name for the two together."""
        key = (*self.where, name)
        if (found := self.made.get(key)) is None:
            found = self.made[key] = macro(*given)
        return found


def render(visit: Visit, template: str, *, status: int = 200, lasting: bool = True, **more: Any) -> Made:
    """A page from a template.

    Parameters
    ----------
    more
        What the template needs beside ``context``; ``page`` says to scripts which page it is.
    """
    html = environment().get_template(template).render(context(visit) | more)
    return Made(html.encode(), status=status, lasting=lasting)


def cards(visit: Visit, desks: Iterable[Desk]) -> dict[str, str]:
    """Desk → its card as one ``<li>``, without minutes; links are relative to the address of the visit."""
    parts: Any = environment().get_template("parts/macros.html").make_module(context(visit))
    return {desk.id: str(parts.card(desk)).strip() for desk in desks}
