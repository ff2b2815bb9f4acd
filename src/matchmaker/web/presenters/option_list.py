"""The list itself: one row for the recipient and one for each option, sorted and filtered by its facts."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from starlette.datastructures import QueryParams

from matchmaker.errors import InvalidParameter
from matchmaker.features import features
from matchmaker.models.key_facts import FactDefinition, KeyFact, fact_definitions
from matchmaker.models.types import Option, Shortlist
from matchmaker.sector import Sector

RANK, NAME = "rank", "name"
ONLY = "only."
"""How the fields that filter begin: `only.berths=4`."""
BETTER, NONE = "better", "none"
YEARS = ".years"
"""The end of the field that says how old a fact may be."""
MOST_YEARS = (1, 3, 5)
MOST_COLUMNS = 5
OLD_MONTHS = 24
"""From this age on, a fact that is not of one period for all says how old it is."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One fact in the list: what it is, what else to know of it, how it stands to the recipient's."""

    label: str
    text: str
    more: tuple[str, ...] = ()
    versus: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the list; `period` where it is the same for all."""

    key: str
    label: str
    period: str
    definition: FactDefinition
    direction: str


@dataclass(frozen=True, slots=True)
class ListView:
    """How a list is shown: sorted by a column, and only options that meet some conditions."""

    sort: str = RANK
    only: tuple[tuple[str, str], ...] = ()

    def to_fields(self) -> list[tuple[str, str]]:
        """The fields of an address that make this view again; what is usual is left out."""
        return [*([] if self.sort == RANK else [("sort", self.sort)]), *self.only]


def list_view(fields: QueryParams) -> ListView:
    """The view that the fields of an address ask for."""
    only = tuple((name, text.strip()) for name, text in fields.items() if name.startswith(ONLY))
    return ListView(fields.get("sort", "").strip() or RANK, tuple(one for one in only if one[1]))


def columns(answer: Shortlist, sector: Sector) -> tuple[Column, ...]:
    """The facts that stand in the list: those that the sector marks, or else its first figures.

    Args:
        answer: with facts.
        sector: whose list of facts it is.
    """
    known = fact_definitions(sector)
    marked = [key for key, one in known.items() if one.listed]
    first = [key for key, one in known.items() if one.form == "figure"][:MOST_COLUMNS]
    distance = [key for key, one in known.items() if one.form == "distance"]
    directions = {feature.name: feature.direction for feature in features(sector)}
    out = []
    for key in marked or [*first, *distance]:
        cells = [fact for facts in _every(answer) for fact in facts if fact.key == key and fact.period]
        periods = {fact.period for fact in cells}
        form = known[key]
        way = "lower" if form.form == "distance" else directions.get((*form.features, "")[0], "none")
        out.append(Column(key, form.label, periods.pop() if len(periods) == 1 else "", form, way))
    return tuple(out)


def cells(
    facts: Sequence[KeyFact], shown: Sequence[Column], recipient: Sequence[KeyFact] | None
) -> list[Cell]:
    """The cells of one row.

    Args:
        facts: of its organisation.
        shown: the columns.
        recipient: the recipient's facts; None for its own row.
    """
    own = {fact.key: fact for fact in recipient or ()}
    by_key = {fact.key: fact for fact in facts}
    return [_cell(by_key[one.key], one, own.get(one.key)) for one in shown]


def warnings(option: Option, sector: Sector) -> list[str]:
    """What ties an option to the recipient or weighs on it, each in a sentence."""
    by_form = {fact_definitions(sector)[fact.key].form: fact for fact in option.facts}
    out = []
    ties, intervention = by_form.get("ties"), by_form.get("intervention")
    if option.same_group:
        out.append(f"Shared leadership: {_small(option.same_group)}")
    elif ties is not None and ties.value != 0 and ties.text:
        out.append(f"Tied to it: {_small(ties.text)}")
    if intervention is not None and intervention.value != 0 and intervention.text:
        out.append(f"{intervention.label}: {intervention.text}")
    return out


def selected(
    options: Sequence[Option], view: ListView, shown: Sequence[Column], recipient: Sequence[KeyFact]
) -> list[Option]:
    """The options that meet every condition of a view, in its order; what is unknown meets none.

    Args:
        options: by rank.
        view: as the address has it.
        shown: the columns.
        recipient: its facts.

    Raises:
        InvalidParameter: a condition or the order is of a column that there is not.
    """
    by_key = {one.key: one for one in shown}
    own = {fact.key: fact for fact in recipient}
    found = list(options)
    for name, text in view.only:
        key = name.removeprefix(ONLY)
        found = [one for one in found if _meets(_by_key(one), key, text, by_key, own)]
    if view.sort == RANK:
        return found
    if view.sort == NAME:
        return sorted(found, key=lambda one: one.organisation.name)
    if view.sort not in by_key:
        raise _unknown("sort", view.sort)
    sign = 1 if by_key[view.sort].direction == "lower" else -1

    def place(option: Option) -> tuple[float, int]:
        value = _by_key(option)[view.sort].value
        return (math.inf if value is None else sign * value, option.rank)

    return sorted(found, key=place)


@dataclass(frozen=True, slots=True)
class Choices:
    """One drop-down of the form that sorts and filters: values with their texts, and the one chosen."""

    name: str
    label: str
    choices: tuple[tuple[str, str], ...]
    chosen: str


def choices(
    options: Sequence[Option], view: ListView, shown: Sequence[Column], sector: Sector
) -> list[Choices]:
    """What a list can be sorted and filtered by.

    Args:
        options: those that could be shown, before any filter.
        view: as it is.
        shown: the columns.
        sector: for its scales.
    """
    only = dict(view.only)
    sorts = [(RANK, "Rank"), (NAME, "Name"), *((one.key, one.label) for one in shown)]
    out = [Choices("sort", "Sort by", tuple(sorts), view.sort)]
    display = sector.display
    for one in shown:
        facts = [_by_key(option)[one.key] for option in options]
        units = {fact.unit for fact in facts if fact.value is not None}
        levels: list[tuple[str, str]] = []
        if one.direction != "none" and one.definition.compare:
            levels.append((BETTER, "Better than yours"))
        if one.direction != "none" and units & {*display.scales, *display.bounded_units}:
            texts = {fact.value: fact.text for fact in facts if fact.value is not None}
            ordered = sorted(texts.items(), reverse=one.direction == "higher")
            levels += [
                (f"{value:g}", text if at == 0 else f"{text} or better")
                for at, (value, text) in enumerate(ordered)
            ]
        if levels:
            name = ONLY + one.key
            out.append(Choices(name, one.label, tuple(levels), only.get(name, "")))
        if one.definition.form == "figure" and not one.period and any(fact.period for fact in facts):
            name = ONLY + one.key + YEARS
            ages = tuple((str(n), f"{n} year{'s' if n > 1 else ''} at most") for n in MOST_YEARS)
            out.append(Choices(name, f"Age of {_small(one.label)}", ages, only.get(name, "")))
    ties = _of_form(sector, "ties")
    if ties:
        name = ONLY + ties
        label = fact_definitions(sector)[ties].label
        out.append(Choices(name, label, ((NONE, "None on record with yours"),), only.get(name, "")))
    return out


def described(found: Sequence[Choices]) -> list[str]:
    """The conditions of a view in words: "Berths: 4 or better"."""
    return [
        f"{one.label}: {_small(dict(one.choices).get(one.chosen, one.chosen))}"
        for one in found
        if one.chosen and one.name.startswith(ONLY)
    ]


def ages_line(
    answer: Shortlist, options: Sequence[Option], shown: Sequence[Column], sector: Sector
) -> list[str]:
    """For each column of a headline figure, the period or the span of months that its figures are of."""
    out = []
    for one in shown:
        if not {*one.definition.features} & {*sector.display.headline_features}:
            continue
        ends = sorted(
            fact.period_end
            for facts in (answer.recipient_facts, *(option.facts for option in options))
            for fact in facts
            if fact.key == one.key and fact.period_end is not None
        )
        if one.period:
            out.append(f"{_small(one.label)} {one.period}")
        elif ends:
            first, last = f"{ends[0]:%B %Y}", f"{ends[-1]:%B %Y}"
            out.append(f"{_small(one.label)} {first if first == last else f'{first} to {last}'}")
    return out


def _every(answer: Shortlist) -> list[tuple[KeyFact, ...]]:
    return [answer.recipient_facts, *(option.facts for option in answer.options)]


def _by_key(option: Option) -> dict[str, KeyFact]:
    return {fact.key: fact for fact in option.facts}


def _cell(fact: KeyFact, column: Column, own: KeyFact | None) -> Cell:
    if fact.state == "not_applicable":
        return Cell(column.label, "")
    more = []
    if fact.period and not column.period and column.definition.form == "figure":
        more.append(fact.period)
        if fact.months_old is not None and fact.months_old >= OLD_MONTHS:
            more.append(f"{_age(fact.months_old)} old")
    if fact.state == "stale":
        more.append("too old to use")
    # The title of a column of figures says what is counted; a distance keeps its unit.
    text = fact.text.removesuffix(f" {fact.unit}") if column.definition.form == "figure" else fact.text
    return Cell(column.label, text, tuple(more), _versus(fact, column, own))


def _age(months: int) -> str:
    years, rest = divmod(months, 12)
    text = f"{years} year{'s' if years != 1 else ''}"
    return text if not rest else f"{text} {rest} month{'s' if rest != 1 else ''}"


def _versus(fact: KeyFact, column: Column, own: KeyFact | None) -> str:
    """How a figure stands to the recipient's, where the fact is one to compare."""
    if own is None or not column.definition.compare or column.direction == "none":
        return ""
    if fact.value is None or own.value is None:
        return ""
    if fact.text == own.text:
        return "the same as yours"
    return "better than yours" if _is_better(fact.value, own.value, column) else "worse than yours"


