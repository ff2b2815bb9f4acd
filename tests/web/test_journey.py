"""From a search to a printed list, as people do it: with and without script, wide and narrow, by keyboard."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

Open = Callable[..., Page]
Check = Callable[[Page], None]
LIST = ".mm-options .mm-row th"


def options(page: Page) -> list[str]:
    """The trusts of the list, in their order."""
    return page.locator(LIST).all_inner_texts()


@pytest.mark.parametrize("width", [1280, 360])
def test_from_a_search_to_a_comparison(open_page: Open, check_page: Check, width: int) -> None:
    page = open_page("/nhs", width)
    page.get_by_label("Find the trust that needs a partner").press_sequentially("medw")
    suggestion = page.get_by_role("option", name=re.compile("Medway NHS Foundation Trust"))
    suggestion.click()
    expect(page.locator("h1")).to_have_text("Medway NHS Foundation Trust")

    page.get_by_role("link", name="Buddying", exact=True).click()
    expect(page.locator("h1")).to_contain_text("options to consider for Medway")
    usual = options(page)
    assert len(usual) == 10

    if width < 600:
        page.get_by_text("Change what matters, or narrow the list").click()
    page.get_by_label("Distance", exact=True).fill("90")
    page.get_by_label("Distance", exact=True).blur()
    expect(page.locator("#live-status")).to_contain_text("List updated. Maidstone and Tunbridge Wells")
    changed = options(page)
    assert changed[0].startswith("1. Maidstone and Tunbridge Wells")
    assert changed != usual
    assert "weights=proximity%3D0.9" in page.url
    page.reload()
    assert options(page) == changed
    expect(page.locator("[id='weights.proximity']")).to_have_value("90")

    page.locator("#with-RWF").check()
    page.locator("#with-RKE").check()
    page.get_by_role("button", name="Compare the ticked, up to 7").click()
    expect(page.locator("h1")).to_contain_text("compare options for Medway")
    first = page.get_by_role("heading", level=2, name=re.compile("Maidstone and Tunbridge Wells"))
    expect(first).to_be_visible()
    check_page(page)


@pytest.mark.parametrize("width", [1280, 360])
def test_the_same_without_script(open_page: Open, width: int) -> None:
    page = open_page("/nhs", width, script=False)
    page.get_by_label("Find the trust that needs a partner").fill("medway")
    page.get_by_role("button", name="Find", exact=True).click()
    page.get_by_role("link", name="Medway NHS Foundation Trust", exact=True).click()
    page.get_by_role("link", name="Buddying", exact=True).click()
    expect(page.locator("h1")).to_contain_text("options to consider for Medway")
    usual = options(page)

    if width < 600:
        page.get_by_text("Change what matters, or narrow the list").click()
    page.get_by_label("Distance", exact=True).fill("90")
    page.get_by_role("button", name="Show the changed list").click()
    expect(page.locator(LIST).first).to_contain_text("1. Maidstone and Tunbridge Wells")
    assert options(page) != usual

    page.locator("#with-RWF").check()
    page.locator("#with-RKE").check()
    page.get_by_role("button", name="Compare the ticked, up to 7").click()
    expect(page.locator("h1")).to_contain_text("compare options for Medway")
    page.get_by_role("link", name="Back to all options").click()
    expect(page.locator(LIST).first).to_contain_text("1. Maidstone and Tunbridge Wells")


def test_the_same_by_keyboard_alone(open_page: Open) -> None:
    page = open_page("/nhs")
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_text("Skip to main content")
    _tab_to(page, "#search-organisation")
    page.keyboard.type("medw")
    expect(page.get_by_role("option").first).to_be_visible()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("option").first).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Escape")
    expect(page.get_by_role("listbox")).to_be_hidden()
    page.keyboard.type("a")
    expect(page.get_by_role("option").first).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Medway NHS Foundation Trust")

    _tab_to(page, "a[href$='shortlist?arrangement=buddying']")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text("options to consider for Medway")
    _tab_to(page, "[id='weights.proximity']")
    page.keyboard.press("Control+A")
    page.keyboard.type("90")
    page.keyboard.press("Tab")
    expect(page.locator("#live-status")).to_contain_text("List updated. Maidstone and Tunbridge Wells")
    _tab_to(page, "#with-RWF", "Shift+Tab")
    page.keyboard.press("Space")
    _tab_to(page, ".mm-actions-line button")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text("compare options for Medway")


def _tab_to(page: Page, selector: str, key: str = "Tab") -> None:
    """Go on with the tab key until an element has the focus, which must be seen."""
    for _ in range(80):
        page.keyboard.press(key)
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            assert page.evaluate(SEEN), f"{selector} has the focus, but that is not to be seen"
            return
    raise AssertionError(f"the tab key does not lead to {selector}")


SEEN = """
(() => {
  const one = document.activeElement, of = target => {
    const style = getComputedStyle(target);
    return [style.outline, style.boxShadow, style.backgroundColor, style.borderColor].join();
  };
  const parts = [one, one.labels?.[0]].filter(Boolean);
  const focused = parts.map(part => of(part) + getComputedStyle(part, "::before").boxShadow).join();
  one.blur();
  const plain = parts.map(part => of(part) + getComputedStyle(part, "::before").boxShadow).join();
  one.focus();
  return focused !== plain;
})()
"""


def test_a_suggestion_of_a_candidate_fills_in_its_code(open_page: Open) -> None:
    page = open_page("/nhs/organisations/RPA/shortlist")
    field = page.get_by_label("Ask about any trust")
    field.press_sequentially("east sussex health")
    page.get_by_role("option", name=re.compile("East Sussex Healthcare")).click()
    expect(field).to_have_value("RXC")
    page.get_by_role("button", name="Why is it not here?").click()
    expect(page.locator("h1")).to_contain_text("Why East Sussex Healthcare NHS Trust has rank")
    page.get_by_role("link", name=re.compile("^Try it ?:")).first.click()
    expect(page.locator(".mm-options")).to_contain_text("East Sussex Healthcare")


def test_a_field_that_makes_no_sense_is_told_beside_the_list(open_page: Open) -> None:
    page = open_page("/nhs/organisations/RPA/shortlist")
    usual = options(page)
    page.get_by_text("Narrow the list", exact=True).click()
    page.get_by_label("Leave out these trusts").fill("NOBODY")
    page.get_by_label("Leave out these trusts").blur()
    expect(page.locator("#live-status")).to_contain_text("'NOBODY'")
    assert options(page) == usual


def test_what_is_printed_is_the_list_without_what_changes_it(open_page: Open) -> None:
    page = open_page("/nhs/organisations/RPA/shortlist")
    page.emulate_media(media="print")
    for hidden in (".mm-form", ".nhsuk-header", ".mm-tabs", "[data-print]", "#candidate"):
        expect(page.locator(hidden).first).to_be_hidden()
    for shown in ("h1", "#in-short", LIST, ".mm-map svg", "#option-10", "#ask", ".mm-phase"):
        expect(page.locator(shown).first).to_be_visible()
    assert page.pdf(format="A4").startswith(b"%PDF-")
