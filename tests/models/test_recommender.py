"""Shortlists: the evidence fit, what an answer holds, thin coverage, past days, the same bytes twice."""

from __future__ import annotations

import math
import re
import subprocess
import sys
from datetime import date

import numpy as np
import pytest
from made_up import made_up_profiles

from matchmaker import Matchmaker
from matchmaker.errors import InvalidParameter, UnknownOrganisation
from matchmaker.models.arrangement import arrangement
from matchmaker.models.evidence import findings
from matchmaker.models.query import ShortlistQuery
from matchmaker.models.recommender import Recommender
from matchmaker.models.scoring import focus_areas
from matchmaker.models.scoring.weighted_sum import BASE_VALUE
from matchmaker.sector import Sector

STRAIN = "The recipient is large beside it"
OTHER_TYPE = "It is of another kind"


@pytest.fixture(scope="module")
def mentors(harbour_engine: Matchmaker) -> Recommender:
    return harbour_engine.recommender("mentoring")


@pytest.fixture(scope="module")
def buddies(engine: Matchmaker) -> Recommender:
    return engine.recommender("buddying")


@pytest.fixture(params=["mentors", pytest.param("buddies", marks=pytest.mark.snapshot)])
def recommender(request: pytest.FixtureRequest) -> Recommender:
    """The made-up sector, and the real one."""
    made: Recommender = request.getfixturevalue(request.param)
    return made


def first_code(recommender: Recommender) -> str:
    return {"harbours": "EEL", "nhs": "RPA"}[recommender.profiles.sector.name]


def against(harbours: Sector, sizes: dict[str, float], how: str = "takeover") -> dict[str, tuple[str, ...]]:
    """Code -> what speaks against it as an acquirer of AAA; FFF is of another type."""
    profiles = made_up_profiles(
        {code: {"berths": size} for code, size in sizes.items()},
        types={"FFF": "ferry"},
        km=dict.fromkeys(sizes, 0.0),
    )
    bare = arrangement(harbours, how).model_copy(update={"rules": ()})
    answer = Recommender(profiles, bare).shortlist("AAA", n_draws=0)
    return {option.organisation.code: option.reasons_against for option in answer.options}


def test_an_acquirer_of_less_than_four_fifths_of_the_size_is_warned_of(harbours: Sector) -> None:
    found = against(harbours, {"AAA": 1000, "BBB": 799, "CCC": 801, "DDD": 1200})
    assert {code for code, reasons in found.items() if any(STRAIN in one for one in reasons)} == {"BBB"}


def test_a_partner_of_another_type_is_warned_of_where_two_become_one(harbours: Sector) -> None:
    for how, structural in (("takeover", True), ("joint_watch", False)):
        found = against(harbours, {"AAA": 100, "BBB": 50, "FFF": 100}, how)
        assert any(OTHER_TYPE in reason for reason in found["FFF"]) == structural
        assert any(STRAIN in reason for reason in found["BBB"]) == structural
        assert not any(OTHER_TYPE in reason for reason in found["BBB"])


def test_the_fit_is_the_weighted_mean_of_the_criteria_the_unknown_in_the_middle(
    recommender: Recommender,
) -> None:
    for option in recommender.shortlist(first_code(recommender), limit=1000, n_draws=0).options:
        weighed = [(row.weight, row.value) for row in option.rows[1:-1]]
        total = sum(w for w, _ in weighed)
        mean = sum(w * (BASE_VALUE if v is None else v) for w, v in weighed) / total
        assert option.fit == pytest.approx(mean, abs=1e-12)
        assert option.coverage == pytest.approx(sum(w for w, v in weighed if v is not None) / total)
        assert option.rows[0].contribution == BASE_VALUE


def test_figures_behind_a_criterion_are_those_of_the_profiles(recommender: Recommender) -> None:
    profiles, code = recommender.profiles, first_code(recommender)
    answer = recommender.shortlist(code, limit=3, n_draws=0)
    own = profiles.position[code]
    for option in answer.options:
        at = profiles.position[option.organisation.code]
        rows = {row.name: row for row in option.rows}
        assert tuple(figure.label for figure in rows["complementary_strength"].figures) == answer.focus
        for row in option.rows:
            for figure in row.figures:
                column = profiles.column[figure.feature]
                for given, of in ((figure.recipient, own), (figure.candidate, at)):
                    shown = profiles.shown[of, column]
                    assert given == (None if math.isnan(shown) else shown)
                if figure.candidate is not None:
                    assert figure.source is not None
        for criterion in recommender.arrangement.criteria:
            if criterion.form in {"similarity", "standing"}:
                assert len(rows[criterion.name].figures) == len(profiles.of_dimension(criterion.dimension))


