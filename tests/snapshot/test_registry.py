"""Finding an organisation by code and name, through former names, sites and successions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_up import made_up_snapshot

from matchmaker.errors import AmbiguousName, InvalidParameter, MatchmakerError, UnknownOrganisation
from matchmaker.snapshot.registry import OrganisationRegistry

CLOSED = date(2018, 3, 31)
OPENED = date(2018, 4, 1)
NAMES = {
    "AMB": "Amberwick Harbour Board",
    "EEL": "Eelhythe Harbour Board",
    "GUL": "Gullstead Harbour Board",
    "GUN": "Gunnerstead Harbour Board",
}


def registry(
    names: dict[str, str],
    closed: dict[str, date] | None = None,
    successions: tuple[tuple[str, str], ...] = (),
    **tables: Any,
) -> OrganisationRegistry:
    figures: dict[str, dict[str, float]] = {code: {} for code in names}
    return OrganisationRegistry(
        made_up_snapshot(figures, names=names, closed=closed, successions=successions, **tables)
    )


def refusal(registry: OrganisationRegistry, asked: str, day: date | None = None) -> MatchmakerError:
    with pytest.raises(MatchmakerError) as error:
        registry.find(asked, day)
    return error.value


def site(code: str, name: str, organisation: str, **more: Any) -> Mapping[str, Any]:
    return {"code": code, "name": name, "organisation": organisation, **more}


@pytest.mark.parametrize("asked", ["EEL", " eel ", "Eelhythe Harbour Board", "eelhythe", "EELHYTHE harbour"])
def test_a_code_or_a_clear_part_of_a_name(asked: str) -> None:
    assert registry(NAMES).find(asked).organisation.code == "EEL"


class TestNames:
    def test_an_own_name_counts_before_the_same_name_given_to_another(self) -> None:
        both = registry(NAMES, other_names=[("AMB", "Eelhythe Harbour Board", "other")])
        assert both.find("Eelhythe Harbour Board").organisation.code == "EEL"

    @pytest.mark.parametrize("kind", ["former", "abbreviation", "other"])
    def test_another_name_is_told(self, kind: str) -> None:
        found = registry(NAMES, other_names=[("EEL", "Old Weir Quay", kind)]).find("old weir quay")
        assert (found.organisation.code, found.matched.kind) == ("EEL", kind)
        assert found.matched.name == "Old Weir Quay"
        assert "Old Weir Quay" in found.matched.sentence
        assert "Eelhythe Harbour Board (EEL)" in found.matched.sentence

    @pytest.mark.parametrize("asked", ["EEL", "Eelhythe Harbour Board", "eelhythe"])
    def test_an_own_code_or_name_needs_no_word(self, asked: str) -> None:
        assert registry(NAMES).find(asked).matched.sentence == ""

    def test_an_abbreviation_of_two_is_a_question_back(self) -> None:
        both = registry(NAMES, other_names=[("EEL", "WQ", "abbreviation"), ("AMB", "WQ", "abbreviation")])
        error = refusal(both, "WQ")
        assert isinstance(error, AmbiguousName)
        assert set(error.codes) == {"AMB", "EEL"}

    @pytest.mark.parametrize(
        "asked",
        [
            "St Fishers Quay",
            "saint fisher's quay",
            "ST. FISHER\u2019S QUAY",
            "St Fisher Quay",
            "St Fishers Quays",
            "St Fishersquay",
        ],
    )
    def test_spelling_plurals_and_spaces_do_not_matter(self, asked: str) -> None:
        assert registry({**NAMES, "FIS": "St Fisher's Quay"}).find(asked).organisation.code == "FIS"

    def test_the_order_of_words_matters(self) -> None:
        two = registry({"SEA": "Central and Cormorant Haven", **NAMES})
        error = refusal(two, "Cormorant Central Haven")
        assert isinstance(error, UnknownOrganisation)
        assert error.codes == ("SEA",)

    def test_the_letter_s_is_no_word(self) -> None:
        assert isinstance(
            refusal(registry({"KIN": "King's Lyme Haven"}), "Queen's Haven"), UnknownOrganisation
        )

    def test_words_that_many_names_hold_are_too_vague(self) -> None:
        assert isinstance(
            refusal(registry({"SEC": "South East Coast Ferries"}), "South East"), UnknownOrganisation
        )

    def test_a_name_that_could_be_two_is_a_question_back(self) -> None:
        two = registry({"AMB": "Amberwick North", "AMS": "Amberwick South"})
        error = refusal(two, "Amberwick")
        assert isinstance(error, AmbiguousName)
        assert str(error).startswith("'Amberwick' could be Amberwick North (AMB) or Amberwick South (AMS).")
        assert error.codes == ("AMB", "AMS")

    def test_a_short_name_of_one_that_closed_may_be_a_part_of_anothers(self) -> None:
        names = {"CLA": "St Clare Harbour Board", "POR": "St Clare Point", "EEL": "Eelhythe Harbour Board"}
        both = registry(names, {"CLA": CLOSED}, (("CLA", "EEL"),))
        assert isinstance(refusal(both, "St Clare"), AmbiguousName)
        assert both.find("St Clare Harbour Board").organisation.code == "EEL"

    def test_a_full_name_is_never_a_part_of_anothers(self) -> None:
        names = {"LEE": "Leewater Quay", "EEL": "Eelhythe Harbour Board"}
        both = registry(names, other_names=[("EEL", "Leewater Harbour Board", "former")])
        assert both.find("Leewater Harbour Board").organisation.code == "EEL"


class TestSuggestions:
    def test_only_names_almost_as_near_as_the_nearest_are_suggested(self) -> None:
        # rapidfuzz's ratio to "Gulstead" is 94 for Gullstead, 88 for Gunstead, 75 for Millstead.
        error = refusal(registry({"GUL": "Gullstead", "GUN": "Gunstead", "MIL": "Millstead"}), "Gulstead")
        assert isinstance(error, UnknownOrganisation)
        assert error.next_step == "Did you mean Gullstead (GUL) or Gunstead (GUN)?"
        assert error.codes == ("GUL", "GUN")

    def test_nothing_alike_is_not_suggested(self) -> None:
        assert "Did you mean" not in str(refusal(registry(NAMES), "Zzyzx").next_step)

    def test_words_that_begin_so_are_only_suggested(self) -> None:
        error = refusal(registry(NAMES), "Gunner")
        assert error.next_step == "Did you mean Gunnerstead Harbour Board (GUN)?"

    def test_first_letters_are_only_suggested(self) -> None:
        error = refusal(registry({"MSE": "Mid and South Estuary", **NAMES}), "MASE")
        assert error.next_step == "Did you mean Mid and South Estuary (MSE)?"

    @pytest.mark.parametrize(
        ("asked", "step"),
        [
            ("AMO", "Did you mean Amberwick Harbour Board (AM0), with the digit 0?"),
            ("IN0", "Did you mean Inkwell Harbour Board (INO), with the letter O?"),
        ],
    )
    def test_a_letter_for_a_digit_is_asked_back(self, asked: str, step: str) -> None:
        assert refusal(coded(), asked).next_step == step


def coded() -> OrganisationRegistry:
    """Harbours whose codes may hold digits."""
    snapshot = made_up_snapshot(
        {"AM0": {}, "INO": {}}, names={"AM0": "Amberwick Harbour Board", "INO": "Inkwell Harbour Board"}
    )
    made = OrganisationRegistry(snapshot)
    words = made.sector.words.model_copy(update={"code_pattern": "^[A-Z0-9]{3}$"})
    made.sector = type(made.sector)(made.sector.name, made.sector.folder)
    made.sector.words = words
    return made


class TestNameAndCode:
    @pytest.mark.parametrize(
        "asked",
        [
            "Eelhythe Harbour Board (EEL)",
            "EEL - Eelhythe Harbour Board",
            "EEL: Eelhythe",
            "Eelhythe (eel)",
            "EEL Eelhythe",
            "Quite another name (EEL)",
        ],
    )
    def test_both_together(self, asked: str) -> None:
        assert registry(NAMES).find(asked).organisation.code == "EEL"

    def test_of_two_organisations_are_a_question_back(self) -> None:
        error = refusal(registry(NAMES), "Amberwick Harbour Board (EEL)")
        assert isinstance(error, AmbiguousName)
        assert set(error.codes) == {"AMB", "EEL"}
        assert "the name is that of Amberwick Harbour Board (AMB)" in error.message

    def test_the_code_decides_a_name_of_several(self) -> None:
        two = registry({"AMB": "Amberwick North", "AMS": "Amberwick South"})
        assert two.find("Amberwick (AMS)").organisation.code == "AMS"


class TestSites:
    SITES = (
        site("EEL01", "Weir Pier", "EEL", place="Lowmouth", main=True),
        site("AMB01", "Weir Pier", "AMB", place="Highmouth"),
        site("AMB02", "Amber Pier", "AMB", place="Highmouth", main=True),
    )

    def known(self, **more: Any) -> OrganisationRegistry:
        return registry({**NAMES, "LOW": "Lowmouth Ferries"}, site_names=self.SITES, **more)

    def test_its_code_and_name_are_told(self) -> None:
        for asked in ("AMB02", "amber pier", "Amber"):
            found = self.known().find(asked)
            assert (found.organisation.code, found.matched.kind) == ("AMB", "site")
            assert found.matched.sentence == (
                "Amber Pier, Highmouth (AMB02) is a pier of Amberwick Harbour Board (AMB)."
            )

    def test_a_name_that_two_have_is_a_question_back(self) -> None:
        error = refusal(self.known(), "Weir Pier")
        assert isinstance(error, AmbiguousName)
        assert "Weir Pier, Highmouth of Amberwick Harbour Board (AMB)" in error.message
        assert set(error.codes) == {"AMB", "EEL"}

    def test_its_place_tells_it_apart(self) -> None:
        assert self.known().find("Weir Pier Lowmouth").organisation.code == "EEL"

    def test_the_place_of_a_main_site_is_only_suggested(self) -> None:
        assert refusal(self.known(), "Highmouth").codes == ("AMB",)

    def test_the_place_of_a_main_site_stands_against_a_part_of_a_name(self) -> None:
        assert set(refusal(self.known(), "Lowmouth").codes) == {"EEL", "LOW"}

    def test_a_site_has_owners_from_day_to_day(self) -> None:
        moved = registry(
            NAMES,
            site_names=[
                site("EEL01", "Weir Pier", "EEL", closed=CLOSED),
                site("AMB01", "Weir Pier", "AMB", opened=OPENED),
            ],
        )
        assert moved.find("Weir Pier", CLOSED).organisation.code == "EEL"
        assert moved.find("Weir Pier", OPENED).organisation.code == "AMB"

    def test_a_site_that_was_given_up_was_one(self) -> None:
        gone = registry(NAMES, site_names=[site("EEL01", "Weir Pier", "EEL", closed=CLOSED)])
        assert "was a pier of" in gone.find("Weir Pier").matched.sentence

    def test_a_split_is_settled_by_who_has_the_site(self) -> None:
        parts = registry(
            NAMES,
            {"AMB": CLOSED},
            (("AMB", "EEL"), ("AMB", "GUL")),
            site_names=[site("AMB01", "Weir Pier", "AMB"), site("GUL07", "Weir Pier", "GUL")],
        )
        assert parts.find("Weir Pier").organisation.code == "GUL"
        assert set(refusal(parts, "AMB01").codes) == {"EEL", "GUL"}

    def test_an_official_name_counts_before_a_site_which_is_told(self) -> None:
        both = registry({**NAMES, "WEI": "Weir Pier Board"}, site_names=[site("EEL01", "Weir Pier", "EEL")])
        found = both.find("Weir Pier")
        assert found.organisation.code == "WEI"
        assert "so has Weir Pier of Eelhythe Harbour Board (EEL)" in found.matched.sentence
        assert both.find("Weir Pier Board").matched.sentence == ""

    def test_a_code_of_the_form_of_a_sites_is_told(self) -> None:
        found = registry(NAMES).find("EEL99")
        assert found.organisation.code == "EEL"
        assert found.matched.sentence.startswith("EEL99 is in no list of piers")
        assert isinstance(refusal(registry(NAMES), "ZZZ99"), UnknownOrganisation)


class TestOtherBodies:
    def test_a_locality_is_told_with_its_organisations(self) -> None:
        bay = registry(NAMES, localities={"EEL": "Amber Bay", "GUL": "Amber Bay"})
        for asked in ("Amber Bay", "amber bay BAY", "Amber Bay B"):
            error = refusal(bay, asked)
            assert isinstance(error, UnknownOrganisation)
            assert error.message == "Amber Bay is a bay, not a harbour."
            assert set(error.codes) == {"EEL", "GUL"}

    def test_one_of_the_list_by_code_and_name(self) -> None:
        listed = registry(
            NAMES,
            {"EEL": CLOSED},
            (("EEL", "GUL"),),
            other_bodies=[{"code": "NB1", "name": "North Bight", "label": "old bay", "organisations": "EEL"}],
        )
        for asked in ("nb1", "North Bight"):
            error = refusal(listed, asked)
            assert error.message == "North Bight (NB1) is an old bay, not a harbour."
            assert error.next_step == "Its harbours: Gullstead Harbour Board (GUL)."

    def test_one_without_organisations(self) -> None:
        listed = registry(NAMES, other_bodies=[{"name": "Far Isles", "label": "foreign port"}])
        assert refusal(listed, "Far Isles").next_step == "Give one of the Harbours."

    def test_an_organisation_of_that_name_counts_before_it(self) -> None:
        assert registry(NAMES, localities={"GUL": "Eelhythe"}).find("Eelhythe").organisation.code == "EEL"


class TestDays:
    def test_a_closed_one_is_answered_by_its_successor(self) -> None:
        found = registry(NAMES, {"AMB": CLOSED, "EEL": CLOSED}, (("AMB", "EEL"), ("EEL", "GUL"))).find("AMB")
        assert found.organisation.code == "GUL"
        assert [one.code for one in found.via] == ["AMB", "EEL"]

    def test_on_a_day_before_it_closed_it_answers_itself(self) -> None:
        found = registry(NAMES, {"AMB": CLOSED}, (("AMB", "EEL"),)).find("AMB", CLOSED)
        assert (found.organisation.code, found.via) == ("AMB", ())

    def test_without_a_successor_it_can_not_answer(self) -> None:
        error = refusal(registry(NAMES, {"AMB": CLOSED}), "AMB")
        assert isinstance(error, InvalidParameter)
        assert "closed on 31 March 2018 and no successor is known" in str(error)

    def test_one_whose_services_went_to_two_asks_which(self) -> None:
        error = refusal(registry(NAMES, {"AMB": CLOSED}, (("AMB", "EEL"), ("AMB", "GUL"))), "AMB")
        assert isinstance(error, AmbiguousName)
        assert "Eelhythe Harbour Board (EEL) or Gullstead Harbour Board (GUL)" in str(error)

    def test_one_that_was_not_open_yet_is_told_with_those_before_it(self) -> None:
        late = registry(NAMES, {"AMB": CLOSED}, (("AMB", "GUL"),), opened={"GUL": OPENED})
        for asked in ("GUL", "Gullstead"):
            error = refusal(late, asked, CLOSED)
            assert isinstance(error, InvalidParameter)
            assert (
                error.message == "Gullstead Harbour Board (GUL) opened on 1 April 2018, after 31 March 2018."
            )
            assert "Amberwick Harbour Board (AMB)" in error.next_step

    def test_the_latest_code_follows_every_single_succession(self) -> None:
        split = registry(
            NAMES, {"AMB": CLOSED, "EEL": CLOSED}, (("AMB", "EEL"), ("EEL", "GUL"), ("EEL", "GUN"))
        )
        assert split.latest("AMB") == "EEL"


def test_whose_a_name_is_whatever_the_spelling() -> None:
    known = registry(NAMES, other_names=[("GUL", "Old Weir Quay", "former")])
    assert known.named("the EELHYTHE board") == {"EEL"}
    assert known.named("old weir quays") == {"GUL"}
    assert known.named("Weir") == frozenset()


def meant(registry: OrganisationRegistry, asked: str) -> tuple[str, ...]:
    """The organisation that an answer is about, or those that a question back names."""
    try:
        return (registry.find(asked).organisation.code,)
    except AmbiguousName as error:
        return error.codes


ODD = st.sampled_from(["{}", "  {} ", "{}.", "{} Harbour Board", "The {} Board", "{}'s", "{}\u2019s", "({})"])


@given(
    st.lists(st.from_regex(r"[A-Z][a-z]{3,7}", fullmatch=True), min_size=2, max_size=12, unique=True),
    ODD,
    st.sampled_from([str.upper, str.lower, str.title, str]),
    st.data(),
)
def test_an_official_name_finds_its_organisation_or_asks_back_with_it(
    words: list[str], form: str, case: Any, data: st.DataObject
) -> None:
    names = {
        f"H{chr(65 + at // 26)}{chr(65 + at % 26)}": f"{word} Harbour Board" for at, word in enumerate(words)
    }
    code = data.draw(st.sampled_from(sorted(names)))
    asked = case(form.format(names[code].split()[0]))
    assert code in meant(registry(names), asked)
