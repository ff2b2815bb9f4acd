"""The engine: what may be asked and how it is refused, one default for all, and that it can be pickled."""

from __future__ import annotations

import pickle
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matchmaker import Matchmaker
from matchmaker.errors import InvalidParameter, MatchmakerError, UnknownOrganisation
from matchmaker.models.arrangement import arrangement, arrangements, read_arrangement
from matchmaker.models.query import ShortlistQuery
from matchmaker.models.recommender import Recommender
from matchmaker.sector import Sector

CASES = Path(__file__).parents[1] / "cases"
NOTHING = dict.fromkeys(
    ("setting_similarity", "complementary_strength", "safety_standing", "nearness", "joint_work"), 0
)


@pytest.mark.parametrize(
    ("question", "error", "says", "loc"),
    [
        ({"weights": NOTHING}, InvalidParameter, "These weights add up to 0, so there is "
            "nothing", ("weights",)),
        ({"weights": {"setting": -0.1}}, InvalidParameter, "The weight -0.1 of 'setting' is not "
            "0", ("weights", "setting")),
        ({"weights": {"setting": float("nan")}}, InvalidParameter, "The weight nan of "
            "'setting'", ("weights", "setting")),
        ({"weights": {"setting": float("inf")}}, InvalidParameter, "The weight inf of "
            "'setting'", ("weights", "setting")),
        ({"weights": {"charm": 1}}, InvalidParameter, "'charm' is no criterion of "
            "mentoring.", ("weights", "charm")),
        ({"weights": {"": 1}}, InvalidParameter, "'' is no criterion of mentoring.", ("weights", "")),
        ({"weights": {"s": 1}}, InvalidParameter, "'s' means several criteria of "
            "mentoring.", ("weights", "s")),
        ({"focus": ["charm"]}, InvalidParameter, "'charm' can't be a focus area. Choose from: "
            "", ("focus", 0)),
        ({"arrangement": "adoption"}, InvalidParameter, "no arrangement 'adoption'. Choose one of "
            "joint", ("arrangement",)),
        ({"method": "guess"}, InvalidParameter, "There is no method 'guess'. Choose one of evidence, "
            "", ("method",)),
        ({"relax": ["charm"]}, InvalidParameter, "'charm' is no rule of mentoring.", ("relax", 0)),
        ({"recipient": "XYZ"}, UnknownOrganisation, "No organisation has the code or name 'XYZ'.", ()),
    ],
)  # fmt: skip
def test_what_can_not_be_asked(
    harbour_engine: Matchmaker,
    question: dict[str, Any],
    error: type[MatchmakerError],
    says: str,
    loc: tuple[object, ...],
) -> None:
    with pytest.raises(error) as refusal:
        harbour_engine.shortlist(**{"recipient": "EEL"} | question)
    assert says in str(refusal.value)
    assert refusal.value.next_step
    assert refusal.value.loc == loc


def test_the_first_arrangement_of_the_sector_is_the_default(harbour_engine: Matchmaker) -> None:
    assert harbour_engine.shortlist("EEL") == harbour_engine.shortlist("EEL", "mentoring")


def test_a_weight_is_named_by_its_beginning(harbour_engine: Matchmaker) -> None:
    whole, short, spaced = (
        harbour_engine.recommender(weights={name: 0.7}).arrangement
        for name in ("setting_similarity", "setting", "Setting Similarity")
    )
    assert whole == short == spaced
    assert {one.name: one.weight for one in whole.criteria}["setting_similarity"] == 0.7


def test_a_weight_moves_those_who_are_strong_in_it(harbour_engine: Matchmaker) -> None:
    by_distance = harbour_engine.shortlist("EEL", weights={"nearness": 50}, n_draws=0).options
    assert [option.distance_km for option in by_distance] == [10.0, 30.0, 40.0, 40.0]


def test_weights_that_are_the_preset_change_nothing(harbour_engine: Matchmaker) -> None:
    chosen = arrangement(harbour_engine.sector, "takeover")
    preset = {criterion.name: criterion.weight for criterion in chosen.criteria}
    assert harbour_engine.shortlist("EEL", "takeover", weights=preset) == harbour_engine.shortlist(
        "EEL", "takeover"
    )


def test_focus_areas_that_are_named_count(harbour_engine: Matchmaker) -> None:
    named = harbour_engine.shortlist("EEL", focus=["groundings"], n_draws=0)
    assert named.focus == ("Groundings per 10,000 calls",)
    strengths = {
        option.organisation.code: row.value
        for option in named.options
        for row in option.rows
        if row.name == "complementary_strength"
    }
    assert strengths == {"FAR": 7 / 8, "GUL": 1.0, "COR": 5 / 8, "BRI": 4 / 8}
    assert harbour_engine.shortlist("EEL", focus=["groundings"] * 2, n_draws=0).options == named.options


