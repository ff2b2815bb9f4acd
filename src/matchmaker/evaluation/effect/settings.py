"""Settings of a study of effects: `studies/NAME.toml` of a sector, as its protocol says."""

from __future__ import annotations

from datetime import date

from pydantic import Field

from matchmaker.errors import InvalidParameter, Issue, IssueList
from matchmaker.models.arrangement import arrangement
from matchmaker.sector import Definition, Name, Sector, parse_definition

FOLDER = "studies"


class Confounders(Definition):
    """What is held equal beside the grade before, type, kind, year, region and distance."""

    own: tuple[Name, ...] = ()
    """Features of the recipient."""
    squared: tuple[Name, ...] = ()
    """Those of them whose squares count too."""
    own_log: tuple[Name, ...] = ()
    """Features of the recipient that enter by their logarithm."""
    partner: tuple[Name, ...] = ()
    partner_log: tuple[Name, ...] = ()
    concern: Name | None = None
    """A measure of the recipient that is 1 where the latest inspection raised a concern."""


class SecondExposure(Definition):
    """A second hypothesis: the mean of standardised features of the partner."""

    finding: str
    label: str
    higher: tuple[Name, ...] = ()
    lower: tuple[Name, ...] = ()
    """Those of which less counts as more of the exposure."""


class FurtherOutcome(Definition):
    """A secondary outcome: the first figure whose period began long enough after the pairing."""

    name: str
    measure: Name


class AlsoPopulation(Definition):
    """A secondary population."""

    name: str
    kinds: tuple[str, ...] = ()
    """By default those of the study."""
    since: date


class ChoiceInputs(Definition):
    """A later look at the same choices, with what candidates' members are as inputs."""

    added: date
    """The day on which it was added to the study."""
    attributes: tuple[str, ...]
    """Words that are compared, `type` among them; the last comes from a list of a later day."""
    figures: tuple[Name, ...]
    """Features of a candidate that count as they are."""


class ChoiceStudy(Definition):
    """Replays of past choices among all candidates within reach."""

    arrangement: str
    """Whose criteria are columns."""
    kinds: tuple[str, ...]
    since: date
    scored_from: int
    """Methods learn from choices before this year and are scored on those from it on."""
    within_km: float
    candidates: tuple[str, ...]
    """Types of organisation that could be chosen."""
    size: Name
    grade: Name
    """Features of a candidate."""
    context: tuple[str, ...]
    """Criteria that are context."""
    labels: dict[str, str] = Field(default_factory=dict)
    """Criterion -> what a method that ranks by it alone is called."""
    inputs: ChoiceInputs | None = None


class EffectStudy(Definition):
    """One study."""

    label: str
    protocol: str
    """The document, from the root of the project."""
    finding: str
    arrangement: str
    criterion: str
    """Of the arrangement: the exposure."""
    must_be_known: tuple[Name, ...]
    """Features without which a pairing does not count, of both sides."""
    kinds: tuple[str, ...]
    since: date
    until: date
    below: tuple[str, ...]
    """Grades before of those that were in difficulty, worst first."""
    good: tuple[str, ...]
    """Grades after that count as a good outcome."""
    grade: Name
    """The measure of grades."""
    after_months: int
    graded_until: date
    """Later inspections do not count for the primary outcome."""
    closed_for: date
    """From this day on hardly anybody was inspected for a time."""
    sealed_endings: tuple[str, ...]
    """A lineage whose first code ends so is in the sealed part."""
    least_worth_acting_on: float = Field(gt=0)
    """Percentage points for one standard deviation."""
    confounders: Confounders
    second: SecondExposure
    further: tuple[FurtherOutcome, ...] = ()
    also: tuple[AlsoPopulation, ...] = ()
    choice: ChoiceStudy | None = None


def effect_studies(sector: Sector) -> tuple[str, ...]:
    """The names of a sector's studies."""
    return tuple(sector.texts(FOLDER))


def effect_study(sector: Sector, name: str) -> EffectStudy:
    """One study of a sector.

    Raises:
        InvalidParameter: there is none of that name.
        BadFile: its settings break their form, or name what the sector does not have.
    """
    known = effect_studies(sector)
    if name not in known:
        step = f"Choose one of {', '.join(known)}." if known else f"{sector.label} has no studies."
        raise InvalidParameter(f"There is no study '{name}'.", step)
    file = f"{FOLDER}/{name}.toml"
    study = parse_definition(EffectStudy, sector.toml(file), file)
    issues = IssueList()
    for kind in {*study.kinds, *(kind for one in study.also for kind in one.kinds)} - set(
        sector.pairing_kinds
    ):
        issues.add(Issue(file, f"a kind of pairing: {', '.join(sector.pairing_kinds)}", kind))
    if study.criterion not in (
        names := [one.name for one in arrangement(sector, study.arrangement).criteria]
    ):
        issues.add(Issue(file, f"a criterion: {', '.join(names)}", study.criterion))
    issues.raise_if_any("Mend the file.")
    return study
