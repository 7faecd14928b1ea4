"""What is asked and which desks answer: surely, perhaps, from afar; never hiding what is not known."""

import datetime as dt
from dataclasses import replace

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given

from data.registry import usual_week
from data.registry.hours import WEEK
from data.registry.store import ROME
from errors import UnknownCode
from locator.finding import Ask, check, every, results
from locator.opening import coming, usual
from locator.records import Desk, Place, Said, Slot
from locator.travel import FAR, MODES, Origin, Reach, Travel

MONDAY = dt.date(2026, 2, 2)
AT_TEN = dt.datetime(2026, 2, 2, 10, tzinfo=ROME)
AT_NOON = dt.datetime(2026, 2, 2, 12, tzinfo=ROME)
HERE = Origin("s1", "Borgo", "016024", "Borgo", "BG", "bergamo", "bergamo", 9.67, 45.69, 1000, True)


def slot(hours=None, languages=None, reception=None):
    known = (
        {"week": usual(hours, (), today=MONDAY), "coming": coming(hours, (), today=MONDAY)} if hours else {}
    )
    told = {"week": None, "coming": None, **known}
    said = MONDAY if hours else None
    return Slot(
        "se",
        reception,
        hours,
        languages=languages,
        mediator=None,
        confirmed_on=said,
        source_date=None,
        **told,
    )


def desk(key, *slots, lon=9.67, lat=45.69, **said):
    place = Place("Via 1", None, "016024", "Borgo", "BG", "bergamo", lon, lat, "address", 100.0)
    facts = {
        "name": key, "ente": None, "kind": "sportello_comunale", "status": "attivo", "phone": None, "email": None,
        "web": None, "themes": ("lavoro",), "targets": ("tutti",), "access": None, "access_note": None, "cost": None,
        "areas": None, "closures": (), "description": None,
    }  # fmt: skip
    return Desk(id=key, place=place, slots=slots, said=Said("A", None, None, None), **{**facts, **said})


def town(*desks, minutes=None):
    """Minutes on foot from here to each desk, as they come in ``minutes`` or 1, 2, 3 …; by car half of them."""
    walk = np.array([list(minutes or range(1, len(desks) + 1))], dtype=np.uint8)
    car = np.where(walk == FAR, 30, walk // 2).astype(np.uint8)
    reach = {mode: Reach(one, one, one) for mode, one in zip(MODES, (walk, walk, car), strict=True)}
    return desks, Travel((HERE,), tuple(one.id for one in desks), reach, "stimata")


def found(the_town, asked, now=AT_TEN):
    told = results(*the_town, asked, now=now)
    return tuple([one.desk.id for one in group] for group in (told.sure, told.perhaps, told.remote))


def test_open_now_hides_only_what_is_known_to_be_shut():
    the_town = town(
        desk("open", slot("Mo 09:00-12:00")), desk("shut", slot("Tu 09:00-12:00")), desk("unknown")
    )
    assert found(the_town, Ask("s1", when="now")) == (["open"], ["unknown"], [])
    assert found(the_town, Ask("s1", when="now"), AT_NOON) == ([], ["unknown"], [])
    assert results(*the_town, Ask("s1", when="now"), now=AT_NOON).left_out == 2


def test_hours_that_are_not_sure_are_never_taken_for_shut():
    doubtful = desk("doubtful", slot('Mo 09:00-12:00 unknown "forse"'), themes=("lavoro",))
    the_town = town(doubtful, desk("shut", slot("Tu 09:00-12:00")))
    for when in ("now", "Mo 10:00"):
        assert found(the_town, Ask("s1", when=when)) == ([], ["doubtful"], [])


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 22), st.integers(0, 11)), min_size=1, max_size=4))
def test_hours_asked_hold_where_one_of_their_five_minutes_does(times):
    asked = "; ".join(
        f"{WEEK[day]} {hour:02}:{at * 5:02}-{hour + 1:02}:{at * 5:02}" for day, hour, at in times
    )
    the_town = town(desk("a", slot("Mo-We 09:00-12:35; Sa[1] 10:00-11:00")))
    free, week = (
        usual_week.free(asked),
        usual_week.open_in("Mo-We 09:00-12:35; Sa[1] 10:00-11:00", today=MONDAY),
    )
    best = int(week[free].max())
    assert [len(group) for group in found(the_town, Ask("s1", when=asked))] == [best == 2, best == 1, 0]


def test_a_time_of_the_week_is_asked_of_the_usual_week():
    monthly = desk("monthly", slot("Sa[1] 09:00-12:00"))
    the_town = town(desk("saturday", slot("Sa 09:00-12:00")), monthly, desk("monday", slot("Mo 09:00-12:00")))
    assert found(the_town, Ask("s1", when="Sa 10:00")) == (["saturday"], ["monthly"], [])


def test_hours_and_language_must_be_those_of_one_slot():
    arabic, monday = slot("Tu 09:00-12:00", ("ar",)), slot("Mo 09:00-12:00", ("fr",))
    the_town = town(desk("never together", arabic, monday), desk("together", slot("Mo 09:00-12:00", ("ar",))))
    assert found(the_town, Ask("s1", when="Mo 10:00", language="ar")) == (["together"], [], [])


