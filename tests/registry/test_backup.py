"""Back-ups: the same rows come back, in either database, whole or not at all."""

import hashlib
import json
import stat
import threading
import zipfile

import pytest
import sqlalchemy as sa

from data.registry import backup, editing, links, outbox, people, search, search_index, soundness
from data.registry.books import Account, Letter, Link
from data.registry.store import open_store
from errors import BackupRefused, EditConflict, FileUnreadable, FileUnwritable, PassRefused, SignInRefused
from screens.errors import NO_RESTORE
from tests.registry.conftest import opened_at
from tests.registry.town import built


def rows(store):
    """Every row of every table that is backed up, but for what a restore writes: letters that it stops."""
    with store.reading() as session:
        return {
            table.name: [
                tuple(value for name, value in row._mapping.items() if name != "taken_at")
                for row in session.connection().execute(sa.select(table).order_by(*table.primary_key.columns))
            ]
            for table in backup.tables()
        }


@pytest.fixture
def lively(town):
    """The town after a few things were done in it: every table that people fill has a row."""
    editing.edit(
        town.store, town.passes["bergamo"], "sportelli", "sp-bg", version=1,
        said={"name": "Sportello dell'Àncora ☕"},
    )  # fmt: skip
    editing.delete(town.store, town.passes["dalmine"], "sessioni", "se-da", version=1)
    editing.undo(town.store, town.passes["bergamo"], town.last_change("sportelli", "sp-bg"))
    editing.edit(
        town.store,
        town.passes["regione"],
        "sportelli",
        "sp-da",
        version=1,
        said={"lon": 9.603, "lat": 45.649},
    )
    with town.store.writing() as session:
        day = town.store.today()
        session.add(
            Letter(recipient="a@b.example", subject="Uno", body="Sì\nbene", written_on=day, attempts=1)
        )
    return town


@pytest.fixture
def elsewhere(tmp_path, clock):
    """Another, empty registry on SQLite."""
    opened = open_store(folder=tmp_path / "altrove", clock=clock)
    yield opened
    opened.close()


def test_what_is_restored_elsewhere_is_the_same_byte_for_byte(lively, elsewhere, tmp_path):
    made = backup.back_up(lively.store, tmp_path / "copia.zip")
    done = backup.restore(elsewhere, tmp_path / "copia.zip")
    assert rows(elsewhere) == rows(lively.store)
    assert soundness.faults(elsewhere) == []
    assert done.manifest == made == backup.inspect(tmp_path / "copia.zip")
    assert done.aside is None
    assert made.tables["sportelli"].rows == 3


def test_a_back_up_of_sqlite_restores_on_both(elsewhere, store, tmp_path):
    built(elsewhere)
    backup.back_up(elsewhere, tmp_path / "copia.zip")
    backup.restore(store, tmp_path / "copia.zip")
    assert rows(store) == rows(elsewhere)
    assert soundness.faults(store) == []


def test_life_goes_on_after_a_restore(lively, tmp_path):
    backup.back_up(lively.store, tmp_path / "copia.zip")
    backup.restore(lively.store, tmp_path / "copia.zip", aside=tmp_path / "prima.zip")
    key = editing.create(lively.store, lively.passes["regione"], "enti", {"name": "Ente nuovo"})
    assert editing.history(lively.store, lively.passes["regione"], "enti", key)[0].number == 15
    links.give(lively.store, lively.passes["regione"], records=[("enti", key)], label="Nuovo")
    assert soundness.faults(lively.store) == []


def test_the_index_is_made_again(lively, tmp_path):
    with lively.store.reading() as session:
        before = search_index.entries(session)
    backup.back_up(lively.store, tmp_path / "copia.zip")
    backup.restore(lively.store, tmp_path / "copia.zip", aside=tmp_path / "prima.zip")
    with lively.store.reading() as session:
        assert search_index.entries(session) == before
    assert [hit.key for hit in search.find(lively.store, search.Asked("Molo")).hits] == ["as-da", "sp-da"]


def test_a_registry_with_rows_is_not_replaced_unless_asked(lively, tmp_path):
    backup.back_up(lively.store, tmp_path / "copia.zip")
    before = rows(lively.store)
    with pytest.raises(BackupRefused) as told:
        backup.restore(lively.store, tmp_path / "copia.zip")
    assert told.value.why == "not_empty"
    assert rows(lively.store) == before


