"""Outcomes from a user's file in place of the sector's: did partners that suit better go with better ones?

The file names an organisation, a day and a value. A pairing's outcome is the first value long enough after
its start, with the organisation or its successor still with that partner; the last value before the start,
where there is one, is held equal.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from matchmaker.errors import BadFile, InvalidParameter, Issue
from matchmaker.evaluation.effect.population import roots
from matchmaker.evaluation.effect.regression import Estimate, confounder_columns, design, linear
from matchmaker.evaluation.effect.settings import Confounders
from matchmaker.evaluation.inference import holm
from matchmaker.evaluation.replay import arrangement_of
from matchmaker.models.arrangement import arrangement
from matchmaker.models.learned.choice_set import ChoiceSituation
from matchmaker.models.registry import EVIDENCE, methods
from matchmaker.models.scoring.criteria import criterion_values
from matchmaker.models.scoring.geography import nearest_sites_from
from matchmaker.snapshot.overlay.columns import slug
from matchmaker.snapshot.overlay.identity import who
from matchmaker.snapshot.overlay.validation import Who
from matchmaker.snapshot.registry import OrganisationRegistry
from matchmaker.sources.user_tables.cells import day, number
from matchmaker.sources.user_tables.layout import Form, Table, find_table
from matchmaker.sources.user_tables.sheets import open_sheets
from matchmaker.training.choice_sets import build_choice_sets

if TYPE_CHECKING:
    from matchmaker.models.engine import Matchmaker

AFTER_MONTHS = 24
"""By default an outcome counts from so many months after the start on."""
ROWS_TO_A_TERM = 5
"""With fewer pairings for each term of the model than this nothing is estimated."""
FIT = "fit"
"""The exposure that is the evidence fit as a whole."""


@dataclass(frozen=True, slots=True)
class OwnOutcomes:
    """The values of a file.

    Attributes:
        table: code, on, value; in the order of the file.
        told: how cells were read where that is not plain, in sentences.
    """

    table: pl.DataFrame
    told: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OwnEffect:
    """One exposure.

    Attributes:
        name, label: of the criterion, or of the fit as a whole.
        estimate: for one standard deviation more, in percentage points where every value is 0 or 1, else in
            the unit of the file; None where there are too few pairings.
        p_holm: raised for the number of exposures.
    """

    name: str
    label: str
    estimate: Estimate | None
    p_holm: float | None


@dataclass(frozen=True, slots=True)
class OwnStudy:
    """What came of it.

    Attributes:
        pairings: of these kinds whose partner was open on the day before; with_outcome: of them with a value.
        yes_or_no: whether every value is 0 or 1.
        mean: of the outcomes that were counted; None where there is none.
        needed: pairings with an outcome without which nothing is estimated.
        effects: of every exposure.
    """

    arrangement: str
    pairings: int
    with_outcome: int
    yes_or_no: bool
    mean: float | None
    needed: int
    effects: tuple[OwnEffect, ...]


def read_outcomes(path: Path | str, registry: OrganisationRegistry) -> OwnOutcomes:
    """Read a file of outcomes: a CSV file or a workbook.

    Args:
        path: with a heading for the organisation (its code or name), the date and the outcome.
        registry: of the organisations that the snapshot holds.

    Raises:
        BadFile: a heading is missing, or a cell can't be read; every fault of the file is told.
    """
    words = registry.sector.words
    names = {
        "code": (
            words.code_column,
            words.code,
            "organisation",
            "code",
            "recipient",
            slug(words.organisation),
        ),
        "date": ("date", "day", "on", "outcome_date"),
        "outcome": ("outcome", "value", "result"),
    }
    meanings = {slug(heading): name for name, headings in names.items() for heading in headings}
    step = f"Save a table with the headings {words.code_column}, date and outcome as CSV or Excel."
    form = Form(
        meaning=lambda cell: meanings.get(slug(cell)),
        keys=frozenset({"code"}),
        missing=f"a column named {words.code_column}",
        is_key=lambda cell: re.fullmatch(words.code_pattern, cell.strip().upper()) is not None,
        side=frozenset({"date"}),
        remedy=step,
    )
    found = find_table(open_sheets(path), form)
    places: dict[str, int] = {}
    for at, heading in enumerate(found.headings):
        if (name := meanings.get(slug(heading))) is not None:
            places.setdefault(name, at)
    if missing := [headings[0] for name, headings in names.items() if name not in places]:
        expected = f"a heading {' and one '.join(missing)}"
        there = ", ".join(filter(None, found.headings))
        raise BadFile([Issue(found.file, expected, there, found.sheet, found.heading_row)], step)
    return _rows(found, places, registry)


def own_study(
    engine: Matchmaker,
    outcomes: OwnOutcomes,
    name: str,
    after_months: int = AFTER_MONTHS,
    track: Callable[[Iterable[Any]], Iterator[Any]] = iter,
) -> OwnStudy:
    """Every criterion of an arrangement, and the fit as a whole, against a user's outcomes.

    A linear model for each exposure, with type, kind, year, region, distance and the value before as
    confounders, and errors clustered by partner; p values are raised by Holm's method. It describes; a test
    that convinces needs a protocol written before.

    Args:
        engine: of the sector.
        outcomes: of `read_outcomes`.
        name: of the arrangement under which the pairings are replayed.
        after_months: from when after the start on a value counts.
        track: wraps the pairings, for a progress bar.

    Raises:
        InvalidParameter: no pairing is replayed under that arrangement, or the file has no value of any
            organisation that was helped.
    """
    how = arrangement(engine.sector, name)
    kinds = [kind for kind, own in engine.sector.pairing_kinds.items() if own.arrangement == how.name]
    root = roots(engine.snapshot)
    values = _by_lineage(outcomes, root)
    wanted = engine.snapshot.pairings.filter(
        pl.col("kind").is_in(kinds),
        pl.col("recipient")
        .replace_strict(root, default=pl.col("recipient"))
        .is_in(values["lineage"].unique().implode()),
    )
    if wanted.is_empty():
        raise InvalidParameter(
            f"The file names nobody that was helped in a pairing replayed under {how.label.casefold()}.",
            "Name another arrangement with --for, or other organisations.",
        )
    choices, _ = build_choice_sets(engine, wanted, kinds, track=track)
    evidence = methods(engine.sector)[EVIDENCE]
    starts = {one["pairing_id"]: (one["start"], one["end"]) for one in wanted.iter_rows(named=True)}
    rows = []
    for one in choices:
        if one.partner_row is None:
            continue
        start, end = starts[one.pairing_id]
        fits = evidence.bind(one.profiles, arrangement_of(one)).scores(np.array([one.row]))
        rows.append(
            _identity(one)
            | {"lineage": root.get(one.recipient, one.recipient), "start": start, "end": end}
            | {FIT: float(fits.score[0, one.partner_row])}
            | dict(
                zip((criterion.name for criterion in how.criteria), _criteria(one, how.criteria), strict=True)
            )
        )
    exposures = {criterion.name: criterion.label for criterion in how.criteria} | {
        FIT: "Evidence fit as a whole"
    }
    population = pl.DataFrame(rows, infer_schema_length=None).with_columns(
        pl.col(*exposures, "km").cast(pl.Float64).fill_nan(None)
    )
    population = with_own_outcome(population, values, after_months)
    return estimated(population, exposures, how.label)


def with_own_outcome(population: pl.DataFrame, values: pl.DataFrame, after_months: int) -> pl.DataFrame:
    """The outcome of each pairing, and the value before it.

    Args:
        population: pairing_id, lineage, start and end.
        values: lineage, on, value.
        after_months: from when after the start on a value counts.

    Returns:
        With `own` (None: no value long enough after, or no longer with that partner), `own_outcome_before`.
    """
    every = population.select("pairing_id", "lineage", "start", "end").join(values, on="lineage").sort("on")
    there = pl.col("end").is_null() | (pl.col("on") <= pl.col("end"))
    late = pl.col("on") >= pl.col("start").dt.offset_by(f"{after_months}mo")
    after = every.filter(late, there).group_by("pairing_id").agg(own=pl.col("value").first())
    before = every.filter(pl.col("on") < pl.col("start"))
    before = before.group_by("pairing_id").agg(own_outcome_before=pl.col("value").last())
    return population.join(after, on="pairing_id", how="left", maintain_order="left").join(
        before, on="pairing_id", how="left", maintain_order="left"
    )


def _rows(found: Table, places: dict[str, int], registry: OrganisationRegistry) -> OwnOutcomes:
    issues, told, rows = list(found.issues), list(found.passed_over), []
    for row, cells in found.rows:
        given = {name: cells[at].strip() for name, at in places.items()}
        heading = {name: found.headings[at] for name, at in places.items()}
        read: dict[str, Any] = {}
        for name, expected, reader in (
            ("date", "a date, YYYY-MM-DD", day),
            ("outcome", "a number, or yes or no", _value),
        ):
            try:
                read[name] = reader(given[name])
            except ValueError:
                issues.append(
                    Issue(found.file, expected, given[name] or None, found.sheet, row, heading[name])
                )
        code = "".join(given["code"].split()).upper()
        one = Who(code) if code in registry.by_code else who(given["code"], registry, followed=False)
        if one.code is None:
            expected = "the code or the name of an organisation"
            issues.append(
                Issue(
                    found.file, expected, given["code"] or None, found.sheet, row, heading["code"], one.remedy
                )
            )
        elif len(read) == len(places) - 1:
            rows.append((one.code, read["date"], read["outcome"]))
        told += [one.told] if one.told else []
    if issues:
        raise BadFile(issues, "Mend these rows and try again.")
    table = pl.DataFrame(rows, {"code": pl.String, "on": pl.Date, "value": pl.Float64}, orient="row")
    return OwnOutcomes(table, tuple(dict.fromkeys(told)))


def _value(cell: str) -> float:
    words = {"yes": 1.0, "no": 0.0, "true": 1.0, "false": 0.0}
    return words[cell.casefold()] if cell.casefold() in words else number(cell, "")


def _by_lineage(outcomes: OwnOutcomes, root: dict[str, str]) -> pl.DataFrame:
    lineage = pl.col("code").replace_strict(root, default=pl.col("code"))
    return outcomes.table.select(lineage.alias("lineage"), "on", "value")


def _identity(one: ChoiceSituation) -> dict[str, Any]:
    profiles, partner = one.profiles, one.partner_row
    return {
        "pairing_id": one.pairing_id,
        "kind": one.kind,
        "partner": one.partner,
        "type": str(profiles.types[one.row]),
        "region": profiles.organisations["region"][one.row],
        "before": "",
        "km": float(nearest_sites_from(profiles, one.row)[partner]),
    }


def _criteria(one: ChoiceSituation, criteria: Any) -> list[float]:
    row = np.array([one.row])
    values = criterion_values(one.profiles, criteria, str(one.profiles.types[one.row]), row, [{}])
    return [float(value) for value in values[:, 0, one.partner_row]]


def estimated(population: pl.DataFrame, exposures: dict[str, str], label: str) -> OwnStudy:
    """A model for each exposure.

    Args:
        population: partner, kind, type, region, before, start, km, own, own_outcome_before and the exposures.
        exposures: column -> label.
        label: of the arrangement.
    """
    known = population.drop_nulls("own")
    if not known["km"].count():  # no place is known: distance is no term
        known = known.with_columns(km=0.0)
    counted = Confounders(own=("outcome_before",) if known["own_outcome_before"].count() else ())
    yes_or_no = set(known["own"].unique()) <= {0.0, 1.0}
    terms = confounder_columns(known, counted).width if known.height else 0
    needed = ROWS_TO_A_TERM * (terms + 2)
    estimates: dict[str, Estimate | None] = {}
    for name in exposures:
        own = known.drop_nulls(name)
        enough = own.height >= needed and own[name].n_unique() > 1 and own["own"].n_unique() > 1
        estimates[name] = linear(design(own, counted, "own", (name,)), percent=yes_or_no) if enough else None
    raised = holm(np.array([np.nan if one is None else one.p for one in estimates.values()]))
    mean = known["own"].mean()
    return OwnStudy(
        arrangement=label,
        pairings=population.height,
        with_outcome=known.height,
        yes_or_no=yes_or_no,
        mean=float(mean) if isinstance(mean, float) else None,
        needed=needed,
        effects=tuple(
            OwnEffect(name, exposures[name], one, None if one is None else float(p))
            for (name, one), p in zip(estimates.items(), raised, strict=True)
        ),
    )
