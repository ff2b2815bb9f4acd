"""Thousands of made-up requests: no failure, no status or form that is not in the description."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

CONFIG = Path(__file__).with_name("schemathesis.toml")
SECONDS = int(os.environ.get("MATCHMAKER_FUZZ_SECONDS", "20"))
"""More for a thorough run."""


@pytest.mark.slow
def test_the_service_keeps_to_its_description(address: str, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "schemathesis.cli", "--config-file", str(CONFIG), "run"]
    command += [f"{address}/openapi.json", "--output-truncate", "true", "--max-time", str(SECONDS)]
    run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=240 + SECONDS)
    said = run.stdout
    assert run.returncode == 0, (
        "\n".join(line[:300] for line in said.splitlines()[-200:]) + run.stderr[-2000:]
    )
    tried = re.search(r"(\d+) generated, \1 passed", said)
    assert tried, said[-2000:]
    assert int(tried.group(1)) > 100
