"""What a build does not believe at once: new figures unlike those before, and parts above their wholes.

Only figures that are new or changed against the snapshot in use are judged, each against what was published
before and after it: how far figures of its measure ever went from one period to the next. What is unlike
that is quarantined, until somebody confirms it by its name.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

import polars as pl

from matchmaker.sector import Sector
from matchmaker.snapshot.checks import DIFFERENT, ENOUGH
from matchmaker.snapshot.editions import IN_STEP, REVISED, beside, less_in_step
from matchmaker.snapshot.merge import KEY, TOLERANCE
from matchmaker.sources.publication import measures, precedence

NEAR_DAYS = 800
"""A figure is compared with those before and after it that end within so many days."""
SMALL = 10
"""Sizes up to this count as equal: ratios of small numbers say little."""
USUAL = 0.99
"""This share of all steps from one period to the next counts as usual."""
BEYOND = 3
"""A figure is unlike those beside it where it lies further off than this many times a usual step."""
SIZE_STEP = (math.log(1.5), math.log(4))
"""But never less than the first nor more than the second of these, in logarithms of sizes."""
SHARE_STEP = (0.1, 0.4)
"""The same for shares."""
STEPS = 100
"""Steps are usual where so many of a measure are known; before that, only the most counts."""
TYPICAL = math.log(1.6)
"""A typical change (of the median over organisations) by more than this is unlike."""
EVER = 1.3
"""Or by so much more than it ever was, where the measure changed at least `TRANSITIONS` times before."""
TRANSITIONS = 3
RARE = 0.05
"""Noughts are rare where they are less than this share of what was published of a measure."""
NOUGHTS = 3
"""A period has too many where they are more than this many times those to be expected."""
SCATTERED = 2
"""Organisations changed more differently than ever where their changes lie this many times further apart."""
ABOVE = 1.02
"""A part may lie so far above its whole, for rounding."""
SERIES = ["code", "measure", "months"]
PERIOD = ["source", "measure", "period_start", "period_end"]
FIGURE = [*KEY, "source"]


def fresh(figures: pl.DataFrame, before: pl.DataFrame) -> pl.DataFrame:
    """The figures that are not in a snapshot, or not with that value.

    Args:
        figures: of a build.
        before: the table of measures of the snapshot in use.
    """
    return figures.join(before.select(*FIGURE, "value"), on=[*FIGURE, "value"], how="anti")


def unlikely(
    figures: pl.DataFrame,
    new: pl.DataFrame,
    before: pl.DataFrame,
    joined: pl.DataFrame,
    sector: Sector,
) -> pl.DataFrame:
    """Reasons not to believe figures: `FIGURE` and `reason`.

    Args:
        figures: all of a build, one for each source and period.
        new: those of them that are `fresh`.
        before: the table of measures of the snapshot in use.
        joined: successions, with `new` and `date`: what takes over another jumps.
        sector: whose catalogue says what is a part of what.
    """
    if new.is_empty():
        return _none()
    names = _with_wholes(new["measure"].unique(), sector)
    concerned = figures.filter(pl.col("measure").is_in(names))
    held = before.filter(pl.col("measure").is_in(names))
    own = concerned.filter(pl.col("measure").is_in(new["measure"].unique().implode()))
    whole = pl.concat(
        [
            _revised(new, held),
            _shifted(new, own, sector),
            _in_disorder(new, own),
            _scattered(new, own, sector),
        ]
    ).unique(PERIOD, keep="first", maintain_order=True)
    of_period = new.join(whole, on=PERIOD)
    single = pl.concat(
        [_above_wholes(concerned, sector), _jumps(new, concerned, joined, sector), _noughts(new, own)]
    )
    single = single.join(new.select(FIGURE), on=FIGURE, how="semi")
    columns = [*FIGURE, "reason"]
    found = pl.concat([of_period.select(columns), single.select(columns)])
    return found.unique(FIGURE, keep="first", maintain_order=True)


def _none() -> pl.DataFrame:
    dates = dict.fromkeys(("period_start", "period_end"), pl.Date)
    return pl.DataFrame(schema={name: dates.get(name, pl.String()) for name in (*FIGURE, "reason")})


def _reasons(found: pl.DataFrame, key: list[str], reason: pl.Expr) -> pl.DataFrame:
    # Polars 1 panics where it puts texts together over several chunks of which one is empty.
    return found.rechunk().select(*key, reason=reason)


def _with_wholes(names: Iterable[str], sector: Sector) -> list[str]:
    """The measures, with those that limit or are limited by them."""
    pairs, wanted = _wholes(sector), set(names)
    return sorted(wanted | {name for pair in pairs if wanted & {*pair} for name in pair})


def _wholes(sector: Sector) -> list[tuple[str, str]]:
    """Each measure with one that it can't be above."""
    catalogue = measures(sector).values()
    return [(m.name, whole) for m in catalogue for whole in (m.part_of, m.at_most) if whole is not None]


