"""The page of a shortlist."""

from __future__ import annotations

from importlib.util import find_spec

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from matchmaker.api.dependencies import Asked, Engine
from matchmaker.models.arrangement import arrangement
from matchmaker.rendering.charts.map import england
from matchmaker.reports.shortlist import places
from matchmaker.web.navigation import HOME
from matchmaker.web.presenters import shortlist as present
from matchmaker.web.presenters.decide import recording
from matchmaker.web.presenters.form import form, in_order, method_label, rule_label
from matchmaker.web.query import Asking
from matchmaker.web.rendering import render

router = APIRouter()
OF_ANY_ARRANGEMENT = {"as_of", "region", "locality", "within_km", "exclude"}
"""Fields that are kept when another arrangement is chosen; weights and rules are each arrangement's own."""
MAPPED = 10
"""So many labels stand beside a map without crowding."""
PDF = find_spec("weasyprint") is not None
"""Whether a PDF can be made here (the extra `pdf`)."""


@router.get("/trusts/{code}/shortlist")
def shortlist_page(request: Request, engine: Engine, code: Asked, asked: Asking) -> HTMLResponse:
    """Options with reasons, and all by which the list can be changed."""
    question = asked.question
    usual = arrangement(question.arrangement)
    matcher = engine.recommender(as_of=asked.as_of, **question.arguments())
    answer = engine.shortlist(code, beside=present.BESIDE, **asked.arguments())
    recipient = answer.recipient
    same, other = present.left_out(answer)
    here = f"/trusts/{recipient.code}"
    return render(
        request,
        "shortlist.html",
        answer=answer,
        asked=asked,
        here=here,
        arrangement=matcher.arrangement,
        usual=usual,
        tabs=in_order(),
        kept=[pair for pair in asked.pairs() if pair[0] in OF_ANY_ARRANGEMENT],
        form=form(asked, usual, matcher.arrangement, matcher.profiles),
        places=places(answer.options),
        map=england(matcher.profiles, recipient.code, [one.trust.code for one in answer.options[:MAPPED]]),
        MAPPED=MAPPED,
        tags=[present.tags(option, answer) for option in answer.options],
        agreements=present.agreements(answer),
        method=method_label(answer.method),
        by_evidence=answer.method == "evidence",
        rule_label=rule_label,
        same=same,
        other=other,
        permanent=present.permanent(asked, matcher.arrangement, answer),
        differs=present.differs(asked, answer),
        with_pdf=PDF,
        recording=recording(request.app),
        crumbs=[*HOME, {"text": recipient.name, "href": here}],
        as_of=answer.as_of,
        snapshot=answer.snapshot,
    )
