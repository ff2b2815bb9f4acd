"""Ranks candidates for a recipient and explains every place."""

from __future__ import annotations

import math
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

import matchmaker
from matchmaker.errors import OutOfRange
from matchmaker.features import Profiles
from matchmaker.features.scaling import Floats
from matchmaker.models import criteria
from matchmaker.models.arrangement import Arrangement
from matchmaker.models.explanation import Excluded, Figure, Option, Row, Shortlist, Trust
from matchmaker.models.fit import ENOUGH_COVERAGE, START, Fit, weighted_fit
from matchmaker.models.rules import RULES, Verdict
from matchmaker.models.wording import sentence

MATTERS = 0.005
"""Contributions smaller than this are no reason, for or against."""


class Matcher:
    """One arrangement applied to the profiles of one day.

    Args:
        profiles: as of the day asked about.
        arrangement: weights and rules.
    """

    method = "evidence"

    def __init__(self, profiles: Profiles, arrangement: Arrangement) -> None:
        unknown = [rule.name for rule in arrangement.rules if rule.name not in RULES]
        if unknown:
            step = f"The rules are: {', '.join(RULES)}."
            raise OutOfRange(f"There is no rule '{unknown[0]}'.", step)
        self.profiles = profiles
        self.arrangement = arrangement
        self.weights = np.array([criterion.weight for criterion in arrangement.criteria])

    def values(self, recipients: NDArray[np.intp]) -> Floats:
        """(k, r, n) criteria of recipients that are all of one kind."""
        kind = str(self.profiles.kinds[recipients[0]])
        return criteria.criterion_values(self.profiles, self.arrangement.criteria, kind, recipients)

    def fits(self, recipients: NDArray[np.intp]) -> Fit:
        """Fits of any recipients with all candidates; batch equals loop bit for bit."""
        shape = (len(recipients), len(self.profiles.kinds))
        fit = Fit(np.empty((len(self.weights), *shape)), np.empty(shape), np.empty(shape))
        for kind in np.unique(self.profiles.kinds[recipients]):
            at = np.flatnonzero(self.profiles.kinds[recipients] == kind)
            part = weighted_fit(self.values(recipients[at]), self.weights)
            fit.contributions[:, at], fit.fit[at], fit.coverage[at] = (
                part.contributions,
                part.fit,
                part.coverage,
            )
        return fit

    def verdicts(self, recipient: int) -> dict[str, Verdict]:
        """What every rule of the arrangement says about all candidates."""
        return {rule.name: RULES[rule.name](self.profiles, recipient) for rule in self.arrangement.rules}

    def order(self, fit: Floats, coverage: Floats, eligible: NDArray[np.bool_]) -> NDArray[np.intp]:
        """Eligible candidates: enough coverage first, then the fit, then the ODS code.

        Args:
            fit, coverage: (n,) of one recipient.
            eligible: (n,).
        """
        at = np.flatnonzero(eligible)
        thin = coverage[at] < ENOUGH_COVERAGE
        return at[np.lexsort((at, -fit[at], thin))]  # rows stand in the order of the codes

    def shortlist(self, recipient: str, limit: int = 10, through: tuple[Trust, ...] = ()) -> Shortlist:
        """The first `limit` options for a recipient, explained, and the excluded with their reasons.

        Args:
            recipient: ODS code, open on the day.
            limit: how many options to show, 1 or more.
            through: closed organisations by which the recipient was reached.

        Raises:
            OutOfRange: the limit is below 1.
        """
        if limit < 1:
            raise OutOfRange(f"A shortlist of {limit} holds nothing.", "Ask for 1 option or more.")
        row = self.profiles.position[recipient]
        rows = np.array([row])
        values = self.values(rows)[:, 0]
        fit = weighted_fit(values[:, None], self.weights)
        verdicts = self.verdicts(row)
        out = np.any([verdict.excluded for verdict in verdicts.values()], axis=0)
        order = self.order(fit.fit[0], fit.coverage[0], ~out)
        distance = criteria.kilometres(self.profiles, rows)[0]
        options = [
            self._option(rank, row, at, values[:, at], fit, distance[at])
            for rank, at in enumerate(order[:limit].tolist(), 1)
        ]
        return Shortlist(
            recipient=self.trust(row),
            arrangement=self.arrangement.name,
            as_of=self.profiles.as_of,
            snapshot=self.profiles.snapshot.hash,
            method=self.method,
            version=f"{matchmaker.__version__}/{self.arrangement.name}-{self.arrangement.version}",
            through=through,
            eligible=len(order),
            options=tuple(options),
            excluded=tuple(self._excluded(at, verdicts) for at in np.flatnonzero(out).tolist() if at != row),
            notes=tuple(self._notes(row, options)),
            checklist=self.arrangement.checklist,
            first_step=self.arrangement.first_step,
            attribution=str(self.profiles.snapshot.manifest["attribution"]),
        )

    def trust(self, at: int) -> Trust:
        """One organisation of the profiles."""
        return self._trusts[at]

    @cached_property
    def _trusts(self) -> list[Trust]:
        columns = self.profiles.organisations.select("ods", "name", "kind", "region", "system")
        return [Trust(*row) for row in columns.iter_rows()]

    def _option(
        self, rank: int, recipient: int, at: int, values: Floats, fit: Fit, distance: float
    ) -> Option:
        known_distance = None if math.isnan(distance) else round(distance, 1)
        rows = self._rows(recipient, at, values, fit, known_distance)
        told = sorted(rows[1:-1], key=lambda row: -abs(row.contribution))
        return Option(
            rank=rank,
            trust=self.trust(at),
            fit=float(fit.fit[0, at]),
            coverage=float(fit.coverage[0, at]),
            distance_km=known_distance,
            reasons_for=tuple(r.sentence for r in told if r.contribution > MATTERS),
            reasons_against=tuple(r.sentence for r in told if r.contribution < -MATTERS),
            unknowns=tuple(r.sentence for r in told if r.value is None),
            rows=rows,
        )

    def _rows(
        self, recipient: int, at: int, values: Floats, fit: Fit, distance: float | None
    ) -> tuple[Row, ...]:
        kind = str(self.profiles.kinds[recipient])
        start = Row("start", "Start", None, 0.0, START, "Every candidate begins in the middle.")
        rows = [start]
        for k, criterion in enumerate(self.arrangement.criteria):
            value = None if math.isnan(values[k]) else float(values[k])
            rows.append(
                Row(
                    name=criterion.name,
                    label=criterion.label,
                    value=value,
                    weight=criterion.weight,
                    contribution=float(fit.contributions[k, 0, at]),
                    sentence=sentence(criterion, value, kind, distance),
                    evidence=criterion.evidence,
                    figures=self._figures(criterion.dimension, recipient, at),
                )
            )
        total = float(fit.fit[0, at])
        rows.append(
            Row("total", "Fit", total, float(self.weights.sum()), total, "What the rows above add up to.")
        )
        return tuple(rows)

    def _figures(self, dimension: str | None, recipient: int, at: int) -> tuple[Figure, ...]:
        if dimension is None:
            return ()
        width = len(self.profiles.features)
        figures = []
        for column in self.profiles.of_dimension(dimension):
            feature = self.profiles.features[column]
            cell = self._cells[at * width + column]
            figures.append(
                Figure(
                    feature=feature.name,
                    label=feature.label,
                    unit=feature.unit,
                    recipient=self._cells[recipient * width + column]["value"],
                    candidate=cell["value"],
                    state=cell["state"],
                    period_end=cell["period_end"],
                    source=cell["source"],
                )
            )
        return tuple(figures)

    @cached_property
    def _cells(self) -> list[dict[str, Any]]:
        return self.profiles.cells.select("value", "state", "period_end", "source").to_dicts()

    def _excluded(self, at: int, verdicts: dict[str, Verdict]) -> Excluded:
        applied = {name: verdict for name, verdict in verdicts.items() if verdict.excluded[at]}
        return Excluded(self.trust(at), tuple(applied), tuple(v.reason(at) for v in applied.values()))

    def _notes(self, recipient: int, options: list[Option]) -> list[str]:
        notes = [
            "Options to consider, not a decision: no published figure shows whether two trusts would get on."
        ]
        if not options:
            notes.append("No candidate is eligible: every one is excluded by a rule.")
        thin = [option for option in options if option.coverage < ENOUGH_COVERAGE]
        if thin and thin[0].rank == 1:
            notes.append(
                "Less than half of what is weighed is known of any candidate: do not rely on the order."
            )
        elif thin:
            notes.append(f"From place {thin[0].rank} on, less than half of what is weighed is known.")
        missing = [
            f
            for f in self.profiles.features
            if np.isnan(self.profiles.values[recipient, self.profiles.column[f.name]])
        ]
        if missing:
            share = f"{len(missing)} of {len(self.profiles.features)}"
            notes.append(f"Of the recipient itself, {share} features are unknown or too old to use.")
        return notes
