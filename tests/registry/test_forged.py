"""Two hundred and more attempts to write what one may not: every one refused, and nothing changed."""

import base64
import itertools
import json
import zlib
from functools import partial

import pytest
from itsdangerous import URLSafeSerializer

from data.registry import editing, links, people, soundness
from errors import (
    AtlasError,
    EditConflict,
    FieldsRefused,
    NotAllowed,
    PassRefused,
    RecordMissing,
    RegistryError,
)

PHONE = {"phone": "035 111111"}


def edit(t, token, kind="sportelli", key="sp-bg", *, version=1, said=PHONE):
    return editing.edit(t.store, token, kind, key, version=version, said=said)


VERBS = {
    "edit": edit,
    "create": lambda t, p: editing.create(t.store, p, "sessioni", {"sportello_id": "sp-bg"}),
    "confirm": lambda t, p: editing.confirm(t.store, p, "sportelli", "sp-bg", version=1),
    "delete": lambda t, p: editing.delete(t.store, p, "sessioni", "se-bg", version=1),
    "restore": lambda t, p: editing.restore(t.store, p, "sessioni", "se-bg"),
    "undo": lambda t, p: editing.undo(t.store, p, 1),
    "history": lambda t, p: editing.history(t.store, p, "sportelli", "sp-bg"),
    "give": lambda t, p: links.give(t.store, p, records=[("sportelli", "sp-bg")], label="Ufficio"),
    "take back": lambda t, p: links.take_back(t.store, p, links_of(t)[0]),
    "given": lambda t, p: links.given(t.store, p),
}


def links_of(t):
    return [one.id for one in links.given(t.store, t.passes["regione"])]


def signed(t, said, *, what="pass", secret=None):
    maker = URLSafeSerializer(
        secret or t.store.secret,
        salt=f"registry.{what}",
        signer_kwargs={"digest_method": people.hashlib.sha256},
    )
    return maker.dumps(said)


def account(t, name="bergamo"):
    return people.opened(t.store, "pass", t.passes[name])


def one_letter_changed(token, at):
    place = int(at * (len(token) - 1))
    other = "A" if token[place] != "A" else "B"
    return token[:place] + other + token[place + 1 :]


def payload(said):
    return base64.urlsafe_b64encode(json.dumps(said).encode()).rstrip(b"=").decode()


def packed(said):
    return "." + base64.urlsafe_b64encode(zlib.compress(json.dumps(said).encode())).rstrip(b"=").decode()


FAR = 4_000_000_000
TOKENS = {
    "nothing": lambda t: None,
    "empty": lambda t: "",
    "a word": lambda t: "regione",
    "a name": lambda t: "redazione@atlante.example",
    "a role": lambda t: "role=regione",
    "only the payload": lambda t: t.passes["bergamo"].rpartition(".")[0],
    "only the signature": lambda t: t.passes["bergamo"].rpartition(".")[2],
    "twice": lambda t: t.passes["bergamo"] * 2,
    "unsigned": lambda t: payload({**account(t), "until": FAR}),
    "signature of another": lambda t: (
        payload({**account(t, "regione")}) + "." + t.passes["bergamo"].rpartition(".")[2]
    ),
    "packed": lambda t: packed({**account(t), "until": FAR}) + "." + t.passes["bergamo"].rpartition(".")[2],
    "another secret": lambda t: signed(t, {**account(t), "until": FAR}, secret="indovinata"),
    "no secret": lambda t: signed(t, {**account(t), "until": FAR}, secret="x"),
    "signed for links": lambda t: signed(t, account(t), what="link"),
    "signed for something else": lambda t: signed(t, account(t), what="reset"),
    "a pass as a link": lambda t: links.LINK + t.passes["bergamo"],
    "a link as a pass": lambda t: t.passes["gestore"].removeprefix(links.LINK),
    "a link edited": lambda t: one_letter_changed(t.passes["gestore"], 0.5),
    "a link of nobody": lambda t: links.LINK + signed(t, {"link": "link-none"}, what="link"),
    "a link without key": lambda t: links.LINK + signed(t, {}, what="link"),
    "a list": lambda t: signed(t, ["regione"]),
    "an account of nobody": lambda t: signed(t, {"account": "conto-none", "epoch": 1, "until": FAR}),
    "an account by its name": lambda t: signed(t, {"account": "regione", "epoch": 1, "until": FAR}),
    "an old epoch": lambda t: signed(t, {**account(t), "epoch": 0}),
    "an epoch as text": lambda t: signed(t, {**account(t), "epoch": "1"}),
    "expired": lambda t: signed(t, {**account(t), "until": 1}),
    "without an end": lambda t: signed(t, {name: one for name, one in account(t).items() if name != "until"}),
    "a nul": lambda t: t.passes["bergamo"] + "\x00",
    "not ascii": lambda t: t.passes["bergamo"] + "è",
    "a surrogate": lambda t: t.passes["bergamo"] + "\ud800",
    "very long": lambda t: "A" * 100_000,
    "sql": lambda t: "' OR 1=1; DROP TABLE accounts; --",
}

