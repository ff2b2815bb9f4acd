"""Everything works for a sector that is a folder of TOML and CSV; expected values are worked out by hand.

How the figures were chosen is told in `harbours/README.md`. In every comment, "d" is the distance of two
settings and "k" the number of pairs of fishing harbours (of 36) that are nearer than d.
"""

from __future__ import annotations

from datetime import date

import pytest

from matchmaker import Matchmaker
from matchmaker.evaluation.replay import evaluated_method, replay
from matchmaker.models.registry import methods
from matchmaker.models.types import Shortlist
from matchmaker.training.choice_sets import build_choice_sets


@pytest.fixture(scope="module")
def mentors(harbour_engine: Matchmaker) -> Shortlist:
    return harbour_engine.shortlist("Eelhythe")


def fits(answer: Shortlist) -> dict[str, float]:
    """Code -> fit, in the order of the list."""
    return {option.organisation.code: option.fit for option in answer.options}


def test_a_shortlist_by_hand(mentors: Shortlist) -> None:
    """EEL is weakest in debt and calls on time (standing 0), then groundings (1/8), then its surplus (2/8).

    They count by the squares of how far each is below the middle: 16, 16, 9 and 4 of 45.

    | | d | k | setting 0.4 | strength 0.2 | safety 0.2 | distance 0.1 | joint work 0.1 | fit |
    |---|---|---|---|---|---|---|---|---|
    | FAR | 2 | 1 | 69/72 | (16*5+16*8+9*7+4*7)/360 | (4.5+7)/16 | 10 km: 2^-0.5 | same bay 0.6 | 0.8239 |
    | GUL | 10 | 9 | 53/72 | (16*2+16*4+9*8+4*4)/360 | (7.5+8)/16 | 40 km: 2^-2 | 0.5 | 0.6654 |
    | COR | 20 | 18 | 35/72 | (16*8+16*7+9*5+4*6)/360 | (7.5+5)/16 | 30 km: 2^-1.5 | on record 1 | 0.6577 |
    | BRI | 24 | 21 | 29/72 | (16*6+16*5+9*4+4*8)/360 | (4.5+4)/16 | 40 km: 2^-2 | 0.5 | 0.4779 |
    """
    assert mentors.recipient.code == "EEL"
    assert mentors.arrangement == "mentoring"
    assert mentors.as_of == date(2025, 6, 30)
    assert mentors.focus == (
        "Debt as a share of income",
        "Calls handled on time",
        "Groundings per 10,000 calls",
    )
    found = fits(mentors)
    assert list(found) == ["FAR", "GUL", "COR", "BRI"]
    by_hand = [
        0.4 * 69 / 72 + 0.2 * 299 / 360 + 0.2 * 11.5 / 16 + 0.1 * 2**-0.5 + 0.1 * 0.6,
        0.4 * 53 / 72 + 0.2 * 184 / 360 + 0.2 * 15.5 / 16 + 0.1 * 2**-2.0 + 0.1 * 0.5,
        0.4 * 35 / 72 + 0.2 * 309 / 360 + 0.2 * 12.5 / 16 + 0.1 * 2**-1.5 + 0.1 * 1.0,
        0.4 * 29 / 72 + 0.2 * 244 / 360 + 0.2 * 8.5 / 16 + 0.1 * 2**-2.0 + 0.1 * 0.5,
    ]
    assert list(found.values()) == pytest.approx(by_hand, abs=1e-5)  # places are rounded to 10 cm
    assert [option.coverage for option in mentors.options] == pytest.approx([1.0] * 4)
    assert [option.distance_km for option in mentors.options] == [10.0, 40.0, 30.0, 40.0]
    assert [option.size_ratio for option in mentors.options] == [0.25, 4.0, 2.0, 1.0]


