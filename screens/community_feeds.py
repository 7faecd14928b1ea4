"""What the map of communities fetches: residents of a citizenship by comune, and places of encounter."""

from collections.abc import Collection, Mapping
from typing import Any

from analysis import disclosure
from data.vocabularies import vocabulary
from errors import UnknownCode
from layers import comunita
from screens import communities, community_memory, encounters, memory
from screens.communities import Asked


def codes() -> dict[str, Collection[str]]:
    """The codes that a question may have, by field."""
    return {
        "citizenship": community_memory.known().names,
        "activity": tuple(vocabulary("activity_groups").index),
        "ambito": tuple(memory.ambiti()["ambito_id"]),
    }


def asked(params: Mapping[str, str]) -> Asked:
    """The question of an address; raises ``UnknownCode`` for codes that do not exist."""
    question, strange = communities.parse(params, codes())
    if strange:
        raise UnknownCode(what="comunità, attività o Ambito", codes=strange)
    return question


def shapes(params: Mapping[str, str]) -> dict[str, Any]:
    """Associations that answer, and intercultural centres."""
    question = asked(params)
    return comunita.build(encounters.drawn(community_memory.known(), question, community_memory.centres()))


def values(params: Mapping[str, str]) -> dict[str, list[Any]]:
    """Residents of the citizenship asked, class and text of each comune."""
    question = asked(params)
    known = community_memory.known()
    if not question.citizenship:
        raise UnknownCode(what="cittadinanza", codes=[""])
    here = known.citizens.index.get_level_values("citizenship") == question.citizenship
    people = known.citizens[here].droplevel("citizenship")
    people = people.reindex(memory.comuni()["comune_code"], fill_value=0.0)
    counted = people["published"] >= people["residents"]
    return comunita.values(disclosure.counts(people["residents"]), ~counted)
