"""Pages to be read: about, transparency, accessibility, privacy, data, method, the interface, all pages."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from html import unescape

import polars as pl
import pytest
from fastapi.testclient import TestClient
from markupsafe import escape
from playwright.sync_api import Page
from pydantic import ValidationError

from matchmaker import Matchmaker
from matchmaker.models.arrangement import arrangements
from matchmaker.models.evidence import findings
from matchmaker.models.registry import methods
from matchmaker.sector import load_sector
from matchmaker.web.navigation import footer, header, site_map
from matchmaker.web.owner import Owner
from matchmaker.web.presenters import atrs, data, method

from .conftest import SETTLED

NHS = load_sector("nhs")
PAGES = (
    "/nhs/about",
    "/nhs/about/transparency",
    "/nhs/accessibility",
    "/nhs/privacy",
    "/nhs/sitemap",
    "/nhs/data",
    "/nhs/data/features",
    "/nhs/data/sources",
    "/nhs/method",
    "/api",
    "/nhs/evaluation",
    "/nhs/evaluation/misses",
    "/nhs/evaluation/report",
    "/nhs/assign",
    "/nhs/assign?arrangement=acquisition&floor=0.6",
)
LISTED = [link.path for _, links in site_map(NHS) for link in links]
LOST = "all => all.map(one => one.hash.slice(1)).filter(id => !document.getElementById(id))"


@pytest.fixture(scope="module")
def record() -> atrs.Record:
    found = atrs.record_of(NHS)
    assert found is not None
    return found


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
    page = open_page("/nhs/privacy")
    page.goto("/nhs/evaluation")
    assert page.context.cookies() == []
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0


def test_every_page_is_in_the_list_of_all_pages(harbour_engine: Matchmaker) -> None:
    assert {link.path for link in (*header(NHS), *footer(NHS))} - {"/nhs/sitemap"} <= set(LISTED)
    assert {path.partition("?")[0] for path in PAGES} - {"/nhs/sitemap"} <= set(LISTED)
    few = [link.path for _, links in site_map(harbour_engine.sector) for link in links]
    without = {"/about/transparency", "/evaluation", "/evaluation/misses", "/evaluation/report"}
    assert {path.replace("/nhs", "/harbours") for path in LISTED} - set(few) == {
        f"/harbours{path}" for path in without
    }


@pytest.mark.parametrize("path", LISTED)
def test_every_listed_page_is_there(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/html")


def test_the_record_works_out_what_could_go_stale(engine: Matchmaker, record: atrs.Record) -> None:
    entries = [entry for section in record.sections for entry in section.fields]
    assert {entry.derived for entry in entries} - {None} == set(atrs.DERIVED)
    views = atrs.record_views(record, engine, Owner())
    text = "\n".join(paragraph for _, fields in views for one in fields for paragraph in one.says)
    assert engine.snapshot.hash[:12] in text
    assert f"{len(engine.snapshot.sources)} datasets" in text
    assert f"{engine.snapshot.measures.height:,} figures" in text


def test_the_record_leaves_to_others_what_only_they_can_say(record: atrs.Record) -> None:
    entries = [entry for section in record.sections for entry in section.fields]
    names = {entry.name for entry in entries if entry.yours}
    assert {"Organisation or department", "Senior responsible owner", "Contact email", "Phase"} <= names
    assert all(entry.says or entry.derived or entry.yours for entry in entries)
    with pytest.raises(ValidationError, match="says nothing"):
        atrs.Entry(name="Empty field")


def test_the_record_of_schools_has_the_fields_of_the_other(record: atrs.Record) -> None:
    schools = atrs.record_of(load_sector("schools"))
    assert schools is not None and schools.standard == record.standard
    for ours, theirs in zip(record.sections, schools.sections, strict=True):
        names, others = ([one.name for one in section.fields] for section in (ours, theirs))
        assert ours.title == theirs.title
        assert [name for name in names if "Risk" not in name] == [x for x in others if "Risk" not in x]
    text = " ".join(say for section in schools.sections for one in section.fields for say in one.says)
    assert not re.search("special measures|hospital trust|Peer Finder|LightGBM", text)


def test_the_record_can_be_taken_as_a_table(client: TestClient, record: atrs.Record) -> None:
    answer = client.get("/nhs/about/transparency.csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    said = [one for section in record.sections for one in section.fields if one.says or one.derived]
    assert [row["field"] for row in rows] == [one.name for one in said]
    assert all(row["text"].strip() for row in rows)


def test_data_tells_how_much_is_known(harbours_client: TestClient, harbour_engine: Matchmaker) -> None:
    profiles = harbour_engine.profiles()
    cells = profiles.cells.filter(pl.col("state") != "not applicable")
    views = data.dimension_views(profiles)
    assert len(views) == len(harbour_engine.sector.dimensions)
    for name, one in zip(harbour_engine.sector.dimensions, views, strict=True):
        names = {feature.name for feature in profiles.features if feature.dimension == name}
        own = cells.filter(pl.col("feature").is_in(names))
        assert one.features == len(names)
        assert one.known == pytest.approx((own["state"] == "known").mean())
        assert len(one.by_type) == 3
    assert data.types_in_use(profiles) == ("fishing", "ferry", "marina")
    assert harbour_engine.snapshot.hash in harbours_client.get("/harbours/data").text


def test_every_feature_and_source_is_listed(client: TestClient, engine: Matchmaker) -> None:
    features = client.get("/nhs/data/features").text
    assert all(str(escape(one.label)) in features for one in engine.profiles().features)
    sources = client.get("/nhs/data/sources").text
    assert all(f"<code>{id_}</code>" in sources for id_ in engine.snapshot.sources)
    ages = [
        one.months for _, found in data.sources(engine.snapshot) for one in found if one.months is not None
    ]
    assert min(ages) >= 0
    text = client.get("/nhs/data").text
    for label in data.without_any(engine.profiles()):
        assert str(escape(label)) in text


def test_every_weight_rule_and_finding_is_on_the_method_page(
    harbours_client: TestClient, harbour_engine: Matchmaker
) -> None:
    text, sector = harbours_client.get("/harbours/method").text, harbour_engine.sector
    for one in arrangements(sector).values():
        assert all(str(escape(part.why)) in text for part in (*one.criteria, *one.rules))
    assert all(f'id="{id_}"' in text for id_ in findings(sector))
    assert all(f"<code>{name}</code>" in text for name in methods(sector))
    views = method.arrangement_views(sector)
    for view in views:
        assert sum(one.percent for one in view.criteria) in range(98, 103)
    assert [rule.parameters for rule in views[0].rules if rule.label == "Watch level"] == ["highest 3"]
    used = {finding.id: users for finding, users in method.evidence_use(sector)}
    assert "Mentoring: setting" in used["E1"]


@pytest.mark.slow
def test_every_link_leads_somewhere(harbours_client: TestClient, harbour_engine: Matchmaker) -> None:
    listed = [
        link.path for _, links in site_map(harbour_engine.sector) for link in links if link.path != "/api"
    ]
    below = [f"/harbours/organisations/EEL{path}" for path in ("", "/shortlist", "/candidates/DUN")]
    assert follow_links(harbours_client, [*listed, *below]) > 50


@pytest.mark.slow
def test_every_link_of_the_bundled_sector_leads_somewhere(client: TestClient) -> None:
    assert follow_links(client, [*PAGES, "/nhs", "/nhs/organisations/RPA/shortlist"]) > 80


def follow_links(client: TestClient, pages: list[str]) -> int:
    """How many different links stand on some pages; each must lead to a page, and to a place on it."""
    texts = {path: client.get(path).text for path in pages}
    links = {
        unescape(href) for text in texts.values() for href in re.findall(r'href="(/(?!static/)[^"]*)"', text)
    }
    for link in sorted(links):
        path, _, anchor = link.partition("#")
        if path not in texts:
            answer = client.get(path, follow_redirects=True)
            assert answer.status_code == 200, link
            is_text = answer.headers["content-type"].startswith(("text/", "application/json"))
            texts[path] = answer.text if is_text else ""
        assert not anchor or f'id="{anchor}"' in texts[path], link
    return len(links)
