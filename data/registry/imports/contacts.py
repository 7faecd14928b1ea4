"""Telephones, e-mail addresses and sites as offices write them: mended where sure, else what was probably meant."""

import re
from dataclasses import dataclass
from typing import Final

import phonenumbers
from phonenumbers import PhoneMetadata

from data.registry.checks import PATTERNS
from data.registry.imports.wanted import Level

Remark = tuple[Level, str, str | None]
"""How serious, why, what to write instead."""


@dataclass(frozen=True)
class Told:
    """What the words for a contact gave: its value (missing if none can be used) and remarks."""

    value: str | None
    remarks: tuple[Remark, ...] = ()


SCIENTIFIC: Final = re.compile(r"(\d)[.,](\d+)\s*[eE]\s*\+?(\d{1,2})")
EXTENSION: Final = re.compile(
    r"\b(?:int(?:erno|\.)?|ext\.?|tasto|digitare|centralino|selezionare)\s*[.:]?\s*\d{1,5}\b", re.IGNORECASE
)
LABELS: Final = re.compile(
    r"(?i)\b(?:telefono|tel|cellulare|cell|cel|fisso|mobile|centralino|fax|numero verde|n\.?\s*verde|whats\s?app|wa"
    r"|uff(?:icio)?|num(?:ero)?|n|t|c|m)\b[.:°]*"
)


MISTYPED: Final = re.compile(r"\d[OoIl]+(?=\d)|\b[Oo](?=\d{2})|\d{3}[OoIl]\b")
FIGURES_OF_LETTERS: Final = str.maketrans("OoIl", "0011")
"""Letters that stand where a figure was meant."""


def phones(said: str) -> Told:
    """Telephone numbers as the registry keeps them: figures of Italy, others with their country, ``; `` between.

    Examples
    --------
    >>> phones("Tel. 035/304.111 - 035 304112").value, phones("+39 347 1234567").value
    ('035304111; 035304112', '3471234567')
    >>> phones("35123456")
    Told(value='035123456', remarks=(('note', 'phone_zero', '035123456'),))
    """
    scientific = SCIENTIFIC.fullmatch(said.strip())
    if scientific:
        figures, power = scientific[1] + scientific[2], int(scientific[3])
        if len(figures) - 1 < power:
            return Told(None, (("doubt", "phone_rounded", None),))
        said = figures[: power + 1]
    if MISTYPED.search(said):
        meant = phones(said.translate(FIGURES_OF_LETTERS))
        return Told(None, (("doubt", "phone_invalid", meant.value),))
    plain = re.sub(r"(?i)\bfax\b[\s.:]*[\d./ -]+", " ", said) if re.search(r"(?i)\btel", said) else said
    without = EXTENSION.sub(" ", plain)
    pieces = _pieces(LABELS.sub(" ", without))
    numbers = [(piece, _number(piece)) for piece in pieces if any(c.isdigit() for c in piece)]
    if not numbers or any(number is None for _, number in numbers):
        return Told(None, (("doubt", "phone_invalid", None),))
    value = "; ".join(dict.fromkeys(number for _, number in numbers if number))
    if not re.fullmatch(PATTERNS["phone"], value):
        return Told(None, (("doubt", "phone_invalid", None),))
    remarks: list[Remark] = []
    if any(number == f"0{re.sub(r'[^0-9]', '', piece)}" for piece, number in numbers):
        remarks.append(("note", "phone_zero", value))
    if without != plain or re.search(r"[A-Za-z]{3,}", " ".join(pieces)):
        remarks.append(("note", "phone_words", value))
    return Told(value, tuple(remarks))


def _pieces(said: str) -> list[str]:
    """One piece a number: cut where signs stand between what can each be a number."""
    rough = re.split(
        r"[;\n|]|,(?!\d{1,3}\b)|\s+[-–]\s+(?=\+?\d[\d ./-]{5})|\s{3,}|\b(?:e|o|oppure|anche|ed|or)\b", said
    )
    found = []
    for piece in rough:
        cut = [one for one in re.split(r"\s*[/,]\s*", piece) if one.strip()]
        digits = [len(re.sub(r"\D", "", one)) for one in cut]
        if len(cut) > 1 and all(n == 0 or n >= 6 for n in digits):
            found += cut
        elif len(cut) == 2 and digits[0] >= 8 and 1 <= digits[1] <= 3:
            stem = re.sub(r"\D", "", cut[0])
            found += [cut[0], stem[: -digits[1]] + re.sub(r"\D", "", cut[1])]
        else:
            found.append(piece)
    return [one for one in found if one.strip()]


def _number(piece: str) -> str | None:
    """One number as it is kept; a landline that lost its zero has it again; missing if it cannot be called."""
    figures = re.sub(r"[^\d+]", "", piece)
    figures = re.sub(r"^00", "+", figures)
    if figures.startswith("39") and len(figures) in {11, 12} and _valid("+" + figures):
        figures = "+" + figures
    if figures.startswith("+39"):
        own = figures[3:]
        return own if _valid(own) else f"0{own}" if _valid(f"0{own}") else None
    if figures.startswith("+"):
        return figures if _valid(figures) else None
    lost = not figures.startswith("0") and _valid(f"0{figures}")
    together = not re.search(r"\d\D+\d", piece.strip())
    if lost and (not _valid(figures) or (len(figures) == 9 and together and figures[0] == "3")):
        return f"0{figures}"
    return figures if _valid(figures) else None


