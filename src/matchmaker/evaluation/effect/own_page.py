"""The test of a user's own outcomes in words: a table in Markdown, and the same as JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict

from matchmaker.evaluation.effect.own_outcomes import OwnStudy
from matchmaker.evaluation.effect.page import p_value, points


def page(found: OwnStudy, after_months: int, told: Sequence[str] = ()) -> str:
    """What came of it, and what it can't show.

    Args:
        found: of `own_study`.
        after_months: from when after the start on a value counted.
        told: how cells of the file were read, in sentences.
    """
    unit = "percentage points" if found.yes_or_no else "the unit of the file"
    mean = "" if found.mean is None else f" Their mean is {_mean(found)}."
    rows = [
        f"| {one.label} | {'too few' if one.estimate is None else points(asdict(one.estimate), 2)} "
        f"| {p_value(one.p_holm)} | {0 if one.estimate is None else one.estimate.n} |"
        for one in found.effects
    ]
    few = (
        f" Nothing is estimated from fewer than {found.needed}." if found.with_outcome < found.needed else ""
    )
    lines = [
        f"# {found.arrangement}: own outcomes",
        "",
        f"{found.pairings:,} past pairings of the organisations in the file; {found.with_outcome:,} have an "
        f"outcome {after_months} months or more after, with the partner still there.{mean}{few}",
        *told,
        "",
        f"Difference in {unit} for one standard deviation more, with 95% limits by partner; type, "
        "kind, year, "
        "region, distance and the value before are held equal. p is raised for the number of rows (Holm).",
        "",
        "| exposure | difference | p | pairings |",
        "|---|---|---|---|",
        *rows,
        "",
        "It describes and proves nothing: who helped whom was a choice, and no protocol was written before.",
    ]
    return "\n".join(lines) + "\n"


def as_json(found: OwnStudy) -> str:
    """The same for the same results; what can't be worked out is null."""
    return json.dumps(asdict(found), indent=1, allow_nan=False) + "\n"


def _mean(found: OwnStudy) -> str:
    mean = found.mean or 0.0
    return f"{100 * mean:.1f}%" if found.yes_or_no else f"{mean:.2f}"
