"""Working shortlists: keep options, rule them out, write notes, come back later."""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from matchmaker.api.audit_log.errors import DecisionLogOff
from matchmaker.api.auth.dependencies import require_scope
from matchmaker.api.auth.keys import Principal
from matchmaker.api.dependencies import EngineDep
from matchmaker.api.kept import changes, files
from matchmaker.api.kept.shortlist import MAX_NAME, MAX_OPTIONS, MAX_TEXT, KeptShortlist
from matchmaker.api.kept.store import KeptStore
from matchmaker.api.problems import responses
from matchmaker.api.responses import TABLE, path, render
from matchmaker.api.routes.shortlists import QueryBody
from matchmaker.api.schemas import Deleted, KeptListResponse, KeptResponse
from matchmaker.errors import InvalidParameter
from matchmaker.models.query import Text
from matchmaker.version import __version__

router = APIRouter(prefix="/v1/{sector}", tags=["kept"])
NOT_CACHED = {"Cache-Control": "no-store"}
"""Names of people do not belong in a cache."""


def get_store(request: Request) -> KeptStore:
    """The store of working shortlists.

    Raises:
        DecisionLogOff: the service has none.
    """
    store: KeptStore | None = request.app.state.kept
    if store is None:
        raise DecisionLogOff
    return store


StoreDep = Annotated[KeptStore, Depends(get_store)]
Holder = Annotated[Principal | None, Depends(require_scope("decide"))]
Id = Annotated[
    str, Path(max_length=40, description="Id of the working shortlist.", examples=["5f0c1d2a9b8e7f603142"])
]
By = Annotated[str, Field(max_length=MAX_NAME)]


class Body(BaseModel):
    """A body whose fields are described by the text below each."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)


class KeptRequest(Body):
    """A new working shortlist: empty, or from a file."""

    recipient: Text | None = None
    """Code or name of the organisation that needs a partner; needed unless there is `content`."""
    name: Annotated[str, Field(max_length=MAX_NAME)] = ""
    """What to call it; by default after the recipient."""
    content: dict[str, Any] | None = None
    """The whole of one, as a file of it holds it; it is stored as a new one."""


class KeepRequest(QueryBody):
    """Candidates to keep, and the query of the list on which they stand."""

    candidates: list[Text] = Field(min_length=1, max_length=MAX_OPTIONS)
    """Codes or names; those that rules leave out are kept with the reason."""
    by: By = ""
    """Who keeps them; where a key is needed, by default its name."""


class ChangeRequest(Body):
    """One change of a working shortlist."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"action": "note", "text": "Called on 3 March 2026.", "by": "Ann"}]}
    )

    action: Literal["rule_out", "bring_back", "note", "take_off", "rename"]
    """`rule_out` needs a code and why; `bring_back` and `take_off` a code; `note` a text; `rename` a name."""
    code: str | None = Field(default=None, max_length=12)
    """Code of the organisation; a note without one is on the whole list."""
    arrangement: str | None = Field(default=None, max_length=80)
    """Only for this form of partnership; by default for all in which it was kept."""
    text: str = Field(default="", max_length=MAX_TEXT)
    """The reason, the note or the name."""
    by: By = ""
    """Who does it; where a key is needed, by default its name."""

    def change(self, by: str) -> changes.Change:
        """The change itself.

        Raises:
            InvalidParameter: something that the action needs is missing.
        """
        if self.action == "note":
            return changes.write_note(self.text, by, self.code, self.arrangement)
        if self.action == "rename":
            return changes.rename(self.text)
        if not self.code:
            raise InvalidParameter("No organisation is named.", "Give its code.", ("code",))
        if self.action == "rule_out":
            return changes.rule_out(self.code, self.text, by, self.arrangement)
        if self.action == "bring_back":
            return changes.bring_back(self.code, by, self.arrangement)
        return changes.take_off(self.code, self.arrangement)


@router.get(
    "/kept",
    operation_id="list_kept",
    summary="Working shortlists",
    response_model=KeptListResponse,
    responses=responses(404),
    dependencies=[Depends(require_scope("decide"))],
)
def list_kept(
    request: Request,
    engine: EngineDep,
    store: StoreDep,
    recipient: Annotated[
        str | None, Query(pattern="^[A-Za-z0-9]{1,12}$", description="Only those for this code.")
    ] = None,
) -> Response:
    """The latest changed first, at most 500."""
    sector = engine.sector.name
    found = store.all(sector, recipient.upper() if recipient else None)
    links = {"self": path(request, sector, "kept", recipient=recipient)}
    return _not_cached(render(request, KeptListResponse(version=__version__, links=links, shortlists=found)))


