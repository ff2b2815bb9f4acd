"""Why not X: every change that is given is tried out, and what is said agrees with the shortlist."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from matchmaker import Matchmaker
from matchmaker.errors import InvalidParameter, UnknownOrganisation
from matchmaker.models.arrangement import arrangements
from matchmaker.models.eligibility.candidates import any_service
from matchmaker.models.explanation.counterfactuals import MIN_DECIMALS
from matchmaker.models.ranking import rank_candidates
from matchmaker.models.recommender import Recommender
from matchmaker.models.scoring.weighted_sum import weighted_sum
from matchmaker.models.types import Counterfactual, WhyNot

STEP = 10.0**-MIN_DECIMALS
LIMIT = 5


def pairs(matcher: Recommender, count: int, seed: int) -> Iterator[tuple[str, str]]:
    """Recipients and candidates drawn by chance, the candidates from the eligible and the excluded."""
    codes = matcher.profiles.organisations["code"].to_list()
    generator = np.random.default_rng(seed)
    for recipient in generator.choice(codes, count, replace=False).tolist():
        for candidate in generator.choice(codes, 4, replace=False).tolist():
            if candidate != recipient:
                yield recipient, candidate


def place(matcher: Recommender, why: WhyNot, values: np.ndarray | None = None) -> int:
    """Where the candidate stands among the eligible and itself, worked out anew."""
    found = matcher.ranked(why.recipient.code)
    at = matcher.row(why.candidate.code)
    compared = found.eligible.copy()
    compared[at] = True
    scores = found.scores if values is None else weighted_sum(values, matcher.evidence.weights)
    return 1 + rank_candidates(scores.score[0], scores.coverage[0], compared).tolist().index(at)


def changes(why: WhyNot) -> Iterator[tuple[int, Counterfactual]]:
    yield from ((1, change) for change in why.to_first)
    yield from ((LIMIT, change) for change in why.to_list)


NHS = ("buddying", "acquisition", "merger", "service", "contract")
HARBOURS = ("mentoring", "takeover", "joint_watch")


@pytest.mark.parametrize(
    ("sector", "arrangement"),
    [
        *(("harbour_engine", name) for name in HARBOURS),
        *(pytest.param("engine", name, marks=[pytest.mark.snapshot, pytest.mark.slow]) for name in NHS),
    ],
)
def test_every_change_that_is_given_gives_the_place_and_a_smaller_one_does_not(
    request: pytest.FixtureRequest, sector: str, arrangement: str
) -> None:
    engine: Matchmaker = request.getfixturevalue(sector)
    service = any_service(arrangements(engine.sector)[arrangement], engine.profiles())
    matcher = engine.recommender(arrangement, service=service)
    names = [term.name for term in matcher.ranker.components]
    tried = 0
    for recipient, candidate in pairs(matcher, 12, seed=len(arrangement)):
        why = engine.why_not(recipient, candidate, arrangement, limit=LIMIT, service=service)
        assert place(matcher, why) == why.unrestricted_rank
        for wanted, change in changes(why):
            assert why.unrestricted_rank > wanted
            tried += 1
            if change.kind == "weight":
                nearer = change.to - np.sign(change.to - change.now) * STEP
                with_it, with_less = (
                    place(engine.recommender(arrangement, weights={change.name: to}, service=service), why)
                    for to in (change.to, nearer)
                )
            else:
                values = matcher.ranked(recipient).fits.values.copy()
                cell = (names.index(change.name), 0, matcher.row(candidate))
                told = []
                for to in (change.to, smaller(matcher, cell[0], change.to)):
                    values[cell] = to
                    told.append(place(matcher, why, values))
                with_it, with_less = told
            assert with_it <= wanted, (recipient, candidate, change)
            assert with_less > wanted, (recipient, candidate, change)
    assert tried > 20


def smaller(matcher: Recommender, k: int, value: float) -> float:
    """A value one step further from the aim: a hundredth, or a kilometre, or a hundredth of a ratio."""
    criterion = matcher.arrangement.criteria[k]
    low, high = np.log(criterion.ratios)
    match criterion.form:
        case "proximity":
            return value * 2 ** (-1 / criterion.half_km)
        case "capacity":
            return (np.log(np.exp(low + value * (high - low)) - 0.0101) - low) / (high - low)
        case "relationship":
            return 0.5 if value < 1 else matcher.profiles.sector.criteria.same_locality
        case _:
            return value - 0.0101


def test_what_is_said_of_a_candidate_is_what_the_shortlist_says(harbour_engine: Matchmaker) -> None:
    for recipient in ("EEL", "OSP", "FAR"):
        answer = harbour_engine.shortlist(recipient, "joint_watch", limit=1000, n_draws=0)
        for option in answer.options:
            why = harbour_engine.why_not(recipient, option.organisation.code, "joint_watch")
            assert (why.rank, why.unrestricted_rank, why.excluded) == (option.rank, option.rank, None)
            assert (why.fit, why.coverage, why.rows) == (option.fit, option.coverage, option.rows)
            assert why.first == answer.options[0].organisation
            assert why.first_rows == answer.options[0].rows
            if option.rank == 1:
                assert why.to_first == ()
            if option.rank <= 10:
                assert why.to_list == ()


def test_an_excluded_candidate_says_why_and_where_it_would_stand(harbour_engine: Matchmaker) -> None:
    answer = harbour_engine.shortlist("EEL", n_draws=0)
    for one in answer.excluded:
        why = harbour_engine.why_not("EEL", one.organisation.code)
        assert (why.rank, why.excluded) == (None, one)
        relaxed = harbour_engine.shortlist("EEL", limit=1000, relax=one.rules, n_draws=0)
        place_if_relaxed = {option.organisation.code: option for option in relaxed.options}[
            one.organisation.code
        ]
        ahead = [
            option for option in relaxed.options[: place_if_relaxed.rank - 1] if not option.violated_rules
        ]
        assert why.unrestricted_rank == 1 + len(ahead)
        assert why.fit == place_if_relaxed.fit


def test_only_the_evidence_fit_says_what_would_change_it(harbour_engine: Matchmaker) -> None:
    why = harbour_engine.why_not("EEL", "BRI", method="nearest")
    assert why.method == "nearest"
    assert why.to_first == why.to_list == ()
    assert [row.name for row in why.rows] == ["start", "nearest", "total"]


def test_no_candidate_is_first_where_nobody_is_eligible(harbour_engine: Matchmaker) -> None:
    why = harbour_engine.why_not("EEL", "BRI", parameters={"within_km": {"km": 1}})
    assert (why.first, why.first_rows, why.rank, why.unrestricted_rank) == (None, (), None, 1)


@pytest.mark.parametrize(
    ("recipient", "candidate", "error", "says"),
    [
        ("EEL", "EEL", InvalidParameter, "can't be its own partner."),
        ("EEL", "Eelhythe", InvalidParameter, "can't be its own partner."),
        ("EEL", "XYZ", UnknownOrganisation, "No organisation has the code or name 'XYZ'."),
        ("XYZ", "EEL", UnknownOrganisation, "No organisation has the code or name 'XYZ'."),
    ],
)
def test_what_can_not_be_asked(
    harbour_engine: Matchmaker, recipient: str, candidate: str, error: type[Exception], says: str
) -> None:
    with pytest.raises(error) as refusal:
        harbour_engine.why_not(recipient, candidate)
    assert says in str(refusal.value)


def test_a_list_of_no_places_is_refused(harbour_engine: Matchmaker) -> None:
    with pytest.raises(InvalidParameter, match="Ask about 1 place or more"):
        harbour_engine.why_not("EEL", "BRI", limit=0)


def test_the_three_smallest_changes_of_each_kind_are_given(harbour_engine: Matchmaker) -> None:
    """Four weights and five values would each bring Dunlinmouth among the first three for Gullstead."""
    why = harbour_engine.why_not("GUL", "DUN", limit=3)
    for kind in ("weight", "value"):
        changes = [change for change in why.to_list if change.kind == kind]
        assert len(changes) == 3
        steps = [abs(change.to - (0.5 if change.now is None else change.now)) for change in changes]
        assert steps == sorted(steps)
