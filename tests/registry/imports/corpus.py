"""Spreadsheets as offices keep them, with errors planted where they are written: the file, and what is to be found.

``Bad(value, why, suggestion)`` stands in the cell where the error is; a whole row that is refused has it in the
column that is to be told. A file is written from the same rows, so row and column follow.
"""

import csv
import datetime as dt
import io
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import odf.opendocument
import odf.table
import odf.text
import openpyxl

NONE = "(none)"
"""Where no suggestion can be right."""


@dataclass(frozen=True)
class Bad:
    value: Any
    why: str
    suggestion: str = NONE


@dataclass(frozen=True)
class File:
    name: str
    heads: list[Any]
    rows: list[list[Any]]
    above: list[list[Any]] = field(default_factory=list)
    below: list[list[Any]] = field(default_factory=list)
    merged: list[str] = field(default_factory=list)
    encoding: str = "utf-8"
    delimiter: str = ","
    upper: list[Any] | None = None
    told: list[str] = field(default_factory=list)
    """Heads as they are told, where two rows make them."""

    def grid(self):
        """Every row as it stands in the file, without the marks."""
        upper = [self.upper] if self.upper else []
        rows = [*self.above, *upper, self.heads, *self.rows, *self.below]
        return [[one.value if isinstance(one, Bad) else one for one in row] for row in rows]

    def planted(self):
        """(row in the file, head, error) of each, in order."""
        first = len(self.above) + bool(self.upper) + 2
        heads = self.told or self.heads
        return [
            (first + down, heads[across], cell)
            for down, row in enumerate(self.rows)
            for across, cell in enumerate(row)
            if isinstance(cell, Bad)
        ]

    def clean_rows(self):
        """Numbers in the file of the rows without any error."""
        first = len(self.above) + bool(self.upper) + 2
        return [
            first + n
            for n, row in enumerate(self.rows)
            if any(row) and not any(isinstance(c, Bad) for c in row)
        ]

    def data(self):
        """The bytes of the file."""
        ending = self.name.rpartition(".")[2]
        return {"csv": self._csv, "xlsx": self._xlsx, "ods": self._ods}[ending]()

    def _csv(self):
        text = io.StringIO()
        writer = csv.writer(text, delimiter=self.delimiter, lineterminator="\r\n")
        writer.writerows([["" if cell is None else cell for cell in row] for row in self.grid()])
        return text.getvalue().encode(self.encoding)

    def _xlsx(self):
        book = openpyxl.Workbook()
        for row in self.grid():
            book.active.append(row)
        for area in self.merged:
            book.active.merge_cells(area)
        made = io.BytesIO()
        book.save(made)
        return made.getvalue()

    def _ods(self):
        book = odf.opendocument.OpenDocumentSpreadsheet()
        table = odf.table.Table(name="Foglio1")
        for row in self.grid():
            line = odf.table.TableRow()
            for cell in row:
                line.addElement(_ods_cell(cell))
            table.addElement(line)
        book.spreadsheet.addElement(table)
        made = io.BytesIO()
        book.save(made)
        return made.getvalue()


def _ods_cell(value):
    if value is None:
        return odf.table.TableCell()
    if isinstance(value, dt.date):
        return odf.table.TableCell(valuetype="date", datevalue=value.isoformat())
    if isinstance(value, int | float):
        return odf.table.TableCell(valuetype="float", value=str(value))
    cell = odf.table.TableCell(valuetype="string")
    cell.addElement(odf.text.P(text=value))
    return cell


# --- written before the readers ---------------------------------------------------------------------------------

