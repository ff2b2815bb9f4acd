"""A shortlist without the parts that a caller does not need: what is left out is an empty list."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Literal

from matchmaker.models.types import Option, Shortlist

Part = Literal["figures", "rows", "reasons", "facts", "excluded"]
"""`figures`: behind rows and reasons; `rows`: how each fit adds up; `reasons`: those with figures, whose
sentences stay; `facts`: the key facts; `excluded`: who is left out, and why."""


def leaner(answer: Shortlist, without: Collection[Part]) -> Shortlist:
    """The same shortlist with some parts empty; options, ranks, fits and sentences always stay."""
    if not without:
        return answer
    return replace(
        answer,
        options=tuple(_leaner(option, without) for option in answer.options),
        excluded=() if "excluded" in without else answer.excluded,
        recipient_facts=() if "facts" in without else answer.recipient_facts,
    )


def _leaner(option: Option, without: Collection[Part]) -> Option:
    rows = () if "rows" in without else option.rows
    reasons = () if "reasons" in without else option.reasons
    if "figures" in without:
        rows = tuple(replace(row, figures=()) for row in rows)
        reasons = tuple(replace(reason, figures=()) for reason in reasons)
    facts = () if "facts" in without else option.facts
    return replace(option, rows=rows, reasons=reasons, facts=facts)
