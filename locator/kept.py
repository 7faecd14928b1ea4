"""Answers packed once and kept for whoever asks the same: what was asked last stays, up to a weight."""

import gzip
import threading
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from locator.visit import Made

MOST: Final = 10_000
"""Answers kept at once however little they weigh: what was asked weighs something too."""
SMALL: Final = 600
"""Bytes that are not worth packing."""
PACKED_ALREADY: Final = ("image/png", "application/zip", "application/vnd.apache.parquet")


@dataclass(frozen=True)
class Answer:
    """The bytes of an answer, packed with gzip where ``packed``, and the mark of what they say."""

    body: bytes
    packed: bool
    mime: str
    status: int
    moves_to: str | None
    lasting: bool
    mark: str

    @property
    def plain(self) -> bytes:
        """The bytes for who does not read gzip."""
        return gzip.decompress(self.body) if self.packed else self.body


def pack(made: Made) -> Answer:
    """What was made, packed where that is worth it."""
    worth = len(made.body) > SMALL and made.mime not in PACKED_ALREADY
    return Answer(
        body=gzip.compress(made.body, 6, mtime=0) if worth else made.body,
        packed=worth,
        mime=made.mime,
        status=made.status,
        moves_to=made.moves_to,
        lasting=made.lasting,
        mark=sha256(made.body).hexdigest()[:16],
    )


class Kept:
    """Answers by what was asked, up to so many bytes and to ``MOST``: those that nobody has asked for longest go."""

    def __init__(self, most_bytes: int) -> None:
        self.most_bytes = most_bytes
        self.bytes = 0
        self._by: OrderedDict[Hashable, Answer] = OrderedDict()
        self._turn = threading.Lock()

    def get(self, asked: Hashable) -> Answer | None:
        """The answer, if it is kept."""
        with self._turn:
            if (found := self._by.get(asked)) is not None:
                self._by.move_to_end(asked)
            return found

    def put(self, asked: Hashable, answer: Answer) -> None:
        """Keep an answer; one that weighs more than all there is room for is not kept."""
        if len(answer.body) > self.most_bytes:
            return
        with self._turn:
            before = self._by.pop(asked, None)
            self.bytes += len(answer.body) - (len(before.body) if before else 0)
            self._by[asked] = answer
            while self.bytes > self.most_bytes or len(self._by) > MOST:
                self.bytes -= len(self._by.popitem(last=False)[1].body)

    def __len__(self) -> int:
        return len(self._by)

    def forget(self) -> None:
        """Keep nothing any more."""
        with self._turn:
            self._by.clear()
            self.bytes = 0
