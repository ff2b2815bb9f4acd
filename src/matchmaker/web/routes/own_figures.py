"""Figures and candidates of one's own, laid over the published ones for one list; nothing is kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import HTMLResponse
from starlette.datastructures import UploadFile

from matchmaker.api.dependencies import EngineDep
from matchmaker.api.kept import changes
from matchmaker.api.routes.kept import who
from matchmaker.api.user_data import MAX_CHARACTERS, read_text
from matchmaker.errors import BadFile, Issue, MatchmakerError
from matchmaker.models.arrangement import arrangement
from matchmaker.models.eligibility.candidates import needs_service
from matchmaker.models.engine import Matchmaker
from matchmaker.models.query import ShortlistQuery
from matchmaker.rendering.shortlist import arrangements_in_order
from matchmaker.reports.papers.shortlist import shortlist_paper
from matchmaker.web.csrf import same_origin
from matchmaker.web.csv_response import csv_file
from matchmaker.web.navigation import crumbs
from matchmaker.web.presenters import own_figures as present
from matchmaker.web.presenters.form import service_choices
from matchmaker.web.presenters.shortlist import file_name
from matchmaker.web.rendering import render
from matchmaker.web.routes.exports import Form as Ending
from matchmaker.web.routes.exports import paper_file
from matchmaker.web.routes.kept import begun
from matchmaker.web.who import signed_in

router = APIRouter(prefix="/{sector}/own")
NOT_CACHED = {"Cache-Control": "no-store"}
"""What somebody uploads is theirs."""
OWN = Depends(same_origin)


@dataclass(frozen=True, slots=True)
class OwnForm:
    """The form as it was sent.

    Attributes:
        text: of the table, with cells that were mended in it.
        fault: why the file can't be read.
        keep: codes that were ticked.
    """

    text: str = ""
    recipient: str = ""
    arrangement: str = ""
    service: str = ""
    by: str = ""
    keep: tuple[str, ...] = ()
    fault: BadFile | None = field(default=None, compare=False)


async def read_form(request: Request) -> OwnForm:
    """A dependency: the form, its table from the file, else from the field."""
    async with request.form(max_files=1, max_part_size=2 * MAX_CHARACTERS) as fields:
        texts = {name: value for name, value in fields.multi_items() if isinstance(value, str)}
        ticked = tuple(value for value in fields.getlist("with") if isinstance(value, str))
        file = fields.get("file")
        content = await file.read() if isinstance(file, UploadFile) else b""
    fault, text = None, texts.get("text", "")
    try:
        text = present.decoded(content) if content else present.mended(text, texts)
    except BadFile as error:
        fault, text = error, ""
    return OwnForm(
        text=text,
        recipient=texts.get("recipient", "").strip(),
        arrangement=texts.get("arrangement", "").strip(),
        service=texts.get("service", "").strip(),
        by=texts.get("by", ""),
        keep=ticked,
        fault=fault,
    )


FormDep = Annotated[OwnForm, Depends(read_form)]


@router.get("")
def own_page(request: Request, engine: EngineDep, recipient: str = "", arrangement: str = "") -> HTMLResponse:
    """The form, empty."""
    return _page(request, engine, OwnForm(recipient=recipient, arrangement=arrangement))


@router.get("/template.csv")
def template(engine: EngineDep, organisation: str = "") -> Response:
    """A table to fill in, with what is published of one organisation if it is named."""
    from matchmaker.features.overlay_template import template as table

    code = engine.find(organisation).organisation.code if organisation.strip() else None
    name = f"own-figures{f'-{code}' if code else ''}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-cache"}
    content = "\ufeff" + table(engine.snapshot, code)  # by this mark Excel knows the file as UTF-8
    return Response(content, media_type="text/csv; charset=utf-8", headers=headers)


@router.post("", dependencies=[OWN])
def own_list(request: Request, engine: EngineDep, filled: FormDep) -> HTMLResponse:
    """What was understood, faults where they stand, and the list made from it."""
    try:
        return _page(request, engine, filled, **_answered(engine, filled))
    except _Refused as refused:
        return _page(request, engine, filled, **refused.shown)


@router.post("/keep", dependencies=[OWN])
def own_keep(request: Request, engine: EngineDep, filled: FormDep) -> Response:
    """Keep the ticked in a new working shortlist: their names and ranks, not the figures."""
    try:
        found = _answered(engine, filled)
    except _Refused as refused:
        return _page(request, engine, filled, **refused.shown)
    if not filled.keep:
        errors = {"list": f"Tick the {engine.sector.words.organisations} to keep"}
        return _page(request, engine, filled, **found | {"errors": errors})
    own, answer = found["own_engine"], found["answer"]
    options = changes.options_of(
        own, answer.recipient.code, found["query"], filled.keep, who(filled.by, signed_in(request))
    )
    kept = changes.begin(own, answer.recipient.code)
    return begun(request, engine, changes.keep(options)(kept))


@router.post("/list.csv", dependencies=[OWN])
def own_csv(request: Request, engine: EngineDep, filled: FormDep) -> Response:
    """The list as a table."""
    try:
        answer = _answered(engine, filled)["answer"]
    except _Refused as refused:
        return _page(request, engine, filled, **refused.shown)
    return csv_file(file_name(answer, "csv"), answer.to_rows())


@router.post("/list.{form}", dependencies=[OWN])
def own_paper(request: Request, engine: EngineDep, form: Ending, filled: FormDep) -> Response:
    """The list as Word, PDF or a workbook.

    Raises:
        MissingExtra: what makes such a file is not installed.
    """
    try:
        found = _answered(engine, filled)
    except _Refused as refused:
        return _page(request, engine, filled, **refused.shown)
    recommender = found["own_engine"].recommender_for(found["query"])
    paper = shortlist_paper(found["answer"], found["query"], recommender.arrangement, recommender.profiles)
    return paper_file(paper, form)


class _Refused(Exception):
    """The form can't be answered; `shown` is what its page shows of that."""

    def __init__(self, **shown: Any) -> None:
        super().__init__()
        self.shown = shown


