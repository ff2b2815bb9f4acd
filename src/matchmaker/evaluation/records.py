"""What an evaluation publishes: figures as typed rows, from which every page and report is made."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import BaseModel, ConfigDict

from matchmaker.dates import format_date

ALL, ELIGIBLE = "all", "eligible"
"""Populations: every query, an ineligible partner counting as missed; or only those with an eligible one."""


class Record(BaseModel):
    """One row."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class MethodRecord(Record):
    """A method that took part."""

    name: str
    """By which it is chosen."""
    label: str
    """Its name for people."""
    says: str
    """What it does, in one sentence."""
    role: Literal["evidence", "practice", "baseline", "lookahead"]
    """`practice` was learned from past choices; `lookahead` saw figures that came out later."""


class FamilyCount(Record):
    """How many past pairings of a family were replayed."""

    family: str
    """Heading under which pairings are reported."""
    queries: int
    """Pairings."""
    organisations: int
    """Different recipients among them."""
    events: int | None = None
    """Events among them: pairings of one recipient, or of one partner on one day, are one."""
    eligible: int
    """Pairings whose partner no rule excluded."""
    candidates: float
    """Median number of eligible candidates."""
    ceiling: float
    """Share of the partners that were eligible: no method can find more."""


class MetricMean(Record):
    """The mean of a metric over the past pairings of a family."""

    family: str
    """Heading under which pairings are reported."""
    population: Literal["all", "eligible"]
    """`all` pairings, an ineligible partner counting as missed, or those with an `eligible` partner."""
    method: str
    """Name of the method."""
    metric: str
    """`hit@5` is the share of partners among the first 5 and so on, `mrr` the mean reciprocal rank,
    `percentile` the share of candidates placed before the partner."""
    value: float
    """The mean."""
    low: float | None
    """Lower 95% limit; null where there are too few organisations, or where chance is worked out."""
    high: float | None
    """Upper 95% limit."""
    exact_low: float | None = None
    """Lower 95% limit by Clopper and Pearson, of hit rates: as if every pairing stood by itself."""
    exact_high: float | None = None
    """Upper limit; with few pairings `low` and `high`, from drawing again, lie too close together."""
    queries: int
    """Pairings."""
    organisations: int
    """Different recipients among them."""


class Difference(Record):
    """How a method did against a baseline, on the pairings that both rank."""

    family: str
    """Heading under which pairings are reported."""
    metric: str
    """See `MetricMean.metric`."""
    method: str
    """Name of the method."""
    baseline: str
    """Name of the method that it is held against."""
    value: float
    """Mean of the method minus that of the baseline."""
    low: float | None
    """Lower 95% limit; null where there are too few organisations."""
    high: float | None
    """Upper 95% limit."""
    p: float
    """Of the paired randomisation test."""
    p_holm: float
    """The same, raised for every method, metric and baseline compared in the family (Holm)."""
    queries: int
    """Pairings that both rank."""
    organisations: int
    """Different recipients among them."""


class WinLoss(Record):
    """How often a method had the partner among the first and a baseline had not, and the reverse."""

    family: str
    """Heading under which pairings are reported; `all` for all of them together."""
    metric: str
    """A hit rate; see `MetricMean.metric`."""
    method: str
    """Name of the method."""
    baseline: str
    """Name of the method that it is held against."""
    wins: int
    """Pairings in which the method did better."""
    losses: int
    """Pairings in which the baseline did better."""
    p: float
    """Of the two-sided sign test, as if every pairing stood by itself."""
    queries: int
    """Pairings that both rank, a partner that was not eligible included: neither has it."""


class ForwardFigure(Record):
    """A metric of the pairings from a day on, by what was learned from those before it."""

    family: str
    """Heading under which pairings are reported."""
    since: date
    """The day: the first 1 January by which half of the family's usable pairings had begun."""
    learned_from: int
    """Usable pairings before that day."""
    method: str
    """Name of the method."""
    metric: str
    """See `MetricMean.metric`."""
    value: float
    """The mean, a partner that was not eligible counting as missed."""
    low: float | None
    """Lower 95% limit by Clopper and Pearson; null for chance, and where the metric is no hit rate."""
    high: float | None
    """Upper limit."""
    queries: int
    """Pairings from that day on."""
    organisations: int
    """Different recipients among them."""


