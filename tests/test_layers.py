"""The rooms keep to their layers: the contracts of pyproject.toml, and that they cover what there is."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

import matchmaker

PACKAGE = Path(matchmaker.__file__).parent
PYPROJECT = Path(__file__).parents[1] / "pyproject.toml"
CONTRACTS = {
    contract["id"]: contract
    for contract in tomllib.loads(PYPROJECT.read_text("utf-8"))["tool"]["importlinter"]["contracts"]
}


def test_every_contract_is_kept() -> None:
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as lint; lint()"]
    found = subprocess.run(
        [*command, "--no-cache", "--config", str(PYPROJECT)], capture_output=True, text=True, check=False
    )
    assert found.returncode == 0, found.stdout
    assert f"{len(CONTRACTS)} kept, 0 broken" in found.stdout


def test_every_room_of_the_engine_is_kept_from_knowing_a_sector() -> None:
    rooms = {
        f"matchmaker.{path.stem}"
        for path in PACKAGE.iterdir()
        if (path.is_dir() and any(path.glob("*.py"))) or path.suffix == ".py"
    }
    free = {
        "matchmaker.sectors",
        "matchmaker.__init__",
        "matchmaker.__main__",
        "matchmaker.typing",
        "matchmaker.version",
    }
    assert set(CONTRACTS["sectors"]["source_modules"]) == rooms - free


def test_circles_are_forbidden_everywhere() -> None:
    assert CONTRACTS["circles"]["type"] == "acyclic_siblings"
    assert CONTRACTS["circles"]["ancestors"] == ["matchmaker"]
    assert not any("ignore_imports" in contract for contract in CONTRACTS.values())
