"""Campaigns: rounds of updating by Ambito and by field; who is asked, what is done, and letters about it, once."""

import datetime as dt
import json
import secrets
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from data.registry import changes, checks, outbox
from data.registry.books import Campaign, CampaignLetter, Change
from data.registry.changes import SEED, touched
from data.registry.freshness import Due, to_confirm
from data.registry.model import KINDS, Record, fields
from data.registry.rights import NOT_FOR_PROVIDERS, Actor, who
from data.registry.store import ROME, Store
from errors import Fault, FieldsRefused, NotAllowed, PassRefused, RecordMissing

LETTER: Final = Path(__file__).parent / "letters" / "campaign.txt"
SHORTEST, LONGEST = 3, 120
"""Characters of a title."""

Key = tuple[str, str]
"""Kind and key of a record."""
AddressOf = Callable[[str, str], str]


@dataclass(frozen=True)
class Round:
    """A campaign as anyone may read it; missing ``ambiti``: all; missing ``fields``: the whole record."""

    key: str
    title: str
    ambiti: tuple[str, ...] | None
    kinds: tuple[str, ...]
    fields: tuple[str, ...] | None
    starts_on: dt.date
    ends_on: dt.date
    closed: bool

    def under_way(self, today: dt.date) -> bool:
        """Whether it runs on a day: both ends included, and not closed."""
        return not self.closed and self.starts_on <= today <= self.ends_on


@dataclass(frozen=True)
class Progress:
    """How many records are asked about, and how many of them are done."""

    asked: int = 0
    done: int = 0

    @property
    def left(self) -> int:
        """How many are still to do."""
        return self.asked - self.done


@dataclass
class Written:
    """What a round of letters did: letters, the records they name, and those nobody can be written to about."""

    letters: int = 0
    records: list[Due] = field(default_factory=list)
    nobody: list[Due] = field(default_factory=list)


def askable(kind: str) -> list[str]:
    """The fields of a kind that a campaign may ask for; of a sportello also those of its sessioni."""
    own = [name for name in fields(kind) if name not in {*NOT_FOR_PROVIDERS, "notes"}]
    return own + (askable("sessioni") if kind == "sportelli" else [])


def start(
    store: Store,
    token: str | None,
    *,
    title: str,
    kinds: Sequence[str],
    starts_on: dt.date,
    ends_on: dt.date,
    ambiti: Sequence[str] | None = None,
    fields: Sequence[str] | None = None,
) -> str:
    """A new campaign, both days included; gives back its key.

    Parameters
    ----------
    ambiti
        Those asked; missing: all, and records of no Ambito too, which only regional editors may ask.
    fields
        What is asked, each a field of one of the kinds and at least one for each kind; missing: the whole record.

    Raises
    ------
    NotAllowed
        To providers; to editors for Ambiti that are not theirs.
    FieldsRefused
        With everything that a campaign cannot be.
    """
    tidy = checks.tidied({"title": title, "ambiti": _listed(ambiti), "fields": _listed(fields)})
    wanted = Campaign(
        id=f"ca-{secrets.token_hex(6)}",
        title=tidy["title"] or "",
        ambiti=tidy["ambiti"],
        kinds=list(dict.fromkeys(kinds)),
        fields=tidy["fields"],
        starts_on=starts_on,
        ends_on=ends_on,
        created_at=store.clock(),
    )
    with store.writing() as session:
        actor = who(session, store, token)
        _allow(actor, wanted)
        found = [*_faults(wanted, store.today())]
        found += [Fault("ambiti", "needed", "")] * (ambiti is not None and wanted.ambiti is None)
        found += [Fault("fields", "needed", "")] * (fields is not None and wanted.fields is None)
        checks.refuse("campaigns", found)
        wanted.created_by = actor.key
        session.add(wanted)
        return wanted.id


def _listed(values: Sequence[str] | None) -> list[str] | None:
    return None if values is None else list(values)


def _allow(actor: Actor, campaign: Campaign) -> None:
    """Nothing if the actor may ask for this round; else ``NotAllowed`` with the reason."""
    what = f"campaign {campaign.id}"
    if actor.role == "gestore":
        raise NotAllowed(what=what, why="not_here")
    if actor.ambiti is None:
        return
    if campaign.ambiti is None:
        raise NotAllowed(what=what, why="regional")
    if not actor.ambiti.issuperset(campaign.ambiti):
        raise NotAllowed(what=what, why="other_ambito")


