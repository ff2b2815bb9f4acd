"""Sets of organisations to compare with, by rule or by hand, and how a feature is spread in each."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from matchmaker.errors import InvalidParameter
from matchmaker.features.areas import areas_named, type_named
from matchmaker.features.profiles import Profiles
from matchmaker.features.types import ComparisonSet, Spread
from matchmaker.written import name_meant

IDENTITY = ("type", "region", "locality")
"""What a rule can ask of an organisation, beside the value of a feature."""
MIN_KNOWN = 3
"""Fewer known figures than this are no spread."""


def usual_sets(profiles: Profiles, code: str) -> tuple[ComparisonSet, ...]:
    """The organisations of the same type as one, and those of them in the same region."""
    at = profiles.position[code]
    kind, region = profiles.organisations.row(at, named=True)["type"], profiles.organisations["region"][at]
    of_type = profiles.types == kind
    plural = profiles.sector.type_plural(kind)
    sets = [_set(profiles, plural, of_type)]
    if region is not None:
        there = (profiles.organisations["region"] == region).fill_null(False).to_numpy()
        sets.append(_set(profiles, f"{plural}, {region}", of_type & there))
    return tuple(sets)


def own_set(profiles: Profiles, terms: Sequence[str], find: Callable[[str], str]) -> ComparisonSet | None:
    """A set of one's own; None without terms.

    Args:
        profiles: as of the day.
        terms: rules such as `type=ferry`, `region=East coast,West coast` or `inspection=1,2`, of which
            all must hold; and codes or names by hand, with commas between them, which are added.
        find: from a code or name to the code.

    Raises:
        InvalidParameter: a rule can't be read, or nobody is in the set.
        MatchmakerError: whatever `find` raises.
    """
    given = [term.strip() for term in terms if term.strip()]
    if not given:
        return None
    rules = [term for term in given if "=" in term]
    named = [name.strip() for term in given if "=" not in term for name in term.split(",") if name.strip()]
    inside = np.full(len(profiles.types), bool(rules))
    for rule in rules:
        inside &= _holds(profiles, rule)
    for name in named:
        code = find(name)
        if code in profiles.position:
            inside[profiles.position[code]] = True
    if not inside.any():
        text = f"No open {profiles.sector.words.organisation} is in the set '{'; '.join(given)}'."
        raise InvalidParameter(text, "Loosen a rule of the set, or name some by code.", ("set",))
    said = [*(_says(profiles, rule) for rule in rules), *([", ".join(named)] if named else [])]
    return _set(profiles, "own set: " + "; ".join(said), inside)


def spread_of(profiles: Profiles, column: int, one: ComparisonSet) -> Spread | None:
    """How a feature is spread in a set; None where fewer than `MIN_KNOWN` of it are known."""
    rows = [profiles.position[code] for code in one.codes]
    values = profiles.values[rows, column]
    values = values[~np.isnan(values)]
    if len(values) < MIN_KNOWN:
        return None
    marks = np.quantile(values, [0, 0.25, 0.5, 0.75, 1]).tolist()
    if profiles.features[column].direction == "lower":
        marks.reverse()
    return Spread(one.label, len(values), *marks)


def _set(profiles: Profiles, label: str, inside: NDArray[np.bool_]) -> ComparisonSet:
    return ComparisonSet(label, tuple(profiles.organisations["code"].filter(inside).to_list()))


def _says(profiles: Profiles, rule: str) -> str:
    """A rule that can be read, in words."""
    name, _, text = (part.strip() for part in rule.partition("="))
    wanted = [one.strip() for one in text.split(",") if one.strip()]
    if name == "type":
        return join_or([profiles.sector.type_label(one) for one in _types(profiles, wanted)])
    if name in IDENTITY:
        return join_or(wanted)
    return f"{profiles.features[profiles.column[_feature(profiles, name)]].label} {join_or(wanted)}"


def _types(profiles: Profiles, texts: Sequence[str]) -> list[str]:
    return [type_named(profiles.sector, text) for text in texts]


def _feature(profiles: Profiles, text: str) -> str:
    return name_meant(text, {one.name: one.label for one in profiles.features}) or text


def join_or(words: Sequence[str]) -> str:
    """Alternatives in a sentence: 1, 2 or 3."""
    return " or ".join(filter(None, (", ".join(words[:-1]), *words[-1:])))


def _holds(profiles: Profiles, rule: str) -> NDArray[np.bool_]:
    """For each organisation, whether a rule holds; an unknown value is none of those asked for."""
    name, _, text = rule.partition("=")
    name, wanted = name.strip(), [one.strip() for one in text.split(",") if one.strip()]
    if name in IDENTITY:
        try:
            meant = _types(profiles, wanted) if name == "type" else areas_named(profiles, name, wanted)
        except InvalidParameter as error:
            error.loc = ("set",)
            raise
        return profiles.organisations[name].is_in(list(meant)).fill_null(False).to_numpy()
    name = _feature(profiles, name)
    if name not in profiles.column:
        step = f"A rule begins with {', '.join(IDENTITY)} or the name of a feature."
        raise InvalidParameter(f"The set has a rule about '{name}', which is not known.", step, ("set",))
    try:
        numbers = [float(one) for one in wanted]
    except ValueError as error:
        raise InvalidParameter(f"'{rule}' asks for no number.", "Write it as name=1,2.", ("set",)) from error
    holds: NDArray[np.bool_] = np.isin(profiles.values[:, profiles.column[name]], numbers)
    return holds
