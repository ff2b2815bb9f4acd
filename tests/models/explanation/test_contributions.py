"""Which contributions are reasons, and in which order."""

from __future__ import annotations

import re

from matchmaker import Matchmaker
from matchmaker.models.explanation.contributions import reasons as sides
from matchmaker.models.types import ExplanationRow


def row(sentence: str, contribution: float, value: float | None = 0.9, weight: float = 0.1) -> ExplanationRow:
    return ExplanationRow("name", "Label", value, weight, contribution, sentence)


def explained(*terms: ExplanationRow) -> tuple[ExplanationRow, ...]:
    """Terms between the row of the start and that of the total."""
    return (row("Start.", 0.5), *terms, row("Total.", 0.9))


def reasons(rows: tuple[ExplanationRow, ...]) -> tuple[list[str], ...]:
    """The sentences that speak for, those against, and those of what is unknown."""
    return tuple([row.sentence for row in side] for side in sides(rows))


def test_half_a_hundredth_is_the_least_that_is_a_reason() -> None:
    told = reasons(
        explained(
            row("Small.", 0.005), row("Enough.", 0.006), row("Small.", -0.005), row("Too much.", -0.006)
        )
    )
    assert told == (["Enough."], ["Too much."], [])


def test_reasons_stand_in_the_order_of_what_they_add() -> None:
    told = reasons(
        explained(row("B.", 0.1), row("D.", -0.05), row("A.", 0.3), row("C.", -0.2), row("Tied.", 0.1))
    )
    assert told == (["A.", "B.", "Tied."], ["C.", "D."], [])


def test_what_is_unknown_is_told_by_its_weight_and_only_if_it_has_any() -> None:
    told = reasons(
        explained(row("Light.", 0.0, None, 0.1), row("None.", 0.0, None, 0.0), row("Heavy.", 0.0, None, 0.3))
    )
    assert told == ([], [], ["Heavy.", "Light."])


def test_what_is_nearer_the_middle_than_60_in_100_is_no_reason() -> None:
    terms = (
        row("Near.", 0.05, 0.59),
        row("Far.", 0.01, 0.6),
        row("Near.", -0.05, 0.41),
        row("Low.", -0.01, 0.4),
    )
    assert reasons(explained(*terms)) == (["Far."], ["Low."], [])


def test_no_reason_for_a_real_trust_is_of_the_middle(engine: Matchmaker) -> None:
    texts = [
        text
        for code in ("RPA", "RGM", "RYF", "RCX")
        for option in engine.shortlist(code, n_draws=0).options
        for text in (*option.reasons_for, *option.reasons_against)
    ]
    shares = [int(share) for text in texts for share in re.findall(r"(\d+) in 100", text)]
    assert min(shares) >= 60
    counted = [text for text in texts if " ambulance trusts" in text and "pairs" not in text]
    assert counted
    assert all(re.search(r"than \d of the other \d ambulance trusts", text) for text in counted)
