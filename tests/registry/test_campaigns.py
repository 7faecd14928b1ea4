"""Campaigns: who may ask what, what counts as done, and letters that go once; on a clock that is told the day."""

import datetime as dt
from collections import Counter
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from data.registry import campaigns, changes, editing, outbox, people, reading
from data.registry.books import Campaign, CampaignLetter, Letter
from data.registry.campaigns import Progress
from data.registry.changes import Act
from errors import FieldsRefused, NotAllowed, PassRefused, RecordMissing

AUGUST = {"starts_on": dt.date(2027, 8, 1), "ends_on": dt.date(2027, 8, 31)}
MARCH = {"starts_on": dt.date(2027, 3, 1), "ends_on": dt.date(2027, 3, 31)}
ROUND = {"title": "Orari di marzo", "kinds": ["sportelli"], **MARCH}


def started(town, someone="regione", **said):
    return campaigns.start(town.store, town.signs_in(someone), **{**ROUND, **said})


def editor_writes(town, clock, someone, kind, key, said):
    clock.go(minutes=1)
    token = town.passes[someone] if someone == "gestore" else town.signs_in(someone)
    return editing.edit(town.store, token, kind, key, version=town.version(kind, key), said=said)


def total(found):
    return Progress(sum(one.asked for one in found.values()), sum(one.done for one in found.values()))


def everyone_has_an_address(town):
    people.add(town.store, name="posta", role="regione", oidc="x y", email="regione@atlante.example")


def letters(town):
    with town.store.reading() as session:
        return list(session.scalars(select(Letter).order_by(Letter.id)))


def test_a_campaign_of_all_ambiti_asks_every_desk_and_says_how_far_each_ambito_is(town, clock):
    key = started(town)
    assert campaigns.progress(town.store, key) == {"bergamo": Progress(2, 0), "dalmine": Progress(1, 0)}
    editor_writes(town, clock, "bergamo", "sportelli", "sp-bg", {"phone": "035 123456"})
    found = campaigns.progress(town.store, key)
    assert found == {"bergamo": Progress(2, 1), "dalmine": Progress(1, 0)}
    assert [one.left for one in found.values()] == [1, 1]
    assert [one.key for one in campaigns.left(town.store, key)] == ["sp-bg2", "sp-da"]
    (shown,) = campaigns.every(town.store)
    assert (shown.key, shown.title, shown.ambiti, shown.fields, shown.closed) == (
        key, "Orari di marzo", None, None, False,
    )  # fmt: skip


def test_a_campaign_asks_only_its_ambiti_and_kinds(town):
    key = started(town, "dalmine", ambiti=["dalmine"], kinds=["sportelli", "associazioni"])
    assert campaigns.progress(town.store, key) == {"dalmine": Progress(2, 0)}


def test_records_of_no_ambito_are_asked_by_the_region_alone(town):
    assert campaigns.progress(town.store, started(town, kinds=["enti"]))[None] == Progress(1, 0)
    assert None not in campaigns.progress(town.store, started(town, kinds=["enti"], ambiti=["bergamo"]))


@pytest.mark.parametrize(
    ("someone", "ambiti", "why"),
    [
        ("bergamo", None, "regional"),
        ("bergamo", ["dalmine"], "other_ambito"),
        ("bergamo", ["bergamo", "dalmine"], "other_ambito"),
        ("gestore", ["bergamo"], "not_here"),
        ("ente", None, "not_here"),
        ("nessuno", ["bergamo"], "reading_only"),
    ],
)
def test_who_may_not_start_a_campaign_does_not(town, someone, ambiti, why):
    with pytest.raises(NotAllowed) as refused:
        campaigns.start(town.store, town.passes[someone], **ROUND, ambiti=ambiti)
    assert refused.value.why == why
    assert campaigns.every(town.store) == []


def test_only_who_may_ask_them_all_closes_a_campaign_or_writes_its_letters(town):
    everyone_has_an_address(town)
    theirs = started(town, "bergamo", ambiti=["bergamo"])
    both = started(town, "due", ambiti=["bergamo", "dalmine"])
    all_of_them = started(town)
    may = {
        someone: [
            campaigns.may_run(town.store, town.passes[someone], key) for key in (theirs, both, all_of_them)
        ]
        for someone in ("regione", "bergamo", "dalmine", "due", "gestore", "nessuno")
    }
    assert may == {
        "regione": [True, True, True],
        "bergamo": [True, False, False],
        "dalmine": [False, False, False],
        "due": [True, True, False],
        "gestore": [False, False, False],
        "nessuno": [False, False, False],
    }
    for someone, allowed in may.items():
        for key, yes in zip((theirs, both, all_of_them), allowed, strict=True):
            if not yes:
                with pytest.raises(NotAllowed):
                    campaigns.close(town.store, town.passes[someone], key)
                with pytest.raises(NotAllowed):
                    campaigns.ask(town.store, town.passes[someone], key, "{}/{}".format)
    assert [one.closed for one in campaigns.every(town.store)] == [False] * 3
    assert letters(town) == []


