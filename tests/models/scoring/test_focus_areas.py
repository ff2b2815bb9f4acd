"""Focus areas: the weakest features, and those that a user names."""

from __future__ import annotations

import pytest
from made_up import made_up_profiles

from matchmaker import Matchmaker
from matchmaker.errors import InvalidParameter
from matchmaker.features.profiles import Profiles
from matchmaker.models.scoring.focus_areas import columns_named, weakest_areas


@pytest.fixture
def three() -> Profiles:
    """AAA is the worst in all but debt, where it is in the middle; it is alone in having much fog."""
    return made_up_profiles(
        {
            "AAA": {"debt_share": 2, "groundings": 9, "on_time": 0.1, "inspection": 1, "watch_level": 5},
            "BBB": {"debt_share": 1, "groundings": 5, "on_time": 0.2, "inspection": 2, "watch_level": 3},
            "CCC": {"debt_share": 3, "groundings": 1, "on_time": 0.3, "inspection": 3, "watch_level": 1},
        }
    )


def names(profiles: Profiles, columns: tuple[int, ...]) -> list[str]:
    return [profiles.features[at].name for at in columns]


def test_judgements_of_the_whole_are_no_area_to_work_on(three: Profiles) -> None:
    """The sector counts `inspection` (of a focus dimension) among `no_focus`; `supervision` is no dimension
    to focus on; debt is in the middle, and so not weak."""
    assert names(three, weakest_areas(three, 0)) == ["groundings", "on_time"]


def test_the_weakest_come_first_and_equals_in_the_order_of_the_features(three: Profiles) -> None:
    assert names(three, weakest_areas(three, 2)) == ["debt_share"]
    assert names(three, weakest_areas(three, 1)) == []


def test_at_most_three() -> None:
    worst = {"debt_share": 2, "surplus": 1, "income": 10, "groundings": 9, "on_time": 0.1}
    best = {"debt_share": 1, "surplus": 2, "income": 10, "groundings": 8, "on_time": 0.2}
    profiles = made_up_profiles({"AAA": worst, "BBB": best})
    assert names(profiles, weakest_areas(profiles, 0)) == ["surplus_share", "debt_share", "groundings"]


def test_areas_by_name(three: Profiles) -> None:
    assert names(three, columns_named(three, ["on_time", "inspection", "on_time"])) == [
        "on_time",
        "inspection",
    ]


@pytest.mark.parametrize(
    ("named", "says", "loc"),
    [
        (["charm"], "'charm' can't be a focus area. Choose from: surplus_share, debt_share", ("focus", 0)),
        (["on_time", "fog_days"], "'fog_days' can't be a focus area.", ("focus", 1)),
        (
            ["on_time", "groundings", "debt_share", "inspection"],
            "4 focus areas were named. Name 1 to 3",
            ("focus",),
        ),
        ([], "0 focus areas were named.", ("focus",)),
    ],
)
def test_what_can_not_be_an_area(
    three: Profiles, named: list[str], says: str, loc: tuple[object, ...]
) -> None:
    with pytest.raises(InvalidParameter) as error:
        columns_named(three, named)
    assert says in str(error.value)
    assert error.value.loc == loc


def test_an_area_that_nobody_of_the_type_has_is_refused_with_what_there_is(engine: Matchmaker) -> None:
    with pytest.raises(InvalidParameter, match="known of any of the acute trusts") as refused:
        engine.shortlist("RPA", focus=["ambulance_category_2"], n_draws=0)
    assert refused.value.loc == ("focus", 0)
    assert "mortality" in str(refused.value.next_step)
    assert "ambulance_category_2" not in str(refused.value.next_step)
    with pytest.raises(InvalidParameter, match="mental health trusts"):
        engine.shortlist("RMY", focus=["mortality"], n_draws=0)


def test_an_option_is_as_far_away_in_its_reasons_as_in_its_figures(engine: Matchmaker) -> None:
    for code in ("RPA", "RCX"):
        for option in engine.shortlist(code, limit=60, n_draws=0).options:
            told = [row.sentence for row in option.rows if "km away" in row.sentence]
            assert all(text.startswith(f"{option.distance_km:.0f} km away") for text in told)