def test_reasons_are_in_the_words_of_the_sector(mentors: Shortlist) -> None:
    """Of COR, where EEL needs it, 309/360 is above all; in safety GUL alone is above 12.5/16.

    Its setting, 35/72, is too near the middle to be a reason.
    """
    corvesand = mentors.options[2]
    assert [reason.sentence for reason in corvesand.reasons if reason.side == "for"] == [
        "Stronger than 8 of the other 8 fishing harbours in the areas where the recipient needs help.",
        "Stronger than 7 of the other 8 fishing harbours in safety.",
        "On record: mentoring from 2019.",
    ]
    assert "Calls handled on time 88.0%, yours 60.0%" in corvesand.reasons_for[0]
    assert corvesand.reasons_against == ("30 km away, harbour office to harbour office.",)
    (setting,) = [row for row in corvesand.rows if row.name == "setting_similarity"]
    assert setting.sentence == "Further apart in setting than 51 in 100 pairs of fishing harbours."
    assert {option.benchmark_peer for option in mentors.options} == {None}


def test_each_of_the_excluded_has_every_reason(mentors: Shortlist) -> None:
    lacking = "Inspectors found it lacking on 31 December 2024."
    other_type = "It is of another kind ({}) than the recipient (fishing)."
    notice = "It is under a safety notice since 1 March 2024 (its end, if it has ended, is not known)."
    level = "It is on watch level {} (year to 31 December 2024)."
    ferry = other_type.format("ferry")
    assert {one.organisation.code: one.reasons for one in mentors.excluded} == {
        "AMB": ("It already helps INK.",),
        "DUN": (lacking,),
        "HER": (notice,),
        "INK": (lacking, level.format(4)),
        "KIT": (ferry,),
        "LAN": (ferry,),
        "MEW": (ferry, lacking, "It is itself about to join LAN."),
        "NET": (ferry,),
        "OSP": (ferry, "Inspectors found it unsafe on 31 December 2024.", level.format(5)),
        "YAR": (other_type.format("marina"),),
    }
    assert {one.rule: (one.excluded, one.alone) for one in mentors.rule_effects} == {
        "same_type": (6, 4),
        "not_under_notice": (1, 1),
        "inspected_sound": (4, 1),
        "watch_level": (2, 0),
        "not_already_helping": (1, 1),
        "not_being_absorbed": (1, 0),
    }


def test_a_takeover_by_hand(harbour_engine: Matchmaker) -> None:
    """Money of EEL stands at (2+0)/16, the weaker of the two for all whose money is known.

    | | money of both 0.2 | money 0.3 | size ratio: capacity 0.3 | distance 0.2 | fit |
    |---|---|---|---|---|---|
    | COR | 1/8 | 14/16 | 2: 1 | 30 km: 2^-1.5 | 0.6582 |
    | BRI | 1/8 | 14/16 | 1: 1/2 | 40 km: 2^-2 | 0.4875 |
    | GUL | 1/8 | 6/16 | 4: 1 | 40 km: 2^-2 | 0.4875, so after BRI by its code |
    | AMB | 1/8 | 12/16 | 1/2: 0 | 50 km: 2^-2.5 | 0.2854 |
    | DUN | 1/8 | 4/16 | 1/2: 0 | 10 km: 2^-0.5 | 0.2414 |
    | INK | 1/8 | 4/16 | 1/2: 0 | 70 km: 2^-3.5 | 0.1177 |
    | NET | unknown: 1/2 | unknown: 1/2 | 1/2: 0 | 73.4 km: 0.079 | 0.2657: unknown is the middle |
    """
    answer = harbour_engine.shortlist("EEL", "takeover")
    found = fits(answer)
    assert list(found) == ["COR", "BRI", "GUL", "AMB", "NET", "DUN", "INK"]
    assert found["COR"] == pytest.approx(0.025 + 0.3 * 14 / 16 + 0.3 + 0.2 * 2**-1.5, abs=1e-5)
    assert found["BRI"] == pytest.approx(found["GUL"]) == pytest.approx(0.4875, abs=1e-5)
    assert found["DUN"] == pytest.approx(0.025 + 0.3 * 4 / 16 + 0.2 * 2**-0.5, abs=1e-5)
    assert found["NET"] == pytest.approx(0.2 / 2 + 0.3 / 2 + 0.2 * 2 ** (-73.4 / 20), abs=1e-4)
    assert found["AMB"] == pytest.approx(0.025 + 0.3 * 12 / 16 + 0.2 * 2**-2.5, abs=1e-5)
    assert found["INK"] == pytest.approx(0.025 + 0.3 * 4 / 16 + 0.2 * 2**-3.5, abs=1e-5)
    netherpool = answer.options[4]
    assert netherpool.coverage == pytest.approx(0.5)
    assert netherpool.unknowns == (
        "No current figure of its money is known.",
        "No current figure of the money of one of them is known.",
    )
    assert any("of another kind (ferry)" in reason for reason in netherpool.reasons_against)
    rules = {one.organisation.code: one.rules for one in answer.excluded}
    assert rules == {
        "FAR": ("size_ratio",),
        "HER": ("not_under_notice",),
        "KIT": ("within_km",),
        "LAN": ("within_km",),
        "MEW": ("size_ratio", "not_being_absorbed"),
        "OSP": ("size_ratio", "within_km"),
        "YAR": ("types_that_join", "within_km"),
    }


