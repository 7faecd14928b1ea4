"""Who may do what: the whole matrix, verb by verb."""

import pytest

from data.registry import editing, links, people
from data.registry.books import Account
from errors import NotAllowed, PassRefused, RecordMissing

PEOPLE = ("nessuno", "regione", "bergamo", "dalmine", "due", "gestore", "ente")
YES, AMBITO, RECORD, NOT_HERE, FIELD, READ = (
    None,
    "other_ambito",
    "other_record",
    "not_here",
    "field",
    "reading_only",
)

DOES = {
    "edit own desk": lambda t, p: editing.edit(
        t.store, p, "sportelli", "sp-bg", version=1, said={"phone": "035 111111"}
    ),
    "edit other desk": lambda t, p: editing.edit(
        t.store, p, "sportelli", "sp-da", version=1, said={"phone": "035 111111"}
    ),
    "edit session": lambda t, p: editing.edit(
        t.store, p, "sessioni", "se-bg", version=1, said={"hours": "Tu 09:00-12:00"}
    ),
    "edit ente": lambda t, p: editing.edit(t.store, p, "enti", "en-tutti", version=1, said={"phone": "035 1111"}),
    "edit evidence": lambda t, p: editing.edit(
        t.store, p, "sportelli", "sp-bg", version=1, said={"evidence": "A"}
    ),
    "move desk": lambda t, p: editing.edit(
        t.store, p, "sportelli", "sp-bg", version=1, said={"ambito_id": "dalmine"}
    ),
    "move session": lambda t, p: editing.edit(
        t.store, p, "sessioni", "se-bg", version=1, said={"sportello_id": "sp-da"}
    ),
    "create session": lambda t, p: editing.create(t.store, p, "sessioni", {"sportello_id": "sp-bg"}),
    "create session there": lambda t, p: editing.create(
        t.store, p, "sessioni", {"sportello_id": "sp-da"}
    ),
    "create desk": lambda t, p: editing.create(
        t.store, p, "sportelli",
        {"name": "Nuovo", "kind": "caritas", "ente_id": "en-tutti", "ambito_id": "bergamo"},
    ),
    "create ente of all": lambda t, p: editing.create(t.store, p, "enti", {"name": "Nuovo ente"}),
    "confirm": lambda t, p: editing.confirm(t.store, p, "sportelli", "sp-bg", version=1),
    "delete desk": lambda t, p: editing.delete(t.store, p, "sportelli", "sp-bg", version=1),
    "delete session": lambda t, p: editing.delete(t.store, p, "sessioni", "se-bg", version=1),
    "history": lambda t, p: editing.history(t.store, p, "sportelli", "sp-bg"),
    "undo the seed": lambda t, p: editing.undo(t.store, p, t.last_change("sostegni", "so-bg")),
    "give link": lambda t, p: links.give(t.store, p, records=[("sportelli", "sp-bg")], label="Ufficio"),
    "see links": lambda t, p: links.given(t.store, p),
}  # fmt: skip

MATRIX = {
    #                       nessuno  regione bergamo dalmine due  gestore   ente
    "edit own desk":        (READ,   YES,    YES,    AMBITO, YES, YES,      RECORD),
    "edit other desk":      (READ,   YES,    AMBITO, YES,    YES, AMBITO,   YES),
    "edit session":         (READ,   YES,    YES,    AMBITO, YES, YES,      RECORD),
    "edit ente":            (READ,   YES,    AMBITO, AMBITO, AMBITO, AMBITO, YES),
    "edit evidence":        (READ,   YES,    YES,    AMBITO, YES, FIELD,    RECORD),
    "move desk":            (READ,   YES,    AMBITO, AMBITO, YES, FIELD,    RECORD),
    "move session":         (READ,   YES,    AMBITO, AMBITO, YES, FIELD,    RECORD),
    "create session":       (READ,   YES,    YES,    AMBITO, YES, YES,      RECORD),
    "create session there": (READ,   YES,    AMBITO, YES,    YES, AMBITO,   YES),
    "create desk":          (READ,   YES,    YES,    AMBITO, YES, RECORD,   NOT_HERE),
    "create ente of all":   (READ,   YES,    AMBITO, AMBITO, AMBITO, AMBITO, RECORD),
    "confirm":              (READ,   YES,    YES,    AMBITO, YES, YES,      RECORD),
    "delete desk":          (READ,   YES,    YES,    AMBITO, YES, NOT_HERE, RECORD),
    "delete session":       (READ,   YES,    YES,    AMBITO, YES, YES,      RECORD),
    "history":              (READ,   YES,    YES,    AMBITO, YES, YES,      RECORD),
    "undo the seed":        (READ,   YES,    YES,    AMBITO, YES, RECORD,   RECORD),
    "give link":            (READ,   YES,    YES,    AMBITO, YES, NOT_HERE, NOT_HERE),
    "see links":            (READ,   YES,    YES,    YES,    YES, NOT_HERE, NOT_HERE),
}  # fmt: skip