def _revised(new: pl.DataFrame, before: pl.DataFrame) -> pl.DataFrame:
    """Periods in which most figures are other ones than in the snapshot in use: maybe another period's."""
    both = before.select(*FIGURE, value_old="value").join(new.select(*FIGURE, "value"), on=FIGURE, how="left")
    larger = pl.max_horizontal(pl.col("value").abs(), pl.col("value_old").abs())
    differs = (pl.col("value") - pl.col("value_old")).abs() > TOLERANCE * larger
    found = both.group_by(PERIOD).agg(n=pl.len(), differs=differs.fill_null(False).sum())
    found = found.filter(pl.col("differs") >= ENOUGH, pl.col("differs") > REVISED * pl.col("n"))
    reason = pl.format(
        "other figures than the snapshot in use has, for {} of {} organisations", "differs", "n"
    )
    return _reasons(found, PERIOD, reason)


def _shifted(new: pl.DataFrame, figures: pl.DataFrame, sector: Sector) -> pl.DataFrame:
    """Periods whose typical figure is many times that of the period before, or a fraction of it."""
    positive = [m.name for m in measures(sector).values() if m.minimum is not None and m.minimum >= 0]
    some = figures.filter(pl.col("measure").is_in(positive))
    compared = (
        beside(some, some)
        .group_by(*PERIOD, "period_end_old")
        .agg(
            n=pl.len(),
            ratio=pl.col("value").median().clip(1e-9) / pl.col("value_old").median(),
            was=pl.col("value_old").median(),
            values=pl.col("value_old").n_unique(),
        )
        .filter(pl.col("n") >= ENOUGH, pl.col("was") > 0, pl.col("values") >= ENOUGH)
        .with_columns(step=pl.col("ratio").log().abs())
    )
    mine = new.group_by(PERIOD).agg(fresh=pl.len())
    compared = compared.join(mine, on=PERIOD, how="left")
    old = compared.filter(pl.col("fresh").is_null())
    ever = old.group_by("measure").agg(most=pl.col("step").max(), times=pl.len())
    ever_so = pl.when(pl.col("times") >= TRANSITIONS).then(
        pl.max_horizontal(pl.lit(TYPICAL / 2), EVER * pl.col("most"))
    )
    found = compared.filter(pl.col("fresh") > 0).join(ever, on="measure", how="left")
    # Over a gap of years more may change.
    gap = (pl.col("period_end") - pl.col("period_end_old")).dt.total_days()
    limit = pl.when(gap <= NEAR_DAYS).then(ever_so.otherwise(TYPICAL)).otherwise(2 * TYPICAL)
    found = found.filter(pl.col("step") > limit)
    reason = pl.format(
        "figures typically {} times those of the period to {}",
        pl.col("ratio").round_sig_figs(2),
        "period_end_old",
    )
    return _reasons(found, PERIOD, reason)


