"""Reports of errors: who reads and settles them, what is kept of them and what is not, where they go after a merge."""

import datetime as dt
import json
import unicodedata
import zipfile

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from data.registry import backup, editing, links, merging, outbox, people, reports, soundness
from data.registry.books import Account, Letter, Report, ReportStep
from data.registry.store import open_store
from data.vocabularies import vocabulary
from errors import BackupRefused, FieldsRefused, NotAllowed, PassRefused, RecordMissing
from screens.errors import FIELDS, WHY
from tests.registry.test_forged import TOKENS

WORDS = "il martedì è chiuso, chiamare 035 0000"


def said(town, key="sp-bg", kind="sportelli", what=("orari",), words=WORDS):
    return reports.report(town.store, kind, key, what=what, words=words)


def read(town, someone="regione", **how):
    return reports.listed(town.store, town.passes[someone], **how)


def kept(store):
    with store.reading() as session:
        return list(session.scalars(sa.select(Report).order_by(Report.id)))


# by heart


def test_what_is_said_is_kept_without_a_trace_of_who_said_it(town):
    assert said(town, what=["lingue", "orari", "orari"]) == reports.KEPT
    (one,) = read(town, "bergamo")
    assert (one.kind, one.key, one.name, one.ambito_id) == (
        "sportelli",
        "sp-bg",
        "Sportello di Borgo",
        "bergamo",
    )
    assert (one.what, one.words, one.times, one.gone, one.moved) == (
        ("orari", "lingue"),
        WORDS,
        1,
        False,
        False,
    )
    assert (one.first_on, one.last_on) == (town.store.today(), town.store.today())
    assert (one.outcome, one.settled_on, one.by) == (None, None, None)
    told = {"id", "kind", "record_id", "what", "words", "first_on", "last_on", "times", "outcome", "settled_on",
            "letter_id"}  # fmt: skip
    assert set(Report.__table__.columns.keys()) == told
    assert isinstance(kept(town.store)[0].first_on, dt.date)
    assert not isinstance(kept(town.store)[0].first_on, dt.datetime), (
        "the hour would tell more than is needed"
    )


@pytest.mark.parametrize(("kind", "key"), [
    ("enti", "en-bg"), ("sessioni", "se-bg"), ("mediazione", "me-bg"), ("sportelli", "nessuno"),
    ("sportelli", "as-da"), ("accounts", "x"), ("sportelli", "'; DROP TABLE reports; --"), ("", ""),
])  # fmt: skip
def test_only_what_the_public_sees_can_be_reported(town, kind, key):
    with pytest.raises(RecordMissing):
        said(town, key, kind)
    assert kept(town.store) == []


@pytest.mark.parametrize(
    "hidden", [{"evidence": "D"}, {"status": "chiuso"}, {"status": "probabilmente_superato"}]
)
def test_what_the_public_no_longer_sees_is_not_reported(town, hidden):
    editing.edit(town.store, town.passes["regione"], "sportelli", "sp-bg", version=1, said=hidden)
    with pytest.raises(RecordMissing):
        said(town)
    assert said(town, "as-da", "associazioni") == reports.KEPT


def test_every_fault_of_a_report_is_named_at_once(town):
    with pytest.raises(FieldsRefused) as told:
        said(town, what=["orari", "gatti"], words="a" * 601)
    found = [(one.field, one.why) for one in told.value.faults]
    assert found == [("what", "code"), ("words", "too_long")]
    for what, words, fault in (
        ((), "ciao", ("what", "needed")),
        (("altro",), " \u202e ", ("words", "needed")),
    ):
        with pytest.raises(FieldsRefused) as told:
            said(town, what=what, words=words)
        assert [(one.field, one.why) for one in told.value.faults] == [fault]
    assert {"what", "words", "outcome"} <= FIELDS.keys()
    assert {"code", "needed", "too_long"} <= WHY.keys()
    assert said(town, words="a" * 600) == reports.KEPT
    assert said(town, what=["altro", "orari"], words="") == reports.KEPT


