"""Merges a user's own figures and organisations into a snapshot for one query.

No published figure is removed: own figures are added as a source that takes precedence from the day they
were known. So a query about an earlier day gets the answer it always got.
"""

from __future__ import annotations

import hashlib
import json
import math
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from matchmaker.cache import cached
from matchmaker.errors import Issue
from matchmaker.snapshot.overlay.columns import NO_LABELS, Labels, form
from matchmaker.snapshot.overlay.doubts import doubts
from matchmaker.snapshot.overlay.identity import who, with_published_names
from matchmaker.snapshot.overlay.rules import Figure
from matchmaker.snapshot.overlay.validation import validate
from matchmaker.snapshot.own_figures import OWN
from matchmaker.snapshot.registry import registry_of
from matchmaker.snapshot.spans import rows_of, with_rows_of
from matchmaker.snapshot.store import Snapshot, content_hash
from matchmaker.sources.publication import Standing, measures, precedence
from matchmaker.sources.user_tables.layout import find_table
from matchmaker.sources.user_tables.sheets import open_sheets

if TYPE_CHECKING:
    import pandas as pd

SAME = 1e-6
"""Spreadsheets round what they save; figures that differ by a smaller share are the same."""
A_YEAR = 365
_KEY = ["code", "measure"]


@dataclass(frozen=True, slots=True)
class OwnData:
    """A user's table, checked.

    Attributes:
        name: of the file.
        organisations: code -> those of `IDENTITY` that are given.
        figures: code, measure, value, period_start, period_end, known_from, and `after`: the figure
            replaces published ones whose period ends after this day and not after its own.
        warnings: what is valid and yet may not be meant.
        told: how the table was read where that is not plain, in sentences.
    """

    name: str
    organisations: dict[str, dict[str, Any]]
    figures: pl.DataFrame
    warnings: tuple[Issue, ...]
    told: tuple[str, ...] = ()


def read(
    data: str | Path | pl.DataFrame | pd.DataFrame, snapshot: Snapshot, labels: Labels = NO_LABELS
) -> OwnData:
    """Read and validate a user's table against the catalogue of measures and a snapshot.

    A figure without a period ends on the snapshot's day, has a period as long as the published ones (so that
    monthly counts stay monthly), and replaces what was published of the year before and the latest published
    figure, however old. One that, without a period, repeats that figure says nothing new and is left out.

    Args:
        data: a CSV file, an Excel workbook or a frame, wide or long; see docs/own-data.md.
        snapshot: what it will be merged into.
        labels: headings that are copied from a profile.

    Raises:
        BadFile: with every issue of the table.
    """
    registry = registry_of(snapshot)
    wanted = form(snapshot.sector, labels, lambda cell: cell.strip().upper() in registry.by_code)
    table = find_table(open_sheets(data), wanted)
    given = validate(table, snapshot, lambda text: who(text, registry), labels)
    rows, misnamed = with_published_names(given, registry)
    published = latest(snapshot, {figure.code for figure in rows.figures})
    new = [figure for figure in rows.figures if not _repeats(figure, published)]
    figures = _dated(new, published, usual_days(snapshot), snapshot.as_of)
    warnings = (*misnamed, *doubts(rows, new, published, snapshot))
    return OwnData(rows.name, rows.organisations, figures, warnings, rows.told)


def latest(snapshot: Snapshot, codes: set[str]) -> dict[tuple[str, str], dict[str, Any]]:
    """(organisation, measure) -> its latest published figure, with the `days` of its period."""
    standing = {id_: int(Standing[source["standing"].upper()]) for id_, source in snapshot.sources.items()}
    believed = pl.col("source").replace_strict(standing, default=int(Standing.COMPILED))
    rows = (
        rows_of(snapshot, codes)
        .filter(pl.col("known_from") <= snapshot.as_of)
        .with_columns(standing=believed, days=_DAYS)
        .sort("period_end", *precedence())
        .unique(_KEY, keep="last", maintain_order=True)
    )
    return {(row["code"], row["measure"]): row for row in rows.iter_rows(named=True)}


