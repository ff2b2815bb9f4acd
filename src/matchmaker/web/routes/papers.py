"""The page that shows how far a paper is; it asks again by itself until there is a file."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from matchmaker.api.papers.queue import RETENTION_SECONDS, PaperQueue
from matchmaker.api.routes.papers import NOT_CACHED, JobDep
from matchmaker.web.rendering import render

router = APIRouter(prefix="/papers")


@router.get("/{id}")
def paper_page(request: Request, job: JobDep) -> Response:
    """Queued, being made, done or failed."""
    queue: PaperQueue = request.app.state.papers
    answer = render(
        request,
        "paper.html",
        job=job,
        place=queue.place_of(job),
        kept_minutes=RETENTION_SECONDS // 60,
        again=2,
    )
    answer.headers.update(NOT_CACHED)
    return answer
