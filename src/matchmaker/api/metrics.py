"""What a monitoring system asks for, in the form of Prometheus."""

from __future__ import annotations

import os
from datetime import date

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest, multiprocess

from matchmaker.models.engine import Matchmaker

BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

_registry = CollectorRegistry()
_seconds = Histogram(
    "matchmaker_request_seconds",
    "Time from request to answer, by route.",
    ("method", "route", "status"),
    buckets=BUCKETS,
    registry=_registry,
)
_snapshot = Gauge(
    "matchmaker_snapshot",
    "1 for the snapshot in use, 0 for one used before.",
    ("hash", "as_of"),
    registry=_registry,
    multiprocess_mode="livemax",
)
_age = Gauge(
    "matchmaker_snapshot_age_days",
    "Days since the day of the snapshot in use.",
    registry=_registry,
    multiprocess_mode="livemax",
)
_swaps = Counter(
    "matchmaker_snapshot_swaps_total",
    "New snapshots seen, by whether they were taken into use.",
    ("outcome",),
    registry=_registry,
)
SHORTLISTS = Counter(
    "matchmaker_shortlists_total", "Shortlists made, by arrangement.", ("arrangement",), registry=_registry
)
_remembered = Counter(
    "matchmaker_remembered_total",
    "Reads, by whether the answer was kept ready.",
    ("ready",),
    registry=_registry,
)
REMEMBERED = {True: _remembered.labels("yes"), False: _remembered.labels("no")}
IN_FLIGHT = Gauge(
    "matchmaker_in_flight",
    "Requests being worked on, late ones included.",
    registry=_registry,
    multiprocess_mode="livesum",
)


def observe(method: str, route: str, status: int, seconds: float) -> None:
    """Count one request; a method that nobody knows is counted as another."""
    named = method if method in METHODS else "other"
    _seconds.labels(named, route, str(status)).observe(seconds)


def swapped(new: Matchmaker, old: Matchmaker | None = None) -> None:
    """Tell which snapshot is in use."""
    if old is not None:
        _snapshot.labels(old.snapshot.hash, old.snapshot.as_of.isoformat()).set(0)
        _swaps.labels("taken").inc()
    _snapshot.labels(new.snapshot.hash, new.snapshot.as_of.isoformat()).set(1)


def refused() -> None:
    """Count a new snapshot that was not taken into use."""
    _swaps.labels("refused").inc()


def exposition(engine: Matchmaker) -> bytes:
    """All metrics as text; with several workers, those of all of them."""
    _age.set((date.today() - engine.snapshot.as_of).days)
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return generate_latest(_registry)
    together = CollectorRegistry()
    multiprocess.MultiProcessCollector(together)  # type: ignore[no-untyped-call]
    return generate_latest(together)
