"""A shortlist to take away: as a table, as a report to print, as a PDF."""

from __future__ import annotations

from threading import Lock

from fastapi import APIRouter, Response

from matchmaker.api.dependencies import Code, EngineDep
from matchmaker.errors import MatchmakerError
from matchmaker.models.engine import Matchmaker
from matchmaker.models.query import ShortlistQuery
from matchmaker.models.types import Shortlist
from matchmaker.reports.pdf import pdf
from matchmaker.reports.shortlist import shortlist_report
from matchmaker.web.csv_response import csv_file
from matchmaker.web.presenters.shortlist import file_name
from matchmaker.web.query import QueryDep

router = APIRouter(prefix="/{sector}")
SELF_CONTAINED = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'"
"""A report holds its own style, since it must look right as a file by itself; it holds no script."""
PDF_LOCK = Lock()
"""A PDF keeps a processor busy for seconds: one at a time, so that the pages stay quick."""


class Busy(MatchmakerError):
    """Another PDF is being made."""

    slug = "busy"
    status = 503


@router.get("/organisations/{code}/shortlist.csv")
def shortlist_csv(engine: EngineDep, code: Code, query: QueryDep) -> Response:
    """One row for each option."""
    answer = engine.answer(code, query)
    return csv_file(file_name(answer, "csv"), answer.to_rows())


@router.get("/organisations/{code}/shortlist.html")
def shortlist_html(engine: EngineDep, code: Code, query: QueryDep) -> Response:
    """The whole report in one file that needs nothing else."""
    answer, report = _report(engine, code, query)
    return _file(answer, "html", report.encode(), "text/html; charset=utf-8")


@router.get("/organisations/{code}/shortlist.pdf")
def shortlist_pdf(engine: EngineDep, code: Code, query: QueryDep) -> Response:
    """The report as a PDF.

    Raises:
        MissingExtra: what makes PDFs is not installed.
        Busy: another one is being made.
    """
    answer, report = _report(engine, code, query, figures=False)
    if not PDF_LOCK.acquire(blocking=False):
        raise Busy("Another PDF is being made.", "Try again in some seconds, or print the page.")
    try:
        content = pdf(report)
    finally:
        PDF_LOCK.release()
    return _file(answer, "pdf", content, "application/pdf")


def _report(
    engine: Matchmaker, code: str, query: ShortlistQuery, *, figures: bool = True
) -> tuple[Shortlist, str]:
    compared = query.model_copy(update={"compare_with": engine.sector.display.compare_with})
    answer, changed = engine.answer(code, compared), engine.recommender_for(query).arrangement
    return answer, shortlist_report(answer, changed, engine.snapshot, figures=figures)


def _file(answer: Shortlist, ending: str, content: bytes, media_type: str) -> Response:
    headers = {
        "Content-Disposition": f'attachment; filename="{file_name(answer, ending)}"',
        "Content-Security-Policy": SELF_CONTAINED,
        "Cache-Control": "no-cache",
    }
    return Response(content, media_type=media_type, headers=headers)
