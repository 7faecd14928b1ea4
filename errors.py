"""Every error the atlas raises, as a tree.

AtlasError
├── DataError                   what we know cannot be read or made
│   ├── SourceUnavailable       a raw file is neither in the mirror nor downloadable
│   ├── SourceChanged           a raw file is not what its label or its module expects
│   ├── TableMissing            a clean table is not in its place
│   ├── TableBroken             a clean table does not keep its schema
│   └── FiguresUnfit            figures that a measure cannot be computed from
├── InputError                  what a person gave us cannot be used
│   ├── CoordinateError         points that are not where the atlas works
│   ├── UnknownCode             codes that no table knows
│   ├── QueryRefused            parameters of a request that cannot be answered
│   ├── ColumnsMissing          a file without the columns we need
│   ├── FileUnreadable          a file that cannot be opened or is no table
│   ├── FileUnwritable          a file that cannot be written where asked
│   ├── FolderTaken             a folder with something of somebody else in it
│   └── SettingRefused          a setting of the environment that cannot be used
├── NetworkError                a travel network cannot answer as asked
│   ├── UnknownMode             a mode the network was not made for
│   ├── TripsTooFew             too few known trips to calibrate on
│   ├── NetworkEmpty            no street where one was asked for
│   ├── NetworkOutdated         a network file made in another format
│   ├── NetworkOutside          a network without a street in Lombardy
│   └── ClusterFailed           a cluster that does not answer, or cannot
└── RegistryError               the registry cannot do what was asked; nothing was changed
    ├── RegistryUnavailable     its database cannot be opened, or does not answer
    ├── RecordMissing           a record, or a change, that is not there
    ├── FieldsRefused           values that a record cannot hold
    ├── EditConflict            somebody changed the record meanwhile
    ├── ImportOutdated          the registry has moved since an import was looked at
    ├── UndoRefused             what was changed has been changed again since
    ├── NotAllowed              whoever asks may not do it
    ├── PassRefused             a pass or link that is not ours, or no longer holds
    ├── SignInRefused           a name and password that do not open
    ├── TooManyAttempts         too many wrong passwords in a short time
    └── BackupRefused           a back-up that cannot be restored
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple


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


class FiguresUnfit(DataError):
    """Figures that a measure cannot be computed from; ``faults``: what is wrong → how many times."""

    def __init__(self, *, faults: Mapping[str, int]) -> None:
        super().__init__(f"unfit figures: {', '.join(f'{why} ({count})' for why, count in faults.items())}")
        self.faults = dict(faults)


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


class QueryRefused(InputError):
    """Parameters of a request to the open API that cannot be answered; every fault is told, in Italian."""

    def __init__(self, *, faults: Sequence[str]) -> None:
        super().__init__(f"refused: {'; '.join(faults)}")
        self.faults = list(faults)


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


class FolderTaken(InputError):
    """A folder that is to be replaced, and holds something that we did not write."""

    def __init__(self, *, folder: str) -> None:
        super().__init__(f"{folder} exists and is not an export of ours")
        self.folder = folder


class SettingRefused(InputError):
    """A setting of the environment that cannot be used as it is written."""

    def __init__(self, *, name: str, value: str, why: str) -> None:
        super().__init__(f"{name}={value!r} cannot be used: {why}")
        self.name, self.value, self.why = name, value, why


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


class RegistryError(AtlasError):
    """The registry cannot do what was asked; nothing was changed."""


class RegistryUnavailable(RegistryError):
    """The database of the registry cannot be opened, or does not answer."""

    def __init__(self, *, reason: str) -> None:
        super().__init__(f"the registry does not answer: {reason}")
        self.reason = reason


class RecordMissing(RegistryError):
    """A record, or a change, that is not there."""

    def __init__(self, *, kind: str, key: str) -> None:
        super().__init__(f"there is no {key} in {kind}")
        self.kind, self.key = kind, key


class Fault(NamedTuple):
    """What is wrong with a value: its field, why (a word of ``data/registry/checks.py``), the value as given."""

    field: str
    why: str
    value: str


class FieldsRefused(RegistryError):
    """Values that a record cannot hold; every one is named."""

    def __init__(self, *, kind: str, faults: Sequence[Fault]) -> None:
        super().__init__(f"{kind}: {'; '.join(f'{f.field} {f.why} ({f.value!r})' for f in faults)}")
        self.kind, self.faults = kind, list(faults)


class Difference(NamedTuple):
    """A field that two people see differently: as the second one read it, as it is now, as they want it."""

    seen: Any
    now: Any
    mine: Any


class EditConflict(RegistryError):
    """Somebody changed the record after it was read; ``differences`` by field, ``clashing`` those both changed."""

    def __init__(
        self,
        *,
        kind: str,
        key: str,
        version: int,
        differences: Mapping[str, Difference],
        clashing: Sequence[str],
    ) -> None:
        super().__init__(f"{kind} {key} is at version {version}: {', '.join(differences)} changed meanwhile")
        self.kind, self.key, self.version = kind, key, version
        self.differences, self.clashing = dict(differences), list(clashing)


class ImportOutdated(RegistryError):
    """Records that an import was to write are no longer as they were when it was looked at; each is named."""

    def __init__(self, *, records: Sequence[str]) -> None:
        super().__init__(f"the registry moved since the preview: {', '.join(records)}")
        self.records = list(records)


class UndoRefused(RegistryError):
    """What a change wrote has been changed again since; the fields are named."""

    def __init__(self, *, change: int, fields: Sequence[str]) -> None:
        super().__init__(f"change {change} cannot be undone: {', '.join(fields)} changed since")
        self.change, self.fields = change, list(fields)


class NotAllowed(RegistryError):
    """Whoever asks may not do it."""

    def __init__(self, *, what: str, why: str) -> None:
        super().__init__(f"not allowed to {what}: {why}")
        self.what, self.why = what, why


class PassRefused(RegistryError):
    """A pass or a link that is not ours, has expired, or was taken back."""

    def __init__(self, *, why: str) -> None:
        super().__init__(f"the pass does not hold: {why}")
        self.why = why


class SignInRefused(RegistryError):
    """A name and password that do not open; which of the two is wrong is not said."""

    def __init__(self) -> None:
        super().__init__("wrong name or password")


class TooManyAttempts(RegistryError):
    """Too many wrong passwords in a short time."""

    def __init__(self, *, minutes: int) -> None:
        super().__init__(f"too many attempts: wait {minutes} minutes")
        self.minutes = minutes


class BackupRefused(RegistryError):
    """A file that is no back-up of the registry, or that cannot be restored into this one."""

    def __init__(self, *, file: str, why: str) -> None:
        super().__init__(f"{file} cannot be restored: {why}")
        self.file, self.why = file, why
