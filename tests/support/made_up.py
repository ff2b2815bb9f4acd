"""Snapshots and profiles from a few figures, for tests of what one number decides.

They use the definitions of the made-up sector `harbours` (tests/sectors/harbours) or of another one given.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from matchmaker.features import Feature
from matchmaker.features.profiles import Profiles, profiles
from matchmaker.sector import Sector, read_sector
from matchmaker.snapshot import Snapshot
from matchmaker.snapshot.schema import TABLES

HARBOURS = Path(__file__).parents[1] / "sectors" / "harbours"
DAY = date(2020, 6, 30)
PERIOD = (date(2019, 1, 1), date(2019, 12, 31))
DEGREES_PER_KM = 0.008993203
"""Of latitude."""
SOURCE = {
    "id": "survey",
    "publisher": "Harbour Office",
    "title": "Survey",
    "page": "https://example.org/survey",
    "licence": "CC0-1.0",
    "standing": "official",
    "files": [],
}


def made_up_profiles(
    figures: Mapping[str, Mapping[str, float]],
    *,
    as_of: date = DAY,
    features: Sequence[Feature] | None = None,
    **tables: Any,
) -> Profiles:
    """Profiles of one day.

    Args:
        figures: code -> measure -> value.
        as_of: the day.
        features: by default those of the sector.
        tables: as for `made_up_snapshot`.
    """
    return profiles(made_up_snapshot(figures, **tables), as_of, features)


def made_up_snapshot(
    figures: Mapping[str, Mapping[str, float]],
    *,
    sector: Sector | None = None,
    types: Mapping[str, str] | None = None,
    km: Mapping[str, float] | None = None,
    localities: Mapping[str, str] | None = None,
    closed: Mapping[str, date] | None = None,
    names: Mapping[str, str] | None = None,
    pairings: Iterable[Mapping[str, Any]] = (),
    interventions: Iterable[Mapping[str, Any]] = (),
    measures: Iterable[Mapping[str, Any]] = (),
    groups: Iterable[Mapping[str, Any]] = (),
    successions: Iterable[tuple[str, str]] = (),
    places: Iterable[tuple[str, str, date, float]] = (),
    other_names: Iterable[tuple[str, str, str]] = (),
    site_names: Iterable[Mapping[str, Any]] = (),
    other_bodies: Iterable[Mapping[str, Any]] = (),
    opened: Mapping[str, date] | None = None,
    as_of: date = DAY,
) -> Snapshot:
    """A snapshot in memory.

    Args:
        figures: code -> measure -> value in `PERIOD`, known from its last day.
        sector: whose definitions hold; by default harbours.
        types: code -> type; the sector's first where it is not given.
        km: code -> how far north of one point it is; none has a place where it is not given.
        localities: code -> locality.
        closed: code -> its last day.
        names: code -> name.
        pairings, interventions, measures, groups: rows; columns left out have a plain default.
        successions: (old, new).
        places: (code, main or the name of a site, known from, how far north of one point).
        other_names: (code, name, kind).
        site_names: rows; columns left out have a plain default.
        other_bodies: rows.
        opened: code -> its first day.
        as_of: the day up to which it holds.
    """
    own = sector or read_sector(HARBOURS)
    usual = next(iter(own.types))
    organisations = [
        {
            "code": code,
            "name": (names or {}).get(code, f"{code} Harbour"),
            "type": (types or {}).get(code, usual),
            "locality": (localities or {}).get(code),
            "opened": (opened or {}).get(code),
            "closed": (closed or {}).get(code),
            "latitude": None if code not in (km or {}) else 50.0 + (km or {})[code] * DEGREES_PER_KM,
            "longitude": None if code not in (km or {}) else 0.0,
        }
        for code in sorted(figures)
    ]
    usually = {
        "period_start": PERIOD[0],
        "period_end": PERIOD[1],
        "known_from": PERIOD[1],
        "unit": "",
        "source": "survey",
        "file": "survey.csv",
    }
    rows = [
        {**usually, "code": code, "measure": measure, "value": float(value)}
        for code, known in figures.items()
        for measure, value in known.items()
    ]
    content: dict[str, Sequence[Mapping[str, Any]]] = {
        "organisations": organisations,
        "names": [{"code": code, "name": name, "kind": kind} for code, name, kind in other_names],
        "site_names": [
            {"main": False, "known_from": PERIOD[1], "source": "register"} | dict(row) for row in site_names
        ],
        "other_bodies": list(other_bodies),
        "successions": [
            {"old": old, "new": new, "date": (closed or {})[old], "part": False, "basis": "", "source": ""}
            for old, new in successions
        ],
        "places": [_place(*row) for row in places],
        "measures": [*rows, *({**usually, **row} for row in measures)],
        "pairings": [_pairing(at, row) for at, row in enumerate(pairings)],
        "interventions": [_intervention(at, row) for at, row in enumerate(interventions)],
        "attributes": [],
        "conflicts": [],
        "groups": list(groups),
    }
    said = {
        "as_of": as_of.isoformat(),
        "known_since": "2010-01-01",
        "licence": "CC0-1.0",
        "attribution": "Made up.",
        "sources": [SOURCE],
    }
    return Snapshot.of({name: _frame(name, rows) for name, rows in content.items()}, said, own)


def _place(code: str, name: str, known_from: date, km: float) -> dict[str, Any]:
    return {
        "code": code,
        "kind": "main" if name == "main" else "site",
        "name": name,
        "known_from": known_from,
        "latitude": 50.0 + km * DEGREES_PER_KM,
        "longitude": 0.0,
        "basis": "list",
        "source": "list",
    }


def _pairing(at: int, row: Mapping[str, Any]) -> dict[str, Any]:
    usually = {
        "pairing_id": f"P{at}",
        "kind": "mentoring",
        "nature": "mandated",
        "status": "completed",
        "scope": "whole",
        "start_precision": "day",
        "end_precision": None if row.get("end") is None else "day",
        "confidence": "high",
        "code_confidence": "high",
        "source": "register",
    }
    return usually | dict(row)


def _intervention(at: int, row: Mapping[str, Any]) -> dict[str, Any]:
    usually = {
        "spell_id": f"N{at}",
        "regime": "notice",
        "entry_precision": None if row.get("entry") is None else "day",
        "exit_precision": None if row.get("exit") is None else "day",
        "exit_known": row.get("exit") is not None,
        "confidence": "high",
        "code_confidence": "high",
        "source": "register",
    }
    return usually | dict(row)


def _frame(table: str, rows: Sequence[Mapping[str, Any]]) -> pl.DataFrame:
    schema = TABLES[table].create_empty().lazy().collect().schema
    unknown = {name for row in rows for name in row} - set(schema)
    assert not unknown, f"the table {table} has no column {sorted(unknown)}"
    return pl.DataFrame([{name: row.get(name) for name in schema} for row in rows], schema=schema).sort(
        pl.all()
    )
