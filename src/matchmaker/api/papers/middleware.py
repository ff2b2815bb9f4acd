"""Puts requests for papers into the queue, where their callers ask for it or others wait already."""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from matchmaker.api.middleware.rate_limit import caller_of
from matchmaker.api.papers.queue import FORMS, PaperJob, PaperQueue
from matchmaker.api.work import Work, page_cost
from matchmaker.errors import MatchmakerError

LONG = 3
"""So many waiting questions that cost much are a long queue: nobody is kept waiting for its end."""


class PapersMiddleware:
    """Answers at once where a paper goes into the queue: 202, or for a browser the page of how it goes.

    A program goes there by the header `Prefer: respond-async` (RFC 7240), a browser as soon as anybody else's
    question is being worked on, and anybody where the queue is long.
    """

    def __init__(self, app: ASGIApp, queue: PaperQueue, work: Work) -> None:
        self.app, self.queue, self.work = app, queue, work

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or put it into the queue."""
        if scope["type"] != "http" or not self._goes_there(scope):
            await self.app(scope, receive, send)
            return
        caller = caller_of(scope)
        try:
            self.queue.check_room(caller)
            form = scope["path"].rpartition(".")[2]
            self.work.charge(caller, page_cost(scope["method"], scope["path"], form))
        except MatchmakerError as error:
            scope["state"]["refused"] = error  # told by what tells all errors
            await self.app(scope, receive, send)
            return
        body, more = b"", True
        while more:
            message = await receive()
            body, more = body + message.get("body", b""), message.get("more_body", False)
        principal = scope["state"].get("principal")
        job = self.queue.add(caller, principal.id if principal else "", scope, body, self.app)
        await _accepted(scope, job)(scope, receive, send)

    def _goes_there(self, scope: Scope) -> bool:
        if scope["method"] not in ("GET", "POST") or not scope["path"].endswith(FORMS):
            return False
        if scope["path"].startswith(("/v1/", "/static/", "/papers/")):
            return False
        if _prefers_async(scope):
            return True
        ahead = self.work.waiting + self.work.turn.locked() + len(self.queue.waiting)
        return ahead > 0 if _browser(scope) else ahead >= LONG


def _prefers_async(scope: Scope) -> bool:
    given = ",".join(Headers(scope=scope).getlist("prefer"))
    return any(one.partition(";")[0].strip().casefold() == "respond-async" for one in given.split(","))


def _browser(scope: Scope) -> bool:
    return "text/html" in Headers(scope=scope).get("accept", "")


def _accepted(scope: Scope, job: PaperJob) -> Response:
    root = scope.get("root_path", "")
    headers = {"Cache-Control": "no-store", "Vary": "Accept, Prefer"}
    if _browser(scope) and not _prefers_async(scope):
        return RedirectResponse(f"{root}/papers/{job.id}", 303, headers)
    headers |= {"Location": f"{root}/v1/papers/{job.id}", "Retry-After": "2"}
    if _prefers_async(scope):
        headers["Preference-Applied"] = "respond-async"
    return JSONResponse({"id": job.id, "links": {"paper": headers["Location"]}}, 202, headers)