BERGAMO = File(
    "sportelli bergamo.csv", encoding="cp1252", delimiter=";",
    above=[["Sportelli stranieri dell'Ambito - aggiornamento ottobre 2026"], []],
    heads=["Ente gestore", "Denominazione sportello", "Tipologia", "Indirizzo", "Comune", "CAP", "Prov.", "Tel.",
           "E-mail", "Sito web", "Orari di apertura", "Lingue parlate", "Modalità di accesso", "Note"],
    rows=[
        ["Comune di Seriate", "Sportello immigrazione", "Sportello comunale", "Piazza Alebardi 1", "Seriate", "24068",
         "BG", "035 304111", "stranieri@comune.seriate.bg.it", "www.comune.seriate.bg.it", "lun-ven 9-12,30",
         "italiano, arabo, francese", "su appuntamento", ""],
        ["Comune di Dalmine", "Sportello stranieri", "Sportello comunale", "Piazza Libertà 1", "Dalmine", "24044",
         "BG", Bad("35123456", "phone_zero", "035123456"), "stranieri@comune.dalmine.bg.it", "", "mar 14-17",
         Bad("arabo, inglesse", "language_unknown", "inglese"), "libero", ""],
        ["Patronato ACLI", "Sportello ACLI Bergamo", "Patronato", "Via San Bernardino 59", "Bergamo", "24122", "BG",
         "035.210284", Bad("bergamo@acli,it", "email_invalid", "bergamo@acli.it"), "",
         Bad("martedì pomeriggio", "hours_no_time"), "", "libero", ""],
        ["Comune di Treviglio", "Sportello stranieri", "Sportello comunale", "Piazza Manara 1",
         Bad("Trevilio", "comune_unknown", "Treviglio"), "24047", "BG", "0363 3171", "", "", "gio 9-12", "", "", ""],
        ["Cooperativa Ruah", "Sportello migranti di Albino", "Sportello di progetto", "Via Roma 3", "Albino",
         Bad("24123", "postcode_elsewhere"), "BG", "035759911", "", "", "lunedì dalle ore 9 alle ore 12", "albanese",
         "appuntamento", ""],
        ["Comune di Romano di Lombardia", "Punto immigrati", "Sportello comunale", "Piazza Longhi 5",
         "ROMANO DI LOMBARDIA", "24058", "BG", "0363/9821", "", "", Bad("lun 12-9", "hours_reversed",
         "Mo 09:00-12:00"), "", "", ""],
        ["CGIL Bergamo", "Ufficio migranti", Bad("Sindacto", "code_unknown", "Sindacato"), "Via Garibaldi 3",
         "Bergamo", "24122", "BG", "0353594111", "", Bad("http:/cgil bergamo", "web_invalid"),
         "mar e gio 9:00-12:00; sab 9-11", "", "", ""],
        ["Comune di Clusone", "Sportello stranieri", "Sportello comunale", "Piazza dell'Orologio 21", "Clusone",
         "24023", "BG", "0346 89600", "", "", Bad("9-13", "hours_no_day", "Mo-Fr 09:00-13:00"), "", "", ""],
        ["Comune di Seriate", Bad("Sportello immigrazione", "double"), "Sportello comunale",
         "Piazza Alebardi, 1", "SERIATE",
         "24068", "BG", "035304111", "stranieri@comune.seriate.bg.it", "www.comune.seriate.bg.it", "lun-ven 9-12,30",
         "italiano, arabo, francese", "su appuntamento", ""],
        ["Caritas Bergamasca", Bad("", "needed"), "Caritas", "Via Conventino 8", "Bergamo", "24125", "BG",
         "035 4598400", "", "", "", "", "", ""],
    ],
    below=[[], ["Totale sportelli: 9"]],
)  # fmt: skip

