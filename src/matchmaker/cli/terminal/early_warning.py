"""Early-warning signs of all open organisations, as tables in a terminal."""

from __future__ import annotations

from rich.markup import escape

from matchmaker.cli.terminal.console import console
from matchmaker.cli.terminal.tables import capitalized, plain_table
from matchmaker.dates import format_date
from matchmaker.features.formatting import join_and
from matchmaker.models.early_warning.definition import early_warning, regime_label
from matchmaker.models.early_warning.phrases import describe_rate
from matchmaker.models.early_warning.types import EarlyWarningReport, Rate, SignValidation
from matchmaker.sector import Sector


def show_signs(report: EarlyWarningReport, sector: Sector, limit: int) -> None:
    """The warning, organisations by their number of signs, then how accurate the signs were."""
    console.print(f"[bold]Early-warning signs as of {format_date(report.as_of)}[/]")
    console.print(f"[bold]{escape(report.warning)}[/]\n")
    for note in report.notes:
        console.print(f"- {escape(note)}\n")
    if report.organisations:
        _print_organisations(report, sector, limit)
    for validation in report.validations:
        _print_validation(validation, sector)
    _print_base_rates(report, sector)
    console.print(f"\n[dim]Snapshot {report.snapshot[:12]}. {report.attribution}[/]")


def _print_organisations(report: EarlyWarningReport, sector: Sector, limit: int) -> None:
    words = sector.words
    table = plain_table("Signs", capitalized(words.organisation), "Type", "Which", right=(0,), wide=(1, 3))
    counted = [one for one in report.organisations if one.n_shown is not None]
    for one in counted[:limit]:
        known = sum(reading.shown is not None for reading in one.signs)
        which = ", ".join(reading.sign.replace("_", " ") for reading in one.signs if reading.shown)
        name = f"{escape(one.organisation.name)} ({one.organisation.code})"
        table.add_row(f"{one.n_shown} of {known}", name, sector.type_label(one.organisation.type), which)
    console.print(table)
    left = len(report.organisations) - len(counted)
    more = max(0, len(counted) - limit)
    few = f"of {left}, too few signs are known to count them"
    console.print(f"[dim]{more} more {words.organisations}; {few}.[/]")


def _print_validation(validation: SignValidation, sector: Sector) -> None:
    console.print(
        f"\n[bold]How often signs were shown: {regime_label(sector, validation.regime)}[/], "
        f"{validation.entries} entries from {format_date(validation.first)} to {format_date(validation.last)}"
    )
    table = plain_table("In 100, with 95% interval", "About to enter", "Others", wide=(0,), right=(1, 2))
    for accuracy in (*validation.signs, *validation.counts):
        if accuracy.sensitivity.hits or accuracy.false_positive_rate.hits:
            table.add_row(accuracy.label, _share(accuracy.sensitivity), _share(accuracy.false_positive_rate))
    console.print(table)


def _share(rate: Rate) -> str:
    if rate.share is None or rate.low is None or rate.high is None:
        return "nothing to count"
    return f"{100 * rate.share:.0f} ({100 * rate.low:.0f} to {100 * rate.high:.0f}) of {rate.of}"


def _print_base_rates(report: EarlyWarningReport, sector: Sector) -> None:
    defined = early_warning(sector)
    if defined is None or defined.validation is None:
        return
    regime = regime_label(sector, defined.validation.base_rates)
    console.print(
        f"\n[bold]Of {sector.words.organisations} looked at on fixed days, how many entered {regime} "
        f"within {defined.validation.within_years} years[/]"
    )
    for rates in report.base_rates:
        lines = [
            f"{f'{n} or more signs' if n else 'all'}: {describe_rate(rate)} of {rate.of}"
            for n, rate in enumerate(rates.at_least)
            if rate.of
        ]
        if rates.index_dates and lines:
            days = join_and([format_date(day) for day in rates.index_dates])
            console.print(f"{capitalized(sector.type_plural(rates.type))}, on {days}:")
            for line in lines:
                console.print(f"  {line}")