def test_reasons_are_sorted_by_what_they_weigh(recommender: Recommender) -> None:
    for option in recommender.shortlist(first_code(recommender), limit=1000, n_draws=0).options:
        contribution = {row.name: row.contribution for row in option.rows[1:-1]}
        whole = [one for one in option.reasons if one.criterion and not one.partial]
        for side, sign in (("for", 1), ("against", -1)):
            sizes = [sign * contribution[one.criterion] for one in whole if one.side == side]
            assert sizes == sorted(sizes, reverse=True)
            assert all(size > 0 for size in sizes)
        unknown = {row.sentence for row in option.rows[1:-1] if row.value is None}
        assert set(option.unknowns) == unknown


def test_thin_coverage_comes_last_and_is_said(harbour_engine: Matchmaker) -> None:
    """Of Netherpool, a fifth of what is weighed is known."""
    answer = harbour_engine.shortlist("OSP")
    assert [round(option.coverage, 2) for option in answer.options] == [1.0, 1.0, 0.2]
    assert answer.options[2].fit > answer.options[0].fit
    assert "From place 3 on, less than half of what is weighed is known." in answer.notes
    intervals = [option.uncertainty for option in answer.options]
    assert intervals[2] is not None and intervals[2].rank_low == 3
    assert not any("less than half" in note for note in harbour_engine.shortlist("OSP", limit=2).notes)


def test_thin_coverage_of_all_is_said_first(harbour_engine: Matchmaker) -> None:
    """Farrowness is weak in nothing, so nobody can be strong where it is."""
    assert not focus_areas.weakest_areas(harbour_engine.profiles(), harbour_engine.profiles().position["FAR"])
    answer = harbour_engine.shortlist("FAR", weights={"complementary": 2}, n_draws=0)
    assert answer.focus == ()
    assert answer.options[0].coverage < 0.5
    said = "Less than half of what is weighed is known of any candidate: do not rely on the order."
    assert said in answer.notes
    for option in answer.options:
        row = next(row for row in option.rows if row.name == "complementary_strength")
        assert (row.value, row.contribution) == (None, 0)
        assert row.sentence == "No focus area is known of both, or the recipient is weak in none."


def test_what_is_unknown_of_the_recipient_is_said(harbour_engine: Matchmaker) -> None:
    """Of the 13 features of a ferry harbour, Netherpool's berths and tidal range are known."""
    notes = harbour_engine.shortlist("NET", n_draws=0).notes
    assert "Of the recipient itself, 11 of 13 features are unknown or too old to use." in notes


def test_the_version_names_the_software_and_the_method(mentors: Recommender) -> None:
    from matchmaker.version import __version__

    assert mentors.version == f"{__version__}/mentoring-1"


@pytest.mark.parametrize(
    ("how", "error", "says", "loc"),
    [
        ({"limit": 0}, InvalidParameter, "A shortlist of 0 holds nothing. Ask for 1 option", ("limit",)),
        ({"n_draws": -1}, InvalidParameter, "-1 draws can't be made. Ask for 0 draws", ("n_draws",)),
        ({"compare_with": ("nearest", "guess")}, InvalidParameter, "no method 'guess'", ("compare_with", 1)),
    ],
)
def test_what_can_not_be_asked(
    mentors: Recommender, how: dict[str, object], error: type[InvalidParameter], says: str, loc: object
) -> None:
    with pytest.raises(error, match=says) as refusal:
        mentors.shortlist("EEL", **how)  # type: ignore[arg-type]
    assert refusal.value.loc == loc


def test_only_codes_that_are_open_on_the_day_are_known(mentors: Recommender) -> None:
    with pytest.raises(
        UnknownOrganisation, match="No organisation with the code 'PEB' is open on 30 June 2025"
    ):
        mentors.shortlist("PEB")