MILANO = File(
    "Milano sportelli.xlsx", merged=["E2:H2", "I2:K2", "A2:A3", "B2:B3", "C2:C3", "D2:D3"],
    above=[["ELENCO SPORTELLI - ZONA SUD", *[None] * 10]],
    upper=["ENTE", "SPORTELLO", "VIA E N.", "COMUNE", "RECAPITI", None, None, None, "ORARI", None, None],
    heads=[None, None, None, None, "Telefono", "Mail", "Web", "CAP", "Lunedì", "Mercoledì", "Venerdì"],
    told=["ENTE", "SPORTELLO", "VIA E N.", "COMUNE", "RECAPITI Telefono", "RECAPITI Mail", "RECAPITI Web",
          "RECAPITI CAP", "ORARI Lunedì", "ORARI Mercoledì", "ORARI Venerdì"],
    rows=[
        ["Comune di Rozzano", "Spazio stranieri", "Piazza Foglia 1", "Rozzano", Bad(28226240, "phone_zero",
         "028226240"), "stranieri@comune.rozzano.mi.it", "https://www.comune.rozzano.mi.it", 20089, "9-12", None,
         "14.00-16.30"],
        ["Comune di Opera", "Sportello stranieri", "Via Dante 12", "Opera", "02 530071",
         Bad("sportello.comune.opera.mi.it", "email_invalid"), None, 20073, None, "9,30-12,30", None],
        ["Comune di Pieve Emanuele", "Sportello integrazione", "Via Viquarterio 1", "Pieve Emanuele", "0290788222",
         None, None, Bad(2009, "postcode_invalid"), None, Bad("9-25", "hours_out_of_day"), None],
        ["Comune di San Donato Milanese", "Sportello stranieri", "Via Cesare Battisti 2", "S. Donato M.se",
         "02 527721", None, None, 20097, "9-12 e 14-16", None, "9-12"],
        ["Comune di Locate di Triulzi", "Sportello migranti", "Via Roma 9", Bad("Locate Triulzzi", "comune_unknown",
         "Locate di Triulzi"), "02 9048411", None, None, 20085, "9-12", None, None],
        ["CISL Milano", "Anolf", "Via Tadino 23", "Milano", 3471234567, "anolf@cisl.example", None,
         Bad(20100, "postcode_elsewhere"), "9-13", "9-13", Bad("13-9", "hours_reversed", "Fr 09:00-13:00")],
        ["Comune di Milano", "Welcome center", "Via Sammartini 75", "MILANO", Bad("n.d./02", "phone_invalid"), None,
         None, 20125, "h 9.00-17.00", "h 9.00-17.00", "h 9.00-17.00"],
        ["Comune di Lacchiarella", "Sportello", "Piazza Risorgimento 1", "Lacchiarella", None, None, None, 20084,
         "#N/D", None, None],
    ],
)  # fmt: skip
MILANO.rows[-1][8] = Bad("#N/D", "excel_error")

BRESCIA = File(
    "brescia.csv", encoding="utf-8-sig", delimiter="\t",
    heads=["Organizzazione", "Nome servizio", "tipo", "indirizzo", "comune", "codice istat", "provincia", "telefono",
           "orario", "lingue", "destinatari", "temi", "stato", "latitudine", "longitudine", "aggiornato al"],
    rows=[
        ["Comune di Brescia", "Ufficio stranieri", "Sportello comunale", "Piazza Loggia 1", "Brescia", "017029", "BS",
         "030 29771", "lun mer ven 9-12", "inglese; francese; urdu", "cittadini stranieri", "permesso di soggiorno",
         "attivo", "45,5395", "10,2194", "31/08/2026"],
        ["CISL Brescia", "Anolf Brescia", "Sindacato", "Via Altipiano d'Asiago 3", "Brescia", Bad("17029",
         "istat_zero", "017029"), "BS", "030 3844511", "lun-gio 9.00-12.30 / 14.30-18.00", "punjabi", "tutti",
         "ricongiungimento", "attivo", "", "", ""],
        ["Comune di Chiari", "Sportello migranti", "Sportello comunale", "Piazza Martiri 1", "Chiari", "017052", "BS",
         "030 7008211", "gio 14-17", Bad("pakistano", "language_unknown", "urdu"), "cittadini stranieri",
         "cittadinanza", "attivo", Bad("9,9300", "coordinate_swapped", "45,5380"), "45,5380", ""],
        ["Comune di Manerbio", "Sportello", "Sportello comunale", "Piazza Battisti 1", "Manerbio", "017103", "BS",
         "030 938700", "lun 9-12", "", Bad("famiglie, marziani", "code_unknown"), "lavoro",
         Bad("attivvo", "code_unknown", "Attivo"), "", "", ""],
        ["Comune di Lumezzane", "Punto accoglienza", "Sportello comunale", "Via Monsuello 154", "Lumezzane", "017096",
         Bad("MI", "province_differs", "BS"), "030 89291", "sab 9-11", "", "", "", "attivo",
         Bad("48,8566", "coordinate_outside"), "2,3522", ""],
        ["Comune di Salò", "Sportello stranieri", "Sportello comunale", "Lungolago Zanardelli 55", "SALO'", "017170",
         "BS", "0365 296801", Bad("primo giovedì", "hours_no_time"), "", "", "", "attivo", "", "",
         Bad("31/13/2026", "date_invalid")],
        ["Comune di Montichiari", "Sportello stranieri", "Sportello comunale", "Piazza Municipio 1", "Montichiari",
         Bad("017999", "istat_unknown", "017113"), "BS", "030 96561", "primo e terzo giovedì del mese 15-17", "", "",
         Bad("permesso di sogiorno", "code_unknown", "Permesso di soggiorno"), "attivo", "", "", ""],
        ["Comune di Iseo", "Sportello", "Sportello comunale", "Piazza Garibaldi 10", "Iseo", "017085", "BS",
         Bad("=1+1", "formula"), Bad("a settimane alterne, mar 9-12", "hours_fortnight", "Tu 09:00-12:00"), "", "",
         "", "attivo", "", "", ""],
    ],
)  # fmt: skip

