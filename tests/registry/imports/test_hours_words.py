"""Hours as offices write them, by heart."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.registry import hours
from data.registry.imports import hours_words
from data.registry.imports.hours_words import read

READ = {
    "lun-ven 9-12,30": "Mo-Fr 09:00-12:30",
    "dal lunedì al venerdì 9.00/12.30 e 14-16": "Mo-Fr 09:00-12:30,14:00-16:00",
    "mar e gio 9:00-12:00; sab 9-11": "Tu,Th 09:00-12:00; Sa 09:00-11:00",
    "lunedì dalle ore 9 alle ore 12": "Mo 09:00-12:00",
    "lun 9-12 / mer 14-18": "Mo 09:00-12:00; We 14:00-18:00",
    "tutti i giorni 8-20": "Mo-Su 08:00-20:00",
    "h24": "24/7",
    "24 ore su 24": "24/7",
    "primo e terzo giovedì del mese 15-17": "Th[1,3] 15:00-17:00",
    "1° e 3° giovedì del mese 15-17": "Th[1,3] 15:00-17:00",
    "ultimo sabato del mese 9-12": "Sa[-1] 09:00-12:00",
    "secondo martedì di ogni mese dalle 9.30 alle 12": "Tu[2] 09:30-12:00",
    "LUNEDI' 9-12": "Mo 09:00-12:00",
    "lunedi 9-12": "Mo 09:00-12:00",
    "Lu Ma Me 9-12": "Mo-We 09:00-12:00",
    "lun, mer e ven 9.00-12.00": "Mo,We,Fr 09:00-12:00",
    "lun. mer. ven. 9-12": "Mo,We,Fr 09:00-12:00",
    "Lunedì: 9.00 - 12.30": "Mo 09:00-12:30",
    "Lunedì 9,30-12,30": "Mo 09:30-12:30",
    "Lunedì 9-12,14-16": "Mo 09:00-12:00,14:00-16:00",
    "Lunedì 9,30-12,30,14,30-16,30": "Mo 09:30-12:30,14:30-16:30",
    "lun mattina 9-12": "Mo 09:00-12:00",
    "lun mattina 9-12; lun pomeriggio 14-16": "Mo 09:00-12:00,14:00-16:00",
    "martedì e giovedì mattina 9-12 e pomeriggio 14-16": "Tu,Th 09:00-12:00,14:00-16:00",
    "martedì pomeriggio dalle 14 alle 17": "Tu 14:00-17:00",
    "9-12 dal lunedì al venerdì": "Mo-Fr 09:00-12:00",
    "ore 9.00-12.00 lun mer ven": "Mo,We,Fr 09:00-12:00",
    "dalle 9 alle 12 il martedì e il giovedì": "Tu,Th 09:00-12:00",
    "lun-gio 9.00-12.30 / 14.30-18.00": "Mo-Th 09:00-12:30,14:30-18:00",
    "lunedì 9-12 martedì 14-16 giovedì 9-12": "Mo,Th 09:00-12:00; Tu 14:00-16:00",
    "lun 9-12, mar 14-17": "Mo 09:00-12:00; Tu 14:00-17:00",
    "lun-ven 9-12 e sab 9-11": "Mo-Fr 09:00-12:00; Sa 09:00-11:00",
    "da lunedì a giovedì: 8:30-12:30, venerdì: 8:30-12:00": "Mo-Th 08:30-12:30; Fr 08:30-12:00",
    "dal lunedì al venerdì dalle ore 9.00 alle ore 12.30 e dalle ore 14.00 alle ore 17.00": (
        "Mo-Fr 09:00-12:30,14:00-17:00"
    ),
    "mercoledì h 9-12": "We 09:00-12:00",
    "mercoledì h. 9.00-12.00": "We 09:00-12:00",
    "mer ore 14": None,
    "giovedì 9:00–12:00": "Th 09:00-12:00",
    "gio 9 - 12": "Th 09:00-12:00",
    "gio 0900-1200": "Th 09:00-12:00",
    "gio 900-1230": "Th 09:00-12:30",
    "gio 9h30-12h30": "Th 09:30-12:30",
    "sabato e domenica 10-18": "Sa,Su 10:00-18:00",
    "lun-sab 9-19, domenica chiuso": "Mo-Sa 09:00-19:00",
    "lun-ven 9-12, mercoledì chiuso": "Mo,Tu,Th,Fr 09:00-12:00",
    "tutti i giorni 9-12 tranne il mercoledì": "Mo,Tu,Th-Su 09:00-12:00",
    "lun-ven 9-12 esclusi festivi": "Mo-Fr 09:00-12:00",
    "lun-ven 9-13 orario continuato": "Mo-Fr 09:00-13:00",
    "aperto il lunedì dalle 9 alle 11": "Mo 09:00-11:00",
    "Lunedì dalle 9 a mezzogiorno": "Mo 09:00-12:00",
    "venerdì dalle 14 alle 16 e 30": "Fr 14:00-16:30",
    "lun 9-12\nmar 14-17": "Mo 09:00-12:00; Tu 14:00-17:00",
    "lun 9.00 12.00": None,
    "Mo-Fr 09:00-12:30": "Mo-Fr 09:00-12:30",
    "Mo 09:00-12:00; PH off": "Mo 09:00-12:00; PH off",
    "lunedì e giovedì (9-12)": "Mo,Th 09:00-12:00",
    "ogni martedì dalle 15.00 alle 18.00": "Tu 15:00-18:00",
    "tutti i martedì 15-18": "Tu 15:00-18:00",
    "i lunedì 9/12": "Mo 09:00-12:00",
    "lun/mer/ven 9-12": "Mo,We,Fr 09:00-12:00",
    "lun - mar - mer 9-12": "Mo-We 09:00-12:00",
    "il primo lunedì del mese ore 14.30-16.30": "Mo[1] 14:30-16:30",
    "lunedì 9.00 alle 12.00": "Mo 09:00-12:00",
    "lun e mer 9:00/12:30 - 14:00/17:00": "Mo,We 09:00-12:30,14:00-17:00",
    "9.00-12.00 (lun-mer-ven) 14.00-17.00 (sab)": "Mo,We,Fr 09:00-12:00; Sa 14:00-17:00",
    "lunedì e martedì chiuso, mercoledì 9-12": "We 09:00-12:00",
    "tutti i giorni tranne domenica 9-13": "Mo-Sa 09:00-13:00",
    "I e III mercoledì del mese 9-12": "We[1,3] 09:00-12:00",
    "aperto dal martedì al sabato, 9.30/12.30-15.00/19.00": "Tu-Sa 09:30-12:30,15:00-19:00",
    "Lun: 9-12 Mar: 9-12 Mer: 14-17": "Mo,Tu 09:00-12:00; We 14:00-17:00",
    "domenica e festivi chiuso, lun-sab 9-12": "Mo-Sa 09:00-12:00",
    "sabato, domenica e festivi: chiuso. Lun-ven 8-20": "Mo-Fr 08:00-20:00",
    "mercoledì escluso, lun-ven 9-12": "Mo,Tu,Th,Fr 09:00-12:00",
}  # fmt: skip

DOUBTS = {
    "martedì pomeriggio": ("hours_no_time", None),
    "lun e mer mattina": ("hours_no_time", None),
    "primo giovedì": ("hours_no_time", None),
    "9-13": ("hours_no_day", "Mo-Fr 09:00-13:00"),
    "mattina 9-12": ("hours_no_day", "Mo-Fr 09:00-12:00"),
    "lun 12-9": ("hours_reversed", "Mo 09:00-12:00"),
    "lun 14-5": ("hours_reversed", "Mo 14:00-17:00"),
    "gio 9-1": ("hours_reversed", "Th 09:00-13:00"),
    "lun 9-25": ("hours_out_of_day", None),
    "lun 9.75-12": ("hours_out_of_day", None),
    "mar pomeriggio 2-5": ("hours_afternoon", "Tu 14:00-17:00"),
    "lun dalle 9": ("hours_open_end", None),
    "lun/ven 9-12": ("hours_slash", "Mo-Fr 09:00-12:00"),
    "mar/gio 9-12": ("hours_slash", "Tu,Th 09:00-12:00"),
    "a settimane alterne, mar 9-12": ("hours_fortnight", "Tu 09:00-12:00"),
    "una volta al mese": ("hours_fortnight", None),
    "lun-ven 9-12, mer 10-13": ("hours_twice", "Mo,Tu,Th,Fr 09:00-12:00; We 09:00-12:00,10:00-13:00"),
    "vedi sito": ("hours_words", None),
    "chiamare per informazioni": ("hours_words", None),
    "lun 9-12 salvo imprevisti": ("hours_words", "Mo 09:00-12:00"),
    "5 ore settimanali": ("hours_words", None),
    "chiuso il lunedì, mar-ven 9-12": ("hours_no_day", None),
    "Ven 14-16 (1° piano)": ("hours_no_day", "Fr 14:00-16:00"),
    "lun 9-11, mer idem": ("hours_no_time", "Mo 09:00-11:00"),
    "lun-ven 9-12 e 14-18 (ven solo mattina)": ("hours_no_time", "Mo-Th 09:00-12:00,14:00-18:00"),
    "lun-ven 9-12 e 14-18, venerdì pomeriggio chiuso": ("hours_no_time", "Mo-Th 09:00-12:00,14:00-18:00"),
    "lun-ven 9-12 e 14-18 (chiuso venerdì pomeriggio)": ("hours_no_time", "Mo-Th 09:00-12:00,14:00-18:00"),
    "lun-ven 9-12, giovedì orario continuato": ("hours_no_time", "Mo-We,Fr 09:00-12:00"),
    "lun-ven (mercoledì escluso) 9-12": ("hours_no_day", None),
    "lunedì 9-12 e dalle 2 alle 5": ("hours_afternoon", "Mo 09:00-12:00,14:00-17:00"),
    "lunedì mattina 9-12 e pomeriggio 3-6": ("hours_afternoon", "Mo 09:00-12:00,15:00-18:00"),
    "lun-ven 9-12 16-19 17-20": ("hours_twice", "Mo-Fr 09:00-12:00,16:00-19:00,17:00-20:00"),
}  # fmt: skip

WITH_MORE = {
    "su appuntamento": (None, "appuntamento", None, None),
    "previo app.to": (None, "appuntamento", None, None),
    "solo su prenotazione": (None, "appuntamento", None, None),
    "lun-ven 9-12 su appuntamento": ("Mo-Fr 09:00-12:00", "appuntamento", None, None),
    "mar 14-17 (su appuntamento)": ("Tu 14:00-17:00", "appuntamento", None, None),
    "martedì 9-12 (previo appuntamento al n. 035 123456)": ("Tu 09:00-12:00", "appuntamento", None, None),
    "lunedì 9-12 e 15-18 su appuntamento telefonico": ("Mo 09:00-12:00,15:00-18:00", "appuntamento", None, None),
    "accesso libero mer 9-12": ("We 09:00-12:00", "libero", None, None),
    "lun 9-12 accesso libero, gio 14-16 su appuntamento": ("Mo 09:00-12:00; Th 14:00-16:00", "misto", None, None),
    "telefonico lun-ven 9-12": ("Mo-Fr 09:00-12:00", None, "telefono", None),
    "lun-ven 9-12, chiuso ad agosto": ("Mo-Fr 09:00-12:00", None, None, "hours_closure"),
    "lun 9-12 (agosto chiuso)": ("Mo 09:00-12:00", None, None, "hours_closure"),
    "mar 9-12 da settembre a giugno": ("Tu 09:00-12:00", None, None, "hours_closure"),
    "chiuso ad agosto": (None, None, None, "hours_closure"),
}  # fmt: skip


@pytest.mark.parametrize("words", READ)
def test_these_words_are_these_hours(words):
    found = read(words)
    assert found.hours == READ[words], found
    assert (found.why is None) == (READ[words] is not None)


@pytest.mark.parametrize("words", DOUBTS)
def test_a_doubt_keeps_the_words_and_says_what_was_probably_meant(words):
    found = read(words)
    assert (found.hours, found.note, found.why, found.suggestion) == (None, words, *DOUBTS[words])


def test_days_by_appointment_do_not_get_the_hours_of_others():
    found = read("lunedì su appuntamento, giovedì 9-12")
    assert (found.hours, found.why, found.suggestion) == (None, "hours_no_time", "Th 09:00-12:00")


@pytest.mark.parametrize("words", WITH_MORE)
def test_words_on_access_and_closures_do_not_hide_the_hours(words):
    found = read(words)
    assert (found.hours, found.access, found.reception, found.why) == WITH_MORE[words]
    assert found.note == words


@pytest.mark.parametrize(
    ("words", "hours"),
    [("9-12", "We 09:00-12:00"), ("9,30-12,30 / 14-16", "We 09:30-12:30,14:00-16:00"), ("chiuso", None)],
)
def test_a_column_of_one_day_needs_no_day(words, hours):
    assert read(words, day="We").hours == hours


DAYS = ("lunedì", "martedì", "mercoledì", "giovedì", "venerdì", "sabato", "domenica")


@given(
    st.lists(st.integers(0, 6), min_size=1, max_size=4, unique=True),
    st.integers(14, 26),
    st.integers(1, 10),
    st.sampled_from(["{a}-{b}", "{a} - {b}", "dalle {a} alle {b}", "dalle ore {a} alle ore {b}", "{a}/{b}"]),
    st.sampled_from([":", ".", ","]),
)
def test_what_is_written_plainly_is_read_as_written(days, start, halves, shape, point):
    a, b = (f"{n // 2}{point}{n % 2 * 3}0" for n in (start, start + halves))
    words = " e ".join(DAYS[n] for n in sorted(days)) + " " + shape.format(a=a, b=b)
    found = read(words)
    assert found.hours is not None, words
    clock = f"{start // 2:02}:{start % 2 * 3}0-{(start + halves) // 2:02}:{(start + halves) % 2 * 3}0"
    assert found.hours.endswith(clock)
    assert hours._days(found.hours.split(" ")[0]) == {hours.WEEK[n] for n in days}


@given(st.text(alphabet="lunmargioveds 0123456789-,.:;/()eàì'\n", max_size=40))
def test_whatever_is_written_the_hours_are_good_or_none(words):
    found = read(words)
    assert found.hours is None or hours.faults(found.hours) == []
    assert found.suggestion is None or read(found.suggestion).hours == found.suggestion
    assert found.why is None or found.why in hours_words.WHY
