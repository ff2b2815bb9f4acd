"""Every page in a real browser, at both widths: see `check_page` for what each must stand."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from fastapi import FastAPI
from playwright.sync_api import Page

MAIN = (
    "/nhs",
    "/nhs/organisations?search=kent",
    "/nhs/organisations/RPA",
    "/nhs/organisations/RPA/shortlist",
    "/nhs/organisations/RPA/compare?with=RAX&with=RD8&with=RVV",
    "/nhs/organisations/RPA/candidates/RXC",
)
OTHER = (
    "/nothing",
    "/nhs/organisations?search=Brightn+and+Susex",
    "/nhs/organisations/RM3?as_of=2016-07-01",
    "/nhs/organisations/RX9",
    "/nhs/organisations/RXY/shortlist?arrangement=merger&region=South+East&relax=within_km&method=nearest&limit=20",
    "/nhs/organisations/RVV/shortlist?arrangement=acquisition&weights.finance_strength=60&focus=ae_4_hours",
    "/nhs/organisations/RPA/shortlist?within_km=1",
    "/nhs/organisations/RPA/shortlist?arrangement=service",
    "/nhs/organisations/RPA/shortlist?arrangement=contract&service=imaging",
    "/nhs/organisations/RPA/shortlist?snapshot=0123456789abcdef",
    "/nhs/organisations/RPA/candidates/RAX",
    "/nhs/organisations/RPA/candidates/RVV?method=practice",
)
KEPT_TOGETHER = "all => all.map(one => getComputedStyle(one).breakInside).filter(one => one != 'auto')"
LOST = "all => all.map(one => one.hash.slice(1)).filter(id => !document.getElementById(id))"


@pytest.mark.parametrize(
    ("path", "width"), [*((path, 1280) for path in MAIN), *((path, 360) for path in (*MAIN, *OTHER))]
)
def test_a_page_stands_every_check(
    open_page: Callable[..., Page], check_page: Callable[[Page], None], path: str, width: int
) -> None:
    page = open_page(path, width)
    assert page.eval_on_selector_all("a[href^='#']", LOST) == []
    check_page(page)


@pytest.mark.parametrize("path", MAIN)
def test_a_page_says_the_same_without_script(open_page: Callable[..., Page], path: str) -> None:
    both = [open_page(path, script=script).locator("main").inner_text() for script in (True, False)]
    first, second = (text.replace("Print this page", "").split() for text in both)
    assert first == second


def test_on_paper_long_tables_begin_where_there_is_room_and_what_is_for_the_screen_is_left_out(
    open_page: Callable[..., Page],
) -> None:
    for path in ("", "/shortlist", "/compare?with=RAX"):
        page = open_page(f"/nhs/organisations/RPA{path}")
        page.emulate_media(media="print")
        kept = page.eval_on_selector_all("main table.mm-table", KEPT_TOGETHER)
        assert kept == [], path
        for shown in page.locator(".mm-only-screen, form.mm-form").all():
            assert not shown.is_visible(), path


def test_pages_of_another_sector_stand_every_check(
    serve: Callable[..., AbstractContextManager[str]],
    harbour_app: FastAPI,
    open_page: Callable[..., Page],
    check_page: Callable[[Page], None],
) -> None:
    with serve(harbour_app) as origin:
        for path in ("", "/organisations/EEL", "/organisations/EEL/shortlist", "/assign", "/data"):
            check_page(open_page(f"/harbours{path}", 360, at=origin))
