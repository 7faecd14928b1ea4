"""Every error the atlas raises, as a tree.

AtlasError
├── DataError                   what we know cannot be read or made
│   ├── SourceUnavailable       a raw file is neither in the mirror nor downloadable
│   ├── SourceChanged           a raw file is not what its label or its module expects
│   ├── TableMissing            a clean table is not in its place
│   └── TableBroken             a clean table does not keep its schema
├── InputError                  what a person gave us cannot be used
│   ├── CoordinateError         points that are not where the atlas works
│   ├── UnknownCode             codes that no table knows
│   ├── ColumnsMissing          a file without the columns we need
│   ├── FileUnreadable          a file that cannot be opened or is no table
│   └── FileUnwritable          a file that cannot be written where asked
└── NetworkError                a travel network cannot answer as asked
    ├── UnknownMode             a mode the network was not made for
    ├── TripsTooFew             too few known trips to calibrate on
    ├── NetworkEmpty            no street where one was asked for
    ├── NetworkOutdated         a network file made in another format
    ├── NetworkOutside          a network without a street in Lombardy
    └── ClusterFailed           a cluster that does not answer, or cannot
"""

from collections.abc import Sequence


class AtlasError(Exception):
    """Root of all our errors; its text is English, for logs. Italian is in ``screens/errors.py``."""


class DataError(AtlasError):
    """What we know cannot be read or made."""


class SourceUnavailable(DataError):
    """A raw file is neither in the mirror nor downloadable."""

    def __init__(self, *, dataset: str, file: str, url: str, reason: str) -> None:
        super().__init__(f"{dataset}: cannot get {file} from {url or 'any address'}: {reason}")
        self.dataset, self.file, self.url, self.reason = dataset, file, url, reason


class SourceChanged(DataError):
    """A raw file is not what its label or its module expects."""

    def __init__(self, *, dataset: str, faults: Sequence[str]) -> None:
        super().__init__(f"{dataset}: {'; '.join(faults)}")
        self.dataset, self.faults = dataset, list(faults)


class TableMissing(DataError):
    """A clean table is not in its place."""

    def __init__(self, *, table: str) -> None:
        super().__init__(f"the clean table {table} is missing")
        self.table = table


class TableBroken(DataError):
    """A clean table does not keep its schema."""

    def __init__(self, *, table: str, faults: Sequence[str]) -> None:
        super().__init__(f"the clean table {table} is broken: {'; '.join(faults)}")
        self.table, self.faults = table, list(faults)


class InputError(AtlasError):
    """What a person gave us cannot be used."""


class CoordinateError(InputError):
    """Points that are not where the atlas works."""

    def __init__(self, *, count: int, example: tuple[float, float]) -> None:
        super().__init__(f"{count} points are outside Lombardy, the first at {example}")
        self.count, self.example = count, example


class UnknownCode(InputError):
    """Codes that no table knows."""

    def __init__(self, *, what: str, codes: Sequence[str]) -> None:
        super().__init__(f"unknown {what}: {', '.join(codes)}")
        self.what, self.codes = what, list(codes)


class ColumnsMissing(InputError):
    """A file without the columns we need."""

    def __init__(self, *, file: str, columns: Sequence[str]) -> None:
        super().__init__(f"{file} lacks the columns {', '.join(columns)}")
        self.file, self.columns = file, list(columns)


class FileUnreadable(InputError):
    """A file that cannot be opened or is no table."""

    def __init__(self, *, file: str, reason: str) -> None:
        super().__init__(f"{file} cannot be read: {reason}")
        self.file, self.reason = file, reason


class FileUnwritable(InputError):
    """A file that cannot be written where asked."""

    def __init__(self, *, file: str, reason: str) -> None:
        super().__init__(f"{file} cannot be written: {reason}")
        self.file, self.reason = file, reason


class NetworkError(AtlasError):
    """A travel network cannot answer as asked."""


class UnknownMode(NetworkError):
    """A mode the network was not made for."""

    def __init__(self, *, mode: str, known: Sequence[str]) -> None:
        super().__init__(f"unknown mode {mode}; this network knows {', '.join(known)}")
        self.mode, self.known = mode, list(known)


class TripsTooFew(NetworkError):
    """Too few known trips to calibrate on."""

    def __init__(self, *, trips: int, provinces: int) -> None:
        super().__init__(f"{trips} trips of {provinces} provinces are too few to calibrate on")
        self.trips, self.provinces = trips, provinces


class NetworkEmpty(NetworkError):
    """No street where one was asked for."""

    def __init__(self, *, mode: str) -> None:
        super().__init__(f"no street for {mode} lies in the area asked for")
        self.mode = mode


class NetworkOutdated(NetworkError):
    """A network file made in another format."""

    def __init__(self, *, file: str, made_as: int, known: int) -> None:
        super().__init__(f"{file} is of format {made_as}; this atlas reads {known}")
        self.file, self.made_as, self.known = file, made_as, known


class NetworkOutside(NetworkError):
    """A network without a street in Lombardy."""

    def __init__(self, *, name: str, bounds: tuple[float, float, float, float]) -> None:
        super().__init__(f"network {name} is not in Lombardy: it spans {bounds}")
        self.name, self.bounds = name, bounds


class ClusterFailed(NetworkError):
    """A cluster that does not answer, or cannot; ``reason`` is Italian."""

    def __init__(self, *, address: str, reason: str) -> None:
        super().__init__(f"the cluster «{address}» {reason}")
        self.address, self.reason = address, reason
