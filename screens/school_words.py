"""Schools and their support in Italian words: sentences, and the tables that people read. No Streamlit."""

from collections.abc import Mapping
from typing import Any, Final

import geopandas as gpd
import pandas as pd

from analysis.effective import NO, UNKNOWN, YES
from data.vocabularies import label
from layers.style import number, percent
from screens import schools
from screens.card import cell, hours_in_words, languages_in_words, missing
from screens.filters import MODE_WORDS
from screens.schools import PLACED, Asked

KIND_WORDS: Final = {
    "mediazione": "mediazione a scuola",
    "cpia": "CPIA",
    "sportelli": "sportello",
    "associazioni": "associazione",
    "biblioteche": "biblioteca",
}
NEAR_WORDS: Final = {YES: "vicino", UNKNOWN: "non si sa", NO: "manca"}
MEDIATION_WORDS: Final = {
    YES: "trovata",
    UNKNOWN: "solo possibile",
    NO: "nessuna trovata",
}
UNBROKEN: Final = "\u00a0"
"""A space at which no line ends."""


def kinds_words(row: Mapping[Any, Any], asked: Asked, truth: int) -> str:
    """The kinds that are near, missing or not known of a school, with commas; a dash where there are none."""
    return ", ".join(KIND_WORDS[kind] for kind in asked.counted if row[kind] == truth) or "–"


def lacks(row: Mapping[Any, Any], asked: Asked) -> str:
    """What a school lacks and what is not known, for a tooltip."""
    said = {"manca di certo": NO, "non si sa": UNKNOWN, "vicino": YES}
    told = {words: kinds_words(row, asked, truth) for words, truth in said.items()}
    return "\n".join(f"{words}: {kinds}" for words, kinds in told.items() if kinds != "–")


def minutes_words(minutes: Any, low: Any, high: Any) -> str:
    """Minutes with their band, on one line.

    >>> minutes_words(31.4, 24.2, 41.9).replace(UNBROKEN, " "), minutes_words(None, None, None)
    ('31 min (24–42)', 'non noti')
    """
    if missing(minutes):
        return "non noti"
    return f"{number(minutes)} min ({number(low)}–{number(high)})".replace(" ", UNBROKEN)


def counted_schools(count: int) -> str:
    """A number of schools in words.

    >>> counted_schools(1), counted_schools(1300)
    ('**1** scuola', '**1.300** scuole')
    """
    return f"**{number(count)}** scuol{'a' if count == 1 else 'e'}"


def known_sentence(facts: Mapping[str, int], known: pd.DataFrame) -> str:
    """Of how many schools the share is known, and where they are."""
    only = known.drop_duplicates(["comune", "management"])
    where = (
        f", tutte {only['management'].iloc[0][:-1]}i di {only['comune'].iloc[0]}" if len(only) == 1 else ""
    )
    hidden = (
        f" Di {number(facts['hidden'])} la quota è nota ma non si mostra, perché gli alunni stranieri sono meno di 5."
        if facts["hidden"]
        else ""
    )
    return (
        f"La quota di alunni stranieri è nota per {number(facts['known'] + facts['hidden'])} scuole su "
        f"{number(facts['schools'])}{where}; per le altre è ignota e non viene stimata.{hidden}"
    )


def finding(facts: Mapping[str, int], asked: Asked) -> str:
    """The finding in one sentence, its numbers those of the ranked table."""
    if not facts["high"]:
        return f"Nessuna scuola con quota nota ha almeno il **{asked.share} %** di alunni stranieri."
    one = facts["high"] == 1
    which = "uno dei sostegni scelti" if asked.kinds else "un tipo di sostegno"
    return (
        f"{counted_schools(facts['high'])} {'ha' if one else 'hanno'} almeno il **{asked.share} %** di alunni "
        f"stranieri: **{number(facts['pupils'])}** alunni. A **{number(facts['lacking'])}** manca di certo almeno "
        f"{which} entro **{asked.limit} minuti** {MODE_WORDS[asked.mode]}; per **{number(facts['unsure'])}** di almeno "
        "uno non si può dire."
    )


