"""Several records saved in one go, a sportello with its sessioni: all of it or nothing, each with its own version."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from sqlalchemy.orm import Session

from data.registry import changes, checks, editing, model
from data.registry.changes import Act
from data.registry.rights import Actor, who
from data.registry.store import Store
from errors import Fault, FieldsRefused

PARENT: Final = "sportello_id"


@dataclass(frozen=True)
class Wish:
    """What is wanted of one record: a new one, other fields, or to put it aside.

    Parameters
    ----------
    kind, key
        Which record; no key for a new one.
    version
        The version that was read; missing for a new one.
    said
        The fields to write.
    gone
        Whether it is to be put aside.
    below
        Whether a new sessione is of the first record of the list, which may itself be new.
    """

    kind: str
    key: str | None = None
    version: int | None = None
    said: Mapping[str, Any] = field(default_factory=dict)
    gone: bool = False
    below: bool = False


class SeveralRefused(FieldsRefused):
    """Fields refused in several records: ``places`` says of which wish each fault is."""

    def __init__(self, *, kind: str, found: Sequence[tuple[int, Fault]]) -> None:
        super().__init__(kind=kind, faults=[fault for _, fault in found])
        self.places = [place for place, _ in found]


def save_together(store: Store, token: str | None, wishes: Sequence[Wish]) -> list[str]:
    """Do all that is wished in one transaction; gives back the key of each record, in their order.

    Raises
    ------
    SeveralRefused
        With the faults of every record, not only of the first.
    EditConflict, NotAllowed, PassRefused, RecordMissing
        As for each change alone; nothing is saved.
    """
    with store.writing() as session:
        actor = who(session, store, token)
        act = Act(who=actor.key, how="edit", at=store.clock())
        keys: list[str] = []
        found: list[tuple[int, Fault]] = []
        for place, wish in enumerate(wishes):
            try:
                keys.append(_done(session, actor, act, wish, keys))
            except FieldsRefused as fault:
                keys.append(wish.key or "")
                found += [(place, one) for one in fault.faults]
        if found:
            raise SeveralRefused(kind=wishes[0].kind, found=found)
    return keys


def _done(session: Session, actor: Actor, act: Act, wish: Wish, keys: Sequence[str]) -> str:
    """One wish, inside the transaction; gives back the key of its record."""
    if wish.key is None:
        said = {**wish.said, PARENT: keys[0]} if wish.below else wish.said
        if wish.below and not keys[0]:  # the sportello itself was refused: what can be judged without it is
            tidied = checks.tidied(wish.said)
            checks.refuse(wish.kind, checks.faults(session, wish.kind, tidied))
            return ""
        return editing.made(session, actor, replace(act, how="create"), wish.kind, said).id
    record = changes.record_of(session, wish.kind, wish.key)
    version = wish.version or 0
    if wish.gone:
        editing.put_aside(session, actor, replace(act, how="delete"), record, version=version)
    else:
        editing.written(session, actor, replace(act, how="edit"), record, version=version, said=wish.said)
    return record.id


def judged(store: Store, wishes: Sequence[Wish]) -> list[tuple[int, Fault]]:
    """Every fault of what is wished, with its place in the list, without saving anything: for a form to show."""
    found: list[tuple[int, Fault]] = []
    with store.reading() as session:
        for place, wish in enumerate(wishes):
            if wish.gone:
                continue
            said = checks.tidied(wish.said)
            whole = said if wish.key is None else {**_content(session, wish), **said}
            faults = checks.faults(session, wish.kind, said) + checks.whole(wish.kind, whole)
            found += [
                (place, one)
                for one in faults
                if not (one.why == "needed" and wish.key is None and one.field in {*editing.DEFAULTS, PARENT})
            ]
    return found


def _content(session: Session, wish: Wish) -> Mapping[str, Any]:
    return model.content(changes.record_of(session, wish.kind, wish.key or ""))
