"""A log in a file, and one in a PostgreSQL of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from matchmaker.api.audit_log.log import DecisionLog


@dataclass(frozen=True)
class Server:
    """A PostgreSQL server; `restart` stops it as a power cut would, and starts it again."""

    url: str
    restart: Callable[[], None]


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[Server]:
    """A PostgreSQL server that is started for the tests, on a socket only."""
    homes = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not homes:
        pytest.skip("PostgreSQL is not installed here")
    bin_ = homes[-1].parent
    root = os.geteuid() == 0
    if root and shutil.which("runuser") is None:
        pytest.skip("PostgreSQL does not run as root, and runuser is not here")
    as_owner = ["runuser", "-u", "postgres", "--"] if root else []
    with TemporaryDirectory(prefix="mm-pg-", dir="/tmp") as folder:  # a socket's path must be short
        if root:
            shutil.chown(folder, "postgres")

        def run(*command: str) -> None:
            # a file, not a pipe: the server keeps its output open after pg_ctl has ended
            with open(os.devnull, "w") as nowhere:
                subprocess.run(
                    [*as_owner, *command], check=True, cwd=folder, stdout=nowhere, stderr=nowhere, timeout=60
                )

        data = f"{folder}/data"
        run(str(bin_ / "initdb"), "-D", data, "-U", "tester", "-A", "trust", "-E", "UTF8", "--no-sync")
        options = f"-c listen_addresses='' -k {folder} -c max_connections=40"
        control = [str(bin_ / "pg_ctl"), "-D", data, "-w"]
        run(*control, "-o", options, "start")
        try:
            yield Server(
                f"postgresql://tester@/postgres?host={folder}",
                lambda: run(*control, "-m", "immediate", "restart"),
            )
        finally:
            run(*control, "-m", "immediate", "stop")


@pytest.fixture(scope="session")
def postgresql(postgresql_server: Server) -> str:
    """Address of that server."""
    return postgresql_server.url


@pytest.fixture
def fresh_postgresql(postgresql: str) -> str:
    """An empty database on that server."""
    import psycopg

    with psycopg.connect(postgresql, autocommit=True) as connection:
        connection.execute("DROP SCHEMA public CASCADE")
        connection.execute("CREATE SCHEMA public")
    return postgresql


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of one megabyte."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(place)]
    try:
        allowed = subprocess.run(mount, capture_output=True, timeout=10).returncode == 0
    except FileNotFoundError:
        allowed = False
    if not allowed:
        pytest.skip("a small disk can't be mounted here")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True, timeout=10)


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Address of an empty log in each kind of database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'decisions.db'}"
    return str(request.getfixturevalue("fresh_postgresql"))


@pytest.fixture
def log(url: str) -> Iterator[DecisionLog]:
    """An empty log, ready."""
    log = DecisionLog(url)
    log.migrate()
    yield log
    log.close()
