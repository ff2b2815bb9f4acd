"""Working shortlists on pages: keep options, rule one out, write notes, come back, share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, TypeVar
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, File, Form, Path, Request, Response, UploadFile
from fastapi.responses import HTMLResponse, RedirectResponse

from matchmaker.api.dependencies import Code, EngineDep
from matchmaker.api.kept import changes, files
from matchmaker.api.kept.changes import Change
from matchmaker.api.kept.paper import counted, kept_paper, note_text, rank_text
from matchmaker.api.kept.shortlist import MAX_NAME, MAX_TEXT, KeptShortlist
from matchmaker.api.kept.store import UnknownKeptShortlist
from matchmaker.api.kept.today import kept_today
from matchmaker.api.routes.kept import of_sector, who
from matchmaker.errors import InvalidParameter, MatchmakerError
from matchmaker.models.engine import Matchmaker
from matchmaker.models.query import ShortlistQuery
from matchmaker.models.types import Organisation
from matchmaker.rendering.shortlist import arrangements_in_order
from matchmaker.web.csrf import same_origin
from matchmaker.web.csv_response import csv_file
from matchmaker.web.navigation import base_of, crumbs
from matchmaker.web.presenters import kept as present
from matchmaker.web.presenters.kept import ChangeForm
from matchmaker.web.query import QueryDep, address, crumbs_to_shortlist
from matchmaker.web.rendering import render
from matchmaker.web.routes.exports import Form as Ending
from matchmaker.web.routes.exports import paper_file
from matchmaker.web.who import SignInNeeded, kept_store, may_write, signed_in

router = APIRouter(prefix="/{sector}")
NOT_CACHED = {"Cache-Control": "no-store"}
"""Names of people do not belong in a cache."""
CARRIED = "carried"
"""In place of an id: the shortlist is in no store, but carried in the address or in the form."""
NEW, FROM_FILE = "new", "file"
Text = Annotated[str, Form()]
Texts = Annotated[list[str], Form()]
Upload = Annotated[UploadFile | None, File()]
Id = Annotated[str, Path(pattern=r"^[A-Za-z0-9_-]{1,40}$")]
OWN = Depends(same_origin)
R = TypeVar("R", bound=Response)


@router.get("/kept")
def all_kept(request: Request, engine: EngineDep, recipient: str = "") -> HTMLResponse:
    """All working shortlists in the store, or those for one organisation; and the way back from a file."""
    return _all(request, engine, recipient)


@router.post("/kept/load", dependencies=[OWN])
def load(request: Request, engine: EngineDep, file: Upload = None) -> Response:
    """A working shortlist from the file in which it was saved: into the store, or into the address."""
    try:
        kept = of_sector(files.from_json(_content(file)), engine.sector.name)
    except InvalidParameter as error:
        return _all(request, engine, "", {"file": f"{error.message} {error.next_step}"})
    return begun(request, engine, kept)


@router.get("/organisations/{code}/keep")
def keep_page(
    request: Request,
    engine: EngineDep,
    code: Code,
    query: QueryDep,
) -> HTMLResponse:
    """What is to be kept, and in which working shortlist."""
    ticked = [name for name in dict.fromkeys(request.query_params.getlist("with")) if name.strip()]
    filled = {"into": request.query_params.get("into", ""), "state": request.query_params.get("kept", "")}
    return _keep_form(request, engine, code, query, ticked, filled, {})


@router.post("/organisations/{code}/keep", dependencies=[OWN])
def keep(
    request: Request,
    engine: EngineDep,
    code: Code,
    query: QueryDep,
    candidates: Texts = [],  # noqa: B006  (FastAPI copies it)
    more: Text = "",
    into: Text = NEW,
    name: Text = "",
    by: Text = "",
    state: Text = "",
    file: Upload = None,
) -> Response:
    """Keep them, and show the working shortlist; or show the form again with what is wrong."""
    filled = {"into": into, "name": name, "by": by, "more": more, "state": state}
    errors: dict[str, str] = {}
    names = [one for one in dict.fromkeys([*candidates, more.strip()]) if one.strip()]
    if not names:
        errors["more"] = f"Enter the name or code of the {engine.sector.words.organisation} to keep"
        return _keep_form(request, engine, code, query, [], filled, errors)
    recipient = engine.find(code, query.as_of).organisation
    try:
        options = changes.options_of(engine, recipient.code, query, names, who(by, signed_in(request)))
        change = changes.keep(options)
        if into not in (NEW, FROM_FILE, CARRIED):
            return _changed(request, engine, into, "", change)
        if into == NEW:
            kept = changes.begin(engine, recipient.code, name)
        elif into == CARRIED:
            kept = of_sector(files.from_address(state), engine.sector.name)
        else:
            kept = of_sector(files.from_json(_content(file)), engine.sector.name)
        if kept.recipient != recipient.code:
            raise InvalidParameter(
                f"That working shortlist is for {kept.recipient_name}.", "Choose another.", ("file",)
            )
        return begun(request, engine, change(kept))
    except UnknownKeptShortlist:
        raise
    except MatchmakerError as error:
        where = str(error.loc[0]) if error.loc else "more"
        place = {"candidates": "more", "state": "into", "content": "file"}.get(where, where)
        errors[place] = f"{error.message} {error.next_step}"
        return _keep_form(request, engine, code, query, list(candidates), filled, errors)


@router.get("/kept/{id}")
def kept_page(request: Request, engine: EngineDep, id: Id, state: str = "") -> HTMLResponse:
    """One working shortlist, beside the figures of today."""
    return _page(request, engine, _found(request, engine, id, state))


@router.post("/kept/{id}/changes", dependencies=[OWN])
def change(
    request: Request,
    engine: EngineDep,
    id: Id,
    action: Text = "",
    code: Text = "",
    arrangement: Text = "",
    text: Text = "",
    by: Text = "",
    state: Text = "",
) -> Response:
    """Rule one out, bring it back, take it off, write a note, rename the list."""
    filled = ChangeForm(action, code, arrangement, text, by)
    try:
        wanted = filled.change(who(by, signed_in(request)))
        return _changed(request, engine, id, state, wanted, present.anchor_of(filled))
    except InvalidParameter as error:
        kept = _found(request, engine, id, state)
        return _page(request, engine, kept, {filled.place: error.message.rstrip(".")}, filled)


@router.post("/kept/{id}/options", dependencies=[OWN])
def add(
    request: Request,
    engine: EngineDep,
    id: Id,
    candidate: Text = "",
    arrangement: Text = "",
    by: Text = "",
    state: Text = "",
) -> Response:
    """Add any organisation, for one form of partnership, by the published weights and rules."""
    kept = _found(request, engine, id, state)
    errors = {}
    if not candidate.strip():
        errors["candidate"] = f"Enter the name or code of the {engine.sector.words.organisation} to add"
    else:
        try:
            query = ShortlistQuery.parse({"arrangement": arrangement}, engine.sector)
            options = changes.options_of(
                engine, kept.recipient, query, [candidate], who(by, signed_in(request))
            )
            anchor = f"kept-{options[0].arrangement}-{options[0].code}"
            return _changed(request, engine, id, state, changes.keep(options), anchor)
        except InvalidParameter as error:
            errors["candidate"] = f"{error.message} {error.next_step}"
        except MatchmakerError as error:
            if error.loc != ("candidates",):
                raise
            errors["candidate"] = error.message
    filled = ChangeForm("add", arrangement=arrangement, text=candidate, by=by)
    return _page(request, engine, kept, errors, filled)


@router.get("/kept/{id}/delete")
def delete_page(request: Request, engine: EngineDep, id: Id) -> HTMLResponse:
    """Ask whether to delete one from the store."""
    kept = _found(request, engine, id, "")
    return _private(
        render(request, "kept_delete.html", kept=kept, own=_own(engine, kept), crumbs=_crumbs(engine, kept))
    )


@router.post("/kept/{id}/delete", dependencies=[OWN])
def delete(request: Request, engine: EngineDep, id: Id) -> Response:
    """Delete one from the store, with all notes on it."""
    kept = _found(request, engine, id, "")
    store = kept_store(request)
    if store is not None and kept.id:
        store.delete(engine.sector.name, kept.id)
    return RedirectResponse(f"{base_of(engine.sector)}/kept?recipient={kept.recipient}", 303)


@router.get("/kept/{id}/file.json")
def save(request: Request, engine: EngineDep, id: Id, state: str = "") -> Response:
    """The file of one, which these pages and the command line can load again."""
    kept = _found(request, engine, id, state)
    name = f"working-shortlist-{kept.recipient}-{kept.changed[:10]}.json"
    headers = NOT_CACHED | {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(files.to_json(kept.without_id()), media_type="application/json", headers=headers)


@router.post("/kept/{id}/file.json", dependencies=[OWN])
def save_carried(request: Request, engine: EngineDep, id: Id, state: Text = "") -> Response:
    """The same, of one that a form carries."""
    return save(request, engine, id, state)


@router.get("/kept/{id}/table.csv")
def table(request: Request, engine: EngineDep, id: Id, state: str = "") -> Response:
    """One row for each option."""
    kept = _found(request, engine, id, state)
    return _private(csv_file(f"working-shortlist-{kept.recipient}.csv", files.to_rows(kept)))


@router.post("/kept/{id}/table.csv", dependencies=[OWN])
def table_carried(request: Request, engine: EngineDep, id: Id, state: Text = "") -> Response:
    """The same, of one that a form carries."""
    return table(request, engine, id, state)


@router.get("/kept/{id}/paper.{form}")
def paper(request: Request, engine: EngineDep, id: Id, form: Ending, state: str = "") -> Response:
    """All forms of partnership in one paper.

    Raises:
        MissingExtra: what makes such a file is not installed.
    """
    kept = _found(request, engine, id, state)
    link = str(request.base_url).rstrip("/") + _own(engine, kept) if kept.id else ""
    made = kept_paper(kept_today(engine, kept), engine.sector, link)
    return _private(paper_file(made, form))


@router.post("/kept/{id}/paper.{form}", dependencies=[OWN])
def paper_carried(request: Request, engine: EngineDep, id: Id, form: Ending, state: Text = "") -> Response:
    """The same, of one that a form carries."""
    return paper(request, engine, id, form, state)


def _content(file: UploadFile | None) -> bytes:
    """What was chosen to load.

    Raises:
        NoKeptShortlist: nothing was.
    """
    content = file.file.read(files.MAX_FILE + 1) if file is not None else b""
    if not content:
        raise files.NoKeptShortlist("No file was chosen.", "Choose a file that was saved here.", ("file",))
    return content


def _found(request: Request, engine: Matchmaker, id: str, state: str) -> KeptShortlist:
    """A working shortlist: that of the store, or that which the address or form carries."""
    if id == CARRIED:
        return of_sector(files.from_address(state), engine.sector.name)
    if request.app.state.kept is not None and not may_write(request):
        raise SignInNeeded
    store = kept_store(request)
    if store is None:
        raise UnknownKeptShortlist("There is no working shortlist at this address.", "Load its file.")
    return store.get(engine.sector.name, id)


def begun(request: Request, engine: Matchmaker, kept: KeptShortlist) -> Response:
    """The answer after one was begun or loaded."""
    store = kept_store(request)
    if store is not None:
        kept = store.add(kept)
    return _shown(request, engine, kept)


def _changed(
    request: Request, engine: Matchmaker, id: str, state: str, change: Change, anchor: str = ""
) -> Response:
    """The answer after a change."""
    if id == CARRIED:
        return _shown(request, engine, change(_found(request, engine, id, state)), anchor)
    _found(request, engine, id, state)  # says why where there is none, or nobody may
    store = kept_store(request)
    assert store is not None
    return _shown(request, engine, store.change(engine.sector.name, id, change), anchor)


def _shown(request: Request, engine: Matchmaker, kept: KeptShortlist, anchor: str = "") -> Response:
    """To the page of one; shown at once where it is too long for an address."""
    own = _own(engine, kept)
    part = f"#{anchor}" if anchor else ""
    if kept.id:
        return RedirectResponse(own + part, 303)
    state = files.to_address(kept)
    if state is None:
        return _page(request, engine, kept)
    return RedirectResponse(f"{own}?{urlencode({'state': state})}{part}", 303)


def _own(engine: Matchmaker, kept: KeptShortlist) -> str:
    return f"{base_of(engine.sector)}/kept/{kept.id or CARRIED}"


def _crumbs(engine: Matchmaker, kept: KeptShortlist) -> list[dict[str, str]]:
    own = (kept.recipient_name, f"/organisations/{kept.recipient}")
    return crumbs(engine.sector, own, ("Working shortlists", f"/kept?recipient={kept.recipient}"))


def _page(
    request: Request,
    engine: Matchmaker,
    kept: KeptShortlist,
    errors: Mapping[str, str] | None = None,
    filled: ChangeForm | None = None,
) -> HTMLResponse:
    sector = engine.sector
    today = kept_today(engine, kept)
    state = "" if kept.id else files.packed(kept)
    short = kept.id or files.to_address(kept)
    here = f"{base_of(sector)}/organisations/{kept.recipient}"
    own = _own(engine, kept)
    link = own if kept.id else f"{own}?{urlencode({'state': state})}"
    return _private(
        render(
            request,
            "kept_one.html",
            422 if errors else 200,
            today=today,
            kept=kept,
            state=state,
            own=own,
            link=f"{str(request.base_url).rstrip('/')}{link}" if short else "",
            here=here,
            errors=errors or {},
            filled=filled or ChangeForm(),
            by=_by(request),
            counted=counted(today),
            note_text=note_text,
            rank_text=rank_text,
            list_address=present.list_address,
            compare_address=present.compare_address,
            periods=present.periods,
            figure_keys=present.figure_keys(sector),
            field_of=present.field_of,
            changed=present.moment(kept.changed),
            tabs=arrangements_in_order(sector),
            MAX_TEXT=MAX_TEXT,
            MAX_NAME=MAX_NAME,
            crumbs=_crumbs(engine, kept),
            as_of=today.as_of,
            snapshot=today.snapshot,
        )
    )


def _all(
    request: Request, engine: Matchmaker, recipient: str, errors: Mapping[str, str] | None = None
) -> HTMLResponse:
    store, sector = kept_store(request), engine.sector
    found = engine.find(recipient).organisation if recipient.strip() else None
    shown = [] if store is None else store.all(sector.name, found.code if found else None)
    return _private(
        render(
            request,
            "kept.html",
            422 if errors else 200,
            shown=shown,
            stored=store is not None,
            closed=request.app.state.kept is not None and store is None,
            recipient=found,
            moment=present.moment,
            errors=errors or {},
            crumbs=crumbs(sector, *([(found.name, f"/organisations/{found.code}")] if found else [])),
        )
    )


def _keep_form(
    request: Request,
    engine: Matchmaker,
    code: str,
    query: ShortlistQuery,
    ticked: list[str],
    filled: Mapping[str, str],
    errors: Mapping[str, str],
) -> HTMLResponse:
    sector, store = engine.sector, kept_store(request)
    found = engine.find(code, query.as_of).organisation
    recipient = Organisation(found.code, found.name, found.type, found.region, found.locality)
    here = f"{base_of(sector)}/organisations/{recipient.code}"
    known = []
    for name in ticked:
        try:
            known.append(engine.find(name, query.as_of).organisation)
        except MatchmakerError as error:
            errors = {"more": error.message, **errors}
    stored = [] if store is None else store.all(sector.name, recipient.code)
    carried = None
    if filled.get("state"):
        carried = of_sector(files.from_address(filled["state"]), sector.name)
    usual = next(one for one in arrangements_in_order(sector) if one.name == query.arrangement)
    into = filled.get("into") or (CARRIED if carried else stored[0].id if stored else NEW)
    return _private(
        render(
            request,
            "keep.html",
            422 if errors else 200,
            recipient=recipient,
            usual=usual,
            ticked=known,
            stored=stored,
            with_store=store is not None,
            carried=carried,
            filled={**filled, "into": into},
            moment=present.moment,
            usual_name=f"Partners for {recipient.name}"[:MAX_NAME],
            by=_by(request),
            errors=errors,
            action=address(f"{here}/keep", query),
            back=address(f"{here}/shortlist", query),
            NEW=NEW,
            CARRIED=CARRIED,
            FROM_FILE=FROM_FILE,
            MAX_NAME=MAX_NAME,
            crumbs=crumbs_to_shortlist(sector, recipient, query),
        )
    )


def _by(request: Request) -> str:
    """The name under which notes are written; empty where people say it themselves."""
    found = signed_in(request)
    return found.name if found else ""


def _private(response: R) -> R:
    response.headers.update(NOT_CACHED)
    return response
