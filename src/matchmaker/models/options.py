"""The options of a list, explained: what speaks for and against each, and what it is shown beside."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from matchmaker.features.profiles import Profiles
from matchmaker.models.arrangement import Arrangement
from matchmaker.models.demand import MAX_DEMAND, Demand, demand
from matchmaker.models.eligibility.rules import Exclusion, could_not_be_checked, rules
from matchmaker.models.evidence import cite
from matchmaker.models.explanation.contributions import explanation_rows, organisations_of
from matchmaker.models.explanation.reasons import Telling, Weighed, nothing_against, weigh
from matchmaker.models.fact_rows import ComparedFacts
from matchmaker.models.key_facts import KeyFact
from matchmaker.models.scoring.geography import kilometres_from, nearest_sites_from
from matchmaker.models.scoring.ranker import Ranker, Scores
from matchmaker.models.scoring.size import size_ratios_to
from matchmaker.models.scoring.weighted_sum import WeightedSumRanker
from matchmaker.models.ties import describe_tie, is_one_in_all_but_name, same_group
from matchmaker.models.types import DETAILS, Detail, ExplanationRow, Option, RankUncertainty
from matchmaker.typing import Mask, Rows

MIN_PARTNER_SIZE_RATIO = 0.8
"""A structural partner smaller than this share of the recipient is warned of."""


@dataclass(frozen=True)
class RankedCandidates:
    """All candidates of one recipient, ranked but not yet explained."""

    row: int
    """Row of the recipient."""
    scores: Scores
    """(k, 1, n) by the method asked for."""
    fits: Scores
    """(k, 1, n) by the evidence; the same object where that is the method."""
    exclusions: dict[str, Exclusion]
    """Rule -> what it does to all candidates."""
    eligible: Mask
    """(n,) whom no rule excludes."""
    order: Rows
    """The eligible, in order."""


class Explainer:
    """Explains the options of lists by one arrangement and method.

    Args:
        profiles: as of the day.
        arrangement: whose criteria and rules.
        evidence: the evidence fit of the arrangement, from which all reasons come.
        ranker: the method by which the lists are ranked.
    """

    def __init__(
        self, profiles: Profiles, arrangement: Arrangement, evidence: WeightedSumRanker, ranker: Ranker
    ) -> None:
        self.profiles, self.arrangement, self.evidence, self.ranker = profiles, arrangement, evidence, ranker
        # Of a service that both run, one board need not look after the whole of both.
        about_service = any(rules(profiles.sector)[rule.name].form == "service" for rule in arrangement.rules)
        self._one_board = arrangement.scale == "structural" and not about_service
        relationships = [one for one in arrangement.criteria if one.form == "relationship"]
        self._looks_outside = any(not one.joint_leadership for one in relationships)
        self._labels = [one.label for one in arrangement.criteria]
        self._organisations = organisations_of(profiles)
        self._rules = rules(profiles.sector)

    def weigh(
        self, recipients: Sequence[int], shown: Sequence[Rows], fits: Sequence[Scores]
    ) -> list[list[Weighed]]:
        """What the criteria say of the options shown of some lists, worked out for all at once.

        Args:
            recipients: their rows.
            shown: (m,) of each, the rows of the options.
            fits: (k, 1, m) of each, by the evidence.
        """
        return weigh(self.evidence, fits, recipients, shown) if recipients else []

    def rows(
        self, scores: Scores, recipient: int, candidate: int, details: Collection[Detail] = DETAILS
    ) -> tuple[ExplanationRow, ...]:
        """The explanation of one candidate by the method asked for.

        Args:
            scores: (k, 1, 1) of the two by that method.
            recipient, candidate: their rows.
            details: as for a shortlist.
        """
        areas = self.evidence.areas(recipient)
        return explanation_rows(self.ranker, self.profiles, scores, recipient, candidate, areas, details)

    def options(
        self,
        row: int,
        shown: Rows,
        scores: Scores,
        weighed: Sequence[Weighed],
        exclusions: Mapping[str, Exclusion],
        details: Collection[Detail],
        *,
        first: int = 1,
        relaxed: Mapping[str, Exclusion] | None = None,
        intervals: Mapping[int, RankUncertainty] | None = None,
        others: Mapping[str, Mapping[int, int]] | None = None,
    ) -> Iterator[Option]:
        """Some options of one list.

        Args:
            row: of the recipient.
            shown: (m,) rows of the options, as they stand in the order.
            scores: (k, 1, m) by the method asked for.
            weighed: of each, as `weigh` gives it.
            exclusions: what each rule does.
            details: what is worked out beside ranks and reasons.
            first: the place of the first of them.
            relaxed: what each relaxed rule would have done.
            intervals: row -> how far its place can be relied on.
            others: further method -> row -> its place by that.
        """
        profiles, sector = self.profiles, self.profiles.sector
        relaxed, intervals, others = relaxed or {}, intervals or {}, others or {}
        organisations = self._organisations
        telling = Telling(self.evidence, row)
        beside = ComparedFacts(profiles, row, self.arrangement)
        own, asked = organisations[row].code, self._demand
        peers = None if self._benchmark_peers is None else self._benchmark_peers.get(own)
        group = same_group(profiles.snapshot, profiles.as_of).get(own, {})
        doubted = {name: one for name, one in exclusions.items() if one.unchecked[shown].any()}
        columns = zip(
            shown.tolist(),
            weighed,
            scores.score[0].tolist(),
            scores.coverage[0].tolist(),
            kilometres_from(profiles, row)[shown].tolist(),
            nearest_sites_from(profiles, row)[shown].tolist(),
            size_ratios_to(profiles, row)[shown].tolist(),
            strict=True,
        )
        for rank, (at, said, fit, coverage, distance, nearest, ratio) in enumerate(columns, first):
            organisation = organisations[at]
            tie = group.get(organisation.code)
            is_one = describe_tie(tie, sector) if tie and is_one_in_all_but_name(tie) else None
            told = telling.told(said, at, list(self._structural(row, at, ratio, is_one)))
            unchecked = {name: one for name, one in doubted.items() if one.unchecked[at]}
            facts: tuple[KeyFact, ...] = ()
            if (
                "facts" in details or not told.against
            ):  # what is unknown is told where nothing speaks against it
                facts = beside.of(at, tuple(unchecked))
            n_lists = 0 if asked is None else int(asked.n_lists[at])
            yield Option(
                rank=rank,
                organisation=organisation,
                fit=fit,
                coverage=coverage,
                distance_km=None if math.isnan(distance) else round(distance, 1),
                nearest_sites_km=None if math.isnan(nearest) else round(nearest, 1),
                size_ratio=None if math.isnan(ratio) else round(ratio, 2),
                reasons_for=told.speaks_for,
                reasons_against=told.against,
                unknowns=telling.unknowns(said, at),
                rows=(self.rows(scores.among([rank - first]), row, at, details) if "rows" in details else ()),
                uncertainty=intervals.get(at),
                ranks_by_method={name: ranks[at] for name, ranks in others.items()},
                benchmark_peer=None if peers is None else organisation.code in peers,
                violated_rules=tuple([name for name, exclusion in relaxed.items() if exclusion.excluded[at]]),
                same_group=is_one,
                unchecked=tuple(unchecked),
                on_lists=int(asked.on_lists[at]) if asked is not None and n_lists else None,
                n_lists=n_lists or None,
                facts=facts if "facts" in details else (),
                reasons=tuple([telling.reason(one, at) for one in told.reasons])
                if "reasons" in details
                else (),
                nothing_against=None if told.against else self._nothing_against(said, unchecked, facts),
                unchecked_reasons=tuple(
                    [could_not_be_checked(name, one, at, sector) for name, one in unchecked.items()]
                ),
            )

    def _nothing_against(self, said: Weighed, unchecked: Collection[str], facts: Sequence[KeyFact]) -> str:
        return nothing_against(
            [self._labels[k] for k in said.unknown],
            [self._rules[name].label for name in unchecked],
            [fact.label for fact in facts if fact.state == "unknown"],
        )

    def _structural(self, recipient: int, candidate: int, ratio: float, is_one: str | None) -> Iterator[str]:
        """What speaks against a pair as such, beside the criteria."""
        sector, types = self.profiles.sector, self.profiles.types
        if is_one and self._looks_outside:
            yield f"Already one with the recipient in all but name, so no help from outside. {is_one}"
        if not self._one_board:
            return
        org_type, own_type = str(types[candidate]), str(types[recipient])
        own = sector.types.get(own_type)
        if org_type != own_type and not (own and org_type in own.candidates):
            label = sector.type_label(org_type)
            yield f"It is of another kind ({label}): it would take on services that it does not run."
        if ratio < MIN_PARTNER_SIZE_RATIO:
            finding = cite(sector, "large_recipient")
            yield f"The recipient is large beside it: looking after both would be a strain{finding}."

    @cached_property
    def _demand(self) -> Demand | None:
        # All lists against all candidates: of many thousands that is too much for one list.
        return demand(self.profiles, self.arrangement) if len(self.profiles.types) <= MAX_DEMAND else None

    @cached_property
    def _benchmark_peers(self) -> Mapping[str, frozenset[str]] | None:
        """Code -> the peers by the sector's official method; None where it has none."""
        lists = self.profiles.sector.hook("benchmark_peers")
        found: Mapping[str, frozenset[str]] | None = (
            None if lists is None else lists(self.profiles.snapshot, self.profiles.as_of)
        )
        return found


def eligible(exclusions: Mapping[str, Exclusion]) -> Mask:
    """(n,) whom none of some rules excludes."""
    out: Mask = ~np.logical_or.reduce([exclusion.excluded for exclusion in exclusions.values()])
    return out
