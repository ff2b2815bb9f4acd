"""Rules: reasons to exclude a candidate; an excluded candidate keeps its reasons.

A rule is data: a form and what that form needs. The rules that make sense everywhere are defined here; a
sector adds its own in `rules.toml`. What is unknown excludes nobody.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Literal

import numpy as np
import polars as pl
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from matchmaker.cache import cached, cached_apart_from_figures
from matchmaker.dates import format_date
from matchmaker.errors import BadFile, InvalidParameter, Issue
from matchmaker.features.areas import areas_named
from matchmaker.features.formatting import format_value
from matchmaker.features.profiles import Profiles
from matchmaker.features.services import does_not_run, runs, service_named
from matchmaker.models.arrangement import Rule
from matchmaker.models.scoring.geography import kilometres_from, member_rows, nearest_sites_from
from matchmaker.models.scoring.records import (
    absorptions,
    describe_intervention,
    helping,
    intervention_phrases,
    interventions_on,
    joined_since,
)
from matchmaker.models.scoring.size import size_ratios_to
from matchmaker.models.ties import describe_tie, is_one_in_all_but_name, same_group, ties
from matchmaker.sector import Sector
from matchmaker.snapshot.own_figures import own_organisations
from matchmaker.typing import Mask

NOT_ITSELF = "not_itself"
"""The rule that no organisation is its own partner; it can't be relaxed."""


