"""The second question told: does a more suitable partner go with a better outcome?"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from matchmaker.dates import format_date
from matchmaker.evaluation.evaluate import Outcomes
from matchmaker.evaluation.outcomes.association import Association, PowerAnalysis
from matchmaker.evaluation.outcomes.exposures import PRIMARY, STAND_IN
from matchmaker.evaluation.outcomes.spells import RATED_FROM, RATED_UNTIL
from matchmaker.evaluation.outcomes.survival import Curve
from matchmaker.evaluation.report.document import Block, Dot, Dots, Items, Section, Steps, Table, Text
from matchmaker.evaluation.report.labels import number, p_value, share
from matchmaker.features.formatting import RATINGS

CONFOUNDERS = (
    "Regression to the mean: trusts enter special measures at their worst, and many would have improved.",
    "Other help at the same time: an improvement director, money, and new leaders came with the regime.",
    "Selection: regulators chose who was helped by whom, and trusts thought easier to mend may have been "
    "given partners that were nearer or more alike.",
    "The years: the eleven trusts of July 2013 left sooner than later ones, under other rules; the effect "
    "within cohorts is given beside.",
    "The outcome itself: leaving is a decision of the regulator, and the start of the help is often known "
    "to the month or year only.",
    "Repeats: three trusts were helped in two spells each, and some partners helped several trusts.",
    f"Context is that of 2018/19, published by {format_date(STAND_IN)}, and stands in for that of the "
    "pairing's own day.",
)
SHOWN_MONTHS = (12, 24, 48)
HAZARD_HEADING = (
    "The partner's",
    "Spells",
    "Exits",
    "Hazard ratio per SD",
    "p",
    "p, Holm",
    "Within cohorts",
    "Leaving one trust out",
)
RATING_HEADING = (
    "The partner's",
    "Pairings",
    "Rank correlation",
    "p",
    "p, Holm",
    "p within ratings before",
    "Leaving one trust out",
)


def outcome_sections(found: Outcomes) -> list[Section]:
    """Everything about outcomes, the primary question first."""
    return [
        Section("Question 2: do better-suited partners go with better outcomes?", _asked(found)),
        Section("Leaving special measures", _exits(found), 3),
        Section("The rating 24 months or more later", _ratings(found), 3),
        Section("What so few trusts can show", _reach(found.reach, _primary(found.with_exits)), 3),
        Section("What else could explain it", (Items(CONFOUNDERS),), 3),
    ]


def _asked(found: Outcomes) -> tuple[Block, ...]:
    return (
        Text(
            "The finding E1 says that buddying seemed to work better when the buddy's context was similar. "
            "It rests on interviews and eight case studies, and gives no number. Here it is held against "
            "public data. The primary question, set beforehand: among trusts in special measures for "
            "quality that had a named buddy, did those whose buddy's context was more similar leave sooner?"
        ),
        Text(
            f"Of {found.spells} spells in special measures for quality since 2013, half ended within "
            f"{_months(found.stay)}. {found.exits.height} of them had a named buddy; the others may have had "
            "one that no source names, so buddied and other trusts are not compared."
        ),
        Text(answer(found)),
    )


def answer(found: Outcomes) -> str:
    """The answer to the primary question, with its interval."""
    primary = _primary(found.with_exits)
    if primary is None:
        return "There are too few spells to say anything."
    way = "sooner" if primary.effect > 1 else "later"
    clear = primary.low > 1 or primary.high < 1
    told = (
        f"In short: of {primary.n} spells whose context is known, those with a more similar buddy left "
        f"{way} (hazard ratio {number(primary.effect)} per standard deviation, 95% interval "
        f"{number(primary.low)} to {number(primary.high)}; p {p_value(primary.p)} by permutation). "
    )
    if clear:
        return told + "The interval excludes no effect; what else could explain it stands below."
    return told + (
        "The interval holds no effect as well as a large one, so the data neither show E1 nor speak "
        "against it."
    )


def _exits(found: Outcomes) -> tuple[Block, ...]:
    blocks: list[Block] = [
        Text(
            "Time runs from entry or from the start of the help, whichever is later. A trust that was taken "
            "over counts as not seen to leave. A hazard ratio above 1 means leaving sooner with more of "
            "what the row names. p values come from permutation, limits from the profile "
            "likelihood. All rows but the first are further tests, so p is also given as raised by Holm's "
            "method."
        ),
        Steps(
            "Share still in special measures since the help began",
            tuple((name, _points(curve)) for name, curve in found.halves.items()),
            "months",
        ),
        _staying(found.halves),
        _dots("Hazard ratio of leaving, per standard deviation; the line is no effect", found.with_exits),
        _hazards("Trusts with a named buddy", found.with_exits),
        _hazards(
            "Trusts helped in any way that left them a body of their own (secondary)", found.with_exits_any
        ),
    ]
    return tuple(blocks)


def _staying(halves: Mapping[str, Curve]) -> Table:
    """The curves in figures."""
    rows = tuple(
        (
            f"The {name.casefold()} of buddies",
            *(share(curve.after(month)) for month in SHOWN_MONTHS),
            _months(curve),
        )
        for name, curve in halves.items()
    )
    heading = ("Spells with", *(f"At {month} months" for month in SHOWN_MONTHS), "Half had left after")
    return Table("Share still in special measures", heading, rows, tuple(range(1, len(heading))))


def _ratings(found: Outcomes) -> tuple[Block, ...]:
    names = {float(value): name for value, name in RATINGS.items()}
    after = found.ratings["after"].to_list()
    told = ", ".join(
        f"{after.count(value)} {name.casefold()}" for value, name in sorted(names.items()) if value in after
    )
    return (
        Text(
            f"The first overall CQC rating published {RATED_FROM} to {RATED_UNTIL} months after the help "
            f"began; of {len(after)} buddied trusts with one, {told}. Ratings between may be missing from "
            "public data, and a rating that rises after a low one is partly regression to the mean. Above 0 "
            "means a better rating with more of what the row names."
        ),
        _correlations("Trusts with a named buddy", found.with_ratings),
        _correlations("Trusts helped in any way (secondary)", found.with_ratings_any),
    )


def _reach(reach: PowerAnalysis, primary: Association | None) -> tuple[Block, ...]:
    rows = tuple(
        (f"{ratio:.2f}", share(reach.power[ratio]), f"{reach.needed[ratio]:,}") for ratio in reach.needed
    )
    seen = (
        f" The ratio seen, {number(primary.effect)}, is below that."
        if primary and primary.effect < reach.detectable
        else ""
    )
    least = (
        "no ratio up to 20" if math.isinf(reach.detectable) else f"a hazard ratio of {reach.detectable:.2f}"
    )
    return (
        Text(
            f"With the {reach.n} spells there are, {least} per standard deviation is the smallest that the "
            f"test would find in 4 of 5 trials (simulated).{seen} E1 gives no number, so the table asks for "
            "three: a little, a moderate and a strong effect. Exits needed are by Schoenfeld's formula, "
            "which is somewhat hopeful with few exits."
        ),
        Table(
            "",
            (
                "Hazard ratio per SD",
                "Would be found with these spells",
                "Exits needed to find it in 4 of 5 trials",
            ),
            rows,
            (0, 1, 2),
        ),
    )


def _primary(found: Sequence[Association]) -> Association | None:
    return next((one for one in found if one.exposure.name == PRIMARY), None)


def _hazards(caption: str, found: Sequence[Association]) -> Table:
    rows = tuple(
        (
            one.exposure.label,
            str(one.n),
            str(one.events),
            f"{number(one.effect)} ({number(one.low)} to {number(one.high)})",
            p_value(one.p),
            p_value(one.p_holm),
            "" if one.within is None else f"{number(one.within)}, p {p_value(one.within_p)}",
            f"{number(one.least)} to {number(one.most)}",
        )
        for one in found
    )
    return Table(caption, HAZARD_HEADING, rows, tuple(range(1, len(HAZARD_HEADING))))


def _correlations(caption: str, found: Sequence[Association]) -> Table:
    rows = tuple(
        (
            one.exposure.label,
            str(one.n),
            f"{number(one.effect)} ({number(one.low)} to {number(one.high)})",
            p_value(one.p),
            p_value(one.p_holm),
            p_value(one.within_p),
            f"{number(one.least)} to {number(one.most)}",
        )
        for one in found
    )
    return Table(caption, RATING_HEADING, rows, tuple(range(1, len(RATING_HEADING))))


def _dots(caption: str, found: Sequence[Association]) -> Dots:
    dots = tuple(
        Dot(one.exposure.label, one.effect, one.low, one.high, one.exposure.name == PRIMARY) for one in found
    )
    return Dots(caption, dots, 0.25, 8.0, 1.0, ratio=True)


def _points(curve: Curve) -> tuple[tuple[float, float], ...]:
    return tuple(zip(curve.times.tolist(), curve.staying.tolist(), strict=True))


def _months(curve: Curve) -> str:
    return "a time not reached" if curve.median is None else f"{curve.median:.0f} months"
