"""Small drawn towns: a picture with letters for places, ways as words, written as a real OpenStreetMap file.

    Town(
        '''
        A - - B
        |     |
        C - - D
        ''',
        {"AB": {"highway": "residential"}, "ACD": {"highway": "primary", "oneway": "yes"}},
    )

A character to the right is ``STEP_M`` metres to the east, a line down twice as many to the south; only letters and
digits are places, whatever else is drawn is for the reader. Node ids are in the order of the picture, from 1, and way
ids in their order, from 1001.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import osmium
from osmium.osm.mutable import Node, Way

WEST, NORTH = 9.19, 45.46
STEP_M = 100.0
METRE_NORTH = 1 / 111_141.0
"""Degrees of latitude in a metre at ``NORTH``, on the ellipsoid."""

METRE_EAST = 1 / 78_213.0
"""Degrees of longitude in a metre at ``NORTH``."""

FIRST_WAY = 1001

Tags = Mapping[str, str]


@dataclass(frozen=True)
class Town:
    """A picture, its ways (places joined in order, and tags), and tags of places."""

    picture: str
    ways: Mapping[str, Tags] | Sequence[tuple[str, Tags]]
    places: Mapping[str, Tags] = field(default_factory=dict)
    date: str = "2026-05-01T12:00:00Z"

    @property
    def rows(self) -> list[tuple[str, Tags]]:
        """Ways as pairs: the same places may be joined twice."""
        return list(self.ways.items() if isinstance(self.ways, Mapping) else self.ways)

    @property
    def degrees(self) -> dict[str, tuple[float, float]]:
        """Longitude and latitude of each place."""
        lines = self.picture.strip("\n").split("\n")
        margin = min(len(line) - len(line.lstrip()) for line in lines if line.strip())
        return {
            letter: place(column - margin, row)
            for row, line in enumerate(lines)
            for column, letter in enumerate(line)
            if letter.isalnum()
        }

    @property
    def node(self) -> dict[str, int]:
        """Id of each place."""
        return {letter: number for number, letter in enumerate(self.degrees, start=1)}

    def way(self, places: str) -> int:
        """Id of the first way that joins these places."""
        return FIRST_WAY + [name for name, _ in self.rows].index(places)

    def write(
        self, path: Path, *, lacking: str = "", upside_down: bool = False, stamped: bool = False
    ) -> Path:
        """The town as ``.osm.pbf`` or ``.osm``, by the name of the file.

        ``lacking`` are places that the file has not, though ways pass there; ``upside_down`` puts ways before
        nodes; ``stamped`` puts the date on each object rather than in the header.
        """
        stamp = {"timestamp": self.date, "version": 1} if stamped else {}
        nodes = [
            Node(id=self.node[name], location=at, tags=dict(self.places.get(name, {})), **stamp)
            for name, at in self.degrees.items()
            if name not in lacking
        ]
        ways = [
            Way(id=number, nodes=[self.node[name] for name in names], tags=dict(tags), **stamp)
            for number, (names, tags) in enumerate(self.rows, start=FIRST_WAY)
        ]
        header = osmium.io.Header()
        if not stamped and self.date:
            header.set("osmosis_replication_timestamp", self.date)
            header.set("timestamp", self.date)
        with osmium.SimpleWriter(path, header=header, overwrite=True) as writer:
            for thing in [*ways, *nodes] if upside_down else [*nodes, *ways]:
                writer.add(thing)
        return path


def place(column: float, row: float) -> tuple[float, float]:
    """Longitude and latitude of a point of a picture."""
    return WEST + column * STEP_M * METRE_EAST, NORTH - row * 2 * STEP_M * METRE_NORTH


def street(highway: str = "residential", **tags: str) -> dict[str, str]:
    """Tags of a street; keys with a colon as ``**{"oneway:bicycle": "no"}``.

    >>> street(oneway="yes")
    {'highway': 'residential', 'oneway': 'yes'}
    """
    return {"highway": highway, **tags}


SQUARE = Town(
    """
    A---B---C
    |   |   |
    D---E---F
    |       |
    G---H---I
    """,
    {
        "ABC": street(oneway="yes"),
        "ADG": street(highway="primary", maxspeed="70"),
        "BE": street(highway="footway"),
        "DEF": street(highway="living_street"),
        "CFI": street(highway="motorway"),
        "GH": street(access="private"),
        "HI": street(highway="pedestrian", area="yes"),
    },
    {"E": {"barrier": "bollard"}, "A": {"barrier": "gate", "access": "private"}},
)
"""Nine places 400 m apart: one-way eastwards in the north, a motorway in the east, a private road in the south."""
