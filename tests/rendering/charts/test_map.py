"""Every organisation is on the map, and no mark lies on another."""

from __future__ import annotations

from itertools import combinations
from math import hypot
from xml.etree import ElementTree

import pytest

from matchmaker import Matchmaker
from matchmaker.features.profiles import Profiles
from matchmaker.models.arrangement import arrangements
from matchmaker.models.eligibility.candidates import any_service
from matchmaker.rendering.charts.map import APART, EDGE, HEIGHT, WIDTH, Map, Ring, map_of, to_svg


def check(drawn: Map, profiles: Profiles, codes: list[str]) -> None:
    assert {place.code for place in drawn.places} | set(drawn.missing) == set(codes)
    for place in drawn.places:
        assert EDGE <= place.x <= WIDTH - EDGE and EDGE <= place.y <= HEIGHT - EDGE
    for one, other in combinations(drawn.places, 2):
        assert hypot(one.x - other.x, one.y - other.y) >= APART - 0.5
    assert drawn.cloud.count("M") <= profiles.snapshot.organisations.height


def test_marks_never_overlap_however_close_the_places_are(harbour_engine: Matchmaker) -> None:
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


def test_each_area_of_the_sector_has_an_outline_and_holds_its_organisations(engine: Matchmaker) -> None:
    drawn = map_of(engine.profiles(), "RPA", ["RN7"])
    regions = set(engine.profiles().organisations["region"].drop_nulls())
    assert {name for name, _ in drawn.areas} == regions
    assert "Crown copyright" in drawn.attribution
    for code, region in (("RPA", "South East"), ("RA9", "South West"), ("RNN", "North East and Yorkshire")):
        (place,) = map_of(engine.profiles(), code, []).places
        within = [name for name, rings in drawn.areas if inside(rings, place.at_x, place.at_y)]
        assert within == [place.region] and region in regions


def inside(rings: tuple[Ring, ...], x: float, y: float) -> bool:
    """Whether a point is inside some rings, by counting the edges to its right."""
    crossings = 0
    for ring in rings:
        for (x1, y1), (x2, y2) in zip(ring, ring[1:] + ring[:1], strict=True):
            crossings += (y1 > y) != (y2 > y) and x < x1 + (y - y1) * (x2 - x1) / (y2 - y1)
    return crossings % 2 == 1


def test_marks_in_one_place_are_moved_apart_and_say_so(engine: Matchmaker) -> None:
    drawn = map_of(engine.profiles(), "RJ1", ["RRV", "R1H", "RJZ", "RYJ"])  # all in the middle of London
    assert any(place.is_moved for place in drawn.places)
    check(drawn, engine.profiles(), ["RJ1", "RRV", "R1H", "RJZ", "RYJ"])


def test_the_svg_stands_by_itself_and_escapes_names(engine: Matchmaker) -> None:
    drawn = map_of(engine.profiles(), "RPA", ["RN7"])
    svg = to_svg(drawn, "A <b> & c")
    root = ElementTree.fromstring(svg)
    assert root[0].text == "A <b> & c"
    assert len(svg) < 40_000 and all(one.get("fill") for one in root if one.tag.endswith("text"))
    assert [one.text for one in root if one.tag.endswith("text")] == ["1"]


def test_a_sector_without_outlines_has_a_map_without_lines(harbour_engine: Matchmaker) -> None:
    drawn = map_of(harbour_engine.profiles(), "AMB", ["INK"])
    assert drawn.areas == () and drawn.attribution == ""