def test_a_recipient_beside_unknown_figures(harbour_engine: Matchmaker) -> None:
    """Too little is known of Netherpool, so it stands last although its fit is the highest.

    Four settings are known, so six pairs (1, 3, 4, 7, 10 and 11 apart), and standings are rank / 3. OSP is
    last in all four areas, so that they count alike.

    | | d | k | setting 0.4 | strength 0.2 | safety 0.2 | distance 0.1 | joint work 0.1 |
    |---|---|---|---|---|---|---|---|
    | KIT | 11 | 5 | 1/12 | (3+2+3+2)/12 | (3+3)/6 | 80 km: 2^-4 | on record 1 |
    | LAN | 10 | 4 | 3/12 | (2+3+1+3)/12 | (2+1)/6 | 60 km: 2^-3 | on record 1 |
    | NET | | | unknown: 1/2 | unknown: 1/2 | unknown: 1/2 | 10 km: 2^-0.5 | same bay 0.6 |
    """
    answer = harbour_engine.shortlist("OSP")
    found = fits(answer)
    assert list(found) == ["KIT", "LAN", "NET"]
    by_hand = [
        0.4 * 1 / 12 + 0.2 * 10 / 12 + 0.2 * 6 / 6 + 0.1 * 2**-4.0 + 0.1 * 1.0,
        0.4 * 3 / 12 + 0.2 * 9 / 12 + 0.2 * 3 / 6 + 0.1 * 2**-3.0 + 0.1 * 1.0,
        0.8 / 2 + 0.1 * 2**-0.5 + 0.1 * 0.6,
    ]
    assert list(found.values()) == pytest.approx(by_hand, abs=1e-5)
    assert by_hand[2] > by_hand[0] > by_hand[1]
    assert answer.options[2].coverage == pytest.approx(0.2)


def test_places_narrow_the_candidates(harbour_engine: Matchmaker) -> None:
    in_bay = harbour_engine.shortlist("EEL", parameters={"in_locality": {"localities": ["amber bay"]}})
    assert list(fits(in_bay)) == ["COR", "BRI"]
    assert ("Its bay is Middle Bay.",) in {one.reasons for one in in_bay.excluded}
    on_coast = harbour_engine.shortlist(
        "EEL", "joint_watch", limit=20, parameters={"in_region": {"regions": ["East coast"]}}
    )
    assert set(fits(on_coast)) == {"KIT", "LAN", "MEW", "NET", "OSP", "YAR"}


def test_a_closed_harbour_is_answered_through_its_successor(harbour_engine: Matchmaker) -> None:
    answer = harbour_engine.shortlist("Pebblecombe")
    assert answer.recipient.code == "COR"
    assert [one.code for one in answer.via] == ["PEB"]
    assert harbour_engine.shortlist("Gullhaven").recipient.code == "GUL"