def test_whoever_has_to_go_asks_when_the_door_is_open_not_the_telephone():
    door, line = slot("Tu 09:00-12:00"), slot("Mo 09:00-12:00", ("ar",), reception="telefono")
    the_town = town(desk("both", door, line), desk("line", line))
    assert found(the_town, Ask("s1", when="now")) == ([], [], ["line"])
    assert found(the_town, Ask("s1", language="ar")) == ([], ["both"], ["line"])


def test_languages_of_a_group_are_one_and_everybody_speaks_italian():
    the_town = town(
        desk("moroccan", slot(None, ("ary",))), desk("unknown"), desk("french", slot(None, ("fr",)))
    )
    assert found(the_town, Ask("s1", language="arz")) == (["moroccan"], ["unknown"], [])
    assert found(the_town, Ask("s1", language="it")) == (["moroccan", "unknown", "french"], [], [])


def test_whom_a_desk_receives_counts_without_being_asked():
    the_town = town(
        desk("ours", areas=("ambito:bergamo",)), desk("theirs", areas=("ambito:lodi",)), desk("unknown")
    )
    assert found(the_town, Ask("s1")) == (["ours", "unknown"], [], [])
    assert results(*the_town, Ask("s1"), now=AT_TEN).left_out == 1


def test_who_asks_is_part_of_wider_groups():
    the_town = town(desk("all"), desk("women", targets=("donne",)), desk("workers", targets=("operatori",)))
    assert found(the_town, Ask("s1", target="donne_incinte")) == (["all", "women"], [], [])
    assert found(the_town, Ask("s1", target="donne")) == (["all", "women"], [], [])


def test_what_needs_no_journey_stays_however_far_and_shut_desks_of_it_go():
    phone = desk("phone", slot("Mo 09:00-12:00", reception="telefono"), lon=None, lat=None)
    remote = desk("remote", access=("a_distanza",), lon=None, lat=None)
    the_town = town(desk("near"), phone, remote, minutes=[3, FAR, FAR])
    assert found(the_town, Ask("s1"))[2] == ["phone", "remote"]
    assert found(the_town, Ask("s1", when="Tu 10:00")) == ([], ["near"], ["remote"])


def test_a_desk_that_informs_by_phone_and_receives_on_appointment_is_a_place_to_go():
    office = desk("office", access=("appuntamento", "a_distanza"))
    assert found(town(office), Ask("s1")) == (["office"], [], [])


def test_order_is_by_minutes_then_by_car_then_as_the_crow_flies():
    far = [desk("far", lon=9.9), desk("nearer", lon=9.8), desk("beyond", lon=None, lat=None)]
    the_town = town(desk("b"), *far, desk("a"), minutes=[9, FAR, FAR, FAR, 4])
    assert found(the_town, Ask("s1"))[0] == ["a", "b", "nearer", "far", "beyond"]


def test_an_ambito_holds_its_own_desks_only():
    other = desk("other")
    other = replace(other, place=replace(other.place, ambito_id="lodi"))
    assert found(town(desk("ours"), other), Ask("s1", ambito="bergamo")) == (["ours"], [], [])


def test_what_does_not_exist_is_named():
    between = town(desk("a"))[1]
    check(Ask("s1", theme="lavoro", language="ar", when="Sa 10:00"), between)
    for wrong in (
        Ask("s9"),
        Ask(theme="luna"),
        Ask(language="xx"),
        Ask(mode="nave"),
        Ask(when="mai"),
        Ask(target="re"),
    ):
        with pytest.raises(UnknownCode):
            check(wrong, between)


LANGUAGES = st.none() | st.sets(st.sampled_from(["ar", "fr", "zh"]), min_size=1).map(tuple)
HOURS = st.none() | st.sampled_from(["Mo 09:00-12:00", "Tu 09:00-12:00", "Mo[1] 09:00-12:00"])
SLOTS = st.lists(
    st.builds(slot, HOURS, LANGUAGES, st.sampled_from([None, "in_presenza", "telefono"])), max_size=3
)
ASKS = st.builds(
    Ask,
    origin=st.sampled_from(["", "s1"]),
    theme=st.sampled_from(["", "lavoro", "salute"]),
    language=st.sampled_from(["", "ar", "it"]),
    when=st.sampled_from(["", "now", "Mo 10:00", "Tu 11:00"]),
    mode=st.sampled_from(MODES),
)


@given(st.lists(SLOTS, min_size=1, max_size=5), ASKS)
def test_nobody_is_lost_and_nobody_comes_twice(slots, asked):
    the_town = town(*(desk(f"d{n}", *one) for n, one in enumerate(slots)))
    told = results(*the_town, asked, now=AT_TEN)
    keys = [one.desk.id for one in every(told)]
    assert len(keys) == len(set(keys)) == len(slots) - told.left_out
    for group in (told.sure, told.perhaps, told.remote):
        minutes = [one.minutes[asked.mode][0] for one in group if one.minutes[asked.mode]]
        assert minutes == sorted(minutes)


@given(st.lists(SLOTS, min_size=1, max_size=4), ASKS)
def test_asking_more_never_finds_more(slots, asked):
    the_town = town(*(desk(f"d{n}", *one) for n, one in enumerate(slots)))
    less = replace(asked, language="")
    more, all_of_them = (
        {one.desk.id for one in every(results(*the_town, ask, now=AT_TEN))} for ask in (asked, less)
    )
    assert more <= all_of_them
    sure = {one.desk.id for one in results(*the_town, asked, now=AT_TEN).sure}
    assert sure <= {one.desk.id for one in results(*the_town, less, now=AT_TEN).sure}