def _faults(wanted: Campaign, today: dt.date) -> Iterator[Fault]:
    """Everything that a campaign cannot be, its fields in their order."""
    for why in checks.characters(wanted.title, longest=LONGEST):
        yield Fault("title", why, wanted.title[:80])
    if len(wanted.title) < SHORTEST:
        yield Fault("title", "too_short" if wanted.title else "needed", wanted.title)
    if "\n" in wanted.title:
        yield Fault("title", "control", wanted.title[:80])
    for ambito in wanted.ambiti or ():
        if not checks.CODES["ambito_id"](ambito):
            yield Fault("ambiti", "code", ambito)
    if not wanted.kinds:
        yield Fault("kinds", "needed", "")
    strange = [kind for kind in wanted.kinds if kind not in KINDS]
    yield from (Fault("kinds", "code", kind) for kind in strange)
    if not strange:
        yield from _faults_of_fields(wanted)
    if wanted.ends_on < max(wanted.starts_on, today):
        yield Fault("ends_on", "outside", wanted.ends_on.isoformat())


def _faults_of_fields(wanted: Campaign) -> Iterator[Fault]:
    """Fields that none of the kinds has, and kinds that have none of the fields."""
    asked = set(wanted.fields or ())
    known = {kind: set(askable(kind)) for kind in wanted.kinds}
    for name in sorted(asked - set().union(*known.values())):
        yield Fault("fields", "unknown_field", name)
    for kind, names in known.items():
        if asked and not asked & names:
            yield Fault("kinds", "outside", kind)


def close(store: Store, token: str | None, key: str) -> None:
    """End a campaign before its last day; nothing if it is closed already. Raises as ``start`` does."""
    with store.writing() as session:
        campaign = _campaign(session, key)
        _allow(who(session, store, token), campaign)
        if campaign.closed_at is None:
            campaign.closed_at = store.clock()


def may_run(store: Store, token: str | None, key: str) -> bool:
    """Whether a page should offer to close a campaign and to write its letters to whoever looks."""
    try:
        with store.reading() as session:
            _allow(who(session, store, token), _campaign(session, key))
    except (NotAllowed, PassRefused):
        return False
    return True


def _campaign(session: Session, key: str) -> Campaign:
    found = session.get(Campaign, key)
    if found is None:
        raise RecordMissing(kind="campaigns", key=key)
    return found


def every(store: Store) -> list[Round]:
    """All campaigns, the latest start first."""
    with store.reading() as session:
        asked = select(Campaign).order_by(Campaign.starts_on.desc(), Campaign.created_at.desc(), Campaign.id)
        return [_round(one) for one in session.scalars(asked)]


def _round(one: Campaign) -> Round:
    return Round(
        one.id, one.title, None if one.ambiti is None else tuple(one.ambiti), tuple(one.kinds),
        None if one.fields is None else tuple(one.fields), one.starts_on, one.ends_on, one.closed_at is not None,
    )  # fmt: skip


def progress(store: Store, key: str) -> dict[str | None, Progress]:
    """Ambito → how many records are asked about and done; under ``None`` those of no Ambito.

    A record is done when, from the campaign's first day to its end, somebody other than the seed confirmed it or
    wrote one of the fields asked, by the change log, and did not take it back; what a sessione says counts for its
    sportello too. What is closed or put aside is not asked.
    """
    found: dict[str | None, Progress] = {}
    with store.reading() as session:
        campaign = _campaign(session, key)
        done = _done(session, campaign)
        for record, _ in _asked(session, campaign):
            so_far = found.get(record.ambito_id, Progress())
            is_done = (record.__tablename__, record.id) in done
            found[record.ambito_id] = Progress(so_far.asked + 1, so_far.done + is_done)
    return found


def left(store: Store, key: str) -> list[Due]:
    """The records of a campaign that are not done, the longest unconfirmed first."""
    today = store.today()
    with store.reading() as session:
        campaign = _campaign(session, key)
        done = _done(session, campaign)
        found = [
            outbox.due_of(record, name, today)
            for record, name in _asked(session, campaign)
            if (record.__tablename__, record.id) not in done
        ]
    return sorted(found, key=lambda one: (one.due_on, one.kind, one.key))


