"""Files as sheets: encodings, separators, heads on two rows, what stands above and below, and what is refused."""

import io
import zipfile

import odf.opendocument
import odf.table
import odf.text
import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.registry.imports import grids, sheets
from errors import FileUnreadable

TEXT = 'Ente;Sportello;Città\r\n"Comune di Cantù";"Più\r\nrighe";Cantù\r\n'


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_every_usual_csv_reads_the_same(encoding, delimiter):
    sheet = sheets.read(TEXT.replace(";", delimiter).encode(encoding), "a.csv")[0]
    assert sheet.heads == ["Ente", "Sportello", "Città"]
    assert sheet.rows == [["Comune di Cantù", "Più\r\nrighe", "Cantù"]]
    assert (sheet.numbers, sheet.first_row, sheet.header_row, sheet.delimiter) == ([2], 2, 1, delimiter)


def test_the_hint_of_the_separator_is_a_row_of_the_file():
    sheet = sheets.read(b"sep=,\r\nEnte,Comune\r\nA,Lodi\r\n", "a.csv")[0]
    assert (sheet.heads, sheet.numbers) == (["Ente", "Comune"], [3])


def test_decimal_commas_are_no_separators():
    sheet = sheets.read(b"Ente;Lat;Lon\nA;45,1;9,2\nB;45,3;9,4\n", "a.csv")[0]
    assert sheet.rows[0] == ["A", "45,1", "9,2"]


def book(*rows, merged=(), hidden=False):
    made = openpyxl.Workbook()
    for row in rows:
        made.active.append(row)
    for area in merged:
        made.active.merge_cells(area)
    if hidden:
        made.create_sheet("Nascosto", 0).append(["Ente", "Comune"])
        made["Nascosto"].append(["A", "Lodi"])
        made["Nascosto"].sheet_state = "hidden"
    file = io.BytesIO()
    made.save(file)
    return file.getvalue()


def test_titles_totals_and_empty_columns_are_set_aside_and_told():
    data = book(
        ["Elenco sportelli"], [], ["Ente", None, "Comune", "CAP"], ["A", None, "Lodi", 26900],
        ["AMBITO DI CREMA"], ["Ente", None, "Comune", "CAP"], ["B", None, "Crema", 26013], [], ["Totale", None, 2],
    )  # fmt: skip
    sheet = sheets.read(data, "a.xlsx")[0]
    assert sheet.heads == ["Ente", "Comune", "CAP"]
    assert sheet.rows == [["A", "Lodi", 26900.0], ["B", "Crema", 26013.0]]
    assert sheet.numbers == [4, 7]
    assert [(one.row, one.why) for one in sheet.notes] == [
        (1, "title_rows"), (5, "rows_aside"), (6, "rows_aside"), (9, "rows_aside"),
    ]  # fmt: skip


def test_merged_heads_join_and_merged_cells_fill_down():
    data = book(
        ["Ente", "Recapiti", None, "Orari", None], [None, "Telefono", "Mail", "Lun", "Mar"],
        ["A", "0371 4091", "a@b.example", "9-12", None], [None, "0371 4092", None, None, "9-12"],
        merged=["A1:A2", "B1:C1", "D1:E1", "A3:A4"],
    )  # fmt: skip
    sheet = sheets.read(data, "a.xlsx")[0]
    assert sheet.heads == ["Ente", "Recapiti Telefono", "Recapiti Mail", "Orari Lun", "Orari Mar"]
    assert [row[0] for row in sheet.rows] == ["A", "A"]
    assert sheet.header_row == 2


def test_heads_on_two_rows_of_a_csv_join_as_well():
    sheet = sheets.read(b"Ente;Recapiti;;Comune\n;Telefono;E-mail;\nA;0371 4091;;Lodi\n", "a.csv")[0]
    assert sheet.heads == ["Ente", "Recapiti Telefono", "Recapiti E-mail", "Comune"]