def test_an_arrangement_of_ones_own_is_used_like_any_other(
    harbour_engine: Matchmaker, tmp_path: Path
) -> None:
    own = tmp_path / "near.toml"
    own.write_text(
        """
        name = "near"
        label = "Near"
        partner = "neighbour"
        version = 3
        nature = "voluntary"
        scale = "individual"
        summary = "Only distance counts."

        [criteria.nearness]
        label = "Distance"
        form = "proximity"
        weight = 1
        why = "Pilots must be able to visit."
        """,
        "utf-8",
    )
    read = read_arrangement(own, harbour_engine.sector)
    answer = harbour_engine.shortlist("EEL", read, n_draws=0)
    assert answer.arrangement == "near"
    assert answer.version.endswith("near-3+changed")
    distances = [option.distance_km for option in answer.options]
    assert distances == sorted(distances)
    assert isinstance(harbour_engine.recommender(read), Recommender)


def test_a_query_asks_the_same(harbour_engine: Matchmaker) -> None:
    query = ShortlistQuery.parse(
        {
            "arrangement": "takeover",
            "as_of": "2024-06-30",
            "weights": ["capacity=0.1"],
            "locality": ["Amber Bay"],
            "limit": "2",
            "n_draws": "50",
        },
        harbour_engine.sector,
    )
    by_hand = harbour_engine.shortlist(
        "EEL",
        "takeover",
        date(2024, 6, 30),
        2,
        weights={"capacity": 0.1},
        parameters={"in_locality": {"localities": ("Amber Bay",)}},
        n_draws=50,
    )
    assert harbour_engine.answer("EEL", query) == by_hand
    assert len(by_hand.options) == 2
    assert harbour_engine.explain("EEL", "COR", query).to_list == ()


def test_an_error_of_a_query_says_which_field(harbour_engine: Matchmaker) -> None:
    query = ShortlistQuery(arrangement="mentoring", region=("Atlantis",))
    with pytest.raises(
        InvalidParameter, match=r"There is no coast 'Atlantis'. The coasts are: East coast"
    ) as error:
        harbour_engine.answer("EEL", query)
    assert error.value.loc == ("region",)


def test_engine_profiles_and_answers_survive_pickling(harbour_engine: Matchmaker) -> None:
    answers: tuple[Any, ...] = (
        harbour_engine.shortlist("EEL", n_draws=100),
        harbour_engine.why_not("EEL", "GUL"),
        harbour_engine.assign(n_draws=10),
        harbour_engine.overview("EEL"),
        harbour_engine.profile("EEL"),
        harbour_engine.peers("EEL"),
        harbour_engine.sector,
    )
    for answer in answers:
        assert pickle.loads(pickle.dumps(answer)) == answer
    again: Matchmaker = pickle.loads(pickle.dumps(harbour_engine))
    assert again.snapshot.hash == harbour_engine.snapshot.hash
    assert again.shortlist("EEL", n_draws=100) == answers[0]
    on_day = harbour_engine.profiles()
    seen = pickle.loads(pickle.dumps(on_day))
    assert seen.cache_key == on_day.cache_key
    assert seen.cells.equals(on_day.cells)
    harbour_engine.shortlist("EEL", compare_with=("nearest", "most-berths"), n_draws=0)
    recommender = pickle.loads(pickle.dumps(harbour_engine.recommender()))
    assert recommender.shortlist("EEL", n_draws=100).options == answers[0].options


def test_one_name_is_read_as_several_are(harbour_engine: Matchmaker) -> None:
    ask = partial(harbour_engine.shortlist, "EEL", n_draws=0)
    assert ask(compare_with="nearest") == ask(compare_with=["nearest"])
    assert ask(focus="groundings") == ask(focus=["groundings"])
    rule = harbour_engine.recommender().arrangement.rules[0].name
    assert ask(relax=rule).relaxed == (rule,)
    with pytest.raises(InvalidParameter, match="There is no method 'nearst'"):
        ask(compare_with="nearst")


@pytest.mark.slow
def test_the_engine_of_the_real_sector_survives_pickling(engine: Matchmaker) -> None:
    again: Matchmaker = pickle.loads(pickle.dumps(engine))
    assert again.sector == engine.sector
    assert again.shortlist("RPA", n_draws=100) == engine.shortlist("RPA", n_draws=100)


def test_two_sectors_in_one_process_do_not_disturb_each_other(
    harbour_engine: Matchmaker, engine: Matchmaker
) -> None:
    """Their answers in turns are those that each gives alone."""
    from matchmaker import cache

    def ask_harbours() -> object:
        return harbour_engine.shortlist("EEL", n_draws=50), harbour_engine.assign(n_draws=10)

    def ask_nhs() -> object:
        return engine.shortlist("RPA", n_draws=50), engine.why_not("RPA", "RXC")

    cache.clear()
    harbours_alone = ask_harbours()
    cache.clear()
    nhs_alone = ask_nhs()
    cache.clear()
    for _ in range(2):
        assert ask_harbours() == harbours_alone
        assert ask_nhs() == nhs_alone