def _asked(session: Session, campaign: Campaign) -> Iterator[tuple[Record, str]]:
    for record, name in to_confirm(session):
        here = campaign.ambiti is None or record.ambito_id in campaign.ambiti
        if here and record.__tablename__ in campaign.kinds:
            yield record, name


def _done(session: Session, campaign: Campaign) -> set[Key]:
    """The records that a person confirmed, or wrote as asked, while the campaign ran."""
    since, until = _span(campaign)
    lines = list(session.scalars(select(Change).where(Change.at >= since).order_by(Change.id)))
    back = changes.taken_back(lines)
    asked = set(campaign.fields or (name for kind in KINDS for name in askable(kind)))
    found: set[Key] = set()
    for line in lines:
        if line.who == SEED or line.at >= until or line.id in back or line.undoes is not None:
            continue
        wrote = set(touched(line))
        if wrote & asked or "confirmed_on" in wrote:
            found.add((line.kind, line.record_id))
        if line.kind == "sessioni" and wrote & asked:
            found.add(("sportelli", json.loads(line.after)["sportello_id"]))
    return found


def _span(campaign: Campaign) -> tuple[dt.datetime, dt.datetime]:
    """From the first moment of its first day to the last of its last, in Lombardy, or to when it was closed."""
    end = dt.datetime.combine(campaign.ends_on + dt.timedelta(days=1), dt.time(), ROME)
    closed = campaign.closed_at
    since = dt.datetime.combine(campaign.starts_on, dt.time(), ROME)
    return since, end if closed is None else min(end, closed)


def write(store: Store, address_of: AddressOf, words: Callable[[str], str] = str) -> Written:
    """Write the letters of every campaign under way, about what is asked, not done and not yet written about.

    Run each day, it writes on a campaign's first day, and later only about what could not be written before.

    Parameters
    ----------
    address_of
        Kind and key → the address of the page of a record.
    words
        How a field is called in the letter.
    """
    done = Written()
    with store.writing() as session:
        for campaign in session.scalars(select(Campaign).order_by(Campaign.starts_on, Campaign.id)):
            if _round(campaign).under_way(store.today()):
                _write(session, store.today(), campaign, address_of, words, done)
    return done


def ask(
    store: Store, token: str | None, key: str, address_of: AddressOf, words: Callable[[str], str] = str
) -> Written:
    """Write the letters of one campaign now; ``FieldsRefused`` if it is not under way; else raises as ``start``."""
    done = Written()
    with store.writing() as session:
        campaign = _campaign(session, key)
        _allow(who(session, store, token), campaign)
        if not _round(campaign).under_way(store.today()):
            raise FieldsRefused(kind="campaigns", faults=[Fault("starts_on", "outside", str(store.today()))])
        _write(session, store.today(), campaign, address_of, words, done)
    return done


def _write(
    session: Session,
    today: dt.date,
    campaign: Campaign,
    address_of: AddressOf,
    words: Callable[[str], str],
    done: Written,
) -> None:
    """One letter a recipient, and one line a record that says it was written about."""
    told = select(CampaignLetter.kind, CampaignLetter.record_id).where(
        CampaignLetter.campaign_id == campaign.id
    )
    over = _done(session, campaign) | {(kind, key) for kind, key in session.execute(told)}
    editors = outbox.editors_of(session)
    letters: dict[str, list[Due]] = {}
    for record, name in _asked(session, campaign):
        if (record.__tablename__, record.id) in over:
            continue
        due, to = outbox.due_of(record, name, today), outbox.recipient(session, record, editors)
        (done.nobody if to is None else letters.setdefault(to, [])).append(due)
    for to, ones in sorted(letters.items()):
        letter = outbox.letter_about(
            ones, to=to, today=today, address_of=address_of, template=LETTER, titolo=campaign.title,
            dal=f"{campaign.starts_on:%d/%m/%Y}", al=f"{campaign.ends_on:%d/%m/%Y}",
            cosa=", ".join(map(words, campaign.fields)) if campaign.fields else "tutta la scheda",
        )  # fmt: skip
        session.add(letter)
        session.flush()
        session.add_all(
            CampaignLetter(campaign_id=campaign.id, kind=one.kind, record_id=one.key, letter_id=letter.id)
            for one in ones
        )
        done.records += ones
    done.letters += len(letters)
