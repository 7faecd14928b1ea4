"""The page on which anybody says what is wrong in a record: the form, its faults, the thanks."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from data.registry import reports
from data.vocabularies import vocabulary
from locator.drawing import render
from locator.records import Association, Desk
from locator.snapshot import Snapshot
from locator.visit import Made, Visit
from locator.words import Words

RECORD, THANKS = "scheda", "grazie"
"""Parameters: which record, and that something was said of it."""
WHAT, TEXT, MADE, TRAP = "errore", "testo", "inizio", "sito"
"""Fields of the form; people do not see the last: what fills it in is no person."""
FIELDS: Final = {"what": WHAT, "words": TEXT}
"""Field of a report → field of the form."""


class Fault(NamedTuple):
    """Something to mend: of which field of the form (empty: of all), in words."""

    where: str
    words: str


@dataclass(frozen=True)
class Form:
    """What somebody filled in, when the form was made (sealed), and what is wrong with it."""

    what: Sequence[str] = ()
    words: str = ""
    made: str = ""
    faults: Sequence[Fault] = ()

    def fault(self, where: str) -> str:
        """What is wrong with a field, in words; empty where nothing is."""
        return " ".join(one.words for one in self.faults if one.where == where)


def record_of(now: Snapshot, key: str) -> Desk | Association | None:
    """The public record that a parameter names (``sportelli/…``); nothing where there is none."""
    kind, _, record_id = key.partition("/")
    if kind == "sportelli":
        return now.desk.get(record_id)
    return now.association.get(record_id) if kind == "associazioni" else None


def content_faults(form: Form, w: Words) -> list[Fault]:
    """Everything that is wrong with what was filled in."""
    _ = w.gettext
    said = reports.cleaned(form.words)
    words = {
        ("what", "needed"): _("Scegli almeno una voce."),
        ("what", "code"): _("Una voce scelta non c'è più. Scegli di nuovo."),
        ("words", "too_long"): _("Il testo è troppo lungo: sono {n} caratteri, al massimo {most}.")
        .replace("{n}", w.number(len(said or "")))
        .replace("{most}", w.number(reports.LONGEST)),
        ("words", "needed"): _("Hai scelto «Altro». Scrivi che cosa è sbagliato."),
    }
    found = [(one.field, one.why) for one in reports.faults(form.what, said)]
    return [Fault(FIELDS[name], words[name, why]) for name, why in dict.fromkeys(found)]


def form_page(visit: Visit, record: Desk | Association, form: Form, *, status: int = 200) -> Made:
    """The form, with everything that is wrong with what was sent."""
    return render(
        visit,
        "report.html",
        status=status,
        lasting=False,
        page="report",
        record=record,
        form=form,
        reasons=list(vocabulary(reports.REASONS).index),
        most=reports.LONGEST,
        back=way_back(visit, record),
        field={"what": WHAT, "text": TEXT, "made": MADE, "trap": TRAP, "record": RECORD},
    )


def thanks(visit: Visit, record: Desk | Association) -> Made:
    """That something was received, and the way back."""
    return render(
        visit, "report_thanks.html", lasting=False, page="report", record=record, back=way_back(visit, record)
    )


def way_back(visit: Visit, record: Desk | Association) -> str:
    """The relative address of the page where the record stands."""
    if isinstance(record, Desk):
        return visit.to(f"sportello/{record.id}/")
    ambito = record.place.ambito_id
    return visit.to(f"ambito/{ambito}/" if ambito in visit.now.ambito else "")
