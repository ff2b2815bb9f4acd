"""Who is in a study: past pairings with what was known the day before and what was found later.

A lineage is a body with its predecessors and successors; grades before and after follow it. The sealed part
is cut off here, by the first code of the lineage, before any outcome is looked up.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from matchmaker.dates import DAYS_PER_MONTH, first_day
from matchmaker.evaluation.effect.settings import AlsoPopulation, EffectStudy
from matchmaker.models.arrangement import arrangement
from matchmaker.models.scoring.criteria import criterion_values
from matchmaker.models.scoring.geography import nearest_sites_from
from matchmaker.snapshot import Snapshot
from matchmaker.training.parallel import Track, in_parallel

if TYPE_CHECKING:
    from matchmaker.features.profiles import Profiles
    from matchmaker.models.engine import Matchmaker

SAME_VISIT_DAYS = 21
"""Lists date the same visit some days apart."""


def roots(snapshot: Snapshot) -> dict[str, str]:
    """Code -> the first code of its lineage; where several became one, the code itself begins a lineage."""
    old = (
        snapshot.successions.group_by("new")
        .agg(pl.col("old").unique().sort())
        .filter(pl.col("old").list.len() == 1)
        .select("new", pl.col("old").list.first())
    )
    before = dict(old.iter_rows())

    def first(code: str) -> str:
        seen = {code}
        while (code in before) and before[code] not in seen:
            code = before[code]
            seen.add(code)
        return code

    return {code: first(code) for code in snapshot.organisations["code"]}


def visits(snapshot: Snapshot, measure: str, root: dict[str, str]) -> pl.DataFrame:
    """Graded inspections by lineage: lineage, code, on, value; the same visit in two lists counts once."""
    grades = snapshot.measures.filter(pl.col("measure") == measure)
    own = grades.select(
        lineage=pl.col("code").replace_strict(root, default=pl.col("code")),
        code="code",
        on="period_end",
        value="value",
    )
    own = own.unique(["lineage", "code", "on"], keep="first", maintain_order=True).sort(
        "lineage", "on", "code"
    )
    gap = (pl.col("on") - pl.col("on").shift(1)).dt.total_days().over("lineage")
    return own.filter(gap.is_null() | (gap > SAME_VISIT_DAYS))


def joined(
    engine: Matchmaker, study: EffectStudy, *, sealed: bool, also: AlsoPopulation | None = None
) -> pl.DataFrame:
    """The pairings of one part by the protocol's rules, without exposure or outcome.

    Args:
        engine: of the sector.
        study: whose rules.
        sealed: whether the sealed part is wanted or the rest; never both.
        also: a secondary population in place of the primary one.
    """
    snapshot = engine.snapshot
    root = roots(snapshot)
    grades = visits(snapshot, study.grade, root)
    words = dict(_scale(engine, study))
    kinds = list((also and also.kinds) or study.kinds)
    since = also.since if also else study.since
    pairings = snapshot.pairings.filter(
        pl.col("kind").is_in(kinds),
        pl.col("start").is_between(since, study.until),
        pl.col("status") != "abandoned",
    ).with_columns(
        lineage=pl.col("recipient").replace_strict(root, default=pl.col("recipient")),
        start=pl.struct("start", "start_precision").map_elements(
            lambda one: first_day(one["start"], one["start_precision"]), return_dtype=pl.Date
        ),
    )
    pairings = pairings.with_columns(sealed=_is_sealed(study, pl.col("lineage"))).filter(
        pl.col("sealed") == sealed
    )
    pairings = pairings.sort("start", "pairing_id").with_columns(day=pl.col("start") - pl.duration(days=1))
    latest = (
        pairings.select("pairing_id", "lineage", "day")
        .sort("day")
        .join_asof(
            grades.sort("on"),
            left_on="day",
            right_on="on",
            by="lineage",
            strategy="backward",
            check_sortedness=False,
        )
    )
    found = pairings.join(latest.select("pairing_id", before="value", before_on="on"), on="pairing_id")
    low = [value for value, word in words.items() if word in study.below]
    found = found.filter(pl.col("before").is_in(low)).sort("start", "pairing_id")
    # Each lineage counts once, at its first such pairing.
    found = found.unique("lineage", keep="first", maintain_order=True)
    concern = study.confounders.concern
    if concern is not None:
        raised = visits(snapshot, concern, root).sort("on").select("lineage", "on", concern="value")
        found = found.sort("day").join_asof(
            raised,
            left_on="day",
            right_on="on",
            by="lineage",
            strategy="backward",
            check_sortedness=False,
        )
        found = found.drop("on").sort("start", "pairing_id")
    return found


def choices(engine: Matchmaker, study: EffectStudy, *, sealed: bool) -> pl.DataFrame:
    """The pairings of one part whose choice is replayed, with the day before; no grade is looked at."""
    wanted = study.choice
    if wanted is None:
        return pl.DataFrame()
    root = roots(engine.snapshot)
    pairings = engine.snapshot.pairings.filter(
        pl.col("kind").is_in(wanted.kinds), pl.col("start") >= wanted.since, pl.col("status") != "abandoned"
    )
    lineage = pl.col("recipient").replace_strict(root, default=pl.col("recipient"))
    pairings = pairings.filter(_is_sealed(study, lineage) == sealed)
    return pairings.with_columns(day=pl.col("start") - pl.duration(days=1)).sort("day", "pairing_id")


def with_exposures(
    engine: Matchmaker, study: EffectStudy, pairings: pl.DataFrame, track: Track = iter
) -> pl.DataFrame:
    """Exposure and confounders as of the day before; pairings of which too little is known are left out.

    Args:
        engine: of the sector.
        study: what is looked at.
        pairings: of `joined`.
        track: wraps the days, for a progress bar.
    """
    days = pairings.sort("day").partition_by("day", maintain_order=True)
    each = in_parallel(_exposures_of_day, [(engine, study, group) for group in days], track)
    own, theirs = _own(study), _theirs(study)
    rows = [row for rows in each for row in rows]
    floats = ["exposure", "exposure_to_another", "km", *(f"own_{one}" for one in own)]
    floats += [f"partner_{one}" for one in theirs]
    texts = dict.fromkeys(("pairing_id", "type", "region"), pl.String)
    found = pl.DataFrame(rows, schema=texts | dict.fromkeys(floats, pl.Float64), orient="row")
    found = found.with_columns(pl.selectors.float().fill_nan(None))
    return pairings.join(found, on="pairing_id", maintain_order="left").filter(
        pl.col("exposure").is_not_null()
    )


def _own(study: EffectStudy) -> list[str]:
    """Features of recipients that are confounders."""
    return [*study.confounders.own, *study.confounders.own_log]


def _theirs(study: EffectStudy) -> list[str]:
    """Features of partners that are confounders, or the second exposure."""
    confounders, second = study.confounders, study.second
    return [*confounders.partner, *confounders.partner_log, *second.higher, *second.lower]


def _exposures_of_day(engine: Matchmaker, study: EffectStudy, pairings: pl.DataFrame) -> list[dict[str, Any]]:
    """A row for each pairing of one day of which enough is known."""
    how = arrangement(engine.sector, study.arrangement)
    (criterion,) = (one for one in how.criteria if one.name == study.criterion)
    own, theirs = _own(study), _theirs(study)
    rows = []
    profiles = engine.profiles(pairings["day"][0])
    figures, column = profiles.values, profiles.column
    for one in pairings.iter_rows(named=True):
        recipient = position(profiles, engine, one["recipient"])
        partner = profiles.position.get(one["partner"])
        if recipient is None or partner is None:
            continue
        row = np.array([recipient])
        alike = criterion_values(profiles, [criterion], str(profiles.types[recipient]), row, [{}])[0, 0]
        away = nearest_sites_from(profiles, recipient)
        if any(
            np.isnan(figures[side, column[name]])
            for side in (recipient, partner)
            for name in study.must_be_known
        ):
            continue
        rows.append(
            {
                "pairing_id": one["pairing_id"],
                "type": str(profiles.types[recipient]),
                "region": profiles.organisations["region"][recipient],
                "exposure": alike[partner],
                "exposure_to_another": _nearest_other(profiles, away, alike, partner),
                "km": away[partner],
                **{f"own_{name}": figures[recipient, column[name]] for name in own},
                **{f"partner_{name}": figures[partner, column[name]] for name in theirs},
            }
        )
    return rows


def with_outcomes(engine: Matchmaker, study: EffectStudy, population: pl.DataFrame) -> pl.DataFrame:
    """What was found later, and at the last inspection but one before the pairing.

    Returns:
        The population with `after` and `after_on` (first graded inspection long enough after, still with
        that partner), `good` (None is no outcome by the study's last day), `good_earlier`, `months_to_good`,
        `seen_good`, and one column `after_NAME` for each further outcome.
    """
    snapshot = engine.snapshot
    root = roots(snapshot)
    grades = visits(snapshot, study.grade, root)
    good = [value for value, word in _scale(engine, study) if word in study.good]
    every = population.select("pairing_id", "lineage", "start", "end").join(
        grades.select("lineage", "on", "value"), on="lineage"
    )
    there = pl.col("end").is_null() | (pl.col("on") <= pl.col("end"))
    horizon = pl.col("start").dt.offset_by(f"{study.after_months}mo")
    later = every.filter(pl.col("on") >= horizon, there).sort("on")
    first = later.group_by("pairing_id").agg(after=pl.col("value").first(), after_on=pl.col("on").first())
    earlier = every.filter(pl.col("on") < pl.col("start")).sort("on")
    earlier = earlier.group_by("pairing_id").agg(earlier=pl.col("value").get(-2, null_on_oob=True))
    turned = every.filter(pl.col("on") > pl.col("start"), there, pl.col("value").is_in(good)).sort("on")
    turned = turned.group_by("pairing_id").agg(turned=pl.col("on").first())
    out = population
    for part in (first, earlier, turned):
        out = out.join(part, on="pairing_id", how="left", maintain_order="left")
    watched = pl.min_horizontal(pl.coalesce("end", pl.lit(snapshot.as_of)), pl.lit(snapshot.as_of))
    counts = pl.col("after_on") <= study.graded_until
    out = out.with_columns(
        good=pl.when(counts).then(pl.col("after").is_in(good).cast(pl.Float64)),
        good_earlier=pl.when(pl.col("earlier").is_not_null()).then(
            pl.col("earlier").is_in(good).cast(pl.Float64)
        ),
        seen_good=pl.col("turned").is_not_null(),
        months_to_good=(pl.coalesce("turned", watched) - pl.col("start")).dt.total_days() / DAYS_PER_MONTH,
    ).drop("turned", "earlier")
    for one in study.further:
        out = out.join(
            _further(snapshot, out, one.measure, study.after_months, root), on="pairing_id", how="left"
        )
    return out.sort("start", "pairing_id")


def without_partner(engine: Matchmaker, study: EffectStudy, *, sealed: bool) -> tuple[int, float]:
    """How many bodies in difficulty in the same years joined nobody, and which share was good later.

    For each the day of comparison is the day of its first inspection below good within the study's years;
    those with a pairing in the 24 months after are left out.
    """
    snapshot = engine.snapshot
    root = roots(snapshot)
    grades = visits(snapshot, study.grade, root).with_columns(sealed=_is_sealed(study, pl.col("lineage")))
    grades = grades.filter(pl.col("sealed") == sealed)
    words = _scale(engine, study)
    low = [value for value, word in words if word in study.below]
    good = [value for value, word in words if word in study.good]
    start = grades.filter(pl.col("value").is_in(low), pl.col("on").is_between(study.since, study.until))
    start = start.sort("on").unique("lineage", keep="first", maintain_order=True).select("lineage", day="on")
    pairs = snapshot.pairings.select(
        lineage=pl.col("recipient").replace_strict(root, default=pl.col("recipient")), joined="start"
    )
    months = f"{study.after_months}mo"
    soon = start.join(pairs, on="lineage").filter(
        pl.col("joined").is_between(pl.col("day"), pl.col("day").dt.offset_by(months))
    )
    alone = start.join(soon, on="lineage", how="anti")
    later = alone.join(grades, on="lineage").filter(
        pl.col("on") >= pl.col("day").dt.offset_by(months), pl.col("on") <= study.graded_until
    )
    first = later.sort("on").unique("lineage", keep="first", maintain_order=True)
    share = first["value"].is_in(good).mean()
    return first.height, float(share) if isinstance(share, float) else float("nan")


def _is_sealed(study: EffectStudy, lineage: pl.Expr) -> pl.Expr:
    """Whether a lineage, named by its first code, is in the sealed part."""
    return pl.any_horizontal(lineage.str.ends_with(end) for end in study.sealed_endings)


def _scale(engine: Matchmaker, study: EffectStudy) -> list[tuple[float, str]]:
    """Values and words of the grade's scale."""
    (unit,) = snapshot_units(engine.snapshot, study.grade)
    scales = {name.partition(",")[0]: words for name, words in engine.sector.display.scales.items()}
    return [(float(value), word) for value, word in scales[unit.partition(",")[0]].items()]


def snapshot_units(snapshot: Snapshot, measure: str) -> list[str]:
    """The units in which a measure stands."""
    return snapshot.measures.filter(pl.col("measure") == measure)["unit"].unique().sort().to_list()


def position(profiles: Profiles, engine: Matchmaker, code: str) -> int | None:
    """The row of a recipient, or of its only predecessor that was open on the day."""
    if code in profiles.position:
        return profiles.position[code]
    before = engine.snapshot.successions.filter(pl.col("new") == code)
    old = [one for one in before["old"].unique().to_list() if one in profiles.position]
    return profiles.position[old[0]] if len(old) == 1 else None


def _nearest_other(profiles: Profiles, away: np.ndarray, alike: np.ndarray, partner: int) -> float:
    """Exposure to the nearest body of the partner's type that was not chosen."""
    others = (profiles.types == profiles.types[partner]) & ~np.isnan(away) & ~np.isnan(alike)
    others[partner] = False
    rows = np.flatnonzero(others)
    return float(alike[rows[np.argmin(away[rows])]]) if len(rows) else float("nan")


def _further(
    snapshot: Snapshot, population: pl.DataFrame, measure: str, after_months: int, root: dict[str, str]
) -> pl.DataFrame:
    """The first figure whose period began long enough after, by lineage."""
    figures = snapshot.measures.filter(pl.col("measure") == measure).select(
        lineage=pl.col("code").replace_strict(root, default=pl.col("code")),
        began="period_start",
        on="period_end",
        figure="value",
    )
    every = population.select("pairing_id", "lineage", "start", "end").join(figures, on="lineage")
    late = pl.col("began") >= pl.col("start").dt.offset_by(f"{after_months}mo")
    there = pl.col("end").is_null() | (pl.col("on") <= pl.col("end"))
    every = every.filter(late, there).sort("on")
    return every.group_by("pairing_id").agg(pl.col("figure").first().alias(f"after_{measure}"))
