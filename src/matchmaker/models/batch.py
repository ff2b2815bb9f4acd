"""Many recipients one by one: the first options of each, a line for each recipient.

Unlike an assignment, each recipient is looked at as if it were alone, so several may have the same option.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from matchmaker.models.tables import Row, Tabular
from matchmaker.models.types import Option, Organisation, Shortlist

ALONE = (
    "Each list is made as if it were the only one: several may name the same option, which can't help all of "
    "them. An assignment looks at all at once."
)


@dataclass(frozen=True, slots=True)
class BatchOption:
    """One option of a line."""

    rank: int
    """Its place on the recipient's own list."""
    organisation: Organisation
    """Who it is."""
    fit: float
    """Its score by the method, 0 to 1."""
    distance_km: float | None
    """From the recipient; None is unknown."""
    rank_low: int | None
    """The highest of its likely places; None where no draws were made."""
    rank_high: int | None
    """The lowest of them."""
    same_group: str | None
    """What says that it is already one with the recipient in all but name; None where nothing does."""


@dataclass(frozen=True, slots=True)
class BatchLine:
    """One recipient with its first options."""

    recipient: Organisation
    """Whom a partner is looked for."""
    eligible: int
    """How many candidates no rule excludes."""
    options: tuple[BatchOption, ...]
    """The first of them."""
    note: str
    """Why there are none, or what to know first; empty where there is nothing to say."""


@dataclass(frozen=True, slots=True, repr=False)
class Batch(Tabular):
    """The first options of many recipients."""

    arrangement: str
    """Name of the form of partnership."""
    as_of: date
    """The day; nothing published later is used."""
    snapshot: str
    """Content hash of the figures."""
    method: str
    """Name of the method of ranking."""
    version: str
    """Version of the software and of the method."""
    top: int
    """How many options a line shows at most."""
    lines: tuple[BatchLine, ...]
    """One for each recipient."""
    changes: tuple[str, ...]
    """What the question changed in the published arrangement, in sentences."""
    notes: tuple[str, ...]
    """What a reader must know before using it."""
    attribution: str
    """What the licences ask to be said."""

    def to_rows(self) -> list[Row]:
        """One row per recipient, with its options side by side."""
        return [self._row(line) for line in self.lines]

    def _row(self, line: BatchLine) -> Row:
        one = line.recipient
        row: dict[str, object] = {
            "code": one.code,
            "name": one.name,
            "type": one.type,
            "region": one.region,
            "locality": one.locality,
            "eligible": line.eligible,
        }
        for place in range(1, self.top + 1):
            option = line.options[place - 1] if place <= len(line.options) else None
            row |= {
                f"option_{place}": option and option.organisation.code,
                f"option_{place}_name": option and option.organisation.name,
                f"option_{place}_fit": option and option.fit,
                f"option_{place}_km": option and option.distance_km,
                f"option_{place}_likely_from": option and option.rank_low,
                f"option_{place}_likely_to": option and option.rank_high,
                f"option_{place}_same_group": option and option.same_group,
            }
        made = {"arrangement": self.arrangement, "as_of": self.as_of, "snapshot": self.snapshot}
        return row | {"note": line.note, **made, "method": self.method, "version": self.version}

    def __repr__(self) -> str:
        return f"<Batch {self.arrangement}, {len(self.lines)} recipients, as of {self.as_of}>"


def line_of(answer: Shortlist) -> BatchLine:
    """The line of a recipient, from its shortlist."""
    nobody = "" if answer.options else " ".join(answer.notes[:1]) or "No candidate is eligible."
    return BatchLine(answer.recipient, answer.eligible, tuple(map(_option, answer.options)), nobody)


def _option(one: Option) -> BatchOption:
    likely = one.uncertainty
    return BatchOption(
        rank=one.rank,
        organisation=one.organisation,
        fit=one.fit,
        distance_km=one.distance_km,
        rank_low=None if likely is None else likely.rank_low,
        rank_high=None if likely is None else likely.rank_high,
        same_group=one.same_group,
    )
