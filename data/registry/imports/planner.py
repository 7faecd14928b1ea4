"""How each row finds its record, and what that makes of it: new, changed, the same, refused, told twice, to close."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final

from sqlalchemy.orm import Session

from data import catalog
from data.registry import checks, editing
from data.registry.folding import fold
from data.registry.freshness import GONE
from data.registry.imports import judged
from data.registry.imports.codes import guessed_kind
from data.registry.imports.steps import Action, Step
from data.registry.imports.there import (
    NAMED,
    NEIGHBOURS,
    PARENTS,
    Seen,
    There,
    as_one,
    meant,
    neighbours,
    same_text,
)
from data.registry.imports.wanted import Found, Wanted
from data.registry.model import KINDS, PREFIXES, Sportello, columns, fields, new_id
from data.registry.rights import Actor, allow
from errors import NotAllowed

RECENT: Final = "2022"
"""Since which year a dated list is good evidence (``evidence``, B); older or without a date it is to be checked (C)."""

Told = Callable[[], None]
Where = tuple[str, str]
"""A kind, and what a source or we call a record of it."""


@dataclass
class Row:
    """A row on its way: what it says of fields we keep, the record it means, why it cannot be placed."""

    wanted: Wanted
    said: dict[str, Any]
    seen: Seen | None = None
    trouble: str | None = None

    @property
    def where(self) -> Where:
        """What the source calls it."""
        return self.wanted.kind, self.wanted.external


@dataclass
class Planner:
    """One plan in the making.

    Parameters
    ----------
    same_as
        (kind, external) → key of the record that a person said it is.
    apart
        (kind, external) → keys of records that a person said it is not.
    usual_kinds
        The field ``kind`` of new records whose row does not say it, and whose names do not tell it.
    empties
        Whether a field that the file speaks of and leaves empty is emptied.
    """

    session: Session
    actor: Actor
    there: There
    ambito_id: str | None
    empties: bool = False
    usual_kinds: Mapping[str, str] = field(default_factory=dict)
    same_as: Mapping[Where, str] = field(default_factory=dict)
    apart: Mapping[Where, Collection[str]] = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)
    placed: dict[Where, str | None] = field(default_factory=dict)
    claimed: dict[Where, Wanted] = field(default_factory=dict)
    made: dict[Where, Mapping[str, Any]] = field(default_factory=dict)
    twins: dict[tuple[Any, ...], str] = field(default_factory=dict)
    refusals: dict[tuple[str, str | None], str | None] = field(default_factory=dict)
    notes: list[Found] = field(default_factory=list)

    def of_kind(self, kind: str, ones: Sequence[Wanted], told: Told) -> None:
        """The steps of every row of a kind; the kinds it hangs on come before."""
        rows = [self._row(one) for one in ones]
        names = {fold(row.said["name"]) for row in rows if isinstance(row.said.get("name"), str)}
        near = {row.said[of] for row in rows if (of := NEIGHBOURS.get(kind)) and row.said.get(of)}
        self.there.read(kind, ones, sorted(names), sorted(near) if kind in NEIGHBOURS else ())
        for row in rows:
            row.seen = self._sure(row)
        sure = {row.seen.key for row in rows if row.seen is not None}
        self._find_the_rest(kind, [row for row in rows if row.seen is None and not row.trouble], sure)
        for row in rows:
            self.steps.append(self._step(row))
            told()

    def _row(self, one: Wanted) -> Row:
        """What a row says, with its parent in place."""
        said = {
            name: value
            for name, value in checks.tidied(one.said).items()
            if (value is not None or self.empties) and not (one.kind == "sessioni" and name == "ambito_id")
        }
        trouble = None
        if one.parent is not None:
            key = self._parent(PARENTS[one.kind], one.parent)
            said[PARENTS[one.kind]] = key
            trouble = "parent_refused" if key is None else None
        return Row(one, said, trouble=trouble)

    def _parent(self, name: str, external: str) -> str | None:
        """The key of what a row hangs on: a row of this file, one of an earlier file of this source, our own key."""
        kind = checks.REFERENCES[name]
        if (kind, external) in self.placed:
            return self.placed[kind, external]
        known = self.there.record(kind, self.there.origins.get((kind, external), external))
        return known.key if known is not None and not known.aside else None

    def _sure(self, row: Row) -> Seen | None:
        """The record that somebody named: the person, the source by our key, an earlier import.

        Sources only number the sessioni of a desk: what they tell is looked at before their number.
        """
        kind, named = row.wanted.kind, self.same_as.get(row.where)
        before = None if kind == "sessioni" else self.there.origins.get(row.where)
        for key in (named, row.wanted.key, before):
            found = self.there.record(kind, key) if key else None
            if found is not None:
                return found
        return None

    def _find_the_rest(self, kind: str, rows: Sequence[Row], sure: set[str]) -> None:
        """The records of rows that nobody named, by what they say; two that could be meant are none."""
        taken = set(sure)
        for row in rows:
            but = set(self.apart.get(row.where, ()))
            if kind in NAMED:
                ones = [
                    one for one in meant(self.there, kind, row.said, self.ambito_id) if one.key not in but
                ]
            else:
                near = (one for one in neighbours(self.there, kind, row.said) if one.key not in taken)
                ones = [one for one in near if as_one(kind, row.said, one.said)][:1]
            if len(ones) == 1:
                row.seen = ones[0]
                taken.add(ones[0].key)
        if kind == "sessioni":
            self._as_numbered(rows, taken)
            self._only_ones(rows, taken)

    def _as_numbered(self, rows: Sequence[Row], taken: set[str]) -> None:
        """Sessioni at other hours than before, by their number in an earlier file of this source."""
        for row in rows:
            key = self.there.origins.get(row.where)
            found = (
                self.there.record("sessioni", key) if row.seen is None and key not in taken and key else None
            )
            if found is not None:
                row.seen = found
                taken.add(found.key)

    def _only_ones(self, rows: Sequence[Row], taken: set[str]) -> None:
        """A desk's only sessione left and the only row left of that desk are the same, at other hours."""
        left: dict[Any, list[Row]] = {}
        for row in rows:
            if row.seen is None:
                left.setdefault(row.said.get("sportello_id"), []).append(row)
        for ones in left.values():
            free = [one for one in neighbours(self.there, "sessioni", ones[0].said) if one.key not in taken]
            if len(ones) == len(free) == 1:
                ones[0].seen = free[0]

    def _step(self, row: Row) -> Step:
        kind = row.wanted.kind
        if row.trouble:
            return self._refused(row, [self._found(row, PARENTS[kind], row.trouble, row.wanted.parent or "")])
        if row.where in self.placed:
            return self._double(row, self.placed[row.where])
        if row.seen is None:
            twin = (kind, *self._telling(row))
            if twin in self.twins:
                return self._double(row, self.twins[twin])
            step = self._add(row)
            if step.key is not None:
                self.twins[twin] = step.key
            return step
        if (kind, row.seen.key) in self.claimed:
            return self._double(row, row.seen.key)
        self.claimed[kind, row.seen.key] = row.wanted
        return self._change(row, row.seen)

    def _telling(self, row: Row) -> tuple[Any, ...]:
        """What makes two new rows of a file the same record."""
        said, kind = row.said, row.wanted.kind
        if kind == "enti":
            return (fold(str(said.get("name"))),)
        if kind in NAMED:
            texts = (fold(str(said.get(name) or "")) for name in ("name", "address"))
            return (*texts, said.get("comune_code"), said.get("ente_id"))
        return tuple(str(said.get(name)) for name in fields(kind))

    def _add(self, row: Row) -> Step:
        kind, said = row.wanted.kind, {k: v for k, v in row.said.items() if v is not None}
        after = {**self._defaults(kind, said), **said, "ambito_id": self._home(kind, said)}
        judged = {name: value for name, value in after.items() if (kind, name) != ("sessioni", "ambito_id")}
        faults = self._faults(row, judged, after)
        why = self.refusal(kind, after["ambito_id"])
        if faults or why:
            return self._refused(
                row, faults or [self._found(row, "ambito_id", why or "", after["ambito_id"])]
            )
        key = self._key(row.wanted)
        self.placed[row.where] = key
        self.made[kind, key] = after
        apart = tuple(sorted(self.apart.get(row.where, ())))
        return Step("add", row.wanted, kind, key, self.name(kind, after), None, after, apart=apart)

    def _change(self, row: Row, seen: Seen) -> Step:
        kind, now = row.wanted.kind, seen.said
        fresh = {
            name: value
            for name, value in row.said.items()
            if name not in now
            or (now[name] != value and not (name == "name" and same_text(now[name], value)))
        }
        back = {"deleted_at": None} if seen.aside else {}
        if seen.aside or (now.get("status") in GONE and "status" not in row.said):
            again = "was_aside" if seen.aside else "was_closed"
            self.notes.append(self._found(row, None, again, self.name(kind, now), level="doubt"))
        if not fresh and not back:
            self.placed[row.where] = seen.key
            return Step("same", row.wanted, kind, seen.key, self.name(kind, now), version=seen.version)
        merged = {**now, **fresh}
        if kind == "sessioni":
            merged["ambito_id"] = self._home(kind, merged)
        faults = self._faults(row, fresh, merged)
        why = self.refusal(kind, now["ambito_id"]) or self.refusal(kind, merged["ambito_id"])
        if faults or why:
            # what hangs on a record that may not be changed still hangs on it
            self.placed[row.where] = None if seen.aside else seen.key
            return self._refused(row, faults or [self._found(row, "ambito_id", why or "", now["ambito_id"])])
        self.placed[row.where] = seen.key
        self.made[kind, seen.key] = merged
        after = fresh | back
        before = {name: now[name] for name in after}
        action: Action = "add" if back else "change"
        return Step(action, row.wanted, kind, seen.key, self.name(kind, merged), before, after, seen.version)

    def _double(self, row: Row, key: str | None) -> Step:
        """A row whose record another row of this file has told already."""
        self.placed.setdefault(row.where, key)
        fault = self._found(row, None, "told_twice", str(row.said.get("name") or ""), level="doubt")
        return Step(
            "double", row.wanted, row.wanted.kind, key, self.name(row.wanted.kind, row.said), faults=(fault,)
        )

    def _refused(self, row: Row, faults: Sequence[Found]) -> Step:
        self.placed.setdefault(row.where, None)
        kind = row.wanted.kind
        return Step("refused", row.wanted, kind, None, self.name(kind, row.said), faults=tuple(faults))

    def _found(self, row: Row, name: str | None, why: str, value: Any, *, level: str = "fault") -> Found:
        return Found(row.wanted.row, name, level, why, str(value or "")[:80])  # type: ignore[arg-type]

    def _faults(self, row: Row, given: Mapping[str, Any], whole: Mapping[str, Any]) -> list[Found]:
        """What a record cannot hold; what it hangs on is here, or comes with it."""
        kind = row.wanted.kind
        own = {name: value for name, value in given.items() if name not in checks.REFERENCES}
        found = judged.faults(self.session, kind, own) + judged.whole(kind, whole)
        told = [self._found(row, one.field, one.why, one.value) for one in found]
        for name in given.keys() & checks.REFERENCES.keys():
            if name in columns(kind) and given[name] is not None and not self._is_there(name, given[name]):
                told.append(self._found(row, name, "not_there", given[name]))
        return told

    def _is_there(self, name: str, key: Any) -> bool:
        kind = checks.REFERENCES[name]
        if (kind, key) in self.made:
            return True
        seen = self.there.record(kind, key) if isinstance(key, str) else None
        return seen is not None and not seen.aside

    def _defaults(self, kind: str, said: Mapping[str, Any]) -> dict[str, Any]:
        """What a new record says where its row does not."""
        dated = str(said.get("source_date") or "") >= RECENT
        usual = {**editing.DEFAULTS, "evidence": "B" if dated else "C"}
        if "kind" not in said and (guess := self._guess(kind, said) or self.usual_kinds.get(kind)):
            usual["kind"] = guess
        return {name: value for name, value in usual.items() if name in fields(kind)}

    def _guess(self, kind: str, said: Mapping[str, Any]) -> str | None:
        """The kind that the names tell of, for a desk whose row does not say it."""
        ente = self._parent_said("enti", said.get("ente_id")).get("name")
        return guessed_kind(said.get("name"), ente) if kind == "sportelli" else None

    def _home(self, kind: str, said: Mapping[str, Any]) -> str | None:
        """Whose a new record is: as said, of its sportello, of its comune, of the Ambito that is being filled."""
        if kind == "sessioni":
            desk = self._parent_said("sportelli", said.get("sportello_id"))
            return desk.get("ambito_id")
        if said.get("ambito_id") is not None or kind == "enti":
            return said.get("ambito_id") or self.ambito_id
        return homes().get(said.get("comune_code") or "") or self.ambito_id

    def _parent_said(self, kind: str, key: Any) -> Mapping[str, Any]:
        if (kind, key) in self.made:
            return self.made[kind, key]
        seen = self.there.record(kind, key) if isinstance(key, str) else None
        return {} if seen is None else seen.said

    def refusal(self, kind: str, ambito_id: Any) -> str | None:
        """Why whoever asks may not write records of this Ambito, as ``rights.allow`` has it; missing if they may."""
        if (kind, ambito_id) not in self.refusals:
            # a sessione is of whom its sportello is
            model = Sportello if kind == "sessioni" else KINDS[kind]
            self.refusals[kind, ambito_id] = refusal(
                self.session, self.actor, model(id="", ambito_id=ambito_id)
            )
        return self.refusals[kind, ambito_id]

    def _key(self, one: Wanted) -> str:
        """The key of a new record: the one the source carries if it is one of ours that nobody has here."""
        stem = f"{PREFIXES[one.kind]}-"
        good = (
            one.key
            and one.key.startswith(stem)
            and set(one.key) <= set(LETTERS)
            and len(one.key) <= LONGEST_KEY
        )
        free = good and (one.kind, one.key) not in self.made
        return one.key if free and one.key else new_id(one.kind)

    def name(self, kind: str, said: Mapping[str, Any]) -> str:
        """What a person knows a record by; one without a name by what it hangs on."""
        if kind in NAMED:
            return str(said.get("name") or "")
        of = PARENTS[kind]
        return str(
            self._parent_said(checks.REFERENCES[of], said.get(of)).get("name") or said.get("school_id") or ""
        )


LETTERS: Final = "abcdefghijklmnopqrstuvwxyz0123456789-"
LONGEST_KEY: Final = 120


def refusal(session: Session, actor: Actor, record: Any) -> str | None:
    """Why a record may not be written by whoever asks; missing if it may."""
    try:
        allow(session, actor, "edit", record)
    except NotAllowed as fault:
        return fault.why
    return None


@cache
def homes() -> Mapping[str, str]:
    """Comune → its Ambito."""
    table = catalog.load("ambito_comuni")
    return dict(zip(table["comune_code"], table["ambito_id"], strict=True))