class RuleShare(Record):
    """Which share of the partners that were chosen in fact a rule would have kept out."""

    kind: str
    """Kind of pairing."""
    arrangement: str
    """Name of the arrangement that it is replayed under."""
    rule: str
    """Name of the rule."""
    label: str
    """What it asks for."""
    applied: bool
    """Whether replays of this kind apply it."""
    partners: int
    """Partners that were open organisations on the day before."""
    kept_out: int
    """How many of them the rule by itself would have kept out."""
    only_it: int
    """How many of these no other rule that is applied keeps out."""
    unchecked: int
    """How many could not be checked, as the fact is unknown: nobody is kept out by that."""
    share: float
    """`kept_out` of all `partners`."""
    reason: str
    """Why the rule stands all the same, as the sector states it; empty where it states none."""


class EraFigure(Record):
    """The mean of a metric over the pairings of some years whose partner was eligible."""

    family: str
    """Heading under which pairings are reported."""
    era: str
    """The years."""
    method: str
    """Name of the method."""
    metric: str
    """See `MetricMean.metric`."""
    value: float
    """The mean."""
    known: float
    """Share of the method's weight that was known of the partner."""
    queries: int
    """Pairings."""


class LeftOutPairing(Record):
    """A past pairing that does not count."""

    pairing_id: str
    """Its identifier."""
    kind: str
    """Kind of pairing."""
    rule: str
    """The rule that left it out."""
    why: str
    """Why, in plain words."""


class ExcludedPartner(Record):
    """A rule that excluded the actual partner of a replayed pairing."""

    family: str
    """Heading under which pairings are reported."""
    rule: str
    """Name of the rule; `not open` where the partner was no open organisation."""
    pairing_id: str
    """The pairing."""
    why: str
    """Why, in plain words."""


class BidRecord(Record):
    """How a method ranks the winner of a contest among the bidders."""

    pairing_id: str
    """The pairing that came of it."""
    day: date
    """The day before it began."""
    winner: str
    """Code of the partner."""
    losers: str
    """Codes of the bidders that lost, parted by spaces."""
    method: str
    """Name of the method."""
    bidders: int
    """How many were in the race."""
    first: float
    """The chance that the method puts the winner first, ties shared."""
    by_chance: float
    """What chance would give."""


class WeightRange(Record):
    """A metric of the evidence fit under weights drawn around the preset."""

    family: str
    """Heading under which pairings are reported."""
    metric: str
    """See `MetricMean.metric`."""
    preset: float
    """Under the preset weights."""
    low: float
    """90 of 100 draws lie above this and below `high`."""
    middle: float
    """The median of the draws."""
    high: float
    """See `low`."""


class Ablation(Record):
    """A metric of the evidence fit when one criterion is left out."""

    kind: str
    """Kind of pairing."""
    criterion: str
    """Label of the criterion."""
    metric: str
    """See `MetricMean.metric`."""
    preset: float
    """With all criteria."""
    without: float
    """Without this one."""
    known: float
    """Share of the candidates of which the criterion is known."""


class ContributionGap(Record):
    """One term on which the first candidate was ahead of the partner."""

    label: str
    """What the term is called."""
    lead: float
    """How much more it added to the score of the first."""
    partner: str
    """What the term says of the partner."""
    first: str
    """What it says of the first."""


class Miss(Record):
    """One replay in which the partner stood far down."""

    pairing_id: str
    """The pairing."""
    kind: str
    """Kind of pairing."""
    day: date
    """The day before it began."""
    recipient: str
    """Name and code."""
    partner: str
    """Name and code."""
    rank: float
    """The partner's mean rank among the tied."""
    among: int
    """Candidates."""
    known: float
    """Share of the weight known of the partner."""
    first: str
    """Name and code of the candidate in the first place."""
    apart: tuple[ContributionGap, ...]
    """Why that one stood before it."""


class Leak(Record):
    """Something that a replay could not have known."""

    pairing_id: str
    """The pairing."""
    day: date
    """The day before it began."""
    what: str
    """`editions`, `profiles`, `eligible`, or the name of a method."""
    differs: int
    """How many cells, candidates or scores differ; for `editions`, how many figures are known too early."""


class PlaceCounts(Record):
    """How many replays the latest known addresses flatter, or leave without a distance."""

    replays: int
    """With an eligible partner."""
    at_one_point: int
    """In which both stand at one point, as one took over the other's address later."""
    unknown: int
    """In which an address is not on record."""