def test_a_person_may_say_where_the_heads_are():
    data = b"a;b\nEnte;Comune\nx;y\n"
    assert sheets.read(data, "a.csv")[0].heads == ["Ente", "Comune"]
    assert sheets.read(data, "a.csv", header_row=1)[0].rows == [["Ente", "Comune"], ["x", "y"]]


def test_heads_named_twice_or_not_at_all_are_told_apart():
    sheet = sheets.read(b"Ente;Telefono;Telefono;\nA;1;2;3\n", "a.csv")[0]
    assert sheet.heads == ["Ente", "Telefono", "Telefono (2)", "colonna D"]


def test_hidden_sheets_come_last_and_are_told():
    found = sheets.read(book(["Ente", "Comune"], ["B", "Crema"], hidden=True), "a.xlsx")
    assert [(one.name, one.hidden) for one in found] == [("Sheet", False), ("Nascosto", True)]
    assert [one.why for one in found[1].notes] == ["hidden_sheet"]


def packed(**parts):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name.replace("__", "/").replace("_xml", ".xml"), data)
    return file.getvalue()


def far(cell):
    made = openpyxl.Workbook()
    made.active["A1"], made.active[cell] = "Ente", "x"
    file = io.BytesIO()
    made.save(file)
    return file.getvalue()


def repeated_ods():
    made = odf.opendocument.OpenDocumentSpreadsheet()
    table, row = odf.table.Table(name="a"), odf.table.TableRow(numberrowsrepeated=900_000)
    cell = odf.table.TableCell(valuetype="float", value="1")
    cell.addElement(odf.text.P(text="1"))
    row.addElement(cell)
    table.addElement(row)
    made.spreadsheet.addElement(table)
    file = io.BytesIO()
    made.save(file)
    return file.getvalue()


REFUSED = {
    "empty": (b"", "vuoto"),
    "blank": (b" \n \n", "non contiene righe"),
    "heads alone": (b"Ente;Comune\n", "sotto le intestazioni"),
    "pdf": (b"%PDF-1.4 ciao", "non è un foglio"),
    "picture": (b"\x89PNG\r\n\x1a\n\0\0\0", "non è un foglio"),
    "a zip of something else": (packed(a_xml="ciao"), "non è un foglio"),
    "broken zip": (b"PK\x03\x04ciao", "danneggiato"),
    "broken book": (packed(xl__workbook_xml="<a"), "danneggiato"),
    "locked ods": (packed(content_xml="", **{"META-INF__manifest_xml": "<encryption-data/>"}), "password"),
    "locked xlsx": (grids.OLD_EXCEL + bytes(600) + "EncryptedPackage".encode("utf-16-le"), "password"),
    "broken xls": (grids.OLD_EXCEL + bytes(600), "danneggiato"),
    "bomb": (packed(content_xml=bytes(grids.MOST_UNPACKED + 1)), "200 MB"),
    "too big": (b"a" * (grids.MOST_BYTES + 1), "20 MB"),
    "too many rows": (b"Ente;Comune\n" + b"a;b\n" * grids.MOST_ROWS, "righe"),
    "too many columns": ((";".join("a" * 200) + "\n" + ";".join("b" * 200)).encode(), "colonne"),
    "a cell far down": (far("A1000000"), "righe"),
    "a cell far right": (far("XFD2"), "colonne"),
    "a row said a million times": (repeated_ods(), "righe"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_table_or_too_much_is_refused_with_the_reason(name):
    data, reason = REFUSED[name]
    with pytest.raises(FileUnreadable, match=reason):
        sheets.read(data, "file.xlsx")


@given(st.binary(max_size=300))
def test_whatever_the_bytes_a_file_is_read_or_refused(data):
    for start in (b"", b"PK\x03\x04", grids.OLD_EXCEL):
        try:
            found = sheets.read(start + data, "a")
        except FileUnreadable:
            continue
        assert all(len(row) == len(sheet.heads) for sheet in found for row in sheet.rows)
