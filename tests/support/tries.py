"""What attacks came to, as a table in docs/security.md.

`MATCHMAKER_ATTACK_SECONDS=180 MATCHMAKER_WRITE_TRIES=1 pytest -m attack tests/attacks` writes it.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from matchmaker.dates import format_date

PAGE = Path(__file__).parents[2] / "docs" / "security.md"
BLOCKS = ("tries", "altered")
"""Of the page: attacks on the deployment, and altered files; each is written by the run that tried it."""
SECONDS = float(os.environ.get("MATCHMAKER_ATTACK_SECONDS", "4"))
"""How long each of the attacks that take time goes on."""
LONG = SECONDS >= 60
"""Whether all is tried, and not only a part of each kind."""

KILLS = int(os.environ.get("MATCHMAKER_ATTACK_KILLS", "100" if LONG else "2"))
"""How often a worker is killed."""


@dataclass(frozen=True)
class Try:
    """One kind of attack, and what came of it."""

    kind: str
    tries: int
    failed: int
    seen: str
    block: str = "tries"


TRIES: list[Try] = []


def tried(kind: str, tries: int, failed: int = 0, seen: str = "", block: str = "tries") -> None:
    """Note what an attack came to; a test calls it before it asserts."""
    TRIES.append(Try(kind, tries, failed, seen, block))


def table(tries: list[Try], on: date) -> str:
    """The table, and when it was made."""
    rows = [f"| {one.kind} | {one.tries:,} | {one.failed:,} | {one.seen} |" for one in tries]
    return "\n".join(
        (
            f"Tried on {format_date(on)}, for {SECONDS:g} seconds where an attack takes time, on a machine of"
            f" {os.cpu_count()} processors with a load of {os.getloadavg()[2]:.0f} from all that ran on it.",
            "",
            "| attack | tries | failures | seen |",
            "|---|---:|---:|---|",
            *rows,
        )
    )


def written(page: str, tries: list[Try], on: date) -> str:
    """The page with each table in its place; one of which nothing was tried stays."""
    for block in BLOCKS:
        if own := [one for one in tries if one.block == block]:
            before, begin, rest = page.partition(f"<!-- {block} -->")
            _, end, after = rest.partition(f"<!-- /{block} -->")
            page = f"{before}{begin}\n{table(own, on)}\n{end}{after}"
    return page