def test_the_same_again_is_counted_and_not_kept_twice(town, clock):
    assert [said(town), said(town), said(town, words=""), said(town, words="altro")] == [
        reports.KEPT, reports.JOINED, reports.KEPT, reports.KEPT,
    ]  # fmt: skip
    clock.go(days=2)
    town.signs_in("bergamo")
    assert said(town, words=f"  {WORDS}\r\n") == reports.JOINED
    first = read(town, "bergamo")[0]
    assert (first.words, first.times, (first.last_on - first.first_on).days) == (WORDS, 3, 2)


def test_a_record_holds_so_many_a_day_and_so_many_in_all(town, clock, monkeypatch):
    monkeypatch.setattr(reports, "MOST_A_DAY", 3)
    monkeypatch.setattr(reports, "MOST_OPEN", 5)
    today = [said(town, words=f"numero {at}") for at in range(4)]
    assert today == [reports.KEPT] * 3 + [reports.FULL]
    assert said(town, words="numero 1") == reports.JOINED
    assert said(town, "sp-da") == reports.KEPT, "of another record there is room"
    clock.go(days=1)
    assert [said(town, words=f"domani {at}") for at in range(3)] == [reports.KEPT] * 2 + [reports.FULL]
    assert len(kept(town.store)) == 6


def test_words_that_nobody_settles_are_erased_after_a_year(town, clock):
    said(town)
    clock.go(days=reports.WORDS_DAYS)
    said(town, "sp-da")
    assert [one.words for one in kept(town.store)] == [WORDS, WORDS]
    clock.go(days=1)
    said(town, "sp-bg2")
    assert [one.words for one in kept(town.store)] == [None, WORDS, WORDS]


def test_reminding_erases_old_words_where_nobody_reports_any_more(town, clock):
    said(town)
    clock.go(days=reports.WORDS_DAYS + 1)
    reports.remind(town.store, outbox.addresses({}))
    assert [one.words for one in kept(town.store)] == [None]


@given(st.text(st.characters(codec=None), max_size=80))
def test_words_keep_what_is_seen_and_lose_what_is_not(text):
    found = reports.cleaned(text)
    assert found is None or (found == reports.cleaned(found) and found.strip() == found)
    for letter in found or "":
        assert letter in "\n" + reports.JOINERS or unicodedata.category(letter)[0] != "C"
    (found or "").encode()
    seen = [c for c in unicodedata.normalize("NFC", text) if c.isalnum()]
    assert [c for c in found or "" if c.isalnum()] == seen


# rights

MATRIX = {"nessuno": "reading_only", "regione": None, "bergamo": None, "dalmine": "other_ambito", "due": None,
          "gestore": "not_here", "ente": "not_here"}  # fmt: skip


def test_editors_read_the_reports_of_their_ambiti_and_nobody_else_does(town):
    said(town)
    said(town, "as-da", "associazioni")
    seen = {
        "regione": {"sp-bg", "as-da"},
        "bergamo": {"sp-bg"},
        "dalmine": {"as-da"},
        "due": {"sp-bg", "as-da"},
    }
    for someone, keys in seen.items():
        assert {one.key for one in read(town, someone)} == keys
        assert {key for _, key in reports.waiting(town.store, town.passes[someone])} == keys
    for someone in ("nessuno", "gestore", "ente"):
        with pytest.raises(NotAllowed) as told:
            read(town, someone)
        assert told.value.why == MATRIX[someone]
        assert reports.waiting(town.store, town.passes[someone]) == {}


@pytest.mark.parametrize("someone", MATRIX)
def test_who_may_settle_and_open_again(town, someone):
    said(town)
    token, why = town.passes[someone], MATRIX[someone]
    for does, outcome in ((lambda: reports.settle(town.store, token, 1, "corretto"), None),
                          (lambda: reports.reopen(town.store, token, 1), "corretto")):  # fmt: skip
        if why is None:
            does()
            continue
        if outcome is not None:
            reports.settle(town.store, town.passes["regione"], 1, outcome)
        with pytest.raises(NotAllowed) as told:
            does()
        assert told.value.why == why
        assert kept(town.store)[0].outcome == outcome


def test_a_forged_pass_reads_and_settles_nothing(town):
    said(town)
    for maker in TOKENS.values():
        shown = maker(town)
        for does in (reports.listed, lambda *who: reports.settle(*who, 1, "corretto"),
                     lambda *who: reports.reopen(*who, 1)):  # fmt: skip
            with pytest.raises((PassRefused, NotAllowed)) as told:
                does(town.store, shown)
            assert WORDS not in str(told.value)
        assert reports.waiting(town.store, shown) == {}
    assert kept(town.store)[0].words == WORDS
    assert len(TOKENS) > 20


