"""The published evaluation: figures as a file, the one of the bundled snapshot, and notice of another."""

from __future__ import annotations

import json
import shutil
from datetime import date
from pathlib import Path

import pytest

from matchmaker import Matchmaker, Snapshot, __version__
from matchmaker.evaluation.evaluate import Evaluation
from matchmaker.evaluation.published import (
    DIGITS,
    MAIN_METRICS,
    METRICS,
    publish,
    published_evaluation,
    to_json,
)
from matchmaker.evaluation.records import ALL, PublishedEvaluation
from matchmaker.sector import Sector, read_sector

STALE = "run 'make documents'"


def test_what_was_written_is_read_again(
    published: PublishedEvaluation, harbours: Sector, tmp_path: Path
) -> None:
    folder = Path(shutil.copytree(str(harbours.folder), tmp_path / "harbours"))
    assert published_evaluation(read_sector(folder)) is None
    (folder / "artefacts").mkdir()
    (folder / "artefacts" / "evaluation.json").write_text(to_json(published), "utf-8")
    assert published_evaluation(read_sector(folder)) == published


def test_the_same_evaluation_gives_the_same_bytes(harbour_evaluation: Evaluation) -> None:
    assert to_json(publish(harbour_evaluation)) == to_json(publish(harbour_evaluation))


def test_the_file_holds_figures_and_a_row_a_line(published: PublishedEvaluation) -> None:
    text = to_json(published)
    assert len(text.splitlines()) > len(published.figures)
    content = json.loads(text)
    assert "sections" not in content
    assert all(round(row["value"], DIGITS) == row["value"] for row in content["figures"])


def test_figures_are_the_means_of_the_evaluation(
    published: PublishedEvaluation, harbour_evaluation: Evaluation
) -> None:
    for row in harbour_evaluation.means.iter_rows(named=True):
        figure = published.figure(row["family"], row["method"], row["metric"], row["population"])
        if row["metric"] not in METRICS:
            assert figure is None
            continue
        assert figure is not None
        assert figure.value == pytest.approx(row["value"], abs=1e-6)
        assert (figure.queries, figure.organisations) == (row["queries"], row["organisations"])


def test_the_main_figures_begin_with_chance_and_the_nearest(published: PublishedEvaluation) -> None:
    assert (published.chance, published.nearest) == ("random", "nearest")
    assert published.families == ("Mentoring", "Takeover")
    main = published.headline()
    assert [figure.method for figure in main if figure.metric == "hit@5"] == 2 * [
        "random",
        "nearest",
        "evidence",
    ]  # learned methods had too few past choices
    assert {figure.population for figure in main} == {ALL}
    assert published.learned() == ["past-choices", "past-choices-forward"]
    assert published.label("past-choices-forward") == "Past choices, earlier years only"


def test_chance_is_worked_out_so_it_has_no_interval(engine: Matchmaker) -> None:
    published = published_evaluation(engine.sector)
    assert published is not None
    for figure in published.figures:
        if figure.method == "random":
            assert (figure.low, figure.high) == (None, None)
        elif figure.low is not None and figure.high is not None:
            assert figure.low <= figure.value <= figure.high, figure


def test_differences_are_against_the_nearest_and_chance(published: PublishedEvaluation) -> None:
    assert {(row.baseline, row.metric) for row in published.differences} == {
        (baseline, metric) for baseline in ("nearest", "random") for metric in MAIN_METRICS
    }


def test_it_says_when_another_snapshot_is_in_use(published: PublishedEvaluation) -> None:
    notice = published.stale_notice("f" * 64, date(2027, 3, 3))
    assert notice is not None
    assert "ffffffffffff of 3 March 2027" in notice
    assert published.snapshot[:12] in notice
    assert published.stale_notice(published.snapshot, date(2027, 3, 3)) is None


@pytest.fixture(scope="module")
def shipped(engine: Matchmaker) -> PublishedEvaluation:
    found = published_evaluation(engine.sector)
    assert found is not None
    return found


def test_it_is_of_the_bundled_snapshot_and_this_version(
    shipped: PublishedEvaluation, snapshot: Snapshot
) -> None:
    assert (shipped.sector, shipped.snapshot, shipped.version) == ("nhs", snapshot.hash, __version__), STALE


def test_a_replay_gives_the_figures_and_misses_published(
    evaluation: Evaluation, shipped: PublishedEvaluation
) -> None:
    """Those of methods that learn nothing: what is learned may differ between machines."""
    again = publish(evaluation)
    replayed = [figure for figure in again.headline() if figure.method not in again.learned()]
    assert len(replayed) == 36  # four families, three methods, three metrics
    for figure in replayed:
        other = shipped.figure(figure.family, figure.method, figure.metric)
        assert other is not None
        assert (figure.queries, figure.organisations) == (other.queries, other.organisations)
        for name in ("value", "low", "high"):
            assert getattr(figure, name) == pytest.approx(getattr(other, name), abs=1e-6), STALE
    assert [miss.pairing_id for miss in again.misses] == [miss.pairing_id for miss in shipped.misses]
    assert len(shipped.misses) == 10
    assert all(miss.apart for miss in shipped.misses)
