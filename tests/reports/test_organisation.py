"""An organisation as a document: self-contained, well formed, readable, and names only text."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise

import pytest

from matchmaker import Matchmaker
from matchmaker.features.comparison import Comparison, compare
from matchmaker.models.overview import OrganisationOverview
from matchmaker.reports.organisation import organisation_report

HOSTILE = '</title><script>alert("x")</script> [red]& [/nothing]'
VOID = {"meta", "br", "img", "input", "link"}


class Outline(HTMLParser):
    """Collects what a page is made of; a tag that is closed out of turn is an error."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        self.ids += [value or "" for name, value in attrs if name == "id"]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def _compared(engine: Matchmaker, *codes: str) -> Comparison:
    return compare([engine.profile(code) for code in codes])


@pytest.fixture(scope="module")
def overview(harbour_engine: Matchmaker) -> OrganisationOverview:
    return harbour_engine.overview("EEL")


@pytest.fixture(scope="module")
def page(harbour_engine: Matchmaker, overview: OrganisationOverview) -> str:
    return organisation_report(overview, harbour_engine.sector, _compared(harbour_engine, "EEL", "COR"))


@pytest.fixture(scope="module")
def outline(page: str) -> Outline:
    return Outline(page)


def test_it_asks_the_network_for_nothing(page: str) -> None:
    assert "default-src 'none'" in page
    assert not re.search(r"<(script|link|img|iframe|object|embed|base|form)\b", page, re.IGNORECASE)
    assert not re.search(r"\b(src|srcset|style|on\w+)\s*=", page)
    assert "url(" not in page and "@import" not in page


def test_it_is_well_formed(outline: Outline) -> None:
    assert outline.open == []
    assert len(set(outline.ids)) == len(outline.ids)
    links = [attrs["href"] or "" for tag, attrs in outline.found if tag == "a"]
    assert {link[1:] for link in links if link.startswith("#")} <= set(outline.ids)
    assert all(link.startswith(("#", "https://")) for link in links)
    for _, attrs in outline.found:
        for part in (attrs.get("aria-labelledby") or "").split():
            assert part in outline.ids


def test_headings_go_down_one_level_at_a_time(outline: Outline) -> None:
    levels = [int(tag[1]) for tag, _ in outline.found if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_every_chart_has_a_table_twin(page: str, overview: OrganisationOverview) -> None:
    figures = re.findall(r"<figure[^>]*>.*?</figure>", page, re.DOTALL)
    assert len(figures) == len(overview.trends) > 1
    for drawn, trend in zip(figures, overview.trends, strict=True):
        assert drawn.count("<circle") == len(trend.points)
        assert drawn.count('<th scope="row">') == len(trend.points)
        assert 'role="img"' in drawn and "<figcaption" in drawn


def test_every_column_and_row_has_a_heading(page: str) -> None:
    tables = re.findall(r"<table.*?</table>", page, re.DOTALL)
    assert tables
    for table in tables:
        assert 'scope="col"' in table
        for row in re.findall(r"<tr.*?</tr>", table, re.DOTALL)[1:]:
            assert 'scope="row"' in row


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _long(colour: str) -> str:
    return colour if len(colour) == 7 else "#" + "".join(2 * letter for letter in colour[1:])


def test_text_stands_out_from_its_ground(page: str) -> None:
    """WCAG 2.2 AA: a contrast of 4.5 to 1 or more, on the ground of the rule or of the page."""
    colour = r"(?<![-\w]){}: (#[0-9a-f]{{3,6}})\b"
    seen = 0
    for rule in re.findall(r"\{([^{}]*)\}", page):
        for ink in map(_long, re.findall(colour.format("color"), rule)):
            grounds = re.findall(colour.format("background"), rule) or ["#ffffff", "#f0f4f5"]
            for ground in map(_long, grounds):
                dark, light = sorted((_luminance(ink) + 0.05, _luminance(ground) + 0.05))
                assert light / dark >= 4.5, rule
                seen += 1
    assert seen > 5


def test_names_are_only_text(harbour_engine: Matchmaker, overview: OrganisationOverview) -> None:
    profile = replace(overview.profile, name=HOSTILE, region=HOSTILE, locality=HOSTILE)
    peers = tuple(
        replace(peer, organisation=replace(peer.organisation, name=HOSTILE, region=HOSTILE))
        for peer in overview.peers
    )
    sources = tuple(replace(source, title=HOSTILE, page="javascript:alert(1)") for source in overview.sources)
    evil = replace(overview, profile=profile, peers=peers, sources=sources)
    compared = compare([profile, harbour_engine.profile("COR")])
    page = organisation_report(evil, harbour_engine.sector, compared)
    assert "<script" not in page and "javascript:" not in page
    assert "&lt;/title&gt;&lt;script&gt;" in page
    assert Outline(page).open == []


def test_the_words_are_those_of_the_sector(page: str, engine: Matchmaker) -> None:
    assert "harbour" in page and "trust" not in page
    of_nhs = organisation_report(engine.overview("RPA"), engine.sector, _compared(engine, "RPA", "RVV"))
    assert "acute trust" in of_nhs and "harbour" not in of_nhs
    assert Outline(of_nhs).open == []
