"""The published evaluation: figures as one JSON file, which ships with a sector and is read by every page."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import polars as pl

from matchmaker.cache import cached
from matchmaker.evaluation.records import (
    ALL,
    Ablation,
    BidRecord,
    Difference,
    EraFigure,
    ExcludedPartner,
    FamilyCount,
    ForwardFigure,
    LeftOutPairing,
    MethodRecord,
    MetricMean,
    PlaceCounts,
    PublishedEvaluation,
    RuleShare,
    UserFile,
    WeightRange,
    WinLoss,
)
from matchmaker.evaluation.replay import CHANCE, NEAREST, method_of_form, partner_km
from matchmaker.evaluation.settings import report_families
from matchmaker.models.registry import EVIDENCE
from matchmaker.sector import Sector

if TYPE_CHECKING:
    from matchmaker.evaluation.evaluate import Evaluation

FILE = "evaluation.json"
DIGITS = 6
NO_LIMITS = dict.fromkeys(("low", "high", "exact_low", "exact_high"))
METRICS = ("hit@1", "hit@5", "hit@10", "mrr", "percentile")
MAIN_METRICS = ("hit@5", "hit@10", "percentile")
"""Metrics that are published: of every method, and of eras, differences and look-ahead."""


def published_evaluation(sector: Sector) -> PublishedEvaluation | None:
    """The evaluation that ships with a sector; None where it has none."""
    file = sector.folder.joinpath("artefacts", FILE)
    return _read(file.read_text("utf-8")) if file.is_file() else None


@cached
def _read(text: str) -> PublishedEvaluation:
    return PublishedEvaluation.model_validate_json(text)


def to_json(published: PublishedEvaluation) -> str:
    """The file that `published_evaluation` reads, a row a line; the same evaluation gives the same bytes."""
    parts = (
        f" {json.dumps(name)}: {_json_rows(value)}"
        for name, value in published.model_dump(mode="json").items()
    )
    return "{\n" + ",\n".join(parts) + "\n}\n"


def _json_rows(value: Any) -> str:
    if not isinstance(value, list) or not value:
        return json.dumps(value, ensure_ascii=False, allow_nan=False)
    rows = (json.dumps(row, ensure_ascii=False, allow_nan=False) for row in value)
    return "[\n  " + ",\n  ".join(rows) + "\n ]"


def publish(one: Evaluation) -> PublishedEvaluation:
    """An evaluation as figures, from which its report is made.

    Numbers are rounded: sums differ in their last bits from processor to processor.
    """
    chance, nearest = (method_of_form(one.sector, form) for form in (CHANCE, NEAREST))
    order = [family for family in report_families(one.sector) if family in set(one.counts["family"])]
    published = PublishedEvaluation(
        sector=one.sector.name,
        snapshot=one.snapshot,
        version=one.version,
        as_of=one.as_of,
        replayed=len(one.choices),
        left_out=tuple(
            LeftOutPairing(
                pairing_id=pairing.pairing_id, kind=pairing.kind, rule=pairing.rule, why=pairing.why
            )
            for pairing in one.left_out
        ),
        leaks_checked=one.leak_checks,
        leaks=tuple(one.leaks),
        chance=chance,
        nearest=nearest,
        methods=tuple(
            MethodRecord.model_validate(
                {"name": method.name, "label": method.label, "says": method.says, "role": method.role}
            )
            for method in (*one.methods, *one.lookahead_methods)
        ),
        counts=_rows(FamilyCount, one.counts, order),
        figures=tuple(
            row.model_copy(update=NO_LIMITS) if row.method == chance else row
            for row in _rows(MetricMean, one.means.filter(pl.col("metric").is_in(METRICS)), order)
        ),
        differences=_rows(
            Difference,
            one.comparisons.filter(
                pl.col("baseline").is_in([name for name in (nearest, chance) if name])
                & pl.col("metric").is_in(MAIN_METRICS)
            ),
            order,
        ),
        rules=_rows(RuleShare, one.rules),
        wins=_rows(WinLoss, one.wins, [*order, ALL]),
        forward=_rows(ForwardFigure, one.forward, order),
        eras=_rows(EraFigure, _eras_in_long_form(one, nearest), order),
        excluded_partners=_rows(ExcludedPartner, one.excluded),
        lookahead=_rows(MetricMean, one.lookahead.filter(pl.col("metric").is_in(MAIN_METRICS)), order),
        contested_bids=_rows(BidRecord, one.contested_bids),
        weights=_rows(WeightRange, one.weights, order),
        ablations=_rows(Ablation, one.ablations.filter(pl.col("metric") == "percentile")),
        places=_places(one),
        outcomes=None if one.outcomes is None else one.outcomes.record,
        misses=tuple(one.misses.get(EVIDENCE, ())),
        file=None
        if one.user_pairings is None
        else UserFile(
            rows=one.user_pairings.rows,
            unusable=len(one.user_pairings.left_out),
            problems=tuple(str(problem) for problem in one.user_pairings.problems),
        ),
    )
    text = published.model_dump_json()
    rounded = json.loads(text, parse_float=lambda number: round(float(number), DIGITS))
    return PublishedEvaluation.model_validate_json(json.dumps(rounded))


def _rows(record: Any, table: pl.DataFrame, families: Iterable[str] = ()) -> tuple[Any, ...]:
    """A table as records, its families in a given order."""
    rows = table.iter_rows(named=True)
    order = {family: at for at, family in enumerate(families)}
    if order:
        rows = iter(sorted(rows, key=lambda row: order[row["family"]]))
    return tuple(record.model_validate(row) for row in rows)


def _eras_in_long_form(one: Evaluation, nearest: str | None) -> pl.DataFrame:
    """A row for each metric; of the nearest and of methods that claim something."""
    from matchmaker.evaluation.evaluate import ERA_METRICS  # to read what is published, nothing is evaluated

    claims = {method.name for method in one.methods if method.role != "baseline"}
    keys = ["family", "era", "method", "known", "queries"]
    eras = one.eras.filter(pl.col("method").is_in([*claims, *([nearest] if nearest else [])]))
    return eras.unpivot(ERA_METRICS, index=keys, variable_name="metric", value_name="value")


def _places(one: Evaluation) -> PlaceCounts:
    apart = [choice.figures(partner_km) for choice in one.choices if choice.chosen is not None]
    return PlaceCounts(
        replays=len(apart),
        at_one_point=sum(km == 0 for km in apart),
        unknown=sum(map(math.isnan, apart)),
    )
