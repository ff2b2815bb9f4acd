"""Features of organisations that are made of others, from their members on the day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import polars as pl

from matchmaker.features.definition import Feature
from matchmaker.features.membership import members_on
from matchmaker.features.states import KNOWN, UNKNOWN
from matchmaker.snapshot import Snapshot

ENOUGH = 0.5
"""The least share of the members whose figure must be known."""
FILE = "rolled up from its members"
"""What stands in the place of a file."""
_MADE = ("value", "period_start", "period_end", "known_from", "source", "file", "state")


def with_roll_ups(
    cells: pl.DataFrame,
    organisations: pl.DataFrame,
    features: Sequence[Feature],
    snapshot: Snapshot,
    day: date,
) -> pl.DataFrame:
    """Cells with those of groups made from their members, where nothing current was published of the group.

    Args:
        cells: one row per organisation and feature, in order, without roll-ups.
        organisations: those open on the day; a member that is not counts for nothing.
        features: the columns of the cells; only those with a `roll_up` change.
        snapshot: holds the table of membership.
        day: whose membership counts.
    """
    rolled = [feature for feature in features if feature.roll_up is not None]
    of_sector = snapshot.sector.membership
    if not rolled or of_sector is None:
        return cells
    open_codes = organisations["code"].implode()
    groups = organisations.filter(pl.col("type").is_in(list(of_sector.groups)))["code"]
    members = members_on(snapshot, day).filter(
        pl.col("member").is_in(open_codes), pl.col("group").is_in(groups.implode())
    )
    # By number, in the order of the codes: thousands of groups are grouped by once for each feature.
    members = members.with_columns(pl.col("group").cast(pl.Enum(groups.unique().sort())))
    counts = members.group_by("group").agg(members=pl.len())
    needed = {
        name for one in rolled if one.roll_up for name in (one.roll_up.of or one.name, one.roll_up.weight)
    }
    current = cells.filter(pl.col("feature").is_in(sorted(filter(None, needed))), pl.col("state") == KNOWN)
    current = current.join(members, left_on="code", right_on="member").sort("group", "code")
    known = {str(name): part for (name,), part in current.partition_by("feature", as_dict=True).items()}
    nothing = current.clear()
    made = [
        _rolled(one, {name: known.get(name, nothing) for name in filter(None, needed)}, counts, snapshot, day)
        for one in rolled
    ]
    new = pl.concat([part.select(pl.col("code").cast(pl.String), "feature", *_MADE) for part in made])
    joined = cells.join(new, on=["code", "feature"], how="left", maintain_order="left", suffix="_made")
    take = (pl.col("state") == UNKNOWN) & pl.col("value_made").is_not_null()
    return joined.with_columns(
        pl.when(take).then(f"{name}_made").otherwise(name).alias(name) for name in _MADE
    ).select(cells.columns)


def _rolled(
    feature: Feature,
    known: Mapping[str, pl.DataFrame],
    counts: pl.DataFrame,
    snapshot: Snapshot,
    day: date,
) -> pl.DataFrame:
    """One feature of all groups, from the known cells of each feature: code, and what its cell holds."""
    how = feature.roll_up
    assert how is not None
    if how.how in ("count", "growth"):
        rows = counts.select(code="group", value=pl.col("members").cast(pl.Float64))
        if how.how == "growth":
            earlier = pl.select(pl.lit(day).dt.offset_by(f"-{how.years}y")).item()
            before = members_on(snapshot, earlier).group_by("group").agg(before=pl.len())
            rows = rows.with_columns(pl.col("code").cast(pl.String))
            rows = rows.join(before, left_on="code", right_on="group", how="inner").select(
                "code", value=pl.col("value") - pl.col("before").cast(pl.Float64)
            )
        return rows.with_columns(
            feature=pl.lit(feature.name),
            period_start=pl.lit(day),
            period_end=pl.lit(day),
            known_from=pl.lit(day),
            source=pl.lit(None, pl.String),
            file=pl.lit(FILE),
            state=pl.lit(KNOWN),
        )
    own = known[how.of or feature.name]
    weight = pl.lit(1.0)
    if how.weight is not None:
        by = known[how.weight].select("code", by="value")
        own, weight = own.join(by, on="code", maintain_order="left"), pl.col("by")
    value, n = pl.col("value"), pl.len()
    match how.how:
        case "sum":
            total = value.sum() * pl.col("members").first() / n
        case "share":
            total = (value >= how.at_least).cast(pl.Float64).mean()
        case _:
            total = (value * weight).sum() / weight.sum() if how.weight else value.mean()
    return (
        own.join(counts, on="group", maintain_order="left")
        .group_by("group", maintain_order=True)
        .agg(
            total.alias("value"),
            pl.col("period_start").min(),
            pl.col("period_end").max(),
            pl.col("known_from").max(),
            pl.col("source").max(),
            share=n / pl.col("members").first(),
        )
        .filter(pl.col("share") >= ENOUGH)
        .select(
            pl.col("group").alias("code"),
            pl.lit(feature.name).alias("feature"),
            "value",
            "period_start",
            "period_end",
            "known_from",
            "source",
            pl.lit(FILE).alias("file"),
            pl.lit(KNOWN).alias("state"),
        )
    )
