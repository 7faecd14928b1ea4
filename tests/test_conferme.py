"""The page Da confermare as readers, editors and providers open it: one click, several, back, and conflicts told."""

import datetime as dt

from sqlalchemy import select
from streamlit.testing.v1 import AppTest

from data import catalog
from data.registry import campaigns, editing, freshness, links, outbox, people, reading
from data.registry.books import Letter
from screens import memory, overdue

APP = str(catalog.TABLES.parent.parent / "app.py")
DESK = "sp-lo-sportello-stranieri-lodi"


def signed(name, *ambiti):
    """The pass of an editor of some Ambiti, of all without any."""
    role = "ambito" if ambiti else "regione"
    people.add(memory.registry(), name=name, role=role, ambiti=ambiti, oidc=f"https://id.example {name}",
               email=f"{name}@atlante.example")  # fmt: skip
    return people.sign_in_vouched(memory.registry(), f"https://id.example {name}")


def opened(token=None, **query):
    app = AppTest.from_file(APP, default_timeout=120)
    if token:
        app.session_state["signing_token"] = token
    app.switch_page("screens/conferme.py")
    for name, value in query.items():
        app.query_params[name] = value
    return ran(app)


def ran(app):
    app.run()
    assert not app.exception
    return app


def words(app):
    kinds = ("title", "header", "markdown", "caption", "success", "warning", "error")
    said = [str(each.value) for kind in kinds for each in getattr(app, kind)]
    return "\n".join([*said, *(each.proto.body for each in app.get("html"))])


def keys(app, start):
    return [one.key for one in app.button if one.key and one.key.startswith(start)]


def press(app, start):
    (key,) = keys(app, start)
    app.button(key=key).click()
    return ran(app)


def figures(app):
    return {one.label: one.value for one in app.metric}


def test_a_reader_sees_the_list_and_no_button():
    app = opened(ambito="lodi", tipi="sportelli")
    slot = reading.card(memory.registry(), "sportelli", DESK).sessioni[0]
    assert "· lun, ven 15:00-18:00</small>" in words(app)
    assert slot.said["hours"] == "Mo,Fr 15:00-18:00"
    found = freshness.by_ambito(memory.registry())["lodi"]
    assert figures(app) == {
        "Mai confermate": str(found["mai_confermato"]), "Da riconfermare": "0", "Confermate": "0",
    }  # fmt: skip
    assert "Sportello Stranieri Lodi" in words(app)
    assert not keys(app, "overdue_true")
    assert not app.checkbox
    assert "La posta non è configurata" in words(app)
    assert not keys(app, "campaign_start")


def test_all_of_lombardy_opens_on_its_first_page_and_counts_every_record():
    app = opened()
    total = sum(counts.total() for counts in freshness.by_ambito(memory.registry()).values())
    assert sum(int(value) for value in figures(app).values()) == total
    assert f"1-{overdue.SIZE} di {total}" in [one.value and str(one.options[0]) for one in app.selectbox][-1]
    app.selectbox(key="conferme_pagina").set_value("2")
    assert ran(app).query_params["pagina"] == "2" or app.query_params["pagina"] == ["2"]


def test_one_click_stamps_the_desk_with_its_sessions_and_can_be_taken_back():
    token = signed("lodi", "lodi")
    app = opened(token, ambito="lodi", tipi="sportelli")
    before = reading.card(memory.registry(), "sportelli", DESK)
    press(app, f"overdue_true_sportelli_{DESK}")
    after = reading.card(memory.registry(), "sportelli", DESK)
    today = memory.registry().today().isoformat()
    assert [one.said["confirmed_on"] for one in (after, *after.sessioni)] == [today] * (
        1 + len(after.sessioni)
    )
    assert len(after.sessioni) == 1
    assert "Confermata una scheda" in words(app)
    assert not keys(app, f"overdue_true_sportelli_{DESK}")
    assert figures(app)["Confermate"] == "2"
    press(app, "overdue_undo")
    back = reading.card(memory.registry(), "sportelli", DESK)
    assert (back.said, back.sessioni[0].said) == (before.said, before.sessioni[0].said)
    assert "Conferma annullata" in words(app)
    assert figures(app)["Confermate"] == "0"


def test_what_was_changed_meanwhile_is_told_and_shown_and_not_confirmed():
    token = signed("lodi", "lodi")
    app = opened(token, ambito="lodi", tipi="sportelli")
    slot = reading.card(memory.registry(), "sportelli", DESK).sessioni[0]
    editing.edit(
        memory.registry(), token, "sessioni", slot.key, version=slot.version, said={"hours": "Tu 09:00-12:00"}
    )
    press(app, f"overdue_true_sportelli_{DESK}")
    said = words(app)
    assert reading.card(memory.registry(), "sportelli", DESK).said["confirmed_on"] is None
    assert "qualcun altro l'ha cambiata" in said
    assert "<td>Tu 09:00-12:00</td>" in said
    press(app, f"overdue_true_sportelli_{DESK}")
    assert reading.card(memory.registry(), "sportelli", DESK).said["confirmed_on"] is not None