def ranked_words(ranked: pd.DataFrame, reached: Mapping[str, pd.DataFrame], asked: Asked) -> pd.DataFrame:
    """The ranking that people read, same order."""
    rows = ranked.to_dict("records")
    table: dict[str, Any] = {
        "Posto": ranked["rank"],
        "Scuola": ranked["name"],
        "Grado": [label("school_levels", code) for code in ranked["level"]],
        "Comune": ranked["comune"],
        "Stranieri": ranked["foreign_pupils"].astype("Int64"),
        "Su 100": (ranked["foreign_share"] * 100).round(1),
        "Manca": [kinds_words(row, asked, NO) for row in rows],
        "Non si sa": [kinds_words(row, asked, UNKNOWN) for row in rows],
        "Vicino": [kinds_words(row, asked, YES) for row in rows],
    }
    for kind in asked.counted:
        if kind in PLACED:
            table[f"Minuti: {KIND_WORDS[kind]}"] = _minutes(reached[kind].reindex(ranked.index))
    return pd.DataFrame(table, index=ranked.index)


def _minutes(table: pd.DataFrame, prefix: str = "") -> list[str]:
    ends = (table[f"{prefix}{name}"] for name in ("minutes", "low", "high"))
    return [minutes_words(*row) for row in zip(*ends, strict=True)]


def kinds_table(ranked: pd.DataFrame, asked: Asked) -> pd.DataFrame:
    """How many schools of the ranking have each kind of support near, lack it, or it is not known."""
    return pd.DataFrame(
        [
            {
                "Sostegno": KIND_WORDS[kind].capitalize() if kind != "cpia" else KIND_WORDS[kind],
                "Vicino": number(int((ranked[kind] == YES).sum())),
                "Non si sa": number(int((ranked[kind] == UNKNOWN).sum())),
                "Manca di certo": number(int((ranked[kind] == NO).sum())),
            }
            for kind in asked.counted
        ]
    ).set_index("Sostegno")


def support_table(
    school: str, places: Mapping[str, pd.DataFrame], reached: Mapping[str, pd.DataFrame], truth: pd.Series
) -> pd.DataFrame:
    """The nearest support of each kind of one school: which, minutes with their band, languages, hours."""
    rows = []
    for kind in PLACED:
        there = reached[kind].loc[school]
        known = not missing(there["nearest"])
        place = places[kind].loc[there["nearest"]] if known else pd.Series(dtype=object)
        tongues, hours = (cell(place.get(name)) for name in ("languages", "hours"))
        near = cell(place.get("comune"))
        rows.append(
            {
                "Sostegno": KIND_WORDS[kind].capitalize() if kind != "cpia" else KIND_WORDS[kind],
                "Minuti": minutes_words(there["minutes"], there["low"], there["high"]),
                "Entro il limite": NEAR_WORDS[int(truth[kind])].replace(" ", UNBROKEN)
                if kind in truth
                else "–",
                "Il più vicino in elenco": f"{cell(place.get('name'))}{f', {near}' if near else ''}"
                if known
                else "non noto",
                "Posizione": label("precisions", cell(place.get("precision")) or "unknown"),
                "Lingue": languages_in_words(tongues) if tongues else "non note",
                "Orari": hours_in_words(hours) if hours else "non noti",
            }
        )
    return pd.DataFrame(rows).set_index("Sostegno")


def offers_table(offers: pd.DataFrame, truth: pd.Series) -> pd.DataFrame:
    """Rows of mediation that reach a comune: who, where, in which languages, hours; ``truth`` by row."""
    here = offers.loc[truth.index]
    return pd.DataFrame(
        {
            "Chi": here["provider"],
            "Per questa scuola": ["sì" if code == YES else "forse" for code in truth],
            "Dove": [", ".join(settings or ()) or "non noto" for settings in here["settings"]],
            "Lingue": [
                languages_in_words(";".join(codes or ())) or "non note" for codes in here["languages"]
            ],
            "Ore": [
                cell(hours) or (f"{number(known)} l'anno" if not missing(known) else "non note")
                for hours, known in zip(here["hours_note"], here["hours_a_year"], strict=True)
            ],
            "Prova": here["evidence"],
        }
    ).set_index("Chi")


def own_table(sostegni: pd.DataFrame) -> pd.DataFrame:
    """What the registry says that a school has itself."""
    return pd.DataFrame(
        {
            "Sostegno": [label("school_supports", kind) for kind in sostegni["kind"]],
            "Lingue": [
                languages_in_words(";".join(codes or ())) or "non note" for codes in sostegni["languages"]
            ],
            "Ore l'anno": [
                "non note" if missing(hours) else number(hours) for hours in sostegni["hours_a_year"]
            ],
            "Note": [cell(words) or "–" for words in sostegni["description"]],
        }
    ).set_index("Sostegno")


