"""The findings (E1, E2, ...) that criteria, rules and weights rest on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from matchmaker.cache import cached
from matchmaker.sector import Sector


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding of research."""

    id: str
    """How criteria and rules name it."""
    says: str
    """The finding, in our own words."""
    source: str
    """The publication that it was read in."""


@cached
def findings(sector: Sector) -> dict[str, Finding]:
    """Every finding of a sector by its id."""
    content = sector.toml("evidence.toml")
    sources = content.get("sources", {})
    return {
        name: Finding(name, finding["says"], sources[finding["source"]])
        for name, finding in content.get("findings", {}).items()
    }


def cite(sector: Sector, caution: Literal["one_partner", "capacity", "large_recipient"]) -> str:
    """The finding on which one of the engine's own cautions rests, for the end of a clause: " (E10)"."""
    finding = sector.criteria.evidence.get(caution)
    return f" ({finding})" if finding else ""
