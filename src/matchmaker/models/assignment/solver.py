"""Many recipients at once: one partner each, partners with limited room, the most fit in total.

A recipient gets one partner at most, because several at once may be too much for it (E10); a partner
takes on no more than it has room for (E9). Fits are added up as they are: no recipient counts for more
than another, and one without a partner adds nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matchmaker.errors import InvalidParameter
from matchmaker.features import Profiles
from matchmaker.models import uncertainty
from matchmaker.models.arrangement import Arrangement
from matchmaker.models.assignment import summary as words
from matchmaker.models.assignment.blocking_pairs import rivals
from matchmaker.models.assignment.matching import (
    UNASSIGNED,
    AssignmentProblem,
    any_optimal,
    greedy,
    most_pairs,
    optimal,
)
from matchmaker.models.assignment.triage import by_need
from matchmaker.models.assignment.types import Assignment, Pair, Rather, Unmatched, Why
from matchmaker.models.explanation.rule_effects import rule_effects
from matchmaker.models.ranking import MIN_COVERAGE
from matchmaker.models.recommender import RankedCandidates, Recommender
from matchmaker.models.scoring.records import helping
from matchmaker.models.types import Organisation
from matchmaker.typing import Floats, Rows

CAPACITY = 1
"""So many recipients a partner can take on, help on record included (E9, E10); a judgement."""
FLOOR = 0.5
"""The fit of a candidate for which, on balance, nothing speaks: no pair below it is made."""
N_DRAWS = 200
"""Draws of other reasonable weights and unknown figures under which the assignment is made again."""
HELPING = "not_already_helping"


def with_capacity(
    arrangement: Arrangement,
    capacity: int,
    relax: Sequence[str] = (),
    parameters: Mapping[str, Mapping[str, Any]] | None = None,
) -> dict[str, Mapping[str, Any]]:
    """The parameters of a question, with the rule on partners already helping set to the same capacity."""
    out = dict(parameters or {})
    if HELPING in {rule.name for rule in arrangement.rules} - set(relax) and HELPING not in out:
        out[HELPING] = {"at_most": capacity}
    return out


def assign(
    matcher: Recommender,
    recipients: Sequence[str],
    capacity: int = CAPACITY,
    floor: float = FLOOR,
    via: tuple[Organisation, ...] = (),
    draws: int = N_DRAWS,
) -> Assignment:
    """One partner for each of many recipients, so that the fits add up to the most.

    Args:
        matcher: an arrangement applied to a day by the evidence method, whose fits lie between 0 and 1
            for every recipient and can be added up; see `with_capacity`.
        recipients: ODS codes, open on the day; none of them is a partner for another.
        capacity: how many recipients a partner may have.
        floor: the least fit of a pair, 0 to 1.
        through: closed organisations through which recipients were reached.
        draws: of weights and unknown figures; 0 leaves out how steady the pairs are.

    Raises:
        OutOfRange: no recipient, a capacity below 1, a floor outside 0 to 1, or another method.
        UnknownOrganisation: a recipient is not open on the day.
    """
    if capacity < 1:
        raise InvalidParameter(f"A capacity of {capacity} leaves no partner.", "Give 1 or more.")
    if not 0 <= floor <= 1:
        raise InvalidParameter(f"A floor of {floor:g} is no fit.", "Give a number from 0 to 1.")
    if matcher.ranker is not matcher.evidence:
        text = f"The scores of '{matcher.ranker.name}' can't be added up over recipients."
        raise InvalidParameter(text, "Leave the method out: assignments are made by the evidence fit.")
    if not recipients:
        raise InvalidParameter("No recipient is named.", "Name one or more.")
    setting = _setting(matcher, recipients, capacity, floor)
    partners = optimal(setting.market)
    turn = greedy(setting.market, by_need(matcher.profiles, setting.rows))
    made_in = _made_in(setting, partners, draws)
    arrangement, snapshot = matcher.arrangement, matcher.profiles.snapshot
    answer = Assignment(
        arrangement=arrangement.name,
        as_of=matcher.profiles.as_of,
        snapshot=snapshot.hash,
        version=matcher.version,
        capacity=capacity,
        floor=floor,
        via=via,
        pairs=tuple(
            _pair(setting, at, partner, made_in[at])
            for at, partner in enumerate(partners.tolist())
            if partner != UNASSIGNED
        ),
        unmatched=tuple(
            _unmatched(setting, at, partners) for at in np.flatnonzero(partners == UNASSIGNED).tolist()
        ),
        rather=_rather(setting, partners),
        total=setting.market.total(partners),
        most_pairs=most_pairs(setting.market),
        in_turn=int(np.count_nonzero(turn != UNASSIGNED)),
        total_in_turn=setting.market.total(turn),
        checklist=arrangement.checklist,
        first_step=arrangement.first_step,
        attribution=str(snapshot.manifest["attribution"]),
    )
    return replace(answer, summary=words.summary(answer), notes=words.notes(answer))


@dataclass(frozen=True)
class _Setting:
    """What an assignment is made from: recipients (r) and all trusts (n).

    Attributes:
        rows: (r,) of the recipients, in the order of their codes.
        found: their candidates, ranked as if each were alone.
        known: (r, n) eligible candidates who are no recipients and of whom enough is known.
        helping: row of a partner -> codes of those whom it helps, as far as is on record.
    """

    matcher: Recommender
    rows: Rows
    found: tuple[RankedCandidates, ...]
    known: NDArray[np.bool_]
    helping: Mapping[int, Sequence[str]]
    market: AssignmentProblem

    def trust(self, at: int) -> Organisation:
        """One of the recipients."""
        return self.matcher.organisation(int(self.rows[at]))

    def fit(self, at: int, candidate: int) -> float:
        """Of one of the recipients with any candidate."""
        return float(self.found[at].fits.score[0, candidate])

    def helped_by(self, at: int) -> tuple[Organisation, ...]:
        """Those on record who help one of the recipients already."""
        code = self.trust(at).code
        return tuple(self.matcher.organisation(row) for row, whom in self.helping.items() if code in whom)


def _setting(matcher: Recommender, recipients: Sequence[str], capacity: int, floor: float) -> _Setting:
    profiles = matcher.profiles
    found = tuple(matcher.ranked(code) for code in sorted(set(recipients)))
    rows = np.array([one.row for one in found])
    known = np.stack([one.eligible & (one.fits.coverage[0] >= MIN_COVERAGE) for one in found])
    known[:, rows] = False
    score = np.stack([one.fits.score[0] for one in found])
    fits = np.where(known & (score >= floor), score, np.nan)
    at_work = {
        profiles.position[helper]: whom
        for helper, whom in helping(profiles.snapshot, profiles.as_of).items()
        if helper in profiles.position
    }
    counts = any(rule.name == HELPING for rule in matcher.arrangement.rules)
    market = _market(profiles, rows, fits, capacity, at_work if counts else {})
    return _Setting(matcher, rows, found, known, at_work, market)


def _market(
    profiles: Profiles, rows: Rows, fits: Floats, capacity: int, at_work: Mapping[int, Sequence[str]]
) -> AssignmentProblem:
    codes = profiles.organisations["code"].to_numpy()[rows]
    room = np.full(fits.shape[1], capacity)
    running = np.zeros(fits.shape, dtype=bool)
    for partner, whom in at_work.items():
        room[partner] = max(0, capacity - len(whom))
        running[:, partner] = np.isin(codes, whom)
    return AssignmentProblem(fits, room, running)


def _made_in(setting: _Setting, partners: Rows, draws: int) -> list[float | None]:
    """The share of draws in which each recipient gets the same partner."""
    if not draws:
        return [None] * len(partners)
    market, weights = setting.market, setting.matcher.evidence.weights
    drawn = np.full((draws, *market.fits.shape), np.nan)
    for at, fits in enumerate(market.fits):
        may = np.flatnonzero(~np.isnan(fits))
        if may.size:
            # The same seed draws the same weights for every recipient.
            drawn[:, at, may] = uncertainty.rank_draws(
                setting.found[at].fits.values[:, 0, may], weights, draws
            )
    same = np.zeros(len(partners))
    for fits in drawn:
        same += any_optimal(replace(market, fits=fits)) == partners
    return [float(share) for share in same / draws]


def _pair(setting: _Setting, at: int, partner: int, made_in: float | None) -> Pair:
    place = 1 + setting.found[at].order.tolist().index(partner)
    alone = setting.matcher.shortlist(setting.trust(at).code, place, draws=0)
    first, option = alone.options[0], alone.options[-1]
    return Pair(
        recipient=alone.recipient,
        partner=option.trust,
        fit=option.fit,
        coverage=option.coverage,
        made_in=made_in,
        distance_km=option.distance_km,
        place=place,
        first=first.trust,
        first_fit=first.fit,
        given_up=first.fit - option.fit,
        reasons_for=option.reasons_for,
        reasons_against=option.reasons_against,
        unknowns=option.unknowns,
        violated_rules=option.violated_rules,
        helped_by=setting.helped_by(at),
    )


def _unmatched(setting: _Setting, at: int, partners: Rows) -> Unmatched:
    found, matcher = setting.found[at], setting.matcher
    alone = found.order.tolist()
    others = [row for row in alone if row not in setting.rows]
    known = [row for row in others if setting.known[at, row]]
    wanted = [row for row in known if not np.isnan(setting.market.fits[at, row])]
    why: Why
    if not alone:
        why, sentence = (
            "nobody_eligible",
            words.nobody_eligible(rule_effects(matcher.arrangement, found.exclusions)),
        )
    elif not others:
        why, sentence = "only_recipients", words.only_recipients(len(alone))
    elif not known:
        why, sentence = "too_little_known", words.too_little_known(len(others))
    elif not wanted:
        why, sentence = (
            "below_floor",
            words.below_floor(matcher.organisation(known[0]), setting.fit(at, known[0])),
        )
    else:
        by = [setting.trust(other) for other in np.flatnonzero(partners == wanted[0]).tolist()]
        why, sentence = "all_taken", words.all_taken(len(wanted), matcher.organisation(wanted[0]), by)
    return Unmatched(
        recipient=setting.trust(at),
        why=why,
        sentence=sentence,
        eligible=len(alone),
        first=matcher.organisation(alone[0]) if alone else None,
        first_fit=setting.fit(at, alone[0]) if alone else None,
        helped_by=setting.helped_by(at),
    )


def _rather(setting: _Setting, partners: Rows) -> tuple[Rather, ...]:
    matcher = setting.matcher
    out = []
    for one in rivals(setting.market, partners):
        has, loser = int(partners[one.recipient]), one.displaced
        out.append(
            Rather(
                recipient=setting.trust(one.recipient),
                partner=matcher.organisation(one.partner),
                fit=setting.fit(one.recipient, one.partner),
                instead=None if has == UNASSIGNED else matcher.organisation(has),
                instead_fit=None if has == UNASSIGNED else setting.fit(one.recipient, has),
                displaced=None if loser == UNASSIGNED else setting.trust(loser),
                displaced_fit=None if loser == UNASSIGNED else setting.fit(loser, one.partner),
                lost=one.lost,
            )
        )
    return tuple(sorted(out, key=lambda pair: (pair.lost, pair.recipient.code, pair.partner.code)))