def test_a_forged_pass_starts_nothing(town):
    with pytest.raises(PassRefused):
        campaigns.start(town.store, town.passes["regione"] + "x", **ROUND)
    with pytest.raises(RecordMissing):
        campaigns.close(town.store, town.passes["regione"], "ca-0' OR 1=1 --")
    assert not campaigns.may_run(town.store, town.passes["regione"] + "x", started(town))


@pytest.mark.parametrize(
    ("said", "faults"),
    [
        ({"title": " "}, [("title", "needed")]),
        ({"title": "ab"}, [("title", "too_short")]),
        ({"title": "x" * 121}, [("title", "too_long")]),
        ({"title": "<script>alert(1)</script>"}, [("title", "markup")]),
        ({"title": "Orari\nBcc: tutti"}, [("title", "control")]),
        ({"kinds": []}, [("kinds", "needed")]),
        ({"kinds": ["luna"]}, [("kinds", "code")]),
        ({"ambiti": ["luna"]}, [("ambiti", "code")]),
        ({"ambiti": []}, [("ambiti", "needed")]),
        ({"fields": []}, [("fields", "needed")]),
        ({"fields": ["capacity", "figures"]}, [("fields", "unknown_field")]),
        ({"fields": ["evidence"]}, [("fields", "unknown_field"), ("kinds", "outside")]),
        ({"fields": ["hours"], "kinds": ["sportelli", "enti"]}, [("kinds", "outside")]),
        ({"ends_on": dt.date(2027, 2, 28)}, [("ends_on", "outside")]),
        ({"starts_on": dt.date(2027, 1, 1), "ends_on": dt.date(2027, 2, 1)}, [("ends_on", "outside")]),
        ({"title": "", "kinds": [], "ends_on": dt.date(2027, 1, 1)},
         [("title", "needed"), ("kinds", "needed"), ("ends_on", "outside")]),
    ],
)  # fmt: skip
def test_what_a_campaign_cannot_be_is_told_all_at_once(shared_town, said, faults):
    with pytest.raises(FieldsRefused) as refused:
        campaigns.start(shared_town.store, shared_town.passes["regione"], **{**ROUND, **said})
    assert [(fault.field, fault.why) for fault in refused.value.faults] == faults
    assert campaigns.every(shared_town.store) == []


def test_only_the_fields_asked_count(town, clock):
    key = started(town, fields=["hours", "phone"])
    editor_writes(town, clock, "regione", "sportelli", "sp-bg", {"description": "Si compilano domande."})
    assert total(campaigns.progress(town.store, key)).done == 0
    editor_writes(town, clock, "regione", "sportelli", "sp-bg", {"phone": "035 12345"})
    assert total(campaigns.progress(town.store, key)).done == 1


def test_the_hours_of_a_desk_are_asked_where_it_has_none_yet(town, clock):
    key = started(town, fields=["hours"])
    clock.go(minutes=1)
    editing.create(
        town.store, town.passes["bergamo"], "sessioni", {"sportello_id": "sp-bg2", "hours": "Mo 09:00-12:00"}
    )
    editing.create(
        town.store, town.passes["dalmine"], "sessioni", {"sportello_id": "sp-da", "languages": ["fr"]}
    )
    assert campaigns.progress(town.store, key) == {"bergamo": Progress(2, 1), "dalmine": Progress(1, 0)}
    editor_writes(town, clock, "gestore", "sessioni", "se-bg", {"hours": "Tu 09:00-12:00"})
    assert campaigns.progress(town.store, key)["bergamo"] == Progress(2, 2)


def test_still_true_is_an_answer_and_an_interval_is_not(town, clock):
    key = started(town, fields=["hours"])
    editor_writes(town, clock, "bergamo", "sportelli", "sp-bg", {"confirm_every_months": 1})
    assert total(campaigns.progress(town.store, key)).done == 0
    seen = reading.card(town.store, "sportelli", "sp-bg")
    editing.confirm(town.store, town.passes["gestore"], "sportelli", "sp-bg", version=seen.version)
    assert total(campaigns.progress(town.store, key)).done == 1


def test_what_is_taken_back_is_not_done_and_what_is_brought_back_is(town, clock):
    key, token = started(town), town.passes["regione"]
    editor_writes(town, clock, "regione", "sportelli", "sp-bg", {"phone": "035 12345"})
    editing.undo(town.store, token, town.last_change("sportelli", "sp-bg"))
    assert total(campaigns.progress(town.store, key)).done == 0
    editing.undo(town.store, token, town.last_change("sportelli", "sp-bg"))
    assert town.said("sportelli", "sp-bg")["phone"] == "035 12345"
    assert total(campaigns.progress(town.store, key)).done == 1


