"""What every method must keep to, whatever it ranks by; a new method of a sector is tested unasked."""

from __future__ import annotations

import math

import numpy as np
import pytest
from made_up import HARBOURS
from pydantic import TypeAdapter

from matchmaker import Matchmaker, cache
from matchmaker.errors import InvalidParameter
from matchmaker.models.arrangement import arrangements
from matchmaker.models.eligibility.candidates import any_service
from matchmaker.models.ranking import DECIMALS, MIN_COVERAGE
from matchmaker.models.recommender import Recommender
from matchmaker.models.registry import methods
from matchmaker.models.types import Shortlist
from matchmaker.sector import load_sector, read_sector

EVERY = 17
"""What is slow is tried on one trust in so many; the prime touches every type and region."""
ASKED = {"harbours": ("EEL", "OSP", "NET"), "nhs": ("RPA", "RXY", "RX9")}
"""Sector -> recipients of different types, the first of them in need."""
REAL = (pytest.mark.snapshot, pytest.mark.slow)
CASES = [
    *(("harbour_engine", name) for name, m in methods(read_sector(HARBOURS)).items() if m.role != "practice"),
    *(pytest.param("engine", name, marks=REAL, id=f"nhs-{name}") for name in methods(load_sector("nhs"))),
]

pytestmark = pytest.mark.parametrize(("sector", "method"), CASES)


@pytest.fixture
def own_engine(request: pytest.FixtureRequest, sector: str) -> Matchmaker:
    found: Matchmaker = request.getfixturevalue(sector)
    return found


@pytest.fixture
def recipient(own_engine: Matchmaker) -> str:
    return ASKED[own_engine.sector.name][0]


@pytest.fixture
def matcher(own_engine: Matchmaker, method: str) -> Recommender:
    return own_engine.recommender(method=method)


def every_row(matcher: Recommender) -> np.ndarray:
    return np.arange(len(matcher.profiles.organisations))


def some_codes(matcher: Recommender) -> list[str]:
    codes: list[str] = matcher.profiles.organisations["code"].to_list()
    return codes[::EVERY] if len(codes) > 5 * EVERY else codes


def test_contributions_add_up_to_the_score_of_every_pair(own_engine: Matchmaker, method: str) -> None:
    for arrangement in arrangements(own_engine.sector).values():
        service = any_service(arrangement, own_engine.profiles())
        _check_scores(own_engine.recommender(arrangement, method=method, service=service))


def _check_scores(matcher: Recommender) -> None:
    every = every_row(matcher)
    scores = matcher.ranker.scores(every)
    terms = len(matcher.ranker.components)
    assert scores.values.shape == scores.contributions.shape == (terms, len(every), len(every))
    assert np.isfinite(scores.contributions).all()
    assert (scores.contributions[np.isnan(scores.values)] == 0).all()
    total = scores.base_value + scores.contributions.sum(axis=0, dtype=np.longdouble)
    assert np.abs(total - scores.score).max() < 1e-12 * max(1.0, np.abs(scores.score).max())
    assert ((scores.coverage >= 0) & (scores.coverage <= 1 + 1e-12)).all()


def test_the_rows_of_an_explanation_add_up(own_engine: Matchmaker, method: str) -> None:
    checked = sum(
        _check_rows(
            own_engine.recommender(one, method=method, service=any_service(one, own_engine.profiles()))
        )
        for one in arrangements(own_engine.sector).values()
    )
    assert checked >= 20


def _check_rows(matcher: Recommender) -> int:
    checked = 0
    for code in some_codes(matcher):
        for option in matcher.shortlist(code, limit=3, n_draws=0).options:
            start, *terms, total = option.rows
            added = math.fsum([start.contribution, *(row.contribution for row in terms)])
            assert math.isclose(added, option.fit, rel_tol=1e-12, abs_tol=1e-12)
            assert total.contribution == total.value == option.fit
            assert all(row.contribution == 0 for row in terms if row.value is None)
            assert all(row.sentence for row in option.rows)
            assert [row.name for row in terms] == [term.name for term in matcher.ranker.components]
            checked += 1
    return checked


def test_batch_equals_loop_bit_for_bit(matcher: Recommender) -> None:
    every = every_row(matcher)
    batch = matcher.ranker.scores(every)
    order = matcher.ranking(every)
    for row in every:
        alone = matcher.ranker.scores(np.array([row]))
        for part in ("values", "contributions"):
            one, many = getattr(alone, part)[:, 0], getattr(batch, part)[:, row]
            assert np.ascontiguousarray(one).tobytes() == np.ascontiguousarray(many).tobytes()
        assert alone.score[0].tobytes() == batch.score[row].tobytes()
        assert alone.coverage[0].tobytes() == batch.coverage[row].tobytes()
    for row in every[:: EVERY if len(every) > 5 * EVERY else 1]:
        assert matcher.ranking(np.array([row]))[0].tolist() == order[row].tolist()


def test_the_order_of_recipients_does_not_matter(matcher: Recommender) -> None:
    mixed = np.random.default_rng(1).permutation(every_row(matcher))[:40]
    whole = matcher.ranker.scores(every_row(matcher))
    assert matcher.ranker.scores(mixed).score.tobytes() == whole.score[mixed].tobytes()