@cached
def usual_days(snapshot: Snapshot) -> dict[str, int]:
    """Measure -> days in the period of its newest published figures."""
    newest = snapshot.measures.filter(pl.col("period_end") == pl.col("period_end").max().over("measure"))
    rows = newest.group_by("measure").agg(_DAYS.mode().max().alias("days"))
    return dict(rows.iter_rows())


_DAYS = (pl.col("period_end") - pl.col("period_start")).dt.total_days() + 1


def _repeats(figure: Figure, published: dict[tuple[str, str], dict[str, Any]]) -> bool:
    undated = figure.period_start is figure.period_end is figure.known_from is None
    there = published.get((figure.code, figure.measure))
    return undated and there is not None and math.isclose(figure.value, there["value"], rel_tol=SAME)


def _dated(
    figures: list[Figure],
    published: dict[tuple[str, str], dict[str, Any]],
    usual: dict[str, int],
    today: date,
) -> pl.DataFrame:
    rows = []
    for figure in figures:
        there = published.get((figure.code, figure.measure), {})
        days = there.get("days", usual.get(figure.measure, A_YEAR))
        period = (figure.period_start, figure.period_end or today, figure.known_from)
        rows.append((figure.code, figure.measure, figure.value, *period, days, there.get("period_end")))
    schema = {"code": pl.String, "measure": pl.String, "value": pl.Float64}
    dates = {"period_start": pl.Date, "period_end": pl.Date, "known_from": pl.Date}
    frame = pl.DataFrame(rows, schema=schema | dates | {"days": pl.Int64, "last": pl.Date}, orient="row")
    start, end = pl.col("period_start"), pl.col("period_end")
    year = pl.min_horizontal(end.dt.offset_by("-1y"), pl.col("last") - pl.duration(days=1))
    return (
        frame.sort(*_KEY, "period_end")
        .with_columns(
            known_from=pl.coalesce("known_from", "period_end"),
            period_start=pl.coalesce(start, end - pl.duration(days=pl.col("days") - 1)),
            # Replacements by two own figures never overlap: one begins where the other's period ends.
            after=pl.max_horizontal(pl.coalesce(start - pl.duration(days=1), year), end.shift().over(_KEY)),
        )
        .drop("days", "last")
    )


def overlay(snapshot: Snapshot, own: OwnData) -> Snapshot:
    """A snapshot with a user's figures and organisations merged into it.

    Its hash is over that of the snapshot and over what the table changes in it, so the same table over the
    same snapshot gives the same hash, in wide or in long form. A table that says nothing new gives the
    snapshot itself. What the table does not touch is shared with the snapshot.
    """
    organisations = _organisations(snapshot.organisations, own)
    figures = _figures(snapshot, own)
    same = organisations is snapshot.organisations
    if figures.is_empty() and same:
        return snapshot
    tables = {name: snapshot.table(name) for name in snapshot.manifest["tables"]}
    before = {name: entry["content_sha256"] for name, entry in snapshot.manifest["tables"].items()}
    codes = frozenset(figures["code"])
    key = [*_KEY, "period_start", "period_end", "source"]
    rows = pl.concat([rows_of(snapshot, codes), figures]).unique(key, keep="last").sort(pl.all())
    hashes = before | {"measures": _hash_over(before["measures"], rows)}
    tables["measures"] = with_rows_of(snapshot, codes, rows)
    if not same:
        tables["organisations"] = organisations
        del hashes["organisations"]
        if "places" in tables:  # where the user puts an organisation, it is on every day
            moved = organisations.filter(pl.col("coordinate_basis").str.starts_with(f"{OWN}: "))["code"]
            put = pl.col("code").is_in(moved.implode()) & (pl.col("kind") == "main")
            tables["places"] = tables["places"].filter(~put)
            del hashes["places"]
    published = [source for source in snapshot.manifest["sources"] if source["id"] != OWN]
    last = max([snapshot.as_of, *figures["known_from"]])
    manifest = snapshot.manifest | {
        "as_of": last.isoformat(),
        "attribution": f"{snapshot.manifest['attribution']} {_attribution(own.name)}",
        "over": snapshot.hash,
        "sources": [*published, _source(snapshot, own, rows.filter(pl.col("source") == OWN))],
    }
    if last > snapshot.as_of:
        manifest.setdefault("published_as_of", snapshot.manifest["as_of"])
    return Snapshot.of(
        tables,
        manifest,
        snapshot.sector,
        under=snapshot,
        hashes=hashes,
        changed=rows if same else None,
        again=(overlay, (snapshot, own)),
    )


