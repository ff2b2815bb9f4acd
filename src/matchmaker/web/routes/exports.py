"""Answers to take away: as a table, as a page that needs nothing else, as Word, PDF or a workbook."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request, Response

from matchmaker.api.dependencies import AsOf, Code, EngineDep
from matchmaker.api.responses import attachment
from matchmaker.errors import InvalidParameter
from matchmaker.models.arrangement_changes import changes
from matchmaker.models.engine import Matchmaker
from matchmaker.models.query import ShortlistQuery
from matchmaker.reports.papers.assignment import assignment_paper
from matchmaker.reports.papers.comparison import comparison_paper
from matchmaker.reports.papers.document import Paper
from matchmaker.reports.papers.early_warning import signs_paper
from matchmaker.reports.papers.endings import MEDIA_TYPES
from matchmaker.reports.papers.organisation import organisation_paper
from matchmaker.reports.papers.question import asked
from matchmaker.reports.papers.shortlist import shortlist_paper
from matchmaker.reports.papers.write import written
from matchmaker.reports.shortlist import shortlist_report
from matchmaker.web.csv_response import csv_file
from matchmaker.web.navigation import base_of
from matchmaker.web.presenters.assignment import read_assignment_query
from matchmaker.web.presenters.shortlist import file_name, permanent
from matchmaker.web.query import QueryDep

router = APIRouter(prefix="/{sector}")
SELF_CONTAINED = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'"
"""A report holds its own style, since it must look right as a file by itself; it holds no script."""


class Form(StrEnum):
    """Endings of papers."""

    DOCX = "docx"
    PDF = "pdf"
    XLSX = "xlsx"


class BriefingForm(StrEnum):
    """Endings of one-page briefings."""

    DOCX = "docx"
    PDF = "pdf"


@router.get("/organisations/{code}/shortlist.csv")
def shortlist_csv(engine: EngineDep, code: Code, query: QueryDep) -> Response:
    """One row for each option."""
    answer = engine.answer(code, query)
    return csv_file(file_name(answer, "csv"), answer.to_rows())


@router.get("/organisations/{code}/shortlist.html")
def shortlist_html(engine: EngineDep, code: Code, query: QueryDep) -> Response:
    """The whole report in one file that needs nothing else."""
    compared = query.model_copy(update={"compare_with": engine.sector.display.compare_with})
    answer, changed = engine.answer(code, compared), engine.recommender_for(query).arrangement
    report = shortlist_report(answer, changed, engine.snapshot)
    return _file(file_name(answer, "html"), report.encode(), MEDIA_TYPES["html"])


@router.get("/organisations/{code}/shortlist.{form}")
def shortlist_as(request: Request, engine: EngineDep, code: Code, query: QueryDep, form: Form) -> Response:
    """The full report, or the workbook, of a shortlist.

    Raises:
        MissingExtra: what makes such a file is not installed.
    """
    return paper_file(_shortlist(request, engine, code, query), form)


@router.get("/organisations/{code}/briefing.{form}")
def briefing(
    request: Request, engine: EngineDep, code: Code, query: QueryDep, form: BriefingForm
) -> Response:
    """A shortlist on one page."""
    return paper_file(_shortlist(request, engine, code, query), form, briefing=True)


@router.get("/organisations/{code}/profile.{form}")
def profile_as(request: Request, engine: EngineDep, code: Code, form: Form, as_of: AsOf = None) -> Response:
    """One organisation."""
    overview = engine.overview(code, as_of)
    own = f"organisations/{overview.profile.code}"
    link = _address(request, engine, own, [("as_of", overview.profile.as_of.isoformat())])
    return paper_file(organisation_paper(overview, engine.profiles(as_of), link), form)


@router.get("/organisations/{code}/compare.{form}")
def compare_as(
    request: Request,
    engine: EngineDep,
    code: Code,
    query: QueryDep,
    form: Form,
    candidates: Annotated[list[str] | None, Query(alias="with", max_length=20)] = None,
    own: Annotated[list[str] | None, Query(alias="set", max_length=20)] = None,
) -> Response:
    """A recipient beside some candidates, with the spread of a set of one's own where one is given."""
    names = [name for name in dict.fromkeys(candidates or ()) if name.strip()]
    if not names:
        text = f"No {engine.sector.words.organisation} is named to compare with."
        raise InvalidParameter(text, "Go back and tick those to compare.", ("with",))
    answers = [engine.explain(code, name, query) for name in names]
    codes = [answers[0].recipient.code, *(one.candidate.code for one in answers)]
    terms = [term.strip() for term in own or () if term.strip()]
    comparison = engine.compare(codes, query.as_of, own=terms)
    arrangement = engine.recommender_for(query).arrangement
    how = asked(query, changes(arrangement, engine.sector), arrangement.label, engine.sector)
    fields = [("with", one.candidate.code) for one in answers] + [("set", term) for term in terms]
    page = f"organisations/{answers[0].recipient.code}/compare"
    link = _address(request, engine, page, [*query.to_fields(), *fields])
    return paper_file(comparison_paper(comparison, engine.profiles(query.as_of), answers, how, link), form)


@router.get("/assign.{form}")
def assign_as(request: Request, engine: EngineDep, form: Form) -> Response:
    """One option for each of many recipients."""
    assignment = read_assignment_query(request.query_params, engine.registry)
    answer, query = assignment.answer(engine), assignment.query
    used, sector = engine.recommender_for(query).arrangement, engine.sector
    fields = [*permanent(query, used, answer), *assignment.to_fields()]
    link = _address(request, engine, "assign", fields)
    return paper_file(
        assignment_paper(answer, query, used, changes(used, sector), engine.profiles(query.as_of), link), form
    )


@router.get("/signs.{form}")
def signs_as(
    request: Request,
    engine: EngineDep,
    form: Form,
    as_of: AsOf = None,
    org_type: Annotated[str | None, Query(alias="type")] = None,
) -> Response:
    """The early-warning signs of all organisations; the link in it makes the same paper again."""
    answer = engine.signs(as_of, org_type)
    fields = [("as_of", answer.as_of.isoformat()), *([("type", org_type)] if org_type else [])]
    link = _address(request, engine, f"signs.{form}", fields)
    return paper_file(signs_paper(answer, engine.sector, org_type, link), form)


def paper_file(paper: Paper, form: str, *, briefing: bool = False) -> Response:
    """A paper as a file to take away.

    Raises:
        MissingExtra: what makes such a file is not installed.
    """
    name = f"{paper.name}{'-briefing' if briefing else ''}.{form}"
    return _file(name, written(paper, str(form), briefing=briefing), MEDIA_TYPES[form])


def _shortlist(request: Request, engine: Matchmaker, code: str, query: ShortlistQuery) -> Paper:
    answer, recommender = engine.answer(code, query), engine.recommender_for(query)
    used = recommender.arrangement
    own = f"organisations/{answer.recipient.code}/shortlist"
    link = _address(request, engine, own, permanent(query, used, answer))
    return shortlist_paper(answer, query, used, recommender.profiles, link)


def _address(request: Request, engine: Matchmaker, path: str, fields: list[tuple[str, str]]) -> str:
    """The whole address of a page of this service: a paper is read elsewhere."""
    return f"{str(request.base_url).rstrip('/')}{base_of(engine.sector)}/{path}?{urlencode(fields)}"


def _file(name: str, content: bytes, media_type: str) -> Response:
    headers = {
        "Content-Disposition": attachment(name),
        "Content-Security-Policy": SELF_CONTAINED,
        "Cache-Control": "no-cache",
    }
    return Response(content, media_type=media_type, headers=headers)