def test_agreement_of_two_methods_is_told(harbour_engine: Matchmaker) -> None:
    """By berths: GUL, COR, BRI, FAR; by the evidence: FAR, GUL, COR, BRI."""
    answer = harbour_engine.shortlist("EEL", compare_with=("most-berths", "setting-only", "evidence"))
    assert [option.ranks_by_method["most-berths"] for option in answer.options] == [4, 1, 2, 3]
    berths, setting = answer.agreements
    assert (berths.method, berths.shared, berths.compared, berths.here) == ("most-berths", 4, 4, 2)
    assert berths.sentence == (
        "The method most-berths shares 4 of the first 4 places and puts Gullstead Harbour Board (GUL) "
        "first, here 2."
    )
    assert setting.sentence.endswith("puts the same harbour first.")


def test_a_list_of_another_day_uses_no_later_figure(harbour_engine: Matchmaker) -> None:
    then = harbour_engine.shortlist("INK", as_of=date(2019, 3, 31), n_draws=0)
    ends = {f.period_end for o in then.options for row in o.rows for f in row.figures if f.period_end}
    assert ends == {date(2018, 12, 31)}
    before = harbour_engine.shortlist(
        "INK", as_of=date(2019, 3, 30), n_draws=0
    )  # the survey came out a day later
    ends = {f.period_end for o in before.options for row in o.rows for f in row.figures if f.period_end}
    assert ends == {date(2015, 12, 31)}


@pytest.mark.snapshot
def test_a_list_of_a_past_day_says_whose_names_it_shows(engine: Matchmaker) -> None:
    """Frimley Park of 2013 stands there as Frimley Health."""
    told = "Names are those of 22 August 2026, or the last that it had"
    past = engine.shortlist("RD7", as_of=date(2013, 9, 1), limit=1, n_draws=0).notes
    assert any(note.startswith(told) for note in past)
    assert not any(note.startswith(told) for note in engine.shortlist("RPA", limit=1, n_draws=0).notes)


@pytest.mark.slow
@pytest.mark.snapshot
def test_two_runs_give_the_same_bytes() -> None:
    command = [sys.executable, "-m", "matchmaker", "shortlist", "RPA", "--for", "buddying", "--json"]
    first, second = (subprocess.run(command, capture_output=True, check=True).stdout for _ in range(2))
    assert first == second
    assert len(first) > 10_000


