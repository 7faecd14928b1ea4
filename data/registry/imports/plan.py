"""What an import would do, told before anything is saved: one step a record, with what changes from what to what."""

import hashlib
import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from itertools import count
from types import MappingProxyType
from typing import Any, Final

from sqlalchemy.orm import Session

from data.registry import duplicates
from data.registry.imports import leftover
from data.registry.imports.planner import Planner, Where
from data.registry.imports.steps import ACTIONS, Plan, Step
from data.registry.imports.there import NAMED, There
from data.registry.imports.wanted import Found, Wanted
from data.registry.model import KINDS
from data.registry.rights import Actor, who
from data.registry.store import Store
from errors import NotAllowed, RecordMissing

__all__ = ["ACTIONS", "Found", "Plan", "Step", "editor", "preview"]

Progress = Callable[[int, int], None]
"""What is told how many rows of how many are done."""

EVERY: Final = 200
"""Rows between two tellings of the progress."""
NOTHING: Final[Mapping[Any, Any]] = MappingProxyType({})
HARMLESS: Final = ("double",)
"""Faults of reading after which the record is still in the file."""


def preview(
    store: Store,
    token: str | None,
    wanted: Sequence[Wanted],
    *,
    source: str,
    ambito_id: str | None,
    found: Sequence[Found] = (),
    close_missing: bool = False,
    empties: bool = False,
    usual_kinds: Mapping[str, str] = NOTHING,
    same_as: Mapping[Where, str] = NOTHING,
    apart: Mapping[Where, Collection[str]] = NOTHING,
    progress: Progress | None = None,
) -> Plan:
    """What an import would do; nothing is saved.

    Parameters
    ----------
    wanted
        What the file says, in any order.
    source
        What the file is called: rows of an earlier import of this source are known again by ``external``.
    ambito_id
        Whose records they are where the rows do not tell; missing for the Region.
    found
        What was found while reading, kept in the plan.
    close_missing
        Whether what came from this source before and is no longer in it is to be closed. Nothing is, where rows
        could not be read (they may be the ones that look missing), or there are none.
    empties
        Whether a field that is said to be ``None`` is emptied; else what is known stays.
    usual_kinds
        Kind of record → what its field ``kind`` is, for new ones whose row and names do not tell it.
    same_as, apart
        What a person said of likely pairs: (kind, external) → the key of the record it is, the keys it is not.

    Raises
    ------
    NotAllowed, PassRefused
        If whoever asks edits nothing here.
    """
    for one in wanted:
        if one.kind not in KINDS:
            raise RecordMissing(kind=one.kind, key=one.external)
    done, far = count(1), len(wanted)

    def told() -> None:
        number = next(done)
        if progress is not None and (number % EVERY == 0 or number == far):
            progress(number, far)

    with store.reading() as session:
        actor = editor(session, store, token, ambito_id)
        planner = Planner(
            session, actor, There(session, source), ambito_id, empties, usual_kinds, same_as, apart
        )
        for kind in KINDS:
            planner.of_kind(kind, [one for one in wanted if one.kind == kind], told)
        planner.steps = leftover.without_bare_enti(planner.steps)
        lost = [one for one in found if one.level == "fault" and one.why not in HARMLESS]
        if close_missing and wanted and not lost:
            planner.steps += leftover.closing(planner)
    if close_missing and (lost or not wanted):
        planner.notes.append(Found(None, None, "doubt", "close_held", str(len(lost))))
    steps = _with_likely(store, planner.steps, apart)
    faults = [fault for step in steps for fault in step.faults]
    return Plan(source, ambito_id, tuple(steps), (*found, *planner.notes, *faults), _digest(source, wanted))


def editor(session: Session, store: Store, token: str | None, ambito_id: str | None) -> Actor:
    """Who imports: an editor of this Ambito, or of the Region where there is none; nobody by a link."""
    actor, what = who(session, store, token), f"import into {ambito_id or 'the Region'}"
    if actor.role == "gestore":
        raise NotAllowed(what=what, why="not_here")
    if actor.ambiti is not None and ambito_id not in actor.ambiti:
        raise NotAllowed(what=what, why="regional" if ambito_id is None else "other_ambito")
    return actor


def _with_likely(store: Store, steps: Sequence[Step], apart: Mapping[Where, Collection[str]]) -> list[Step]:
    """The steps, the new ones with the records they may be, the likeliest first."""
    found = list(steps)
    for kind in NAMED:
        new = [
            n
            for n, step in enumerate(found)
            if step.kind == kind and step.action == "add" and not step.version
        ]
        pairs = duplicates.alike(store, kind, [found[n].after or {} for n in new]) if new else []
        for n, ones in zip(new, pairs, strict=True):
            step = found[n]
            where = (kind, step.wanted.external) if step.wanted else ("", "")
            left = [one for one in ones if one.other not in apart.get(where, ())]
            found[n] = replace(step, like=tuple(left))
    return found


def _digest(source: str, wanted: Sequence[Wanted]) -> str:
    """Of what the source said, whatever the registry answers."""
    said = [(one.kind, one.external, one.parent, one.key, dict(one.said)) for one in wanted]
    text = json.dumps([source, said], sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()
