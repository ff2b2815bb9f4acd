"""Pair features: what models of past practice see of a recipient and a candidate on a day.

A sector lists its own in `pair_features.toml`, each in one of the forms of `FORMS`. A direction is fixed
beforehand where plain sense or evidence fixes it (nearer, larger, more solvent), never by looking at who
was chosen. Unknown stays NaN.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Literal, Self

import numpy as np
import polars as pl
from pydantic import model_validator

from matchmaker.cache import cached
from matchmaker.errors import Issue, IssueList
from matchmaker.features.formatting import format_value
from matchmaker.features.profiles import Profiles
from matchmaker.models.arrangement import Rule
from matchmaker.models.eligibility.rules import apply_rule
from matchmaker.models.scoring.criteria import closeness, standing
from matchmaker.models.scoring.geography import kilometres
from matchmaker.models.scoring.records import relations
from matchmaker.models.scoring.size import size_ratios
from matchmaker.models.ties import known_pairings
from matchmaker.sector import Definition, Sector, parse_definition
from matchmaker.typing import Floats, Mask, Rows

FILE = "pair_features.toml"
TRANSFORMS: dict[str, Callable[[Floats], Floats]] = {"log": np.log, "log1p": np.log1p}
NEEDS = {
    "same": ("column",),
    "similarity": ("dimension",),
    "standing": ("dimension",),
    "percentile": ("feature",),
    "value": ("feature",),
    "label": ("attribute", "contains"),
}
"""Form -> the fields that it can't do without."""


class PairFeature(Definition):
    """One input of a model."""

    name: str
    form: Literal[
        "distance",
        "n_nearer",
        "same",
        "size_ratio",
        "similarity",
        "percentile",
        "standing",
        "value",
        "label",
        "n_helped",
        "led_together",
        "related",
    ]
    """How it is worked out; see the function of that name in `FORMS`."""
    label: str
    """A noun phrase: "Distance"."""
    direction: Literal[-1, 0, 1]
    """1 where more can only speak for a candidate, -1 against it, 0 where it is left to the data."""
    source: str
    """What it is made from, in plain words."""
    says: str = ""
    """A sentence on `{value}`, `{percent}` (100 times it) or `{word}` (as its unit writes it)."""
    says_one: str = ""
    """The sentence for a value of 1, where that needs another."""
    says_no: str = ""
    says_yes: str = ""
    """The sentences for 0 and for 1 of what is either so or not."""
    transform: Literal["log", "log1p"] | None = None
    """What a model takes of it, so that a step is worth the same everywhere."""
    column: str | None = None
    """Column of the organisations that both must have alike."""
    dimension: str | None = None
    """The dimension whose features lie behind it."""
    feature: str | None = None
    """The feature that lies behind it."""
    attribute: str | None = None
    """The published label that is searched."""
    contains: str | None = None
    """The word that it is searched for."""

    @property
    def features(self) -> tuple[str, ...]:
        """The profile features that it can't do without."""
        return () if self.feature is None else (self.feature,)

    def values(self, profiles: Profiles, recipients: Rows) -> Floats:
        """(r, n) in a reader's units, for recipients and all candidates; NaN is unknown."""
        return FORMS[self.form](self, profiles, recipients)

    def transformed(self, values: Floats) -> Floats:
        """Values as a model takes them."""
        return values if self.transform is None else TRANSFORMS[self.transform](values)

    def describe(self, value: float | None, profiles: Profiles) -> str:
        """A value of a pair in plain words."""
        if value is None:
            return f"Not known: {self.label.casefold()}."
        if self.says_yes:
            return self.says_yes if value else self.says_no
        if self.says_one and value == 1:
            return self.says_one
        word = ""
        if self.feature is not None:
            unit = profiles.features[profiles.column[self.feature]].unit
            word = format_value(value, unit, profiles.sector).casefold()
        return self.says.format(value=value, percent=100 * value, word=word)

    @model_validator(mode="after")
    def _has_what_its_form_needs(self) -> Self:
        for field in NEEDS.get(self.form, ()):
            if getattr(self, field) is None:
                raise ValueError(f"the form {self.form} needs {field}")
        if not (self.says or (self.says_no and self.says_yes)):
            raise ValueError("says, or both says_no and says_yes, are needed")
        return self


@cached
def pair_features(sector: Sector) -> tuple[PairFeature, ...]:
    """Every pair feature of a sector, in the order in which contributions are added.

    Raises:
        BadFile: with every fault of the definitions.
    """
    content = sector.toml(FILE)
    out = tuple(
        parse_definition(PairFeature, own | {"name": name}, f"{FILE} [{name}]")
        for name, own in content.items()
    )
    issues = IssueList()
    for one in out:
        if one.dimension is not None and one.dimension not in sector.dimensions:
            expected = f"a dimension: {', '.join(sector.dimensions)}"
            issues.add(Issue(FILE, expected, one.dimension, column=one.name))
    issues.raise_if_any("Mend the definitions.")
    return out


def pair_values(inputs: Sequence[PairFeature], profiles: Profiles, recipients: Rows) -> Floats:
    """(p, r, n) every input of recipients and all candidates, in a reader's units."""
    return np.stack([one.values(profiles, recipients) for one in inputs])


@cached
def comparable_candidates(profiles: Profiles, recipient: int) -> Mask:
    """(n,) the candidates that the recipient could join with by their type, itself left out."""
    rule = Rule(name=profiles.sector.criteria.joining_rule, why="Only these are compared.")
    could: Mask = ~apply_rule(rule, profiles, recipient).excluded
    could[recipient] = False
    return could


