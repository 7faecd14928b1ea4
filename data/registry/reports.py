"""What people say is wrong with a public record: kept without a trace of who said it, settled by the record's editors.

Anybody may report; nobody reads what was written without the pass of an editor of the record's Ambito. Settling erases
the words and keeps codes, days and outcome. What was reported of a record that was made one with another is of the
other.
"""

import datetime as dt
import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import Final

from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session

from data.registry import outbox, people
from data.registry.books import Account, Letter, Merged, Report, ReportStep
from data.registry.changes import record_of
from data.registry.checks import refuse
from data.registry.freshness import GONE
from data.registry.model import KINDS as RECORDS
from data.registry.model import Associazione, Record, Sportello
from data.registry.rights import Actor, allow, who
from data.registry.store import Store
from data.vocabularies import label, vocabulary
from errors import Fault, FieldsRefused, NotAllowed, PassRefused, RecordMissing

REASONS, OUTCOMES = "report_reasons", "report_outcomes"
"""The vocabularies of what is wrong, and of how it ended."""
OTHER: Final = "altro"
KINDS: Final = ("sportelli", "associazioni")
"""The kinds of record that the public sees."""
LONGEST: Final = 600
"""Characters that may be written."""
MOST_A_DAY: Final = 10
"""Different reports of a record that are kept in a day."""
MOST_OPEN: Final = 50
"""Open reports that a record may have."""
WORDS_DAYS: Final = 365
"""After how many days words are erased even if nobody has settled them."""
KEPT, JOINED, FULL = "kept", "joined", "full"
"""What became of a report: kept, counted with one that says the same, dropped because there are too many."""
LETTER: Final = Path(__file__).parent / "letters" / "report.txt"
JOINERS: Final = "\u200c\u200d"
"""Characters that nobody sees and some scripts need."""
Key = tuple[str, str]
"""Kind and key of a record."""


def report(store: Store, kind: str, key: str, *, what: Sequence[str], words: str = "") -> str:
    """Keep what somebody says is wrong with a public record; gives back what became of it.

    Parameters
    ----------
    what
        Codes of ``report_reasons``, one at least.
    words
        What to know besides, 600 characters at most; needed where ``what`` is ``altro`` alone.

    Raises
    ------
    RecordMissing
        If the public sees no such record.
    FieldsRefused
        With every fault of what was written.
    """
    said = cleaned(words)
    refuse("reports", list(faults(what, said)))
    codes = [code for code in vocabulary(REASONS).index if code in what]
    today = store.today()
    with store.writing() as session:
        _public(session, kind, key)
        _forget(session, today)
        there = list(session.scalars(_open().where(Report.kind == kind, Report.record_id == key)))
        for one in there:
            if (one.what, one.words) == (codes, said):
                one.times, one.last_on = one.times + 1, today
                return JOINED
        if sum(one.first_on == today for one in there) >= MOST_A_DAY or len(there) >= MOST_OPEN:
            return FULL
        days = {"first_on": today, "last_on": today}
        session.add(Report(kind=kind, record_id=key, what=codes, words=said, times=1, **days))
    return KEPT


def cleaned(words: str) -> str | None:
    """What was written, without what nobody sees, blanks single; missing where nothing is left.

    >>> cleaned("  chiuso\\x00 da\\u202e maggio \\r\\n\\r\\n\\r\\n chiamate  ")
    'chiuso da maggio\\nchiamate'
    """
    text = unicodedata.normalize("NFC", re.sub(r"\r\n?|[\u2028\u2029\u0085\v\f]", "\n", words))
    seen = "".join(c for c in text if c in "\n\t" + JOINERS or unicodedata.category(c)[0] != "C")
    lines = (re.sub(r"[^\S\n]+", " ", line).strip() for line in seen.split("\n"))
    return "\n".join(line for line in lines if line.strip(JOINERS)) or None


def faults(what: Sequence[str], said: str | None) -> Iterator[Fault]:
    """Everything wrong with a report, its words cleaned."""
    strange = [code for code in what if code not in vocabulary(REASONS).index]
    yield from (Fault("what", "code", code[:80]) for code in strange)
    if not what:
        yield Fault("what", "needed", "")
    if said is not None and len(said) > LONGEST:
        yield Fault("words", "too_long", str(len(said)))
    if said is None and list(what) == [OTHER]:
        yield Fault("words", "needed", "")


def _public(session: Session, kind: str, key: str) -> None:
    """Nothing if the public sees the record; else ``RecordMissing``."""
    record = record_of(session, kind, key) if kind in KINDS else None
    shown = (
        isinstance(record, Sportello | Associazione) and record.evidence != "D" and record.status not in GONE
    )
    if not shown:
        raise RecordMissing(kind=kind, key=key)


