"""Answers over HTTP: made once, packed, kept; each with a strong mark, so that who has it is not sent it again."""

import re
from collections.abc import Callable, Hashable
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from locator.kept import Answer, Kept, pack
from locator.settings import HOST, PREFIX, Settings
from locator.visit import Made

KEPT_BYTES: Final = 48 * 1024 * 1024
OPEN: Final = {"Access-Control-Allow-Origin": "*", "Access-Control-Expose-Headers": "ETag, Link"}
"""Any page of anybody may read what is open."""
GZIP: Final = re.compile(r"\bgzip\b(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|$))")


class Answers:
    """Gives answers, and keeps those asked for last."""

    def __init__(self) -> None:
        self.kept = Kept(KEPT_BYTES)

    def give(
        self, request: Request, asked: Hashable, make: Callable[[], bytes], *, mime: str, name: str = ""
    ) -> Response:
        """An answer to a request.

        Parameters
        ----------
        asked
            What it is the answer to: the same bytes as long as this is the same.
        make
            Makes the bytes.
        name
            What a file is to be called by who keeps it.
        """
        answer = self.kept.get(asked)
        if answer is None:
            answer = pack(Made(make(), mime))
            self.kept.put(asked, answer)
        packed = answer.packed and GZIP.search(request.headers.get("accept-encoding", "")) is not None
        return _response(request, answer, packed=packed, name=name)


def _response(request: Request, answer: Answer, *, packed: bool, name: str) -> Response:
    """The bytes, or that they are those which the visitor has."""
    mark = f'"{answer.mark}{"-gz" if packed else ""}"'
    told = {"ETag": mark, "Cache-Control": "no-cache", "Vary": "Accept, Accept-Encoding", **OPEN}
    if _has(request.headers.get("if-none-match", ""), answer.mark):
        return Response(status_code=304, headers=told)
    told |= {"Content-Encoding": "gzip"} if packed else {}
    told |= {"Content-Disposition": f'inline; filename="{name}"'} if name else {}
    body = answer.body if packed else answer.plain
    told["Content-Length"] = str(len(body))
    return Response(b"" if request.method == "HEAD" else body, headers=told, media_type=answer.mime)


def _has(told: str, mark: str) -> bool:
    """Whether an ``If-None-Match`` names this mark, packed or not: what it says is the same.

    >>> _has('W/"a1", "b2-gz"', "b2"), _has('"b2x"', "b2"), _has("*", "b2")
    (True, False, True)
    """
    return told.strip() == "*" or re.search(rf'"{re.escape(mark)}(?:-gz)?"', told) is not None


def folder_address(request: Request, settings: Settings) -> str:
    """The absolute address of the folder of files: as the settings have it, else as the request has it.

    Empty where the request names a host that is none: addresses beside the catalogue hold as well.
    """
    if settings.address and settings.address.endswith(PREFIX):
        return f"{settings.address.removesuffix(PREFIX)}/api/v1/dati/"
    host, root = request.headers.get("host", ""), request.scope.get("root_path", "")
    return f"{request.url.scheme}://{host.lower()}{root}/dati/" if HOST.fullmatch(host) else ""
