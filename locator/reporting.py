"""What visitors may send: that something in a record is wrong, and that a search found nothing near.

No cookie, no account, no session goes with these requests, so there is nothing that another site could borrow by
having a visitor's browser send one: it would say what anybody may say, and count against that visitor's hour. So the
form carries no token against that, only a sealed note of its record and of when it was made.
"""

import json
import re
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final
from urllib.parse import parse_qs, quote

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from data.registry import people, reports
from data.registry.searches import FAR, NONE, Search
from data.registry.store import Store
from errors import FieldsRefused, PassRefused, RecordMissing, RegistryUnavailable
from locator import address
from locator.assets import assets
from locator.faults import fault_page
from locator.limits import Limit, client_of
from locator.records import Association, Desk
from locator.report_page import (
    MADE,
    RECORD,
    TEXT,
    THANKS,
    TRAP,
    WHAT,
    Fault,
    Form,
    content_faults,
    form_page,
    record_of,
    thanks,
)
from locator.snapshot import Keeper
from locator.tally import Tally
from locator.visit import Made, Setting, Visit, with_parameters
from locator.words import LANGUAGES, Words

PAGE: Final = re.compile(r"/([a-z]{2})/segnala/")
COUNT: Final = "/conta"
SOONEST_S: Final = 3
"""Seconds that a person needs, at least, to say what is wrong."""
LATEST_S: Final = 12 * 3600
LONGEST_BODY: Final = 40_000
LONGEST_COUNT: Final = 300
MOST_FIELDS: Final = 40
REPORTS_EACH, REPORTS_ALL = 6, 300
COUNTS_EACH, COUNTS_ALL = 120, 30_000
"""Reports and counts an hour, of each visitor and of all."""
COUNTED: Final = ("ambito", "tema", "lingua", "mezzo", "esito")
OUTCOMES: Final = {"nessuno": NONE, "lontano": FAR}
NOT_KEPT: Final = {"cache-control": "no-store"}


