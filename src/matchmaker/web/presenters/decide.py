"""The form by which a decision is recorded: what it takes, and what is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import FastAPI

from matchmaker.api.plain_text import text_fault
from matchmaker.sector import Words

MAX_WHO, MAX_REASON = 200, 4000
OTHER, NOBODY = "other", "none"
"""Choices beside the options that were shown."""


@dataclass(frozen=True, slots=True)
class DecisionForm:
    """The form as it was filled in.

    Attributes:
        choice: the code of an option, `OTHER` or `NOBODY`; empty where none was made.
        other: name or code of an organisation that was not shown.
        snapshot: of the list that was shown.
    """

    who: str = ""
    choice: str = ""
    other: str = ""
    reason: str = ""
    snapshot: str = ""

    @property
    def chosen(self) -> str | None:
        """The name or code of the one chosen; None where nobody was."""
        return None if self.choice == NOBODY else self.other if self.choice == OTHER else self.choice


@dataclass(frozen=True, slots=True)
class OutcomeForm:
    """The form that asks what came of a decision, as it was filled in."""

    who: str = ""
    asked: str = ""
    accepted: str = ""
    result: str = ""
    came: str = ""


ANSWERS = {"yes": "Yes", "no": "No", "unknown": "Not known"}
RESULTS = {
    "better": "Better than then",
    "same": "About the same",
    "worse": "Worse than then",
    "not begun": "The work never began",
    "unknown": "Not known",
}
"""Result of an outcome -> how pages say it."""


def outcome_errors(filled: OutcomeForm) -> dict[str, str]:
    """Field -> what is wrong with it, in the order of the form."""
    out = {}
    if filled.asked not in ANSWERS:
        out["asked"] = "Select whether it was asked"
    if filled.accepted not in ANSWERS:
        out["accepted"] = "Select whether it said yes"
    elif (filled.asked, filled.accepted) == ("no", "yes"):
        out["accepted"] = "Nobody can say yes who was not asked"
    if filled.result not in RESULTS:
        out["result"] = "Select how it does now"
    out |= _text("who", filled.who, "Enter who says so", MAX_WHO)
    return out | _text("came", filled.came, "Enter what came of it", MAX_REASON)


def recording(app: FastAPI) -> bool:
    """Whether a page can record decisions: the log is on."""
    return getattr(app.state, "decisions", None) is not None


def form_errors(filled: DecisionForm, snapshot: str, words: Words) -> dict[str, str]:
    """Field -> what is wrong with it, in the order of the form.

    Args:
        filled: the form.
        snapshot: of the figures in use.
        words: of the sector.
    """
    out = {}
    if filled.snapshot != snapshot:
        out["snapshot"] = "The figures have changed since you saw the list. Look at the list again."
    if not filled.choice:
        out["choice"] = f"Select the {words.organisation} that was chosen, or 'Nobody'"
    if filled.choice == OTHER and not filled.other:
        out["other"] = f"Enter the name or code of the {words.organisation} that was chosen"
    out |= _text("who", filled.who, "Enter who decided", MAX_WHO)
    return out | _text("reason", filled.reason, "Enter the reason", MAX_REASON)


def _text(field: str, text: str, missing: str, most: int) -> dict[str, str]:
    if not text:
        return {field: missing}
    if len(text) > most:
        return {field: f"Use {most:,} characters or fewer"}
    if text_fault(text) is not None:
        return {field: "Use only letters, numbers and signs that can be printed"}
    return {}