def _forget(session: Session, today: dt.date) -> None:
    """Words that nobody has settled in a year are erased."""
    old = Report.last_on < today - dt.timedelta(days=WORDS_DAYS)
    session.execute(update(Report).where(old, Report.words.is_not(None)).values(words=None))


@dataclass(frozen=True)
class Told:
    """A report as those who may settle it read it.

    Parameters
    ----------
    kind, key, name, ambito_id
        The record it is of now; ``gone`` where that was put aside, ``moved`` where it was first said of another.
    words
        Missing where nothing was written, and once it is settled.
    times
        How often the same was said, from ``first_on`` to ``last_on``.
    outcome, settled_on, by
        How it ended, when, by whom (the name of an account); missing while it is open.
    """

    number: int
    kind: str
    key: str
    name: str
    ambito_id: str | None
    gone: bool
    moved: bool
    what: tuple[str, ...]
    words: str | None
    first_on: dt.date
    last_on: dt.date
    times: int
    outcome: str | None
    settled_on: dt.date | None
    by: str | None


def listed(store: Store, token: str | None, *, settled: bool = False, limit: int = 1000) -> list[Told]:
    """The reports that whoever asks may settle, those said last first; settled ones if asked so.

    Raises
    ------
    NotAllowed, PassRefused
        Without the pass of an editor.
    """
    asked = select(Report).where(Report.outcome.is_not(None)) if settled else _open()
    day = Report.settled_on if settled else Report.last_on
    with store.reading() as session:
        actor = _editor(session, store, token)
        led, by = _led(session), _settlers(session) if settled else {}
        found: list[Told] = []
        for one in session.scalars(asked.order_by(None).order_by(day.desc(), Report.id.desc())):
            record = _leads(session, (one.kind, one.record_id), led)
            if _theirs(actor, record) and len(found) < limit:
                found.append(_told(one, record, by.get(one.id)))
    return found


def waiting(store: Store, token: str | None) -> dict[Key, int]:
    """Record → how many open reports it has, of those that whoever asks may settle; empty for anybody else."""
    with store.reading() as session:
        try:
            actor = _editor(session, store, token)
        except (NotAllowed, PassRefused):
            return {}
        led, found = _led(session), dict[Key, int]()
        for one in session.scalars(_open()):
            record = _leads(session, (one.kind, one.record_id), led)
            if _theirs(actor, record):
                key = (record.__tablename__, record.id)
                found[key] = found.get(key, 0) + 1
    return found


def settle(store: Store, token: str | None, number: int, outcome: str) -> str:
    """Say how an open report ended, and erase its words; gives back what ``reopen`` needs to bring them back.

    That is a sealed text for whoever settled it, and is not kept here.

    Raises
    ------
    NotAllowed, PassRefused
        If whoever asks is no editor of the Ambito of the record.
    RecordMissing
        If there is no such report, or it is settled already.
    """
    if outcome not in vocabulary(OUTCOMES).index:
        raise FieldsRefused(kind="reports", faults=[Fault("outcome", "code", outcome[:80])])
    with store.writing() as session:
        actor, one = _allowed(session, store, token, number)
        if one.outcome is not None:
            raise RecordMissing(kind="reports", key=str(number))
        words, one.words = one.words, None
        one.outcome, one.settled_on = outcome, store.today()
        step = ReportStep(report_id=one.id, at=store.clock(), who=actor.key, outcome=outcome)
        session.add(step)
        session.flush()
        return people.sealed(store, "report", {"report": one.id, "step": step.id, "words": words})


def reopen(store: Store, token: str | None, number: int, back: str | None = None) -> None:
    """Open a settled report again; with what ``settle`` gave back its words are there again, else they stay erased.

    Raises as ``settle`` does; ``PassRefused`` if ``back`` is not of the last time that it was settled.
    """
    with store.writing() as session:
        actor, one = _allowed(session, store, token, number)
        if one.outcome is None:
            raise RecordMissing(kind="reports", key=str(number))
        words = None
        if back is not None:
            said = people.opened(store, "report", back)
            if (said["report"], said["step"]) != (one.id, _last_step(session, one)):
                raise PassRefused(why="expired")
            words = said["words"]
        one.outcome = one.settled_on = None
        one.words = words
        session.add(ReportStep(report_id=one.id, at=store.clock(), who=actor.key, outcome=None))