def test_rights_are_those_of_the_record_as_it_is_now(town):
    said(town)
    editing.edit(
        town.store, town.passes["due"], "sportelli", "sp-bg", version=1, said={"ambito_id": "dalmine"}
    )
    assert [one.ambito_id for one in read(town, "dalmine")] == ["dalmine"]
    assert read(town, "bergamo") == []
    with pytest.raises(NotAllowed):
        reports.settle(town.store, town.passes["bergamo"], 1, "corretto")


def test_a_record_of_no_ambito_is_for_the_regional_editors(town):
    editing.edit(
        town.store, town.passes["regione"], "sportelli", "sp-bg", version=1, said={"ambito_id": None}
    )
    said(town)
    assert len(read(town, "regione")) == 1
    assert read(town, "due") == []


# settling


def test_settling_erases_the_words_and_keeps_codes_days_outcome_and_who(town, clock):
    said(town)
    clock.go(days=1)
    town.signs_in("bergamo"), town.signs_in("regione")
    reports.settle(town.store, town.passes["bergamo"], 1, "corretto")
    assert read(town) == []
    (one,) = read(town, settled=True)
    assert (one.what, one.words, one.outcome, one.by) == (("orari",), None, "corretto", "bergamo")
    assert (one.first_on, one.settled_on) == (dt.date(2027, 3, 1), dt.date(2027, 3, 2))
    with town.store.reading() as session:
        (step,) = session.scalars(sa.select(ReportStep))
        assert (step.outcome, step.at) == ("corretto", clock())
        assert session.get_one(Account, step.who).name == "bergamo"
    with pytest.raises(RecordMissing):
        reports.settle(town.store, town.passes["bergamo"], 1, "era_giusto")
    assert said(town) == reports.KEPT, "the same said after it was settled is another report"


def test_who_settled_by_mistake_has_the_words_back(town):
    said(town)
    back = reports.settle(town.store, town.passes["bergamo"], 1, "era_giusto")
    reports.reopen(town.store, town.passes["bergamo"], 1, back)
    (one,) = read(town, "bergamo")
    assert (one.words, one.outcome, one.settled_on) == (WORDS, None, None)
    with town.store.reading() as session:
        assert [step.outcome for step in session.scalars(sa.select(ReportStep).order_by(ReportStep.id))] == [
            "era_giusto", None,
        ]  # fmt: skip
    with pytest.raises(RecordMissing):
        reports.reopen(town.store, town.passes["bergamo"], 1, back)


def test_opened_again_later_it_has_no_words(town):
    said(town)
    reports.settle(town.store, town.passes["bergamo"], 1, "corretto")
    reports.reopen(town.store, town.passes["regione"], 1)
    assert [(one.words, one.what) for one in read(town)] == [(None, ("orari",))]


def test_words_come_back_only_as_they_were_and_once(town):
    said(town), said(town, words="altre parole")
    token = town.passes["bergamo"]
    old = reports.settle(town.store, token, 1, "corretto")
    reports.reopen(town.store, token, 1)
    fresh = reports.settle(town.store, token, 1, "corretto")
    other = reports.settle(town.store, token, 2, "corretto")
    forged = people.sealed(town.store, "link", {"report": 1, "step": 3, "words": "mai scritte"})
    for back in (old, other, forged, fresh[:-1], "x"):
        with pytest.raises(PassRefused):
            reports.reopen(town.store, token, 1, back)
    assert read(town) == []
    with pytest.raises(NotAllowed):
        reports.reopen(town.store, town.passes["dalmine"], 1, fresh)


def test_what_is_not_there_or_not_an_outcome_settles_nothing(town):
    said(town)
    for number in (0, -1, 2, 2**31, 2**70):
        with pytest.raises(RecordMissing):
            reports.settle(town.store, town.passes["regione"], number, "corretto")
        with pytest.raises(RecordMissing):
            reports.reopen(town.store, town.passes["regione"], number)
    for outcome in ("", "boh", "CORRETTO"):
        with pytest.raises(FieldsRefused):
            reports.settle(town.store, town.passes["regione"], 1, outcome)
    assert kept(town.store)[0].outcome is None


