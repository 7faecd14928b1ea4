"""The pages of places and needs: home, comune, theme, Ambito, comuni from A to Z; each a template and what it shows."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any, Final, NamedTuple

from data.registry.folding import fold
from data.vocabularies import vocabulary
from locator import address, finding, told
from locator.drawing import render
from locator.finding import NOW, Ask, Found, Results
from locator.records import Association, Desk
from locator.search_form import search, when_label
from locator.snapshot import Ambito
from locator.travel import MODES, Origin
from locator.visit import Made, Visit, with_parameters

FULL: Final = 20
"""Desks shown in full on a page; those after them in two lines, those after these counted."""
BRIEF: Final = 40
FULL_REMOTE: Final = 4
COMMON: Final = 12
"""Themes that the home page shows at once: those that most desks deal with."""
LARGEST: Final = 12
"""Comuni that the home page links to at once: those with most people."""

NEAR_MIN: Final = 60
NEAR_BY_CAR_MIN: Final = 45
"""Farther than this by the way asked, and than this by car, a desk is far (as ``assets/finding.js`` has it)."""


class Choice(NamedTuple):
    """A condition that is asked, in words, and the page without it."""

    words: str
    without: str


class Shown(NamedTuple):
    """Desks of one section of a page: in full, in two lines, and how many are not shown."""

    full: Sequence[Found]
    brief: Sequence[Found]
    more: int

    @property
    def total(self) -> int:
        """All of them."""
        return len(self.full) + len(self.brief) + self.more


def home(visit: Visit) -> Made:
    """The first page: search, themes, Ambiti, languages."""
    asked = address.read(visit.query, visit.now.travel)
    themes = themes_of(visit.now.desks)
    return render(
        visit,
        "home.html",
        page="home",
        search=search(visit, asked.ask, typed=visit.query.get(address.PLACE, "")),
        themes=themes,
        usual=sorted(themes, key=lambda code: -themes[code])[:COMMON],
        largest=largest(visit.now.travel.origins, visit.now.comuni),
        by_province=by_province(visit.now.ambiti),
        nothing=Shown((), (), 0),
    )


def themes_of(desks: Iterable[Desk]) -> Mapping[str, int]:
    """Theme → how many desks deal with it, in the vocabulary's order; those of none are left out."""
    said = [code for desk in desks for code in desk.themes or ()]
    counts = {code: said.count(code) for code in vocabulary("themes").index}
    return {code: count for code, count in counts.items() if count}


def largest(origins: Iterable[Origin], comuni: Mapping[str, Origin]) -> list[Origin]:
    """The comuni where most people live, by name."""
    people: dict[str, int] = {}
    for one in origins:
        people[one.comune_code] = people.get(one.comune_code, 0) + one.residents
    most = sorted(comuni, key=lambda code: -people[code])[:LARGEST]
    return [origin for code, origin in comuni.items() if code in most]


def by_province(ambiti: Iterable[Ambito]) -> dict[str, list[Ambito]]:
    """Names of provinces → their Ambiti, both by name."""
    ordered = sorted(ambiti, key=lambda one: (told.PROVINCES.get(one.province, one.province), one.name))
    return {
        told.PROVINCES.get(code, code): list(ones)
        for code, ones in groupby(ordered, key=lambda one: one.province)
    }


def comune(visit: Visit, code: str) -> Made | None:
    """Desks for who starts from a comune, by minutes; nothing where there is no such comune."""
    start = visit.now.comuni.get(code)
    if start is None:
        return None
    asked = address.read(visit.query, visit.now.travel, home=start)
    ask = asked.ask
    found = finding.results(visit.now.desks, visit.now.travel, ask, now=visit.moment)
    origin = visit.now.travel.origins[visit.now.travel.row[ask.origin]]
    ambito = visit.now.ambito.get(start.ambito_id or "")
    return render(
        visit,
        "results.html",
        lasting=ask.when != NOW,
        page="results",
        zone=origin.zone,
        origin=origin.id,
        start=origin,
        search=search(visit, ask, home=start),
        ask=ask,
        strange=asked.strange,
        chosen=_chosen(visit, ask, start),
        ways_out=_ways_out(visit, ask, found, start),
        nearer=nearer(found, ask.mode),
        left_out=found.left_out,
        ambito=ambito,
        associations=[] if ambito is None else _of_ambito(visit, ambito.id),
        **sections(found),
    )


