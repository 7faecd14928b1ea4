"""Freshness, reminders and the post, on a clock that is told what day it is."""

import datetime as dt
import socket
from collections import Counter

import pytest
from aiosmtpd.controller import Controller
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from data.registry import changes, editing, freshness, outbox, people, reading
from data.registry.books import Letter, Reminder
from data.registry.changes import Act
from data.registry.freshness import later
from errors import EditConflict, FieldsRefused, RecordMissing


@pytest.mark.parametrize("months", [1, 3, 6, 12])
@given(day=st.dates(dt.date(2024, 1, 1), dt.date(2040, 1, 1)))
def test_later_is_the_same_day_or_the_last_of_the_month(months, day):
    there = later(day, months)
    assert (there.year * 12 + there.month) - (day.year * 12 + day.month) == months
    assert there.day == day.day or (there.day < day.day and (there + dt.timedelta(1)).day == 1)


def confirm(town, kind, key, someone="regione"):
    token = town.passes[someone] if someone == "gestore" else town.signs_in(someone)
    seen = reading.card(town.store, kind, key)
    return editing.confirm(town.store, token, kind, key, version=seen.version, sessioni=seen.versions)


def test_nobody_has_confirmed_anything_until_somebody_does(town):
    assert {one.state for one in freshness.overdue(town.store)} == {"mai_confermato"}
    assert len(freshness.overdue(town.store)) == 10


def test_one_click_stamps_the_desk_and_its_sessions_with_date_and_author(town):
    confirm(town, "sportelli", "sp-bg", "gestore")
    for kind, key in [("sportelli", "sp-bg"), ("sessioni", "se-bg")]:
        said = town.said(kind, key)
        assert said["confirmed_on"] == "2027-03-01"
        assert said["confirmed_by"].startswith("link-")
    lines = [editing.history(town.store, town.passes["bergamo"], *one)[0] for one in
             [("sportelli", "sp-bg"), ("sessioni", "se-bg")]]  # fmt: skip
    assert [line.how for line in lines] == ["confirm", "confirm"]


def test_nobody_vouches_for_a_session_they_have_not_seen(town):
    store, token = town.store, town.passes["bergamo"]
    seen = reading.card(store, "sportelli", "sp-bg")
    editing.edit(store, token, "sessioni", "se-bg", version=1, said={"hours": "Tu 09:00-12:00"})
    new = editing.create(store, token, "sessioni", {"sportello_id": "sp-bg"})
    with pytest.raises(EditConflict, match="hours"):
        editing.confirm(store, token, "sportelli", "sp-bg", version=1, sessioni=seen.versions)
    with pytest.raises(RecordMissing, match="se-da"):
        editing.confirm(store, token, "sportelli", "sp-bg", version=1, sessioni={"se-da": 1})
    assert town.said("sportelli", "sp-bg")["confirmed_on"] is None
    editing.confirm(store, token, "sportelli", "sp-bg", version=1, sessioni={"se-bg": 2})
    stamped = {key: town.said("sessioni", key)["confirmed_on"] for key in ("se-bg", new)}
    assert stamped == {"se-bg": "2027-03-01", new: None}


def test_the_date_is_that_of_lombardy(town, clock):
    clock.moment = dt.datetime(2027, 3, 1, 23, 30, tzinfo=dt.UTC)
    confirm(town, "sportelli", "sp-bg")
    assert town.said("sportelli", "sp-bg")["confirmed_on"] == "2027-03-02"


def test_a_record_is_to_be_confirmed_from_its_day_on(town, clock):
    confirm(town, "associazioni", "as-da")
    states = []
    for days in (183, 1):
        clock.go(days=days)
        states += [one.state for one in freshness.overdue(town.store) if one.key == "as-da"]
    assert states == ["da_confermare"], "from the first of September, not the day before"
    assert freshness.by_ambito(town.store)["dalmine"] == Counter(da_confermare=1, mai_confermato=2)