class SubsetEffect(Record):
    """An association with one spell or pairing of each organisation."""

    effect: float
    """See `Association.effect`."""
    low: float | None
    """Lower 95% limit; null where there is none."""
    high: float | None
    """Upper 95% limit; null where there is none."""
    p: float
    """By permutation."""
    n: int
    """Spells, or pairings: as many as organisations."""


class Association(Record):
    """An exposure held against an outcome."""

    exposure: str
    """Name of the exposure: one way in which a partner may suit."""
    label: str
    """What it is called."""
    effect: float
    """A hazard ratio per standard deviation, or a rank correlation."""
    low: float | None
    """Lower 95% limit; null where there is none."""
    high: float | None
    """Upper 95% limit; null where there is none."""
    p: float
    """By permutation."""
    p_holm: float | None
    """Raised for the number of further exposures (Holm); null for the primary one."""
    n: int
    """Spells, or pairings."""
    events: int
    """Exits, or `n` again."""
    within: float | None
    """The effect within cohorts, so that a difference between these does not count; exits only."""
    within_p: float
    """By permutation within cohorts, or within ratings before."""
    least: float
    """The smallest effect with each organisation left out in turn."""
    most: float
    """The largest."""
    organisations: int | None = None
    """Different organisations among the spells or pairings."""
    robust_low: float | None = None
    """Lower 95% limit that lets the spells of one organisation go together; exits only."""
    robust_high: float | None = None
    """Upper limit."""
    first: SubsetEffect | None = None
    """With the first spell or pairing of each organisation only."""
    last: SubsetEffect | None = None
    """With the last one only."""


class SurvivalCurve(Record):
    """A Kaplan-Meier curve: the share not yet left at and after each time."""

    times: tuple[float, ...]
    """Months."""
    staying: tuple[float, ...]
    """Share still under the regime."""
    median: float | None
    """Months after which half had left; null where that was not reached."""

    def after(self, time: float) -> float:
        """The share that stays after a time."""
        passed = [share for at, share in zip(self.times, self.staying, strict=True) if at <= time]
        return passed[-1] if passed else 1.0


class PowerRow(Record):
    """What it takes to find an effect of a size."""

    ratio: float
    """Hazard ratio per standard deviation."""
    power: float
    """How often it would be found with the spells that there are."""
    needed: int
    """Exits needed to find it in 4 of 5 trials (Schoenfeld's formula)."""


class PowerRecord(Record):
    """What so few spells can show about the primary exposure."""

    n: int
    """Spells."""
    detectable: float | None
    """The hazard ratio that would be found in 4 of 5 trials (simulated); null where it is above 20."""
    sizes: tuple[PowerRow, ...]
    """Effects of three sizes."""


class ExitOutcomes(Record):
    """Leaving a regime that was imposed for quality."""

    spells: int
    """All spells whose entry is known."""
    median_months: float | None
    """After which half had ended; null where that was not reached."""
    with_partner: int
    """Spells with a named partner."""
    halves: dict[str, SurvivalCurve]
    """Curves of those with more of the primary exposure and of the others."""
    associations: tuple[Association, ...]
    """With help of the kinds that the question is about."""
    associations_any: tuple[Association, ...]
    """With any help that left the recipient a body of its own."""
    power: PowerRecord | None
    """What so few can show; null where there are too few to ask."""
    repeats: tuple[str, ...] = ()
    """Organisations with several of the spells in `associations`, by name and code, with how many."""


class RatingOutcomes(Record):
    """The rating after the help."""

    ratings: dict[str, int]
    """Value of the rating -> how many had it."""
    associations: tuple[Association, ...]
    """See `ExitOutcomes.associations`."""
    associations_any: tuple[Association, ...]
    """See `ExitOutcomes.associations_any`."""
    repeats: tuple[str, ...] = ()
    """Organisations with several of the pairings in `associations`, by name and code, with how many."""


class OutcomeRecord(Record):
    """Whether better-suited partners went with better outcomes."""

    exits: ExitOutcomes | None
    """Null where the sector has no such regime."""
    ratings: RatingOutcomes | None
    """Null where the sector has no ratings."""


class UserFile(Record):
    """A file of a user's own pairings."""

    rows: int
    """Rows, blank ones aside."""
    unusable: int
    """Rows that can't be used."""
    problems: tuple[str, ...]
    """Every problem, and what was done about it."""


