"""Accesso, the view by language: who reaches a desk that speaks theirs, and which languages are missing where."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

import geopandas as gpd
import pandas as pd
import streamlit as st
from streamlit_folium import st_folium

from geo.crs import DEGREES
from layers import lingue
from layers.base import Layers, UrlLayer, base_map
from layers.legend import legend_html
from layers.style import number
from screens import (
    ask_registry,
    downloads,
    feeds,
    frame,
    language_answers,
    language_need,
    map_ground,
    memory,
    need,
)
from screens.language_answers import GROUND, LANGUAGE, USUAL_GROUND
from screens.need import Need
from screens.offer import offer
from screens.offers import asked_as

PAGE: Final = "accesso"
MAP: Final = "accesso_lingue_carta"
GROUND_WORDS: Final = {
    "confermato": "Senza sportello noto",
    "possibile": "Senza possibile",
}
SOURCES: Final = ("foreign_population", "citizenship", "citizenship_languages", "sportelli")
SOURCE: Final = f"{downloads.SOURCE}; lingue per cittadinanza: Unicode CLDR (Unicode-3.0) e pagine pubbliche"


def show(asked: Need) -> None:
    """The whole view: the languages, one of them on the map and by Ambito, and what is missing where."""
    found = language_answers.by_language(asked)
    shown = language_need.shown(found)
    st.markdown(headline(shown, asked))
    frame.table(table_words(shown), "Lingue, persone che le parlano e sportelli")
    _caption(asked)
    offer(
        _asked(language_need.file(found), asked),
        "lingue",
        f"{asked.mode}-{asked.limit}-minuti",
        title=f"Persone per lingua e sportello {_words(asked)}",
        source=SOURCE,
        id_column="language",
    )
    _missing(asked)
    language = _choose(asked, [str(code) for code in found.index])
    if language:
        _one(asked, language, shown.loc[language].to_dict())
    frame.sources(*SOURCES, also=frame.minutes_from(asked.mode))


def _words(asked: Need) -> str:
    """The question in words without its languages: each row asks its own."""
    return need.words(replace(asked, languages=()))


def headline(shown: pd.DataFrame, asked: Need) -> str:
    """The language that leaves out most people, with the figures of the table."""
    if not (shown["confirmed"] > 0).any():
        return f"Per nessuna delle lingue guardate c'è chi resta senza uno sportello {_words(asked)}."
    worst = str(shown["confirmed"].idxmax())
    row = shown.loc[worst].to_dict()
    which = "più parlate" if len(shown) == language_need.MOST else "guardate"
    return (
        f"Fra le {len(shown)} lingue {which}, quella con più persone senza uno sportello noto è "
        f"**{language_need.name(worst)}**: circa **{frame.people_words(row['confirmed'])}** su "
        f"{frame.people_words(row['estimate'])} non ne hanno uno che dica di parlarla {_words(asked)}. "
        f"Contando anche ciò che non si sa ({_silent(row['silent'])}), sarebbero "
        f"**{frame.people_words(row['possible'])}**."
    )


def sentence(row: Mapping[Any, Any], language: str, asked: Need) -> str:
    """One language, with the figures of its row."""
    speak = int(row["speak"])
    said = (
        "Nessuno sportello dice di parlarla"
        if not speak
        else "Un solo sportello dice di parlarla"
        if speak == 1
        else f"{number(speak)} sportelli dicono di parlarla"
    )
    return (
        f"Parlano **{language_need.name(language)}** circa **{frame.people_words(row['estimate'])}** persone"
        f"{_range(row, 'low', 'high')}. {said}; **{frame.people_words(row['confirmed'])}** persone"
        f"{_range(row, 'confirmed_low', 'confirmed_high')} non ne hanno uno {_words(asked)}. Contando anche ciò che "
        f"non si sa ({_silent(row['silent'])}), sarebbero **{frame.people_words(row['possible'])}**"
        f"{_range(row, 'possible_low', 'possible_high')}."
    )


def _silent(count: float) -> str:
    return (
        "uno sportello non dice quali lingue parla"
        if count == 1
        else f"{number(count)} sportelli non dicono quali lingue parlano"
    )


def _range(row: Mapping[Any, Any], low: str, high: str) -> str:
    """The two ends after a figure; nothing where they are one."""
    words = frame.between_words(row[low], row[high])
    return f" ({words})" if words.startswith("tra ") else ""


def table_words(shown: pd.DataFrame) -> pd.DataFrame:
    """The table that people read."""
    rows = shown.to_dict("records")
    columns = {
        "Persone (stima)": [_people(row, "estimate", "low", "high") for row in rows],
        "Sportelli che dicono di parlarla": [number(row["speak"]) for row in rows],
        "Sportelli che non dicono le lingue": [number(row["silent"]) for row in rows],
        "Senza sportello noto": [
            _people(row, "confirmed", "confirmed_low", "confirmed_high") for row in rows
        ],
        "Senza neanche uno possibile": [
            _people(row, "possible", "possible_low", "possible_high") for row in rows
        ],
    }
    names = [language_need.name(str(code)).capitalize() for code in shown.index]
    return pd.DataFrame(columns, index=pd.Index(names, name="Lingua"))


def _people(row: Mapping[Any, Any], middle: str, low: str, high: str) -> str:
    if row[low] == row[high] or pd.isna(row[high]):
        return frame.people_words(row[middle])
    ends = [frame.people_words(row[end]) for end in (low, high)]
    return f"{frame.people_words(row[middle])} ({'–'.join(ends)})"


def _caption(asked: Need) -> None:
    largest = f"Le {language_need.MOST} lingue più parlate secondo la stima"
    more = ", e quelle della domanda; ogni riga chiede la propria" if asked.languages else ""
    st.caption(
        f"{largest}{more}. Nessuno conta le lingue: sono i residenti stranieri per cittadinanza (del comune dove sono "
        "pubblicati, altrimenti della provincia) per le lingue di ogni cittadinanza. La stima conta ognuno una volta, "
        "nella sua lingua principale; tra parentesi il minimo e il massimo, che conta anche chi la sa come seconda "
        "lingua: per inglese e francese è molto più grande. Chi parla arabo egiziano, marocchino o tunisino è sotto "
        "arabo; wu e cantonese sotto cinese. L'italiano non c'è: lo parlano tutti gli sportelli. "
        f"{frame.ROUNDED}"
    )


def _choose(asked: Need, codes: list[str]) -> str:
    """Which language is looked at; that of the question, if it asks one, until another is chosen."""
    st.header("Una lingua sulla mappa", anchor=False)
    from_question = [code for code in map(asked_as, asked.languages) if code in codes]
    first = from_question[:1] or codes[:1]
    with st.container(horizontal=True, vertical_alignment="bottom"), st.container(width=260):
        return ask_registry.one(
            "Quale lingua",
            LANGUAGE,
            [*first, *(code for code in codes if code not in first)],
            lambda code: language_need.name(code).capitalize(),
            page=PAGE,
        )


def _one(asked: Need, language: str, row: Mapping[Any, Any]) -> None:
    """One language: a sentence, the map by comune, the table by Ambito."""
    st.markdown(sentence(row, language, asked))
    chart, side = st.columns([1.1, 1], gap="medium")
    with chart:
        ground = frame.choice(
            "La mappa mostra chi resta",
            GROUND,
            tuple(GROUND_WORDS),
            USUAL_GROUND,
            GROUND_WORDS.__getitem__,
            page=PAGE,
        )
        _map(asked, language, ground)
    with side:
        _ambiti(asked, language)


def _map(asked: Need, language: str, ground: str) -> None:
    told = need.write(asked) | {LANGUAGE: language, GROUND: ground}
    shapes, values = feeds.url("geojson", "comuni"), feeds.url("json", "accesso_lingue", **told)
    drawn = [
        UrlLayer("comuni", GROUND_WORDS[ground], shapes, lingue.SCALE.marks, values=values),
        *map_ground.under(),
    ]
    name = language_need.name(language)
    st_folium(
        base_map(
            label=f"Mappa di chi parla {name} e resta senza sportello; gli stessi dati sono nella tabella per Ambito"
        ),
        key=MAP,
        height=470,
        use_container_width=True,
        returned_objects=[],
        feature_group_to_add=Layers(drawn),
    )
    also = ", anche contando ciò che non si sa" if ground == "possibile" else ""
    st.html(
        legend_html(
            f"Chi parla {name} e resta senza sportello",
            lingue.SCALE.marks,
            note=f"Stima: persone senza uno sportello che dica di parlare {name}, {_words(asked)}{also}.",
        )
    )


def _ambiti(asked: Need, language: str) -> None:
    """One language by Ambito, and the same by comune to take away."""
    by_ambito = language_answers.by_ambito(asked)
    here = language_need.of_language(by_ambito, language)
    rows = language_need.shown(here).droplevel("language")
    rows = rows.sort_values(["confirmed", "estimate"], ascending=False, na_position="last")
    st.dataframe(
        frame.figures(ambiti_words(rows)),
        hide_index=True,
        height=440,
        placeholder="–",
        alt=f"Chi parla {language_need.name(language)}, una riga per Ambito",
    )
    st.caption(
        "Prima dove più persone restano senza uno sportello noto; «senza possibile»: anche contando ciò che non "
        "si sa. Un trattino: pochi, meno di 5. I comuni senza un "
        "Ambito noto non ci sono."
    )
    comuni = memory.comuni().set_index("comune_code")
    codes = language_need.of_language(language_answers.by_comune(asked), language)
    table = _asked(language_need.file(codes, comuni["comune"].to_dict()), asked)
    known = language_answers.spoken().known
    table = table.assign(
        citizenships=table["comune_code"].map(known).map({True: "comune", False: "provincia"})
    )
    st.caption(f"Gli stessi dati per ogni comune ({len(table)} righe):")
    offer(
        gpd.GeoDataFrame(table, geometry=table["comune_code"].map(comuni.geometry), crs=DEGREES),
        "lingua",
        language,
        f"{asked.mode}-{asked.limit}-minuti",
        title=f"Chi parla {language_need.name(language)} e uno sportello {_words(asked)}",
        source=SOURCE,
        id_column="comune_code",
    )


def ambiti_words(rows: pd.DataFrame) -> pd.DataFrame:
    """One language by Ambito, as people read it."""
    names = ask_registry.names()
    return pd.DataFrame(
        {
            "Ambito": [names.get(str(code), str(code)) for code in rows.index],
            "La parlano": rows["estimate"],
            "Senza noto": rows["confirmed"],
            "Senza possibile": rows["possible"],
        }
    )


def _missing(asked: Need) -> None:
    """Which languages are missing where."""
    st.header("Quali lingue mancano, e dove", anchor=False)
    rows = language_need.missing(language_answers.by_ambito(asked))
    if rows.empty:
        st.markdown(f"In nessun Ambito qualcuno resta senza uno sportello {_words(asked)}, nella sua lingua.")
        return
    shown = missing_words(rows)
    st.markdown(missing_sentence(shown))
    st.dataframe(
        frame.figures(shown),
        hide_index=True,
        height=420,
        placeholder="–",
        alt="Le lingue che mancano di più, una riga per Ambito",
    )
    st.caption(
        "Di ogni Ambito la lingua con più persone senza uno sportello che dice di parlarla, poi le due che seguono. "
        "Che uno sportello non lo dica non vuol dire che non la parli: conviene chiederlo."
    )
    offer(
        _asked(
            language_need.file(rows.reset_index().set_index(["language", "ambito_id"]), ask_registry.names()),
            asked,
        ),
        "lingue-mancanti",
        f"{asked.mode}-{asked.limit}-minuti",
        title=f"Lingue senza uno sportello {_words(asked)}, per Ambito",
        source=SOURCE,
        id_column="ambito_id",
    )


def missing_words(rows: pd.DataFrame) -> pd.DataFrame:
    """The first missing language of each Ambito and those that follow, as people read them."""
    flat = rows.reset_index()
    flat["words"] = flat["language"].map(language_need.name)
    first = flat.drop_duplicates("ambito_id").set_index("ambito_id")
    others = flat[flat.duplicated("ambito_id")].groupby("ambito_id")["words"].agg(", ".join)
    names = ask_registry.names()
    return pd.DataFrame(
        {
            "Ambito": [names.get(str(code), str(code)) for code in first.index],
            "Manca di più": first["words"],
            "Persone senza": first["confirmed"],
            "Su quante": first["estimate"],
            "Poi": others.reindex(first.index).fillna(""),
        }
    )


def missing_sentence(shown: pd.DataFrame) -> str:
    """How many Ambiti lack which language most, with the figures of the table."""
    counted = shown["Manca di più"].value_counts(sort=False).rename_axis("name").reset_index(name="count")
    counted = counted.sort_values(["count", "name"], ascending=[False, True]).head(3)
    said = [f"**{row['name']}** in {number(row['count'])}" for row in counted.to_dict("records")]
    first = shown.iloc[0]
    return (
        f"La lingua con più persone senza uno sportello noto è {', '.join(said)} dei {number(len(shown))} Ambiti dove "
        f"ne manca qualcuna. Il numero più grande è a {first['Ambito']}: **{number(first['Persone senza'])}** persone "
        f"che parlano {first['Manca di più']}."
    )


def _asked(table: pd.DataFrame, asked: Need) -> pd.DataFrame:
    """A file says what was asked."""
    return table.assign(question=_words(asked), mode=asked.mode, limit_minutes=asked.limit, source=SOURCE)
