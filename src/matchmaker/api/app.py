"""The application, made by a factory so that tests and deployments choose their own settings."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import threading
from collections.abc import AsyncIterator

import anyio.to_thread
from fastapi import Depends, FastAPI
from fastapi.middleware.cors import CORSMiddleware
from starlette.middleware import Middleware
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

import matchmaker
from matchmaker.api import exception_handlers, openapi
from matchmaker.api.audit_log.log import DecisionLog
from matchmaker.api.auth.dependencies import SENT
from matchmaker.api.auth.keys import Keys
from matchmaker.api.dependencies import known_only
from matchmaker.api.middleware.authentication import Gate
from matchmaker.api.middleware.request_context import Envelope
from matchmaker.api.middleware.request_limits import Bounded
from matchmaker.api.middleware.response_cache import Remembered
from matchmaker.api.routes import catalogue, decisions, health, organisations, problems, scores, shortlists
from matchmaker.api.settings import Settings, from_environment
from matchmaker.api.snapshot_reloader import Engines

DESCRIPTION = """
Options to consider when an English NHS trust needs a partner, ranked from published figures, with
reasons for, reasons against and what is unknown. A shortlist is never a decision.

Every answer names the snapshot of figures (`snapshot`), the version and the day (`as_of`) that it rests
on, and links to what is related. Errors are problem details (RFC 9457).
"""


def create_app(settings: Settings | None = None) -> FastAPI:
    """The service, without pages for people.

    Args:
        settings: by default those of the environment.

    Raises:
        DamagedSnapshot: the snapshot can't be used; the service does not start.
        BrokenKeys: the file of keys can't be read.
        OutOfRange: a setting makes no sense.
        MissingExtra: the decision log is to be in PostgreSQL, and its driver is not installed.
    """
    settings = settings or from_environment()
    engines = Engines(settings.snapshot)
    keys = None if settings.keys is None else Keys(settings.keys)
    app = FastAPI(
        title="matchmaker",
        version=matchmaker.__version__,
        description=DESCRIPTION,
        license_info={"name": "MIT; figures Open Government Licence v3.0"},
        docs_url=None,  # those pages load scripts from another host
        redoc_url=None,
        redirect_slashes=False,
        lifespan=_lifespan,
        middleware=_layers(settings, engines, keys),
    )
    app.state.settings, app.state.engines = settings, engines
    app.state.decisions = None if settings.decisions is None else DecisionLog(settings.decisions)
    exception_handlers.install(app)
    openapi.install(app)
    for room in (organisations, shortlists, scores, decisions, catalogue):
        app.include_router(room.router, dependencies=[*SENT, Depends(known_only)])
    app.include_router(health.router)
    app.include_router(problems.router)
    return app


def _layers(settings: Settings, engines: Engines, keys: Keys | None) -> list[Middleware]:
    """What stands around the routes, outermost first."""
    layers = [Middleware(Envelope, engines, settings.hsts_seconds)]
    if settings.cors_origins:
        layers.append(
            Middleware(
                CORSMiddleware,
                allow_origins=settings.cors_origins,
                allow_methods=["GET", "POST"],
                allow_headers=["Authorization", "Content-Type", "If-None-Match", "X-API-Key", "X-Request-ID"],
                expose_headers=["ETag", "Link", "RateLimit", "Retry-After", "X-Request-ID", "X-Snapshot"],
            )
        )
    if settings.trusted_proxies:
        layers.append(Middleware(ProxyHeadersMiddleware, trusted_hosts=list(settings.trusted_proxies)))
    public = settings.open_reads or keys is None
    return [
        *layers,
        Middleware(Gate, keys, settings.open_reads, settings.rate_limit),
        Middleware(Remembered, settings.cache_bytes, settings.cache_seconds, public),
        Middleware(Bounded, settings.max_body_bytes, settings.max_in_flight, settings.request_seconds),
    ]


@contextlib.asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Watch the snapshot's file while the service runs; SIGHUP looks at once."""
    settings: Settings = app.state.settings
    anyio.to_thread.current_default_thread_limiter().total_tokens = settings.threads
    nudged = asyncio.Event()
    watching = asyncio.create_task(app.state.engines.watch(settings.watch_seconds, nudged))
    if threading.current_thread() is threading.main_thread():
        asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, nudged.set)
    yield
    watching.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await watching
    if app.state.decisions is not None:
        app.state.decisions.close()