TOKENS |= {
    f"letter {at} changed": partial(lambda t, at: one_letter_changed(t.passes["bergamo"], at), at=at)
    for at in (0.0, 0.1, 0.3, 0.5, 0.7, 0.9)
}

BY_TOKEN = [(token, verb) for token in TOKENS for verb in ("edit", "confirm", "history", "give")] + [
    (token, verb)
    for token, verb in itertools.product(
        ("nothing", "unsigned", "another secret", "expired", "a link edited"),
        ("create", "delete", "restore", "undo", "take back", "given"),
    )
]


@pytest.mark.parametrize(("token", "verb"), BY_TOKEN, ids=lambda value: value)
def test_a_pass_that_is_not_ours_or_no_longer_holds_opens_nothing(shared_town, token, verb):
    before = shared_town.pulse()
    with pytest.raises((PassRefused, NotAllowed)):
        VERBS[verb](shared_town, TOKENS[token](shared_town))
    assert shared_town.pulse() == before


OTHERS = {
    "other desk": lambda t, p: edit(t, p, key="sp-da"),
    "other session": lambda t, p: edit(t, p, "sessioni", "se-da", said={"hours": "Mo 09:00-12:00"}),
    "other association": lambda t, p: edit(t, p, "associazioni", "as-da"),
    "ente of all": lambda t, p: edit(t, p, "enti", "en-tutti"),
    "desk into other": lambda t, p: edit(t, p, said={"ambito_id": "dalmine"}),
    "desk into none": lambda t, p: edit(t, p, said={"ambito_id": None}),
    "session into other": lambda t, p: edit(t, p, "sessioni", "se-bg", said={"sportello_id": "sp-da"}),
    "new session there": lambda t, p: editing.create(
        t.store, p, "sessioni", {"sportello_id": "sp-da"}
    ),
    "new desk there": lambda t, p: editing.create(
        t.store, p, "sportelli", {"name": "N", "kind": "caritas", "ente_id": "en-bg", "ambito_id": "dalmine"}
    ),
    "new desk of none": lambda t, p: editing.create(
        t.store, p, "sportelli", {"name": "N", "kind": "caritas", "ente_id": "en-bg"}
    ),
    "confirm other": lambda t, p: editing.confirm(t.store, p, "sportelli", "sp-da", version=1),
    "delete other": lambda t, p: editing.delete(t.store, p, "sportelli", "sp-da", version=1),
    "restore other": lambda t, p: editing.restore(t.store, p, "sportelli", "sp-da"),
    "undo other": lambda t, p: editing.undo(t.store, p, t.last_change("sportelli", "sp-da")),
    "history of other": lambda t, p: editing.history(t.store, p, "sportelli", "sp-da"),
    "link to other": lambda t, p: links.give(t.store, p, records=[("sportelli", "sp-da")], label="U"),
    "link to own and other": lambda t, p: links.give(
        t.store, p, records=[("sportelli", "sp-bg"), ("sportelli", "sp-da")], label="U"
    ),
}  # fmt: skip


@pytest.mark.parametrize("someone", ["bergamo", "gestore"])
@pytest.mark.parametrize("what", OTHERS)
def test_what_is_of_others_stays_as_it_is(shared_town, what, someone):
    before = shared_town.pulse()
    with pytest.raises((NotAllowed, FieldsRefused)) as told:
        OTHERS[what](shared_town, shared_town.passes[someone])
    if someone == "bergamo":
        assert told.value.why == "other_ambito"
    assert shared_town.pulse() == before


