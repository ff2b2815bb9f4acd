"""Running commands within the process of the tests."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from command_line import Finished, Run

from matchmaker.cli import main


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs `matchmaker` with arguments, on the snapshots that sectors ship."""
    for name in [name for name in os.environ if name.startswith("MATCHMAKER_")]:
        monkeypatch.delenv(name)

    def run(*arguments: object) -> Finished:
        monkeypatch.setattr(sys, "argv", ["matchmaker", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
        return Finished(int(ended.value.code or 0), *capsys.readouterr())

    return run


@pytest.fixture
def ask(run: Run, harbour_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs `matchmaker` on the harbours."""
    monkeypatch.setenv("MATCHMAKER_SECTORS", str(harbour_folder))
    monkeypatch.setenv("MATCHMAKER_SECTOR", "harbours")
    return run
