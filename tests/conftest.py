"""What all tests share."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx2
import pytest
from hypothesis import settings
from xdist.scheduler import LoadScopeScheduling

if TYPE_CHECKING:
    from matchmaker import Matchmaker, Snapshot
    from matchmaker.evaluation.evaluate import Evaluation
    from matchmaker.sector import Sector

RAW = Path(os.environ.get("MATCHMAKER_RAW_DATA", Path(__file__).parents[2] / "shared" / "data"))

# Answers remark on the age of the figures: what tests expect must not depend on the day they run.
os.environ["MATCHMAKER_TODAY"] = "2020-01-01"
# And no test takes what another run has worked out.
os.environ["MATCHMAKER_DISK_CACHE"] = "off"
# As many tests run at once as there are processors: threads of each would only wait for one another.
for library in ("POLARS_MAX_THREADS", "OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"):
    os.environ.setdefault(library, "1")

settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.load_profile("repeatable")

MARKED_BY_FIXTURE = {
    "engine": "snapshot",
    "snapshot": "snapshot",
    "evaluation": "slow",
    "raw_data": "raw",
    "address": "service",
    "service": "service",
    "browser": "browser",
    "origin": "browser",
    "client": "snapshot",
    "app": "snapshot",
    "served": "snapshot",
    "another": "snapshot",
}
"""Fixture -> the marker of every test that uses it, so that none has to say it twice."""


EXPENSIVE = {
    "evaluation": "evaluation",
    "kept_results": "evaluation",
    "site": "site",
    "deployment": "deployment",
    "two_workers": "two workers",
}
"""Fixture that takes long to make -> the group of tests that share it in one process."""
GROUPS = {
    "tests/test_notebooks.py": "evaluation",
    "tests/cli/terminal/test_evaluation.py": "evaluation",
    "tests/evaluation/test_cross_validation.py": "evaluation",
    "tests/evaluation/test_evaluate_snapshot.py": "evaluation",
    "tests/evaluation/test_leakage.py": "evaluation",
    "tests/evaluation/test_published.py": "evaluation",
    "tests/reports/test_evaluation.py": "evaluation",
    "tests/test_docs.py": "site",
    "tests/attacks/test_callers.py": "deployment",
    "tests/attacks/test_decisions.py": "deployment",
    "tests/api/test_process.py": "two workers",
}
"""File -> the group of its tests."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark tests by the fixtures that they use, and check that those of an expensive one are grouped."""
    missing = set()
    for item in items:
        file = item.path.relative_to(config.rootpath).as_posix()
        for fixture in getattr(item, "fixturenames", ()):
            if fixture in MARKED_BY_FIXTURE:
                item.add_marker(MARKED_BY_FIXTURE[fixture])
            if EXPENSIVE.get(fixture) not in {None, GROUPS.get(file)}:
                missing.add(f"{file} ({fixture})")
    if missing and not hasattr(config, "workerinput"):  # a process of pytest-xdist would die of it, wordless
        raise pytest.UsageError(f"Add to GROUPS in tests/conftest.py: {', '.join(sorted(missing))}")


class Grouped(LoadScopeScheduling):
    """Gives the tests of a group to one process, all others one by one to whichever is free.

    Not `--dist loadgroup`: pytest-xdist 3.8 writes groups into the names of tests where pytest 9.2 no longer
    reads them.
    """

    def _split_scope(self, nodeid: str) -> str:
        return GROUPS.get(nodeid.partition("::")[0], nodeid)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Grouped:
    """See pytest-xdist."""
    return Grouped(config, log)


@pytest.fixture(scope="session")
def raw_data() -> Path:
    """The folder of official files; tests that need it are skipped where it does not exist."""
    if not RAW.is_dir():
        pytest.skip("the official files are not here; set MATCHMAKER_RAW_DATA to their folder")
    return RAW


