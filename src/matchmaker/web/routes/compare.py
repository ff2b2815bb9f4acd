"""A recipient and up to three candidates, side by side."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from matchmaker.api.dependencies import Asked, Engine
from matchmaker.errors import InvalidParameter
from matchmaker.features.comparison import compare
from matchmaker.models.arrangement import arrangement
from matchmaker.web.navigation import way_back
from matchmaker.web.presenters import compare as present
from matchmaker.web.query import Asking
from matchmaker.web.rendering import render

router = APIRouter()


@router.get("/trusts/{code}/compare")
def compare_page(
    request: Request,
    engine: Engine,
    code: Asked,
    asked: Asking,
    candidates: Annotated[list[str] | None, Query(alias="with", max_length=20)] = None,
) -> HTMLResponse:
    """How each candidate's place adds up, where all differ most, and every figure side by side.

    Raises:
        OutOfRange: no candidate is named, or more than fit.
    """
    names = [name for name in dict.fromkeys(candidates or ()) if name.strip()]
    if not 1 <= len(names) <= present.MOST:
        told = "No trust is ticked." if not names else f"{len(names)} trusts are ticked."
        raise InvalidParameter(told, f"Go back and tick 1 to {present.MOST} trusts to compare.")
    answers = [engine.why_not(code, name, **asked.arguments()) for name in names]
    codes = [answers[0].recipient.code, *(one.candidate.code for one in answers)]
    comparison = compare([engine.profile(code, asked.as_of) for code in codes])
    recipient, here = answers[0].recipient, f"/trusts/{codes[0]}"
    return render(
        request,
        "compare.html",
        recipient=recipient,
        answers=answers,
        usual=arrangement(asked.question.arrangement),
        asked=asked,
        here=here,
        lines=present.sums([one.rows for one in answers]),
        standing=present.standing,
        differ=present.most_different(comparison),
        dimensions=present.by_dimension(comparison),
        profiles=comparison.profiles,
        by_evidence=answers[0].method == "evidence",
        crumbs=way_back(recipient.name, here, asked.address(f"{here}/shortlist")),
        as_of=answers[0].as_of,
        snapshot=answers[0].snapshot,
    )
