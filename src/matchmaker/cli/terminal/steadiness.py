"""Movement, spread and coverage of lists in a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from rich.box import SIMPLE_HEAD
from rich.table import Table

from matchmaker.cli.terminal.console import console
from matchmaker.evaluation.movement import Movement
from matchmaker.evaluation.spread import Spread
from matchmaker.models.next_quarter import RankIntervals


def _table(title: str, *headings: str, words: int) -> Table:
    table = Table(title=title, title_justify="left", box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    for at, heading in enumerate(headings):
        table.add_column(heading, justify="left" if at < words else "right", overflow="fold")
    return table


def show_movement(found: Sequence[Movement]) -> None:
    """Overlap, same first and tau of every arrangement, and the overlap with each cause held."""
    table = _table(
        "How lists move",
        "Arrangement",
        "Recipients",
        "Months",
        "Lists",
        "Same of first 5: median",
        "mean",
        "Same first",
        "Tau: median",
        "mean",
        words=2,
    )
    for one in found:
        table.add_row(
            one.arrangement,
            one.group,
            str(3 * one.gap),
            str(one.n_lists),
            f"{one.median_overlap:.1f}",
            f"{one.mean_overlap:.2f}",
            f"{one.same_first:.0%}",
            f"{one.median_tau:.2f}",
            f"{one.mean_tau:.2f}",
        )
    console.print(table)
    for one in found:
        held = "; ".join(f"{cause} {mean:.2f} ({median:.1f})" for cause, median, mean in one.held)
        if held:
            console.print(
                f"{one.arrangement}, {one.group}, {3 * one.gap} months: mean (median) overlap with one thing "
                f"held at the earlier day: {held}.",
                markup=False,
            )
            by_day = ", ".join(
                f"{day:%b %Y} {median:.1f}" for day, median in zip(one.days, one.median_by_day, strict=True)
            )
            console.print(f"  Median by later day: {by_day}.", markup=False)


def show_spread(found: Sequence[Spread]) -> None:
    """Top share and Gini of every method and arrangement."""
    table = _table(
        "How evenly places are spread",
        "Arrangement",
        "Method",
        "Recipients",
        "Lists",
        "Eligible",
        "Top share",
        "Gini",
        "Most often",
        words=3,
    )
    for one in found:
        most = ", ".join(f"{code} {count}" for code, count in one.counts[:3])
        table.add_row(
            one.arrangement,
            one.method,
            f"{one.org_type}, {one.group}",
            str(one.n_lists),
            str(one.n_eligible),
            f"{one.top_share:.0%}",
            f"{one.gini:.2f}",
            most,
        )
    console.print(table)


def show_coverage(found: RankIntervals) -> None:
    """How often rank intervals held the place a quarter later, out of sample."""
    table = _table(
        "Did 90% intervals hold the place a quarter later?",
        "Arrangement",
        "Quarter to",
        "Options",
        "Dropped off",
        "Held",
        "Held, of those listed",
        "By weights alone",
        words=2,
    )
    for one in found.arrangements:
        for each in one.coverage:
            table.add_row(
                one.arrangement,
                f"{each.day:%b %Y}",
                str(each.options),
                *map(
                    "{:.0%}".format, (each.dropped, each.covered, each.covered_of_listed, each.weights_only)
                ),
            )
        figures = (one.dropped, one.covered, one.covered_of_listed, one.weights_only)
        table.add_row(one.arrangement, "[bold]all[/]", "", *map("{:.1%}".format, figures))
        table.add_section()
    console.print(table)
    for one in found.arrangements:
        bands = ", ".join(f"from place {b.first} {b.ranks:+.1f}" for b in one.bands)
        console.print(f"{one.arrangement}: widened by {bands}.", markup=False)
