"""The panel of figures that features are made of: built once for a snapshot, joined as of any day.

A figure counts from the day it was published, and a revised one from its revision (data vintages).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

import polars as pl

from matchmaker.cache import cached
from matchmaker.dates import DAYS_PER_YEAR
from matchmaker.features.definition import Feature
from matchmaker.snapshot import Snapshot
from matchmaker.snapshot.mergers import with_combined
from matchmaker.snapshot.spans import rows_of
from matchmaker.sources.publication import Standing, measures, precedence

FIGURE = ("cell", "value", "period_start", "period_end", "known_from", "source", "file")
"""What is kept of a figure; `cell` numbers organisation and feature."""
_TEXT = ("source", "file")
"""Columns that the panel holds by number, because few texts stand in many rows."""
_ONLY: dict[str, tuple[str, ...]] = {"latest": (), "mean": (), "trend": ("years", "seasonal", "log")}
"""What a way to make a feature needs beside the figures."""
_DAYS = (pl.col("period_end") - pl.col("period_start")).dt.total_days() + 1
HALF_A_YEAR = 183
"""A figure of a longer period belongs to no quarter of the year."""
_ORDER = {"cell": False, "period_end": False, "order": True}


@dataclass(frozen=True, slots=True)
class FeaturePanel:
    """Every figure that some features may use, in the order of precedence.

    Attributes:
        first: `code` and `cell`, that of its first feature; the others follow in the order of features.
        columns: `source` (a measure or derived figure) and `column`, the place of a feature made from it.
        numerators: by way to make a feature, and whether it is divided: its figures. Those of a cell
            stand together, by period; within a period the measure that its feature prefers, the source
            of higher precedence and the later vintage come last.
        denominators: the figures by which others are divided, in the same order.
    """

    first: pl.DataFrame
    columns: pl.DataFrame
    numerators: dict[tuple[str, bool], pl.DataFrame]
    denominators: pl.DataFrame

    @property
    def cache_size(self) -> int:
        """Bytes, estimated; see `cache.size_of`."""
        frames = (self.first, self.columns, self.denominators, *self.numerators.values())
        return int(sum(frame.estimated_size() for frame in frames))

    def as_of(self, day: date, derived: pl.DataFrame | None = None) -> pl.DataFrame:
        """One figure for each cell about which something was known on a day.

        Args:
            day: nothing known later is used.
            derived: figures that the sector derives from tables of facts for that day.

        Returns:
            Columns as in `FIGURE`.
        """
        denominators = _latest_vintage(self.denominators, day)
        parts = [] if derived is None else [self._in_cells(derived)]
        for (how, divided), rows in self.numerators.items():
            series = _latest_vintage(rows, day)
            made = _MADE[how](_divided(series, denominators) if divided else series)
            parts.append(made.with_columns(pl.col(*_TEXT).cast(pl.String)))
        return pl.concat([part.select(FIGURE) for part in parts])

    def _in_cells(self, derived: pl.DataFrame) -> pl.DataFrame:
        found = derived.join(self.columns, left_on="measure", right_on="source", maintain_order="left")
        found = found.join(self.first, on="code", maintain_order="left")
        return found.with_columns(pl.col("cell") + pl.col("column"))


@cached
def feature_panel(snapshot: Snapshot, features: tuple[Feature, ...]) -> FeaturePanel:
    """The panel of some features of a snapshot."""
    return panel_of(snapshot, features)


def panel_of(
    snapshot: Snapshot, features: tuple[Feature, ...], codes: Collection[str] | None = None
) -> FeaturePanel:
    """The panel of some features, of some organisations.

    Args:
        snapshot: the figures.
        features: what is made.
        codes: of the organisations, with all parts of those that took others in; by default everybody.
    """
    table = snapshot.measures if codes is None else rows_of(snapshot, codes)
    first = snapshot.organisations.select("code").sort("code").with_row_index("cell")
    first = first.with_columns(pl.col("cell") * len(features))
    wanted = _wanted(features)
    standing = {id_: int(Standing[said["standing"].upper()]) for id_, said in snapshot.sources.items()}
    used = pl.concat([wanted["source"], wanted["over"].drop_nulls()]).unique()
    weighted_by = {one.combine for one in measures(snapshot.sector).values()} - {None, "sum"}
    needed = [*used.to_list(), *sorted(map(str, weighted_by))]
    figures = with_combined(snapshot, table.filter(pl.col("measure").is_in(needed)), codes)
    known = figures.filter(pl.col("measure").is_in(used.implode()))
    # The order is kept, as a combined figure counts rather than that of a part which was published with it.
    known = known.with_columns(cell=_cells_of(known["code"], first))
    known = known.with_columns(
        standing=pl.col("source").replace_strict(standing, default=int(Standing.COMPILED)),
    )
    known = known.select(
        "measure",
        *(name for name in FIGURE if name not in _TEXT),
        *(pl.col(name).cast(pl.Enum(known[name].drop_nulls().unique().sort())) for name in _TEXT),
        "standing",
    )

    order = precedence()

    def rows(wanted: pl.DataFrame, *more: str) -> pl.DataFrame:
        part_of_a_year = pl.col("per_year") & ~_DAYS.is_between(365, 366)
        value = pl.when(part_of_a_year).then(pl.col("value") * DAYS_PER_YEAR / _DAYS).otherwise("value")
        return (
            known.join(
                wanted.select("column", "order", "per_year", *more, of="source"),
                left_on="measure",
                right_on="of",
                how="inner",
                maintain_order="left",
            )
            .with_columns(value=value, cell=pl.col("cell") + pl.col("column"))
            .drop("measure", "column", "per_year")
            .sort(
                *_ORDER,
                *order,
                "period_start",
                descending=[*_ORDER.values(), *[False] * len(order), False],
                maintain_order=True,
            )
            .select(*FIGURE, *more)
        )

    divided = pl.col("over").is_not_null()
    made = wanted.select("how", divided.alias("divided")).unique(maintain_order=True).rows()
    below = wanted.filter(divided).unique("column").with_columns(source="over", order=0, per_year=False)
    return FeaturePanel(
        first,
        wanted.select("source", "column"),
        {
            (how, over): rows(
                wanted.filter(pl.col("how") == how, divided == over),
                *(("within",) if over else ()),
                *_ONLY[how],
            )
            for how, over in made
        },
        rows(below).filter(pl.col("value") != 0),
    )


def _cells_of(codes: pl.Series, first: pl.DataFrame) -> pl.Series:
    """The first cell of each code; codes stand in long runs, and only one of a run is looked up."""
    runs = codes.rle_id()
    heads = codes.filter(runs.ne_missing(runs.shift(1))).to_frame()
    cells = heads.join(first, on="code", how="left", maintain_order="left")["cell"]
    return cells.gather(runs)


def _wanted(features: tuple[Feature, ...]) -> pl.DataFrame:
    """One row per feature and source: what is made of it."""
    rows = [
        {
            "column": column,
            "source": source,
            "order": order,
            "how": feature.how,
            "over": feature.over,
            "within": 31 * feature.over_within_months,
            "per_year": feature.per_year,
            "years": feature.years,
            "seasonal": feature.seasonal,
            "log": feature.transform == "log",
        }
        for column, feature in enumerate(features)
        for order, source in enumerate(feature.sources)
    ]
    return pl.DataFrame(rows, schema_overrides={"column": pl.UInt32, "over": pl.String})


def _final(*key: str) -> pl.Expr:
    """The last row of each run of equal keys."""
    return pl.any_horizontal(pl.col(name).ne_missing(pl.col(name).shift(-1)) for name in key)


def _latest_vintage(rows: pl.DataFrame, day: date) -> pl.DataFrame:
    """The series of each cell as known on a day: one figure per period end."""
    return rows.filter(pl.col("known_from") <= day).filter(_final("cell", "period_end"))


def _divided(series: pl.DataFrame, denominators: pl.DataFrame) -> pl.DataFrame:
    """Each figure divided by that of the same or the nearest earlier period, if near enough."""
    return (
        series.join_asof(
            denominators.select(
                "cell", "period_end", below="value", below_end="period_end", below_known="known_from"
            ),
            on="period_end",
            by="cell",
            check_sortedness=False,  # it is sorted within each cell, which is all that counts
        )
        .filter((pl.col("period_end") - pl.col("below_end")).dt.total_days() <= pl.col("within"))
        .with_columns(
            value=pl.col("value") / pl.col("below"),
            known_from=pl.max_horizontal("known_from", "below_known"),
        )
    )


def _latest(series: pl.DataFrame) -> pl.DataFrame:
    return series.filter(_final("cell"))


def _mean(series: pl.DataFrame) -> pl.DataFrame:
    """Mean of the year up to the latest period's end, each figure weighed by its days in that year."""
    before = pl.col("period_end").max().over("cell").dt.offset_by("-1y")
    year = series.with_columns(before=before).filter(pl.col("period_end") > pl.col("before"))
    begun = pl.max_horizontal("period_start", pl.col("before").dt.offset_by("1d"))
    days = (pl.col("period_end") - begun).dt.total_days() + 1
    mean = (pl.col("value") * pl.col("days")).sum() / pl.col("days").sum()
    return year.with_columns(days=days).group_by("cell", maintain_order=True).agg(mean.alias("value"), *_SPAN)


