"""A command that is run in a test, or only parsed."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, NamedTuple

import typer.main

from matchmaker.cli import app


class Finished(NamedTuple):
    """A command that has ended."""

    code: int
    out: str
    err: str

    @property
    def text(self) -> str:
        """What it printed, however that is broken into lines and cells; it must have ended well."""
        assert self.code == 0, self.err
        return " ".join(self.out.replace("│", " ").split())

    @property
    def json(self) -> Any:
        """The answer that it printed."""
        assert self.code == 0, self.err
        return json.loads(self.out)


Run = Callable[..., Finished]


def understand(words: list[str]) -> None:
    """Parse a command without running it; what can't be understood raises."""
    command = typer.main.get_command(app)
    context = command.make_context("matchmaker", list(words))
    if words[:1] == ["--sector"]:
        words = words[2:]
    while hasattr(command, "resolve_command"):
        name, command, words = command.resolve_command(context, words)
        context = command.make_context(name, list(words), parent=context)
