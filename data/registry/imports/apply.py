"""Doing what a plan says: one transaction, one batch in the log; and the list of what was imported."""

import json
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from data.registry import changes, checks
from data.registry.books import Distinct, Import, Origin
from data.registry.changes import Act
from data.registry.imports import judged
from data.registry.imports.plan import Progress, editor
from data.registry.imports.planner import refusal
from data.registry.imports.steps import WRITING, Plan, Step
from data.registry.imports.there import AT_ONCE
from data.registry.model import KINDS, Record, Sessione, Sportello, content
from data.registry.rights import Actor, allow
from data.registry.store import Store
from errors import Fault, ImportOutdated

HOW: Final = "import"
"""How an import is called in the log."""


@dataclass(frozen=True)
class Applied:
    """What was done; ``batch`` joins its lines in the log, and is missing where there was nothing to do."""

    batch: str | None
    added: int
    changed: int
    closed: int


def apply(
    store: Store,
    token: str | None,
    plan: Plan,
    *,
    file: str,
    progress: Progress | None = None,
    leave_out: Collection[int] = (),
) -> Applied:
    """Do what a plan says, all of it or nothing.

    Parameters
    ----------
    file
        What the file was called, for the list of imports.
    leave_out
        Places in ``plan.steps`` that are not wanted; what hangs on a new record left out is left out with it.

    Raises
    ------
    ImportOutdated
        If a record is no longer at the version of the preview, or a row has become another record meanwhile.
    FieldsRefused, NotAllowed, PassRefused
        As they say; nothing is saved.
    """
    with store.writing() as session:
        actor = editor(session, store, token, plan.ambito_id)
        act = Act(who=actor.key, how=HOW, at=store.clock())
        steps = _asked_for(plan, leave_out)
        work = _Work(session, actor, act, plan)
        work.still_so(steps)
        total = sum(step.action in WRITING for step in steps)
        done = 0
        for some in work.doing(steps):
            done += some
            if progress is not None:
                progress(done, total)
        origins = work.origins(steps)
        if not total and not origins:
            return Applied(None, 0, 0, 0)
        work.distinct(steps)
        made = Counter(step.action for step in steps)
        applied = Applied(act.batch, made["add"], made["change"], made["close"])
        session.add(_booked(act, plan, file, steps, applied))
        return applied


def _asked_for(plan: Plan, leave_out: Collection[int]) -> list[Step]:
    """The steps that are wanted, those that hang on a new record left out not among them."""
    out = set(leave_out)
    missing: set[tuple[str, str | None]] = set()
    kept = []
    for place, step in enumerate(plan.steps):
        parents = {
            (kind, (step.after or {}).get(name)) for name, kind in checks.REFERENCES.items() if step.after
        }
        if place in out or parents & missing:
            if step.action == "add" and step.key:
                missing.add((step.kind, step.key))
        else:
            kept.append(step)
    gone = {key for _, key in missing}
    return [step for step in kept if step.action in WRITING or step.key not in gone]


