"""The open API: addresses, and what answers under each. Nothing is computed twice for the same registry."""

import json
import logging
import os
import re
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from http import HTTPStatus
from threading import Lock
from typing import Any, Final

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from data.vocabularies import vocabulary
from errors import AtlasError, QueryRefused
from locator.api import bulk, described, shapes
from locator.api.answers import OPEN, Answers, folder_address
from locator.api.asking import JSON, MIMES, accepted, nothing_more, question, sentence
from locator.api.asking import described as described_parameters
from locator.api.outlines import facts
from locator.api.shelf import Facts, Ground, Shelf
from locator.finding import NOW
from locator.opening import minute_of
from locator.settings import settings
from locator.snapshot import Keeper

VERSION: Final = "1.0.0"
LICENCE_PAGE: Final = "/sportelli/it/dati/"
VOCABULARIES: Final = (
    "themes", "languages", "targets", "service_kinds", "association_kinds", "statuses", "access_modes", "costs",
    "receptions", "mediators", "communities", "precisions", "evidence", "evidence_pages",
)  # fmt: skip
"""Those that explain the codes in the records."""
NOT_HERE: Final = "Qui non c'è niente: gli indirizzi stanno in /api/v1/openapi.json."
NOT_SO: Final = "Qui si può solo leggere: con GET o HEAD."
LOG: Final = logging.getLogger("atlante.sportelli")

Maker = Callable[[str], bytes]
"""Makes what is told under a root."""

SILENT: Final = "Il registro non risponde: riprova fra qualche minuto."


class Api:
    """What answers: the records of the snapshot in use, and the answers that were given last."""

    def __init__(self, keeper: Keeper) -> None:
        self.keeper = keeper
        self.answers = Answers()
        self.ground = Ground(self._facts, LICENCE_PAGE)
        self._known: Mapping[str, Facts] | None = None
        self._shelf: Shelf | None = None
        self._turn = Lock()

    def _facts(self) -> Mapping[str, Facts]:
        if self._known is None:
            self._known = facts(self.keeper.sources.table)
        return self._known

    def shelf(self) -> Shelf:
        """The records of the snapshot in use."""
        now = self.keeper.snapshot()
        with self._turn:
            if self._shelf is None or self._shelf.now is not now:
                self._shelf = Shelf(now, self.ground)
                self.answers.kept.forget()
            return self._shelf

    def collection(self, name: str, request: Request) -> Response:
        """A page of a collection."""
        shelf, clock = self.shelf(), self.keeper.clock()
        form = accepted(request.headers.get("accept", ""))
        allowed = described.COLLECTIONS[name][-1]
        asked = question(request.query_params.multi_items(), shelf.now, allowed=allowed, form=form)
        minute = minute_of(clock) if asked.asked.when == NOW else 0
        here = f"{request.scope.get('root_path', '')}/{name}"
        make = partial(shelf.page, name, asked, now=clock, here=here)
        return self.answers.give(
            request, (shelf.now.mark, name, asked, minute, here), make, mime=MIMES[asked.form]
        )

    def record(self, name: str, request: Request, key: str) -> Response:
        """One record."""
        shelf = self.shelf()
        form = accepted(request.headers.get("accept", ""))
        pairs = request.query_params.multi_items()
        form = question(pairs, shelf.now, allowed=("formato",), form=form).form
        found = shelf.one(name, key, form)
        if found is None:
            raise HTTPException(404, f"Fra {name} non c'è «{key[:60]}».")
        asked = (shelf.now.mark, name, key, form)
        return self.answers.give(request, asked, lambda: found, mime=MIMES[form])

    def file(self, name: str, request: Request) -> Response:
        """One of the whole files."""
        nothing_more(request.query_params.multi_items())
        now = self.shelf().now
        base = folder_address(request, settings(os.environ)) if name in bulk.CATALOGUES else ""

        def make() -> bytes:
            return bulk.file(name, now, self.keeper.sources.store(), base=base)

        asked = (now.mark, "dati", name, base)
        return self.answers.give(request, asked, make, mime=bulk.MIMES[name], name=name)

    def told(self, make: Maker, request: Request) -> Response:
        """What is the same whatever the registry says: lists of addresses, vocabularies, the description."""
        nothing_more(request.query_params.multi_items())
        root = request.scope.get("root_path", "")
        return self.answers.give(request, (make, root), partial(make, root), mime=MIMES[JSON])


def make(keeper: Keeper) -> FastAPI:
    """The application, to be mounted at ``/api/v1``; it says of itself what ``described`` has."""
    app = FastAPI(
        title=described.TITLE,
        version=VERSION,
        description=described.ABOUT,
        servers=[{"url": "/api/v1"}],
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        telemetry={
            "tracing": False,
            "metrics": False,
            "logs": False,
            "operation_spans": False,
            "auto_configure": False,
        },
        exception_handlers={HTTPException: _missing, QueryRefused: _refused, AtlasError: _silent},
    )
    api = Api(keeper)
    for name in described.COLLECTIONS:
        _collection(app, api, name)
    for name in bulk.MIMES:
        _file(app, api, name)
    _told(app, api, "/", "indice", "Tutto ciò che si può chiedere.", _index, shapes.Listed)
    _told(app, api, "/dati", "dati", "I file interi.", _listed_files, shapes.Listed)
    _told(app, api, "/vocabolari", "vocabolari", "I codici dei record.", _vocabularies, shapes.Vocabularies)
    _told(app, api, "/openapi.json", "openapi", "Questa descrizione.", _description(app), {"type": "object"})
    return app


