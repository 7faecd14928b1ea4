"""What is seen only when every row has its step: enti that nothing needs, records that the source dropped."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from data.registry.freshness import GONE
from data.registry.imports.planner import Planner
from data.registry.imports.steps import Step
from data.registry.imports.wanted import Found

CLOSED: Final = "chiuso"


def without_bare_enti(steps: list[Step]) -> list[Step]:
    """The steps, a new ente refused where everything in the file that hangs on it is."""
    below: dict[str, list[bool]] = {}
    for step in steps:
        if step.wanted is not None and step.wanted.parent is not None and step.kind != "sessioni":
            below.setdefault(step.wanted.parent, []).append(step.action == "refused")
    bare = {external for external, refused in below.items() if all(refused)}
    return [_refused(step) if _is_new_ente(step) and _external(step) in bare else step for step in steps]


def _is_new_ente(step: Step) -> bool:
    return step.kind == "enti" and step.action == "add" and step.version is None


def _external(step: Step) -> str:
    return step.wanted.external if step.wanted else ""


def _refused(step: Step) -> Step:
    fault = Found(step.wanted.row if step.wanted else None, None, "fault", "bare_ente", step.name)
    return replace(step, action="refused", key=None, after=None, like=(), faults=(fault,))


def closing(planner: Planner) -> Iterator[Step]:
    """What came from this source before and is no longer in it, of those whom the actor may close."""
    there = planner.there
    refused = {
        (where[0], there.origins.get(where, "")) for where, key in planner.placed.items() if key is None
    }
    for seen in there.gone_from(refused | planner.claimed.keys()):
        spared = seen.aside or seen.kind == "enti" or seen.said.get("status") in GONE
        elsewhere = planner.ambito_id is not None and seen.said["ambito_id"] != planner.ambito_id
        if spared or elsewhere or planner.refusal(seen.kind, seen.said["ambito_id"]):
            continue
        after = {"status": CLOSED} if "status" in seen.said else {}
        before = {name: seen.said[name] for name in after}
        name = planner.name(seen.kind, seen.said)
        yield Step("close", None, seen.kind, seen.key, name, before, after, seen.version)
