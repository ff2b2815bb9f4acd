"""Which contributions are reasons, and in which order."""

from __future__ import annotations

import re

import numpy as np

from matchmaker import Matchmaker
from matchmaker.models.explanation.reasons import weigh_pairs

Row = tuple[str, float, float | None, float]


def row(name: str, contribution: float, value: float | None = 0.9, weight: float = 0.1) -> Row:
    return name, contribution, value, weight


def reasons(*rows: Row) -> tuple[list[str], ...]:
    """The names of what speaks for a pair and against it; which are unknown."""
    names, contributions, values, weights = zip(*rows, strict=True)
    known = np.array([np.nan if value is None else value for value in values])
    (pair,) = weigh_pairs(known[:, None], np.array(contributions)[:, None], np.array(weights))
    sides = [[names[k] for k, _, is_for in pair.told if is_for is side] for side in (True, False)]
    return *sides, [names[k] for k in pair.unknown]


def test_half_a_hundredth_is_the_least_that_is_a_reason() -> None:
    told = reasons(
        row("Small.", 0.005), row("Enough.", 0.006), row("Small.", -0.005), row("Too much.", -0.006)
    )
    assert told == (["Enough."], ["Too much."], [])


def test_reasons_stand_in_the_order_of_what_they_add() -> None:
    told = reasons(row("B.", 0.1), row("D.", -0.05), row("A.", 0.3), row("C.", -0.2), row("Tied.", 0.1))
    assert told == (["A.", "B.", "Tied."], ["C.", "D."], [])


def test_what_is_unknown_is_told_only_if_it_has_any_weight() -> None:
    told = reasons(row("Light.", 0.0, None, 0.1), row("None.", 0.0, None, 0.0), row("Heavy.", 0.0, None, 0.3))
    assert told == ([], [], ["Light.", "Heavy."])


def test_what_is_unknown_stands_in_the_order_of_its_weight(engine: Matchmaker) -> None:
    weights = {"finance_strength": 0.01, "board_stability": 0.3, "quality_standing": 0.02}
    answer = engine.shortlist("RPA", "buddying", n_draws=0, limit=70, weights=weights)
    several = [option for option in answer.options if len(option.unknowns) > 1]
    for option in answer.options:
        missing = [one for one in option.rows[1:-1] if one.value is None and one.weight > 0]
        missing.sort(key=lambda one: -one.weight)
        assert option.unknowns == tuple(one.sentence for one in missing)
    assert several or any(option.unknowns for option in answer.options)


def test_what_is_nearer_the_middle_than_60_in_100_is_no_reason() -> None:
    terms = (
        row("Near.", 0.05, 0.59),
        row("Far.", 0.01, 0.6),
        row("Near.", -0.05, 0.41),
        row("Low.", -0.01, 0.4),
    )
    assert reasons(*terms) == (["Far."], ["Low."], [])


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