@router.post(
    "/kept",
    operation_id="create_kept",
    summary="Begin a working shortlist, or store one from a file",
    status_code=201,
    response_model=KeptResponse,
    responses=responses(400, 404, 408, 409, 413, 415),
    dependencies=[Depends(require_scope("decide"))],
)
def create_kept(request: Request, engine: EngineDep, store: StoreDep, body: KeptRequest) -> Response:
    """The answer holds its id, which is the way back to it."""
    if body.content is not None:
        kept = of_sector(_content(body.content), engine.sector.name)
        kept = changes.rename(body.name)(kept) if body.name else kept
    elif body.recipient is not None:
        try:
            kept = changes.begin(engine, body.recipient, body.name)
        except InvalidParameter as error:
            error.loc = error.loc or ("recipient",)
            raise
    else:
        text = "Neither a recipient nor the content of a file was given."
        raise InvalidParameter(text, "Give one of them.", ("recipient",))
    response = _answer(request, store.add(kept))
    response.status_code = 201
    return response


@router.get(
    "/kept/{id}",
    operation_id="get_kept",
    summary="One working shortlist",
    response_model=KeptResponse,
    responses={200: TABLE, **responses(404)},
    dependencies=[Depends(require_scope("decide"))],
)
def get_kept(request: Request, engine: EngineDep, store: StoreDep, id: Id) -> Response:
    """With its options, those ruled out, and all notes; as a table, one row for each option."""
    return _answer(request, store.get(engine.sector.name, id))


@router.delete(
    "/kept/{id}",
    operation_id="delete_kept",
    summary="Delete a working shortlist",
    response_model=Deleted,
    responses=responses(404),
    dependencies=[Depends(require_scope("decide"))],
)
def delete_kept(request: Request, engine: EngineDep, store: StoreDep, id: Id) -> Response:
    """With all notes on it; decisions stay on record."""
    sector = engine.sector.name
    store.delete(sector, id)
    links = {"kept": path(request, sector, "kept")}
    return _not_cached(render(request, Deleted(version=__version__, links=links, deleted=id)))


@router.post(
    "/kept/{id}/options",
    operation_id="keep_options",
    summary="Keep options of a list",
    response_model=KeptResponse,
    responses=responses(400, 404, 408, 413, 415),
)
def keep_options(
    request: Request, engine: EngineDep, store: StoreDep, holder: Holder, id: Id, body: KeepRequest
) -> Response:
    """An organisation stands once for each form of partnership; kept again, it keeps its notes."""
    sector = engine.sector.name
    recipient = store.get(sector, id).recipient
    options = changes.options_of(engine, recipient, body, body.candidates, who(body.by, holder))
    return _answer(request, store.change(sector, id, changes.keep(options)))


@router.post(
    "/kept/{id}/changes",
    operation_id="change_kept",
    summary="Rule an option out, bring it back, write a note, rename the list",
    response_model=KeptResponse,
    responses=responses(400, 404, 408, 413, 415),
)
def change_kept(
    request: Request, engine: EngineDep, store: StoreDep, holder: Holder, id: Id, body: ChangeRequest
) -> Response:
    """A change is applied to the list as it is then, so that two people at once lose nothing."""
    change = body.change(who(body.by, holder))
    return _answer(request, store.change(engine.sector.name, id, change))


def who(given: str, holder: Principal | None) -> str:
    """Who does something: as given, with the name of the key or account, where one is needed."""
    given = given.strip()
    if holder is None or given == holder.name:
        return given
    return f"{given} ({holder.name})"[:MAX_NAME] if given else holder.name


def of_sector(kept: KeptShortlist, sector: str) -> KeptShortlist:
    """The same, if it belongs to a sector.

    Raises:
        NoKeptShortlist: it belongs to another one.
    """
    if kept.sector != sector:
        raise files.NoKeptShortlist(
            f"The working shortlist belongs to the sector '{kept.sector}'.",
            "Load it on the pages of that sector.",
            ("content",),
        )
    return kept


def _content(given: dict[str, Any]) -> KeptShortlist:
    try:
        return files.from_json(json.dumps(given))
    except files.NoKeptShortlist as error:
        error.loc = ("content",)
        raise


def _answer(request: Request, kept: KeptShortlist) -> Response:
    own = (kept.sector, "kept", kept.id)
    links = {
        "self": path(request, *own),
        "options": path(request, *own, "options"),
        "changes": path(request, *own, "changes"),
        "organisation": path(request, kept.sector, "organisations", kept.recipient),
    }
    answer = KeptResponse(version=__version__, links=links, shortlist=kept)
    return _not_cached(render(request, answer, lambda: files.to_rows(kept), f"kept-{kept.recipient}"))


def _not_cached(response: Response) -> Response:
    response.headers.update(NOT_CACHED)
    return response