def test_what_is_replaced_is_put_aside_and_can_come_back(lively, elsewhere, tmp_path):
    backup.back_up(elsewhere, tmp_path / "vuoto.zip")
    before = rows(lively.store)
    done = backup.restore(lively.store, tmp_path / "vuoto.zip", aside=tmp_path / "prima.zip")
    assert done.aside == tmp_path / "prima.zip"
    assert not any(rows(lively.store).values())
    backup.restore(lively.store, tmp_path / "prima.zip")
    assert rows(lively.store) == before


def test_what_was_taken_back_since_stays_so(lively, tmp_path):
    store = lively.store
    backup.back_up(store, tmp_path / "copia.zip")
    [old] = [one for one in links.given(store, lively.passes["regione"]) if one.label == "Borgo"]
    links.take_back(store, lively.passes["regione"], old.id)
    people.disable(store, "dalmine")
    people.sign_out_everywhere(store, "due")
    backup.restore(store, tmp_path / "copia.zip", aside=tmp_path / "prima.zip")
    with store.reading() as session:
        assert session.get_one(Link, old.id).revoked_at is not None
        assert session.query(Account).filter_by(name="dalmine").one().disabled_at is not None
    for name in ("due", "gestore", "dalmine"):
        with pytest.raises(PassRefused):
            editing.history(store, lively.passes[name], "sportelli", "sp-bg")
    with pytest.raises(SignInRefused):
        people.sign_in_vouched(store, "https://id.example dalmine")
    editing.history(store, lively.passes["bergamo"], "sportelli", "sp-bg")


def test_letters_that_were_waiting_wait_for_a_person(lively, elsewhere, tmp_path):
    backup.back_up(lively.store, tmp_path / "copia.zip")
    assert backup.restore(elsewhere, tmp_path / "copia.zip").held == 1
    assert outbox.send(
        elsewhere, outbox.Server("smtp", "localhost", 1, "", "", "a@b.example")
    ) == outbox.Sent(0, 0)


@pytest.mark.parametrize("how", ["cut", "no zip", "another zip", "a letter", "a row less", "a table less",
                                 "a table more", "newer format", "newer revision", "no manifest"])  # fmt: skip
def test_a_file_that_is_not_whole_changes_nothing(shared_town, tmp_path, how):
    file = tmp_path / "copia.zip"
    backup.back_up(shared_town.store, file)
    spoil(file, how)
    before = rows(shared_town.store)
    with pytest.raises(BackupRefused) as told:
        backup.restore(shared_town.store, file, aside=tmp_path / "prima.zip")
    foreign = how in {"cut", "no zip", "another zip"}
    assert told.value.why == ("not_ours" if foreign else "newer" if how.startswith("newer") else "broken")
    assert rows(shared_town.store) == before
    assert not (tmp_path / "prima.zip").exists()


def spoil(file, how):
    if how == "cut":
        file.write_bytes(file.read_bytes()[:-200])
        return
    if how == "no zip":
        file.write_text("ciao")
        return
    held = held_in(file)
    manifest = json.loads(held["manifest.json"])
    enti = held["enti.jsonl"]
    if how == "another zip":
        manifest["what"] = "altro"
    if how == "a letter":
        held["enti.jsonl"] = enti.replace(b"Comune di Borgo", b"Comune di Corgo")
    if how == "a row less":
        held["enti.jsonl"] = b"".join(enti.splitlines(keepends=True)[1:])
    if how == "a table less":
        del held["enti.jsonl"]
    if how == "a table more":
        held["altro.jsonl"] = b"{}\n"
    if how == "newer format":
        manifest["format"] = 2
    if how == "newer revision":
        manifest["revision"] = "v9999"
    held["manifest.json"] = json.dumps(manifest).encode()
    if how == "no manifest":
        del held["manifest.json"]
    write(file, held)


def held_in(file):
    with zipfile.ZipFile(file) as old:
        return {name: old.read(name) for name in old.namelist()}


def write(file, held):
    with zipfile.ZipFile(file, "w") as new:
        for name, body in held.items():
            new.writestr(name, body)


