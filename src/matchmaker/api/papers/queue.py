"""Papers that are made while their caller does something else: a queue, and the files that came of it.

Each process makes its own papers, one after the other. What is known of each stands in a folder that all
processes of a service share, so that any of them can say how it goes and give the file.
"""

from __future__ import annotations

import asyncio
import json
import os
import secrets
import tempfile
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar, Literal
from urllib.parse import quote

import structlog
from starlette.types import ASGIApp, Message, Scope

from matchmaker.api.middleware.request_limits import replayed
from matchmaker.api.work import PAPERS
from matchmaker.errors import MatchmakerError

FOLDER = "MATCHMAKER_PAPERS"
"""Environment variable: the folder that the processes of a service share."""
MAX_QUEUED = 20
"""Papers that wait in one process."""
MAX_OF_CALLER = 3
"""Papers of one caller that wait or are being made in one process."""
MAKING_SECONDS = 120.0
"""Time for one paper, once its turn has come."""
RETENTION_SECONDS = 600
"""How long a paper is kept after it was made or failed."""
MAX_FOLDER_BYTES = 64_000_000
"""What all kept papers may take; the oldest go first."""
PASSED_ON = ("content-type", "content-disposition", "content-security-policy")
"""Headers of a response that come with the file later."""
FORMS = tuple(f".{ending}" for ending in PAPERS)
"""Endings of addresses that give papers."""
_log = structlog.get_logger("matchmaker.papers")

State = Literal["queued", "making", "done", "failed"]


class QueueFull(MatchmakerError):
    """Too many papers wait, of all callers or of this one."""

    slug = "busy"
    status = 503
    headers: ClassVar = {"Retry-After": "30"}


class NoPaper(MatchmakerError):
    """There is no such paper, or not any more."""

    slug = "not-found"
    status = 404


@dataclass(frozen=True, slots=True)
class PaperJob:
    """What is known of a paper.

    Attributes:
        id: by which it is asked for; nobody can guess it.
        number: in the order of asking, in its process.
        process: id of the process that makes it.
        owner: id of the key or account that asked; empty where nobody had to be known.
        address: path and query string that were asked for; empty for a form.
        state: how far it is.
        changed: when that was last otherwise, in seconds since 1970.
        status: of the response, once it is done or has failed.
        headers: of the response.
    """

    id: str
    number: int
    process: int
    owner: str
    address: str
    state: State
    changed: float
    status: int | None = None
    headers: tuple[tuple[str, str], ...] = ()

    @property
    def over(self) -> bool:
        """Whether it is done or has failed."""
        return self.state in ("done", "failed")

    @property
    def expired(self) -> bool:
        """Whether it was kept long enough."""
        return self.over and time.time() - self.changed > RETENTION_SECONDS


@dataclass
class _Waiting:
    """A request that waits for its turn."""

    job: PaperJob
    caller: str
    scope: Scope
    body: bytes
    app: ASGIApp


