"""Results on disk: equal to those worked out, never out of date, never in the way."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from matchmaker import Matchmaker, cache, stored
from matchmaker.features.profiles import Profiles, profiles_on
from matchmaker.models.demand import demand
from matchmaker.models.scoring.records import interventions_on
from matchmaker.models.scoring.standings import steady_standings
from matchmaker.models.ties import ties
from matchmaker.snapshot import Snapshot, load
from matchmaker.snapshot.name_index import _keys_of_names

KEPT = ("profiles", "standings", "demand", "ties", "judgements")
"""What a list by code needs of what is kept."""
DESCRIBE = (
    "import sys; from hashlib import sha256; from matchmaker import Matchmaker;"
    "engine = Matchmaker(sys.argv[1]);"
    "print(sha256(repr(engine.shortlist(engine.profiles().organisations['code'][0])).encode()).hexdigest())"
)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder that results are kept in."""
    place = tmp_path / "results"
    monkeypatch.setenv(stored.FOLDER, str(place))
    return place


@pytest.fixture
def published(harbour_folder: Path, harbours_installed: Path) -> Snapshot:
    """The harbours' snapshot in its file."""
    cache.clear()
    return load(harbour_folder / "artefacts" / "snapshot.zip")


def files(folder: Path) -> list[Path]:
    """What is kept, by name."""
    return sorted(folder.glob(f"*{stored.SUFFIX}")) if folder.is_dir() else []


def worked_out(snapshot: Snapshot) -> tuple[Profiles, tuple[np.ndarray, ...]]:
    """Everything that is kept of a snapshot, as a new process would find it."""
    cache.clear()
    on_day = profiles_on(snapshot, snapshot.as_of)
    asked = demand(on_day, Matchmaker(snapshot).recommender().arrangement)
    assert ties(snapshot, snapshot.as_of)
    return on_day, (*steady_standings(on_day), asked.n_lists, asked.on_lists, asked.spread)


def test_a_new_process_answers_the_same_from_what_another_kept(folder: Path, published: Snapshot) -> None:
    answers = [
        subprocess.run(
            [sys.executable, "-c", DESCRIBE, str(published.path)],
            capture_output=True,
            text=True,
            check=True,
            env=os.environ | {stored.FOLDER: where},
        ).stdout
        for where in (stored.OFF, str(folder), str(folder))
    ]
    assert answers[0]
    assert answers == [answers[0]] * 3
    assert len(files(folder)) == len(KEPT)


def test_what_is_read_equals_what_was_worked_out(
    folder: Path, published: Snapshot, monkeypatch: pytest.MonkeyPatch
) -> None:
    fresh = worked_out(published)
    told = ties(published, published.as_of)
    names = _keys_of_names(published)
    judged = interventions_on(published, published.as_of)
    monkeypatch.setattr(sys.modules[Profiles.__module__], "profiles", None)  # nothing is worked out again
    monkeypatch.setattr("matchmaker.models.ties._every", None)
    monkeypatch.setattr("matchmaker.snapshot.name_index.name_words", None)
    read = worked_out(published)
    assert ties(published, published.as_of) == told
    assert list(ties(published, published.as_of)) == list(told)
    assert _keys_of_names(published) == names
    assert interventions_on(published, published.as_of) == judged
    assert read[0].cells.equals(fresh[0].cells)
    assert read[0].cache_key == fresh[0].cache_key
    for array, beside in zip(read[1], fresh[1], strict=True):
        np.testing.assert_array_equal(array, beside)
        assert array.dtype == beside.dtype


@pytest.mark.parametrize("damage", [b"", b"not a result", None], ids=["empty", "short", "one byte changed"])
def test_a_broken_file_is_passed_over_and_made_again(
    folder: Path, published: Snapshot, damage: bytes | None
) -> None:
    fresh, arrays = worked_out(published)
    whole = {path: path.read_bytes() for path in files(folder)}
    for path, content in whole.items():
        path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]) if damage is None else damage)
    again, others = worked_out(published)
    assert again.cells.equals(fresh.cells)
    for array, beside in zip(arrays, others, strict=True):
        np.testing.assert_array_equal(array, beside)
    assert {path: path.read_bytes() for path in files(folder)} == whole


