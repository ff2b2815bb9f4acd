"""The table that users fill in with figures of their own, and notes on one that was filled in."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from typing import Any

import polars as pl

from matchmaker.cache import cached
from matchmaker.dates import DAYS_PER_YEAR, format_date
from matchmaker.errors import grouped
from matchmaker.features.definition import features
from matchmaker.sector import Sector
from matchmaker.snapshot import Snapshot
from matchmaker.snapshot.overlay.columns import CODE, IDENTITY, Labels, own_data_form, slug
from matchmaker.snapshot.overlay.merge import OwnData, latest, usual_days
from matchmaker.snapshot.own_figures import OWN
from matchmaker.snapshot.spans import rows_of
from matchmaker.sources.publication import Measure, measures

MAX_LISTED = 5
"""How many codes and warnings are listed; the rest are counted."""


def template(snapshot: Snapshot, code: str | None = None) -> str:
    """A CSV table in the wide form, with remarks that say what each column holds.

    Args:
        snapshot: what the figures will be merged into.
        code: an organisation whose published figures are filled in; as long as they stay as they are, an
            answer with the table is the one without it.

    Returns:
        The text of the file: the headings; rows of remarks (label, unit, period, range, what a profile
        uses it for); the sector's example as a remark; and the row of the organisation, if one is given.
    """
    sector = snapshot.sector
    used, dimensions = uses(sector), list(sector.dimensions)
    order = sorted(
        measures(sector).values(), key=lambda m: (m.name not in used, dimensions.index(m.dimension))
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
    columns = [CODE, *IDENTITY, "period_end", *(measure.name for measure in order)]
    rows = [[sector.words.code_column, *columns[1:]]]
    for mark, text in remarks:
        rows.append([mark, *[""] * (len(IDENTITY) + 1), *(text(measure) for measure in order)])
    if example := own_data_form(sector).example:
        rows.append([f"# {example[CODE]}", *(_plain(example.get(column)) for column in columns[1:])])
    if code:
        organisation = snapshot.organisations.row(by_predicate=pl.col("code") == code, named=True)
        values = {measure: row["value"] for (_, measure), row in published.items()}
        rows.append([_plain((organisation | values).get(column)) for column in columns])
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue()


def notes(own: OwnData, published: Snapshot, merged: Snapshot) -> tuple[str, ...]:
    """Notes for the readers of an answer that a user's own data went into.

    Args:
        own: the user's table.
        published: the snapshot that it was merged into.
        merged: the outcome.
    """
    read = [f"{own.name}: {sentence}" for sentence in own.told]
    if merged is published:
        return f"{own.name} says nothing that is not published: the answer is the one without it.", *read
    codes = sorted({*own.figures["code"], *own.organisations})
    more = f" and {len(codes) - MAX_LISTED} more" if len(codes) > MAX_LISTED else ""
    some = ", ".join(codes[:MAX_LISTED]) + more
    out = [f"Some figures of {some} come from {own.name} (source: {OWN}) and were not published."]
    if merged.as_of > published.as_of:
        day = format_date(merged.as_of)
        out.append(f"The last of them was known on {day}, which is the day of this answer.")
    used = uses(merged.sector)
    unused = [measure for measure in own.figures["measure"].unique().sort() if measure not in used]
    if unused:
        out.append(f"No feature of a profile uses {', '.join(unused)}.")
    out += read
    out += _unmatched(own, merged)
    doubts = grouped(own.warnings)
    out += [f"Check {doubt}" for doubt in doubts[:MAX_LISTED]]
    if len(doubts) > MAX_LISTED:
        out.append(f"{len(doubts) - MAX_LISTED} more doubts about {own.name} are not listed.")
    return tuple(out)


def _unmatched(own: OwnData, merged: Snapshot) -> Iterator[str]:
    """Features that divide one measure by another and have no fitting pair with an own figure in it.

    A divisor that is a feature of its own, as income is, need not change the others too.
    """
    given = set(own.figures.select("code", "measure").iter_rows())
    direct = {measure for feature in features(merged.sector) for measure in feature.sources}
    for feature in features(merged.sector):
        if feature.over is None or feature.how == "trend":
            continue
        parts = {*feature.sources, *({feature.over} - direct)}
        concerned = {code for code, measure in given if measure in parts}
        if not concerned:
            continue
        rows = rows_of(merged, concerned)
        above = rows.filter(pl.col("measure").is_in(feature.sources))
        gap = (pl.col("period_end") - pl.col("period_end_below")).dt.total_days()
        oldest = pl.lit(merged.as_of).dt.offset_by(f"-{feature.stale_after_months}mo")
        fitting = above.join(rows.filter(measure=feature.over), on="code", suffix="_below").filter(
            gap.is_between(0, 31 * feature.over_within_months),
            pl.col("period_end") >= oldest,
            (pl.col("source") == OWN) | (pl.col("source_below") == OWN),
        )
        for code in sorted(concerned - set(fitting["code"])):
            pair = f"{' or '.join(feature.sources)} and {feature.over}"
            yield f"'{feature.label}' of {code} needs {pair} of nearly the same time: give both."


@cached
def profile_labels(sector: Sector) -> Labels:
    """The headings that an analyst may copy from a profile, and which measure each shows."""
    direct: dict[str, str] = {}
    derived: dict[str, str] = {}
    for feature in features(sector):
        if feature.is_derived:
            said = "It is a fact that can't be given."
        elif feature.over is None and feature.how != "trend" and not feature.per_year:
            direct |= {slug(name): feature.sources[0] for name in (feature.label, feature.name)}
            continue
        else:
            parts = [" or ".join(feature.sources), *([feature.over] if feature.over else [])]
            said = f"It is worked out: give {' and '.join(parts)}."
        derived |= {slug(name): said for name in (feature.label, feature.name)}
    return Labels(direct, derived)


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
    return next((word for most, word in spans if days <= most), f"{round(days / DAYS_PER_YEAR)} years")


def _plain(cell: Any) -> str:
    if cell is None:
        return ""
    return f"{cell:.10g}" if isinstance(cell, float) else str(cell)