ASSOCIAZIONI = File(
    "associazioni.ods",
    heads=["Nome associazione", "Tipo", "Comunità di riferimento", "Attività", "Indirizzo", "Comune", "Telefono",
           "Email", "Lingue"],
    rows=[
        ["Associazione Culturale Senegalese", "Associazione di migranti", "senegalese", "feste, doposcuola",
         "Via Milano 10", "Lecco", "0341 123456", "senegal@posta.example", "wolof, francese"],
        ["Donne del Mondo", "associazione di migranti", "varie", "corsi", "Via Cavour 2", Bad("Mandello",
         "comune_unknown", "Mandello del Lario"), "0341708111", None, None],
        ["Centro Islamico", Bad("moschea/luogo", "code_unknown"), "marocchina", None, "Via Volta 5",
         "Calolziocorte", 3331234567, Bad("centro@posta..example", "email_invalid"), "arabo"],
        ["Amici dell'Ucraina", "associazione di migranti", "ucraina", None, "Via Roma 1", Bad("Roma",
         "comune_elsewhere"), None, None, "ucraino"],
        ["Filippini di Merate", "Associazione di migranti", "filippina", "messe", "Via Verdi 1", "Merate",
         Bad("039/99", "phone_invalid"), None, "tagalog"],
        [Bad(None, "needed"), "rete", None, None, None, "Lecco", None, None, None],
        ["Rete dei Popoli", "Rete", "varie", "incontri <b>gratuiti</b>", "Via Amendola 1", "Lecco", None, None,
         "spagnolo"],
    ],
)  # fmt: skip
ASSOCIAZIONI.rows[-1][3] = Bad("incontri <b>gratuiti</b>", "markup", "incontri gratuiti")

FIRST = [BERGAMO, MILANO, BRESCIA, ASSOCIAZIONI]
"""Written before the readers."""

# --- written when the readers were done, before they were ever run on it ----------------------------------------