def _scattered(new: pl.DataFrame, figures: pl.DataFrame, sector: Sector) -> pl.DataFrame:
    """Periods in which organisations changed far more differently than ever: half of them in another unit."""
    is_size = pl.col("measure").is_in(_sizes(sector))
    at = [
        pl.when(is_size).then(pl.col(name).clip(SMALL).log()).otherwise(name)
        for name in ("value", "value_old")
    ]
    gap = (pl.col("period_end") - pl.col("period_end_old")).dt.total_days()
    pairs = beside(figures, figures).filter(gap <= NEAR_DAYS).with_columns(step=at[0] - at[1])
    off = (pl.col("step") - pl.col("step").median()).abs()
    compared = pairs.group_by(*PERIOD, "period_end_old").agg(
        n=pl.len(), values=pl.col("value").n_unique(), spread=off.quantile(0.75)
    )
    compared = compared.filter(pl.col("n") >= IN_STEP, pl.col("values") >= DIFFERENT)
    mine = new.select(PERIOD).unique()
    old = compared.join(mine, on=PERIOD, how="anti")
    ever = old.group_by("measure").agg(most=pl.col("spread").max(), times=pl.len())
    found = compared.join(mine, on=PERIOD, how="semi").join(ever, on="measure")
    found = found.filter(pl.col("times") >= TRANSITIONS, pl.col("spread") > SCATTERED * pl.col("most"))
    reason = pl.format(
        "changes since the period to {} that lie {} times further apart than they ever did",
        "period_end_old",
        (pl.col("spread") / pl.col("most")).round_sig_figs(2),
    )
    return _reasons(found, PERIOD, reason)


def _sizes(sector: Sector) -> list[str]:
    """Measures that are compared by their ratio."""
    catalogue = measures(sector).values()
    return [m.name for m in catalogue if m.unit != "share" and m.minimum is not None and m.minimum >= 0]


def _in_disorder(new: pl.DataFrame, figures: pl.DataFrame) -> pl.DataFrame:
    """Periods that go far worse with the one before than periods did: rows or columns in disorder."""
    periods = figures.join(new.select(PERIOD).unique(), on=PERIOD, how="semi")
    gap = (pl.col("period_end") - pl.col("period_end_old")).dt.total_days()
    found = less_in_step(periods, figures).filter(gap <= NEAR_DAYS)
    reason = pl.format(
        "ranks that go with those of the period to {} by {} only: rows or columns may be in disorder",
        "period_end_old",
        pl.col("r").round(2),
    )
    return _reasons(found, PERIOD, reason)


def _above_wholes(figures: pl.DataFrame, sector: Sector) -> pl.DataFrame:
    """Parts that are larger than their whole of the same source and period."""
    wholes = pl.DataFrame(_wholes(sector), schema={"measure": pl.String, "whole": pl.String}, orient="row")
    parts = figures.join(wholes, on="measure")
    place = ["code", "period_start", "period_end", "source"]
    of = figures.select(*place, whole="measure", most="value")
    found = parts.join(of, on=[*place, "whole"]).filter(pl.col("value") > ABOVE * pl.col("most") + 1)
    reason = pl.format("more than {}, of which it is a part: {}", "whole", pl.col("most").round(1))
    return _reasons(found, FIGURE, reason)


