"""A shortlist to take away: as a table, as a report to print, as a PDF."""

from __future__ import annotations

from threading import Lock

from fastapi import APIRouter, Response

from matchmaker.api.dependencies import Asked, Engine
from matchmaker.errors import MatchmakerError
from matchmaker.models.engine import Matchmaker
from matchmaker.models.types import Shortlist
from matchmaker.reports.pdf import pdf
from matchmaker.reports.shortlist import shortlist_page
from matchmaker.web import query
from matchmaker.web.csv_response import csv_file
from matchmaker.web.presenters.shortlist import BESIDE, file_name, rows
from matchmaker.web.query import Asking

router = APIRouter()
SELF_CONTAINED = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'"
"""A report holds its own style, since it must look right as a file by itself; it holds no script."""
LAYING_OUT = Lock()
"""A PDF keeps a processor busy for seconds: one at a time, so that the pages stay quick."""


class Busy(MatchmakerError):
    """Another PDF is being made."""

    slug = "busy"
    status = 503


@router.get("/trusts/{code}/shortlist.csv")
def shortlist_csv(engine: Engine, code: Asked, asked: Asking) -> Response:
    """One row for each option."""
    answer = _answer(engine, code, asked)
    return csv_file(file_name(answer, "csv"), rows(answer))


@router.get("/trusts/{code}/shortlist.html")
def shortlist_report(engine: Engine, code: Asked, asked: Asking) -> Response:
    """The whole report in one file that needs nothing else."""
    answer = _answer(engine, code, asked)
    return _file(answer, "html", _report(engine, answer, asked).encode(), "text/html; charset=utf-8")


@router.get("/trusts/{code}/shortlist.pdf")
def shortlist_pdf(engine: Engine, code: Asked, asked: Asking) -> Response:
    """The report as a PDF.

    Raises:
        MissingExtra: what makes PDFs is not installed.
        Busy: another one is being made.
    """
    answer = _answer(engine, code, asked)
    text = _report(engine, answer, asked, figures=False)
    if not LAYING_OUT.acquire(blocking=False):
        raise Busy("Another PDF is being made.", "Try again in some seconds, or print the page.")
    try:
        content = pdf(text)
    finally:
        LAYING_OUT.release()
    return _file(answer, "pdf", content, "application/pdf")


def _answer(engine: Matchmaker, code: str, asked: query.Asked) -> Shortlist:
    return engine.shortlist(code, beside=BESIDE, **asked.arguments())


def _report(engine: Matchmaker, answer: Shortlist, asked: query.Asked, *, figures: bool = True) -> str:
    how = engine.recommender(as_of=asked.as_of, **asked.question.arguments()).arrangement
    return shortlist_page(answer, how, engine.snapshot.sources, figures=figures)


def _file(answer: Shortlist, ending: str, content: bytes, media_type: str) -> Response:
    headers = {
        "Content-Disposition": f'attachment; filename="{file_name(answer, ending)}"',
        "Content-Security-Policy": SELF_CONTAINED,
        "Cache-Control": "no-cache",
    }
    return Response(content, media_type=media_type, headers=headers)
