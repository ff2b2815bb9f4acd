"""A log in a file, and one in a PostgreSQL of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from matchmaker.api.audit_log.log import DecisionLog


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """Address of a PostgreSQL server that is started for the tests, on a socket only."""
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
        run(str(bin_ / "pg_ctl"), "-D", data, "-w", "-o", options, "start")
        try:
            yield f"postgresql://tester@/postgres?host={folder}"
        finally:
            run(str(bin_ / "pg_ctl"), "-D", data, "-m", "immediate", "-w", "stop")


@pytest.fixture
def fresh_postgresql(postgresql: str) -> str:
    """An empty database on that server."""
    import psycopg

    with psycopg.connect(postgresql, autocommit=True) as connection:
        connection.execute("DROP SCHEMA public CASCADE")
        connection.execute("CREATE SCHEMA public")
    return postgresql


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