class TestTheRealSector:
    """What the definitions of the NHS and its figures give."""

    def test_no_option_is_of_late_rated_below_good_unless_its_segment_speaks_for_it_or_of_another_type(
        self, buddies: Recommender
    ) -> None:
        profiles, day = buddies.profiles, buddies.profiles.as_of
        column = profiles.column["cqc_overall"]
        rating = profiles.values[:, column]
        ends = profiles.cells["period_end"].gather_every(len(profiles.features), column)
        recent = (ends > day.replace(year=day.year - 3)).fill_null(False).to_numpy()
        performing = profiles.values[:, profiles.column["oversight_segment"]] <= 2
        options = set()
        for row, order in enumerate(buddies.ranking(np.arange(len(rating)))):
            options.update(order.tolist())
            assert not ((rating[order] < 3) & recent[order] & ~performing[order]).any()
            assert (buddies.profiles.types[order] == buddies.profiles.types[row]).all()
        # both of those whom only an older rule would have kept out are options
        assert any(rating[at] < 3 and not recent[at] for at in options)
        assert any(rating[at] < 3 and recent[at] and performing[at] for at in options)

    def test_distance_size_and_official_peers_stand_beside_each_option(self, engine: Matchmaker) -> None:
        answer = engine.shortlist("RPA", limit=1000, n_draws=0)
        listed = engine.snapshot.official_peers
        peers = set(listed.filter(listed["code"] == "RPA")["peer"])
        found = {option.organisation.code for option in answer.options if option.benchmark_peer}
        open_now = set(engine.profiles().position)
        excluded = {one.organisation.code for one in answer.excluded}
        assert peers
        assert peers & open_now <= found | excluded
        for option in answer.options:
            assert 0 < option.distance_km < 700
            assert 0 < option.size_ratio < 10
        before = engine.shortlist("RPA", as_of=answer.as_of.replace(year=2017), n_draws=0)
        assert {option.benchmark_peer for option in before.options} == {None}

    def test_thin_coverage_comes_last(self, engine: Matchmaker) -> None:
        # Board facts are no census: weighed this much, those of whom nothing is known have thin coverage.
        answer = engine.shortlist("RPA", limit=1000, weights={"board": 1.6})
        thin = [option.coverage < 0.5 for option in answer.options]
        assert thin == sorted(thin)
        assert 0 < sum(thin) < len(thin)
        first = 1 + thin.index(True)
        for part in (answer.options[: first - 1], answer.options[first - 1 :]):
            assert [one.fit for one in part] == sorted((one.fit for one in part), reverse=True)
        assert all(one.uncertainty.rank_low >= first for one in answer.options[first - 1 :])

    def test_every_arrangement_names_its_evidence(self, engine: Matchmaker) -> None:
        from matchmaker.models.arrangement import arrangements

        found = arrangements(engine.sector)
        assert set(found) == {"buddying", "acquisition", "merger", "service", "contract"}
        for one in found.values():
            assert all(criterion.evidence and criterion.why for criterion in one.criteria)
            assert all(rule.why for rule in one.rules)
            assert one.checklist
            assert "E24" in one.first_step
            for part in (*one.criteria, *one.rules):
                assert set(part.evidence) <= findings(engine.sector).keys()

    def test_a_standing_is_measured_among_the_type_of_the_candidate(self, engine: Matchmaker) -> None:
        options = engine.shortlist("RPA", "acquisition", limit=1000, n_draws=0, relax=["same_type"]).options
        assert {option.organisation.type for option in options} > {"acute", "mental_health"}
        for option in options:
            for row in option.rows:
                if row.name in {"finance_strength", "quality_standing", "complementary_strength"}:
                    plural = engine.sector.type_plural(option.organisation.type)
                    of_peers = rf"(in 100|of the other \d+) {plural}"
                    assert row.value is None or re.search(of_peers, row.sentence)

    def test_two_are_joined_across_types_only_where_the_question_asks_and_history_knows_it(
        self, engine: Matchmaker
    ) -> None:
        """Past joins are the measure: community with acute, never with specialists or ambulances."""
        for how in ("acquisition", "merger"):
            usual = engine.shortlist("RPA", how, limit=1000, n_draws=0)
            assert {option.organisation.type for option in usual.options} == {"acute"}
            asked = engine.shortlist("RY9", how, date(2024, 6, 30), 1000, n_draws=0, relax=["same_type"])
            types = {option.organisation.type for option in asked.options}
            assert {"acute", "community"} <= types <= {"acute", "community", "mental_health"}

    def test_the_structural_reasons_against_come_first(self, engine: Matchmaker) -> None:
        answer = engine.shortlist("RY9", "merger", date(2024, 6, 30), 1000, n_draws=0, relax=["same_type"])
        across = [one for one in answer.options if one.organisation.type != "community"]
        assert across
        assert all(one.reasons_against[0].startswith(OTHER_TYPE) for one in across)
        for one in answer.options:
            strain = [at for at, reason in enumerate(one.reasons_against) if STRAIN in reason]
            assert strain in ([], [0], [1])

    def test_a_group_is_a_flag_and_can_be_left_out(self, engine: Matchmaker) -> None:
        """One chief executive has led Medway and Dartford since April 2025."""
        usual = engine.shortlist("RPA", limit=1000, n_draws=0)
        flagged = {one.organisation.code: one.same_group for one in usual.options if one.same_group}
        assert flagged == {"RN7": "One chief executive leads both since 1 April 2025."}
        query = ShortlistQuery.parse({"outside_group": "true", "limit": 1000, "n_draws": 0}, engine.sector)
        left = engine.answer("RPA", query)
        assert left.eligible == usual.eligible - 1
        assert "RN7" not in {one.organisation.code for one in left.options}

    def test_shared_leaders_are_no_plus_for_a_buddy_but_one_for_a_merger(self, engine: Matchmaker) -> None:
        """One chief executive has led Medway and Dartford since April 2025."""
        for how, expected in (("buddying", False), ("merger", True)):
            rows = engine.why_not("RPA", "RN7", how).rows
            row = next(row for row in rows if row.name == "prior_relationship")
            assert ("One chief executive" in row.sentence) == expected
            assert (row.value == 1.0) == expected
