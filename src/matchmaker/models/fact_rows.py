"""Rows of key facts: the recipient's own, and that of each option, as of the day of the profiles."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from matchmaker.cache import Kept, cached, cached_apart_from_figures
from matchmaker.dates import DAYS_PER_MONTH, format_date, format_period
from matchmaker.features.definition import Feature
from matchmaker.features.formatting import join_and
from matchmaker.features.profiles import NOT_APPLICABLE, STALE, Profiles
from matchmaker.models.arrangement import Arrangement
from matchmaker.models.demand import LIST_LENGTH, MAX_DEMAND, Demand, demand, published
from matchmaker.models.eligibility.rules import apply_rule, rules
from matchmaker.models.explanation.contributions import organisations_of
from matchmaker.models.explanation.reasons import figure_text
from matchmaker.models.key_facts import FactDefinition, FactState, KeyFact, fact_definitions
from matchmaker.models.scoring.geography import kilometres_from, nearest_sites_from
from matchmaker.models.scoring.phrases import FEWEST_FOR_PERCENT, percent_1_99
from matchmaker.models.scoring.records import describe_intervention, interventions_on
from matchmaker.models.ties import HELPED, HELPING, Tie, describe_tie, ties
from matchmaker.models.types import Organisation
from matchmaker.sector import Sector
from matchmaker.snapshot.mergers import COMBINED, describe_merger

NAMED = 3
"""How many others are named one by one."""
MAX_KEPT, FACTS_BYTES = 20, 2_000
"""Organisations whose facts are kept beside one recipient, and what those of each take, about."""
_NOBODY: Mapping[str, tuple[Tie, ...]] = {}


@dataclass(frozen=True, slots=True)
class FactsRow:
    """The key facts of one organisation."""

    organisation: Organisation
    """Whose."""
    facts: tuple[KeyFact, ...]
    """In the sector's order."""


def fact_rows(
    profiles: Profiles,
    recipient: str | None,
    codes: Sequence[str],
    arrangement: Arrangement | None = None,
) -> tuple[FactsRow, ...]:
    """The recipient's row, then one for each of some organisations.

    Args:
        profiles: as of the day.
        recipient: its code; None where nothing is about a pair.
        codes: the organisations, in the order wanted.
        arrangement: whose rules say what could not be checked, and whose lists are counted.

    Raises:
        KeyError: a code is of none that is open on the day.
    """
    own = None if recipient is None else profiles.position[recipient]
    wanted = ([] if own is None else [own]) + [profiles.position[code] for code in codes]
    return tuple(
        FactsRow(organisations_of(profiles)[row], key_facts(profiles, row, own, arrangement))
        for row in wanted
    )


def key_facts(
    profiles: Profiles,
    row: int,
    recipient: int | None,
    arrangement: Arrangement | None = None,
    unchecked: Sequence[str] | None = None,
) -> tuple[KeyFact, ...]:
    """The key facts of one organisation, beside a recipient or by itself.

    Args:
        profiles: as of the day.
        row: of the organisation.
        recipient: row of the recipient; the same row for its own facts, None for no pair.
        arrangement: whose rules say what could not be checked, and whose lists are counted.
        unchecked: rules that could not be applied, where that is known already.
    """
    if recipient in (None, row):
        return _own_facts(profiles.same_row(row), row)
    return ComparedFacts(profiles, recipient or 0, arrangement).of(row, unchecked)


