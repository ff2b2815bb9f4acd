"""Every method by name, side by side."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from matchmaker.errors import InvalidParameter
from matchmaker.features import Profiles
from matchmaker.models.arrangement import Arrangement
from matchmaker.models.learned.lambdarank import LambdaRankLearner, practice_lightgbm
from matchmaker.models.learned.logit_ranker import LogitLearner, practice
from matchmaker.models.scoring import baselines
from matchmaker.models.scoring.ranker import Ranker
from matchmaker.models.scoring.weighted_sum import WeightedSumRanker


@dataclass(frozen=True, slots=True)
class Method:
    """One way to rank.

    Attributes:
        says: what it does, in one sentence.
        make: binds it to profiles, an arrangement and focus areas.
    """

    name: str
    says: str
    make: Callable[[Profiles, Arrangement, Sequence[str]], Ranker]


def _plain(make: Callable[[Profiles], Ranker]) -> Callable[[Profiles, Arrangement, Sequence[str]], Ranker]:
    return lambda profiles, arrangement, areas: make(profiles)


METHODS: dict[str, Method] = {
    method.name: method
    for method in (
        Method("evidence", "Weighs what research says helps; the default.", WeightedSumRanker),
        Method(LogitLearner.name, LogitLearner.says, practice),
        Method(LambdaRankLearner.name, LambdaRankLearner.says, practice_lightgbm),
        Method(
            "nhs-peer-finder", "The official peers: similar circumstances.", _plain(baselines.OfficialPeers)
        ),
        Method(
            "nhs-published-script",
            "The official script as published, which adds up differences.",
            _plain(baselines.published_script),
        ),
        Method("nearest", "The closest headquarters first.", _plain(baselines.nearest)),
        Method(
            "same-locality", "The same local system, then the same region.", _plain(baselines.same_locality)
        ),
        Method("biggest", "The most staff first.", _plain(baselines.biggest)),
        Method("best-rated", "The highest CQC rating first.", _plain(baselines.best_rated)),
        Method("size-only", "The most similar size first.", _plain(baselines.size_only)),
        Method("context-only", "The most similar context first.", _plain(baselines.context_only)),
        Method("random", "By chance: what any method must beat.", _plain(baselines.at_random)),
    )
}


def ranker(name: str, profiles: Profiles, arrangement: Arrangement, areas: Sequence[str] = ()) -> Ranker:
    """A method bound to the profiles of a day.

    Raises:
        OutOfRange: there is no such method.
    """
    if name not in METHODS:
        step = f"Choose one of {', '.join(METHODS)}."
        raise InvalidParameter(f"There is no method '{name}'.", step, ("method",))
    return METHODS[name].make(profiles, arrangement, areas)