LODI = File(
    "LODI_sportelli_2026.csv", encoding="cp1252", delimiter=";",
    above=[["Provincia di Lodi"], ["Rete sportelli immigrazione", "", "", "agg. settembre 2026"]],
    heads=["N.", "Soggetto gestore", "Servizio", "Via/Piazza", "n. civico", "Località", "C.A.P.", "Telefono 1",
           "Telefono 2", "Posta elettronica", "Giorni", "Dalle", "Alle", "Mediazione", "Posti", "Costo", "Attivo"],
    rows=[
        ["1", "Comune di Lodi", "Sportello stranieri", "Piazza Broletto", "1", "Lodi", "26900", "0371 4091", "",
         "stranieri@comune.lodi.it", "lunedì e mercoledì", "9,00", "12,30", "su richiesta", "max 3",
         "gratuito", "sì"],
        ["2", "Comune di Codogno", "Sportello stranieri", "Via Vittorio Emanuele", "4", "Codogno", "26845",
         "0377 3141", "", Bad("stranieri(at)comune.codogno.lo.it", "email_mended",
         "stranieri@comune.codogno.lo.it"), "martedì", "14.00", "17.00", "no", "2,0", "gratuito",
         "sì"],
        ["3", "Comune di Casalpusterlengo", "Sportello migranti", "Piazza della Repubblica", "14",
         Bad("Casalpusterlego", "comune_unknown", "Casalpusterlengo"), "26841", "0377 92341", "", "", "giovedì",
         "9.00", "12.00", "no", "", "gratuito", "sì"],
        ["4", "Comune di Sant'Angelo Lodigiano", "Sportello", "Piazza Mons. De Martino", "10", "S. Angelo Lod.",
         Bad("2686", "postcode_invalid"), "0371 2501", "", "", "venerdì", Bad("12.00", "hours_reversed",
         "Fr 09:00-12:00"), "9.00", "telefonica", Bad("0", "capacity_invalid"), "gratuito", "sì"],
        ["5", "Comune di Lodi Vecchio", "Sportello", "Piazza Vittorio Emanuele", "25", "Lodi Vecchio", "26855",
         Bad("3,7140E+08", "phone_rounded"), "", "", "lunedì", "9.00", "12.00", Bad("sì", "mediator_yes",
         "In presenza"), "", "gratuito", "sì"],
        ["6", "Caritas Lodigiana", "Centro di ascolto", "Via Cavour", "31", "Lodi", "26900", "0371 948130", "",
         Bad("caritas@@diocesi.lodi.it", "email_invalid", "caritas@diocesi.lodi.it"), "lun-ven", "9", "12", "no", "",
         Bad("grauito", "code_unknown", "Gratuito"), "sì"],
        ["7", "Comune di Tavazzano", "Sportello", "Piazza XXIV Novembre", "1", Bad("Tavazzano", "comune_unknown",
         "Tavazzano con Villavesco"), "26838", "0371 40461", "", "", "martedì", "9", "11", "no", "", "", "sì"],
        ["8", "CISL Lodi", "Ufficio immigrati", "Piazzale Forni", "1", "Lodi", "26900", Bad("371591012", "phone_zero",
         "0371591012"), "", "", "giovedì", "15", "18", "no", "5", "con tessera", Bad("frse", "code_unknown")],
        ["9", "UIL Lodi", "Ufficio stranieri", "Viale Rimembranze", "1", Bad("Piacenza", "comune_elsewhere"), "26900",
         "0371 422100", "", "", "mercoledì", "9", "12", "no", "", "", "sì"],
    ],
    below=[["Nota: i dati sono forniti dai Comuni"]],
)  # fmt: skip

CREMONA = File(
    "cremona sessioni.xlsx", merged=["A4:A5", "B4:B5", "C4:C5"],
    heads=["Ente", "Sportello", "Comune", "Indirizzo", "Orario", "Lingua", "Mediatore", "Tel", "Verificato il"],
    above=[["Sportelli e turni di mediazione"], []],
    rows=[
        ["Comune di Cremona", "Sportello stranieri", "Cremona", "Via Aselli 13", "mar 9-12", "arabo", "presente",
         "0372 407500", dt.date(2026, 9, 1)],
        [None, None, None, "Via Aselli 13", "gio 14-17", "punjabi", "presente", "0372 407500", dt.date(2026, 9, 1)],
        ["Comune di Crema", "Spazio Aperto", "Crema", "Piazza Duomo 25", Bad(dt.date(2026, 12, 9), "hours_date",
         "Mo-Fr 09:00-12:00"), "rumeno", "nessuno", "0373 8941", dt.date(2026, 9, 1)],
        ["Comune di Crema", "Spazio Aperto", "Crema", "Piazza Duomo 25", "mer 14-16", "albanese",
         "nessuno", Bad("0373 8942", "differs", "0373 8941"), dt.date(2026, 9, 1)],
        [Bad(None, "needed"), "Sportello Casalmaggiore", "Casalmaggiore", "Piazza Garibaldi 26", "lun 9-12", None,
         None, "0375 284411", None],
        ["Comune di Soresina", "Sportello", "Soresina", "Piazza Marconi 7", "ven 9-12",
         Bad("lingua dei segni, cinesse", "language_unknown"), None, "0374 349411", Bad(dt.date(2031, 1, 1),
         "date_future")],
        ["Comune di Castelleone", "Sportello", "Castelleone", "Piazza del Comune 3", Bad("quando possibile",
         "hours_words"), None, None, "0374 3561", "settembre 2026"],
        ["Comune di Pizzighettone", "Sportello", "Pizzighettone", "Piazza Municipio 10", Bad("lun dalle 9",
         "hours_open_end"), "inglese", None, Bad("0372/73O1", "phone_invalid"), 46266],
        ["Comune di Cremona", Bad("Sportello stranieri", "double"), "Cremona", "via Aselli, 13", "mar 9-12", "arabo",
         "presente", "0372 407500", dt.date(2026, 9, 1)],
    ],
)  # fmt: skip

