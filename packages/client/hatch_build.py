"""Puts into the wheel what the client imports: what is reached from `matchmaker.client`."""

from __future__ import annotations

import ast
import tomllib
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

HERE = Path(__file__).parent
REPOSITORY = HERE.parents[1]
SOURCE = REPOSITORY / "src"
ROOT = "matchmaker.client"


class ClientModules(BuildHookInterface):
    """Names each module's file and its place in the wheel."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        """Fill in the files of the wheel."""
        build_data["force_include"].update(
            {str(file): file.relative_to(SOURCE).as_posix() for file in files()}
        )


def version_of_matchmaker() -> str:
    """The version in the repository's pyproject.toml: both packages are released together."""
    content = tomllib.loads((REPOSITORY / "pyproject.toml").read_text("utf-8"))
    return str(content["project"]["version"])


def files() -> list[Path]:
    """The files of the modules that are imported, and the mark that the package is typed."""
    found: set[Path] = set()
    waiting = [ROOT]
    while waiting:
        name = waiting.pop()
        for package in _above(name):
            if (file := _file(package)) and file not in found:
                found.add(file)
                waiting += _imported(file)
    return sorted([*found, SOURCE / "matchmaker" / "py.typed"])


def _above(name: str) -> list[str]:
    """A module and every package that it is in: `a.b` gives `a` and `a.b`."""
    parts = name.split(".")
    return [".".join(parts[:n]) for n in range(1, len(parts) + 1)]


def _file(name: str) -> Path | None:
    place = SOURCE.joinpath(*name.split("."))
    return next((one for one in (place.with_suffix(".py"), place / "__init__.py") if one.is_file()), None)


def _imported(file: Path) -> list[str]:
    """What a module imports as it is imported itself: neither in functions nor for type checks only."""
    names: list[str] = []
    for node in ast.parse(file.read_text("utf-8")).body:
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("matchmaker"):
            names += [node.module, *(f"{node.module}.{one.name}" for one in node.names)]
        elif isinstance(node, ast.Import):
            names += [one.name for one in node.names if one.name.startswith("matchmaker")]
    return names