def _patterns(*kinds: str) -> str:
    """The library's patterns of the Italian numbers of some kinds, as one."""
    italian = PhoneMetadata.metadata_for_region("IT")
    found = [getattr(getattr(italian, kind), "national_number_pattern", None) for kind in kinds]
    return "|".join(f"(?:{one})" for one in found if one)


CALLED: Final = re.compile(_patterns("mobile", "toll_free", "shared_cost", "personal_number", "voip"))
LANDLINE: Final = re.compile(
    f"(?=(?:{_patterns('fixed_line')})$)" + r"(?:0[26]|0[13-57-9][0159]|0\d{3})\d{4,8}"
)
"""A landline by the library, with four figures at least after its prefix."""


def _valid(figures: str) -> bool:
    """Whether a number can be called: one of Italy by the library's patterns, or one of its country."""
    if not figures.startswith("+"):
        return bool(LANDLINE.fullmatch(figures) or CALLED.fullmatch(figures))
    if figures.startswith("+39"):
        return _valid(figures[3:])
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(figures))
    except phonenumbers.NumberParseException:
        return False


ADDRESS: Final = re.compile(
    r"[A-Za-z0-9_+&-]+(?:\.[A-Za-z0-9_+&-]+)*@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}"
)


def emails(said: str) -> Told:
    """E-mail addresses in small letters, ``; `` between; blanks and words for the sign are mended.

    Examples
    --------
    >>> emails("Info@Borgo.example / posta@molo.example").value
    'info@borgo.example; posta@molo.example'
    >>> emails("info@borgo,it").remarks, emails("info @borgo.example").value
    ((('doubt', 'email_invalid', 'info@borgo.it'),), 'info@borgo.example')
    """
    plain = re.sub(r"(?i)mailto:|\b(?:e-?mail|mail|pec)\s*:", " ", said.strip().lower()).strip(" .;,<>")
    pieces = [
        one.strip(" .;,<>()") for one in re.split(r"[;\s]+|,(?=[^@,]*@)|(?<=\w)/(?=[^@]*@)|\s+e\s+", plain)
    ]
    pieces = [one for one in pieces if one not in {"", "/", "-", "e", "o"}]
    if pieces and all(ADDRESS.fullmatch(one) for one in pieces):
        return Told("; ".join(dict.fromkeys(pieces)))
    signed = re.sub(r"\s*(?:\(at\)|\[at\]|\(a\)|\bat\b|\bchiocciola\b|@)\s*", "@", plain)
    signed = re.sub(r"\s*\(dot\)\s*|\s*\bpunto\b\s*", ".", signed)
    joined = re.sub(r"\s+", "", signed) if signed.count("@") == 1 else signed
    if ADDRESS.fullmatch(joined):
        return Told(joined, (("note", "email_mended", joined),))
    likely = re.sub(r",|;", ".", joined)
    likely = re.sub(r"\.{2,}", ".", re.sub(r"@{2,}", "@", likely)).replace(".@", "@").replace("@.", "@")
    likely = re.sub(
        r"\.(?:con|itt|ti|cmo|og)$",
        lambda end: {".con": ".com", ".itt": ".it", ".ti": ".it", ".cmo": ".com", ".og": ".org"}[end[0]],
        likely,
    )
    if not ADDRESS.fullmatch(likely):
        likely = re.sub(r"@([a-z0-9.-]+?)(it|com|org|eu|net)$", r"@\1.\2", likely)
    good = likely if ADDRESS.fullmatch(likely) else None
    return Told(None, (("doubt", "email_invalid", good),))


HOST: Final = r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}"


def site(said: str) -> Told:
    """The address of a site with its scheme; ``https`` where it has none.

    Examples
    --------
    >>> site("www.borgo.example").value, site("http:/borgo.example").remarks
    ('https://www.borgo.example', (('doubt', 'web_invalid', 'http://borgo.example'),))
    """
    first, *more = [
        one for one in re.split(r"[;\n]|\s+(?:e|-|/)\s+|,\s+", said.strip(" .;<>")) if one.strip()
    ] or [""]
    first = first.strip()
    remarks: tuple[Remark, ...] = ()
    whole = first if re.match(r"(?i)https?://", first) else f"https://{first}"
    if more and _is_site(whole):
        remarks = (("note", "web_mended", whole),)
    if _is_site(whole) and "@" not in first:
        return Told(whole, remarks)
    likely = re.sub(
        r"(?i)^h?t+ps?(?=:|/)", lambda m: "https" if m[0].lower().endswith("s") else "http", first
    )
    likely = re.sub(r"^(https?)[:;]*/*(?=\w)", r"\1://", likely)
    likely = (
        re.sub(r"(?i)\bw{2,4}[.,](?=\w)|\bwww(?=\w)(?!\.)", "www.", likely).replace(",", ".").replace(" ", "")
    )
    likely = likely if likely.startswith("http") else f"https://{likely}"
    good = (
        likely
        if _is_site(likely)
        and "@" not in first
        and ("." in first or "," in first)
        and len(first.split()) <= 2
        else None
    )
    return Told(None, (("doubt", "web_invalid", good),))


def _is_site(address: str) -> bool:
    return bool(
        re.match(rf"(?i)https?://{HOST}(?::\d+)?(?:[/?#]|$)", address)
        and re.fullmatch(PATTERNS["web"], address)
    )
