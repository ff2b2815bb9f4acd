"""Figures of organisations that have taken others in: added up from the parts where adding is right.

A figure from before a merger is a figure of one part. From the day of the merger on, counts and sums of the
same period and source are added up over the parts, and shares are averaged by the measure that they are
shares of; the catalogue of measures says which (`combine`). What can't be combined, or is not known of every
part, stays the figure of the body that had the code, and is marked so where it is shown.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date

import polars as pl

from matchmaker.cache import cached_apart_from_figures
from matchmaker.dates import format_date
from matchmaker.snapshot.store import Snapshot
from matchmaker.sources.publication import measures

KEY = ("measure", "period_start", "period_end", "source")
MAX_WEIGHT_DAYS = 400
"""How far the end of the period of a weight may be from that of the figure."""
PARTS = " + "
"""Between the file of a combined figure and the codes of the parts beside the organisation itself."""
COMBINED = "Added up from its parts"
"""How what is said of a combined figure begins."""


@cached_apart_from_figures
def mergers(snapshot: Snapshot) -> dict[str, tuple[tuple[date, tuple[str, ...]], ...]]:
    """Code -> the days on which it took others in whole, the earliest first, with their codes."""
    whole = snapshot.successions.filter(~pl.col("part")).sort("date", "new", "old")
    out: dict[str, dict[date, list[str]]] = {}
    for old, new, day in whole.select("old", "new", "date").iter_rows():
        out.setdefault(new, {}).setdefault(day, []).append(old)
    return {code: tuple((day, tuple(olds)) for day, olds in days.items()) for code, days in out.items()}


@cached_apart_from_figures
def _whole(snapshot: Snapshot) -> tuple[dict[str, set[str]], dict[str, set[str]]]:
    """Which organisations took a code in whole, and which a code took in."""
    takers: dict[str, set[str]] = {}
    parts: dict[str, set[str]] = {}
    for old, new in snapshot.successions.filter(~pl.col("part")).select("old", "new").iter_rows():
        takers.setdefault(old, set()).add(new)
        parts.setdefault(new, set()).add(old)
    return takers, parts


def taken_in_by(snapshot: Snapshot, codes: Iterable[str]) -> set[str]:
    """Some codes, and all that took them in, by however many steps: what combines figures of them."""
    return _reached(_whole(snapshot)[0], codes)


def parts_of(snapshot: Snapshot, codes: Iterable[str]) -> set[str]:
    """Some codes, and all that they took in, by however many steps."""
    return _reached(_whole(snapshot)[1], codes)


def _reached(steps: Mapping[str, set[str]], codes: Iterable[str]) -> set[str]:
    found, ahead = set(), set(codes)
    while ahead:
        found |= ahead
        ahead = {there for code in ahead for there in steps.get(code, ())} - found
    return found


def describe_merger(
    snapshot: Snapshot, code: str, as_of: date, period_end: date | None, file: str | None
) -> str | None:
    """What a merger means for a figure, in one sentence; None where it was of the whole body.

    Args:
        snapshot: holds the figure.
        code: of the organisation that it is shown for.
        as_of: the day of the answer; later mergers do not count.
        period_end: of the figure.
        file: that the figure comes from.
    """
    if period_end is None:
        return None
    before = [one for one in mergers(snapshot).get(code, ()) if period_end < one[0] <= as_of]
    if not before:
        return None
    day, olds = before[0]
    named = snapshot.organisations.filter(pl.col("code").is_in(olds))
    names = dict(named.select("code", "name").iter_rows())
    others = " and ".join(f"{names.get(old, old)} ({old})" for old in olds)
    if PARTS in (file or ""):
        return f"{COMBINED}, which merged on {format_date(day)}: {others}."
    return f"From before it took in {others} on {format_date(day)}."


def with_combined(
    snapshot: Snapshot, figures: pl.DataFrame, codes: Collection[str] | None = None
) -> pl.DataFrame:
    """Figures, and after them those that are combined from the parts of merged organisations.

    Args:
        snapshot: whose successions count.
        figures: rows of the table of measures, with every measure that others are weighted by.
        codes: the organisations whose mergers count, with those of their parts; by default all.

    Returns:
        The same columns. A combined figure is known from the day of the merger, or from the day on which the
        last of its parts was published; its `file` names the codes of the parts.
    """
    whole = snapshot.successions.filter(~pl.col("part")).sort("date", "new", "old")
    if codes is not None:
        whole = whole.filter(pl.col("new").is_in(list(codes)))
    catalogue = measures(snapshot.sector)
    combine = {name: one.combine for name, one in catalogue.items() if one.combine}
    if whole.is_empty() or not combine:
        return figures
    opened = dict(snapshot.organisations.select("code", "opened").iter_rows())
    rounds: list[list[dict[str, object]]] = []
    last_round: dict[str, int] = {}
    mergers_of = whole.group_by("date", "new", maintain_order=True).agg("old").iter_rows()
    for number, (day, new, olds) in enumerate(mergers_of):
        existed = opened.get(new) is None or opened[new] < day
        parts = [new, *olds] if existed else olds
        if len(parts) > 1:
            # What is made of parts that were themselves combined comes after them; all else at once.
            at = max((last_round.get(part, -1) for part in parts), default=-1) + 1
            last_round[new] = max(at, last_round.get(new, -1))
            others = PARTS.join(part for part in parts if part != new)
            merger = {"merger": number, "new": new, "day": day, "of": len(parts), "others": others}
            rounds += [[]] if at == len(rounds) else []
            rounds[at] += [merger | {"code": part} for part in parts]
    for at_once in rounds:
        figures = pl.concat([figures, _combined(figures, combine, pl.DataFrame(at_once))])
    return figures


def _combined(figures: pl.DataFrame, combine: dict[str, str], parts: pl.DataFrame) -> pl.DataFrame:
    """The figures of some mergers, one for each day on which another of their parts became known.

    Args:
        figures: rows of the table of measures.
        combine: measure -> how it is combined.
        parts: `code` of each part, with `merger` (a number), `day`, `new` (code), how many parts it is `of`,
            and the `others` in words.
    """
    key = ("merger", *KEY)
    joined = figures.join(parts, on="code", maintain_order="left_right")
    before = joined.filter(pl.col("period_end") < pl.col("day"))
    values = before.filter(pl.col("measure").is_in(list(combine))).sort("known_from", "value", "file")
    days = values.select(*key, at=pl.max_horizontal("known_from", "day")).unique(maintain_order=True)
    rows = (
        days.join(parts.select("merger", "code"), on="merger", maintain_order="left_right")
        .sort("at", maintain_order=True)
        .join_asof(
            values,
            left_on="at",
            right_on="known_from",
            by=["code", *key],
            check_sortedness=False,  # it is sorted within each group, which is all that counts
        )
        .drop_nulls("value")
        .with_columns(weighted_by=pl.col("measure").replace_strict(combine, return_dtype=pl.String))
    )
    both = pl.concat(
        [
            rows.filter(pl.col("weighted_by") == "sum").with_columns(weight=1.0),
            _weighted(rows.filter(pl.col("weighted_by") != "sum"), before),
        ]
    ).sort(*key, "at", "code")
    summed = (pl.col("value") * pl.col("weight")).sum()
    is_sum = pl.col("weighted_by").first() == "sum"
    combined = (
        both.group_by(*key, "at", maintain_order=True)
        .agg(
            pl.when(is_sum).then(summed).otherwise(summed / pl.col("weight").sum()).alias("value"),
            pl.col("unit").first(),
            pl.format("{}" + PARTS + "{}", pl.col("file").first(), pl.col("others").first()).alias("file"),
            pl.col("new", "of").first(),
            n_parts=pl.len(),
        )
        .filter(pl.col("n_parts") == pl.col("of"), pl.col("value").is_finite())
    )
    return combined.with_columns(code="new", known_from="at").select(figures.columns)


def _weighted(rows: pl.DataFrame, before: pl.DataFrame) -> pl.DataFrame:
    """Each part with its latest weight of the time, as known on the day; parts without one are left out."""
    weights = before.select(
        "merger",
        "code",
        weighted_by="measure",
        weight="value",
        until="period_end",
        published="known_from",
        from_source="source",
    )
    age = (pl.col("period_end") - pl.col("until")).dt.total_days()
    return (
        rows.join(weights, on=["merger", "code", "weighted_by"], maintain_order="left_right")
        .filter(age.is_between(0, MAX_WEIGHT_DAYS), pl.col("published") <= pl.col("at"))
        .sort("until", "published", "from_source", "weight", maintain_order=True)
        .unique(["merger", *KEY, "at", "code"], keep="last", maintain_order=True)
        .select(*rows.columns, "weight")
    )
