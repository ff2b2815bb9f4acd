"""Pages to be read: about, transparency, accessibility, privacy, data, method, the interface, all pages."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator
from html import unescape

import polars as pl
import pytest
from fastapi.testclient import TestClient
from markupsafe import escape
from playwright.sync_api import Page
from pydantic import ValidationError

from matchmaker import Matchmaker
from matchmaker.api.settings import Settings
from matchmaker.models.arrangement import arrangements
from matchmaker.models.evidence import findings
from matchmaker.models.registry import METHODS
from matchmaker.web.app import create_app
from matchmaker.web.content.atrs import Entry
from matchmaker.web.content.atrs import record as the_record
from matchmaker.web.navigation import FOOTER, NAVIGATION, SITEMAP
from matchmaker.web.presenters import atrs, data, method

from .conftest import SETTLED

PAGES = (
    "/about",
    "/about/transparency",
    "/accessibility",
    "/privacy",
    "/sitemap",
    "/data",
    "/data/features",
    "/data/sources",
    "/method",
    "/api",
    "/evaluation",
    "/evaluation/misses",
    "/evaluation/report",
    "/assign",
    "/assign?arrangement=acquisition&floor=0.6",
)
LOST = "all => all.map(one => one.hash.slice(1)).filter(id => !document.getElementById(id))"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    file = tmp_path_factory.mktemp("log") / "decisions.db"
    with TestClient(create_app(Settings(decisions=f"sqlite:///{file}"))) as client:
        yield client


@pytest.mark.parametrize("path", PAGES)
def test_a_page_stands_every_check(
    open_page: Callable[..., Page],
    check_layout: Callable[[Page], None],
    check_page: Callable[[Page], None],
    path: str,
) -> None:
    page = open_page(path, 360)
    check_layout(page)
    # What is folded is checked too; that unfolding moves what is below is no fault.
    page.eval_on_selector_all("details", "all => all.forEach(one => one.open = true)")
    page.evaluate(SETTLED)
    page.evaluate("window.shifted = 0")
    assert page.eval_on_selector_all("a[href^='#']", LOST) == []
    check_page(page)


@pytest.mark.parametrize("path", PAGES)
def test_a_page_says_the_same_without_script(open_page: Callable[..., Page], path: str) -> None:
    first, second = (open_page(path, script=script).locator("main").inner_text() for script in (True, False))
    assert first.split() == second.split()
    assert len(first) > 400


def test_nothing_is_kept_in_the_browser(open_page: Callable[..., Page]) -> None:
    page = open_page("/privacy")
    page.goto("/evaluation")
    assert page.context.cookies() == []
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0


def test_every_page_is_in_the_list_of_all_pages() -> None:
    listed = {href for _, pages in SITEMAP for _, href, _ in pages}
    assert {href for _, href in (*NAVIGATION, *FOOTER)} - {"/sitemap"} <= listed
    assert {path.partition("?")[0] for path in PAGES} - {"/sitemap"} <= listed


@pytest.mark.parametrize("path", [href for _, pages in SITEMAP for _, href, _ in pages])
def test_every_listed_page_is_there(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/html")


def test_the_record_works_out_what_could_go_stale(engine: Matchmaker) -> None:
    entries = [entry for part in the_record().sections for entry in part.fields]
    assert {entry.worked for entry in entries} - {None} == set(atrs.WORKED)
    told = "\n".join(words for part in atrs.told(engine) for one in part.fields for words in one.says)
    assert engine.snapshot.hash[:12] in told
    assert f"{len(engine.snapshot.sources)} datasets" in told
    assert f"{engine.snapshot.measures.height:,} figures" in told


def test_the_record_leaves_to_others_what_only_they_can_say() -> None:
    entries = [entry for part in the_record().sections for entry in part.fields]
    names = {entry.name for entry in entries if entry.yours}
    assert {"Organisation or department", "Senior responsible owner", "Contact email", "Phase"} <= names
    assert all(entry.says or entry.worked or entry.yours for entry in entries)
    with pytest.raises(ValidationError, match="says nothing"):
        Entry(name="Empty field")


def test_the_record_can_be_taken_as_a_table(client: TestClient, engine: Matchmaker) -> None:
    answer = client.get("/about/transparency.csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert len(rows) == sum(len(part.fields) for part in the_record().sections)
    assert any(f"[{atrs.YOURS}: " in row["text"] for row in rows)


def test_the_transparency_page_marks_what_is_left(client: TestClient) -> None:
    text = client.get("/about/transparency").text
    left = [entry for part in the_record().sections for entry in part.fields if entry.yours]
    assert text.count(f"{atrs.YOURS}:") == len(left)


def test_data_tells_how_much_is_known(client: TestClient, engine: Matchmaker) -> None:
    found = data.dimensions(engine.profiles())
    cells = engine.profiles().cells.filter(pl.col("state") != "not applicable")
    for one in found:
        names = {f.name for f in engine.profiles().features if data.title(f.dimension) == one.name}
        own = cells.filter(pl.col("feature").is_in(names))
        assert one.features == len(names)
        assert one.known == pytest.approx((own["state"] == "known").mean())
        assert len(one.by_kind) == len(data.kinds(engine.profiles()))
    text = client.get("/data").text
    assert engine.snapshot.hash in text
    for label in data.without_any(engine.profiles()):
        assert str(escape(label)) in text


def test_every_feature_and_source_is_listed(client: TestClient, engine: Matchmaker) -> None:
    features = client.get("/data/features").text
    assert all(str(escape(one.label)) in features for one in engine.profiles().features)
    sources = client.get("/data/sources").text
    assert all(f"<code>{id_}</code>" in sources for id_ in engine.snapshot.sources)
    ages = [
        one.months for _, found in data.sources(engine.snapshot) for one in found if one.months is not None
    ]
    assert min(ages) >= 0


def test_every_weight_rule_and_finding_is_on_the_method_page(client: TestClient) -> None:
    text = client.get("/method").text
    for one in arrangements().values():
        assert all(str(escape(part.why)) in text for part in (*one.criteria, *one.rules))
    assert all(f'id="{id_}"' in text for id_ in findings())
    assert all(f"<code>{name}</code>" in text for name in METHODS)
    for form in method.forms():
        assert sum(one.hundredths for one in form.criteria) in range(98, 103)
        assert all("`" not in rule.says for rule in form.rules)


def test_every_link_on_these_pages_leads_somewhere(client: TestClient) -> None:
    links = {
        unescape(href)
        for path in (*PAGES, "/", "/trusts/RPA/shortlist")
        for href in re.findall(r'href="(/(?!static/)[^"]*)"', client.get(path).text)
    }
    texts: dict[str, str] = {}
    assert len(links) > 80
    for link in sorted(links):
        path, _, anchor = link.partition("#")
        if path not in texts:
            answer = client.get(path)
            assert answer.status_code == 200, link
            texts[path] = "" if answer.headers["content-type"] == "application/pdf" else answer.text
        assert not anchor or f'id="{anchor}"' in texts[path], link
