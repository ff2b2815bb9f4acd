"""Rules: each form at its limit, relaxing by name, parameters, unknowns, nobody left."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from itertools import product
from typing import Any

import numpy as np
import pytest
from made_up import made_up_profiles, made_up_snapshot

from matchmaker import Matchmaker
from matchmaker.errors import BadFile, InvalidParameter
from matchmaker.features.profiles import Profiles
from matchmaker.features.services import with_services
from matchmaker.models.arrangement import Rule, arrangement, arrangements
from matchmaker.models.eligibility.candidates import any_service
from matchmaker.models.eligibility.rules import (
    COMMON,
    Overruling,
    RuleSpec,
    _beyond_threshold,
    apply_rule,
    check_parameters,
    rules,
)
from matchmaker.models.ties import SHARED_LEADERSHIP, Tie, is_one_in_all_but_name, same_group
from matchmaker.sector import Sector


def reasons(profiles: Profiles, name: str, recipient: str = "AAA", **parameters: Any) -> dict[str, str]:
    """Code -> why it is excluded."""
    rule = Rule(name=name, parameters=parameters, why="")
    check_parameters(rule, profiles.sector)
    found = apply_rule(rule, profiles, profiles.position[recipient])
    codes = list(profiles.position)
    return {codes[at]: found.reason(at) for at in np.flatnonzero(found.excluded).tolist()}


def unchecked(profiles: Profiles, name: str, recipient: str = "AAA", **parameters: Any) -> dict[str, str]:
    """Code -> what is unknown, where the rule could not be applied."""
    rule = Rule(name=name, parameters=parameters, why="")
    found = apply_rule(rule, profiles, profiles.position[recipient])
    codes = list(profiles.position)
    assert not (found.excluded & found.unchecked).any()
    return {codes[at]: found.doubt(at) for at in np.flatnonzero(found.unchecked).tolist()}


def harbours_of(codes: Iterable[str], **tables: Any) -> Profiles:
    return made_up_profiles({code: {} for code in codes}, **tables)


class TestWhatCouldNotBeChecked:
    def test_a_threshold_of_an_unknown_or_old_figure(self) -> None:
        known = {"AAA": {"inspection": 3.0}, "BBB": {"inspection": 1.0}, "CCC": {}}
        text = "The figure (Inspection grade) is unknown or too old to use."
        assert unchecked(made_up_profiles(known), "inspected_sound") == {"CCC": text}
        old = made_up_profiles(known, as_of=date(2025, 1, 1))
        assert unchecked(old, "inspected_sound") == dict.fromkeys(("AAA", "BBB", "CCC"), text)

    def test_a_size_or_a_distance_that_is_unknown(self) -> None:
        profiles = made_up_profiles(
            {"AAA": {"berths": 10}, "BBB": {"berths": 10}, "CCC": {}}, km={"AAA": 0, "BBB": 1}
        )
        assert set(unchecked(profiles, "size_ratio", lowest=0.4)) == {"CCC"}
        assert unchecked(profiles, "within_km", km=30) == {"CCC": "The fact is unknown."}

    def test_a_place_that_is_unknown(self) -> None:
        profiles = harbours_of(("AAA", "BBB", "CCC"), localities={"AAA": "Amber Bay", "BBB": "Amber Bay"})
        assert set(unchecked(profiles, "in_locality", localities=("Amber Bay",))) == {"CCC"}

    def test_an_intervention_of_which_no_end_was_read(self) -> None:
        """It is assumed to run for 24 months, and told for as long as nobody knows better."""
        spell = {"code": "BBB", "regime": "notice", "entry": date(2018, 6, 30)}
        during = harbours_of(("AAA", "BBB"), interventions=[spell], as_of=date(2020, 6, 29))
        assert set(reasons(during, "not_under_notice")) == {"BBB"}
        assert unchecked(during, "not_under_notice") == {}
        after = harbours_of(("AAA", "BBB"), interventions=[spell], as_of=date(2020, 6, 30))
        assert reasons(after, "not_under_notice") == {}
        assert unchecked(after, "not_under_notice") == {
            "BBB": "It was reported to be in a safety notice since 30 June 2018 "
            "(register; its end, if it has ended, is not known)."
        }
        ended = harbours_of(("AAA", "BBB"), interventions=[spell | {"exit": date(2019, 1, 1)}])
        assert unchecked(ended, "not_under_notice") == {}

    def test_the_others_need_no_fact(self) -> None:
        profiles = harbours_of(("AAA", "BBB"))
        for name, parameters in (
            ("same_type", {}),
            ("not_already_helping", {"at_most": 1}),
            ("not_being_absorbed", {}),
            ("leave_out", {"codes": ("BBB",)}),
        ):
            assert unchecked(profiles, name, **parameters) == {}, name

    def test_an_option_says_so(self) -> None:
        answer = Matchmaker(
            made_up_snapshot({"AAA": {"inspection": 3.0}, "BBB": {"inspection": 3.0}, "CCC": {}})
        ).shortlist("AAA", "mentoring", n_draws=0)
        options = {one.organisation.code: one for one in answer.options}
        assert "inspected_sound" not in options["BBB"].unchecked
        at = options["CCC"].unchecked.index("inspected_sound")
        assert options["CCC"].unchecked_reasons[at] == (
            "Could not be checked: inspected as sound. The figure (Inspection grade) is unknown or too "
            "old to use."
        )
        rows = {row["code"]: row for row in answer.to_rows()}
        assert rows["CCC"]["unchecked"] == options["CCC"].unchecked


class TestEachForm:
    def test_type(self) -> None:
        types = {"FFF": "ferry", "MMM": "marina"}
        profiles = harbours_of(("AAA", "BBB", "FFF", "MMM"), types=types)
        other = "It is of another kind ({}) than the recipient (fishing)."
        assert reasons(profiles, "same_type") == {"FFF": other.format("ferry"), "MMM": other.format("marina")}
        assert reasons(profiles, "types_that_join") == {"MMM": other.format("marina")}
        assert set(reasons(profiles, "types_that_join", "MMM")) == {"AAA", "BBB", "FFF"}

    def test_threshold_from_below(self) -> None:
        profiles = made_up_profiles(
            {code: {"inspection": grade} for code, grade in (("AAA", 1), ("BBB", 2), ("CCC", 3))}
            | {"DDD": {}}
        )
        assert reasons(profiles, "inspected_sound") == {
            "AAA": "Inspectors found it unsafe on 31 December 2019.",
            "BBB": "Inspectors found it lacking on 31 December 2019.",
        }

    def test_threshold_from_above_by_its_parameter(self) -> None:
        profiles = made_up_profiles(
            {code: {"watch_level": level} for code, level in (("AAA", 3), ("BBB", 4), ("CCC", 5))}
            | {"DDD": {}}
        )
        assert reasons(profiles, "watch_level", highest=4) == {
            "CCC": "It is on watch level 5 (year to 31 December 2019)."
        }
        assert set(reasons(profiles, "watch_level", highest=3)) == {"BBB", "CCC"}

    def test_threshold_leaves_out_what_is_too_old(self) -> None:
        """A grade counts for 60 months."""
        known = {"AAA": {"inspection": 1.0}}
        assert reasons(made_up_profiles(known, as_of=date(2024, 12, 31)), "inspected_sound")
        assert not reasons(made_up_profiles(known, as_of=date(2025, 1, 1)), "inspected_sound")

    def test_threshold_of_an_old_figure_is_told_and_excludes_nobody(self) -> None:
        """The made-up rule as the sector of trusts has it: 36 months after 31 December 2019."""
        known = {"AAA": {"inspection": 1.0}, "BBB": {"inspection": 3.0}}
        rule = rules(made_up_profiles(known).sector)["inspected_sound"].model_copy(
            update={"older_excludes_nobody": 36}
        )
        young, old = (made_up_profiles(known, as_of=day) for day in (date(2022, 12, 30), date(2022, 12, 31)))
        assert _beyond_threshold(young, rule, None).excluded.tolist() == [True, False]
        found = _beyond_threshold(old, rule, None)
        assert not found.excluded.any()
        assert found.unchecked.tolist() == [True, False]
        assert found.doubt(0) == (
            "Inspectors found it unsafe on 31 December 2019. That is too long ago to exclude anyone."
        )

    def test_threshold_that_a_present_judgement_overrules(self) -> None:
        known = {
            "AAA": {"inspection": 1.0, "watch_level": 2.0},
            "BBB": {"inspection": 1.0, "watch_level": 3.0},
            "CCC": {"inspection": 1.0},
        }
        profiles = made_up_profiles(known)
        rule = rules(profiles.sector)["inspected_sound"].model_copy(
            update={"unless": Overruling(feature="watch_level", at_most=2)}
        )
        found = _beyond_threshold(profiles, rule, None)
        assert found.excluded.tolist() == [False, True, True]
        assert not found.unchecked.any()

    def test_intervention(self) -> None:
        spells = [
            {"code": "AAA", "regime": "notice", "entry": date(2019, 5, 3)},
            {
                "code": "BBB",
                "regime": "administration",
                "entry": date(2020, 1, 1),
                "entry_precision": "month",
                "exit": date(2021, 1, 1),
            },
            {"code": "CCC", "regime": "notice", "entry": date(2019, 1, 1), "exit": date(2020, 1, 1)},
            {"code": "DDD", "regime": "notice", "entry": None, "seen": date(2020, 5, 1)},
        ]  # fmt: skip
        profiles = harbours_of(("AAA", "BBB", "CCC", "DDD"), interventions=spells)
        open_end = "(its end, if it has ended, is not known)"
        assert reasons(profiles, "not_under_notice") == {
            "AAA": f"It is under a safety notice since 3 May 2019 {open_end}.",
            "BBB": "It is under administration since January 2020.",
            "DDD": f"It is under a safety notice {open_end}.",
        }

    def test_size(self) -> None:
        sizes = {"AAA": 100, "BBB": 39, "CCC": 41, "DDD": 199, "EEE": 201}
        profiles = made_up_profiles({code: {"berths": size} for code, size in sizes.items()} | {"FFF": {}})
        assert reasons(profiles, "size_ratio", lowest=0.4, highest=2) == {
            "BBB": "It is too small: 0.39 times the size of the recipient.",
            "EEE": "It is too large: 2 times the size of the recipient.",
        }
        assert set(reasons(profiles, "size_ratio", highest=1.5)) == {"DDD", "EEE"}
        assert reasons(profiles, "size_ratio") == {}

    def test_distance(self) -> None:
        profiles = harbours_of(("AAA", "BBB", "CCC", "DDD"), km={"AAA": 0, "BBB": 29.9, "CCC": 30.1})
        assert reasons(profiles, "within_km", km=30) == {"CCC": "It is 30 km away, more than 30 km."}
        assert reasons(profiles, "within_km", "DDD", km=1) == {}  # it has no place

    def test_load(self) -> None:
        help_ = [
            {"recipient": recipient, "partner": partner, "start": date(2020, 1, 1)}
            for recipient, partner in (
                ("AAA", "BBB"), ("CCC", "BBB"),
                ("DDD", "BBB"), ("DDD", "CCC"), ("AAA", "EEE")
            )
        ]  # fmt: skip
        profiles = harbours_of(("AAA", "BBB", "CCC", "DDD", "EEE"), pairings=help_)
        # Helping the recipient itself is no load.
        assert reasons(profiles, "not_already_helping", at_most=1) == {
            "BBB": "It already helps CCC, DDD.",
            "CCC": "It already helps DDD.",
        }
        assert set(reasons(profiles, "not_already_helping", at_most=2)) == {"BBB"}
        assert reasons(profiles, "not_already_helping", at_most=3) == {}

    def test_absorption(self) -> None:
        joining = {"recipient": "BBB", "partner": "CCC", "kind": "takeover", "start": date(2020, 1, 1)}
        profiles = harbours_of(("AAA", "BBB", "CCC"), pairings=[joining | {"status": "ongoing"}])
        assert reasons(profiles, "not_being_absorbed") == {"BBB": "It is itself about to join CCC."}
        assert reasons(harbours_of(("AAA", "BBB", "CCC"), pairings=[joining]), "not_being_absorbed") == {}

    def test_place(self) -> None:
        profiles = harbours_of(
            ("AAA", "BBB", "CCC", "DDD"), localities={"AAA": "A Bay", "BBB": "B Bay", "CCC": "A Bay"}
        )
        assert reasons(profiles, "in_locality", localities=["a bay"]) == {"BBB": "Its bay is B Bay."}
        assert reasons(profiles, "in_locality", localities=["A BAY", "B Bay"]) == {}
        with pytest.raises(InvalidParameter, match=r"There is no bay 'C Bay'\. The bays are: A Bay, B Bay\."):
            reasons(profiles, "in_locality", localities=["C Bay"])

    def test_codes(self) -> None:
        profiles = harbours_of(("AAA", "BBB", "CCC"), closed={"CCC": date(2018, 1, 1)})
        assert reasons(profiles, "leave_out", codes=["BBB", "CCC"]) == {"BBB": "The question leaves it out."}
        with pytest.raises(InvalidParameter, match="There is no organisation with the code 'ZZZ'"):
            reasons(profiles, "leave_out", codes=["ZZZ"])

    def test_group(self, engine: Matchmaker) -> None:
        """Those under one chief executive or board are one in all but name; a shared chair alone is not."""
        found = reasons(engine.profiles(), "outside_group", "RN7")
        assert set(found) == {"RPA"}
        assert found["RPA"].startswith(
            "It is one with the recipient in all but name. One chief executive leads"
        )
        assert reasons(engine.profiles(date(2020, 1, 1)), "outside_group", "RN7") == {}
        every = same_group(engine.snapshot, engine.snapshot.as_of)
        kinds = {tie.kind for others in every.values() for tie in others.values()}
        assert kinds - {SHARED_LEADERSHIP} == {"shared_chief_executive", "group_board"}
        unsure = {one for one, others in every.items() if any(map(is_unsure, others.values()))}
        for code in unsure & set(engine.profiles().position):
            assert unchecked(engine.profiles(), "outside_group", code)

    def test_service(self, engine: Matchmaker) -> None:
        """Who runs a service is known by its figures; too few people are none to judge by."""
        day = with_services(engine.snapshot, engine.snapshot.as_of)
        found = reasons(day, "runs_service", "RPA", service=["dermatology"])
        assert set(found) < set(day.position)
        assert found["RYA"] == "No current figure shows that it runs dermatology."
        small = {code for code, reason in found.items() if reason.startswith("It runs too little of it")}
        column = day.column["service_rtt_waiting_list_dermatology_volume"]
        assert small == {code for code, at in day.position.items() if day.values[at, column] < 100}
        assert small
        either = reasons(day, "runs_service_or_own", "RPA", service=["dermatology"])
        assert either == {code: f"{reason} It is not of your own data." for code, reason in found.items()}
        by_focus = reasons(engine.profiles(), "runs_service", "RPA", focus=["ambulance_category_2"])
        types = {code: engine.profiles().types[at] for code, at in engine.profiles().position.items()}
        assert {types[code] for code in set(types) - set(by_focus)} == {"ambulance"}
        with pytest.raises(InvalidParameter, match="were not read"):
            reasons(engine.profiles(), "runs_service", "RPA", service=["dermatology"])


def is_unsure(tie: Tie) -> bool:
    return not is_one_in_all_but_name(tie)


def test_every_form_is_tested(harbours: Sector) -> None:
    forms = {spec.form for spec in rules(harbours).values()}
    tested = {
        name.removeprefix("test_").partition("_")[0] for name in vars(TestEachForm) if name[:4] == "test"
    }
    assert forms == tested
    assert COMMON.keys() < rules(harbours).keys()


def test_one_is_never_its_own_partner(harbour_engine: Matchmaker) -> None:
    bare = arrangement(harbour_engine.sector, "takeover").model_copy(update={"rules": ()})
    answer = harbour_engine.shortlist("EEL", bare, limit=1000, n_draws=0)
    assert answer.eligible == len(harbour_engine.profiles().organisations) - 1
    assert "EEL" not in {option.organisation.code for option in answer.options}
    assert answer.excluded == answer.rule_effects == ()


@pytest.fixture(
    params=["harbour_engine", pytest.param("engine", marks=[pytest.mark.snapshot, pytest.mark.slow])]
)
def either(request: pytest.FixtureRequest) -> Matchmaker:
    """The made-up sector, and the real one."""
    made: Matchmaker = request.getfixturevalue(request.param)
    return made


def test_relaxing_a_rule_brings_back_exactly_those_that_it_alone_excludes(either: Matchmaker) -> None:
    brought_back = 0
    codes = {"harbours": ("EEL", "INK", "OSP", "YAR"), "nhs": ("RPA", "RXY", "RYA")}[either.sector.name]
    for one, code in product(arrangements(either.sector).values(), codes):
        service = any_service(one, either.profiles())
        before = either.shortlist(code, one, limit=1000, n_draws=0, service=service)
        for name in (rule.name for rule in one.rules):
            after = either.shortlist(code, one, limit=1000, n_draws=0, relax=(name,), service=service)
            alone = {each.organisation.code for each in before.excluded if each.rules == (name,)}
            effect = next(each for each in before.rule_effects if each.rule == name)
            assert effect.alone == len(alone)
            assert effect.excluded == sum(name in each.rules for each in before.excluded)
            own, new = ({option.organisation.code for option in each.options} for each in (before, after))
            assert new == own | alone
            assert after.eligible == before.eligible + effect.alone
            assert after.relaxed == (name,)
            assert name not in {each.rule for each in after.rule_effects}
            assert {
                each.organisation.code for each in after.options if each.violated_rules == (name,)
            } == alone
            count = f"{len(alone)} of the {after.eligible} eligible, {len(alone)} of them shown"
            assert f"Relaxed: {name}. This brought back {count}." in after.notes
            brought_back += len(alone)
    assert brought_back > 20


def test_the_order_of_the_others_stays_when_rules_are_relaxed(harbour_engine: Matchmaker) -> None:
    before = harbour_engine.shortlist("EEL", limit=1000, n_draws=0)
    after = harbour_engine.shortlist("EEL", limit=1000, n_draws=0, relax=("inspected_sound", "same_type"))
    kept = [option.organisation.code for option in after.options if not option.violated_rules]
    assert kept == [option.organisation.code for option in before.options]
    assert len(after.options) > len(before.options)
    assert after.relaxed == ("same_type", "inspected_sound")


def test_parameters_change_a_rule_and_add_one(harbour_engine: Matchmaker) -> None:
    def eligible(how: str, **parameters: Mapping[str, Any]) -> int:
        return harbour_engine.shortlist("EEL", how, n_draws=0, parameters=parameters).eligible

    assert (
        eligible("takeover", within_km={"km": 80})
        > eligible("takeover")
        > eligible("takeover", within_km={"km": 45})
    )
    assert "within_km" not in {rule.name for rule in arrangement(harbour_engine.sector, "mentoring").rules}
    near = harbour_engine.shortlist("EEL", parameters={"within_km": {"km": 35}}, n_draws=0)
    assert {option.organisation.code for option in near.options} == {"FAR", "COR"}


@pytest.mark.parametrize(
    ("relax", "parameters", "says", "loc"),
    [
        (("same_sort",), {}, "'same_sort' is no rule of mentoring. The rules are: "
            "inspected_sound", ("relax", 0)),
        (("same_type", "within_km"), {}, "'within_km' is no rule of mentoring.", ("relax", 1)),
        (("not_itself",), {}, "'not_itself' is no rule of mentoring.", ("relax", 0)),
        (("same_type",), {"same_type": {}}, "The rule 'same_type' is both relaxed and set. Do "
            "one", ("relax", 0)),
        ((), {"near": {"km": 3}}, "There is no rule 'near'. The rules are: "
            "same_type", ("parameters", "near")),
        ((), {"within_km": {}}, "can't be set so. Its parameters are: km.", ("parameters", "within_km")),
        ((), {"within_km": {"km": 3, "miles": 2}}, "Its parameters are: km.", ("parameters", "within_km")),
        ((), {"same_type": {"type": "ferry"}}, "Its parameters are: none.", ("parameters", "same_type")),
        ((), {"watch_level": {"lowest": 1}}, "Its parameters are: highest.", ("parameters", "watch_level")),
        ((), {"within_km": {"km": float("nan")}}, "The parameter km of the rule 'within_km' can't be "
            "nan.", ("parameters", "within_km", "km")),
        ((), {"within_km": {"km": -1}}, "can't be -1. Give a number, 0 or "
            "more.", ("parameters", "within_km", "km")),
        ((), {"within_km": {"km": True}}, "can't be True. Give a number", ("parameters", "within_km", "km")),
        ((), {"within_km": {"km": "60"}}, "can't be '60'. Give a number", ("parameters", "within_km", "km")),
        ((), {"size_ratio": {"lowest": 2, "highest": 1}}, "No size is both above 2 and below 1 "
            "times", ("parameters", "size_ratio")),
        ((), {"in_region": {"regions": []}}, "can't be (). Give one or "
            "more.", ("parameters", "in_region", "regions")),
        ((), {"in_region": {"regions": "East"}}, "can't be 'East'. Give one or "
            "more.", ("parameters", "in_region", "regions")),
        ((), {"in_region": {"regions": ["Atlantis"]}}, "There is no coast 'Atlantis'. The coasts are: "
            "East coast", ("parameters", "in_region")),
        ((), {"in_locality": {"localities": ["Bay"]}}, "There is no bay 'Bay'. The bays are: Amber "
            "Bay", ("parameters", "in_locality")),
    ],
)  # fmt: skip
def test_what_can_not_be_set(
    harbour_engine: Matchmaker,
    relax: tuple[str, ...],
    parameters: dict[str, Any],
    says: str,
    loc: tuple[object, ...],
) -> None:
    with pytest.raises(InvalidParameter) as refusal:
        harbour_engine.shortlist("EEL", relax=relax, parameters=parameters)
    assert says in str(refusal.value)
    assert refusal.value.loc == loc


def test_a_rule_that_is_relaxed_is_checked_too(harbour_engine: Matchmaker) -> None:
    own = arrangement(harbour_engine.sector, "mentoring").model_copy(
        update={"rules": (Rule(name="nice", why="Why not."),)}
    )
    with pytest.raises(InvalidParameter, match="There is no rule 'nice'"):
        harbour_engine.shortlist("EEL", own, relax=("nice",))


def test_nobody_eligible_says_why_and_what_relaxing_would_bring(harbour_engine: Matchmaker) -> None:
    answer = harbour_engine.shortlist("EEL", parameters={"within_km": {"km": 1}})
    assert (answer.eligible, answer.options, answer.ties) == (0, (), None)
    assert answer.notes[1] == (
        "No candidate is eligible. Rules and how many each excludes: same_type (6), not_under_notice (1), "
        "inspected_sound (4), watch_level (2), not_already_helping (1), not_being_absorbed (1), "
        "within_km (14)."
    )
    assert answer.notes[2] == "Relaxing one alone would bring back: within_km (4)."


def test_nobody_eligible_where_no_single_rule_is_enough(harbour_engine: Matchmaker) -> None:
    everyone = tuple(harbour_engine.profiles().organisations["code"])
    parameters = {"within_km": {"km": 1}, "leave_out": {"codes": everyone}}
    answer = harbour_engine.shortlist("EEL", parameters=parameters)
    assert answer.eligible == 0
    assert answer.notes[2] == "No single rule is enough to relax: each candidate breaks two or more."


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"form": "charm", "label": "X"}, "Input should be 'type'"),
        ({"form": "threshold", "label": "X", "feature": "berths", "reason": "x"}, "one of at_least, at_most"),
        (
            {
                "form": "threshold",
                "label": "X",
                "feature": "berths",
                "reason": "x",
                "at_least": 1,
                "at_most": 2,
            },
            "one of at_least",
        ),
        ({"form": "threshold", "label": "X", "reason": "x", "at_least": 1}, "a threshold needs feature"),
        ({"form": "intervention", "label": "X", "reason": "x"}, "an intervention needs regimes and reason"),
        ({"form": "place", "label": "X"}, "a place needs column"),
        ({"form": "size"}, "Field required"),
    ],
)  # fmt: skip
def test_a_definition_needs_what_its_form_needs(fields: dict[str, Any], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        RuleSpec.model_validate(fields)


def test_the_faults_of_a_sectors_rules_are_told_together(tmp_path: Any) -> None:
    import shutil

    from made_up import HARBOURS

    from matchmaker.sector import read_sector

    folder = shutil.copytree(HARBOURS, tmp_path / "harbours")
    text = (folder / "rules.toml").read_text("utf-8")
    text = text.replace('form = "type"', 'form = "charm"').replace("at_least = 3", "")
    (folder / "rules.toml").write_text(text, "utf-8")
    with pytest.raises(BadFile, match=r"2 faults in rules\.toml.*types_that_join\.form.*inspected_sound"):
        rules(read_sector(folder))
