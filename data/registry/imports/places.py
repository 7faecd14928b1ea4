"""Comuni, provinces, Ambiti and postcodes as offices write them, and what they most likely meant."""

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Final

from rapidfuzz import fuzz, process

from data import catalog, corrections
from data.registry.imports.codes import fold

PROVINCES: Final = {
    "VA": "Varese", "CO": "Como", "SO": "Sondrio", "MI": "Milano", "BG": "Bergamo", "BS": "Brescia", "PV": "Pavia",
    "CR": "Cremona", "MN": "Mantova", "LC": "Lecco", "LO": "Lodi", "MB": "Monza e della Brianza",
}  # fmt: skip
POSTCODES: Final = {
    "VA": "21", "CO": "22", "SO": "23[01]", "MI": "20[01]", "BG": "24", "BS": "25", "PV": "27", "CR": "26[01]",
    "MN": "46", "LC": "23[89]", "LO": "26[89]", "MB": "20[89]",
}  # fmt: skip
"""How the postcodes of each province begin."""
CAPITALS: Final = {
    "012133": r"21100", "013075": r"22100", "014061": r"23100", "015146": r"201[2-6]\d", "016024": r"241[2]\d",
    "017029": r"251[23]\d", "018110": r"27100", "019036": r"26100", "020030": r"46100", "097042": r"23900",
    "098031": r"26900", "108033": r"20900",
}  # fmt: skip
"""Comuni with postcodes of their own."""
OF_CAPITALS: Final = re.compile("|".join(CAPITALS.values()))
ELSEWHERE: Final = frozenset(
    " ".join(
        """
    roma, torino, napoli, genova, bologna, firenze, venezia, verona, palermo, catania, bari, padova, trieste,
    parma, modena, piacenza, novara, trento, bolzano, vercelli, biella, alessandria, asti, cuneo, verbania,
    aosta, vicenza, treviso, rovigo, belluno, udine, pordenone, gorizia, reggio emilia, reggio nell emilia,
    ferrara, ravenna, forli, cesena, rimini, savona, imperia, la spezia, pisa, lucca, livorno, arezzo, siena,
    grosseto, prato, pistoia, massa, perugia, terni, ancona, pesaro, macerata, ascoli piceno, l aquila, pescara,
    chieti, teramo, campobasso, isernia, caserta, salerno, avellino, benevento, foggia, lecce, brindisi,
    taranto, potenza, matera, cosenza, catanzaro, crotone, reggio calabria, messina, siracusa, ragusa, trapani,
    agrigento, caltanissetta, enna, cagliari, sassari, nuoro, oristano, lugano, chiasso, mendrisio, bellinzona,
    tortona, casale monferrato, peschiera del garda, domodossola, arona, riva del garda, castel san giovanni
    """.split()
    ).split(", ")
)
"""Well-known comuni that are not in Lombardy."""
LIKE: Final = 76


@dataclass(frozen=True)
class Place:
    """What the words for a comune gave.

    ``why`` is missing where they name one; ``comune_merged`` where they name one that merged; else no ``code``.
    """

    code: str | None
    why: str | None = None
    suggestion: str | None = None
    province: str | None = None


@cache
def names() -> dict[str, str]:
    """Code → name of every comune of today."""
    table = catalog.load("comuni")
    return dict(zip(table["comune_code"], table["comune"], strict=True))


@cache
def province_of() -> dict[str, str]:
    """Code of a comune → its province."""
    table = catalog.load("comuni")
    return dict(zip(table["comune_code"], table["province"], strict=True))


@cache
def ambito_of() -> dict[str, str]:
    """Code of a comune → its Ambito."""
    table = catalog.load("ambito_comuni")
    return dict(zip(table["comune_code"], table["ambito_id"], strict=True))


@cache
def _folded() -> dict[str, str]:
    return {fold(name): code for code, name in names().items()}


@cache
def _squeezed() -> dict[str, str]:
    return {name.replace(" ", ""): code for name, code in _folded().items()}


@cache
def _merged() -> dict[str, str]:
    table = corrections.read("mergers")
    return {fold(old): code for old, code in zip(table["old_name"], table["new_code"], strict=True)}


@cache
def _codes() -> frozenset[str]:
    return frozenset(catalog.load("comuni_codes")["comune_code"]) | frozenset(
        corrections.read("mergers")["old_code"]
    )


