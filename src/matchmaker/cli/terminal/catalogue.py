"""What there is to ask with: sectors, arrangements, and organisations."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from matchmaker.cli.terminal.console import console
from matchmaker.cli.terminal.tables import plain_table, print_table
from matchmaker.models.arrangement import Arrangement
from matchmaker.sector import Sector


def show_sectors(known: Sequence[Sector]) -> None:
    """Name, title and summary of each."""
    print_table(("Sector", "Title", "What it holds"), [(one.name, one.label, one.summary) for one in known])


def show_arrangements(known: Sequence[Arrangement]) -> None:
    """What each arrangement weighs, and which rules exclude."""
    for arrangement in known:
        console.print(f"[bold]{arrangement.label}[/] ({arrangement.name}): {arrangement.summary}")
        rows = [
            (one.label, f"{one.weight:g}", ", ".join(one.evidence) or "judgement", one.why)
            for one in arrangement.criteria
        ]
        rows += [
            (rule.name.replace("_", " "), "rule", ", ".join(rule.evidence), rule.why)
            for rule in arrangement.rules
        ]
        print_table(("Criterion", "Weight", "Evidence", "Why"), rows)


def show_services(rows: Sequence[tuple[str, str, int]], sector: Sector) -> None:
    """Name and title of each, and how many organisations run it."""
    organisations = sector.words.organisations
    table = plain_table("Service", "Title", f"{organisations.capitalize()} that run it", right={2}, wide={1})
    for name, label, n_running in rows:
        table.add_row(name, label, str(n_running))
    console.print(table)


def show_organisations(rows: Sequence[dict[str, Any]], sector: Sector) -> None:
    """Code, name, type, region and locality of each."""
    words = sector.words
    headings = ("Code", "Name", words.organisation_type, words.region, words.locality)
    cells = (
        (row["code"], row["name"], sector.type_label(row["type"]), row["region"] or "", row["locality"] or "")
        for row in rows
    )
    print_table([heading[:1].upper() + heading[1:] for heading in headings], cells)
    console.print(f"{len(rows)} {words.organisation if len(rows) == 1 else words.organisations}")
