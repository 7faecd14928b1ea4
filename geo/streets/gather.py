"""Streets met one at a time, gathered into flat arrays."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from geo.network import MODES
from geo.streets.ways import Profile, Ways

Row = tuple[int, Profile, Sequence[int]]
"""A way: its id, what its tags mean, the ids of its nodes in order."""


def gather(
    rows: Iterable[Row],
    at: Mapping[int, tuple[float, float]],
    *,
    barred: Mapping[int, Sequence[str]],
    date: str,
) -> Ways:
    """Ways in arrays, ordered by id, with the nodes they use and no others.

    Parameters
    ----------
    rows
        Ways of two nodes or more; a node that follows itself counts once.
    at
        Longitude and latitude, in degrees, of every node used.
    barred
        Modes that may not pass a node; nodes that no way uses are left out.
    date
        ISO date of the data, "" where unknown.
    """
    known: dict[object, int] = {}
    profiles: list[Profile] = []
    way_id: list[int] = []
    which: list[int] = []
    sizes: list[int] = []
    nodes: list[int] = []
    for number, profile, own in sorted(rows, key=lambda row: row[0]):
        single = [node for i, node in enumerate(own) if i == 0 or node != own[i - 1]]
        if len(single) < 2:
            continue
        key = (profile.kind, tuple(sorted(profile.kmh.items())), profile.minutes)
        if key not in known:
            known[key] = len(profiles)
            profiles.append(profile)
        way_id.append(number)
        which.append(known[key])
        sizes.append(len(single))
        nodes.extend(single)
    node_id = np.unique(np.array(nodes, dtype=np.int64))
    place = np.array([at[node] for node in node_id.tolist()], dtype=float).reshape(-1, 2)
    closed = {mode: [node for node, modes in barred.items() if mode in modes] for mode in MODES}
    return Ways(
        way_id=np.array(way_id, dtype=np.int64),
        profile=np.array(which, dtype=np.int32),
        ptr=np.concatenate([[0], np.cumsum(np.array(sizes, dtype=np.int64))]).astype(np.int64),
        nodes=np.array(nodes, dtype=np.int64),
        profiles=tuple(profiles),
        node_id=node_id,
        lon=place[:, 0].copy(),
        lat=place[:, 1].copy(),
        barred={m: np.intersect1d(np.array(ids, dtype=np.int64), node_id) for m, ids in closed.items()},
        date=date,
    )