def _jumps(new: pl.DataFrame, figures: pl.DataFrame, joined: pl.DataFrame, sector: Sector) -> pl.DataFrame:
    """Figures far from the same organisation's before and after, by the usual steps of their measure."""
    sizes = _sizes(sector)
    shares = [m.name for m in measures(sector).values() if m.unit == "share"]
    days = (pl.col("period_end") - pl.col("period_start")).dt.total_days() + 1
    is_size, is_share = pl.col("measure").is_in(sizes), pl.col("measure").is_in(shares)
    placed = figures.with_columns(
        months=(days / 30.4).round().cast(pl.Int64),
        at=pl.when(is_size).then(pl.col("value").clip(SMALL).log()).otherwise("value"),
    )
    is_new = (
        placed.join(new.select(FIGURE), on=FIGURE, how="semi").select(FIGURE).with_columns(new=pl.lit(True))
    )
    placed = placed.join(is_new, on=FIGURE, how="left").with_columns(pl.col("new").fill_null(False))
    used = placed.sort(*SERIES, "period_end", "new", *precedence(), descending=False)
    used = used.unique([*SERIES, "period_end"], keep="first", maintain_order=True)
    near = pl.duration(days=NEAR_DAYS)
    beside_ = used.select(
        *SERIES,
        "period_end",
        "new",
        *(
            pl.when(((pl.col("period_end") - pl.col("period_end").shift(by)).abs() <= near).over(SERIES))
            .then(pl.col(column).shift(by).over(SERIES))
            .alias(f"{column}_{side}")
            for column in ("at", "value")
            for by, side in ((1, "before"), (-1, "after"))
        ),
    ).join(used.select(*SERIES, "period_end", "at"), on=[*SERIES, "period_end"])
    steps = (
        beside_.filter(~pl.col("new"))
        .select("measure", "months", "period_end", step=pl.col("at") - pl.col("at_before"))
        .drop_nulls()
    )
    usual = (
        steps.with_columns(
            step=pl.min_horizontal(
                pl.col("step").abs(),
                (pl.col("step") - pl.col("step").median().over("measure", "months", "period_end")).abs(),
            )
        )
        .group_by("measure", "months")
        .agg(usual=pl.when(pl.len() >= STEPS).then(pl.col("step").quantile(USUAL)))
    )
    of_few = used.group_by("measure", "months").agg(values=pl.col("value").n_unique())
    judged = (
        placed.filter("new")
        .join(beside_.drop("new", "at"), on=[*SERIES, "period_end"])
        .join(usual, on=["measure", "months"], how="left")
        .join(of_few, on=["measure", "months"])
        .filter(pl.col("values") >= DIFFERENT)
        .with_columns(
            off_before=pl.col("at") - pl.col("at_before"), off_after=pl.col("at") - pl.col("at_after")
        )
    )
    # What happened to nearly everybody in a period is no jump of one.
    together = ["measure", "months", "period_end"]
    judged = judged.with_columns(
        off=pl.min_horizontal(
            pl.min_horizontal(pl.col(side).abs(), (pl.col(side) - pl.col(side).median().over(together)).abs())
            for side in ("off_before", "off_after")
        )
    )
    beyond = BEYOND * pl.col("usual")
    limit = (
        pl.when(is_size)
        .then(beyond.fill_null(SIZE_STEP[1]).clip(*SIZE_STEP))
        .when(is_share)
        .then(beyond.fill_null(SHARE_STEP[1]).clip(*SHARE_STEP))
        .otherwise(beyond)
    )
    taken_over = joined.select(code="new", taken="date").join(
        judged.select("code", "period_end").unique(), on="code"
    )
    taken_over = taken_over.filter(
        (pl.col("period_end") - pl.col("taken")).dt.total_days().abs() <= NEAR_DAYS
    )
    found = judged.filter((pl.col("off") > limit).fill_null(False)).join(
        taken_over, on=["code", "period_end"], how="anti"
    )
    shown = [
        pl.col(f"value_{side}").round_sig_figs(3).cast(pl.String).fill_null("none")
        for side in ("before", "after")
    ]
    reason = pl.format("unlike the organisation's own: {} before, {} after", *shown)
    return _reasons(found, FIGURE, reason)


def _noughts(new: pl.DataFrame, figures: pl.DataFrame) -> pl.DataFrame:
    """Noughts of a measure of which there were hardly any: more likely blanks."""
    place = [*PERIOD, "code"]
    nought = pl.col("value") == 0
    ever = figures.join(new.select(place), on=place, how="anti").group_by("measure")
    share = ever.agg(n_ever=pl.len(), noughts_ever=nought.sum())
    periods = figures.join(new.filter(nought).select(PERIOD).unique(), on=PERIOD, how="semi")
    counts = periods.group_by(PERIOD).agg(n=pl.len(), noughts=nought.sum()).join(share, on="measure")
    # With one more, for what was never nought so far.
    expected = pl.col("n") * (pl.col("noughts_ever") + 1) / (pl.col("n_ever") + 1)
    many = pl.max_horizontal(NOUGHTS * expected, expected + 4 * expected.sqrt())
    odd = counts.filter(pl.col("noughts_ever") < RARE * pl.col("n_ever"), pl.col("noughts") > many)
    reason = pl.format(
        "a nought, as are {} of {} in this period; of all others published so far {} of {} are",
        *("noughts", "n", "noughts_ever", "n_ever"),
    )
    return _reasons(new.filter(nought).join(odd, on=PERIOD), FIGURE, reason)
