"""What keeps the service from starting is told in one sentence, with the next step."""

from __future__ import annotations

import socket
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from matchmaker.cli import app
from matchmaker.errors import MatchmakerError

pytestmark = pytest.mark.service


@pytest.mark.parametrize(
    ("setting", "value", "words", "said"),
    [
        ("SNAPSHOT", "/nowhere/open.zip", [], "There is no snapshot at /nowhere/open.zip."),
        ("SNAPSHOT", "/nowhere/open.zip", ["--workers", "2"], "There is no snapshot at"),
        ("KEYS", "/nowhere/keys.json", [], "There is no file of keys at /nowhere/keys.json."),
        ("KEYS", "/nowhere/keys.json", ["--workers", "2"], "There is no file of keys"),
        ("RATE_LIMIT", "often", [], "MATCHMAKER_RATE_LIMIT: couldn't parse"),
        ("TRUSTED_PROXIES", "*", [], "MATCHMAKER_TRUSTED_PROXIES: '*' does not appear"),
        ("CORS_ORIGINS", "*", [], "MATCHMAKER_CORS_ORIGINS: origins are written as"),
    ],
)
def test_what_is_wrong_is_told(setting: str, value: str, words: list[str], said: str) -> None:
    done = CliRunner().invoke(app, ["serve", *words], env={f"MATCHMAKER_{setting}": value})
    assert isinstance(done.exception, MatchmakerError)
    assert said in done.exception.message
    assert done.exception.next_step.endswith(".")


@pytest.mark.slow
def test_a_port_that_is_taken(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        command = [sys.executable, "-m", "matchmaker", "serve", "--port", port]
        done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, timeout=60)
    assert done.returncode == 1
    assert done.stderr.strip() == (
        f"127.0.0.1:{port} can't be served. Free the port, or choose another with --port."
    )