@dataclass
class _Work:
    """One import being done."""

    session: Session
    actor: Actor
    act: Act
    plan: Plan
    records: dict[tuple[str, str], Record] = field(default_factory=dict)
    homes: dict[tuple[str, Any], str | None] = field(default_factory=dict)
    known: dict[tuple[str, str], str] = field(default_factory=dict)

    meant: frozenset[tuple[str, str | None]] = frozenset()

    def __post_init__(self) -> None:
        self.meant = frozenset((step.kind, step.key) for step in self.plan.steps)
        asked = select(Origin.kind, Origin.external, Origin.record_id).where(
            Origin.source == self.plan.source
        )
        self.known = {(kind, external): key for kind, external, key in self.session.execute(asked)}

    def still_so(self, steps: Sequence[Step]) -> None:
        """Nothing, if every record is as the plan saw it; else ``ImportOutdated`` with all that are not."""
        for kind in KINDS:
            writing = [
                step.key for step in steps if step.kind == kind and step.action in WRITING and step.key
            ]
            model = KINDS[kind]
            for some in _some(writing):
                for one in self.session.scalars(select(model).where(model.id.in_(some))):
                    self.records[kind, one.id] = one
        moved = [step for step in steps if step.action in WRITING and not self._is_so(step)]
        if moved:
            raise ImportOutdated(records=[f"{step.kind}/{step.key}" for step in moved])

    def _is_so(self, step: Step) -> bool:
        """Whether a record is at the version seen; of a new one, that nobody has made it since.

        Its row may lead to a record that another row means now: sources only number the sessioni of a desk.
        """
        there = self.records.get((step.kind, step.key or ""))
        if step.version is not None:
            return there is not None and there.version == step.version
        where = (step.kind, step.wanted.external if step.wanted else "")
        led = self.known.get(where)
        return there is None and (led is None or (step.kind, led) in self.meant)

    def doing(self, steps: Sequence[Step]) -> Iterator[int]:
        """Write kind by kind, what others hang on first; tells how many are done each time."""
        for kind in KINDS:
            of = [step for step in steps if step.kind == kind and step.key]
            self._may_all(kind, [step for step in of if step.action in ("add", "change")])
            new = [step for step in of if step.action == "add" and step.version is None]
            for some in _some(new):
                many = {str(step.key): self._whole(step) for step in some}
                changes.born_together(self.session, self.act, kind, many)
                yield len(some)
            old = [step for step in of if step.action == "change" or (step.action == "add" and step.version)]
            closing = [step for step in of if step.action == "close"]
            for some in _some([*old, *closing]):
                for step in some:
                    self._write(step)
                yield len(some)
        self.session.flush()

    def _may_all(self, kind: str, steps: Sequence[Step]) -> None:
        """Ask again of what is written: that it can be, that what it hangs on is there, that the actor may."""
        self.homes = self._there(steps)
        found: list[Fault] = []
        for step in steps:
            after = {name: value for name, value in (step.after or {}).items() if name != "deleted_at"}
            merged = (
                {**content(self.records[kind, step.key]), **after} if step.version and step.key else after
            )
            own = {name: value for name, value in after.items() if self._is_own(kind, name)}
            found += judged.faults(self.session, kind, own) + judged.whole(kind, merged)
            found += [
                Fault(name, "not_there", str(merged[name]))
                for name in after.keys() & checks.REFERENCES.keys()
                if after[name] is not None and (name, after[name]) not in self.homes
            ]
        checks.refuse(kind, found)
        for ambito_id in {self._whole(step).get("ambito_id") for step in steps if step.version is None}:
            model = Sportello if kind == "sessioni" else KINDS[kind]
            allow(self.session, self.actor, "create", model(id="", ambito_id=ambito_id))

    def _is_own(self, kind: str, name: str) -> bool:
        return name not in checks.REFERENCES and (kind, name) != ("sessioni", "ambito_id")

    def _there(self, steps: Sequence[Step]) -> dict[tuple[str, Any], str | None]:
        """What these hang on and is there: (field, key) → its Ambito."""
        found: dict[tuple[str, Any], str | None] = {}
        for name, of in checks.REFERENCES.items():
            keys = {(step.after or {}).get(name) for step in steps} - {None}
            model = KINDS[of]
            for some in _some(sorted(keys)):
                asked = select(model.id, model.ambito_id).where(
                    model.id.in_(some), model.deleted_at.is_(None)
                )
                found.update({((name, key), ambito) for key, ambito in self.session.execute(asked)})
        return found

    def _whole(self, step: Step) -> dict[str, Any]:
        """What a new record is to say; a sessione is of whom its sportello is."""
        said = dict(step.after or {})
        if step.kind == "sessioni":
            said["ambito_id"] = self.homes.get(("sportello_id", said.get("sportello_id")))
        return said

    def _write(self, step: Step) -> None:
        """Change, close or bring back one record, as its version allows."""
        record = self.records[step.kind, str(step.key)]
        allow(self.session, self.actor, "edit", record)
        fresh = dict(step.after or {})
        if step.action == "close" and not fresh:
            fresh = {"deleted_at": self.act.at}
        if isinstance(record, Sessione) and "sportello_id" in fresh:
            fresh["ambito_id"] = self.homes[("sportello_id", fresh["sportello_id"])]
        changes.changed(self.session, self.act, record, fresh)
        allow(self.session, self.actor, "edit", record)
        if isinstance(record, Sportello) and "ambito_id" in fresh:
            for one in self.session.scalars(select(Sessione).where(Sessione.sportello_id == record.id)):
                changes.changed(self.session, self.act, one, {"ambito_id": record.ambito_id})

    def origins(self, steps: Sequence[Step]) -> int:
        """Keep which record each row became; gives back how many were not known so."""
        wanted = {
            (step.kind, step.wanted.external): step.key
            for step in steps
            if step.wanted is not None and step.key
        }
        fresh = {
            where: key
            for where, key in wanted.items()
            if self.known.get(where) != key and self._may_lead_elsewhere(where)
        }
        for kind, external in fresh.keys() & self.known.keys():
            self.session.execute(
                delete(Origin).where(
                    Origin.source == self.plan.source, Origin.kind == kind, Origin.external == external
                )
            )
        rows = [
            {
                "source": self.plan.source,
                "kind": kind,
                "external": external,
                "record_id": key,
                "batch": self.act.batch,
            }
            for (kind, external), key in fresh.items()
        ]
        if rows:
            self.session.execute(insert(Origin), rows)
        return len(rows)

    def _may_lead_elsewhere(self, where: tuple[str, str]) -> bool:
        """Whether a row is new, or led to a record that the actor may change: rows of others lead where they led."""
        kind, key = where[0], self.known.get(where)
        there = self.session.get(KINDS[kind], key) if key else None
        return there is None or refusal(self.session, self.actor, there) is None

    def distinct(self, steps: Sequence[Step]) -> None:
        """Keep the pairs that a person said are two, so that nobody is asked again."""
        pairs = {(step.kind, *sorted((str(step.key), other))) for step in steps for other in step.apart}
        for kind, one, other in sorted(pairs):
            if self.session.get(Distinct, (kind, one, other)) is None:
                self.session.add(Distinct(kind=kind, one=one, other=other, who=self.act.who, at=self.act.at))


def _some(ones: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for start in range(0, len(ones), AT_ONCE):
        yield ones[start : start + AT_ONCE]


def _booked(act: Act, plan: Plan, file: str, steps: Sequence[Step], applied: Applied) -> Import:
    """The line of an import in the list of imports."""
    kinds = Counter(step.kind for step in steps if step.action in WRITING)
    report = {
        "ambito_id": plan.ambito_id,
        "added": applied.added,
        "changed": applied.changed,
        "closed": applied.closed,
        "kinds": dict(kinds),
    }
    said = json.dumps(report, ensure_ascii=False, sort_keys=True)
    return Import(
        batch=act.batch,
        at=act.at,
        who=act.who,
        source=plan.source,
        file=file,
        digest=plan.digest,
        report=said,
    )
