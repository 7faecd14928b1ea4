"""What is said of communities: a sentence with the numbers of its table, the table to read, the file. No Streamlit."""

from typing import Final

import geopandas as gpd
import pandas as pd

from analysis import communities
from data.vocabularies import label
from geo.crs import DEGREES
from layers.style import number, percent
from screens.communities import REGION, Asked, Gathered

LEAST: Final = 50
"""Residents from which a community with no association found is named."""

NOT_FOUND: Final = "nessuna trovata"
"""None in the list: it does not say that there is none."""

SOURCE: Final = (
    "Atlante dei servizi per l'integrazione: residenti per cittadinanza ISTAT (1/1/2025), stimati dove il comune non è "
    "pubblicato; associazioni trovate in pagine pubbliche, che non sono un censimento"
)
FILE: Final = {
    "named_ambito": "found_in_ambito",
    "named_province": "found_in_province",
    "named_region": "found_in_lombardy",
    "wider_ambito": "wider_in_ambito",
    "wider_province": "wider_in_province",
    "wider_region": "wider_in_lombardy",
    "per_association": "residents_per_association",
}
"""Column of ``against`` → its name in a file."""


def finding(table: pd.DataFrame, known: Gathered, asked: Asked, ambiti: pd.Series) -> str:
    """One sentence with the numbers of the table, which is ``against`` of the same question; ``ambiti``: their names.

    Of both asked it tells the row; of a citizenship, all its Ambiti; otherwise the largest community with none found.
    """
    doing = f" (attività: {label('activity_groups', asked.activity)})" if asked.activity else ""
    if table.empty:
        where = ambiti[asked.ambito] if asked.ambito else "In Lombardia"
        return f"**{where}**: nessun residente noto di questa cittadinanza."
    if asked.citizenship and asked.ambito:
        return _of_row(table.iloc[0], known.names[asked.citizenship], str(ambiti[asked.ambito]), doing)
    if asked.citizenship:
        return _of_citizenship(table, known.names[asked.citizenship], ambiti, doing)
    return _of_all(table, known, asked, ambiti, doing)


def _of_row(row: pd.Series, name: str, where: str, doing: str) -> str:
    if pd.isna(row["residents"]):
        people = f"pochi residenti di cittadinanza «{name}»"
    else:
        about = "circa " if row["published"] < 1 else ""
        people = f"{about}**{number(row['residents'])}** residenti di cittadinanza «{name}»"
    each = (
        ""
        if pd.isna(row["per_association"])
        else f", una ogni **{number(row['per_association'])}** residenti"
    )
    return (
        f"**{where}**: {people}. Associazioni che nominano questa comunità{doing}: "
        f"{_counted(row['named_ambito'])} nell'Ambito{each}; {_counted(row['named_province'])} nella provincia; "
        f"{_counted(row['named_region'])} in Lombardia."
    )


def _of_citizenship(table: pd.DataFrame, name: str, ambiti: pd.Series, doing: str) -> str:
    whole, rest = table.loc[REGION].iloc[0], table.drop(index=REGION, level="area")
    empty = communities.none_found(rest, least=LEAST)
    most = (
        ""
        if empty.empty
        else f" Quello con più residenti e {NOT_FOUND} è {ambiti[empty.index[0][0]]}, con "
        f"**{number(empty['residents'].iloc[0])}**."
    )
    return (
        f"In Lombardia vivono **{number(whole['residents'])}** residenti di cittadinanza «{name}». "
        f"Associazioni che nominano questa comunità{doing}: {_counted(whole['named_region'])}; gli Ambiti che ne hanno "
        f"almeno una sono **{int((rest['named_ambito'] > 0).sum())}**.{most}"
    )


def _of_all(table: pd.DataFrame, known: Gathered, asked: Asked, ambiti: pd.Series, doing: str) -> str:
    where = f"**{ambiti[asked.ambito]}**" if asked.ambito else "In Lombardia"
    some = int((table["named_ambito"] > 0).sum())
    empty = communities.none_found(table, least=LEAST)
    told = f"{where}: cittadinanze con almeno un'associazione trovata{doing}, **{some}** su **{len(table)}**"
    if empty.empty:
        return f"{told}."
    first = empty.iloc[0]
    return (
        f"{told}. La comunità più numerosa con nessuna trovata: {known.names[empty.index[0][1]]}, "
        f"**{number(first['residents'])}** residenti."
    )


def _counted(count: float) -> str:
    """Associations found, in words where none was.

    >>> _counted(0), _counted(3.0)
    ('nessuna trovata', '**3**')
    """
    return NOT_FOUND if count == 0 else f"**{number(count)}**"


def readable(table: pd.DataFrame, known: Gathered, asked: Asked, ambiti: pd.Series) -> pd.DataFrame:
    """The table that people read; numbers stay numbers, so that its columns sort.

    Rows of all Lombardy have no columns of Ambito and province.
    """
    areas, codes = (table.index.get_level_values(level) for level in ("area", "citizenship"))
    columns: dict[str, object] = {}
    if not asked.citizenship:
        columns["Cittadinanza"] = [known.names[code] for code in codes]
    whole = not (asked.citizenship or asked.ambito)
    if not whole and not asked.ambito:
        columns["Ambito"] = [ambiti.get(code, "Tutta la Lombardia") for code in areas]
    columns["Residenti"] = table["residents"].to_numpy()
    if not whole:
        columns["Contati nel comune"] = [percent(share, digits=0) for share in table["published"]]
        for name, words in (("ambito", "Nell'Ambito"), ("province", "Nella provincia")):
            counts = table[f"named_{name}"].mask(areas == REGION)
            columns[words] = [found_words(count) for count in counts]
    columns["In Lombardia"] = [found_words(count) for count in table["named_region"]]
    columns["Una ogni"] = [number(each) for each in table["per_association"]]
    columns["Di un'area più ampia"] = [found_words(count) for count in table["wider_ambito"]]
    return pd.DataFrame(columns)


def found_words(count: float) -> str:
    """How many were found; a dash where that is not the question.

    >>> found_words(0), found_words(2), found_words(float("nan"))
    ('nessuna trovata', '2', '–')
    """
    return NOT_FOUND if count == 0 else number(count)


def file(table: pd.DataFrame, known: Gathered, asked: Asked, ambiti: gpd.GeoDataFrame) -> pd.DataFrame:
    """The same table as it leaves the house, with the outlines of the Ambiti where rows are Ambiti."""
    flat = (
        table.rename(columns=FILE)
        .reset_index()
        .rename(columns={"area": "ambito_id", "published": "counted_share"})
    )
    flat["counted_share"] = flat["counted_share"].round(3)
    flat["residents_per_association"] = flat["residents_per_association"].round()
    flat.insert(2, "citizenship_name", flat["citizenship"].map(known.names))
    flat["activity"] = asked.activity or None
    flat["source"] = SOURCE
    if not (asked.citizenship or asked.ambito):
        wholly = flat.drop(columns=["ambito_id", "counted_share"])
        return wholly.drop(
            columns=[name for name in FILE.values() if name.endswith(("_ambito", "_province"))]
        )
    named = ambiti.set_index("ambito_id")
    flat.insert(1, "ambito", flat["ambito_id"].map(named["ambito"]))
    outlines = gpd.GeoSeries(flat["ambito_id"].map(named.geometry), crs=DEGREES)
    return gpd.GeoDataFrame(flat, geometry=outlines) if asked.citizenship else flat