def _is_better(value: float, than: float, column: Column) -> bool:
    return value < than if column.direction == "lower" else value > than


def _meets(
    facts: Mapping[str, KeyFact],
    key: str,
    text: str,
    shown: Mapping[str, Column],
    own: Mapping[str, KeyFact],
) -> bool:
    base = key.removesuffix(YEARS)
    fact = facts.get(base)
    if fact is None or (base not in shown and text != NONE):
        raise _unknown(ONLY + key, text)
    if text == NONE:
        return fact.state == "known" and fact.value == 0
    if text == BETTER:
        theirs = own[base].value
        return fact.value is not None and theirs is not None and _is_better(fact.value, theirs, shown[base])
    try:
        limit = float(text)
    except ValueError:
        raise _unknown(ONLY + key, text) from None
    if key != base:
        return fact.months_old is not None and fact.months_old < 12 * limit
    return fact.value is not None and (fact.value == limit or _is_better(fact.value, limit, shown[base]))


def _unknown(name: str, text: str) -> InvalidParameter:
    return InvalidParameter(
        f"The list can't be shown by '{name}' as '{text[:40]}'.",
        "Choose from the form above the list.",
        (name,),
    )


def _of_form(sector: Sector, form: str) -> str:
    return next((key for key, one in fact_definitions(sector).items() if one.form == form), "")


def _small(text: str) -> str:
    """A text that goes on a sentence: its first letter small, unless the first word is an abbreviation."""
    return text if text[1:2].isupper() else f"{text[:1].lower()}{text[1:]}"