def _collection(app: FastAPI, api: Api, name: str) -> None:
    about, *_, names = described.COLLECTIONS[name]

    def page(request: Request) -> Response:
        return api.collection(name, request)

    def record(request: Request, key: str) -> Response:
        return api.record(name, request, key)

    _add(app, f"/{name}", page, name, about, described.of_collection(name), names)
    alone = described.of_record(name)
    _add(app, f"/{name}/{{key}}", record, f"{name}_uno", "Un record, per chiave.", alone, ("formato",))


def _file(app: FastAPI, api: Api, name: str) -> None:
    def file(request: Request) -> Response:
        return api.file(name, request)

    mime = bulk.MIMES[name].partition(";")[0]
    told = described.answers({mime: {} if "json" in mime else {"type": "string", "format": "binary"}})
    _add(app, f"/dati/{name}", file, f"dati_{name}", bulk.ABOUT[name], told)


def _told(app: FastAPI, api: Api, path: str, name: str, about: str, make: Maker, shape: Any) -> None:
    def told(request: Request) -> Response:
        return api.told(make, request)

    _add(app, path, told, name, about, described.answers({MIMES[JSON]: shape}, refusals=(422,)))


def _add(
    app: FastAPI,
    path: str,
    endpoint: Callable[..., Response],
    name: str,
    about: str,
    answers: dict[int | str, dict[str, Any]],
    names: Sequence[str] = (),
) -> None:
    """An address, read whole or by its head alone; the second needs no description of its own."""
    for method in ("GET", "HEAD"):
        app.add_api_route(
            path,
            endpoint,
            methods=[method],
            name=name,
            operation_id=re.sub(r"\W", "_", name),
            summary=about,
            response_class=Response,
            response_model=None,
            responses=answers,
            openapi_extra={"parameters": described_parameters(names)} if names else None,
            include_in_schema=method == "GET",
        )


def _index(root: str) -> bytes:
    listed = [
        shapes.Address(nome=name, indirizzo=f"{root}/{name}", descrizione=about, tipo=MIMES[JSON])
        for name, (about, *_) in described.COLLECTIONS.items()
    ]
    more = {
        "dati": "I file interi.",
        "vocabolari": "Che cosa vogliono dire i codici.",
        "openapi.json": "La descrizione OpenAPI.",
    }
    listed += [
        shapes.Address(nome=name, indirizzo=f"{root}/{name}", descrizione=about, tipo=MIMES[JSON])
        for name, about in more.items()
    ]
    return shapes.Listed(dati=listed).model_dump_json().encode()


def _listed_files(root: str) -> bytes:
    listed = [
        shapes.Address(nome=name, indirizzo=f"{root}/dati/{name}", descrizione=bulk.ABOUT[name], tipo=mime)
        for name, mime in bulk.MIMES.items()
    ]
    return shapes.Listed(dati=listed).model_dump_json().encode()


def _vocabularies(root: str) -> bytes:  # noqa: ARG001
    told = {
        name: [
            shapes.Word(value=str(value), label=row["label"], description=row["description"])
            for value, row in vocabulary(name).iterrows()
        ]
        for name in VOCABULARIES
    }
    return shapes.Vocabularies(vocabolari=told).model_dump_json().encode()


def _description(app: FastAPI) -> Maker:
    def description(root: str) -> bytes:  # noqa: ARG001
        told = app.openapi()
        told.setdefault("components", {})["schemas"] = dict(described.components())
        return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()

    return description


async def _missing(request: Request, fault: Exception) -> Response:  # noqa: ARG001
    """What is not there, or is not asked as it can be."""
    status = fault.status_code if isinstance(fault, HTTPException) else 404
    told = str(getattr(fault, "detail", ""))
    usual = {404: NOT_HERE, 405: NOT_SO}
    why = usual.get(status, told) if told == HTTPStatus(status).phrase else told
    return _why(status, why, dict(getattr(fault, "headers", None) or {}))


async def _refused(request: Request, fault: Exception) -> Response:  # noqa: ARG001
    return _why(422, sentence(fault.faults if isinstance(fault, QueryRefused) else ()))


async def _silent(request: Request, fault: Exception) -> Response:
    """The registry does not answer; what happened stands in the log."""
    LOG.error("%s: %s", request.url.path, fault)
    return _why(503, SILENT, {"Retry-After": "60"})


def _why(status: int, why: str, headers: Mapping[str, str] | None = None) -> Response:
    told = {"Cache-Control": "no-store", **OPEN, **(headers or {})}
    return JSONResponse(shapes.Refusal(errore=why).model_dump(), status_code=status, headers=told)
