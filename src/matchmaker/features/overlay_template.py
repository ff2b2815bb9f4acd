"""Own data as profiles see them: the table to fill in, and what to know of one that was filled in."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from typing import Any

import polars as pl

from matchmaker.dates import format_date
from matchmaker.features.definition import features
from matchmaker.sector import Sector
from matchmaker.snapshot import Snapshot
from matchmaker.snapshot.overlay.columns import IDENTITY
from matchmaker.snapshot.overlay.merge import OWN, OwnData, latest, usual_days
from matchmaker.sources.publication import Measure, measures

EXAMPLE: dict[str, Any] = {
    "code": "# NEW01",
    "name": "Example Hospital Group",
    "type": "acute",
    "region": "South East",
    "latitude": 51.28,
    "longitude": 0.52,
    "period_end": "2026-03-31",
    "beds_available": 180,
    "staff_fte": 950,
    "operating_income": 96000000,
    "operating_margin": 0.04,
    "rtt_within_18_weeks": "91%",
    "cqc_overall": "Good",
}
"""A made-up private provider in a row that is not read until its # is taken away."""
TOLD = 5
"""So many codes and doubts are named; the rest are counted."""


def template(snapshot: Snapshot, code: str | None = None) -> str:
    """A CSV table in the wide form, with remarks that say what each column holds.

    Args:
        snapshot: what the figures will be laid over.
        ods: an organisation whose published figures are filled in; asked with them as they are,
            a question gets the answer that it gets without.

    Returns:
        The text of the file: the headings; rows of remarks (label, unit, period, range, what a profile
        uses it for); an example; and the row of the organisation, if one is given.
    """
    used = uses(snapshot.sector)
    order = sorted(
        measures().values(),
        key=lambda m: (m.name not in used, list(snapshot.sector.dimensions).index(m.dimension)),
    )
    days = usual_days(snapshot)
    published = latest(snapshot, {code} if code else set())
    if code:
        days |= {measure: row["days"] for (_, measure), row in published.items()}
    remarks: list[tuple[str, Callable[[Measure], str]]] = [
        ("# label", lambda measure: measure.label),
        ("# unit", lambda measure: measure.unit),
        ("# a figure is of a", lambda measure: _span(days.get(measure.name))),
        ("# from", lambda measure: _plain(measure.minimum)),
        ("# to", lambda measure: _plain(measure.maximum)),
        ("# used for", lambda measure: used.get(measure.name, "no feature of a profile")),
    ]
    head = ["code", *IDENTITY, "period_end"]
    rows: list[list[str]] = [[*head, *(measure.name for measure in order)]]
    for mark, said in remarks:
        rows.append([mark, *[""] * (len(head) - 1), *(said(measure) for measure in order)])
    rows.append([_plain(EXAMPLE.get(column)) for column in rows[0]])
    if code:
        organisation = snapshot.organisations.row(by_predicate=pl.col("code") == code, named=True)
        values = {measure: row["value"] for (_, measure), row in published.items()}
        rows.append([_plain((organisation | values).get(column)) for column in rows[0]])
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue()


def notes(own: OwnData, over: Snapshot, laid: Snapshot) -> tuple[str, ...]:
    """What a reader must know of an answer that own data went into.

    Args:
        own: the user's table.
        over: the snapshot that it was laid over.
        laid: the outcome.
    """
    if laid is over:
        return (f"{own.name} says nothing that is not published: the answer is the one without it.",)
    codes = sorted({*own.figures["code"], *own.organisations})
    some = ", ".join(codes[:TOLD]) + (f" and {len(codes) - TOLD} more" if len(codes) > TOLD else "")
    told = [f"Some figures of {some} come from {own.name} (source: {OWN}) and were not published."]
    if laid.as_of > over.as_of:
        told.append(
            f"The last of them was known on {format_date(laid.as_of)}, which is the day of this answer."
        )
    used = uses(laid.sector)
    idle = [measure for measure in own.figures["measure"].unique().sort() if measure not in used]
    if idle:
        told.append(f"No feature of a profile uses {', '.join(idle)}.")
    told += _unmatched(own, laid)
    told += [f"Check {doubt}" for doubt in own.doubts[:TOLD]]
    if len(own.doubts) > TOLD:
        told.append(f"{len(own.doubts) - TOLD} more figures of {own.name} may not be meant so.")
    return tuple(told)


def _unmatched(own: OwnData, laid: Snapshot) -> Iterator[str]:
    """Features that divide one measure by another and have no fitting pair with an own figure in it.

    A divisor that is a feature of its own, as income is, need not change the others too.
    """
    given = set(own.figures.select("code", "measure").iter_rows())
    direct = {measure for feature in features(laid.sector) for measure in feature.sources}
    for feature in features(laid.sector):
        if feature.over is None or feature.how == "trend":
            continue
        parts = {*feature.sources, *({feature.over} - direct)}
        concerned = {code for code, measure in given if measure in parts}
        rows = laid.measures.filter(pl.col("code").is_in(sorted(concerned)))
        above = rows.filter(pl.col("measure").is_in(feature.sources))
        gap = (pl.col("period_end") - pl.col("period_end_below")).dt.total_days()
        oldest = pl.lit(laid.as_of).dt.offset_by(f"-{feature.stale_after_months}mo")
        fitting = above.join(rows.filter(measure=feature.over), on="code", suffix="_below").filter(
            gap.is_between(0, 31 * feature.over_within_months),
            pl.col("period_end") >= oldest,
            (pl.col("source") == OWN) | (pl.col("source_below") == OWN),
        )
        for code in sorted(concerned - set(fitting["code"])):
            pair = f"{' or '.join(feature.sources)} and {feature.over}"
            yield f"'{feature.label}' of {code} needs {pair} of nearly the same time: give both."


def uses(sector: Sector) -> dict[str, str]:
    """Measure -> labels of the features that are derived from it."""
    found: dict[str, list[str]] = {}
    for feature in features(sector):
        for measure in (*feature.sources, *([feature.over] if feature.over else [])):
            found.setdefault(measure, []).append(feature.label)
    return {measure: "; ".join(labels) for measure, labels in found.items()}


def _span(days: int | None) -> str:
    if days is None:
        return "year"
    spans = ((1, "day"), (31, "month"), (92, "quarter"), (183, "half-year"), (366, "year"))
    return next((word for most, word in spans if days <= most), f"{round(days / 365.25)} years")


def _plain(cell: Any) -> str:
    if cell is None:
        return ""
    return f"{cell:.10g}" if isinstance(cell, float) else str(cell)
