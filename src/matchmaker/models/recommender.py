"""Ranks candidates for a recipient and explains every place."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

import matchmaker
from matchmaker.dates import format_date
from matchmaker.errors import InvalidParameter, UnknownOrganisation
from matchmaker.features import Profiles
from matchmaker.models import uncertainty
from matchmaker.models.arrangement import Arrangement
from matchmaker.models.eligibility.parameters import check_parameters
from matchmaker.models.eligibility.rules import NOT_ITSELF, TYPE_LABELS, Exclusion, apply_rule, not_itself
from matchmaker.models.explanation.caveats import caveats
from matchmaker.models.explanation.contributions import (
    explanation_rows,
    organisations_of,
    reasons,
)
from matchmaker.models.explanation.rule_effects import excluded, rule_effects
from matchmaker.models.ranking import MIN_COVERAGE, rank_candidates
from matchmaker.models.registry import ranker
from matchmaker.models.scoring.geography import kilometres_from
from matchmaker.models.scoring.ranker import Ranker, Rows, Scores
from matchmaker.models.scoring.size import sizes_beside
from matchmaker.models.scoring.weighted_sum import WeightedSumRanker
from matchmaker.models.types import (
    ExplanationRow,
    MethodAgreement,
    Option,
    Organisation,
    RankUncertainty,
    Shortlist,
    WhyNot,
)
from matchmaker.sectors.nhs.peer_finder.official_lists import official_peers
from matchmaker.typing import Floats

__all__ = ["RankedCandidates", "Recommender"]

N_COMPARED = 5
"""Two methods are said to agree or to part over so many first places."""
MIN_PARTNER_SIZE_RATIO = 0.8
"""A structural partner smaller than this share of the recipient is warned of (E11)."""


@dataclass(frozen=True)
class RankedCandidates:
    """All candidates of one recipient, ranked but not yet explained.

    Attributes:
        row: of the recipient.
        scores: (k, 1, n) by the method asked for.
        fits: (k, 1, n) by the evidence; the same object where that is the method.
        verdicts: rule -> what it says of all candidates.
        eligible: (n,) whom no rule excludes.
        order: the eligible, in order.
    """

    row: int
    scores: Scores
    fits: Scores
    verdicts: dict[str, Exclusion]
    eligible: NDArray[np.bool_]
    order: Rows


class Recommender:
    """One arrangement and one method applied to the profiles of one day.

    Args:
        profiles: as of the day asked about.
        arrangement: weights and rules, already changed as the question asks.
        method: name of the ranking method.
        areas: names of focus areas; by default each recipient's weakest.
        relaxed: the arrangement as it was before the question left out rules.

    Raises:
        OutOfRange: there is no such method, rule, bound or focus area.
    """

    def __init__(
        self,
        profiles: Profiles,
        arrangement: Arrangement,
        method: str = "evidence",
        areas: Sequence[str] = (),
        relaxed: Arrangement | None = None,
    ) -> None:
        for rule in (*arrangement.rules, *(relaxed or arrangement).rules):
            check_parameters(rule)
        self.profiles = profiles
        self.arrangement = arrangement
        self.evidence = WeightedSumRanker(profiles, arrangement, areas)
        self.ranker: Ranker = (
            self.evidence if method == "evidence" else ranker(method, profiles, arrangement, areas)
        )
        self._areas = areas
        self._others: dict[str, Ranker] = {}
        kept = {rule.name for rule in arrangement.rules}
        self._relaxed = tuple(rule for rule in (relaxed or arrangement).rules if rule.name not in kept)

    @property
    def version(self) -> str:
        """Of the software, and of the method."""
        return f"{matchmaker.__version__}/{self.ranker.version}"

    def verdicts(self, recipient: int) -> dict[str, Exclusion]:
        """What every rule of the arrangement says about all candidates; first, that none is the recipient."""
        judged = {rule.name: apply_rule(rule, self.profiles, recipient) for rule in self.arrangement.rules}
        return {NOT_ITSELF: not_itself(self.profiles, recipient)} | judged

    def eligible(self, recipient: int) -> NDArray[np.bool_]:
        """(n,) which candidates no rule excludes."""
        return _eligible(self.verdicts(recipient))

    def order(self, score: Floats, coverage: Floats, eligible: NDArray[np.bool_]) -> Rows:
        """Eligible candidates in order; see `order.in_order`."""
        return rank_candidates(score, coverage, eligible)

    def ranking(self, recipients: Rows) -> list[Rows]:
        """The eligible candidates of each recipient, in order, without explanation."""
        scores = self.ranker.scores(recipients)
        return [
            rank_candidates(scores.score[at], scores.coverage[at], self.eligible(int(row)))
            for at, row in enumerate(recipients)
        ]

    def ranked(self, recipient: str) -> RankedCandidates:
        """All candidates of one recipient, with all that explanations are made of.

        Raises:
            UnknownOrganisation: the code is of none that is open on the day.
        """
        row = self.row(recipient)
        fits = self.evidence.scores(np.array([row]))
        scores = fits if self.ranker is self.evidence else self.ranker.scores(np.array([row]))
        verdicts = self.verdicts(row)
        eligible = _eligible(verdicts)
        return RankedCandidates(
            row,
            scores,
            fits,
            verdicts,
            eligible,
            rank_candidates(scores.score[0], scores.coverage[0], eligible),
        )

    def shortlist(
        self,
        recipient: str,
        limit: int = 10,
        through: tuple[Organisation, ...] = (),
        draws: int = uncertainty.DRAWS,
        beside: Iterable[str] = (),
    ) -> Shortlist:
        """The first `limit` options for a recipient, explained, and the excluded with their reasons.

        Args:
            recipient: ODS code, open on the day.
            limit: how many options to show, 1 or more.
            through: closed organisations by which the recipient was reached.
            draws: of weights and unknowns, for the doubt; 0 leaves it out.
            beside: further methods whose ranks are shown beside.

        Raises:
            OutOfRange: the limit is below 1, draws below 0, or there is no such method.
            UnknownOrganisation: the code is of none that is open on the day.
        """
        if limit < 1:
            text = f"A shortlist of {limit} holds nothing."
            raise InvalidParameter(text, "Ask for 1 option or more.", ("limit",))
        if draws < 0:
            raise InvalidParameter(f"{draws} draws can't be made.", "Ask for 0 draws or more.", ("n_draws",))
        found = self.ranked(recipient)
        told, verdict = self._doubts(found, limit, draws)
        others = self._other_ranks(found, beside)
        set_aside = {rule.name: apply_rule(rule, self.profiles, found.row) for rule in self._relaxed}
        options = tuple(
            self._option(rank, at, found, told.get(at), others, set_aside)
            for rank, at in enumerate(found.order[:limit].tolist(), 1)
        )
        removed = rule_effects(self.arrangement, found.verdicts)
        return Shortlist(
            recipient=self.trust(found.row),
            arrangement=self.arrangement.name,
            as_of=self.profiles.as_of,
            snapshot=self.profiles.snapshot.hash,
            method=self.ranker.name,
            version=self.version,
            via=through,
            focus=tuple(self.profiles.features[at].label for at in self.evidence.areas(found.row)),
            eligible=len(found.order),
            options=options,
            excluded=tuple(excluded(self.profiles, found.verdicts)),
            rule_effects=removed,
            relaxed=tuple(set_aside),
            verdict=verdict,
            notes=tuple(caveats(self.profiles, found, options, removed, set_aside)),
            checklist=self.arrangement.checklist,
            first_step=self.arrangement.first_step,
            attribution=str(self.profiles.snapshot.manifest["attribution"]),
            beside=tuple(self._beside(found, name, places) for name, places in others.items() if options),
        )

    def why_not(self, recipient: str, candidate: str, limit: int = 10) -> WhyNot:
        """Why a candidate stands where it does, and what would change it; see `why_not.why_not`."""
        from matchmaker.models.explanation.contrastive import why_not

        return why_not(self, recipient, candidate, limit)

    def trust(self, at: int) -> Organisation:
        """One organisation of the profiles."""
        return organisations_of(self.profiles)[at]

    def row(self, code: str) -> int:
        """Where an organisation stands in the profiles.

        Raises:
            UnknownOrganisation: the code is of none that is open on the day.
        """
        if code not in self.profiles.position:
            text = f"No organisation with the code '{code}' is open on {format_date(self.profiles.as_of)}."
            raise UnknownOrganisation(text, "Ask by name, or about another day.")
        return self.profiles.position[code]

    def rows(self, by: Ranker, found: RankedCandidates, candidate: int) -> tuple[ExplanationRow, ...]:
        """The explanation of one candidate by the method asked for, or by the evidence."""
        scores = found.fits if by is self.evidence else found.scores
        return explanation_rows(
            by, self.profiles, scores, found.row, candidate, self.evidence.areas(found.row)
        )

    def _doubts(
        self, found: RankedCandidates, limit: int, draws: int
    ) -> tuple[dict[int, RankUncertainty], str | None]:
        order, shown = found.order, found.order[:limit]
        if not draws or not len(order) or self.ranker is not self.evidence:
            return {}, None
        drawn = uncertainty.rank_draws(found.fits.values[:, 0, order], self.evidence.weights, draws)
        # Candidates with thin coverage stand last whatever the draws say.
        drawn[:, found.fits.coverage[0, order] < MIN_COVERAGE] -= 2.0
        places = np.arange(len(shown))
        told = dict(zip(shown.tolist(), uncertainty.rank_intervals(drawn, places), strict=True))
        return told, uncertainty.describe_ties(uncertainty.n_tied_with_first(drawn, places), len(shown))

    def _other_ranks(self, found: RankedCandidates, beside: Iterable[str]) -> dict[str, dict[int, int]]:
        ranks = {}
        for name in beside:
            if name != self.ranker.name:
                if name not in self._others:
                    self._others[name] = ranker(name, self.profiles, self.arrangement, self._areas)
                scores = self._others[name].scores(np.array([found.row]))
                order = rank_candidates(scores.score[0], scores.coverage[0], found.eligible)
                ranks[name] = {at: rank for rank, at in enumerate(order.tolist(), 1)}
        return ranks

    def _beside(self, found: RankedCandidates, method: str, places: dict[int, int]) -> MethodAgreement:
        here = {at: place for place, at in enumerate(found.order.tolist(), 1)}
        compared = min(N_COMPARED, len(here))
        both = sum(here[at] <= compared and place <= compared for at, place in places.items())
        first = min(places, key=lambda at: places[at])
        return MethodAgreement(method, both, compared, self.trust(first), here[first])

    def _strains(self, recipient: int, candidate: int, ratio: float) -> Iterator[str]:
        """What speaks against one board for both, beside the criteria."""
        if ratio < MIN_PARTNER_SIZE_RATIO:
            yield "The recipient is large beside it: looking after both would be a strain (E11)."
        org_type = str(self.profiles.types[candidate])
        if org_type != self.profiles.types[recipient]:
            told = TYPE_LABELS[org_type]
            yield f"It is of another kind ({told}): it would take on services that it does not run."

    def _option(
        self,
        rank: int,
        at: int,
        found: RankedCandidates,
        told: RankUncertainty | None,
        others: dict[str, dict[int, int]],
        set_aside: dict[str, Exclusion],
    ) -> Option:
        by_evidence = self.rows(self.evidence, found, at)
        rows = by_evidence if self.ranker is self.evidence else self.rows(self.ranker, found, at)
        speaks_for, against, unknown = reasons(by_evidence)
        distance = float(kilometres_from(self.profiles, found.row)[at])
        ratio = float(sizes_beside(self.profiles, found.row)[at])
        if self.arrangement.scale == "structural":
            against += self._strains(found.row, at, ratio)
        peers = official_peers(self.profiles.snapshot, self.profiles.as_of).get(self.trust(found.row).code)
        return Option(
            rank=rank,
            trust=self.trust(at),
            fit=float(found.scores.score[0, at]),
            coverage=float(found.scores.coverage[0, at]),
            distance_km=None if math.isnan(distance) else round(distance, 1),
            size_ratio=None if math.isnan(ratio) else round(ratio, 2),
            reasons_for=tuple(speaks_for),
            reasons_against=tuple(against),
            unknowns=tuple(unknown),
            rows=rows,
            uncertainty=told,
            ranks_by_method={name: places[at] for name, places in others.items()},
            benchmark_peer=None if peers is None else self.trust(at).code in peers,
            violated_rules=tuple(name for name, verdict in set_aside.items() if verdict.excluded[at]),
        )


def _eligible(verdicts: dict[str, Exclusion]) -> NDArray[np.bool_]:
    out: NDArray[np.bool_] = ~np.logical_or.reduce([verdict.excluded for verdict in verdicts.values()])
    return out
