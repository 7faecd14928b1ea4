"""Columns by their heads, by their cells, and as a person said last time; rows that need more than one column."""

import datetime as dt

import pytest

from data.registry.imports import heads, rows, sheets
from errors import NotAllowed, UnknownCode


def sheet_of(text):
    return sheets.read(text.encode(), "a.csv")[0]


def read(text, **how):
    sheet = sheet_of(text)
    columns = {head: one.field for head, one in heads.propose(sheet).items()}
    return rows.wanted_of(sheet, columns, ambito_id=None, **how)


@pytest.mark.parametrize(
    ("head", "field"),
    [("Tel.", "phone"), ("C.A.P.", "postcode"), ("ORARI Lun mattina", "hours:Mo"), ("e-mail", "email"),
     ("Indirizo", "address"), ("Lingue parlate *", "languages"), ("Telefono (2)", "phone"), ("Recapiti Mail", "email"),
     ("CITTA'", "comune"), ("Denominazione sportelo", "name"), ("Giovedì", "hours:Th"), ("qualcosa", None),
     ("Lungo", None), ("Sì", None)],
)  # fmt: skip
def test_a_head_is_known_as_offices_write_it(head, field):
    assert heads.by_name(head).field == field


@pytest.mark.parametrize(
    "head", ["Referente", "Cell. referente", "Nome e cognome", "Codice fiscale", "Operatori", "Presidente"]
)
def test_columns_of_persons_are_left_out_and_said_so(head):
    assert (heads.by_name(head).field, heads.by_name(head).why) == (None, "private")


def test_a_mobile_beside_a_person_is_theirs_and_an_office_s_own_is_taken():
    beside = heads.propose(sheet_of("Sportello;Comune;Referente;Cellulare\nUno;Lodi;Anna;333 1234567\n"))
    assert (beside["Cellulare"].field, beside["Cellulare"].why) == (None, "private")
    alone = heads.propose(sheet_of("Sportello;Comune;Cellulare\nUno;Lodi;333 1234567\n"))
    assert alone["Cellulare"].field == "phone"


def test_no_two_synonyms_say_different_things():
    assert set(heads.synonyms().values()) <= {*heads.FIELDS, "private"}
    assert all(
        heads.by_name(head).field == field for head, field in heads.synonyms().items() if field != "private"
    )


def test_columns_without_a_known_head_are_known_by_their_cells():
    sheet = sheet_of(
        "Ente;Nome;dove;a;b;c;d\n"
        "A;Uno;Via Roma 1;0371 4091;a@b.example;Lodi;arabo, inglese\n"
        "B;Due;Piazza Duomo 2;0371 4092;c@d.example;Crema;cinese\n"
    )
    found = heads.propose(sheet)
    assert [(one.field, one.why) for one in found.values()][2:] == [
        ("address", "name"), ("phone", "content"), ("email", "content"), ("comune", "content"),
        ("languages", "content"),
    ]  # fmt: skip


def test_a_field_goes_to_one_column_and_a_person_may_say_which():
    sheet = sheet_of("Ente;Sportello;Servizio;Comune\nA;Uno;Due;Lodi\n")
    assert [one.field for one in heads.propose(sheet).values()] == ["ente", "name", None, "comune"]
    assert heads.propose(sheet)["Servizio"].why == "taken"
    said = heads.propose(sheet, remembered={"Servizio": "name", "Sportello": None})
    assert [one.field for one in said.values()] == ["ente", None, "name", "comune"]


SHEET = sheet_of("Ente;Boh;Comune\nA;Uno;Lodi\n")
COLUMNS = {"Ente": "ente", "Boh": "name", "Comune": None}


def test_columns_are_remembered_for_the_ambito_and_else_for_the_region(town):
    heads.remember(town.store, town.passes["regione"], None, SHEET, {**COLUMNS, "Boh": "notes"})
    assert heads.remembered(town.store, "bergamo", SHEET)["Boh"] == "notes"
    heads.remember(town.store, town.passes["bergamo"], "bergamo", SHEET, COLUMNS)
    assert heads.remembered(town.store, "bergamo", SHEET) == COLUMNS
    assert heads.remembered(town.store, "dalmine", SHEET)["Boh"] == "notes"
    heads.remember(town.store, town.passes["bergamo"], "bergamo", SHEET, {**COLUMNS, "Boh": "address"})
    assert heads.remembered(town.store, "bergamo", SHEET)["Boh"] == "address"
    assert heads.remembered(town.store, "bergamo", sheet_of("Ente;Altro\nA;B\n")) == {}


@pytest.mark.parametrize(
    ("who", "ambito"),
    [
        ("bergamo", "dalmine"),
        ("bergamo", None),
        ("gestore", "bergamo"),
        ("ente", "bergamo"),
        ("nessuno", "bergamo"),
    ],
)
def test_only_who_edits_an_ambito_says_how_its_columns_are_read(town, who, ambito):
    with pytest.raises(NotAllowed):
        heads.remember(town.store, town.passes[who], ambito, SHEET, COLUMNS)
    assert heads.remembered(town.store, "bergamo", SHEET) == {}


def test_a_field_that_is_none_is_refused(town):
    with pytest.raises(UnknownCode):
        heads.remember(town.store, town.passes["bergamo"], "bergamo", SHEET, {"Boh": "password"})


