"""What every reader of streets gives to the builder: ways as rows of nodes, and what their tags mean for each mode."""

from collections.abc import Mapping
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

KINDS: Final = (
    "motorway", "motorway_link", "trunk", "trunk_link", "primary", "primary_link", "secondary", "secondary_link",
    "tertiary", "tertiary_link", "unclassified", "residential", "living_street", "service", "track",
    "pedestrian", "cycleway", "footway", "path", "steps", "ferry",
)  # fmt: skip
"""Classes of road we tell apart; others are read as the nearest of these. The position is what a network keeps."""


class Profile(NamedTuple):
    """What the tags of a way mean: its class, and km/h along and against its nodes for each mode.

    ``kmh[mode]`` is (along, against); 0 where the mode may not go. ``minutes`` is how long the whole way takes
    where a timetable says so (a ferry), whatever its speeds; else None.
    """

    kind: str
    kmh: Mapping[str, tuple[float, float]]
    minutes: float | None = None


class Ways(NamedTuple):
    """Ways of one extract, as flat arrays.

    ``nodes[ptr[i]:ptr[i + 1]]`` are the ids of the nodes of way ``i`` in order, ``profile[i]`` its row in
    ``profiles``. ``node_id`` is sorted, without repeats, and holds every id in ``nodes``; ``lon`` and ``lat``
    go with it, in degrees. ``barred[mode]`` are ids of nodes that the mode may not pass (a bollard, a locked
    gate). ``date`` is the ISO date of the data ("" where the source does not say).
    """

    way_id: NDArray[np.int64]
    profile: NDArray[np.int32]
    ptr: NDArray[np.int64]
    nodes: NDArray[np.int64]
    profiles: tuple[Profile, ...]
    node_id: NDArray[np.int64]
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    barred: Mapping[str, NDArray[np.int64]]
    date: str