def test_the_database_itself_keeps_no_words_of_what_is_settled(town):
    said(town)
    wrong = {"outcome": "corretto", "settled_on": town.store.today()}
    with pytest.raises(sa.exc.IntegrityError), town.store.writing() as session:
        session.execute(sa.update(Report).values(**wrong))
    for wrong in ({"outcome": "boh", "settled_on": town.store.today(), "words": None}, {"times": 0},
                  {"outcome": "corretto", "words": None}):  # fmt: skip
        with pytest.raises(sa.exc.IntegrityError), town.store.writing() as session:
            session.execute(sa.update(Report).values(**wrong))
    assert [
        rule
        for rule in vocabulary("report_outcomes").index
        if rule not in str(Report.__table_args__[1].sqltext)
    ] == []


# what becomes of the record


def versions(town, *keys):
    return {key: town.version("sportelli", key) for key in keys}


def merge(town, keep, drop, someone="regione"):
    held = versions(town, keep, drop)
    return merging.merge(
        town.store, town.passes[someone], "sportelli", keep=keep, drop=drop, versions=held, said={}
    )


def test_a_report_goes_with_its_record_into_another_and_back(town):
    said(town)
    batch = merge(town, "sp-da", "sp-bg")
    (one,) = read(town, "dalmine")
    assert (one.key, one.name, one.ambito_id, one.moved, one.gone) == (
        "sp-da", "Sportello di Molo", "dalmine", True, False,
    )  # fmt: skip
    assert read(town, "bergamo") == []
    assert reports.waiting(town.store, town.passes["regione"]) == {("sportelli", "sp-da"): 1}
    merging.undo_batch(town.store, town.passes["regione"], batch)
    (one,) = read(town, "bergamo")
    assert (one.key, one.moved) == ("sp-bg", False)
    assert soundness.faults(town.store) == []


def test_merged_twice_it_is_of_the_last_and_each_step_back_is_one(town):
    said(town)
    merge(town, "sp-bg2", "sp-bg")
    second = merge(town, "sp-da", "sp-bg2")
    assert [one.key for one in read(town)] == ["sp-da"]
    merging.undo_batch(town.store, town.passes["regione"], second)
    assert [one.key for one in read(town)] == ["sp-bg2"]
    editing.restore(town.store, town.passes["regione"], "sportelli", "sp-bg")
    assert [one.key for one in read(town)] == ["sp-bg"], "a record that is there again has its own reports"


def test_of_a_record_that_was_put_aside_it_is_told_and_can_be_settled(town):
    said(town)
    editing.delete(town.store, town.passes["bergamo"], "sportelli", "sp-bg", version=1)
    (one,) = read(town, "bergamo")
    assert (one.key, one.gone) == ("sp-bg", True)
    reports.settle(town.store, town.passes["bergamo"], 1, "corretto")
    with pytest.raises(RecordMissing):
        said(town)


# letters


@pytest.fixture
def written_to(town):
    with town.store.writing() as session:
        for account in session.scalars(sa.select(Account)):
            account.email = None if account.name == "due" else f"{account.name}@ambito.example"
    return town


def letters(town):
    with town.store.reading() as session:
        return [
            (one.recipient, one.subject, one.body)
            for one in session.scalars(sa.select(Letter).order_by(Letter.id))
        ]


def test_editors_are_written_to_once_and_never_with_the_words(written_to, clock):
    town = written_to
    said(town), said(town, "sp-bg2", what=["telefono", "chiusura"]), said(town, "as-da", "associazioni")
    done = reports.remind(town.store, outbox.addresses({"ATLANTE_ADDRESS": "https://atlante.example"}))
    assert (done.letters, len(done.records), done.nobody) == (2, 3, [])
    (to, subject, body), (other, _, other_body) = letters(town)
    assert (to, other) == ("bergamo@ambito.example", "dalmine@ambito.example")
    assert subject == "Atlante dei servizi: errori segnalati su 2 schede"
    assert "Sportello due\n  Ha chiuso; Il telefono o la posta sono sbagliati\n" in body
    assert "https://atlante.example/registro?scheda=sportelli/sp-bg2" in body
    assert "una scheda" in other_body
    assert all(WORDS not in text for text in (body, other_body))
    assert reports.remind(town.store, outbox.addresses({})).letters == 0
    said(town, words="un'altra cosa")
    assert reports.remind(town.store, outbox.addresses({})).letters == 0, "one a day"
    clock.go(days=1)
    assert reports.remind(town.store, outbox.addresses({})).letters == 1
    assert reports.remind(town.store, outbox.addresses({})).letters == 0