@dataclass
class PaperQueue:
    """The papers of one process.

    Attributes:
        waiting: those whose turn has not come.
        making: the one that is being made.
    """

    waiting: deque[_Waiting] = field(default_factory=deque)
    making: _Waiting | None = None
    _own: tempfile.TemporaryDirectory[str] | None = None
    _n: int = 0
    _worker: asyncio.Task[None] | None = None

    @cached_property
    def folder(self) -> Path:
        """Where papers lie; of this process alone where nobody named a folder."""
        named = os.environ.get(FOLDER)
        if named:
            return Path(named)
        self._own = tempfile.TemporaryDirectory(prefix="matchmaker-papers-")
        return Path(self._own.name)

    def check_room(self, caller: str) -> None:
        """Check that one more may wait.

        Raises:
            QueueFull: too many do.
        """
        if len(self.waiting) >= MAX_QUEUED:
            raise QueueFull(f"{MAX_QUEUED} other papers wait to be made.", "Try again in a minute.")
        own = [one for one in (*self.waiting, self.making) if one is not None and one.caller == caller]
        if len(own) >= MAX_OF_CALLER:
            raise QueueFull(f"{MAX_OF_CALLER} papers of yours wait already.", "Take those first.")

    def add(self, caller: str, owner: str, scope: Scope, body: bytes, app: ASGIApp) -> PaperJob:
        """Put a request for a paper into the queue.

        Args:
            caller: as `caller_of` tells them apart.
            owner: see `PaperJob`.
            scope: of the request.
            body: of the request.
            app: what answers it.
        """
        self._n += 1
        query = scope["query_string"].decode("latin-1")
        address = f"{quote(scope['path'])}{f'?{query}' if query else ''}" if scope["method"] == "GET" else ""
        job = PaperJob(secrets.token_urlsafe(24), self._n, os.getpid(), owner, address, "queued", time.time())
        state = {**scope["state"], "charged": True, "given_up": threading.Event()}
        self._sweep()
        self._write(job)
        self.waiting.append(_Waiting(job, caller, {**scope, "state": state}, body, app))
        if self._worker is None or self._worker.done():
            self._worker = asyncio.ensure_future(self._work())
        return job

    def find(self, id: str, owner: str) -> PaperJob:
        """What is known of a paper.

        Raises:
            NoPaper: nobody asked for it, somebody else did, or it is gone.
        """
        job = self._read(self._place(id)) if id.replace("-", "").replace("_", "").isalnum() else None
        if job is None or job.expired or (job.owner and job.owner != owner):
            kept = f"Papers are kept for {RETENTION_SECONDS // 60} minutes: ask for it again."
            raise NoPaper("There is no such paper, or it is gone.", kept)
        return job

    def place_of(self, job: PaperJob) -> int:
        """The place of a paper among those that wait for its process, from 1; 0 once it waits no more."""
        if job.state != "queued":
            return 0
        there = [one for one in self._jobs() if one.process == job.process and one.state == "queued"]
        return sum(one.number <= job.number for one in there)

    def content(self, job: PaperJob) -> bytes:
        """The bytes of a paper that is done.

        Raises:
            NoPaper: it is not done, or gone.
        """
        try:
            return self._place(job.id).with_suffix(".paper").read_bytes()
        except OSError as error:
            raise NoPaper("The paper is not made, or it is gone.", "Look at how far it is.") from error

    async def close(self) -> None:
        """Stop; what waits is not made, and what was made is gone if it was of this process alone."""
        self.waiting.clear()
        if self._worker is not None:
            self._worker.cancel()
            with suppress(asyncio.CancelledError):
                await self._worker
        if self._own is not None:
            self._own.cleanup()

    async def _work(self) -> None:
        while self.waiting:
            self.making = one = self.waiting.popleft()
            try:
                await self._make(one)
            finally:
                self.making = None

    async def _make(self, one: _Waiting) -> None:
        job = replace(one.job, state="making", changed=time.time())
        self._write(job)
        start: dict[str, Any] = {}
        parts: list[bytes] = []

        async def send(message: Message) -> None:
            if message["type"] == "http.response.start":
                start.update(message)
            else:
                parts.append(message.get("body", b""))

        try:
            receive = replayed(one.body, asyncio.Event())
            await asyncio.wait_for(one.app(one.scope, receive, send), MAKING_SECONDS)
        except TimeoutError:
            one.scope["state"]["given_up"].set()
        except asyncio.CancelledError:
            self._write(replace(job, state="failed", changed=time.time()))
            raise
        except Exception:
            _log.exception("paper failed", path=one.scope["path"])
        status = start.get("status")
        raw = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in start.get("headers", ())]
        headers = tuple((name, value) for name, value in raw if name in PASSED_ON)
        state: State = "failed"
        if status == 200:
            with suppress(OSError):
                self._place(job.id).with_suffix(".paper").write_bytes(b"".join(parts))
                state = "done"
        self._write(replace(job, state=state, changed=time.time(), status=status, headers=headers))

    def _place(self, id: str) -> Path:
        return self.folder / f"{id}.json"

    def _write(self, job: PaperJob) -> None:
        fresh = self._place(job.id).with_suffix(".part")
        fresh.write_text(json.dumps(asdict(job)), "utf-8")
        fresh.replace(self._place(job.id))

    def _read(self, place: Path) -> PaperJob | None:
        """What a file says; a paper whose process ended before it was done has failed."""
        try:
            said = json.loads(place.read_text("utf-8"))
        except (OSError, ValueError):
            return None
        job = PaperJob(**said | {"headers": tuple(map(tuple, said["headers"]))})
        if job.over or job.process == os.getpid() or _lives(job.process):
            return job
        return replace(job, state="failed")

    def _jobs(self) -> Iterator[PaperJob]:
        for place in self.folder.glob("*.json"):
            job = self._read(place)
            if job is not None:
                yield job

    def _sweep(self) -> None:
        """Delete what was kept long enough, and the oldest where all takes too much."""
        total = 0
        for job in sorted(self._jobs(), key=lambda one: -one.changed):
            paper = self._place(job.id).with_suffix(".paper")
            with suppress(OSError):
                total += paper.stat().st_size
            if job.expired or (job.over and total > MAX_FOLDER_BYTES):
                paper.unlink(missing_ok=True)
                self._place(job.id).unlink(missing_ok=True)


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True
