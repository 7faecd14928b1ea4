"""What the maps of the page Scuole fetch: schools by what they lack, and mediation in schools by Ambito."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from data.vocabularies import label
from layers import scuole_sostegno
from screens import memory, school_mediation, school_memory, school_words, schools


def shapes(params: Mapping[str, str]) -> dict[str, Any]:
    """Schools whose share is shown, with what those of the ranking lack; of one Ambito all the schools."""
    asked = schools.parse(params)
    known = schools.of_ambito(school_memory.around().schools, asked.ambito)
    known = known if asked.ambito else known[known["foreign_share"].notna()]
    ranked = school_memory.ranked(asked)
    told = pd.Series(
        [school_words.lacks(row, asked) for row in ranked.to_dict("records")], ranked.index, dtype="object"
    )
    levels = [label("school_levels", code) if code != "altro" else "" for code in known["level"]]
    return scuole_sostegno.build(
        known.assign(
            level_name=levels,
            missing=ranked["missing"].reindex(known.index),
            words=told.reindex(known.index),
        )
    )


def mediation() -> dict[str, list[Any]]:
    """Class and text of each Ambito: for how many of its schools mediation was found."""
    around = school_memory.around()
    table = school_mediation.by_ambito(around.schools, around.reached, memory.ambiti())
    return scuole_sostegno.values(table.drop(index="", errors="ignore"))
