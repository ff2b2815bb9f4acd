"""How old the figures behind an answer are: noted when old, refused beyond their day."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl
import pytest

from matchmaker.errors import InvalidParameter
from matchmaker.models.data_age import MAX_AGE_DAYS, today
from matchmaker.models.engine import Matchmaker
from matchmaker.snapshot import Snapshot


def on(snapshot: Snapshot, days: int) -> Matchmaker:
    """An engine whose today is so many days after the snapshot's."""
    return Matchmaker(snapshot, today=snapshot.as_of + timedelta(days=days))


def answers(engine: Matchmaker, as_of: date | None = None) -> list[object]:
    return [
        engine.shortlist("OSP", as_of=as_of, n_draws=0),
        engine.why_not("OSP", "EEL", as_of=as_of),
        engine.assign(as_of=as_of, n_draws=0),
        engine.overview("OSP", as_of),
        engine.signs(as_of),
    ]


def test_every_answer_says_that_its_figures_are_old(harbour_snapshot: Snapshot) -> None:
    old, young = on(harbour_snapshot, MAX_AGE_DAYS + 1), on(harbour_snapshot, MAX_AGE_DAYS)
    for answer, before in zip(answers(old), answers(young), strict=True):
        notes = answer.notes  # type: ignore[attr-defined]
        assert notes[0].startswith("The published figures hold up to 30 June 2025, 93 days ago")
        assert notes[1:] == before.notes  # type: ignore[attr-defined]
        assert answer.data_age.snapshot_day == harbour_snapshot.as_of  # type: ignore[attr-defined]


def test_the_note_names_the_latest_period_of_the_headline_features(harbour_snapshot: Snapshot) -> None:
    answer = on(harbour_snapshot, 100).overview("OSP")
    assert answer.data_age is not None
    for one in answer.data_age.latest:
        assert one.label in answer.notes[0]
        cell = next(cell for cell in answer.profile.cells if cell.feature == one.feature)
        assert one.period_end == cell.period_end


def test_an_earlier_day_that_was_asked_about_is_not_remarked_on(harbour_snapshot: Snapshot) -> None:
    day = harbour_snapshot.as_of - timedelta(days=1)
    assert not any("hold up to" in note for note in on(harbour_snapshot, 900).overview("OSP", day).notes)


def test_a_day_after_the_snapshots_is_refused(harbour_snapshot: Snapshot) -> None:
    engine = on(harbour_snapshot, 900)
    later = harbour_snapshot.as_of + timedelta(days=1)
    for ask in (
        lambda: engine.shortlist("OSP", as_of=later),
        lambda: engine.why_not("OSP", "EEL", as_of=later),
        lambda: engine.assign(as_of=later),
        lambda: engine.overview("OSP", later),
        lambda: engine.signs(later),
        lambda: engine.profile("OSP", later),
    ):
        with pytest.raises(InvalidParameter, match="the data hold up to 30 June 2025") as caught:
            ask()
        assert caught.value.loc == ("as_of",)


def test_own_data_move_the_day_but_not_the_age_of_what_is_published(harbour_snapshot: Snapshot) -> None:
    measure = harbour_snapshot.measures["measure"][0]
    value = harbour_snapshot.measures["value"][0]
    day = harbour_snapshot.as_of + timedelta(days=MAX_AGE_DAYS + 8)
    rows = {"port": ["OSP"], "measure": [measure], "value": [value * 1.01], "period_end": [day]}
    engine = (
        on(harbour_snapshot, 0)
        .with_data(pl.DataFrame(rows))
        .with_data(pl.DataFrame(rows | {"port": ["EEL"]}))
    )
    assert engine.snapshot.as_of == day
    answer = engine.overview("OSP", day)
    assert answer.data_age is not None and answer.data_age.snapshot_day == harbour_snapshot.as_of
    assert answer.notes[0].startswith("The published figures hold up to 30 June 2025, 100 days")
    with pytest.raises(InvalidParameter, match="the data hold up to"):
        engine.overview("OSP", day + timedelta(days=1))


def test_today_can_be_fixed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MATCHMAKER_TODAY", "2021-02-03")
    assert today() == date(2021, 2, 3)
    monkeypatch.setenv("MATCHMAKER_TODAY", "soon")
    with pytest.raises(InvalidParameter, match="MATCHMAKER_TODAY is 'soon'"):
        today()