PAVIA = File(
    "pavia.ods",
    heads=["Organizzazione", "Nome dello sportello", "Tipo di sportello", "Indirizzo completo", "Città", "PROVINCIA",
           "Recapito telefonico", "Indirizzo mail", "Sito internet", "Giorni e orari di apertura", "Servizi offerti",
           "A chi si rivolge", "Coordinate GPS", "Referente", "Su appuntamento"],
    rows=[
        ["Comune di Pavia", "Sportello immigrati", "comunale", "Piazza Municipio 2", "Pavia", "Pavia", "0382399511",
         "immigrati@comune.pv.it", "comune.pv.it", "lunedì e giovedì dalle 9.00 alle 12.00", "permesso di soggiorno",
         "immigrati", "45.1847, 9.1582", "Maria R.", "sì"],
        ["Comune di Vigevano", "Sportello stranieri", "comunale", "Corso Vittorio Emanuele 25", "VIGEVANO", "PV",
         "0381 299111", "stranieri@comune.vigevano.pv.it", Bad("htp://comune.vigevano.pv.it", "web_invalid",
         "http://comune.vigevano.pv.it"), "martedi 9-12", "ricongiungimento familiare; cittadinanza", "tutti",
         Bad("8.8547, 45.3172", "coordinate_swapped", "45.3172, 8.8547"), None, "no"],
        ["Comune di Voghera", "Sportello", "comunale", "Piazza Duomo 1", "Voghera", Bad("AL", "province_unknown"),
         "0383 3361", Bad("=HYPERLINK(\"mailto:info@comune.voghera.pv.it\";\"info@comune.voghera.pv.it\")", "formula",
         "info@comune.voghera.pv.it"), None, Bad("lun/gio 9-12", "hours_slash", "Mo-Th 09:00-12:00"), "residenza",
         "famiglie", None, None, "sì"],
        ["Comune di Mortara", "Sportello", "comunale", Bad("Piazza Martiri <i>della Libertà</i> 21", "markup",
         "Piazza Martiri della Libertà 21"), "Mortara", "PV", "0384 256411", None, None, "mer 14,30-16,30",
         Bad("cittadinanza, giardinaggio", "code_unknown"), "stranieri", None, None, "sì"],
        ["Comune di Stradella", "Sportello", "comunale", "Via Marconi 35", "Stradella", "PV", "0385 249211", None,
         None, Bad("lun-ven 9-12, chiuso ad agosto", "hours_closure"), "orientamento", "tutti", Bad("45.07",
         "coordinate_invalid"), None, "no"],
        ["Patronato INCA", "Ufficio immigrazione", "patronato", "Via Cavallini 9", "Pavia", "PV", "0382 389111", None,
         None, Bad("mattina 9-12", "hours_no_day", "Mo-Fr 09:00-12:00"), "permesso di soggiorno", "lavoratori", None,
         None, "sì"],
        ["Comune di Broni", "Sportello", Bad("comunnale", "code_unknown", "Sportello comunale"),
         "Piazza Garibaldi 12",
         "Broni", "PV", "0385 257011", None, None, Bad("mer pomeriggio 2-5", "hours_afternoon", "We 14:00-17:00"),
         "lavoro", "tutti", None, None, "no"],
        ["Comune di Garlasco", "Sportello", "comunale", "Piazza Repubblica 11", Bad("Garlasco (MI)",
         "province_differs", "Garlasco"), "PV", "0382 825211", None, None, "gio 10-12", "scuola", "tutti", None, None,
         "no"],
    ],
)  # fmt: skip

