"""Early-warning signs of all open organisations, as tables in a terminal."""

from __future__ import annotations

from rich.markup import escape

from matchmaker.cli.terminal.console import console
from matchmaker.cli.terminal.tables import capitalized, plain_table
from matchmaker.dates import format_date
from matchmaker.models.early_warning.phrases import in_words, listed
from matchmaker.models.early_warning.report import EarlyWarningReport
from matchmaker.models.early_warning.validation import REGIMES, WITHIN_YEARS, Rate, SignValidation
from matchmaker.sector import Sector


def show_signs(report: EarlyWarningReport, sector: Sector, limit: int) -> None:
    """The warning, organisations by their number of signs, then how accurate the signs were."""
    words = sector.words
    console.print(f"[bold]Early-warning signs as of {format_date(report.as_of)}[/]")
    console.print(f"[bold]{report.warning}[/]\n")
    table = plain_table("Signs", capitalized(words.organisation), "Type", "Which", right=(0,), wide=(1, 3))
    counted = [one for one in report.organisations if one.number is not None]
    for one in counted[:limit]:
        known = sum(reading.shown is not None for reading in one.signs)
        which = ", ".join(reading.sign.replace("_", " ") for reading in one.signs if reading.shown)
        name = f"{escape(one.organisation.name)} ({one.organisation.code})"
        table.add_row(f"{one.number} of {known}", name, sector.type_label(one.organisation.type), which)
    console.print(table)
    left = len(report.organisations) - len(counted)
    more = max(0, len(counted) - limit)
    few = f"of {left}, too few signs are known to count them"
    console.print(f"[dim]{more} more {words.organisations}; {few}.[/]")
    for record in report.records:
        _print_record(record)
    title = f"Of {words.organisations} looked at on fixed days, how many entered within {WITHIN_YEARS} years"
    console.print(f"\n[bold]{title}[/]")
    for outlook in report.outlooks:
        lines = [
            f"{f'{n} or more signs' if n else 'all'}: {in_words(one)} of {one.of}"
            for n, one in enumerate(outlook.at_least)
            if one.of
        ]
        if outlook.days and lines:
            days = listed([format_date(day) for day in outlook.days])
            console.print(f"{capitalized(sector.type_plural(outlook.type))}, on {days}:")
            for line in lines:
                console.print(f"  {line}")
    console.print(f"\n[dim]Snapshot {report.snapshot[:12]}. {report.attribution}[/]")


def _print_record(record: SignValidation) -> None:
    console.print(
        f"\n[bold]How often signs were shown: {REGIMES[record.regime]}[/], {record.entries} entries "
        f"from {format_date(record.first)} to {format_date(record.last)}"
    )
    table = plain_table("In 100, with 95% interval", "About to enter", "Others", wide=(0,), right=(1, 2))
    for accuracy in (*record.signs, *record.counts):
        if accuracy.entering.hits or accuracy.others.hits:
            table.add_row(accuracy.label, _share(accuracy.entering), _share(accuracy.others))
    console.print(table)


def _share(one: Rate) -> str:
    if one.share is None or one.low is None or one.high is None:
        return "nothing to count"
    return f"{100 * one.share:.0f} ({100 * one.low:.0f} to {100 * one.high:.0f}) of {one.of}"
