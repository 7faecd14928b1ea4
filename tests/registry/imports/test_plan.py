"""What an import would do, told before it does it: each row finds its record, its faults and its likely pairs."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data.registry import changes, editing
from data.registry.changes import Act
from data.registry.imports.apply import apply
from data.registry.imports.plan import preview
from data.registry.imports.wanted import Found, Wanted
from errors import NotAllowed, PassRefused, RecordMissing

BORGO, MOLO = "016024", "016091"
"""Comuni of the Ambiti bergamo and dalmine."""
DESK = {"name": "Sportello nuovo", "kind": "sportello_comunale", "comune_code": BORGO}


def ente(external="comune", name="Comune di Borgo", **said):
    return Wanted("enti", external, {"name": name, **said})


def desk(external="uno", parent="comune", row=2, key=None, **said):
    return Wanted("sportelli", external, {**DESK, **said}, row=row, parent=parent, key=key)


def slot(external="uno#1", parent="uno", **said):
    return Wanted("sessioni", external, {"hours": "Tu 14:00-16:00", **said}, row=2, parent=parent)


def planned(town, *wanted, by="bergamo", ambito="bergamo", source="bergamo/elenco", **how):
    return preview(town.store, town.passes[by], wanted, source=source, ambito_id=ambito, **how)


def actions(plan):
    return [(step.kind, step.action) for step in plan.steps]


def whys(plan):
    return [one.why for one in plan.found]


def seen(town, kind, key, **said):
    """The registry's own record, with more said of it."""
    with town.store.writing() as session:
        record = changes.record_of(session, kind, key)
        changes.changed(session, Act("seme", "seed", town.store.clock()), record, said)


def test_a_preview_saves_nothing(shared_town):
    before = shared_town.everything()
    planned(shared_town, ente(name="Ente nuovo"), desk(), slot())
    assert shared_town.everything() == before


def test_what_is_not_there_is_new_with_what_it_hangs_on(shared_town):
    plan = planned(shared_town, slot(), desk(), ente(name="Cooperativa Ponte"))
    assert actions(plan) == [("enti", "add"), ("sportelli", "add"), ("sessioni", "add")]
    office, counter, hours = plan.steps
    assert counter.after["ente_id"] == office.key
    assert hours.after["sportello_id"] == counter.key
    assert [step.after["ambito_id"] for step in plan.steps] == ["bergamo"] * 3
    assert counter.after["evidence"] == "C"
    assert counter.after["status"] == "non_verificato"
    assert counter.after["confirm_every_months"] == 6
    assert plan.counts() == {"add": 3, "change": 0, "close": 0, "same": 0, "refused": 0, "double": 0}


def test_a_list_with_a_recent_date_is_good_evidence(shared_town):
    plan = planned(
        shared_town, ente(), desk(source_date="2026-10"), desk("due", name="Altro", source_date="2019")
    )
    assert [step.after["evidence"] for step in plan.steps[1:]] == ["B", "C"]


def test_an_ente_is_known_by_its_name_however_it_is_written(shared_town):
    plan = planned(shared_town, ente(name="COMUNE  DI BORGO"), desk())
    assert actions(plan) == [("enti", "same"), ("sportelli", "add")]
    assert plan.steps[1].after["ente_id"] == "en-bg"


def test_a_desk_is_known_by_ente_name_and_comune(town):
    seen(town, "sportelli", "sp-bg", comune_code=BORGO)
    plan = planned(town, ente(), desk(name="sportello di borgo", phone="035 123456"))
    step = plan.steps[1]
    assert (step.action, step.key, step.version) == ("change", "sp-bg", 2)
    assert step.before == {"phone": None}
    assert step.after == {"phone": "035 123456"}


def test_a_desk_of_the_same_name_at_another_address_is_another(town):
    seen(town, "sportelli", "sp-bg", comune_code=BORGO, address="Via Roma 1")
    plan = planned(town, ente(), desk(name="Sportello di Borgo", address="Via Milano 9"))
    assert plan.steps[1].action == "add"


def test_a_desk_is_known_by_name_and_address_under_whatever_ente(town):
    seen(town, "sportelli", "sp-bg", comune_code=BORGO, address="Via Roma, 1")
    plan = planned(
        town, ente(name="Cooperativa Ponte"), desk(name="Sportello di Borgo", address="via roma 1")
    )
    step = plan.steps[1]
    assert (step.action, step.key) == ("change", "sp-bg")
    assert step.after["ente_id"] == plan.steps[0].key