class ComparedFacts:
    """Key facts of organisations beside one recipient; what is the same for all of them is looked up once.

    Args:
        profiles: as of the day.
        recipient: its row.
        arrangement: as for `key_facts`.
    """

    def __init__(self, profiles: Profiles, recipient: int, arrangement: Arrangement | None = None) -> None:
        self.profiles, self.recipient, self.arrangement = profiles, recipient, arrangement
        preset = None if arrangement is None else published(profiles.sector, arrangement)
        self._kept = _kept(profiles, recipient, preset)

    @cached_property
    def _demand(self) -> Demand | None:
        # All lists against all candidates: of many thousands that is too much.
        few = len(self.profiles.types) <= MAX_DEMAND
        return demand(self.profiles, self.arrangement) if self.arrangement is not None and few else None

    def of(self, row: int, unchecked: Sequence[str] | None = None) -> tuple[KeyFact, ...]:
        """The facts of another organisation.

        Args:
            row: of the organisation.
            unchecked: as for `key_facts`.
        """
        if unchecked is None:
            return self._of(row, None)
        key = row, tuple(unchecked)
        found = self._kept.get(key)
        if found is None:
            self._kept[key] = found = self._of(row, unchecked)
        return found

    def _of(self, row: int, unchecked: Sequence[str] | None) -> tuple[KeyFact, ...]:
        profiles, organisations = self.profiles, organisations_of(self.profiles)
        out = list(_own_facts(profiles.same_row(row), row))
        for at, fact, definition, nothing in _of_pairs(profiles.sector):
            match definition.form:
                case "distance":
                    km = float(kilometres_from(profiles, self.recipient)[row])
                    nearest = float(nearest_sites_from(profiles, self.recipient)[row])
                    out[at] = _distance(profiles.sector, km, nearest, fact, definition.to_nearest)
                case "ties":
                    code = organisations[self.recipient].code
                    known = _ties_of(profiles).get(organisations[row].code, _NOBODY).get(code)
                    if known is None:
                        out[at] = nothing
                    else:
                        out[at] = _ties(profiles, {code: known}, fact, of_pair=True)
                case "lists":
                    out[at] = self._lists(row, fact)
                case _:
                    named = unchecked
                    if named is None and self.arrangement is not None:
                        named = _unchecked(profiles, row, self.recipient, self.arrangement)
                    if named is not None:
                        out[at] = _could_not_be_checked(profiles, named, fact) if named else nothing
        return tuple(out)

    def _lists(self, row: int, fact: KeyFact) -> KeyFact:
        """On how many lists it stands, and how many could name it."""
        asked = self._demand
        if asked is None:
            return fact
        n_lists, on_lists = int(asked.n_lists[row]), int(asked.on_lists[row])
        if not n_lists:
            return _known(fact, 0.0, "lists", "no list could name it")
        sector = self.profiles.sector
        of_need = (
            f" {sector.words.organisations} {sector.need.label}" if asked.in_need and sector.need else ""
        )
        basis = fact.basis or f"among the first {LIST_LENGTH} on lists of{of_need or ' all'}"
        return _known(fact, float(on_lists), "lists", f"{on_lists} of {n_lists}", basis=basis)


@cached
def _kept(
    profiles: Profiles,  # noqa: ARG001
    recipient: int,  # noqa: ARG001
    preset: Arrangement | None,  # noqa: ARG001
) -> Kept[tuple[int, tuple[str, ...]], tuple[KeyFact, ...]]:
    """The facts kept beside a recipient: row and rules that could not be applied -> facts."""
    return Kept(MAX_KEPT, FACTS_BYTES)


@cached
def _of_pairs(sector: Sector) -> tuple[tuple[int, KeyFact, FactDefinition, KeyFact], ...]:
    """The facts of a pair: place, as where it does not apply, definition, as where nothing is to be told."""
    words = {"ties": ("", "none with it on record"), "unchecked": ("rules", "every rule was checked")}
    return tuple(
        (at, fact, one, _known(fact, 0.0, *words[one.form]) if one.form in words else fact)
        for at, (fact, one) in enumerate(_forms(sector))
        if one.form in {"distance", "ties", "lists", "unchecked"}
    )


@cached
def _forms(sector: Sector) -> tuple[tuple[KeyFact, FactDefinition], ...]:
    """Each fact as it is where it does not apply, with its definition."""
    return tuple(
        (KeyFact(key, one.label, None, "", "", "not_applicable", basis=one.basis), one)
        for key, one in fact_definitions(sector).items()
    )


@cached
def _own_facts(profiles: Profiles, row: int) -> tuple[KeyFact, ...]:
    """The facts of one organisation by itself, whoever asks; those of a pair do not apply."""
    out = []
    for fact, definition in _forms(profiles.sector):
        match definition.form:
            case "figure":
                out.append(_figure(profiles, row, fact, definition))
            case "intervention":
                out.append(_intervention(profiles, row, fact))
            case "load":
                out.append(_load(profiles, row, fact))
            case "ties":
                of_one = _ties_of(profiles).get(organisations_of(profiles)[row].code, {})
                out.append(_ties(profiles, of_one, fact))
            case _:
                out.append(fact)
    return tuple(out)


