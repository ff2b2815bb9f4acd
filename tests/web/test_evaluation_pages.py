"""The evaluation told: in words that follow from the figures, in charts that say what their tables say."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import replace

import pytest
from fastapi.testclient import TestClient

from matchmaker.evaluation.published import Difference, PublishedEvaluation, published_evaluation
from matchmaker.evaluation.report.document import Dot, Dots
from matchmaker.web.app import create_app
from matchmaker.web.presenters import evaluation as shown
from matchmaker.web.rendering import coded


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    with TestClient(create_app()) as client:
        yield client


def with_difference(value: float, low: float, high: float, baseline: str = "nearest") -> PublishedEvaluation:
    """The bundled evaluation with one difference for buddying set."""
    others = [
        one for one in published_evaluation().beside if (one.family, one.baseline) != ("Buddying", baseline)
    ]
    own = Difference("Buddying", baseline, baseline, value, low, high, 0.5, 18)
    return replace(published_evaluation(), beside=(own, *others))


def test_the_words_follow_the_figures() -> None:
    unclear = shown.shortly(with_difference(-0.1, -0.4, 0.2))[0]
    clear = shown.shortly(with_difference(-0.3, -0.4, -0.2))[0]
    assert "That could be chance." in unclear
    assert "That is more than chance." in clear
    better = shown.shortly(with_difference(0.3, 0.1, 0.5, "random"))[0]
    assert "better than picking at random" in better
    level = shown.shortly(with_difference(0.1, -0.1, 0.5, "random"))[0]
    assert "can't be told apart from picking at random" in level


def test_a_family_of_few_is_not_told_in_words() -> None:
    few = tuple(
        replace(one, queries=3) if one.family == "Buddying" else one for one in published_evaluation().figures
    )
    names = [one.name for one in shown.families(replace(published_evaluation(), figures=few))]
    assert names == ["Structural", "Shared leadership"]


def test_the_page_says_the_main_figures_and_their_limits(client: TestClient) -> None:
    text = client.get("/evaluation").text
    for one in published_evaluation().figures:
        if one.family != "Management contract" and one.method in shown.BARS and one.metric != "percentile":
            assert shown.limits(one) in text
    assert published_evaluation().outcome in text
    assert "No method here has been shown to improve outcomes." in text


def test_it_says_when_other_figures_are_in_use(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "This evaluation was made from snapshot" not in client.get("/evaluation").text
    of_others = replace(published_evaluation(), snapshot="0" * 64)
    monkeypatch.setattr("matchmaker.web.routes.evaluation.bundled", lambda: of_others)
    assert "This evaluation was made from snapshot 000000000000" in client.get("/evaluation").text


def test_every_miss_is_explained(client: TestClient) -> None:
    text = client.get("/evaluation/misses").text
    for miss in published_evaluation().misses:
        assert f"{miss.rank:g} of {miss.among} candidates" in text
    assert text.count("What set the two apart") == len(published_evaluation().misses) == 10


def test_the_report_holds_every_section(client: TestClient) -> None:
    text = client.get("/evaluation/report").text
    parts = shown.parts(published_evaluation().sections)
    for part in parts:
        assert f'id="{part.at}"' in text
    assert text.count('<svg viewBox="0 0 100 20"') == sum(
        len(block.rows) for part in parts for block in part.blocks if isinstance(block, shown.Bars)
    )


def test_the_csv_holds_the_figures(client: TestClient) -> None:
    answer = client.get("/evaluation/figures.csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [float(row["value"]) for row in rows] == [one.value for one in published_evaluation().figures]


def test_a_chart_keeps_its_values_on_its_scale() -> None:
    dots = Dots(
        "A chart", (Dot("a", 1.0, 0.1, float("inf")), Dot("b", 0.25, None, None)), 0.25, 4.0, 1.0, True
    )
    found = shown.bars(dots)
    assert [row.value for row in found.rows] == [50.0, 0.0]
    assert (found.rows[0].low, found.rows[0].high, found.line) == (0.0, 100.0, 50.0)
    assert found.rows[0].told == "1.00 (0.10 to no limit)"
    assert found.ticks == ("0.25", "1", "4")


def test_code_is_marked_and_everything_else_escaped() -> None:
    assert coded("run `a <b>` & <i>go</i>") == "run <code>a &lt;b&gt;</code> &amp; &lt;i&gt;go&lt;/i&gt;"
