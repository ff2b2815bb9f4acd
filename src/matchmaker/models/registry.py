"""Every method of ranking of a sector, by name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pkgutil import resolve_name

from pydantic import ValidationError

from matchmaker.cache import cached
from matchmaker.errors import BadFile, InvalidParameter, Issue
from matchmaker.features.profiles import Profiles
from matchmaker.models.arrangement import Arrangement
from matchmaker.models.demand import spread_of
from matchmaker.models.scoring.baselines import MethodSpec, baseline
from matchmaker.models.scoring.ranker import Ranker
from matchmaker.models.scoring.weighted_sum import WeightedSumRanker
from matchmaker.sector import Sector
from matchmaker.written import name_meant

EVIDENCE = "evidence"
"""The default method."""
LEARNED = ("conditional_logit", "lambdarank")
"""Forms of method that are learned from past pairings."""


@dataclass(frozen=True, slots=True)
class Method:
    """One way to rank."""

    name: str
    """By which questions name it."""
    spec: MethodSpec
    """How it is defined."""

    @property
    def label(self) -> str:
        """Its name for people."""
        return self.spec.label

    @property
    def says(self) -> str:
        """What it does, in one sentence."""
        return self.spec.says

    @property
    def role(self) -> str:
        """`evidence`, `practice` (learned from past choices) or `baseline`."""
        if self.spec.form == EVIDENCE:
            return "evidence"
        return "practice" if self.spec.form in LEARNED else "baseline"

    def bind(self, profiles: Profiles, arrangement: Arrangement, areas: Sequence[str] = ()) -> Ranker:
        """The method applied to the profiles of a day.

        Args:
            profiles: as of the day.
            arrangement: whose weights, or family, count.
            areas: names of focus areas; by default each recipient's weakest.
        """
        match self.spec.form:
            case "evidence":
                return WeightedSumRanker(profiles, arrangement, areas, spread_of(profiles, arrangement))
            case "conditional_logit":
                from matchmaker.models.learned.logit_ranker import shipped_logit

                return shipped_logit(profiles, arrangement, self.name)
            case "lambdarank":
                from matchmaker.models.learned.lambdarank import shipped_lambdarank

                return shipped_lambdarank(profiles, arrangement, self.name)
            case "python":
                ranker: Ranker = resolve_name(str(self.spec.factory))(profiles, arrangement, areas)
                return ranker
            case _:
                return baseline(self.name, self.spec, profiles)


@cached
def methods(sector: Sector) -> dict[str, Method]:
    """Every method by name: the evidence fit, then those of the sector's `methods.toml` in its order.

    Raises:
        BadFile: with every fault of the file.
    """
    says = "Weighs what research says helps; the default."
    fit = MethodSpec(form="evidence", label="Evidence fit (the default)", says=says)
    found, issues = {EVIDENCE: Method(EVIDENCE, fit)}, []
    for name, fields in sector.toml("methods.toml").items():
        try:
            found[name] = Method(name, MethodSpec.model_validate(fields))
        except ValidationError as error:
            issues += [
                Issue("methods.toml", one["msg"], str(one["input"])[:60], column=f"{name}.{one['loc']}")
                for one in error.errors()
            ]
    if issues:
        raise BadFile(issues, "Mend the methods.")
    return found


def method_named(sector: Sector, text: str) -> str:
    """The name of a method, given by itself or by its label.

    Raises:
        InvalidParameter: there is no such method.
    """
    known = methods(sector)
    if text in known:
        return text
    name = name_meant(text, {one.name: one.label for one in known.values()})
    if name is None:
        step = f"Choose one of {', '.join(known)}."
        raise InvalidParameter(f"There is no method '{text}'.", step, ("method",))
    return name


def ranker(name: str, profiles: Profiles, arrangement: Arrangement, areas: Sequence[str] = ()) -> Ranker:
    """A method bound to the profiles of a day.

    Raises:
        InvalidParameter: there is no such method.
    """
    method = methods(profiles.sector)[method_named(profiles.sector, name)]
    return method.bind(profiles, arrangement, areas)