def test_rows_that_do_not_stand_together_change_nothing(town, tmp_path):
    """Somebody who knows the format takes a line out of the log, or an ente from under its desk."""
    before = rows(town.store)
    for table, why in (("changes", "unsound"), ("enti", "unsound")):
        file = tmp_path / f"{table}.zip"
        backup.back_up(town.store, file)
        held = held_in(file)
        lines = held[f"{table}.jsonl"].splitlines(keepends=True)[1:]
        held[f"{table}.jsonl"] = b"".join(lines)
        manifest = json.loads(held["manifest.json"])
        manifest["tables"][table] = {
            "rows": len(lines),
            "digest": hashlib.sha256(b"".join(lines)).hexdigest(),
        }
        held["manifest.json"] = json.dumps(manifest).encode()
        write(file, held)
        with pytest.raises(BackupRefused) as told:
            backup.restore(town.store, file, aside=tmp_path / "prima.zip")
        assert told.value.why == why
        assert rows(town.store) == before


def test_a_file_of_an_older_revision_comes_in(town, elsewhere, tmp_path):
    """As the first registry made them: without the tables that came later."""
    file = tmp_path / "copia.zip"
    backup.back_up(town.store, file)
    held = held_in(file)
    manifest = json.loads(held["manifest.json"])
    manifest["revision"] = "v0001"
    later = ("mappings", "imports", "origins", "distincts", "campaigns", "campaign_letters", "merges", "reports",
             "report_steps", "searches", "countings")  # fmt: skip
    for table in later:
        del manifest["tables"][table], held[f"{table}.jsonl"]
    held["manifest.json"] = json.dumps(manifest).encode()
    write(file, held)
    backup.restore(elsewhere, file)
    assert rows(elsewhere) == rows(town.store)


def test_only_its_owner_reads_the_file_and_the_secret_is_not_in_it(town, tmp_path):
    file = tmp_path / "copia.zip"
    file.touch(mode=0o644)
    backup.back_up(town.store, file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert not any(town.store.secret.encode() in body for body in held_in(file).values())


def test_a_file_that_is_not_there_or_cannot_be_written_is_told(shared_town, tmp_path):
    with pytest.raises(FileUnreadable):
        backup.inspect(tmp_path / "nessuno.zip")
    with pytest.raises(FileUnwritable):
        backup.back_up(shared_town.store, tmp_path / "nessuna" / "copia.zip")


def test_a_back_up_made_while_four_write_is_of_one_moment(town, address, tmp_path, clock):
    """The log and the records of every back-up agree, whatever was being written."""
    url = address or f"sqlite:///{tmp_path / 'registry.sqlite'}"
    over, edits, faults = threading.Event(), [0] * 4, []

    def keep_writing(number):
        own = opened_at(url, clock)
        try:
            while not over.is_set():
                try:
                    version = town.version("sportelli", "sp-bg")
                    editing.edit(own, town.passes["regione"], "sportelli", "sp-bg", version=version,
                                 said={"name": f"Sportello {number} {edits[number]}"})  # fmt: skip
                    edits[number] += 1
                except EditConflict:
                    pass
        except Exception as fault:  # noqa: BLE001 - told below
            faults.append(fault)
        finally:
            own.close()

    writers = [threading.Thread(target=keep_writing, args=(number,)) for number in range(4)]
    for one in writers:
        one.start()
    try:
        made = []
        for number in range(4):
            while sum(edits) < 10 * (number + 1) and not faults:
                over.wait(0.01)
            made.append(tmp_path / f"copia{number}.zip")
            backup.back_up(town.store, made[-1])
    finally:
        over.set()
        for one in writers:
            one.join()
    assert faults == []
    assert min(sum(edits), 40) == 40
    lines = []
    for number, file in enumerate(made):
        trial = open_store(folder=tmp_path / f"prova{number}", clock=clock)
        done = backup.restore(trial, file)
        assert soundness.faults(trial) == []
        lines.append(done.manifest.tables["changes"].rows)
        trial.close()
    assert lines == sorted(set(lines)), "each has more than the one before: they wrote on meanwhile"


def test_a_restore_that_fails_half_way_leaves_the_registry_as_it_was(lively, tmp_path, monkeypatch):
    backup.back_up(lively.store, tmp_path / "copia.zip")
    before = rows(lively.store)

    def broken(session):
        raise KeyboardInterrupt

    monkeypatch.setattr(backup.search_index, "rebuild", broken)
    with pytest.raises(KeyboardInterrupt):
        backup.restore(lively.store, tmp_path / "copia.zip", aside=tmp_path / "prima.zip")
    assert rows(lively.store) == before
    assert soundness.faults(lively.store) == []


def test_every_reason_to_refuse_has_its_italian():
    assert set(backup.WHY) == set(NO_RESTORE)
