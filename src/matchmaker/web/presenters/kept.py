"""The pages of working shortlists: what they show, and what their forms do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from matchmaker.api.kept import changes
from matchmaker.api.kept.changes import Change
from matchmaker.api.kept.shortlist import KeptOption
from matchmaker.api.kept.today import Section
from matchmaker.errors import InvalidParameter
from matchmaker.models.key_facts import KeyFact, fact_definitions
from matchmaker.reports.papers.facts import SHORT_FORMS
from matchmaker.sector import Sector

MAX_COMPARED = 7
"""Options that the page of a comparison takes."""


@dataclass(frozen=True, slots=True)
class ChangeForm:
    """A form of a working shortlist as it was sent: what to do, with which option, and the words."""

    action: str = ""
    code: str = ""
    arrangement: str = ""
    text: str = ""
    by: str = ""

    @property
    def place(self) -> str:
        """The id of the field that holds the words."""
        return field_of(self.action, self.arrangement, self.code)

    def change(self, by: str) -> Change:
        """The change that the form asks for.

        Args:
            by: who asks.

        Raises:
            InvalidParameter: something is missing, or there is no such change.
        """
        code, arrangement = self.code or None, self.arrangement or None
        if self.action == "note":
            return changes.write_note(self.text, by, code, arrangement)
        if self.action == "rename":
            return changes.rename(self.text)
        if self.action == "rule_out":
            return changes.rule_out(self.code, self.text, by, arrangement)
        if self.action == "bring_back":
            return changes.bring_back(self.code, by, arrangement)
        if self.action == "take_off":
            return changes.take_off(self.code, arrangement)
        raise InvalidParameter("There is nothing to do.", "Use the buttons of the page.")


def field_of(action: str, arrangement: str, code: str) -> str:
    """The id of a field of the page; notes and reasons on one option share a field."""
    if action == "rename":
        return "name"
    return f"text-{arrangement}-{code}" if code else "text"


def anchor_of(form: ChangeForm) -> str:
    """Where the page should be after a change: the option, so that nobody has to look for it."""
    return f"kept-{form.arrangement}-{form.code}" if form.code and form.action != "take_off" else ""


def list_address(here: str, option: KeptOption) -> str:
    """The address of the list that an option came from."""
    return f"{here}/shortlist?{urlencode(option.query)}"


def compare_address(here: str, section: Section) -> str:
    """The address of a comparison of what is considered; empty where there is nothing to compare."""
    shown = [one.option for one in section.considered if not one.closed][:MAX_COMPARED]
    if not shown:
        return ""
    fields = [*shown[0].query, *(("with", option.code) for option in shown)]
    return f"{here}/compare?{urlencode(fields)}"


def figure_keys(sector: Sector) -> frozenset[str]:
    """Keys of the facts that fit a column; the others are sentences."""
    return frozenset(key for key, one in fact_definitions(sector).items() if one.form in SHORT_FORMS)


def periods(section: Section) -> frozenset[str]:
    """Keys of the facts whose period is not the same for all, so that each cell must say it."""
    found: dict[str, set[str]] = {}
    rows: Sequence[Sequence[KeyFact]] = [section.recipient_facts, *(one.facts for one in section.considered)]
    for facts in rows:
        for fact in facts:
            if fact.text:
                found.setdefault(fact.key, set()).add(fact.period)
    return frozenset(key for key, seen in found.items() if len(seen) > 1)


def moment(text: str) -> datetime:
    """A time as it is stored: UTC."""
    return datetime.fromisoformat(text)
