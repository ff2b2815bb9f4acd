"""The results as data: tidy tables as CSV, a summary as JSON; the same evaluation gives the same bytes."""

from __future__ import annotations

import json
import math
from collections import Counter
from dataclasses import asdict
from typing import Any

import polars as pl

from matchmaker.evaluation.evaluate import Evaluation
from matchmaker.evaluation.published import DIGITS


def tables(one: Evaluation) -> dict[str, str]:
    """File name -> CSV."""
    frames = {
        "replays.csv": one.results,
        "means.csv": one.means,
        "comparisons.csv": one.comparisons,
        "wins.csv": one.wins,
        "forward.csv": one.forward,
        "rules.csv": one.rules,
        "lookahead.csv": one.lookahead,
        "contested_bids.csv": one.contested_bids,
        "weights.csv": one.weights,
        "left_out.csv": pl.DataFrame([asdict(pairing) for pairing in one.left_out]),
    }
    if one.outcomes is not None and one.outcomes.exits is not None:
        frames["exits.csv"] = one.outcomes.exits
    if one.outcomes is not None and one.outcomes.ratings is not None:
        frames["ratings.csv"] = one.outcomes.ratings
    if one.user_pairings is not None:
        frames["problems.csv"] = pl.DataFrame([asdict(problem) for problem in one.user_pairings.problems])
    return {name: frame.write_csv(float_precision=DIGITS) for name, frame in frames.items() if frame.width}


def summary(one: Evaluation) -> str:
    """The main results as JSON; what is not known is null."""
    own = one.user_pairings
    content = {
        "sector": one.sector.name,
        "snapshot": one.snapshot,
        "version": one.version,
        "as_of": one.as_of.isoformat(),
        "pairings": {
            "replayed": len(one.choices),
            "left_out": dict(Counter(pairing.rule for pairing in one.left_out)),
            "file": None
            if own is None
            else {"rows": own.rows, "unusable": len(own.left_out), "problems": len(own.problems)},
        },
        "methods": {method.name: {"says": method.says, "role": method.role} for method in one.methods},
        "counts": one.counts.to_dicts(),
        "means": one.means.to_dicts(),
        "comparisons": one.comparisons.to_dicts(),
        "wins": one.wins.to_dicts(),
        "forward": one.forward.to_dicts(),
        "rules": one.rules.to_dicts(),
        "leaks": {"checked": one.leak_checks, "found": [str(leak) for leak in one.leaks]},
        "misses": {name: [miss.model_dump() for miss in misses] for name, misses in one.misses.items()},
        "outcomes": None if one.outcomes is None else one.outcomes.record.model_dump(),
    }
    return json.dumps(_plain(content), indent=1, ensure_ascii=False, allow_nan=False) + "\n"


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