def test_several_are_confirmed_together_and_taken_back_together():
    app = opened(signed("redazione"), ambito="lodi", tipi="associazioni")
    boxes = [one for one in app.checkbox if one.key.startswith("overdue_pick_")]
    assert len(boxes) > 2
    boxes[0].check()
    boxes[1].check()
    ran(app)
    press(app, "overdue_several")
    assert "Confermate 2 schede" in words(app)
    assert freshness.by_ambito(memory.registry())["lodi"]["confermato"] == 2
    press(app, "overdue_undo")
    assert freshness.by_ambito(memory.registry())["lodi"]["confermato"] == 0


def test_an_editor_has_buttons_for_its_own_ambito_only():
    token = signed("lodi", "lodi")
    assert len(keys(opened(token, ambito="lodi"), "overdue_true")) == overdue.SIZE
    assert keys(opened(token, ambito="bergamo"), "overdue_true") == []


def test_the_interval_is_changed_from_the_list():
    app = opened(signed("lodi", "lodi"), ambito="lodi", tipi="sportelli")
    box = next(one for one in app.selectbox if one.key.startswith(f"overdue_every_sportelli_{DESK}"))
    assert box.value == reading.card(memory.registry(), "sportelli", DESK).said["confirm_every_months"]
    box.set_value(1)
    ran(app)
    assert reading.card(memory.registry(), "sportelli", DESK).said["confirm_every_months"] == 1
    assert "da confermare ogni mese" in words(app)


def test_a_provider_finds_its_own_records_and_no_interval_to_change():
    regional = signed("redazione")
    link = links.give(memory.registry(), regional, records=[("sportelli", DESK)], label="Lodi")
    app = opened(link)
    assert len(keys(app, "overdue_true")) == 1
    assert not [one for one in app.selectbox if one.key and one.key.startswith("overdue_every")]
    assert not keys(app, "campaign_start")
    press(app, f"overdue_true_sportelli_{DESK}")
    said = reading.card(memory.registry(), "sportelli", DESK).said
    assert said["confirmed_by"].startswith("link-")
    press(app, "overdue_undo")
    assert reading.card(memory.registry(), "sportelli", DESK).said["confirmed_on"] is None


def test_a_pass_that_no_longer_holds_confirms_nothing():
    token = signed("lodi", "lodi")
    app = opened(token, ambito="lodi", tipi="sportelli")
    people.disable(memory.registry(), "lodi")
    press(app, f"overdue_true_sportelli_{DESK}")
    assert reading.card(memory.registry(), "sportelli", DESK).said["confirmed_on"] is None
    assert "disattivato" in words(app)


def test_a_campaign_is_started_written_about_filtered_and_closed():
    app = opened(signed("lodi", "lodi"))
    app.text_input(key="campaign_title").set_value("Orari di <b>agosto</b>")
    ran(app)
    press(app, "campaign_start")
    assert "contiene codice HTML" in words(app)
    assert campaigns.every(memory.registry()) == []
    app.text_input(key="campaign_title").set_value("Orari di agosto")
    app.multiselect(key="campaign_fields").set_value(["hours", "languages"])
    ran(app)
    press(app, "campaign_start")
    (one,) = campaigns.every(memory.registry())
    assert (one.title, one.ambiti, one.kinds, one.fields) == (
        "Orari di agosto", ("lodi",), ("sportelli",), ("hours", "languages"),
    )  # fmt: skip
    asked = campaigns.progress(memory.registry(), one.key)["lodi"].asked
    assert f"0 fatte su {asked}, ne restano {asked}" in [each.proto.text for each in app.get("progress")]
    press(app, "campaign_write_")
    with memory.registry().reading() as session:
        letters = list(session.scalars(select(Letter)))
    assert letters
    assert all("controllare orari, lingue." in letter.body for letter in letters)
    assert outbox.outbox(memory.registry()).waiting == len(letters)
    assert all(letter.recipient not in words(app) for letter in letters)
    press(app, "campaign_write_")
    assert "nessuna lettera nuova" in words(app)
    app.selectbox(key="conferme_campagna").set_value(one.key)
    ran(app)
    assert len(keys(app, "overdue_true_sportelli")) == min(asked, overdue.SIZE)
    press(app, "campaign_close_")
    assert campaigns.every(memory.registry())[0].closed
    assert not keys(app, "campaign_close_")


def test_a_campaign_of_another_ambito_is_seen_and_not_touched():
    regional, editor = signed("redazione"), signed("lodi", "lodi")
    today = memory.registry().today()
    campaigns.start(
        memory.registry(), regional, title="Lingue [ovunque](http://x.example)", kinds=["sportelli"], starts_on=today,
        ends_on=today + dt.timedelta(30),
    )  # fmt: skip
    app = opened(editor)
    assert "Lingue \\[ovunque\\]" in words(app)
    assert not keys(app, "campaign_close_")
    assert "Per Ambito" in [each.label for each in app.expander]


def test_what_is_taken_away_is_the_whole_list():
    found = freshness.overdue(memory.registry(), ambito_id="lodi")
    table = overdue.to_take_away(found)
    assert list(table["scheda"]) == [f"{one.kind}/{one.key}" for one in found]
    assert set(table["stato"]) == {"mai confermata"}
    assert table["ultima_conferma"].isna().all()
