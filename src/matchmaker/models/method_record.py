"""The record of a method: how often it had the partner of past pairings among its first.

It is read from the evaluation that comes with a sector, as figures: nothing is worked out again.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from matchmaker.cache import cached
from matchmaker.sector import Sector

FILE = "evaluation.json"
ALL = "all"
"""Every past pairing, a partner that was not eligible counting as missed."""


@dataclass(frozen=True, slots=True)
class Share:
    """A share of past pairings with its 95% limits; None where there are none."""

    value: float
    low: float | None
    high: float | None

    def __str__(self) -> str:
        limits = "" if self.low is None or self.high is None else f" ({_percent(self.low, self.high)})"
        return f"{100 * self.value:.0f}%{limits}"


@dataclass(frozen=True, slots=True)
class MethodRecord:
    """How a method did on the past pairings of an arrangement, under the preset weights.

    Attributes:
        method, label: its name, and that for people.
        family: the heading of the past pairings.
        pairings, recipients: how many, and of how many different recipients.
        first_5, first_10: the share of partners among its first 5 and 10.
        nearest: the label of the list by distance that it is held against; None for that list itself, and
            where wins and losses were not counted.
        wins, losses: pairings whose partner it had among its first 10 and the nearest had not; the reverse.
    """

    method: str
    label: str
    family: str
    pairings: int
    recipients: int
    first_5: Share
    first_10: Share
    nearest: str | None
    wins: int
    losses: int

    @property
    def sentence(self) -> str:
        """The record in one or two sentences."""
        text = (
            f"Record of '{self.label}' on {self.pairings} past pairings of {self.recipients} recipients "
            f"({self.family.casefold()}): the partner chosen in fact was among its first 5 in {self.first_5} "
            f"and among its first 10 in {self.first_10}."
        )
        if self.nearest is not None:
            text += (
                f" Against '{self.nearest}', first 10: "
                f"{_times(self.wins, 'win', 'wins')}, {_times(self.losses, 'loss', 'losses')}."
            )
        return text


@cached
def method_records(sector: Sector, arrangement: str, methods: tuple[str, ...]) -> tuple[MethodRecord, ...]:
    """The records of some methods, in the order asked for.

    Args:
        sector: whose evaluation is read.
        arrangement: name of the arrangement; its past pairings are those that its learned models learn from.
        methods: names; those without a record are left out.

    Returns:
        Empty where the sector has no evaluation, or no past pairings of such an arrangement.
    """
    content = _evaluation(sector)
    heading = _heading(sector, arrangement, content)
    if heading is None:
        return ()
    return tuple(
        one for name in dict.fromkeys(methods) if (one := _record(content, heading, name)) is not None
    )


def shown_methods(sector: Sector, method: str) -> tuple[str, ...]:
    """The method in use, then the default, the first model of past practice and the nearest."""
    content = _evaluation(sector)
    roles = {one["role"]: one["name"] for one in reversed(content.get("methods", []))}
    others = (roles.get("evidence"), roles.get("practice"), content.get("nearest"))
    return tuple(dict.fromkeys(name for name in (method, *others) if name))


def _heading(sector: Sector, arrangement: str, content: dict[str, Any]) -> str | None:
    """The heading with the most past pairings among those that models for the arrangement learn from."""
    kinds = [kind for one in sector.families if arrangement in one.arrangements for kind in one.kinds]
    headings = {sector.pairing_kinds[kind].family for kind in kinds}
    counted = [one for one in content.get("counts", []) if one["family"] in headings]
    return max(counted, key=lambda one: one["queries"])["family"] if counted else None


def _record(content: dict[str, Any], heading: str, name: str) -> MethodRecord | None:
    own = {
        one["metric"]: one
        for one in content["figures"]
        if (one["family"], one["method"], one["population"]) == (heading, name, ALL)
    }
    if not {"hit@5", "hit@10"} <= own.keys():
        return None
    labels = {one["name"]: one["label"] for one in content["methods"]}
    found = next(
        (
            one
            for one in content.get("wins", [])
            if (one["family"], one["method"], one["metric"]) == (heading, name, "hit@10")
        ),
        None,
    )
    return MethodRecord(
        method=name,
        label=labels[name],
        family=heading,
        pairings=own["hit@10"]["queries"],
        recipients=own["hit@10"]["organisations"],
        first_5=_share(own["hit@5"]),
        first_10=_share(own["hit@10"]),
        nearest=None if found is None else labels[found["baseline"]],
        wins=0 if found is None else found["wins"],
        losses=0 if found is None else found["losses"],
    )


def _share(figure: dict[str, Any]) -> Share:
    exact = figure.get("exact_low"), figure.get("exact_high")
    low, high = exact if None not in exact else (figure["low"], figure["high"])
    return Share(figure["value"], low, high)


def _percent(low: float, high: float) -> str:
    return f"{100 * low:.0f}% to {100 * high:.0f}%"


def _times(n: int, one: str, many: str) -> str:
    return f"{n} {one if n == 1 else many}"


@cached
def _evaluation(sector: Sector) -> dict[str, Any]:
    """The evaluation that comes with a sector; empty where there is none."""
    file = sector.folder.joinpath("artefacts", FILE)
    content: dict[str, Any] = json.loads(file.read_text("utf-8")) if file.is_file() else {}
    return content