STALE = {
    "an old version": (EditConflict, lambda t, p: edit(t, p, "sportelli", "sp-bg2", version=1)),
    "a version to come": (RecordMissing, lambda t, p: edit(t, p, version=7)),
    "version nought": (RecordMissing, lambda t, p: edit(t, p, version=0)),
    "a version below nought": (RecordMissing, lambda t, p: edit(t, p, version=-1)),
    "confirm as it was": (
        EditConflict, lambda t, p: editing.confirm(t.store, p, "sportelli", "sp-bg2", version=1),
    ),
    "delete as it was": (
        EditConflict, lambda t, p: editing.delete(t.store, p, "sportelli", "sp-bg2", version=1),
    ),
    "restore what is there": (
        RecordMissing, lambda t, p: editing.restore(t.store, p, "sportelli", "sp-bg"),
    ),
    "undo what is not": (RecordMissing, lambda t, p: editing.undo(t.store, p, 9999)),
    "undo nought": (RecordMissing, lambda t, p: editing.undo(t.store, p, 0)),
    "undo below nought": (RecordMissing, lambda t, p: editing.undo(t.store, p, -1)),
    "undo beyond counting": (RecordMissing, lambda t, p: editing.undo(t.store, p, 10**30)),
    "no such kind": (RecordMissing, lambda t, p: edit(t, p, "accounts", "conto-1")),
    "a table of ours": (RecordMissing, lambda t, p: edit(t, p, "changes", "1")),
    "sql as a kind": (RecordMissing, lambda t, p: edit(t, p, "sportelli; DROP TABLE sportelli")),
    "create in no kind": (RecordMissing, lambda t, p: editing.create(t.store, p, "accounts", {"name": "x"})),
    "history of no kind": (RecordMissing, lambda t, p: editing.history(t.store, p, "letters", "1")),
}  # fmt: skip
KEYS = ("", "sp-none", "sp-bg' OR '1'='1", "sp-bg; --", "%", "sp-bg\x00", "../sp-bg", "sp_bg", "SP-BG", "sp-bg ", "х",
        "\ud800", "a" * 10_000)  # fmt: skip
STALE |= {
    f"key {number}": (RecordMissing, partial(lambda t, p, key: edit(t, p, key=key), key=key))
    for number, key in enumerate(KEYS)
}


@pytest.fixture(scope="module")
def moved_on(shared_town):
    """Somebody has changed the second desk since it was read."""
    edit(shared_town, shared_town.passes["regione"], key="sp-bg2", said={"notes": "cambiato"})
    return shared_town


@pytest.mark.parametrize("what", STALE)
def test_what_is_stale_or_not_there_is_told_and_nothing_is_written(moved_on, what):
    kind, attempt = STALE[what]
    before = moved_on.pulse()
    with pytest.raises(kind):
        attempt(moved_on, moved_on.passes["regione"])
    assert moved_on.pulse() == before


DIRTY = {
    "id": ["sp-mio"], "version": [7, 99], "created_at": ["2020-01-01"], "changed_at": ["2020-01-01"],
    "deleted_at": ["2020-01-01"], "confirmed_on": ["2027-03-01"], "confirmed_by": ["conto-1"],
    "role": ["regione"], "who": ["seme"], "__class__": ["Ente"], "name = 'x' --": ["y"], "metadata": ["x"],
    "name": [
        "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "< b>Sportello", "&lt;b&gt;", "&#60;b&#62;",
        "javascript:alert(1)", "Sportello'; DROP TABLE sportelli; --", "x /* y */",
        "Sportello\x00", "Sportello\x1b[31m",
        "Sporte\u202ello", "Spor\u200btello", "\ud800", "x" * 301, "", None, 7, ["Sportello"], {"a": 1}, True,
    ],
    "kind": ["municipio", "SPORTELLO_COMUNALE", ""], "status": ["aperto"], "evidence": ["E", "a", "A;B", None],
    "ambito_id": ["atlantide", "Bergamo", "bergamo;dalmine", "<b>"], "ente_id": ["en-none", "sp-bg", None, "' OR 1=1"],
    "comune_code": ["15146", "999999", "ambito:bergamo", "01514６"], "province": ["Bergamo", "bg"],
    "postcode": ["2012", "24100 "[:4]], "phone": ["chiamare Anna", "<b>035</b>", "035"],
    "email": ["ufficio", "a@b@c.it", "a@b.it\nBcc: c@d.it", "a@b.it,c@d.it", '"<x>"@b.it'],
    "web": ["www.borgo.example", "ftp://borgo.example", "javascript:alert(1)", "http://x/<script>", 'http://x/"on'],
    "source_url": ["file:///etc/passwd", "data:text/html,x"],
    "source_date": ["ieri", "2027/03", "27-03-01", "2027-13", "2027-03-32"],
    "lon": [200, "9.6", True, float("nan"), 9.6], "lat": [float("inf")],
    "themes": ["lavoro", ["volo"], [["lavoro"]], [7], {"lavoro": 1}], "targets": [["gatti"]], "access": [["porta"]],
    "cost": ["poco"], "precision": ["esatta"], "confirm_every_months": [0, 2, 13, "6", 3.0, None],
    "areas": ["ambito:bergamo", ["bergamo"], ["ambito:015146"], ["istat:comune:bergamo"], ["istat:ambito:x"],
              ["regione:09"], ["provincia:RM"], ["istat:comune:000000"], ["tutti"], ["*"]],
    "closures": ["ferie", [{"from": "2027-08-01"}], [{"from": "2027-08-20", "until": "2027-08-01"}],
                 [{"from": "agosto", "until": "settembre"}], [{"from": "2027-08-01", "until": "9999-12-31"}],
                 [{"from": "2027-08-01", "until": "2027-08-02", "why": '" ; Mo-Su open "'}],
                 [{"from": "2027-08-01", "until": "2027-08-02", "why": "<b>"}], [["2027-08-01"]],
                 [{"from": 1, "until": 2}], [{"from": "2027-08-01", "until": "2027-08-02", "x": "y"}]],
    "description": ["x" * 4001, "<iframe src=//x>", "<!-- -->"],
}  # fmt: skip
CASES = [(name, value) for name, values in DIRTY.items() for value in values]


