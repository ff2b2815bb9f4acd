"""What is valid and may not be meant: a lost % sign, a figure beyond all that was published."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from matchmaker.features.overlay_template import notes
from matchmaker.snapshot import Snapshot
from matchmaker.snapshot.overlay.merge import overlay, read

CASES = Path(__file__).parents[2] / "cases"


@pytest.mark.snapshot
def test_the_public_case_of_lost_percent_signs(snapshot: Snapshot) -> None:
    own = read(CASES / "small_percents.csv", snapshot)
    assert [(one.row, one.column, one.value) for one in own.warnings] == [
        (2, "planned_surplus_share", "-0.2"),
        (2, "finance_variance_share", "-0.25"),
        (2, "diagnostics_over_6_weeks", "0.5"),
    ]
    plan, variance, waits = own.warnings
    assert "not below all published since" in plan.expected and "-19.6% to 3.69%" in plan.expected
    assert "-8.76% to 2.27%" in variance.expected
    assert waits.expected.endswith("of which it is 10 times")
    assert [one.remedy for one in own.warnings] == [
        "It is used as -20%: was -0.2% meant, with a % sign?",
        "It is used as -25%: was -0.25% meant, with a % sign?",
        "It is used as 50%: was 0.5% meant, with a % sign?",
    ]
    told = notes(own, snapshot, overlay(snapshot, own))
    assert sum(note.startswith("Check small_percents.csv, row 2") for note in told) == 3


def test_a_figure_beyond_all_that_was_published_is_doubted_for_a_new_organisation_too(
    harbour_snapshot: Snapshot,
) -> None:
    frame = pl.DataFrame({"port": ["NEW1"], "name": ["New Quay"], "type": ["ferry"], "berths": [1500]})
    (warning,) = read(frame, harbour_snapshot).warnings
    assert "nearer to all published" in warning.expected
    assert read(frame.with_columns(berths=200), harbour_snapshot).warnings == ()


def test_a_share_within_what_is_published_is_no_doubt(harbour_snapshot: Snapshot) -> None:
    published = harbour_snapshot.measures.filter(measure="on_time").sort("period_end")
    code, value = published.select("code", "value").row(-1)
    assert read(pl.DataFrame({"port": [code], "on_time": [value * 0.999]}), harbour_snapshot).warnings == ()
