"""How far a paper is that was put into the queue, and the paper itself."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request, Response

from matchmaker.api.auth.dependencies import get_principal
from matchmaker.api.papers.queue import FORMS, PaperJob, PaperQueue
from matchmaker.api.problems import responses
from matchmaker.api.responses import path, render
from matchmaker.api.schemas import PaperResponse
from matchmaker.reports.papers.endings import MEDIA_TYPES
from matchmaker.version import __version__

router = APIRouter(prefix="/v1/papers", tags=["papers"])
NOT_CACHED = {"Cache-Control": "no-store"}
FILE = {"schema": {"type": "string", "format": "binary"}}
EXAMPLE = {
    "version": __version__,
    "links": {"self": "/v1/papers/Jr2bPpTq0bHqN3cG"},
    "id": "Jr2bPpTq0bHqN3cG",
    "state": "queued",
    "place": 2,
    "status": None,
}
RETRY = {"Retry-After": "2"}


def paper_job(
    request: Request,
    id: Annotated[
        str,
        Path(max_length=40, description="Id of the paper.", examples=["Jr2bPpTq0bHqN3cGmD9uTz8vXw1yKfAe"]),
    ],
) -> PaperJob:
    """What is known of a paper that the caller asked for.

    Raises:
        NoPaper: there is none.
    """
    queue: PaperQueue = request.app.state.papers
    principal = get_principal(request)
    return queue.find(id, principal.id if principal else "")


JobDep = Annotated[PaperJob, Depends(paper_job)]


@router.get(
    "/{id}",
    operation_id="get_paper",
    summary="How far a paper is",
    response_model=PaperResponse,
    responses={200: {"content": {"application/json": {"example": EXAMPLE}}}, **responses(404)},
)
def get_paper(request: Request, job: JobDep) -> Response:
    """A page's paper (Word, PDF, Excel), asked for with `Prefer: respond-async`, or where many wait.

    Its file is kept for some minutes once it is done.
    """
    queue: PaperQueue = request.app.state.papers
    links = {"self": path(request, "papers", job.id)}
    if job.state == "done":
        links["file"] = path(request, "papers", job.id, "file")
    answer = PaperResponse(
        version=__version__,
        links=links,
        id=job.id,
        state=job.state,
        place=queue.place_of(job),
        status=job.status,
    )
    response = render(request, answer)
    response.headers.update(NOT_CACHED if job.over else NOT_CACHED | RETRY)
    return response


@router.get(
    "/{id}/file",
    operation_id="get_paper_file",
    summary="A paper that is done",
    response_class=Response,
    responses={
        200: {"content": {MEDIA_TYPES[form.strip(".")]: FILE for form in FORMS}},
        **responses(404),
    },
)
def get_paper_file(request: Request, job: JobDep) -> Response:
    """The file, with the name that it has on the page."""
    queue: PaperQueue = request.app.state.papers
    return Response(queue.content(job), headers=dict(job.headers) | NOT_CACHED)
