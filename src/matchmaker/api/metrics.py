"""Metrics of the service, in the format of Prometheus."""

from __future__ import annotations

import os
from collections.abc import Mapping
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
    ("sector", "hash", "as_of"),
    registry=_registry,
    multiprocess_mode="livemax",
)
_age = Gauge(
    "matchmaker_snapshot_age_days",
    "Days since the day of the snapshot in use.",
    ("sector",),
    registry=_registry,
    multiprocess_mode="livemax",
)
_swaps = Counter(
    "matchmaker_snapshot_swaps_total",
    "New snapshots found, by whether they were taken into use.",
    ("sector", "outcome"),
    registry=_registry,
)
SHORTLISTS = Counter(
    "matchmaker_shortlists_total",
    "Shortlists made, by arrangement.",
    ("sector", "arrangement"),
    registry=_registry,
)
_response_cache = Counter(
    "matchmaker_response_cache_total",
    "Reads, by whether the response was in the cache.",
    ("result",),
    registry=_registry,
)
RESPONSE_CACHE = {result: _response_cache.labels(result) for result in ("hit", "miss")}
IN_FLIGHT = Gauge(
    "matchmaker_in_flight",
    "Requests being worked on, late ones included.",
    registry=_registry,
    multiprocess_mode="livesum",
)

STORE_UP = Gauge(
    "matchmaker_decision_log_up",
    "1 where the decision log could be used last, 0 where it could not.",
    registry=_registry,
    multiprocess_mode="livemin",
)
STORE_FAILURES = Counter(
    "matchmaker_decision_log_failures_total",
    "Uses of the decision log that failed.",
    registry=_registry,
)


def observe(method: str, route: str, status: int, seconds: float) -> None:
    """Count one request; a method that nobody knows is counted as another."""
    named = method if method in METHODS else "other"
    _seconds.labels(named, route, str(status)).observe(seconds)


def reloaded(new: Matchmaker, old: Matchmaker | None = None) -> None:
    """Record which snapshot is in use."""
    if old is not None:
        _snapshot.labels(*_labels(old)).set(0)
        _swaps.labels(old.snapshot.sector.name, "taken").inc()
    _snapshot.labels(*_labels(new)).set(1)


def refused(sector: str) -> None:
    """Count a new snapshot that was not taken into use."""
    _swaps.labels(sector, "refused").inc()


def _labels(engine: Matchmaker) -> tuple[str, str, str]:
    snapshot = engine.snapshot
    return snapshot.sector.name, snapshot.hash, snapshot.as_of.isoformat()


def exposition(engines: Mapping[str, Matchmaker]) -> bytes:
    """All metrics as text; with several workers, those of all of them."""
    for name, engine in engines.items():
        _age.labels(name).set((date.today() - engine.snapshot.as_of).days)
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return generate_latest(_registry)
    together = CollectorRegistry()
    multiprocess.MultiProcessCollector(together)  # type: ignore[no-untyped-call]
    return generate_latest(together)
