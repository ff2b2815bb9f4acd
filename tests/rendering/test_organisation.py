"""What is shown of one organisation is its profile, each figure once."""

from __future__ import annotations

from matchmaker import Matchmaker
from matchmaker.features.profiles import KNOWN
from matchmaker.rendering.organisation import dimension_order, dimensions, organisation_view


def test_every_known_figure_is_in_one_dimension(harbour_engine: Matchmaker) -> None:
    profile = harbour_engine.profile("EEL")
    shown = [cell for one in dimensions(profile, harbour_engine.sector) for cell in one.cells]
    assert len(shown) == len(profile.in_state(KNOWN)) > 5
    assert set(shown) == set(profile.in_state(KNOWN))


def test_dimensions_come_in_the_order_of_the_sector(engine: Matchmaker, harbour_engine: Matchmaker) -> None:
    assert dimension_order(engine.sector)[:2] == ["quality", "performance"]
    assert set(dimension_order(engine.sector)) == set(engine.sector.dimensions)
    assert dimension_order(harbour_engine.sector) == list(harbour_engine.sector.dimensions)


def test_a_summary_counts_weak_and_strong_figures(harbour_engine: Matchmaker) -> None:
    summaries = {
        one.name: one.summary for one in dimensions(harbour_engine.profile("EEL"), harbour_engine.sector)
    }
    assert summaries["service"] == "1 figure, 1 among the weakest fifth"
    best = {one.name: one.summary for one in dimensions(harbour_engine.profile("GUL"), harbour_engine.sector)}
    assert best["safety"] == "2 figures, 2 among the strongest"


def test_peers_are_compared_in_the_words_of_the_sector(harbour_engine: Matchmaker) -> None:
    view = organisation_view(harbour_engine.overview("EEL"), harbour_engine.sector)
    assert (view["peer_dimensions"], view["plural"]) == ("setting and size", "fishing harbours")