def test_why_not_and_what_would_change_it(harbour_engine: Matchmaker) -> None:
    """GUL lacks 0.1585 on FAR, and is ahead of it by 1/4 in safety: 0.2 + 0.1585 * 4 = 0.8340.

    BRI lacks 0.1798 on COR, the third: in the setting, 29/72 + 0.1798 / 0.4 = 0.8523 would do. It is ahead
    of GUL, the second, by 60/360 in strength: 0.2 + 0.1875 * 6 = 1.325 as that weight would do too.
    """
    why = harbour_engine.why_not("EEL", "GUL")
    assert (why.rank, why.first and why.first.code) == (2, "FAR")
    assert [(one.name, one.to) for one in why.to_first] == [("safety_standing", 0.84)]
    raised = harbour_engine.shortlist("EEL", weights={"safety": 0.84})
    assert raised.options[0].organisation.code == "GUL"
    not_enough = harbour_engine.shortlist("EEL", weights={"safety": 0.83})
    assert not_enough.options[0].organisation.code == "FAR"
    why = harbour_engine.why_not("EEL", "BRI", limit=3)
    assert [(one.name, one.to) for one in why.to_list] == [
        ("complementary_strength", 1.33),
        ("setting_similarity", 0.86),
    ]
    assert why.to_list[1].sentence == (
        "If setting were as good as this: Closer in setting than 86 in 100 pairs of fishing harbours."
    )


def test_why_not_one_that_rules_exclude(harbour_engine: Matchmaker) -> None:
    """AMB: 0.4 * 27/72 + 0.2 * 234/360 + 0.2 * 10.5/16 + 0.1 * 2^-2.5 + 0.1 * 0.5 = 0.4789, before BRI."""
    why = harbour_engine.why_not("EEL", "AMB")
    assert (why.rank, why.unrestricted_rank) == (None, 4)
    assert why.excluded is not None
    assert why.excluded.reasons == ("It already helps INK.",)
    assert why.fit == pytest.approx(0.15 + 0.2 * 234 / 360 + 0.2 * 10.5 / 16 + 0.1 * 2**-2.5 + 0.05, abs=1e-5)


def test_relaxing_a_rule_brings_back_whom_it_excluded(harbour_engine: Matchmaker) -> None:
    answer = harbour_engine.shortlist("EEL", relax=["not_already_helping"])
    assert list(fits(answer)) == ["FAR", "GUL", "COR", "AMB", "BRI"]
    assert answer.options[3].violated_rules == ("not_already_helping",)
    assert answer.relaxed == ("not_already_helping",)


def test_every_method_ranks(harbour_engine: Matchmaker) -> None:
    """Nearest to EEL: FAR 10 km, COR 30 km, BRI and GUL 40 km; most berths: GUL 320, COR 160, BRI 80, FAR 20;
    best inspected: COR and GUL 4, BRI and FAR 3; same bay: FAR, the others on the same coast."""
    orders = {
        name: list(fits(harbour_engine.shortlist("EEL", method=name)))
        for name, method in methods(harbour_engine.sector).items()
        if method.role != "practice"
    }
    assert orders.pop("random")
    assert sorted(orders["nearest"][2:]) == ["BRI", "GUL"]  # as far as each other, but for the last digits
    orders["nearest"] = orders["nearest"][:2]
    assert orders == {
        "evidence": ["FAR", "GUL", "COR", "BRI"],
        "nearest": ["FAR", "COR"],
        "most-berths": ["GUL", "COR", "BRI", "FAR"],
        "best-inspected": ["COR", "GUL", "BRI", "FAR"],
        "same-bay": ["FAR", "BRI", "COR", "GUL"],
        "setting-only": ["FAR", "GUL", "COR", "BRI"],
    }


def test_a_past_day_knows_nothing_that_came_later(harbour_engine: Matchmaker) -> None:
    """In 2019 Eelhythe was sound and Inkwell Bay was not; Staithe was still open."""
    then = harbour_engine.shortlist("INK", as_of=date(2019, 4, 30), limit=20)
    options = fits(then)
    assert {"EEL", "HER"} <= set(options)
    assert {one.organisation.code: one.rules for one in then.excluded}["STA"] == (
        "inspected_sound",
        "watch_level",
    )
    assert "STA" not in harbour_engine.profiles().position


