"""The findings (E1, E2, ...) that criteria, rules and weights rest on."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding in our own words, and the publication it was read in."""

    id: str
    says: str
    source: str


@cache
def findings() -> dict[str, Finding]:
    """Every finding by its id."""
    content = tomllib.loads((files("matchmaker.sectors.nhs") / "evidence.toml").read_text("utf-8"))
    sources = content["sources"]
    return {
        id_: Finding(id_, finding["says"], sources[finding["source"]])
        for id_, finding in content["findings"].items()
    }