def test_excluded_candidates_are_never_ranked(matcher: Recommender) -> None:
    for row, order in enumerate(matcher.ranking(every_row(matcher))):
        assert sorted(order) == np.flatnonzero(matcher.eligible(row)).tolist()
        assert row not in order
    for code in some_codes(matcher):
        answer = matcher.shortlist(code, limit=1000, n_draws=0)
        options, out = ({one.organisation.code for one in part} for part in (answer.options, answer.excluded))
        assert not options & out
        assert options | out | {code} == set(matcher.profiles.position)


def test_enough_coverage_first_then_the_score_then_the_code(matcher: Recommender) -> None:
    codes = matcher.profiles.organisations["code"].to_list()
    every = every_row(matcher)
    scores = matcher.ranker.scores(every)
    for row, order in enumerate(matcher.ranking(every)):
        keys = [
            (
                bool(scores.coverage[row, at] < MIN_COVERAGE),
                -round(float(scores.score[row, at]), DECIMALS),
                codes[at],
            )
            for at in order
        ]
        assert keys == sorted(keys)


def test_two_fresh_engines_give_the_same_bytes(own_engine: Matchmaker, method: str) -> None:
    write = TypeAdapter(Shortlist).dump_json
    code = ASKED[own_engine.sector.name][0]
    cache.clear()
    one = own_engine.shortlist(code, method=method, n_draws=1000)
    cache.clear()
    other = Matchmaker(own_engine.snapshot).shortlist(code, method=method, n_draws=1000)
    assert write(one) == write(other)
    assert len(write(one)) > 3_000


def test_asking_for_more_than_there_are_gives_all(matcher: Recommender, recipient: str) -> None:
    answer = matcher.shortlist(recipient, limit=10**6, n_draws=100)
    assert [option.rank for option in answer.options] == list(range(1, answer.eligible + 1))
    assert answer.eligible + len(answer.excluded) + 1 == len(matcher.profiles.organisations)


def test_the_first_of_a_longer_list_are_the_shorter_list(matcher: Recommender, recipient: str) -> None:
    longer, shorter = (matcher.shortlist(recipient, limit, n_draws=0).options for limit in (30, 7))
    assert longer[:7] == shorter


def test_leaving_out_one_that_was_behind_changes_no_other_place(
    own_engine: Matchmaker, recipient: str, method: str
) -> None:
    before = [
        option.organisation.code
        for option in own_engine.shortlist(recipient, limit=1000, method=method).options
    ]
    for loser in before[1 :: max(1, len(before) // 10)]:
        bounds = {"leave_out": {"codes": (loser,)}}
        after = own_engine.shortlist(recipient, limit=1000, method=method, parameters=bounds, n_draws=0)
        assert [option.organisation.code for option in after.options] == [
            one for one in before if one != loser
        ]


def test_places_by_another_method_are_those_of_its_own_list(
    own_engine: Matchmaker, recipient: str, method: str
) -> None:
    own = own_engine.shortlist(recipient, limit=1000, method=method, n_draws=0)
    beside = own_engine.shortlist(recipient, limit=1000, compare_with=(method,), n_draws=0)
    ranks = {option.organisation.code: option.rank for option in own.options}
    if method == "evidence":
        assert all(option.ranks_by_method == {} for option in beside.options)
    else:
        assert {
            option.organisation.code: option.ranks_by_method[method] for option in beside.options
        } == ranks


def test_where_another_method_agrees_and_parts_is_said(
    own_engine: Matchmaker, recipient: str, method: str
) -> None:
    answer = own_engine.shortlist(recipient, limit=1000, compare_with=(method,), n_draws=0)
    said = [other.sentence for other in answer.agreements]
    if method == "evidence":
        assert said == []
        return
    ranks = [option.ranks_by_method[method] for option in answer.options]
    first = answer.options[ranks.index(1)]
    where = (
        f"the same {own_engine.sector.words.organisation} first"
        if first.rank == 1
        else f"({first.organisation.code}) first, here {first.rank}"
    )
    compared = min(5, len(ranks))
    shared = sum(rank <= compared for rank in ranks[:compared])
    assert len(said) == 1
    assert said[0].startswith(f"The method {method} shares {shared} of the first {compared} places")
    assert said[0].endswith(f"{where}.")


def test_reasons_come_from_the_evidence_whatever_ranks(
    own_engine: Matchmaker, recipient: str, method: str
) -> None:
    by_evidence = {
        one.organisation.code: one for one in own_engine.shortlist(recipient, limit=1000, n_draws=0).options
    }
    for option in own_engine.shortlist(recipient, method=method, n_draws=0).options:
        same = by_evidence[option.organisation.code]
        assert option.reasons_for == same.reasons_for
        assert option.reasons_against == same.reasons_against
        assert option.unknowns == same.unknowns


def test_every_method_says_what_it_is(
    own_engine: Matchmaker, recipient: str, matcher: Recommender, method: str
) -> None:
    assert matcher.ranker.name == method
    assert methods(own_engine.sector)[method].says.endswith(".")
    answer = matcher.shortlist(recipient, n_draws=0)
    assert answer.method == method
    assert answer.version.endswith(matcher.ranker.version)
    with pytest.raises(InvalidParameter, match="There is no method"):
        own_engine.recommender(method=f"{method}-of-tomorrow")


def test_no_more_is_known_than_there_is(matcher: Recommender) -> None:
    every = np.arange(len(matcher.profiles.types))
    coverage = matcher.ranker.scores(every).coverage
    assert coverage.min() >= 0
    assert coverage.max() <= 1
