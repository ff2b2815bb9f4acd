"""Rules: reasons to exclude a candidate; an excluded candidate keeps its reasons.

Each rule is a function of the profiles, the recipient's row and its own bounds. What is unknown
excludes nobody.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matchmaker.cache import cached
from matchmaker.dates import format_date
from matchmaker.errors import InvalidParameter
from matchmaker.features import Profiles
from matchmaker.features.formatting import RATINGS
from matchmaker.models.arrangement import Rule
from matchmaker.models.scoring.geography import kilometres_from
from matchmaker.models.scoring.records import absorptions, active_interventions, helping
from matchmaker.models.scoring.size import sizes_beside

NOT_ITSELF = "not_itself"
TYPE_LABELS = {
    "acute": "acute",
    "acute_specialist": "acute specialist",
    "mental_health": "mental health",
    "community": "community",
    "ambulance": "ambulance",
    "other": "other",
}


@dataclass(frozen=True, slots=True)
class Exclusion:
    """What one rule says: (n_organisations,) excluded or not, and why for any one of them."""

    excluded: NDArray[np.bool_]
    reason: Callable[[int], str]


def apply_rule(rule: Rule, profiles: Profiles, recipient: int) -> Exclusion:
    """What a rule with its bounds says of every candidate.

    Args:
        rule: one that passes `bounds.check`.
        profiles: as of the day.
        recipient: its row.

    Raises:
        OutOfRange: a bound names what the profiles don't hold.
    """
    try:
        return RULES[rule.name](profiles, recipient, **dict(rule.bounds))
    except InvalidParameter as error:
        error.loc = ("parameters", rule.name)
        raise


def not_itself(profiles: Profiles, recipient: int) -> Exclusion:
    """The recipient: no rule to be relaxed, but part of what a partner is."""
    excluded = np.zeros(len(profiles.types), dtype=bool)
    excluded[recipient] = True
    return Exclusion(excluded, lambda at: "It is the recipient.")


def same_type(profiles: Profiles, recipient: int) -> Exclusion:
    """Organisations of another kind."""
    own = str(profiles.types[recipient])
    return _of_types(profiles, own, frozenset({own}))


def kinds_that_merge(profiles: Profiles, recipient: int) -> Exclusion:
    """Ambulance trusts for all others, and all others for ambulance trusts."""
    own = str(profiles.types[recipient])
    rest = frozenset({"acute", "acute_specialist", "mental_health", "community"})
    return _of_types(profiles, own, rest if own in rest else frozenset({own}))


@cached
def _of_types(profiles: Profiles, own: str, allowed: frozenset[str]) -> Exclusion:
    other = ~np.isin(profiles.types, sorted(allowed))
    types = {at: TYPE_LABELS[str(profiles.types[at])] for at in np.flatnonzero(other).tolist()}
    recipient = TYPE_LABELS[own]
    return Exclusion(
        other, lambda at: f"It is of another kind ({types[at]}) than the recipient ({recipient})."
    )


def not_in_special_measures(profiles: Profiles, recipient: int) -> Exclusion:  # noqa: ARG001
    """Organisations in special measures or in the Recovery Support Programme on the day."""
    return _in_special_measures(profiles)


@cached
def _in_special_measures(profiles: Profiles) -> Exclusion:
    said = active_interventions(profiles.snapshot, profiles.as_of)

    def reason(at: int) -> str:
        spell = said[_code(profiles, at)]
        name = "the Recovery Support Programme" if spell["regime"] == "RSP" else "special measures"
        since = f" since {_dated(spell['entry'], spell['entry_precision'])}" if spell["entry"] else ""
        end = "" if spell["exit_known"] else " (its end, if it has ended, is not known)"
        return f"It is in {name}{since}{end}."

    return Exclusion(_among(profiles, said), reason)


def rated_good_or_better(profiles: Profiles, recipient: int) -> Exclusion:  # noqa: ARG001
    """Organisations rated inadequate or requires improvement overall."""
    return _rated_below(profiles, 3)


def rated_better_than_inadequate(profiles: Profiles, recipient: int) -> Exclusion:  # noqa: ARG001
    """Organisations rated inadequate overall."""
    return _rated_below(profiles, 2)


@cached
def _rated_below(profiles: Profiles, lowest: int) -> Exclusion:
    rating, when = _column(profiles, "cqc_overall")

    below = rating < lowest  # unknown (NaN) compares as False
    said = {
        at: f"CQC rated it {RATINGS[int(rating[at])].casefold()} overall on {when[at]}."
        for at in np.flatnonzero(below).tolist()
    }
    return Exclusion(below, said.__getitem__)


def oversight_segment(profiles: Profiles, recipient: int, highest: int) -> Exclusion:  # noqa: ARG001
    """Organisations in an oversight segment above `highest` (5 is the most help needed)."""
    return _in_segment_above(profiles, highest)


@cached
def _in_segment_above(profiles: Profiles, highest: int) -> Exclusion:
    segment, when = _column(profiles, "oversight_segment")

    above = segment > highest
    said = {
        at: f"It is in oversight segment {segment[at]:.0f} (quarter to {when[at]})."
        for at in np.flatnonzero(above).tolist()
    }
    return Exclusion(above, said.__getitem__)


def size_ratio(
    profiles: Profiles, recipient: int, lowest: float = 0.0, highest: float = float("inf")
) -> Exclusion:
    """Organisations whose size beside the recipient's lies outside the bounds."""
    if lowest > highest:
        text = f"No size is both above {lowest:g} and below {highest:g} times the recipient's."
        raise InvalidParameter(text, "Give a highest size ratio above the lowest.")
    ratio = sizes_beside(profiles, recipient)

    def reason(at: int) -> str:
        word = "small" if ratio[at] < lowest else "large"
        return f"It is too {word}: {ratio[at]:.2g} times the size of the recipient."

    return Exclusion((ratio < lowest) | (ratio > highest), reason)


