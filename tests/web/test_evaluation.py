"""The evaluation on pages: words that follow from the figures, charts that say what their tables say."""

from __future__ import annotations

import csv
import io

import pytest
from fastapi.testclient import TestClient
from markupsafe import escape

from matchmaker.evaluation.published import published_evaluation
from matchmaker.evaluation.records import Difference, PublishedEvaluation
from matchmaker.evaluation.report.build import sections
from matchmaker.evaluation.report.outcomes import answer
from matchmaker.rendering.charts.dots import DotChart
from matchmaker.rendering.evaluation import parts
from matchmaker.sector import load_sector
from matchmaker.web.presenters import evaluation as present

pytestmark = pytest.mark.snapshot
NHS = load_sector("nhs")


@pytest.fixture
def published() -> PublishedEvaluation:
    found = published_evaluation(NHS)
    assert found is not None
    return found


def with_difference(published: PublishedEvaluation, baseline: str | None, **changes: float) -> str:
    """The first sentence on families, with one difference for buddying set."""

    def changed(one: Difference) -> Difference:
        own = (one.family, one.baseline, one.metric, one.method) == (
            "Buddying",
            baseline,
            "hit@5",
            "evidence",
        )
        return one.model_copy(update=changes) if own else one

    other = published.model_copy(update={"differences": tuple(map(changed, published.differences))})
    return present.short_comparisons(other, NHS)[0]


def test_the_words_follow_the_figures(published: PublishedEvaluation) -> None:
    near, chance = published.nearest, published.chance
    unclear = with_difference(published, near, value=-0.1, low=-0.4, high=0.2)
    clear = with_difference(published, near, value=-0.3, low=-0.4, high=-0.2)
    assert "That could be chance." in unclear
    assert "That is more than chance." in clear
    better = with_difference(published, chance, value=0.3, low=0.1, high=0.5)
    worse = with_difference(published, chance, value=-0.3, low=-0.5, high=-0.1)
    level = with_difference(published, chance, value=0.1, low=-0.1, high=0.5)
    assert "It did better than picking at random" in better
    assert "It did worse than picking at random" in worse
    assert "can't be told apart from picking at random" in level


def test_a_family_of_few_is_not_described(published: PublishedEvaluation) -> None:
    few = tuple(
        one.model_copy(update={"queries": 3}) if one.family == "Buddying" else one
        for one in published.figures
    )
    views = present.family_views(published.model_copy(update={"figures": few}), NHS)
    assert [one.title for one in views] == [
        "Past mergers and acquisitions",
        "Past cases of shared leadership",
    ]


def test_the_page_says_the_main_figures_and_their_limits(
    client: TestClient, published: PublishedEvaluation
) -> None:
    text = client.get("/nhs/evaluation").text
    shown = present.charted_methods(published)
    assert shown == ("random", "nearest", "evidence", "practice")
    for one in published.headline(("hit@5", "hit@10")):
        if one.family != "Management contract" and one.method in shown:
            assert present.format_figure(one) in text
    assert str(escape(answer(published.outcomes, NHS))) in text
    assert "No method here has been shown to improve outcomes." in text
    for _, meaning in present.meanings(published, NHS):
        assert str(escape(meaning)) in text


def test_it_says_when_other_figures_are_in_use(
    client: TestClient, published: PublishedEvaluation, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "This evaluation was made from snapshot" not in client.get("/nhs/evaluation").text
    of_others = published.model_copy(update={"snapshot": "0" * 64})
    monkeypatch.setattr("matchmaker.web.routes.evaluation.published_evaluation", lambda sector: of_others)
    assert "This evaluation was made from snapshot 000000000000" in client.get("/nhs/evaluation").text


def test_every_miss_is_explained(client: TestClient, published: PublishedEvaluation) -> None:
    text = client.get("/nhs/evaluation/misses").text
    for miss in published.misses:
        assert f"{miss.rank:g} of {miss.among} candidates" in text
    assert text.count("What set the two apart") == len(published.misses) == 10


def test_the_report_holds_every_section(client: TestClient, published: PublishedEvaluation) -> None:
    text = client.get("/nhs/evaluation/report").text
    found = parts(sections(published, NHS))
    for part in found:
        assert f'id="{part.at}"' in text
    rows = [len(block.rows) for part in found for block in part.blocks if isinstance(block, DotChart)]
    assert text.count('<svg viewBox="0 0 100 20"') == sum(rows) > 20


def test_the_csv_holds_the_figures(client: TestClient, published: PublishedEvaluation) -> None:
    answer = client.get("/nhs/evaluation/figures.csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [float(row["value"]) for row in rows] == [one.value for one in published.headline()]
    assert {row["label"] for row in rows} >= {"Chance", "Evidence fit (the default)"}
