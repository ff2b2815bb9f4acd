"""What there is to ask with, listed at the command line."""

from __future__ import annotations

from pathlib import Path

import pytest
from command_line import Run

from matchmaker.cli.terminal.console import console
from matchmaker.features.services import services
from matchmaker.models.arrangement import arrangements
from matchmaker.models.eligibility.rules import rules
from matchmaker.models.registry import methods
from matchmaker.sector import Sector, load_sector


def test_sectors_are_listed(run: Run, harbours_installed: Path) -> None:
    text = run("sectors").text
    assert "harbours Harbours Made-up harbours on two coasts" in text
    assert "nhs NHS trusts in England" in text


def test_arrangements_are_listed_with_weights_and_evidence(ask: Run, harbours: Sector) -> None:
    text = ask("arrangements").text
    for arrangement in arrangements(harbours).values():
        assert f"{arrangement.label} ({arrangement.name}): " in text
    assert "Setting 0.4 E1 Mentors from a like setting" in text
    assert "judgement" in text


def test_methods_are_listed_with_labels(ask: Run, harbours: Sector) -> None:
    text = ask("methods").text
    for name, method in methods(harbours).items():
        assert f"{name} {method.label} " in text


def test_rules_are_listed_with_parameters(ask: Run, harbours: Sector) -> None:
    text = ask("rules").text
    assert all(name in text for name in rules(harbours))
    assert "watch_level Watch level highest" in text


@pytest.mark.snapshot
def test_services_are_listed_with_how_many_run_them(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(console, "width", 240)
    text = run("--sector", "nhs", "services", "--as-of", "2016-01-01").text
    assert all(name in text for name in services(load_sector("nhs")))
    assert "planned_care Planned care, all specialties 189" in text
    assert "cardiology Cardiology 0" in text
