"""Targets: whether one is met follows from the figures, and what was within reach is said."""

from __future__ import annotations

import pytest

from matchmaker.evaluation.records import (
    ALL,
    ELIGIBLE,
    FamilyCount,
    MethodRecord,
    MetricMean,
    PublishedEvaluation,
)
from matchmaker.evaluation.report.document import Items, Table
from matchmaker.evaluation.report.targets import targets
from matchmaker.evaluation.settings import Target


def figure(population: str, metric: str, value: float, low: float | None, high: float | None) -> MetricMean:
    return MetricMean.model_validate(
        {
            "family": "Mentoring",
            "population": population,
            "method": "past-choices",
            "metric": metric,
            "value": value,
            "low": low,
            "high": high,
            "queries": 20 if population == ALL else 18,
            "organisations": 15,
        }
    )


def with_figures(published: PublishedEvaluation, *figures: MetricMean) -> PublishedEvaluation:
    method = MethodRecord(name="past-choices", label="Past choices", says="", role="practice")
    count = FamilyCount(
        family="Mentoring", queries=20, organisations=15, eligible=18, candidates=9, ceiling=0.9
    )
    return published.model_copy(update={"methods": (method,), "counts": (count,), "figures": figures})


@pytest.mark.parametrize(
    ("metric", "value", "low", "high", "met"),
    [
        ("hit@5", 0.9, 0.85, 0.95, "yes"),
        ("hit@5", 0.8, 0.81, 0.95, "yes"),
        ("hit@5", 0.9, 0.75, 0.95, "yes, within doubt"),
        ("hit@5", 0.7, 0.6, 0.85, "no, within doubt"),
        ("hit@5", 0.5, 0.4, 0.6, "no"),
        ("hit@5", 0.9, None, None, "yes, within doubt"),
        ("percentile", 0.1, 0.05, 0.15, "yes"),
        ("percentile", 0.9, 0.85, 0.95, "no"),
    ],
)
def test_whether_a_target_is_met_follows_from_the_figures(
    metric: str, value: float, low: float | None, high: float | None, met: str, published: PublishedEvaluation
) -> None:
    found = with_figures(published, figure(ALL, metric, value, low, high))
    (table,) = (
        block
        for block in targets(found, [Target(family="Mentoring", metric=metric, value=0.8)])
        if isinstance(block, Table)
    )
    ((family, target, label, _, reached, _),) = table.rows
    assert (family, label, reached) == ("Mentoring", "Past choices", met)
    assert target.endswith("80% or less" if metric == "percentile" else "80% or more")


def test_the_ceiling_is_said_and_what_it_costs(published: PublishedEvaluation) -> None:
    found = with_figures(
        published,
        figure(ALL, "percentile", 0.28, 0.1, 0.3),
        figure(ELIGIBLE, "percentile", 0.2, None, None),
    )
    (items,) = (
        block.items
        for block in targets(found, [Target(family="Mentoring", metric="percentile", value=0.15)])
        if isinstance(block, Items)
    )
    assert items[0] == (
        "Mentoring: 18 of 20 partners were eligible, so the most that any method could find is 90%."
    )
    assert "28%, 10% comes from partners that were not eligible" in items[1]
    assert "Among the other 18 the mean is 20%" in items[1]
    assert "holds the target of 15%" in items[1]
