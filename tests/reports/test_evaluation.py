"""The document on an evaluation: self-contained, well-formed, and readable without seeing the charts."""

from __future__ import annotations

from pathlib import Path

import pytest

from matchmaker.evaluation.evaluate import Evaluation
from matchmaker.evaluation.published import published_evaluation
from matchmaker.evaluation.report.build import TITLE, sections
from matchmaker.evaluation.report.document import Items, Section, Table, Text
from matchmaker.reports.evaluation import evaluation_report, report_files
from matchmaker.sector import load_sector

from .outline import check_document, words_of

NHS = load_sector("nhs")


@pytest.fixture(scope="module")
def report() -> list[Section]:
    published = published_evaluation(NHS)
    assert published is not None
    return sections(published, NHS)


@pytest.fixture(scope="module")
def page() -> str:
    published = published_evaluation(NHS)
    assert published is not None
    return evaluation_report(published, NHS)


@pytest.mark.snapshot
def test_the_document_is_sound(page: str) -> None:
    outline = check_document(page)
    assert all(link.startswith("#") for link in outline.every("href"))
    assert "`" not in page
    assert "<code>practice-lightgbm</code>" in page


@pytest.mark.snapshot
def test_everything_of_the_report_is_in_the_document(page: str, report: list[Section]) -> None:
    words = words_of(page)
    for section in report:
        assert section.title in words
        for block in section.blocks:
            match block:
                case Table():
                    texts = [cell for row in block.rows for cell in row]
                case Items():
                    texts = list(block.items)
                case Text():
                    texts = [block.words]
                case _:
                    texts = [block.caption]
            for text in texts:
                assert " ".join(text.replace("`", " ").split()) in words


@pytest.mark.snapshot
@pytest.mark.browser
def test_in_a_browser_nothing_is_cut_or_lies_on_another(page: str, tmp_path: Path) -> None:
    """At the width of a phone and of a desk, without a scroll bar for the page, and with readable charts."""
    browsers = pytest.importorskip("playwright.sync_api")
    chromium = Path("/usr/bin/chromium")
    if not chromium.exists():
        pytest.skip("chromium is not installed")
    file = tmp_path / "evaluation.html"
    file.write_text(page, "utf-8")
    with browsers.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(chromium), args=["--no-sandbox"])
        for width in (360, 1280):
            view = browser.new_page(viewport={"width": width, "height": 800})
            requests: list[str] = []
            view.on("request", lambda request, requests=requests: requests.append(request.url))
            view.goto(file.as_uri())
            assert requests == [file.as_uri()]
            assert view.evaluate("document.documentElement.scrollWidth") <= width
            assert view.evaluate(OUTSIDE) == []
            assert view.evaluate(OVERLAPPING) == []
        browser.close()


OUTSIDE = """[...document.querySelectorAll('svg text')].filter(text => {
  const own = text.getBoundingClientRect(), svg = text.closest('svg').getBoundingClientRect();
  return own.left < svg.left - 1 || own.right > svg.right + 1; }).map(t => t.textContent)"""
OVERLAPPING = """[...document.querySelectorAll('svg')].flatMap(svg => {
  const boxes = [...svg.querySelectorAll('text')].map(t => [t, t.getBoundingClientRect()]);
  return boxes.flatMap(([t, a], i) => boxes.slice(i + 1).filter(([, b]) =>
    a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 2 && b.top < a.bottom - 2)
    .map(([u]) => t.textContent + ' / ' + u.textContent)); })"""


def test_the_files_of_a_report(evaluation: Evaluation) -> None:
    files = report_files(evaluation)
    assert {"evaluation.html", "evaluation.md", "evaluation.json", "summary.json", "replays.csv"} <= set(
        files
    )
    assert files["evaluation.md"].startswith(f"# {TITLE}\n")
    assert files == report_files(evaluation)
