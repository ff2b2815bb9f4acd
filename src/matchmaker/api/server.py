"""Runs uvicorn with graceful shutdown. Slow callers are for the proxy in front (deploy/nginx.conf)."""

from __future__ import annotations

import os
import signal
import tempfile

import structlog
import uvicorn
from prometheus_client import multiprocess
from starlette.types import ASGIApp
from uvicorn.importer import import_from_string
from uvicorn.supervisors import Multiprocess

from matchmaker.api import logging_config
from matchmaker.api.auth.keys import read
from matchmaker.api.papers.queue import FOLDER
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
"""More are answered 503: below the usual 1,024 open files of a process."""
_log = structlog.get_logger("matchmaker.workers")


class Workers(Multiprocess):
    """Several workers; on SIGHUP each checks for a newer snapshot, and none is restarted."""

    def keep_subprocess_alive(self) -> None:
        """Replace workers that died, and take what they counted of the present out of the metrics."""
        before = {process.pid for process in self.processes}
        super().keep_subprocess_alive()
        for pid in before - {process.pid for process in self.processes}:
            multiprocess.mark_process_dead(pid)  # type: ignore[no-untyped-call]
            _log.error("worker died", pid=pid)

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
    with (
        tempfile.TemporaryDirectory(prefix="matchmaker-metrics-") as metrics,
        tempfile.TemporaryDirectory(prefix="matchmaker-papers-") as papers,
    ):
        # workers count together, and know of each other's papers
        os.environ["PROMETHEUS_MULTIPROC_DIR"], os.environ[FOLDER] = metrics, papers
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
        http="h11",  # one strict parser
        limit_concurrency=MAX_CONNECTIONS,
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
