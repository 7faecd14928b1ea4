"""Italian words on hours cut into signs: days, numbers in the month, times, joining words; and the words set aside."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

DAYS: Final = {
    "Mo": r"lun(?:edi)?|lu", "Tu": r"mart(?:edi)?|mar|ma", "We": r"merc(?:oledi)?|mer|me",
    "Th": r"giov(?:edi)?|gio|gi", "Fr": r"ven(?:erdi)?|ve", "Sa": r"sab(?:at[oi])?|sa",
    "Su": r"dom(?:enic(?:a|he))?|do",
}  # fmt: skip
ORDINALS: Final = {
    1: r"prim[oiae]|1\s*[°ºª^]|i\b(?=\s*(?:e|ed|,)\s*iii\b)", 2: r"second[oiae]|2\s*[°ºª^]|ii\b",
    3: r"terz[oiae]|3\s*[°ºª^]|iii\b", 4: r"quart[oiae]|4\s*[°ºª^]|iv\b", -1: r"ultim[oiae]",
}  # fmt: skip
MONTHS: Final = (
    r"gennaio|febbraio|marzo|aprile|maggio|giugno|luglio|agosto|settembre|ottobre|novembre|dicembre"
    r"|gen\b|feb\b|apr\b|mag\b|giu\b|lug\b|ago\b|sett?\b|ott\b|nov\b|dic\b"
)
CLOSURE: Final = re.compile(
    r"(?:\bchius[oaie]\b(?: per ferie)?\s*)?"
    r"(?:\b(?:ad?|in|nel mese di|a|mese di|dal|fino al|al|da|periodo|durante|nei mesi di|mesi di|e|di)\s+)*"
    r"(?:\b(?:il\s+)?\d{1,2}(?:[°/.]\d{1,2}(?:[/.]\d{2,4})?)?\s+)?"
    rf"(?:\b(?:{MONTHS})\b)(?:\s+20\d\d)?(?:\s+chius[oaie]\b)?"
    r"|\b(?:ferie|periodo estivo|orario estivo|orario invernale|estate|natale|pasqua"
    r"|vacanze (?:di )?(?:natale|natalizie|pasqua|scolastiche|estive)"
    r"|calendario scolastico|periodo scolastico|anno scolastico)\b(?:\s+chius[oaie]\b)?"
    r"|\bchius[oaie]\s+(?:a|per|durante)\s+\w+"
)
"""Closures and seasons."""
FORTNIGHT: Final = re.compile(
    r"\b(?:settiman[ae] altern[ae]|altern[ae] settiman[ae]|quindicinal[ei]|bisettimanal[ei]|alternat[ie]"
    r"|ogni (?:due|15|quindici|2) (?:settimane|giorni)|una volta al mese|mensil[ei]|a rotazione|a turno"
    r"|un (?:giorno|mattino|pomeriggio) al mese|una settimana si)\b"
)
"""Not every week, and not by a number in the month."""
HOLIDAYS: Final = re.compile(
    r"\b(?:esclus[oi]|tranne|eccetto|no|chius[oi])\s+(?:nei |i |gli )?(?:giorni )?festiv[io]\b"
    r"|\bfestiv[io] (?:esclus|chius)[oi]\b"
    r"|(?<=[a-z.]),?\s+e\s+(?:i |nei )?(?:giorni )?festiv[io]\b(?=[\s:,.]*chius)"
)
"""Shut on public holidays: so is everything unless it speaks of them."""
IDLE: Final = re.compile(
    r"\b(?:orari[oi]?|apertura|apert[oa]|aperti|al pubblico|per il pubblico|ogni|settimana|settimanal[ei]|del|dei|mese"
    r"|mesi|nei giorni|nei|nelle|nel|giorni di|giorno|giornate|giorni|di|il|lo|la|le|gli|i|con|ore|ora|h|hh|hs|solo"
    r"|anche|sportello|ricevimento|si riceve|riceve|continuato|ininterrottamente|tutt[iaoe]|tutto l anno"
    r"|presso la sede|in sede|in presenza|compres[oi]|e|ed|poi|dal|nella|fascia|turno|mattutin[oa]|pomeridian[oa]"
    r"|circa|siamo aperti|accesso|pubblico|a|all|ogni settimana|uffici[oi]?|sempre|solamente|esclusivamente"
    r"|entrambi)\b"
)
"""Words that change nothing."""
APPOINTMENT: Final = re.compile(
    r"\b(?:solo |esclusivamente |anche |e |o |oppure |accesso )?(?:su|previo|previa|per|con|solo|tramite)?\s*(?:solo )?"
    r"(?:appuntament[oi]|app(?:\s*\.?\s*to|\.ti|unt)?\.?|prenotazion[ei]|appto)"
    r"(?:\s+(?:telefonic[oa]|obbligatori[oa]|online|via mail))?(?=\W|$)"
)
FREE: Final = re.compile(
    r"\b(?:ad\s+)?(?:accesso\s+)?"
    r"(?:liber[oa](?:\s+accesso)?|senza (?:appuntamento|prenotazione)|accesso diretto|spontaneo)\b"
)
NUMBER: Final = re.compile(
    r"(?:\b(?:al|allo|tel|telefono|telefonando|numero|n|cell|chiamare|chiamando|lo|il)\b[\s.:]*)*"
    r"(?<![\d.:,])\+?\b(?:0\d{1,3}|3\d\d|800)[\s/.-]?\d{3}[\s.-]?\d{2,5}\b(?!\s*[-:.,]\s*\d)"
)
"""A telephone number among the hours."""
PHONE: Final = re.compile(
    r"^(?:sportello |servizio |solo |assistenza )?"
    r"(?:telefonic[oa]|telefonicamente|per telefono|al telefono|via telefono|tel\.?)\b[\s:]*"
)
ALWAYS: Final = re.compile(
    r"\b(?:h\s*24|24\s*h|h24(?:\s*7)?|24\s*ore\s*(?:su|/)\s*24|24/24|24/7|sempre aperto)\b"
    r"(?:\s*[,e-]?\s*(?:7\s*(?:giorni|gg)?\s*(?:su|/)\s*7|tutti i giorni))?"
)

JOINING: Final = {
    "-": "dash", ",": "comma", "/": "slash", ";": "break", "|": "break", ":": "colon", "+": "and", "&": "and",
    "e": "and", "ed": "and", "o": "and", "alle": "dash", "dalle": "from", "dal": "from", "dai": "from", "da": "from",
    "al": "dash", "ai": "dash", "a": "dash", "fino": "dash", "all": "dash", "alla": "dash", "le": "le", ".": "dot",
}  # fmt: skip
MASTER: Final = re.compile(
    "|".join(
        [
            r"(?P<everyday>\b(?:tutti i giorni|ogni giorno|tutta la settimana|7 giorni su 7|quotidianamente)"
            r"(?! feriali| lavorativi)\b)",
            r"(?P<workdays>\b(?:(?:tutti i |nei )?giorni (?:feriali|lavorativi)|feriali)\b)",
            *(
                rf"(?P<nth{n if n > 0 else 'last'}>(?<!\w)(?:{words})(?![a-z0-9]))"
                for n, words in ORDINALS.items()
            ),
            *(
                rf"(?P<day{day}>\b(?:i |il |la |le )?(?:{words})\b\.?(?:'|\u2019)?)"
                for day, words in DAYS.items()
            ),
            r"(?P<openend>\b(?:dalle(?: ore)?|dopo le|a partire dalle)\s+\d{1,2}(?:[:.,]\d\d)?\s*(?:in poi)?"
            r"(?=\s*(?:$|;|\n)))",
            r"(?P<half>\b(?:di )?(?:mattin[ao]|matt\.?|pomeriggi?[oi]?|pom\.?|pomer\.?|sera|am|pm)(?![a-z]))",
            r"(?P<off>\b(?:chius[oaie]|esclus[oaie]|tranne|eccetto|no)\b)",
            r"(?P<time>(?<!\d)\d{1,2}(?:\s*[:.h]\s*\d\d|\s+e\s+(?:30|45|mezza|15(?!\s*-))\b)?(?!\d))",
            r"(?P<word>[a-z][\w'’.]*|\S)",
        ]
    )
)


@dataclass(frozen=True)
class Sign:
    """A sign: its kind, as written, the day or the number in the month that it is."""

    kind: str
    text: str
    day: str = ""
    number: int = 0


def signs(text: str) -> Iterator[Sign]:
    """The signs of a stretch of words, in order.

    Examples
    --------
    >>> [one.kind for one in signs("lun e mar 9-12")]
    ['day', 'and', 'day', 'time', 'dash', 'time']
    """
    for found in MASTER.finditer(text):
        kind, said = found.lastgroup or "word", found[0]
        if kind.startswith("day"):
            yield Sign("day", said, day=kind[3:])
        elif kind.startswith("nth"):
            yield Sign("nth", said, number=-1 if kind == "nthlast" else int(kind[3:]))
        else:
            yield Sign(JOINING.get(said, "word") if kind == "word" else kind, said)


COMPACT: Final = re.compile(
    r"\b([01]?\d|2[0-4])([0-5]0|[0-5]5)\b(?=\s*-\s*\d{3,4}\b)"
    r"|(?<=-)\s*([01]?\d|2[0-4])([0-5]0|[0-5]5)\b(?!\s*[:.,]\d)"
)
"""Times without a point: 0900-1230."""


def plain(text: str) -> str:
    """Small letters without accents, one kind of dash and of apostrophe, few ways to say an hour.

    Examples
    --------
    >>> plain("Lunedì’ dalle ORE 9–12")
    'lunedi dalle 9-12'
    """
    said = unicodedata.normalize("NFKD", text.replace("º", "°").replace("ª", "°"))
    said = "".join(c for c in said if not unicodedata.combining(c)).casefold()
    said = re.sub(r"[–—−‐‑÷]", "-", said).replace("’", "'").replace("`", "'").replace("´", "'")
    said = re.sub(r"[()\[\]]", lambda bracket: " " if bracket[0] in ")]" else " , ", said)
    said = re.sub(r"\bmezzogiorno\b", "12", said)
    said = re.sub(r"\bmezzanotte\b", "24", said)
    said = re.sub(
        r"\b(?:alle|dalle|fino alle|ore|delle)\s+(?:ore\s+)?(?=\d)", lambda m: f" {m[0].split()[0]} ", said
    )
    if "24" not in said:
        hour = r"\bh\.?\s*(?=\d)|\bore\b\.?\s*|\bhh?\.(?=\s|\d)|(?<=\d)\s*h(?:\.|rs)?\b(?!\s*24)"
        said = re.sub(hour, " ", said)
    said = re.sub(r"(\d)\s*h\s*(\d\d)\b", r"\1:\2", said)
    said = re.sub(r"(?<=[a-z])i'|(?<=at)o'", lambda m: m[0][0], said)
    said = re.sub(r"-{2,}", "-", said)
    said = re.sub(r"\b(\d{1,2})[.:](\d\d)[.:]00\b", r"\1:\2", said)
    if re.search(r"\b\d{3,4}\s*-\s*\d{3,4}\b", said):
        said = COMPACT.sub(lambda m: f"{m[1] or m[3]}:{m[2] or m[4]}", said)
    return re.sub(r"[ \t\r\u00a0]+", " ", said).strip()


A_DAY: Final = "|".join(DAYS.values())
DAY_BEFORE: Final = re.compile(rf"\b(?:{A_DAY})\W*$")
DAY_AFTER: Final = re.compile(rf"\W*(?:(?:e|ed|il|dal)\s+)*(?:{A_DAY})\b")


def _gap(found: re.Match[str]) -> str:
    """What stands for words that are taken out: between two days they part them, as their times differ."""
    before, after = found.string[: found.start()], found.string[found.end() :]
    return " ; " if DAY_BEFORE.search(before) and DAY_AFTER.match(after) else " "


def ways(said: str) -> tuple[str, str | None, str | None]:
    """Plain words without those on how one is received, and the codes of these: access, reception.

    Examples
    --------
    >>> ways("lun 9-12 su appuntamento")
    ('lun 9-12  ', 'appuntamento', None)
    """
    access = reception = None
    said = NUMBER.sub(" ", said)
    without = FREE.sub(_gap, said)
    if without != said:
        access, said = "libero", without
    without = APPOINTMENT.sub(_gap, said)
    if without != said:
        access, said = ("misto" if access else "appuntamento"), without
    without = PHONE.sub("", said)
    if without != said:
        reception, said = "telefono", without
    return said, access, reception
