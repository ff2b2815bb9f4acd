"""The second question of the report: does a more suitable partner go with a better outcome?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from matchmaker.evaluation.records import (
    Association,
    ExitOutcomes,
    OutcomeRecord,
    PowerRecord,
    RatingOutcomes,
    SubsetEffect,
    SurvivalCurve,
)
from matchmaker.evaluation.report.document import Block, Dot, Dots, Items, Section, Steps, Table, Text
from matchmaker.evaluation.report.labels import number, p_value, share
from matchmaker.evaluation.settings import Exits, OutcomeStudy, Rating, evaluation_settings
from matchmaker.features.definition import features
from matchmaker.sector import Sector

SHOWN_MONTHS = (12, 24, 48)


def outcome_sections(found: OutcomeRecord, sector: Sector) -> list[Section]:
    """Everything about outcomes, the primary question first."""
    study = evaluation_settings(sector).outcomes
    if study is None:
        return []
    question: list[Block] = [Text(study.question)]
    out: list[Section] = []
    if found.exits is not None and study.exits is not None:
        question += _exits_in_short(found.exits, study, study.exits)
        title = f"Leaving {study.exits.regime}"
        out.append(Section(title, _exits(found.exits, study, study.exits, sector), 3))
    if found.ratings is not None and study.rating is not None:
        if text := strongest(found):
            question.append(Text(text))
        title = f"The rating {study.rating.from_months} months or more later"
        out.append(Section(title, _ratings(found.ratings, study, study.rating, sector), 3))
    if found.exits is not None and found.exits.power is not None:
        primary = _primary(found.exits, study)
        title = f"What so few {sector.words.organisations} can show"
        out.append(Section(title, _power(found.exits.power, primary, study), 3))
    if study.confounders:
        out.append(Section("What else could explain it", (Items(study.confounders),), 3, "confounders"))
    title = "Question 2: do better-suited partners go with better outcomes?"
    return [Section(title, tuple(question), name="outcomes"), *out]


def answer(found: OutcomeRecord | None, sector: Sector) -> str | None:
    """The answer to the primary question, with its interval; None where the sector studies no exits."""
    study = evaluation_settings(sector).outcomes
    if found is None or found.exits is None or study is None:
        return None
    return _answer(_primary(found.exits, study), study)


def _by_organisation(primary: Association | None, study: OutcomeStudy) -> str:
    """How the answer changes when each organisation counts once, and how dated its figures are."""
    if primary is None:
        return ""
    text = ""
    if primary.organisations is not None:
        text = f" The {primary.n} spells are {primary.organisations} different recipients."
        if primary.first is not None:
            text += f" With the first spell of each the ratio is {_effect(primary.first)}."
        if primary.last is not None:
            text += f" With the last it is {_effect(primary.last)}."
        if primary.robust_low is not None:
            text += (
                f" An interval that lets the spells of one go together is {number(primary.robust_low)} to "
                f"{number(primary.robust_high)}."
            )
    if study.exposures[0].stands_in:
        text += " The figures are later ones, looked at with hindsight."
    return text


def _effect(one: SubsetEffect) -> str:
    return f"{number(one.effect)} ({number(one.low)} to {number(one.high)})"


def strongest(found: OutcomeRecord | None) -> str | None:
    """The exposure that goes most strongly with the rating later; None where there is none."""
    if found is None or found.ratings is None or not found.ratings.associations:
        return None
    one = min(found.ratings.associations, key=lambda row: row.p)
    raised = "" if one.p_holm is None else f", {p_value(one.p_holm)} raised for the number of tests"
    first = "" if one.first is None else f"; with the first pairing of each recipient {_effect(one.first)}"
    return (
        f"Of all that was held against the rating later, what went most strongly with it is "
        f"'{one.label}' (rank correlation {number(one.effect)}, p {p_value(one.p)}{raised}{first})."
    )


def _answer(primary: Association | None, study: OutcomeStudy) -> str:
    return _answer_of_spells(primary, study) + _by_organisation(primary, study)


def _answer_of_spells(primary: Association | None, study: OutcomeStudy) -> str:
    if primary is None:
        return "There are too few spells to say anything."
    way = "sooner" if primary.effect > 1 else "later"
    clear = (primary.low is not None and primary.low > 1) or (primary.high is not None and primary.high < 1)
    text = (
        f"In short: of {primary.n} spells whose {study.known}, those with {study.more} left "
        f"{way} (hazard ratio {number(primary.effect)} per standard deviation, 95% interval "
        f"{number(primary.low)} to {number(primary.high)}; p {p_value(primary.p)} by permutation). "
    )
    if clear:
        return text + "The interval excludes no effect; what else could explain it stands below."
    return text + (
        f"The interval holds no effect as well as a large one, so the data neither show {study.finding} nor "
        "speak against it."
    )


def _exits_in_short(found: ExitOutcomes, study: OutcomeStudy, settings: Exits) -> list[Block]:
    return [
        Text(
            f"Of {found.spells} spells in {settings.regime_in_full} since {settings.since}, half ended "
            f"within {_months(found.median_months)}. {found.with_partner} of them had a named "
            f"{study.partner}; the others may have had one that no source names, so those with and without "
            "one are not compared."
        ),
        Text(_answer(_primary(found, study), study)),
        *([Items(tuple(f"Several spells: {one}." for one in found.repeats))] if found.repeats else []),
    ]


def _exits(found: ExitOutcomes, study: OutcomeStudy, settings: Exits, sector: Sector) -> tuple[Block, ...]:
    words = sector.words
    title = words.organisations[:1].upper() + words.organisations[1:]
    return (
        Text(
            f"Time runs from entry or from the start of the help, whichever is later. A {words.organisation} "
            "that was taken over counts as not seen to leave. A hazard ratio above 1 means leaving sooner "
            "with more of what the row names. p values come from permutation, limits from the profile "
            "likelihood. All rows but the first are further tests, so p is also given as raised by Holm's "
            "method."
        ),
        Steps(
            f"Share still in {settings.regime} since the help began",
            tuple((name, _points(curve)) for name, curve in found.halves.items()),
            "months",
        ),
        _staying(found.halves, study, settings),
        _dots(found.associations, study),
        _hazards(f"{title} with a named {study.partner}", found.associations, sector),
        _hazards(
            f"{title} helped in any way that left them a body of their own (secondary)",
            found.associations_any,
            sector,
        ),
    )


def _staying(halves: Mapping[str, SurvivalCurve], study: OutcomeStudy, settings: Exits) -> Table:
    """The curves in figures."""
    rows = tuple(
        (
            f"The {name.casefold()} of {study.partners}",
            *(share(curve.after(month)) for month in SHOWN_MONTHS),
            _months(curve.median),
        )
        for name, curve in halves.items()
    )
    heading = ("Spells with", *(f"At {month} months" for month in SHOWN_MONTHS), "Half had left after")
    caption = f"Share still in {settings.regime}"
    return Table(caption, heading, rows, tuple(range(1, len(heading))))


def _ratings(
    found: RatingOutcomes, study: OutcomeStudy, settings: Rating, sector: Sector
) -> tuple[Block, ...]:
    unit = next(one.unit for one in features(sector) if one.name == settings.feature)
    scale = sector.display.scales.get(unit, {})
    counts = ", ".join(f"{n} {scale.get(value, value).casefold()}" for value, n in found.ratings.items())
    words = sector.words
    title = words.organisations[:1].upper() + words.organisations[1:]
    return (
        Text(
            f"The first {settings.label} published {settings.from_months} to {settings.until_months} months "
            f"after the help began; of {sum(found.ratings.values())} {words.organisations} with a named "
            f"{study.partner} and such a rating, {counts}. Ratings between may be missing from public data, "
            "and a rating that rises after a low one is partly regression to the mean. Above 0 means a "
            "better rating with more of what the row names."
        ),
        _correlations(f"{title} with a named {study.partner}", found.associations, sector),
        _correlations(f"{title} helped in any way (secondary)", found.associations_any, sector),
    )


def _power(found: PowerRecord, primary: Association | None, study: OutcomeStudy) -> tuple[Block, ...]:
    rows = tuple((f"{row.ratio:.2f}", share(row.power), f"{row.needed:,}") for row in found.sizes)
    seen, least = "", "no ratio up to 20"
    if found.detectable is not None:
        least = f"a hazard ratio of {found.detectable:.2f}"
    if primary and (found.detectable is None or primary.effect < found.detectable):
        seen = f" The ratio seen, {number(primary.effect)}, is below that."
    return (
        Text(
            f"With the {found.n} spells there are, {least} per standard deviation is the smallest that the "
            f"test would find in 4 of 5 trials (simulated).{seen} {study.finding} gives no number, so the "
            "table asks for three: a little, a moderate and a strong effect. Exits needed are by "
            "Schoenfeld's formula, which is somewhat hopeful with few exits."
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


def _primary(found: ExitOutcomes, study: OutcomeStudy) -> Association | None:
    name = study.exposures[0].name
    return next((one for one in found.associations if one.exposure == name), None)


def _hazards(caption: str, found: Sequence[Association], sector: Sector) -> Table:
    heading = (
        "The partner's",
        "Spells",
        "Exits",
        "Hazard ratio per SD",
        "p",
        "p, Holm",
        "Within cohorts",
        f"Leaving one {sector.words.organisation} out",
    )
    rows = tuple(
        (
            one.label,
            str(one.n),
            str(one.events),
            _interval(one),
            p_value(one.p),
            p_value(one.p_holm),
            "" if one.within is None else f"{number(one.within)}, p {p_value(one.within_p)}",
            f"{number(one.least)} to {number(one.most)}",
        )
        for one in found
    )
    return Table(caption, heading, rows, tuple(range(1, len(heading))))


def _correlations(caption: str, found: Sequence[Association], sector: Sector) -> Table:
    heading = (
        "The partner's",
        "Pairings",
        "Rank correlation",
        "p",
        "p, Holm",
        "p within ratings before",
        f"Leaving one {sector.words.organisation} out",
    )
    rows = tuple(
        (
            one.label,
            str(one.n),
            _interval(one),
            p_value(one.p),
            p_value(one.p_holm),
            p_value(one.within_p),
            f"{number(one.least)} to {number(one.most)}",
        )
        for one in found
    )
    return Table(caption, heading, rows, tuple(range(1, len(heading))))


def _interval(one: Association) -> str:
    return f"{number(one.effect)} ({number(one.low)} to {number(one.high)})"


def _dots(found: Sequence[Association], study: OutcomeStudy) -> Dots:
    primary = study.exposures[0].name
    dots = tuple(Dot(one.label, one.effect, one.low, one.high, one.exposure == primary) for one in found)
    caption = "Hazard ratio of leaving, per standard deviation; the line is no effect"
    return Dots(caption, dots, 0.25, 8.0, 1.0, ratio=True)


def _points(curve: SurvivalCurve) -> tuple[tuple[float, float], ...]:
    return tuple(zip(curve.times, curve.staying, strict=True))


def _months(median: float | None) -> str:
    return "a time not reached" if median is None else f"{median:.0f} months"
