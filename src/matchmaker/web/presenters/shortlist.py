"""The page of a shortlist: its permanent link, and the names of files to take away."""

from __future__ import annotations

from collections.abc import Mapping

from matchmaker.models.arrangement import Arrangement
from matchmaker.models.assignment.types import Assignment
from matchmaker.models.query import ShortlistQuery
from matchmaker.models.types import Shortlist


def permanent(
    query: ShortlistQuery, arrangement: Arrangement, answer: Shortlist | Assignment
) -> list[tuple[str, str]]:
    """Fields of an address that gives exactly this answer: all weights, the day, figures and version.

    Args:
        query: that was answered.
        arrangement: with the weights of the query.
        answer: the shortlist, or the assignment.
    """
    weights = {criterion.name: criterion.weight for criterion in arrangement.criteria}
    fixed = query.model_copy(update={"weights": weights, "as_of": answer.as_of})
    return [*fixed.to_fields(), ("snapshot", answer.snapshot), ("version", answer.version)]


def differences(fields: Mapping[str, str], answer: Shortlist | Assignment) -> list[str]:
    """What is not as a permanent link says, in sentences; nothing where all is the same.

    Args:
        fields: of the address.
        answer: to it.
    """
    sentences = []
    snapshot, version = fields.get("snapshot"), fields.get("version")
    if snapshot and snapshot != answer.snapshot:
        sentences.append(
            f"The link was made with the figures of snapshot {snapshot[:12]}. "
            f"This service now uses snapshot {answer.snapshot[:12]}, so the list can differ."
        )
    if version and version != answer.version:
        sentences.append(
            f"The link was made with version {version[:40]} of the method. "
            f"This is version {answer.version}, so the list can differ."
        )
    return sentences


def file_name(answer: Shortlist, ending: str) -> str:
    """Of a file to take away."""
    return f"{answer.arrangement}-options-{answer.recipient.code}-{answer.as_of.isoformat()}.{ending}"