def test_our_own_key_comes_before_the_name(town):
    seen(town, "sportelli", "sp-bg", comune_code=BORGO)
    plan = planned(town, ente(), desk(key="sp-bg2", name="Sportello di Borgo", kind="sportello_comunale"))
    assert plan.steps[1].key == "sp-bg2"


def test_a_key_of_ours_that_is_not_there_is_kept_and_one_of_others_is_not(shared_town):
    plan = planned(
        shared_town,
        ente(),
        desk(key="sp-mio-1"),
        desk("due", name="Due", key="<b>"),
        desk("tre", name="Tre", key="en-x"),
    )
    keys = [step.key for step in plan.steps[1:]]
    assert keys[0] == "sp-mio-1"
    assert all(key.startswith("sp-") for key in keys)


def test_what_the_file_does_not_know_erases_nothing_unless_asked(town):
    seen(town, "sportelli", "sp-bg", phone="035 1")
    row = desk(key="sp-bg", name="Sportello di Borgo", phone=None, comune_code=None)
    assert "phone" not in (planned(town, ente(), row).steps[1].after or {})
    step = planned(town, ente(), row, empties=True).steps[1]
    assert (step.before["phone"], step.after["phone"]) == ("035 1", None)


def test_what_must_be_there_is_not_emptied(shared_town):
    plan = planned(shared_town, ente(), desk(key="sp-bg", name=None), empties=True)
    assert plan.steps[1].action == "refused"
    assert "needed" in whys(plan)


def test_a_value_that_a_record_cannot_hold_is_refused_at_its_row_and_field(shared_town):
    plan = planned(shared_town, ente(), desk(row=7, phone="chiamare Pina", kind="bar"))
    assert plan.steps[1].action == "refused"
    told = {(one.row, one.column, one.level, one.why, one.value) for one in plan.found}
    assert told == {(7, "phone", "fault", "pattern", "chiamare Pina"), (7, "kind", "fault", "code", "bar")}


def test_what_hangs_on_a_refused_row_is_refused(shared_town):
    plan = planned(shared_town, ente(), desk(name="<b>x</b>"), slot())
    assert actions(plan)[1:] == [("sportelli", "refused"), ("sessioni", "refused")]
    assert whys(plan) == ["markup", "parent_refused"]


def test_a_parent_that_nobody_knows_is_told(shared_town):
    assert whys(planned(shared_town, desk(parent="chissa"))) == ["parent_refused"]


def test_a_reference_to_a_record_that_is_not_there_is_refused(shared_town):
    plan = planned(shared_town, Wanted("sportelli", "x", {**DESK, "ente_id": "en-boh"}))
    assert whys(plan) == ["not_there"]


def test_rows_of_another_ambito_are_refused_and_told_why(shared_town):
    plan = planned(
        shared_town,
        ente(),
        desk(comune_code=MOLO),
        desk("due", key="sp-da", name="Sportello di Molo", phone="035 22222"),
    )
    assert [step.action for step in plan.steps[1:]] == ["refused", "refused"]
    assert whys(plan) == ["other_ambito", "other_ambito"]
    both = planned(shared_town, ente(), desk(comune_code=MOLO), by="regione")
    assert both.steps[1].after["ambito_id"] == "dalmine"


def test_an_ente_of_all_may_be_named_but_not_changed_by_an_ambito(shared_town):
    tutti = ente(name="Patronato di tutti")
    assert actions(planned(shared_town, tutti, desk())) == [("enti", "same"), ("sportelli", "add")]
    plan = planned(shared_town, ente(name="Patronato di tutti", phone="035 12345"), desk())
    assert actions(plan) == [("enti", "refused"), ("sportelli", "add")]
    assert plan.steps[1].after["ente_id"] == "en-tutti"


def test_a_desk_cannot_be_taken_into_ones_own_ambito_nor_given_away(shared_town):
    taken = desk(key="sp-da", name="Sportello di Molo", ambito_id="bergamo")
    given_away = desk("due", key="sp-bg", name="Sportello di Borgo", ambito_id="dalmine")
    assert [step.action for step in planned(shared_town, ente(), taken, given_away).steps[1:]] == [
        "refused"
    ] * 2


@pytest.mark.parametrize(
    ("by", "ambito", "error"),
    [("dalmine", "bergamo", NotAllowed), ("bergamo", None, NotAllowed), ("gestore", "bergamo", NotAllowed),
     ("ente", "bergamo", NotAllowed), ("nessuno", "bergamo", NotAllowed)],
)  # fmt: skip
def test_only_editors_of_the_ambito_import(shared_town, by, ambito, error):
    with pytest.raises(error):
        planned(shared_town, ente(), by=by, ambito=ambito)


