"""Organisations side by side in a terminal."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from matchmaker import Matchmaker
from matchmaker.cli.terminal.comparison import show_comparison
from matchmaker.features.comparison import compare
from matchmaker.features.types import Comparison
from matchmaker.sector import Sector


@pytest.fixture(scope="module")
def comparison(harbour_engine: Matchmaker) -> Comparison:
    return compare([harbour_engine.profile(code) for code in ("EEL", "COR", "LAN")])


@pytest.mark.parametrize("width", [60, 80, 140])
def test_it_fits_the_terminal(
    printed: Callable[..., str], comparison: Comparison, harbours: Sector, width: int
) -> None:
    lines = printed(width, show_comparison, comparison, harbours).splitlines()
    assert max(map(len, lines)) <= width
    assert not any("…" in line for line in lines)


def test_where_they_differ_most_comes_first(
    printed: Callable[..., str], comparison: Comparison, harbours: Sector
) -> None:
    text = printed(140, show_comparison, comparison, harbours)
    assert text.startswith("EEL Eelhythe Harbour Board (fishing, the one asked about)\nCOR ")
    places = [text.index(f"\n{row.label} ") for row in comparison.rows if row.gap is not None]
    assert places == sorted(places)
    assert "does not apply" in text  # passengers, of which only ferry harbours are asked
