"""The way out and the way in of the public pages: headers on every answer, no cookie, no endless body."""

import asyncio
from collections.abc import Iterable, Sequence

from starlette.types import Message, Receive, Send

from locator.settings import Header


class Guarded:
    """Sends answers with our headers; cookies are left out, and the body where only the head was asked.

    Parameters
    ----------
    theirs
        Names of headers that stay as an application behind us says them; ours win otherwise.
    head
        Whether only the head was asked.
    """

    def __init__(
        self, send: Send, headers: Sequence[Header], *, theirs: Iterable[bytes] = (), head: bool = False
    ) -> None:
        self.send, self.headers, self.theirs, self.head = send, headers, frozenset(theirs), head

    async def __call__(self, message: Message) -> None:
        """Send on what another application says."""
        if message["type"] == "http.response.start":
            said = [(name.lower(), value) for name, value in message.get("headers", ())]
            stay = {name for name, _ in said} & self.theirs
            ours = [one for one in self.headers if one[0] not in stay]
            gone = {name for name, _ in ours} | {b"set-cookie"}
            kept = [one for one in said if one[0] not in gone]
            await self.send({**message, "headers": [*kept, *ours]})
        elif self.head and message["type"] == "http.response.body":
            await self.send({**message, "body": b""})
        else:
            await self.send(message)

    async def give(self, status: int, headers: Sequence[Header], body: bytes = b"") -> None:
        """Send an answer of our own."""
        length = [] if status in {204, 304} else [(b"content-length", str(len(body)).encode())]
        told = [*headers, *length, *self.headers]
        await self.send({"type": "http.response.start", "status": status, "headers": told})
        await self.send({"type": "http.response.body", "body": b"" if self.head else body})


async def read_body(receive: Receive, *, most: int, patience_s: float) -> tuple[bytes, int]:
    """What is sent with a request, and 0; nothing and the status where it is too much (413) or too slow (408)."""
    body = bytearray()
    try:
        async with asyncio.timeout(patience_s):
            while True:
                message = await receive()
                body += message.get("body", b"")
                if len(body) > most:
                    return b"", 413
                if message["type"] == "http.disconnect" or not message.get("more_body"):
                    return bytes(body), 0
    except TimeoutError:
        return b"", 408


def replayed(body: bytes) -> Receive:
    """The way in for an application that is to read a body that was read already."""
    waiting = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> Message:
        return waiting.pop() if waiting else {"type": "http.disconnect"}

    return receive
