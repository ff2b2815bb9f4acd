"""Finding an organisation by code and name, through former names and successions."""

from __future__ import annotations

from datetime import date

import pytest
from made_up import made_up_snapshot

from matchmaker.errors import AmbiguousName, InvalidParameter, MatchmakerError, UnknownOrganisation
from matchmaker.snapshot.registry import OrganisationRegistry

CLOSED = date(2018, 3, 31)


def registry(
    names: dict[str, str],
    closed: dict[str, date] | None = None,
    successions: tuple[tuple[str, str], ...] = (),
) -> OrganisationRegistry:
    figures: dict[str, dict[str, float]] = {code: {} for code in names}
    return OrganisationRegistry(
        made_up_snapshot(figures, names=names, closed=closed, successions=successions)
    )


def refusal(registry: OrganisationRegistry, asked: str, day: date | None = None) -> MatchmakerError:
    with pytest.raises(MatchmakerError) as error:
        registry.find(asked, day)
    return error.value


NAMES = {
    "AMB": "Amberwick Harbour Board",
    "EEL": "Eelhythe Harbour Board",
    "GUL": "Gullstead Harbour Board",
    "GUN": "Gunnerstead Harbour Board",
}


@pytest.mark.parametrize("asked", ["EEL", " eel ", "Eelhythe Harbour Board", "eelhythe", "EELHYTHE harbour"])
def test_a_code_or_a_clear_part_of_a_name(asked: str) -> None:
    assert registry(NAMES).find(asked).organisation.code == "EEL"


def test_a_former_name_finds_the_present_organisation() -> None:
    snapshot = made_up_snapshot({"EEL": {}}, names={"EEL": "Eelhythe Harbour Board"})
    snapshot._tables["names"] = snapshot.names.vstack(
        snapshot.names.clear().vstack(type(snapshot.names)({"code": ["EEL"], "name": ["Old Weir Quay"]}))
    )
    assert OrganisationRegistry(snapshot).find("old weir").organisation.code == "EEL"


def test_a_name_that_could_be_two_is_a_question_back() -> None:
    two = registry({"AMB": "Amberwick North", "AMS": "Amberwick South"})
    error = refusal(two, "Amberwick")
    assert isinstance(error, AmbiguousName)
    assert str(error).startswith("'Amberwick' could be Amberwick North (AMB) or Amberwick South (AMS).")


def test_only_names_almost_as_near_as_the_nearest_are_suggested() -> None:
    # rapidfuzz's WRatio to "Gulstead" is 94 for Gullstead, 88 for Gunstead, 71 for Millstead.
    error = refusal(registry({"GUL": "Gullstead", "GUN": "Gunstead", "MIL": "Millstead"}), "Gulstead")
    assert isinstance(error, UnknownOrganisation)
    assert error.next_step == "Did you mean Gullstead (GUL) or Gunstead (GUN)?"


def test_nothing_alike_is_not_suggested() -> None:
    assert "Did you mean" not in refusal(registry(NAMES), "Zzyzx").next_step
    # rapidfuzz's WRatio of the two is 62; from 70 on, a name is suggested.
    assert "Did you mean" not in refusal(registry({"GAL": "Galstone"}), "Gulstead").next_step
    assert "Did you mean" in refusal(registry({"GUS": "Gulstone"}), "Gulstead").next_step  # 75


def test_a_closed_one_is_answered_by_its_successor() -> None:
    found = registry(NAMES, {"AMB": CLOSED, "EEL": CLOSED}, (("AMB", "EEL"), ("EEL", "GUL"))).find("AMB")
    assert found.organisation.code == "GUL"
    assert [one.code for one in found.via] == ["AMB", "EEL"]


def test_on_a_day_before_it_closed_it_answers_itself() -> None:
    found = registry(NAMES, {"AMB": CLOSED}, (("AMB", "EEL"),)).find("AMB", CLOSED)
    assert (found.organisation.code, found.via) == ("AMB", ())


def test_without_a_successor_it_can_not_answer() -> None:
    error = refusal(registry(NAMES, {"AMB": CLOSED}), "AMB")
    assert isinstance(error, InvalidParameter)
    assert "closed on 31 March 2018 and no successor is known" in str(error)


def test_one_whose_services_went_to_two_asks_which() -> None:
    error = refusal(registry(NAMES, {"AMB": CLOSED}, (("AMB", "EEL"), ("AMB", "GUL"))), "AMB")
    assert isinstance(error, AmbiguousName)
    assert "Eelhythe Harbour Board (EEL) or Gullstead Harbour Board (GUL)" in str(error)


def test_the_latest_code_follows_every_single_succession() -> None:
    split = registry(NAMES, {"AMB": CLOSED, "EEL": CLOSED}, (("AMB", "EEL"), ("EEL", "GUL"), ("EEL", "GUN")))
    assert split.latest("AMB") == "EEL"