def sections(found: Results) -> dict[str, Any]:
    """What is shown of each group: the first in full, as many as a page may weigh."""
    sure = found.sure[:FULL]
    perhaps = found.perhaps[: max(FULL - len(sure), FULL // 4)]
    brief = found.sure[len(sure) :][:BRIEF]
    left = max(BRIEF - len(brief), BRIEF // 4)
    return {
        "sure": Shown(sure, brief, len(found.sure) - len(sure) - len(brief)),
        "perhaps": _shown(found.perhaps, len(perhaps), left),
        "remote": _shown(found.remote, FULL_REMOTE, left),
    }


def _shown(found: Sequence[Found], full: int, brief: int) -> Shown:
    return Shown(found[:full], found[full : full + brief], max(len(found) - full - brief, 0))


def _chosen(visit: Visit, ask: Ask, home: Origin | None = None, *, ambito: str = "") -> list[Choice]:
    """The conditions asked, in the order of the form, each with the page that does not ask it."""
    words = {
        "theme": lambda: visit.w.term("themes", ask.theme),
        "language": lambda: visit.w.language(ask.language),
        "target": lambda: visit.w.term("targets", ask.target),
        "when": lambda: when_label(ask.when, visit.w),
    }
    return [
        Choice(
            words[name](),
            with_parameters(
                "./",
                {**address.write(address.without(ask, name), home=home, ambito=ambito), **visit.carried},
            ),
        )
        for name in address.FILTERS
        if getattr(ask, name)
    ]


def _ways_out(visit: Visit, ask: Ask, found: Results, start: Origin) -> list[Choice]:
    """What to do where no desk surely answers near enough: another way to travel, the page of the theme."""
    near = [one for one in (*found.sure, *found.perhaps) if one.minutes[ask.mode] is not None]
    others = [mode for mode in MODES if mode != ask.mode and (mode == "car" or not near)]
    if near:
        return []
    _ = visit.w.gettext
    by = {"walk": _("Cerca a piedi"), "bike": _("Cerca in bici"), "car": _("Cerca in auto")}
    out = [
        Choice(by[mode], with_parameters("./", _by(visit, ask, mode, start)))
        for mode in others
        if any(one.minutes[mode] for one in (*found.sure, *found.perhaps))
    ]
    if ask.theme:
        words = visit.w.gettext("Sportelli per: {theme}").format(theme=visit.w.term("themes", ask.theme))
        out.append(Choice(words, visit.to(f"tema/{ask.theme}/")))
    return out


def nearer(found: Results, mode: str) -> Found | None:
    """The nearest of the desks to be asked first, where it is near and all those that surely answer are far."""
    if not found.sure or any(_near(one, mode) for one in found.sure):
        return None
    return next((one for one in found.perhaps if _near(one, mode)), None)


def _near(found: Found, mode: str) -> bool:
    limits = {"car": NEAR_BY_CAR_MIN, mode: NEAR_MIN}
    return any((told := found.minutes[way]) is not None and told[0] <= most for way, most in limits.items())


def _by(visit: Visit, ask: Ask, mode: str, start: Origin) -> dict[str, str]:
    told_ask = address.write(ask, home=start)
    return {**told_ask, "mezzo": address.mode_word(mode), **visit.carried}


def theme(visit: Visit, code: str) -> Made | None:
    """Every desk of a theme, by province and comune; nothing where there is no such theme."""
    if code not in vocabulary("themes").index:
        return None
    asked = address.read({**visit.query, "tema": code}, visit.now.travel)
    found = finding.results(visit.now.desks, visit.now.travel, asked.ask, now=visit.moment)
    return render(
        visit,
        "theme.html",
        lasting=asked.ask.when != NOW,
        page="theme",
        theme=code,
        search=search(visit, asked.ask),
        ask=asked.ask,
        strange=asked.strange,
        chosen=[one for one in _chosen(visit, asked.ask) if one.words != visit.w.term("themes", code)],
        left_out=found.left_out,
        sure=by_place(found.sure),
        perhaps=by_place(found.perhaps),
        remote=found.remote,
        counts={"sure": len(found.sure), "perhaps": len(found.perhaps), "remote": len(found.remote)},
    )


def by_place(found: Iterable[Found]) -> dict[str, list[Found]]:
    """Names of provinces → their desks, by comune and name; desks whose place is not known come last."""
    ordered = sorted(found, key=_place_order)
    return {
        told.PROVINCES.get(code, code): list(ones)
        for code, ones in groupby(ordered, key=lambda one: one.desk.place.province or "")
    }


def _place_order(found: Found) -> tuple[bool, str, str, str, str]:
    place = found.desk.place
    province = told.PROVINCES.get(place.province or "", place.province or "")
    return not province, province, place.comune or "", found.desk.name, found.desk.id


def ambito(visit: Visit, code: str) -> Made | None:
    """Desks, associations and comuni of an Ambito; nothing where there is no such Ambito."""
    one = visit.now.ambito.get(code)
    if one is None:
        return None
    asked = address.read(visit.query, visit.now.travel, ambito=code)
    found = finding.results(visit.now.desks, visit.now.travel, asked.ask, now=visit.moment)
    ones = (found.sure, found.perhaps, found.remote)
    sure, perhaps, remote = (tuple(sorted(each, key=_place_order)) for each in ones)
    return render(
        visit,
        "ambito.html",
        lasting=asked.ask.when != NOW,
        page="ambito",
        zone=code,
        ambito=one,
        search=search(visit, asked.ask),
        ask=asked.ask,
        strange=asked.strange,
        chosen=_chosen(visit, asked.ask, ambito=code),
        left_out=found.left_out,
        associations=_of_ambito(visit, code),
        **sections(Results(sure, perhaps, remote, found.left_out)),
    )


def _of_ambito(visit: Visit, code: str) -> list[Association]:
    ones = [one for one in visit.now.associations if one.place.ambito_id == code]
    return sorted(ones, key=lambda one: fold(one.name))


def comuni(visit: Visit) -> Made:
    """Every comune by its first letter."""
    ordered = sorted(visit.now.comuni.values(), key=lambda one: fold(one.comune))
    letters = {
        letter.upper(): list(ones) for letter, ones in groupby(ordered, key=lambda one: fold(one.comune)[:1])
    }
    return render(visit, "comuni.html", page="comuni", letters=letters)


def tongues(visit: Visit) -> Made:
    """The page above all languages, for who comes without one."""
    return render(visit, "languages.html", page="languages")