class Reporting:
    """The ASGI application that answers ``/{lang}/segnala/`` and ``/conta``, below ``/sportelli``.

    Parameters
    ----------
    keeper
        Gives the snapshot that records are shown from.
    store
        The way to the registry; it may raise ``RegistryUnavailable``.
    environment
        Where it stands whether a proxy is in front (``limits.PROXY``).
    clock
        Seconds since 1970.
    """

    def __init__(
        self,
        keeper: Keeper,
        store: Callable[[], Store],
        environment: Mapping[str, str],
        *,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.keeper, self.store, self.environment, self.clock = keeper, store, environment, clock
        self.tally = Tally(store)
        self.reports = Limit(REPORTS_EACH, REPORTS_ALL)
        self.counts = Limit(COUNTS_EACH, COUNTS_ALL)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        request, page = Request(scope, receive), PAGE.fullmatch(scope["path"])
        if scope["path"] == COUNT and scope["method"] == "POST":
            answer = await self._count(request)
        elif page and page[1] in LANGUAGES and scope["method"] in {"GET", "HEAD", "POST"}:
            answer = await self._page(request, page[1])
        else:
            answer = _fault(request, 404)
        await answer(scope, receive, send)

    def begin(self) -> None:
        """Note since when searches are counted; nobody waits for the registry to be opened."""
        threading.Thread(target=self.tally.begin, daemon=True).start()

    def close(self) -> None:
        """Write what was counted and not written yet."""
        self.tally.flush()

    async def _count(self, request: Request) -> Response:
        """Count a search that found nothing near: whatever is sent, the answer says nothing.

        What a page of another site sends is not counted; browsers say so themselves.
        """
        body = await request.body()
        ours = request.headers.get("sec-fetch-site", "same-origin") in {"same-origin", "none"}
        if (
            ours
            and len(body) <= LONGEST_COUNT
            and self.counts.allows(client_of(request.scope, self.environment))
        ):
            search = search_of(body)
            if search is not None:
                await run_in_threadpool(self.tally.add, search)
        return Response(status_code=204, headers=NOT_KEPT)

    async def _page(self, request: Request, lang: str) -> Response:
        """The form, the thanks, or what is wrong with what was sent."""
        body = await request.body() if request.method == "POST" else b""
        if len(body) > LONGEST_BODY:
            return _fault(request, 413)
        try:
            sent = parse_qs(body.decode(errors="replace"), max_num_fields=MOST_FIELDS, errors="replace")
        except ValueError:
            return _fault(request, 400)
        key = (sent.get(RECORD) or [request.query_params.get(RECORD, "")])[0]
        return await run_in_threadpool(self._answer, request, lang, key, sent)

    def _answer(self, request: Request, lang: str, key: str, sent: Mapping[str, list[str]]) -> Response:
        visit = self._visit(lang, request.query_params, key)
        record = record_of(visit.now, key)
        if record is None:
            return _fault(request, 404)
        try:
            if request.method == "POST":
                return self._sent(request, visit, record, sent)
            if visit.query.get(THANKS) == "1":
                return _made(thanks(visit, record))
            return _made(form_page(visit, record, Form(made=self._sealed(key))))
        except RegistryUnavailable:
            return _fault(request, 503)

    def _visit(self, lang: str, query: QueryParams, key: str) -> Visit:
        setting = Setting(assets=assets().folder)
        told = {**dict(query), RECORD: key}
        return Visit(self.keeper.snapshot(), setting, lang, f"{lang}/segnala/", self.keeper.clock(), told)

    def _sent(
        self, request: Request, visit: Visit, record: Desk | Association, sent: Mapping[str, list[str]]
    ) -> Response:
        """Keep what was sent, or show the form again with everything that is wrong."""
        key, made = visit.query[RECORD], sent.get(MADE, [""])[0]
        form = Form(what=tuple(dict.fromkeys(sent.get(WHAT, ()))), words=sent.get(TEXT, [""])[0])
        if TRAP in sent:
            return _thanked(visit)
        age = self._age(key, made)
        late = _when_wrong(age, visit.w)
        faults, status = [*content_faults(form, visit.w), *late], 422
        if not faults:
            status, faults = self._keep(request, key, form, visit.w)
        if status == 303:
            return _thanked(visit)
        if status == 404:
            return _fault(request, 404)
        fresh = self._sealed(key) if age is None else made
        return _made(form_page(visit, record, replace(form, made=fresh, faults=tuple(faults)), status=status))

    def _keep(self, request: Request, key: str, form: Form, w: Words) -> tuple[int, list[Fault]]:
        """The status of what became of a report, and why it was not kept."""
        _ = w.gettext
        if not self.reports.allows(client_of(request.scope, self.environment)):
            return 429, [Fault("", _("Da qui sono arrivate molte segnalazioni. Riprova fra un'ora."))]
        kind, _slash, record_id = key.partition("/")
        try:
            reports.report(self.store(), kind, record_id, what=form.what, words=form.words)
        except RecordMissing:
            return 404, []
        except FieldsRefused:
            return 422, content_faults(form, w)
        except RegistryUnavailable:
            return 503, [Fault("", _("Il registro non risponde. Riprova fra un minuto."))]
        return 303, []

    def _sealed(self, key: str) -> str:
        """A note of which record a form is of, and when it was made."""
        return people.sealed(self.store(), "report-form", {"record": key, "at": int(self.clock())})

    def _age(self, key: str, made: str) -> float | None:
        """Seconds since a form was made; missing where we did not make it for this record, or too long ago."""
        try:
            said = people.opened(self.store(), "report-form", made)
        except PassRefused:
            return None
        age = self.clock() - float(said["at"])
        return age if said["record"] == key and age + 1 >= 0 and age <= LATEST_S else None


def search_of(body: bytes) -> Search | None:
    """The search that a body counts, if it has the form that our pages send; whether its codes exist is for ``Tally``.

    >>> search_of(b'{"ambito": "lodi", "tema": null, "lingua": "ar", "mezzo": "piedi", "esito": "lontano"}')
    Search(ambito_id='lodi', theme='', language='ar', mode='walk', outcome='far')
    """
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(told, dict) or set(told) != set(COUNTED):
        return None
    if not all(value is None or (isinstance(value, str) and value) for value in told.values()):
        return None
    mode, outcome = address.MODES.get(told["mezzo"]), OUTCOMES.get(told["esito"])
    if mode is None or outcome is None:
        return None
    return Search(told["ambito"] or "", told["tema"] or "", told["lingua"] or "", mode, outcome)


def _when_wrong(age: float | None, w: Words) -> list[Fault]:
    """What is wrong with when a form was made: too soon to have been filled in, too long ago, or not by us."""
    _ = w.gettext
    if age is None:
        return [Fault("", _("Il modulo era aperto da molto tempo. Controlla e premi di nuovo «Invia»."))]
    if age < SOONEST_S:
        return [Fault("", _("Hai fatto molto in fretta. Controlla e premi di nuovo «Invia»."))]
    return []


def _thanked(visit: Visit) -> Response:
    """To the page that thanks: whoever reloads it sends nothing again."""
    there = with_parameters("./", {RECORD: visit.query[RECORD], THANKS: "1", **visit.carried})
    return Response(status_code=303, headers={"location": quote(there, safe="/?&=%.-_~"), **NOT_KEPT})


def _made(made: Made) -> Response:
    return Response(made.body, made.status, NOT_KEPT, made.mime)


def _fault(request: Request, status: int) -> Response:
    told = fault_page(status, request.scope["path"][1:], request.headers.get("accept-language", ""))
    return _made(told)
