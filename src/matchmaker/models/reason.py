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
        return both_sides(
            f"{self.label} {self.candidate_text}",
            yours(self.recipient_text),
            self.recipient_period,
            self.period,
            self.place,
        )


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
        return in_figures(
            self.sentence,
            [_part(one) for one in self.figures if not one.opposes],
            [_part(one) for one in self.figures if one.opposes],
        )


Part = tuple[str, str]
"""One figure of both sides in words, and its period and publisher."""


def both_sides(start: str, yours: str, recipient_period: str, period: str, place: str) -> str:
    """One figure of both sides: "Depth 1.13, yours 1.30 (March 2024), worse than 70 in 100".

    Args:
        start: the label and the candidate's value.
        yours: the recipient's value, as `yours` puts it.
        recipient_period: told where it is not the `period` of the candidate's.
        period: that of the candidate's.
        place: where the candidate stands; empty where that is not said.
    """
    other = f" ({recipient_period})" if yours and recipient_period and recipient_period != period else ""
    return f"{start}{yours}{other}, {place}" if place else f"{start}{yours}{other}"


def yours(text: str) -> str:
    """How the recipient's value is told beside another's."""
    return "" if text == DOES_NOT_APPLY else f", yours {text}"


def about(period: str, publisher: str | None) -> str:
    """The period and publisher of a figure, as far as they are known."""
    return ", ".join(filter(None, (period, publisher)))


def in_figures(sentence: str, told: Sequence[Part], opposing: Sequence[Part]) -> str:
    """A sentence with the figures behind it, and those that oppose it."""
    text = sentence.rstrip(".")
    if told:
        text = f"{text}: {figures_text(told)}"
    return f"{text}; but {figures_text(opposing)}." if opposing else f"{text}."


def figures_text(parts: Sequence[Part]) -> str:
    """Figures in one line, each period and publisher told once: "Depth 1.13, yours 1.30 (March 2025, X)"."""
    texts = []
    following: str | None = None
    for text, about in reversed(parts):
        texts.append(f"{text} ({about})" if about and about != following else text)
        following = about
    return "; ".join(texts[::-1])


def _part(figure: ReasonFigure) -> Part:
    return figure.text, about(figure.period, figure.publisher)