def _figure(profiles: Profiles, row: int, fact: KeyFact, definition: FactDefinition) -> KeyFact:
    """The latest figure of the features that may give the fact; the others in a note."""
    columns = [profiles.column[name] for name in definition.features if name in profiles.column]
    cells = _cells(profiles.same_row(row), row)
    found = [(profiles.features[at], at, cells[at]) for at in columns]
    known = [one for one in found if one[2]["value"] is not None]
    if not known:
        applies = any(one[2]["state"] != NOT_APPLICABLE for one in found)
        unit = profiles.features[columns[0]].unit if columns else ""
        return replace(fact, unit=unit, state="unknown", text="unknown") if applies else fact
    # of those of one day the first that is named counts
    known.sort(key=lambda one: one[2]["period_end"], reverse=True)
    feature, at, cell = known[0]
    start, end = cell["period_start"], cell["period_end"]
    stale = cell["state"] == STALE
    others = [_also(profiles, *other) for other in known[1:]]
    return replace(
        fact,
        value=cell["value"],
        text=figure_text(profiles, feature, cell["value"]) + _official_band(profiles, row, definition, cell),
        unit=feature.unit,
        state="stale" if stale else "known",
        period_start=start,
        period_end=end,
        period="; ".join([format_period(start, end), *_merger(profiles, row, feature, cell)]),
        months_old=int((profiles.as_of - end).days / DAYS_PER_MONTH),
        source=cell["source"],
        publisher=profiles.snapshot.sources.get(cell["source"] or "", {}).get("publisher"),
        basis=fact.basis or feature.basis,
        band=_band(profiles, row, at) if definition.compare and not stale else "",
        note=" ".join([*(["Too old to be used."] if stale else []), *others]),
    )


def _merger(profiles: Profiles, row: int, feature: Feature, cell: Mapping[str, Any]) -> list[str]:
    """Whether a figure was added up from the parts of a merged organisation, or is of one part alone."""
    if feature.is_derived:
        return []
    code = organisations_of(profiles)[row].code
    told = describe_merger(profiles.snapshot, code, profiles.as_of, cell["period_end"], cell["file"])
    if told is None:
        return []
    short = COMBINED if told.startswith(COMBINED) else told.rstrip(".")
    return [f"{short[0].lower()}{short[1:]}"]


def _also(profiles: Profiles, feature: Feature, _: int, cell: Mapping[str, Any]) -> str:
    text = figure_text(profiles, feature, cell["value"])
    resting = f", resting on {feature.basis}" if feature.basis else ""
    return f"{feature.label}: {text} ({format_period(cell['period_start'], cell['period_end'])}{resting})."


def _official_band(profiles: Profiles, row: int, definition: FactDefinition, cell: Mapping[str, Any]) -> str:
    """The publisher's own band of the same period, to stand behind the figure."""
    if definition.official_band not in profiles.column:
        return ""
    at = profiles.column[definition.official_band]
    band = _cells(profiles, row)[at]
    if band["value"] is None or band["period_end"] != cell["period_end"]:
        return ""
    return f", {figure_text(profiles, profiles.features[at], band['value']).lower()}"


def _band(profiles: Profiles, row: int, column: int) -> str:
    """Where a figure stands among its type, by its number; empty among few."""
    same = profiles.types == profiles.types[row]
    share = float(profiles.percentiles[row, column])
    if math.isnan(share) or np.count_nonzero(~np.isnan(profiles.values[same, column])) < FEWEST_FOR_PERCENT:
        return ""
    plural = profiles.sector.type_plural(str(profiles.types[row]))
    n = percent_1_99(share)
    return f"higher than {n} in 100 {plural}" if n >= 50 else f"lower than {100 - n} in 100 {plural}"


def _intervention(profiles: Profiles, row: int, fact: KeyFact) -> KeyFact:
    """The intervention under way, or that may be; that none is on record is no proof of none."""
    code = organisations_of(profiles)[row].code
    found = interventions_on(profiles.snapshot, profiles.as_of).get(code)
    if found is None:
        return replace(fact, value=0.0, state="known", text="none on record")
    label = profiles.sector.interventions.regimes[found.regime].label
    word = {"active": "reported to be in", "doubted": "may be in", "lapsed": "was reported to be in"}
    entry = found.entry and format_date(found.entry, found.entry_precision or "day")
    return replace(
        fact,
        value=1.0 if found.state == "active" else None,
        state="known" if found.state == "active" else "unknown",
        text=f"{word[found.state]} {label}{f' since {entry}' if entry else ''}",
        period_start=found.shown,
        period_end=found.shown,
        period=format_date(found.shown),
        source=found.source,
        note=describe_intervention(found, profiles.sector),
    )


def _distance(sector: Sector, km: float, nearest: float, fact: KeyFact, to_nearest: bool) -> KeyFact:
    words = sector.words
    km, nearest = round(km, 1), round(nearest, 1)  # once, for every face
    sites = "" if math.isnan(nearest) else f"Nearest {words.sites} of the two: {nearest:.0f} km."
    if to_nearest and not math.isnan(nearest):
        km, sites = (
            nearest,
            "" if math.isnan(km) else f"{words.place.capitalize()} to {words.place}: {km:.0f} km.",
        )
        basis = f"straight line, nearest {words.sites} of the two"
    else:
        basis = fact.basis or f"straight line, {words.place} to {words.place}"
    if math.isnan(km):
        return _known(fact, None, "km", "unknown", state="unknown", note=sites)
    return _known(fact, km, "km", f"{km:.0f} km", basis=basis, note=sites)


