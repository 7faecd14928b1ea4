"""The page Importa as readers and editors open it: read, mend, look, say yes, take back; nothing before the yes."""

import csv
import io

from openpyxl import Workbook, load_workbook
from streamlit.testing.v1 import AppTest

from data import catalog
from data.registry import checks, links, people, reading, rights, standards
from data.registry.imports import heads, rows, sheets
from data.registry.imports.wanted import Found
from screens import downloads, import_messages, import_preview, import_template, import_words, memory

APP = str(catalog.TABLES.parent.parent / "app.py")
HEADS = [
    "Ente gestore",
    "Denominazione",
    "Indirizzo",
    "Comune",
    "Telefono",
    "Orari",
    "Lingue",
    "Boh",
    "Referente",
]
ROWS = [
    ["Ente di prova", "Sportello Ponte nuovo", "Via Uno 1", "Bergamo", 35123456, "lun-ven 9-12,30", "arabo", "x", "Pi"],
    ["Ente di prova", "Sportello Riva", "Via Due 2", "Brgamo", "035 222222", "mar 14-16", "inglesse", "y", "Gino"],
    ["Ente di prova", "=SOMMA(A1)", "Via Tre 3", "Bergamo", "035 333333", "mer 9-11", "urdu", "z", ""],
    ["Ente lontano", "Sportello Lontano", "Via Q 4", "Lodi", "0371 444444", "gio 9-11", "", "", ""],
]  # fmt: skip


def workbook(*said):
    book = Workbook()
    sheet = book.active
    for row in said or [["ELENCO SPORTELLI"], [], HEADS, *ROWS]:
        sheet.append(row)
    for row in sheet.iter_rows():
        for cell in row:
            if isinstance(cell.value, str):
                cell.data_type = "s"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def editor(*ambiti):
    role = "ambito" if ambiti else "regione"
    people.add(memory.registry(), name="prova", role=role, ambiti=ambiti, oidc="https://id.example prova")
    return people.sign_in_vouched(memory.registry(), "https://id.example prova")


def opened(token=None):
    app = AppTest.from_file(APP, default_timeout=120)
    if token:
        app.session_state["signing_token"] = token
    app.switch_page("screens/importa.py")
    return ran(app)


def ran(app):
    app.run()
    assert not app.exception
    return app


def words(app):
    kinds = ("title", "header", "markdown", "caption", "success", "warning", "error", "info", "text")
    said = [str(each.value) for kind in kinds for each in getattr(app, kind)]
    return "\n".join([*said, *(each.proto.body for each in app.get("html"))])


def press(app, words):
    next(one for one in app.button if one.label.startswith(words)).click()
    return ran(app)


def given(token, data=None, name="elenco.xlsx"):
    app = opened(token)
    app.file_uploader[0].set_value((name, data or workbook(), "application/octet-stream"))
    return ran(app)


def names():
    return set(reading.table(memory.registry(), "sportelli")["name"])


def kind(app):
    """Say of which type the desks are."""
    next(one for one in app.selectbox if one.label.startswith("Tipo di servizio")).set_value(
        "sportello_comunale"
    )
    return ran(app)


def metrics(app):
    return {one.label: int(one.value) for one in app.metric}


def test_a_reader_is_told_what_the_page_does_and_who_may():
    app = opened()
    assert "serve l'accesso della redazione" in words(app)
    assert not app.file_uploader
    assert "Un'importazione si può annullare" in words(app)


def test_a_provider_is_told_to_use_the_register():
    pass_ = editor("bergamo")
    desk = reading.table(memory.registry(), "sportelli", ambito_id="bergamo")["id"].iloc[0]
    link = links.give(memory.registry(), pass_, records=[("sportelli", desk)], label="Ufficio")
    app = opened(link)
    assert "una per una" in words(app)
    assert not app.file_uploader


def test_a_messy_list_becomes_records_after_the_yes_and_goes_back():
    token = editor("bergamo")
    before = names()
    app = given(token)
    assert "intestazioni alla riga 3" in words(app)
    assert names() == before
    columns = {one.label.split("«")[1].split("»")[0]: one.value for one in app.selectbox if "«" in one.label}
    assert columns["Denominazione"] == "name"
    assert columns["Referente"] is columns["Boh"] is None
    boh = next(one for one in app.selectbox if "Boh" in one.label)
    boh.set_value("notes")
    press(app, "Leggi le righe")
    assert "nessun comune della Lombardia si chiama così" in words(app)
    assert metrics(app)["Nuove"] == 0  # nothing tells of which type the desk is
    assert "tipo: non si capisce, si sceglie qui sopra" in set(app.dataframe[-1].value["Perché"])
    kind(app)
    assert metrics(app)["Nuove"] == 3  # the ente, one desk, its sessione
    press(app, "Accetta tutti i suggerimenti")
    assert metrics(app)["Nuove"] == 5
    assert "suggerimenti sono già nelle righe" in words(app)
    assert names() == before
    press(app, "Sì, salva")
    assert "Salvato: 5 schede nuove" in words(app)
    assert {"Sportello Ponte nuovo", "Sportello Riva"} <= names()
    assert "elenco.xlsx" in words(app)
    press(app, "Annulla questa importazione")
    assert "Importazione annullata" in words(app)
    assert names() == before


