"""The registry taken away from the page and by command, and the page of the docs that says what maps to what."""

import argparse
import json
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from data.registry import model, people, standards
from data.registry.standards import data_inclusion, hsds
from data.registry.standards.records import FOLLOWS
from errors import FileUnreadable, SignInRefused, UnknownCode
from screens import exchange_commands, exchange_words, memory, scambio
from screens.errors import sentence

HOUSE = Path(__file__).parents[2]
KINDS = ("enti", "sportelli", "sessioni", "associazioni", "mediazione", "sostegni")


def tables_of_the_docs():
    """The tables of ``docs/exchange.md``, from the code."""
    return {
        "hsds": mapped(hsds.HELD, hsds.ASIDE, "an attribute of ours"),
        "data-inclusion": mapped(
            {kind: data_inclusion.held(kind) for kind in KINDS},
            data_inclusion.ASIDE,
            "a line of the description",
        ),
        "losses": lost(),
    }


def mapped(held, aside, where):
    rows = ["| our field | theirs |", "|---|---|"]
    for kind in KINDS:
        for name in model.fields(kind):
            field = f"{kind}.{name}"
            if field in aside:
                rows.append(f"| `{field}` | {where} |")
            elif name in held.get(kind, {}):
                rows.append(f"| `{field}` | `{held[kind][name]}` |")
    return "\n".join(rows) + "\n"


def lost():
    rows = ["| format | what does not come back | why |", "|---|---|---|"]
    for one in standards.formats():
        by_reason = {}
        for field, why in one.losses.items():
            by_reason.setdefault(why, []).append(f"`{field}`")
        rows += [f"| `{one.code}` | {', '.join(fields)} | `{why}` |" for why, fields in by_reason.items()]
        rows += [f"| `{one.code}` | nothing | |"] * (not one.losses)
    return "\n".join(rows) + "\n"


@pytest.mark.parametrize("part", ["hsds", "data-inclusion", "losses"])
def test_the_docs_say_what_the_code_does(part):
    assert tables_of_the_docs()[part] in (HOUSE / "docs" / "exchange.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("code", "held"), [("hsds", hsds.HELD), ("data-inclusion", {k: data_inclusion.held(k) for k in KINDS})]
)
def test_every_field_is_held_kept_aside_or_lost(code, held):
    one = standards.format_of(code)
    for kind in KINDS:
        for name in model.fields(kind):
            field = f"{kind}.{name}"
            told = name in held.get(kind, {}) or field in one.aside or field in one.losses
            assert told or field in FOLLOWS or one.losses.get(kind) == "no_counterpart", field


def test_everything_that_is_told_has_its_words():
    assert set(exchange_words.WHY) == set(standards.WHY)
    assert set(exchange_words.FOUND) == set(standards.FOUND)
    codes = {one.code for one in standards.formats()}
    assert set(exchange_words.NAMES) == set(exchange_words.FOR_WHAT) == codes


def test_the_page_lists_what_each_format_cannot_hold():
    table = exchange_words.losses()
    assert set(table.index) == set(exchange_words.NAMES.values())
    told = table.loc["data·inclusion v1"].set_index("Perché")["Che cosa"]
    why = "Si perde: lo standard vuole codici francesi di territorio"
    assert told[why] == "sportelli, mediazione: zone servite; mediazione: come si sanno le zone"
    assert table.loc["Tabelle CSV, tutto", "Che cosa"] == "niente"


# the section of the page


def section():
    from screens import scambio as page  # noqa: PLC0415

    page.show(None)


@pytest.fixture
def shown(town, monkeypatch):
    monkeypatch.setattr(memory, "registry", lambda: town.store)
    monkeypatch.setattr(scambio, "positions", lambda: {"sp-da": (9.6, 45.6, "street")})
    return AppTest.from_function(section)


def test_the_section_has_a_button_a_format_and_makes_no_file_before_it_is_asked(shown, monkeypatch):
    def never(*_, **__):
        raise AssertionError("made too early")

    monkeypatch.setattr(standards, "export", never)
    page = shown.run()
    assert not page.exception
    assert [one.label for one in page.get("download_button")] == list(exchange_words.NAMES.values())
    assert not page.toggle


def test_who_is_signed_in_may_take_weak_evidence_too(shown, town, monkeypatch):
    shown.session_state["signing_token"] = town.passes["bergamo"]
    asked = []
    monkeypatch.setattr(
        scambio, "_maker", lambda code, ambito, where, *, public: asked.append(public) or (lambda: b"x")
    )
    page = shown.run()
    assert [one.label for one in page.toggle] == ["Anche le schede con prova debole (D)"]
    assert set(asked) == {True}
    page.toggle[0].set_value(True).run()
    assert asked[-1] is False


