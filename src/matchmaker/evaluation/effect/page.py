"""Results of a study in words: one page in Markdown, and a few lines for a terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from matchmaker.dates import format_date
from matchmaker.evaluation.effect.settings import EffectStudy

Part = Mapping[str, Any]
PARTS = {"open": "Open part", "sealed": "Sealed part", "both": "Both parts"}
MINUS = "\N{MINUS SIGN}"


def summary(study: EffectStudy, results: Part) -> str:
    """The confirmatory results of each part, for a terminal."""
    lines = [study.label]
    for name, part in results["parts"].items():
        counts = part["counts"]
        lines += [
            "",
            f"{PARTS[name]}: {counts['with_outcome']:,} pairings with an outcome, "
            f"{counts['partners_with_outcome']:,} partners, {100 * counts['share_good']:.0f}% good",
            f"  Likeness ({study.finding}): {points(part['primary'])}, "
            f"p {p_value(part['primary']['p_holm'])}",
            f"  {study.second.label} ({study.second.finding}): {points(part['second'])}, "
            f"p {p_value(part['second']['p_holm'])}",
            f"  Found in 80 of 100 repetitions: {part['detectable']:.1f} points or more",
        ]
    return "\n".join(lines)


def page(study: EffectStudy, results: Part) -> str:
    """Everything that was worked out, the parts side by side."""
    parts = results["parts"]
    names = [name for name in PARTS if name in parts]

    def table(rows: list[tuple[str, Any]]) -> list[str]:
        lines = ["| | " + " | ".join(PARTS[name] for name in names) + " |", "|---" * (len(names) + 1) + "|"]
        return lines + [
            f"| {label} | " + " | ".join(of(parts[name]) for name in names) + " |" for label, of in rows
        ]

    further = [one.name for one in study.further]
    also = [one.name for one in study.also]
    lines = [
        f"# {study.label} The results",
        "",
        f"By the [protocol]({study.protocol.rpartition('/')[2]}), from snapshot {results['snapshot'][:12]}. "
        "Differences are percentage points for one standard deviation more of the exposure, with 95% limits.",
        "",
        "## The two confirmatory tests",
        "",
        *table(
            [
                ("Pairings with an outcome", lambda one: f"{one['counts']['with_outcome']:,}"),
                ("Partners", lambda one: f"{one['counts']['partners_with_outcome']:,}"),
                ("Good or better", lambda one: f"{100 * one['counts']['share_good']:.1f}%"),
                (f"Likeness ({study.finding})", lambda one: points(one["primary"])),
                ("p, by Holm", lambda one: p_value(one["primary"]["p_holm"])),
                (f"{study.second.label} ({study.second.finding})", lambda one: points(one["second"])),
                ("p, by Holm", lambda one: p_value(one["second"]["p_holm"])),
                ("Found in 80 of 100 repetitions", lambda one: f"{one['detectable']:.1f} points"),
            ]
        ),
        "",
        "## Does it depend on how it is worked out?",
        "",
        *table(
            [
                ("Likeness, in a logit", lambda one: points(one["logit"])),
                ("Likeness, beside board stability", lambda one: points(one["both_in_one_model"])),
                (
                    "More alike than the median against less, doubly robust",
                    lambda one: points(one["doubly_robust"]["estimate"]),
                ),
                ("Every one without an outcome good", lambda one: points(one["all_missing_good"])),
                ("None of them good", lambda one: points(one["none_missing_good"])),
                (
                    f"Graded before {format_date(study.closed_for)}",
                    lambda one: points(one["before_closure"]),
                ),
                (
                    "Lowest judgement from September 2024 too",
                    lambda one: points(one["lowest_judgement_too"]),
                ),
                *((name, lambda one, name=name: points(one["also"][name]["likeness"])) for name in also),
                *(
                    (
                        f"{name}: pairings with an outcome",
                        lambda one, name=name: f"{one['also'][name]['counts']['with_outcome']:,}",
                    )
                    for name in also
                ),
            ]
        ),
        "",
        "## What it should not show",
        "",
        *table(
            [
                ("Good at the last inspection but one before", lambda one: points(one["negative_outcome"])),
                ("Likeness to the nearest partner not chosen", lambda one: points(one["negative_exposure"])),
            ]
        ),
        "",
        "## Other outcomes",
        "",
        *table(
            [
                *(
                    (
                        f"{name[:1].upper()}{name[1:]}, in its points",
                        lambda one, name=name: points(one["further"][name], 2),
                    )
                    for name in further
                ),
                ("Hazard ratio of the first good grade", lambda one: _ratio(one["months_to_good"])),
                ("Same effect in every type: p", lambda one: p_value(one["by_type"])),
                ("Same effect in every kind: p", lambda one: p_value(one["by_kind"])),
            ]
        ),
        "",
        "## Who chose whom, and who joined nobody",
        "",
        *table(
            [
                (
                    "Propensity within 0.05 to 0.95",
                    lambda one: f"{100 * one['doubly_robust']['overlap']:.0f}%",
                ),
                ("Largest difference before weighting", lambda one: f"{_worst(one, 'before'):.2f} sd"),
                ("Largest difference after weighting", lambda one: f"{_worst(one, 'after'):.2f} sd"),
                ("Risk ratio", lambda one: f"{one['doubly_robust']['risk_ratio']:.2f}"),
                ("E-value, and of the limit", lambda one: _e_values(one["doubly_robust"])),
                ("In difficulty without a partner: good later", lambda one: _alone(one["without_partner"])),
                (
                    "Months to the grade, more and less alike",
                    lambda one: " and ".join(
                        f"{months:.0f}"
                        for months in one["counts"]["months_to_inspection_more_and_less_alike"]
                    ),
                ),
            ]
        ),
    ]
    if any(parts[name]["choice"] for name in names):
        lines += ["", "## Choice", "", *_choices(parts[names[-1]]["choice"])]
    return "\n".join(lines) + "\n"


def _choices(found: list[Part]) -> list[str]:
    """Methods and how often each names the partner among the first, five and ten."""
    metrics = ("hit@1", "hit@5", "hit@10", "mrr", "percentile")
    lines = [
        f"{found[0]['n']:,} choices, with 95% limits by partner.",
        "",
        "| method | " + " | ".join(metrics) + " |",
    ]
    lines.append("|---" * (len(metrics) + 1) + "|")
    for row in found:
        cells = [
            f"{row[one]['value']:.2f} ({row[one]['low']:.2f} to {row[one]['high']:.2f})" for one in metrics
        ]
        lines.append(f"| {row['method']} | " + " | ".join(cells) + " |")
    return lines


def points(estimate: Part | None, digits: int = 1) -> str:
    """A value with its limits, signed; "too few" where there is none."""
    if estimate is None:
        return "too few"
    value, low, high = (_signed(estimate[one], digits) for one in ("value", "low", "high"))
    return f"{value} ({low} to {high})"


def _ratio(estimate: Part) -> str:
    if estimate["low"] is None:
        return "not found"
    return f"{estimate['value']:.2f} ({estimate['low']:.2f} to {estimate['high']:.2f})"


def _signed(value: float, digits: int) -> str:
    text = f"{abs(value):.{digits}f}"
    return text if float(text) == 0 else f"{MINUS if value < 0 else '+'}{text}"


def p_value(value: float | None) -> str:
    """As people write a p value."""
    if value is None:
        return "not tested"
    return "under 0.001" if value < 0.001 else f"{value:.3f}" if value < 0.1 else f"{value:.2f}"


def _worst(part: Part, when: str) -> float:
    return float(max(abs(one[when]) for one in part["doubly_robust"]["balance"]))


def _e_values(found: Part) -> str:
    return f"{found['e_value']:.2f} and {found['e_value_limit']:.2f}"


def _alone(found: Part) -> str:
    return f"{100 * found['share_good']:.0f}% of {found['n']:,}" if found["n"] else "none"