def test_the_sector_of_the_snapshot_is_that_of_the_engine(
    harbour_engine: Matchmaker, harbours: Sector
) -> None:
    assert harbour_engine.sector is harbour_engine.snapshot.sector is harbour_engine.profiles().sector
    assert harbour_engine.sector == harbours
    assert set(arrangements(harbours)) == {"mentoring", "takeover", "joint_watch"}
    assert repr(harbour_engine).startswith("<Matchmaker harbours, snapshot ")


def test_a_method_that_does_not_weigh_says_so_and_its_order_stays(engine: Matchmaker) -> None:
    usual = engine.shortlist("RPA", method="nearest", n_draws=0)
    asked = engine.shortlist(
        "RPA", method="nearest", weights={"context": 0.4}, focus=["mortality"], n_draws=0
    )
    codes = [[option.organisation.code for option in one.options] for one in (usual, asked)]
    assert codes[0] == codes[1]
    assert asked.notes[0].startswith("The method nearest ranks without weights or focus areas")
    assert not any("ranks without" in note for note in usual.notes)
    assert not any("ranks without" in note for note in engine.shortlist("RPA", focus=["mortality"]).notes)


# Own data change what they say and nothing else

BODIES = st.lists(
    st.fixed_dictionaries(
        {"type": st.sampled_from(["fishing", "ferry", "marina"])},
        optional={
            "berths": st.integers(1, 2000),
            "staff": st.integers(1, 5000),
            "on_time": st.floats(0, 1),
            "inspection": st.integers(1, 4),
            "latitude": st.floats(50, 55),
        },
    ),
    min_size=1,
    max_size=15,
)
"""Organisations of which anything or nothing is known."""


def placed(engine: Matchmaker, recipient: str, among: set[str], method: str) -> list[tuple[str, str, str]]:
    """The published options of a list in order, each with its fit and coverage to the last bit."""
    answer = engine.shortlist(recipient, method=method, n_draws=0, limit=1000)
    named = [one for one in answer.options if one.organisation.code in among]
    return [(one.organisation.code, repr(one.fit), repr(one.coverage)) for one in named]


@pytest.mark.slow
@settings(max_examples=200, deadline=None)
@given(BODIES, st.data())
def test_own_bodies_change_no_order_fit_or_coverage_of_others(
    harbour_engine: Matchmaker, bodies: list[dict[str, Any]], data: st.DataObject
) -> None:
    rows = [{"code": f"OWN{at:02}", "name": f"Own body {at}"} | body for at, body in enumerate(bodies)]
    for row in rows:
        if "latitude" in row:
            row["longitude"] = 0.5
    own = harbour_engine.with_data(pl.DataFrame(rows, infer_schema_length=None))
    codes = set(harbour_engine.profiles().position)
    recipient = data.draw(st.sampled_from(sorted(codes)))
    assert placed(own, recipient, codes, "evidence") == placed(harbour_engine, recipient, codes, "evidence")


@pytest.mark.slow
@settings(max_examples=50, deadline=None)
@given(st.integers(1, 2000), st.floats(0, 1), st.data())
def test_own_figures_of_one_change_no_pair_of_others(
    harbour_engine: Matchmaker, berths: int, on_time: float, data: st.DataObject
) -> None:
    codes = sorted(harbour_engine.profiles().position)
    changed = data.draw(st.sampled_from(codes))
    recipient = data.draw(st.sampled_from([code for code in codes if code != changed]))
    own = harbour_engine.with_data(
        pl.DataFrame({"code": [changed], "berths": [berths], "on_time": [on_time]})
    )
    others = set(codes) - {changed}
    assert placed(own, recipient, others, "evidence") == placed(harbour_engine, recipient, others, "evidence")


@pytest.mark.snapshot
@pytest.mark.parametrize("method", ["evidence", "practice", "practice-lightgbm", "nhs-peer-finder"])
def test_bodies_of_which_little_is_known_leave_published_lists_as_they_are(
    engine: Matchmaker, method: str
) -> None:
    own = engine.with_data(CASES / "cics.csv")
    codes = set(engine.profiles().position)
    assert placed(own, "RY6", codes, method) == placed(engine, "RY6", codes, method)


@pytest.mark.snapshot
@pytest.mark.slow
def test_many_private_bodies_leave_published_lists_as_they_are(engine: Matchmaker) -> None:
    rows = [
        {"ods": f"NT{at:03}", "name": f"Example provider {at}", "type": "acute", "staff_fte": 50 + 7 * at}
        for at in range(121)
    ]
    own, codes = engine.with_data(pl.DataFrame(rows)), set(engine.profiles().position)
    for recipient in ("RPA", "RXN"):
        assert placed(own, recipient, codes, "evidence") == placed(engine, recipient, codes, "evidence")
