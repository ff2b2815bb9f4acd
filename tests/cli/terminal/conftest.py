"""Printing answers at a given width."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from matchmaker.cli.terminal.console import console

Printed = Callable[..., str]


@pytest.fixture
def printed(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Printed:
    """What a function prints: `printed(width, function, *arguments)`."""

    def printed(width: int, show: Callable[..., None], *arguments: object) -> str:
        monkeypatch.setattr(console, "width", width)
        show(*arguments)
        return capsys.readouterr().out

    return printed
