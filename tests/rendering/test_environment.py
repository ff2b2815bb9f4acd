"""Templates escape everything, and say things in one way."""

from __future__ import annotations

from datetime import date

import pytest
from jinja2 import DictLoader, UndefinedError

from matchmaker.rendering.environment import (
    backticks_to_code,
    capitalise,
    make_environment,
    percent,
    with_article,
)
from matchmaker.sector import Sector, load_sector

DAY = date(2026, 3, 3)


def show(sector: Sector, template: str, base: str = "", **variables: object) -> str:
    return (
        make_environment(sector, DictLoader({"t": template}), base=base).get_template("t").render(variables)
    )


def test_what_stands_between_backticks_is_code_and_nothing_else_is() -> None:
    assert str(backticks_to_code("run `a <b>` & `c`")) == "run <code>a &lt;b&gt;</code> &amp; <code>c</code>"
    assert str(backticks_to_code("a ` alone & <b>")) == "a ` alone &amp; &lt;b&gt;"
    assert str(backticks_to_code("none")) == "none"


def test_small_words() -> None:
    assert [capitalise(text) for text in ("a B c", "")] == ["A B c", ""]
    assert [with_article(noun) for noun in ("harbour", "academy")] == ["a harbour", "an academy"]
    assert [percent(share) for share in (None, 0.005, 0.126)] == ["", "0%", "13%"]


def test_everything_is_escaped_and_nothing_is_undefined(harbours: Sector) -> None:
    assert show(harbours, "{{ x }}", x="<b>") == "&lt;b&gt;"
    with pytest.raises(UndefinedError):
        show(harbours, "{{ missing }}")


def test_the_words_are_those_of_the_sector(harbours: Sector) -> None:
    assert show(harbours, "{{ words.organisations }}") == "harbours"
    assert show(load_sector("nhs"), "{{ words.organisations }}") == "trusts"
    assert show(harbours, "{{ 3 | format_value('grade, 1 to 4') }}") == "Sound"
    assert show(harbours, "{{ day | format_date }}", day=DAY) == "3 March 2026"


def test_documents_link_to_no_page(harbours: Sector) -> None:
    template = '{% from "parts/common.html" import evidence, link %}{{ link(one) }}{{ evidence(["E1"]) }}'
    one = {"name": "Eelhythe", "code": "EEL"}
    page, document = (show(harbours, template, base, one=one) for base in ("/harbours", ""))
    assert 'href="/harbours/organisations/EEL"' in page and 'href="/harbours/method#E1"' in page
    assert "href" not in document and "Eelhythe (EEL)" in document


def test_texts_of_a_sector_are_found_where_it_has_them(harbours: Sector) -> None:
    template = '{% include "sector/licence.html" ignore missing %}'
    assert show(harbours, template) == ""
    assert "Open Government Licence" in show(load_sector("nhs"), template)