def test_other_content_or_other_code_has_other_files(
    folder: Path, published: Snapshot, monkeypatch: pytest.MonkeyPatch
) -> None:
    worked_out(published)
    before = files(folder)
    monkeypatch.setattr(stored, "code_version", lambda: "another version")
    worked_out(published)
    assert len(files(folder)) == 2 * len(before)
    monkeypatch.setattr(stored, "code_version", lambda: None)  # nobody can tell which code it is
    worked_out(published)
    assert len(files(folder)) == 2 * len(before)


def test_a_changed_module_is_another_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    module = tmp_path / "features" / "scaling.py"
    module.parent.mkdir()
    module.write_text("ROBUST = 1")
    monkeypatch.setattr(stored, "__file__", str(tmp_path / "stored.py"))
    before = stored.code_version.__wrapped__()
    assert stored.code_version.__wrapped__() == before
    module.write_text("ROBUST = 12")
    assert stored.code_version.__wrapped__() != before


def test_own_data_and_snapshots_in_memory_are_never_kept(
    folder: Path, published: Snapshot, harbour_snapshot: Snapshot
) -> None:
    worked_out(harbour_snapshot)
    code = published.organisations["code"][0]
    measure = published.measures["measure"][0]
    own = pl.DataFrame({"port_code": [code], measure: [12.0]})
    engine = Matchmaker(published).with_data(own)
    steady_standings(engine.profiles())
    assert engine.snapshot.stored_as is None
    assert files(folder) == []


def test_another_day_and_changed_profiles_are_not_kept(folder: Path, published: Snapshot) -> None:
    on_day = profiles_on(published, published.as_of)
    kept = files(folder)
    assert len(kept) == 1
    steady_standings(replace(on_day, cells=on_day.cells.with_columns(value=pl.col("value") + 1)))
    profiles_on(published, published.as_of - timedelta(days=30))
    assert files(folder) == kept


def test_a_folder_that_can_not_be_written_is_no_error(
    tmp_path: Path, published: Snapshot, monkeypatch: pytest.MonkeyPatch
) -> None:
    blocked = tmp_path / "a file"
    blocked.write_text("")
    monkeypatch.setenv(stored.FOLDER, str(blocked / "below"))
    assert profiles_on(published, published.as_of).cells.height
    monkeypatch.setenv(stored.FOLDER, stored.OFF)
    assert stored.folder() is None


def test_it_lies_in_the_users_cache_unless_told_otherwise(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(stored.FOLDER)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert stored.folder() == tmp_path / "matchmaker" / "results"


def test_the_least_recently_read_go_first(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder.mkdir()
    monkeypatch.setattr(stored, "MAX_STORED", 250_000)
    paths = [folder / f"{name}{stored.SUFFIX}" for name in "abc"]
    for at, path in enumerate(paths[:2]):
        stored._write(path, {"x": np.zeros(12_000)})
        os.utime(path, (at + 1, at + 1))
    left = folder / "old.part"
    left.write_text("of a process that died")
    os.utime(left, (1, 1))
    assert stored._read(paths[0]) is not None  # read just now, so the other goes
    stored._write(paths[2], {"x": np.zeros(12_000)})
    assert files(folder) == [paths[0], paths[2]]
    assert not left.exists()


def test_what_would_take_half_of_the_room_is_not_kept(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stored, "MAX_STORED", 1000)
    stored._write(folder / f"a{stored.SUFFIX}", {"x": np.zeros(1000)})
    assert files(folder) == []


def test_two_processes_at_once_leave_whole_files(folder: Path, published: Snapshot) -> None:
    command = [sys.executable, "-c", DESCRIBE, str(published.path)]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    answers = [process.communicate()[0] for process in running]
    assert [process.returncode for process in running] == [0, 0]
    assert answers[0] == answers[1]
    assert len(files(folder)) == len(KEPT)
    assert all(stored._read(path) is not None for path in files(folder))
    assert sorted(folder.iterdir()) == files(folder)


def test_no_file_holds_code(folder: Path) -> None:
    path = folder / f"a{stored.SUFFIX}"
    with pytest.raises(ValueError, match="pickle"):
        stored._write(path, {"x": np.array([object()])})
    assert not path.exists()
