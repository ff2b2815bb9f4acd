"""Working shortlists in each kind of database, beside decisions that stay as they are."""

from __future__ import annotations

import threading

import pytest
from alembic import command

from matchmaker import Matchmaker
from matchmaker.api.audit_log import migrate
from matchmaker.api.audit_log.database import writing
from matchmaker.api.audit_log.log import DecisionLog
from matchmaker.api.audit_log.store import Store
from matchmaker.api.kept import changes
from matchmaker.api.kept.store import KeptStore, UnknownKeptShortlist


@pytest.fixture
def store(log: DecisionLog) -> KeptStore:
    return KeptStore(log.store)


def test_a_list_is_found_again_by_another_program(engine: Matchmaker, store: KeptStore, url: str) -> None:
    made = store.add(changes.begin(engine, "Medway"))
    store.change("nhs", made.id, changes.write_note("Rang them"))
    later = KeptStore(Store(url))
    assert later.get("nhs", made.id).notes[0].text == "Rang them"
    assert [one.id for one in later.all("nhs", "RPA")] == [made.id]
    assert later.all("nhs", "RAX") == later.all("schools") == []
    later.store.close()


def test_two_who_write_at_once_lose_nothing(engine: Matchmaker, store: KeptStore) -> None:
    made = store.add(changes.begin(engine, "Medway"))
    writers = [
        threading.Thread(target=store.change, args=("nhs", made.id, changes.write_note(f"Note {number}")))
        for number in range(8)
    ]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert {note.text for note in store.get("nhs", made.id).notes} == {f"Note {n}" for n in range(8)}


def test_a_change_that_can_not_be_made_changes_nothing(engine: Matchmaker, store: KeptStore) -> None:
    made = store.add(changes.begin(engine, "Medway"))
    with pytest.raises(changes.NotKept):
        store.change("nhs", made.id, changes.take_off("RAX"))
    assert store.get("nhs", made.id) == made


def test_a_deleted_list_is_gone_and_another_sector_has_none(engine: Matchmaker, store: KeptStore) -> None:
    made = store.add(changes.begin(engine, "Medway"))
    with pytest.raises(UnknownKeptShortlist):
        store.get("schools", made.id)
    store.delete("nhs", made.id)
    for again in (store.get, store.delete):
        with pytest.raises(UnknownKeptShortlist):
            again("nhs", made.id)


def test_a_log_of_the_first_form_gets_the_table(engine: Matchmaker, url: str) -> None:
    old = Store(url)
    config = migrate._config()
    with writing(old.engine) as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
    assert migrate.current(old.engine) == "0001"
    assert old.migrate() == "0003"
    assert KeptStore(old).all("nhs") == []
    old.close()
