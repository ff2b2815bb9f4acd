"""Rows of key facts: the recipient's own, and that of each option, as of the day of the profiles."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from matchmaker.cache import cached, cached_apart_from_figures
from matchmaker.dates import DAYS_PER_MONTH, format_date, format_period
from matchmaker.features.definition import Feature
from matchmaker.features.formatting import join_and
from matchmaker.features.profiles import NOT_APPLICABLE, STALE, Profiles
from matchmaker.models.arrangement import Arrangement
from matchmaker.models.demand import LIST_LENGTH, MAX_DEMAND, demand
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
    out = []
    alone = recipient in (None, row)
    own_facts = _own_facts(profiles.same_row(row), row)
    for (fact, definition), own in zip(_forms(profiles.sector), own_facts, strict=True):
        match definition.form:
            case "distance" if not alone:
                out.append(_distance(profiles, row, recipient or 0, fact, definition.to_nearest))
            case "ties" if not alone:
                out.append(_ties(profiles, row, recipient, fact))
            case "lists" if not alone:
                out.append(_lists(profiles, row, arrangement, fact))
            case "unchecked" if not alone:
                named = unchecked
                if named is None and arrangement is not None:
                    named = _unchecked(profiles, row, recipient or 0, arrangement)
                out.append(_could_not_be_checked(profiles, named, fact))
            case _:
                out.append(own)
    return tuple(out)


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
                out.append(_ties(profiles, row, None, fact))
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


def _distance(profiles: Profiles, row: int, recipient: int, fact: KeyFact, to_nearest: bool) -> KeyFact:
    words = profiles.sector.words
    # rounded once, for every face
    km = round(float(kilometres_from(profiles, recipient)[row]), 1)
    nearest = round(float(nearest_sites_from(profiles, recipient)[row]), 1)
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


def _ties(profiles: Profiles, row: int, recipient: int | None, fact: KeyFact) -> KeyFact:
    """Ties with the recipient; with anyone, for the recipient itself or where there is none."""
    codes = organisations_of(profiles)
    of_one = _ties_of(profiles).get(codes[row].code, {})
    pair = None if recipient in (None, row) else codes[recipient or 0].code
    if pair is not None:
        of_one = {pair: of_one[pair]} if pair in of_one else {}
    names = _names(profiles) if of_one else {}
    told, shown = [], []
    for other, known in of_one.items():
        now = [tie for tie in known if tie.state != "ended"]
        # help by those who lead both is joint leadership told twice
        joint = [tie for tie in now if tie.is_joint] or now
        for tie in joint:
            whom = f" (with {names.get(other, other)})" if pair is None else ""
            told.append(_tie_text(tie, profiles).rstrip(".") + whom)
            shown.append(tie)
    if not told:
        with_whom = "none with it on record" if pair is not None else "none on record"
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


def _lists(profiles: Profiles, row: int, arrangement: Arrangement | None, fact: KeyFact) -> KeyFact:
    """On how many lists it stands, and how many could name it."""
    if arrangement is None or len(profiles.types) > MAX_DEMAND:
        return fact
    asked = demand(profiles, arrangement)
    n_lists, on_lists = int(asked.n_lists[row]), int(asked.on_lists[row])
    if not n_lists:
        return _known(fact, 0.0, "lists", "no list could name it")
    need = profiles.sector.need
    of_need = f" {profiles.sector.words.organisations} {need.label}" if asked.in_need and need else ""
    basis = fact.basis or f"among the first {LIST_LENGTH} on lists of{of_need or ' all'}"
    return _known(fact, float(on_lists), "lists", f"{on_lists} of {n_lists}", basis=basis)


def _unchecked(profiles: Profiles, row: int, recipient: int, arrangement: Arrangement) -> list[str]:
    effects = {rule.name: apply_rule(rule, profiles, recipient) for rule in arrangement.rules}
    return [name for name, one in effects.items() if one.unchecked[row]]


def _could_not_be_checked(profiles: Profiles, named: Sequence[str] | None, fact: KeyFact) -> KeyFact:
    if named is None:
        return fact
    if not named:
        return _known(fact, 0.0, "rules", "every rule was checked")
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
