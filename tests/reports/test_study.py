"""The results of a study as a document: self-contained, with every number of the page, and as a PDF."""

from __future__ import annotations

import json
import re
from html import unescape
from typing import Any

import pytest

from matchmaker.evaluation.effect import page, study
from matchmaker.evaluation.effect.settings import EffectStudy, effect_study
from matchmaker.reports.study import study_report
from matchmaker.sector import Sector, load_sector

NAME = "similar-context"


@pytest.fixture(scope="module")
def sector() -> Sector:
    return load_sector("schools")


@pytest.fixture(scope="module")
def settings(sector: Sector) -> EffectStudy:
    return effect_study(sector, NAME)


@pytest.fixture(scope="module")
def results(sector: Sector) -> dict[str, Any]:
    found = study.filed(sector, NAME)
    assert found is not None
    return found


@pytest.fixture(scope="module")
def document(settings: EffectStudy, results: dict[str, Any], sector: Sector) -> str:
    return study_report(settings, results, sector)


def test_it_stands_alone_and_is_the_same_each_time(
    document: str, settings: EffectStudy, results: dict[str, Any], sector: Sector
) -> None:
    assert document == study_report(settings, json.loads(json.dumps(results)), sector)
    assert "<script" not in document and not re.search(r'(src|href)="(?!#|data:|https://)', document)
    assert "<svg" in document and "[protocol]" not in document


def test_it_says_what_the_page_says(document: str, settings: EffectStudy, results: dict[str, Any]) -> None:
    text = " ".join(unescape(re.sub(r"<[^>]+>", " ", document)).split())
    for line in page.page(settings, results).splitlines():
        for cell in line.strip("| ").split("|"):
            words = cell.strip()
            if words and not set(words) <= {"-", ":"} and not line.startswith(("#", "By the")):
                assert words in text, words


@pytest.mark.slow
def test_it_becomes_a_pdf(document: str) -> None:
    from matchmaker.reports.pdf import pdf

    assert pdf(document).startswith(b"%PDF-")