def test_where_no_editor_has_an_address_it_is_told(town):
    said(town)
    done = reports.remind(town.store, outbox.addresses({}))
    assert (done.letters, [one.key for one in done.nobody]) == (0, ["sp-bg"])


# back-up


@pytest.fixture
def elsewhere(tmp_path, clock):
    opened = open_store(folder=tmp_path / "altrove", clock=clock)
    yield opened
    opened.close()


def test_reports_come_back_with_their_steps_and_where_their_records_went(written_to, elsewhere, tmp_path):
    town = written_to
    said(town), said(town, words="altro")
    reports.remind(town.store, outbox.addresses({}))
    reports.settle(town.store, town.passes["bergamo"], 1, "corretto")
    merge(town, "sp-da", "sp-bg")
    file = tmp_path / "copia.zip"
    made = backup.back_up(town.store, file)
    assert [made.tables[name].rows for name in ("reports", "report_steps", "merges")] == [2, 1, 1]
    backup.restore(elsewhere, file)
    assert soundness.faults(elsewhere) == []
    there = people.sign_in_vouched(elsewhere, "https://id.example dalmine")
    assert reports.listed(elsewhere, there) == read(town, "dalmine") != []
    assert reports.report(elsewhere, "sportelli", "sp-da", what=["orari"]) == reports.KEPT
    assert [one.id for one in kept(elsewhere)] == [1, 2, 3]


def test_words_that_were_erased_do_not_come_back_with_an_older_file(town, tmp_path):
    said(town), said(town, words="ancora aperta")
    backup.back_up(town.store, tmp_path / "copia.zip")
    reports.settle(town.store, town.passes["bergamo"], 1, "corretto")
    backup.restore(town.store, tmp_path / "copia.zip", aside=tmp_path / "prima.zip")
    assert [(one.id, one.words, one.outcome) for one in kept(town.store)] == [
        (1, None, None), (2, "ancora aperta", None),
    ]  # fmt: skip


def test_a_report_of_a_record_that_is_not_there_is_found_out(town, tmp_path):
    day = town.store.today()
    with town.store.writing() as session:
        session.add(
            Report(kind="sportelli", record_id="sp-no", what=["orari"], first_on=day, last_on=day, times=1)
        )
    assert soundness.faults(town.store) == ["reports 1"]
    backup.back_up(town.store, tmp_path / "copia.zip")
    with pytest.raises(BackupRefused, match="unsound"):
        backup.restore(town.store, tmp_path / "copia.zip", aside=tmp_path / "prima.zip")


def test_a_file_made_before_there_were_reports_comes_in(town, elsewhere, tmp_path):
    file = tmp_path / "copia.zip"
    backup.back_up(town.store, file)
    with zipfile.ZipFile(file) as old:
        held = {name: old.read(name) for name in old.namelist()}
    manifest = json.loads(held["manifest.json"])
    manifest["revision"] = "v0005"
    for table in ("reports", "report_steps", "merges", "searches", "countings"):
        del manifest["tables"][table], held[f"{table}.jsonl"]
    held["manifest.json"] = json.dumps(manifest).encode()
    with zipfile.ZipFile(file, "w") as new:
        for name, body in held.items():
            new.writestr(name, body)
    backup.restore(elsewhere, file)
    assert soundness.faults(elsewhere) == []
    assert reports.report(elsewhere, "sportelli", "sp-bg", what=["orari"]) == reports.KEPT


def test_links_are_given_and_reports_still_not_read(town):
    said(town)
    token = links.give(town.store, town.passes["bergamo"], records=[("sportelli", "sp-bg")], label="Ufficio")
    with pytest.raises(NotAllowed):
        reports.listed(town.store, token)