@pytest.mark.parametrize("what", DOES)
def test_the_matrix_of_rights(town, what):
    for someone, why in zip(PEOPLE, MATRIX[what], strict=True):
        if why is not None:
            before = town.everything()
            with pytest.raises(NotAllowed) as told:
                DOES[what](town, town.passes[someone])
            assert (someone, told.value.why) == (someone, why)
            assert town.everything() == before
    allowed = [someone for someone, why in zip(PEOPLE, MATRIX[what], strict=True) if why is None]
    DOES[what](town, town.passes[allowed[-1]])


@pytest.mark.parametrize("someone", ["regione", "bergamo", "due", "gestore"])
def test_who_may_edit_does(town, someone):
    assert DOES["edit own desk"](town, town.passes[someone]) == 2
    assert town.said("sportelli", "sp-bg")["phone"] == "035 111111"


def test_editing_is_off_until_there_is_an_account(store):
    assert not people.editing_is_on(store)
    people.add(store, name="redazione", role="regione", oidc="https://id.example me")
    assert people.editing_is_on(store)
    people.disable(store, "redazione")
    assert not people.editing_is_on(store)


def test_a_session_is_of_whom_its_desk_is_and_follows_it(town):
    store, token = town.store, town.passes["due"]
    editing.edit(store, token, "sportelli", "sp-bg", version=1, said={"ambito_id": "dalmine"})
    assert town.said("sessioni", "se-bg")["ambito_id"] == "dalmine"
    editing.undo(store, token, town.last_change("sportelli", "sp-bg"))
    assert town.said("sessioni", "se-bg")["ambito_id"] == "bergamo"


def test_a_provider_takes_back_its_own_changes_only(town):
    store, token = town.store, town.passes["gestore"]
    editing.edit(store, town.passes["bergamo"], "sportelli", "sp-bg", version=1, said={"phone": "035 222222"})
    with pytest.raises(NotAllowed, match="not_here"):
        editing.undo(store, token, town.last_change("sportelli", "sp-bg"))
    editing.edit(store, token, "sportelli", "sp-bg", version=2, said={"phone": "035 333333"})
    editing.undo(store, token, town.last_change("sportelli", "sp-bg"))
    assert town.said("sportelli", "sp-bg")["phone"] == "035 222222"


def test_a_provider_restores_only_the_session_it_put_aside(town):
    store, token = town.store, town.passes["gestore"]
    editing.delete(store, token, "sessioni", "se-bg", version=1)
    editing.restore(store, token, "sessioni", "se-bg")
    editing.delete(store, town.passes["bergamo"], "sessioni", "se-bg", version=3)
    with pytest.raises(NotAllowed, match="not_here"):
        editing.restore(store, token, "sessioni", "se-bg")


def test_a_link_holds_until_its_last_day_and_no_longer(town, clock):
    store, token = town.store, town.passes["gestore"]
    clock.go(days=89)
    editing.edit(store, token, "sportelli", "sp-bg", version=1, said={"phone": "035 111111"})
    clock.go(days=1)
    with pytest.raises(PassRefused, match="expired"):
        editing.edit(store, token, "sportelli", "sp-bg", version=2, said={"phone": "035 111112"})


def test_a_link_that_was_taken_back_opens_nothing(town):
    store = town.store
    (link,) = links.given(store, town.passes["bergamo"])
    assert link.records == ("sportelli/sp-bg",)
    with pytest.raises(NotAllowed, match="other_ambito"):
        links.take_back(store, town.passes["dalmine"], link.id)
    links.take_back(store, town.passes["bergamo"], link.id)
    with pytest.raises(PassRefused, match="revoked"):
        editing.confirm(store, town.passes["gestore"], "sportelli", "sp-bg", version=1)
    with pytest.raises(RecordMissing):
        links.take_back(store, town.passes["bergamo"], "link-none")


def test_a_link_loses_the_desk_that_leaves_the_ambito_of_whoever_gave_it(town):
    editing.edit(
        town.store, town.passes["regione"], "sportelli", "sp-bg", version=1, said={"ambito_id": "dalmine"}
    )
    with pytest.raises(NotAllowed, match="other_ambito"):
        editing.confirm(town.store, town.passes["gestore"], "sportelli", "sp-bg", version=2)


def test_an_editor_of_two_ambiti_gives_links_that_one_of_one_cannot_take_back(town):
    links.give(town.store, town.passes["due"], records=[("sportelli", "sp-da")], label="Ufficio")
    assert [len(links.given(town.store, town.passes[name])) for name in ("bergamo", "dalmine", "due", "regione")] == [
        1, 0, 2, 3,
    ]  # fmt: skip


def test_what_an_account_may_do_is_read_at_each_change(town):
    with town.store.writing() as session:
        for account in session.query(Account).filter_by(name="bergamo"):
            account.ambiti = ["dalmine"]
    with pytest.raises(NotAllowed, match="other_ambito"):
        DOES["edit own desk"](town, town.passes["bergamo"])
