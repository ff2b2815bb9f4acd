"""How alike a recipient and its actual partner were: what outcomes are held against.

Most slow context figures (deprivation, age, rurality, the sea) were first published for use here in
2019 and 2020, after most pairings. For outcomes, and only for these, the figures known on `STAND_IN`
stand in for those of the pairing's own day: the assumption is that places change slowly. No ranking that
is scored as a prediction uses them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
import polars as pl

from matchmaker.features import Profiles, profiles
from matchmaker.models.arrangement import Arrangement, arrangement
from matchmaker.models.learned.choice_set import ChoiceSituation
from matchmaker.models.scoring.weighted_sum import WeightedSumRanker
from matchmaker.snapshot import Snapshot

STAND_IN = date(2020, 3, 31)
"""By this day the context figures of 2018/19 were published."""


@dataclass(frozen=True, slots=True)
class Exposure:
    """One way in which a partner may suit.

    Attributes:
        criterion: of the buddying arrangement; empty for the fit as a whole.
        stands_in: whether figures of `STAND_IN` are used in place of the day's own.
    """

    name: str
    label: str
    criterion: str
    stands_in: bool = False


PRIMARY = "context"
EXPOSURES = (
    Exposure("context", "Similar context (E1)", "context_similarity", stands_in=True),
    Exposure("size", "Similar size (E2)", "size_similarity"),
    Exposure("scale", "Similar scale (E2)", "scale_similarity"),
    Exposure("complementary", "Strong where needed (E7)", "complementary_strength"),
    Exposure("quality", "Quality of the partner (E4)", "quality_standing"),
    Exposure("nearness", "Nearness (E12)", "proximity"),
    Exposure("fit", "Evidence fit as a whole", ""),
)
"""The first is the question; the others were named beforehand too, and count as further tests."""


class Exposures:
    """Reads exposures of past pairings.

    Args:
        snapshot: the figures.
    """

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self.arrangement: Arrangement = arrangement("buddying")
        self._names = [criterion.name for criterion in self.arrangement.criteria]

    @cached_property
    def stand_in(self) -> Profiles:
        """Profiles of `STAND_IN`, with the trusts that had closed by then among them."""
        tables = {name: self.snapshot.table(name) for name in self.snapshot.manifest["tables"]}
        tables["organisations"] = self.snapshot.organisations.with_columns(
            closed=pl.when(pl.col("closed") >= STAND_IN).then("closed")
        )
        said = {name: self.snapshot.manifest[name] for name in ("as_of", "known_since", "sources")}
        return profiles(Snapshot.of(tables, said), STAND_IN)

    def of(self, choice: ChoiceSituation) -> dict[str, float | None]:
        """Every exposure of the actual pair; None is unknown.

        Args:
            choice: a past pairing, its partner eligible or not.
        """
        own = self._values(choice.profiles, choice.recipient, choice.partner)
        then = self._values(self.stand_in, choice.recipient, choice.partner)
        return {one.name: (then if one.stands_in else own).get(one.criterion) for one in EXPOSURES}

    def _values(self, seen: Profiles, recipient: str, partner: str) -> dict[str, float | None]:
        if recipient not in seen.position or partner not in seen.position:
            return {}
        at = seen.position[partner]
        scores = WeightedSumRanker(seen, self.arrangement).scores(np.array([seen.position[recipient]]))
        found = dict(zip(self._names, scores.values[:, 0, at].tolist(), strict=True))
        found[""] = float(scores.score[0, at])
        return {name: None if np.isnan(value) else value for name, value in found.items()}
