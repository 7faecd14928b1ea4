"""Questions in addresses: what is read is what was written, and what nobody knows is left out and named."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from data.vocabularies import vocabulary
from locator import address
from locator.finding import NOW, Ask
from locator.visit import with_parameters
from tests.locator_town import ORIGINS, town

TRAVEL = town().travel
BORGO = ORIGINS[0]
CODES = {name: st.sampled_from(["", *vocabulary(name).index]) for name in ("themes", "languages", "targets")}
ASKED = st.builds(
    Ask,
    origin=st.sampled_from(["p1", "p2"]),
    theme=CODES["themes"],
    language=CODES["languages"],
    target=CODES["targets"],
    mode=st.sampled_from(["walk", "bike", "car"]),
    when=st.sampled_from(["", NOW, "Sa 10:00", "Mo-Fr 17:00-22:00"]),
    ambito=st.sampled_from(["", "borgo", "colle"]),
)


def read(**query):
    return address.read(query, TRAVEL, home=BORGO)


def test_an_address_is_read_by_heart():
    found = read(tema="lavoro", lingua="ar", destinatario="donne", mezzo="auto", quando="adesso", luogo="p2")
    assert found.ask == Ask("p2", "lavoro", "ar", "donne", "car", NOW)
    assert found.strange == ()


def test_without_parameters_people_start_from_the_comune_of_the_page_on_foot():
    assert read().ask == Ask(origin="p1")
    assert address.read({}, TRAVEL).ask == Ask()


def test_each_unknown_value_is_named_and_the_others_hold():
    found = read(
        tema="luna", lingua="ar", mezzo="walk", quando="sempre", ambito="x", destinatario="", luogo="p9"
    )
    assert found.ask == Ask("p1", language="ar")
    assert found.strange == ("luogo=p9", "tema=luna", "mezzo=walk", "quando=sempre", "ambito=x")


def test_the_page_of_a_comune_takes_no_place_of_another():
    assert read(luogo="p3").strange == ("luogo=p3",)
    assert address.read({"luogo": "p3"}, TRAVEL).ask.origin == "p3"


def test_the_page_of_an_ambito_is_of_that_ambito_whatever_is_asked():
    found = address.read({"ambito": "colle"}, TRAVEL, ambito="borgo")
    assert (found.ask.ambito, found.strange) == ("borgo", ())
    assert address.write(found.ask, ambito="borgo") == {}


def test_a_condition_is_taken_away_alone():
    ask = Ask("p1", theme="lavoro", language="ar")
    assert address.without(ask, "theme") == Ask("p1", language="ar")


@given(ASKED)
def test_what_is_written_is_read_again(ask):
    found = address.read(address.write(ask, home=BORGO), TRAVEL, home=BORGO)
    assert (found.ask, found.strange) == (ask, ())


@given(ASKED)
def test_a_page_writes_nothing_of_what_it_is_itself(ask):
    told = address.write(ask, home=BORGO, ambito=ask.ambito)
    assert "ambito" not in told and (ask.origin == "p2") == ("luogo" in told)
    assert address.write(replace(Ask(origin="p1")), home=BORGO) == {}


@given(st.dictionaries(st.sampled_from(list(address.PARAMETERS.values())), st.text(max_size=30)))
def test_no_address_is_a_fault(query):
    found = address.read(query, TRAVEL, home=BORGO)
    named = [one.split("=", 1)[0] for one in found.strange]
    assert named == [name for name in address.PARAMETERS.values() if name in named]


def test_parameters_are_escaped_and_empty_ones_left_out():
    assert with_parameters("./", {"dove": "a&b=c #", "tema": ""}) == "./?dove=a%26b%3Dc+%23"
