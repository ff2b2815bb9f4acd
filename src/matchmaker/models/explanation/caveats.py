"""What a reader must know before using a shortlist."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from matchmaker.features import Profiles
from matchmaker.models.explanation.rule_effects import Exclusions
from matchmaker.models.ranking import MIN_COVERAGE
from matchmaker.models.types import Option, RuleEffect

if TYPE_CHECKING:
    from matchmaker.models.recommender import RankedCandidates


def caveats(
    profiles: Profiles,
    found: RankedCandidates,
    options: Sequence[Option],
    rule_effects: Sequence[RuleEffect],
    set_aside: Exclusions,
) -> Iterator[str]:
    """Each note as a sentence or two.

    Args:
        profiles: as of the day.
        found: the candidates of one recipient, ranked.
        options: those shown.
        removals: what each rule did.
        set_aside: what each relaxed rule would have said.
    """
    yield "Options to consider, not a decision: no published figure shows whether two trusts would get on."
    if not options:
        yield from _nobody(rule_effects)
    thin = [option.rank for option in options if option.coverage < MIN_COVERAGE]
    if thin and thin[0] == 1:
        yield "Less than half of what is weighed is known of any candidate: do not rely on the order."
    elif thin:
        yield f"From place {thin[0]} on, less than half of what is weighed is known."
    if set_aside:
        back = np.logical_or.reduce([verdict.excluded for verdict in set_aside.values()])[found.order]
        shown = int(back[: len(options)].sum())
        count = f"{back.sum()} of the {len(back)} eligible, {shown} of them shown"
        yield f"Relaxed: {', '.join(set_aside)}. This brought back {count}."
    org_type = profiles.types[found.row]
    applicable = [at for at, f in enumerate(profiles.features) if not f.types or org_type in f.types]
    missing = int(np.isnan(profiles.values[found.row, applicable]).sum())
    if missing:
        share = f"{missing} of {len(applicable)}"
        yield f"Of the recipient itself, {share} features are unknown or too old to use."


def _nobody(removals: Sequence[RuleEffect]) -> Iterator[str]:
    most = ", ".join(f"{one.rule} ({one.excluded})" for one in removals if one.excluded)
    yield f"No candidate is eligible. Rules and how many each excludes: {most}."
    back = ", ".join(f"{one.rule} ({one.alone})" for one in removals if one.alone)
    if back:
        yield f"Relaxing one alone would bring back: {back}."
    else:
        yield "No single rule is enough to relax: each candidate breaks two or more."