class PublishedEvaluation(Record):
    """An evaluation as data, with what it was made from."""

    sector: str
    """Name of the sector."""
    snapshot: str
    """Hash of the figures that it was made from."""
    version: str
    """Version of the software."""
    as_of: date
    """Day of the snapshot."""
    replayed: int
    """Past pairings."""
    left_out: tuple[LeftOutPairing, ...]
    """Past pairings that don't count."""
    leaks_checked: int
    """Replays that were repeated on a snapshot that ends on their day."""
    leaks: tuple[Leak, ...]
    """What differed."""
    chance: str | None
    """Name of the method that ranks by chance."""
    nearest: str | None
    """Name of the method that ranks by distance."""
    methods: tuple[MethodRecord, ...]
    """Every method that took part."""
    counts: tuple[FamilyCount, ...]
    """By family."""
    figures: tuple[MetricMean, ...]
    """Means, by family, method, population and metric."""
    differences: tuple[Difference, ...]
    """Methods that claim something against the nearest and against chance."""
    eras: tuple[EraFigure, ...]
    """Means by era."""
    excluded_partners: tuple[ExcludedPartner, ...]
    """Partners that rules excluded."""
    rules: tuple[RuleShare, ...] = ()
    """Every rule held against the partners that were chosen in fact."""
    wins: tuple[WinLoss, ...] = ()
    """Methods that claim something against the nearest, pairing by pairing, by family and in all."""
    forward: tuple[ForwardFigure, ...] = ()
    """Methods on the pairings from a day on, learned from those before it."""
    lookahead: tuple[MetricMean, ...]
    """Means of methods that saw figures of a later day: no prediction."""
    contested_bids: tuple[BidRecord, ...]
    """Winners among known bidders."""
    weights: tuple[WeightRange, ...]
    """How far the figures of the evidence fit hang on its weights."""
    ablations: tuple[Ablation, ...]
    """What leaving one criterion out does."""
    places: PlaceCounts
    """How far addresses can be trusted."""
    outcomes: OutcomeRecord | None
    """Null for a user's own pairings, and where the sector studies no outcome."""
    misses: tuple[Miss, ...]
    """The worst replays of the evidence fit, the worst first."""
    file: UserFile | None
    """The user's file, where one was scored."""

    @property
    def families(self) -> tuple[str, ...]:
        """Families with a replay, in the order in which they are reported."""
        return tuple(one.family for one in self.counts)

    def method(self, name: str) -> MethodRecord:
        """A method that took part, by name."""
        return next(one for one in self.methods if one.name == name)

    def label(self, name: str) -> str:
        """A method's name for people."""
        return next((one.label for one in self.methods if one.name == name), name)

    def figure(self, family: str, method: str, metric: str, population: str = ALL) -> MetricMean | None:
        """One mean; None where there is none."""
        key = (family, method, metric, population)
        return next((f for f in self.figures if (f.family, f.method, f.metric, f.population) == key), None)

    def win_loss(self, family: str, method: str, metric: str) -> WinLoss | None:
        """How a method did against the nearest, pairing by pairing; None where that was not counted."""
        key = (family, method, metric)
        return next((one for one in self.wins if (one.family, one.method, one.metric) == key), None)

    def learned(self) -> list[str]:
        """Models of past practice that took part, refitted weights aside."""
        return [
            one.name for one in self.methods if one.role == "practice" and not one.name.startswith("evidence")
        ]

    def headline(self, metrics: tuple[str, ...] = ("hit@5", "hit@10", "percentile")) -> list[MetricMean]:
        """The main figures: chance, the nearest, the evidence fit and what was learned, family by family."""
        order = (self.chance, self.nearest, "evidence", *self.learned())
        keys = [(family, name, metric) for family in self.families for name in order for metric in metrics]
        return [
            found for family, name, metric in keys if name and (found := self.figure(family, name, metric))
        ]

    def stale_notice(self, snapshot: str, as_of: date) -> str | None:
        """What to say where the snapshot in use is another one; None where it is the same.

        Args:
            snapshot: hash of the one in use.
            as_of: its day.
        """
        if snapshot == self.snapshot:
            return None
        return (
            f"This evaluation was made from snapshot {self.snapshot[:12]} of {format_date(self.as_of)}. "
            f"The snapshot in use is {snapshot[:12]} of {format_date(as_of)}, and its results may differ. "
            "Run 'matchmaker evaluate' for an evaluation of your own."
        )