def test_columns_are_remembered_and_the_same_file_has_nothing_to_save():
    token = editor("bergamo")
    first = given(token)
    next(one for one in first.selectbox if "Boh" in one.label).set_value("notes")
    press(kind(press(first, "Leggi le righe")), "Sì, salva")
    again = given(token)
    assert next(one for one in again.selectbox if "Boh" in one.label).value == "notes"
    assert "come l'ultima volta" in words(again)
    press(again, "Leggi le righe")
    assert metrics(again) == {
        "Nuove": 0,
        "Cambiano": 0,
        "Chiudono": 0,
        "Rifiutate": metrics(again)["Rifiutate"],
    }
    assert "non c'è niente da salvare" in words(again)
    assert not any(one.label == "Sì, salva" for one in again.button)


def test_a_likely_pair_is_asked_and_the_choice_is_done():
    token = editor("bergamo")
    press(kind(press(given(token), "Leggi le righe")), "Sì, salva")
    like = [
        "Ente di prova",
        "Sportello del Ponte nuovo",
        "Via Uno, 1/A",
        "Bergamo",
        "035 123456",
        "lun 9-12",
        "",
        "",
        "",
    ]
    app = press(given(token, workbook(HEADS, like), "altro.xlsx"), "Leggi le righe")
    kind(app)
    assert metrics(app)["Nuove"] == 2
    [choice] = app.radio
    assert choice.options[0].startswith("È «Sportello Ponte nuovo»")
    desk = reading.table(memory.registry(), "sportelli").set_index("name")["id"]
    choice.set_value(desk["Sportello Ponte nuovo"])
    press(app, "Rifai l'anteprima")
    assert metrics(app)["Nuove"] == 0
    assert metrics(app)["Cambiano"] >= 1


def test_what_is_no_table_is_told_in_a_sentence():
    app = given(editor("bergamo"), b"\x00\x01\x02" * 50, "elenco.xlsx")
    assert len(app.error) == 1
    assert "elenco.xlsx" in app.error[0].value


def test_another_ambito_begins_again():
    token = editor()
    app = given(token)
    press(app, "Leggi le righe")
    assert app.metric
    app.selectbox(key="importa_ambito").set_value("bergamo")
    ran(app)
    assert not app.metric


def test_a_file_of_a_standard_is_read_as_it_is():
    token = editor()
    data = standards.export(memory.registry(), "hsds", ambito_id="lodi", public=False)
    app = given(token, data, "registro.json")
    assert metrics(app)["Nuove"] == 0
    assert metrics(app)["Rifiutate"] == 0


def test_the_model_is_read_without_a_message():
    [sheet, _] = sheets.read(import_template.as_workbook(), "modello.xlsx")
    proposed = heads.propose(sheet)
    assert all(one.field for one in proposed.values())
    wanted, found = rows.wanted_of(
        sheet, {head: one.field for head, one in proposed.items()}, ambito_id="bergamo"
    )
    assert [one.kind for one in wanted] == ["enti", "sportelli", "sessioni"]
    assert found == []
    listed = load_workbook(io.BytesIO(import_template.as_workbook()))["Elenchi"]
    assert {"Temi", "Lingue", "Costo"} <= {row[0] for row in listed.iter_rows(values_only=True)}


def test_messages_are_a_file_without_formulas():
    found = [Found(3, "=A1", "doubt", "code_unknown", "=HYPERLINK(1)", "@cmd")]
    [heads_, row] = csv.reader(
        io.StringIO(downloads.as_csv(import_messages.as_table(found)).decode("utf-8-sig"))
    )
    assert heads_[0] == "Riga"
    assert row[0] == "3"
    assert {row[1], row[4], row[5]} == {"'=A1", "'=HYPERLINK(1)", "'@cmd"}


def test_every_reason_has_its_sentence():
    known = (*checks.WHY, *rights.WHY, *standards.FOUND, *import_words.SENTENCES)
    assert all(import_words.why(word) != word for word in known)
    assert set(import_words.COLUMNS) == set(heads.FIELDS)
    assert set(import_words.PROPOSED) == set(heads.WHY)


def test_a_suggestion_of_hours_is_shown_as_people_write_them_and_a_repeated_row_names_the_first():
    found = [
        Found(3, "Orari", "doubt", "hours_reversed", "gio 18-9", "Th 09:00-18:00"),
        Found(4, "Nome", "fault", "double", "3"),
    ]
    table = import_messages.as_table(found)
    assert list(table["Suggerimento"]) == ["gio 09:00-18:00", ""]
    assert import_words.sentence(found[1]) == "La riga ripete quella che ha questo numero: «3»."


def test_what_is_refused_is_told_by_names_never_by_our_codes():
    app = given(editor("bergamo"))
    app = kind(press(app, "Leggi le righe"))
    refused = next(one.value for one in app.dataframe if "Perché" in one.value)
    told = "\n".join([*refused["Nome"], *refused["Perché"]])
    assert "Sportello Lontano" in told
    assert "|" not in told
    assert "(«Lodi»)" in told


def test_a_file_named_otherwise_is_another_list_and_next_months_is_the_same():
    assert import_preview._bare("Sportelli Lodi 2026-11.xlsx") == import_preview._bare(
        "sportelli lodi (2).csv"
    )
    assert import_preview._bare("lodi.csv") != import_preview._bare("lodi_messy.xlsx")
