"""Edges of an OSMnx graph: which two are one street, and what their tags mean."""

import ast
import contextlib
import functools
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from geo.streets import rules
from geo.streets.ways import KINDS, Profile


class Edge(NamedTuple):
    """A directed edge: its ends, the points between them in degrees, the ids of its ways, its attributes as text."""

    tail: int
    head: int
    inner: tuple[tuple[float, float], ...]
    ways: tuple[int, ...]
    data: Mapping[str, str]


Meaning = Callable[[Edge, Edge | None], Profile | None]
"""What an edge and its twin the other way (None: there is none) mean for each mode."""


def _values(text: str) -> list[str]:
    """The values of an attribute: several where OSMnx joined streets that differ."""
    if text.startswith("["):
        with contextlib.suppress(SyntaxError, ValueError):
            return [str(one) for one in ast.literal_eval(text)] or [""]
    return [text]


def way_ids(data: Mapping[str, Any]) -> tuple[int, ...]:
    """The ids of the ways of an edge, sorted; (0,) where they are no numbers."""
    found = {int(one) for one in _values(str(data.get("osmid", ""))) if one.lstrip("-").isdecimal()}
    return tuple(sorted(found)) or (0,)


def pairs(edges: Iterable[Edge]) -> Iterator[tuple[Edge, Edge | None]]:
    """Each edge with its twin the other way, if there is one; first the one that runs as its way is drawn."""
    alone: dict[object, list[Edge]] = {}
    for edge in edges:
        twins = alone.get((edge.head, edge.tail, edge.ways, edge.inner[::-1]))
        if twins:
            twin = twins.pop()
            yield (edge, twin) if twin.data.get("reversed") == "True" else (twin, edge)
        else:
            alone.setdefault((edge.tail, edge.head, edge.ways, edge.inner), []).append(edge)
    for waiting in alone.values():
        yield from ((edge, None) for edge in waiting)


def keeps_tags(edges: Iterable[Edge]) -> bool:
    """Whether ``oneway`` holds the words of the tag (a graph made with ``all_oneway``), not OSMnx's own answer."""
    told = {one for edge in edges for one in _values(edge.data.get("oneway", ""))}
    return bool(told - {"True", "False", ""})


def by_direction(edge: Edge, twin: Edge | None) -> Profile | None:
    """The rules, along each edge of a pair; one-way where an edge is alone."""
    if twin is None:
        return _slowest(edge, "yes")
    forth, back = _along(edge), _along(twin)
    if forth is None or back is None:
        return None
    return Profile(forth[0], {mode: (kmh, back[1][mode]) for mode, kmh in forth[1].items()})


def _along(edge: Edge) -> tuple[str, dict[str, float]] | None:
    """Class and km/h along an edge; ``reversed`` says whether it runs against its way, or now and then both."""
    turned = set(_values(edge.data.get("reversed", "False")))
    profile = _slowest(edge, "no" if len(turned) > 1 else "")
    side = int(turned == {"True"})
    return profile and (profile.kind, {mode: both[side] for mode, both in profile.kmh.items()})


def by_tag(edge: Edge, _: Edge | None) -> Profile | None:
    """The rules with the tag as it is; OSMnx has already turned the ways that are drawn backwards."""
    told = edge.data.get("oneway", "")
    return _slowest(edge, "yes" if told in {"-1", "reverse"} else told)


def _slowest(edge: Edge, oneway: str) -> Profile | None:
    """What the tags of an edge mean, of several values the slowest; None where one of them is no street.

    Where the class changes along the edge, a tag may belong to one part alone: it counts where it slows.
    """
    several = {key: _values(edge.data[key]) for key in sorted(rules.KEYS & edge.data.keys() - {"oneway"})}
    most = max((len(values) for values in several.values()), default=1)
    told = [
        tuple((key, values[min(i, len(values) - 1)]) for key, values in several.items()) for i in range(most)
    ]
    if len(classes := several.get("highway", [])) > 1:
        told += [(("highway", name),) for name in classes]
    found = [_meant(tags, oneway) for tags in told]
    profiles = [one for one in found if one is not None]
    if len(profiles) < len(found):
        return None
    return functools.reduce(_slower, profiles)._replace(minutes=None)


@functools.lru_cache(maxsize=1 << 16)
def _meant(tags: tuple[tuple[str, str], ...], oneway: str) -> Profile | None:
    return rules.profile(dict(tags) | {"oneway": oneway})


def _slower(one: Profile, other: Profile) -> Profile:
    """The lower class of two, and for each mode and direction the lower speed."""
    kind = max(one.kind, other.kind, key=KINDS.index)
    kmh = {
        mode: (min(one.kmh[mode][0], other.kmh[mode][0]), min(one.kmh[mode][1], other.kmh[mode][1]))
        for mode in one.kmh
    }
    return Profile(kind, kmh)