def _trend(series: pl.DataFrame) -> pl.DataFrame:
    """Yearly change over the last `years`: the median slope between every two of three figures or more.

    Source: Sen (1968), J Am Stat Assoc 63:1379; within seasons as in Hirsch, Slack and Smith (1982),
    Water Resources Research 18:107. Both are robust to a single odd figure. Figures stand in the middle
    of their periods, because a year's figure and a quarter's with the same end are months apart.
    """
    middle = (pl.col("period_start").dt.epoch("d") + pl.col("period_end").dt.epoch("d")) // 2
    quarter = middle.cast(pl.Date).dt.quarter()
    since = pl.col("period_end").max().over("cell").dt.offset_by(pl.format("-{}y5d", "years"))
    recent = series.filter(pl.col("period_end") > since, ~pl.col("log") | (pl.col("value") > 0)).select(
        *(name for name in FIGURE if name != "value"),
        "years",
        value=pl.when("log").then(pl.col("value").log()).otherwise("value"),
        year=middle / DAYS_PER_YEAR,
        season=pl.when("seasonal").then(pl.when(_DAYS > HALF_A_YEAR).then(0).otherwise(quarter)),
    )
    pairs = recent.join(
        recent.select("cell", "season", "year", "value"),
        on=["cell", "season"],
        suffix="_before",
        nulls_equal=True,
    ).filter(pl.col("year") > pl.col("year_before"))
    slope = (pl.col("value") - pl.col("value_before")) / (pl.col("year") - pl.col("year_before"))
    slopes = pairs.group_by("cell").agg(slope.median().alias("value"))
    spread = pl.col("year").max() - pl.col("year").min()
    return (
        recent.group_by("cell", maintain_order=True)
        .agg(*_SPAN, pl.col("years").first(), points=pl.len(), spread=spread)
        .filter(pl.col("points") >= 3, pl.col("spread") >= (pl.col("years") - 1) / 2)
        .join(slopes, on="cell", maintain_order="left")
    )


_SPAN = (
    pl.col("period_start").min(),
    pl.col("period_end").max(),
    pl.col("known_from").max(),
    pl.col("source").last(),
    pl.col("file").last(),
)
_MADE = {"latest": _latest, "mean": _mean, "trend": _trend}