def _hash_over(before: str, rows: pl.DataFrame) -> str:
    """What stands for a table of which the rows of some codes are others."""
    return hashlib.sha256(f"{before} {content_hash(rows)}".encode()).hexdigest()


def _attribution(name: str) -> str:
    return f"Figures of the source '{OWN}' come from {name} and were not published."


def _organisations(published: pl.DataFrame, own: OwnData) -> pl.DataFrame:
    """The table with what is said of organisations; the table itself where nothing new is."""
    there = published.filter(pl.col("code").is_in(list(own.organisations)))
    rows = {row["code"]: row for row in there.iter_rows(named=True)}
    codes = dict(published.select("locality", "locality_code").drop_nulls().unique().iter_rows())
    new = False
    for code, given in own.organisations.items():
        new |= code not in rows
        row = rows.setdefault(code, dict.fromkeys(published.columns) | {"code": code})
        changed = {name: value for name, value in given.items() if not _same(value, row[name])}
        new |= bool(changed)
        row.update(changed)
        if "locality" in changed:
            row["locality_code"] = codes.get(changed["locality"])
        for name, basis in (("type", "type_basis"), ("latitude", "coordinate_basis")):
            if name in changed:
                row[basis] = f"{OWN}: {own.name}"
    if not new:
        return published
    others = published.join(there, on="code", how="anti")
    given_rows = pl.DataFrame(list(rows.values()), schema=published.schema, orient="row")
    return pl.concat([others, given_rows]).sort(pl.all())


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=SAME)
    return bool(one == other)


def _figures(snapshot: Snapshot, own: OwnData) -> pl.DataFrame:
    """Own figures in the columns of `schema.Measures`, with replacements for the published ones.

    A replacement is the own figure once more, in a period that ends as a published one does: where a
    profile takes a mean or a trend over several periods, each of them then has the same value.
    """
    ends = rows_of(snapshot, own.figures["code"]).select(*_KEY, end="period_end").unique()
    length = pl.col("period_end") - pl.col("period_start")
    replacements = (
        own.figures.join(ends, on=_KEY)
        .filter(pl.col("end").is_between("after", "period_end", closed="none"))
        .with_columns(period_start=pl.col("end") - length, period_end="end")
        .select(own.figures.columns)
    )
    units = {name: measure.unit for name, measure in measures(snapshot.sector).items()}
    return (
        pl.concat([own.figures, replacements])
        .with_columns(
            unit=pl.col("measure").replace_strict(units, return_dtype=pl.String),
            source=pl.lit(OWN),
            file=pl.lit(own.name),
        )
        .select(snapshot.measures.columns)
    )


def _source(snapshot: Snapshot, own: OwnData, mine: pl.DataFrame) -> dict[str, Any]:
    """What the manifest says of the source, with the own figures of codes that the table has figures of."""
    earlier = snapshot.measures.filter(pl.col("source") == OWN, ~pl.col("code").is_in(mine["code"].implode()))
    held = pl.concat([earlier, mine]) if OWN in snapshot.sources else mine
    before = snapshot.sources.get(OWN, {"files": []})
    content = json.dumps(own.organisations, sort_keys=True, default=str) + own.figures.write_csv()
    digest = hashlib.sha256(content.encode()).hexdigest()
    first, last = held["period_start"].min(), held["period_end"].max()
    return {
        "id": OWN,
        "publisher": "not published",
        "title": "Figures that the user gave for this query",
        "page": "",
        "licence": "the user's own",
        "standing": Standing.OWN.name.lower(),
        "compiled_by": None,
        "table": "measures",
        "period_first": None if first is None else str(first),
        "period_last": None if last is None else str(last),
        "rows": held.height,
        # The hash is of what was read, not of the file's bytes: both forms of a table say the same.
        "files": [*before["files"], {"name": own.name, "sha256": digest}],
    }