def test_a_forged_pass_imports_nothing(shared_town):
    with pytest.raises(PassRefused):
        preview(shared_town.store, "finto", [ente()], source="s", ambito_id="bergamo")


def test_a_kind_that_is_not_ours_is_no_record(shared_town):
    with pytest.raises(RecordMissing):
        planned(shared_town, Wanted("accounts", "x", {"name": "regione"}))


def test_a_row_told_twice_is_done_once(shared_town):
    plan = planned(shared_town, ente(), desk(), desk(row=3), desk("due", row=4), slot("due#1", "due"), slot())
    assert [step.action for step in plan.steps[1:4]] == ["add", "double", "double"]
    assert plan.steps[3].key == plan.steps[1].key
    assert [step.action for step in plan.steps[4:]] == ["add", "double"]
    assert [(one.row, one.why) for one in plan.found] == [
        (3, "told_twice"),
        (4, "told_twice"),
        (2, "told_twice"),
    ]


def test_the_only_sessione_of_a_desk_changes_its_hours(shared_town):
    plan = planned(shared_town, ente(), desk(key="sp-bg", name="Sportello di Borgo"), slot())
    step = plan.steps[2]
    assert (step.action, step.key) == ("change", "se-bg")
    assert step.before == {"hours": "Mo 09:00-12:00"}


def test_a_sessione_at_the_same_hours_is_the_same_and_the_other_is_new(shared_town):
    rows = [desk(key="sp-bg", name="Sportello di Borgo"), slot(), slot("uno#2", hours="Mo 09:00-12:00")]
    plan = planned(shared_town, ente(), *rows)
    assert [(step.action, step.key == "se-bg") for step in plan.steps[2:]] == [("add", False), ("same", True)]


def test_mediation_and_school_support_are_known_by_what_they_tell(shared_town):
    offer = Wanted("mediazione", "m", {"areas": ["ambito:bergamo"], "languages": ["ar"]}, parent="tutti")
    help_ = Wanted("sostegni", "s", {"school_id": "BGIC000001", "kind": "mediazione", "hours_a_year": 40})
    plan = planned(shared_town, ente("tutti", "Patronato di tutti"), offer, help_)
    assert [(step.action, step.key) for step in plan.steps[1:]] == [("change", "me-bg"), ("change", "so-bg")]


def test_a_likely_pair_is_told_and_a_person_chooses(town):
    seen(town, "sportelli", "sp-bg", comune_code=BORGO, phone="035 123456", web="https://borgo.example/a")
    row = desk(name="Sportello Borgo immigrati", phone="035 123456", web="https://borgo.example/a")
    step = planned(town, ente(), row).steps[1]
    assert step.action == "add"
    assert [pair.other for pair in step.like] == ["sp-bg"]
    where = ("sportelli", "uno")
    assert planned(town, ente(), row, same_as={where: "sp-bg"}).steps[1].key == "sp-bg"
    apart = planned(town, ente(), row, apart={where: ["sp-bg"]}).steps[1]
    assert (apart.action, apart.like, apart.apart) == ("add", (), ("sp-bg",))


def test_what_is_gone_from_its_source_is_closed_where_one_may(town):
    plan = planned(town, ente(), desk(), slot(), desk("due", name="Secondo"))
    apply(town.store, town.passes["bergamo"], plan, file="a.csv")
    first, second = plan.steps[1].key, plan.steps[2].key
    later = planned(town, ente(), desk("due", name="Secondo"), close_missing=True)
    closing = [step for step in later.steps if step.action == "close"]
    assert [(step.kind, step.key) for step in closing] == [
        ("sportelli", first),
        ("sessioni", plan.steps[3].key),
    ]
    assert closing[0].after == {"status": "chiuso"}
    assert second not in {step.key for step in closing}
    assert planned(town, ente(), desk("due", name="Secondo")).counts()["close"] == 0
    other = planned(town, ente(), source="bergamo/altro", close_missing=True)
    assert other.counts()["close"] == 0