@cache
def _localities() -> dict[str, str]:
    """Folded names of settlements that only one comune has, and that are no comune."""
    table = catalog.load("localities")
    where: dict[str, set[str]] = {}
    for name, code in zip(table["locality"], table["comune_code"], strict=True):
        where.setdefault(fold(str(name)), set()).add(str(code))
    found = catalog.load("places")
    for name, code in zip(found["name"], found["comune_code"], strict=True):
        where.setdefault(fold(str(name)), set()).add(str(code))
    return {name: codes.pop() for name, codes in where.items() if len(codes) == 1 and name not in _folded()}


def code_of(text: str) -> tuple[str, bool] | None:
    """A comune's code of today, and whether zeros were put back; missing where there is no such code.

    Examples
    --------
    >>> code_of("15146.0"), code_of("015146"), code_of("999999")
    (('015146', True), ('015146', False), None)
    """
    said = re.sub(r"\.0+$", "", text.strip().strip("'")).replace(" ", "")
    if not re.fullmatch(r"\d{4,6}", said):
        return None
    whole = said.zfill(6)
    if whole not in _codes() and whole not in names():
        return None
    merged = corrections.read("mergers").set_index("old_code")["new_code"]
    return str(merged.get(whole, whole)), whole != said


def _bare(text: str) -> tuple[str, str | None]:
    """The words without postcode, "Comune di" and province; and the province, where they have it."""
    said = re.sub(r"^\s*\d{5}\b|\b\d{5}\s*$", " ", text)
    sigla = re.search(r"[\s(,\-–/]+([A-Za-z]{2})\s*\)?\s*$", said)
    province = None
    if sigla and (sigla[1].isupper() or "(" in sigla[0]) and sigla[1].upper() in SIGLE:
        province = sigla[1].upper()
        said = said[: sigla.start()]
    said = re.sub(r"\((?:[^)]*)\)?", " ", said)
    return re.sub(r"^\s*(?:comune|citta|città|citta')\s+di\s+", "", said, flags=re.IGNORECASE).strip(
        " -,;"
    ), province


SIGLE: Final = frozenset(PROVINCES) | frozenset(
    """RM TO NA GE BO FI VE VR PA CT BA PD TS PR MO PC NO TN BZ VC BI AL AT CN VB AO VI TV RO BL UD PN GO RE FE RA FC RN
    SV IM SP PI LU LI AR SI GR PO PT MS PG TR AN PU MC AP FM AQ PE CH TE CB IS CE SA AV BN FG LE BR TA BT PZ MT CS CZ KR
    VV RC ME SR RG TP AG CL EN CA SS NU OR SU""".split()
)


@lru_cache(maxsize=16384)
def find(text: str, province: str | None = None) -> Place:
    """The comune that the words name.

    Parameters
    ----------
    text
        As written: with accents or apostrophes for them, abbreviations, the province in brackets, a code.
    province
        Its province, where the row says it: among several it decides.

    Examples
    --------
    >>> find("CANTU'").code, find("S. Donato M.se (MI)").code, find("Trevilio").suggestion
    ('013041', '015192', 'Treviglio')
    """
    given = code_of(text)
    whole = given[0] if given else _folded().get(fold(text))
    if whole:
        return Place(whole)
    said, own = _bare(text)
    folded = fold(said)
    if own and own not in PROVINCES:
        return Place(None, "comune_elsewhere", None, own)
    code = _folded().get(folded) or _squeezed().get(folded.replace(" ", ""))
    if code or folded in _merged():
        merged = None if code else _merged()[folded]
        return Place(code or merged, merged and "comune_merged", merged and names()[merged], own)
    return _unnamed(said, folded, own, own or province)


def _unnamed(said: str, folded: str, own: str | None, province: str | None) -> Place:
    """What words that are no comune's name may stand for."""
    if not folded or folded in ELSEWHERE:
        return Place(None, "comune_elsewhere" if folded else "comune_unknown", None, own)
    short = _abbreviated(said, province)
    if short:
        return Place(short, None, None, own)
    if folded in _localities():
        of = names()[_localities()[folded]]
        return Place(None, "comune_unknown" if fold(of).startswith(folded) else "comune_locality", of, own)
    return Place(None, "comune_unknown", _likely(folded, province), own)