VARESE = File(
    "varese export.csv", delimiter=",",
    heads=["Codice", "Ente", "Denominazione", "Comune", "Lun", "Mar", "Mer", "Gio", "Ven", "Orario", "Telefono",
           "Email", "Destinatari", "Bacino di utenza", "Note"],
    rows=[
        ["VA-1", "Comune di Varese", "Sportello immigrazione", "Varese", "X", "", "X", "", "", "9-12", "0332 255111",
         "immigrazione@comune.varese.it", "cittadini stranieri", "tutto l'Ambito", "chiuso\nil 24 dicembre"],
        ["VA-2", "Comune di Gallarate", "Sportello stranieri", "Gallarate", "", "X", "", "X", "", "14-17",
         "0331 754111", "", "stranieri", "Gallarate, Samarate", ""],
        ["VA-3", "Comune di Saronno", "Punto informa", "Saronno", "X", "X", "X", "", "", Bad("9-30",
         "hours_out_of_day"),
         "02 967101", "", "", "", ""],
        ["VA-4", "Comune di Busto Arsizio", "Sportello stranieri", "Busto A.", "", "", "", "", "X", "9-12",
         "0331 390111", "", "stranieri", Bad("Busto Arsizio, Atlantide", "areas_unknown"), ""],
        ["VA-5", "Comune di Tradate", "Sportello", "TRADATE", "", "X", "", "", "", "9.30-12", Bad("0331/826",
         "phone_invalid"),
         Bad("sportello tradate.va.it", "email_invalid"), Bad("stranierri", "code_unknown",
         "Cittadini stranieri"), "", ""],
        ["VA-6", "Comune di Luino", "Sportello", Bad("CremÃ²na", "mojibake", "Cremòna"), "X", "", "", "", "",
         "9-11", "0332 543511", "", "", "", ""],
        ["VA-7", "Comune di Somma Lombardo", "Sportello", "Somma L.do", "", "", "X", "", "", "15-17", "0331 989011",
         "", "", "", Bad("#RIF!", "excel_error")],
        ["VA-8", "Comune di Sesto Calende", "Sportello", Bad("Osmate", "comune_merged",
         "Cadrezzate con Osmate"), "", "", "X",
         "", "", "15-17", Bad("0331 928100 int. 3", "phone_words", "0331928100"), "", "", "", ""],
        ["VA-9", "Comune di Varese", "Sportello immigrazione", Bad("Masnago", "comune_locality", "Varese"), "",
         "", "", "X", "",
         "15-17", "0332 255112", "", "", "", ""],
    ],
)  # fmt: skip

SECOND = [LODI, CREMONA, PAVIA, VARESE]
"""Held back: written when the readers were done."""

with (Path(__file__).parent / "clean.csv").open(encoding="utf-8", newline="") as lines:
    HEADS, *ROWS = csv.reader(lines, delimiter=";")
CLEAN = File(
    "mantova pulito.csv", encoding="cp1252", delimiter=";", heads=HEADS, rows=ROWS,
    above=[["SPORTELLI IMMIGRAZIONE - PROVINCIA DI MANTOVA"], []],
)  # fmt: skip
"""Rows without any error, in as many ways of writing as there are rows."""

# --- held back a second time, after what the second part taught -------------------------------------------------

