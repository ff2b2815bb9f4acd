"""Every organisation is on the map, and no label lies on another."""

from __future__ import annotations

from itertools import pairwise

import pytest

from matchmaker import Matchmaker
from matchmaker.features import Profiles
from matchmaker.models.arrangement import arrangements
from matchmaker.models.eligibility.candidates import any_service
from matchmaker.rendering.charts.map import HEIGHT, LINE, SIDE, TOP, WIDTH, Map, map_of


def check(drawn: Map, profiles: Profiles, codes: list[str]) -> None:
    assert {place.code for place in drawn.places} | set(drawn.missing) == set(codes)
    for anchor in ("start", "end"):
        heights = sorted(place.label_y for place in drawn.places if place.anchor == anchor)
        assert all(below - above >= LINE - 0.2 for above, below in pairwise(heights))
        assert all(0 < height <= HEIGHT for height in heights)
    for place in drawn.places:
        assert SIDE <= place.x <= WIDTH - SIDE and TOP <= place.y <= HEIGHT - TOP
    assert drawn.cloud.count("M") <= profiles.snapshot.organisations.height


def test_labels_never_overlap_however_close_the_places_are(harbour_engine: Matchmaker) -> None:
    profiles = harbour_engine.profiles()
    codes = list(profiles.organisations["code"])
    for recipient in codes:
        others = [code for code in codes if code != recipient]
        check(map_of(profiles, recipient, others), profiles, codes)


def test_north_is_up_and_east_is_right(harbour_engine: Matchmaker) -> None:
    drawn = map_of(harbour_engine.profiles(), "AMB", ["INK", "KIT"])
    at = {place.code: place for place in drawn.places}
    assert at["INK"].y < at["AMB"].y == at["KIT"].y
    assert at["AMB"].x == at["INK"].x < at["KIT"].x
    assert (at["AMB"].anchor, at["KIT"].anchor) == ("start", "end")
    assert [at[code].rank for code in ("AMB", "INK", "KIT")] == [0, 1, 2]
    assert drawn.places[-1].code == "AMB"  # drawn last, so on top


def test_one_whose_place_is_not_known_is_named(harbour_engine: Matchmaker) -> None:
    drawn = map_of(harbour_engine.profiles(), "AMB", ["NOWHERE"])
    assert drawn.missing == ("NOWHERE",)


@pytest.mark.parametrize("recipient", ["RPA", "RX9", "RNN"])
def test_real_lists_fit_on_the_map(engine: Matchmaker, recipient: str) -> None:
    for arrangement in arrangements(engine.sector).values():
        service = any_service(arrangement, engine.profiles())
        answer = engine.shortlist(recipient, arrangement, n_draws=0, service=service)
        options = [option.organisation.code for option in answer.options]
        check(map_of(engine.profiles(), recipient, options), engine.profiles(), [recipient, *options])