def test_the_interval_is_chosen_by_record(town, clock):
    token = town.passes["bergamo"]
    editing.edit(town.store, token, "sportelli", "sp-bg", version=1, said={"confirm_every_months": 1})
    confirm(town, "sportelli", "sp-bg")
    clock.go(days=31)
    found = {one.key: (one.state, one.due_on) for one in freshness.overdue(town.store, ambito_id="bergamo")}
    assert found["sp-bg"] == ("da_confermare", dt.date(2027, 4, 1))
    assert "se-bg" not in found
    with pytest.raises(FieldsRefused):
        editing.edit(
            town.store,
            town.signs_in("bergamo"),
            "sportelli",
            "sp-bg2",
            version=1,
            said={"confirm_every_months": 2},
        )


def test_what_is_closed_or_put_aside_is_asked_of_nobody(town):
    token = town.passes["regione"]
    editing.edit(town.store, token, "sportelli", "sp-bg", version=1, said={"status": "chiuso"})
    editing.delete(town.store, token, "sportelli", "sp-da", version=1)
    asked = {one.key for one in freshness.overdue(town.store)}
    assert not asked & {"sp-bg", "se-bg", "sp-da", "se-da"}


def letters(town):
    with town.store.reading() as session:
        return list(session.scalars(select(Letter).order_by(Letter.id)))


def test_a_letter_goes_to_the_office_else_to_the_editors_of_the_ambito(town, clock):
    people.add(
        town.store,
        name="posta",
        role="ambito",
        ambiti=["dalmine"],
        oidc="x y",
        email="dalmine@atlante.example",
    )
    clock.go(days=184)
    done = outbox.remind(town.store, lambda kind, key: f"https://atlante.example/registro?scheda={key}")
    assert done.letters == 2
    assert {one.key for one in done.nobody} == {"en-tutti", "sp-bg2", "me-bg", "so-bg"}
    to = {letter.recipient: letter for letter in letters(town)}
    assert set(to) == {"ufficio@borgo.example", "dalmine@atlante.example"}
    office = to["ufficio@borgo.example"]
    assert office.subject == "Atlante dei servizi: 3 schede da confermare"
    assert (
        "- Sportello di Borgo\n  mai confermata\n  https://atlante.example/registro?scheda=sp-bg\n"
        in office.body
    )
    assert "Sportello di Molo" not in office.body


def test_whoever_could_not_be_written_to_is_reminded_when_somebody_can(town, clock):
    clock.go(days=184)
    assert len(outbox.remind(town.store).nobody) == 7
    people.add(town.store, name="posta", role="regione", oidc="x y", email="regione@atlante.example")
    clock.go(days=1)
    done = outbox.remind(town.store)
    assert (done.letters, len(done.records), done.nobody) == (1, 7, [])


def test_four_hundred_days_each_overdue_record_is_reminded_on_its_day_never_twice(town, clock):
    """Some days two rounds; one desk is confirmed every 50 days, one association never, the rest once."""
    people.add(town.store, name="posta", role="regione", oidc="x y", email="regione@atlante.example")
    with town.store.writing() as session:
        for kind, key, months in [
            ("sportelli", "sp-bg", 1),
            ("sportelli", "sp-da", 3),
            ("associazioni", "as-da", 12),
        ]:
            record = changes.record_of(session, kind, key)
            changes.changed(
                session, Act("conto-1", "edit", clock()), record, {"confirm_every_months": months}
            )
    told = []
    for day in range(400):
        for _ in range(2 if day % 7 == 0 else 1):
            done = outbox.remind(town.store)
            told += [(one.key, one.due_on, town.store.today()) for one in done.records]
            assert done.nobody == []
        if day == 10:
            for kind, key in [("sportelli", "sp-da"), ("sportelli", "sp-bg2"), ("mediazione", "me-bg")]:
                confirm(town, kind, key)
        if day % 50 == 0:
            confirm(town, "sportelli", "sp-bg")
        clock.go(days=1)
    assert all(due == today for _, due, today in told), "on its day"
    assert len(told) == len({(key, due) for key, due, _ in told}), "never twice"
    times = Counter(key for key, _, _ in told)
    assert times == {"sp-bg": 8, "sp-da": 1, "sp-bg2": 1, "me-bg": 1, "as-da": 1, "se-da": 1, "so-bg": 1,
                     "en-bg": 1, "en-tutti": 1}  # fmt: skip
    assert {key: due for key, due, _ in told}["sp-da"] == dt.date(2027, 6, 11)
    with town.store.reading() as session:
        assert len(list(session.scalars(select(Reminder)))) == len(told)