class Overruling(BaseModel):
    """A figure at or below a limit, which overrules a rule."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    feature: str
    """Its feature."""
    at_most: float
    """It overrules at this value or below."""


class RuleSpec(BaseModel):
    """What a rule does."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    form: Literal[
        "type",
        "threshold",
        "intervention",
        "size",
        "distance",
        "load",
        "absorption",
        "place",
        "codes",
        "group",
        "service",
        "member",
    ]
    """`type` of the organisation; `threshold` of a feature; formal `intervention` that is active; relative
    `size`; `distance`; `load` of help already given; `absorption` under way; a `place`; named `codes`;
    a `group` under whose leadership the candidate already is with the recipient; the `service` that the
    question names; `member`, that the recipient is not a member of the candidate already."""
    label: str
    """What it asks for, as a title."""
    reason: str = ""
    """Why a candidate is excluded, with `{...}` filled in, for thresholds and interventions: of a threshold
    `{value}`, `{figure}` (with its unit), `{word}` (of its scale) and `{period_end}`."""
    groups: tuple[tuple[str, ...], ...] = ()
    """For a type: groups of types that may be paired; none means only equal types."""
    feature: str | None = None
    """For a threshold: the feature."""
    at_least: float | None = None
    """For a threshold: candidates below are excluded."""
    at_most: float | None = None
    """For a threshold: candidates above are excluded."""
    parameter: str | None = None
    """For a threshold: the parameter that gives the limit in place of `at_most`, or of `at_least`."""
    parameter_is: Literal["at_most", "at_least"] = "at_most"
    """For a threshold with a parameter: the limit that it gives."""
    older_excludes_nobody: Annotated[int, Field(ge=1)] | None = None
    """For a threshold: a figure of a period that ended so many months ago excludes nobody; it is told."""
    unless: Overruling | None = None
    """For a threshold: a present judgement that speaks for a candidate, whatever the figure."""
    regimes: tuple[str, ...] = ()
    """For an intervention: the regimes that count."""
    column: Literal["region", "locality"] | None = None
    """For a place: the column of the organisations."""
    declared: bool = False
    """For a type: whether the types that the sector names as `candidates` of the recipient's are meant."""
    to_nearest: bool = False
    """For a distance: whether the nearest two sites count in place of the main places."""
    counted: bool = False
    """Whether those that it excludes are counted only and not listed; for rules that leave out most."""
    own_data: bool = False
    """For a service: whether organisations of the user's own data are candidates whatever they run."""

    @model_validator(mode="after")
    def _fields_fit_the_form(self) -> RuleSpec:
        if self.form == "threshold":
            limits = (self.at_least, self.at_most, self.parameter)
            if self.feature is None or not self.reason or limits.count(None) != len(limits) - 1:
                raise ValueError("a threshold needs feature, reason and one of at_least, at_most, parameter")
        if self.form == "intervention" and not (self.regimes and self.reason):
            raise ValueError("an intervention needs regimes and reason")
        if self.form == "place" and self.column is None:
            raise ValueError("a place needs column")
        return self

    @property
    def parameters(self) -> Mapping[str, Parameter]:
        """What an arrangement or a question may set, by name."""
        if self.form == "threshold" and self.parameter is not None:
            return {self.parameter: Parameter()}
        if self.form == "place":
            return {f"{_plural(self.column or '')}": Parameter(words=True)}
        return _PARAMETERS.get(self.form, {})


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a rule: words or a number, with or without a default."""

    words: bool = False
    required: bool = True


_PARAMETERS: dict[str, Mapping[str, Parameter]] = {
    "size": {"lowest": Parameter(required=False), "highest": Parameter(required=False)},
    "distance": {"km": Parameter()},
    "load": {"at_most": Parameter()},
    "codes": {"codes": Parameter(words=True)},
    "service": {
        "service": Parameter(words=True, required=False),
        "focus": Parameter(words=True, required=False),
    },
}
COMMON = {
    "same_type": RuleSpec(form="type", label="Same type"),
    "size_ratio": RuleSpec(form="size", label="Size relative to the recipient"),
    "within_km": RuleSpec(form="distance", label="Within a distance"),
    "not_already_helping": RuleSpec(form="load", label="Not already helping others"),
    "not_being_absorbed": RuleSpec(form="absorption", label="Not being absorbed itself"),
    "in_region": RuleSpec(form="place", label="In a region", column="region"),
    "in_locality": RuleSpec(form="place", label="In a locality", column="locality"),
    "leave_out": RuleSpec(form="codes", label="Named candidates left out"),
    "outside_group": RuleSpec(form="group", label="Outside its own group"),
    "runs_service": RuleSpec(form="service", label="Runs the service"),
    "runs_service_or_own": RuleSpec(
        form="service", label="Runs the service, or is of your own data", own_data=True
    ),
}
"""The rules that every sector has."""


@dataclass(frozen=True, slots=True)
class Exclusion:
    """What one rule does to the candidates.

    Attributes:
        excluded: (n_organisations,) whom it excludes.
        reason: of any one of them.
        unchecked: (n_organisations,) to whom it could not be applied, because the fact is unknown.
        doubt: what is unknown of any one of these, where more is to be said than that.
    """

    excluded: Mask
    reason: Callable[[int], str]
    unchecked: Mask
    doubt: Callable[[int], str] = lambda at: "The fact is unknown."


@cached
def rules(sector: Sector) -> dict[str, RuleSpec]:
    """Every rule of a sector, by name: those of its `rules.toml`, and those that every sector has.

    Raises:
        BadFile: with every fault of the file.
    """
    issues = []
    own = {}
    for name, fields in sector.toml("rules.toml").items():
        try:
            own[name] = RuleSpec.model_validate(fields)
        except ValidationError as error:
            issues += [
                Issue(
                    "rules.toml",
                    one["msg"],
                    str(one["input"])[:60],
                    column=".".join((name, *map(str, one["loc"]))),
                )
                for one in error.errors()
            ]
    if issues:
        raise BadFile(issues, "Mend the rules.")
    return COMMON | own


def check_parameters(rule: Rule, sector: Sector) -> None:
    """Check that a rule exists and that its parameters are complete and sensible.

    Raises:
        InvalidParameter: with the rules, or the parameters, that there are.
    """
    known = rules(sector)
    if rule.name not in known:
        text = f"There is no rule '{rule.name}'."
        raise InvalidParameter(text, f"The rules are: {', '.join(known)}.", ("parameters", rule.name))
    takes, given = known[rule.name].parameters, dict(rule.parameters)
    missing = {name for name, one in takes.items() if one.required} - given.keys()
    if missing or given.keys() - takes.keys():
        text = f"The rule '{rule.name}' can't be set so."
        step = f"Its parameters are: {', '.join(takes) or 'none'}."
        raise InvalidParameter(text, step, ("parameters", rule.name))
    for name, value in given.items():
        if not (_are_words(value) if takes[name].words else _is_number(value)):
            text = f"The parameter {name} of the rule '{rule.name}' can't be {value!r}."
            step = "Give one or more." if takes[name].words else "Give a number, 0 or more."
            raise InvalidParameter(text, step, ("parameters", rule.name, name))


def _are_words(value: Any) -> bool:
    return isinstance(value, tuple) and bool(value) and all(isinstance(word, str) for word in value)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value >= 0


def apply_rule(rule: Rule, profiles: Profiles, recipient: int) -> Exclusion:
    """What a rule with its parameters does to every candidate.

    Args:
        rule: one that passes `check_parameters`.
        profiles: as of the day.
        recipient: its row.

    Raises:
        InvalidParameter: a parameter names what the profiles don't hold.
    """
    spec, parameters = rules(profiles.sector)[rule.name], dict(rule.parameters)
    try:
        match spec.form:
            case "type":
                return _of_type(profiles, spec, str(profiles.types[recipient]))
            case "threshold":
                given = parameters[spec.parameter] if spec.parameter else None
                return _beyond_threshold(profiles, spec, given)
            case "intervention":
                return _under_intervention(profiles, spec)
            case "size":
                return _of_size(profiles, recipient, **parameters)
            case "distance":
                return _beyond_distance(profiles, recipient, parameters["km"], spec.to_nearest)
            case "load":
                return _helping_others(profiles, recipient, parameters["at_most"])
            case "absorption":
                return _being_absorbed(profiles)
            case "place":
                column = str(spec.column)
                return _elsewhere(profiles, column, parameters[_plural(column)])
            case "codes":
                return _named(profiles, parameters["codes"])
            case "group":
                return _of_one_group(profiles, recipient)
            case "member":
                return _member_already(profiles, recipient)
            case "service":
                return _not_running(profiles, spec, **parameters)
    except InvalidParameter as error:
        error.loc = ("parameters", rule.name)
        raise


def could_not_be_checked(rule: str, exclusion: Exclusion, candidate: int, sector: Sector) -> str:
    """That a rule could not be applied to a candidate, and what is unknown."""
    label = rules(sector)[rule].label
    return f"Could not be checked: {label[:1].lower()}{label[1:]}. {exclusion.doubt(candidate)}"


def not_itself(profiles: Profiles, recipient: int) -> Exclusion:
    """Exclude the recipient: no rule to be relaxed, but part of what a partner is."""
    excluded = np.zeros(len(profiles.types), dtype=bool)
    excluded[recipient] = True
    return Exclusion(excluded, lambda at: "It is the recipient.", _nobody(profiles))


@cached_apart_from_figures
def _of_type(profiles: Profiles, spec: RuleSpec, own: str) -> Exclusion:
    sector = profiles.sector
    if spec.declared:
        allowed = set(sector.types[own].candidates or (own,)) if own in sector.types else {own}
    else:
        allowed = {own}.union(*(group for group in spec.groups if own in group))
    other = ~np.isin(profiles.types, sorted(allowed))
    labels = {at: sector.type_label(str(profiles.types[at])) for at in np.flatnonzero(other).tolist()}
    recipient = sector.type_label(own)

    def reason(at: int) -> str:
        if spec.declared:
            return f"No {labels[at]} is a partner of a {recipient} in this arrangement."
        return f"It is of another kind ({labels[at]}) than the recipient ({recipient})."

    return Exclusion(other, reason, _nobody(profiles))


@cached
def _beyond_threshold(profiles: Profiles, spec: RuleSpec, given: float | None) -> Exclusion:
    column, width = profiles.column[str(spec.feature)], len(profiles.features)
    values = profiles.values[:, column]
    # unknown (NaN) compares as False
    lowest, highest = spec.at_least, spec.at_most
    if given is not None:
        lowest, highest = (given, None) if spec.parameter_is == "at_least" else (None, given)
    beyond = values > highest if highest is not None else values < (lowest or 0.0)
    ends = profiles.cells["period_end"].gather_every(width, column)
    old = _older_than(ends, profiles.as_of, spec.older_excludes_nobody) & ~np.isnan(values)
    too_old = beyond & old
    if spec.unless is not None:
        beyond = beyond & ~(profiles.values[:, profiles.column[spec.unless.feature]] <= spec.unless.at_most)
    feature, codes, days = profiles.features[column], tuple(profiles.position), ends.to_list()
    scale = profiles.sector.display.scales.get(feature.unit, {})
    sentences = {
        at: spec.reason.format(
            value=f"{values[at]:g}",
            figure=format_value(float(values[at]), feature.unit, profiles.sector),
            word=scale.get(f"{values[at]:.0f}", f"{values[at]:g}").casefold(),
            period_end="" if days[at] is None else format_date(days[at]),
        )
        + (
            joined_since(profiles.snapshot, codes[at], days[at], profiles.as_of)
            if feature.basis and days[at] is not None
            else ""
        )
        for at in np.flatnonzero(beyond | too_old).tolist()
    }
    applies = np.isin(profiles.types, feature.types) if feature.types else np.ones(len(values), dtype=bool)

    def doubt(at: int) -> str:
        if too_old[at]:
            return f"{sentences[at]} That is too long ago to exclude anyone."
        return f"The figure ({feature.label}) is unknown or too old to use."

    unchecked = (applies & np.isnan(values)) | (too_old & beyond)
    return Exclusion(beyond & ~too_old, sentences.__getitem__, unchecked, doubt)


def _older_than(ends: pl.Series, day: date, months: int | None) -> Mask:
    """(n,) which periods ended so many months ago, or longer."""
    if months is None:
        return np.zeros(len(ends), dtype=bool)
    limit = pl.select(pl.lit(day).dt.offset_by(f"-{months}mo")).item()
    old: Mask = (ends <= limit).fill_null(False).to_numpy()
    return old


@cached
def _under_intervention(profiles: Profiles, spec: RuleSpec) -> Exclusion:
    on_record = interventions_on(profiles.snapshot, profiles.as_of)
    counted = {code: spell for code, spell in on_record.items() if spell.regime in spec.regimes}
    active = [code for code, spell in counted.items() if spell.state == "active"]
    codes = tuple(profiles.position)

    def reason(at: int) -> str:
        return spec.reason.format(**intervention_phrases(counted[codes[at]], profiles.sector))

    return Exclusion(
        _rows_of(profiles, active),
        reason,
        _rows_of(profiles, counted.keys() - set(active)),
        lambda at: describe_intervention(counted[codes[at]], profiles.sector),
    )


def _of_size(
    profiles: Profiles, recipient: int, lowest: float = 0.0, highest: float = float("inf")
) -> Exclusion:
    if lowest > highest:
        text = f"No size is both above {lowest:g} and below {highest:g} times the recipient's."
        raise InvalidParameter(text, "Give a highest size ratio above the lowest.")
    ratio = size_ratios_to(profiles, recipient)

    def reason(at: int) -> str:
        word = "small" if ratio[at] < lowest else "large"
        return f"It is too {word}: {ratio[at]:.2g} times the size of the recipient."

    return Exclusion((ratio < lowest) | (ratio > highest), reason, np.isnan(ratio))


def _beyond_distance(profiles: Profiles, recipient: int, km: float, to_nearest: bool = False) -> Exclusion:
    away = nearest_sites_from if to_nearest else kilometres_from
    distance = away(profiles, recipient)
    return Exclusion(
        distance > km,
        lambda at: f"It is {distance[at]:.0f} km away, more than {km:g} km.",
        np.isnan(distance),
    )


def _helping_others(profiles: Profiles, recipient: int, at_most: int) -> Exclusion:
    codes = tuple(profiles.position)
    own, helped = codes[recipient], helping(profiles.snapshot, profiles.as_of)
    busy = {
        code: others
        for code, recipients in helped.items()
        if len(recipients) >= at_most and len(others := [who for who in recipients if who != own]) >= at_most
    }
    unsure = {
        code: told
        for code, with_others in _unsure_ties(profiles).items()
        if code != own and (told := [text for other, text in with_others.items() if other != own])
    }
    return Exclusion(
        _rows_of(profiles, busy),
        lambda at: f"It already helps {', '.join(busy[codes[at]])}.",
        _rows_of(profiles, unsure.keys() - busy.keys()),
        lambda at: " ".join(unsure[codes[at]]),
    )


@cached_apart_from_figures
def _unsure_ties(profiles: Profiles) -> dict[str, dict[str, str]]:
    """Code -> other code -> joint leadership of the two of which it is unknown whether it goes on."""
    out: dict[str, dict[str, str]] = {}
    for (code, other), known in ties(profiles.snapshot, profiles.as_of).items():
        if other in profiles.position and known[0].state == "unconfirmed":
            told = f"With {other}: {describe_tie(known[0], profiles.sector)}"
            out.setdefault(code, {})[other] = told
    return out


def _member_already(profiles: Profiles, recipient: int) -> Exclusion:
    members, groups = member_rows(profiles)
    excluded = _nobody(profiles)
    excluded[groups[members == recipient]] = True
    return Exclusion(excluded, lambda at: "The recipient is a member of it already.", _nobody(profiles))


@cached_apart_from_figures
def _being_absorbed(profiles: Profiles) -> Exclusion:
    into, codes = absorptions(profiles.snapshot, profiles.as_of), tuple(profiles.position)
    return Exclusion(
        _rows_of(profiles, into),
        lambda at: f"It is itself about to join {into[codes[at]]}.",
        _nobody(profiles),
    )


def _elsewhere(profiles: Profiles, column: str, names: Sequence[str]) -> Exclusion:
    words = profiles.sector.words
    word = getattr(words, column)
    own = profiles.organisations[column].to_list()
    wanted = set(areas_named(profiles, column, names))
    excluded = np.array([name is not None and name not in wanted for name in own])
    unknown = np.array([name is None for name in own])
    return Exclusion(excluded, lambda at: f"Its {word} is {own[at]}.", unknown)


def _named(profiles: Profiles, codes: Sequence[str]) -> Exclusion:
    known = set(profiles.snapshot.organisations["code"])
    for code in codes:
        if code not in known:
            step = "Name those to leave out by their codes; 'matchmaker organisations' lists them."
            raise InvalidParameter(f"There is no organisation with the code '{code}'.", step)
    return Exclusion(_rows_of(profiles, codes), lambda at: "The question leaves it out.", _nobody(profiles))


def _of_one_group(profiles: Profiles, recipient: int) -> Exclusion:
    codes = tuple(profiles.position)
    others = same_group(profiles.snapshot, profiles.as_of).get(codes[recipient], {})
    sure = [code for code, tie in others.items() if is_one_in_all_but_name(tie)]

    def reason(at: int) -> str:
        tie = describe_tie(others[codes[at]], profiles.sector)
        return f"It is one with the recipient in all but name. {tie}"

    return Exclusion(
        _rows_of(profiles, sure),
        reason,
        _rows_of(profiles, others.keys() - set(sure)),
        lambda at: describe_tie(others[codes[at]], profiles.sector),
    )


def _not_running(
    profiles: Profiles, spec: RuleSpec, service: Sequence[str] = (), focus: Sequence[str] = ()
) -> Exclusion:
    """Who is not shown to run any of the services, or knows none of the features, that are asked for."""
    named = [service_named(profiles.sector, name) for name in service]
    fits = _nobody(profiles)
    for one in named:
        if not set(one.feature_names) <= profiles.column.keys():
            step = "Name it in the field 'service' of the question."
            raise InvalidParameter(f"The figures of {one.phrase} were not read.", step)
        fits |= runs(profiles, one)
    for name in focus:
        fits |= ~np.isnan(profiles.values[:, profiles.column[name]])
    if spec.own_data:
        fits |= _rows_of(profiles, own_organisations(profiles.snapshot))

    def reason(at: int) -> str:
        of_own = " It is not of your own data." if spec.own_data else ""
        if named:
            return does_not_run(profiles, named[0], at) + of_own
        return of_own.strip() or "Nothing current is known of it where the partner should be strong."

    return Exclusion(~fits, reason, _nobody(profiles))


def _rows_of(profiles: Profiles, codes: Collection[str]) -> Mask:
    out = np.zeros(len(profiles.types), dtype=bool)
    out[[profiles.position[code] for code in codes if code in profiles.position]] = True
    return out


def _nobody(profiles: Profiles) -> Mask:
    return np.zeros(len(profiles.types), dtype=bool)


def _plural(word: str) -> str:
    return f"{word[:-1]}ies" if word.endswith("y") else f"{word}s"
