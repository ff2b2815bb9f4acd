"""Results of a study in words: sections of a report, the same in Markdown, and a few lines for a terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from matchmaker.dates import format_date
from matchmaker.evaluation.effect.settings import EffectStudy
from matchmaker.evaluation.report.document import Dot, Dots, Section, Table, Text, markdown

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
    """Everything that was worked out, the parts side by side, in Markdown."""
    return markdown(title(study), sections(study, results))


def title(study: EffectStudy) -> str:
    """Of the page and of the document."""
    return f"{study.label} The results"


def sections(study: EffectStudy, results: Part) -> list[Section]:
    """The same as parts of a report."""
    parts = results["parts"]
    names = [name for name in PARTS if name in parts]
    further = [one.name for one in study.further]
    also = [one.name for one in study.also]

    def side_by_side(rows: list[tuple[str, Any]]) -> Table:
        lines = tuple((label, *(of(parts[name]) for name in names)) for label, of in rows)
        return Table("", ("", *(PARTS[name] for name in names)), lines)

    found = [
        Section(
            "The two confirmatory tests",
            (
                Text(
                    f"By the [protocol]({study.protocol.rpartition('/')[2]}), from snapshot "
                    f"{results['snapshot'][:12]}. Differences are percentage points for one standard "
                    "deviation more of the exposure, with 95% limits."
                ),
                _chart(study, parts, names),
                side_by_side(
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
            ),
        ),
        Section(
            "Does it depend on how it is worked out?",
            (
                side_by_side(
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
                        *(
                            (name, lambda one, name=name: points(one["also"][name]["likeness"]))
                            for name in also
                        ),
                        *(
                            (
                                f"{name}: pairings with an outcome",
                                lambda one, name=name: f"{one['also'][name]['counts']['with_outcome']:,}",
                            )
                            for name in also
                        ),
                    ]
                ),
            ),
        ),
        Section(
            "What it should not show",
            (
                side_by_side(
                    [
                        (
                            "Good at the last inspection but one before",
                            lambda one: points(one["negative_outcome"]),
                        ),
                        (
                            "Likeness to the nearest partner not chosen",
                            lambda one: points(one["negative_exposure"]),
                        ),
                    ]
                ),
            ),
        ),
        Section(
            "Other outcomes",
            (
                side_by_side(
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
            ),
        ),
        Section(
            "Who chose whom, and who joined nobody",
            (
                side_by_side(
                    [
                        (
                            "Propensity within 0.05 to 0.95",
                            lambda one: f"{100 * one['doubly_robust']['overlap']:.0f}%",
                        ),
                        (
                            "Largest difference before weighting",
                            lambda one: f"{_worst(one, 'before'):.2f} sd",
                        ),
                        ("Largest difference after weighting", lambda one: f"{_worst(one, 'after'):.2f} sd"),
                        ("Risk ratio", lambda one: f"{one['doubly_robust']['risk_ratio']:.2f}"),
                        ("E-value, and of the limit", lambda one: _e_values(one["doubly_robust"])),
                        (
                            "In difficulty without a partner: good later",
                            lambda one: _alone(one["without_partner"]),
                        ),
                        ("Months to the grade, more and less alike", _months),
                    ]
                ),
            ),
        ),
    ]
    choice = parts[names[-1]]["choice"]
    if choice:
        text = f"{choice[0]['n']:,} choices, with 95% limits by partner."
        found.append(Section("Choice", (Text(text), _methods(choice))))
    if again := results.get("choice_again"):
        found += _again(again)
    return found


def _chart(study: EffectStudy, parts: Part, names: Sequence[str]) -> Dots:
    """Both tests in every part; less than the smallest effect worth acting on lies near the line."""
    dots = tuple(
        Dot(
            f"{label}, {PARTS[name].lower()}",
            parts[name][test]["value"] / 100,
            parts[name][test]["low"] / 100,
            parts[name][test]["high"] / 100,
            name == names[-1],
        )
        for test, label in (("primary", "Likeness"), ("second", study.second.label))
        for name in names
        if parts[name][test]["low"] is not None
    )
    reach = max((abs(limit) for dot in dots for limit in (dot.low, dot.high) if limit is not None), default=1)
    caption = (
        "Difference in percentage points for one standard deviation more, with 95% limits; the line is none"
    )
    return Dots(caption, dots, -reach, reach, 0)


def _again(again: Part) -> list[Section]:
    """The later look at the choices."""
    beyond = again["n"] - again["within_reach"]
    alike = ", ".join(again["attributes"])
    words = (
        f"Added on {format_date(date.fromisoformat(again['added']))}, after the table above was known; it "
        "changes nothing of the effect. The same choices, with what members of a candidate are as inputs: "
        f"the nearest that is alike ({alike}), shares of such, members in the same locality and nearby, what "
        "the candidate took on before and in the last two years. Members that are the recipient under "
        f"another code do not count. Learned from {again['learned_from']:,} earlier choices; settings were "
        "picked on the last two years of those."
    )
    within = (
        f"Without the {beyond:,} of {again['n']:,} choices whose partner was beyond reach "
        f"({100 * beyond / again['n']:.1f}%), which no method could name:"
    )
    return [
        Section("Choice, looked at again", (Text(words), _methods(again["methods"]))),
        Section("Among choices within reach", (Text(within), _methods(again["within"])), 3),
    ]


def _methods(found: Sequence[Part]) -> Table:
    """Methods and how often each names the partner among the first, five and ten."""
    metrics = ("hit@1", "hit@5", "hit@10", "mrr", "percentile")
    rows = tuple(
        (
            row["method"],
            *(
                f"{row[one]['value']:.2f} ({row[one]['low']:.2f} to {row[one]['high']:.2f})"
                for one in metrics
            ),
        )
        for row in found
    )
    return Table("", ("method", *metrics), rows)


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


def _months(found: Part) -> str:
    return " and ".join(f"{one:.0f}" for one in found["counts"]["months_to_inspection_more_and_less_alike"])