def _distance(one: PairFeature, profiles: Profiles, recipients: Rows) -> Floats:  # noqa: ARG001
    km = kilometres(profiles, recipients)
    # Two at one point: one of them took over the other's address later, which no day before knew.
    return np.where(km > 0, km, np.nan)


def _n_nearer(one: PairFeature, profiles: Profiles, recipients: Rows) -> Floats:
    km = _distance(one, profiles, recipients)
    out = np.full_like(km, np.nan)
    for at, row in enumerate(recipients.tolist()):
        known = comparable_candidates(profiles, row) & ~np.isnan(km[at])
        published = known & (profiles.reference_rows >= 0)
        out[at, known] = np.searchsorted(np.sort(km[at, published]), km[at, known])
    return out


def _same(one: PairFeature, profiles: Profiles, recipients: Rows) -> Floats:
    own = profiles.organisations[one.column or ""].fill_null("").to_numpy()
    same = own[recipients][:, None] == own[None, :]
    there = (own[recipients] != "")[:, None] & (own != "")[None, :]
    return np.where(there, same.astype(float), np.nan)


def _size_ratio(one: PairFeature, profiles: Profiles, recipients: Rows) -> Floats:  # noqa: ARG001
    return size_ratios(profiles, recipients)


def _similarity(one: PairFeature, profiles: Profiles, recipients: Rows) -> Floats:
    types = profiles.types[recipients]
    out = np.empty((len(recipients), len(profiles.types)))
    for org_type in np.unique(types):
        at = np.flatnonzero(types == org_type)
        out[at] = closeness(profiles, one.dimension or "", str(org_type), recipients[at])
    return out


def _of_candidates(column: Callable[[PairFeature, Profiles], Floats]) -> Form:
    """What is the same for every recipient."""

    def values(one: PairFeature, profiles: Profiles, recipients: Rows) -> Floats:
        own = column(one, profiles)
        return np.broadcast_to(own, (len(recipients), len(own)))

    return values


def _percentile(one: PairFeature, profiles: Profiles) -> Floats:
    return profiles.percentiles[:, profiles.column[one.feature or ""]]


def _standing(one: PairFeature, profiles: Profiles) -> Floats:
    return standing(profiles, one.dimension or "")


def _value(one: PairFeature, profiles: Profiles) -> Floats:
    return profiles.values[:, profiles.column[one.feature or ""]]


@cached
def _label(one: PairFeature, profiles: Profiles) -> Floats:
    published = profiles.snapshot.attributes.filter(
        (pl.col("attribute") == one.attribute) & (pl.col("known_from") <= profiles.as_of)
    ).sort("known_from", "value")
    latest: dict[str, str] = dict(published.select("code", "value").iter_rows())
    labels = (latest.get(code) for code in profiles.organisations["code"])
    word = (one.contains or "").casefold()
    return np.array([np.nan if label is None else float(word in label.casefold()) for label in labels])


@cached
def _n_helped(one: PairFeature, profiles: Profiles) -> Floats:  # noqa: ARG001
    help_kinds = [name for name, kind in profiles.sector.pairing_kinds.items() if kind.is_help]
    known = known_pairings(profiles.snapshot, profiles.as_of).filter(pl.col("kind").is_in(help_kinds))
    counts = dict(known.group_by("partner").agg(pl.col("recipient").n_unique()).iter_rows())
    return np.array([float(counts.get(code, 0)) for code in profiles.organisations["code"]])


def _on_record(pairs: Callable[[Profiles], Rows]) -> Form:
    """Whether a pair is among some that are on record."""

    def values(one: PairFeature, profiles: Profiles, recipients: Rows) -> Floats:  # noqa: ARG001
        out = np.zeros((len(recipients), len(profiles.types)))
        for first, second in pairs(profiles).tolist():
            out[recipients == first, second] = out[recipients == second, first] = 1.0
        return out

    return values


@cached
def _related(profiles: Profiles) -> Rows:
    return _rows_of(profiles, relations(profiles.snapshot, profiles.as_of))


@cached
def _led_together(profiles: Profiles) -> Rows:
    joint = [name for name, kind in profiles.sector.pairing_kinds.items() if kind.is_joint_leadership]
    known = known_pairings(profiles.snapshot, profiles.as_of).filter(pl.col("kind").is_in(joint))
    return _rows_of(profiles, known.select("recipient", "partner").iter_rows())


def _rows_of(profiles: Profiles, pairs: Iterable[Collection[str]]) -> Rows:
    """(k, 2) the rows of the pairs of which both are open."""
    position = profiles.position
    rows = [[position[code] for code in pair] for pair in pairs if all(code in position for code in pair)]
    return np.array(rows, dtype=np.intp).reshape(-1, 2)


Form = Callable[[PairFeature, Profiles, Rows], Floats]
FORMS: dict[str, Form] = {
    "distance": _distance,
    "n_nearer": _n_nearer,
    "same": _same,
    "size_ratio": _size_ratio,
    "similarity": _similarity,
    "percentile": _of_candidates(_percentile),
    "standing": _of_candidates(_standing),
    "value": _of_candidates(_value),
    "label": _of_candidates(_label),
    "n_helped": _of_candidates(_n_helped),
    "led_together": _on_record(_led_together),
    "related": _on_record(_related),
}
"""Form -> (r, n) values of recipients and all candidates: distance in km; how many candidates are nearer;
whether a column of both is the same; size of the candidate over the recipient's; likeness in a dimension, 0
to 1; percentile of the candidate among its type; its standing in a dimension; its value of a feature; whether
a published label of it holds a word; how many it has helped; whether both were led together; whether joint
work of both is on record."""