def within_km(profiles: Profiles, recipient: int, km: float) -> Exclusion:
    """Organisations whose headquarters are more than `km` km away."""
    distance = kilometres_from(profiles, recipient)
    return Exclusion(distance > km, lambda at: f"It is {distance[at]:.0f} km away, more than {km:g} km.")


def not_already_helping(profiles: Profiles, recipient: int, at_most: int) -> Exclusion:
    """Organisations that help others already: as far as is recorded, `at_most` or more."""
    running = helping(profiles.snapshot, profiles.as_of)
    own = _code(profiles, recipient)
    others = {code: [who for who in whom if who != own] for code, whom in running.items()}
    busy = {code: whom for code, whom in others.items() if len(whom) >= at_most}
    return Exclusion(
        _among(profiles, busy),
        lambda at: f"It already helps {', '.join(busy[_code(profiles, at)])}.",
    )


def not_being_absorbed(profiles: Profiles, recipient: int) -> Exclusion:  # noqa: ARG001
    """Organisations that are themselves being taken over or merged into another."""
    return _being_absorbed(profiles)


@cached
def _being_absorbed(profiles: Profiles) -> Exclusion:
    into = absorptions(profiles.snapshot, profiles.as_of)
    return Exclusion(
        _among(profiles, into), lambda at: f"It is itself about to join {into[_code(profiles, at)]}."
    )


def in_region(profiles: Profiles, recipient: int, regions: Sequence[str]) -> Exclusion:  # noqa: ARG001
    """Organisations of other regions."""
    return _named(profiles, "region", regions)


def in_locality(profiles: Profiles, recipient: int, localities: Sequence[str]) -> Exclusion:  # noqa: ARG001
    """Organisations of other local systems."""
    return _named(profiles, "locality", localities)


def _named(profiles: Profiles, column: str, names: Sequence[str]) -> Exclusion:
    own = profiles.organisations[column].to_list()
    known = {name.casefold(): name for name in own if name is not None}
    for name in names:
        if name.casefold() not in known:
            step = f"The {column}s are: {', '.join(sorted(known.values()))}."
            raise InvalidParameter(f"There is no {column} '{name}'.", step)
    wanted = {known[name.casefold()] for name in names}
    excluded = np.array([name is not None and name not in wanted for name in own])
    return Exclusion(excluded, lambda at: f"Its {column} is {own[at]}.")


def leave_out(profiles: Profiles, recipient: int, codes: Sequence[str]) -> Exclusion:  # noqa: ARG001
    """Organisations that the question leaves out."""
    known = set(profiles.snapshot.organisations["code"])
    for code in codes:
        if code not in known:
            step = "Name those to leave out by their codes; 'matchmaker trusts' lists them."
            raise InvalidParameter(f"There is no organisation with the code '{code}'.", step)
    return Exclusion(_among(profiles, codes), lambda at: "The question leaves it out.")


RULES: dict[str, Callable[..., Exclusion]] = {
    rule.__name__: rule
    for rule in (
        same_type,
        kinds_that_merge,
        not_in_special_measures,
        rated_good_or_better,
        rated_better_than_inadequate,
        oversight_segment,
        size_ratio,
        within_km,
        not_already_helping,
        not_being_absorbed,
        in_region,
        in_locality,
        leave_out,
    )
}


@cached
def _codes(profiles: Profiles) -> tuple[str, ...]:
    return tuple(profiles.position)


def _code(profiles: Profiles, at: int) -> str:
    return _codes(profiles)[at]


def _among(profiles: Profiles, codes: Collection[str]) -> NDArray[np.bool_]:
    out = np.zeros(len(profiles.types), dtype=bool)
    out[[profiles.position[code] for code in codes if code in profiles.position]] = True
    return out


def _column(profiles: Profiles, feature: str) -> tuple[NDArray[np.float64], list[str]]:
    """A feature's values, and the days on which their periods end, in words."""
    column, width = profiles.column[feature], len(profiles.features)
    ends = profiles.cells["period_end"].gather_every(width, column).to_list()
    return profiles.values[:, column], ["" if end is None else format_date(end) for end in ends]


def _dated(day: Any, precision: str) -> str:
    return {"day": format_date(day), "month": f"{day:%B %Y}", "year": f"{day:%Y}"}[precision]
