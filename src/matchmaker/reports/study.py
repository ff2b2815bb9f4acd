"""A study's results as a document of its own, with charts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from matchmaker.evaluation.effect.page import sections, title
from matchmaker.evaluation.effect.settings import EffectStudy
from matchmaker.evaluation.report.document import Section, Text
from matchmaker.rendering.evaluation import parts
from matchmaker.reports.document import render
from matchmaker.sector import Sector


def study_report(study: EffectStudy, results: Mapping[str, Any], sector: Sector) -> str:
    """The document; the same results give the same bytes.

    Args:
        study: whose results they are.
        results: of `effect.study.run`, or those that ship with the sector.
        sector: whose study it is.
    """
    found = parts([_without_links(one, study) for one in sections(study, results)])
    return render(
        "study.html",
        sector,
        title=title(study),
        parts=found,
        as_of=date.fromisoformat(results["as_of"]),
        results=results,
    )


def _without_links(section: Section, study: EffectStudy) -> Section:
    """Links of Markdown as words: the document stands alone."""
    link = f"[protocol]({study.protocol.rpartition('/')[2]})"
    blocks = (
        replace(one, words=one.words.replace(link, f"protocol ({study.protocol})"))
        if isinstance(one, Text)
        else one
        for one in section.blocks
    )
    return replace(section, blocks=tuple(blocks))
