"""The page of an evaluation: self-contained, well-formed, and readable without seeing the charts."""

from __future__ import annotations

import html
import re
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest

from matchmaker.evaluation.evaluate import Evaluation
from matchmaker.evaluation.report.build import TITLE, sections
from matchmaker.evaluation.report.document import Dot, Dots, Steps, Table
from matchmaker.rendering.environment import coded
from matchmaker.reports.evaluation import dot_chart, evaluation_page, groups, report_files, step_chart

VOID = {"meta", "br"}


class Outline(HTMLParser):
    """What a page is made of; a tag that is closed out of turn is an error."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.found: list[tuple[str, dict[str, str | None], str]] = []
        self.feed(page)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs), self.open[-1] if self.open else ""))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs), self.open[-1] if self.open else ""))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def every(self, tag: str) -> list[dict[str, str | None]]:
        return [attrs for name, attrs, _ in self.found if name == tag]


@pytest.fixture(scope="module")
def page(evaluation: Evaluation) -> str:
    return evaluation_page(evaluation)


@pytest.fixture(scope="module")
def outline(page: str) -> Outline:
    return Outline(page)


def test_nothing_runs_and_nothing_is_fetched(page: str, outline: Outline) -> None:
    tags = {tag for tag, _, _ in outline.found}
    assert tags.isdisjoint({"script", "iframe", "img", "link", "object", "embed", "form"})
    assert not re.search(r"url\(|@import|javascript:", page)
    for _, attrs, _ in outline.found:
        assert not any(name.startswith("on") for name in attrs)
        assert attrs.get("href", "#").startswith("#")
        assert "src" not in attrs
    policy = next(attrs for attrs in outline.every("meta") if "http-equiv" in attrs)
    assert policy["http-equiv"] == "Content-Security-Policy"
    assert policy["content"].startswith("default-src 'none'")


def test_headings_go_down_one_level_at_a_time(outline: Outline) -> None:
    levels = [int(tag[1]) for tag, _, _ in outline.found if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_every_place_in_the_contents_is_there(outline: Outline) -> None:
    names = [attrs["id"] for _, attrs, _ in outline.found if "id" in attrs]
    assert len(names) == len(set(names))
    assert {attrs["href"].removeprefix("#") for attrs in outline.every("a")} <= set(names)


def test_what_the_document_says_the_page_says(page: str, evaluation: Evaluation) -> None:
    words = " ".join(html.unescape(re.sub(r"<[^>]*>", " ", page)).split())
    for section in sections(evaluation):
        assert section.title in words
        for block in section.blocks:
            if isinstance(block, Table):
                told = (" ".join(cell.replace("`", " ").split()) for row in block.rows for cell in row)
                assert all(cell in words for cell in told)


def test_what_stands_between_backticks_is_code_and_nothing_else_is() -> None:
    assert str(coded("run `a <b>` & `c`")) == "run <code>a &lt;b&gt;</code> &amp; <code>c</code>"
    assert str(coded("a ` alone & <b>")) == "a ` alone &amp; &lt;b&gt;"
    assert str(coded("none")) == "none"


def test_the_page_shows_no_markdown(page: str) -> None:
    assert "`" not in page
    assert "<code>practice-lightgbm</code>" in page


def test_wide_tables_and_charts_can_be_scrolled_by_keyboard(outline: Outline) -> None:
    regions = [attrs for attrs in outline.every("div") if attrs.get("class") == "scroll"]
    tables, charts = outline.every("table"), [one for one in outline.every("svg") if one.get("role") == "img"]
    assert len(regions) == len(tables) + len(charts)
    assert all(one["tabindex"] == "0" and one["role"] == "region" and one["aria-label"] for one in regions)
    assert all(parent == "div" for tag, _, parent in outline.found if tag == "table")
    assert all(one["aria-label"] for one in charts)


def test_every_row_has_a_header_and_what_rows_share_stands_once(page: str, evaluation: Evaluation) -> None:
    (first,) = re.findall(r"<h2>In short</h2>.*?<table>(.*?)</table>", page, re.DOTALL)
    shared = re.findall(r'<th scope="rowgroup" rowspan="(\d+)">([^<]*)</th>', first)
    assert [label for _, label in shared] == ["Buddying", "Structural", "Shared leadership"]
    assert sum(int(span) for span, _ in shared) == first.count("<tr>") - 1
    assert first.count('<th scope="row">') == first.count("<tr>") - 1
    assert first.count("<tbody") == len(shared)
    for table in re.findall(r"<table>.*?</table>", page, re.DOTALL):
        columns = table.count('scope="col"')
        body = table.partition("<tbody")[2]
        left = 0
        for row in re.findall(r"<tr>(.*?)</tr>", body, re.DOTALL):
            span = re.search(r'rowspan="(\d+)"', row)
            cells = len(re.findall(r"<t[hd][ >]", row))
            assert cells + (left > 0) == columns
            left = int(span[1]) - 1 if span else max(left - 1, 0)
            assert row.lstrip().startswith("<th")
        assert left == 0


def test_a_first_column_that_never_repeats_is_no_group() -> None:
    table = Table("", ("a", "b"), (("x", "1"), ("y", "2"), ("y", "3"), ("x", "4")))
    assert groups(table) == (("x", (("1",),)), ("y", (("2",), ("3",))), ("x", (("4",),)))


def test_values_stand_where_they_should_and_what_is_beyond_is_cut() -> None:
    chart = dot_chart(
        Dots("c", (Dot("a", 1.0, 0.5, 2.0), Dot("b", 8.0, 0.0, float("inf"))), 0.25, 8.0, 1.0, ratio=True)
    )
    ticks = {label: x for x, label in chart.ticks}
    one, other = chart.rows
    assert (one.low, one.x, one.high) == (ticks["0.5"], ticks["1"], ticks["2"])
    assert chart.line == ticks["1"]
    assert (other.low, other.x, other.high) == (ticks["0.25"], ticks["8"], ticks["8"])
    assert other.says == "8.00 (0.00 to no limit)"


def test_curves_go_down_in_steps() -> None:
    chart = step_chart(Steps("c", (("a", ((6.0, 0.5), (12.0, 0.0))),), "months"))
    ((line, name),) = chart.curves
    corners = [tuple(map(float, corner.split(","))) for corner in line.split()]
    assert name == "a"
    assert all(before[0] == after[0] or before[1] == after[1] for before, after in pairwise(corners))
    down, across = [y for _, y in corners], [x for x, _ in corners]
    assert down == sorted(down)
    assert across == sorted(across)


def test_the_files_of_a_report(evaluation: Evaluation) -> None:
    files = report_files(evaluation)
    assert {"evaluation.html", "evaluation.md", "summary.json", "replays.csv"} <= set(files)
    assert files["evaluation.md"].startswith(f"# {TITLE}\n")
    assert files == report_files(evaluation)


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
            asked: list[str] = []
            view.on("request", lambda request, asked=asked: asked.append(request.url))
            view.goto(file.as_uri())
            assert asked == [file.as_uri()]
            assert view.evaluate("document.documentElement.scrollWidth") <= width
            heights = view.evaluate(
                "[...document.querySelectorAll('svg text')].map(t => t.getBoundingClientRect().height)"
            )
            assert min(heights) >= 9
            outside = view.evaluate(
                """[...document.querySelectorAll('svg text')].filter(text => {
                const own = text.getBoundingClientRect(), svg = text.closest('svg').getBoundingClientRect();
                return own.left < svg.left - 1 || own.right > svg.right + 1; }).map(t => t.textContent)"""
            )
            assert outside == []
            overlapping = view.evaluate(
                """[...document.querySelectorAll('svg')].flatMap(svg => {
                const boxes = [...svg.querySelectorAll('text')].map(t => [t, t.getBoundingClientRect()]);
                return boxes.flatMap(([t, a], i) => boxes.slice(i + 1).filter(([, b]) =>
                  a.left < b.right - 1 && b.left < a.right - 1 &&
                  a.top < b.bottom - 2 && b.top < a.bottom - 2)
                  .map(([u]) => t.textContent + ' / ' + u.textContent)); })"""
            )
            assert overlapping == []
        browser.close()