@pytest.mark.parametrize("code", [one.code for one in standards.formats()])
def test_what_a_button_makes_is_the_file(code, town, monkeypatch):
    monkeypatch.setattr(memory, "registry", lambda: town.store)
    made = scambio._maker(code, "dalmine", {}, public=True)()
    wanted, found = standards.read(code, made)
    assert "sp-da" in {one.external for one in wanted}
    assert "sp-bg" not in {one.external for one in wanted}
    assert found == []


# the commands


@pytest.fixture
def run(town, monkeypatch, capsys):
    """Runs ``registry WORDS`` on the town; gives what it returned and printed."""
    from contextlib import nullcontext  # noqa: PLC0415

    monkeypatch.setattr(exchange_commands, "_store", lambda: nullcontext(town.store))

    def does(*words):
        parser = argparse.ArgumentParser()
        exchange_commands.add_to(parser.add_subparsers(required=True))
        options = parser.parse_args([str(one) for one in words])
        return options.do(options), capsys.readouterr().out

    return does


@pytest.mark.parametrize("code", [one.code for one in standards.formats()])
def test_a_file_written_by_command_and_read_again_changes_nothing(code, run, town, tmp_path):
    out = tmp_path / "registro"
    assert run("export", "--format", code, "-o", out)[0] == 0
    before = town.everything()
    status = exchange_commands.import_from(
        town.store, town.passes["regione"], out.read_bytes(), name=out.name, source="prova", save=True
    )
    assert status == 0
    assert town.everything() == before


def test_a_change_in_a_file_is_told_first_and_saved_only_when_asked(run, town, tmp_path, capsys):
    out = tmp_path / "registro.json"
    run("export", "--format", "hsds", "-o", out, "--ambito", "dalmine")
    told = json.loads(out.read_text(encoding="utf-8"))
    [service] = [one for one in told["contents"] if one["name"] == "Sportello di Molo"]
    service["name"] = "Sportello del Porto"
    data = json.dumps(told).encode()
    token = town.passes["dalmine"]
    does = lambda save: exchange_commands.import_from(  # noqa: E731
        town.store, token, data, name="f.json", source="prova", ambito="dalmine", save=save
    )
    does(False)
    assert "1 da cambiare" in capsys.readouterr().out
    assert town.said("sportelli", "sp-da")["name"] == "Sportello di Molo"
    does(True)
    assert town.said("sportelli", "sp-da")["name"] == "Sportello del Porto"


def test_another_ambitos_records_are_refused_from_a_file_too(run, town, tmp_path):
    out = tmp_path / "registro.json"
    run("export", "--format", "geojson", "-o", out)
    data = out.read_bytes().replace(b"Sportello di Borgo", b"Sportello rubato")
    status = exchange_commands.import_from(
        town.store, town.passes["dalmine"], data, name="f", source="prova", ambito="dalmine", save=True
    )
    assert status == 1
    assert town.said("sportelli", "sp-bg")["name"] == "Sportello di Borgo"


def test_importing_by_command_asks_for_the_password(run, town, tmp_path, monkeypatch):
    people.add(town.store, name="anna.prova", role="regione", password="una lunga parola 77")
    out = tmp_path / "registro.csv"
    run("export", "--format", "sportelli", "-o", out)
    words = ("import", out, "--source", "prova", "--as", "anna.prova")
    monkeypatch.setattr("getpass.getpass", lambda _: "una lunga parola 77")
    status, said = run(*words)
    assert (status, said.splitlines()[0]) == (0, "Sportelli in una tabella: 5 uguali.")
    assert said.endswith("Niente è salvato: per farlo, ripeti con --yes.\n")
    monkeypatch.setattr("getpass.getpass", lambda _: "un'altra parola 78")
    with pytest.raises(SignInRefused):
        run(*words)


def test_what_cannot_be_is_told(run, tmp_path):
    with pytest.raises(UnknownCode, match="atlantide"):
        run("export", "--format", "hsds", "-o", tmp_path / "f", "--ambito", "atlantide")
    with pytest.raises(FileUnreadable) as told:
        run("import", tmp_path / "non-c-e", "--source", "x", "--as", "anna.prova")
    assert sentence(told.value).startswith("Il file «")
