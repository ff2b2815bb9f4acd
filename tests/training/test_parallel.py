"""Work in other processes: the same bytes on one core, several cores and a cluster, whoever dies."""

from __future__ import annotations

import pickle
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from tasks import always_dies, dies_once, squared

from matchmaker.errors import DamagedSnapshot, InvalidParameter
from matchmaker.snapshot.store import KEPT_FOLDER, Snapshot, keep, open_by_hash, put
from matchmaker.training.choice_sets import build_choice_sets
from matchmaker.training.parallel import in_parallel, machines

ROOT = Path(__file__).parents[2]

if TYPE_CHECKING:
    from matchmaker import Matchmaker


@pytest.fixture(autouse=True)
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of this machine's kept snapshots."""
    monkeypatch.setenv(KEPT_FOLDER, str(tmp_path / "kept"))
    return tmp_path / "kept"


def on_a_cluster(*arguments: object) -> list[str]:
    """What tests/support/on_cluster.py prints in a process of its own, as it is run by people."""
    pytest.importorskip("distributed")
    words = [sys.executable, str(ROOT / "tests" / "support" / "on_cluster.py"), *map(str, arguments)]
    done = subprocess.run(words, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_results_come_in_the_order_of_the_tasks_and_progress_is_told() -> None:
    told: list[int] = []

    def track(steps: Any) -> Iterator[Any]:
        for step in steps:
            yield step
            told.append(step)

    with machines(2):
        assert in_parallel(squared, [(n,) for n in range(7)], track) == [n * n for n in range(7)]
    assert told == list(range(7))


def test_a_worker_that_dies_costs_nothing_but_time(tmp_path: Path) -> None:
    with machines(2):
        found = in_parallel(dies_once, [(tmp_path, n) for n in range(8)])
    assert found == [n * n for n in range(8)]
    assert (tmp_path / "died").exists()


def test_a_task_that_kills_every_worker_is_an_error_in_the_end() -> None:
    with machines(2), pytest.raises(RuntimeError, match="went on dying"):
        in_parallel(always_dies, [()])


@pytest.mark.slow
def test_a_worker_of_a_cluster_that_dies_costs_nothing_but_time(tmp_path: Path) -> None:
    assert on_a_cluster("dying", tmp_path) == [str(n * n) for n in range(8)]
    assert (tmp_path / "died").exists()


@pytest.mark.slow
def test_an_evaluation_is_the_same_to_the_byte_whatever_runs_it(tmp_path: Path) -> None:
    snapshot, alone, on_cores, on_cluster, *there = on_a_cluster("evaluation", tmp_path)
    assert alone == on_cores == on_cluster
    # The snapshot was sent there, and once.
    assert there == [f"{snapshot}.zip"]


def test_an_engine_and_a_choice_travel_by_the_hash_of_their_snapshot(harbour_engine: Matchmaker) -> None:
    assert len(pickle.dumps(harbour_engine)) < 1000
    again = pickle.loads(pickle.dumps(harbour_engine))
    assert again.snapshot.hash == harbour_engine.snapshot.hash
    assert pickle.loads(pickle.dumps(again)).snapshot is again.snapshot  # a process opens it once
    mentored = build_choice_sets(harbour_engine, kinds=["mentoring"])[0][0]
    choice = pickle.loads(pickle.dumps(mentored))
    assert "profiles" not in vars(choice)
    assert choice.profiles.cells.equals(mentored.profiles.cells)
    assert (choice.recipient, choice.day) == (mentored.recipient, mentored.day)


def test_own_data_travel_with_what_they_are_laid_over(harbour_engine: Matchmaker, tmp_path: Path) -> None:
    code = harbour_engine.profiles().organisations["code"][0]
    own = tmp_path / "own.csv"
    own.write_text(f"code,berths\n{code},77\n", "utf-8")
    engine = harbour_engine.with_data(own)
    again = pickle.loads(pickle.dumps(engine))
    assert again.snapshot.hash == engine.snapshot.hash
    assert again.snapshot.published.hash == harbour_engine.snapshot.hash
    assert again.notes == engine.notes


def test_a_machine_without_the_snapshot_says_where_to_put_it(harbour_snapshot: Snapshot, kept: Path) -> None:
    path = keep(harbour_snapshot)
    content = path.read_bytes()
    assert path.parent == kept
    path.unlink()
    with pytest.raises(DamagedSnapshot, match="no snapshot with the hash") as error:
        open_by_hash("0" * 64, str(path), harbour_snapshot.sector)
    assert str(kept) in error.value.next_step
    put(harbour_snapshot.hash, content)
    found = open_by_hash(harbour_snapshot.hash, "/nowhere", harbour_snapshot.sector)
    assert found.measures.equals(harbour_snapshot.measures)


def test_the_shipped_cluster_runs_by_its_own_commands(tmp_path: Path) -> None:
    pytest.importorskip("distributed")
    services = yaml.safe_load((ROOT / "deploy" / "cluster.yaml").read_text("utf-8"))["services"]
    address = "tcp://127.0.0.1:18786"

    def started(name: str) -> subprocess.Popen[bytes]:
        dask, what = services[name]["entrypoint"]
        there = {"0.0.0.0": "127.0.0.1", "8786": "18786", "tcp://scheduler:8786": address}
        words = [there.get(word, word.replace("=/tmp", f"={tmp_path}")) for word in services[name]["command"]]
        command = [str(Path(sys.executable).parent / dask), what, *words]
        return subprocess.Popen(command, stderr=subprocess.DEVNULL)

    assert services["evaluate"]["environment"]["DASK_SCHEDULER_ADDRESS"] == "tcp://scheduler:8786"
    running = [started(name) for name in ("scheduler", "worker")]
    try:
        with machines(cluster=address):
            assert in_parallel(squared, [(3,), (4,)]) == [9, 16]
    finally:
        for one in reversed(running):
            one.terminate()
            one.wait(30)


def test_no_cluster_and_no_cores_are_said_plainly() -> None:
    pytest.importorskip("distributed")
    with pytest.raises(InvalidParameter, match="No cluster with a worker answers at tcp://"):
        machines(cluster="tcp://127.0.0.1:1", seconds_to_join=0.5).__enter__()
    with pytest.raises(InvalidParameter, match="0 cores"):
        machines(0).__enter__()
