"""The vocabularies of data-inclusion: our codes as theirs and back, by tables that say where there is none."""

from collections.abc import Iterable
from typing import Any, Final

from data.vocabularies import vocabulary

TABLES: Final = {
    "themes": "data_inclusion_themes",
    "targets": "data_inclusion_publics",
    "kind": "data_inclusion_types",
    "cost": "data_inclusion_fees",
    "access": "data_inclusion_access",
    "reception": "data_inclusion_receptions",
}
"""Field → the table of its codes: ``code`` is theirs (empty: no counterpart), ``back`` whether it is read back so."""
EVERYBODY: Final = "tous-publics"


def theirs(field: str, codes: Iterable[str] | None) -> list[str] | None:
    """Their codes for ours, each once; missing where none has a counterpart.

    Examples
    --------
    >>> theirs("targets", ["rifugiati", "apolidi", "adulti"]), theirs("themes", ["corsi_italiano"])
    (['personnes-exilees'], None)
    """
    table = vocabulary(TABLES[field])["code"]
    found = dict.fromkeys(str(table[code]) for code in codes or () if code in table.index and table[code])
    if EVERYBODY in found:
        return [EVERYBODY]
    return list(found) or None


def ours(field: str, codes: Any) -> tuple[list[str] | None, list[str]]:
    """Our codes for theirs, and those of theirs that are none of ours alone.

    Examples
    --------
    >>> ours("targets", ["familles", "jeunes"])
    (['famiglie'], ['jeunes'])
    """
    table = vocabulary(TABLES[field])
    back = {code: value for value, code in table.loc[table["back"] == "true", "code"].items()}
    given = [str(code) for code in codes if code] if isinstance(codes, list) else []
    found = [str(back[code]) for code in dict.fromkeys(given) if code in back]
    return found or None, [code for code in given if code not in back]