COMO = File(
    "como uffici.xlsx",
    above=[["Mappatura dei servizi", None, None], [None], ["Compilare una riga per sportello"]],
    heads=["Denominazione ente", "Denominazione del servizio", "Sede: indirizzo", "Comune sede", "Tel./Cell.",
           "E-Mail", "Apertura al pubblico", "Lingue di mediazione", "Ambiti di intervento", "Ultimo aggiornamento",
           "Capienza", "Latitudine", "Longitudine"],
    rows=[
        ["Comune di Como", "Sportello stranieri", "Via Vittorio Emanuele 97", "Como", 312521, "",
         "lun 9/12 gio 14/16",
         "inglese, arabo", "informazioni", dt.date(2026, 5, 4), 4, 45.81, 9.08],
        ["Comune di Cantù", "Spazio famiglie", "Piazza Parini 4", Bad("Cantuu", "comune_unknown", "Cantù"),
         "031 717111", "", "lun-ven 9-12", "", "", None, None, None, None],
        ["Comune di Erba", "Sportello", "Piazza Prepositurale 1", "Erba", "+39 031 615111",
         "sportello@comune.erba.co.it.", Bad("lunedì 9-12 o 14", "hours_words"),
         Bad("araba, spagniolo", "language_unknown", "spagnolo"), "casa", None, None, None, None],
        ["Comune di Mariano Comense", "Sportello", "Piazzale Console Manlio 6", "Mariano C.se", "031757211", "",
         Bad("tutti i lunedì e primo sabato", "hours_no_time"), "", Bad("permesi di soggiorno", "code_unknown",
         "Permesso di soggiorno"), Bad("32/01/2026", "date_invalid"), Bad("3-4", "capacity_invalid", "3"), None,
         None],
        ["Comune di Lomazzo", "Sportello", "Piazza IV Novembre 4", "Lomazzo", Bad("02 969411O", "phone_invalid",
         "029694110"), "", "mer 15-18", "", "", None, None, Bad(9.03, "coordinate_swapped", "45.69"), 45.69],
        ["Comune di Olgiate Comasco", "Sportello", "Piazza Volta 1", "Olgiate C.", "031 994611", "",
         Bad("ven 16-14", "hours_reversed", "Fr 14:00-16:00"), "urdù", "cittadinanza", None, None, None, None],
        ["Comune di Menaggio", "Sportello", "Via Lusardi 26", Bad("Lugano", "comune_elsewhere"), "0344 364311", "",
         "", "", "", None, None, None, None],
        ["Acli Como", "Patronato Acli", "Via Brambilla 35", "COMO", "031 3312711",
         Bad("como@patronato.acli", "email_invalid"), Bad("lun-ven dalle 9", "hours_open_end"), "", "", None, None,
         Bad(45.81, "coordinate_alone"), None],
    ],
    below=[["Totale", 8]],
)  # fmt: skip
COMO.rows[0][4] = Bad(312521, "phone_zero", "0312521")

SONDRIO = File(
    "sondrio.csv", encoding="cp1252", delimiter=";",
    heads=["ENTE TITOLARE", "SEDE", "INDIRIZZO", "COMUNE", "PROV", "RECAPITI TELEFONICI", "GIORNO E ORARIO",
           "UTENZA", "TIPO SERVIZIO", "STATO", "LINK"],
    rows=[
        ["Comune di Sondrio", "Sportello stranieri", "Piazza Campello 1", "Sondrio", "SO",
         "0342/526111 - 0342/526333",
         "MAR 9.00-12.00 GIO 14.30-17.00", "CITTADINI STRANIERI", "COMUNE", "ATTIVO", "www.comune.sondrio.it"],
        ["Comune di Morbegno", "Sportello", "Via San Pietro 22", "Morbegno", Bad("BG", "province_differs", "SO"),
         "0342 606211", Bad("martedì 9-12, martedì 11-13", "hours_twice"), "tutti", "comune", "attivo", ""],
        ["Comune di Tirano", "Sportello", "Piazza Cavour 18", Bad("Tiranno", "comune_unknown", "Tirano"), "SO",
         "0342 708311", "lun 9-11", "", "", "", ""],
        ["Comunità Montana", "Sportello Chiavenna", "Via Lena Perpenti 8", "CHIAVENNA", "SO", "034333795",
         Bad("feriali", "hours_no_time"), "", Bad("ambulatoro", "code_unknown"), "attivo",
         Bad("www,cmvalchiavenna.it", "web_invalid", "https://www.cmvalchiavenna.it")],
        ["Comune di Livigno", "Sportello", "Plaza dal Comun 93", "Livigno", "SO", "0342 991111", "ven 9-12",
         Bad("turistti", "code_unknown"), "comune", Bad("apertto", "code_unknown", "Attivo"), ""],
        ["Comune di Bormio", "Sportello", Bad("=CONCATENA(A2;B2)", "formula"), "Bormio", "SO", "0342 912211",
         "sab 10-12", "", "", "", ""],
    ],
)  # fmt: skip
THIRD = [COMO, SONDRIO]

FILES = [*FIRST, *SECOND, *THIRD]
