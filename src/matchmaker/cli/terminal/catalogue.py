"""What there is to ask with: sectors, arrangements, and organisations."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any

from rich.markup import escape

from matchmaker.cli.terminal.console import console
from matchmaker.cli.terminal.tables import capitalized, plain_table, print_table
from matchmaker.features import Feature
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


def arrangement_rows(one: Arrangement) -> Iterator[dict[str, Any]]:
    """One row for each criterion and each rule of an arrangement."""
    for criterion in one.criteria:
        yield {
            "arrangement": one.name,
            "part": "criterion",
            "name": criterion.name,
            "label": criterion.label,
            "weight": criterion.weight,
            "parameters": (),
            "evidence": criterion.evidence,
            "why": criterion.why,
        }
    for rule in one.rules:
        yield {
            "arrangement": one.name,
            "part": "rule",
            "name": rule.name,
            "label": rule.name.replace("_", " "),
            "weight": None,
            "parameters": tuple(f"{name}={value}" for name, value in rule.parameters),
            "evidence": rule.evidence,
            "why": rule.why,
        }


def feature_rows(known: Sequence[Feature], sector: Sector) -> Iterator[dict[str, Any]]:
    """One row for each feature: what it is, which way is good, and of whom it is known."""
    for one in known:
        yield {
            "name": one.name,
            "label": one.label,
            "dimension": one.dimension,
            "dimension_label": sector.dimensions[one.dimension].label,
            "unit": one.unit,
            "good": {"higher": "higher", "lower": "lower"}.get(one.direction, "neither"),
            "focus": one.direction != "none",
            "types": tuple(sector.type_plural(name) for name in one.types),
            "stale_after_months": one.stale_after_months,
            "sources": one.sources,
            "evidence": one.evidence,
        }


def show_features(rows: Sequence[dict[str, Any]]) -> None:
    """Name, label, unit and good end of each, by dimension."""
    for dimension, of_it in groupby(rows, itemgetter("dimension_label")):
        console.print(f"\n[bold]{escape(dimension)}[/]")
        table = plain_table("Feature", "What it is", "Unit", "Good is", wide={1, 2})
        for row in of_it:
            only = f" ({', '.join(row['types'])} only)" if row["types"] else ""
            table.add_row(row["name"], escape(row["label"] + only), escape(row["unit"]), row["good"])
        console.print(table)


def show_services(rows: Sequence[dict[str, Any]], sector: Sector) -> None:
    """Name and title of each, and how many organisations run it."""
    organisations = sector.words.organisations
    table = plain_table("Service", "Title", f"{organisations.capitalize()} that run it", right={2}, wide={1})
    for row in rows:
        table.add_row(row["name"], row["label"], str(row["run_by"]))
    console.print(table)


def show_organisations(rows: Sequence[dict[str, Any]], sector: Sector) -> None:
    """Code, name, type, region and locality of each."""
    words = sector.words
    headings = ("Code", "Name", words.organisation_type, words.region, words.locality)
    cells = (
        (row["code"], row["name"], sector.type_label(row["type"]), row["region"] or "", row["locality"] or "")
        for row in rows
    )
    print_table([capitalized(heading) for heading in headings], cells)
    console.print(f"{len(rows)} {words.organisation if len(rows) == 1 else words.organisations}")
