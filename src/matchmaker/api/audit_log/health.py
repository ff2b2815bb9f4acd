"""Whether the store answers: told in the log, in the metrics and by the readiness of the service."""

from __future__ import annotations

import asyncio

import structlog

from matchmaker.api import metrics
from matchmaker.api.audit_log.errors import DecisionLogUnavailable
from matchmaker.api.audit_log.store import Store

PATIENCE = 10.0
"""Seconds after which a database is taken not to answer."""
_log = structlog.get_logger("matchmaker.store")


class StoreHealth:
    """What the last use of the store came to.

    Attributes:
        fault: why it could not be used; None where it could.
    """

    def __init__(self) -> None:
        self.fault: str | None = None
        metrics.STORE_UP.set(1)

    def failed(self, error: DecisionLogUnavailable) -> None:
        """Note a failure, with the database's own reason, which is for those who run the service."""
        self.fault = error.message
        metrics.STORE_UP.set(0)
        metrics.STORE_FAILURES.inc()
        _log.error("decision log failed", reason=error.message, database=error.database)

    def answered(self) -> None:
        """Note that it could be used."""
        if self.fault is not None:
            self.fault = None
            metrics.STORE_UP.set(1)
            _log.info("decision log answers again")

    def warn(self, event: str, **facts: object) -> None:
        """Tell of something that kept nothing from being recorded."""
        _log.warning(event, **facts)


async def watch(store: Store, seconds: float) -> None:
    """Ask the store at an interval, so that a failure is told before somebody's decision meets it."""
    while True:
        asking = asyncio.ensure_future(asyncio.to_thread(_ask, store))
        done, _ = await asyncio.wait({asking}, timeout=PATIENCE)
        if not done:
            error = DecisionLogUnavailable(
                "The decision log can't be used: its database does not answer.", ""
            )
            if store.health is not None:
                store.health.failed(error)
            await asking  # a thread can't be stopped: there is no second one beside it
        await asyncio.sleep(seconds)


def _ask(store: Store) -> None:
    try:
        store.check()
    except Exception as error:  # the watch must outlive whatever a database can do
        if not isinstance(error, DecisionLogUnavailable):
            _log.exception("decision log failed")
