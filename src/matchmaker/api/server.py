"""Runs uvicorn with timeouts for the head of a request and graceful shutdown."""

from __future__ import annotations

import json
import os
import signal
import tempfile
from asyncio import TimerHandle, Transport
from functools import cache
from http import HTTPStatus

import h11
import uvicorn
from starlette.types import ASGIApp
from uvicorn.importer import import_from_string
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.supervisors import Multiprocess

from matchmaker.api import logging_config
from matchmaker.api.auth.keys import read
from matchmaker.api.problems import MEDIA_TYPE, problem_types
from matchmaker.api.settings import Settings, from_environment
from matchmaker.api.snapshot_reloader import load_and_warm, snapshot_paths
from matchmaker.errors import InvalidParameter

GRACE_SECONDS = 30
"""Grace period for in-flight requests at shutdown."""
HEALTH_SECONDS = 60
"""A worker that gives no sign of life for so long is replaced."""
MAX_HEAD_BYTES = 16_384
"""Maximum size of the request line and headers."""
MAX_CONNECTIONS = 900
"""Below the usual 1,024 open files of a process."""


class Protocol(H11Protocol):
    """HTTP/1.1 that closes connections on which no whole head of a request comes in time."""

    _waiting: TimerHandle | None = None

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
        """Start the clock."""
        super().connection_made(transport)
        if len(self.connections) > MAX_CONNECTIONS:
            transport.abort()
        else:
            self._wait()

    def data_received(self, data: bytes) -> None:
        """Start the clock again for the head of a further request."""
        super().data_received(data)
        if self.conn.their_state is not h11.IDLE:
            self._stop()
        elif self._waiting is None:
            self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop the clock."""
        self._stop()
        super().connection_lost(exc)

    def send_400_response(self, msg: str) -> None:
        """Answer what is no HTTP with problem details, as every other error."""
        problem_type = problem_types()["malformed-request"]
        problem = {
            "type": "/problems/malformed-request",
            "title": problem_type.title,
            "status": problem_type.status,
            "detail": msg,
            "next_step": problem_type.remedy,
        }
        body = json.dumps(problem).encode()
        headers = [("content-type", MEDIA_TYPE), ("content-length", str(len(body))), ("connection", "close")]
        head = h11.Response(status_code=400, headers=headers, reason=HTTPStatus(400).phrase.encode())
        for event in (head, h11.Data(data=body), h11.EndOfMessage()):
            self.transport.write(self.conn.send(event) or b"")
        self.transport.close()

    def _wait(self) -> None:
        self._waiting = self.loop.call_later(_header_seconds(), self._give_up)

    def _give_up(self) -> None:
        self._waiting = None
        if self.conn.their_state is h11.IDLE:
            self.transport.abort()

    def _stop(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None


@cache
def _header_seconds() -> float:
    return from_environment().header_seconds


class Workers(Multiprocess):
    """Several workers; on SIGHUP each checks for a newer snapshot, and none is restarted."""

    def handle_hup(self) -> None:
        """Pass the signal on."""
        for process in self.processes:
            if process.pid is not None:
                os.kill(process.pid, signal.SIGHUP)


def run(application: str, host: str, port: int, workers: int = 1) -> None:
    """Serve until SIGTERM or SIGINT; then finish the requests in flight.

    Args:
        application: where the factory is, as `module:function`.
        host: to listen on.
        port: to listen on; 0 takes any that is free.
        workers: processes; each has the figures, the response cache and the rate limits to itself.

    Raises:
        DamagedSnapshot: the snapshot can't be used.
        BrokenKeys: the file of keys can't be read.
        InvalidParameter: a setting makes no sense, or the address can't be listened on.
    """
    settings = from_environment()
    if workers == 1:
        app: ASGIApp = import_from_string(application)(settings)
        _serve(_config(app, settings, host, port))
        return
    for path in snapshot_paths(settings.snapshot, settings.serve_sectors).values():
        load_and_warm(path)  # what is wrong is said here, not by each worker
    if settings.keys is not None:
        read(settings.keys)
    with tempfile.TemporaryDirectory(prefix="matchmaker-metrics-") as folder:
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder  # workers count together
        _serve(_config(application, settings, host, port, factory=True, workers=workers))


def _config(
    app: ASGIApp | str, settings: Settings, host: str, port: int, factory: bool = False, workers: int = 1
) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        factory=factory,
        host=host,
        port=port,
        workers=workers,
        http=Protocol,
        ws="none",
        log_config=logging_config.configuration(settings.log_json),
        access_log=False,
        proxy_headers=False,  # the application believes named proxies only
        server_header=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
        timeout_worker_healthcheck=HEALTH_SECONDS,
        h11_max_incomplete_event_size=MAX_HEAD_BYTES,
    )


def _serve(config: uvicorn.Config) -> None:
    try:
        if config.workers == 1:
            uvicorn.Server(config).run()
        else:
            Workers(config, [config.bind_socket()]).run()
    except SystemExit as error:  # uvicorn has logged why
        if error.code:
            step = "Free the port, or choose another with --port."
            raise InvalidParameter(f"{config.host}:{config.port} can't be served.", step) from error