def comuni_sentence(table: pd.DataFrame) -> str:
    """How many comuni there are without any known share, with their schools and pupils."""
    return (
        f"Di **{number(len(table))}** comuni non si conosce la quota di alunni stranieri di nessuna scuola: sono "
        f"**{number(int(table['schools'].sum()))}** scuole e **{number(int(table['pupils'].sum()))}** alunni (di "
        f"**{number(int(table['pupils_known'].sum()))}** scuole il numero è noto)."
    )


def comuni_words(table: pd.DataFrame) -> pd.DataFrame:
    """The comuni that people read about, same order."""
    shown: dict[str, Any] = {
        "Comune": table["comune"],
        "Ambito": table["ambito"].fillna("non noto"),
        "Residenti stranieri su 100": (table["foreign_share"] * 100).round(1),
        "Scuole": table["schools"],
        "Alunni": table["pupils"].astype("Int64"),
        "Mediazione a scuola": [MEDIATION_WORDS[int(code)] for code in table["mediation"]],
    }
    for kind in PLACED:
        shown[f"Minuti: {KIND_WORDS[kind]}"] = _minutes(table, f"{kind}_")
    return pd.DataFrame(shown, index=table.index)


def mediation_sentence(table: pd.DataFrame) -> str:
    """For how many schools a row of mediation was found, by what the table adds up to."""
    said = {
        name: number(int(table[name].sum()))
        for name in ("schools", "found", "possible", "none", "pupils_none")
    }
    return (
        f"Di **{said['schools']}** scuole, **{said['found']}** sono in un Ambito o comune nominato da chi fa "
        f"mediazione a scuola; per **{said['possible']}** è solo possibile; per **{said['none']}** (almeno "
        f"**{said['pupils_none']}** alunni) non abbiamo trovato nessuna riga, che non vuol dire nessuna mediazione: "
        "è da chiedere."
    )


def mediation_words(table: pd.DataFrame) -> pd.DataFrame:
    """Mediation by Ambito as people read it, same order."""
    return pd.DataFrame(
        {
            "Ambito": table["ambito"].fillna("senza Ambito noto"),
            "Righe": table["rows"],
            "Scuole": table["schools"],
            "Alunni": table["pupils"].astype("Int64"),
            "Scuole: trovata": table["found"],
            "solo possibile": table["possible"],
            "nessuna trovata": table["none"],
        },
        index=table.index,
    )


def hours_words(table: pd.DataFrame) -> pd.DataFrame:
    """Hours that are published, and the foreign pupils for each of them."""
    return pd.DataFrame(
        {
            "Chi": table["provider"],
            "Ore l'anno": [number(hours) for hours in table["hours_a_year"]],
            "Per": [", ".join(settings or ()) or "non noto" for settings in table["settings"]],
            "Scuole": [number(count) for count in table["schools"]],
            "Con quota nota": [number(count) for count in table["foreign_known"]],
            "Alunni stranieri per ora": [
                "non calcolabile" if missing(one) else f"almeno {number(one, digits=1)}"
                for one in table["pupils_per_hour"]
            ],
        }
    ).set_index("Chi")


def file(
    ranked: gpd.GeoDataFrame, reached: Mapping[str, pd.DataFrame], asked: Asked, source: str
) -> pd.DataFrame:
    """The ranking as it leaves the house, each row with how it was made."""
    codes = {YES: "yes", UNKNOWN: "unknown", NO: "no"}
    told = pd.DataFrame(schools.with_minutes(ranked, reached).reset_index())
    told = told.assign(**{kind: told[kind].map(codes) for kind in asked.counted})
    made: dict[str, Any] = {"mode": asked.mode, "limit_minutes": asked.limit, "threshold": asked.share / 100}
    return told.assign(**made, source=source)


def share_words(school: Mapping[Any, Any]) -> str:
    """Foreign pupils of one school, their share, or why it is not told."""
    if school["hidden"]:
        return "meno di 5: la quota non si mostra"
    if missing(school["foreign_share"]):
        return "quota non nota"
    return f"{number(school['foreign_pupils'])} ({percent(school['foreign_share'])} di quelli contati per cittadinanza)"