def test_rows_of_the_same_sportello_are_its_sessioni():
    wanted, found = read(
        "Ente;Sportello;Comune;Indirizzo;Orario;Lingue\n"
        "A;Uno;Lodi;Via Roma 1;lun 9-12;arabo\n"
        "a;UNO;Lodi;via Roma, 1;mar 9-12;cinese\n"
        "A;Uno;Lodi;Via Roma 1;lun 9-12;arabo\n"
    )
    assert [(one.kind, one.external, one.parent, one.row) for one in wanted] == [
        ("enti", "a", None, 2),
        ("sportelli", "a|uno|098031|via roma 1", "a", 2),
        ("sessioni", "a|uno|098031|via roma 1#1", "a|uno|098031|via roma 1", 2),
        ("sessioni", "a|uno|098031|via roma 1#2", "a|uno|098031|via roma 1", 3),
    ]
    assert [(one.row, one.column, one.why, one.value) for one in found] == [(4, "Sportello", "double", "2")]


def test_the_same_sheet_gives_the_same_names_whatever_order_its_columns_have():
    one, _ = read("Ente;Sportello;Comune;Orario\nA;Uno;Lodi;lun 9-12\n")
    other, _ = read("Orario;Comune;Sportello;Ente\nlun 9-12;LODI;uno;A\n")
    assert [wanted.external for wanted in one] == [wanted.external for wanted in other]


@pytest.mark.parametrize(
    ("heads_and_row", "hours"),
    [
        ("Lun;Mar;Mer\n9-12;9-12;14-16", "Mo,Tu 09:00-12:00; We 14:00-16:00"),
        ("Lun mattina;Lun pomeriggio;Mar\n9-12;14-16;chiuso", "Mo 09:00-12:00,14:00-16:00"),
        ("Lun;Mer;Orario\nX;X;9-12", "Mo,We 09:00-12:00"),
        ("Giorni;Dalle;Alle\nlun e gio;9,00;12,30", "Mo,Th 09:00-12:30"),
        ("Giorni;Orario;Tel\nlun e gio;9-12;0371 4091", "Mo,Th 09:00-12:00"),
        ("Lun;Mar;Mer\n9-12;vedi sito;", None),
    ],
)
def test_hours_in_several_columns_are_the_hours_of_a_week(heads_and_row, hours):
    first, row = heads_and_row.split("\n")
    wanted, _ = read(f"Ente;Sportello;Comune;{first}\nA;Uno;Lodi;{row}\n")
    slot = next(one for one in wanted if one.kind == "sessioni")
    assert slot.said.get("hours") == hours
    assert ("hours_note" in slot.said) == (hours is None)


def test_what_is_needed_and_missing_is_told():
    wanted, found = read("Sportello;Comune;Orari\nUno;Lodi;lun 9-12\n")
    assert (wanted, [(one.row, one.why, one.value) for one in found]) == ([], [(None, "needed", "ente")])
    wanted, found = read("Sportello;Comune;Orari\nUno;Lodi;lun 9-12\n", ente="Comune di Lodi")
    assert ([one.kind for one in wanted], found) == (["enti", "sportelli", "sessioni"], [])


def test_a_fault_in_one_field_leaves_the_others():
    wanted, found = read("Ente;Sportello;Comune;CAP;Tel;Orari\nA;Uno;Lodi;24068;chiamare;lun 9-12\n")
    desk = next(one for one in wanted if one.kind == "sportelli")
    assert desk.said == {"name": "Uno", "comune_code": "098031", "province": "LO", "ambito_id": "lodi"}
    assert [(one.column, one.why) for one in found] == [
        ("CAP", "postcode_elsewhere"),
        ("Tel", "phone_invalid"),
    ]
    assert next(one for one in wanted if one.kind == "sessioni").said == {"hours": "Mo 09:00-12:00"}


def test_an_address_may_end_with_its_comune():
    wanted, found = read('Ente;Sportello;Indirizzo;Tel\nA;Uno;"Via Roma 1, 26900 Lodi";0371 4091\n')
    desk = next(one for one in wanted if one.kind == "sportelli")
    assert (desk.said["address"], desk.said["postcode"], desk.said["comune_code"]) == (
        "Via Roma 1",
        "26900",
        "098031",
    )
    assert found == []


def test_yes_and_no_mean_what_the_head_says():
    wanted, found = read(
        "Ente;Sportello;Comune;Su appuntamento;A pagamento\nA;Uno;Lodi;no;no\nA;Due;Lodi;sì;X\n"
    )
    desks = [one.said for one in wanted if one.kind == "sportelli"]
    assert [(one["access"], one["cost"]) for one in desks] == [
        (["libero"], "gratuito"),
        (["appuntamento"], "a_pagamento"),
    ]
    assert found == []


def test_a_date_to_come_is_doubted_only_where_today_is_known():
    text = "Ente;Sportello;Comune;Aggiornato al\nA;Uno;Lodi;31/12/2026\n"
    assert read(text)[1] == []
    assert [one.why for one in read(text, today=dt.date(2026, 11, 1))[1]] == ["date_future"]


def test_progress_is_told_up_to_the_last_row():
    told = []
    read("Ente;Sportello;Comune\n" + "A;Uno;Lodi\n" * 1200, progress=lambda done, of: told.append((done, of)))
    assert told == [(0, 1200), (500, 1200), (1000, 1200), (1200, 1200)]
