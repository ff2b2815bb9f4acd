"""What is written where the output can't hold every character."""

from __future__ import annotations

import os
import subprocess
import sys


def test_an_output_that_is_not_utf_8_ends_no_command() -> None:
    command = [sys.executable, "-m", "matchmaker", "--sector", "nhs", "shortlist", "RPA", "--limit", "1"]
    for extra in ([], ["--csv"]):
        run = subprocess.run(
            [*command, *extra],
            capture_output=True,
            check=False,
            env=os.environ | {"PYTHONIOENCODING": "cp1252"},
        )
        assert run.returncode == 0, run.stderr
        assert b"-9.1%" in run.stdout or b"-4.9%" in run.stdout