@pytest.mark.parametrize(("name", "value"), CASES, ids=[f"{name}-{n}" for n, (name, _) in enumerate(CASES)])
def test_what_no_record_can_hold_is_refused_by_field_and_reason(shared_town, name, value):
    before = shared_town.pulse()
    with pytest.raises(FieldsRefused) as told:
        edit(shared_town, shared_town.passes["regione"], said={name: value})
    assert told.value.faults[0].field == name
    assert shared_town.pulse() == before


SESSION = {
    "hours": ["lun-ven 9-12,30", "09:00-12:00", "Mo", "Mo 12:00-09:00", "Mo 14:30+", "24", "<b>", "Mo 09:00-26:00",
              "Mo 10:00-10:00", '"sempre"', "Mo 09:00-12:00; giovedì", 9],
    "languages": ["arabo", ["arabo"], ["AR"], ["ar", "xx"]], "mediator": ["forse"], "reception": ["fax"],
    "ambito_id": ["dalmine", None], "capacity": [0, -1, 1.5, "10", 10_000, 10**30],
    "sportello_id": ["en-bg", "sp-none"],
}  # fmt: skip
SESSIONS = [(name, value) for name, values in SESSION.items() for value in values]


@pytest.mark.parametrize(
    ("name", "value"), SESSIONS, ids=[f"{name}-{n}" for n, (name, _) in enumerate(SESSIONS)]
)
def test_what_no_session_can_hold_is_refused(shared_town, name, value):
    with pytest.raises(FieldsRefused) as told:
        edit(shared_town, shared_town.passes["regione"], "sessioni", "se-bg", said={name: value})
    assert told.value.faults[0].field == name


LINKS = {
    "for ever": {"days": 10_000}, "for no day": {"days": 0}, "to nothing": {"records": []}, "to nobody": {"label": " "},
    "with html": {"label": "<b>Ufficio</b>"}, "to everything": {"records": [("sportelli", "sp-bg")] * 51},
    "to what is not": {"records": [("sportelli", "sp-none")]}, "to a table": {"records": [("accounts", "x")]},
}  # fmt: skip


@pytest.mark.parametrize("what", LINKS)
def test_links_that_cannot_be_given(shared_town, what):
    said = {"records": [("sportelli", "sp-bg")], "label": "Ufficio", **LINKS[what]}
    with pytest.raises(RegistryError):
        links.give(shared_town.store, shared_town.passes["regione"], **said)


def test_after_all_of_them_the_registry_is_as_it_was(moved_on):
    records, lines = moved_on.everything()
    assert [(kind, key) for kind, key, version, _ in records if version > 1] == [("sportelli", "sp-bg2")]
    assert len(lines) == len(records) + 1
    assert soundness.faults(moved_on.store) == []


def test_they_are_more_than_two_hundred():
    assert len(BY_TOKEN) + 2 * len(OTHERS) + len(STALE) + len(CASES) + len(SESSIONS) + len(LINKS) > 200
    assert issubclass(RegistryError, AtlasError)