def test_a_machine_that_was_off_catches_up_once(town, clock):
    clock.go(days=400)
    people.add(town.store, name="posta", role="regione", oidc="x y", email="regione@atlante.example")
    assert (outbox.remind(town.store).letters, outbox.remind(town.store).letters) == (2, 0)


class Post:
    """An SMTP server on this machine: keeps what it takes, and refuses as often as it is told to."""

    def __init__(self):
        self.taken, self.refuse = [], 0

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        if self.refuse:
            self.refuse -= 1
            return "451 not now"
        self.taken.append((envelope.rcpt_tos, envelope.content.decode()))
        return "250 taken"


@pytest.fixture
def post():
    handler = Post()
    with socket.create_server(("127.0.0.1", 0)) as found:
        port = found.getsockname()[1]
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    handler.server = outbox.configured(
        {
            "ATLANTE_SMTP": f"smtp://127.0.0.1:{port}",
            "ATLANTE_MAIL_FROM": "atlante@atlante.example",
        }
    )
    yield handler
    controller.stop()


@pytest.fixture
def written(town, clock):
    """One letter waits in the outbox."""
    clock.go(days=184)
    outbox.remind(town.store)
    return town


def test_a_letter_is_sent_once(written, post):
    assert outbox.send(written.store, post.server) == outbox.Sent(1, 0)
    assert outbox.send(written.store, post.server) == outbox.Sent(0, 0)
    ((to, text),) = post.taken
    assert to == ["ufficio@borgo.example"]
    assert "Auto-Submitted: auto-generated" in text
    assert letters(written)[0].sent_at == written.store.clock()


def test_a_letter_that_is_not_taken_waits_and_is_given_up_in_the_end(written, post):
    post.refuse = 2
    assert [outbox.send(written.store, post.server) for _ in range(4)] == [
        outbox.Sent(0, 1), outbox.Sent(0, 1), outbox.Sent(1, 0), outbox.Sent(0, 0),
    ]  # fmt: skip
    assert len(post.taken) == 1
    with written.store.writing() as session:
        session.add(
            Letter(recipient="a@b.example", subject="s", body="b", written_on=dt.date(2027, 9, 1), attempts=0)
        )
    post.refuse = 99
    rounds = [outbox.send(written.store, post.server).failed for _ in range(9)]
    assert sum(rounds) == outbox.TRIES
    assert "451" in letters(written)[1].last_fault


def test_two_rounds_at_once_send_a_letter_once(written, post, monkeypatch):
    number = letters(written)[0].id
    monkeypatch.setattr(outbox, "_waiting", lambda store: [number, number])
    assert outbox.send(written.store, post.server) == outbox.Sent(1, 0)
    assert len(post.taken) == 1


def test_a_letter_claimed_by_a_process_that_died_is_left_for_a_person(written, post):
    with written.store.writing() as session:
        session.get_one(Letter, letters(written)[0].id).taken_at = written.store.clock()
    assert outbox.send(written.store, post.server) == outbox.Sent(0, 0)
    assert post.taken == []


def test_without_settings_letters_stay_in_the_outbox():
    assert outbox.configured({}) is None
    assert outbox.configured({"ATLANTE_SMTP": "smtp://host"}) is None
    server = outbox.configured(
        {"ATLANTE_SMTP": "smtp+starttls://me:s%40greta@host", "ATLANTE_MAIL_FROM": "a@b.example"}
    )
    assert (server.port, server.password) == (587, "s@greta")
    assert "greta" not in repr(server)


def test_a_server_that_is_not_there_is_a_fault_not_a_crash(written):
    server = outbox.Server("smtp", "127.0.0.1", 9, "", "", "atlante@atlante.example")
    assert outbox.send(written.store, server) == outbox.Sent(0, 1)
    assert "ConnectionRefusedError" in letters(written)[0].last_fault
