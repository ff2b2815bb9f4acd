"""A dated forward test: learned from everything before a day, scored on everything after it.

Leaving one event out learns from later choices too. Here nothing later is learned from, and the day is set by
a rule (`cross_validation.forward_days`), so that it can't be picked by what comes out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date

import polars as pl

from matchmaker.evaluation.aggregate import is_hit
from matchmaker.evaluation.cross_validation import Key, forward_days, train_before
from matchmaker.evaluation.inference import exact_limits
from matchmaker.evaluation.replay import NOTHING, EvaluatedMethod, family_of, replay
from matchmaker.models.learned.choice_set import ChoiceSituation
from matchmaker.training.learners import Learner
from matchmaker.training.parallel import Track

METRICS = ("hit@5", "hit@10", "mrr")
FIGURES = {
    "family": pl.String,
    "since": pl.Date,
    "learned_from": pl.Int64,
    **dict.fromkeys(("method", "metric"), pl.String),
    **dict.fromkeys(("value", "low", "high"), pl.Float64),
    **dict.fromkeys(("queries", "organisations"), pl.Int64),
}


def forward_figures(
    past: Sequence[ChoiceSituation],
    learners: Sequence[Learner],
    others: Sequence[EvaluatedMethod],
    event: Mapping[Key, int],
    organisation: Callable[[str], str],
    chance: str | None = None,
    track: Track = iter,
) -> pl.DataFrame:
    """How methods do on the choices from a day on.

    Args:
        past: every past pairing as a choice.
        learners: trained on the choices before the day.
        others: methods that learn nothing, scored on the same choices.
        event: of every choice.
        organisation: what a recipient's code has become.
        chance: the method that ranks by chance: it is worked out and has no limits.
        track: wraps the days, for a progress bar.

    Returns:
        One row per family, method and metric: since, learned_from (usable choices before that day),
        value, low and high (by Clopper and Pearson, of hit rates), queries, organisations. Families with too
        few choices to learn from are left out.
    """
    days = forward_days(past)
    late = [one for one in past if one.day >= days.get(family_of(one), date.max)]
    learned = [train_before(learner, past, event, days) for learner in learners]
    results = replay(late, [*others, *learned], organisation, track).filter(pl.col("counted") != NOTHING)
    told = set(results.filter(pl.col("method").is_in([one.name for one in learned]))["family"])
    rows = []
    for (family, method), own in results.group_by("family", "method", maintain_order=True):
        if family not in told:
            continue
        since = days[str(family)]
        usable = [one for one in past if one.chosen is not None and family_of(one) == family]
        for metric in METRICS:
            value = float(own[metric].to_numpy().mean())
            no_limits = not is_hit(metric) or method == chance
            low, high = (None, None) if no_limits else exact_limits(value * own.height, own.height)
            rows.append(
                {
                    "family": family,
                    "since": since,
                    "learned_from": sum(one.day < since for one in usable),
                    "method": method,
                    "metric": metric,
                    "value": value,
                    "low": low,
                    "high": high,
                    "queries": own.height,
                    "organisations": own["organisation"].n_unique(),
                }
            )
    return pl.DataFrame(rows, schema=FIGURES)
