"""The record of a method is that of the published evaluation, and stands on every list."""

from __future__ import annotations

import pytest

from matchmaker import Matchmaker
from matchmaker.evaluation.published import published_evaluation
from matchmaker.models.method_record import method_records, shown_methods
from matchmaker.sector import Sector


@pytest.mark.parametrize(
    ("arrangement", "family"),
    [
        ("buddying", "Buddying"),
        ("service", "Buddying"),
        ("merger", "Structural"),
        ("contract", "Shared leadership"),
    ],
)
def test_a_record_is_the_published_one_of_its_past_pairings(
    arrangement: str, family: str, engine: Matchmaker
) -> None:
    published = published_evaluation(engine.sector)
    assert published is not None
    found = method_records(engine.sector, arrangement, ("practice", "nearest", "no-such"))
    assert [one.method for one in found] == ["practice", "nearest"]
    for one in found:
        first_5, first_10 = (published.figure(family, one.method, metric) for metric in ("hit@5", "hit@10"))
        assert first_5 is not None and first_10 is not None
        assert (one.family, one.pairings, one.recipients) == (family, first_5.queries, first_5.organisations)
        assert (one.first_5.value, one.first_10.value) == (first_5.value, first_10.value)
        won = published.win_loss(family, one.method, "hit@10")
        assert (one.wins, one.losses) == ((won.wins, won.losses) if won else (0, 0))


def test_practice_and_the_nearest_stand_beside_the_method_in_use(engine: Matchmaker) -> None:
    assert shown_methods(engine.sector, "evidence") == ("evidence", "practice", "nearest")
    assert shown_methods(engine.sector, "nearest") == ("nearest", "evidence", "practice")


@pytest.mark.parametrize("method", ["evidence", "nearest"])
def test_every_list_says_the_record_of_its_method(method: str, engine: Matchmaker) -> None:
    answer = engine.shortlist("RPA", "buddying", method=method, limit=1, n_draws=0)
    (record,) = method_records(engine.sector, "buddying", (method,))
    assert record.sentence in answer.notes
    assert "best" not in record.sentence


def test_a_sector_without_an_evaluation_has_no_records(harbours: Sector) -> None:
    assert method_records(harbours, "mentoring", ("evidence",)) == ()
    assert shown_methods(harbours, "evidence") == ("evidence",)