def _answered(engine: Matchmaker, filled: OwnForm) -> dict[str, Any]:
    """The list with a table laid over the published figures, and what was understood of it."""
    try:
        if filled.fault:
            raise filled.fault
        if not filled.text.strip():
            raise BadFile([Issue("The table", "a file, or a table in the field")], "Choose your file.")
        own, own_engine = read_text(engine, filled.text)
    except BadFile as error:
        faults = present.faults_in_place(error, filled.text)
        general = [present.fault_text(error.faults[0])] if not filled.text.strip() else faults.general
        raise _Refused(
            errors={"file": general[0]} if not filled.text.strip() else {"faults": _counted(error)},
            faults=faults if filled.text.strip() else None,
        ) from error
    organisations, figures = present.understood(own, engine)
    shown = {
        "organisations": organisations,
        "figures": figures,
        "n_figures": len(figures),
        "doubts": own_engine.notes,
    }
    if not filled.recipient:
        words = engine.sector.words
        raise _Refused(errors={"recipient": f"Enter the {words.organisation} that needs a partner"}, **shown)
    try:
        given = {"arrangement": filled.arrangement, "service": filled.service}
        query = ShortlistQuery.parse(given, engine.sector)
        chosen = arrangement(engine.sector, str(query.arrangement))
        if query.service is None and needs_service(chosen, own_engine.profiles()):
            raise _Refused(errors={"service": f"{chosen.label} needs a service: choose one"}, **shown)
        answer = own_engine.answer(filled.recipient, query)
    except MatchmakerError as error:
        place = "service" if error.loc[:1] == ("service",) else "recipient"
        raise _Refused(errors={place: f"{error.message} {error.next_step}"}, **shown) from error
    return shown | {"query": query, "usual": chosen, "answer": answer, "own_engine": own_engine}


def _counted(error: BadFile) -> str:
    n = len(error.faults)
    return f"{n} {'fault' if n == 1 else 'faults'} in the table: nothing was used"


def _page(
    request: Request,
    engine: Matchmaker,
    filled: OwnForm,
    errors: Mapping[str, str] | None = None,
    **shown: Any,
) -> HTMLResponse:
    answer, sector = shown.get("answer"), engine.sector
    new = {one.code for one in shown.get("organisations", ()) if one.is_new}
    page = render(
        request,
        "own_figures.html",
        422 if errors else 200,
        filled=filled,
        errors=errors or {},
        tabs=arrangements_in_order(sector),
        services=service_choices(engine.profiles()),
        new=new,
        own_codes={one.code for one in shown.get("organisations", ())},
        MAX_SHOWN=present.MAX_SHOWN,
        crumbs=crumbs(sector),
        as_of=answer.as_of if answer else engine.profiles().as_of,
        **shown,
    )
    page.headers.update(NOT_CACHED)
    return page
