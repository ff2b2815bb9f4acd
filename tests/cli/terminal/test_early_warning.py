"""Early-warning signs in a terminal."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from matchmaker import Matchmaker
from matchmaker.cli.terminal.early_warning import show_signs


@pytest.mark.parametrize("width", [80, 140])
def test_the_most_signs_come_first(printed: Callable[..., str], engine: Matchmaker, width: int) -> None:
    report = engine.signs(org_type="acute")
    lines = printed(width, show_signs, report, engine.sector, 3).splitlines()
    assert max(map(len, lines)) <= width
    assert " ".join(lines[1:]).startswith(report.warning[:60])
    numbers = [int(found[1]) for line in lines if (found := re.match(r" *(\d) of \d  \S", line))]
    assert len(numbers) == 3 and numbers == sorted(numbers, reverse=True)
    assert any(line.startswith("Acute trusts, on 15 July 2013") for line in lines)
