"""Logs as lines of JSON, one for each request, or as lines for people."""

from __future__ import annotations

import logging
import sys
from typing import Any

import structlog
from pydantic_core import to_json

_SHARED: tuple[structlog.typing.Processor, ...] = (
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
)


def _line(logger: Any, name: str, event: structlog.typing.EventDict) -> bytes:  # noqa: ARG001
    return to_json(event, fallback=str)


def configuration(json: bool) -> dict[str, Any]:
    """For `logging.config.dictConfig`, so that every worker sets itself up."""
    handlers = {"lines": {"()": f"{__name__}.handler", "json": json}}
    root = {"handlers": ["lines"], "level": "INFO"}
    return {"version": 1, "disable_existing_loggers": False, "handlers": handlers, "root": root}


def handler(json: bool) -> logging.Handler:
    """Send every line to standard output; what this returns passes on the lines of other libraries."""
    last: list[structlog.typing.Processor]
    if json:
        last = [structlog.processors.format_exc_info, _line]
        factory: Any = structlog.BytesLoggerFactory(sys.stdout.buffer)
    else:
        plain = structlog.dev.plain_traceback  # the other forms show the values of variables
        last = [structlog.dev.ConsoleRenderer(colors=sys.stdout.isatty(), exception_formatter=plain)]
        factory = structlog.PrintLoggerFactory(sys.stdout)
    structlog.configure(
        processors=[*_SHARED, *last],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=factory,
        cache_logger_on_first_use=True,
    )
    return _Passed()


class _Passed(logging.Handler):
    """What other libraries log, as lines of the same form."""

    def emit(self, record: logging.LogRecord) -> None:
        event: dict[str, Any] = {"logger": record.name}
        if record.exc_info:
            event["exc_info"] = record.exc_info
        structlog.get_logger("matchmaker.server").log(record.levelno, record.getMessage(), **event)
