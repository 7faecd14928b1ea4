"""What an import would do to one record, and all of it together: a plan."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from data.registry.duplicates import Pair
from data.registry.imports.wanted import Found, Wanted

Action = Literal["add", "change", "close", "same", "refused", "double"]
ACTIONS: Final[tuple[Action, ...]] = ("add", "change", "close", "same", "refused", "double")
WRITING: Final = ("add", "change", "close")
"""What writes a record; the others only say why not."""


@dataclass(frozen=True)
class Step:
    """What would be done for one row: to which record, and what it says before and after.

    Parameters
    ----------
    action
        ``add`` makes a record, or brings back one that was put aside (then it has a version); ``close`` gives it
        the status ``chiuso``, or puts a sessione aside; ``double`` is a row that tells again what another told.
    wanted
        The row; missing for what is closed because its row is gone.
    key
        The record's key, the one it will have if it is new; missing where the row is refused.
    before, after
        Only the fields that change; of a new record all that it will say.
    version
        The version that was compared; missing where there is none yet.
    like
        Records that this new one may be; a person chooses.
    apart
        Keys of records that a person said are others.
    faults
        Why it is refused.
    """

    action: Action
    wanted: Wanted | None
    kind: str
    key: str | None
    name: str
    before: Mapping[str, Any] | None = None
    after: Mapping[str, Any] | None = None
    version: int | None = None
    like: tuple[Pair, ...] = ()
    apart: tuple[str, ...] = ()
    faults: tuple[Found, ...] = ()


@dataclass(frozen=True)
class Plan:
    """Everything that an import would do.

    ``digest`` is of what the source said: the same file again has the same one.
    """

    source: str
    ambito_id: str | None
    steps: tuple[Step, ...]
    found: tuple[Found, ...]
    digest: str

    def counts(self) -> dict[str, int]:
        """Action → steps; 0 where there are none."""
        counted = Counter(step.action for step in self.steps)
        return {action: counted[action] for action in ACTIONS}