def test_the_seed_does_nobodys_work(town, clock):
    key = started(town)
    clock.go(minutes=1)
    with town.store.writing() as session:
        record = changes.record_of(session, "sportelli", "sp-bg")
        changes.changed(session, Act("seme", "seed", clock()), record, {"phone": "035 12345"})
    assert total(campaigns.progress(town.store, key)).done == 0


def test_what_was_done_before_or_after_does_not_count(town, clock):
    editor_writes(town, clock, "regione", "sportelli", "sp-bg", {"phone": "035 12345"})
    key = started(town, **AUGUST)
    clock.moment = dt.datetime(2027, 7, 31, 21, 59, tzinfo=dt.UTC)  # a minute to midnight in Lombardy
    editor_writes(town, clock, "regione", "sportelli", "sp-bg2", {"phone": "035 12345"})
    clock.moment = dt.datetime(2027, 8, 31, 21, 58, tzinfo=dt.UTC)
    editor_writes(town, clock, "regione", "sportelli", "sp-da", {"phone": "035 12345"})
    clock.go(minutes=2)
    editor_writes(town, clock, "regione", "sportelli", "sp-bg", {"phone": "035 54321"})
    assert campaigns.progress(town.store, key) == {"bergamo": Progress(2, 1), "dalmine": Progress(1, 1)}


def test_a_closed_campaign_stays_as_it_was(town, clock):
    everyone_has_an_address(town)
    key = started(town)
    clock.go(minutes=1)
    campaigns.close(town.store, town.passes["regione"], key)
    campaigns.close(town.store, town.passes["regione"], key)
    editor_writes(town, clock, "regione", "sportelli", "sp-bg", {"phone": "035 12345"})
    assert total(campaigns.progress(town.store, key)).done == 0
    assert not campaigns.every(town.store)[0].under_way(town.store.today())
    assert campaigns.write(town.store, "{}/{}".format).letters == 0
    with pytest.raises(FieldsRefused):
        campaigns.ask(town.store, town.passes["regione"], key, "{}/{}".format)


def test_what_is_closed_or_put_aside_is_neither_asked_nor_written_about(town, clock):
    everyone_has_an_address(town)
    key = started(town, kinds=["sportelli", "sessioni"])
    editor_writes(town, clock, "regione", "sportelli", "sp-bg", {"status": "chiuso"})
    editing.delete(town.store, town.passes["regione"], "sportelli", "sp-da", version=1)
    assert campaigns.progress(town.store, key) == {"bergamo": Progress(1, 0)}
    assert {one.key for one in campaigns.write(town.store, "{}/{}".format).records} == {"sp-bg2"}


def test_one_letter_a_recipient_names_all_its_records_and_what_is_asked(town):
    everyone_has_an_address(town)
    started(town, fields=["hours", "languages"])
    done = campaigns.write(
        town.store, "https://atlante.example/{}/{}".format, {"hours": "orari", "languages": "lingue"}.get
    )
    assert (done.letters, len(done.records), done.nobody) == (2, 3, [])
    region, office = letters(town)
    assert (office.recipient, region.recipient) == ("ufficio@borgo.example", "regione@atlante.example")
    assert office.subject == "Atlante dei servizi: «Orari di marzo», una scheda da aggiornare"
    assert region.subject == "Atlante dei servizi: «Orari di marzo», 2 schede da aggiornare"
    assert "dal 01/03/2027 al 31/03/2027" in office.body
    assert "controllare orari, lingue." in office.body
    assert (
        "- Sportello di Borgo\n  mai confermata\n  https://atlante.example/sportelli/sp-bg\n" in office.body
    )
    assert "Sportello due" in region.body
    assert "Sportello di Molo" in region.body
    with town.store.reading() as session:
        kept = session.execute(select(CampaignLetter.record_id, CampaignLetter.letter_id)).all()
        assert dict(kept) == {"sp-bg": office.id, "sp-bg2": region.id, "sp-da": region.id}