def _known(
    fact: KeyFact,
    value: float | None,
    unit: str,
    text: str,
    *,
    state: FactState = "known",
    basis: str | None = None,
    note: str = "",
) -> KeyFact:
    """A fact that is of no period."""
    basis = fact.basis if basis is None else basis
    return KeyFact(fact.key, fact.label, value, text, unit, state, basis=basis, note=note)


def _ties(
    profiles: Profiles, of_one: Mapping[str, tuple[Tie, ...]], fact: KeyFact, *, of_pair: bool = False
) -> KeyFact:
    """Ties with each of some organisations; of a pair with the recipient, which need not be named."""
    names = _names(profiles) if of_one else {}
    told, shown = [], []
    for other, known in of_one.items():
        now = [tie for tie in known if tie.state != "ended"]
        # help by those who lead both is joint leadership told twice
        joint = [tie for tie in now if tie.is_joint] or now
        for tie in joint:
            whom = f" (with {names.get(other, other)})" if not of_pair else ""
            told.append(_tie_text(tie, profiles).rstrip(".") + whom)
            shown.append(tie)
    if not told:
        with_whom = "none with it on record" if of_pair else "none on record"
        return _known(fact, 0.0, "", with_whom)
    seen = [tie.seen for tie in shown if tie.seen is not None]
    unsure = all(tie.state == "unconfirmed" for tie in shown)
    return replace(
        fact,
        value=None if unsure else float(sum(tie.state == "in_force" for tie in shown)),
        state="unknown" if unsure else "known",
        text="; ".join(told[:NAMED]) + (f"; and {len(told) - NAMED} more" if len(told) > NAMED else ""),
        period_end=max(seen, default=None),
        period=f"last reported by {format_date(max(seen), 'month')}" if seen else "",
        source=shown[0].source,
    )


def _tie_text(tie: Tie, profiles: Profiles) -> str:
    if tie.is_joint:
        return describe_tie(replace(tie, seen=None) if tie.state == "in_force" else tie, profiles.sector)
    word = {HELPING: "helps it", HELPED: "is helped by it"}.get(tie.kind, "is to join it")
    since = f" since {format_date(tie.since, tie.since_precision)}" if tie.since else ""
    return f"{word}{since}"


def _load(profiles: Profiles, row: int, fact: KeyFact) -> KeyFact:
    """How many others it helps now and is helped by, with their names."""
    names = _names(profiles)
    code = organisations_of(profiles)[row].code
    parts, count = [], 0
    for kind, verb in ((HELPING, "helps"), (HELPED, "is helped by")):
        others = [
            other
            for other, known in _ties_of(profiles).get(code, {}).items()
            if any(tie.kind == kind and tie.state == "in_force" for tie in known)
        ]
        count += len(others)
        if others:
            listed = [names.get(other, other) for other in others[:NAMED]]
            more = len(others) - NAMED
            parts.append(f"{verb} {join_and([*listed, f'{more} more'] if more > 0 else listed)}")
    text = "; ".join(parts) or "none on record"
    return replace(fact, value=float(count), unit="organisations", state="known", text=text)


def _unchecked(profiles: Profiles, row: int, recipient: int, arrangement: Arrangement) -> list[str]:
    effects = {rule.name: apply_rule(rule, profiles, recipient) for rule in arrangement.rules}
    return [name for name, one in effects.items() if one.unchecked[row]]


def _could_not_be_checked(profiles: Profiles, named: Sequence[str], fact: KeyFact) -> KeyFact:
    labels = [rules(profiles.sector)[name].label for name in named]
    text = "; ".join([labels[0], *(f"{label[:1].lower()}{label[1:]}" for label in labels[1:])])
    return replace(fact, value=float(len(named)), unit="rules", state="known", text=text)


@cached
def _cells(profiles: Profiles, row: int) -> list[dict[str, Any]]:
    """The cells of one organisation, feature by feature."""
    columns = ("value", "state", "period_start", "period_end", "source", "file")
    width = len(profiles.features)
    return profiles.cells.select(columns).slice(row * width, width).to_dicts()


@cached_apart_from_figures
def _ties_of(profiles: Profiles) -> dict[str, dict[str, tuple[Tie, ...]]]:
    """Code -> the organisations with which it has ties, and these."""
    out: dict[str, dict[str, tuple[Tie, ...]]] = {}
    for (one, other), known in ties(profiles.snapshot, profiles.as_of).items():
        out.setdefault(one, {})[other] = known
    return out


@cached_apart_from_figures
def _names(profiles: Profiles) -> dict[str, str]:
    return dict(profiles.snapshot.organisations.select("code", "name").iter_rows())
