"""Areas: codes of different levels never mix, unknown is never everywhere."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.registry import areas
from errors import UnknownCode

BORGO = areas.Home("016024", "bergamo", "BG")
AREAS = [
    "istat:comune:016024",
    "istat:comune:015146",
    "ambito:bergamo",
    "ambito:dalmine",
    "provincia:BG",
    "regione:03",
]


@pytest.mark.parametrize(
    "text",
    ["016024", "comune:016024", "istat:comune:16024", "istat:comune:bergamo", "ambito:016024 ", "ambito:Bergamo",
     "provincia:016", "provincia:bg", "regione:3", "regione:lombardia", "istat:016024", "", ":", "ambito:", "tutti",
     "istat:comune:٠١٦٠٢٤x", "provincia:bergamo", "regione:09"],
)  # fmt: skip
def test_what_is_no_area(text):
    with pytest.raises(UnknownCode):
        areas.parse(text)


@pytest.mark.parametrize("text", AREAS)
def test_an_area_is_its_text(text):
    assert str(areas.parse(text)) == text
    assert text in areas.known()


def test_unknown_areas_answer_neither_yes_nor_no():
    assert areas.receives(None, BORGO) is None
    assert areas.receives([], BORGO) is None


def test_what_is_not_known_of_a_home_is_not_a_no():
    lost = areas.Home("016024", None, None)
    assert areas.receives(["ambito:bergamo"], lost) is None
    assert areas.receives(["istat:comune:016024"], lost) is True
    assert areas.receives(["istat:comune:015146"], lost) is False


def test_the_areas_there_are():
    levels = {level: sum(area.startswith(f"{level}:") for area in areas.known()) for level in areas.PATTERNS}
    assert levels == {"istat:comune": 1502, "ambito": 93, "provincia": 12, "regione": 1}


@given(st.lists(st.sampled_from(AREAS), min_size=1), st.sampled_from(AREAS))
def test_more_areas_never_receive_fewer(some, more):
    if areas.receives(some, BORGO):
        assert areas.receives([*some, more], BORGO)