class TestReplays:
    """Past pairings, each with the candidates of the day before, as worked out by hand.

    | | recipient (km) | eligible, the nearest first | partner | rank by distance |
    |---|---|---|---|---|
    | M1 | DUN (40) | EEL and FAR (then 10 and 20 km away), COR 20, BRI 30, ... | BRI | 4 |
    | M2 | EEL (50) | FAR 10, COR 30, ... | COR | 2 |
    | M3 | HER (110) | GUL 20, ...; COR helps EEL | GUL | 1 |
    | M4 | OSP (80) | NET 10, LAN 60, KIT 80 | LAN | 2 |
    | M5 | INK (120) | HER 10, GUL 30, FAR 60, ... | FAR | 3 |
    | M7 | OSP (80) | NET 10, LAN 60, KIT 80 | KIT | 3 |
    | M9 | INK (120) | GUL 30, FAR 60, COR 100, BRI 110, AMB 120; HER is under a notice | AMB | 5 |
    | T1 | PEB (25) | COR 5, ... | COR | 1 |
    | T2 | STA (105) | HER 5, ... | HER | 1 |
    | T3 | MEW (30) | LAN 10, ... | LAN | 1 |
    """

    def test_the_day_before_decides_who_was_eligible(self, harbour_engine: Matchmaker) -> None:
        made, skipped = build_choice_sets(harbour_engine)
        assert [one.pairing_id for one in skipped] == ["M8"]
        assert skipped[0].rule == "abandoned"
        found = {
            one.pairing_id: {list(one.profiles.position)[at] for at in one.candidates.tolist()}
            for one in made
        }
        assert found["M3"] == {"AMB", "BRI", "EEL", "FAR", "GUL"}
        assert found["M7"] == {"KIT", "LAN", "NET"}
        assert found["M9"] == {"AMB", "BRI", "COR", "FAR", "GUL"}
        assert {one.pairing_id: one.day for one in made}["M3"] == date(2019, 8, 31)  # begun in September
        assert all(one.why_not is None for one in made)

    def test_places_by_distance(self, harbour_engine: Matchmaker) -> None:
        made, _ = build_choice_sets(harbour_engine)
        nearest = evaluated_method(methods(harbour_engine.sector)["nearest"])
        rows = replay(made, [nearest], harbour_engine.registry.latest)
        ranks = {row["pairing_id"]: row["better"] + 1 for row in rows.to_dicts()}
        del ranks["M6"]  # FAR and COR are equally far, but for the last digits
        assert ranks == {
            **{"M1": 4, "M2": 2, "M3": 1, "M4": 2, "M5": 3, "M7": 3, "M9": 5},
            **{"T1": 1, "T2": 1, "T3": 1},
        }
        assert dict(rows.select("kind", "family").unique().iter_rows()) == {
            "mentoring": "Mentoring",
            "takeover": "Takeover",
        }
        assert set(rows["counted"]) == {"scored"}

    @pytest.mark.slow
    def test_the_whole_evaluation_and_training_need_no_python_of_the_sector(
        self, harbour_engine: Matchmaker
    ) -> None:
        from matchmaker.evaluation.evaluate import evaluate
        from matchmaker.training.train import train

        found = evaluate(harbour_engine)
        assert set(found.results["method"]) >= {"evidence", "nearest", "random"}
        files = dict(train(harbour_engine))
        assert {"past-choices-mentoring.json", "past-choices-takeover.card.json"} <= files.keys()


class TestNames:
    """What a harbour is called by is said with every answer."""

    PIER = "Weir Pier, Lowmouth (EEL01) is a pier of Eelhythe Harbour Board (EEL)."
    FORMER = "'Gullhaven Harbour Board' is a former name of Gullstead Harbour Board (GUL)."

    def test_in_every_answer(self, harbour_engine: Matchmaker) -> None:
        asked = "Weir Pier, Lowmouth"
        assert harbour_engine.shortlist(asked, n_draws=0).notes[0] == self.PIER
        assert harbour_engine.overview(asked).notes[0] == self.PIER
        assert harbour_engine.assign([asked, "Gullhaven"], n_draws=0).notes[:2] == (self.PIER, self.FORMER)
        both = harbour_engine.why_not(asked, "Gullhaven")
        assert both.notes[:2] == (self.PIER, self.FORMER)

    def test_nothing_is_said_of_its_own_code_or_name(self, harbour_engine: Matchmaker) -> None:
        for asked in ("EEL", "Eelhythe", "Eelhythe Harbour Board (EEL)"):
            assert "Eelhythe" not in " ".join(harbour_engine.overview(asked).notes)

    def test_a_closed_candidate_is_told(self, harbour_engine: Matchmaker) -> None:
        told = "Staithe Harbour Board (STA) has closed; its successor answers."
        assert told in harbour_engine.why_not("EEL", "STA").notes
