"""The application, made by a factory so that tests and deployments choose their own settings."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import threading
from collections.abc import AsyncIterator
from pathlib import Path

import anyio.to_thread
import structlog
from fastapi import Depends, FastAPI
from fastapi.middleware.cors import CORSMiddleware
from starlette.middleware import Middleware
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from matchmaker.api import exception_handlers, openapi
from matchmaker.api.audit_log.health import StoreHealth, watch
from matchmaker.api.audit_log.log import DecisionLog
from matchmaker.api.auth.dependencies import API_KEY_SCHEMES
from matchmaker.api.auth.keys import KeyStore
from matchmaker.api.dependencies import forbid_extra_query
from matchmaker.api.kept.store import KeptStore
from matchmaker.api.middleware.authentication import AuthenticationMiddleware, ProxyUserMiddleware
from matchmaker.api.middleware.hosts import HostMiddleware
from matchmaker.api.middleware.rate_limit import RateLimitMiddleware
from matchmaker.api.middleware.request_context import RequestContextMiddleware
from matchmaker.api.middleware.request_limits import RequestLimitsMiddleware
from matchmaker.api.middleware.response_cache import ResponseCacheMiddleware
from matchmaker.api.papers.middleware import PapersMiddleware
from matchmaker.api.papers.queue import PaperQueue
from matchmaker.api.routes import (
    catalogue,
    decisions,
    health,
    kept,
    organisations,
    papers,
    problems,
    scores,
    shortlists,
)
from matchmaker.api.settings import Settings, from_environment
from matchmaker.api.snapshot_reloader import SnapshotReloader, snapshot_paths
from matchmaker.api.work import Work, small
from matchmaker.models.data_age import TODAY
from matchmaker.snapshot.store import bundled, load
from matchmaker.version import __version__

DESCRIPTION = """
Options to consider when an organisation of a public service needs a partner, ranked from published figures,
with reasons for, reasons against and what is unknown. A shortlist is never a decision.

Each service is a sector (`/v1/sectors`). Every answer names the snapshot of figures (`snapshot`), the version
and the day (`as_of`) that it rests on, and links to what is related. Errors are problem details (RFC 9457).
"""


def create_app(settings: Settings | None = None) -> FastAPI:
    """The service, without pages for people.

    Args:
        settings: by default those of the environment.

    Raises:
        DamagedSnapshot: the snapshot can't be used; the service does not start.
        BrokenKeys: the file of keys can't be read.
        InvalidParameter: a setting makes no sense.
        MissingExtra: the decision log is to be in PostgreSQL, and its driver is not installed.
    """
    settings = settings or from_environment()
    paths = snapshot_paths(settings.snapshot, settings.serve_sectors)
    engines = {name: SnapshotReloader(path) for name, path in sorted(paths.items())}
    keys = None if settings.keys is None else KeyStore(settings.keys)
    work, queue = Work(settings.work_seconds), PaperQueue()
    app = FastAPI(
        title="matchmaker",
        version=__version__,
        description=DESCRIPTION,
        license_info={"name": "MIT; figures Open Government Licence v3.0"},
        docs_url=None,  # those pages load scripts from another host
        redoc_url=None,
        redirect_slashes=False,
        lifespan=_lifespan,
        middleware=_middleware(settings, engines, keys, work, queue),
    )
    app.state.settings, app.state.engines, app.state.keys = settings, engines, keys
    app.state.work, app.state.papers = work, queue
    app.state.decisions = None
    if settings.decisions is not None:
        app.state.decisions = DecisionLog(settings.decisions, head=settings.decisions_head)
        app.state.decisions.store.health = StoreHealth()
    app.state.kept = None if app.state.decisions is None else KeptStore(app.state.decisions.store)
    exception_handlers.install(app)
    openapi.install(app)
    for room in (organisations, shortlists, scores, kept, decisions, papers, catalogue):
        app.include_router(
            room.router, dependencies=[*API_KEY_SCHEMES, Depends(small), Depends(forbid_extra_query)]
        )
    app.include_router(health.router)
    app.include_router(problems.router)
    return app


def _middleware(
    settings: Settings,
    engines: dict[str, SnapshotReloader],
    keys: KeyStore | None,
    work: Work,
    papers: PaperQueue,
) -> list[Middleware]:
    """The middleware around the routes, outermost first."""
    stack = []
    if settings.user_header is not None:
        stack.append(Middleware(ProxyUserMiddleware, settings.user_header, settings.trusted_proxies))
    stack += [
        Middleware(RequestContextMiddleware, engines, settings.hsts_seconds),
        Middleware(HostMiddleware, settings.hosts),
    ]
    if settings.cors_origins:
        stack.append(
            Middleware(
                CORSMiddleware,
                allow_origins=settings.cors_origins,
                allow_methods=["GET", "POST", "DELETE"],
                allow_headers=["Authorization", "Content-Type", "If-None-Match", "X-API-Key", "X-Request-ID"],
                expose_headers=["ETag", "Link", "RateLimit", "Retry-After", "X-Request-ID", "X-Snapshot"],
            )
        )
    if settings.trusted_proxies:
        stack.append(Middleware(ProxyHeadersMiddleware, trusted_hosts=list(settings.trusted_proxies)))
    if settings.rate_limit is not None:
        stack.append(Middleware(RateLimitMiddleware, settings.rate_limit, keys))
    public = settings.open_reads or not settings.needs_sign_in
    limits = (
        settings.max_body_bytes,
        settings.max_held_bytes,
        settings.max_in_flight,
        settings.request_seconds,
    )
    return [
        *stack,
        Middleware(AuthenticationMiddleware, keys, settings.open_reads, settings.needs_sign_in),
        Middleware(ResponseCacheMiddleware, settings.cache_bytes, settings.cache_seconds, public),
        Middleware(RequestLimitsMiddleware, *limits),
        Middleware(PapersMiddleware, papers, work),
    ]


@contextlib.asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Watch the snapshots' files while the service runs; SIGHUP checks them at once."""
    settings: Settings = app.state.settings
    anyio.to_thread.current_default_thread_limiter().total_tokens = settings.threads
    nudges = [asyncio.Event() for _ in app.state.engines]

    def nudge_all() -> None:
        for nudge in nudges:
            nudge.set()

    watching = asyncio.gather(
        *(
            reloader.watch(settings.watch_seconds, nudge)
            for reloader, nudge in zip(app.state.engines.values(), nudges, strict=True)
        ),
        *([] if app.state.decisions is None else [watch(app.state.decisions.store, settings.watch_seconds)]),
    )
    if threading.current_thread() is threading.main_thread():
        asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, nudge_all)
    yield
    await app.state.papers.close()
    watching.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await watching
    if app.state.decisions is not None:
        app.state.decisions.close()


def write_description(to: Path, sector: str | None = None) -> None:
    """Write the description of the service to a file, and its examples into the folder of a sector.

    Args:
        to: such as `docs/openapi.json`.
        sector: whose bundled figures the examples show; needed only where several sectors have some.
    """
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    snapshot = bundled(sector)
    os.environ[TODAY] = load(snapshot).as_of.isoformat()  # examples must not change with the clock
    app = create_app(Settings(snapshot=snapshot, serve_sectors=(sector,) if sector else ()))
    examples = asyncio.run(openapi.make_examples(app))
    snapshot.with_name(Path(openapi.EXAMPLES).name).write_text(openapi.to_text(examples), "utf-8")
    to.write_text(openapi.to_text(openapi.describe(app, examples)), "utf-8")
