"""Reasons in figures: what speaks for or against an option, with both sides of the figures behind it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

DOES_NOT_APPLY = "does not apply"
"""What stands for the recipient's value where the feature is none of its type."""


@dataclass(frozen=True, slots=True)
class ReasonFigure:
    """One figure of both sides behind a reason."""

    feature: str
    """Name of the feature."""
    label: str
    """What it is, as a title."""
    candidate: float | None
    """The candidate's value; None is unknown."""
    recipient: float | None
    """The recipient's value; None is unknown."""
    candidate_text: str
    """The candidate's value as people read it."""
    recipient_text: str
    """The recipient's value as people read it, "unknown" and `DOES_NOT_APPLY` included."""
    period: str
    """The period of the candidate's figure, in words."""
    recipient_period: str
    """That of the recipient's figure; the same where both are of one period."""
    period_end: date | None
    """Last day of the period of the candidate's figure."""
    source: str | None
    """Id of the publication that the candidate's figure comes from."""
    publisher: str | None
    """Who published it, where that is listed."""
    place: str = ""
    """Where the candidate stands among organisations of its type, in words; empty where that is not said."""
    opposes: bool = False
    """Whether it speaks against what the reason says, and is told for that."""

    @property
    def text(self) -> str:
        """Both sides in words, without period and source."""
        own = self.recipient_period
        other = f" ({own})" if own and own != self.period else ""
        place = f", {self.place}" if self.place else ""
        yours = "" if self.recipient_text == DOES_NOT_APPLY else f", yours {self.recipient_text}{other}"
        return f"{self.label} {self.candidate_text}{yours}{place}"


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that speaks for or against an option."""

    side: Literal["for", "against"]
    """Which of the two."""
    criterion: str
    """Name of the criterion that it comes from; empty for a structural one."""
    sentence: str
    """What it says, as a relative place or in a word."""
    figures: tuple[ReasonFigure, ...] = ()
    """The published figures behind it, the most telling first."""
    partial: bool = False
    """Whether the candidate is weak in only a part of what the criterion weighs."""

    @property
    def text(self) -> str:
        """The sentence with its figures."""
        text = self.sentence.rstrip(".")
        if not self.figures:
            return f"{text}."
        told = figures_text([one for one in self.figures if not one.opposes])
        but = figures_text([one for one in self.figures if one.opposes])
        return text + (f": {told}" if told else "") + (f"; but {but}" if but else "") + "."


def figures_text(figures: Sequence[ReasonFigure]) -> str:
    """Figures in one line, each period and publisher told once: "Depth 1.13, yours 1.30 (March 2025, X)"."""
    parts = []
    for at, one in enumerate(figures):
        told = (one.period, one.publisher)
        last = at + 1 == len(figures) or (figures[at + 1].period, figures[at + 1].publisher) != told
        about = ", ".join(filter(None, told)) if last else ""
        parts.append(f"{one.text} ({about})" if about else one.text)
    return "; ".join(parts)
