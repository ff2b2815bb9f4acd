"""What a reader must know before using a shortlist."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import polars as pl

from matchmaker.cache import cached
from matchmaker.dates import format_date
from matchmaker.features.profiles import KNOWN, Profiles
from matchmaker.models.explanation.rule_effects import Exclusions
from matchmaker.models.ranking import MIN_COVERAGE
from matchmaker.models.types import Option, RuleEffect
from matchmaker.snapshot.mergers import describe_merger
from matchmaker.typing import Rows

NAMES_MAY_DIFFER_AFTER = 365
"""Days before the snapshot's own after which an answer says that names may have been others."""


def caveats(
    profiles: Profiles,
    recipient: int,
    order: Rows,
    options: Sequence[Option],
    rule_effects: Sequence[RuleEffect],
    relaxed: Exclusions,
) -> Iterator[str]:
    """Each caveat as a sentence or two.

    Args:
        profiles: as of the day.
        recipient: its row.
        order: rows of the eligible candidates, in order.
        options: those shown.
        rule_effects: what each rule did.
        relaxed: what each relaxed rule would have done.
    """
    word = profiles.sector.words.organisations
    yield f"Options to consider, not a decision: no published figure shows whether two {word} would get on."
    if not options:
        yield from _nobody(rule_effects)
    thin = [option.rank for option in options if option.coverage < MIN_COVERAGE]
    if thin and thin[0] == 1:
        yield "Less than half of what is weighed is known of any candidate: do not rely on the order."
    elif thin:
        yield f"From place {thin[0]} on, less than half of what is weighed is known."
    if relaxed:
        back = np.logical_or.reduce([exclusion.excluded for exclusion in relaxed.values()])[order]
        shown = int(back[: len(options)].sum())
        count = f"{back.sum()} of the {len(back)} eligible, {shown} of them shown"
        yield f"Relaxed: {', '.join(relaxed)}. This brought back {count}."
    yield from merger_notes(profiles, recipient, "the recipient")
    if (profiles.snapshot.as_of - profiles.as_of).days > NAMES_MAY_DIFFER_AFTER:
        day = format_date(profiles.snapshot.as_of)
        yield f"Names are those of {day}, or the last that it had; some had others on the day asked about."
    applicable = _applicable(profiles, str(profiles.types[recipient]))
    missing = int(np.isnan(profiles.values[recipient, applicable]).sum())
    if missing:
        share = f"{missing} of {len(applicable)}"
        yield f"Of the recipient itself, {share} features are unknown or too old to use."


@cached
def _applicable(profiles: Profiles, org_type: str) -> Rows:
    """The columns of the features that a type of organisation has."""
    dimensions = profiles.sector.dimensions
    return np.array(
        [
            at
            for at, feature in enumerate(profiles.features)
            if feature.dimension in dimensions and (not feature.types or org_type in feature.types)
        ],
        dtype=np.intp,
    )


@cached
def merger_notes(profiles: Profiles, row: int, whose: str) -> tuple[str, ...]:
    """How many of a merged organisation's figures are added up, and how many are of a part alone.

    Args:
        profiles: as of the day.
        row: of the organisation.
        whose: what the sentences call it: "the recipient".
    """
    code = profiles.organisations["code"][row]
    width = len(profiles.features)
    cells = profiles.cells.slice(row * width, width).filter(pl.col("state") == KNOWN)
    derived = [feature.name for feature in profiles.features if feature.is_derived]
    published = cells.filter(~pl.col("feature").is_in(derived)).select("period_end", "file")
    texts = [
        text
        for end, file in published.iter_rows()
        if (text := describe_merger(profiles.snapshot, code, profiles.as_of, end, file))
    ]
    return tuple(
        f"{texts.count(text)} of {whose}'s figures: {text[0].lower()}{text[1:]}"
        for text in sorted(set(texts))
    )


def _nobody(rule_effects: Sequence[RuleEffect]) -> Iterator[str]:
    most = ", ".join(f"{one.rule} ({one.excluded})" for one in rule_effects if one.excluded)
    yield f"No candidate is eligible. Rules and how many each excludes: {most}."
    back = ", ".join(f"{one.rule} ({one.alone})" for one in rule_effects if one.alone)
    if back:
        yield f"Relaxing one alone would bring back: {back}."
    else:
        yield "No single rule is enough to relax: each candidate breaks two or more."
