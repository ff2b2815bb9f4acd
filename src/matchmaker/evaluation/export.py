"""The results as data: tidy tables as CSV, a summary as JSON; the same evaluation gives the same bytes."""

from __future__ import annotations

import json
import math
from collections import Counter
from dataclasses import asdict
from typing import Any

import polars as pl

from matchmaker.evaluation.evaluate import Evaluation, Outcomes
from matchmaker.evaluation.outcomes.association import Association

DIGITS = 6


def tables(one: Evaluation) -> dict[str, str]:
    """File name -> CSV."""
    frames = {
        "replays.csv": one.results,
        "means.csv": one.means,
        "comparisons.csv": one.comparisons,
        "hindsight.csv": one.hindsight,
        "competitions.csv": one.competitions,
        "weights.csv": one.drawn,
        "left_out.csv": pl.DataFrame([asdict(skipped) for skipped in one.skipped]),
    }
    if one.outcomes is not None:
        frames |= {"exits.csv": one.outcomes.exits, "ratings.csv": one.outcomes.ratings}
    if one.own is not None:
        frames["problems.csv"] = pl.DataFrame([asdict(problem) for problem in one.own.problems])
    return {name: frame.write_csv(float_precision=DIGITS) for name, frame in frames.items() if frame.width}


def summary(one: Evaluation) -> str:
    """The main results as JSON; what is not known is null."""
    said = {
        "snapshot": one.snapshot,
        "version": one.version,
        "as_of": one.as_of.isoformat(),
        "pairings": {
            "replayed": len(one.choices),
            "left_out": dict(Counter(skipped.rule for skipped in one.skipped)),
            "file": None
            if one.own is None
            else {"rows": one.own.rows, "unusable": len(one.own.left_out), "problems": len(one.own.problems)},
        },
        "methods": {name: {"says": says, "role": role} for name, (says, role) in one.methods.items()},
        "counts": one.counts.to_dicts(),
        "means": one.means.to_dicts(),
        "comparisons": one.comparisons.to_dicts(),
        "leaks": {"checked": one.leak_checks, "found": [str(leak) for leak in one.leaks]},
        "misses": {name: [asdict(miss) for miss in misses] for name, misses in one.misses.items()},
        "outcomes": None if one.outcomes is None else _outcomes(one.outcomes),
    }
    return json.dumps(_plain(said), indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def _outcomes(found: Outcomes) -> dict[str, Any]:
    return {
        "interventions": found.spells,
        "median_months": found.stay.median,
        "exits": [_association(one) for one in found.with_exits],
        "exits_any_help": [_association(one) for one in found.with_exits_any],
        "ratings": [_association(one) for one in found.with_ratings],
        "ratings_any_help": [_association(one) for one in found.with_ratings_any],
        "reach": asdict(found.reach),
    }


def _association(one: Association) -> dict[str, Any]:
    return asdict(one) | {"exposure": one.exposure.name, "label": one.exposure.label}


def _plain(value: Any) -> Any:
    """What JSON can hold, numbers rounded; infinity and what is not known are null."""
    match value:
        case dict():
            return {str(key): _plain(item) for key, item in value.items()}
        case list() | tuple():
            return [_plain(item) for item in value]
        case float():
            return round(value, DIGITS) if math.isfinite(value) else None
        case None | str() | bool() | int():
            return value
        case _:
            return str(value)