def named(text: str) -> str | None:
    """The code of the comune that the words name for sure."""
    return find(text).code if len(text) < 60 else None


def _abbreviated(said: str, province: str | None) -> str | None:
    """The only comune that an abbreviation with points or a bar can stand for."""
    words = re.sub(r"\b([b-df-hj-np-tv-z])(?:/\s*|(?=\s|$))", r"\1. ", said, flags=re.IGNORECASE)
    if "." not in words:
        return None
    pattern = ""
    for piece in re.findall(r"[^\s.]+\.?|\.", words):
        plain = fold(piece)
        if not plain:
            continue
        pattern += re.escape(plain).replace(r"\ ", " ") + (r"\w* ?(?:d\w* )?" if piece.endswith(".") else " ")
    fits = re.compile(pattern.rstrip() + r"\w*" if pattern.endswith("?") else pattern.strip())
    codes = [code for name, code in _folded().items() if fits.fullmatch(name)]
    if len(codes) > 1 and province:
        codes = [code for code in codes if province_of()[code] == province]
    return codes[0] if len(codes) == 1 else None


def _likely(folded: str, province: str | None) -> str | None:
    """The name of the comune most like the words: of the province, where it is known; the same beginning counts."""
    there = {
        name: code for name, code in _folded().items() if province is None or province_of()[code] == province
    } or _folded()
    begins = [code for name, code in there.items() if name.startswith(f"{folded} ")]
    if len(begins) == 1 and len(folded) > 3:
        return names()[begins[0]]
    best = process.extractOne(folded, there.keys(), scorer=fuzz.ratio, score_cutoff=LIKE)
    if best is None and province is not None:
        return _likely(folded, None)
    return names()[there[best[0]]] if best else None


def province(text: str) -> str | None:
    """The letters of a province of Lombardy from its letters or its name.

    Examples
    --------
    >>> province("Bergamo"), province("(mi)"), province("Monza Brianza"), province("TO")
    ('BG', 'MI', 'MB', None)
    """
    said = fold(re.sub(r"(?i)\bprovincia\b|\bprov\b\.?|\bcittà metropolitana\b", " ", text))
    said = re.sub(r"^(?:di|della) ", "", said)
    if said.upper() in PROVINCES:
        return said.upper()
    wholes = {fold(name): letters for letters, name in PROVINCES.items()}
    wholes |= {"monza": "MB", "monza brianza": "MB", "monza e brianza": "MB", "brianza": "MB"}
    return wholes.get(said)


def fits(postcode: str, code: str | None, province: str | None) -> bool:
    """Whether a postcode can be of this comune, or of this province where no comune is known; else it is unknown."""
    if code is not None:
        if code in CAPITALS:
            return bool(re.fullmatch(CAPITALS[code], postcode))
        if OF_CAPITALS.fullmatch(postcode):
            return False
        province = province_of().get(code, province)
    return province is None or province not in POSTCODES or bool(re.match(POSTCODES[province], postcode))


@cache
def _ambiti() -> dict[str, str]:
    table = catalog.load("ambiti")
    found = {
        fold(named): key for named, key in corrections.read("ambito_names")[["named", "ambito_id"]].values
    }
    for key, name in zip(table["ambito_id"], table["ambito"], strict=True):
        bare = re.sub(
            r"^ambito (?:distrettuale |territoriale |sociale )?(?:\d+ |di |della |del )?", "", fold(name)
        )
        found |= {fold(name): key, bare: key, fold(key): key, fold(re.sub(r"\([^)]*\)", "", name)): key}
    return found


def ambito(text: str) -> tuple[str | None, str | None]:
    """The Ambito that the words name; else nothing and the name of the one most like them.

    Examples
    --------
    >>> ambito("Ambito di Seriate"), ambito("dalmne")
    (('seriate', None), (None, 'dalmine'))
    """
    said = fold(text)
    bare = re.sub(
        r"^(?:ambito|distretto) (?:distrettuale |territoriale |sociale )?(?:n \d+ |\d+ |di |della |del )?",
        "",
        said,
    )
    key = _ambiti().get(said) or _ambiti().get(bare)
    if key:
        return key, None
    best = process.extractOne(bare, _ambiti().keys(), scorer=fuzz.ratio, score_cutoff=LIKE)
    return None, best[0] if best else None
