"""The interface for programs, as a page that loads nothing from elsewhere."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from matchmaker.api.problems import problem_types
from matchmaker.models.engine import Matchmaker
from matchmaker.web.presenters import api_reference as present
from matchmaker.web.rendering import render

router = APIRouter()


@router.get("/api")
def reference(request: Request) -> HTMLResponse:
    """Every call with what it takes, what it gives, and a command that makes it."""
    document = request.app.openapi()
    origin = str(request.base_url).rstrip("/")
    engine = next(iter(request.state.engines.values()))
    return render(
        request,
        "reference.html",
        crumbs=[{"text": "Home", "href": "/"}],
        title=document["info"]["title"],
        version=document["info"]["version"],
        origin=origin,
        tags=present.tags(document, origin, examples(engine)),
        schemas=present.schemas(document),
        problem_types=problem_types(),
    )


def examples(engine: Matchmaker) -> dict[str, object]:
    """What stands in examples: a sector, one of its organisations, another one, and who decides."""
    code = engine.sector.words.code_example
    other = next(one for one in engine.profiles().organisations["code"] if one != code)
    return {
        "sector": engine.sector.name,
        **{"code": code, "recipient": code, "recipients": [code]},
        **{"candidate": other, "chosen": other, "candidates": [other]},
        **{"organisation": [code, other], "who": "Regional team"},
    }