def test_nothing_is_closed_where_rows_could_not_be_read(town):
    apply(town.store, town.passes["bergamo"], planned(town, ente(), desk()), file="a.csv")
    lost = Found(2, "Comune", "fault", "comune_unknown", "Brgo")
    plan = planned(town, ente(), found=[lost], close_missing=True)
    assert plan.counts()["close"] == 0
    assert whys(plan) == ["comune_unknown", "close_held"]
    twice = Found(3, None, "fault", "double", "2")
    assert planned(town, ente(), found=[twice], close_missing=True).counts()["close"] == 1


def test_an_empty_file_closes_nothing(town):
    apply(town.store, town.passes["bergamo"], planned(town, ente(), desk()), file="a.csv")
    plan = planned(town, close_missing=True)
    assert (plan.steps, whys(plan)) == ((), ["close_held"])


def test_a_closed_desk_that_is_in_the_file_is_told(town):
    seen(town, "sportelli", "sp-bg", status="chiuso")
    plan = planned(town, ente(), desk(key="sp-bg", name="Sportello di Borgo"))
    assert "was_closed" in whys(plan)


def test_a_record_put_aside_that_is_in_the_file_comes_back(town):
    bergamo = town.passes["bergamo"]
    apply(town.store, bergamo, planned(town, ente(), desk()), file="a.csv")
    key = planned(town, ente(), desk()).steps[1].key
    editing.delete(town.store, bergamo, "sportelli", key, version=1)
    plan = planned(town, ente(), desk(phone="035 99999"))
    step = plan.steps[1]
    assert (step.action, step.key, step.version) == ("add", key, 2)
    assert whys(plan) == ["was_aside"]
    apply(town.store, bergamo, plan, file="a.csv")
    said = town.said("sportelli", key)
    assert (said["deleted_at"], said["phone"]) == (None, "035 99999")


def test_progress_is_told_to_the_end(shared_town):
    heard = []
    rows = [ente(str(n), f"Ente {n}") for n in range(401)]
    planned(shared_town, *rows, progress=lambda done, far: heard.append((done, far)))
    assert heard == [(200, 401), (400, 401), (401, 401)]


def test_the_digest_is_of_what_the_file_says(shared_town):
    one, other = planned(shared_town, ente(), desk()), planned(shared_town, ente(), desk(), by="due")
    assert one.digest == other.digest != planned(shared_town, ente(), desk(phone="035 1")).digest


NAMES = st.sampled_from(
    ["Sportello di Borgo", "sportello DI borgo", "Sportello due", "Nuovo", "Nuovo!", "Altro"]
)
ROWS = st.lists(
    st.tuples(
        NAMES, st.sampled_from([BORGO, MOLO, None]), st.sampled_from([None, "Via Roma 1", "via roma, 1"])
    ),
    max_size=6,
)


@given(ROWS)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_row_has_one_step_and_no_record_two(shared_town, rows):
    wanted = [
        desk(str(n), name=name, comune_code=comune, address=address)
        for n, (name, comune, address) in enumerate(rows)
    ]
    plan = planned(shared_town, ente(), *wanted)
    assert [step.wanted for step in plan.steps] == [ente(), *wanted]
    writing = [(step.kind, step.key) for step in plan.steps if step.action in ("add", "change", "same")]
    assert len(writing) == len(set(writing))
    assert sum(plan.counts().values()) == len(plan.steps)
    assert all(step.faults for step in plan.steps if step.action in ("refused", "double"))


def test_a_new_ente_does_not_come_alone_where_all_that_hangs_on_it_is_refused(shared_town):
    plan = planned(shared_town, ente(name="Comune di Molo"), desk(comune_code=MOLO))
    assert actions(plan) == [("enti", "refused"), ("sportelli", "refused")]
    assert whys(plan) == ["bare_ente", "other_ambito"]
    alone = planned(shared_town, ente(name="Comune di Molo"))
    assert actions(alone) == [("enti", "add")]


def test_a_sessione_gone_from_the_middle_leaves_the_others_as_they_are(town):
    hours = ["Mo 09:00-10:00", "Tu 09:00-10:00", "We 09:00-10:00"]

    def file(*said):
        return [ente(), desk(), *(slot(f"uno#{n}", hours=one) for n, one in enumerate(said))]

    apply(town.store, town.passes["bergamo"], planned(town, *file(*hours)), file="a.csv")
    plan = planned(town, *file(hours[0], hours[2]), close_missing=True)
    assert [step.action for step in plan.steps] == ["same"] * 4 + ["close"]
    assert town.said("sessioni", plan.steps[-1].key)["hours"] == hours[1]
    later = planned(town, *file(hours[0], "Tu 15:00-16:00", hours[2]))
    assert later.counts()["change"] == 1