def test_on_a_clock_of_ninety_days_nobody_is_written_twice(town, clock):
    everyone_has_an_address(town)
    one = started(town, **AUGUST, kinds=["sportelli", "associazioni"])
    other = started(town, starts_on=dt.date(2027, 8, 11), ends_on=dt.date(2027, 8, 20), ambiti=["dalmine"])
    clock.moment, told = dt.datetime(2027, 7, 1, 9, tzinfo=dt.UTC), []
    for day in range(90):
        for _ in range(1 + (day % 3 == 0)):
            done = campaigns.write(town.store, "{}/{}".format)
            told += [(record.key, town.store.today()) for record in done.records]
            assert done.nobody == []
        clock.go(days=1)
    first, eleventh = dt.date(2027, 8, 1), dt.date(2027, 8, 11)
    assert sorted(told) == [
        ("as-da", first), ("sp-bg", first), ("sp-bg2", first), ("sp-da", first), ("sp-da", eleventh),
    ]  # fmt: skip
    with town.store.reading() as session:
        by = select(CampaignLetter.campaign_id, func.count()).group_by(CampaignLetter.campaign_id)
        assert dict(session.execute(by).all()) == {one: 4, other: 1}


def test_whoever_has_answered_already_is_left_in_peace(town, clock):
    everyone_has_an_address(town)
    key = started(town)
    editor_writes(town, clock, "bergamo", "sportelli", "sp-bg", {"phone": "035 12345"})
    assert {one.key for one in campaigns.ask(town.store, town.signs_in("regione"), key, "{}/{}".format).records} == {
        "sp-bg2", "sp-da",
    }  # fmt: skip
    assert campaigns.ask(town.store, town.passes["regione"], key, "{}/{}".format).letters == 0


def test_who_cannot_be_written_to_is_named_and_written_to_when_somebody_can(town, clock):
    started(town)
    assert [one.key for one in campaigns.write(town.store, "{}/{}".format).nobody] == ["sp-bg2", "sp-da"]
    everyone_has_an_address(town)
    clock.go(days=1)
    done = campaigns.write(town.store, "{}/{}".format)
    assert (done.letters, {one.key for one in done.records}, done.nobody) == (1, {"sp-bg2", "sp-da"}, [])


def test_letters_and_their_lines_are_saved_together_or_not_at_all(town, monkeypatch):
    everyone_has_an_address(town)
    started(town)
    whole, seen = outbox.letter_about, Counter()

    def breaks(*said, **named):
        seen["letters"] += 1
        if seen["letters"] == 2:
            raise RuntimeError("the machine stops")
        return whole(*said, **named)

    monkeypatch.setattr(outbox, "letter_about", breaks)
    with pytest.raises(RuntimeError):
        campaigns.write(town.store, "{}/{}".format)
    assert letters(town) == []
    monkeypatch.undo()
    assert campaigns.write(town.store, "{}/{}".format).letters == 2


def test_the_outbox_is_counted_without_saying_who(town):
    everyone_has_an_address(town)
    started(town)
    campaigns.write(town.store, "{}/{}".format)
    assert outbox.outbox(town.store) == outbox.Outbox(waiting=2, stuck=0, sent=0)
    with town.store.writing() as session:
        one, other = session.scalars(select(Letter).order_by(Letter.id))
        one.sent_at, one.taken_at, other.attempts = town.store.clock(), town.store.clock(), outbox.TRIES
    assert outbox.outbox(town.store) == outbox.Outbox(waiting=0, stuck=1, sent=1)


def test_the_address_in_letters_is_ours_not_that_of_whoever_asked():
    said = outbox.addresses({"ATLANTE_ADDRESS": "https://atlante.example/"})
    assert said("sportelli", "sp-1") == "https://atlante.example/registro?scheda=sportelli/sp-1"
    assert outbox.addresses({})("sportelli", "sp-1") == "sportelli/sp-1"


@given(
    st.dates(dt.date(2027, 1, 1), dt.date(2027, 12, 31)),
    st.integers(0, 90),
    st.dates(dt.date(2027, 1, 1), dt.date(2027, 12, 31)),
    st.booleans(),
)
def test_a_campaign_is_under_way_from_its_first_day_to_its_last(first, days, today, closed):
    last = first + dt.timedelta(days)
    shown = campaigns._round(
        Campaign(id="ca-1", title="t", kinds=["enti"], starts_on=first, ends_on=last,
                 closed_at=dt.datetime(2027, 1, 1, tzinfo=dt.UTC) if closed else None)
    )  # fmt: skip
    inside = today in {first + dt.timedelta(day) for day in range(days + 1)}
    assert shown.under_way(today) is (inside and not closed)
    since, until = campaigns._span(SimpleNamespace(starts_on=first, ends_on=last, closed_at=None))
    assert (until - since) // dt.timedelta(hours=23) >= days + 1


def test_a_campaign_can_ask_for_every_field_that_is_not_ours_to_say():
    assert "hours" in campaigns.askable("sportelli")
    assert "hours" not in campaigns.askable("enti")
    said = {name for kind in ("enti", "sportelli", "sessioni") for name in campaigns.askable(kind)}
    assert not said & {"ambito_id", "evidence", "source_url", "confirm_every_months", "id", "notes"}