@pytest.fixture(scope="session")
def harbours() -> Sector:
    """The made-up sector of tests/sectors/harbours."""
    from made_up import HARBOURS

    from matchmaker.sector import read_sector

    return read_sector(HARBOURS)


@pytest.fixture(scope="session")
def harbour_snapshot(harbours: Sector) -> Snapshot:
    """The figures of the harbours, read from their CSV files."""
    from made_up import HARBOURS

    from matchmaker.snapshot import Snapshot
    from matchmaker.snapshot.from_csv import read_folder

    tables, manifest = read_folder(HARBOURS / "data", harbours)
    return Snapshot.of(tables, manifest, harbours)


@pytest.fixture(scope="session")
def harbour_engine(harbour_snapshot: Snapshot) -> Matchmaker:
    """A matchmaker for the harbours."""
    from matchmaker.models.engine import Matchmaker

    return Matchmaker(harbour_snapshot)


@pytest.fixture(scope="session")
def harbour_folder(harbours: Sector, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for `MATCHMAKER_SECTORS`: the harbours with their snapshot built."""
    from made_up import HARBOURS

    from matchmaker.snapshot.build import build

    folder = Path(shutil.copytree(HARBOURS, tmp_path_factory.mktemp("sectors") / "harbours"))
    build(folder / "data", folder / "artefacts" / "snapshot.zip", sector=harbours)
    return folder


@pytest.fixture
def harbours_installed(harbour_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The harbours beside the installed sectors, as `MATCHMAKER_SECTORS` finds them."""
    monkeypatch.setenv("MATCHMAKER_SECTORS", str(harbour_folder))
    return harbour_folder


@pytest.fixture(scope="session")
def engine() -> Matchmaker:
    """A matchmaker on the bundled snapshot."""
    from matchmaker.models.engine import Matchmaker
    from matchmaker.snapshot.store import bundled

    return Matchmaker(bundled())


@pytest.fixture(scope="session")
def snapshot(engine: Matchmaker) -> Snapshot:
    """The bundled snapshot."""
    return engine.snapshot


@pytest.fixture(scope="session")
def results_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty folder, for results that only tests of this run have worked out."""
    return tmp_path_factory.mktemp("results")


@pytest.fixture
def kept_results(results_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """That folder, in use: what the evaluation has learned is not learned again."""
    monkeypatch.setenv("MATCHMAKER_DISK_CACHE", str(results_folder))
    return results_folder


@pytest.fixture(scope="session")
def evaluation(engine: Matchmaker, results_folder: Path) -> Evaluation:
    """The whole evaluation of the bundled snapshot, made once: a minute."""
    from matchmaker.evaluation.evaluate import evaluate

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MATCHMAKER_DISK_CACHE", str(results_folder))
        return evaluate(engine)


@pytest.fixture(scope="session")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a service on the loopback, with a decision log, in a process of its own."""
    folder = tmp_path_factory.mktemp("service")
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    own = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("MATCHMAKER_") or name == "MATCHMAKER_TODAY"
    }
    own |= {"MATCHMAKER_RATE_LIMIT": "", "MATCHMAKER_WORK_SECONDS": "0"}  # tests ask more than people do
    own["MATCHMAKER_DECISIONS"] = f"sqlite:///{folder / 'decisions.db'}"
    command = [sys.executable, "-m", "matchmaker", "serve", "--port", str(port)]
    said = folder / "log.txt"
    with said.open("w") as out, subprocess.Popen(command, env=own, stdout=out, stderr=out) as service:
        try:
            yield _ready(f"http://127.0.0.1:{port}", service, said)
        finally:
            service.terminate()
            service.wait(timeout=40)


def _ready(address: str, service: subprocess.Popen[bytes], said: Path) -> str:
    until = time.monotonic() + 60
    while time.monotonic() < until and service.poll() is None:
        try:
            if httpx2.get(f"{address}/health/ready").status_code == 200:
                return address
        except httpx2.TransportError:
            time.sleep(0.1)
    raise RuntimeError(f"The service did not start: {said.read_text()}")
