"""Settings of a sector's evaluation: `evaluation.toml`, every part of it optional."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field

from matchmaker.cache import cached
from matchmaker.errors import Issue, IssueList
from matchmaker.sector import Definition, Name, Sector, parse_definition

FILE = "evaluation.toml"


class Era(Definition):
    """Replays of some years, shown apart because other figures were published then."""

    label: str
    """As a phrase: "2014 to 2019"."""
    since: date = date.min
    """Its first day; it ends where the next one begins."""


class Target(Definition):
    """What models of past practice were to reach, set beforehand."""

    family: str
    metric: str
    value: float


class RuleReason(Definition):
    """Why a rule stands although it keeps out many of the partners that were chosen in fact."""

    kind: str
    """Kind of pairing."""
    rule: str
    why: str
    """In a sentence."""


class Drawn(Definition):
    """Which past pairings are replayed where there are too many for all."""

    kinds: tuple[str, ...]
    """Kinds of pairing."""
    since: date
    """Starts from this day on."""
    days: int = Field(ge=1)
    """So many days with a start, spread evenly over all such days."""
    of_family: int = Field(ge=1)
    """Pairings of a family on one of these days at most, spread evenly over those on record."""
    folds: int = Field(ge=2)
    """Learned methods are trained once for each of so many groups of events, and scored on that group."""
    why: str
    """Which pairings are left out by that, in a sentence."""


class FamilyText(Definition):
    """How pages speak of a family of pairings."""

    phrase: str
    """In a sentence: "past takeovers"."""
    title: str = ""
    """As a heading, where it is not the family's name."""
    partner: str = "partner"
    """What the partner is called."""
    meaning: str = ""
    """What such a pairing is, in a sentence or two."""


class Lookahead(Definition):
    """Figures that were published later, applied to past days: shown apart, and never a prediction."""

    known_on: date
    """The day whose figures are applied."""
    methods: tuple[str, ...] = ()
    """Methods that are applied to them."""
    note: str = ""
    """Why that is looked at."""


class Exposure(Definition):
    """One way in which a partner may suit."""

    name: str
    label: str
    """Title: "Similar context (E1)"."""
    criterion: str = ""
    """Of the arrangement; empty for the fit as a whole."""
    stands_in: bool = False
    """Whether the figures of `lookahead.known_on` are used in place of the day's own."""
    halves: tuple[str, str] = ("Upper half", "Lower half")
    """What those with more of it and those with less are called."""


class Rating(Definition):
    """The rating after the help, as a second outcome."""

    feature: Name
    """A feature whose unit has a scale of words."""
    label: str
    """In a sentence: "overall rating"."""
    from_months: int = 24
    until_months: int = 96
    """Months after the start between which the first rating counts as the rating after."""


class Exits(Definition):
    """Leaving a regime that was imposed for quality, as the first outcome."""

    regime: str
    """In a sentence: "a safety notice"."""
    regime_in_full: str
    """The same, as distinct from others that are not studied."""
    since: int
    """The year of the first spell."""
    first_cohort_until: date
    """Spells that began by this day and later ones are compared apart."""


class OutcomeStudy(Definition):
    """Does a more suitable partner go with a better outcome?"""

    kinds: tuple[str, ...]
    """Kinds of pairing that count as help in the primary question."""
    arrangement: str
    """Whose criteria the exposures are."""
    exposures: tuple[Exposure, ...] = Field(min_length=1)
    """The first is the question; the others count as further tests."""
    exits: Exits | None = None
    rating: Rating | None = None
    finding: str
    """The finding that is held against the data: "E1"."""
    question: str
    """Where the finding comes from, and the question."""
    partner: str = "partner"
    partners: str = "partners"
    """What the partner is called, and several of them."""
    more: str = "a more suitable partner"
    """A partner with more of the first exposure: "a more similar mentor"."""
    known: str = "exposure is known"
    """What must be known of a spell to be counted: "context is known"."""
    confounders: tuple[str, ...] = ()
    """What else could explain the answer."""


class Texts(Definition):
    """What a report has to say of the sector's data."""

    eras: str = ""
    """Why the years differ."""
    limits: tuple[str, ...] = ()
    """What replays in this sector can't show."""
    model_limits: tuple[str, ...] = ()
    """What limits every trained model."""


class EvaluationSettings(Definition):
    """`evaluation.toml`."""

    intervals_by: Literal["recipient", "partner"] = "recipient"
    """Whose pairings belong together: those are drawn whole for intervals."""
    drawn: Drawn | None = None
    eras: tuple[Era, ...] = ()
    targets: tuple[Target, ...] = ()
    rule_reasons: tuple[RuleReason, ...] = ()
    families: dict[str, FamilyText] = Field(default_factory=dict)
    lookahead: Lookahead | None = None
    outcomes: OutcomeStudy | None = None
    texts: Texts = Texts()


@cached
def evaluation_settings(sector: Sector) -> EvaluationSettings:
    """What the evaluation of a sector looks at.

    Raises:
        BadFile: the file breaks its form, or names what the sector does not have.
    """
    settings = parse_definition(EvaluationSettings, sector.toml(FILE), FILE)
    families = list(dict.fromkeys(kind.family for kind in sector.pairing_kinds.values()))
    issues = IssueList()
    for family in (*settings.families, *(target.family for target in settings.targets)):
        if family not in families:
            issues.add(Issue(FILE, f"a family of pairings: {', '.join(families)}", family))
    outcomes, drawn = settings.outcomes, settings.drawn
    kinds = (*(outcomes.kinds if outcomes else ()), *(drawn.kinds if drawn else ()))
    for kind in (*kinds, *(reason.kind for reason in settings.rule_reasons)):
        if kind not in sector.pairing_kinds:
            issues.add(Issue(FILE, f"a kind of pairing: {', '.join(sector.pairing_kinds)}", kind))
    issues.raise_if_any("Mend the file.")
    return settings


def report_families(sector: Sector) -> list[str]:
    """The headings under which pairings are reported, in order."""
    return list(dict.fromkeys(kind.family for kind in sector.pairing_kinds.values()))
