"""What rules did to the candidates: each of the excluded with its reasons, each rule with its count."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from matchmaker.features.profiles import Profiles
from matchmaker.models.arrangement import Arrangement
from matchmaker.models.eligibility.rules import NOT_ITSELF, Exclusion, rules
from matchmaker.models.explanation.contributions import organisations_of
from matchmaker.models.types import Excluded, RuleEffect

Exclusions = Mapping[str, Exclusion]
"""Rule -> what it says of all candidates, as `Recommender.exclusions` gives them."""


def excluded_rows(profiles: Profiles, exclusions: Exclusions) -> list[int]:
    """Rows of the excluded candidates but the recipient itself.

    Those that a rule excludes whose `counted` is set are in the counts of the rules alone.
    """
    every = np.logical_or.reduce([exclusion.excluded for exclusion in exclusions.values()])
    known = rules(profiles.sector)
    for name, exclusion in exclusions.items():
        if name in known and known[name].counted:
            every = every & ~exclusion.excluded
    rows: list[int] = np.flatnonzero(every & ~exclusions[NOT_ITSELF].excluded).tolist()
    return rows


def excluded_one(profiles: Profiles, candidate: int, exclusions: Exclusions) -> Excluded:
    """One excluded candidate with each rule's reason."""
    applied = [name for name, exclusion in exclusions.items() if exclusion.excluded[candidate]]
    reasons = tuple([exclusions[name].reason(candidate) for name in applied])
    return Excluded(organisations_of(profiles)[candidate], tuple(applied), reasons)


def rule_effects(arrangement: Arrangement, exclusions: Exclusions) -> tuple[RuleEffect, ...]:
    """How many candidates each rule of an arrangement excludes, and how many no other rule does."""
    if not arrangement.rules:
        return ()
    masks = np.array([exclusions[rule.name].excluded for rule in arrangement.rules])
    masks &= ~exclusions[NOT_ITSELF].excluded
    only = masks & (masks.sum(axis=0) == 1)
    counts = zip(arrangement.rules, masks.sum(axis=1).tolist(), only.sum(axis=1).tolist(), strict=True)
    return tuple([RuleEffect(rule.name, n, alone, rule.why, rule.evidence) for rule, n, alone in counts])
