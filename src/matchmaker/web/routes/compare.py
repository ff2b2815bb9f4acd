"""A recipient and up to seven candidates, side by side."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from matchmaker.api.dependencies import Code, EngineDep
from matchmaker.errors import InvalidParameter
from matchmaker.models.arrangement import arrangement
from matchmaker.models.registry import EVIDENCE
from matchmaker.rendering.charts.map import map_of
from matchmaker.rendering.charts.series import series_charts
from matchmaker.rendering.charts.waterfall import scale_ends, waterfall_lines
from matchmaker.web.navigation import base_of
from matchmaker.web.presenters import compare as present
from matchmaker.web.query import QueryDep, address, crumbs_to_shortlist
from matchmaker.web.rendering import render

router = APIRouter(prefix="/{sector}")


@router.get("/organisations/{code}/compare")
def compare(
    request: Request,
    engine: EngineDep,
    code: Code,
    query: QueryDep,
    candidates: Annotated[list[str] | None, Query(alias="with", max_length=20)] = None,
    own: Annotated[list[str] | None, Query(alias="set", max_length=20)] = None,
) -> HTMLResponse:
    """How each candidate's rank comes about, where all differ most, and every figure side by side.

    Raises:
        InvalidParameter: no candidate is named, or more than fit.
    """
    sector = engine.sector
    names = [name for name in dict.fromkeys(candidates or ()) if name.strip()]
    if not 1 <= len(names) <= present.MAX_CANDIDATES:
        many = sector.words.organisations
        text = f"{len(names)} {many} are ticked." if names else f"No {sector.words.organisation} is ticked."
        step = f"Go back and tick 1 to {present.MAX_CANDIDATES} {many} to compare."
        raise InvalidParameter(text, step, ("with",))
    answers = [engine.explain(code, name, query) for name in names]
    recipient = answers[0].recipient
    codes = [recipient.code, *(answer.candidate.code for answer in answers)]
    terms = [term.strip() for term in own or () if term.strip()]
    comparison = engine.compare(codes, query.as_of, own=terms)
    on_day = engine.profiles(query.as_of)
    here = f"{base_of(sector)}/organisations/{recipient.code}"
    return render(
        request,
        "compare.html",
        recipient=recipient,
        answers=answers,
        usual=arrangement(sector, answers[0].arrangement),
        pairs=query.to_fields(),
        here=here,
        back=address(f"{here}/shortlist", query),
        lines=waterfall_lines([answer.rows for answer in answers]),
        ends=scale_ends([answer.rows for answer in answers]),
        describe_rank=present.describe_rank,
        differ=present.differences(comparison, answers),
        drawn=len(answers) <= present.MAX_DRAWN,
        sets=comparison.sets,
        series=series_charts(comparison, sector),
        choices=present.set_choices(on_day),
        terms=terms,
        by_hand=present.by_hand(terms),
        max_candidates=present.MAX_CANDIDATES,
        map=map_of(on_day, recipient.code, codes[1:]),
        dimensions=present.by_dimension(comparison, sector),
        profiles=comparison.profiles,
        by_evidence=answers[0].method == EVIDENCE,
        crumbs=crumbs_to_shortlist(sector, recipient, query),
        as_of=answers[0].as_of,
        snapshot=answers[0].snapshot,
    )