def remind(store: Store, address_of: Callable[[str, str], str]) -> outbox.Reminded:
    """Write to the editors about open reports not written about yet: one letter a recipient, one a day at most.

    The letters say which records and what is wrong by code; never the words. Words that are a year old are erased.
    """
    today, done = store.today(), outbox.Reminded()
    with store.writing() as session:
        _forget(session, today)
        editors, led = outbox.editors_of(session), _led(session)
        letters: dict[str, list[tuple[Report, Record]]] = {}
        for one in session.scalars(_open().where(Report.letter_id.is_(None))):
            record = _leads(session, (one.kind, one.record_id), led)
            to = editors.get(record.ambito_id) or editors.get(None)
            if to is None:
                done.nobody.append(outbox.due_of(record, _name(record), today))
            else:
                letters.setdefault(to, []).append((one, record))
        today_s = select(Letter.recipient).join(Report).where(Letter.written_on == today)
        for to in sorted(letters.keys() - set(session.scalars(today_s))):
            letter = _letter(letters[to], to=to, today=today, address_of=address_of)
            session.add(letter)
            session.flush()
            for one, record in letters[to]:
                one.letter_id = letter.id
                done.records.append(outbox.due_of(record, _name(record), today))
            done.letters += 1
    return done


def _letter(
    ones: Sequence[tuple[Report, Record]], *, to: str, today: dt.date, address_of: Callable[[str, str], str]
) -> Letter:
    by_record: dict[Key, tuple[str, list[str]]] = {}
    for one, record in ones:
        _, said = by_record.setdefault((record.__tablename__, record.id), (_name(record), []))
        said += [label(REASONS, code) for code in one.what]
    lines = [
        f"- {name}\n  {'; '.join(dict.fromkeys(said))}\n  {address_of(*key)}"
        for key, (name, said) in sorted(by_record.items())
    ]
    many = "una scheda" if len(lines) == 1 else f"{len(lines)} schede"
    text = Template(LETTER.read_text(encoding="utf-8")).substitute(quante=many, elenco="\n".join(lines))
    subject, _, body = text.partition("\n")
    return Letter(recipient=to, subject=subject, body=body.lstrip("\n"), written_on=today, attempts=0)


def _open() -> Select[Report]:
    return select(Report).where(Report.outcome.is_(None)).order_by(Report.id)


def _editor(session: Session, store: Store, token: str | None) -> Actor:
    """Whoever asks, if it is an editor: a personal link reads no reports."""
    actor = who(session, store, token)
    if actor.role == "gestore":
        raise NotAllowed(what="read reports", why="not_here")
    return actor


def _theirs(actor: Actor, record: Record) -> bool:
    return actor.ambiti is None or record.ambito_id in actor.ambiti


def _allowed(session: Session, store: Store, token: str | None, number: int) -> tuple[Actor, Report]:
    """Whoever asks and the report, if they may settle it."""
    actor = _editor(session, store, token)
    one = session.get(Report, number) if 0 < number < 2**31 else None
    if one is None:
        raise RecordMissing(kind="reports", key=str(number))
    allow(session, actor, "settle", _leads(session, (one.kind, one.record_id), _led(session)))
    return actor, one


def _led(session: Session) -> dict[Key, str]:
    """Record that was made one with another → the other, as it was done last."""
    return {(one.kind, one.dropped): one.kept for one in session.scalars(select(Merged).order_by(Merged.at))}


def _leads(session: Session, key: Key, led: dict[Key, str]) -> Record:
    """The record that a report of this one is of now."""
    record, seen = record_of(session, *key, deleted=True), {key[1]}
    while record.deleted_at is not None:
        next_one = led.get((key[0], record.id))
        if next_one is None or next_one in seen:
            break
        seen.add(next_one)
        record = record_of(session, key[0], next_one, deleted=True)
    return record


def _last_step(session: Session, one: Report) -> int | None:
    asked = select(ReportStep.id).where(ReportStep.report_id == one.id).order_by(ReportStep.id.desc())
    return session.scalar(asked.limit(1))


def _settlers(session: Session) -> dict[int, str]:
    """Report → the name of whoever settled it last."""
    asked = (
        select(ReportStep.report_id, Account.name)
        .join(Account, Account.id == ReportStep.who)
        .where(ReportStep.outcome.is_not(None))
        .order_by(ReportStep.id)
    )
    names: dict[int, str] = {}
    for number, name in session.execute(asked):
        names[number] = name
    return names


def astray(session: Session) -> list[str]:
    """Every report of a record that is not in the registry."""
    found = []
    for kind in KINDS:
        there = select(RECORDS[kind].id)
        lost = (
            select(Report.id).where(Report.kind == kind, Report.record_id.not_in(there)).order_by(Report.id)
        )
        found += [f"reports {number}" for number in session.scalars(lost)]
    return found


def _name(record: Record) -> str:
    return str(getattr(record, "name", record.id))


def _told(one: Report, record: Record, by: str | None) -> Told:
    return Told(
        one.id, record.__tablename__, record.id, _name(record), record.ambito_id, record.deleted_at is not None,
        record.id != one.record_id, tuple(one.what), one.words, one.first_on, one.last_on, one.times, one.outcome,
        one.settled_on, by,
    )  # fmt: skip
